import assert from "node:assert/strict";
import { ServiceLinkedRole } from "@pulumi/aws/iam/serviceLinkedRole";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { AuditStore } from "../../../components/aws/audit-store";
import { AuditTrail } from "../../../components/aws/audit-trail";
import { ConfigurationHistory, configurationRules } from "../../../components/aws/configuration-history";
import { ObjectStore } from "../../../components/aws/object-store";
import { ThreatDetection } from "../../../components/aws/threat-detection";
import type { Cloud } from "../../../offline/cloud/cloud";
import { only, policy } from "../../stacks/deployed";
import { deploy } from "../../support/in-process";
import { accountId, attempt, childrenOf, onNetwork, region, type Ground } from "./ground";

function store({ account, onAws, protection }: Ground): AuditStore {
  return new AuditStore(
    "audit",
    { account, prefix: "test", bucketName: "test-audit-1", retentionDays: 2190, protection },
    onAws,
  );
}

function trail(ground: Ground): AuditTrail {
  const { onAws, protection } = ground;
  return new AuditTrail("trail", { prefix: "test", store: store(ground), protection }, onAws);
}

function history(ground: Ground, serviceRole?: "create" | "adopt"): ConfigurationHistory {
  const { account, onAws } = ground;
  return new ConfigurationHistory(
    "history",
    { account, prefix: "test", store: store(ground), ...(serviceRole === undefined ? {} : { serviceRole }) },
    onAws,
  );
}

function detection(ground: Ground): ThreatDetection {
  const { account, onAws } = ground;
  return new ThreatDetection("threats", { account, prefix: "test", configuration: history(ground) }, onAws);
}

const trailArn = `arn:aws:cloudtrail:${region}:${accountId}:trail/test-audit`;

/** The role of AWS Config, made by somebody else in the account. */
async function withRole(): Promise<Cloud> {
  const { cloud } = await deploy(
    () => {
      const provider = new AwsProvider("aws", { region });
      new ServiceLinkedRole("config", { awsServiceName: "config.amazonaws.com" }, { provider });
    },
    { stack: "console" },
  );
  return cloud;
}

