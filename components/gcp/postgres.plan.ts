import type { LogicalReplication, MinimumTls } from "../planning/logical-replication";
import type { Protection } from "../planning/protection";

/** Days that transaction logs are kept at most, which is as far back as any second can be restored with the edition Enterprise. */
const mostLogDays = 7;

/** Read replicas of one source at most: https://docs.cloud.google.com/sql/docs/postgres/replication */
export const mostReplicas = 10;

/**
 * What a database does in logical replication. Both can publish.
 *
 * - `publisher`: takes writes;
 * - `subscriber`: follows a database of another site until it takes over. Google rules out a standby meanwhile, because an instance
 *   with one has no fixed address that it calls from:
 *   https://docs.cloud.google.com/sql/docs/postgres/replication/configure-external-replica
 */
export const replicationRoles = ["publisher", "subscriber"] as const;

export type ReplicationRole = (typeof replicationRoles)[number];

export type Availability = "single-zone" | "standby";

/** Whether a database has a standby, where that may be left to the class: then not while it follows another. */
export function availabilityOf(
  asked: Availability | "by-class",
  role: ReplicationRole,
  protection: Protection,
): Availability {
  if (asked !== "by-class") return asked;
  return protection.multiZone && role === "publisher" ? "standby" : "single-zone";
}

interface Flag {
  readonly name: string;
  readonly value: string;
}

export interface FlagNeeds {
  readonly maxConnections: number;
  readonly logicalReplication?: LogicalReplication;
  readonly minimumTls?: MinimumTls;
}

/**
 * Flags of an instance and all of its read replicas, by their names: a replica must decode and have as much room as its source.
 * https://github.com/terraform-google-modules/terraform-google-sql-db/issues/462
 */
export function flags({ maxConnections, logicalReplication, minimumTls }: FlagNeeds): Flag[] {
  const values: Readonly<Record<string, string>> = {
    // pgAudit is loaded; what it writes down of statements is set in the database. Turned on later, it restarts the instance.
    // https://docs.cloud.google.com/sql/docs/postgres/pg-audit
    "cloudsql.enable_pgaudit": "on",
    "cloudsql.iam_authentication": "on",
    log_checkpoints: "on",
    log_connections: "on",
    log_disconnections: "on",
    log_lock_waits: "on",
    max_connections: String(maxConnections),
    ...(minimumTls === undefined ? {} : { ssl_min_protocol_version: `TLSv${minimumTls}` }),
    ...(logicalReplication === undefined ? {} : replicationFlags(logicalReplication)),
  };
  return Object.entries(values)
    .map(([name, value]) => ({ name, value }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * A publisher needs slots and senders, a subscriber workers and a slot's worth of memory for where each of them is: every database
 * has both, so that a change of roles takes no restart.
 * https://docs.cloud.google.com/sql/docs/postgres/replication/configure-logical-replication
 */
function replicationFlags({ slots, retainedGiB }: LogicalReplication): Readonly<Record<string, string>> {
  return {
    "cloudsql.logical_decoding": "on",
    max_logical_replication_workers: String(slots),
    max_replication_slots: String(slots),
    // In MB.
    max_slot_wal_keep_size: String(retainedGiB * 1024),
    max_wal_senders: String(slots + mostReplicas),
    // Beside the 8 that PostgreSQL has for its own: https://www.postgresql.org/docs/17/runtime-config-resource.html
    max_worker_processes: String(slots + 8),
  };
}

/** Automatic backups: one a day, and the logs between them. Logs are kept no longer than backups, which they start from. */
export function backups(retentionDays: number, location: string) {
  return {
    enabled: true,
    startTime: "03:00",
    location,
    pointInTimeRecoveryEnabled: true,
    transactionLogRetentionDays: Math.min(retentionDays, mostLogDays),
    backupRetentionSettings: { retentionUnit: "COUNT", retainedBackups: retentionDays },
  };
}
