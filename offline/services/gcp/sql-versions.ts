/**
 * What Cloud SQL for PostgreSQL offers. Versions: typings of @pulumi/gcp 9.37.0, `databaseVersion`; tiers:
 * https://docs.cloud.google.com/sql/docs/postgres/instance-settings, https://docs.cloud.google.com/sql/docs/postgres/create-instance#machine-types
 */
const VERSIONS = [
  ...["POSTGRES_9_6", "POSTGRES_10", "POSTGRES_11", "POSTGRES_12", "POSTGRES_13"],
  ...["POSTGRES_14", "POSTGRES_15", "POSTGRES_16", "POSTGRES_17", "POSTGRES_18"],
];

export type Edition = "ENTERPRISE" | "ENTERPRISE_PLUS";

/** From this major on an instance that names no edition is Enterprise Plus. */
const FIRST_PLUS_BY_DEFAULT = 16;
/** https://docs.cloud.google.com/sql/docs/postgres/editions-intro */
const FIRST_PLUS = 12;

const SHARED_CORE = new Set(["db-f1-micro", "db-g1-small"]);
const PLUS_TIER = /^db-(?:perf-optimized-N-(?:2|4|8|16|32|48|64|80|96|128)|c4a-highmem-(?:1|4|8|16|32|48|64|72))$/;

/** Smallest memory of a custom machine and its step, in MiB; memory per processor, in MiB. */
const LEAST_MEMORY = 3_840;
const MEMORY_STEP = 256;
const MEMORY_PER_CPU = [0.9 * 1024, 6.5 * 1024] as const;
const MOST_CPUS = 96;

export function isPostgresVersion(version: string): boolean {
  return VERSIONS.includes(version);
}

/** 17 of `POSTGRES_17`, 9.6 of `POSTGRES_9_6`. */
export function majorOf(version: string): number {
  return Number(version.replace(/^POSTGRES_/, "").replace("_", "."));
}

export function defaultEdition(version: string): Edition {
  return majorOf(version) >= FIRST_PLUS_BY_DEFAULT ? "ENTERPRISE_PLUS" : "ENTERPRISE";
}

export function offersPlus(version: string): boolean {
  return majorOf(version) >= FIRST_PLUS;
}

/** Days of transaction logs that an edition keeps at most, and keeps where nothing is said. */
export const LOG_DAYS: Readonly<Record<Edition, readonly [most: number, standard: number]>> = {
  ENTERPRISE: [7, 7],
  ENTERPRISE_PLUS: [35, 14],
};

/** What is wrong with a machine type for an edition, as the service says it; undefined when nothing is. */
export function tierProblem(tier: string, edition: Edition): string | undefined {
  if (edition === "ENTERPRISE_PLUS") {
    // https://github.com/GoogleCloudPlatform/cloud-foundation-fabric/issues/2946
    return PLUS_TIER.test(tier)
      ? undefined
      : `Invalid request: Invalid Tier (${tier}) for (ENTERPRISE_PLUS) Edition. Use a predefined Tier like db-perf-optimized-N-* instead. Learn more at https://cloud.google.com/sql/docs/postgres/create-instance#machine-types.`;
  }
  if (PLUS_TIER.test(tier)) return `Invalid request: Invalid Tier (${tier}) for (ENTERPRISE) Edition.`;
  if (SHARED_CORE.has(tier)) return undefined;
  const custom = /^db-custom-(\d+)-(\d+)$/.exec(tier);
  if (custom === null) {
    // https://github.com/serverpod/serverpod/issues/2373
    return "Invalid request: Only custom or shared-core instance Billing Tier type allowed for PostgreSQL database.";
  }
  return customProblem(tier, Number(custom[1]), Number(custom[2]));
}

