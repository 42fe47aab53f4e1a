import type { Zone } from "../planning/address-plan";
import type { LogicalReplication, MinimumTls } from "../planning/logical-replication";
import { databaseInstances, databaseReplica } from "../planning/names";

interface Parameter {
  readonly name: string;
  readonly value: string;
  /** Absent: takes effect at once. `pending-reboot` for those that are read at a start only. */
  readonly applyMethod?: "pending-reboot";
}

export interface ParameterNeeds {
  /** Major version. */
  readonly engineVersion: string;
  readonly maxConnections: number;
  readonly logicalReplication?: LogicalReplication;
  readonly minimumTls?: MinimumTls;
}

/** The parameters of all instances of a database. */
export function parameters(needs: ParameterNeeds): Parameter[] {
  const { engineVersion, maxConnections, logicalReplication, minimumTls } = needs;
  return [
    { name: "rds.force_ssl", value: "1" },
    atRestart("max_connections", maxConnections),
    // RDS speaks TLS 1.1 to 1.3: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
    ...(minimumTls === undefined ? [] : [{ name: "ssl_min_protocol_version", value: `TLSv${minimumTls}` }]),
    ...(logicalReplication === undefined ? [] : publisher(logicalReplication, Number(engineVersion))),
  ];
}

/**
 * What a source of logical replication needs. From version 17 on replicas keep copies of the slots, so that a subscriber made with
 * `failover = true` goes on from a replica that was promoted. The source then should wait for its replicas
 * (`synchronized_standby_slots`); that parameter holds names that RDS gives to the replicas' own slots, so it is set afterwards.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pglogical.slot.synchronization.html
 */
function publisher({ slots, retainedGiB }: LogicalReplication, version: number): Parameter[] {
  return [
    atRestart("rds.logical_replication", 1),
    atRestart("max_replication_slots", slots),
    // A slot has one sender; beyond them, for base copies of replicas: 15, as RDS has from version 16 on (35 senders, 20 slots).
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Mechanisms-versions.html
    atRestart("max_wal_senders", slots + 15),
    // In MB.
    { name: "max_slot_wal_keep_size", value: String(retainedGiB * 1024) },
    // The source keeps the rows that a copied slot on a replica still needs.
    { name: "hot_standby_feedback", value: "1" },
    ...(version >= 17 ? [{ name: "sync_replication_slots", value: "1" }] : []),
  ];
}

function atRestart(name: string, value: number): Parameter {
  return { name, value: String(value), applyMethod: "pending-reboot" };
}

export interface ReadReplica {
  /** Part of the logical name. */
  readonly id: string;
  /** Name of the instance. */
  readonly instance: string;
  readonly zone: Zone;
}

/** The read replicas: the one in a zone of its own, if any, then the others in their order. */
export function readReplicas(args: {
  readonly prefix: string;
  readonly replicaZone: Zone | undefined;
  readonly replicas?: Readonly<Record<string, Zone>>;
}): readonly ReadReplica[] {
  const { prefix, replicaZone, replicas = {} } = args;
  return [
    ...(replicaZone === undefined
      ? []
      : [{ id: "replica", instance: databaseInstances(prefix).replica, zone: replicaZone }]),
    ...Object.entries(replicas).map(([key, zone]) => ({
      id: `replica-${key}`,
      instance: databaseReplica(prefix, key),
      zone,
    })),
  ];
}
