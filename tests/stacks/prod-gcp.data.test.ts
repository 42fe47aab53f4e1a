import assert from "node:assert/strict";
import type { Properties, Value } from "../../offline/cloud/value";
import { at, deployed, deployStack, only, text, type Deployed } from "./deployed";
import { list } from "./invariants/facts";

const source = "databases-shard-0-source";
const reader = "databases-shard-0-replica-reader";

/** Flags of an instance by their names. */
const flags = (settings: Value | undefined) =>
  Object.fromEntries(list(at(settings, "databaseFlags")).map((flag) => [text(at(flag, "name")), at(flag, "value")]));

describe("prod-gcp: data", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod-gcp");
  });

  it("[PF-DATA-01] is PostgreSQL 17 on 4 processors and 16 GiB, 100 to 1,000 GB of SSD, without a standby while it follows", () => {
    assert.equal(stack.input(source, "databaseVersion"), "POSTGRES_17");
    assert.deepEqual(
      only(
        stack.input(source, "settings") as Properties,
        "edition",
        "tier",
        "availabilityType",
        "diskType",
        "diskSize",
        "diskAutoresize",
        "diskAutoresizeLimit",
      ),
      {
        edition: "ENTERPRISE",
        tier: "db-custom-4-16384",
        availabilityType: "ZONAL",
        diskType: "PD_SSD",
        diskSize: 100,
        diskAutoresize: true,
        diskAutoresizeLimit: 1000,
      },
    );
  });

  it("[PF-SCALE-02] has one shard with a readable copy in zone c, both of which have room for 20 subscribers and 500 connections", () => {
    assert.equal(stack.ofType("gcp:sql/databaseInstance:DatabaseInstance").length, 2);
    assert.deepEqual(
      [stack.input(reader, "masterInstanceName"), stack.input(reader, "settings.locationPreference.zone")],
      [stack.output(source, "name"), "us-central1-c"],
    );
    for (const instance of [source, reader]) {
      assert.deepEqual(
        only(
          flags(stack.input(instance, "settings")),
          "cloudsql.logical_decoding",
          "max_replication_slots",
          "max_slot_wal_keep_size",
          "max_connections",
          "ssl_min_protocol_version",
          "cloudsql.iam_authentication",
        ),
        {
          "cloudsql.logical_decoding": "on",
          max_replication_slots: "20",
          // 20 GiB of the write-ahead log for a subscriber that is away, in MiB.
          max_slot_wal_keep_size: "20480",
          max_connections: "500",
          ssl_min_protocol_version: "TLSv1.3",
          "cloudsql.iam_authentication": "on",
        },
        instance,
      );
    }
  });

  it("[PF-DR-01] keeps the backups of its first hours in the other region too, before a vault takes them over", () => {
    assert.equal(stack.input(source, "settings.backupConfiguration.location"), "us-east1");
    assert.deepEqual(stack.named(source).ignoreChanges, ["settings.diskSize", "settings.backupConfiguration"]);
  });

  it("[PF-SCALE-02] gets a standby when it is the one that others follow", async () => {
    const publisher = await deployStack("prod-gcp", {
      database: { tier: "db-custom-4-16384", logicalReplication: "on", replicationRole: "publisher" },
    });
    assert.equal(publisher.input(source, "settings.availabilityType"), "REGIONAL");
  });

  it("[PF-DATA-03] has Redis 7.2 of 5 GiB on three nodes, two of which answer reads, over TLS", () => {
    assert.deepEqual(
      only(
        stack.named("redis-instance").inputs,
        "tier",
        "redisVersion",
        "memorySizeGb",
        "replicaCount",
        "readReplicasMode",
        "transitEncryptionMode",
        "authEnabled",
        "persistenceConfig",
      ),
      {
        tier: "STANDARD_HA",
        redisVersion: "REDIS_7_2",
        memorySizeGb: 5,
        replicaCount: 2,
        readReplicasMode: "READ_REPLICAS_ENABLED",
        transitEncryptionMode: "SERVER_AUTHENTICATION",
        authEnabled: true,
        persistenceConfig: { persistenceMode: "RDB", rdbSnapshotPeriod: "TWELVE_HOURS" },
      },
    );
  });

  it("[PF-DATA-02] keeps documents and key-value tables in databases of their own, both restored by the minute", () => {
    const editions = stack
      .ofType("gcp:firestore/database:Database")
      .map(({ name, inputs }) => [name, inputs["databaseEdition"], inputs["pointInTimeRecoveryEnablement"]]);
    assert.deepEqual(editions.sort(), [
      ["documents-database", "ENTERPRISE", "POINT_IN_TIME_RECOVERY_ENABLED"],
      ["key-values-database", "STANDARD", "POINT_IN_TIME_RECOVERY_ENABLED"],
    ]);
    const schedules = stack
      .ofType("gcp:firestore/backupSchedule:BackupSchedule")
      .map(({ inputs }) => [inputs["database"], inputs["retention"]]);
    assert.deepEqual(schedules.sort(), [
      ["portfolio-prod-gcp-documents", "604800s"],
      ["portfolio-prod-gcp-key-values", "3024000s"],
    ]);
    assert.equal(stack.ofType("gcp:memcache/instance:Instance").length, 0);
  });

  it("[PF-DATA-04] has three brokers of Kafka in three zones, each with 500 GiB of the fast class", () => {
    const { inputs } = stack.named("events-brokers");
    assert.equal(at(inputs, "spec.replicas"), 3);
    assert.deepEqual(
      list(at(inputs, "spec.storage.volumes")).map((volume) => [at(volume, "size"), at(volume, "class")]),
      [["500Gi", "fast"]],
    );
    assert.equal(
      at(inputs, "spec.template.pod.topologySpreadConstraints.0.topologyKey"),
      "topology.kubernetes.io/zone",
    );
    assert.deepEqual(
      stack
        .ofType("kubernetes:kafka.strimzi.io/v1:KafkaTopic")
        .map(({ inputs: topic }) => at(topic, "spec.partitions")),
      [12],
    );
    assert.equal(stack.input("queue-rabbitmq", "spec.replicas"), 3);
    const fast = stack.named("platform-storage-classes-fast").name;
    for (const cluster of ["events-brokers", "queue-rabbitmq"]) {
      assert.ok(stack.waitsFor(cluster).has(fast), `${cluster} does not wait for its class of volumes`);
    }
  });

  it("[PF-DATA-05] archives events and trains models in the lake's bucket, each in its own folder of it", () => {
    assert.equal(stack.input("lake-catalog", "name"), stack.output("lake-objects-bucket", "name"));
    const bucket = text(stack.output("lake-objects-bucket", "name"));
    assert.equal(stack.input("functions-archive-events-function", "serviceConfig.environmentVariables.BUCKET"), bucket);
    const under = (folder: string) => `resource.name.startsWith("projects/_/buckets/${bucket}/objects/${folder}/")`;
    const rights = stack
      .ofType("gcp:storage/bucketIAMMember:BucketIAMMember")
      .filter(({ inputs }) => inputs["bucket"] === bucket)
      .map(({ name, inputs }) => [name, inputs["role"], at(inputs, "condition.expression")]);
    assert.deepEqual(rights.sort(), [
      ["functions-archive-events-events", "roles/storage.objectUser", under("events")],
      ["machine-learning-files", "roles/storage.objectUser", under("machine-learning")],
      ["machine-learning-list", "roles/storage.legacyBucketReader", undefined],
    ]);
  });
});
