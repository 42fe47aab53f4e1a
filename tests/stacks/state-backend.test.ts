import assert from "node:assert/strict";
import { loadConfiguration } from "../../config/load";
import { stateKeyAlias } from "../../components/planning/names";
import { deploy as deployBackend } from "../../stacks/state-backend";
import { deploy } from "../support/in-process";
import { Deployed, text } from "./deployed";

const settings = {
  "platform:blueprint": "state-backend",
  "platform:owner": "dev",
  "platform:system": "portfolio",
  "platform:region": "us-west-2",
};

async function made(more: Readonly<Record<string, string>> = {}): Promise<Deployed> {
  const config = loadConfiguration({ stack: "dev-backend", values: { ...settings, ...more }, secretKeys: [] });
  assert.equal(config.blueprint, "state-backend");
  return new Deployed(await deploy(() => deployBackend(config)));
}

describe("state-backend", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await made();
  });

  it("makes one bucket and one key, and loads no provider but that of AWS", () => {
    assert.equal(stack.ofType("aws:s3/bucket:Bucket").length, 1);
    assert.equal(stack.ofType("aws:kms/key:Key").length, 1);
    assert.deepEqual(
      stack.run.resources.filter(({ type }) => type.startsWith("pulumi:providers:")).map(({ type }) => type),
      ["pulumi:providers:aws"],
    );
  });

  it("names both so that they are known before they are made", () => {
    assert.equal(stack.input("objects-bucket", "bucket"), "portfolio-dev-state-111122223333-us-west-2");
    assert.equal(stack.input("key-alias", "name"), stateKeyAlias("portfolio-dev"));
    const { outputs } = stack.run;
    assert.equal(outputs["bucketName"], "portfolio-dev-state-111122223333-us-west-2");
    assert.equal(outputs["backendUrl"], "s3://portfolio-dev-state-111122223333-us-west-2?region=us-west-2&awssdk=v2");
    assert.equal(outputs["secretsProvider"], "awskms:///alias/portfolio-dev/state?region=us-west-2");
    assert.equal(outputs["keyArn"], stack.output("key-key", "arn"));
  });

  it("[PF-SEC-05] encrypts the state with the key, which is rotated", () => {
    assert.equal(stack.input("key-key", "enableKeyRotation"), true);
    const by = "rules.0.applyServerSideEncryptionByDefault";
    assert.equal(stack.input("objects-encryption", `${by}.sseAlgorithm`), "aws:kms");
    assert.equal(stack.input("objects-encryption", `${by}.kmsMasterKeyId`), stack.output("key-key", "arn"));
  });

  it("keeps it private, over TLS only, and every version of it", () => {
    for (const setting of ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]) {
      assert.equal(stack.input("objects-public-access", setting), true, setting);
    }
    assert.match(text(stack.input("objects-policy", "policy")), /"aws:SecureTransport":"false"/);
    assert.equal(stack.input("objects-versioning", "versioningConfiguration.status"), "Enabled");
  });

  it("ends replaced versions after 90 days, and never a state", () => {
    const { inputs } = stack.named("objects-lifecycle");
    assert.deepEqual(inputs["rules"], [
      {
        id: "old-versions",
        status: "Enabled",
        filter: { prefix: "" },
        noncurrentVersionExpiration: { noncurrentDays: 90 },
        expiration: { expiredObjectDeleteMarker: true },
      },
      {
        id: "incomplete-uploads",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    ]);
  });

  it("is protected in any class, until it is told otherwise", async () => {
    const guarded = await made({ "platform:class": "development" });
    for (const name of ["objects-bucket", "key-key"]) assert.equal(guarded.named(name).protect, true, name);
    assert.equal(guarded.input("objects-bucket", "forceDestroy"), false);
    assert.equal(guarded.input("key-key", "deletionWindowInDays"), 30);
    const open = await made({ "platform:protection": "off" });
    assert.notEqual(open.named("objects-bucket").protect, true);
    assert.equal(open.input("objects-bucket", "forceDestroy"), true);
  });

  it("takes twelve digits for an account, and nothing else", () => {
    const config = (accounts: string) => () =>
      loadConfiguration({
        stack: "dev-backend",
        values: { ...settings, "platform:accounts": accounts },
        secretKeys: [],
      });
    assert.throws(config('["1234"]'), /platform:accounts\[0\]: is "1234": give the twelve digits of an account/);
    assert.doesNotThrow(config('["111122223333"]'));
  });
});
