import assert from "node:assert/strict";
import { type Deployed, at, deployStack, deployed, only, policy, text } from "./deployed";

describe("durga-puja: data", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("durga-puja");
  });

  it("[DP-DATA-01] is PostgreSQL 15 on db.t3.micro with a standby, 20 to 100 GB gp3 and 7 days of backups", () => {
    const instance = stack.named("postgres-source").inputs;
    assert.deepEqual(
      only(
        instance,
        "engine",
        "engineVersion",
        "instanceClass",
        "multiAz",
        "storageType",
        "allocatedStorage",
        "maxAllocatedStorage",
        "backupRetentionPeriod",
        "autoMinorVersionUpgrade",
        "publiclyAccessible",
      ),
      {
        engine: "postgres",
        engineVersion: "15",
        instanceClass: "db.t3.micro",
        multiAz: true,
        storageType: "gp3",
        allocatedStorage: 20,
        maxAllocatedStorage: 100,
        backupRetentionPeriod: 7,
        autoMinorVersionUpgrade: true,
        publiclyAccessible: false,
      },
    );
  });

  it("[DP-DATA-01] is encrypted, with enhanced monitoring and at most 100 connections, all of them over TLS", () => {
    assert.deepEqual(
      only(
        stack.named("postgres-source").inputs,
        "storageEncrypted",
        "kmsKeyId",
        "monitoringInterval",
        "monitoringRoleArn",
        "parameterGroupName",
        "performanceInsightsEnabled",
        "performanceInsightsRetentionPeriod",
        "databaseInsightsMode",
        "enabledCloudwatchLogsExports",
      ),
      {
        storageEncrypted: true,
        kmsKeyId: stack.output("keys-data-key", "arn"),
        monitoringInterval: 60,
        monitoringRoleArn: stack.output("postgres-monitoring-role", "arn"),
        parameterGroupName: stack.output("postgres-parameters", "name"),
        performanceInsightsEnabled: true,
        performanceInsightsRetentionPeriod: 7,
        databaseInsightsMode: "standard",
        enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
      },
    );
    assert.deepEqual(only(stack.named("postgres-parameters").inputs, "family", "parameters"), {
      family: "postgres15",
      parameters: [
        { name: "rds.force_ssl", value: "1" },
        { name: "max_connections", value: "100", applyMethod: "pending-reboot" },
      ],
    });
  });

  it("keeps the logs of both instances encrypted and for a year, in groups made before RDS would make its own", () => {
    const instances = { source: "durga-puja-postgres", replica: "durga-puja-postgres-replica" } as const;
    for (const [role, identifier] of Object.entries(instances)) {
      assert.equal(stack.input(`postgres-${role}`, "identifier"), identifier);
      assert.deepEqual(stack.input(`postgres-${role}`, "enabledCloudwatchLogsExports"), ["postgresql", "upgrade"]);
      for (const log of ["postgresql", "upgrade"]) {
        const group = `postgres-${role}-${log}-log`;
        assert.deepEqual(stack.named(group).inputs, {
          name: `/aws/rds/instance/${identifier}/${log}`,
          retentionInDays: 365,
          kmsKeyId: stack.output("keys-logs-key", "arn"),
        });
        assert.ok(stack.waitsFor(`postgres-${role}`).has(group), `${role} does not wait for ${group}`);
      }
    }
  });

  it("[DP-DATA-02] has a replica in the third zone, which the source and its standby stay out of", () => {
    assert.equal(stack.ofType("aws:rds/instance:Instance").length, 2);
    assert.deepEqual(
      only(
        stack.named("postgres-replica").inputs,
        "replicateSourceDb",
        "availabilityZone",
        "instanceClass",
        "storageEncrypted",
        "kmsKeyId",
      ),
      {
        replicateSourceDb: stack.output("postgres-source", "arn"),
        availabilityZone: "us-east-1c",
        instanceClass: "db.t3.micro",
        storageEncrypted: true,
        kmsKeyId: undefined,
      },
    );
    assert.deepEqual(stack.input("postgres-source-subnets", "subnetIds"), [
      stack.id("network-database-a"),
      stack.id("network-database-b"),
    ]);
  });

  it("[DP-HA-01] copies its backups to another region, under a key there", () => {
    const copy = stack.named("postgres-backup-copy");
    assert.deepEqual(copy.inputs, {
      sourceDbInstanceArn: stack.output("postgres-source", "arn"),
      kmsKeyId: stack.output("backups-key", "arn"),
      retentionPeriod: 7,
    });
    assert.ok(copy.provider?.endsWith("::aws-backup"));
    assert.ok(stack.named("backups-key").provider?.endsWith("::aws-backup"));
    assert.equal(stack.named("aws-backup").inputs["region"], "us-west-2");
  });

  it("[DP-DATA-03] is Redis 7.0 on cache.t3.micro, cluster mode disabled, over zones with automatic failover", () => {
    assert.deepEqual(
      only(
        stack.named("redis-group").inputs,
        "engine",
        "engineVersion",
        "nodeType",
        "numCacheClusters",
        "numNodeGroups",
        "clusterMode",
        "automaticFailoverEnabled",
        "multiAzEnabled",
        "snapshotRetentionLimit",
        "snapshotWindow",
      ),
      {
        engine: "redis",
        engineVersion: "7.0",
        nodeType: "cache.t3.micro",
        numCacheClusters: 2,
        numNodeGroups: undefined,
        clusterMode: undefined,
        automaticFailoverEnabled: true,
        multiAzEnabled: true,
        snapshotRetentionLimit: 7,
        snapshotWindow: "02:00-03:00",
      },
    );
    assert.equal(stack.input("redis-parameters", "family"), "redis7");
  });

  it("[DP-DATA-03] is encrypted in transit and at rest, behind a token", () => {
    const group = stack.named("redis-group");
    assert.deepEqual(
      only(
        group.inputs,
        "atRestEncryptionEnabled",
        "kmsKeyId",
        "transitEncryptionEnabled",
        "transitEncryptionMode",
        "securityGroupIds",
      ),
      {
        atRestEncryptionEnabled: true,
        kmsKeyId: stack.output("keys-data-key", "arn"),
        transitEncryptionEnabled: true,
        transitEncryptionMode: "required",
        securityGroupIds: [stack.id("security-groups-elasticache")],
      },
    );
    assert.equal(group.inputs["authToken"], stack.output("redis-token", "result"));
    assert.ok(group.secretPaths.includes("authToken"));
  });

  it("[DP-DATA-04] has a private, versioned bucket with a name of its own and SSE-S3", () => {
    const bucket = "durga-puja-assets-111122223333-us-east-1";
    assert.deepEqual(stack.named("assets-bucket").inputs, { bucket, forceDestroy: false });
    assert.deepEqual(stack.input("assets-versioning", "versioningConfiguration"), { status: "Enabled" });
    assert.deepEqual(stack.input("assets-encryption", "rules"), [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    assert.deepEqual(stack.named("assets-public-access").inputs, {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    assert.deepEqual(stack.input("assets-ownership", "rule"), { objectOwnership: "BucketOwnerEnforced" });
    assert.deepEqual(policy(stack.input("assets-policy", "policy")).Statement, [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("[DP-DATA-04] moves each prefix to Infrequent Access after 90 days and deletes it after 365", () => {
    assert.deepEqual(stack.input("assets-lifecycle", "rules"), [
      ...["uploads", "thumbnails", "static", "backups"].map((prefix) => ({
        id: prefix,
        status: "Enabled",
        filter: { prefix: `${prefix}/` },
        transitions: [{ days: 90, storageClass: "STANDARD_IA" }],
        expiration: { days: 365 },
        noncurrentVersionExpiration: { noncurrentDays: 30 },
      })),
      {
        id: "incomplete-uploads",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    ]);
  });

  it("[DP-DATA-04] [DP-SEC-01] lets the backend alone use its objects, under the prefixes only, and no older version", () => {
    const bucket = "arn:aws:s3:::durga-puja-assets-111122223333-us-east-1";
    const prefixes = ["uploads", "thumbnails", "static", "backups"];
    assert.deepEqual(stack.named("backend-identity-association").inputs, {
      clusterName: "durga-puja-eks",
      namespace: "durga-puja",
      serviceAccount: "backend",
      roleArn: stack.output("backend-identity-role", "arn"),
    });
    assert.equal(stack.input("backend-service-account", "metadata.name"), "backend");
    assert.deepEqual(policy(stack.input("backend-identity-policy", "policy")).Statement, [
      {
        Sid: "List",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucket,
        Condition: { StringLike: { "s3:prefix": prefixes.map((prefix) => `${prefix}/*`) } },
      },
      {
        Sid: "Objects",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"],
        Resource: prefixes.map((prefix) => `${bucket}/${prefix}/*`),
      },
    ]);
    assert.ok(stack.waitsFor("backend-deployment").has("backend-identity-association"));
    assert.ok(!stack.waitsFor("frontend-deployment").has("backend-identity-association"));
  });

  it("[DP-SEC-03] records every request for an asset in a bucket of its own, for a year", () => {
    const assets = "durga-puja-assets-111122223333-us-east-1";
    assert.deepEqual(stack.named("assets-requests-logging").inputs, {
      bucket: assets,
      targetBucket: `${assets}-requests`,
      targetPrefix: "requests/",
    });
    assert.deepEqual(at(stack.input("assets-requests-records-lifecycle", "rules"), "0.expiration"), { days: 365 });
  });

  it("[DP-SEC-03] detects intruders in its region, and watches no nodes, for which the network has no address", () => {
    const detector = stack.named("threat-detection-detector");
    assert.ok(detector.provider?.endsWith("::aws"));
    assert.equal(detector.inputs["enable"], true);
    assert.deepEqual(
      stack
        .ofType("aws:guardduty/detectorFeature:DetectorFeature")
        .map(({ inputs }) => inputs["name"])
        .sort(),
      ["EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS"],
    );
    assert.deepEqual(stack.ofType("aws:securityhub/account:Account"), []);
  });

  it("[DP-SEC-03] has alarms on both databases and on each node of the cache", () => {
    const watched = stack
      .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
      .map(({ inputs }) => JSON.stringify(inputs["dimensions"]));
    assert.deepEqual([...new Set(watched)].sort(), [
      ...["001", "002"].map((node) => `{"CacheClusterId":"${stack.id("redis-group")}-${node}"}`),
      '{"DBInstanceIdentifier":"durga-puja-postgres"}',
      '{"DBInstanceIdentifier":"durga-puja-postgres-replica"}',
    ]);
    for (const { urn, inputs } of stack.ofType("aws:cloudwatch/metricAlarm:MetricAlarm")) {
      assert.deepEqual(inputs["alarmActions"], [stack.output("alarms-topic", "arn")], urn);
    }
  });

  it("has a registry whose tags never move, scanned and encrypted", () => {
    for (const image of ["frontend", "backend"]) {
      assert.deepEqual(stack.named(`images-${image}`).inputs, {
        name: `durga-puja/${image}`,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: stack.output("keys-images-key", "arn") }],
        forceDelete: false,
      });
    }
  });

  it("has keys that rotate, and that only the account and the named log groups may use", () => {
    const keys = stack.ofType("aws:kms/key:Key");
    assert.equal(keys.length, 6);
    for (const key of keys) {
      assert.deepEqual(only(key.inputs, "enableKeyRotation", "deletionWindowInDays"), {
        enableKeyRotation: true,
        deletionWindowInDays: 30,
      });
      const [administration, ...others] = policy(key.inputs["policy"]).Statement;
      assert.deepEqual(administration?.Principal, { AWS: "arn:aws:iam::111122223333:root" });
      if (!["keys-logs-key", "alarms-key-key"].includes(key.name)) assert.deepEqual(others, []);
    }
    const [, alarms] = policy(stack.input("alarms-key-key", "policy")).Statement;
    assert.deepEqual(
      [alarms?.Principal, alarms?.Condition],
      [{ Service: "cloudwatch.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": "111122223333" } }],
    );
    const [, logs] = policy(stack.input("keys-logs-key", "policy")).Statement;
    assert.deepEqual(logs?.Principal, { Service: "logs.us-east-1.amazonaws.com" });
    assert.deepEqual(logs.Condition, {
      ArnEquals: {
        "kms:EncryptionContext:aws:logs:arn": [
          "/aws/vpc/durga-puja/flow-logs",
          "/aws/elasticache/durga-puja/redis-slow",
          "/aws/eks/durga-puja-eks/cluster",
          "/aws/rds/instance/durga-puja-postgres/postgresql",
          "/aws/rds/instance/durga-puja-postgres/upgrade",
          "/aws/rds/instance/durga-puja-postgres-replica/postgresql",
          "/aws/rds/instance/durga-puja-postgres-replica/upgrade",
        ].map((group) => `arn:aws:logs:us-east-1:111122223333:log-group:${group}`),
      },
    });
  });

  it("protects all that holds data, and takes a last snapshot under a name that is not used again", () => {
    const held = [
      "postgres-source",
      "postgres-replica",
      "redis-group",
      "assets-bucket",
      "assets-requests-records-bucket",
      "images-frontend",
      "images-backend",
      ...["data", "secrets", "logs", "images"].map((purpose) => `keys-${purpose}-key`),
      "backups-key",
    ];
    for (const name of held) assert.equal(stack.named(name).protect, true, name);
    assert.deepEqual(
      only(stack.named("postgres-source").inputs, "deletionProtection", "skipFinalSnapshot", "deleteAutomatedBackups"),
      {
        deletionProtection: true,
        skipFinalSnapshot: false,
        deleteAutomatedBackups: false,
      },
    );
    assert.match(
      text(stack.input("postgres-source", "finalSnapshotIdentifier")),
      /^durga-puja-postgres-final-[0-9a-f]{8}$/,
    );
    assert.equal(stack.input("postgres-replica", "skipFinalSnapshot"), true);
  });

  it("lets all of it go for good once protection is off", async () => {
    const off = await deployStack("durga-puja", { protection: "off" });
    assert.deepEqual(
      off.run.resources.filter(({ protect }) => protect).map(({ name }) => name),
      [],
    );
    for (const name of ["postgres-source", "postgres-replica"])
      assert.equal(off.input(name, "deletionProtection"), false);
    assert.equal(off.input("cluster-control-plane-eks-eksCluster", "deletionProtection"), false);
    assert.equal(off.input("assets-bucket", "forceDestroy"), true);
    assert.equal(off.input("images-frontend", "forceDelete"), true);
    assert.equal(off.input("postgres-source", "skipFinalSnapshot"), true);
    assert.equal(off.run.resources.length, stack.run.resources.length);
  });

  it("generates three passwords, each a secret wherever it goes", () => {
    const generated = stack.ofType("random:index/randomPassword:RandomPassword");
    assert.deepEqual(generated.map(({ name, inputs }) => [name, inputs["length"], inputs["special"]]).sort(), [
      ["jwt-secret", 64, false],
      ["postgres-password", 32, false],
      ["redis-token", 64, false],
    ]);
    const values = generated.map(({ outputs }) => text(outputs["result"]));
    for (const resource of stack.run.resources) {
      for (const [property, value] of Object.entries(resource.inputs)) {
        const shows = values.some((secret) => JSON.stringify(value ?? null).includes(secret));
        const hidden = resource.secretPaths.some((path) => path === property || path.startsWith(`${property}.`));
        assert.ok(!shows || hidden, `${resource.urn} shows a secret in ${property}`);
      }
    }
    assert.ok(values.every((secret) => !JSON.stringify(stack.run.outputs).includes(secret)));
  });
});
