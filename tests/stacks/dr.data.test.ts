import assert from "node:assert/strict";
import type { Properties } from "../../offline/cloud/value";
import { at, deployed, only, text, type Deployed } from "./deployed";
import { list } from "./invariants/facts";

const source = "databases-shard-0-source";
const reader = "databases-shard-0-replica-reader";

describe("dr: data", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("dr");
  });

  it("[PF-DATA-01] is PostgreSQL 17 on 128 GiB that grow by themselves, with the network's addresses alone", () => {
    const { inputs } = stack.named(source);
    assert.deepEqual(only(inputs, "version", "location", "storage", "sku"), {
      version: "17",
      location: "eastus",
      storage: { storageSizeGB: 128, autoGrow: "Enabled", type: "Premium_LRS" },
      sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
    });
    assert.deepEqual(only(stack.named("databases-shard-0-database").inputs, "databaseName", "serverName"), {
      databaseName: "portfolio",
      serverName: stack.output(source, "name"),
    });
    assert.deepEqual(
      only(stack.named("databases-shard-0-admin-platform").inputs, "objectId", "principalName", "principalType"),
      {
        objectId: "00000000-0000-4000-8000-00000000000a",
        principalName: "platform-engineers",
        principalType: "Group",
      },
    );
  });

  /** Parameters of a server by their names. */
  const parameters = (server: string) => {
    const name = stack.output(server, "name");
    const own = stack
      .ofType("azure-native:dbforpostgresql:Configuration")
      .filter(({ inputs }) => inputs["serverName"] === name);
    return Object.fromEntries(own.map(({ inputs }) => [text(inputs["configurationName"]), inputs["value"]]));
  };

  it("[PF-SCALE-02] [PF-SEC-06] has one shard with a readable copy in zone c, which have the same parameters", () => {
    assert.equal(stack.ofType("azure-native:dbforpostgresql:Server").length, 2);
    assert.deepEqual(
      only(stack.named(reader).inputs, "createMode", "sourceServerResourceId", "availabilityZone", "sku"),
      {
        createMode: "Replica",
        sourceServerResourceId: stack.id(source),
        availabilityZone: "3",
        sku: stack.input(source, "sku"),
      },
    );
    for (const server of [source, reader]) {
      assert.deepEqual(
        parameters(server),
        {
          require_secure_transport: "on",
          ssl_min_protocol_version: "TLSv1.3",
          password_encryption: "scram-sha-256",
          "azure.accepted_password_auth_method": "scram-sha-256",
          max_connections: "500",
          wal_level: "logical",
          // 20 for subscribers and readers, and 4 that high availability takes for itself.
          max_replication_slots: "24",
          max_wal_senders: "30",
          max_worker_processes: "16",
          max_logical_replication_workers: "8",
          hot_standby_feedback: "on",
          sync_replication_slots: "on",
        },
        server,
      );
    }
  });

  it("[PF-DR-01] restores any second of 7 days of the database and the tables, and deleted objects for 30", () => {
    assert.deepEqual(stack.input(source, "backup"), { backupRetentionDays: 7, geoRedundantBackup: "Disabled" });
    assert.deepEqual(stack.input("key-values-account", "backupPolicy"), {
      type: "Continuous",
      continuousModeProperties: { tier: "Continuous7Days" },
    });
    const recovery = (name: string) =>
      ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"].map((kind) => stack.input(name, `${kind}.days`));
    assert.deepEqual(recovery("objects-versioning"), [30, 30]);
    assert.equal(stack.input("objects-versioning", "isVersioningEnabled"), true);
    assert.deepEqual(recovery("lake-recovery"), [7, 7]);
  });

  it("[PF-DATA-03] has Redis in two zones, written to disk every 12 hours, over TLS on port 10000", () => {
    assert.deepEqual(only(stack.named("redis-cluster").inputs, "sku", "highAvailability", "minimumTlsVersion"), {
      sku: { name: "Balanced_B3" },
      highAvailability: "Enabled",
      minimumTlsVersion: "1.2",
    });
    assert.deepEqual(
      only(stack.named("redis-database").inputs, "clientProtocol", "port", "clusteringPolicy", "persistence"),
      {
        clientProtocol: "Encrypted",
        port: 10_000,
        clusteringPolicy: "NoCluster",
        persistence: { aofEnabled: false, rdbEnabled: true, rdbFrequency: "12h" },
      },
    );
  });

  it("[PF-DATA-02] has documents by MongoDB's protocol on 128 GiB, and tables of keys and values in every zone", () => {
    assert.deepEqual(
      ["serverVersion", "storage.sizeGb", "compute.tier", "sharding.shardCount"].map((path) =>
        stack.input("documents-cluster", `properties.${path}`),
      ),
      ["8.0", 128, "M30", 1],
    );
    assert.deepEqual(stack.input("key-values-account", "locations"), [
      { locationName: "eastus", failoverPriority: 0, isZoneRedundant: true },
    ]);
    assert.deepEqual(stack.input("key-values-sessions", "resource.partitionKey.paths"), ["/id"]);
    assert.equal(stack.input("key-values-sessions", "resource.defaultTtl"), -1);
  });

  it("[PF-DATA-04] has three brokers of Kafka in three zones, each with 500 GiB of the fast class, and RabbitMQ beside", () => {
    const { inputs } = stack.named("events-brokers");
    assert.equal(at(inputs, "spec.replicas"), 3);
    assert.deepEqual(
      list(at(inputs, "spec.storage.volumes")).map((volume) => [at(volume, "size"), at(volume, "class")]),
      [["500Gi", "fast"]],
    );
    assert.deepEqual(only(stack.input("events-topic-events", "spec") as Properties, "partitions", "replicas"), {
      partitions: 12,
      replicas: 3,
    });
    assert.equal(stack.input("queue-rabbitmq", "spec.replicas"), 3);
    assert.equal(stack.input("queue-rabbitmq", "spec.persistence.storageClassName"), "fast");
    for (const cluster of ["events-brokers", "queue-rabbitmq"]) {
      const spread = text(JSON.stringify(stack.named(cluster).inputs["spec"]));
      assert.match(
        spread,
        /"topologyKey":"topology\.kubernetes\.io\/zone","whenUnsatisfiable":"DoNotSchedule"/,
        cluster,
      );
      assert.ok(stack.waitsFor(cluster).has("platform-storage-classes-fast"), `${cluster} does not wait for its class`);
    }
  });

  it("[PF-DATA-05] archives events in the lake, which the catalog writes tables to and training reads", () => {
    const lake = text(stack.output("lake-account", "name"));
    assert.equal(stack.input("lake-account", "isHnsEnabled"), true);
    assert.deepEqual(
      list(stack.input("functions-archive-events-app", "siteConfig.appSettings"))
        .map((setting) => [at(setting, "name"), at(setting, "value")])
        .filter(([name]) => text(name).startsWith("LAKE_") || name === "KAFKA_BROKERS"),
      [
        ["LAKE_ACCOUNT", lake],
        ["LAKE_CONTAINER", stack.output("lake-container", "name")],
        ["KAFKA_BROKERS", "10.64.143.240:9094"],
      ],
    );
    assert.equal(stack.input("machine-learning-lake", "properties.accountName"), lake);
    const writers = stack
      .ofType("azure-native:authorization:RoleAssignment")
      .filter(({ inputs }) => inputs["scope"] === stack.id("lake-container"))
      .map(({ name }) => name);
    assert.deepEqual(writers.sort(), [
      "functions-archive-events-lake-write-0",
      "iceberg-catalog-identity-lake-write-0",
    ]);
  });

  it("[PF-SEC-06] speaks TLS alone wherever data are read", () => {
    for (const { urn, inputs } of stack.ofType("azure-native:storage:StorageAccount")) {
      assert.deepEqual(
        only(inputs, "enableHttpsTrafficOnly", "minimumTlsVersion"),
        { enableHttpsTrafficOnly: true, minimumTlsVersion: "TLS1_2" },
        urn,
      );
    }
    assert.deepEqual(
      list(stack.input("events-kafka", "spec.kafka.listeners")).map((listener) => at(listener, "tls")),
      [true, true],
    );
    assert.equal(stack.input("queue-rabbitmq", "spec.tls.disableNonTLSListeners"), true);
    assert.equal(stack.input("functions-archive-events-app", "siteConfig.minTlsVersion"), "1.3");
    assert.equal(stack.input("functions-archive-events-app", "httpsOnly"), true);
  });
});
