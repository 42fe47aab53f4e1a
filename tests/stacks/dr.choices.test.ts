import assert from "node:assert/strict";
import { isList, type Properties } from "../../offline/cloud/value";
import { at, attemptStack, deployStack, only, type Deployed } from "./deployed";

// What the committed settings leave out, and a site on Azure can have all the same.

const admins = { platform: { principalId: "00000000-0000-4000-8000-00000000000a", type: "Group" } } as const;

describe("dr: other choices of an active site", function () {
  this.timeout(120_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployStack("dr", {
      role: "active",
      siteContract: "skip",
      cluster: { name: "portfolio-dr-aks", access: "bastion", admins },
      dns: { mode: "create", name: "azure.example.com" },
      images: { mode: "skip" },
      database: { replicaZone: "b" },
      cache: {},
      keyValues: { mode: "create", tables: { sessions: { hashKey: "id" } }, replicaRegions: ["westus3"] },
      governance: {
        mode: "create",
        backups: { mode: "create", lock: "compliance" },
      },
    });
  });

  it("[PF-SEC-04] has a bastion before a cluster that answers in the network alone", () => {
    assert.equal(stack.ofType("azure-native:network:BastionHost").length, 1);
    assert.equal(stack.input("cluster-aks", "apiServerAccessProfile.enablePrivateCluster"), true);
  });

  it("[PF-DR-01] locks its recovery points, which nobody unlocks", () => {
    const security = "properties.securitySettings";
    assert.equal(stack.input("backup-vaults-vault", `${security}.immutabilitySettings.state`), "Locked");
  });

  it("[PF-SEC-07] locks its records once they are there: Azure locks none that is new", async () => {
    const { run } = await attemptStack("dr", {
      siteContract: "skip",
      governance: { mode: "create", auditLock: "compliance", backups: { mode: "skip" } },
    });
    assert.match(
      run.errors.join("\n"),
      /::audit-trail-storage-account: .*An immutability policy is created Disabled or Unlocked, and locked afterwards/,
    );
  });

  it("keeps its DNS zone", () => {
    const { inputs, protect } = stack.named("dns-zone");
    assert.deepEqual(only(inputs, "zoneName", "zoneType"), { zoneName: "azure.example.com", zoneType: "Public" });
    assert.equal(protect, true);
  });

  it("has no registry", () => {
    assert.deepEqual(stack.ofType("azure-native:containerregistry:Registry"), []);
  });

  it("[PF-SCALE-02] [PF-DATA-03] has a standby of PostgreSQL and a second node of Redis where nobody says how many", () => {
    assert.equal(stack.input("databases-shard-0-source", "highAvailability.mode"), "ZoneRedundant");
    assert.equal(stack.input("redis-cluster", "highAvailability"), "Enabled");
  });

  it("[PF-DATA-02] copies its tables to another region", () => {
    const regions = stack.input("key-values-account", "locations");
    assert.deepEqual(isList(regions) && regions.map((region) => at(region as Properties, "locationName")), [
      "eastus",
      "westus3",
    ]);
  });

  it("[PF-SCALE-02] has a readable copy in the zone that is asked for", () => {
    assert.equal(stack.input("databases-shard-0-replica", "availabilityZone"), "2");
  });

  it("[PF-DATA-05] has two servers of the catalog", () => {
    assert.equal(stack.input("iceberg-catalog-server", "spec.replicas"), 2);
  });
});

describe("dr: other choices of a site for development", function () {
  this.timeout(120_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployStack("dr", {
      class: "development",
      siteContract: "skip",
      database: {},
      cache: {},
      governance: { mode: "skip", backups: { mode: "skip" } },
    });
  });

  it("[PF-SCALE-02] [PF-DATA-03] has one server of PostgreSQL and one node of Redis where nobody says how many", () => {
    assert.equal(stack.input("databases-shard-0-source", "highAvailability.mode"), "Disabled");
    assert.equal(stack.input("redis-cluster", "highAvailability"), "Disabled");
  });

  it("[PF-DATA-05] has one server of the catalog in standby", () => {
    assert.equal(stack.input("iceberg-catalog-server", "spec.replicas"), 1);
  });
});
