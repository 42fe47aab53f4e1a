import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { quota } from "./quotas";
import type { Permission } from "./reachability";

const PROTOCOLS = new Set(["-1", "all", "tcp", "udp", "icmp", "icmpv6"]);

/**
 * What is wrong with a rule's protocol and ports. The inline block and the older rule resource want ports 0 with all protocols, the
 * newer rule resource wants none: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function portProblem(
  protocol: unknown,
  from: unknown,
  to: unknown,
  form: "inline" | "single",
): string | undefined {
  if (typeof protocol !== "string") return undefined;
  const name = protocol.toLowerCase();
  if (!PROTOCOLS.has(name) && !isProtocolNumber(name)) {
    return `InvalidParameterValue: Invalid value '${protocol}' for IP protocol. Unknown protocol.`;
  }
  if (name === "-1" || name === "all") {
    const given = [from, to].filter((port) => port !== undefined && port !== -1 && (form === "single" || port !== 0));
    if (given.length === 0) return undefined;
    return form === "single"
      ? "InvalidParameterValue: You may not specify all protocols and specific ports. Please specify each protocol and port range combination individually, or all protocols and no port range."
      : `fromPort (${String(from)}) and toPort (${String(to)}) must both be 0 to use the 'ALL' "-1" protocol!`;
  }
  if (!["tcp", "udp", "6", "17"].includes(name) || typeof from !== "number" || typeof to !== "number") return undefined;
  const valid = [from, to].every((port) => Number.isInteger(port) && port >= 0 && port <= 65535) && from <= to;
  return valid ? undefined : `InvalidParameterValue: Invalid TCP/UDP port range (${String(from)}:${String(to)})`;
}

function isProtocolNumber(name: string): boolean {
  return /^\d{1,3}$/.test(name) && Number(name) <= 255;
}

/** Refuses more rules in one direction than a group may have, counted per address family. */
export function refuseTooMany(cloud: CloudView, permissions: readonly Permission[]): void {
  const limit = quota(cloud, "rulesPerSecurityGroup");
  const count = (family: (cidr: string) => boolean) =>
    permissions.reduce(
      (sum, { cidrs, groups, prefixLists }) => sum + cidrs.filter(family).length + groups.length + prefixLists.length,
      0,
    );
  if (
    Math.max(
      count((cidr) => !cidr.includes(":")),
      count((cidr) => cidr.includes(":")),
    ) > limit
  ) {
    refuse("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.");
  }
}
