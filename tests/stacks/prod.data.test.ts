import assert from "node:assert/strict";
import { at, deployed, only, text, type Deployed } from "./deployed";

const zones = ["a", "b", "c"] as const;

describe("prod: data", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod");
  });

  const databaseSubnets = () => zones.map((zone) => stack.id(`network-database-${zone}`));
  const dataKey = () => stack.output("keys-data-key", "arn");

  it("[PF-DATA-01] is PostgreSQL 17 on db.r8g.large with a standby, 100 to 1,000 GB gp3", () => {
    assert.deepEqual(
      only(
        stack.named("databases-shard-0-source").inputs,
        "engine",
        "engineVersion",
        "identifier",
        "instanceClass",
        "multiAz",
        "storageType",
        "allocatedStorage",
        "maxAllocatedStorage",
        "autoMinorVersionUpgrade",
        "engineLifecycleSupport",
        "publiclyAccessible",
        "vpcSecurityGroupIds",
      ),
      {
        engine: "postgres",
        engineVersion: "17",
        identifier: "portfolio-prod-shard-0-postgres",
        instanceClass: "db.r8g.large",
        multiAz: true,
        storageType: "gp3",
        allocatedStorage: 100,
        maxAllocatedStorage: 1000,
        autoMinorVersionUpgrade: true,
        engineLifecycleSupport: "open-source-rds-extended-support-disabled",
        publiclyAccessible: false,
        vpcSecurityGroupIds: [stack.id("security-groups-rds")],
      },
    );
    assert.deepEqual(stack.input("databases-shard-0-source-subnets", "subnetIds"), databaseSubnets());
  });

  it("[PF-SEC-05] [PF-SEC-06] encrypts PostgreSQL with the key for data and speaks TLS 1.3 alone", () => {
    assert.deepEqual(
      only(
        stack.named("databases-shard-0-source").inputs,
        "storageEncrypted",
        "kmsKeyId",
        "performanceInsightsEnabled",
        "performanceInsightsKmsKeyId",
        "performanceInsightsRetentionPeriod",
        "monitoringInterval",
        "monitoringRoleArn",
        "iamDatabaseAuthenticationEnabled",
        "enabledCloudwatchLogsExports",
      ),
      {
        storageEncrypted: true,
        kmsKeyId: dataKey(),
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: dataKey(),
        performanceInsightsRetentionPeriod: 7,
        monitoringInterval: 60,
        monitoringRoleArn: stack.output("databases-shard-0-monitoring-role", "arn"),
        iamDatabaseAuthenticationEnabled: true,
        enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
      },
    );
    assert.equal(
      stack.input("databases-shard-0-source", "parameterGroupName"),
      stack.output("databases-shard-0-parameters", "name"),
    );
  });

  it("[PF-SCALE-02] [PF-SEC-06] keeps the log of changes for subscribers in other clouds, 20 GiB of it at most", () => {
    const restart = { applyMethod: "pending-reboot" };
    assert.deepEqual(only(stack.named("databases-shard-0-parameters").inputs, "family", "parameters"), {
      family: "postgres17",
      parameters: [
        { name: "rds.force_ssl", value: "1" },
        { name: "max_connections", value: "1000", ...restart },
        { name: "ssl_min_protocol_version", value: "TLSv1.3" },
        { name: "rds.logical_replication", value: "1", ...restart },
        { name: "max_replication_slots", value: "20", ...restart },
        { name: "max_wal_senders", value: "35", ...restart },
        { name: "max_slot_wal_keep_size", value: "20480" },
        { name: "hot_standby_feedback", value: "1" },
        { name: "sync_replication_slots", value: "1" },
      ],
    });
  });

  it("[PF-DR-01] backs PostgreSQL up for 7 days, any second of which can be restored, here and in us-east-2", () => {
    const source = stack.named("databases-shard-0-source");
    assert.deepEqual(
      only(
        source.inputs,
        "backupRetentionPeriod",
        "backupWindow",
        "maintenanceWindow",
        "copyTagsToSnapshot",
        "deleteAutomatedBackups",
        "skipFinalSnapshot",
        "deletionProtection",
      ),
      {
        backupRetentionPeriod: 7,
        backupWindow: "03:00-04:00",
        maintenanceWindow: "sun:04:30-sun:05:30",
        copyTagsToSnapshot: true,
        deleteAutomatedBackups: false,
        skipFinalSnapshot: false,
        deletionProtection: true,
      },
    );
    assert.match(text(source.inputs["finalSnapshotIdentifier"]), /^portfolio-prod-shard-0-postgres-final-[0-9a-f]{8}$/);
    assert.equal(source.protect, true);
    const copy = stack.named("databases-shard-0-backup-copy");
    assert.deepEqual(copy.inputs, {
      sourceDbInstanceArn: source.outputs["arn"],
      kmsKeyId: stack.output("backups-key", "arn"),
      retentionPeriod: 7,
    });
    assert.ok(copy.provider?.endsWith("::aws-backup"));
    assert.ok(stack.named("backups-key").provider?.endsWith("::aws-backup"));
  });

  it("[PF-SCALE-02] has one shard for all slots, with a read replica in the third zone that is as protected as its source", () => {
    assert.equal(stack.ofType("aws:rds/instance:Instance").length, 2);
    const replica = stack.named("databases-shard-0-replica-reader");
    assert.deepEqual(
      only(
        replica.inputs,
        "replicateSourceDb",
        "availabilityZone",
        "identifier",
        "instanceClass",
        "storageEncrypted",
        "performanceInsightsKmsKeyId",
        "publiclyAccessible",
        "iamDatabaseAuthenticationEnabled",
        "monitoringInterval",
        "maxAllocatedStorage",
        "maintenanceWindow",
        "deletionProtection",
        "parameterGroupName",
      ),
      {
        replicateSourceDb: stack.output("databases-shard-0-source", "arn"),
        availabilityZone: "us-west-2c",
        identifier: "portfolio-prod-shard-0-postgres-replica-reader",
        instanceClass: "db.r8g.large",
        storageEncrypted: true,
        performanceInsightsKmsKeyId: dataKey(),
        publiclyAccessible: false,
        iamDatabaseAuthenticationEnabled: true,
        monitoringInterval: 60,
        maxAllocatedStorage: 1000,
        maintenanceWindow: "sun:06:00-sun:07:00",
        deletionProtection: true,
        parameterGroupName: stack.output("databases-shard-0-parameters", "name"),
      },
    );
    assert.equal(replica.protect, true);
  });

  it("[PF-DATA-02] has a MongoDB-compatible cluster with an instance in every zone", () => {
    assert.deepEqual(
      only(
        stack.named("documents-cluster").inputs,
        "engine",
        "engineVersion",
        "clusterIdentifier",
        "vpcSecurityGroupIds",
        "enabledCloudwatchLogsExports",
      ),
      {
        engine: "docdb",
        engineVersion: "5.0.0",
        clusterIdentifier: "portfolio-prod-documents",
        vpcSecurityGroupIds: [stack.id("security-groups-docdb")],
        enabledCloudwatchLogsExports: ["audit", "profiler"],
      },
    );
    assert.deepEqual(stack.input("documents-subnets", "subnetIds"), databaseSubnets());
    assert.equal(stack.ofType("aws:docdb/clusterInstance:ClusterInstance").length, 3);
    for (const zone of zones) {
      const instance = stack.named(`documents-instance-${zone}`);
      assert.deepEqual(instance.inputs, {
        identifier: `portfolio-prod-documents-${zone}`,
        clusterIdentifier: stack.id("documents-cluster"),
        availabilityZone: `us-west-2${zone}`,
        instanceClass: "db.r6g.large",
        copyTagsToSnapshot: true,
        preferredMaintenanceWindow: "sun:06:00-sun:07:00",
      });
      assert.equal(instance.protect, true);
    }
  });

  it("[PF-DR-01] [PF-SEC-05] [PF-SEC-06] encrypts the documents, speaks TLS 1.3 alone, audits, keeps backups for 7 days", () => {
    const documents = stack.named("documents-cluster");
    assert.deepEqual(
      only(
        documents.inputs,
        "storageEncrypted",
        "kmsKeyId",
        "backupRetentionPeriod",
        "preferredBackupWindow",
        "preferredMaintenanceWindow",
        "deletionProtection",
        "skipFinalSnapshot",
        "dbClusterParameterGroupName",
      ),
      {
        storageEncrypted: true,
        kmsKeyId: dataKey(),
        backupRetentionPeriod: 7,
        preferredBackupWindow: "02:00-03:00",
        preferredMaintenanceWindow: "sun:04:30-sun:05:30",
        deletionProtection: true,
        skipFinalSnapshot: false,
        dbClusterParameterGroupName: stack.output("documents-parameters", "name"),
      },
    );
    assert.match(text(documents.inputs["finalSnapshotIdentifier"]), /^portfolio-prod-documents-final-[0-9a-f]{8}$/);
    assert.equal(documents.protect, true);
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
  });

  it("[PF-DATA-02] [PF-DR-01] [PF-SEC-05] has a table with 35 days to restore from and a writable copy in us-east-2, each under a key of its region", () => {
    const { inputs, protect } = stack.named("key-values-sessions");
    assert.deepEqual(inputs, {
      name: "portfolio-prod-sessions",
      hashKey: "id",
      attributes: [{ name: "id", type: "S" }],
      billingMode: "PAY_PER_REQUEST",
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
      serverSideEncryption: { enabled: true, kmsKeyArn: dataKey() },
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      ttl: { attributeName: "expires", enabled: true },
      replicas: [
        {
          regionName: "us-east-2",
          kmsKeyArn: stack.output("key-values-us-east-2-key", "arn"),
          pointInTimeRecovery: true,
          deletionProtectionEnabled: true,
          propagateTags: true,
        },
      ],
    });
    assert.equal(protect, true);
    assert.ok(stack.named("key-values-us-east-2-key").provider?.endsWith("::aws-us-east-2"));
  });

  it("[PF-DATA-03] has Redis with a replica in each further zone, which takes over by itself", () => {
    const { inputs, protect } = stack.named("redis-group");
    assert.deepEqual(
      only(
        inputs,
        "engine",
        "engineVersion",
        "nodeType",
        "numCacheClusters",
        "automaticFailoverEnabled",
        "multiAzEnabled",
        "snapshotRetentionLimit",
        "snapshotWindow",
        "securityGroupIds",
      ),
      {
        engine: "redis",
        engineVersion: "7.1",
        nodeType: "cache.r7g.large",
        numCacheClusters: 3,
        automaticFailoverEnabled: true,
        multiAzEnabled: true,
        snapshotRetentionLimit: 7,
        snapshotWindow: "02:00-03:00",
        securityGroupIds: [stack.id("security-groups-elasticache")],
      },
    );
    assert.equal(protect, true);
    assert.deepEqual(stack.input("redis-subnets", "subnetIds"), databaseSubnets());
  });

  it("[PF-SEC-05] [PF-SEC-06] encrypts Redis at rest and in transit, behind a token", () => {
    const { inputs, secretPaths } = stack.named("redis-group");
    assert.deepEqual(
      only(inputs, "atRestEncryptionEnabled", "kmsKeyId", "transitEncryptionEnabled", "transitEncryptionMode"),
      {
        atRestEncryptionEnabled: true,
        kmsKeyId: dataKey(),
        transitEncryptionEnabled: true,
        transitEncryptionMode: "required",
      },
    );
    assert.equal(inputs["authToken"], stack.output("redis-token", "result"));
    assert.deepEqual(secretPaths, ["authToken"]);
  });

  it("[PF-DATA-03] [PF-SEC-06] has Memcached with a node in every zone, over TLS", () => {
    const { inputs, protect } = stack.named("memcached-cluster");
    assert.deepEqual(inputs, {
      engine: "memcached",
      engineVersion: "1.6.22",
      nodeType: "cache.m7g.large",
      numCacheNodes: 3,
      azMode: "cross-az",
      preferredAvailabilityZones: zones.map((zone) => `us-west-2${zone}`),
      port: 11211,
      transitEncryptionEnabled: true,
      maintenanceWindow: "sun:03:30-sun:04:30",
      parameterGroupName: stack.output("memcached-parameters", "name"),
      subnetGroupName: stack.output("memcached-subnets", "name"),
      securityGroupIds: [stack.id("security-groups-memcached")],
    });
    assert.equal(protect, true);
    assert.deepEqual(stack.input("memcached-subnets", "subnetIds"), databaseSubnets());
  });

  it("[PF-SEC-05] has a private, versioned, encrypted bucket that keeps what is in it", () => {
    const bucket = "portfolio-prod-assets-111122223333-us-west-2";
    assert.deepEqual(stack.named("objects-bucket").inputs, { bucket, forceDestroy: false });
    assert.equal(stack.named("objects-bucket").protect, true);
    assert.equal(at(stack.input("objects-versioning", "versioningConfiguration"), "status"), "Enabled");
    assert.deepEqual(stack.input("objects-encryption", "rules"), [
      {
        applyServerSideEncryptionByDefault: {
          sseAlgorithm: "aws:kms",
          kmsMasterKeyId: stack.output("keys-data-key", "arn"),
        },
        bucketKeyEnabled: true,
      },
    ]);
  });
});
