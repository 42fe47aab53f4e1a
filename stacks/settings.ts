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
  const { storageType, storageGiB, maxStorageGiB, availability, backupRetentionDays } = settings;
  return {
    databaseName: settings.name,
    masterUser: settings.masterUser,
    engineVersion: settings.engineVersion,
    instanceClass: settings.instanceClass,
    storage: { type: storageType, sizeGiB: storageGiB, maxGiB: maxStorageGiB },
    availability: availability === "by-class" ? (protection.multiZone ? "standby" : "single-zone") : availability,
    replicaZone: settings.replicaZone === "none" ? undefined : settings.replicaZone,
    backupRetentionDays: backupRetentionDays === "by-class" ? protection.backupRetentionDays : backupRetentionDays,
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
