import { partitionOf } from "../../cloud/partition";

/** One AWS region: its display name, the start of its zones' ids, and the zones' letters with their id numbers, in order. */
interface Region {
  readonly description: string;
  readonly zones: Readonly<Record<string, string>>;
}

function region(description: string, prefix: string, zones: Readonly<Record<string, number>>): Region {
  return {
    description,
    zones: Object.fromEntries(
      Object.entries(zones).map(([letter, number]) => [letter, `${prefix}-az${String(number)}`]),
    ),
  };
}

const THREE = { a: 1, b: 2, c: 3 };

/**
 * Regions and zones, as an account made since November 2025 sees them. In the oldest regions older accounts map letters to ids
 * each in their own way: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 * In us-east-1 the letter `e` gets use1-az3, the zone that takes no EKS control plane, so that `a`, `b`, `c` are usable zones.
 */
const REGIONS: Readonly<Record<string, Region>> = {
  "af-south-1": region("Africa (Cape Town)", "afs1", THREE),
  "ap-east-1": region("Asia Pacific (Hong Kong)", "ape1", THREE),
  "ap-east-2": region("Asia Pacific (Taipei)", "ape2", THREE),
  "ap-northeast-1": region("Asia Pacific (Tokyo)", "apne1", { a: 4, c: 1, d: 2 }),
  "ap-northeast-2": region("Asia Pacific (Seoul)", "apne2", { a: 1, b: 2, c: 3, d: 4 }),
  "ap-northeast-3": region("Asia Pacific (Osaka)", "apne3", { a: 3, b: 1, c: 2 }),
  "ap-south-1": region("Asia Pacific (Mumbai)", "aps1", { a: 1, b: 3, c: 2 }),
  "ap-south-2": region("Asia Pacific (Hyderabad)", "aps2", THREE),
  "ap-southeast-1": region("Asia Pacific (Singapore)", "apse1", THREE),
  "ap-southeast-2": region("Asia Pacific (Sydney)", "apse2", { a: 1, b: 3, c: 2 }),
  "ap-southeast-3": region("Asia Pacific (Jakarta)", "apse3", THREE),
  "ap-southeast-4": region("Asia Pacific (Melbourne)", "apse4", THREE),
  "ap-southeast-5": region("Asia Pacific (Malaysia)", "apse5", THREE),
  "ap-southeast-6": region("Asia Pacific (New Zealand)", "apse6", THREE),
  "ap-southeast-7": region("Asia Pacific (Thailand)", "apse7", THREE),
  "ca-central-1": region("Canada (Central)", "cac1", { a: 1, b: 2, d: 4 }),
  "ca-west-1": region("Canada West (Calgary)", "caw1", THREE),
  "cn-north-1": region("China (Beijing)", "cnn1", { a: 1, b: 2, d: 4 }),
  "cn-northwest-1": region("China (Ningxia)", "cnnw1", THREE),
  "eu-central-1": region("Europe (Frankfurt)", "euc1", { a: 2, b: 3, c: 1 }),
  "eu-central-2": region("Europe (Zurich)", "euc2", THREE),
  "eu-north-1": region("Europe (Stockholm)", "eun1", THREE),
  "eu-south-1": region("Europe (Milan)", "eus1", THREE),
  "eu-south-2": region("Europe (Spain)", "eus2", THREE),
  "eu-west-1": region("Europe (Ireland)", "euw1", THREE),
  "eu-west-2": region("Europe (London)", "euw2", { a: 2, b: 3, c: 1 }),
  "eu-west-3": region("Europe (Paris)", "euw3", THREE),
  "il-central-1": region("Israel (Tel Aviv)", "ilc1", THREE),
  "me-central-1": region("Middle East (UAE)", "mec1", THREE),
  "me-south-1": region("Middle East (Bahrain)", "mes1", THREE),
  "mx-central-1": region("Mexico (Central)", "mxc1", THREE),
  "sa-east-1": region("South America (Sao Paulo)", "sae1", THREE),
  "us-east-1": region("US East (N. Virginia)", "use1", { a: 1, b: 2, c: 4, d: 6, e: 3, f: 5 }),
  "us-east-2": region("US East (Ohio)", "use2", THREE),
  "us-gov-east-1": region("AWS GovCloud (US-East)", "usge1", THREE),
  "us-gov-west-1": region("AWS GovCloud (US-West)", "usgw1", THREE),
  "us-west-1": region("US West (N. California)", "usw1", { a: 3, c: 1 }),
  "us-west-2": region("US West (Oregon)", "usw2", { a: 2, b: 1, c: 3, d: 4 }),
};

export interface Zone {
  /** `us-east-1a` */
  readonly name: string;
  /** `use1-az1`: the same place in every account. */
  readonly id: string;
}

export function isRegion(name: string): boolean {
  return name in REGIONS;
}

/** Display name, such as `US East (N. Virginia)`. */
export function regionDescription(name: string): string {
  return REGIONS[name]?.description ?? name;
}

/** The region's zones in the order of their names; none for a region that does not exist. */
export function zonesOf(name: string): readonly Zone[] {
  return Object.entries(REGIONS[name]?.zones ?? {}).map(([letter, id]) => ({ name: `${name}${letter}`, id }));
}

/** Domain under which the partition's services answer. */
export function dnsSuffix(name: string): string {
  return partitionOf(name) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}