describe("AuditStore", function () {
  this.timeout(60_000);

  it("[PF-SEC-05] has a key of its own, which CloudTrail uses for this trail and Config for this account", async () => {
    const stack = await onNetwork(store);
    assert.deepEqual(stack.input("audit-objects-encryption", "rules"), [
      {
        applyServerSideEncryptionByDefault: {
          sseAlgorithm: "aws:kms",
          kmsMasterKeyId: stack.output("audit-key-key", "arn"),
        },
        bucketKeyEnabled: true,
      },
    ]);
    assert.equal(stack.input("audit-key-key", "enableKeyRotation"), true);
    assert.deepEqual(policy(stack.input("audit-key-key", "policy")).Statement.slice(1), [
      {
        Sid: "Trail",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "kms:GenerateDataKey*",
        Resource: "*",
        Condition: {
          StringEquals: { "aws:SourceArn": trailArn },
          StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": `arn:aws:cloudtrail:*:${accountId}:trail/*` },
        },
      },
      {
        Sid: "TrailDescribe",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "kms:DescribeKey",
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceArn": trailArn } },
      },
      {
        Sid: "Configuration",
        Effect: "Allow",
        Principal: { Service: "config.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ]);
  });

  it("[PF-SEC-06] refuses calls without TLS, and writes of anybody but the two services", async () => {
    const stack = await onNetwork(store);
    const bucket = "arn:aws:s3:::test-audit-1";
    const found = policy(stack.input("audit-objects-policy", "policy")).Statement;
    assert.deepEqual(found[0], {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [bucket, `${bucket}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    assert.deepEqual(
      found.filter(({ Action }) => Action === "s3:PutObject").map(({ Sid: _, ...rest }) => rest),
      [
        {
          Effect: "Allow",
          Principal: { Service: "cloudtrail.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: `${bucket}/AWSLogs/${accountId}/*`,
          Condition: {
            StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trailArn },
          },
        },
        {
          Effect: "Allow",
          Principal: { Service: "config.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: `${bucket}/AWSLogs/${accountId}/Config/*`,
          Condition: {
            StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": accountId },
          },
        },
      ],
    );
    assert.equal(stack.input("audit-objects-ownership", "rule.objectOwnership"), "BucketOwnerEnforced");
  });

  it("keeps records as long as it is told, guarded by the class", async () => {
    for (const [stackClass, guarded] of [
      ["production", true],
      ["development", false],
    ] as const) {
      const stack = await onNetwork(store, { class: stackClass });
      assert.deepEqual(stack.input("audit-objects-lifecycle", "rules.0.expiration"), { days: 2190 });
      assert.deepEqual(
        [stack.named("audit-objects-bucket").protect, stack.named("audit-key-key").protect],
        [guarded, guarded],
      );
      assert.equal(stack.input("audit-objects-bucket", "forceDestroy"), !guarded);
    }
  });
});

describe("AuditTrail", function () {
  this.timeout(60_000);

  it("records every region, signed and encrypted, once the bucket lets it", async () => {
    for (const [stackClass, guarded] of [
      ["production", true],
      ["development", false],
    ] as const) {
      const stack = await onNetwork(trail, { class: stackClass });
      const { inputs, protect } = stack.named("trail-trail");
      assert.deepEqual(inputs, {
        name: "test-audit",
        s3BucketName: "test-audit-1",
        kmsKeyId: stack.output("audit-key-key", "arn"),
        enableLogging: true,
        enableLogFileValidation: true,
        includeGlobalServiceEvents: true,
        isMultiRegionTrail: true,
      });
      assert.equal(protect, guarded);
      assert.ok(stack.waitsFor("trail-trail").has("audit-objects-policy"));
    }
  });

  it("is refused under another name than the store expects", async () => {
    const { run } = await attempt((ground) => {
      const args = { prefix: "other", store: store(ground), protection: ground.protection };
      new AuditTrail("trail", args, ground.onAws);
    });
    assert.match(run.errors.join("\n"), /trail-trail.*InsufficientS3BucketPolicyException/s);
  });

  it("is refused a bucket whose policy does not name it", async () => {
    const { run } = await attempt((ground) => {
      const objects = new ObjectStore(
        "plain",
        {
          bucketName: "test-plain-1",
          prefixes: ["files"],
          infrequentAccessAfterDays: 30,
          deleteAfterDays: 60,
          keepVersionsDays: 7,
          protection: ground.protection,
        },
        ground.onAws,
      );
      const args = {
        prefix: "test",
        store: store(ground),
        protection: ground.protection,
        transform: (given: object) => ({ ...given, s3BucketName: objects.bucketName }),
      };
      new AuditTrail("trail", args, ground.onAws);
    });
    assert.match(
      run.errors.join("\n"),
      /InsufficientS3BucketPolicyException.*Incorrect S3 bucket policy is detected for bucket: test-plain-1/,
    );
  });
});

describe("ConfigurationHistory", function () {
  this.timeout(60_000);

  it("records everything by the role that Security Hub expects, and delivers to the store", async () => {
    const stack = await onNetwork((ground) => history(ground));
    assert.deepEqual(stack.named("history-role").inputs, { awsServiceName: "config.amazonaws.com" });
    assert.deepEqual(stack.named("history-recorder").inputs, {
      name: "test",
      roleArn: `arn:aws:iam::${accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
      recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
      recordingMode: { recordingFrequency: "CONTINUOUS" },
    });
    assert.deepEqual(
      only(stack.named("history-channel").inputs, "s3BucketName", "s3KmsKeyArn", "snapshotDeliveryProperties"),
      {
        s3BucketName: "test-audit-1",
        s3KmsKeyArn: stack.output("audit-key-key", "arn"),
        snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
      },
    );
    assert.equal(stack.input("history-recording", "isEnabled"), true);
  });

  it("goes in the order that Config demands: recorder, channel, recording, rules", async () => {
    const stack = await onNetwork((ground) => history(ground));
    assert.ok(stack.waitsFor("history-channel").has("history-recorder"));
    assert.ok(stack.waitsFor("history-channel").has("audit-objects-policy"));
    assert.ok(stack.waitsFor("history-recording").has("history-channel"));
    for (const rule of Object.keys(configurationRules)) {
      assert.ok(stack.waitsFor(`history-${rule}`).has("history-recording"), rule);
    }
  });

  it("[PF-SEC-05] [PF-SEC-06] [PF-DR-01] checks encryption, TLS and recovery after every change", async () => {
    const stack = await onNetwork((ground) => history(ground));
    const rules = Object.fromEntries(
      stack
        .ofType("aws:cfg/rule:Rule")
        .map(({ inputs }) => [inputs["name"], only(inputs, "source")["source"]] as const),
    );
    assert.deepEqual(Object.keys(rules).length, 13);
    const check = (sourceIdentifier: string) => ({ owner: "AWS", sourceIdentifier });
    assert.deepEqual(
      only(
        rules,
        "test-databases-encrypted",
        "test-volumes-encrypted",
        "test-keys-rotated",
        "test-buckets-tls",
        "test-tables-recoverable",
      ),
      {
        "test-databases-encrypted": check("RDS_STORAGE_ENCRYPTED"),
        "test-volumes-encrypted": check("ENCRYPTED_VOLUMES"),
        "test-keys-rotated": check("CMK_BACKING_KEY_ROTATION_ENABLED"),
        "test-buckets-tls": check("S3_BUCKET_SSL_REQUESTS_ONLY"),
        "test-tables-recoverable": check("DYNAMODB_PITR_ENABLED"),
      },
    );
  });

  it("takes the role that the account has", async () => {
    const stack = await onNetwork((ground) => history(ground, "adopt"), { cloud: await withRole() });
    assert.deepEqual(stack.ofType("aws:iam/serviceLinkedRole:ServiceLinkedRole"), []);
    assert.equal(
      stack.input("history-recorder", "roleArn"),
      `arn:aws:iam::${accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
    );
  });

  it("is refused a second role, a second recorder, and a role that is not there", async () => {
    const { run: second } = await attempt((ground) => history(ground), { cloud: await withRole() });
    assert.match(second.errors.join("\n"), /history-role.*AWSServiceRoleForConfig has been taken in this account/s);
    const { run: missing } = await attempt((ground) => history(ground, "adopt"));
    assert.match(missing.errors.join("\n"), /history-recorder.*InvalidRoleException/s);
    const { run: twice } = await attempt((ground) => {
      const args = { account: ground.account, prefix: "test", store: store(ground) };
      new ConfigurationHistory("history", args, ground.onAws);
      new ConfigurationHistory("other", { ...args, prefix: "other", serviceRole: "adopt" }, ground.onAws);
    });
    assert.match(twice.errors.join("\n"), /MaxNumberOf|InvalidRoleException/);
  });
});

describe("ThreatDetection", function () {
  this.timeout(60_000);

  it("watches calls, clusters, databases, functions, buckets and what runs on nodes", async () => {
    const stack = await onNetwork(detection);
    assert.deepEqual(stack.named("threats-detector").inputs, {
      enable: true,
      findingPublishingFrequency: "FIFTEEN_MINUTES",
    });
    assert.deepEqual(
      stack
        .ofType("aws:guardduty/detectorFeature:DetectorFeature")
        .map(({ inputs }) => [inputs["name"], inputs["status"], inputs["additionalConfigurations"]])
        .sort(),
      [
        ["EBS_MALWARE_PROTECTION", "ENABLED", []],
        ["EKS_AUDIT_LOGS", "ENABLED", []],
        ["LAMBDA_NETWORK_LOGS", "ENABLED", []],
        ["RDS_LOGIN_EVENTS", "ENABLED", []],
        ["RUNTIME_MONITORING", "ENABLED", [{ name: "EKS_ADDON_MANAGEMENT", status: "ENABLED" }]],
        ["S3_DATA_EVENTS", "ENABLED", []],
      ],
    );
    assert.deepEqual(only(stack.named("threats-analyzer").inputs, "analyzerName", "type"), {
      analyzerName: "test",
      type: "ACCOUNT",
    });
  });

  it("subscribes to two standards, once Config records", async () => {
    const stack = await onNetwork(detection);
    assert.ok(stack.waitsFor("threats-hub").has("history-recording"));
    assert.equal(stack.input("threats-hub", "enableDefaultStandards"), false);
    assert.deepEqual(
      stack
        .ofType("aws:securityhub/standardsSubscription:StandardsSubscription")
        .map(({ inputs }) => inputs["standardsArn"])
        .sort(),
      [
        "arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0",
        "arn:aws:securityhub:eu-west-1::standards/cis-aws-foundations-benchmark/v/3.0.0",
      ],
    );
    assert.equal(childrenOf(stack, "threats").length, 1 + 6 + 1 + 2 + 1);
  });

  it("is refused where the account has a detector already", async () => {
    const first = await onNetwork(detection, { stack: "first" });
    const { run } = await attempt(
      ({ account, onAws, network }) => {
        new ThreatDetection("threats", { account, prefix: "second", configuration: network }, onAws);
      },
      { cloud: first.run.cloud, stack: "second" },
    );
    const errors = run.errors.join("\n");
    assert.match(errors, /threats-detector.*a detector already exists for the current account/);
    assert.match(errors, /threats-hub.*Account is already subscribed to Security Hub/);
  });
});
