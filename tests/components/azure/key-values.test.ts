import assert from "node:assert/strict";
import { WorkloadIdentity } from "../../../components/azure/identity";
import { KeyValues, type KeyValuesArgs } from "../../../components/azure/key-values";
import { backupTier, containerOf, cosmosFaults } from "../../../components/azure/key-values.plan";
import { azureKeyValueSettings } from "../../../config/schema/azure/key-values";
import { only, type Deployed } from "../../stacks/deployed";
import { attempt, onNetwork, text, type Ground, type GroundOptions } from "./ground";

const tables = {
  sessions: { hashKey: "id", expiresAt: "expires" },
  carts: {
    hashKey: "customer",
    rangeKey: "item",
    indexes: { byDay: { hashKey: "day", rangeKey: "price" }, byShop: { hashKey: "shop" } },
    types: { price: "number" },
  },
} as const satisfies KeyValuesArgs["tables"];

function values(
  { prefix, place, network, dns, keys, logs, protection, onAzure }: Ground,
  more: Partial<KeyValuesArgs> = {},
) {
  return new KeyValues(
    "values",
    {
      prefix,
      place,
      network,
      dns,
      key: keys.keys.data,
      logs,
      protection,
      tables,
      recoveryDays: 7,
      maxThroughput: 4000,
      ...more,
    },
    onAzure,
  );
}

const deploy = (options: GroundOptions, more: Partial<KeyValuesArgs> = {}): Promise<Deployed> =>
  onNetwork((ground) => {
    values(ground, more);
  }, options);

describe("tables of keys and values on Azure, deployed", function () {
  this.timeout(60_000);
  let production: Deployed;

  before(async () => {
    production = await deploy({ class: "production" });
  });

  it("[PF-DATA-02] are containers of one database, in every zone of the region", () => {
    assert.deepEqual(
      production.ofType("azure-native:cosmosdb:SqlResourceSqlContainer").map(({ name }) => name),
      ["values-sessions", "values-carts"],
    );
    assert.deepEqual(only(production.named("values-sessions").inputs, "databaseName", "containerName", "options"), {
      databaseName: "test",
      containerName: "test-sessions",
      options: undefined,
    });
    assert.deepEqual(production.input("values-database", "options"), { autoscaleSettings: { maxThroughput: 4000 } });
    for (const name of ["values-account", "values-database", "values-sessions"]) {
      assert.deepEqual(production.input(name, "tags"), { system: "test" }, name);
    }
    assert.deepEqual(
      only(
        production.named("values-account").inputs,
        "kind",
        "locations",
        "enableMultipleWriteLocations",
        "consistencyPolicy",
      ),
      {
        kind: "GlobalDocumentDB",
        locations: [{ locationName: "eastus", failoverPriority: 0, isZoneRedundant: true }],
        enableMultipleWriteLocations: false,
        consistencyPolicy: { defaultConsistencyLevel: "Session" },
      },
    );
  });

  it("are in an account with a name of 44 letters at most", async () => {
    assert.match(text(production.input("values-account", "accountName")), /^test-values-[a-z0-9]{6}$/);
    const long = await deploy({}, { prefix: "a".repeat(50) });
    assert.equal(text(long.input("values-account", "accountName")).length, 44);
  });

  it("[PF-SEC-05] encrypt with a key of the site, by an identity that may use it", () => {
    const { inputs } = production.named("values-account");
    const identity = production.id("values-key-identity");
    assert.deepEqual(only(inputs, "keyVaultKeyUri", "identity", "defaultIdentity"), {
      keyVaultKeyUri: production.output("keys-data", "keyUri"),
      identity: { type: "UserAssigned", userAssignedIdentities: [identity] },
      defaultIdentity: `UserAssignedIdentity=${identity}`,
    });
    assert.ok(production.waitsFor("values-account").has("values-key-right"));
  });

  it("answer in the network alone, to log-in by Microsoft Entra alone", () => {
    assert.deepEqual(
      only(
        production.named("values-account").inputs,
        "publicNetworkAccess",
        "networkAclBypass",
        "disableLocalAuth",
        "disableKeyBasedMetadataWriteAccess",
        "minimalTlsVersion",
      ),
      {
        publicNetworkAccess: "Disabled",
        networkAclBypass: "None",
        disableLocalAuth: true,
        disableKeyBasedMetadataWriteAccess: true,
        minimalTlsVersion: "Tls12",
      },
    );
    assert.deepEqual(production.input("values-private-endpoint", "privateLinkServiceConnections.0.groupIds"), ["Sql"]);
  });

  it("[PF-DR-01] go back to any second of 7 or 30 days", async () => {
    const tier = "backupPolicy.continuousModeProperties.tier";
    assert.equal(production.input("values-account", "backupPolicy.type"), "Continuous");
    assert.equal(production.input("values-account", tier), "Continuous7Days");
    const longer = await deploy({}, { recoveryDays: 14 });
    assert.equal(longer.input("values-account", tier), "Continuous30Days");
    assert.throws(() => backupTier(31), /recoveryDays \(31\) is more than Cosmos DB goes back: choose 7 or 30/);
  });

  it("[PF-DR-02] have copies in other regions that take writes too", async () => {
    const stack = await deploy({}, { replicas: ["westus3", "centralus"] });
    assert.deepEqual(
      only(
        stack.named("values-account").inputs,
        "locations",
        "enableMultipleWriteLocations",
        "enableAutomaticFailover",
      ),
      {
        locations: [
          { locationName: "eastus", failoverPriority: 0, isZoneRedundant: true },
          { locationName: "westus3", failoverPriority: 1, isZoneRedundant: false },
          { locationName: "centralus", failoverPriority: 2, isZoneRedundant: false },
        ],
        enableMultipleWriteLocations: true,
        enableAutomaticFailover: true,
      },
    );
  });

  it("are locked and protected where the class says so", async () => {
    const held = production.run.resources.filter(({ name, protect }) => protect && /^values-/.test(name));
    assert.deepEqual(held.map(({ name }) => name).sort(), [
      "values-account",
      "values-carts",
      "values-database",
      "values-sessions",
    ]);
    assert.equal(production.input("values-lock", "scope"), production.id("values-account"));
    const development = await deploy({ class: "development" });
    assert.ok(!development.run.resources.some(({ name, protect }) => name === "values-lock" || protect));
  });

  it("open to a workload by a role of Cosmos DB on the database", async () => {
    const stack = await onNetwork((ground) => {
      const { prefix, place, onAzure } = ground;
      new WorkloadIdentity(
        "api",
        {
          prefix,
          place,
          namespace: "chat",
          serviceAccount: "api",
          issuers: { cluster: "https://issuer.example.org/" },
          grants: [{ to: values(ground), access: "write" }],
        },
        onAzure,
      );
    });
    const account = stack.id("values-account");
    assert.deepEqual(only(stack.named("api-key-values-write-0").inputs, "scope", "roleDefinitionId"), {
      scope: `${account}/dbs/test`,
      roleDefinitionId: `${account}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002`,
    });
    assert.ok(stack.waitsFor("api-key-values-write-0").has("values-database"));
  });

  it("refuse keys that Cosmos DB does not take, all at once", async () => {
    const { run } = await attempt((ground) => {
      values(ground, { tables: { carts: { hashKey: "customer-id", indexes: { day: { hashKey: "a.b" } } } } });
    });
    assert.match(run.errors.join("\n"), /table carts\.hashKey: "customer-id" has other characters/);
    assert.match(run.errors.join("\n"), /table carts\.indexes\.day\.hashKey: "a\.b" has other characters/);
    assert.match(text(cosmosFaults({ hashKey: "a b" })[0]?.message), /rename it/);
    const many = Object.fromEntries(
      Array.from({ length: 26 }, (_, index) => [`t${String(index)}`, { hashKey: "id" }] as const),
    );
    const crowded = await attempt((ground) => {
      values(ground, { tables: many });
    });
    assert.match(crowded.run.errors.join("\n"), /26 tables are more than the 25/);
  });
});

