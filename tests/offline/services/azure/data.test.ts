import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/azure/text";
import { ground, identity, keyUri, type Ground } from "./service-ground";
import { block, refused, replacing } from "./support";

const CLUSTER = "redisenterprise:RedisEnterprise";
const DATABASE = "redisenterprise:Database";

function redis({ create }: Ground, more: Properties = {}) {
  return create(CLUSTER, "sessions", {
    clusterName: "sessions",
    sku: { name: "Balanced_B3" },
    publicNetworkAccess: "Disabled",
    ...more,
  });
}

describe("Azure Managed Redis", () => {
  it("listens on port 10000 of a host that names its region", () => {
    const on = ground();
    const { outputs } = redis(on);
    assert.equal(outputs["hostName"], "sessions.eastus.redis.azure.net");
    assert.equal(outputs["redundancyMode"], "ZR");
    assert.equal(outputs["minimumTlsVersion"], "1.2");
    const database = on.create(DATABASE, "default", { clusterName: "sessions", databaseName: "default" });
    assert.equal(database.outputs["port"], 10_000);
    assert.equal(database.outputs["clusteringPolicy"], "OSSCluster");
    assert.equal(database.outputs["accessKeysAuthentication"], "Disabled");
  });

  it("refuses retired SKUs, zones, a name in use and a change of its availability", () => {
    const on = ground();
    refused(() => redis(on, { sku: { name: "Enterprise_E10", capacity: 2 } }), "BadRequest", /no longer supported/);
    refused(() => redis(on, { zones: ["1", "2"] }), "BadRequest", /Specifying zones for SKU 'Balanced_B3'/);
    const made = redis(on, { highAvailability: "Disabled" });
    assert.equal(made.outputs["redundancyMode"], "None");
    refused(() => on.create(CLUSTER, "twin", { ...made.inputs, clusterName: "Sessions" }), "AlreadyExists");
    on.subscription.group("other");
    refused(() => on.create(CLUSTER, "twin", { ...made.inputs, resourceGroupName: "other" }), "NameNotAvailable");
    refused(
      () => on.subscription.update(made, { highAvailability: "Enabled" }),
      "PropertyChangeNotAllowed",
      /highAvailability/,
    );
    assert.equal(block(on.subscription.update(made, { sku: { name: "Balanced_B10" } })["sku"])["name"], "Balanced_B10");
  });

  it("tells the two keys of a database that is there", () => {
    const on = ground();
    redis(on);
    const args = { resourceGroupName: "rg", clusterName: "sessions", databaseName: "default" };
    const keys = () => on.subscription.invoke("azure-native:redisenterprise:listDatabaseKeys", args);
    refused(keys, "ResourceNotFound", /sessions/);
    on.create(DATABASE, "default", { clusterName: "sessions", databaseName: "default" });
    const { primaryKey, secondaryKey } = keys();
    for (const key of [primaryKey, secondaryKey]) assert.match(text(key) ?? "", /^[A-Za-z0-9+/]{43}=$/);
    assert.notEqual(primaryKey, secondaryKey);
    assert.deepEqual(keys(), { primaryKey, secondaryKey });
  });

  it("has one database, whose cluster policy stays and whose port is one", () => {
    const on = ground();
    redis(on, { sku: { name: "Balanced_B50" } });
    const database = (more: Properties = {}) => ({ clusterName: "sessions", databaseName: "default", ...more });
    assert.deepEqual(on.refusing(DATABASE, database({ port: 6380 })), ["port"]);
    assert.deepEqual(on.refusing(DATABASE, database({ databaseName: "cache" })), ["databaseName"]);
    assert.deepEqual(
      on.refusing(
        DATABASE,
        database({ persistence: { aofEnabled: true, rdbEnabled: true, aofFrequency: "1s", rdbFrequency: "1h" } }),
      ),
      ["persistence"],
    );
    assert.deepEqual(
      on.refusing(DATABASE, database({ modules: [{ name: "RediSearch" }], evictionPolicy: "AllKeysLRU" })),
      ["evictionPolicy"],
    );
    refused(() => on.create(DATABASE, "d", database({ clusteringPolicy: "NoCluster" })), "BadRequest", /25 GB/);
    const made = on.create(DATABASE, "d", database({ clusteringPolicy: "EnterpriseCluster" }));
    refused(() => on.subscription.update(made, { clusteringPolicy: "OSSCluster" }), "BadRequest", /without deleting/);
    refused(() => on.subscription.update(made, { modules: [{ name: "RedisJSON" }] }), "BadRequest", /Modules/);
  });

  it("takes a key by an identity that it has, and no identity that does not exist", () => {
    const on = ground();
    const user = identity(on);
    const encrypted = (ids: readonly string[]): Properties => ({
      identity: { type: "UserAssigned", userAssignedIdentities: ids },
      encryption: {
        customerManagedKeyEncryption: {
          keyEncryptionKeyUrl: uri,
          keyEncryptionKeyIdentity: { identityType: "userAssignedIdentity", userAssignedIdentityResourceId: user.id },
        },
      },
    });
    const uri = keyUri(on);
    refused(() => redis(on, encrypted([`${user.id}-gone`])), "FailedIdentityOperation", /was not found/);
    refused(() => redis(on, encrypted([])), "BadRequest", /not one of the cluster's/);
    redis(on, encrypted([user.id]));
  });
});

describe("Azure DocumentDB (MongoDB on virtual cores)", () => {
  const CLUSTERS = "mongocluster:MongoCluster";
  const documents = (more: Properties = {}): Properties => ({
    mongoClusterName: "documents",
    properties: {
      administrator: { userName: "platform", password: "Correct-horse-1" },
      serverVersion: "8.0",
      compute: { tier: "M30" },
      storage: { sizeGb: 128 },
      sharding: { shardCount: 1 },
      highAvailability: { targetMode: "ZoneRedundantPreferred" },
      publicNetworkAccess: "Disabled",
      ...more,
    },
  });

  it("answers a connection string without the password", () => {
    const { outputs } = ground().create(CLUSTERS, "documents", documents());
    const properties = block(outputs["properties"]);
    assert.match(text(properties["connectionString"]) ?? "", /@documents\.global\.mongocluster\.cosmos\.azure\.com\//);
    assert.deepEqual(properties["administrator"], { userName: "platform" });
    assert.equal(properties["clusterStatus"], "Ready");
  });

  it("refuses tiers, sizes and versions that are none, and high availability of a small tier", () => {
    const { refusing } = ground();
    const of = (more: Properties) => refusing(CLUSTERS, documents(more));
    assert.deepEqual(of({}), []);
    assert.deepEqual(of({ compute: { tier: "M35" } }), ["properties.compute.tier"]);
    assert.deepEqual(of({ compute: { tier: "M25" } }), ["properties.highAvailability.targetMode"]);
    assert.deepEqual(of({ storage: { sizeGb: 100 } }), ["properties.storage.sizeGb"]);
    assert.deepEqual(of({ serverVersion: "4.4" }), ["properties.serverVersion"]);
  });

  it("grows in place and never shrinks; its administrator stays", () => {
    const on = ground();
    const made = on.create(CLUSTERS, "documents", documents());
    const update = (more: Properties) => () => on.subscription.update(made, documents(more));
    refused(update({ storage: { sizeGb: 64 } }), "BadRequest", /only grows/);
    refused(
      update({ administrator: { userName: "other", password: "Correct-horse-1" } }),
      "BadRequest",
      /administrator/,
    );
    update({ compute: { tier: "M40" }, storage: { sizeGb: 256 }, highAvailability: { targetMode: "Disabled" } })();
    refused(
      () =>
        on.create(CLUSTERS, "again", { ...documents({ createMode: "PointInTimeRestore" }), mongoClusterName: "again" }),
      "ResourceNotFound",
    );
  });
});

describe("Azure Cosmos DB", () => {
  const ACCOUNT = "cosmosdb:DatabaseAccount";
  const CONTAINER = "cosmosdb:SqlResourceSqlContainer";
  const account = (more: Properties = {}): Properties => ({
    accountName: "platform-values",
    databaseAccountOfferType: "Standard",
    locations: [{ locationName: "eastus", failoverPriority: 0, isZoneRedundant: true }],
    consistencyPolicy: { defaultConsistencyLevel: "Session" },
    backupPolicy: { type: "Continuous", continuousModeProperties: { tier: "Continuous7Days" } },
    disableLocalAuth: true,
    ...more,
  });
  const second = { locationName: "westus3", failoverPriority: 1 };

  it("has its endpoint, and the regions that it reads and writes in", () => {
    const { outputs } = ground().create(
      ACCOUNT,
      "values",
      account({ locations: [second, { locationName: "eastus", failoverPriority: 0 }] }),
    );
    assert.equal(outputs["documentEndpoint"], "https://platform-values.documents.azure.com:443/");
    const names = (list: unknown) => (list as readonly Properties[]).map(({ locationName }) => locationName);
    assert.deepEqual(names(outputs["readLocations"]), ["West US 3", "East US"]);
    assert.deepEqual(names(outputs["writeLocations"]), ["East US"]);
  });

  it("refuses priorities, regions, zones and keys that cannot be", () => {
    const on = ground();
    const of = (more: Properties) => on.refusing(ACCOUNT, account(more));
    assert.deepEqual(of({}), []);
    assert.deepEqual(of({ locations: [second] }), ["locations"]);
    assert.deepEqual(of({ keyVaultKeyUri: "https://v.vault.azure.net/keys/data/0123" }), ["keyVaultKeyUri"]);
    assert.deepEqual(
      of({ enableMultipleWriteLocations: true, consistencyPolicy: { defaultConsistencyLevel: "Strong" } }),
      ["consistencyPolicy.defaultConsistencyLevel"],
    );
    const make = (more: Properties) => () => on.create(ACCOUNT, "values", account(more));
    refused(
      make({ locations: [{ locationName: "westus", failoverPriority: 0, isZoneRedundant: true }] }),
      "BadRequest",
      /no availability zones/,
    );
    refused(make({ keyVaultKeyUri: "https://none.vault.azure.net/keys/data" }), "BadRequest", /does not exist/);
  });

  it("keeps continuous backups, and changes regions in a request of their own", () => {
    const on = ground();
    const made = on.create(ACCOUNT, "values", account());
    const change = (more: Properties) => () => on.subscription.update(made, more);
    refused(change({ backupPolicy: { type: "Periodic" } }), "BadRequest", /continuous/);
    const locations = [{ locationName: "eastus", failoverPriority: 0, isZoneRedundant: true }, second];
    refused(change({ locations, disableLocalAuth: false }), "BadRequest", /same request/);
    change({ locations })();
  });

  it("refuses tables and containers that the account or the service does not have", () => {
    const on = ground();
    on.create(ACCOUNT, "values", account());
    const table = () =>
      on.create("cosmosdb:TableResourceTable", "t", {
        accountName: "platform-values",
        tableName: "carts",
        resource: { id: "carts" },
      });
    refused(table, "BadRequest", /EnableTable/);
    on.create("cosmosdb:SqlResourceSqlDatabase", "db", {
      accountName: "platform-values",
      databaseName: "db",
      resource: { id: "db" },
    });
    const container = (more: Properties = {}, resource: Properties = {}): Properties => ({
      accountName: "platform-values",
      databaseName: "db",
      containerName: "carts",
      resource: { id: "carts", partitionKey: { paths: ["/pk"], kind: "Hash", version: 2 }, ...resource },
      ...more,
    });
    assert.deepEqual(on.refusing(CONTAINER, container({ options: { throughput: 450 } })), ["options"]);
    assert.deepEqual(on.refusing(CONTAINER, container({}, { id: "other" })), ["resource.id"]);
    assert.deepEqual(on.refusing(CONTAINER, container({}, { partitionKey: { paths: ["pk"] } })), [
      "resource.partitionKey.paths",
    ]);
    const made = on.create(CONTAINER, "carts", container({ options: { autoscaleSettings: { maxThroughput: 4000 } } }));
    refused(
      () => on.subscription.update(made, container({}, { partitionKey: { paths: ["/sk"], kind: "Hash", version: 2 } })),
      "BadRequest",
      /partitionKey cannot be changed/,
    );
  });
});

describe("Azure Storage", () => {
  const ACCOUNT = "storage:StorageAccount";
  const SERVICE = "storage:BlobServiceProperties";
  const account = (more: Properties = {}): Properties => ({
    accountName: "platformobjects",
    kind: "StorageV2",
    sku: { name: "Standard_GZRS" },
    ...more,
  });

  it("has endpoints, a paired region and private defaults", () => {
    const { outputs } = ground().create(ACCOUNT, "objects", account());
    assert.equal(block(outputs["primaryEndpoints"])["dfs"], "https://platformobjects.dfs.core.windows.net/");
    assert.equal(outputs["secondaryLocation"], "westus");
    assert.equal(outputs["allowBlobPublicAccess"], false);
    assert.equal(outputs["enableHttpsTrafficOnly"], true);
    assert.equal(outputs["minimumTlsVersion"], "TLS1_2");
  });

  it("refuses names, SKUs and places that cannot be, and a name that somebody has", () => {
    const on = ground();
    assert.deepEqual(on.refusing(ACCOUNT, account({ accountName: "platform-objects" })), ["accountName"]);
    assert.deepEqual(on.refusing(ACCOUNT, account({ sku: { name: "Standard_XRS" } })), ["sku.name"]);
    assert.deepEqual(
      on.refusing(ACCOUNT, account({ isHnsEnabled: true, immutableStorageWithVersioning: { enabled: true } })),
      ["immutableStorageWithVersioning"],
    );
    refused(
      () => on.create(ACCOUNT, "o", account({ location: "westus" })),
      "InvalidAccountSku",
      /no availability zones/,
    );
    on.create(ACCOUNT, "objects", account());
    on.subscription.group("other");
    refused(
      () => on.create(ACCOUNT, "o", account({ resourceGroupName: "other" })),
      "StorageAccountInAnotherResourceGroup",
    );
  });

  it("does not turn into a zone-redundant or a premium account by an update, and is replaced for a hierarchical namespace", () => {
    const on = ground();
    const made = on.create(ACCOUNT, "objects", account({ sku: { name: "Standard_LRS" } }));
    refused(
      () => on.subscription.update(made, { sku: { name: "Standard_ZRS" } }),
      "InvalidAccountSkuUpdate",
      /conversion/,
    );
    refused(() => on.subscription.update(made, { sku: { name: "Premium_LRS" } }), "InvalidAccountSkuUpdate");
    assert.equal(on.subscription.update(made, { sku: { name: "Standard_GRS" } })["secondaryLocation"], "westus");
    assert.deepEqual(replacing(on.subscription.diff(made, { isHnsEnabled: true })), ["isHnsEnabled"]);
  });

  it("restores to a point in time only with versions, a change feed and a longer soft delete", () => {
    const on = ground();
    on.create(ACCOUNT, "objects", account());
    const service = (more: Properties = {}): Properties => ({
      accountName: "platformobjects",
      blobServicesName: "default",
      isVersioningEnabled: true,
      changeFeed: { enabled: true },
      deleteRetentionPolicy: { enabled: true, days: 14 },
      restorePolicy: { enabled: true, days: 7 },
      ...more,
    });
    assert.deepEqual(on.refusing(SERVICE, service({ isVersioningEnabled: false })), ["restorePolicy"]);
    assert.deepEqual(on.refusing(SERVICE, service({ restorePolicy: { enabled: true, days: 14 } })), [
      "restorePolicy.days",
    ]);
    assert.deepEqual(on.refusing(SERVICE, service({ blobServicesName: "mine" })), ["blobServicesName"]);
    on.create(SERVICE, "objects", service());
    on.create(ACCOUNT, "lake", account({ accountName: "platformlake", isHnsEnabled: true }));
    refused(
      () => on.create(SERVICE, "lake", service({ accountName: "platformlake" })),
      "FeatureNotSupportedForAccount",
      /versioning/,
    );
  });

  it("keeps a container with an immutability policy, and no public one", () => {
    const on = ground();
    const owner = on.create(ACCOUNT, "objects", account());
    const container = (more: Properties = {}) =>
      on.create("storage:BlobContainer", "audit", { accountName: "platformobjects", containerName: "audit", ...more });
    refused(() => container({ publicAccess: "Blob" }), "PublicAccessNotPermitted");
    refused(() => container({ immutableStorageWithVersioning: { enabled: true } }), "InvalidRequest", /versioning/);
    const made = container();
    const policy = on.create("storage:BlobContainerImmutabilityPolicy", "audit", {
      accountName: "platformobjects",
      containerName: "audit",
      immutabilityPeriodSinceCreationInDays: 365,
    });
    assert.equal(policy.outputs["state"], "Unlocked");
    refused(() => {
      on.subscription.delete(made);
    }, "ContainerProtectedFromDeletion");
    refused(() => {
      on.subscription.delete(owner);
    }, "AccountProtectedFromDeletion");
    on.subscription.delete(policy);
    on.subscription.delete(made);
    on.subscription.delete(owner);
  });

  it("takes a key of one's own by an identity of its own", () => {
    const on = ground();
    const user = identity(on);
    const vault = keyUri(on).replace("/keys/data", "");
    const encryption = (keyName: string): Properties => ({
      keySource: "Microsoft.Keyvault",
      keyVaultProperties: { keyName, keyVaultUri: vault },
      encryptionIdentity: { encryptionUserAssignedIdentity: user.id },
    });
    const own = { identity: { type: "UserAssigned", userAssignedIdentities: [user.id] } };
    refused(() => on.create(ACCOUNT, "o", account({ encryption: encryption("data") })), "InvalidRequestPropertyValue");
    refused(
      () => on.create(ACCOUNT, "o", account({ ...own, encryption: encryption("none") })),
      "KeyVaultAuthenticationFailure",
    );
    const made = on.create(ACCOUNT, "o", account({ ...own, encryption: encryption("data") }));
    const updated = on.subscription.update(made, { tags: { tier: "objects" } });
    for (const outputs of [made.outputs, updated]) {
      assert.deepEqual(Object.keys(block(block(outputs["identity"])["userAssignedIdentities"])), [user.id]);
    }
  });
});

describe("Azure Event Hubs", () => {
  const NAMESPACE = "eventhub:Namespace";
  const HUB = "eventhub:EventHub";

  it("speaks Kafka from the tier Standard on, with the limits of each tier", () => {
    const on = ground();
    assert.deepEqual(
      on.refusing(NAMESPACE, { namespaceName: "events-1", sku: { name: "Basic" }, kafkaEnabled: true }),
      ["kafkaEnabled"],
    );
    assert.deepEqual(on.refusing(NAMESPACE, { namespaceName: "events-1", sku: { name: "Premium", capacity: 3 } }), [
      "sku.capacity",
    ]);
    assert.deepEqual(on.refusing(NAMESPACE, { namespaceName: "1events", sku: { name: "Standard" } }), [
      "namespaceName",
    ]);
    const { outputs } = on.create(NAMESPACE, "events", {
      namespaceName: "platform-events",
      sku: { name: "Standard", capacity: 2 },
    });
    assert.equal(outputs["serviceBusEndpoint"], "https://platform-events.servicebus.windows.net:443/");
    assert.equal(outputs["kafkaEnabled"], true);
    const hub = (more: Properties) => ({ namespaceName: "platform-events", eventHubName: "orders", ...more });
    refused(() => on.create(HUB, "orders", hub({ partitionCount: 40 })), "BadRequest", /1 to 32 partitions/);
    refused(() => on.create(HUB, "orders", hub({ messageRetentionInDays: 8 })), "BadRequest", /7 days/);
    const made = on.create(HUB, "orders", hub({ partitionCount: 8, messageRetentionInDays: 7 }));
    refused(() => on.subscription.update(made, { partitionCount: 16 }), "BadRequest", /Premium alone/);
  });
});
