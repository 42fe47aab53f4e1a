import assert from "node:assert/strict";
import { text } from "../../../../offline/services/aws/text";
import { serviceRole } from "./eks-support";
import { allow, bucket, BUCKET_POLICY, KEY, policyOf } from "./governance-support";
import { Account, refused } from "./support";

const TRAIL = "aws:cloudtrail/trail:Trail";
const SERVICE = "cloudtrail.amazonaws.com";
const TRAIL_ARN = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit";

function logsPolicy(sourceArn = TRAIL_ARN): string {
  const source = { StringEquals: { "aws:SourceArn": sourceArn } };
  const write = { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": sourceArn } };
  return policyOf(
    allow(SERVICE, "s3:GetBucketAcl", "arn:aws:s3:::trail-logs", source),
    allow(SERVICE, "s3:PutObject", "arn:aws:s3:::trail-logs/AWSLogs/111122223333/*", write),
  );
}

/** An account with a bucket that CloudTrail may write to. */
function prepared() {
  const account = new Account();
  bucket(account, "trail-logs");
  account.create(BUCKET_POLICY, "p", { bucket: "trail-logs", policy: logsPolicy() });
  const create = (more = {}, name = "audit") =>
    account.create(TRAIL, name, { name, s3BucketName: "trail-logs", ...more });
  return { account, create };
}

describe("AWS CloudTrail", () => {
  it("makes a trail with its ARN for an id", () => {
    const { id, outputs } = prepared().create({ isMultiRegionTrail: true });
    assert.equal(id, TRAIL_ARN);
    assert.equal(outputs["homeRegion"], "us-east-1");
    assert.equal(outputs["enableLogging"], true);
  });

  it("refuses a bucket that does not exist or does not let it write", () => {
    const account = new Account();
    const create = (name = "audit", more = {}) =>
      account.create(TRAIL, name, { name, s3BucketName: "trail-logs", ...more });
    refused(create, "S3BucketDoesNotExistException");
    bucket(account, "trail-logs");
    refused(create, "InsufficientS3BucketPolicyException", /detected for bucket: trail-logs/);
    const policy = account.create(BUCKET_POLICY, "p", {
      bucket: "trail-logs",
      policy: logsPolicy("arn:aws:cloudtrail:us-east-1:111122223333:trail/x"),
    });
    refused(create, "InsufficientS3BucketPolicyException", /GetBucketAcl/);
    account.update(policy, { policy: logsPolicy() });
    refused(
      () => create("audit", { s3KeyPrefix: "other" }),
      "InsufficientS3BucketPolicyException",
      /PutObject on other/,
    );
    refused(() => create("another"), "InsufficientS3BucketPolicyException");
    assert.ok(create());
  });

  it("refuses a key whose policy does not let it encrypt", () => {
    const { account, create } = prepared();
    refused(() => create({ kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/none" }), "KmsKeyNotFoundException");
    const owner = {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Action: "kms:*",
      Resource: "*",
    };
    const closed = account.create(KEY, "closed", { policy: policyOf(owner) });
    refused(() => create({ kmsKeyId: closed.outputs["arn"] }), "InsufficientEncryptionPolicyException", /KMS key arn:/);
    const condition = {
      StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:111122223333:trail/*" },
    };
    const grant = allow(SERVICE, ["kms:GenerateDataKey*", "kms:DescribeKey"], "*", condition);
    const open = account.create(KEY, "open", { policy: policyOf(owner, grant) });
    assert.ok(create({ kmsKeyId: open.outputs["arn"] }));
  });

  it("sends to a log group with a role, both or neither", () => {
    const { account, create } = prepared();
    const group = account.create("aws:cloudwatch/logGroup:LogGroup", "trail", { name: "trail" });
    const logGroup = text(group.outputs["arn"]);
    const role = serviceRole(account, "trail", SERVICE).outputs["arn"];
    const logs = (arn: string, roleArn: unknown) => ({ cloudWatchLogsGroupArn: arn, cloudWatchLogsRoleArn: roleArn });
    const inputs = { name: "audit", s3BucketName: "trail-logs", cloudWatchLogsGroupArn: `${logGroup}:*` };
    assert.match(
      account.reasons(TRAIL, inputs)["cloudWatchLogsRoleArn"] ?? "",
      /^InvalidCloudWatchLogsRoleArnException: You must specify a role ARN as well as a log group/,
    );
    refused(() => create(logs(logGroup, role)), "InvalidCloudWatchLogsLogGroupArnException", /must end with :\*/);
    refused(() => create(logs(`${logGroup}x:*`, role)), "InvalidCloudWatchLogsLogGroupArnException", /does not exist/);
    const wrong = serviceRole(account, "wrong", "ec2.amazonaws.com").outputs["arn"];
    refused(() => create(logs(`${logGroup}:*`, wrong)), "InvalidCloudWatchLogsRoleArnException", /trust relationships/);
    assert.ok(create(logs(`${logGroup}:*`, role)));
  });

  for (const name of ["ab", "-audit", "audit-", "a..b", "a_-b", "10.0.0.1", "x".repeat(129)]) {
    it(`refuses the name ${name.slice(0, 20)}`, () => {
      const reasons = new Account().reasons(TRAIL, { name, s3BucketName: "b" });
      assert.match(reasons["name"] ?? "accepted", /InvalidTrailNameException/);
    });
  }

  it("refuses selectors that CloudTrail does not take", () => {
    const reasons = (more: object) => new Account().reasons(TRAIL, { name: "audit", s3BucketName: "b", ...more });
    const selector = (more: object) => reasons({ eventSelectors: [more] });
    assert.match(Object.values(selector({ readWriteType: "Everything" })).join(), /expected one of All, ReadOnly/);
    assert.match(
      Object.values(selector({ dataResources: [{ type: "AWS::RDS::DBInstance", values: ["arn:aws:rds"] }] })).join(),
      /expected one of AWS::S3::Object/,
    );
    assert.match(
      Object.values(selector({ dataResources: [{ type: "AWS::S3::Object", values: ["my-bucket"] }] })).join(),
      /InvalidEventSelectorsException/,
    );
    assert.match(reasons({ eventSelectors: Array(6).fill({}) })["eventSelectors"] ?? "", /at most 5 event selectors/);
    const both = reasons({
      eventSelectors: [{}],
      advancedEventSelectors: [{ fieldSelectors: [{ field: "eventCategory" }] }],
    });
    assert.match(both["advancedEventSelectors"] ?? "", /conflicts with eventSelectors/);
    assert.match(
      reasons({ isMultiRegionTrail: true, includeGlobalServiceEvents: false })["includeGlobalServiceEvents"] ?? "",
      /InvalidParameterCombinationException/,
    );
    assert.deepEqual(selector({ dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3"] }] }), {});
  });

  it("has at most five trails in a region, each with a name of its own", () => {
    const account = new Account();
    bucket(account, "trail-logs");
    account.create(BUCKET_POLICY, "p", {
      bucket: "trail-logs",
      policy: logsPolicy("arn:aws:cloudtrail:us-east-1:111122223333:trail/*").replaceAll("StringEquals", "StringLike"),
    });
    const create = (name: string) => account.create(TRAIL, name, { name, s3BucketName: "trail-logs" });
    ["one", "two", "three", "four"].forEach(create);
    refused(() => create("one"), "TrailAlreadyExistsException");
    create("five");
    refused(() => create("six"), "MaximumNumberOfTrailsExceededException");
  });
});
