import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud } from "../../../../offline/cloud/cloud";
import { ControlPlane } from "../../../../offline/cloud/control-plane";
import { PartialFailure } from "../../../../offline/cloud/errors";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, aws, refused, type Made } from "./support";

const SECRET = "aws:secretsmanager/secret:Secret";
const VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy";
const KEY = "aws:kms/key:Key";
const REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey";
const ALIAS = "aws:kms/alias:Alias";

const inWest = (account: Account) => new Account({ region: "us-west-2" }, account.cloud);
const west = { replicas: [{ region: "us-west-2" }] };

function secret(account: Account, more: Properties = {}): Made {
  return account.create(SECRET, "s", { name: "db", recoveryWindowInDays: 0, ...more });
}

describe("AWS Secrets Manager replicas", () => {
  it("are secrets of their region with the same suffix, and go at once with the first", () => {
    const account = new Account();
    const made = secret(account, west);
    const [replica] = made.outputs["replicas"] as readonly Properties[];
    assert.deepEqual([replica?.["region"], replica?.["status"]], ["us-west-2", "InSync"]);
    const copy = made.id.replace("us-east-1", "us-west-2");
    assert.equal(account.has(SECRET, copy), true);
    refused(() => secret(inWest(account)), "ResourceExistsException");
    refused(
      () => inWest(account).create(VERSION, "v", { secretId: copy, secretString: "x" }),
      "InvalidParameterException",
      /primary secret's region/,
    );
    account.update(made, { replicas: [{ region: "eu-west-1" }] });
    assert.equal(account.has(SECRET, copy), false);
    assert.equal(account.has(SECRET, made.id.replace("us-east-1", "eu-west-1")), true);
    account.delete({ ...made, inputs: { ...made.inputs, replicas: [{ region: "eu-west-1" }] } });
    assert.equal(account.cloud.all().length, 0);
  });

  it("refuse its own region, one that does not exist, and one named twice", () => {
    for (const regions of [["us-east-1"], ["us-fake-1"], ["us-west-2", "us-west-2"]]) {
      const replicas = regions.map((region) => ({ region }));
      refused(() => secret(new Account(), { replicas }), "InvalidParameterException", /Invalid replica region/);
    }
  });

  const failed = (call: () => unknown, words: RegExp) => {
    assert.throws(call, (error) => {
      assert.ok(error instanceof PartialFailure);
      assert.match(error.message, words);
      assert.match(JSON.stringify(error.outputs["replicas"]), /"status":"Failed"/);
      return true;
    });
  };

  it("fail for a key of another region, and are made with one of theirs", () => {
    const account = new Account();
    const here = text(account.create(KEY, "k", {}).outputs["arn"]);
    const there = text(inWest(account).create(KEY, "k2", {}).outputs["arn"]);
    const replicas = (kmsKeyId: string) => ({ replicas: [{ region: "us-west-2", kmsKeyId }] });
    failed(() => secret(account, replicas(here)), /does not exist in us-west-2/);
    const { outputs } = account.create(SECRET, "t", { name: "other", ...replicas(there) });
    assert.equal((outputs["replicas"] as readonly Properties[])[0]?.["kmsKeyId"], there);
  });

  it("fail where the name is taken, unless it may be overwritten", () => {
    const account = new Account();
    secret(inWest(account));
    failed(() => secret(account, west), /already exists in this region/);
    const made = account.create(SECRET, "forced", { name: "other", recoveryWindowInDays: 0 });
    const first = inWest(account).create(SECRET, "other", { name: "other" });
    account.update(made, { ...west, forceOverwriteReplicaSecret: true });
    assert.equal(account.has(SECRET, first.id), false);
    assert.equal(account.has(SECRET, made.id.replace("us-east-1", "us-west-2")), true);
  });
});

