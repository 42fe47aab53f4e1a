import assert from "node:assert/strict";
import type { Properties } from "../../offline/cloud/value";
import { at, deployed, only, text, type Deployed } from "./deployed";
import { list } from "./invariants/facts";

/** What is watched, the sign, the limit, over how long, and how bad it is: 0 is worst. Shares are percents; `slot-lag` is 5 GiB. */
const ALARMS: Readonly<
  Record<string, readonly [watched: string, sign: string, limit: number, over: string, severity: number]>
> = {
  "documents-cpu": ["documents-cluster", ">", 80, "PT15M", 2],
  "documents-storage": ["documents-cluster", ">", 85, "PT15M", 1],
  "functions-errors": ["functions-insights", ">", 5, "PT15M", 2],
  "gateway-bgp": ["gateway-vpn", "<", 1, "PT5M", 1],
  "key-values-throttles": ["key-values-account", ">", 100, "PT5M", 2],
  "nat-ports": ["network-nat", ">", 0, "PT5M", 2],
  "objects-availability": ["objects-account", "<", 99, "PT15M", 1],
  "postgres-shard-0-alive": ["databases-shard-0-source", "<", 1, "PT5M", 0],
  "postgres-shard-0-replica-reader-replica-lag": ["databases-shard-0-replica-reader", ">", 60, "PT5M", 2],
  "postgres-shard-0-cpu": ["databases-shard-0-source", ">", 80, "PT15M", 2],
  "postgres-shard-0-slot-lag": ["databases-shard-0-source", ">", 5 * 1024 ** 3, "PT15M", 1],
  "postgres-shard-0-storage": ["databases-shard-0-source", ">", 85, "PT15M", 1],
  "redis-memory": ["redis-cluster", ">", 80, "PT15M", 2],
};

const PROTECTED = [
  "audit-trail-storage-account",
  "audit-trail-trail",
  "backup-vaults-vault",
  "cluster-aks",
  "cluster-sensor-workspace",
  "databases-shard-0-database",
  "databases-shard-0-database-iceberg",
  "databases-shard-0-replica-reader",
  "databases-shard-0-source",
  "documents-cluster",
  "events-brokers",
  "events-kafka",
  "events-topic-events",
  "flow-logs-storage",
  "functions-login",
  "functions-storage-account",
  "identity-provider-tenant",
  "images-registry",
  "key-values-account",
  "key-values-database",
  "key-values-sessions",
  "keys-data",
  "keys-images",
  "keys-logs",
  "keys-secrets",
  "keys-vault-vault",
  "lake-account",
  "lake-container",
  "logs-workspace",
  "machine-learning-models",
  "machine-learning-storage-account",
  "machine-learning-vault-vault",
  "machine-learning-workspace",
  "objects-account",
  "objects-container",
  // With the definition would go every queue.
  "queue-operator-definition",
  "queue-rabbitmq",
  "redis-cluster",
  "redis-database",
  "secrets-documents",
  "secrets-events",
  "secrets-iceberg-catalog",
  "secrets-iceberg-catalog-root",
  "secrets-postgres-shard-0",
  "secrets-queue",
  "secrets-vault-vault",
  "site-group",
];

/** Lock by lock, what nobody deletes by the cloud's own tools either. */
const LOCKED: Readonly<Record<string, string>> = {
  "audit-trail-lock": "audit-trail-storage-account",
  "cluster-lock": "cluster-aks",
  "databases-shard-0-replica-reader-lock": "databases-shard-0-replica-reader",
  "databases-shard-0-source-lock": "databases-shard-0-source",
  "documents-lock": "documents-cluster",
  "key-values-lock": "key-values-account",
  "lake-lock": "lake-account",
  "objects-lock": "objects-account",
  "redis-lock": "redis-cluster",
};

