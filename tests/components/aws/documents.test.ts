import assert from "node:assert/strict";
import { Documents, type DocumentsArgs } from "../../../components/aws/documents";
import type { Zone } from "../../../components/planning/address-plan";
import { only, text, type Deployed } from "../../stacks/deployed";
import { attempt, onGround, type Ground } from "./data-ground";

const instance = "aws:docdb/clusterInstance:ClusterInstance";

function documents({ shared, stores }: Ground, instanceZones: Zone[], changes: Partial<DocumentsArgs> = {}) {
  return new Documents(
    "documents",
    {
      ...shared,
      engineVersion: "5.0",
      instanceClass: "db.r6g.large",
      instanceZones,
      masterUser: "platform",
      minimumTls: "1.3",
      backupRetentionDays: 14,
      slowOperationMs: 100,
      changeStreamHours: 24,
      ...changes,
    },
    stores,
  );
}

describe("Documents", function () {
  this.timeout(60_000);
  let made: Documents | undefined;
  let stack: Deployed;
  before(async () => {
    stack = await onGround((ground) => {
      made = documents(ground, ["a", "b", "c"]);
    });
  });

  it("[PF-DATA-02] is a DocumentDB cluster with an instance in each of three zones", () => {
    assert.deepEqual(
      only(stack.named("documents-cluster").inputs, "clusterIdentifier", "engine", "engineVersion", "port"),
      { clusterIdentifier: "test-documents", engine: "docdb", engineVersion: "5.0.0", port: 27017 },
    );
    assert.deepEqual(
      stack.ofType(instance).map(({ name, protect, inputs }) => ({ name, protect, inputs })),
      ["a", "b", "c"].map((zone) => ({
        name: `documents-instance-${zone}`,
        protect: true,
        inputs: {
          identifier: `test-documents-${zone}`,
          clusterIdentifier: "test-documents",
          instanceClass: "db.r6g.large",
          availabilityZone: `eu-west-1${zone}`,
          copyTagsToSnapshot: true,
          preferredMaintenanceWindow: "sun:06:00-sun:07:00",
        },
      })),
    );
    assert.deepEqual(
      [made?.scheme, made?.databaseName, made?.port, made?.protocol, made?.options],
      [
        "mongodb",
        undefined,
        27017,
        "5.0",
        { tls: "true", replicaSet: "rs0", readPreference: "secondaryPreferred", retryWrites: "false" },
      ],
    );
  });

  it("[PF-SEC-05] is encrypted with a key of the stack", () => {
    assert.deepEqual(only(stack.named("documents-cluster").inputs, "storageEncrypted", "kmsKeyId"), {
      storageEncrypted: true,
      kmsKeyId: stack.output("data-key", "arn"),
    });
  });

  it("[PF-SEC-06] speaks TLS 1.3 only, audits and profiles", () => {
    assert.deepEqual(only(stack.named("documents-parameters").inputs, "family", "parameters"), {
      family: "docdb5.0",
      parameters: [
        { name: "tls", value: "tls1.3+", applyMethod: "pending-reboot" },
        { name: "audit_logs", value: "enabled", applyMethod: "immediate" },
        { name: "profiler", value: "enabled", applyMethod: "immediate" },
        { name: "profiler_threshold_ms", value: "100", applyMethod: "immediate" },
        { name: "change_stream_log_retention_duration", value: "86400", applyMethod: "immediate" },
      ],
    });
    assert.equal(
      stack.input("documents-cluster", "dbClusterParameterGroupName"),
      stack.output("documents-parameters", "name"),
    );
    assert.deepEqual(stack.input("documents-cluster", "enabledCloudwatchLogsExports"), ["audit", "profiler"]);
    for (const log of ["audit", "profiler"]) {
      assert.deepEqual(stack.named(`documents-${log}-log`).inputs, {
        name: `/aws/docdb/test-documents/${log}`,
        retentionInDays: 365,
        kmsKeyId: stack.output("logs-key", "arn"),
      });
      assert.ok(stack.waitsFor("documents-cluster").has(`documents-${log}-log`));
    }
  });

  it("[PF-DR-01] keeps continuous backups of 14 days, takes a last snapshot and is guarded against deletion", () => {
    const { inputs, protect } = stack.named("documents-cluster");
    assert.deepEqual(only(inputs, "backupRetentionPeriod", "deletionProtection", "skipFinalSnapshot"), {
      backupRetentionPeriod: 14,
      deletionProtection: true,
      skipFinalSnapshot: false,
    });
    assert.match(text(inputs["finalSnapshotIdentifier"]), /^test-documents-final-[0-9a-f]{8}$/);
    assert.equal(protect, true);
  });

  it("lies in the database tier behind the group that it is given", () => {
    assert.deepEqual(
      stack.input("documents-subnets", "subnetIds"),
      ["a", "b", "c"].map((zone) => stack.id(`network-database-${zone}`)),
    );
    assert.deepEqual(stack.input("documents-cluster", "vpcSecurityGroupIds"), [stack.id("stores")]);
  });

  it("keeps its credentials in the store", () => {
    assert.equal(stack.input("secrets-documents", "name"), "test/documents");
    assert.deepEqual(JSON.parse(text(stack.input("secrets-documents-version", "secretString"))), {
      username: "platform",
      password: stack.output("documents-password", "result"),
      host: stack.output("documents-cluster", "endpoint"),
      port: "27017",
    });
    assert.deepEqual(made?.credentials.keys, ["username", "password", "host", "port"]);
  });

  it("gets an instance more without a change to those that are there", async () => {
    const fewer = await onGround((ground) => documents(ground, ["a", "b"]));
    for (const zone of ["a", "b"]) {
      assert.deepEqual(
        fewer.named(`documents-instance-${zone}`).inputs,
        stack.named(`documents-instance-${zone}`).inputs,
      );
    }
  });

  it("in development is one instance without guards, which leaves nothing behind", async () => {
    const small = await onGround((ground) => documents(ground, ["a"], { engineVersion: "8.0" }), {
      class: "development",
    });
    assert.equal(small.ofType(instance).length, 1);
    const { inputs, protect } = small.named("documents-cluster");
    assert.deepEqual(only(inputs, "engineVersion", "deletionProtection", "skipFinalSnapshot"), {
      engineVersion: "8.0.0",
      deletionProtection: false,
      skipFinalSnapshot: true,
    });
    assert.equal(protect, false);
    assert.equal(small.input("documents-parameters", "family"), "docdb8.0");
  });

  it("is refused by the cloud with a class that DocumentDB does not have", async () => {
    const refused = await attempt((ground) => documents(ground, ["a"], { instanceClass: "db.t4g.micro" }));
    assert.equal(refused.run.errors.length, 1);
    assert.match(refused.run.errors[0] ?? "", /documents-instance-a.*InvalidParameter/);
  });
});
