import type { Tier } from "../contracts/network";
import { contains, format, overlaps, parseRange, part, range, type Range } from "./cidr";

/**
 * Letters of the zones that the plan keeps room for. A zone's ranges follow from its letter alone, so adding one moves none.
 * No region of AWS has more than six zones: https://docs.aws.amazon.com/global-infrastructure/latest/regions/
 */
export const zoneLetters = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;

export type Zone = (typeof zoneLetters)[number];

/**
 * Where a tier lies. The private tier, which gives every pod an address, has the lower half of the network; the upper half is
 * cut into eight slots, six of which are free for tiers to come. Each tier has room for eight zones.
 */
const slots = {
  private: { half: 0, slot: undefined },
  public: { half: 1, slot: 0 },
  database: { half: 1, slot: 1 },
} as const satisfies Record<Tier, { half: 0 | 1; slot: number | undefined }>;

export const tiers = Object.keys(slots) as readonly Tier[];

/** The longest prefix with room for the plan: AWS refuses a subnet smaller than /28, and a zone of the database tier is seven bits longer than the network. */
export const longestPlannedPrefix = 21;

/** Subnet sizes that a VPC accepts: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
export const subnetPrefixes = { shortest: 16, longest: 28 } as const;

/** Ranges by tier and zone. */
export type SubnetPlan = Readonly<Record<Tier, Readonly<Partial<Record<Zone, string>>>>>;

/**
 * The range of one subnet of a network that leaves its addresses to the plan.
 *
 * @throws RangeError when the network is smaller than /21.
 */
export function plannedSubnet(network: string, tier: Tier, zone: Zone): string {
  const tierRange = plannedTier(network, tier);
  return format(part(tierRange, tierRange.prefix + 3, zoneLetters.indexOf(zone)));
}

/**
 * The range of the subnet in which a gateway to other sites has its network interface: /28, the smallest that AWS takes, in the
 * first of the free slots.
 *
 * @throws RangeError when the network is smaller than /21.
 */
export function gatewaySubnet(network: string, zone: Zone): string {
  const whole = range(network);
  const slot = part(part(whole, whole.prefix + 1, 1), whole.prefix + 4, 2);
  return format(part(slot, subnetPrefixes.longest, zoneLetters.indexOf(zone)));
}

function plannedTier(network: string, tier: Tier): Range {
  const whole = range(network);
  const { half, slot } = slots[tier];
  const upperOrLower = part(whole, whole.prefix + 1, half);
  return slot === undefined ? upperOrLower : part(upperOrLower, whole.prefix + 4, slot);
}

/** One range that covers a tier: the planned one, or the whole network where a subnet was given a range outside of it. */
export function tierRange(network: string, tier: Tier, subnets: SubnetPlan): string {
  const whole = range(network);
  if (whole.prefix > longestPlannedPrefix) return network;
  const planned = plannedTier(network, tier);
  return Object.values(subnets[tier]).every((subnet) => contains(planned, range(subnet))) ? format(planned) : network;
}

/** The ranges of every zone: what is given explicitly, else what the plan says. */
export function subnetPlan(network: string, zones: readonly Zone[], given: Partial<SubnetPlan> = {}): SubnetPlan {
  const tierPlan = (tier: Tier): Partial<Record<Zone, string>> =>
    Object.fromEntries(zones.map((zone) => [zone, given[tier]?.[zone] ?? plannedSubnet(network, tier, zone)]));
  return { private: tierPlan("private"), public: tierPlan("public"), database: tierPlan("database") };
}

/** A fault in a set of ranges, by the path of the setting that has to change. */
export interface RangeFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Whether every range parses, lies inside the network and overlaps none of the others. */
export function checkRanges(
  network: { readonly path: readonly (string | number)[]; readonly cidr: string },
  subnets: readonly { readonly path: readonly (string | number)[]; readonly cidr: string }[],
): readonly RangeFault[] {
  const outer = parseRange(network.cidr);
  if (typeof outer === "string") return [{ path: network.path, message: `${outer}: give a range such as 10.0.0.0/16` }];
  const faults: RangeFault[] = [];
  const placed: { name: string; range: Range; cidr: string }[] = [];
  for (const { path, cidr } of subnets) {
    const name = path.join(".");
    const inner = parseRange(cidr);
    if (typeof inner === "string") {
      faults.push({ path, message: `${inner}: give a range inside ${network.path.join(".")} (${network.cidr})` });
      continue;
    }
    if (inner.prefix < subnetPrefixes.shortest || inner.prefix > subnetPrefixes.longest) {
      faults.push({
        path,
        message: `${cidr} is not between /16 and /28, which AWS requires: choose a prefix in that range`,
      });
    }
    if (!contains(outer, inner)) {
      faults.push({
        path,
        message: `${cidr} lies outside ${network.path.join(".")} (${network.cidr}): give a range inside it, or widen ${network.path.join(".")}`,
      });
    }
    for (const other of placed.filter(({ range: taken }) => overlaps(taken, inner))) {
      faults.push({
        path,
        message: `${cidr} overlaps ${other.name} (${other.cidr}): give one of them a range of its own`,
      });
    }
    placed.push({ name, range: inner, cidr });
  }
  return faults;
}
