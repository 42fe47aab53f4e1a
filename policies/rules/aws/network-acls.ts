import { usersOf } from "../../checks/aws-uses";
import { isInternet } from "../../checks/networks";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Judge, type Rule } from "../../model/rule";
import { NOT_KNOWN_YET, undecided } from "../../model/view";

const GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide";
const SUBNET = "aws:ec2/subnet:Subnet";
const ACL = "aws:ec2/networkAcl:NetworkAcl";
const DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl";
const RULE = "aws:ec2/networkAclRule:NetworkAclRule";
const ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation";

/** File transfer, SSH and RDP. */
const ADMIN_PORTS: ReadonlyMap<number, string> = new Map([
  [20, "FTP data"],
  [21, "FTP"],
  [22, "SSH"],
  [3389, "RDP"],
]);

/** A rule of a network ACL for what comes in, in either of its shapes; reading what is unknown of it leaves it undecided. */
interface Entry {
  readonly node: Node;
  /** Path of the block that it lets in. */
  readonly at: string;
  readonly isAllowed: boolean;
  readonly number: number;
  readonly isIpv6: boolean;
  readonly block: string;
  readonly protocol: "all" | "tcp" | "other";
  readonly from: number;
  readonly to: number;
}

export const networkAclRules: readonly Rule[] = [
  graphRule({
    id: "aws-nacl-attached",
    title: "Each subnet has a network ACL of its own",
    severity: "medium",
    controls: {
      cis: ["AWS 3.0 5.1"],
      iso27001: ["A.8.20", "A.8.21"],
      soc2: ["CC6.6"],
      hipaa: ["164.312(e)(1)"],
    },
    why: "The default network ACL lets everything through, so that one security group opened by mistake is all it takes.",
    remedy: {
      text: "Name the subnet in a network ACL that lets through what its tier needs.",
      example: 'new ec2.NetworkAcl("private", { vpcId: vpc.id, subnetIds: privateSubnets.map(({ id }) => id) })',
    },
    source: `${GUIDE}/nacl-basics.html`,
    types: [SUBNET],
    check: (graph, judge) => {
      judge.each(graph.all(SUBNET), (subnet, expect) => {
        expect("", "has the default network ACL, which lets everything through", () => {
          if (isOfTransitGateway(graph, subnet)) return true;
          return anyOf([ACL, ASSOCIATION] as const, (type) =>
            type === ACL
              ? graph.from(ACL, "subnetIds", subnet).length > 0
              : graph.from(ASSOCIATION, "subnetId", subnet).length > 0,
          );
        });
      });
    },
  }),
  graphRule({
    id: "aws-nacl-no-admin-ports",
    title: "No network ACL lets the internet reach log-ins",
    severity: "high",
    controls: { cis: ["AWS 3.0 5.1"], iso27001: ["A.8.20", "A.8.21"], soc2: ["CC6.6"] },
    why: "Where a security group opens a log-in by mistake, the network ACL is what still keeps the internet out of it.",
    remedy: {
      text: "Let in the ports that the tier serves, and answers by a range from 1024 or above to 65535.",
      example:
        'new ec2.NetworkAclRule("https", { protocol: "6", fromPort: 443, toPort: 443, cidrBlock: "0.0.0.0/0", … })',
    },
    source: `${GUIDE}/nacl-rules.html`,
    types: [ACL, DEFAULT_ACL, RULE],
    check: (graph, judge) => {
      eachEntry(graph, judge, "lets the internet reach a port of log-ins", (entry) => {
        if (!letsInternetIn(entry) || isForAnswers(entry) || entry.protocol === "other") return true;
        return [...ADMIN_PORTS.keys()].every((port) => !has(entry, port) || isDenied(graph, entry, port));
      });
    },
  }),
  graphRule({
    id: "aws-nacl-no-allow-all",
    title: "No network ACL lets everything in from the internet",
    severity: "high",
    controls: {
      cis: ["AWS 3.0 5.1"],
      iso27001: ["A.8.20", "A.8.21"],
      soc2: ["CC6.6"],
      hipaa: ["164.312(e)(1)"],
    },
    why: "A network ACL that lets in every port of everybody does nothing where a security group fails.",
    remedy: {
      text: "Let in the ports that the tier serves.",
      example:
        'new ec2.NetworkAclRule("https", { protocol: "6", fromPort: 443, toPort: 443, cidrBlock: "0.0.0.0/0", … })',
    },
    source: `${GUIDE}/nacl-rules.html`,
    types: [ACL, DEFAULT_ACL, RULE],
    check: (graph, judge) => {
      eachEntry(graph, judge, "lets the internet in on every port", (entry) => {
        const isAll = entry.protocol === "all" || (entry.protocol === "tcp" && entry.from <= 1 && entry.to === 65535);
        return !isAll || !letsInternetIn(entry);
      });
    },
  }),
];

