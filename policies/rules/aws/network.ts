import { z } from "zod";
import { attempt } from "../../checks/attempt";
import {
  hasOwnTable,
  natGatewaysOf,
  tierOf,
  waysOut,
  zoneOf,
  type SubnetNode,
  type Tier,
} from "../../checks/aws-routes";
import { possibleUsersOf, usersOf } from "../../checks/aws-uses";
import { allowsEverybody, statementsOf, type Statement } from "../../checks/policy-documents";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Rule } from "../../model/rule";
import { NOT_KNOWN_YET, undecided, Undecided } from "../../model/view";

const GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide";
const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const ENDPOINT_POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy";

/** Resources by which stores are put into subnets. */
const SUBNET_GROUPS = [
  "aws:dax/subnetGroup:SubnetGroup",
  "aws:docdb/subnetGroup:SubnetGroup",
  "aws:elasticache/subnetGroup:SubnetGroup",
  "aws:memorydb/subnetGroup:SubnetGroup",
  "aws:neptune/subnetGroup:SubnetGroup",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:redshift/subnetGroup:SubnetGroup",
] as const;

/** Rules of security groups that are resources of their own. */
const GROUP_RULES = [
  "aws:ec2/securityGroupRule:SecurityGroupRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
] as const;

/**
 * What may be in a public subnet: it brings its own addresses and passes traffic on, or takes none from the internet. Subnet
 * groups have a stricter rule.
 */
const PUBLIC_USERS = new Set<string>([
  "aws:alb/loadBalancer:LoadBalancer",
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
  "aws:eks/cluster:Cluster",
  "aws:elb/loadBalancer:LoadBalancer",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:networkfirewall/firewall:Firewall",
  "kubernetes:core/v1:Service",
  "kubernetes:networking.k8s.io/v1:Ingress",
  ...SUBNET_GROUPS,
]);

