import assert from "node:assert/strict";
import { securityRules } from "../../components/planning/security-rules";
import { deployed, only, type Deployed } from "./deployed";

const zones = ["a", "b", "c"] as const;

describe("durga-puja: network", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("durga-puja");
  });

  const subnets = (tier: string) =>
    zones.map((zone) => only(stack.named(`network-${tier}-${zone}`).inputs, "cidrBlock", "availabilityZone"));

  it("[DP-NET-01] is the VPC durga-puja-vpc, 10.0.0.0/16 in us-east-1, in zones a, b and c", () => {
    assert.equal(stack.ofType("aws:ec2/vpc:Vpc").length, 1);
    const { cidrBlock, tags, enableDnsHostnames, enableDnsSupport } = stack.named("network-vpc").inputs;
    assert.deepEqual(
      { cidrBlock, tags, enableDnsHostnames, enableDnsSupport },
      {
        cidrBlock: "10.0.0.0/16",
        tags: { Name: "durga-puja-vpc" },
        enableDnsHostnames: true,
        enableDnsSupport: true,
      },
    );
    assert.equal(stack.named("aws").inputs["region"], "us-east-1");
    assert.equal(stack.ofType("aws:ec2/subnet:Subnet").length, 9);
  });

  const tiers = {
    public: { id: "DP-NET-02", cidrs: ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"] },
    private: { id: "DP-NET-03", cidrs: ["10.0.11.0/24", "10.0.12.0/24", "10.0.13.0/24"] },
    database: { id: "DP-NET-04", cidrs: ["10.0.21.0/24", "10.0.22.0/24", "10.0.23.0/24"] },
  } as const;
  for (const [tier, { id, cidrs }] of Object.entries(tiers)) {
    it(`[${id}] has the documented ${tier} subnets`, () => {
      assert.deepEqual(
        subnets(tier),
        cidrs.map((cidrBlock, index) => ({ cidrBlock, availabilityZone: `us-east-1${zones[index] ?? ""}` })),
      );
    });
  }

  it("[DP-NET-02] gives nothing in a public subnet an address by itself, and lets load balancers find it", () => {
    for (const zone of zones) {
      const { mapPublicIpOnLaunch, tags } = stack.named(`network-public-${zone}`).inputs;
      assert.equal(mapPublicIpOnLaunch, false);
      assert.deepEqual(tags, {
        Name: `durga-puja-public-${zone}`,
        tier: "public",
        "kubernetes.io/role/elb": "1",
        "kubernetes.io/cluster/durga-puja-eks": "shared",
      });
    }
  });

  it("[DP-NET-03] puts every node into the private subnets, which internal load balancers find", () => {
    const privates = zones.map((zone) => stack.id(`network-private-${zone}`));
    for (const group of stack.ofType("aws:eks/nodeGroup:NodeGroup"))
      assert.deepEqual(group.inputs["subnetIds"], privates);
    assert.deepEqual(stack.named("network-private-a").inputs["tags"], {
      Name: "durga-puja-private-a",
      tier: "private",
      "kubernetes.io/role/internal-elb": "1",
      "kubernetes.io/cluster/durga-puja-eks": "shared",
    });
  });

  it("[DP-NET-04] puts RDS and Redis into the database subnets, from where no route leads to the internet", () => {
    const databases = zones.map((zone) => stack.id(`network-database-${zone}`));
    assert.deepEqual(stack.input("redis-subnets", "subnetIds"), databases);
    assert.deepEqual(stack.input("postgres-source-subnets", "subnetIds"), databases.slice(0, 2));
    assert.deepEqual(stack.input("postgres-replica-subnets", "subnetIds"), databases);
    const table = stack.id("network-database-routes");
    assert.deepEqual(
      stack.ofType("aws:ec2/route:Route").filter(({ inputs }) => inputs["routeTableId"] === table),
      [],
    );
  });

  it("[DP-NET-05] has a NAT gateway with an address of its own in each public subnet", () => {
    assert.equal(stack.ofType("aws:ec2/natGateway:NatGateway").length, 3);
    assert.equal(stack.ofType("aws:ec2/eip:Eip").length, 3);
    for (const zone of zones) {
      const nat = stack.named(`network-nat-${zone}`).inputs;
      assert.equal(nat["subnetId"], stack.id(`network-public-${zone}`));
      assert.equal(nat["allocationId"], stack.output(`network-nat-${zone}-address`, "allocationId"));
    }
  });

  it("[DP-NET-05] routes each private subnet through the NAT gateway of its own zone", () => {
    for (const zone of zones) {
      const table = stack.id(`network-private-${zone}-routes`);
      assert.deepEqual(
        only(
          stack.named(`network-private-${zone}-internet`).inputs,
          "routeTableId",
          "destinationCidrBlock",
          "natGatewayId",
        ),
        { routeTableId: table, destinationCidrBlock: "0.0.0.0/0", natGatewayId: stack.id(`network-nat-${zone}`) },
      );
      assert.deepEqual(stack.named(`network-private-${zone}-association`).inputs, {
        subnetId: stack.id(`network-private-${zone}`),
        routeTableId: table,
      });
    }
  });

  it("[DP-NET-05] has one public route table to the internet gateway and one for all databases, local only", () => {
    assert.equal(stack.ofType("aws:ec2/routeTable:RouteTable").length, 5);
    assert.equal(stack.ofType("aws:ec2/internetGateway:InternetGateway").length, 1);
    assert.deepEqual(
      only(stack.named("network-public-internet").inputs, "routeTableId", "destinationCidrBlock", "gatewayId"),
      {
        routeTableId: stack.named("network-public-routes").id,
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: stack.id("network-internet-gateway"),
      },
    );
  });

  it("[DP-NET-06] has a network ACL for the subnets of each tier with every rule of the plan", () => {
    for (const tier of ["public", "private", "database"]) {
      assert.deepEqual(
        stack.input(`network-acls-${tier}`, "subnetIds"),
        zones.map((zone) => stack.id(`network-${tier}-${zone}`)),
      );
    }
    const rules = stack.ofType("aws:ec2/networkAclRule:NetworkAclRule");
    assert.equal(rules.length, 10 + 8 + 3 * 3);
    assert.deepEqual(
      only(
        stack.named("network-acls-private-packet-too-large-in").inputs,
        "networkAclId",
        "egress",
        "protocol",
        "icmpType",
        "icmpCode",
        "cidrBlock",
      ),
      {
        networkAclId: stack.id("network-acls-private"),
        egress: false,
        protocol: "1",
        icmpType: 3,
        icmpCode: 4,
        cidrBlock: "0.0.0.0/0",
      },
    );
    assert.ok(rules.every(({ inputs }) => inputs["ruleAction"] === "allow"));
  });

  it("[DP-NET-06] admits PostgreSQL and Redis to the database tier from the private ranges alone", () => {
    const acl = stack.id("network-acls-database");
    const admitted = stack
      .ofType("aws:ec2/networkAclRule:NetworkAclRule")
      .filter(({ inputs }) => inputs["networkAclId"] === acl && inputs["egress"] === false)
      .map(({ inputs }) => [
        inputs["ruleNumber"],
        inputs["protocol"],
        inputs["fromPort"],
        inputs["toPort"],
        inputs["cidrBlock"],
      ]);
    assert.deepEqual(
      admitted.sort(([a], [b]) => Number(a) - Number(b)),
      [
        [100, "6", 5432, 5432, "10.0.11.0/24"],
        [101, "6", 5432, 5432, "10.0.12.0/24"],
        [102, "6", 5432, 5432, "10.0.13.0/24"],
        [120, "6", 6379, 6379, "10.0.11.0/24"],
        [121, "6", 6379, 6379, "10.0.12.0/24"],
        [122, "6", 6379, 6379, "10.0.13.0/24"],
      ],
    );
  });

  it("records its flows in an encrypted log group, and empties the default security group", () => {
    assert.deepEqual(
      only(stack.named("flow-logs-log").inputs, "vpcId", "trafficType", "logDestinationType", "maxAggregationInterval"),
      {
        vpcId: stack.id("network-vpc"),
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        maxAggregationInterval: 600,
      },
    );
    assert.deepEqual(only(stack.named("flow-logs-group").inputs, "name", "retentionInDays", "kmsKeyId"), {
      name: "/aws/vpc/durga-puja/flow-logs",
      retentionInDays: 365,
      kmsKeyId: stack.output("keys-logs-key", "arn"),
    });
    assert.deepEqual(only(stack.named("network-default-security-group").inputs, "ingress", "egress"), {
      ingress: [],
      egress: [],
    });
  });
});

