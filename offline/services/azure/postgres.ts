import type { ServerArgs } from "@pulumi/azure-native/dbforpostgresql";
import type { StoredResource } from "../../cloud/cloud";
import type { CallContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { sameId } from "./arm";
import {
  check,
  checkEncryption,
  checkNewServer,
  checkZones,
  chosenZone,
  invalid,
  isHighlyAvailable,
  outOfRange,
} from "./postgres-checks";
import { postgresChildTypes } from "./postgres-children";
import { checkNetwork } from "./postgres-network";
import { MOST_REPLICAS, NEW_VERSIONS, performanceTier } from "./postgres-skus";
import { pairOf } from "./regions";
import { azureType, byId, globalName, requireIdentities, locationOf, made } from "./service-support";
import { block, text } from "./text";
import { POSTGRES_SERVER } from "./types";

type Inputs = Resolved<ServerArgs>;
type Context = CallContext<Inputs>;

const server = azureType<ServerArgs>({
  token: POSTGRES_SERVER,
  name: globalName({
    property: "serverName",
    pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    rule: "3 to 63 lower-case letters, digits and -, none of - first or last",
    maxLength: 63,
    unique: {
      within: "world",
      code: "ServerNameAlreadyExists",
      message: "Specified server name is already used: {value}",
    },
  }),
  references: [
    {
      path: "sourceServerResourceId",
      to: POSTGRES_SERVER,
      within: "account",
      missing: { code: "ResourceNotFound", message: "The source server {value} was not found." },
    },
    { path: "network.delegatedSubnetResourceId", to: "azure-native:network:Subnet", within: "account" },
    { path: "network.privateDnsZoneArmResourceId", to: "azure-native:privatedns:PrivateZone", within: "account" },
  ],
  inUse: {
    code: "OperationNotAllowed",
    message: "The server {id} has read replicas: delete or promote them first.",
  },
  check,
  create: (context) => {
    const { inputs } = context;
    const source = byId(context.cloud, POSTGRES_SERVER, inputs.sourceServerResourceId);
    if (source === undefined) checkNewServer(context);
    else checkSource(context, source);
    checkZones(context);
    checkNetwork(context);
    requireIdentities(context);
    checkEncryption(context);
    if (inputs.backup?.geoRedundantBackup === "Enabled" && pairOf(locationOf(context)) === undefined) {
      invalid("backup.geoRedundantBackup", `${locationOf(context)} has no paired region`);
    }
    return made({
      fullyQualifiedDomainName: `${inputs.serverName ?? ""}.postgres.database.azure.com`,
      privateEndpointConnections: [],
      replicaCapacity: source === undefined ? MOST_REPLICAS : 0,
      state: "Ready",
      availabilityZone: chosenZone(inputs.availabilityZone) ?? "1",
      ...changeable(context, source),
    });
  },
  update: (context) => {
    const { inputs, oldInputs, resource } = context;
    checkZones(context);
    checkChange(oldInputs, inputs, resource);
    checkEncryption(context);
    return changeable(context, byId(context.cloud, POSTGRES_SERVER, inputs.sourceServerResourceId), resource.outputs);
  },
});

/** https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas */
function checkSource(context: Context, source: StoredResource): void {
  const { inputs, cloud } = context;
  if (inputs.createMode !== "Replica") return;
  if (block(source.outputs["sku"])["tier"] === "Burstable") {
    invalid("sourceServerResourceId", "a server of the tier Burstable has no read replicas");
  }
  if (source.outputs["replicationRole"] === "AsyncReplica") {
    invalid("sourceServerResourceId", "cascading replicas start with createMode Replica of a primary");
  }
  if (isHighlyAvailable(inputs)) invalid("highAvailability", "a read replica has no standby of its own");
  const replicas = cloud
    .list(POSTGRES_SERVER, "anywhere")
    .filter(
      (each) =>
        sameId(each.inputs["sourceServerResourceId"], source.id) && each.outputs["replicationRole"] === "AsyncReplica",
    );
  if (replicas.length >= MOST_REPLICAS) {
    invalid("sourceServerResourceId", `a server has ${String(MOST_REPLICAS)} read replicas at most`);
  }
  const version = text(source.outputs["version"]);
  if (inputs.version !== undefined && inputs.version !== version) {
    invalid("version", `a replica has the version of its source, ${version ?? ""}`);
  }
  const size = block(source.outputs["storage"])["storageSizeGB"];
  if (typeof size === "number" && (inputs.storage?.storageSizeGB ?? size) < size) {
    invalid("storage.storageSizeGB", `a replica has the ${String(size)} GiB of its source at least`);
  }
}

/** What a server keeps for life, and what only grows. */
function checkChange(before: Inputs, after: Inputs, resource: StoredResource): void {
  const [old, now] = [before.network, after.network];
  if (!sameSubnet(old?.delegatedSubnetResourceId, now?.delegatedSubnetResourceId)) {
    invalid(
      "network.delegatedSubnetResourceId",
      "public access and virtual network are chosen at creation: replace the server to change them",
    );
  }
  if ((before.dataEncryption?.type ?? "SystemManaged") !== (after.dataEncryption?.type ?? "SystemManaged")) {
    // https://learn.microsoft.com/azure/postgresql/security/security-data-encryption
    invalid("dataEncryption.type", "whose key it is is chosen at creation: replace the server to change it");
  }
  const had = block(resource.outputs["storage"]);
  const size = had["storageSizeGB"];
  // https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-storage
  if (typeof size === "number" && (after.storage?.storageSizeGB ?? size) < size) {
    invalid("storage.storageSizeGB", `storage only grows: it has ${String(size)} GiB`);
  }
  if ((after.storage?.type ?? had["type"]) !== had["type"]) invalid("storage.type", "it is chosen at creation");
  const version = Number(resource.outputs["version"]);
  if (Number(after.version ?? version) < version)
    outOfRange(
      "Version",
      NEW_VERSIONS.filter((each) => Number(each) >= version),
    );
  if (
    resource.outputs["replicationRole"] !== "AsyncReplica" &&
    block(resource.outputs["sku"])["tier"] === "Burstable" &&
    isHighlyAvailable(after)
  ) {
    // https://github.com/hashicorp/terraform-provider-azurerm/issues/27612
    invalid(
      "highAvailability",
      "a server leaves the tier Burstable in an update of its own: give it a standby in the next one",
    );
  }
  if (
    (after.createMode ?? "Default") === "Replica" &&
    resource.outputs["replicationRole"] === "AsyncReplica" &&
    isHighlyAvailable(after)
  ) {
    invalid("highAvailability", "a read replica has no standby of its own: promote it first");
  }
}

function sameSubnet(one: string | undefined, other: string | undefined): boolean {
  return one === other || sameId(one, other);
}

/** Outputs that an update can change. */
function changeable(context: Context, source: StoredResource | undefined, kept: Properties = {}): Properties {
  const { inputs } = context;
  const taken = source?.outputs ?? {};
  const hadStorage = { ...block(taken["storage"]), ...block(kept["storage"]) };
  const size = inputs.storage?.storageSizeGB ?? (hadStorage["storageSizeGB"] as number | undefined) ?? 32;
  const type = inputs.storage?.type ?? text(hadStorage["type"]) ?? "Premium_LRS";
  const isReplica =
    inputs.createMode === "Replica" &&
    source !== undefined &&
    inputs.replica?.role !== "None" &&
    inputs.replicationRole !== "None";
  return {
    administratorLogin: inputs.administratorLogin ?? taken["administratorLogin"],
    authConfig: {
      activeDirectoryAuth: "Disabled",
      passwordAuth: "Enabled",
      ...block(taken["authConfig"]),
      ...inputs.authConfig,
    },
    backup: {
      backupRetentionDays: inputs.backup?.backupRetentionDays ?? 7,
      earliestRestoreDate: "2026-01-01T00:00:00+00:00",
      geoRedundantBackup: inputs.backup?.geoRedundantBackup ?? "Disabled",
    },
    dataEncryption: { type: "SystemManaged", ...inputs.dataEncryption },
    highAvailability: {
      mode: inputs.highAvailability?.mode ?? "Disabled",
      state: isHighlyAvailable(inputs) ? "Healthy" : "NotEnabled",
      ...(isHighlyAvailable(inputs)
        ? { standbyAvailabilityZone: chosenZone(inputs.highAvailability?.standbyAvailabilityZone) ?? "2" }
        : {}),
    },
    network: {
      ...inputs.network,
      publicNetworkAccess:
        inputs.network?.delegatedSubnetResourceId === undefined
          ? (inputs.network?.publicNetworkAccess ?? "Enabled")
          : "Disabled",
    },
    replica: { capacity: isReplica ? 0 : MOST_REPLICAS, role: isReplica ? "AsyncReplica" : "Primary" },
    replicationRole: isReplica ? "AsyncReplica" : "Primary",
    sku: inputs.sku ?? taken["sku"],
    storage: {
      autoGrow: "Disabled",
      ...hadStorage,
      ...inputs.storage,
      storageSizeGB: size,
      type,
      ...(type === "Premium_LRS" ? { tier: inputs.storage?.tier ?? performanceTier(size) ?? "P4" } : {}),
    },
    version: inputs.version ?? taken["version"] ?? kept["version"] ?? "17",
    sourceServerResourceId: inputs.sourceServerResourceId,
  };
}

export const postgresTypes: readonly ResourceType[] = [server, ...postgresChildTypes];
