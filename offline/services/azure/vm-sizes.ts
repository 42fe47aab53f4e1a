/** What a size of machine is made of. */
export interface VmSize {
  readonly cores: number;
  readonly memoryGiB: number;
  /** Name of the quota that its cores count against. */
  readonly family: string;
  readonly gpus: number;
  readonly arm64: boolean;
}

interface Series {
  readonly pattern: RegExp;
  /** Sizes by number of cores. */
  readonly cores: readonly number[];
  readonly memoryPerCore: number;
  readonly family: string;
  readonly coresPerGpu?: number;
  readonly arm64?: boolean;
  /** Regions that have it, where most have not. */
  readonly regions?: readonly string[];
}

const GENERAL = [2, 4, 8, 16, 32, 48, 64, 96];

/**
 * Series that clusters usually run on. Sizes: https://learn.microsoft.com/azure/virtual-machines/sizes/overview; regions of the GPU
 * series: https://azure.microsoft.com/explore/global-infrastructure/products-by-region/
 */
const SERIES: readonly Series[] = [
  { pattern: /^Standard_B(\d+)s_v2$/, cores: [2, 4, 8, 16, 32], memoryPerCore: 4, family: "standardBsv2Family" },
  { pattern: /^Standard_B(\d+)ms$/, cores: [1, 2, 4, 8, 12, 16, 20], memoryPerCore: 4, family: "standardBSFamily" },
  {
    pattern: /^Standard_D(\d+)s_v3$/,
    cores: [2, 4, 8, 16, 32, 48, 64],
    memoryPerCore: 4,
    family: "standardDSv3Family",
  },
  { pattern: /^Standard_D(\d+)a?ds_v5$/, cores: GENERAL, memoryPerCore: 4, family: "standardDDSv5Family" },
  { pattern: /^Standard_D(\d+)a?s_v5$/, cores: GENERAL, memoryPerCore: 4, family: "standardDSv5Family" },
  { pattern: /^Standard_D(\d+)a?d?s_v6$/, cores: GENERAL, memoryPerCore: 4, family: "standardDSv6Family" },
  { pattern: /^Standard_E(\d+)a?d?s_v5$/, cores: GENERAL, memoryPerCore: 8, family: "standardESv5Family" },
  { pattern: /^Standard_E(\d+)a?d?s_v6$/, cores: GENERAL, memoryPerCore: 8, family: "standardESv6Family" },
  {
    pattern: /^Standard_F(\d+)s_v2$/,
    cores: [2, 4, 8, 16, 32, 48, 64, 72],
    memoryPerCore: 2,
    family: "standardFSv2Family",
  },
  {
    pattern: /^Standard_D(\d+)pl?d?s_v5$/,
    cores: [2, 4, 8, 16, 32, 48, 64],
    memoryPerCore: 4,
    family: "standardDPSv5Family",
    arm64: true,
  },
  {
    pattern: /^Standard_D(\d+)pl?d?s_v6$/,
    cores: GENERAL,
    memoryPerCore: 4,
    family: "standardDpsv6Family",
    arm64: true,
  },
  {
    pattern: /^Standard_NC(\d+)as_T4_v3$/,
    cores: [4, 8, 16, 64],
    memoryPerCore: 7,
    family: "Standard NCASv3_T4 Family",
    coresPerGpu: 16,
    regions: [
      "australiaeast",
      "centralindia",
      "centralus",
      "eastus",
      "eastus2",
      "japaneast",
      "koreacentral",
      "northeurope",
      "southcentralus",
      "southeastasia",
      "uksouth",
      "westeurope",
      "westus2",
      "westus3",
    ],
  },
  {
    pattern: /^Standard_NV(\d+)ads_A10_v5$/,
    cores: [6, 12, 18, 36, 72],
    memoryPerCore: 12,
    family: "StandardNVADSA10v5Family",
    coresPerGpu: 36,
    regions: [
      "australiaeast",
      "eastus",
      "eastus2",
      "japaneast",
      "northeurope",
      "southcentralus",
      "uksouth",
      "westeurope",
      "westus2",
      "westus3",
    ],
  },
  {
    pattern: /^Standard_NC(\d+)ads_A100_v4$/,
    cores: [24, 48, 96],
    memoryPerCore: 9,
    family: "StandardNCADSA100v4Family",
    coresPerGpu: 24,
    regions: [
      "australiaeast",
      "centralindia",
      "eastus",
      "eastus2",
      "francecentral",
      "japaneast",
      "southcentralus",
      "southeastasia",
      "swedencentral",
      "westeurope",
      "westus3",
    ],
  },
];

/** Undefined: Azure has no such size, or none that a cluster usually runs on. */
export function vmSize(name: string): VmSize | undefined {
  const series = seriesOf(name);
  const cores = Number(series?.pattern.exec(name)?.[1] ?? "0");
  if (series === undefined || !series.cores.includes(cores)) return undefined;
  const { memoryPerCore, family, coresPerGpu, arm64 = false } = series;
  const gpus = coresPerGpu === undefined ? 0 : Math.max(1, Math.floor(cores / coresPerGpu));
  return { cores, memoryGiB: cores * memoryPerCore, family, gpus, arm64 };
}

/** Whether a region has a size. */
export function isOffered(name: string, region: string): boolean {
  const regions = seriesOf(name)?.regions;
  return vmSize(name) !== undefined && (regions === undefined || regions.includes(region));
}

function seriesOf(name: string): Series | undefined {
  return SERIES.find(({ pattern }) => pattern.test(name));
}

/** Cores that the offline subscription may have of a family in each region; spot machines have one quota for all families. */
export function coreQuota(family: string, isSpot: boolean): number {
  if (isSpot) return 350;
  return /NC|NV/.test(family) ? 48 : 350;
}
