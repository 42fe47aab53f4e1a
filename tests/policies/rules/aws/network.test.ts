import { Unknown, type Properties, type Value } from "../../../../offline/cloud/value";
import { networkRules } from "../../../../policies/rules/aws/network";
import type { ResourceType } from "../../../../policies/types";
import { fixture } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE = "aws:ec2/route:Route";
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const NAT = "aws:ec2/natGateway:NatGateway";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const ENDPOINT_POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy";
const NETWORK = "network-vpc";
const anywhere = "0.0.0.0/0";
const zones = ["a", "b", "c"] as const;
const databaseSubnets = zones.map((zone) => `${SUBNET} network-database-${zone}`);
const open = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] });
const closed = JSON.stringify({
  Statement: [
    {
      Effect: "Allow",
      Principal: "*",
      Action: "*",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } },
    },
  ],
});

describe("rules on networks of AWS", () => {
  provesStack(networkRules, "aws-vpc-flow-logs", {
    of: "prod",
    fails: [
      {
        when: "the VPC has no flow log",
        change: (stack) => stack.drop(FLOW_LOG, "flow-logs-log"),
        violated: [`${VPC} ${NETWORK}`],
      },
      {
        when: "the flow log is of another VPC",
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { set: { vpcId: "vpc-elsewhere" } }),
        violated: [`${VPC} ${NETWORK}`],
      },
      {
        when: "what is let in goes unrecorded",
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { set: { trafficType: "REJECT" } }),
        violated: [`${VPC} ${NETWORK}`],
      },
      {
        when: "the log goes nowhere",
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { remove: ["logDestination"] }),
        violated: [`${VPC} ${NETWORK}`],
      },
    ],
    undecided: [
      {
        when: "it is unknown whose log it is",
        change: (stack) => unknown(stack, FLOW_LOG, "flow-logs-log", "vpcId"),
        of: [`${VPC} ${NETWORK}`],
      },
      {
        when: "it is unknown what is recorded",
        change: (stack) => unknown(stack, FLOW_LOG, "flow-logs-log", "trafficType"),
        of: [`${VPC} ${NETWORK}`],
      },
    ],
  });

  provesStack(networkRules, "aws-default-sg-closed", {
    of: "prod",
    alsoPasses: [
      {
        when: "the rules are left out",
        change: (stack) =>
          stack.change(DEFAULT_GROUP, "network-default-security-group", { remove: ["ingress", "egress"] }),
      },
    ],
    fails: [
      {
        when: "nothing adopts it",
        change: (stack) => stack.drop(DEFAULT_GROUP, "network-default-security-group"),
        violated: [`${VPC} ${NETWORK}`],
      },
      {
        when: "its members reach each other and the internet",
        change: (stack) =>
          stack.change(DEFAULT_GROUP, "network-default-security-group", {
            set: {
              ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }],
              egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: [anywhere] }],
            },
          }),
        violated: ["ingress", "egress"].map((at) => `${DEFAULT_GROUP} network-default-security-group ${at}`),
      },
      {
        when: "a rule beside it opens it, by the output of the VPC",
        change: (stack) =>
          stack.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "planted", {
            inputs: { securityGroupId: "sg-default", ipProtocol: "-1", cidrIpv4: "10.0.0.0/8" },
            from: { securityGroupId: [`${VPC} ${NETWORK}`] },
          }),
        violated: ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule planted securityGroupId"],
      },
    ],
    undecided: [
      {
        when: "it is unknown what it lets in",
        change: (stack) => unknown(stack, DEFAULT_GROUP, "network-default-security-group", "ingress"),
        of: [`${DEFAULT_GROUP} network-default-security-group`],
      },
      {
        when: "it is unknown whose it is",
        change: (stack) => unknown(stack, DEFAULT_GROUP, "network-default-security-group", "vpcId"),
        of: [`${VPC} ${NETWORK}`],
      },
    ],
  });

  provesResource(networkRules, "aws-subnet-no-public-ip", {
    passes: [fixture("prod", SUBNET, "network-public-a"), fixture("dev", SUBNET, "network-private-a")],
    alsoPasses: [
      { when: "it is left to the default", remove: ["mapPublicIpOnLaunch"] },
      {
        when: "the subnet has no addresses but those of IPv6",
        set: { assignIpv6AddressOnCreation: true, ipv6Native: true },
      },
    ],
    fails: [
      { set: { mapPublicIpOnLaunch: true }, at: "mapPublicIpOnLaunch" },
      { set: { assignIpv6AddressOnCreation: true }, at: "assignIpv6AddressOnCreation" },
    ],
    unknown: ["mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"],
  });

  provesStack(networkRules, "aws-vpc-multi-az", {
    of: "prod",
    alsoPasses: [
      { when: "two zones are asked for", change: withoutPrivateC, settings: { zones: 2 } },
      { when: "it is in development", change: withoutPrivateC, stack: { class: "development" } },
    ],
    fails: [
      { when: "a tier is in two zones", change: withoutPrivateC, violated: [`${VPC} ${NETWORK}`] },
      {
        when: "two subnets of a tier are in one zone",
        change: (stack) =>
          stack.change(SUBNET, "network-public-c", {
            set: { availabilityZone: stack.one(SUBNET, "network-public-a").inputs["availabilityZone"] ?? "" },
          }),
        violated: [`${VPC} ${NETWORK}`],
      },
    ],
    undecided: [
      {
        when: "the tier of a subnet cannot be told",
        change: (stack) =>
          stack.change(ASSOCIATION, "network-private-a-association", { set: { routeTableId: "rtb-x" } }),
        of: [`${VPC} ${NETWORK}`],
      },
    ],
  });

  provesStack(networkRules, "aws-vpc-tier-separation", {
    of: "prod",
    alsoPasses: [
      {
        when: "a VPC has no way to the internet and one tier",
        change: (stack) =>
          stack.add(VPC, "lonely", { inputs: {} }).add(SUBNET, "inner", {
            inputs: { vpcId: "lonely" },
            from: { vpcId: [`${VPC} lonely`] },
          }),
      },
    ],
    fails: [
      {
        when: "the private subnets have the routes of the public ones",
        change: (stack) => zones.reduce((rest, zone) => madePublic(rest, zone), stack),
        violated: [`${VPC} ${NETWORK}`],
      },
      {
        when: "no subnet is without a way to the internet",
        change: (stack) =>
          stack
            .change(TABLE, "network-database-routes", {
              set: { routes: [{ cidrBlock: anywhere, natGatewayId: "nat-1" }] },
            })
            .change(TABLE, "gateway-routes", { set: { routes: [{ cidrBlock: anywhere, natGatewayId: "nat-1" }] } }),
        violated: [`${VPC} ${NETWORK}`],
      },
    ],
    undecided: [
      {
        when: "it is unknown what the table of the only isolated subnets leads to",
        change: (stack) =>
          unknown(unknown(stack, TABLE, "network-database-routes", "routes"), TABLE, "gateway-routes", "routes"),
        of: [`${VPC} ${NETWORK}`],
      },
    ],
  });

  provesStack(networkRules, "aws-db-subnet-no-default-route", {
    of: "prod",
    fails: [
      {
        when: "the table of the database subnets has a default route, as a resource of its own",
        change: (stack) => routed(stack, { destinationCidrBlock: anywhere, gatewayId: "igw-1" }),
        violated: databaseSubnets,
      },
      {
        when: "the default route is by NAT, for IPv6",
        change: (stack) => routed(stack, { destinationIpv6CidrBlock: "::/0", natGatewayId: "nat-1" }),
        violated: databaseSubnets,
      },
      {
        when: "one half of the internet has a route",
        change: (stack) => routed(stack, { destinationCidrBlock: "0.0.0.0/1", transitGatewayId: "tgw-1" }),
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
      ...(["docdb", "elasticache", "redshift", "memorydb", "neptune", "dax"] as const).map((service) => ({
        when: `a subnet group of ${service} names a private subnet`,
        change: (stack: StackUnderTest) =>
          stack.add(`aws:${service}/subnetGroup:SubnetGroup`, "planted", {
            inputs: { subnetIds: [idOf(stack, SUBNET, "network-private-a")] },
            from: { subnetIds: [`${SUBNET} network-private-a`] },
          }),
        violated: [`${SUBNET} network-private-a`],
      })),
      {
        when: "a subnet group names none",
        change: (stack) => stack.add("aws:rds/subnetGroup:SubnetGroup", "planted", { inputs: { subnetIds: [] } }),
        violated: ["aws:rds/subnetGroup:SubnetGroup planted subnetIds"],
      },
    ],
    alsoPasses: [
      {
        when: "the table has a route to another site alone",
        change: (stack) => routed(stack, { destinationCidrBlock: "10.48.0.0/12", transitGatewayId: "tgw-1" }),
      },
    ],
    undecided: [
      {
        when: "it cannot be told which table a subnet has",
        change: (stack) =>
          stack.change(ASSOCIATION, "network-database-a-association", { set: { routeTableId: "rtb-elsewhere" } }),
        of: [`${SUBNET} network-database-a`],
      },
      {
        when: "it is unknown where a route leads to",
        change: (stack) => routed(stack, { destinationCidrBlock: Unknown.value, natGatewayId: "nat-1" }),
        of: databaseSubnets,
      },
      {
        when: "a subnet group is in another network",
        change: (stack) =>
          stack.add("aws:rds/subnetGroup:SubnetGroup", "planted", { inputs: { subnetIds: ["subnet-elsewhere"] } }),
        of: ["aws:rds/subnetGroup:SubnetGroup planted"],
      },
    ],
  });

  provesStack(networkRules, "aws-private-subnet-egress-via-nat", {
    of: "prod",
    alsoPasses: [
      {
        when: "a load balancer is in a public subnet",
        change: (stack) => placed(stack, "aws:lb/loadBalancer:LoadBalancer", "subnets", "network-public-a"),
      },
    ],
    fails: [
      {
        when: "the default route of a private subnet leads to the internet gateway",
        change: (stack) => madePublic(stack, "b"),
        violated: [`${SUBNET} network-private-b`],
      },
      {
        when: "a group of nodes is in a public subnet",
        change: (stack) => placed(stack, "aws:eks/nodeGroup:NodeGroup", "subnetIds", "network-public-c"),
        violated: [`${SUBNET} network-public-c`],
      },
      {
        when: "a function is in a public subnet",
        change: (stack) =>
          stack.add("aws:lambda/function:Function", "planted", {
            inputs: { vpcConfig: { subnetIds: [idOf(stack, SUBNET, "network-public-c")] } },
            from: { vpcConfig: [`${SUBNET} network-public-c`] },
          }),
        violated: [`${SUBNET} network-public-c`],
      },
    ],
    undecided: [
      {
        when: "it cannot be told which table a subnet has",
        change: (stack) =>
          stack.change(ASSOCIATION, "network-private-a-association", { set: { routeTableId: "rtb-x" } }),
        of: [`${SUBNET} network-private-a`],
      },
    ],
  });

  provesStack(networkRules, "aws-nat-per-az", {
    of: "prod",
    alsoPasses: [
      { when: "it is in development", change: sharedNat, stack: { class: "development" } },
      {
        when: "one NAT gateway serves the region",
        change: (stack) =>
          zones
            .reduce(
              (rest, zone) => rest.change(NAT, `network-nat-${zone}`, { set: { availabilityMode: "regional" } }),
              stack,
            )
            .change(NAT, "network-nat-b", { remove: ["subnetId"] }),
      },
    ],
    fails: [
      { when: "a zone has no NAT gateway", change: sharedNat, violated: [`${VPC} ${NETWORK}`] },
      {
        when: "two NAT gateways are in one zone",
        change: (stack) => movedNat(stack, "network-nat-c", "network-public-a"),
        violated: [`${VPC} ${NETWORK}`],
        preview: "undecided",
      },
    ],
    undecided: [
      {
        when: "it is unknown where a NAT gateway is",
        change: (stack) => unknown(stack, NAT, "network-nat-a", "subnetId"),
        of: [`${VPC} ${NETWORK}`],
      },
    ],
  });

  provesStack(networkRules, "aws-nat-route-same-az", {
    of: "prod",
    alsoPasses: [
      { when: "it is in development", change: sharedNat, stack: { class: "development" } },
      {
        when: "the NAT gateway serves the region",
        change: (stack) => sharedNat(stack).change(NAT, "network-nat-a", { set: { availabilityMode: "regional" } }),
      },
    ],
    fails: [
      {
        when: "a subnet goes out by the NAT gateway of another zone",
        change: sharedNat,
        violated: [`${SUBNET} network-private-c`],
      },
    ],
    undecided: [
      {
        when: "the NAT gateway is of another stack",
        change: (stack) =>
          stack.change(ROUTE, "network-private-a-internet", { set: { natGatewayId: "nat-elsewhere" } }),
        of: [`${SUBNET} network-private-a`],
      },
      {
        when: "it is unknown where a NAT gateway is",
        change: (stack) => unknown(stack, NAT, "network-nat-a", "subnetId"),
        of: [`${SUBNET} network-private-a`],
      },
    ],
  });

  provesStack(networkRules, "aws-endpoints-private", {
    of: "prod",
    alsoPasses: [
      {
        when: "there are no interface endpoints in development",
        change: (stack) => withoutInterfaces(stack),
        stack: { class: "development" },
      },
      {
        when: "none is asked for",
        change: (stack) => stack.dropAll(ENDPOINT),
        settings: { gateways: [], interfaces: [] },
      },
      {
        when: "the policy is a resource of its own",
        change: (stack) =>
          stack
            .change(ENDPOINT, "service-endpoints-kms", { remove: ["policy"] })
            .add(ENDPOINT_POLICY, "policy", endpointPolicy(stack, closed)),
      },
      {
        when: "the service is somebody else's",
        change: (stack) =>
          stack.add(ENDPOINT, "planted", {
            inputs: { serviceName: "com.amazonaws.vpce.us-east-2.vpce-svc-1", vpcEndpointType: "Interface" },
          }),
      },
    ],
    fails: [
      ...["s3", "dynamodb", "ecr-api", "ecr-dkr", "sts", "logs", "secretsmanager", "kms"].map((service) => ({
        when: `there is no endpoint of ${service}`,
        change: (stack: StackUnderTest) => stack.drop(ENDPOINT, `service-endpoints-${service}`),
        violated: [`${VPC} ${NETWORK}`],
      })),
      {
        when: "the name of a service is left at its public address",
        change: (stack) => stack.change(ENDPOINT, "service-endpoints-kms", { remove: ["privateDnsEnabled"] }),
        violated: [`${ENDPOINT} service-endpoints-kms privateDnsEnabled`],
      },
      {
        when: "an endpoint has no policy",
        change: (stack) => stack.change(ENDPOINT, "service-endpoints-s3", { remove: ["policy"] }),
        violated: [`${ENDPOINT} service-endpoints-s3 policy`],
      },
      {
        when: "the policy lets everybody call everything",
        change: (stack) => stack.change(ENDPOINT, "service-endpoints-sts", { set: { policy: open } }),
        violated: [`${ENDPOINT} service-endpoints-sts policy`],
      },
      {
        when: "the policy lets everybody make every call of a service",
        change: (stack) =>
          stack.change(ENDPOINT, "service-endpoints-s3", {
            set: { policy: open.replace('"Action":"*"', '"Action":"s3:*"') },
          }),
        violated: [`${ENDPOINT} service-endpoints-s3 policy`],
      },
      {
        when: "a policy beside the endpoint lets everybody call everything",
        change: (stack) =>
          stack
            .change(ENDPOINT, "service-endpoints-kms", { remove: ["policy"] })
            .add(ENDPOINT_POLICY, "policy", endpointPolicy(stack, open)),
        violated: [`${ENDPOINT} service-endpoints-kms policy`],
      },
    ],
    undecided: [
      {
        when: "the policy is unknown",
        change: (stack) => unknown(stack, ENDPOINT, "service-endpoints-kms", "policy"),
        of: [`${ENDPOINT} service-endpoints-kms`],
      },
      {
        when: "the service is unknown",
        change: (stack) => unknown(stack, ENDPOINT, "service-endpoints-kms", "serviceName"),
        of: [`${ENDPOINT} service-endpoints-kms`, `${VPC} ${NETWORK}`],
      },
    ],
  });
});

