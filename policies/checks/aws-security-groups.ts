import type { Graph, Node } from "../model/graph";
import { NOT_KNOWN_YET, undecided, Undecided } from "../model/view";
import { attempt } from "./attempt";
import { prefixListBlocks } from "./aws-prefix-lists";
import { SENSITIVE_PORTS, isInternet, sensitivePortIn } from "./networks";

export const GROUP = "aws:ec2/securityGroup:SecurityGroup";
export const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
export const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
export const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

/** The resources in which a rule of a security group can be written. */
export const GROUP_TYPES = [GROUP, RULE, INGRESS, EGRESS] as const;

export type Group = Node<typeof GROUP>;

/** A security group, or a rule of its own. */
export type OpeningNode = Node<(typeof GROUP_TYPES)[number]>;
type AnyOpeningNode = Group | Node<typeof RULE> | Node<typeof INGRESS> | Node<typeof EGRESS>;
type Direction = "ingress" | "egress";

/** Addresses that a rule lets in or out, as one input names them. */
export interface Source {
  /** Path of the input. */
  readonly at: string;
  /** Blocks; those of the entries for a prefix list. Reading what is unknown leaves it undecided. */
  readonly blocks: () => readonly string[];
}

export interface Ports {
  /** `all`: every protocol and port. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

/** One rule of a security group, in whichever of its shapes it is written. */
export interface Opening {
  /** The rule, or the group in which it is written. */
  readonly node: Node;
  /** Path of the input that names the group; empty where the rule is written in it. */
  readonly at: string;
  /** The group that the rule is of. Undecided where it is of another stack. */
  readonly group: () => Group;
  readonly ports: () => Ports;
  readonly sources: readonly Source[];
}

/** Security groups and rules of their own. */
export function openingNodes(graph: Graph, direction: Direction): readonly OpeningNode[] {
  return graph.all<(typeof GROUP_TYPES)[number]>(GROUP, RULE, direction === "ingress" ? INGRESS : EGRESS);
}

/** What a group or a rule opens in one direction. */
export function openingsOf(graph: Graph, from: OpeningNode, direction: Direction): readonly Opening[] {
  const node = from as AnyOpeningNode;
  const lists = (at: string, read: () => readonly string[] | undefined): readonly Source[] =>
    each(at, read).map(([path]) => ({ at: path, blocks: () => prefixListBlocks(graph, node, path) }));
  const named = () => groupOf(graph, node);
  switch (node.type) {
    case GROUP:
      return each(direction, () => node.props[direction]).map(([at, rule]) => ({
        node,
        at: "",
        group: () => node,
        ports: () => portsOf(rule().protocol, rule().fromPort, rule().toPort),
        sources: [
          ...blocks(`${at}.cidrBlocks`, () => rule().cidrBlocks),
          ...blocks(`${at}.ipv6CidrBlocks`, () => rule().ipv6CidrBlocks),
          ...lists(`${at}.prefixListIds`, () => rule().prefixListIds),
        ],
      }));
    case RULE: {
      const { props } = node;
      if (props.type !== direction) return [];
      return [
        {
          node,
          at: "securityGroupId",
          group: named,
          ports: () => portsOf(props.protocol, props.fromPort, props.toPort),
          sources: [
            ...blocks("cidrBlocks", () => props.cidrBlocks),
            ...blocks("ipv6CidrBlocks", () => props.ipv6CidrBlocks),
            ...lists("prefixListIds", () => props.prefixListIds),
          ],
        },
      ];
    }
    case INGRESS:
    case EGRESS: {
      if (node.type !== (direction === "ingress" ? INGRESS : EGRESS)) return [];
      const { props } = node;
      const one = (value: string | undefined) => (value === undefined ? [] : [value]);
      const list = attempt(() => props.prefixListId);
      return [
        {
          node,
          at: "securityGroupId",
          group: named,
          ports: () => portsOf(props.ipProtocol, props.fromPort, props.toPort),
          sources: [
            { at: "cidrIpv4", blocks: () => one(props.cidrIpv4) },
            { at: "cidrIpv6", blocks: () => one(props.cidrIpv6) },
            ...(list === undefined
              ? []
              : [{ at: "prefixListId", blocks: () => prefixListBlocks(graph, node, "prefixListId") }]),
          ],
        },
      ];
    }
  }
}

/** Every rule of a group in one direction. Undecided where there is one of which the group cannot be told. */
export function openingsOfGroup(graph: Graph, group: Group, direction: Direction): readonly Opening[] {
  return openingNodes(graph, direction).flatMap((node) => {
    if (node === group) return openingsOf(graph, node, direction);
    if (node.type === GROUP) return [];
    const { nodes, unresolved } = graph.references(node, "securityGroupId", GROUP);
    if (unresolved) undecided("", `the group of ${node.name} ${NOT_KNOWN_YET}`);
    return nodes.includes(group) ? openingsOf(graph, node, direction) : [];
  });
}

/** Whether a source holds the internet. */
export function isOpen({ blocks: read }: Source): boolean {
  return read().some((block) => isInternet(block));
}

/** The ports of a rule for a sentence, whatever is known of them. */
export function portsText(opening: Opening): string {
  const ports = attempt(opening.ports);
  if (ports instanceof Undecided) return "some ports";
  const { protocol, from, to } = ports;
  if (protocol === "all") return "every port";
  if (protocol.startsWith("icmp")) return protocol.toUpperCase();
  return from === to ? `port ${String(from)}` : `ports ${String(from)} to ${String(to)}`;
}

/** What listens on a port of the rule that only its own clients reach. */
export function sensitiveService({ protocol, from, to }: Ports): string | undefined {
  if (protocol.startsWith("icmp")) return undefined;
  const port = sensitivePortIn(from, to);
  return port === undefined ? undefined : SENSITIVE_PORTS.get(port);
}

function groupOf(graph: Graph, rule: Node): Group {
  const [group] = graph.to(rule, "securityGroupId", GROUP);
  return group ?? undecided("securityGroupId", "names no security group");
}

/** The elements of a list with their paths; of one that is unknown as a whole the list itself, which nobody can read. */
function each<Item>(at: string, read: () => readonly Item[] | undefined): readonly (readonly [string, () => Item])[] {
  const list = attempt(read);
  if (list instanceof Undecided) {
    const hidden = () => {
      throw list;
    };
    return [[at, hidden]];
  }
  return Array.from({ length: list?.length ?? 0 }, (_, index) => {
    const path = `${at}[${String(index)}]`;
    return [path, () => list?.[index] ?? undecided(path, "is missing")];
  });
}

function blocks(at: string, read: () => readonly string[] | undefined): readonly Source[] {
  return each(at, read).map(([path, item]) => ({ at: path, blocks: () => [item()] }));
}

/** Names and numbers of protocols: https://www.iana.org/assignments/protocol-numbers/ */
const PROTOCOLS: Readonly<Record<string, string>> = {
  "-1": "all",
  "1": "icmp",
  "6": "tcp",
  "17": "udp",
  "58": "icmpv6",
};

function portsOf(protocol = "all", from = 0, to = 65535): Ports {
  const name = PROTOCOLS[protocol.toLowerCase()] ?? protocol.toLowerCase();
  return name === "all" ? { protocol: "all", from: 0, to: 65535 } : { protocol: name, from, to };
}
