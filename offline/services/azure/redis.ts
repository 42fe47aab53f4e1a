import { createHash } from "node:crypto";
import type { DatabaseArgs, RedisEnterpriseArgs } from "@pulumi/azure-native/redisenterprise";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { armId, armType, sameId } from "./arm";
import type { DataSources } from "./data-sources";
import { zonesOf } from "./regions";
import {
  azureType,
  byId,
  checkChoices,
  childrenOf,
  globalName,
  requireIdentities,
  locationOf,
  made,
  parentOf,
  requireKey,
  userIdentities,
} from "./service-support";
import { block, text } from "./text";
import { REDIS_CLUSTER, REDIS_DATABASE } from "./types";

// Azure Managed Redis. Codes: https://learn.microsoft.com/azure/redis/how-to-scale, and the threads cited below.

type Cluster = Resolved<RedisEnterpriseArgs>;

/** The one port that a database of Azure Managed Redis listens on: https://learn.microsoft.com/azure/redis/architecture */
const REDIS_PORT = 10_000;

/** GiB that a database without a cluster policy holds at most: https://learn.microsoft.com/azure/redis/architecture */
const MOST_UNCLUSTERED = 25;

/** Memory of a SKU in GiB, roughly: the number of its name. */
function memory(sku: string): number {
  return Number(/_[A-Z](\d+)$/.exec(sku)?.[1] ?? "0");
}

const cluster = azureType<RedisEnterpriseArgs>({
  token: REDIS_CLUSTER,
  name: globalName({
    property: "clusterName",
    pattern: /^(?!.*--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,58}[A-Za-z0-9])?$/,
    rule: "1 to 60 letters, digits and -, none of - first, last or twice",
    maxLength: 60,
  }),
  check: (context) => {
    const { inputs } = context;
    checkChoices(context, [
      ["publicNetworkAccess", inputs.publicNetworkAccess, ["Enabled", "Disabled"]],
      ["minimumTlsVersion", inputs.minimumTlsVersion, ["1.2"]],
      ["highAvailability", inputs.highAvailability, ["Enabled", "Disabled"]],
    ]);
    const sku = inputs.sku;
    if (sku === undefined) return;
    if (sku.capacity !== undefined && !sku.name.startsWith("Enterprise")) {
      context.refuse("sku.capacity", `the SKU ${sku.name} says its size itself`);
    }
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const { name } = inputs.sku;
    if (name.startsWith("Enterprise")) {
      // https://github.com/MicrosoftLearning/mslearn-azure-ai/issues/200
      refuse(
        "BadRequest",
        `Creation of new Azure Cache for Redis Enterprise resources is no longer supported: take a SKU of Azure Managed Redis for ${name}.`,
      );
    }
    if ((inputs.zones ?? []).length > 0) {
      // https://github.com/langchain-ai/terraform/pull/107
      refuse(
        "BadRequest",
        `Specifying zones for SKU '${name}' is not supported. Zone redundancy is enabled by default for this SKU in regions with zones.`,
      );
    }
    const host = hostOf(context);
    if (cloud.list(REDIS_CLUSTER, "anywhere").some((each) => sameId(each.outputs["hostName"], host))) {
      refuse("NameNotAvailable", `The name is not available: ${host}`);
    }
    requireIdentities(context);
    checkClusterKey(context);
    return made({
      hostName: host,
      kind: "v2",
      provisioningState: "Succeeded",
      resourceState: "Running",
      redisVersion: "7.4",
      privateEndpointConnections: [],
      ...changeable(context),
    });
  },
  update: (context) => {
    checkClusterKey(context);
    const name = context.inputs.sku.name;
    if (name.startsWith("Enterprise")) refuse("BadRequest", `A cluster of Azure Managed Redis cannot become ${name}.`);
    return changeable(context);
  },
});

function hostOf(context: CallContext<Cluster>): string {
  return `${(context.inputs.clusterName ?? "").toLowerCase()}.${locationOf(context)}.redis.azure.net`;
}

/** https://learn.microsoft.com/azure/redis/how-to-encryption */
function checkClusterKey(context: CallContext<Cluster>): void {
  const key = context.inputs.encryption?.customerManagedKeyEncryption;
  if (key === undefined) return;
  const user = key.keyEncryptionKeyIdentity?.userAssignedIdentityResourceId;
  if (user === undefined || !userIdentities(context.inputs.identity).some((id) => sameId(id, user))) {
    refuse("BadRequest", `The identity ${user ?? "(none)"} of the customer-managed key is not one of the cluster's.`);
  }
  requireKey(context, key.keyEncryptionKeyUrl, "BadRequest");
}

