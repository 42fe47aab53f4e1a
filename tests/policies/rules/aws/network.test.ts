import { networkRules } from "../../../../policies/rules/aws/network";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const SUBNET = "aws:ec2/subnet:Subnet";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE = "aws:ec2/route:Route";
const databaseSubnets = ["a", "b", "c"].map((zone) => `${SUBNET} network-database-${zone}`);

describe("rules on networks of AWS", () => {
  provesStack(networkRules, "aws-db-subnet-no-default-route", {
    of: "prod",
    fails: [
      {
        when: "the table of the database subnets has a default route, as a resource of its own",
        change: (stack) => routed(stack, "0.0.0.0/0"),
        violated: databaseSubnets,
      },
      {
        when: "the table has one inline, for IPv6",
        change: (stack) =>
          stack.change(TABLE, "network-database-routes", {
            set: { routes: [{ ipv6CidrBlock: "::/0", gatewayId: "igw-1" }] },
          }),
        violated: databaseSubnets,
      },
      {
        when: "a subnet has no association, so the main table serves it",
        change: (stack) => stack.drop(ASSOCIATION, "network-database-b-association"),
        violated: [`${SUBNET} network-database-b`],
      },
    ],
    alsoPasses: [
      { when: "the table has a route to another site alone", change: (stack) => routed(stack, "10.48.0.0/12") },
    ],
    undecided: [
      {
        when: "it cannot be told which table a subnet has",
        change: (stack) =>
          stack.change(ASSOCIATION, "network-database-a-association", { set: { routeTableId: "rtb-elsewhere" } }),
        of: [`${SUBNET} network-database-a`],
      },
    ],
  });
});

function routed(stack: StackUnderTest, destinationCidrBlock: string): StackUnderTest {
  const { outputs } = stack.one(TABLE, "network-database-routes");
  return stack.add(ROUTE, "planted", {
    inputs: { routeTableId: outputs["id"] ?? "", destinationCidrBlock, gatewayId: "igw-1" },
    from: { routeTableId: [`${TABLE} network-database-routes`] },
  });
}
