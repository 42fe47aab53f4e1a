import type { MongoClusterArgs } from "@pulumi/azure-native/mongocluster";
import { refuse } from "../../cloud/errors";
import type { CallContext, CheckContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { zonesOf } from "./regions";
import { azureType, byId, checkChoices, checkRanges, globalName, locationOf, made } from "./service-support";
import { block, text } from "./text";
import { MONGO_CLUSTER } from "./types";

type Inputs = Resolved<MongoClusterArgs>;
type Context = CallContext<Inputs>;

/** https://learn.microsoft.com/azure/documentdb/compute-storage */
const TIERS = ["Free", "M10", "M20", "M25", "M30", "M40", "M50", "M60", "M80", "M200"];
const SMALL_TIERS = ["Free", "M10", "M20", "M25"];
const SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_767];

/** https://learn.microsoft.com/azure/documentdb/release-notes */
const VERSIONS = ["5.0", "6.0", "7.0", "8.0"];

/** Cosmos DB for MongoDB on virtual cores, now Azure DocumentDB. */
const cluster = azureType<MongoClusterArgs>({
  token: MONGO_CLUSTER,
  name: globalName({
    property: "mongoClusterName",
    pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    rule: "3 to 40 lower-case letters, digits and -, none of - first, last or twice",
    maxLength: 40,
    unique: {
      within: "world",
      code: "NameUnavailable",
      message: "The cluster name {value} is not available: it is part of a host name.",
    },
  }),
  check,
  create: (context) => {
    const { inputs } = context;
    const { createMode = "Default", restoreParameters, replicaParameters } = inputs.properties ?? {};
    const sourceId = restoreParameters?.sourceResourceId ?? replicaParameters?.sourceResourceId;
    if (createMode !== "Default" && byId(context.cloud, MONGO_CLUSTER, sourceId) === undefined) {
      refuse(
        "ResourceNotFound",
        `The source cluster ${sourceId ?? "(none)"} of createMode ${createMode} was not found.`,
      );
    }
    if (createMode === "Default") checkNew(inputs);
    return made({ properties: properties(context) });
  },
  update: (context) => {
    const [before, after] = [context.oldInputs.properties, context.inputs.properties];
    const [had, size] = [before?.storage?.sizeGb ?? 0, after?.storage?.sizeGb ?? before?.storage?.sizeGb ?? 0];
    if (size < had) refuse("BadRequest", `The storage of a cluster only grows: it has ${String(had)} GiB.`);
    if ((before?.sharding?.shardCount ?? 1) > (after?.sharding?.shardCount ?? 1)) {
      refuse("BadRequest", "The shards of a cluster are not taken away again.");
    }
    if ((before?.administrator?.userName ?? "") !== (after?.administrator?.userName ?? "")) {
      refuse("BadRequest", "The administrator's name is chosen at creation.");
    }
    return { properties: properties(context) };
  },
});

function check(context: CheckContext<Inputs>): void {
  const { refuse: report } = context;
  const given = context.inputs.properties;
  const tier = given?.compute?.tier;
  const size = given?.storage?.sizeGb;
  checkChoices(context, [
    ["properties.compute.tier", tier, TIERS],
    ["properties.serverVersion", given?.serverVersion, VERSIONS],
  ]);
  checkRanges(context, [["properties.sharding.shardCount", given?.sharding?.shardCount, 1, 10]]);
  if (size !== undefined && !SIZES.includes(size)) {
    report("properties.storage.sizeGb", `must be one of ${SIZES.join(", ")}, got ${String(size)}`);
  }
  if (tier === "Free" && size !== undefined && size !== 32)
    report("properties.storage.sizeGb", "the free tier has 32 GiB");
  const mode = given?.highAvailability?.targetMode ?? "Disabled";
  // https://learn.microsoft.com/azure/documentdb/high-availability
  if (mode !== "Disabled" && tier !== undefined && SMALL_TIERS.includes(tier)) {
    report("properties.highAvailability.targetMode", `the tier ${tier} has no high availability: take M30 or larger`);
  }
  const password = given?.administrator?.password;
  if (password !== undefined && (password.length < 8 || password.length > 256)) {
    report("properties.administrator.password", "must have 8 to 256 characters");
  }
}

function checkNew({ properties: given }: Inputs): void {
  for (const [property, value] of [
    ["administrator.userName", given?.administrator?.userName],
    ["administrator.password", given?.administrator?.password],
    ["compute.tier", given?.compute?.tier],
    ["storage.sizeGb", given?.storage?.sizeGb],
    ["serverVersion", given?.serverVersion],
  ] as const) {
    if (value === undefined) refuse("BadRequest", `A new cluster needs properties.${property}.`);
  }
}

/** The block that the service answers, without the password. */
function properties(context: Context): Properties {
  const { inputs } = context;
  const given = inputs.properties ?? {};
  const name = inputs.mongoClusterName ?? "";
  const user = given.administrator?.userName ?? "";
  const source = text(block(given.replicaParameters)["sourceResourceId"]);
  const mode = given.highAvailability?.targetMode ?? "Disabled";
  const hasZones = zonesOf(locationOf(context)).length > 0;
  return {
    ...(given as unknown as Properties),
    administrator: { userName: user },
    backup: { earliestRestoreTime: "2026-01-01T00:00:00Z" },
    clusterStatus: "Ready",
    // The password stays out: the service answers a placeholder too.
    connectionString: `mongodb+srv://<user>:<password>@${name}.global.mongocluster.cosmos.azure.com/?tls=true&authMechanism=SCRAM-SHA-256&retrywrites=false&maxIdleTimeMS=120000`,
    highAvailability: { targetMode: mode === "ZoneRedundantPreferred" && !hasZones ? "SameZone" : mode },
    infrastructureVersion: "2.0",
    privateEndpointConnections: [],
    provisioningState: "Succeeded",
    publicNetworkAccess: given.publicNetworkAccess ?? "Enabled",
    replica: {
      role: source === undefined ? "Primary" : "GeoAsyncReplica",
      replicationState: "Active",
      ...(source === undefined ? {} : { sourceResourceId: source }),
    },
  };
}

export const mongoClusterTypes: readonly ResourceType[] = [cluster];
