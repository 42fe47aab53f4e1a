import { postgresParameter } from "../aws/rds-parameters";

/**
 * Server parameters of Flexible Server that differ from what PostgreSQL's own list says: those of Azure, and those with bounds
 * that logical replication depends on.
 * https://learn.microsoft.com/azure/postgresql/server-parameters/concepts-server-parameters,
 * https://learn.microsoft.com/azure/postgresql/configure-maintain/concepts-logical
 */
export interface ServerParameter {
  /** `static`: takes a restart. `fixed`: the service alone sets it. */
  readonly applied: "dynamic" | "static" | "fixed";
  readonly type: "Boolean" | "Integer" | "Enumeration" | "Set" | "String" | "Numeric";
  readonly default: string;
  /** Texts that are accepted, or the two ends of a range. */
  readonly allowed?: readonly string[] | readonly [low: number, high: number];
}

const onOff = (value: "on" | "off", applied: ServerParameter["applied"] = "dynamic"): ServerParameter => ({
  applied,
  type: "Boolean",
  default: value,
  allowed: ["on", "off"],
});

const integer = (
  value: number,
  low: number,
  high: number,
  applied: ServerParameter["applied"] = "dynamic",
): ServerParameter => ({ applied, type: "Integer", default: String(value), allowed: [low, high] });

const PARAMETERS: Readonly<Record<string, ServerParameter>> = {
  wal_level: { applied: "static", type: "Enumeration", default: "replica", allowed: ["replica", "logical"] },
  max_worker_processes: integer(8, 0, 262_143, "static"),
  max_replication_slots: integer(10, 2, 262_143, "static"),
  max_wal_senders: integer(10, 5, 100, "static"),
  // https://learn.microsoft.com/azure/postgresql/parameters/parameters-replication-sending-servers
  max_slot_wal_keep_size: { applied: "fixed", type: "Integer", default: "-1" },
  max_logical_replication_workers: integer(4, 0, 262_143, "static"),
  max_sync_workers_per_subscription: integer(2, 0, 262_143),
  max_parallel_apply_workers_per_subscription: integer(2, 0, 1024),
  max_connections: integer(859, 25, 5000, "static"),
  max_prepared_transactions: integer(0, 0, 262_143, "static"),
  hot_standby_feedback: onOff("off"),
  sync_replication_slots: onOff("off"),
  track_commit_timestamp: onOff("off", "static"),
  log_checkpoints: onOff("on"),
  // https://github.com/MicrosoftDocs/azure-databases-docs/blob/main/articles/postgresql/server-parameters/includes/param-16-reporting-logging-what-log.md
  log_connections: onOff("on"),
  log_disconnections: onOff("on"),
  require_secure_transport: onOff("on"),
  "azure.extensions": { applied: "dynamic", type: "Set", default: "" },
  "azure.accepted_password_auth_method": { applied: "dynamic", type: "Set", default: "md5,scram-sha-256" },
  "connection_throttle.enable": onOff("off"),
  intelligent_tuning: onOff("off"),
  "logfiles.download_enable": onOff("off"),
  "logfiles.retention_days": integer(3, 1, 7),
  "metrics.autovacuum_diagnostics": onOff("off"),
  "metrics.collector_database_activity": onOff("off"),
  "pg_qs.query_capture_mode": {
    applied: "dynamic",
    type: "Enumeration",
    default: "none",
    allowed: ["none", "top", "all"],
  },
  "pg_qs.retention_period_in_days": integer(7, 1, 30),
  "pgms_wait_sampling.query_capture_mode": {
    applied: "dynamic",
    type: "Enumeration",
    default: "none",
    allowed: ["none", "all"],
  },
  "pgbouncer.enabled": onOff("off"),
  "pgbouncer.pool_mode": {
    applied: "dynamic",
    type: "Enumeration",
    default: "transaction",
    allowed: ["session", "transaction", "statement"],
  },
  "pgbouncer.default_pool_size": integer(50, 1, 4950),
  "pgbouncer.max_client_conn": integer(5000, 1, 50_000),
  shared_preload_libraries: { applied: "static", type: "Set", default: "pg_cron,pg_stat_statements" },
  ssl_min_protocol_version: {
    applied: "dynamic",
    type: "Enumeration",
    default: "TLSv1.2",
    allowed: ["TLSv1.2", "TLSv1.3"],
  },
  ssl_max_protocol_version: {
    applied: "dynamic",
    type: "Enumeration",
    default: "TLSv1.3",
    allowed: ["TLSv1.2", "TLSv1.3"],
  },
  password_encryption: {
    applied: "dynamic",
    type: "Enumeration",
    default: "scram-sha-256",
    allowed: ["md5", "scram-sha-256"],
  },
};

/** Extensions that `azure.extensions` can allow: https://learn.microsoft.com/azure/postgresql/extensions/concepts-extensions-versions */
const EXTENSIONS: ReadonlySet<string> = new Set(
  (
    "address_standardizer address_standardizer_data_us age amcheck anon azure_ai azure_storage bloom btree_gin btree_gist " +
    "citext cube dblink dict_int dict_xsyn earthdistance fuzzystrmatch hstore hypopg intarray isn lo login_hook ltree " +
    "oracle_fdw orafce pageinspect pg_buffercache pg_cron pg_diskann pg_duckdb pg_failover_slots pg_freespacemap " +
    "pg_hint_plan pg_partman pg_prewarm pg_repack pg_squeeze pg_stat_statements pg_trgm pg_visibility pgaudit pgcrypto " +
    "pglogical pgrouting pgrowlocks pgstattuple plpgsql plv8 postgis postgis_raster postgis_sfcgal " +
    "postgis_tiger_geocoder postgis_topology postgres_fdw postgres_protobuf semver session_variable sslinfo " +
    "tablefunc tdigest tds_fdw timescaledb topn tsm_system_rows tsm_system_time unaccent uuid-ossp vector"
  ).split(" "),
);

/** Undefined: there is no such parameter. */
export function serverParameter(name: string): ServerParameter | undefined {
  const own = PARAMETERS[name];
  if (own !== undefined) return own;
  const applied = name.startsWith("rds.") ? undefined : postgresParameter(name);
  return applied === undefined ? undefined : { applied, type: "String", default: "" };
}

/** What is wrong with the value of a parameter, if anything. */
export function valueProblem(name: string, parameter: ServerParameter, value: string): string | undefined {
  const [low, high] = parameter.allowed ?? [];
  if (typeof low === "number" && typeof high === "number") {
    const number = Number(value);
    const fits = Number.isInteger(number) && number >= low && number <= high;
    return fits ? undefined : `${name} is a whole number from ${String(low)} to ${String(high)}, got ${value}`;
  }
  const texts = (parameter.allowed ?? []).filter((each) => typeof each === "string");
  if (texts.length > 0 && !texts.includes(value.toLowerCase()) && !texts.includes(value)) {
    return `${name} is one of ${texts.join(", ")}, got ${value}`;
  }
  if (name !== "azure.extensions") return undefined;
  const unknown = value
    .split(",")
    .map((each) => each.trim().toLowerCase())
    .find((each) => each !== "" && !EXTENSIONS.has(each));
  return unknown === undefined
    ? undefined
    : `azure.extensions cannot allow ${unknown}: Flexible Server has no such extension`;
}
