import assert from "node:assert/strict";
import { archiveEvents } from "../../../components/azure/archive-events";
import { FunctionRuntime, type FunctionRuntimeArgs } from "../../../components/azure/functions";
import { clockTime, vaultOf, vaultReference } from "../../../components/azure/functions.plan";
import { DataLake } from "../../../components/azure/lake";
import { SecretStore } from "../../../components/azure/secret-store";
import { inRole, type SiteRole } from "../../../components/planning/role";
import { azureFunctionSettings } from "../../../config/schema/azure/functions";
import { equal, isList, isProperties, type Value } from "../../../offline/cloud/value";
import { azureReplacementRows } from "../../../offline/services/azure/replacements";
import { at, only, type Deployed } from "../../stacks/deployed";
import { attempt, onNetwork, text, type Ground, type GroundOptions } from "./ground";

const sizes = {
  topic: "orders",
  memoryMiB: 512,
  timeoutSeconds: 90,
  batchSize: 500,
  batchWindowSeconds: 30,
  concurrency: 5,
  alwaysReady: 1,
  availability: "zones",
} as const;

function functions(ground: Ground, changes: Partial<FunctionRuntimeArgs> = {}, given: Partial<Sizes> = {}) {
  const { place, prefix, network, dns, keys, logs, protection, onAzure } = ground;
  const secrets = new SecretStore("secrets", { prefix, place, network, dns, logs, protection }, onAzure);
  const lake = new DataLake(
    "lake",
    {
      prefix,
      place,
      tables: {},
      catalogUri: "https://catalog.example.org",
      infrequentAccessAfterDays: 30,
      deleteAfterDays: 365,
      keepVersionsDays: 30,
      key: keys.keys.data,
      network,
      dns,
      logs,
      protection,
    },
    onAzure,
  );
  return new FunctionRuntime(
    "functions",
    {
      place,
      prefix,
      network,
      dns,
      functions: { "archive-events": archiveEvents(lake, { ...sizes, ...given }) },
      stream: {
        bootstrapServers: "kafka.example.org:9094",
        topicNames: { orders: "orders" },
        username: "functions",
        password: "secret-of-kafka",
      },
      secrets,
      key: keys.keys.data,
      logs,
      protection,
      ...changes,
    },
    onAzure,
  );
}

/** Paths of what differs, down to lists and single values. */
function changedPaths(before: Value | undefined, after: Value | undefined): readonly string[] {
  if (equal(before, after)) return [];
  if (!isProperties(before) || !isProperties(after)) return [""];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .flatMap((key) => changedPaths(before[key], after[key]).map((path) => (path === "" ? key : `${key}.${path}`)));
}

type Sizes = Parameters<typeof archiveEvents>[1];

const withSubnet: GroundOptions = { optional: ["functions"] };

/** Settings of the host by name. */
function settingsOf(stack: Deployed): Record<string, Value | undefined> {
  const settings = stack.input("functions-archive-events-app", "siteConfig.appSettings");
  assert.ok(isList(settings));
  return Object.fromEntries(
    settings.map((setting) => {
      assert.ok(isProperties(setting));
      return [text(setting["name"]), setting["value"]];
    }),
  );
}

