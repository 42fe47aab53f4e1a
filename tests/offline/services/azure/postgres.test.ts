import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { ground, identity, keyUri, postgresNetwork, type Ground } from "./service-ground";
import { block, refused, replacing, subnet, SUBSCRIPTION } from "./support";

const SERVER = "dbforpostgresql:Server";
const GENERAL = { name: "Standard_D2ds_v5", tier: "GeneralPurpose" };
const BURSTABLE = { name: "Standard_B2s", tier: "Burstable" };

function inputs(more: Properties = {}): Properties {
  return {
    serverName: "orders",
    version: "17",
    sku: GENERAL,
    administratorLogin: "platform",
    administratorLoginPassword: "Correct-horse-1",
    storage: { storageSizeGB: 128 },
    ...more,
  };
}

const server = ({ create }: Ground, more?: Properties) => create(SERVER, "orders", inputs(more));

describe("Azure Database for PostgreSQL: server", () => {
  it("has the host name, storage tier and defaults of the service", () => {
    const { id, outputs } = server(ground());
    assert.equal(id, `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/orders`);
    assert.equal(outputs["fullyQualifiedDomainName"], "orders.postgres.database.azure.com");
    assert.deepEqual(outputs["storage"], {
      autoGrow: "Disabled",
      storageSizeGB: 128,
      type: "Premium_LRS",
      tier: "P10",
    });
    assert.deepEqual(block(outputs["network"]), { publicNetworkAccess: "Enabled" });
    assert.equal(outputs["replicationRole"], "Primary");
    assert.equal(block(outputs["highAvailability"])["mode"], "Disabled");
    assert.equal("administratorLoginPassword" in outputs, false);
  });

  it("says before it is made what no value can be", () => {
    const { refusing } = ground();
    const of = (more: Properties) => refusing(SERVER, inputs(more));
    assert.deepEqual(of({}), []);
    assert.deepEqual(of({ sku: { name: "Standard_B2s", tier: "GeneralPurpose" } }), ["sku.name"]);
    assert.deepEqual(of({ backup: { backupRetentionDays: 36 } }), ["backup.backupRetentionDays"]);
    assert.deepEqual(of({ backup: { backupRetentionDays: 6 } }), ["backup.backupRetentionDays"]);
    assert.deepEqual(of({ storage: { storageSizeGB: 100 } }), ["storage.storageSizeGB"]);
    assert.deepEqual(of({ storage: { storageSizeGB: 100, type: "PremiumV2_LRS" } }), [
      "storage.iops",
      "storage.throughput",
    ]);
    assert.deepEqual(of({ sku: BURSTABLE, highAvailability: { mode: "ZoneRedundant" } }), ["highAvailability.mode"]);
    assert.deepEqual(of({ administratorLogin: "azure_superuser" }), ["administratorLogin"]);
    assert.deepEqual(of({ administratorLoginPassword: "tooplain" }), ["administratorLoginPassword"]);
    assert.deepEqual(of({ authConfig: { passwordAuth: "Disabled" } }), ["authConfig.passwordAuth"]);
    assert.deepEqual(of({ serverName: "Orders" }), ["serverName"]);
  });

  it("needs a linked private zone for a delegated subnet, made before it", () => {
    const on = ground();
    const { delegated, zone, link } = postgresNetwork(on, false);
    const at = (more: Properties = {}) => ({
      network: { delegatedSubnetResourceId: delegated.id, privateDnsZoneArmResourceId: zone.id, ...more },
    });
    refused(() => server(on, at({ privateDnsZoneArmResourceId: undefined })), "EmptyPrivateDnsZoneArmResourceId");
    refused(() => server(on, at()), "VnetNotLinkedToPrivateDnsZone", /make the link before the server/);
    link();
    refused(
      () => server(on, at({ publicNetworkAccess: "Enabled" })),
      "ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration",
    );
    const { outputs } = server(on, at());
    assert.equal(block(outputs["network"])["publicNetworkAccess"], "Disabled");
  });

  it("refuses a subnet without the delegation, and a zone of its own name", () => {
    const on = ground();
    const { delegated, zone } = postgresNetwork(on);
    const plain = subnet(on.subscription, "plain", "10.0.9.0/24");
    const at = (subnetId: string, zoneId: string) => ({
      network: { delegatedSubnetResourceId: subnetId, privateDnsZoneArmResourceId: zoneId },
    });
    refused(() => server(on, at(plain.id, zone.id)), "OperationFailed", /missing required delegations/);
    const own = on.create("privatedns:PrivateZone", "own", {
      privateZoneName: "orders.postgres.database.azure.com",
      location: "global",
    });
    refused(() => server(on, at(delegated.id, own.id)), "PrivateDnsZoneNameNotValid", /server name plus zone suffix/);
    const other = on.create("privatedns:PrivateZone", "other", { privateZoneName: "example.com", location: "global" });
    refused(() => server(on, at(delegated.id, other.id)), "PrivateDnsZoneNameNotValid", /must end with/);
  });

  it("keeps its network, its key's owner and its size, and is replaced for what is chosen at creation", () => {
    const on = ground();
    const { delegated, zone } = postgresNetwork(on);
    const made = server(on);
    const network = { delegatedSubnetResourceId: delegated.id, privateDnsZoneArmResourceId: zone.id };
    refused(() => on.subscription.update(made, { network }), "InvalidParameterValue", /delegatedSubnetResourceId/);
    refused(
      () => on.subscription.update(made, { storage: { storageSizeGB: 64 } }),
      "InvalidParameterValue",
      /only grows/,
    );
    refused(
      () => on.subscription.update(made, { dataEncryption: { type: "AzureKeyVault" } }),
      "InvalidParameterValue",
      /chosen at creation/,
    );
    refused(
      () => on.subscription.update(made, { version: "16" }),
      "ParameterOutOfRange",
      /'Version' should be in: \[17,18\]/,
    );
    const grown = on.subscription.update(made, {
      storage: { storageSizeGB: 256 },
      sku: { ...GENERAL, name: "Standard_D4ds_v5" },
    });
    assert.deepEqual(block(grown["storage"])["tier"], "P15");
    assert.deepEqual(replacing(on.subscription.diff(made, { backup: { geoRedundantBackup: "Enabled" } })), [
      "backup.geoRedundantBackup",
    ]);
    assert.deepEqual(replacing(on.subscription.diff(made, { highAvailability: { mode: "ZoneRedundant" } })), []);
  });

  it("gets a standby in place, but not in the update that leaves the burstable tier", () => {
    const on = ground();
    const small = on.create(SERVER, "small", inputs({ serverName: "small", sku: BURSTABLE }));
    const available = { highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: "2" } };
    refused(
      () => on.subscription.update(small, { sku: GENERAL, ...available }),
      "InvalidParameterValue",
      /update of its own/,
    );
    const general = { ...small, inputs: { ...small.inputs, sku: GENERAL } };
    on.subscription.update(small, { sku: GENERAL });
    const outputs = on.subscription.update(general, available);
    assert.deepEqual(outputs["highAvailability"], {
      mode: "ZoneRedundant",
      state: "Healthy",
      standbyAvailabilityZone: "2",
    });
  });

  it("refuses zones that cannot be, retired versions and a missing administrator", () => {
    const on = ground();
    const standby = (zone: string) => ({ highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: zone } });
    refused(() => server(on, { availabilityZone: "1", ...standby("1") }), "InvalidParameterValue", /another zone/);
    refused(() => server(on, { availabilityZone: "1", ...standby("4") }), "InvalidParameterValue", /no zone 4/);
    refused(
      () => server(on, { location: "westus", highAvailability: { mode: "ZoneRedundant" } }),
      "InvalidParameterValue",
      /take SameZone/,
    );
    refused(() => server(on, { version: "14" }), "ParameterOutOfRange", /\[15,16,17,18\]/);
    refused(() => server(on, { administratorLogin: undefined }), "InvalidParameterValue", /administratorLogin/);
    server(on, {
      administratorLogin: undefined,
      administratorLoginPassword: undefined,
      authConfig: { passwordAuth: "Disabled", activeDirectoryAuth: "Enabled" },
    });
  });

  it("chooses the zones that are left empty, as the SDK sends them when nobody names any", () => {
    const { outputs } = server(ground(), {
      availabilityZone: "",
      highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: "" },
    });
    assert.equal(outputs["availabilityZone"], "1");
    assert.equal(block(outputs["highAvailability"])["standbyAvailabilityZone"], "2");
  });

  it("takes a key of one's own from a vault with purge protection, by an identity that it has", () => {
    const on = ground();
    const user = identity(on);
    const [good, bad] = [keyUri(on), keyUri(on, false)];
    const encrypted = (uri: string, ids: readonly string[] = [user.id]): Properties => ({
      identity: { type: "UserAssigned", userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])) },
      dataEncryption: { type: "AzureKeyVault", primaryKeyURI: uri, primaryUserAssignedIdentityId: user.id },
    });
    refused(() => server(on, encrypted(good, [])), "InvalidParameterValue", /not one of the server's/);
    refused(() => server(on, encrypted(bad)), "InvalidParameterValue", /purge protection/);
    refused(
      () => server(on, encrypted(good.replace("/data", "/none"))),
      "InvalidParameterValue",
      /key none does not exist/,
    );
    refused(
      () => server(on, { ...encrypted(good), backup: { geoRedundantBackup: "Enabled" } }),
      "InvalidParameterValue",
      /geoBackupKeyURI/,
    );
    assert.equal(block(server(on, encrypted(good)).outputs["dataEncryption"])["type"], "AzureKeyVault");
  });

  it("is named once in all of Azure", () => {
    const on = ground();
    server(on);
    on.subscription.group("other");
    const twin = () => on.create(SERVER, "twin", inputs({ resourceGroupName: "other" }));
    refused(twin, "ServerNameAlreadyExists", /already used/);
  });
});

