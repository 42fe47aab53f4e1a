import { z } from "zod";
import {
  checkRanges,
  longestPlannedPrefix,
  subnetPlan,
  tiers,
  zoneLetters,
  type SubnetPlan,
  type Zone,
} from "../../components/planning/address-plan";
import type { Tier } from "../../components/contracts/network";
import { parseRange } from "../../components/planning/cidr";
import { checkNetworkAdoption, networkAdoption } from "./adoption";
import { cidr } from "./values";

interface NetworkDefaults {
  readonly cidr: string;
  readonly zones: Zone[];
  /** Ranges by tier and zone; left out, the address plan gives them. */
  readonly subnets?: SubnetPlan;
  readonly nat: "per-zone" | "single";
  readonly requirements?: {
    readonly network: string;
    readonly public: string;
    readonly private: string;
    readonly database: string;
    readonly nat: string;
  };
}

export function networkSettings(defaults: NetworkDefaults) {
  const requirement = (of: keyof NonNullable<NetworkDefaults["requirements"]>) =>
    defaults.requirements === undefined ? {} : { requirement: defaults.requirements[of] };
  const tier = (of: keyof SubnetPlan, holds: string) =>
    z
      .partialRecord(z.enum(zoneLetters), cidr)
      .default({ ...defaults.subnets?.[of] })
      .meta({
        description: `Ranges of the ${of} subnets (${holds}) by zone letter; a zone without one gets a planned range`,
        unit: "CIDR",
        ...requirement(of),
      });
  return z
    .strictObject({
      cidr: cidr
        .default(defaults.cidr)
        .meta({ description: "Range of the whole network, /16 to /28", unit: "CIDR", ...requirement("network") }),
      zones: z
        .array(z.enum(zoneLetters))
        .min(2, "give at least two zones: a database, a cache and a cluster need two")
        .default(defaults.zones)
        .meta({
          description:
            "Letters of the availability zones, in the order of the subnets. Each account has its own letters: leave out the one that stands for use1-az3, usw1-az2 or cac1-az3, where EKS makes no control plane",
          ...requirement("network"),
        }),
      nat: z
        .enum(["per-zone", "single"])
        .default(defaults.nat)
        .meta({
          description: "NAT gateways: one in every zone, or one in the first that all share",
          ...requirement("nat"),
        }),
      subnets: z
        .strictObject({
          public: tier("public", "load balancers and NAT gateways"),
          private: tier("private", "nodes and pods"),
          database: tier("database", "PostgreSQL and Redis, no way to the internet"),
        })
        .prefault({})
        .meta({ description: "Ranges of the subnets" }),
      adopt: networkAdoption(),
    })
    .superRefine(checkNetworkAdoption)
    .superRefine((network, context) => {
      for (const { path, message } of networkFaults(network, defaults.subnets)) {
        context.addIssue({ code: "custom", path: [...path], message });
      }
    });
}

export type NetworkSettings = z.output<ReturnType<typeof networkSettings>>;

function isDocumented(documented: SubnetPlan | undefined, tier: Tier, zone: string, given: string): boolean {
  return Object.entries(documented?.[tier] ?? {}).some(([letter, range]) => letter === zone && range === given);
}

function networkFaults(
  network: {
    readonly cidr: string;
    readonly zones: readonly Zone[];
    readonly subnets: SubnetPlan;
    readonly adopt?: object | undefined;
  },
  documented: SubnetPlan | undefined,
): readonly { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const { zones, subnets } = network;
  // Its ranges are its owner's.
  if (network.adopt !== undefined) return [];
  const whole = parseRange(network.cidr);
  if (typeof whole === "string") return [];
  if (whole.prefix < 16 || whole.prefix > 28) {
    return [
      {
        path: ["cidr"],
        message: `${network.cidr} is not between /16 and /28, which AWS requires: choose a prefix in that range`,
      },
    ];
  }
  const twice = zones.findIndex((zone, index) => zones.indexOf(zone) !== index);
  if (twice >= 0)
    return [{ path: ["zones", twice], message: `zone "${zones[twice] ?? ""}" stands twice: name each zone once` }];
  const unplanned = tiers.flatMap((tier) => zones.filter((zone) => subnets[tier][zone] === undefined));
  if (unplanned.length > 0 && whole.prefix > longestPlannedPrefix) {
    return [
      {
        path: ["zones"],
        message:
          `cidr ${network.cidr} has no room for ${String(zones.length)} zones (${zones.join(", ")}) in three tiers with space to grow: ` +
          `widen cidr to /${String(longestPlannedPrefix)} or more, or give every zone its ranges in subnets`,
      },
    ];
  }
  const foreign = tiers.flatMap((tier) =>
    Object.entries(subnets[tier])
      // A documented range of a zone that was taken out of the list is not the user's mistake.
      .filter(([zone, given]) => !zones.some((known) => known === zone) && !isDocumented(documented, tier, zone, given))
      .map(([zone]) => ({
        path: ["subnets", tier, zone],
        message: `zone ${zone} is not in zones (${zones.join(", ")}): add it there or take the range out`,
      })),
  );
  const plan = subnetPlan(network.cidr, zones, subnets);
  const ranges = tiers.flatMap((tier) =>
    Object.entries(plan[tier]).map(([zone, range]) => ({ path: ["subnets", tier, zone], cidr: range })),
  );
  return [...foreign, ...checkRanges({ path: ["cidr"], cidr: network.cidr }, ranges)];
}