describe("AWS Secrets Manager version and policy", () => {
  it("has one value, and refuses none, two and a write-only one without its version", () => {
    const account = new Account();
    const { id: secretId } = secret(account);
    const reasons = (more: Properties) => Object.keys(account.reasons(VERSION, { secretId, ...more }));
    assert.deepEqual(reasons({ secretString: "a", secretBinary: "YQ==" }), ["secretBinary"]);
    assert.deepEqual(reasons({ secretBinary: "not base64" }), ["secretBinary"]);
    assert.deepEqual(reasons({ secretStringWo: "a" }), ["secretStringWoVersion"]);
    assert.deepEqual(reasons({ secretStringWo: "a", secretStringWoVersion: 1 }), []);
    refused(() => account.create(VERSION, "v", { secretId }), "InvalidRequestException", /must provide either/);
    const { id, outputs } = account.create(VERSION, "v", { secretId, secretString: "a" });
    assert.deepEqual(outputs["versionStages"], ["AWSCURRENT"]);
    assert.equal(id, `${secretId}|${text(outputs["versionId"])}`);
  });

  it("is not written down in the clear", () => {
    const folder = mkdtempSync(join(tmpdir(), "secret-journal-"));
    try {
      const cloud = Cloud.open(folder);
      const account = new Account({}, cloud);
      const { id: secretId } = secret(account);
      const call = { urn: "urn:pulumi:test::platform::x::v", type: VERSION, session: account.session };
      const plane = new ControlPlane(cloud, aws);
      const secrets = new Set(["secretString"]);
      plane.create({ ...call, inputs: { secretId, secretString: "open-sesame" }, secrets });
      const written = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
        .join("\n");
      assert.match(written, /secretVersion/);
      assert.doesNotMatch(written, /open-sesame/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses a policy that is malformed, public when that is blocked, or of a replica", () => {
    const account = new Account();
    const { id: secretArn } = secret(account, west);
    const policy = (principal: unknown, more: object = {}) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: principal,
            Action: "secretsmanager:GetSecretValue",
            Resource: "*",
            ...more,
          },
        ],
      });
    const put = (more: Properties) => account.create(POLICY, "p", { secretArn, policy: policy("*"), ...more });
    assert.match(account.reasons(POLICY, { secretArn, policy: "{" })["policy"] ?? "", /^MalformedPolicyDocument/);
    const long = policy("*", { Sid: "x".repeat(20_480) });
    assert.match(account.reasons(POLICY, { secretArn, policy: long })["policy"] ?? "", /at most 20480/);
    assert.equal(put({}).id, secretArn);
    refused(() => put({ secretArn: `${secretArn}x` }), "ResourceNotFoundException");
    refused(() => put({ blockPublicPolicy: true }), "PublicPolicyException");
    refused(() => put({ blockPublicPolicy: true, policy: policy({ AWS: ["*"] }) }), "PublicPolicyException");
    const own = policy({ AWS: "arn:aws:iam::111122223333:root" });
    assert.equal(put({ blockPublicPolicy: true, policy: own }).id, secretArn);
    const copy = secretArn.replace("us-east-1", "us-west-2");
    refused(
      () => inWest(account).create(POLICY, "p", { secretArn: copy, policy: own }),
      "InvalidParameterException",
      /primary secret's region/,
    );
  });
});

describe("AWS KMS replica key", () => {
  const primary = (account: Account, more: Properties = {}) => account.create(KEY, "p", { multiRegion: true, ...more });
  const replicate = (account: Account, made: Made, more: Properties = {}) =>
    account.create(REPLICA_KEY, `r-${account.session.scope.region}`, {
      primaryKeyArn: text(made.outputs["arn"]),
      ...more,
    });

  it("shares id, use and rotation with its primary, and carries an alias of its own", () => {
    const account = new Account();
    const made = primary(account, { enableKeyRotation: true });
    const { id, outputs } = replicate(inWest(account), made);
    assert.equal(id, made.id);
    assert.deepEqual(
      [outputs["keyRotationEnabled"], outputs["keySpec"], outputs["keyUsage"]],
      [true, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"],
    );
    const alias = inWest(account).create(ALIAS, "a", { name: "alias/data", targetKeyId: id });
    assert.equal(alias.outputs["targetKeyArn"], outputs["arn"]);
    refused(() => replicate(inWest(account), made), "AlreadyExistsException");
  });

  it("refuses a policy that locks its account out, and a primary that does not exist", () => {
    const account = new Account();
    const made = primary(account);
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: "arn:aws:iam::444455556666:root" }, Action: "kms:*", Resource: "*" },
      ],
    });
    refused(() => replicate(inWest(account), made, { policy }), "MalformedPolicyDocumentException");
    const other = { ...made, outputs: { arn: text(made.outputs["arn"]).replace("mrk-", "mrk-0") } };
    refused(() => replicate(inWest(account), other), "NotFoundException");
  });

  it("leaves nothing behind when it goes before its primary", () => {
    const account = new Account();
    const made = primary(account);
    inWest(account).delete(replicate(inWest(account), made));
    account.delete(made);
    assert.equal(account.cloud.all().length, 0);
  });

  it("outlives its primary, which cannot be replicated while it waits for its last replica to go", () => {
    const account = new Account();
    const made = primary(account);
    const ireland = new Account({ region: "eu-west-1" }, account.cloud);
    const [first, second] = [replicate(inWest(account), made), replicate(ireland, made)];
    account.delete(made);
    assert.equal(account.has(KEY, made.id), false);
    const paris = new Account({ region: "eu-west-3" }, account.cloud);
    refused(() => replicate(paris, made), "KMSInvalidStateException", /pending replica deletion/);
    inWest(account).delete(first);
    refused(() => replicate(paris, made), "KMSInvalidStateException");
    ireland.delete(second);
    assert.equal(account.cloud.all().length, 0);
    refused(() => replicate(paris, made), "NotFoundException");
  });
});
