import { z } from "zod";
import { anyOf } from "../../checks/undecided";
import { attempt } from "../../checks/attempt";
import { isEdge } from "../../checks/aws-edge";
import { isLinked, tierOf } from "../../checks/aws-routes";
import {
  EGRESS,
  GROUP,
  GROUP_TYPES,
  INGRESS,
  RULE,
  isOpen,
  openingNodes,
  openingsOf,
  portsText,
  sensitiveService,
  type Group,
} from "../../checks/aws-security-groups";
import { assertUsersKnown, usersOf } from "../../checks/aws-uses";
import { contains, rangeOf } from "../../checks/ranges";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Rule } from "../../model/rule";
import { Undecided } from "../../model/view";

const VPC = "https://docs.aws.amazon.com/vpc/latest/userguide";

export const securityGroupRules: readonly Rule[] = [
  graphRule({
    id: "aws-sg-no-open-ingress",
    title: "Only load balancers are open to the internet, on the ports of HTTP and HTTPS",
    severity: "critical",
    controls: { cis: ["AWS 3.0 5.2", "AWS 3.0 5.3"], iso27001: ["A.8.20", "A.8.21"], soc2: ["CC6.6"] },
    why: "Whatever listens behind an open group is tried by everybody, without anything in front that limits or records it.",
    remedy: {
      text: "Let in the group of the load balancer or the addresses of the clients; give an open group to load balancers alone.",
      example:
        "new vpc.SecurityGroupIngressRule(…, { referencedSecurityGroupId: loadBalancer.id, securityGroupId: group.id, … })",
    },
    source: `${VPC}/security-group-rules.html`,
    settings: z.object({
      ports: z
        .array(z.int().min(0).max(65535))
        .default([80, 443])
        .describe("Ports on which load balancers may be open to everybody."),
    }),
    types: GROUP_TYPES,
    check: (graph, judge, { settings }) => {
      const isAllowed = (port: number) => settings.ports.includes(port);
      judge.each(openingNodes(graph, "ingress"), (node, expect) => {
        for (const opening of openingsOf(graph, node, "ingress")) {
          for (const source of opening.sources) {
            expect(source.at, `lets everybody in on ${portsText(opening)}`, () => {
              if (!isOpen(source)) return true;
              const { protocol, from, to } = opening.ports();
              return isPathMtu(protocol, from) || (isTransport(protocol) && from === to && isAllowed(from));
            });
          }
          const isOfEdge = () => !anyOf(opening.sources, isOpen) || isEdge(graph, opening.group());
          expect(opening.at, `opens ${whose(graph, opening.group)} to everybody`, isOfEdge);
        }
      });
    },
  }),
  graphRule({
    id: "aws-sg-no-open-sensitive-ports",
    title: "Ports of log-ins and stores are never open to the internet",
    severity: "critical",
    controls: {
      cis: ["AWS 3.0 5.2", "AWS 3.0 5.3"],
      iso27001: ["A.8.20", "A.8.21"],
      soc2: ["CC6.6", "CC6.7", "CC7.2"],
      hipaa: ["164.312(e)(1)"],
      pciDss: ["1.2.8"],
    },
    why: "Scanners find an open log-in or store within minutes and try known passwords and flaws on it.",
    remedy: {
      text: "Let in the group of the clients, and people through a bastion or Session Manager.",
      example:
        "new vpc.SecurityGroupIngressRule(…, { fromPort: 5432, toPort: 5432, referencedSecurityGroupId: nodes.id, … })",
    },
    source: `${VPC}/security-group-rules.html`,
    types: GROUP_TYPES,
    check: (graph, judge) => {
      judge.each(openingNodes(graph, "ingress"), (node, expect) => {
        for (const opening of openingsOf(graph, node, "ingress")) {
          const service = attempt(() => sensitiveService(opening.ports()));
          const what = typeof service === "string" ? service : "a log-in or store";
          for (const source of opening.sources) {
            expect(
              source.at,
              `lets everybody reach ${what}`,
              () => !isOpen(source) || sensitiveService(opening.ports()) === undefined,
            );
          }
        }
      });
    },
  }),
  graphRule({
    id: "aws-sg-no-open-egress",
    title: "Nothing but the nodes of clusters may send anything anywhere",
    severity: "high",
    controls: { iso27001: ["A.8.20"] },
    why: "What has been taken over sends out what it holds, by any protocol, and fetches what it needs to go on.",
    remedy: {
      text: "Let out what is needed: HTTPS to cloud services, other groups by their id.",
      example:
        'new vpc.SecurityGroupEgressRule(…, { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" })',
    },
    source: `${VPC}/security-group-rules.html`,
    settings: z.object({
      clusterNodes: z
        .enum(["open", "closed"])
        .default("open")
        // Pods of any kind run on nodes: the documented default is all outbound traffic, which network policies narrow by namespace.
        // https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
        .describe(
          "Whether groups of nodes of EKS clusters alone may send anything anywhere: network policies limit pods.",
        ),
    }),
    types: GROUP_TYPES,
    check: (graph, judge, { settings }) => {
      judge.each(openingNodes(graph, "egress"), (node, expect) => {
        for (const opening of openingsOf(graph, node, "egress")) {
          for (const source of opening.sources) {
            expect(source.at, `lets ${whose(graph, opening.group)} send anything anywhere`, () => {
              if (!isOpen(source)) return true;
              const { protocol, from, to } = opening.ports();
              if (protocol !== "all" && !(isTransport(protocol) && from <= 1 && to === 65535)) return true;
              return settings.clusterNodes === "open" && isOfNodes(graph, opening.group());
            });
          }
        }
      });
    },
  }),
  graphRule({
    id: "aws-sg-db-ingress-from-sg-only",
    title: "Stores let in security groups, not ranges of addresses",
    severity: "high",
    controls: { iso27001: ["A.8.22"], soc2: ["CC6.6"] },
    why: "Whatever gets an address of the range reaches the store, whether it is a client of it or not.",
    remedy: {
      text: "Name the group of the clients; a range only for what lies in another site, which a route of its own leads to.",
      example:
        "new vpc.SecurityGroupIngressRule(…, { referencedSecurityGroupId: nodes.id, securityGroupId: database.id, … })",
    },
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html",
    starred: true,
    types: GROUP_TYPES,
    check: (graph, judge) => {
      judge.each(openingNodes(graph, "ingress"), (node, expect) => {
        for (const opening of openingsOf(graph, node, "ingress")) {
          for (const source of opening.sources) {
            expect(
              source.at,
              "lets a range of addresses into a store",
              () => source.blocks().every((block) => isOfClients(graph, block)) || !isOfStore(graph, opening.group()),
            );
          }
        }
      });
    },
  }),
  graphRule({
    id: "aws-sg-single-rule-style",
    title: "The rules of a security group are all of one kind",
    severity: "medium",
    controls: {},
    why: "The kinds overwrite each other's rules at every update, so that what is open depends on what ran last.",
    remedy: {
      text: "Write every rule as a resource of its own, SecurityGroupIngressRule or SecurityGroupEgressRule.",
      example: 'new vpc.SecurityGroupIngressRule("https", { securityGroupId: group.id, … })',
    },
    source: "https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/",
    types: [GROUP],
    check: (graph, judge) => {
      judge.each(graph.all(GROUP), (group, expect) => {
        const older = () => graph.from(RULE, "securityGroupId", group).length > 0;
        const newer = () =>
          [INGRESS, EGRESS].some((type) => graph.from(type as typeof INGRESS, "securityGroupId", group).length > 0);
        for (const direction of ["ingress", "egress"] as const) {
          expect(
            direction,
            "holds rules of a group that has others beside it",
            () => group.props[direction] === undefined || !(older() || newer()),
          );
        }
        expect("", "has rules of both SecurityGroupRule and the newer classes", () => !(older() && newer()));
      });
    },
  }),
];