describe("dr: governance", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("dr");
  });

  it("[PF-OBS-01] watches every managed service: when each alarm goes off, and on the very thing of the stack", () => {
    const made = new Map(
      stack.run.resources.flatMap(({ id, name }) => (id === undefined ? [] : [[id, name] as const])),
    );
    const alarms = stack.ofType("azure-native:monitor:MetricAlert").map(({ name, inputs }) => {
      const [criterion, ...others] = list(at(inputs, "criteria.allOf"));
      assert.equal(others.length, 0, name);
      return [
        name.replace(/^alarms-/, ""),
        [
          made.get(text(at(inputs, "scopes.0"))),
          at(criterion, "operator") === "GreaterThan" ? ">" : "<",
          at(criterion, "threshold"),
          inputs["windowSize"],
          inputs["severity"],
        ],
      ] as const;
    });
    assert.deepEqual(Object.fromEntries(alarms), ALARMS);
    for (const { urn, inputs } of stack.ofType("azure-native:monitor:MetricAlert")) {
      assert.deepEqual(inputs["actions"], [{ actionGroupId: stack.id("alarms-group") }], urn);
      assert.equal(inputs["enabled"], true, urn);
    }
  });

  it("[PF-OBS-01] sends the logs of every service to the one workspace", () => {
    const logged = stack.ofType("azure-native:monitor:DiagnosticSetting").map(({ name, inputs }) => {
      assert.equal(inputs["workspaceId"], stack.id("logs-workspace"), name);
      return name.replace(/-logs$/, "");
    });
    assert.deepEqual(logged.sort(), [
      "audit-trail-trail",
      "cluster",
      "databases-shard-0-replica-reader",
      "databases-shard-0-source",
      "documents",
      "functions-archive-events",
      "functions-storage",
      "images",
      "key-values",
      "keys-vault",
      "lake",
      "machine-learning",
      "machine-learning-storage",
      "machine-learning-vault",
      "objects",
      "redis",
      "secrets-vault",
    ]);
    assert.equal(stack.input("flow-logs-log", "targetResourceId"), stack.id("network-network"));
    assert.equal(stack.input("flow-logs-log", "retentionPolicy.days"), 365);
  });

  it("[PF-DR-01] keeps recovery points of databases and objects for 35 days in an immutable vault, readable in the paired region", () => {
    const vault = stack.named("backup-vaults-vault").inputs;
    assert.deepEqual(at(vault, "properties.storageSettings"), [{ datastoreType: "VaultStore", type: "GeoRedundant" }]);
    assert.equal(at(vault, "properties.featureSettings.crossRegionRestoreSettings.state"), "Enabled");
    assert.deepEqual(at(vault, "properties.securitySettings.immutabilitySettings"), { state: "Unlocked" });
    assert.deepEqual(at(vault, "properties.securitySettings.softDeleteSettings"), {
      state: "On",
      retentionDurationInDays: 14,
    });
    const points = stack
      .ofType("azure-native:dataprotection:BackupInstance")
      .map(({ inputs }) => [
        at(inputs, "properties.dataSourceInfo.resourceID"),
        at(inputs, "properties.policyInfo.policyId"),
      ]);
    assert.deepEqual(
      points.sort(),
      [
        [stack.id("databases-shard-0-source"), stack.id("backup-vaults-databases-policy")],
        [stack.id("objects-account"), stack.id("backup-vaults-objects-policy")],
      ].sort(),
    );
    for (const [policy, every] of [
      ["databases", "P1W"],
      ["objects", "P1D"],
    ] as const) {
      const [backup, retention] = list(stack.input(`backup-vaults-${policy}-policy`, "properties.policyRules"));
      assert.match(text(at(backup, "trigger.schedule.repeatingTimeIntervals.0")), new RegExp(`/${every}$`), policy);
      assert.equal(at(retention, "lifecycles.0.deleteAfter.duration"), "P35D", policy);
    }
  });

  it("[PF-SEC-05] records every call of the subscription for six years, which nobody shortens by chance", () => {
    assert.deepEqual(
      at(stack.named("audit-trail-storage-account").inputs, "immutableStorageWithVersioning.immutabilityPolicy"),
      { allowProtectedAppendWrites: true, immutabilityPeriodSinceCreationInDays: 2190, state: "Unlocked" },
    );
    const trail = stack.named("audit-trail-trail").inputs;
    assert.equal(trail["storageAccountId"], stack.id("audit-trail-storage-account"));
    assert.match(text(trail["resourceUri"]), /^\/subscriptions\/[0-9a-f-]+$/);
    assert.deepEqual(
      list(trail["logs"]).map((log) => at(log, "category")),
      [
        "Administrative",
        "Alert",
        "Autoscale",
        "Policy",
        "Recommendation",
        "ResourceHealth",
        "Security",
        "ServiceHealth",
      ],
    );
  });

  it("[PF-SEC-03] looks for threats in everything that the site has", () => {
    const plans = stack
      .ofType("azure-native:security:Pricing")
      .map(({ inputs }) => `${text(inputs["pricingName"])} ${text(inputs["pricingTier"])}`);
    assert.deepEqual(
      plans.sort(),
      [
        "AppServices",
        "Arm",
        "CloudPosture",
        "Containers",
        "CosmosDbs",
        "KeyVaults",
        "OpenSourceRelationalDatabases",
        "StorageAccounts",
        "VirtualMachines",
      ].map((plan) => `${plan} Standard`),
    );
  });

  it("[PF-DR-01] lets the engine delete nothing that keeps data, nor anybody else what is locked", () => {
    const names = stack.run.resources.filter(({ protect, custom }) => protect && custom).map(({ name }) => name);
    assert.deepEqual(names.sort(), [...PROTECTED].sort());
    const made = new Map(
      stack.run.resources.flatMap(({ id, name }) => (id === undefined ? [] : [[id, name] as const])),
    );
    const locks = stack.ofType("azure-native:authorization:ManagementLockByScope").map(({ name, inputs }) => {
      assert.equal(inputs["level"], "CanNotDelete", name);
      return [name, made.get(text(inputs["scope"]))];
    });
    assert.deepEqual(Object.fromEntries(locks), LOCKED);
  });

  it("[PF-CLOUD-01] [PF-DR-01] tells the other sites of itself in its state storage, without a secret", () => {
    assert.deepEqual(
      only(stack.named("site-contract-object").inputs, "resourceGroupName", "containerName", "blobName", "contentType"),
      {
        resourceGroupName: "portfolio-dr-state",
        containerName: "sites",
        blobName: "site-contracts/dr.json",
        contentType: "application/json",
      },
    );
    assert.deepEqual(stack.run.secretOutputs, []);
    const contract = JSON.parse(text(stack.run.outputs["siteContract"])) as Properties;
    assert.deepEqual(at(contract, "network"), {
      block: "10.64.0.0/12",
      network: "10.64.0.0/16",
      pods: "10.68.0.0/14",
      services: "10.65.0.0/16",
      privateServices: "10.66.0.0/16",
      asn: 65_010,
      gatewayId: stack.id("gateway-vpn"),
    });
    assert.deepEqual(
      ["site", "class", "cloud", "region", "zones", "kubernetes.clusterName", "kubernetes.apiAccess"].map((path) =>
        at(contract, path),
      ),
      ["dr", "recovery", "azure", "eastus", ["a", "b", "c"], "portfolio-dr-aks", "network"],
    );
    const host = (server: string) => stack.output(server, "fullyQualifiedDomainName");
    assert.deepEqual(
      [
        "postgres.0.host",
        "postgres.0.replicas",
        "redis.host",
        "redis.port",
        "events.bootstrapServers",
        "queue.endpoint",
        "documents.port",
        "buckets.objects",
        "buckets.lake",
      ].map((path) => at(contract, `data.${path}`)),
      [
        host("databases-shard-0-source"),
        [host("databases-shard-0-replica-reader")],
        stack.output("redis-cluster", "hostName"),
        10_000,
        "10.64.143.240:9094",
        "amqps://10.64.143.244:5671",
        10_260,
        stack.output("objects-account", "name"),
        stack.output("lake-account", "name"),
      ],
    );
  });
});
