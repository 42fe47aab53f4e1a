import { Unknown, type Properties, type Value } from "../../../../offline/cloud/value";
import type { ResourceType } from "../../../../policies/types";
import { securityGroupRules } from "../../../../policies/rules/aws/security-groups";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
const ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const INGRESS_OF_CLUSTER = "kubernetes:networking.k8s.io/v1:Ingress";
const SERVICE = "kubernetes:core/v1:Service";
const ALB = "security-groups-alb";
const RDS = "security-groups-rds";
const anywhere = "0.0.0.0/0";

describe("rules on security groups of AWS", () => {
  provesStack(securityGroupRules, "aws-sg-no-open-ingress", {
    of: "durga-puja",
    alsoPasses: [
      {
        when: "a load balancer of the stack has the group",
        change: (stack) => withoutServed(stack).add(BALANCER, "front", balancer(stack)),
      },
      { when: "what has the group is made in another stack, and it sends to groups alone", change: withoutServed },
      {
        when: "the group lets in messages on the size of packets",
        change: (stack) => opened(stack, ALB, { ipProtocol: "icmp", fromPort: 3, toPort: 4, cidrIpv4: anywhere }),
      },
      {
        when: "another port is allowed to load balancers",
        change: (stack) => opened(stack, ALB, { ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: anywhere }),
        settings: { ports: [80, 443, 8443] },
      },
      {
        when: "an open rule beside it lets out",
        change: (stack) =>
          ruled(stack, ALB, {
            type: "egress",
            protocol: "tcp",
            fromPort: 22,
            toPort: 22,
            cidrBlocks: [anywhere],
          }),
      },
    ],
    fails: [
      {
        when: "a load balancer is open on a port that is not for the web",
        change: (stack) => opened(stack, ALB, { ipProtocol: "tcp", fromPort: 8080, toPort: 8080, cidrIpv4: anywhere }),
        violated: [`${INGRESS} planted cidrIpv4`],
      },
      {
        when: "the range of ports only begins with one for the web, for IPv6",
        change: (stack) => opened(stack, ALB, { ipProtocol: "tcp", fromPort: 443, toPort: 444, cidrIpv6: "::/0" }),
        violated: [`${INGRESS} planted cidrIpv6`],
      },
      {
        when: "every protocol is let in",
        change: (stack) => opened(stack, ALB, { ipProtocol: "-1", cidrIpv4: anywhere }),
        violated: [`${INGRESS} planted cidrIpv4`],
      },
      {
        when: "half of the internet is let in from port 0 on",
        change: (stack) => opened(stack, ALB, { ipProtocol: "tcp", fromPort: 0, toPort: 0, cidrIpv4: "128.0.0.0/1" }),
        violated: [`${INGRESS} planted cidrIpv4`],
      },
      {
        when: "a prefix list holds the internet",
        change: (stack) =>
          opened(
            stack.add(LIST, "list", { inputs: { entries: [{ cidr: "10.0.0.0/8" }, { cidr: anywhere }] } }),
            ALB,
            { ipProtocol: "tcp", fromPort: 8080, toPort: 8080, prefixListId: "list" },
            { prefixListId: [`${LIST} list`] },
          ),
        violated: [`${INGRESS} planted prefixListId`],
      },
      {
        when: "an entry beside a prefix list is the internet",
        change: (stack) =>
          opened(
            stack.add(LIST, "list", { inputs: {} }).add(ENTRY, "entry", {
              inputs: { prefixListId: "list", cidr: anywhere },
              from: { prefixListId: [`${LIST} list`] },
            }),
            ALB,
            { ipProtocol: "tcp", fromPort: 8080, toPort: 8080, prefixListId: "list" },
            { prefixListId: [`${LIST} list`] },
          ),
        violated: [`${INGRESS} planted prefixListId`],
      },
      {
        when: "nodes are open, in a rule of the older class",
        change: (stack) =>
          ruled(stack, "security-groups-worker", {
            type: "ingress",
            protocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrBlocks: ["10.0.0.0/8", anywhere],
          }),
        violated: [`${RULE} planted securityGroupId`],
      },
      {
        when: "the rule is written in the group",
        change: (stack) =>
          stack.change(GROUP, RDS, {
            set: { ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [anywhere] }] },
          }),
        violated: [`${GROUP} ${RDS}`],
      },
      {
        when: "the rule is written in the group, for IPv6 and every port",
        change: (stack) =>
          stack.change(GROUP, RDS, {
            set: { ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, ipv6CidrBlocks: ["::/0"] }] },
          }),
        violated: [`${GROUP} ${RDS}`, `${GROUP} ${RDS} ingress[0].ipv6CidrBlocks[0]`],
      },
      {
        when: "the load balancer of an Ingress is internal",
        change: (stack) =>
          stack.change(INGRESS_OF_CLUSTER, "ingress-ingress", {
            remove: ['metadata.annotations["alb.ingress.kubernetes.io/scheme"]'],
          }),
        violated: [`${INGRESS} ${ALB}-http securityGroupId`, `${INGRESS} ${ALB}-https securityGroupId`],
      },
      {
        when: "the load balancer of a Service is internal",
        change: (stack) =>
          stack.change(SERVICE, "frontend-service", {
            set: { 'metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"]': "internal" },
          }),
        violated: [`${INGRESS} ${ALB}-http securityGroupId`, `${INGRESS} ${ALB}-https securityGroupId`],
      },
      {
        when: "a load balancer of the stack is internal",
        change: (stack) => stack.add(BALANCER, "front", balancer(stack, { internal: true })),
        violated: [`${INGRESS} ${ALB}-http securityGroupId`, `${INGRESS} ${ALB}-https securityGroupId`],
      },
      {
        when: "nothing here has the group, and it sends to addresses",
        change: (stack) =>
          withoutServed(stack).change(EGRESS, `${ALB}-node-ports-out`, {
            set: { cidrIpv4: anywhere },
            remove: ["referencedSecurityGroupId"],
          }),
        violated: [`${INGRESS} ${ALB}-http securityGroupId`, `${INGRESS} ${ALB}-https securityGroupId`],
      },
      {
        when: "nothing here has the group, and it sends nowhere",
        change: (stack) =>
          ["node-ports-out", "pods-80-out", "pods-5000-out"].reduce(
            (rest, rule) => rest.drop(EGRESS, `${ALB}-${rule}`),
            withoutServed(stack),
          ),
        violated: [`${INGRESS} ${ALB}-http securityGroupId`, `${INGRESS} ${ALB}-https securityGroupId`],
      },
    ],
    undecided: [
      {
        when: "it is unknown who is let in on a port that is not for the web",
        change: (stack) =>
          opened(stack, RDS, { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, cidrIpv4: Unknown.value }),
        of: [`${INGRESS} planted`],
      },
      {
        when: "it is unknown which port is open",
        change: (stack) =>
          opened(stack, ALB, { ipProtocol: "tcp", fromPort: Unknown.value, toPort: 443, cidrIpv4: anywhere }),
        of: [`${INGRESS} planted`],
      },
      {
        when: "the rules of a group are unknown",
        change: (stack) => stack.change(GROUP, RDS, { set: { ingress: Unknown.value } }),
        of: [`${GROUP} ${RDS}`],
      },
      {
        when: "the group is of another stack",
        change: (stack) =>
          stack.add(INGRESS, "planted", {
            inputs: {
              securityGroupId: "sg-elsewhere",
              ipProtocol: "tcp",
              fromPort: 443,
              toPort: 443,
              cidrIpv4: anywhere,
            },
          }),
        of: [`${INGRESS} planted`],
      },
      {
        when: "the prefix list is of another stack",
        change: (stack) =>
          opened(stack, RDS, { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, prefixListId: "pl-elsewhere" }),
        of: [`${INGRESS} planted`],
      },
      {
        when: "something has groups that are unknown",
        change: (stack) => stack.add(BALANCER, "front", { inputs: { securityGroups: Unknown.value } }),
        of: [`${INGRESS} ${ALB}-http`, `${INGRESS} ${ALB}-https`],
      },
    ],
  });

  provesStack(securityGroupRules, "aws-sg-no-open-sensitive-ports", {
    of: "prod",
    alsoPasses: [
      {
        when: "the internet is let in on another port",
        change: (stack) => opened(stack, ALB, { ipProtocol: "tcp", fromPort: 8080, toPort: 8081, cidrIpv4: anywhere }),
      },
      {
        when: "ICMP of a type that is the number of a port is let in",
        change: (stack) => opened(stack, ALB, { ipProtocol: "icmp", fromPort: 20, toPort: 22, cidrIpv4: anywhere }),
      },
    ],
    fails: [
      ...[22, 3389, 1433, 3306, 5432, 6379, 9092, 9200, 11211, 27017].map((port) => ({
        when: `port ${String(port)} is open to everybody`,
        change: (stack: StackUnderTest) =>
          opened(stack, RDS, { ipProtocol: "tcp", fromPort: port, toPort: port, cidrIpv4: anywhere }),
        violated: [`${INGRESS} planted cidrIpv4`],
      })),
      {
        when: "a range holds one, for IPv6",
        change: (stack) => opened(stack, RDS, { ipProtocol: "6", fromPort: 0, toPort: 65535, cidrIpv6: "::/0" }),
        violated: [`${INGRESS} planted cidrIpv6`],
      },
      {
        when: "every protocol is let in",
        change: (stack) => opened(stack, RDS, { ipProtocol: "-1", cidrIpv4: anywhere }),
        violated: [`${INGRESS} planted cidrIpv4`],
      },
      {
        when: "a rule of the older class opens one",
        change: (stack) =>
          ruled(stack, RDS, {
            type: "ingress",
            protocol: "tcp",
            fromPort: 22,
            toPort: 22,
            cidrBlocks: ["10.0.0.0/8", anywhere],
          }),
        violated: [`${RULE} planted cidrBlocks[1]`],
      },
      {
        when: "the rule is written in the group",
        change: (stack) =>
          stack.change(GROUP, RDS, {
            set: { ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, ipv6CidrBlocks: ["::/0"] }] },
          }),
        violated: [`${GROUP} ${RDS} ingress[0].ipv6CidrBlocks[0]`],
      },
      {
        when: "a prefix list that a rule in the group names holds the internet",
        change: (stack) =>
          stack.add(LIST, "list", { inputs: { entries: [{ cidr: anywhere }] } }).change(GROUP, RDS, {
            set: { ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, prefixListIds: ["list"] }] },
          }),
        violated: [`${GROUP} ${RDS} ingress[0].prefixListIds[0]`],
        preview: "undecided",
      },
    ],
    undecided: [
      {
        when: "it is unknown who is let in",
        change: (stack) =>
          opened(stack, RDS, { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, cidrIpv4: Unknown.value }),
        of: [`${INGRESS} planted`],
      },
      {
        when: "it is unknown whether a rule lets in or out",
        change: (stack) => ruled(stack, RDS, { type: Unknown.value, protocol: "tcp", fromPort: 22, toPort: 22 }),
        of: [`${RULE} planted`],
      },
      {
        when: "the rules of a group are unknown",
        change: (stack) =>
          stack.change(GROUP, RDS, {
            set: { ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: Unknown.value }] },
          }),
        of: [`${GROUP} ${RDS}`],
      },
    ],
  });

  provesStack(securityGroupRules, "aws-sg-no-open-egress", {
    of: "prod",
    alsoPasses: [
      {
        when: "one port may be reached anywhere",
        change: (stack) => sends(stack, RDS, { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: anywhere }),
      },
      {
        when: "everything may be sent within the private ranges",
        change: (stack) => sends(stack, RDS, { ipProtocol: "-1", cidrIpv4: "10.0.0.0/8" }),
      },
    ],
    fails: [
      {
        when: "a store may send anything anywhere",
        change: (stack) => sends(stack, RDS, { ipProtocol: "-1", cidrIpv4: anywhere }),
        violated: [`${EGRESS} planted cidrIpv4`],
      },
      {
        when: "every port of TCP is open, for IPv6",
        change: (stack) => sends(stack, RDS, { ipProtocol: "tcp", fromPort: 0, toPort: 65535, cidrIpv6: "::/0" }),
        violated: [`${EGRESS} planted cidrIpv6`],
      },
      {
        when: "a rule of the older class lets it out",
        change: (stack) =>
          ruled(stack, RDS, { type: "egress", protocol: "all", fromPort: 0, toPort: 0, cidrBlocks: [anywhere] }),
        violated: [`${RULE} planted cidrBlocks[0]`],
      },
      {
        when: "the rule is written in the group",
        change: (stack) =>
          stack.change(GROUP, RDS, {
            set: { egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: [anywhere] }] },
          }),
        violated: [`${GROUP} ${RDS} egress[0].cidrBlocks[0]`],
      },
      {
        when: "nodes of clusters may not either",
        change: (stack) => stack,
        settings: { clusterNodes: "closed" },
        violated: [`${EGRESS} security-groups-worker-all-out cidrIpv4`],
      },
      {
        when: "a function has the group of the nodes too",
        change: (stack) =>
          stack.add("aws:lambda/function:Function", "function", {
            inputs: { vpcConfig: { securityGroupIds: [groupId(stack, "security-groups-worker")] } },
            from: { vpcConfig: [`${GROUP} security-groups-worker`] },
          }),
        violated: [`${EGRESS} security-groups-worker-all-out cidrIpv4`],
      },
    ],
    undecided: [
      {
        when: "it is unknown where it sends to",
        change: (stack) => sends(stack, RDS, { ipProtocol: "-1", cidrIpv4: Unknown.value }),
        of: [`${EGRESS} planted`],
      },
      {
        when: "something has groups that are unknown",
        change: (stack) => stack.add(BALANCER, "front", { inputs: { securityGroups: [Unknown.value] } }),
        of: [`${EGRESS} security-groups-worker-all-out`],
      },
    ],
  });

  provesStack(securityGroupRules, "aws-sg-db-ingress-from-sg-only", {
    of: "prod",
    alsoPasses: [
      {
        when: "the range is a private subnet",
        change: (stack) => opened(stack, RDS, { ...postgres, cidrIpv4: blockOf(stack, "network-private-a") }),
      },
      {
        when: "the group is of no store",
        change: (stack) => opened(stack, ALB, { ...postgres, cidrIpv4: "10.0.0.0/8" }),
      },
    ],
    fails: [
      ...["security-groups-elasticache", "security-groups-docdb", "security-groups-msk", "security-groups-mq"].map(
        (group) => ({
          when: `${group} lets in a range that is wider than the subnets of its clients`,
          change: (stack: StackUnderTest) => opened(stack, group, { ...postgres, cidrIpv4: "10.0.0.0/8" }),
          violated: [`${INGRESS} planted cidrIpv4`],
        }),
      ),
      {
        when: "a public subnet is let in",
        change: (stack) => opened(stack, RDS, { ...postgres, cidrIpv4: blockOf(stack, "network-public-a") }),
        violated: [`${INGRESS} planted cidrIpv4`],
      },
      {
        when: "no route leads to the other site any more",
        change: (stack) =>
          stack.resources
            .filter(({ type, inputs }) => type === "aws:ec2/route:Route" && inputs["transitGatewayId"] !== undefined)
            .reduce((rest, { name }) => rest.drop("aws:ec2/route:Route", name), stack),
        violated: ["msk-scram-dr", "msk-scram-prod-gcp", "rds-postgres-dr", "rds-postgres-prod-gcp"].map(
          (rule) => `${INGRESS} security-groups-${rule} cidrIpv4`,
        ),
      },
      {
        when: "IPv6 is let in by a rule of the older class",
        change: (stack) =>
          ruled(stack, RDS, {
            type: "ingress",
            protocol: "tcp",
            fromPort: 5432,
            toPort: 5432,
            ipv6CidrBlocks: ["fd00::/8"],
          }),
        violated: [`${RULE} planted ipv6CidrBlocks[0]`],
      },
      {
        when: "the rule is written in the group",
        change: (stack) =>
          stack.change(GROUP, RDS, {
            set: { ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/8"] }] },
          }),
        violated: [`${GROUP} ${RDS} ingress[0].cidrBlocks[0]`],
      },
      {
        when: "a prefix list holds the range",
        change: (stack) =>
          opened(
            stack.add(LIST, "list", { inputs: { entries: [{ cidr: "10.0.0.0/8" }] } }),
            RDS,
            { ...postgres, prefixListId: "list" },
            { prefixListId: [`${LIST} list`] },
          ),
        violated: [`${INGRESS} planted prefixListId`],
      },
    ],
    undecided: [
      {
        when: "the range is unknown",
        change: (stack) => opened(stack, RDS, { ...postgres, cidrIpv4: Unknown.value }),
        of: [`${INGRESS} planted`],
      },
      {
        when: "the group is of another stack",
        change: (stack) =>
          stack.add(INGRESS, "planted", {
            inputs: { ...postgres, securityGroupId: "sg-elsewhere", cidrIpv4: "10.0.0.0/8" },
          }),
        of: [`${INGRESS} planted`],
      },
    ],
  });

  provesStack(securityGroupRules, "aws-sg-single-rule-style", {
    of: "prod",
    alsoPasses: [
      {
        when: "all rules of a group are written in it",
        change: (stack) =>
          stack.add(GROUP, "own", {
            inputs: { ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] }] },
          }),
      },
    ],
    fails: [
      {
        when: "a group with rules beside it has one in it",
        change: (stack) =>
          stack.change(GROUP, RDS, {
            set: { ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, self: true }] },
          }),
        violated: [`${GROUP} ${RDS} ingress`],
      },
      {
        when: "a group with rules beside it says that it has none",
        change: (stack) => stack.change(GROUP, RDS, { set: { egress: [] } }),
        violated: [`${GROUP} ${RDS} egress`],
      },
      {
        when: "a group has rules of both classes",
        change: (stack) =>
          ruled(stack, RDS, { type: "ingress", protocol: "tcp", fromPort: 5432, toPort: 5432, self: true }),
        violated: [`${GROUP} ${RDS}`],
      },
    ],
    undecided: [
      {
        when: "the rules of a group are unknown",
        change: (stack) => stack.change(GROUP, RDS, { set: { ingress: Unknown.value } }),
        of: [`${GROUP} ${RDS}`],
      },
    ],
  });
});

