/**
 * What DocumentDB offers. Versions and classes: CloudFormation schemas and data of the AWS API in cfn-lint 1.58.0, 2026-10-20
 * (https://github.com/aws-cloudformation/cfn-lint). Version 4.0 is still served and cannot be created by these strings.
 */
const VERSIONS = ["5.0.0", "5.0.1", "8.0.0", "8.0.1"] as const;

const FAMILIES: ReadonlySet<string> = new Set(["docdb3.6", "docdb4.0", "docdb5.0", "docdb8.0"]);

/** Families of instance classes with their sizes. */
const SIZES = ["large", "xlarge", ...[2, 4, 8, 12, 16].map((size) => `${String(size)}xlarge`)];
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  t3: ["medium"],
  t4g: ["medium"],
  r5: [...SIZES, "24xlarge"],
  r6g: SIZES,
  r6gd: SIZES.slice(1),
  r8g: [...SIZES, "24xlarge", "48xlarge"],
};

/** The class of an instance that scales by the cluster's `serverlessV2ScalingConfiguration`. */
export const SERVERLESS_CLASS = "db.serverless";

interface Parameter {
  readonly applies: "dynamic" | "static";
  readonly accepts: RegExp;
}

const SWITCH = /^(enabled|disabled)$/;

/**
 * Parameters of a cluster parameter group, what they accept, and whether a change waits for a restart.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/cluster_parameter_groups-list_of_parameters.html
 */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  audit_logs: {
    applies: "dynamic",
    accepts: /^(enabled|disabled|ddl|dml_read|dml_write|all|none)(,(ddl|dml_read|dml_write))*$/,
  },
  change_stream_log_retention_duration: { applies: "dynamic", accepts: /^\d{4,6}$/ },
  default_collection_compression: { applies: "dynamic", accepts: /^(enabled|disabled|zstd|lz4|none)$/ },
  planner_version: { applies: "dynamic", accepts: /^\d\.\d$/ },
  profiler: { applies: "dynamic", accepts: SWITCH },
  profiler_sampling_rate: { applies: "dynamic", accepts: /^(0(\.\d+)?|1(\.0+)?)$/ },
  profiler_threshold_ms: { applies: "dynamic", accepts: /^\d{2,10}$/ },
  tls: { applies: "static", accepts: /^(enabled|disabled|fips-140-3|tls1\.[23]\+)$/ },
  ttl_monitor: { applies: "dynamic", accepts: SWITCH },
};

/** The full version, the newest for none; undefined: DocumentDB has no such version. */
export function documentVersion(version: string | undefined): string | undefined {
  return version === undefined ? VERSIONS.at(-1) : VERSIONS.find((known) => known === version);
}

/** `docdb5.0` for 5.0.0. */
export function documentFamily(version: string): string {
  return `docdb${version.split(".").slice(0, 2).join(".")}`;
}

export function isDocumentFamily(family: string): boolean {
  return FAMILIES.has(family);
}

export function isDocumentClass(instanceClass: string): boolean {
  if (instanceClass === SERVERLESS_CLASS) return true;
  const [prefix, family = "", size = ""] = instanceClass.split(".");
  return prefix === "db" && (CLASSES[family] ?? []).includes(size);
}

export function documentParameter(name: string): Parameter | undefined {
  return PARAMETERS[name];
}