describe("containers of Cosmos DB", () => {
  it("are divided by the hash key, hold a range key once, and index keys alone", () => {
    assert.deepEqual(containerOf("test-carts", tables.carts), {
      id: "test-carts",
      partitionKey: { kind: "Hash", version: 2, paths: ["/customer"] },
      uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/item"] }] },
      indexingPolicy: {
        indexingMode: "consistent",
        automatic: true,
        includedPaths: ["customer", "item", "day", "price", "shop"].map((key) => ({ path: `/${key}/?` })),
        excludedPaths: [{ path: "/*" }],
        compositeIndexes: [
          [
            { path: "/day", order: "ascending" },
            { path: "/price", order: "ascending" },
          ],
        ],
      },
    });
  });

  it("end items only where the table says when", () => {
    assert.equal(containerOf("s", tables.sessions).defaultTtl, -1);
    assert.ok(!("defaultTtl" in containerOf("c", tables.carts)));
  });
});

describe("settings of tables on Azure", () => {
  const schema = azureKeyValueSettings({
    mode: "create",
    tables,
    recoveryDays: 7,
    replicaRegions: [],
    maxThroughput: 4000,
    standby: { maxThroughput: 1000 },
  });
  const faults = (value: unknown) =>
    (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

  it("are those of a standby, with a throughput of its own that Azure goes back to", () => {
    assert.deepEqual(only(schema.parse(undefined), "maxThroughput", "standby", "recoveryDays"), {
      maxThroughput: 4000,
      standby: { maxThroughput: 1000 },
      recoveryDays: 7,
    });
    assert.deepEqual(faults({ maxThroughput: 30_000 }), [
      "standby.maxThroughput: standby.maxThroughput (1000) is below a tenth of maxThroughput (30000), to which Cosmos DB goes back at most: raise it to 3000 or more, or lower maxThroughput",
    ]);
    assert.deepEqual(faults({ standby: { recoveryDays: 7 } }).length > 0, true);
  });

  it("name what Cosmos DB does not take", () => {
    assert.deepEqual(faults({ maxThroughput: 1500 }), ["maxThroughput: give a multiple of 1000"]);
    assert.equal(faults({ recoveryDays: 14 }).length, 1);
    assert.deepEqual(faults({ tables: { carts: { hashKey: "customer-id" } } }), [
      'tables.carts.hashKey: "customer-id" has other characters than letters, digits and _, and Cosmos DB takes no key of such a name: rename it',
    ]);
    assert.deepEqual(faults({ replicaRegions: ["us-east-1"] }), [
      "replicaRegions.0: give a region of Azure such as eastus",
    ]);
  });
});
