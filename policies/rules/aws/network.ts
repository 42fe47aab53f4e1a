import { graphRule, type Rule } from "../../model/rule";

const VPC = "https://docs.aws.amazon.com/vpc/latest/userguide";

export const networkRules: readonly Rule[] = [
  graphRule({
    id: "aws-db-subnet-no-default-route",
    title: "Subnets of databases have no way to the internet",
    severity: "critical",
    controls: { iso27001: ["A.8.20", "A.8.21"], soc2: ["CC6.6"] },
    why: "What has taken over a database sends what it holds out over the default route.",
    remedy: {
      text: "Associate the subnets of subnet groups with a route table of their own that has no default route.",
      example: 'new ec2.RouteTableAssociation("data-a", { subnetId: dataSubnet.id, routeTableId: isolated.id })',
    },
    source: `${VPC}/VPC_Route_Tables.html`,
    starred: true,
    types: ["aws:rds/subnetGroup:SubnetGroup"],
    check: (graph, judge) => {
      const subnets = new Set(
        graph
          .all("aws:rds/subnetGroup:SubnetGroup")
          .flatMap((group) => graph.references(group, "subnetIds", "aws:ec2/subnet:Subnet").nodes),
      );
      judge.each(subnets, (subnet, expect) => {
        const [association] = graph.from("aws:ec2/routeTableAssociation:RouteTableAssociation", "subnetId", subnet);
        expect(
          "",
          "has no route table of its own, so it takes the routes of the main one",
          () => association !== undefined,
        );
        if (association === undefined) return;
        const [table] = graph.to(association, "routeTableId", "aws:ec2/routeTable:RouteTable");
        if (table === undefined) return;
        for (const route of graph.from("aws:ec2/route:Route", "routeTableId", table)) {
          expect(
            "",
            `has a default route by ${route.name}`,
            () => !isDefault(route.props.destinationCidrBlock, route.props.destinationIpv6CidrBlock),
          );
        }
        for (const route of table.props.routes ?? []) {
          expect("", `has a default route in ${table.name}`, () => !isDefault(route.cidrBlock, route.ipv6CidrBlock));
        }
      });
    },
  }),
];

function isDefault(...blocks: readonly (string | undefined)[]): boolean {
  return blocks.some((block) => block === "0.0.0.0/0" || block === "::/0");
}
