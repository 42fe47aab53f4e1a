import assert from "node:assert/strict";
import { SecretStore } from "../../../components/aws/secret-store";
import type { SecretReference } from "../../../components/contracts/secret-store";
import { only, text } from "../../stacks/deployed";
import { onGround, type Ground } from "./data-ground";

function store({ shared, stores, backupKeyArn }: Ground, replicated = false) {
  const { account, keyArn, protection } = shared;
  return new SecretStore(
    "store",
    {
      account,
      prefix: "test-2",
      keyArn,
      protection,
      ...(replicated ? { replicas: [{ region: "eu-central-1", keyArn: backupKeyArn }] } : {}),
    },
    stores,
  );
}

describe("SecretStore", function () {
  this.timeout(60_000);

  it("keeps values under a name of the stack, encrypted with its key, for 30 days after deletion", async () => {
    let reference: SecretReference | undefined;
    const stack = await onGround((ground) => {
      reference = store(ground).put("billing", { username: "billing", password: "correct horse" });
    });
    const { inputs, protect } = stack.named("store-billing");
    assert.deepEqual(only(inputs, "name", "kmsKeyId", "recoveryWindowInDays"), {
      name: "test-2/billing",
      kmsKeyId: stack.output("data-key", "arn"),
      recoveryWindowInDays: 30,
    });
    assert.equal(protect, true);
    assert.deepEqual(JSON.parse(text(stack.input("store-billing-version", "secretString"))), {
      username: "billing",
      password: "correct horse",
    });
    assert.deepEqual(reference?.keys, ["username", "password"]);
  });

  it("marks what it keeps as secret, whatever the caller gave", async () => {
    const stack = await onGround((ground) => {
      store(ground).put("plain", { token: "not marked by the caller" });
    });
    assert.deepEqual(stack.named("store-plain-version").secretPaths, ["secretString"]);
  });

  it("lets a development stack end at once and come back under the same names", async () => {
    const stack = await onGround(
      (ground) => {
        store(ground).put("billing", { token: "t" });
      },
      { class: "development" },
    );
    assert.equal(stack.input("store-billing", "recoveryWindowInDays"), 0);
    assert.equal(stack.named("store-billing").protect, false);
  });

  it("takes the beginning of the name that Kafka demands, and lets readers of the store into those too", async () => {
    let made: SecretStore | undefined;
    const stack = await onGround((ground) => {
      made = store(ground);
      made.put("events", { username: "u", password: "p" }, {}, "kafka");
      return made;
    });
    assert.equal(stack.input("store-events", "name"), "AmazonMSK_test-2/events");
    const prefix = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:";
    assert.deepEqual(await Promise.all((made?.resourceIds ?? []).map(valueOf)), [
      `${prefix}test-2/*`,
      `${prefix}AmazonMSK_test-2/*`,
    ]);
    assert.deepEqual(made?.externalSecretsProvider, { aws: { service: "SecretsManager", region: "eu-west-1" } });
  });

  it("copies secrets to other regions, each with a key of its own", async () => {
    const stack = await onGround((ground) => {
      store(ground, true).put("billing", { token: "t" });
    });
    assert.deepEqual(stack.input("store-billing", "replicas"), [
      { region: "eu-central-1", kmsKeyId: stack.output("copies-key", "arn") },
    ]);
  });
});

/** The value of an output, which the SDK resolves by itself. */
function valueOf<T>(output: { apply: (use: (value: T) => void) => unknown }): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