function idOf(stack: StackUnderTest, type: ResourceType, name: string): Value {
  return stack.one(type, name).outputs["id"] ?? "";
}

/** Makes an input unknown, of which not even the source can be told. */
function unknown(stack: StackUnderTest, type: ResourceType, name: string, path: string): StackUnderTest {
  return stack.change(type, name, { set: { [path]: null } }).change(type, name, { set: { [path]: Unknown.value } });
}

/** A route in the table of the database subnets. */
function routed(stack: StackUnderTest, inputs: Properties): StackUnderTest {
  return stack.add(ROUTE, "planted", {
    inputs: { routeTableId: idOf(stack, TABLE, "network-database-routes"), ...inputs },
    from: { routeTableId: [`${TABLE} network-database-routes`] },
  });
}

function madePublic(stack: StackUnderTest, zone: string): StackUnderTest {
  return stack.change(ROUTE, `network-private-${zone}-internet`, {
    set: { gatewayId: "igw-1" },
    remove: ["natGatewayId"],
  });
}

function placed(stack: StackUnderTest, type: ResourceType, property: string, subnet: string): StackUnderTest {
  return stack.add(type, "planted", {
    inputs: { [property]: [idOf(stack, SUBNET, subnet)] },
    from: { [property]: [`${SUBNET} ${subnet}`] },
  });
}