export const networkRules: readonly Rule[] = [
  graphRule({
    id: "aws-vpc-flow-logs",
    title: "Every connection in a VPC is recorded",
    severity: "high",
    controls: {
      cis: ["AWS 3.0 3.7"],
      iso27001: ["A.8.15", "A.8.16"],
      soc2: ["CC7.2", "CC7.3"],
      hipaa: ["164.312(b)"],
      pciDss: ["10.2.1"],
      gdpr: ["Article 25"],
    },
    why: "Without flow logs nobody can tell where an intruder came from, what was reached and what was sent out.",
    remedy: {
      text: "Give the VPC a flow log of all traffic.",
      example: 'new ec2.FlowLog("flows", { vpcId: vpc.id, trafficType: "ALL", logDestination: logs.arn, … })',
    },
    source: `${GUIDE}/flow-logs.html`,
    types: [VPC],
    check: (graph, judge) => {
      judge.each(graph.all(VPC), (vpc, expect) => {
        const logs = graph.from(FLOW_LOG, "vpcId", vpc);
        expect("", "has no flow log of accepted and rejected traffic that goes anywhere", () =>
          anyOf(logs, (log) => log.props.trafficType === "ALL" && hasDestination(graph, log)),
        );
      });
    },
  }),
  graphRule({
    id: "aws-default-sg-closed",
    title: "The default security group of a VPC opens nothing",
    severity: "high",
    controls: { cis: ["AWS 3.0 5.4"], iso27001: ["A.8.20", "A.8.21"] },
    why: "What is made without a security group gets the default one, whose members reach each other and the internet.",
    remedy: {
      text: "Adopt the default security group of each VPC without rules.",
      example: 'new ec2.DefaultSecurityGroup("default", { vpcId: vpc.id, ingress: [], egress: [] })',
    },
    source: `${GUIDE}/default-security-group.html`,
    types: [VPC, DEFAULT_GROUP],
    check: (graph, judge) => {
      judge.each(graph.all(VPC), (vpc, expect) => {
        expect("", "keeps its default security group as AWS makes it", () => {
          return graph.from(DEFAULT_GROUP, "vpcId", vpc).length > 0;
        });
      });
      judge.each(graph.all(DEFAULT_GROUP), ({ props }, expect) => {
        expect("ingress", "lets something in", () => (props.ingress ?? []).length === 0);
        expect("egress", "lets something out", () => (props.egress ?? []).length === 0);
      });
      judge.each(graph.all(...GROUP_RULES), (rule, expect) => {
        // A VPC names its default group in an output.
        const { nodes } = graph.references(rule, "securityGroupId", DEFAULT_GROUP, VPC);
        if (nodes.length > 0) expect("securityGroupId", "opens a default security group", () => false);
      });
    },
  }),
  resourceRule({
    id: "aws-subnet-no-public-ip",
    title: "Subnets give nothing a public address by themselves",
    severity: "high",
    controls: { iso27001: ["A.8.20", "A.8.21"], soc2: ["CC6.6"] },
    why: "Whatever is started in such a subnet is on the internet, also by mistake; load balancers and NAT gateways bring their own addresses.",
    remedy: {
      text: "Switch off addresses at launch.",
      example: 'new ec2.Subnet("public-a", { mapPublicIpOnLaunch: false, … })',
    },
    source: `${GUIDE}/vpc-ip-addressing.html`,
    on: {
      [SUBNET]: (subnet, expect) => {
        expect(
          "mapPublicIpOnLaunch",
          "gives everything in the subnet a public address",
          () => subnet.mapPublicIpOnLaunch !== true,
        );
        expect("assignIpv6AddressOnCreation", "gives everything in the subnet an address of the internet", () => {
          // A subnet without IPv4 has no other addresses to give.
          return subnet.assignIpv6AddressOnCreation !== true || subnet.ipv6Native === true;
        });
      },
    },
    fix: { [SUBNET]: { mapPublicIpOnLaunch: false, assignIpv6AddressOnCreation: false } },
  }),
  graphRule({
    id: "aws-vpc-multi-az",
    title: "Each tier of a VPC outlives the loss of a zone",
    severity: "medium",
    controls: { iso27001: ["A.8.14", "A.8.20"] },
    why: "A tier in too few zones goes down with one of them, or cannot keep the quorum of what runs in it.",
    remedy: {
      text: "Give each tier a subnet in three zones.",
      example:
        'for (const zone of ["a", "b", "c"]) new ec2.Subnet(`private-${zone}`, { availabilityZone: region + zone, … })',
    },
    source: `${GUIDE}/configure-subnets.html`,
    settings: z.object({
      zones: z.int().min(1).max(6).default(3).describe("Zones of each tier, at least; two are enough in development."),
    }),
    types: [SUBNET],
    check: (graph, judge, { stack, settings }) => {
      const zones = stack.class === "development" ? Math.min(settings.zones, 2) : settings.zones;
      judge.each(graph.all(VPC), (vpc, expect) => {
        const subnets = graph.from(SUBNET, "vpcId", vpc);
        for (const tier of ["public", "private", "isolated"] as const) {
          expect("", `has ${tier} subnets in fewer than ${String(zones)} zones`, () => {
            const found = ofTier(graph, subnets, tier);
            return found.length === 0 || new Set(found.map(zoneOf)).size >= zones;
          });
        }
      });
    },
  }),
  graphRule({
    id: "aws-vpc-tier-separation",
    title: "What faces the internet, what works and what stores are in subnets of their own",
    severity: "medium",
    controls: { iso27001: ["A.8.20", "A.8.21"], soc2: ["CC6.6"] },
    why: "In a VPC without tiers whoever takes over what faces the internet has a direct way to the data.",
    remedy: {
      text: "Put load balancers into public subnets, workloads into private ones and stores into ones without a default route.",
      example: 'new ec2.RouteTableAssociation("data-a", { subnetId: dataSubnet.id, routeTableId: isolated.id })',
    },
    source: `${GUIDE}/configure-subnets.html`,
    types: [SUBNET],
    check: (graph, judge) => {
      judge.each(graph.all(VPC), (vpc, expect) => {
        const subnets = graph.from(SUBNET, "vpcId", vpc);
        // A tier asks for the one behind it: a network without a way to the internet needs no subnets that have one.
        expect("", "has public subnets and no private ones", () => {
          return has(graph, subnets, "private") || !has(graph, subnets, "public");
        });
        expect("", "has no subnets without a way to the internet", () => {
          return subnets.length === 0 || has(graph, subnets, "isolated");
        });
      });
    },
  }),
  graphRule({
    id: "aws-db-subnet-no-default-route",
    title: "Subnets of stores have no way to the internet",
    severity: "critical",
    controls: { iso27001: ["A.8.20", "A.8.21"], soc2: ["CC6.6"] },
    why: "What has taken over a store sends what it holds out over the default route.",
    remedy: {
      text: "Associate the subnets of subnet groups with a route table of their own that has no default route.",
      example: 'new ec2.RouteTableAssociation("data-a", { subnetId: dataSubnet.id, routeTableId: isolated.id })',
    },
    source: `${GUIDE}/VPC_Route_Tables.html`,
    starred: true,
    types: SUBNET_GROUPS,
    check: (graph, judge) => {
      const subnets = new Set<SubnetNode>();
      judge.each(graph.all(...SUBNET_GROUPS), (group, expect) => {
        for (const subnet of graph.references(group, "subnetIds", SUBNET).nodes) subnets.add(subnet);
        expect("subnetIds", "names no subnet", () => graph.to(group, "subnetIds", SUBNET).length > 0);
      });
      judge.each(subnets, (subnet, expect) => {
        expect("", "has no route table of its own, so it takes the routes of the main one", () =>
          hasOwnTable(graph, subnet),
        );
        expect(
          "",
          `has a way to the internet by ${routesOut(graph, subnet)}`,
          () => waysOut(graph, subnet).length === 0,
        );
      });
    },
  }),
  graphRule({
    id: "aws-private-subnet-egress-via-nat",
    title: "Workloads are in subnets that the internet has no way into",
    severity: "critical",
    controls: { iso27001: ["A.8.20", "A.8.21"], soc2: ["CC6.6"] },
    why: "Behind an internet gateway one public address, or one open security group, puts a workload on the internet.",
    remedy: {
      text: "Send what workloads send out by a NAT, egress-only or transit gateway.",
      example:
        'new ec2.Route("out", { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id })',
    },
    source: `${GUIDE}/configure-subnets.html`,
    starred: true,
    types: [SUBNET],
    check: (graph, judge) => {
      judge.each(graph.all(SUBNET), (subnet, expect) => {
        const workloads = (users: readonly Node[]) => users.filter(({ type }) => !PUBLIC_USERS.has(type));
        const [sure] = workloads(usersOf(graph, subnet));
        const [workload = sure] = sure === undefined ? workloads(possibleUsersOf(graph, subnet)) : [];
        if (workload === undefined) return;
        expect(
          "",
          `has a way to an internet gateway by ${routesOut(graph, subnet)}, and ${workload.name} is in it`,
          () => {
            if (tierOf(graph, subnet) !== "public") return true;
            return sure === undefined && undecided("", `whether ${workload.name} is in it ${NOT_KNOWN_YET}`);
          },
        );
      });
    },
  }),
  graphRule({
    id: "aws-nat-per-az",
    title: "Each zone has its own way out",
    severity: "high",
    controls: { iso27001: ["A.8.14"], soc2: ["A1.2"] },
    why: "When the zone of a shared NAT gateway is lost, all other zones lose the internet with it.",
    remedy: {
      text: "Make a NAT gateway in each zone with private subnets, or a regional one.",
      example: "new ec2.NatGateway(`nat-${zone}`, { subnetId: publicSubnet.id, allocationId: address.id })",
    },
    source: `${GUIDE}/nat-gateway-basics.html`,
    starred: true,
    types: [NAT_GATEWAY],
    check: (graph, judge, { stack }) => {
      judge.each(graph.all(VPC), (vpc, expect) => {
        const missing = () => zonesWithoutNat(graph, graph.from(SUBNET, "vpcId", vpc));
        const zones = attempt(missing);
        const named = zones instanceof Undecided ? "a zone" : zones.join(", ");
        expect("", `has no NAT gateway in ${named}`, () => stack.class === "development" || missing().length === 0);
      });
    },
  }),
  graphRule({
    id: "aws-nat-route-same-az",
    title: "What leaves a zone leaves it by the zone's own NAT gateway",
    severity: "medium",
    controls: { iso27001: ["A.8.14"], soc2: ["A1.2"] },
    why: "A subnet that goes out by another zone is cut off with that zone, and pays for every byte between the two.",
    remedy: {
      text: "Give the private subnets of each zone a route table with the NAT gateway of that zone.",
      example:
        'new ec2.Route("out-a", { routeTableId: privateA.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: natA.id })',
    },
    source: `${GUIDE}/nat-gateway-basics.html`,
    starred: true,
    types: [NAT_GATEWAY],
    check: (graph, judge, { stack }) => {
      judge.each(graph.all(SUBNET), (subnet, expect) => {
        expect("", "goes out by a NAT gateway of another zone", () => {
          if (stack.class === "development") return true;
          return natGatewaysOf(graph, subnet).every(
            (nat) => isRegional(nat) || zonesOf(graph, nat).includes(zoneOf(subnet)),
          );
        });
      });
    },
  }),
  graphRule({
    id: "aws-endpoints-private",
    title: "Services of AWS are called within the VPC, by its own account",
    severity: "medium",
    controls: {},
    why: "Calls that leave by NAT can go to any account's resources; an endpoint that lets everybody through carries data out to them.",
    remedy: {
      text: "Make endpoints of the services that the VPC calls, with private DNS and a policy that names who may call what.",
      example:
        'new ec2.VpcEndpoint("kms", { vpcEndpointType: "Interface", privateDnsEnabled: true, policy, vpcId: vpc.id, … })',
    },
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    settings: z.object({
      gateways: z
        .array(z.string())
        .default(["s3", "dynamodb"])
        .describe("Services with a gateway endpoint in each VPC."),
      interfaces: z
        .array(z.string())
        .default(["ecr.api", "ecr.dkr", "sts", "logs", "secretsmanager", "kms"])
        .describe(
          "Services with an interface endpoint in each VPC; not asked for in development, as each is paid by the hour.",
        ),
    }),
    types: [VPC, ENDPOINT],
    check: (graph, judge, { stack, settings }) => {
      judge.each(graph.all(VPC), (vpc, expect) => {
        const endpoints = graph.from(ENDPOINT, "vpcId", vpc);
        const asked = stack.class === "development" ? [] : settings.interfaces;
        for (const service of [...settings.gateways, ...asked]) {
          expect("", `has no endpoint of ${service}`, () =>
            anyOf(endpoints, ({ props }) => serviceOf(props.serviceName) === service),
          );
        }
      });
      judge.each(graph.all(ENDPOINT), (endpoint, expect) => {
        const { props } = endpoint;
        expect("privateDnsEnabled", "leaves the name of the service at its public address", () => {
          const isOfAws = serviceOf(props.serviceName) !== undefined;
          return !isOfAws || props.vpcEndpointType !== "Interface" || props.privateDnsEnabled === true;
        });
        expect("policy", "lets everybody call everything", () => {
          if (serviceOf(props.serviceName) === undefined) return true;
          const policies = [props.policy, ...beside(graph, endpoint)].filter((policy) => policy !== undefined);
          return policies.length > 0 && !policies.some((policy) => statementsOf(policy, "policy").some(isOpen));
        });
      });
    },
  }),
];

