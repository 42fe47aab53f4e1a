import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { serviceRole } from "./eks-support";
import { bucket, KEY } from "./governance-support";
import { Account, refused, type Made } from "./support";

const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const LOGGING = "aws:s3/bucketLogging:BucketLogging";
const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

function versioned(account: Account, name: string, more = {}): Made {
  const enabled = { versioningConfiguration: { status: "Enabled" } };
  return account.create(VERSIONING, name, { bucket: name, ...enabled, ...more });
}

/** A source in us-east-1, a destination in us-west-2 and a role of S3; neither bucket is versioned. */
function prepared() {
  const account = new Account();
  bucket(account, "source");
  bucket(account, "copies", { region: "us-west-2" });
  const role = serviceRole(account, "replication", "s3.amazonaws.com").outputs["arn"] ?? null;
  const rule = (more: Properties = {}, destination: Properties = {}): Properties => ({
    id: "all",
    status: "Enabled",
    destination: { bucket: "arn:aws:s3:::copies", ...destination },
    ...more,
  });
  const inputs = (...rules: Properties[]): Properties => ({ bucket: "source", role, rules });
  return {
    account,
    rule,
    inputs,
    create: (...rules: Properties[]) => account.create(REPLICATION, "r", inputs(...rules)),
  };
}

function both(account: Account): { source: Made; copies: Made } {
  return { source: versioned(account, "source"), copies: versioned(account, "copies", { region: "us-west-2" }) };
}

describe("AWS S3 replication", () => {
  it("needs versioning on both sides, across regions too", () => {
    const { account, rule, create } = prepared();
    refused(() => create(rule()), "InvalidRequest", /Versioning must be 'Enabled' on the bucket/);
    versioned(account, "source");
    refused(() => create(rule()), "InvalidRequest", /Destination bucket must have versioning enabled: copies/);
    refused(() => create(rule({}, { bucket: "arn:aws:s3:::none" })), "InvalidRequest", /Destination bucket must exist/);
    versioned(account, "copies", { region: "us-west-2" });
    assert.equal(create(rule()).id, "source");
  });

  it("needs a role that S3 may assume, and a replica key in the region of the copy", () => {
    const { account, rule, inputs, create } = prepared();
    both(account);
    const withRole = (role: unknown) => account.create(REPLICATION, "r", { ...inputs(rule()), role } as Properties);
    refused(() => withRole("arn:aws:iam::111122223333:role/none"), "InvalidArgument", /replication role/);
    refused(
      () => withRole(serviceRole(account, "wrong", "ec2.amazonaws.com").outputs["arn"]),
      "InvalidArgument",
      /does not trust/,
    );
    const keyed = (key: unknown) => create(rule({}, { encryptionConfiguration: { replicaKmsKeyId: key as string } }));
    refused(() => keyed("arn:aws:kms:us-west-2:111122223333:key/none"), "InvalidArgument", /ReplicaKmsKeyID/);
    refused(() => keyed(account.create(KEY, "east", {}).outputs["arn"]), "InvalidArgument", /is not in us-west-2/);
    assert.ok(keyed(account.create(KEY, "west", { region: "us-west-2" }).outputs["arn"]));
  });

  it("refuses rules of the newer form that leave something out", () => {
    const { account, rule, inputs } = prepared();
    const reasons = (...rules: Properties[]) => account.reasons(REPLICATION, inputs(...rules));
    assert.match(reasons(rule({ filter: {} }))["rules[0].deleteMarkerReplication"] ?? "", /must be specified/);
    const encrypted = { sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } } };
    assert.match(
      reasons(rule(encrypted))["rules[0].destination.encryptionConfiguration"] ?? "",
      /^InvalidRequest: ReplicaKmsKeyID must be specified/,
    );
    const full = rule({ filter: {}, priority: 1, deleteMarkerReplication: { status: "Enabled" } });
    assert.match(reasons(full, full)["rules[1].priority"] ?? "", /duplicate priority in rules: 1/);
    const timed = { replicationTime: { status: "Enabled", time: { minutes: 15 } } };
    assert.match(reasons(rule({}, timed))["rules[0].destination.metrics"] ?? "", /needs metrics/);
    const metrics = { metrics: { status: "Enabled", eventThreshold: { minutes: 15 } } };
    assert.deepEqual(reasons(rule({}, { ...timed, ...metrics })), {});
    assert.match(Object.keys(reasons(rule({ status: "On" }))).join(), /rules\[0\]\.status/);
  });

  it("keeps the versioning of its source", () => {
    const { account, rule, create } = prepared();
    const { source, copies } = both(account);
    const made = create(rule());
    const suspended = { versioningConfiguration: { status: "Suspended" } };
    refused(() => account.update(source, suspended), "InvalidBucketState", /A replication configuration is present/);
    refused(() => {
      account.delete(source);
    }, "InvalidBucketState");
    account.delete(copies);
    account.delete(made);
    account.delete(source);
  });
});

