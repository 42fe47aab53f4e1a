import assert from "node:assert/strict";
import { AuditTrail } from "../../../components/aws/audit-trail";
import { ObjectStore } from "../../../components/aws/object-store";
import { policy } from "../../stacks/deployed";
import { accountId, attempt, auditStore as store, onNetwork, region, type Ground } from "./ground";

function trail(ground: Ground): AuditTrail {
  const { onAws, protection } = ground;
  return new AuditTrail("trail", { prefix: "test", store: store(ground), protection }, onAws);
}

const trailArn = `arn:aws:cloudtrail:${region}:${accountId}:trail/test-audit`;

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
