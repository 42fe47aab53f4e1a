import type { Zone } from "../planning/address-plan";
import type { LogicalReplication, MinimumTls } from "../planning/logical-replication";
import { sharedName } from "../planning/names-azure";

/** How much of the log of changes is kept cannot be said here: see `parameters`. */
export type Publication = Pick<LogicalReplication, "slots">;

/** A parameter of a server. What can only be read at a start waits for the next restart. */
export interface ServerParameter {
  readonly name: string;
  readonly value: string;
}

export interface ParameterNeeds {
  /** Major version. */
  readonly engineVersion: string;
  /** Connections at most. */
  readonly maxConnections: number;
  readonly minimumTls: MinimumTls;
  /** Extensions that `CREATE EXTENSION` may name. */
  readonly extensions: readonly string[];
  /** Default: no subscriber. */
  readonly logicalReplication?: Publication;
}

/**
 * Slots that high availability takes for itself. They are there without it too, so that a standby can come at any time.
 * https://learn.microsoft.com/azure/postgresql/parameters/parameters-replication-sending-servers
 */
const standbySlots = 4;

/** Senders beyond one for each slot: base copies of new replicas. */
const spareSenders = 6;

/**
 * The parameters of a server and its replicas, which must have the same: a replica with fewer connections, senders or workers than
 * its source stops. https://www.postgresql.org/docs/17/hot-standby.html#HOT-STANDBY-ADMIN
 *
 * None says how much of the write-ahead log is kept for a subscriber that is away (`max_slot_wal_keep_size`): the service lets
 * nobody set it, and the storage grows.
 */
export function parameters(needs: ParameterNeeds): readonly ServerParameter[] {
  const { extensions, logicalReplication } = needs;
  return [
    { name: "require_secure_transport", value: "on" },
    { name: "ssl_min_protocol_version", value: `TLSv${needs.minimumTls}` },
    { name: "password_encryption", value: "scram-sha-256" },
    { name: "azure.accepted_password_auth_method", value: "scram-sha-256" },
    { name: "max_connections", value: String(needs.maxConnections) },
    ...(extensions.length === 0
      ? []
      : [{ name: "azure.extensions", value: [...extensions].sort().join(",").toUpperCase() }]),
    ...(logicalReplication === undefined
      ? []
      : replication(logicalReplication.slots + standbySlots, Number(needs.engineVersion))),
  ];
}

/** https://learn.microsoft.com/azure/postgresql/configure-maintain/concepts-logical */
function replication(slots: number, version: number): readonly ServerParameter[] {
  return [
    { name: "wal_level", value: "logical" },
    { name: "max_replication_slots", value: String(slots) },
    { name: "max_wal_senders", value: String(slots + spareSenders) },
    { name: "max_worker_processes", value: "16" },
    // Of those, for subscriptions of this server and their first copies; 4 by default.
    { name: "max_logical_replication_workers", value: "8" },
    // The source keeps the rows that a copied slot on a standby still needs.
    { name: "hot_standby_feedback", value: "on" },
    ...(version >= 17 ? [{ name: "sync_replication_slots", value: "on" }] : []),
  ];
}

/** The fewest and most days that backups are kept: https://learn.microsoft.com/azure/postgresql/backup-restore/concepts-backup-restore */
export const backupDays = { least: 7, most: 35 } as const;

/** What Premium SSD has in GiB: https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-storage */
export const storageSizes = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767] as const;

/** The most read replicas of a server: https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas */
export const mostReplicas = 5;

/**
 * The tier of a machine.
 *
 * @throws Error for a burstable machine: it can have neither standby nor replica, and leaves its tier in an update of its own
 * (https://github.com/hashicorp/terraform-provider-azurerm/issues/27612).
 */
export function computeTier(compute: string): "GeneralPurpose" | "MemoryOptimized" {
  if (/^Standard_D/.test(compute)) return "GeneralPurpose";
  if (/^Standard_E/.test(compute)) return "MemoryOptimized";
  throw new Error(
    `database.compute "${compute}" is of no tier that can have a standby: take one such as Standard_D2ds_v5`,
  );
}

export interface ReadReplica {
  /** Part of the logical name. */
  readonly id: string;
  /** Part of the physical name. */
  readonly part: string;
  readonly zone: Zone;
}

/** The part of a source's physical name. */
export const sourcePart = "postgres";

/**
 * The read replicas: the one of `replicaZone`, if any, then the others in their order.
 *
 * @throws Error for more than five.
 */
export function readReplicas(args: {
  readonly replicaZone: Zone | undefined;
  readonly replicas?: Readonly<Record<string, Zone>>;
}): readonly ReadReplica[] {
  const { replicaZone, replicas = {} } = args;
  const found = [
    ...(replicaZone === undefined ? [] : [{ id: "replica", part: `${sourcePart}-replica`, zone: replicaZone }]),
    ...Object.entries(replicas).map(([key, zone]) => ({
      id: `replica-${key}`,
      part: `${sourcePart}-replica-${key}`,
      zone,
    })),
  ];
  if (found.length <= mostReplicas) return found;
  throw new Error(
    `database.replicas and database.replicaZone ask for ${String(found.length)} read replicas: give at most ${String(mostReplicas)}`,
  );
}

/** The name of a server, which is part of its host name: 3 to 63 letters, digits and hyphens. */
export function serverName(prefix: string, part: string, subscription: string): string {
  return sharedName(prefix, part, subscription, { longest: 63, hyphens: true });
}
