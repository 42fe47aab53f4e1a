import type { CloudView, StoredResource } from "../../cloud/cloud";
import { isList, isProperties, type Properties } from "../../cloud/value";
import { contains, parseCidr } from "../cidr";
import { SECURITY_GROUP, SECURITY_GROUP_RULE, VPC_EGRESS_RULE, VPC_INGRESS_RULE } from "./types";

export interface ReachabilityQuestion {
  readonly cloud: CloudView;
  /** Groups of the source's interface, and the CIDR block of its address where that is known (`10.0.11.0/24`, `1.2.3.4/32`). */
  readonly from: { readonly groups: readonly string[]; readonly cidr?: string };
  /** Groups of the target's interface, and the CIDR block of its address where that is known. */
  readonly to: { readonly groups: readonly string[]; readonly cidr?: string };
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly port: number;
}

export interface Reachability {
  readonly allowed: boolean;
  /** Which rule lets it through, or on which side one is missing. */
  readonly reason: string;
}

/** One permission of a group, however it was declared. */
export interface Permission {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrs: readonly string[];
  readonly groups: readonly string[];
  readonly prefixLists: readonly string[];
}

type Direction = "ingress" | "egress";

/**
 * Whether security groups let a connection through: the source's egress and the target's ingress, each by any one rule of any one
 * group. A source without groups (an address outside) is not limited on its own side. A target without groups is not limited on
 * its side. Security groups are stateful, so answers need no rule:
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
export function admits(question: ReachabilityQuestion): Reachability {
  const { cloud, from, to } = question;
  for (const group of [...from.groups, ...to.groups]) {
    if (cloud.find(SECURITY_GROUP, group) === undefined) {
      return { allowed: false, reason: `security group ${group} does not exist` };
    }
  }
  const out = side(question, "egress", from.groups, to);
  if (!out.allowed) return out;
  const into = side(question, "ingress", to.groups, from);
  return into.allowed ? { allowed: true, reason: `${out.reason}; ${into.reason}` } : into;
}

function side(
  question: ReachabilityQuestion,
  direction: Direction,
  groups: readonly string[],
  peer: ReachabilityQuestion["from"],
): Reachability {
  if (groups.length === 0) return { allowed: true, reason: `no security group limits ${direction}` };
  const what = `${question.protocol}/${String(question.port)}`;
  let prefixLists = 0;
  for (const group of groups) {
    for (const permission of permissionsOf(question.cloud, group, direction)) {
      if (!covers(permission, question)) continue;
      prefixLists += permission.prefixLists.length;
      if (names(permission, peer)) return { allowed: true, reason: `${direction} of ${group} allows ${what}` };
    }
  }
  const peerName = [...peer.groups, ...(peer.cidr === undefined ? [] : [peer.cidr])].join(", ");
  const ignored = prefixLists > 0 ? ` (rules by prefix list are not followed: ${String(prefixLists)})` : "";
  const preposition = direction === "ingress" ? "from" : "to";
  return {
    allowed: false,
    reason: `no ${direction} rule of ${groups.join(", ")} allows ${what} ${preposition} ${peerName || "anywhere"}${ignored}`,
  };
}

function covers(permission: Permission, question: ReachabilityQuestion): boolean {
  if (permission.protocol === "-1") return true;
  if (permission.protocol !== question.protocol) return false;
  if (question.protocol === "icmp") return true;
  return permission.fromPort <= question.port && question.port <= permission.toPort;
}

function names(permission: Permission, peer: ReachabilityQuestion["from"]): boolean {
  if (permission.groups.some((group) => peer.groups.includes(group))) return true;
  return permission.cidrs.some((cidr) => {
    if (cidr === "0.0.0.0/0") return true;
    if (peer.cidr === undefined) return false;
    const allowed = parseCidr(cidr, false);
    const asked = parseCidr(peer.cidr, false);
    return typeof allowed === "object" && typeof asked === "object" && contains(allowed, asked);
  });
}

/** Every permission of a group in one direction: inline blocks and rule resources alike. */
export function permissionsOf(cloud: CloudView, group: string, direction: Direction): readonly Permission[] {
  const inline = cloud.find(SECURITY_GROUP, group);
  const separate = cloud
    .list(SECURITY_GROUP_RULE)
    .filter((rule) => rule.inputs["securityGroupId"] === group && rule.inputs["type"] === direction);
  const single = cloud
    .list(direction === "ingress" ? VPC_INGRESS_RULE : VPC_EGRESS_RULE)
    .filter((rule) => rule.inputs["securityGroupId"] === group);
  return [
    ...(inline === undefined ? [] : inlinePermissions(inline, direction)),
    ...separate.map((rule) => rulePermission(rule.inputs)),
    ...single.map((rule) => singlePermission(rule.inputs)),
  ];
}

function inlinePermissions(group: StoredResource, direction: Direction): readonly Permission[] {
  const blocks = group.inputs[direction];
  return (isList(blocks) ? blocks : []).flatMap((block) =>
    isProperties(block) ? [blockPermission(block, group.id)] : [],
  );
}

/** Of an inline block of a group. */
export function blockPermission(block: Properties, group: string): Permission {
  return {
    ...ports(block["protocol"], block["fromPort"], block["toPort"]),
    cidrs: texts(block["cidrBlocks"], block["ipv6CidrBlocks"]),
    groups: [...texts(block["securityGroups"]), ...(block["self"] === true ? [group] : [])],
    prefixLists: texts(block["prefixListIds"]),
  };
}

/** Of an `aws.ec2.SecurityGroupRule`. */
export function rulePermission(inputs: Properties): Permission {
  return {
    ...ports(inputs["protocol"], inputs["fromPort"], inputs["toPort"]),
    cidrs: texts(inputs["cidrBlocks"], inputs["ipv6CidrBlocks"]),
    groups: texts(inputs["sourceSecurityGroupId"], inputs["self"] === true ? inputs["securityGroupId"] : undefined),
    prefixLists: texts(inputs["prefixListIds"]),
  };
}

/** Of an `aws.vpc.SecurityGroupIngressRule` or `…EgressRule`. */
export function singlePermission(inputs: Properties): Permission {
  return {
    ...ports(inputs["ipProtocol"], inputs["fromPort"], inputs["toPort"]),
    cidrs: texts(inputs["cidrIpv4"], inputs["cidrIpv6"]),
    groups: texts(inputs["referencedSecurityGroupId"]),
    prefixLists: texts(inputs["prefixListId"]),
  };
}

const PROTOCOL_NAMES: Readonly<Record<string, string>> = { "1": "icmp", "6": "tcp", "17": "udp", all: "-1" };

function ports(protocol: unknown, from: unknown, to: unknown): Pick<Permission, "protocol" | "fromPort" | "toPort"> {
  const name = typeof protocol === "string" ? protocol.toLowerCase() : String(protocol);
  return {
    protocol: PROTOCOL_NAMES[name] ?? name,
    fromPort: typeof from === "number" && from >= 0 ? from : 0,
    toPort: typeof to === "number" && to >= 0 ? to : 65535,
  };
}

function texts(...values: readonly unknown[]): readonly string[] {
  return values.flat().filter((value): value is string => typeof value === "string" && value !== "");
}