describe("Azure Database for PostgreSQL: replicas, parameters and log-in", () => {
  it("has five replicas at most, of the same version, and is kept while it has one", () => {
    const on = ground();
    const source = server(on);
    const replica = (name: string, more: Properties = {}) =>
      on.create(SERVER, name, {
        serverName: name,
        createMode: "Replica",
        sourceServerResourceId: source.id,
        sku: GENERAL,
        ...more,
      });
    refused(() => replica("old", { version: "16" }), "InvalidParameterValue", /version of its source/);
    refused(() => replica("small", { storage: { storageSizeGB: 64 } }), "InvalidParameterValue", /128 GiB/);
    const first = replica("replica-1");
    assert.equal(first.outputs["replicationRole"], "AsyncReplica");
    assert.equal(first.outputs["version"], "17");
    refused(
      () => {
        on.subscription.delete(source);
      },
      "OperationNotAllowed",
      /read replicas/,
    );
    for (const name of ["replica-2", "replica-3", "replica-4", "replica-5"]) replica(name);
    refused(() => replica("replica-6"), "InvalidParameterValue", /5 read replicas/);
    const promoted = on.subscription.update(first, {
      replica: { role: "None", promoteMode: "standalone", promoteOption: "forced" },
    });
    assert.equal(promoted["replicationRole"], "Primary");
  });

  it("knows its parameters, which of them take a restart, and what they accept", () => {
    const on = ground();
    server(on);
    const set = (name: string, value: string) =>
      on.create("dbforpostgresql:Configuration", name, { serverName: "orders", configurationName: name, value });
    refused(() => set("wal_level", "minimal"), "InvalidParameterValue", /replica, logical/);
    refused(() => set("azure.extensions", "vector,pg_magic"), "InvalidParameterValue", /pg_magic/);
    const level = set("wal_level", "logical");
    assert.equal(level.outputs["isConfigPendingRestart"], true);
    assert.equal(level.outputs["allowedValues"], "replica,logical");
    assert.equal(set("max_worker_processes", "16").outputs["isDynamicConfig"], false);
    for (const name of ["log_connections", "log_disconnections"]) {
      const { defaultValue, isDynamicConfig } = set(name, "off").outputs;
      assert.deepEqual([defaultValue, isDynamicConfig], ["on", true], name);
    }
    assert.equal(set("azure.extensions", "pg_stat_statements,vector").outputs["isConfigPendingRestart"], false);
    refused(() => set("wal_levle", "logical"), "ResourceNotFound", /wal_levle/);
    refused(() => set("rds.logical_replication", "1"), "ResourceNotFound");
    refused(() => set("max_wal_senders", "200"), "InvalidParameterValue", /from 5 to 100/);
    for (const own of ["archive_mode", "max_slot_wal_keep_size"]) {
      refused(() => set(own, "on"), "InvalidParameterValue", /service alone/);
    }
  });

  it("refuses a database that every server has, and an Entra administrator where Entra is off", () => {
    const on = ground();
    const made = server(on);
    const database = (name: string) =>
      on.create("dbforpostgresql:Database", name, { serverName: "orders", databaseName: name });
    assert.equal(database("shop").outputs["charset"], "UTF8");
    refused(() => database("postgres"), "InvalidParameterValue", /databaseName/);
    const administrator = () =>
      on.create("dbforpostgresql:AdministratorsMicrosoftEntra", "team", {
        serverName: "orders",
        objectId: "0b1ec700-0000-4000-8000-000000000001",
        principalName: "data-team",
        principalType: "Group",
      });
    refused(administrator, "InvalidParameterValue", /Entra/);
    on.subscription.update(made, { authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled" } });
    assert.match(administrator().id, /\/administrators\/0b1ec700-/);
  });
});
