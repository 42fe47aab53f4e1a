import assert from "node:assert/strict";
import { Asset, type Properties } from "../../../../offline/cloud/value";
import { ground, type Ground } from "./service-ground";
import { refused, replacing, SUBSCRIPTION, VNET } from "./support";

const WATCHERS = `${SUBSCRIPTION}/resourceGroups/NetworkWatcherRG`;

describe("network watchers of Azure", () => {
  const watchers = ({ subscription }: Ground) =>
    subscription.cloud
      .all()
      .filter(({ type }) => type === "azure-native:network:NetworkWatcher")
      .map(({ id }) => id)
      .sort();
  const watcher = (region: string) =>
    `${WATCHERS}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${region}`;
  const network = ({ create }: Ground, name: string, location: string) =>
    create("network:VirtualNetwork", name, {
      virtualNetworkName: name,
      location,
      addressSpace: { addressPrefixes: ["10.8.0.0/16"] },
    });

  it("come with the first network of a region, in one group of the subscription", () => {
    const on = ground();
    assert.deepEqual(watchers(on), [watcher("eastus")]);
    network(on, "second", "eastus");
    network(on, "third", "westus3");
    assert.deepEqual(watchers(on), [watcher("eastus"), watcher("westus3")]);
    const groups = on.subscription.cloud.all().filter(({ id }) => id === WATCHERS);
    assert.equal(groups.length, 1);
  });

  it("stay when the network goes", () => {
    const on = ground();
    on.subscription.delete(on.vnet);
    assert.deepEqual(
      on.subscription.cloud.all().filter(({ type }) => type === VNET),
      [],
    );
    assert.deepEqual(watchers(on), [watcher("eastus")]);
  });

  it("are not made again where somebody made one", () => {
    const on = ground();
    on.create("network:NetworkWatcher", "own", { networkWatcherName: "own", location: "westus3" });
    network(on, "second", "westus3");
    assert.deepEqual(watchers(on).length, 2);
  });

  it("have the flow logs of their region", () => {
    const on = ground();
    const log = (networkWatcherName: string) => () =>
      on.create("network:FlowLog", "flows", {
        resourceGroupName: "NetworkWatcherRG",
        networkWatcherName,
        flowLogName: "flows",
        location: "eastus",
        targetResourceId: on.vnet.id,
        storageId: `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/flows`,
      });
    assert.match(log("NetworkWatcher_eastus")().id, /NetworkWatcher_eastus\/flowLogs\/flows$/);
    refused(log("NetworkWatcher_westus3"), "ParentResourceNotFound");
  });
});

describe("public zones of Azure", () => {
  const zone = ({ create }: Ground, zoneName: string) => create("dns:Zone", zoneName, { zoneName, location: "global" });

  it("have four name servers of one group", () => {
    const { outputs } = zone(ground(), "dr.example.org");
    const servers = outputs["nameServers"] as readonly string[];
    const group = /^ns1-(\d\d)\./.exec(servers[0] ?? "")?.[1] ?? "none";
    assert.deepEqual(servers, [
      `ns1-${group}.azure-dns.com.`,
      `ns2-${group}.azure-dns.net.`,
      `ns3-${group}.azure-dns.org.`,
      `ns4-${group}.azure-dns.info.`,
    ]);
    assert.equal(outputs["numberOfRecordSets"], 2);
  });

  it("are in no region, and have a name of two labels at least", () => {
    const { refusing } = ground();
    assert.deepEqual(refusing("dns:Zone", { zoneName: "dr.example.org", location: "eastus" }), ["location"]);
    assert.deepEqual(refusing("dns:Zone", { zoneName: "org", location: "global" }), ["zoneName"]);
  });
});

describe("blobs of Azure", () => {
  const account = (on: Ground, allowSharedKeyAccess: boolean) => {
    on.create("storage:StorageAccount", "state", {
      accountName: "platformstate",
      kind: "StorageV2",
      sku: { name: "Standard_GZRS" },
      allowSharedKeyAccess,
    });
    return on.create("storage:BlobContainer", "state", { accountName: "platformstate", containerName: "state" });
  };
  const inputs = (more: Properties = {}): Properties => ({
    accountName: "platformstate",
    containerName: "state",
    blobName: "site-contracts/dr.json",
    source: new Asset("asset", "0a"),
    ...more,
  });

  it("have an address, in a container that is there", () => {
    const on = ground();
    account(on, true);
    const { outputs } = on.create("storage:Blob", "contract", inputs());
    assert.equal(outputs["url"], "https://platformstate.blob.core.windows.net/state/site-contracts/dr.json");
    assert.equal(outputs["type"], "Block");
    refused(() => on.create("storage:Blob", "lost", inputs({ containerName: "other" })), "ParentResourceNotFound");
    assert.deepEqual(on.refusing("storage:Blob", inputs({ blobName: "ends." })), ["blobName"]);
  });

  it("are written by a key of the account, which one without shared keys does not take", () => {
    const on = ground();
    account(on, false);
    refused(() => on.create("storage:Blob", "contract", inputs()), "KeyBasedAuthenticationNotPermitted");
  });

  it("are deleted whatever lock is on their account, which itself is not", () => {
    const on = ground();
    const container = account(on, true);
    const made = on.create("storage:Blob", "contract", inputs());
    on.subscription.create("azure-native:authorization:ManagementLockByScope", "keep", {
      scope: container.id.replace(/\/blobServices\/.*/, ""),
      lockName: "keep",
      level: "CanNotDelete",
    });
    on.subscription.delete(made);
    refused(() => {
      on.subscription.delete(container);
    }, "ScopeLocked");
  });

  it("are new ones when their content is other", () => {
    const on = ground();
    account(on, true);
    const made = on.create("storage:Blob", "contract", inputs());
    assert.deepEqual(replacing(on.subscription.diff(made, { source: new Asset("asset", "0b") })), ["source"]);
    assert.deepEqual(replacing(on.subscription.diff(made, { contentType: "text/plain" })), []);
  });
});

