import assert from "node:assert/strict";
import { AdoptedNetwork } from "../../../components/aws/adopted-network";
import { Gateway, type GatewayArgs } from "../../../components/aws/gateway";
import { NetworkAcls } from "../../../components/aws/network-acls";
import { subnetPlan, type Zone } from "../../../components/planning/address-plan";
import { only, text } from "../../stacks/deployed";
import { attempt, childrenOf, onNetwork, range, region, type Ground } from "./ground";

const zones: Zone[] = ["a", "b"];
const linked = [
  { site: "prod-gcp", block: "10.48.0.0/12" },
  { site: "dr", block: "10.64.0.0/12" },
];

function gateway({ network, onAws }: Ground, changes: Partial<GatewayArgs> = {}): Gateway {
  return new Gateway("gateway", { prefix: "test", region, network, asn: 64_512, linked, ...changes }, onAws);
}

describe("Gateway", function () {
  this.timeout(60_000);

  it("[PF-SEC-04] stands in subnets of its own, whose routes lead nowhere else", async () => {
    const stack = await onNetwork(gateway);
    assert.deepEqual(only(stack.named("gateway-transit").inputs, "amazonSideAsn", "autoAcceptSharedAttachments"), {
      amazonSideAsn: 64_512,
      autoAcceptSharedAttachments: "disable",
    });
    assert.deepEqual(
      zones.map((zone) =>
        only(stack.named(`gateway-${zone}`).inputs, "availabilityZone", "cidrBlock", "mapPublicIpOnLaunch"),
      ),
      [
        { availabilityZone: "eu-west-1a", cidrBlock: "10.9.160.0/28", mapPublicIpOnLaunch: false },
        { availabilityZone: "eu-west-1b", cidrBlock: "10.9.160.16/28", mapPublicIpOnLaunch: false },
      ],
    );
    for (const zone of zones) {
      assert.deepEqual(only(stack.named(`gateway-${zone}-association`).inputs, "subnetId", "routeTableId"), {
        subnetId: stack.id(`gateway-${zone}`),
        routeTableId: stack.id("gateway-routes"),
      });
    }
    assert.deepEqual(
      stack.ofType("aws:ec2/route:Route").filter(({ inputs }) => inputs["routeTableId"] === stack.id("gateway-routes")),
      [],
    );
    assert.deepEqual(only(stack.named("gateway-attachment").inputs, "subnetIds", "vpcId", "transitGatewayId"), {
      subnetIds: zones.map((zone) => stack.id(`gateway-${zone}`)),
      vpcId: stack.id("network-vpc"),
      transitGatewayId: stack.id("gateway-transit"),
    });
  });

  it("[PF-CLOUD-01] leads nodes and databases to every linked site, once the network hangs on it", async () => {
    const stack = await onNetwork(gateway);
    const routes = stack
      .ofType("aws:ec2/route:Route")
      .filter(({ inputs }) => inputs["transitGatewayId"] === stack.id("gateway-transit"));
    assert.deepEqual(
      Object.fromEntries(
        routes.map(({ name, inputs }) => [name, [inputs["routeTableId"], inputs["destinationCidrBlock"]]]),
      ),
      Object.fromEntries(
        linked.flatMap(({ site, block }) =>
          ["private-a", "private-b", "database"].map((tier) => [
            `gateway-${tier}-to-${site}`,
            [stack.id(`network-${tier}-routes`), block],
          ]),
        ),
      ),
    );
    for (const { name } of routes) assert.ok(stack.waitsFor(name).has("gateway-attachment"), name);
  });

  it("has nothing but itself without a linked site, and its children are its own", async () => {
    const stack = await onNetwork((ground) => gateway(ground, { linked: [] }));
    assert.deepEqual(childrenOf(stack, "gateway"), [
      "gateway-a",
      "gateway-a-association",
      "gateway-attachment",
      "gateway-b",
      "gateway-b-association",
      "gateway-routes",
      "gateway-transit",
    ]);
  });

  it("refuses a number that is nobody's own", async () => {
    const { run } = await attempt((ground) => gateway(ground, { asn: 64_000 }));
    assert.match(run.errors.join("\n"), /gateway-transit.*amazonSideAsn to be in 64512 to 65534/s);
  });

  it("refuses an adopted network", async () => {
    const { run } = await attempt((ground) => {
      const subnetIds = { public: { a: "subnet-1" }, private: { a: "subnet-2" }, database: { a: "subnet-3" } };
      const adopted = new AdoptedNetwork(
        "adopted",
        { region, vpcId: "vpc-1", cidr: range, zones: ["a"], subnetIds },
        ground.onAws,
      );
      gateway(ground, { network: adopted });
    });
    assert.match(run.errors.join("\n"), /a gateway needs subnets and routes, which nothing adds to an adopted network/);
  });
});

describe("NetworkAcls of a linked site", function () {
  this.timeout(60_000);

  it("[PF-SEC-04] let replicas of linked sites into the database tier, and nobody else from there", async () => {
    const stack = await onNetwork(({ network, onAws }) => {
      new NetworkAcls(
        "acls",
        {
          network,
          prefix: "test",
          zones,
          subnets: subnetPlan(range, zones),
          needs: ["memcached", "linked-sites"],
          linkedBlocks: linked.map(({ block }) => block),
        },
        onAws,
      );
    });
    const rules = stack
      .ofType("aws:ec2/networkAclRule:NetworkAclRule")
      .filter(({ inputs }) => inputs["networkAclId"] === stack.id("acls-database"));
    const fromOutside = rules.filter(({ inputs }) => !text(inputs["cidrBlock"]).startsWith("10.9."));
    assert.deepEqual(
      fromOutside
        .filter(({ inputs }) => inputs["egress"] === false && Number(inputs["toPort"]) < 10_000)
        .map(({ inputs }) => [inputs["cidrBlock"], inputs["fromPort"], inputs["toPort"], inputs["ruleAction"]])
        .sort(),
      linked.flatMap(({ block }) => [5432, 9096].map((port) => [block, port, port, "allow"])).sort(),
    );
    assert.deepEqual(
      [...new Set(fromOutside.map(({ inputs }) => inputs["cidrBlock"]))].sort(),
      linked.map(({ block }) => block).sort(),
    );
    // The private tier's range, as one rule for all its zones.
    assert.deepEqual(
      rules
        .filter(({ inputs }) => inputs["fromPort"] === 11211)
        .map(({ inputs }) => [inputs["cidrBlock"], inputs["egress"]]),
      [["10.9.0.0/17", false]],
    );
  });

  it("need no rule for parts that a site has not", async () => {
    const stack = await onNetwork(({ network, onAws }) => {
      new NetworkAcls("acls", { network, prefix: "test", zones, subnets: subnetPlan(range, zones) }, onAws);
    });
    assert.deepEqual(
      childrenOf(stack, "acls").filter((name) => name.startsWith("acls-database-")),
      [
        "acls-database-answers-out-a",
        "acls-database-answers-out-b",
        "acls-database-postgres-in-a",
        "acls-database-postgres-in-b",
        "acls-database-redis-in-a",
        "acls-database-redis-in-b",
      ],
    );
  });
});