function customProblem(tier: string, cpus: number, memory: number): string | undefined {
  const problem = `Invalid request: Invalid Tier (${tier}):`;
  if (cpus > MOST_CPUS || cpus < 1 || (cpus > 1 && cpus % 2 !== 0)) {
    return `${problem} 1 or an even number of up to ${String(MOST_CPUS)} vCPUs`;
  }
  if (memory % MEMORY_STEP !== 0 || memory < LEAST_MEMORY) {
    return `${problem} memory is a multiple of ${String(MEMORY_STEP)} MiB, ${String(LEAST_MEMORY)} MiB at least`;
  }
  const [least, most] = MEMORY_PER_CPU;
  if (memory < least * cpus || memory > most * cpus) return `${problem} 0.9 to 6.5 GiB of memory for each vCPU`;
  return undefined;
}

/**
 * Flags that only some versions know, beside PostgreSQL's own. https://docs.cloud.google.com/sql/docs/postgres/flags
 * The first major that has the flag, and the first that has it no more.
 */
const SWITCHES: Readonly<Record<string, readonly [from: number, until?: number]>> = {
  "cloudsql.allow_passwordless_local_connections": [9.6],
  "cloudsql.enable_auto_explain": [9.6],
  "cloudsql.enable_maintenance_mode": [9.6],
  "cloudsql.enable_pg_bigm": [9.6],
  "cloudsql.enable_pg_cron": [10],
  "cloudsql.enable_pg_hint_plan": [9.6],
  "cloudsql.enable_pg_wait_sampling": [9.6],
  "cloudsql.enable_pgaudit": [9.6],
  "cloudsql.enable_pglogical": [9.6],
  "cloudsql.iam_authentication": [9.6],
  "cloudsql.logical_decoding": [9.6],
};

/** Settings of PostgreSQL that Cloud SQL lets its users set; its docs list them by name. */
const SETTINGS = new RegExp(
  `^(?:${[
    "auto_explain\\.\\w+|autovacuum\\w*|bgwriter_\\w+|checkpoint_\\w+|commit_\\w+|constraint_exclusion|cpu_\\w+|cron\\.\\w+",
    "deadlock_timeout|default_\\w+|effective_\\w+|enable_\\w+|from_collapse_limit|geqo\\w*|gin_\\w+|hash_mem_multiplier",
    "hot_standby_feedback|huge_pages|idle_\\w+|jit\\w*|join_collapse_limit|lock_timeout|log_\\w+|logical_decoding_work_mem",
    "maintenance_io_concurrency|maintenance_work_mem|max_(?:connections|locks_per_transaction|logical_replication_workers)",
    "max_(?:parallel_\\w+|pred_locks_\\w+|prepared_transactions|replication_slots|slot_wal_keep_size|standby_\\w+)",
    "max_(?:sync_workers_per_subscription|wal_senders|wal_size|worker_processes)|min_\\w+|parallel_\\w+|password_encryption",
    "pg_stat_statements\\.\\w+|pgaudit\\.\\w+|pglogical\\.\\w+|plan_cache_mode|random_page_cost|rdkit\\.\\w+|replacement_sort_tuples",
    "seq_page_cost|session_replication_role|shared_buffers|ssl_max_protocol_version|ssl_min_protocol_version|statement_timeout",
    "sync_replication_slots|synchronized_standby_slots|synchronous_commit|tcp_\\w+|temp_\\w+|timezone|track_\\w+|vacuum_\\w+",
    "wal_(?:buffers|compression|receiver_timeout|sender_timeout)|work_mem",
  ].join("|")})$`,
  "i",
);

/** What is wrong with a database flag for a version; undefined when nothing is. */
export function flagProblem(name: string, value: string, version: string): string | undefined {
  const known = SWITCHES[name];
  if (known === undefined) {
    return SETTINGS.test(name) ? undefined : `Invalid request: Invalid flag: ${name} is not supported for ${version}`;
  }
  const [from, until = Infinity] = known;
  const major = majorOf(version);
  if (major < from || major >= until) return `Invalid request: Invalid flag: ${name} is not supported for ${version}`;
  return /^(?:on|off)$/.test(value)
    ? undefined
    : `Invalid request: Invalid flag value for ${name}: on or off, not ${value}`;
}