/**
 * Whether a subnet is for the interfaces of a transit gateway alone. The network ACL of such a subnet is best left open: what passes
 * is filtered where it comes from and where it goes.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html
 */
function isOfTransitGateway(graph: Graph, subnet: Node): boolean {
  const users = usersOf(graph, subnet);
  return users.length > 0 && users.every(({ type }) => type === "aws:ec2transitgateway/vpcAttachment:VpcAttachment");
}

type Holder = Node<typeof ACL | typeof DEFAULT_ACL | typeof RULE>;

interface Reading {
  readonly at: string;
  readonly entry: () => Entry;
}

function holders(graph: Graph): readonly Holder[] {
  return graph.all<Holder["type"]>(ACL, DEFAULT_ACL, RULE);
}

/** Judges each rule for what comes in, of every network ACL. */
function eachEntry(graph: Graph, judge: Judge, says: string, holds: (entry: Entry) => boolean): void {
  judge.each(holders(graph), (node, expect) => {
    for (const { at, entry } of entriesOf(node)) expect(at, says, () => holds(entry()));
  });
}

/** The rules for what comes in that a resource holds. */
function entriesOf(holder: Holder): readonly Reading[] {
  if (holder.type === RULE) {
    const { props } = holder as Node<typeof RULE>;
    if (props.egress === true) return [];
    return (["cidrBlock", "ipv6CidrBlock"] as const)
      .filter((at) => Object.hasOwn(holder.inputs, at))
      .map((at) => ({
        at,
        entry: () => ({
          node: holder,
          at,
          get isAllowed() {
            return props.ruleAction === "allow";
          },
          get number() {
            return props.ruleNumber ?? 0;
          },
          isIpv6: at === "ipv6CidrBlock",
          get block() {
            return props[at] ?? "";
          },
          get protocol() {
            return protocolOf(props.protocol);
          },
          get from() {
            return props.fromPort ?? 0;
          },
          get to() {
            return props.toPort ?? 0;
          },
        }),
      }));
  }
  const rules = (holder as Node<typeof ACL>).props.ingress ?? [];
  return Array.from({ length: rules.length }, (_, index) =>
    (["cidrBlock", "ipv6CidrBlock"] as const).map((key) => {
      const at = `ingress[${String(index)}].${key}`;
      return {
        at,
        entry: () => {
          const rule = rules[index];
          return {
            node: holder,
            at,
            get isAllowed() {
              return rule?.action === "allow";
            },
            get number() {
              return rule?.ruleNo ?? 0;
            },
            isIpv6: key === "ipv6CidrBlock",
            get block() {
              return rule?.[key] ?? "";
            },
            get protocol() {
              return protocolOf(rule?.protocol);
            },
            get from() {
              return rule?.fromPort ?? 0;
            },
            get to() {
              return rule?.toPort ?? 0;
            },
          };
        },
      };
    }),
  ).flat();
}

/** Numbers of protocols: https://www.iana.org/assignments/protocol-numbers/ */
function protocolOf(protocol = "all"): Entry["protocol"] {
  const name = protocol.toLowerCase();
  if (name === "-1" || name === "all") return "all";
  return name === "6" || name === "tcp" ? "tcp" : "other";
}

function letsInternetIn({ isAllowed, block }: Entry): boolean {
  return isAllowed && isInternet(block);
}

/**
 * Network ACLs keep no state: answers to what a subnet asks come in on the ports that its clients, and NAT gateways, ask from.
 * That range holds 3389 and has to be open as a whole.
 * https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
 */
function isForAnswers({ protocol, from, to }: Entry): boolean {
  return protocol === "tcp" && from >= 1024 && to === 65535;
}

function has({ protocol, from, to }: Entry, port: number): boolean {
  return protocol === "all" || (from <= port && port <= to);
}

/** Whether a rule with a lower number, which is asked first, keeps the internet off a port. */
function isDenied(graph: Graph, entry: Entry, port: number): boolean {
  const acls = aclsOf(graph, entry.node);
  return anyOf(holders(graph), (holder) => {
    if (!aclsOf(graph, holder).some((acl) => acls.includes(acl))) return false;
    return anyOf(entriesOf(holder), (read) => {
      const other = read.entry();
      const isFirst = !other.isAllowed && other.number < entry.number && other.isIpv6 === entry.isIpv6;
      return isFirst && other.protocol !== "other" && isInternet(other.block) && has(other, port);
    });
  });
}

function aclsOf(graph: Graph, holder: Node): readonly Node[] {
  if (holder.type !== RULE) return [holder];
  const { nodes, unresolved } = graph.references(holder, "networkAclId", ACL, DEFAULT_ACL);
  return unresolved ? undecided("networkAclId", NOT_KNOWN_YET) : nodes;
}