function isTransport(protocol: string): boolean {
  return protocol === "tcp" || protocol === "udp";
}

/**
 * Messages by which a sender learns the size of packets, without which connections stall: ICMP 3, ICMPv6 2.
 * https://docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html
 */
function isPathMtu(protocol: string, type: number): boolean {
  return (protocol === "icmp" && type === 3) || (protocol === "icmpv6" && type === 2);
}

/** What has a group, for a sentence. */
function whose(graph: Graph, read: () => Group): string {
  const group = attempt(read);
  const users = group instanceof Undecided ? [] : usersOf(graph, group);
  const [first, ...others] = users.map(({ name }) => name);
  if (first === undefined) return "a group that no load balancer here has";
  return others.length === 0 ? first : `${first} and ${String(others.length)} more`;
}

/** Whether all that has a group are nodes of clusters. */
function isOfNodes(graph: Graph, group: Group): boolean {
  const users = usersOf(graph, group);
  const areNodes = users.length > 0 && users.every((user) => isNode(graph, user));
  if (areNodes) assertUsersKnown(graph, group);
  return areNodes;
}

function isNode(graph: Graph, user: Node): boolean {
  return (
    user.type === "aws:ec2/launchTemplate:LaunchTemplate" &&
    graph.from("aws:eks/nodeGroup:NodeGroup", "launchTemplate.id", user).length > 0
  );
}

const STORES = /^aws:(dax|docdb|elasticache|memorydb|mq|msk|neptune|opensearch|rds|redshift|redshiftserverless)\//;

function isOfStore(graph: Graph, group: Group): boolean {
  const isOne = usersOf(graph, group).some(({ type }) => STORES.test(type));
  if (!isOne) assertUsersKnown(graph, group);
  return isOne;
}

/** Whether a range is no wider than a subnet that is not public, or lies in another network that a route leads to. */
function isOfClients(graph: Graph, block: string): boolean {
  const range = rangeOf(block);
  if (range === undefined) return false;
  const isInSubnet = anyOf(graph.all("aws:ec2/subnet:Subnet"), (subnet) => {
    const own = rangeOf(subnet.props.cidrBlock ?? "");
    return own !== undefined && contains(own, range) && tierOf(graph, subnet) !== "public";
  });
  return isInSubnet || isLinked(graph, range);
}
