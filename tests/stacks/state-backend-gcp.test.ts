import assert from "node:assert/strict";
import { loadConfiguration } from "../../config/load";
import { deploy as deployBackend } from "../../stacks/state-backend-gcp";
import { deploy } from "../support/in-process";
import { Deployed, text } from "./deployed";

const settings = {
  "platform:blueprint": "state-backend-gcp",
  "platform:owner": "prod-gcp",
  "platform:system": "portfolio",
  "platform:project": "portfolio-prod",
  "platform:region": "us-central1",
};

const load = (more: Readonly<Record<string, string>> = {}) =>
  loadConfiguration({ stack: "prod-gcp-backend", values: { ...settings, ...more }, secretKeys: [] });

async function made(more: Readonly<Record<string, string>> = {}): Promise<Deployed> {
  const config = load(more);
  assert.equal(config.blueprint, "state-backend-gcp");
  return new Deployed(await deploy(() => deployBackend(config)));
}

const BUCKET = "portfolio-prod-gcp-state-portfolio-prod";
const KEY = "projects/portfolio-prod/locations/us-central1/keyRings/portfolio-prod-gcp-state/cryptoKeys/state";

describe("state-backend-gcp", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await made();
  });

  it("makes one bucket and one key in a ring, switches their APIs on, and loads no provider but that of Google Cloud", () => {
    const types = stack.run.resources.filter(({ custom }) => custom).map(({ type }) => type);
    assert.deepEqual(
      types.sort(),
      [
        "pulumi:providers:gcp",
        "gcp:projects/service:Service",
        "gcp:projects/service:Service",
        "gcp:projects/service:Service",
        "gcp:kms/keyRing:KeyRing",
        "gcp:kms/cryptoKey:CryptoKey",
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "gcp:storage/bucket:Bucket",
      ].sort(),
    );
  });

  it("names both so that they are known before they are made", () => {
    assert.equal(stack.input("objects-bucket", "name"), BUCKET);
    assert.equal(stack.id("key-state-key"), KEY);
    assert.deepEqual(
      { ...stack.run.outputs },
      { bucketName: BUCKET, keyId: KEY, backendUrl: `gs://${BUCKET}`, secretsProvider: `gcpkms://${KEY}` },
    );
  });

  it("is in the region of the stack, and labelled as its", () => {
    assert.equal(stack.input("objects-bucket", "location"), "US-CENTRAL1");
    assert.deepEqual(JSON.parse(text(stack.input("gcp", "defaultLabels"))), {
      system: "portfolio",
      stack: "prod-gcp",
      class: "production",
      "managed-by": "pulumi",
    });
  });

  it("[PF-SEC-05] encrypts the state with the key, which is rotated every 90 days", () => {
    assert.equal(stack.input("objects-bucket", "encryption.defaultKmsKeyName"), KEY);
    assert.equal(stack.input("key-state-key", "rotationPeriod"), "7776000s");
    assert.ok(stack.waitsFor("objects-bucket").has("key-state-storage"), "Cloud Storage may use it first");
  });

  it("keeps it private and every version of it", () => {
    assert.equal(stack.input("objects-bucket", "publicAccessPrevention"), "enforced");
    assert.equal(stack.input("objects-bucket", "uniformBucketLevelAccess"), true);
    assert.equal(stack.input("objects-bucket", "versioning.enabled"), true);
  });

  it("ends replaced versions after 90 days, and never a state", () => {
    assert.deepEqual(stack.input("objects-bucket", "lifecycleRules"), [
      { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 90, withState: "ARCHIVED" } },
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
    ]);
  });

  it("is protected in any class, until it is told otherwise", async () => {
    const guarded = await made({ "platform:class": "development" });
    for (const name of ["objects-bucket", "key-ring", "key-state-key"]) {
      assert.equal(guarded.named(name).protect, true, name);
    }
    assert.equal(guarded.input("objects-bucket", "forceDestroy"), false);
    assert.equal(guarded.input("key-state-key", "destroyScheduledDuration"), "2592000s");
    const open = await made({ "platform:protection": "off" });
    assert.notEqual(open.named("objects-bucket").protect, true);
    assert.equal(open.input("objects-bucket", "forceDestroy"), true);
  });

  it("needs a project, and takes its id alone", () => {
    assert.throws(() => load({ "platform:project": "123456789012" }), /platform:project: .*give the id of a project/s);
    const { "platform:project": _project, ...without } = settings;
    assert.throws(
      () => loadConfiguration({ stack: "prod-gcp-backend", values: without, secretKeys: [] }),
      /platform:project/,
    );
  });
});
