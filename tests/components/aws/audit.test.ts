import assert from "node:assert/strict";
import { AuditTrail } from "../../../components/aws/audit-trail";
import { ObjectStore } from "../../../components/aws/object-store";
import { policy } from "../../stacks/deployed";
import { accountId, attempt, auditStore as store, onNetwork, region, type Ground } from "./ground";

function trail(ground: Ground, buckets: readonly string[] = ["test-assets-1", "test-lake-1"]): AuditTrail {
  const { account, onAws, protection } = ground;
  return new AuditTrail("trail", { account, prefix: "test", store: store(ground), buckets, protection }, onAws);
}

const trailArn = `arn:aws:cloudtrail:${region}:${accountId}:trail/test-audit`;
const logGroupArn = `arn:aws:logs:${region}:${accountId}:log-group:/aws/cloudtrail/test-audit`;

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
      {
        Sid: "LogGroups",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        Resource: "*",
        Condition: { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": [logGroupArn] } },
      },
    ]);
  });

  it("records who reads the records in a second bucket, which takes them from the first alone", async () => {
    const stack = await onNetwork(store);
    assert.deepEqual(stack.named("audit-requests-logging").inputs, {
      bucket: "test-audit-1",
      targetBucket: "test-audit-1-requests",
      targetPrefix: "requests/",
    });
    assert.ok(stack.waitsFor("audit-requests-logging").has("audit-requests-records-policy"));
    // The log service can write under keys of S3 alone.
    assert.deepEqual(stack.input("audit-requests-records-encryption", "rules"), [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    assert.deepEqual(policy(stack.input("audit-requests-records-policy", "policy")).Statement.slice(1), [
      {
        Sid: "RequestWrite",
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: "arn:aws:s3:::test-audit-1-requests/requests/*",
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": "arn:aws:s3:::test-audit-1" },
        },
      },
    ]);
    assert.deepEqual(stack.input("audit-requests-records-lifecycle", "rules.0.expiration"), { days: 2190 });
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
      const stack = await onNetwork((ground) => trail(ground), { class: stackClass });
      const { inputs, protect } = stack.named("trail-trail");
      assert.deepEqual(inputs, {
        name: "test-audit",
        s3BucketName: "test-audit-1",
        kmsKeyId: stack.output("audit-key-key", "arn"),
        enableLogging: true,
        enableLogFileValidation: true,
        includeGlobalServiceEvents: true,
        isMultiRegionTrail: true,
        cloudWatchLogsGroupArn: `${logGroupArn}:*`,
        cloudWatchLogsRoleArn: stack.output("trail-role", "arn"),
        advancedEventSelectors: [
          { name: "Control planes", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
          {
            name: "Objects",
            fieldSelectors: [
              { field: "eventCategory", equals: ["Data"] },
              { field: "resources.type", equals: ["AWS::S3::Object"] },
              { field: "resources.ARN", startsWiths: ["arn:aws:s3:::test-assets-1/", "arn:aws:s3:::test-lake-1/"] },
            ],
          },
        ],
      });
      assert.equal(protect, guarded);
      assert.ok(stack.waitsFor("trail-trail").has("audit-objects-policy"));
    }
  });

  it("records control planes alone, where no bucket is watched", async () => {
    const stack = await onNetwork((ground) => trail(ground, []));
    assert.equal(stack.named("trail-trail").inputs["advancedEventSelectors"], undefined);
  });

  it("delivers to an encrypted log group, by a role that can do nothing else, once it can", async () => {
    const stack = await onNetwork((ground) => trail(ground), { class: "production" });
    assert.deepEqual(stack.named("trail-group").inputs, {
      name: "/aws/cloudtrail/test-audit",
      retentionInDays: 365,
      kmsKeyId: stack.output("audit-key-key", "arn"),
    });
    assert.deepEqual(policy(stack.input("trail-role", "assumeRolePolicy")).Statement, [
      {
        Sid: "AssumeByService",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: ["sts:AssumeRole"],
      },
    ]);
    assert.deepEqual(policy(stack.input("trail-delivery", "policy")).Statement, [
      {
        Sid: "Deliver",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${logGroupArn}:log-stream:${accountId}_CloudTrail_${region}*`,
      },
    ]);
    assert.ok(stack.waitsFor("trail-trail").has("trail-delivery"));
  });

  it("is refused under another name than the store expects", async () => {
    const { run } = await attempt((ground) => {
      const { account, protection } = ground;
      const args = { account, prefix: "other", store: store(ground), buckets: [], protection };
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
        account: ground.account,
        prefix: "test",
        store: store(ground),
        buckets: [],
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