const postgres = { ipProtocol: "tcp", fromPort: 5432, toPort: 5432 } as const;

function blockOf(stack: StackUnderTest, subnet: string): Value {
  return stack.one("aws:ec2/subnet:Subnet", subnet).inputs["cidrBlock"] ?? "";
}

function groupId(stack: StackUnderTest, name: string): Value {
  return stack.one(GROUP, name).outputs["id"] ?? "";
}

type From = Readonly<Record<string, readonly string[]>>;

function planted(stack: StackUnderTest, type: ResourceType, group: string, inputs: Properties, from: From = {}) {
  return stack.add(type, "planted", {
    inputs: { securityGroupId: groupId(stack, group), ...inputs },
    from: { securityGroupId: [`${GROUP} ${group}`], ...from },
  });
}

function opened(stack: StackUnderTest, group: string, inputs: Properties, from?: From): StackUnderTest {
  return planted(stack, INGRESS, group, inputs, from);
}

function ruled(stack: StackUnderTest, group: string, inputs: Properties): StackUnderTest {
  return planted(stack, RULE, group, inputs);
}

function sends(stack: StackUnderTest, group: string, inputs: Properties): StackUnderTest {
  return planted(stack, EGRESS, group, inputs);
}

/** Without the Ingress and the Service that have the group of the load balancers. */
function withoutServed(stack: StackUnderTest): StackUnderTest {
  return stack.drop(INGRESS_OF_CLUSTER, "ingress-ingress").drop(SERVICE, "frontend-service");
}

function balancer(stack: StackUnderTest, inputs: Properties = {}) {
  return {
    inputs: { securityGroups: [groupId(stack, ALB)], ...inputs },
    from: { securityGroups: [`${GROUP} ${ALB}`] },
  };
}
