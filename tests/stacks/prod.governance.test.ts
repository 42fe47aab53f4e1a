import assert from "node:assert/strict";
import { at, deployed, only, policy, text, type Deployed } from "./deployed";

const account = "111122223333";
const audit = `portfolio-prod-audit-${account}-us-west-2`;

describe("prod: keys, secrets, backups, audit", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod");
  });

  it("[PF-SEC-05] has a key for each purpose, rotated, kept for 30 days after it was deleted, and protected", () => {
    const keys = stack.ofType("aws:kms/key:Key");
    assert.deepEqual(keys.map(({ name }) => name).sort(), [
      "alarms-key-key",
      "audit-store-key-key",
      "backup-copies-key",
      "backups-key",
      "credentials-key",
      "key-values-us-east-2-key",
      "keys-data-key",
      "keys-images-key",
      "keys-logs-key",
      "keys-secrets-key",
    ]);
    for (const { urn, inputs, protect } of keys) {
      assert.deepEqual([inputs["enableKeyRotation"], inputs["deletionWindowInDays"], protect], [true, 30, true], urn);
      const [first, ...rest] = policy(inputs["policy"]).Statement;
      assert.deepEqual(first?.Principal, { AWS: `arn:aws:iam::${account}:root` }, urn);
      for (const statement of rest) assert.ok(statement.Condition !== undefined, `${urn}: ${statement.Sid}`);
    }
  });

  it("[PF-SEC-05] has no log group in clear and none that keeps less than a year", () => {
    const all = stack.ofType("aws:cloudwatch/logGroup:LogGroup");
    assert.equal(all.length, 12);
    // Who reads logs does not read by that who did what.
    const calls = stack.named("audit-trail-group").inputs;
    assert.deepEqual(calls, {
      name: "/aws/cloudtrail/portfolio-prod-audit",
      retentionInDays: 365,
      kmsKeyId: stack.output("audit-store-key-key", "arn"),
    });
    const groups = all.filter(({ name }) => name !== "audit-trail-group");
    for (const { urn, inputs } of groups) {
      assert.deepEqual(
        [inputs["kmsKeyId"], inputs["retentionInDays"]],
        [stack.output("keys-logs-key", "arn"), 365],
        urn,
      );
    }
    const [, use] = policy(stack.input("keys-logs-key", "policy")).Statement;
    const allowed = (use?.Condition as Record<"ArnEquals", Record<string, readonly string[]>>).ArnEquals;
    assert.deepEqual(
      allowed["kms:EncryptionContext:aws:logs:arn"]?.toSorted(),
      groups.map(({ inputs }) => `arn:aws:logs:us-west-2:${account}:log-group:${text(inputs["name"])}`).sort(),
    );
  });

  it("[PF-SEC-05] [PF-DR-01] keeps a copy of every credential in us-east-2, under a copy of the key there", () => {
    const secrets = stack.ofType("aws:secretsmanager/secret:Secret");
    assert.deepEqual(secrets.map(({ inputs }) => text(inputs["name"])).sort(), [
      "AmazonMSK_portfolio-prod/events",
      "portfolio-prod/documents",
      "portfolio-prod/postgres-shard-0",
      "portfolio-prod/queue",
    ]);
    for (const { urn, inputs, protect } of secrets) {
      assert.deepEqual(
        only(inputs, "kmsKeyId", "recoveryWindowInDays", "replicas"),
        {
          kmsKeyId: stack.output("credentials-key", "arn"),
          recoveryWindowInDays: 30,
          replicas: [{ region: "us-east-2", kmsKeyId: stack.output("credentials-copy-key", "arn") }],
        },
        urn,
      );
      assert.equal(protect, true, urn);
    }
    const copy = stack.named("credentials-copy-key");
    assert.deepEqual(only(copy.inputs, "primaryKeyArn", "deletionWindowInDays"), {
      primaryKeyArn: stack.output("credentials-key", "arn"),
      deletionWindowInDays: 30,
    });
    assert.equal(stack.input("credentials-key", "multiRegion"), true);
    assert.ok(copy.protect && copy.provider?.endsWith("::aws-backup"));
  });

  it("[PF-DR-01] keeps recovery points in a vault here and one in us-east-2, which nobody empties before 35 days", () => {
    const vaults = {
      "backup-vaults-vault": ["keys-data-key", "::aws"],
      "backup-vaults-copy": ["backup-copies-key", "::aws-backup"],
    } as const;
    for (const [name, [key, provider]] of Object.entries(vaults)) {
      const vault = stack.named(name);
      assert.deepEqual(vault.inputs, {
        name: "portfolio-prod",
        kmsKeyArn: stack.output(key, "arn"),
        forceDestroy: false,
      });
      assert.equal(vault.protect, true);
      assert.ok(vault.provider?.endsWith(provider), name);
      const lock = stack.named(`${name}-lock`);
      assert.deepEqual(lock.inputs, { backupVaultName: "portfolio-prod", minRetentionDays: 35, maxRetentionDays: 35 });
      assert.ok(lock.provider?.endsWith(provider), name);
    }
  });

  it("[PF-DR-01] backs buckets up without a break, databases and tables daily, all with a copy in us-east-2", () => {
    const rule = {
      targetVaultName: "portfolio-prod",
      schedule: "cron(0 8 * * ? *)",
      startWindow: 60,
      completionWindow: 480,
      lifecycle: { deleteAfter: 35 },
      copyActions: [{ destinationVaultArn: stack.output("backup-vaults-copy", "arn"), lifecycle: { deleteAfter: 35 } }],
    };
    assert.deepEqual(stack.input("backup-vaults-continuous", "rules"), [
      { ruleName: "continuous", enableContinuousBackup: true, ...rule },
    ]);
    assert.deepEqual(stack.input("backup-vaults-daily", "rules"), [{ ruleName: "daily", ...rule }]);
    assert.deepEqual(only(stack.named("backup-vaults-buckets").inputs, "planId", "resources", "iamRoleArn"), {
      planId: stack.id("backup-vaults-continuous"),
      resources: [
        `arn:aws:s3:::portfolio-prod-assets-${account}-us-west-2`,
        `arn:aws:s3:::portfolio-prod-lake-${account}-us-west-2`,
        `arn:aws:s3:::${audit}`,
        `arn:aws:s3:::${audit}-requests`,
      ],
      iamRoleArn: stack.output("backup-vaults-role", "arn"),
    });
    assert.deepEqual(only(stack.named("backup-vaults-databases").inputs, "planId", "resources", "conditions"), {
      planId: stack.id("backup-vaults-daily"),
      resources: ["arn:aws:rds:*:*:db:*", "arn:aws:rds:*:*:cluster:*", "arn:aws:dynamodb:*:*:table/*"],
      conditions: [{ stringEquals: [{ key: "aws:ResourceTag/stack", value: "prod" }] }],
    });
  });

  it("[PF-SEC-05] records every call in all regions, in files that cannot be changed unnoticed", () => {
    const trail = stack.named("audit-trail-trail");
    assert.deepEqual(trail.inputs, {
      name: "portfolio-prod-audit",
      enableLogging: true,
      enableLogFileValidation: true,
      includeGlobalServiceEvents: true,
      isMultiRegionTrail: true,
      kmsKeyId: stack.output("audit-store-key-key", "arn"),
      s3BucketName: audit,
      cloudWatchLogsGroupArn: `${text(stack.output("audit-trail-group", "arn"))}:*`,
      cloudWatchLogsRoleArn: stack.output("audit-trail-role", "arn"),
      advancedEventSelectors: [
        { name: "Control planes", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
        {
          name: "Objects",
          fieldSelectors: [
            { field: "eventCategory", equals: ["Data"] },
            { field: "resources.type", equals: ["AWS::S3::Object"] },
            {
              field: "resources.ARN",
              startsWiths: [
                `arn:aws:s3:::portfolio-prod-assets-${account}-us-west-2/`,
                `arn:aws:s3:::portfolio-prod-lake-${account}-us-west-2/`,
              ],
            },
          ],
        },
      ],
    });
    assert.equal(trail.protect, true);
  });

  it("[PF-SEC-05] keeps the records for six years, encrypted, private and versioned", () => {
    assert.deepEqual(stack.named("audit-store-objects-bucket").inputs, { bucket: audit, forceDestroy: false });
    assert.equal(stack.named("audit-store-objects-bucket").protect, true);
    assert.deepEqual(stack.input("audit-store-objects-encryption", "rules"), [
      {
        applyServerSideEncryptionByDefault: {
          sseAlgorithm: "aws:kms",
          kmsMasterKeyId: stack.output("audit-store-key-key", "arn"),
        },
        bucketKeyEnabled: true,
      },
    ]);
    assert.deepEqual(stack.input("audit-store-objects-versioning", "versioningConfiguration"), { status: "Enabled" });
    assert.deepEqual(at(stack.input("audit-store-objects-lifecycle", "rules"), "0"), {
      id: "AWSLogs",
      status: "Enabled",
      filter: { prefix: "AWSLogs/" },
      transitions: [{ days: 90, storageClass: "STANDARD_IA" }],
      expiration: { days: 2190 },
      noncurrentVersionExpiration: { noncurrentDays: 90 },
    });
    const allowed = policy(stack.input("audit-store-objects-policy", "policy")).Statement.slice(1);
    const trail = { Service: "cloudtrail.amazonaws.com" };
    const recorder = { Service: "config.amazonaws.com" };
    const owned = { "s3:x-amz-acl": "bucket-owner-full-control" };
    const byTrail = { "aws:SourceArn": stack.output("audit-trail-trail", "arn") };
    const byAccount = { "aws:SourceAccount": account };
    assert.deepEqual(
      allowed.map(({ Sid, Principal, Condition }) => [Sid, Principal, Condition]),
      [
        ["TrailRead", trail, { StringEquals: byTrail }],
        ["TrailWrite", trail, { StringEquals: { ...owned, ...byTrail } }],
        ["ConfigurationRead", recorder, { StringEquals: byAccount }],
        ["ConfigurationWrite", recorder, { StringEquals: { ...owned, ...byAccount } }],
      ],
    );
  });

  it("[PF-SEC-05] records what every resource was like, and judges it by these rules", () => {
    assert.deepEqual(only(stack.named("configuration-history-recorder").inputs, "recordingGroup", "recordingMode"), {
      recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
      recordingMode: { recordingFrequency: "CONTINUOUS" },
    });
    assert.equal(stack.input("configuration-history-recording", "isEnabled"), true);
    assert.deepEqual(
      only(
        stack.named("configuration-history-channel").inputs,
        "s3BucketName",
        "s3KmsKeyArn",
        "snapshotDeliveryProperties",
      ),
      {
        s3BucketName: audit,
        s3KmsKeyArn: stack.output("audit-store-key-key", "arn"),
        snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
      },
    );
    assert.deepEqual(
      stack
        .ofType("aws:cfg/rule:Rule")
        .map(({ inputs }) => text(at(inputs, "source.sourceIdentifier")))
        .sort(),
      [
        "CMK_BACKING_KEY_ROTATION_ENABLED",
        "DYNAMODB_PITR_ENABLED",
        "EKS_ENDPOINT_NO_PUBLIC_ACCESS",
        "ENCRYPTED_VOLUMES",
        "IAM_ROOT_ACCESS_KEY_CHECK",
        "MULTI_REGION_CLOUD_TRAIL_ENABLED",
        "RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
        "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
        "RDS_STORAGE_ENCRYPTED",
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "S3_BUCKET_SSL_REQUESTS_ONLY",
        "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        "VPC_FLOW_LOGS_ENABLED",
      ],
    );
  });

  it("[PF-SEC-04] watches for intruders, weak settings and access from outside", () => {
    assert.deepEqual(stack.named("threat-detection-detector").inputs, {
      enable: true,
      findingPublishingFrequency: "FIFTEEN_MINUTES",
    });
    const features = stack
      .ofType("aws:guardduty/detectorFeature:DetectorFeature")
      .filter(({ inputs }) => inputs["detectorId"] === stack.id("threat-detection-detector"));
    assert.deepEqual(features.map(({ inputs }) => text(inputs["name"])).sort(), [
      "EBS_MALWARE_PROTECTION",
      "EKS_AUDIT_LOGS",
      "LAMBDA_NETWORK_LOGS",
      "RDS_LOGIN_EVENTS",
      "RUNTIME_MONITORING",
      "S3_DATA_EVENTS",
    ]);
    for (const { urn, inputs } of features) assert.equal(inputs["status"], "ENABLED", urn);
    assert.deepEqual(stack.input("threat-detection-runtime-monitoring", "additionalConfigurations"), [
      { name: "EKS_ADDON_MANAGEMENT", status: "ENABLED" },
    ]);
    assert.deepEqual(stack.named("threat-detection-hub").inputs, {
      autoEnableControls: true,
      controlFindingGenerator: "SECURITY_CONTROL",
      enableDefaultStandards: false,
    });
    assert.deepEqual(
      ["best-practices", "cis"].map((standard) => stack.input(`threat-detection-${standard}`, "standardsArn")),
      [
        "arn:aws:securityhub:us-west-2::standards/aws-foundational-security-best-practices/v/1.0.0",
        "arn:aws:securityhub:us-west-2::standards/cis-aws-foundations-benchmark/v/3.0.0",
      ],
    );
    assert.deepEqual(stack.named("threat-detection-analyzer").inputs, {
      analyzerName: "portfolio-prod",
      type: "ACCOUNT",
    });
  });

  it("[PF-SEC-04] watches for intruders in the region of the copies too, where there are no nodes", () => {
    const detector = stack.named("threat-detection-copies-detector");
    assert.ok(detector.provider?.endsWith("::aws-backup"));
    assert.equal(detector.inputs["enable"], true);
    assert.deepEqual(
      stack
        .ofType("aws:guardduty/detectorFeature:DetectorFeature")
        .filter(({ inputs }) => inputs["detectorId"] === detector.id)
        .map(({ inputs }) => text(inputs["name"]))
        .sort(),
      ["EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS"],
    );
  });

  it("[PF-SEC-03] lets nobody in without a second factor, and nobody sign up", () => {
    const pool = stack.named("identity-provider-pool");
    assert.deepEqual(
      only(
        pool.inputs,
        "mfaConfiguration",
        "softwareTokenMfaConfiguration",
        "adminCreateUserConfig",
        "deletionProtection",
        "passwordPolicy",
        "userPoolTier",
        "userPoolAddOns",
      ),
      {
        mfaConfiguration: "ON",
        softwareTokenMfaConfiguration: { enabled: true },
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        deletionProtection: "ACTIVE",
        passwordPolicy: {
          minimumLength: 14,
          passwordHistorySize: 5,
          requireLowercase: true,
          requireNumbers: true,
          requireSymbols: true,
          requireUppercase: true,
          temporaryPasswordValidityDays: 3,
        },
        userPoolTier: "PLUS",
        userPoolAddOns: { advancedSecurityMode: "AUDIT" },
      },
    );
    assert.equal(pool.protect, true);
  });

  it("[PF-SEC-06] sends its alarms encrypted, over TLS, from the account's CloudWatch alone", () => {
    assert.deepEqual(stack.named("alarms-topic").inputs, {
      name: "portfolio-prod-alarms",
      kmsMasterKeyId: stack.output("alarms-key-key", "arn"),
    });
    const [alarms, tls] = policy(stack.input("alarms-topic-policy", "policy")).Statement;
    assert.deepEqual(
      [alarms?.Principal, alarms?.Condition],
      [{ Service: "cloudwatch.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": account } }],
    );
    assert.deepEqual([tls?.Effect, tls?.Condition], ["Deny", { Bool: { "aws:SecureTransport": "false" } }]);
    const metrics = stack.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
    assert.equal(metrics.length, 19);
    for (const { urn, inputs } of metrics) {
      assert.deepEqual(inputs["alarmActions"], [stack.output("alarms-topic", "arn")], urn);
    }
  });

  it("[PF-DR-01] lets the engine delete nothing that keeps data", () => {
    const names = stack.run.resources.filter(({ protect, custom }) => protect && custom).map(({ name }) => name);
    assert.deepEqual(names.sort(), [...PROTECTED].sort());
  });
});