describe("durga-puja: security groups", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("durga-puja");
  });

  const groups = {
    loadBalancer: { id: "DP-SG-01", name: "alb" },
    worker: { id: "DP-SG-02", name: "worker" },
    database: { id: "DP-SG-03", name: "rds" },
    cache: { id: "DP-SG-04", name: "elasticache" },
    controlPlane: { id: "DP-SG-05", name: "control-plane" },
  } as const;

  it("are the five documented ones, each in the VPC and without rules inside", () => {
    const made = stack
      .ofType("aws:ec2/securityGroup:SecurityGroup")
      .filter(({ name }) => name.startsWith("security-groups-"));
    assert.equal(made.length, 5);
    for (const { inputs } of made) {
      assert.equal(inputs["vpcId"], stack.id("network-vpc"));
      assert.deepEqual([inputs["ingress"], inputs["egress"]], [undefined, undefined]);
    }
  });

  const consoleName = (peer: unknown) => {
    const [, known] = Object.entries(groups).find(([group]) => group === peer) ?? [];
    assert.ok(known, `no group ${String(peer)}`);
    return known.name;
  };

  for (const [group, { id, name }] of Object.entries(groups)) {
    it(`[${id}] has the rules of ${group} and no others, each with its reason`, () => {
      const own = stack.id(`security-groups-${name}`);
      const expected = securityRules({ podPorts: [80, 5000], webhookPorts: [9443] }).filter(
        (rule) => rule.group === group,
      );
      for (const direction of ["ingress", "egress"] as const) {
        const type = direction === "ingress" ? "Ingress" : "Egress";
        const made = stack
          .ofType(`aws:vpc/securityGroup${type}Rule:SecurityGroup${type}Rule`)
          .filter(({ inputs }) => inputs["securityGroupId"] === own)
          .map(({ name: logical, inputs }) => ({ logical, ...inputs }));
        assert.deepEqual(
          made.sort((a, b) => (a.logical < b.logical ? -1 : 1)),
          expected
            .filter((rule) => rule.direction === direction)
            .map((rule) => ({
              logical: `security-groups-${name}-${rule.id}`,
              securityGroupId: own,
              description: rule.reason,
              ipProtocol: rule.protocol === "all" ? "-1" : rule.protocol,
              ...(rule.ports === undefined ? {} : { fromPort: rule.ports[0], toPort: rule.ports[1] }),
              ...(rule.peer === "anywhere"
                ? { cidrIpv4: "0.0.0.0/0" }
                : { referencedSecurityGroupId: stack.id(`security-groups-${consoleName(rule.peer)}`) }),
            }))
            .sort((a, b) => (a.logical < b.logical ? -1 : 1)),
        );
      }
    });
  }

  it("[DP-SG-03] [DP-SG-04] let nothing out of the data tier", () => {
    for (const name of ["rds", "elasticache"]) {
      const own = stack.id(`security-groups-${name}`);
      assert.deepEqual(
        stack
          .ofType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
          .filter(({ inputs }) => inputs["securityGroupId"] === own),
        [],
      );
    }
  });
});
