/** Machine names of each tier: https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-limits */
const NAMES: Readonly<Record<string, RegExp>> = {
  Burstable: /^Standard_B(?:1ms|2s|2ms|4ms|8ms|12ms|16ms|20ms)$/,
  GeneralPurpose: /^Standard_D(?:(?:2|4|8|16|32|48|64)(?:s_v3|ds_v4|ds_v5|ads_v5)|96(?:ds_v5|ads_v5))$/,
  MemoryOptimized: /^Standard_E(?:(?:2|4|8|16|20|32|48|64)(?:s_v3|ds_v4|ds_v5|ads_v5)|96(?:ds_v5|ads_v5))$/,
};

/** Undefined: the machine is of the tier; otherwise what is wrong. */
export function skuProblem({ name, tier }: { readonly name: string; readonly tier: string }): string | undefined {
  const names = NAMES[tier];
  if (names === undefined) return `the tier ${tier} is none of ${Object.keys(NAMES).join(", ")}`;
  return names.test(name) ? undefined : `${name} is not a machine of the tier ${tier}`;
}

/** Versions that new servers can have; older ones can only be restored and replicated: concepts-version-policy */
export const NEW_VERSIONS: readonly string[] = ["15", "16", "17", "18"];

/**
 * Sizes of Premium_LRS in GiB, with the performance tier of each. 4095 and 32767 are what disks of those tiers really hold.
 * https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-storage
 */
const PREMIUM: ReadonlyMap<number, string> = new Map([
  [32, "P4"],
  [64, "P6"],
  [128, "P10"],
  [256, "P15"],
  [512, "P20"],
  [1024, "P30"],
  [2048, "P40"],
  [4095, "P50"],
  [4096, "P50"],
  [8192, "P60"],
  [16_384, "P70"],
  [32_767, "P80"],
]);

export const premiumSizes: readonly number[] = [...PREMIUM.keys()];

/** The performance tier that a size has by itself. */
export function performanceTier(sizeGb: number): string | undefined {
  return PREMIUM.get(sizeGb);
}

/** Read replicas of one source: https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas */
export const MOST_REPLICAS = 5;