const PROTECTED = [
  ...["keys-data", "keys-secrets", "keys-images", "keys-logs", "credentials", "credentials-copy", "backups"],
  ...["backup-copies", "key-values-us-east-2", "alarms-key", "audit-store-key"],
]
  .map((key) => `${key}-key`)
  .concat([
    "objects-bucket",
    "lake-objects-bucket",
    "audit-store-objects-bucket",
    "audit-store-requests-records-bucket",
    "lake-database",
    "lake-table-events",
    "machine-learning-models",
    "identity-provider-pool",
    "backup-vaults-vault",
    "backup-vaults-copy",
    "images-services",
    "queue-broker",
    "key-values-sessions",
    "memcached-cluster",
    "redis-group",
    "secrets-postgres-shard-0",
    "secrets-documents",
    "secrets-events",
    "secrets-queue",
    "audit-trail-trail",
    "events-cluster",
    "events-topic-events",
    "documents-cluster",
    "documents-instance-a",
    "documents-instance-b",
    "documents-instance-c",
    "databases-shard-0-source",
    "databases-shard-0-replica-reader",
    // With the cluster goes the provider that the component makes.
    "cluster-control-plane-eks-eksCluster",
    "cluster-control-plane-eks-eksRole-role",
    "cluster-control-plane-eks-eksRole-4b490823",
    "cluster-control-plane-eks-eks-k8s",
  ]);