function withoutPrivateC(stack: StackUnderTest): StackUnderTest {
  return stack.drop(ASSOCIATION, "network-private-c-association").drop(SUBNET, "network-private-c");
}

/** The last zone goes out by the first one's NAT gateway. */
function sharedNat(stack: StackUnderTest): StackUnderTest {
  return stack
    .drop(ROUTE, "network-private-c-internet")
    .drop(NAT, "network-nat-c")
    .add(ROUTE, "shared", {
      inputs: {
        routeTableId: idOf(stack, TABLE, "network-private-c-routes"),
        destinationCidrBlock: anywhere,
        natGatewayId: idOf(stack, NAT, "network-nat-a"),
      },
      from: { routeTableId: [`${TABLE} network-private-c-routes`], natGatewayId: [`${NAT} network-nat-a`] },
    });
}

function movedNat(stack: StackUnderTest, nat: string, subnet: string): StackUnderTest {
  return stack.change(NAT, nat, { set: { subnetId: idOf(stack, SUBNET, subnet) } });
}

function withoutInterfaces(stack: StackUnderTest): StackUnderTest {
  return stack.resources
    .filter(({ type, inputs }) => type === ENDPOINT && inputs["vpcEndpointType"] === "Interface")
    .reduce((rest, { name }) => rest.drop(ENDPOINT, name), stack);
}

function endpointPolicy(stack: StackUnderTest, policy: string) {
  return {
    inputs: { vpcEndpointId: idOf(stack, ENDPOINT, "service-endpoints-kms"), policy },
    from: { vpcEndpointId: [`${ENDPOINT} service-endpoints-kms`] },
  };
}