function hasDestination(graph: Graph, log: Node<typeof FLOW_LOG>): boolean {
  const { outside, unresolved } = graph.references(log, "logDestination");
  return outside.length > 0 || unresolved;
}

function ofTier(graph: Graph, subnets: readonly SubnetNode[], tier: Tier): readonly SubnetNode[] {
  return subnets.filter((subnet) => tierOf(graph, subnet) === tier);
}

function has(graph: Graph, subnets: readonly SubnetNode[], tier: Tier): boolean {
  return anyOf(subnets, (subnet) => tierOf(graph, subnet) === tier);
}

/** Routes of a subnet to the internet, for a sentence. */
function routesOut(graph: Graph, subnet: SubnetNode): string {
  const ways = attempt(() => waysOut(graph, subnet));
  return ways instanceof Undecided || ways.length === 0 ? "a route" : ways.map(({ node }) => node.name).join(", ");
}

function isRegional({ props }: Node<typeof NAT_GATEWAY>): boolean {
  return props.availabilityMode === "regional";
}

function zonesOf(graph: Graph, nat: Node<typeof NAT_GATEWAY>): readonly string[] {
  return graph.to(nat, "subnetId", SUBNET).map(zoneOf);
}

/** Zones whose subnets go out by NAT and that have no NAT gateway. */
function zonesWithoutNat(graph: Graph, subnets: readonly SubnetNode[]): readonly string[] {
  const served = subnets.filter((subnet) => natGatewaysOf(graph, subnet).some((nat) => !isRegional(nat)));
  if (served.length === 0) return [];
  const own = new Set(subnets);
  const nats = graph.all(NAT_GATEWAY).filter((nat) => !isRegional(nat));
  const zones = new Set(
    nats.flatMap((nat) =>
      graph
        .to(nat, "subnetId", SUBNET)
        .filter((subnet) => own.has(subnet))
        .map(zoneOf),
    ),
  );
  return [...new Set(served.map(zoneOf))].filter((zone) => !zones.has(zone));
}

/** The service of an endpoint, as names of services of AWS end: `ecr.api`. Undefined for a service of somebody else. */
function serviceOf(name: string | undefined): string | undefined {
  return /^(?:com|cn\.com)\.amazonaws\.(?!vpce\.)[a-z0-9-]+\.(.+)$/.exec(name ?? "")?.[1];
}

function beside(graph: Graph, endpoint: Node<typeof ENDPOINT>): readonly unknown[] {
  return graph.from(ENDPOINT_POLICY, "vpcEndpointId", endpoint).map(({ props }) => props.policy);
}

/** Whether a statement lets everybody make every call of a service, services of AWS apart. */
function isOpen(statement: Statement): boolean {
  const isForServices = statement.conditions["Bool"]?.["aws:PrincipalIsAWSService"]?.every((value) => value === "true");
  if (isForServices === true || !allowsEverybody(statement)) return false;
  return statement.notActions.length > 0 || statement.actions.some((action) => /^([\w-]+:)?\*$/.test(action));
}
