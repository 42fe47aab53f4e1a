/**
 * What ElastiCache offers. Source: CloudFormation schemas and data of the AWS API in cfn-lint 1.58.0, 2026-10-20
 * (https://github.com/aws-cloudformation/cfn-lint). Redis 7.1 is the last one: what follows is Valkey.
 */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  redis: ["4.0.10", "5.0.6", "6.0", "6.2", "7.0", "7.1"],
  valkey: ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"],
};

/** Versions of Memcached, the oldest first. From the one named on, a cluster can encrypt in transit. */
const MEMCACHED = [
  ...["1.4.5", "1.4.14", "1.4.24", "1.4.33", "1.4.34", "1.5.10", "1.5.16"],
  ...["1.6.6", "1.6.12", "1.6.17", "1.6.22"],
];
/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-mc.html */
export const FIRST_ENCRYPTED_MEMCACHED = "1.6.12";

/** The full version of Memcached, the newest for none; undefined when there is no such version. */
export function memcachedVersion(version: string | undefined): string | undefined {
  return version === undefined ? MEMCACHED.at(-1) : MEMCACHED.find((known) => known === version);
}

/** Node types of the current generation, and those of the one before that are still offered. */
const NODE_TYPE =
  /^cache\.((t3|t4g)\.(micro|small|medium)|(t2|m4|r4|m5|m6g|m7g|m8g|r5|r6g|r6gd|r7g|r8g|c7gn|c8gn)\.(micro|small|medium|large|\d*xlarge))$/;

/** The full version of an engine, or undefined when there is none: `6.x` stands for the newest minor of a major. */
export function cacheVersion(engine: string, version: string | undefined): string | undefined {
  const known = VERSIONS[engine] ?? [];
  if (version === undefined) return known.at(-1);
  if (version.endsWith(".x")) return known.findLast((one) => one.startsWith(version.slice(0, -1)));
  return known.includes(version) ? version : undefined;
}

/** Patches that ElastiCache reports for the minors of Redis. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html */
const PATCHES: Readonly<Record<string, number>> = { "6.0": 5, "6.2": 6, "7.0": 7, "7.1": 0 };

/** The version with its patch, as the service reports it. */
export function patchedVersion(version: string): string {
  return version.split(".").length > 2 ? version : `${version}.${String(PATCHES[version] ?? 0)}`;
}

export function isCacheEngine(engine: string): boolean {
  return engine in VERSIONS;
}

export function isNodeType(nodeType: string): boolean {
  return NODE_TYPE.test(nodeType);
}

/** The family of parameter groups that a version takes: `redis7`, `redis6.x`, `redis5.0`, `valkey8`. */
export function familyOf(engine: string, version: string): string {
  const [major = "", minor = ""] = version.split(".");
  if (engine === "memcached") return `memcached${major}.${minor}`;
  if (engine === "redis" && Number(major) < 6) return `redis${major}.${minor}`;
  return engine === "redis" && major === "6" ? "redis6.x" : `${engine}${major}`;
}

/** Every family, with those of Memcached. */
export const FAMILIES: ReadonlySet<string> = new Set([
  ...Object.entries(VERSIONS).flatMap(([engine, versions]) => versions.map((version) => familyOf(engine, version))),
  ...MEMCACHED.map((version) => familyOf("memcached", version)),
]);