describe("FunctionRuntime of Azure", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await onNetwork((ground) => functions(ground), { ...withSubnet, class: "production" });
  });

  it("[PF-SVC-03] runs a function for batches of a topic, logged in by SCRAM with a password out of the vault", () => {
    const settings = settingsOf(stack);
    const vault = text(stack.input("secrets-vault-vault", "vaultName"));
    assert.deepEqual(
      only(
        settings,
        "KAFKA_BROKERS",
        "KAFKA_TOPIC",
        "KAFKA_CONSUMER_GROUP",
        "KAFKA_USERNAME",
        "KAFKA_PASSWORD",
        "KAFKA_CA_PEM",
        "AzureFunctionsJobHost__functionTimeout",
        "AzureFunctionsJobHost__extensions__kafka__maxBatchSize",
        "AzureFunctionsJobHost__extensions__kafka__subscriberIntervalInSeconds",
      ),
      {
        KAFKA_BROKERS: "kafka.example.org:9094",
        KAFKA_TOPIC: "orders",
        KAFKA_CONSUMER_GROUP: "test-archive-events",
        KAFKA_USERNAME: "functions",
        KAFKA_PASSWORD: `@Microsoft.KeyVault(SecretUri=https://${vault}.vault.azure.net/secrets/test-functions-kafka-password)`,
        KAFKA_CA_PEM: undefined,
        AzureFunctionsJobHost__functionTimeout: "00:01:30",
        AzureFunctionsJobHost__extensions__kafka__maxBatchSize: "500",
        AzureFunctionsJobHost__extensions__kafka__subscriberIntervalInSeconds: "30",
      },
    );
    assert.equal(settings["LAKE_ACCOUNT"], stack.output("lake-account", "name"));
    assert.ok(!JSON.stringify(settings).includes("secret-of-kafka"));
    assert.equal(stack.named("functions-login").protect, true);
  });

  it("is private: over TLS 1.3, in the subnet of functions, without users and passwords of its own", () => {
    const app = stack.named("functions-archive-events-app").inputs;
    assert.deepEqual(
      only(app, "httpsOnly", "publicNetworkAccess", "virtualNetworkSubnetId", "keyVaultReferenceIdentity", "kind"),
      {
        httpsOnly: true,
        publicNetworkAccess: "Disabled",
        virtualNetworkSubnetId: stack.id("network-functions"),
        keyVaultReferenceIdentity: stack.id("functions-archive-events-identity"),
        kind: "functionapp,linux",
      },
    );
    assert.deepEqual(
      [at(app, "siteConfig.minTlsVersion"), at(app, "siteConfig.scmMinTlsVersion"), at(app, "siteConfig.ftpsState")],
      ["1.3", "1.3", "Disabled"],
    );
    for (const way of ["ftp", "scm"]) assert.equal(stack.input(`functions-archive-events-${way}`, "allow"), false);
    assert.deepEqual(
      stack.input("functions-archive-events-private-endpoint", "privateLinkServiceConnections.0.groupIds"),
      ["sites"],
    );
  });

  it("runs on Linux in a plan that is billed by use, and answers HTTP/2", () => {
    assert.deepEqual(only(stack.named("functions-archive-events-plan").inputs, "kind", "reserved", "sku"), {
      kind: "functionapp",
      reserved: true,
      sku: { name: "FC1", tier: "FlexConsumption" },
    });
    assert.equal(stack.input("functions-archive-events-app", "reserved"), true);
    assert.equal(stack.input("functions-archive-events-app", "siteConfig.http20Enabled"), true);
    assert.equal(stack.input("functions-archive-events-packages", "publicAccess"), "None");
  });

  it("has a name of 32 letters at most, which is part of its host's", async () => {
    assert.match(text(stack.input("functions-archive-events-app", "name")), /^te[a-z-]*archive-events-[a-z0-9]{6}$/);
    const long = await onNetwork((ground) => functions(ground, { prefix: "a".repeat(40) }), withSubnet);
    assert.match(text(long.input("functions-archive-events-app", "name")), /^a{10}-archive-events-[a-z0-9]{6}$/);
  });

  it("measures itself without a key of its own, and reads a password that counts", () => {
    assert.equal(stack.input("functions-insights", "disableLocalAuth"), true);
    assert.deepEqual(stack.input("functions-login", "properties.attributes"), { enabled: true });
  });

  it("logs in with a password that has an end where there is a day for it", async () => {
    const ending = await onNetwork((ground) => functions(ground, { renewBy: "2027-11-20" }), withSubnet);
    assert.deepEqual(ending.input("functions-login", "properties.attributes"), {
      enabled: true,
      expires: Date.UTC(2027, 10, 20) / 1000,
    });
  });

  it("brings back for a week what was deleted of its files, and records who changed them", () => {
    assert.deepEqual(
      only(
        stack.named("functions-storage-recovery").inputs,
        "accountName",
        "blobServicesName",
        "deleteRetentionPolicy",
        "containerDeleteRetentionPolicy",
      ),
      {
        accountName: stack.output("functions-storage-account", "name"),
        blobServicesName: "default",
        deleteRetentionPolicy: { enabled: true, days: 7 },
        containerDeleteRetentionPolicy: { enabled: true, days: 7 },
      },
    );
    assert.deepEqual(only(stack.named("functions-storage-logs").inputs, "resourceUri", "workspaceId", "logs"), {
      resourceUri: stack.id("functions-storage-recovery"),
      workspaceId: stack.id("logs-workspace"),
      logs: [
        { category: "StorageWrite", enabled: true },
        { category: "StorageDelete", enabled: true },
      ],
    });
  });

  it("keeps its package in storage without shared keys, by an identity with four rights on the site's own", () => {
    const account = stack.named("functions-storage-account").inputs;
    assert.deepEqual(only(account, "allowSharedKeyAccess", "publicNetworkAccess"), {
      allowSharedKeyAccess: false,
      publicNetworkAccess: "Disabled",
    });
    assert.deepEqual(at(account, "encryption.services"), {
      queue: { enabled: true, keyType: "Account" },
      table: { enabled: true, keyType: "Account" },
    });
    assert.deepEqual(at(stack.named("functions-archive-events-app").inputs, "functionAppConfig"), {
      deployment: {
        storage: {
          type: "blobContainer",
          value: `https://${text(stack.output("functions-storage-account", "name"))}.blob.core.windows.net/packages-archive-events`,
          authentication: {
            type: "UserAssignedIdentity",
            userAssignedIdentityResourceId: stack.id("functions-archive-events-identity"),
          },
        },
      },
      runtime: { name: "node", version: "22" },
      scaleAndConcurrency: {
        instanceMemoryMB: 512,
        maximumInstanceCount: 5,
        alwaysReady: [{ name: "function:archive-events", instanceCount: 1 }],
      },
    });
    const scopes = {
      blob: "functions-storage-account",
      queue: "functions-storage-account",
      table: "functions-storage-account",
      login: "functions-login",
      metrics: "functions-insights",
      "lake-write-0": "lake-container",
    };
    for (const [right, scope] of Object.entries(scopes)) {
      assert.equal(stack.input(`functions-archive-events-${right}`, "scope"), stack.id(scope));
    }
    const before = stack.waitsFor("functions-archive-events-app");
    for (const right of ["blob", "queue", "table", "login", "metrics"]) {
      assert.ok(before.has(`functions-archive-events-${right}`), right);
    }
  });

  it("changes every size in place when the role is switched", async () => {
    const settings = azureFunctionSettings({
      mode: "create",
      topic: "orders",
      standby: { concurrency: 1, alwaysReady: 0, availability: "single-zone" },
    }).parse({ alwaysReady: 2, availability: "zones", concurrency: 9 });
    const made = async (role: SiteRole) => {
      const { concurrency, alwaysReady, availability } = inRole(settings, role);
      const run = await onNetwork(
        (ground) => functions(ground, {}, { concurrency, alwaysReady, availability }),
        withSubnet,
      );
      return run.run.resources.filter(({ custom }) => custom);
    };
    const [standby, active] = [await made("standby"), await made("active")];
    const found = active.flatMap(({ name, type, inputs }) => {
      const before = standby.find((each) => each.name === name && each.type === type);
      return changedPaths(before?.inputs, inputs).map((path) => ({ type, path }));
    });
    const app = "functionAppConfig.scaleAndConcurrency";
    assert.deepEqual(found, [
      { type: "azure-native:web:AppServicePlan", path: "zoneRedundant" },
      { type: "azure-native:web:WebApp", path: `${app}.alwaysReady` },
      { type: "azure-native:web:WebApp", path: `${app}.maximumInstanceCount` },
    ]);
    for (const { type, path } of found) {
      const { replaces = [], refuses = [] } = azureReplacementRows()[type] ?? {};
      assert.ok(![...replaces, ...refuses].some((each) => path.startsWith(each)), `${type} ${path}`);
    }
  });

  it("is refused a topic that nobody has, and a network without the subnet", async () => {
    const topic = await attempt((ground) => functions(ground, {}, { topic: "gone" }), withSubnet);
    assert.match(topic.run.errors.join("\n"), /reads topic "gone", which the event stream does not have \(orders\)/);
    const subnet = await attempt((ground) => functions(ground));
    assert.match(subnet.run.errors.join("\n"), /no subnet "functions": add it to the network's optional subnets/);
  });
});

describe("settings of a host", () => {
  it("write times as a clock does", () => {
    assert.equal(clockTime(60), "00:01:00");
    assert.equal(clockTime(3600), "01:00:00");
    assert.equal(clockTime(3725), "01:02:05");
  });

  it("name a secret of a vault", () => {
    assert.equal(vaultOf("/subscriptions/a/resourceGroups/b/providers/Microsoft.KeyVault/vaults/c"), "c");
    assert.throws(() => vaultOf("/subscriptions/a"), /\/subscriptions\/a is no key vault/);
    assert.equal(vaultReference("c", "d"), "@Microsoft.KeyVault(SecretUri=https://c.vault.azure.net/secrets/d)");
  });

  it("refuse a size that Azure does not have", () => {
    const settings = azureFunctionSettings({ mode: "create", topic: "orders" });
    const result = settings.safeParse({ memoryMiB: 256 });
    assert.equal(result.error?.issues[0]?.message, "give 512, 2048, 4096: the sizes that Azure has");
  });
});