describe("TLS of Azure's storage accounts", () => {
  it("is 1.2 at most where a version is demanded", () => {
    const demanding = (minimumTlsVersion: string) =>
      ground().refusing("storage:StorageAccount", {
        accountName: "platformtls",
        kind: "StorageV2",
        sku: { name: "Standard_ZRS" },
        minimumTlsVersion,
      });
    assert.deepEqual(demanding("TLS1_2"), []);
    assert.deepEqual(demanding("TLS1_3"), ["minimumTlsVersion"]);
  });
});

describe("locks of Azure's storage accounts", () => {
  const account = (state: string | undefined, days = 30): Properties => ({
    accountName: "platformaudit",
    kind: "StorageV2",
    sku: { name: "Standard_ZRS" },
    ...(state === undefined
      ? {}
      : {
          immutableStorageWithVersioning: {
            enabled: true,
            immutabilityPolicy: { state, immutabilityPeriodSinceCreationInDays: days },
          },
        }),
  });

  it("begin open, are closed in place, and then only grow", () => {
    const on = ground();
    const make = (state: string) => on.create("storage:StorageAccount", "audit", account(state));
    refused(() => make("Locked"), "InvalidRequestPropertyValue", /Disabled or Unlocked/);
    const made = make("Unlocked");
    assert.deepEqual(replacing(on.subscription.diff(made, account("Locked"))), []);
    on.subscription.update(made, account("Unlocked", 7));
    on.subscription.update(made, account("Locked", 7));
    const closed = { ...made, inputs: { ...made.inputs, ...account("Locked", 7) } };
    for (const change of [account("Unlocked", 7), account("Locked", 6)]) {
      refused(() => on.subscription.update(closed, change), "ImmutabilityPolicyLocked");
    }
    on.subscription.update(closed, account("Locked", 8));
  });
});

describe("tables of Azure Cosmos DB", () => {
  const DATABASE = "cosmosdb:SqlResourceSqlDatabase";
  const made = (maxThroughput = 20_000) => {
    const on = ground();
    const account = on.create("cosmosdb:DatabaseAccount", "values", {
      accountName: "platform-values",
      databaseAccountOfferType: "Standard",
      locations: [{ locationName: "eastus", failoverPriority: 0 }],
    });
    const database = on.create(DATABASE, "db", {
      accountName: "platform-values",
      databaseName: "db",
      resource: { id: "db" },
      options: { autoscaleSettings: { maxThroughput } },
    });
    const container = (id: string) =>
      on.create("cosmosdb:SqlResourceSqlContainer", id, {
        accountName: "platform-values",
        databaseName: "db",
        containerName: id,
        resource: { id, partitionKey: { paths: ["/id"], kind: "Hash", version: 2 } },
      });
    return { on, account, database, container };
  };

  it("change their throughput in place, down to a tenth", () => {
    const { on, database } = made();
    const to = (maxThroughput: number): Properties => ({ options: { autoscaleSettings: { maxThroughput } } });
    assert.deepEqual(replacing(on.subscription.diff(database, to(2000))), []);
    refused(() => on.subscription.update(database, to(1000)), "BadRequest", /the lowest after 20000 is 2000/);
    on.subscription.update(database, to(2000));
  });

  it("share a database's throughput, twenty-five of them", () => {
    const { container } = made();
    for (let index = 0; index < 25; index += 1) container(`table-${String(index)}`);
    refused(() => container("one-more"), "BadRequest", /At most 25/);
  });

  it("open to whom the account, a database or a container of it is opened", () => {
    const { on, account, container } = made();
    container("carts");
    const open = (scope: string, last: number) => () =>
      on.create("cosmosdb:SqlResourceSqlRoleAssignment", scope, {
        accountName: "platform-values",
        roleAssignmentId: `0a1b2c3d-0000-4000-8000-00000000e00${String(last)}`,
        roleDefinitionId: `${account.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000001`,
        principalId: "0a1b2c3d-0000-4000-8000-00000000f001",
        scope,
      });
    open(account.id, 1)();
    open(`${account.id}/dbs/db`, 2)();
    open(`${account.id}/dbs/db/colls/carts`, 3)();
    for (const scope of [
      `${account.id}/dbs/none`,
      `${account.id}/sqlDatabases/db`,
      `${account.id}/dbs/db/colls/none`,
    ]) {
      refused(open(scope, 4), "BadRequest", /neither the account nor a database or container/);
    }
  });
});