describe("AWS S3 object lock", () => {
  const rule = (mode: string, period: Properties) => ({ rule: { defaultRetention: { mode, ...period } } });

  it("needs a versioned bucket, which it keeps versioned", () => {
    const account = new Account();
    bucket(account, "plain");
    const lock = (name: string) =>
      account.create(OBJECT_LOCK, name, { bucket: name, ...rule("COMPLIANCE", { days: 30 }) });
    refused(() => lock("plain"), "InvalidBucketState", /Versioning must be 'Enabled'/);
    const versioning = versioned(account, "plain");
    assert.equal(lock("plain").id, "plain");
    const suspended = { versioningConfiguration: { status: "Suspended" } };
    refused(
      () => account.update(versioning, suspended),
      "InvalidBucketState",
      /An Object Lock configuration is present/,
    );
    bucket(account, "locked", { objectLockEnabled: true });
    assert.equal(lock("locked").id, "locked");
  });

  it("keeps for days or for years", () => {
    const account = new Account();
    const reasons = (more: object) => account.reasons(OBJECT_LOCK, { bucket: "b", ...more });
    assert.match(Object.values(reasons(rule("COMPLIANCE", {}))).join(), /exactly one of days, years/);
    assert.match(Object.values(reasons(rule("COMPLIANCE", { days: 1, years: 1 }))).join(), /exactly one of/);
    assert.match(Object.values(reasons(rule("STRICT", { days: 1 }))).join(), /GOVERNANCE, COMPLIANCE/);
    assert.match(Object.values(reasons(rule("GOVERNANCE", { days: 0 }))).join(), /positive integer/);
    assert.deepEqual(reasons(rule("GOVERNANCE", { years: 7 })), {});
  });
});

describe("AWS S3 objects", () => {
  it("have the MD5 of their content for an ETag, and versions in a versioned bucket", () => {
    const account = new Account();
    bucket(account, "assets");
    const put = (content: string, name = "a") => account.create(OBJECT, name, { bucket: "assets", key: name, content });
    const plain = put("hello");
    assert.equal(plain.outputs["etag"], "5d41402abc4b2a76b9719d911017c592");
    assert.equal(plain.outputs["versionId"], "");
    versioned(account, "assets");
    const made = put("hello", "b");
    assert.match(text(made.outputs["versionId"]), /^[\w-]{32}$/);
    const changed = account.update(made, { content: "bye" });
    assert.equal(changed["etag"], "bfa99df33b137bc8fb5f5407d7e58da8");
    assert.notEqual(changed["versionId"], made.outputs["versionId"]);
  });

  it("take one content, and are encrypted one way", () => {
    const account = new Account();
    const reasons = (more: Properties) => account.reasons(OBJECT, { bucket: "b", key: "k", ...more });
    assert.match(reasons({ content: "a", contentBase64: "YQ==" })["contentBase64"] ?? "", /conflicts with content/);
    assert.match(reasons({ serverSideEncryption: "AES256", kmsKeyId: "k" })["kmsKeyId"] ?? "", /InvalidArgument/);
    assert.match(reasons({ serverSideEncryption: "DES" })["serverSideEncryption"] ?? "", /expected one of AES256/);
    assert.match(reasons({ kmsKeyId: "k", etag: "e" })["etag"] ?? "", /conflicts with kmsKeyId/);
    bucket(account, "assets");
    refused(
      () => account.create(OBJECT, "k", { bucket: "assets", key: "x".repeat(1025), content: "" }),
      "KeyTooLongError",
    );
  });
});

describe("AWS S3 logging and notifications", () => {
  it("logs to a bucket of the same account and region", () => {
    const account = new Account();
    bucket(account, "assets");
    bucket(account, "west", { region: "us-west-2" });
    bucket(account, "logs");
    const log = (targetBucket: string) =>
      account.create(LOGGING, "l", { bucket: "assets", targetBucket, targetPrefix: "assets/" });
    refused(() => log("none"), "InvalidTargetBucketForLogging");
    refused(() => log("west"), "CrossLocationLoggingProhibitted");
    assert.equal(log("logs").id, "assets");
  });

  it("notifies destinations that exist of events that there are", () => {
    const account = new Account();
    bucket(account, "assets");
    const inputs = (topicArn: unknown, event = "s3:ObjectCreated:*") =>
      ({ bucket: "assets", topics: [{ topicArn, events: [event] }] }) as Properties;
    const none = "arn:aws:sns:us-east-1:111122223333:none";
    refused(() => account.create(NOTIFICATION, "n", inputs(none)), "InvalidArgument", /Unable to validate/);
    const topic = account.create("aws:sns/topic:Topic", "t", { name: "t" }).outputs["arn"];
    assert.match(Object.values(account.reasons(NOTIFICATION, inputs(topic, "s3:Created"))).join(), /not supported/);
    assert.equal(account.create(NOTIFICATION, "n", inputs(topic)).id, "assets");
  });
});
