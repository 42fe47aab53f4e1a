import type { DocumentsArgs } from "../components/aws/documents";
import type { EventStreamArgs } from "../components/aws/events";
import type { MemcachedArgs } from "../components/aws/memcached";
import type { MessageQueueArgs } from "../components/aws/queue";
import type { ShardedPostgresArgs } from "../components/aws/sharded-postgres";
import { eventLogGroup } from "../components/planning/names";
import type { DocumentSettings } from "../config/schema/documents";
import type { EventSettings } from "../config/schema/events";
import type { MemcachedSettings } from "../config/schema/memcached";
import type { QueueSettings } from "../config/schema/queue";
import type { ShardedDatabaseSettings } from "../config/schema/sharded-database";
import type { NodeGroupSpec } from "../components/aws/managed-cluster";
import type { Capacity } from "../components/aws/node-group";
import type { PostgresArgs } from "../components/aws/postgres";
import type { CacheArgs } from "../components/aws/cache";
import type { Protection } from "../components/planning/protection";
import type { Zone } from "../components/planning/address-plan";

// How the settings of a stack, which are flat and have names for everything, become the arguments of components.

interface NodeGroupSettings {
  readonly instanceTypes: readonly string[];
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly diskGiB: number;
  readonly diskType: string;
  readonly amiType: string;
}

export function nodeGroup(settings: NodeGroupSettings, capacity: Capacity): NodeGroupSpec {
  const { instanceTypes, desired, min, max, diskGiB, diskType, amiType } = settings;
  return { capacity, instanceTypes, amiType, nodes: { desired, min, max }, disk: { type: diskType, sizeGiB: diskGiB } };
}

/** The endpoint of a cluster: without ranges, the API does not answer on the internet. */
export function endpoint(settings: {
  readonly private: boolean;
  readonly public: boolean;
  readonly publicCidrs: readonly string[];
}) {
  return { private: settings.private, publicCidrs: settings.public ? settings.publicCidrs : undefined };
}

interface DatabaseSettings {
  readonly name: string;
  readonly masterUser: string;
  readonly engineVersion: string;
  readonly instanceClass: string;
  readonly availability: "single-zone" | "standby" | "by-class";
  readonly storageGiB: number;
  readonly maxStorageGiB: number;
  readonly storageType: string;
  readonly backupRetentionDays: number | "by-class";
  readonly maxConnections: number;
  readonly monitoringIntervalSeconds: number;
  readonly replicaZone: Zone | "none";
}

export function postgres(settings: DatabaseSettings, protection: Protection) {
  const { storageType, storageGiB, maxStorageGiB, availability } = settings;
  return {
    databaseName: settings.name,
    masterUser: settings.masterUser,
    engineVersion: settings.engineVersion,
    instanceClass: settings.instanceClass,
    storage: { type: storageType, sizeGiB: storageGiB, maxGiB: maxStorageGiB },
    availability: availability === "by-class" ? (protection.multiZone ? "standby" : "single-zone") : availability,
    replicaZone: settings.replicaZone === "none" ? undefined : settings.replicaZone,
    backupRetentionDays: backupDays(settings, protection),
    maxConnections: settings.maxConnections,
    monitoringIntervalSeconds: settings.monitoringIntervalSeconds,
  } satisfies Partial<PostgresArgs>;
}

interface CacheSettings {
  readonly engineVersion: string;
  readonly nodeType: string;
  readonly nodes: number | "by-class";
  readonly snapshotRetentionDays: number;
}

export function redis({ nodes, ...settings }: CacheSettings, protection: Protection) {
  return {
    ...settings,
    nodes: nodes === "by-class" ? (protection.multiZone ? 2 : 1) : nodes,
  } satisfies Partial<CacheArgs>;
}

/** `on` keeps the log of changes for databases that follow from other clouds. */
export function shardedPostgres(settings: ShardedDatabaseSettings, protection: Protection) {
  return {
    ...postgres(settings, protection),
    slots: settings.slots,
    replicas: settings.replicas,
    minimumTls: settings.minimumTls,
    ...(settings.logicalReplication === "on"
      ? { logicalReplication: { slots: settings.replicationSlots, retainedGiB: settings.slotRetentionGiB } }
      : {}),
  } satisfies Partial<ShardedPostgresArgs>;
}

export function memcached(
  { engineVersion, nodeType, nodes }: MemcachedSettings,
  protection: Protection,
  zones: number,
) {
  return {
    engineVersion,
    nodeType,
    nodes: nodes === "by-class" ? (protection.multiZone ? zones : 1) : nodes,
  } satisfies Partial<MemcachedArgs>;
}

export function documents(settings: DocumentSettings, protection: Protection, zones: readonly Zone[]) {
  const { engineVersion, instanceClass, masterUser, minimumTls, slowOperationMs, changeStreamHours } = settings;
  const { instances } = settings;
  const isSingle = instances === "single" || (instances === "by-class" && !protection.multiZone);
  return {
    engineVersion,
    instanceClass,
    masterUser,
    minimumTls,
    slowOperationMs,
    changeStreamHours,
    instanceZones: isSingle ? zones.slice(0, 1) : zones,
    backupRetentionDays: backupDays(settings, protection),
  } satisfies Partial<DocumentsArgs>;
}

/** How long backups are kept, where it may be left to the class. */
export function backupDays(
  { backupRetentionDays: days }: { readonly backupRetentionDays: number | "by-class" },
  protection: Protection,
): number {
  return days === "by-class" ? protection.backupRetentionDays : days;
}

/** How far back tables can be restored: five weeks where a standby is kept at all. */
export function recoveryDays(
  { recoveryDays: days }: { readonly recoveryDays: number | "by-class" },
  protection: Protection,
): number {
  if (days !== "by-class") return days;
  return protection.multiZone ? 35 : protection.backupRetentionDays;
}

export function events(settings: EventSettings, prefix: string) {
  const { version, brokerType, brokersPerZone, storageGiB, maxStorageGiB, monitoring, withoutAcl, topics } = settings;
  return {
    version,
    brokerType,
    brokersPerZone,
    storage: { sizeGiB: storageGiB, maxGiB: maxStorageGiB },
    monitoring,
    withoutAcl,
    topics,
    logGroup: eventLogGroup(prefix),
  } satisfies Partial<EventStreamArgs>;
}

export function queue({ engineVersion, instanceType, availability }: QueueSettings, protection: Protection) {
  return {
    engineVersion,
    instanceType,
    availability: availability === "by-class" ? (protection.multiZone ? "cluster" : "single-instance") : availability,
  } satisfies Partial<MessageQueueArgs>;
}
