import assert from "node:assert/strict";
import { at, deployed, only, text, type Deployed } from "./deployed";

describe("prod-gcp: governance", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod-gcp");
  });

  it("[PF-OBS-01] watches every managed service: when each alarm goes off, and which are silent's too", () => {
    const alarms = stack
      .ofType("gcp:monitoring/alertPolicy:AlertPolicy")
      .map(({ name, inputs }) => ({
        name: name.replace(/^alarms-/, ""),
        condition: at(inputs, "conditions.0.conditionThreshold"),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual(
      alarms.map(({ name, condition }) => [
        name,
        at(condition, "comparison") === "COMPARISON_GT" ? ">" : "<",
        at(condition, "thresholdValue"),
        at(condition, "duration"),
      ]),
      ALARMS,
    );
    const speaking = alarms.filter(
      ({ condition }) => at(condition, "evaluationMissingData") === "EVALUATION_MISSING_DATA_ACTIVE",
    );
    assert.deepEqual(
      speaking.map(({ name }) => name),
      ["kubernetes-node-cpu", "postgres-shard-0-cpu", "postgres-shard-0-storage", "redis-memory"],
    );
  });

  it("[PF-OBS-01] watches the very things of the stack, and tells the one channel", () => {
    const filter = (alarm: string) => text(stack.input(`alarms-${alarm}`, "conditions.0.conditionThreshold.filter"));
    const watched: Readonly<Record<string, unknown>> = {
      "postgres-shard-0-cpu": `database_id = "portfolio-prod-gcp:${text(stack.output("databases-shard-0-source", "name"))}"`,
      "postgres-shard-0-reader-replica-lag": `database_id = "portfolio-prod-gcp:${text(stack.output("databases-shard-0-replica-reader", "name"))}"`,
      "redis-memory": `instance_id = "${stack.id("redis-instance")}"`,
      "documents-refusals": `database_id = "${text(stack.output("documents-database", "name"))}"`,
      "key-values-refusals": `database_id = "${text(stack.output("key-values-database", "name"))}"`,
      "functions-errors": `service_name = "${text(stack.output("functions-archive-events-function", "name"))}"`,
      "kubernetes-node-cpu": `cluster_name = "${text(stack.output("cluster-control-plane-gke", "name"))}"`,
      "nat-ports": `gateway_name = "${text(stack.output("network-nat", "name"))}"`,
    };
    for (const [alarm, label] of Object.entries(watched)) {
      assert.ok(filter(alarm).includes(String(label)), `${alarm}: ${filter(alarm)}`);
    }
    for (const { urn, inputs } of stack.ofType("gcp:monitoring/alertPolicy:AlertPolicy")) {
      assert.deepEqual(inputs["notificationChannels"], [stack.id("alarms-channel")], urn);
    }
    assert.equal(stack.input("alarms-channel", "labels.topic"), stack.id("alarms-topic-topic"));
  });

  it("[PF-DR-01] keeps backups of the database and the cluster in us-east1, which nobody deletes before 35 days", () => {
    assert.deepEqual(
      only(
        stack.named("backup-vaults-vault").inputs,
        "location",
        "backupMinimumEnforcedRetentionDuration",
        "accessRestriction",
      ),
      {
        location: "us-east1",
        backupMinimumEnforcedRetentionDuration: "3024000s",
        accessRestriction: "WITHIN_PROJECT",
      },
    );
    assert.equal(stack.input("backup-vaults-databases", "backupVault"), stack.id("backup-vaults-vault"));
    assert.equal(stack.input("backup-vaults-databases", "backupRules.0.backupRetentionDays"), 35);
    assert.deepEqual(only(stack.named("backup-vaults-database-shard-0").inputs, "backupPlan", "resource"), {
      backupPlan: stack.id("backup-vaults-databases"),
      resource: `projects/portfolio-prod-gcp/instances/${text(stack.output("databases-shard-0-source", "name"))}`,
    });
    const plan = stack.named("backup-vaults-cluster").inputs;
    assert.deepEqual(only(plan, "location", "cluster", "retentionPolicy"), {
      location: "us-east1",
      cluster: stack.id("cluster-control-plane-gke"),
      retentionPolicy: { backupDeleteLockDays: 35, backupRetainDays: 35, locked: false },
    });
  });

  it("[PF-SEC-05] records every call of the project for six years", () => {
    assert.deepEqual(only(stack.named("audit-trail-bucket").inputs, "location", "retentionDays"), {
      location: "us-central1",
      retentionDays: 2190,
    });
    assert.equal(
      stack.input("audit-trail-sink", "destination"),
      `logging.googleapis.com/${stack.id("audit-trail-bucket")}`,
    );
    assert.equal(stack.input("audit-trail-reads", "service"), "allServices");
  });

  it("[PF-DR-01] lets the engine delete nothing that keeps data", () => {
    const names = stack.run.resources.filter(({ protect, custom }) => protect && custom).map(({ name }) => name);
    assert.deepEqual(names.sort(), [...PROTECTED].sort());
  });
});

/** The sign, the limit, and how long it lasts before somebody hears of it. Shares are of one; other limits are counts and seconds. */
const ALARMS = [
  ["documents-refusals", ">", 10, "300s"],
  ["functions-errors", ">", 5, "300s"],
  ["key-values-refusals", ">", 10, "300s"],
  ["kubernetes-node-cpu", ">", 0.9, "600s"],
  ["kubernetes-node-memory", ">", 0.9, "600s"],
  ["kubernetes-restarts", ">", 2, "300s"],
  ["kubernetes-volumes", ">", 0.85, "300s"],
  ["nat-ports", ">", 0, "300s"],
  ["postgres-shard-0-cpu", ">", 0.8, "600s"],
  ["postgres-shard-0-reader-replica-lag", ">", 60, "240s"],
  ["postgres-shard-0-storage", ">", 0.9, "300s"],
  ["postgres-shard-0-transaction-ids", ">", 0.8, "300s"],
  ["redis-memory", ">", 0.8, "300s"],
];

const PROTECTED = [
  "audit-trail-bucket",
  "audit-trail-sink",
  "backup-copies-copy-key",
  "backup-copies-ring",
  "backup-vaults-vault",
  "cluster-control-plane-gke",
  "credentials-copy-copy-key",
  "credentials-copy-ring",
  "databases-shard-0-replica-reader",
  "databases-shard-0-source",
  "documents-database",
  "events-brokers",
  "events-kafka",
  "events-topic-events",
  "functions-build-code",
  "functions-build-images",
  "identity-provider-config",
  "images-services",
  "key-values-database",
  "keys-data-key",
  "keys-images-key",
  "keys-logs-key",
  "keys-ring",
  "keys-secrets-key",
  "lake-catalog",
  "lake-namespace",
  "lake-objects-bucket",
  "lake-table-events",
  "objects-bucket",
  // With the definition would go every queue.
  "queue-operator-definition",
  "queue-rabbitmq",
  "redis-instance",
  "secrets-documents",
  "secrets-events",
  "secrets-postgres-shard-0",
  "secrets-queue",
];
