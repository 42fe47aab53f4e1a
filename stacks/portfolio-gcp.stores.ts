import { Cache } from "../components/gcp/cache";
import { Documents } from "../components/gcp/documents";
import { KeyCopy } from "../components/gcp/key-copy";
import { KeyValues } from "../components/gcp/key-values";
import { DataLake } from "../components/gcp/lake";
import { ObjectStore } from "../components/gcp/object-store";
import { availabilityOf } from "../components/gcp/postgres.plan";
import { SecretStore } from "../components/gcp/secret-store";
import { ShardedPostgres } from "../components/gcp/sharded-postgres";
import { gcpName } from "../components/planning/names-gcp";
import type { Ground, GroundArgs } from "./portfolio-gcp.network";
import { backupDays, recoveryDays } from "./settings";

export interface StoresArgs extends GroundArgs {
  readonly ground: Ground;
}

export type Stores = ReturnType<typeof createStores>;

/** Everything that keeps data and that Google runs: databases, cache, objects, secrets. */
export function createStores(args: StoresArgs) {
  const { config, project, prefix, ground, protection, providers } = args;
  const { gcp, random } = providers;
  const { network, keys } = ground;
  const onGcp = { providers: { gcp } };
  const withPasswords = { providers: { gcp, random } };
  const common = { project, prefix, keyId: keys.keyIds.data, protection };

  const secrets = secretStore(args);
  return {
    secrets,
    postgres: postgres(args, secrets),
    redis: new Cache("redis", { ...common, ...redis(args), network }, onGcp),
    objects: new ObjectStore(
      "objects",
      { ...common, ...config.objects, bucketName: gcpName("resource", prefix, "assets", config.project) },
      onGcp,
    ),
    documents:
      config.documents.mode === "create"
        ? new Documents(
            "documents",
            {
              ...common,
              masterUser: config.documents.masterUser,
              backupRetentionDays: backupDays(config.documents, protection),
              secrets,
            },
            withPasswords,
          )
        : undefined,
    keyValues:
      config.keyValues.mode === "create"
        ? new KeyValues(
            "key-values",
            { ...common, tables: config.keyValues.tables, recoveryDays: recoveryDays(config.keyValues, protection) },
            onGcp,
          )
        : undefined,
    lake:
      config.lake.mode === "create"
        ? new DataLake(
            "lake",
            { ...common, ...config.lake, bucketName: gcpName("resource", prefix, "lake", config.project) },
            onGcp,
          )
        : undefined,
  };
}

/** Credentials; production keeps a copy in the other region, which is readable while this one is down. */
function secretStore({ config, project, prefix, ground, protection, providers: { gcp } }: StoresArgs): SecretStore {
  const onGcp = { providers: { gcp } };
  const replicas = protection.crossRegion
    ? [
        {
          region: config.backupRegion,
          keyId: new KeyCopy(
            "credentials-copy",
            {
              project,
              region: config.backupRegion,
              prefix,
              purpose: "credentials",
              users: ["secretmanager"],
              protection,
            },
            onGcp,
          ).keyId,
        },
      ]
    : [];
  return new SecretStore(
    "secrets",
    { project, prefix, keyId: ground.keys.keyIds.secrets, replicas, protection },
    onGcp,
  );
}

function postgres(args: StoresArgs, secrets: SecretStore): ShardedPostgres {
  const { config, project, prefix, ground, protection, providers } = args;
  const { database } = config;
  const role = database.logicalReplication === "on" ? database.replicationRole : "publisher";
  return new ShardedPostgres(
    "databases",
    {
      project,
      prefix,
      databaseName: database.name,
      masterUser: database.masterUser,
      engineVersion: database.engineVersion,
      tier: database.tier,
      storage: { sizeGiB: database.storageGiB, maxGiB: database.maxStorageGiB },
      availability: availabilityOf(database.availability, role, protection),
      replicas: database.replicas,
      slots: database.slots,
      ...(database.logicalReplication === "on"
        ? {
            logicalReplication: {
              role,
              slots: database.replicationSlots,
              retainedGiB: database.slotRetentionGiB,
            },
          }
        : {}),
      minimumTls: database.minimumTls,
      backupRetentionDays: backupDays(database, protection),
      backups: config.governance.backups.mode === "create" ? "vault" : "instance",
      ...(database.backupCopy ? { backupLocation: config.backupRegion } : {}),
      maxConnections: database.maxConnections,
      network: ground.network,
      keyId: ground.keys.keyIds.data,
      labels: args.labels,
      secrets,
      protection,
    },
    { providers: { gcp: providers.gcp, random: providers.random } },
  );
}

function redis({ config: { cache }, protection }: StoresArgs) {
  const { engineVersion, memoryGiB, nodes, readReplicas, snapshotHours } = cache;
  return {
    engineVersion,
    memoryGiB,
    nodes: nodes === "by-class" ? (protection.multiZone ? 2 : 1) : nodes,
    readReplicas,
    snapshotHours,
  };
}
