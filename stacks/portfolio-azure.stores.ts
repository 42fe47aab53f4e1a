import { Cache } from "../components/azure/cache";
import { Documents } from "../components/azure/documents";
import { KeyValues } from "../components/azure/key-values";
import { DataLake } from "../components/azure/lake";
import { ObjectStore } from "../components/azure/object-store";
import { SecretStore } from "../components/azure/secret-store";
import { ShardedPostgres } from "../components/azure/sharded-postgres";
import { icebergCatalogUri } from "../components/kubernetes/iceberg-catalog.plan";
import { inRole } from "../components/planning/role";
import type { Ground, GroundArgs } from "./portfolio-azure.network";
import { catalogDatabase } from "./portfolio-azure.parts";
import { backupDays } from "./settings";

export interface StoresArgs extends GroundArgs {
  readonly ground: Ground;
}

export type Stores = ReturnType<typeof createStores>;

/** Everything that keeps data and that Azure runs: databases, cache, objects, secrets. What has two sizes has that of the role. */
export function createStores(args: StoresArgs) {
  const { config, place, prefix, ground, protection, providers } = args;
  const { network, privateDns: dns, keys, logs } = ground;
  const onAzure = { providers: { "azure-native": providers["azure-native"] } };
  const common = { place, prefix, network, dns, logs, protection };
  const key = keys.keys.data;

  const { createMode, renewSecretsBy } = config.vaults;
  const secrets = new SecretStore("secrets", { ...common, createMode, renewBy: renewSecretsBy }, onAzure);
  return {
    secrets,
    postgres: postgres(args, secrets),
    redis: redis(args),
    objects: new ObjectStore(
      "objects",
      { place, prefix, part: "assets", ...config.objects, key, reach: { network, dns }, logs, protection },
      onAzure,
    ),
    documents: config.documents.mode === "create" ? documents(args, secrets) : undefined,
    keyValues: config.keyValues.mode === "create" ? keyValues(args) : undefined,
    lake:
      config.lake.mode === "create"
        ? new DataLake("lake", { ...common, ...config.lake, catalogUri: icebergCatalogUri, key }, onAzure)
        : undefined,
  };
}

/** Whether something has a standby in another zone, where it may be left to the class. */
function availabilityOf(
  asked: "single-zone" | "standby" | "by-class",
  { multiZone }: GroundArgs["protection"],
): "single-zone" | "standby" {
  if (asked !== "by-class") return asked;
  return multiZone ? "standby" : "single-zone";
}

function postgres(args: StoresArgs, secrets: SecretStore): ShardedPostgres {
  const { config, place, prefix, ground, protection, providers } = args;
  const database = inRole(config.database, config.role);
  return new ShardedPostgres(
    "databases",
    {
      place,
      prefix,
      network: ground.network,
      dns: ground.privateDns,
      databaseName: database.name,
      firstShardDatabases: config.lake.mode === "create" ? [catalogDatabase] : [],
      masterUser: database.masterUser,
      engineVersion: database.engineVersion,
      compute: database.compute,
      storageGiB: database.storageGiB,
      availability: availabilityOf(database.availability, protection),
      replicaZone: database.replicaZone === "none" ? undefined : database.replicaZone,
      replicas: database.replicas,
      slots: database.slots,
      ...(database.logicalReplication === "on" ? { logicalReplication: { slots: database.replicationSlots } } : {}),
      minimumTls: database.minimumTls,
      backupRetentionDays: backupDays(database, protection),
      maxConnections: database.maxConnections,
      extensions: database.extensions,
      admins: database.admins,
      keys: ground.keys,
      logs: ground.logs,
      secrets,
      protection,
    },
    { providers },
  );
}

function redis({ config, place, prefix, ground, protection, providers }: StoresArgs): Cache {
  const { size, nodes, snapshots } = inRole(config.cache, config.role);
  return new Cache(
    "redis",
    {
      place,
      prefix,
      network: ground.network,
      dns: ground.privateDns,
      size,
      nodes: nodes === "by-class" ? (protection.multiZone ? 2 : 1) : nodes,
      snapshots,
      keys: ground.keys,
      logs: ground.logs,
      protection,
    },
    { providers: { "azure-native": providers["azure-native"] } },
  );
}

function documents(args: StoresArgs, secrets: SecretStore): Documents {
  const { config, place, prefix, ground, protection, providers } = args;
  const { engineVersion, tier, storageGiB, availability, masterUser } = inRole(config.documents, config.role);
  return new Documents(
    "documents",
    {
      place,
      prefix,
      network: ground.network,
      dns: ground.privateDns,
      engineVersion,
      tier,
      storageGiB,
      availability: availabilityOf(availability, protection),
      masterUser,
      secrets,
      logs: ground.logs,
      protection,
    },
    { providers },
  );
}

function keyValues({ config, place, prefix, ground, protection, providers }: StoresArgs): KeyValues {
  const { tables, recoveryDays, maxThroughput, replicaRegions } = inRole(config.keyValues, config.role);
  return new KeyValues(
    "key-values",
    {
      place,
      prefix,
      network: ground.network,
      dns: ground.privateDns,
      tables,
      recoveryDays: recoveryDays === "by-class" ? protection.backupRetentionDays : recoveryDays,
      maxThroughput,
      replicas: replicaRegions,
      key: ground.keys.keys.data,
      logs: ground.logs,
      protection,
    },
    { providers: { "azure-native": providers["azure-native"] } },
  );
}
