/**
 * What RDS offers. Source: CloudFormation schemas and data of the AWS API in cfn-lint 1.58.0, 2026-10-20
 * (https://github.com/aws-cloudformation/cfn-lint), and the API model in botocore 1.44.5.
 */

/** Minor versions of PostgreSQL that an instance can be made with, by major, the oldest first. */
const POSTGRES: Readonly<Record<string, readonly number[]>> = {
  "13": [23],
  "14": [18, 19, 20, 21, 22, 23, 24],
  "15": [13, 14, 15, 16, 17, 18, 19],
  "16": [9, 10, 11, 12, 13, 14, 15],
  "17": [5, 6, 7, 8, 9, 10, 11],
  "18": [1, 2, 3, 4, 6],
};

/** Families of instance classes that PostgreSQL runs on. */
const FAMILIES = [
  ...["t3", "t4g", "x2g", "x2iedn", "c6gd"],
  ...["m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m6idn", "m6in", "m7g", "m7i", "m8g", "m8gd", "m9g"],
  ...["r5", "r5b", "r5d", "r6g", "r6gd", "r6i", "r6id", "r6idn", "r6in", "r7g", "r7i", "r8g", "r8gd"],
];

const BURSTABLE = ["micro", "small", "medium", "large", "xlarge", "2xlarge"];
const SIZES = [
  "medium",
  "large",
  "xlarge",
  ...[2, 4, 6, 8, 10, 12, 16, 24, 32, 48].map((size) => `${String(size)}xlarge`),
];

/** Least and most storage in GiB by storage type. */
export const STORAGE: Readonly<Record<string, readonly [number, number]>> = {
  gp2: [20, 65536],
  gp3: [20, 65536],
  io1: [100, 65536],
  io2: [100, 65536],
  standard: [5, 3072],
};

/** Below this many GiB gp3 has a fixed rate. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
export const GP3_STEP = 400;

/** Most and least IOPS for each GiB. */
export const IOPS_RATIO: readonly [number, number] = [0.5, 50];

/** The full version that a given one stands for: `17` means its newest minor. Undefined: RDS has no such version. */
export function postgresVersion(version: string): string | undefined {
  const [major = "", minor] = version.split(/[.-]/);
  const minors = POSTGRES[major];
  if (minors === undefined) return undefined;
  if (minor === undefined) return `${major}.${String(minors.at(-1))}`;
  // `13.23-rds.20260101` is a build of extended support.
  return minors.includes(Number(minor)) && /^\d+\.\d+(-rds\.\d{8})?$/.test(version) ? version : undefined;
}

export function isPostgresClass(instanceClass: string): boolean {
  const [prefix, family = "", size = ""] = instanceClass.split(".");
  if (prefix !== "db" || !FAMILIES.includes(family)) return false;
  return (family.startsWith("t") ? BURSTABLE : SIZES).includes(size);
}

/** Whether a class has the form of any engine's: `db.<family>.<size>`. */
export function isClass(instanceClass: string): boolean {
  return /^db\.[a-z][a-z0-9-]*\.[a-z0-9.]+$/.test(instanceClass);
}

/** Families of parameter groups of engines that no table here describes: taken by their form. */
const OTHER_FAMILY =
  /^(?:mysql(?:5\.7|8\.0|8\.4)|mariadb1[01]\.\d{1,2}|aurora-(?:mysql|postgresql)[\d.]+|(?:custom-)?oracle-[a-z0-9-]+|(?:custom-)?sqlserver-[a-z]+-[\d.]+|db2-[a-z]+-[\d.]+)$/;

export function isFamily(family: string): boolean {
  const postgres = /^postgres(\d+)$/.exec(family)?.[1];
  return postgres === undefined ? OTHER_FAMILY.test(family) : postgres in POSTGRES;
}