function changeable(context: CallContext<Cluster>): Properties {
  const available = context.inputs.highAvailability !== "Disabled";
  const zones = zonesOf(locationOf(context)).length > 0;
  return {
    highAvailability: context.inputs.highAvailability ?? "Enabled",
    redundancyMode: available ? (zones ? "ZR" : "LR") : "None",
    minimumTlsVersion: context.inputs.minimumTlsVersion ?? "1.2",
  };
}

type Database = Resolved<DatabaseArgs>;

const database = azureType<DatabaseArgs>({
  token: REDIS_DATABASE,
  check: (context) => {
    const { inputs, refuse: report } = context;
    // https://learn.microsoft.com/rest/api/redis/redisenterprisecache/databases/create
    if (inputs.databaseName !== undefined && inputs.databaseName !== "default") {
      report("databaseName", `a cluster has the one database "default", got "${inputs.databaseName}"`);
    }
    if (inputs.port !== undefined && inputs.port !== REDIS_PORT) {
      report("port", `Azure Managed Redis listens on ${String(REDIS_PORT)}, got ${String(inputs.port)}`);
    }
    const { aofEnabled, rdbEnabled, aofFrequency, rdbFrequency } = inputs.persistence ?? {};
    if (aofEnabled === true && rdbEnabled === true) report("persistence", "is by AOF or by RDB, never both");
    if (aofEnabled === true && aofFrequency === undefined)
      report("persistence.aofFrequency", "is required with aofEnabled");
    if (rdbEnabled === true && rdbFrequency === undefined)
      report("persistence.rdbFrequency", "is required with rdbEnabled");
    const search = inputs.modules?.some(({ name }) => name === "RediSearch") === true;
    // https://learn.microsoft.com/azure/redis/redis-modules
    if (search && inputs.evictionPolicy !== undefined && inputs.evictionPolicy !== "NoEviction") {
      report("evictionPolicy", "the module RediSearch needs NoEviction");
    }
    if (search && inputs.clusteringPolicy === "OSSCluster") {
      report("clusteringPolicy", "the module RediSearch needs EnterpriseCluster");
    }
    if (inputs.geoReplication !== undefined && (aofEnabled === true || rdbEnabled === true)) {
      report("persistence", "a geo-replicated database has no persistence");
    }
  },
  create: (context) => {
    const owner = parentOf(context, REDIS_DATABASE, REDIS_CLUSTER);
    if (owner !== undefined && childrenOf(context.cloud, REDIS_DATABASE, owner.id).length > 0) {
      refuse("BadRequest", `The cluster ${owner.id} has its database already.`);
    }
    const sku = text(block(owner?.inputs["sku"])["name"]) ?? "";
    if (context.inputs.clusteringPolicy === "NoCluster" && memory(sku) > MOST_UNCLUSTERED) {
      refuse(
        "BadRequest",
        `The clustering policy NoCluster holds ${String(MOST_UNCLUSTERED)} GB at most: ${sku} is larger.`,
      );
    }
    return made({
      port: REDIS_PORT,
      provisioningState: "Succeeded",
      resourceState: "Running",
      redisVersion: "7.4",
      ...databaseSettings(context.inputs),
    });
  },
  update: (context) => {
    const { inputs, oldInputs } = context;
    const before = oldInputs.clusteringPolicy ?? "OSSCluster";
    const after = inputs.clusteringPolicy ?? "OSSCluster";
    if (before !== after && before !== "NoCluster") {
      refuse("BadRequest", `The clustering policy ${before} cannot be updated without deleting the database.`);
    }
    const modules = (given: Database) =>
      (given.modules ?? [])
        .map(({ name }) => name)
        .sort()
        .join(",");
    if (modules(oldInputs) !== modules(inputs))
      refuse("BadRequest", "Modules can only be added when the database is created.");
    return databaseSettings(inputs);
  },
});

function databaseSettings(inputs: Database): Properties {
  return {
    accessKeysAuthentication: inputs.accessKeysAuthentication ?? "Disabled",
    clientProtocol: inputs.clientProtocol ?? "Encrypted",
    clusteringPolicy: inputs.clusteringPolicy ?? "OSSCluster",
    evictionPolicy: inputs.evictionPolicy ?? "VolatileLRU",
    deferUpgrade: inputs.deferUpgrade ?? "NotDeferred",
  };
}

export const redisTypes: readonly ResourceType[] = [cluster, database];

/** Access keys of a database, which are there whether they open it or not. */
export const redisSources: DataSources = {
  "azure-native:redisenterprise:listDatabaseKeys": ({ args, session, cloud }) => {
    const id = armId(armType(REDIS_DATABASE, undefined), args, session.scope.account);
    const found = byId(cloud, REDIS_DATABASE, id) ?? refuse("ResourceNotFound", `The Resource '${id}' was not found.`);
    const key = (which: string) => createHash("sha256").update(`${found.id}|${which}`).digest("base64");
    return { primaryKey: key("primary"), secondaryKey: key("secondary") };
  },
};
