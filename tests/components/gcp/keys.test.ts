import assert from "node:assert/strict";
import { KeyCopy } from "../../../components/gcp/key-copy";
import { SecretStore } from "../../../components/gcp/secret-store";
import { SiteKeys } from "../../../components/gcp/site-keys";
import { protectionOf } from "../../../components/planning/protection";
import { text } from "../../stacks/deployed";
import { attempt, onSite, projectId } from "./ground";

const keysOf = (ring: string) => `projects/${projectId}/locations/us-central1/keyRings/${ring}/cryptoKeys`;
const agent = (service: string) => `serviceAccount:service-408444060409@${service}.iam.gserviceaccount.com`;

describe("keys of a site on Google Cloud", () => {
  it("[PF-SEC-05] are one for each purpose, rotate every 90 days, and wait before they are destroyed", async () => {
    const stack = await onSite(() => undefined);
    const keys = stack.ofType("gcp:kms/cryptoKey:CryptoKey");
    assert.deepEqual(keys.map(({ inputs }) => inputs["name"]).sort(), ["data", "images", "logs", "secrets"]);
    for (const { inputs, name } of keys) {
      assert.equal(inputs["purpose"], "ENCRYPT_DECRYPT", name);
      assert.equal(inputs["rotationPeriod"], "7776000s", name);
      assert.equal(inputs["destroyScheduledDuration"], "604800s", name);
    }
    assert.deepEqual(stack.component("keys").outputs["keyIds"], {
      data: `${keysOf("test")}/data`,
      images: `${keysOf("test")}/images`,
      logs: `${keysOf("test")}/logs`,
      secrets: `${keysOf("test")}/secrets`,
    });
  });

  it("are used by the services of their purpose and by no other", async () => {
    const stack = await onSite(() => undefined);
    const users = stack
      .ofType("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")
      .map(({ inputs }) => [text(inputs["cryptoKeyId"]).split("/").at(-1), inputs["role"], inputs["member"]]);
    const role = "roles/cloudkms.cryptoKeyEncrypterDecrypter";
    assert.deepEqual(users.sort(), [
      ["data", role, agent("compute-system")],
      ["data", role, agent("gs-project-accounts")],
      ["images", role, agent("gcp-sa-artifactregistry")],
      ["logs", role, agent("gs-project-accounts")],
      ["secrets", role, agent("container-engine-robot")],
      ["secrets", role, agent("gcp-sa-secretmanager")],
    ]);
  });

  it("are used by the services of the site's parts besides", async () => {
    const stack = await onSite(
      ({ project, protection, onGcp }) => {
        new SiteKeys("more", { project, prefix: "more", users: { data: ["sqladmin", "redis"] }, protection }, onGcp);
      },
      { apis: ["sqladmin.googleapis.com", "redis.googleapis.com"] },
    );
    assert.equal(stack.input("more-data-sqladmin", "member"), agent("gcp-sa-cloud-sql"));
    assert.equal(stack.input("more-data-redis", "member"), agent("cloud-redis"));
  });

  it("are protected in production", async () => {
    const stack = await onSite(() => undefined, { class: "production" });
    const keys = stack.ofType("gcp:kms/cryptoKey:CryptoKey");
    assert.deepEqual([...new Set(keys.map(({ protect }) => protect))], [true]);
    assert.equal(stack.named("keys-ring").protect, true);
    assert.equal(keys[0]?.inputs["destroyScheduledDuration"], "2592000s");
  });

  it("can be adopted: no ring is made, and the services are let in", async () => {
    const first = await onSite(() => undefined);
    const adopted = {
      data: `${keysOf("test")}/data`,
      images: `${keysOf("test")}/images`,
      logs: `${keysOf("test")}/logs`,
      secrets: `${keysOf("test")}/secrets`,
    };
    const stack = await onSite(
      ({ project, protection, onGcp }) => {
        new SiteKeys("adopted", { project, prefix: "adopted", adopted, protection }, onGcp);
      },
      { cloud: first.run.cloud, stack: "other" },
    );
    assert.deepEqual(stack.component("adopted").outputs["keyIds"], adopted);
    const made = stack.run.resources.filter(({ name, custom }) => custom && name.startsWith("adopted-"));
    assert.deepEqual([...new Set(made.map(({ type }) => type))].sort(), [
      "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
      "gcp:projects/serviceIdentity:ServiceIdentity",
    ]);
  });
});

describe("secrets on Google Cloud", () => {
  it("[PF-SEC-05] lie in the regions of choice, each under a key of that region", async () => {
    const stack = await onSite(({ project, prefix, keys, protection, onGcp }) => {
      const copy = new KeyCopy(
        "copy",
        { project, region: "us-east4", prefix, purpose: "secrets", users: ["secretmanager"], protection },
        onGcp,
      );
      const store = new SecretStore(
        "secrets",
        {
          project,
          prefix,
          keyId: keys.keyIds.secrets,
          replicas: [{ region: "us-east4", keyId: copy.keyId }],
          protection,
        },
        onGcp,
      );
      store.put("queue", { username: "guest", password: "hidden" });
      assert.deepEqual(store.externalSecretsProvider, { gcpsm: { projectID: projectId } });
    });
    assert.equal(stack.input("secrets-queue", "secretId"), "test-queue");
    assert.deepEqual(stack.input("secrets-queue", "replication"), {
      userManaged: {
        replicas: [
          {
            location: "us-central1",
            customerManagedEncryption: { kmsKeyName: `${keysOf("test")}/secrets` },
          },
          {
            location: "us-east4",
            customerManagedEncryption: {
              kmsKeyName: `projects/${projectId}/locations/us-east4/keyRings/test-copy-secrets/cryptoKeys/secrets`,
            },
          },
        ],
      },
    });
    assert.equal(stack.input("secrets-queue", "versionDestroyTtl"), "604800s");
    const version = stack.named("secrets-queue-version");
    assert.equal(version.inputs["secretData"], '{"username":"guest","password":"hidden"}');
    assert.ok(version.secretPaths.includes("secretData"), "the value is not marked as a secret");
    assert.deepEqual(stack.component("secrets").outputs["resourceIds"], ["projects/408444060409/secrets/test-"]);
  });

  it("are guarded in production, and lose their guards for a destroy", async () => {
    for (const [guards, expected] of [
      ["on", true],
      ["off", false],
    ] as const) {
      const stack = await onSite(({ project, prefix, keys, onGcp }) => {
        const protection = protectionOf("production", guards);
        new SecretStore("secrets", { project, prefix, keyId: keys.keyIds.secrets, protection }, onGcp).put("queue", {});
      });
      const { inputs, protect } = stack.named("secrets-queue");
      assert.equal(inputs["deletionProtection"], expected);
      assert.equal(protect, expected);
      assert.equal(inputs["versionDestroyTtl"], expected ? "2592000s" : undefined);
    }
  });

  it("are refused under a key that Secret Manager may not use", async () => {
    const { run } = await attempt(({ project, prefix, keys, protection, onGcp }) => {
      new SecretStore("secrets", { project, prefix, keyId: keys.keyIds.data, protection }, onGcp).put("queue", {});
    });
    assert.equal(run.errors.length, 1);
    assert.match(run.errors[0] ?? "", /::secrets-queue: .*gcp-sa-secretmanager/);
  });
});
