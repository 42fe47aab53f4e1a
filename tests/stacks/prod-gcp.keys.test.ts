import assert from "node:assert/strict";
import type { Value } from "../../offline/cloud/value";
import { at, deployed, text, type Deployed } from "./deployed";
import { list } from "./invariants/facts";

const number = "443769135443";

/** Who may use which key, by the parts of the address of the service's identity. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  "us-central1/data": [
    "cloud-redis",
    "compute-system",
    "gcf-admin-robot",
    "gcp-sa-aiplatform",
    "gcp-sa-artifactregistry",
    "gcp-sa-cloud-sql",
    "gcp-sa-eventarc",
    "gcp-sa-firestore",
    "gs-project-accounts",
    "serverless-robot-prod",
  ],
  "us-central1/images": ["gcp-sa-artifactregistry"],
  "us-central1/logs": ["gcp-sa-logging", "gcp-sa-pubsub", "gs-project-accounts"],
  "us-central1/secrets": ["container-engine-robot", "gcp-sa-secretmanager"],
  "us-east1/backups": ["gcp-sa-backupdr", "gcp-sa-gkebackup"],
  "us-east1/credentials": ["gcp-sa-secretmanager"],
};

/** Which key encrypts what: the path of the input, by type, and the key of each resource. */
const ENCRYPTED: readonly (readonly [type: string, path: string, keys: Readonly<Record<string, string>>])[] = [
  [
    "gcp:sql/databaseInstance:DatabaseInstance",
    "encryptionKeyName",
    { "databases-shard-0-source": "us-central1/data", "databases-shard-0-replica-reader": "none" },
  ],
  ["gcp:redis/instance:Instance", "customerManagedKey", { "redis-instance": "us-central1/data" }],
  [
    "gcp:firestore/database:Database",
    "cmekConfig.kmsKeyName",
    { "documents-database": "us-central1/data", "key-values-database": "us-central1/data" },
  ],
  [
    "gcp:storage/bucket:Bucket",
    "encryption.defaultKmsKeyName",
    {
      "functions-build-code": "us-central1/data",
      "lake-objects-bucket": "us-central1/data",
      "objects-bucket": "us-central1/data",
    },
  ],
  [
    "gcp:artifactregistry/repository:Repository",
    "kmsKeyName",
    { "functions-build-images": "us-central1/data", "images-services": "us-central1/images" },
  ],
  [
    "gcp:pubsub/topic:Topic",
    "kmsKeyName",
    {
      "alarms-topic-topic": "us-central1/logs",
      "configuration-history-topic-topic": "us-central1/logs",
      "threat-detection-topic-topic": "us-central1/logs",
    },
  ],
  [
    "gcp:logging/projectBucketConfig:ProjectBucketConfig",
    "cmekSettings.kmsKeyName",
    { "audit-trail-bucket": "us-central1/logs" },
  ],
  [
    "gcp:container/cluster:Cluster",
    "databaseEncryption.keyName",
    { "cluster-control-plane-gke": "us-central1/secrets" },
  ],
  [
    "gcp:container/nodePool:NodePool",
    "nodeConfig.bootDiskKmsKey",
    {
      "cluster-accelerated-pool": "us-central1/data",
      "cluster-general-pool": "us-central1/data",
      "cluster-spot-pool": "us-central1/data",
    },
  ],
  [
    "kubernetes:storage.k8s.io/v1:StorageClass",
    "parameters.disk-encryption-kms-key",
    { "platform-storage-classes-fast": "us-central1/data", "platform-storage-classes-general": "us-central1/data" },
  ],
  [
    "gcp:backupdisasterrecovery/backupVault:BackupVault",
    "encryptionConfig.kmsKeyName",
    { "backup-vaults-vault": "us-east1/backups" },
  ],
  [
    "gcp:gkebackup/backupPlan:BackupPlan",
    "backupConfig.encryptionKey.gcpKmsEncryptionKey",
    { "backup-vaults-cluster": "us-east1/backups" },
  ],
];

/** `us-central1/data` of the id of a key. */
function keyOf(id: Value | undefined): string {
  if (id === undefined) return "none";
  const found = /^projects\/portfolio-prod-gcp\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/([^/]+)$/.exec(
    text(id),
  );
  assert.ok(found, text(id));
  return `${found[1] ?? ""}/${found[2] ?? ""}`;
}

describe("prod-gcp: keys", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod-gcp");
  });

  it("[PF-SEC-05] lets these services use its keys, and nobody else", () => {
    const users: Record<string, string[]> = {};
    for (const { urn, inputs } of stack.ofType("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")) {
      assert.equal(inputs["role"], "roles/cloudkms.cryptoKeyEncrypterDecrypter", urn);
      const member = text(inputs["member"]);
      const [, service] = /^serviceAccount:[^@]*@([^.]+)\.iam\.gserviceaccount\.com$/.exec(member) ?? [];
      assert.ok(service !== undefined && member.includes(number), `${urn}: ${member} is no service of the project`);
      (users[keyOf(inputs["cryptoKeyId"])] ??= []).push(service);
    }
    for (const names of Object.values(users)) names.sort();
    assert.deepEqual(users, USERS);
    assert.deepEqual(
      stack
        .ofType("gcp:kms/cryptoKey:CryptoKey")
        .map(({ id }) => keyOf(id))
        .sort(),
      Object.keys(USERS),
    );
  });

  for (const [type, path, keys] of ENCRYPTED) {
    it(`[PF-SEC-05] encrypts every ${type.replace(/^.*:/, "")} with the key of its purpose, which its service may use before`, () => {
      const found = stack.ofType(type).map((resource) => [resource.name, keyOf(at(resource.inputs, path))] as const);
      assert.deepEqual(Object.fromEntries(found), keys);
      const right = (key: string) =>
        stack
          .ofType("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember")
          .filter(({ inputs }) => keyOf(inputs["cryptoKeyId"]) === key)
          .map(({ name }) => name);
      for (const [name, key] of found) {
        if (key === "none") continue;
        const waits = stack.waitsFor(name);
        assert.ok(
          right(key).some((one) => waits.has(one)),
          `${name} waits for no right to ${key}`,
        );
      }
    });
  }

  it("[PF-SEC-05] [PF-DR-01] keeps a copy of every credential in us-east1, under a key of that region", () => {
    const secrets = stack.ofType("gcp:secretmanager/secret:Secret");
    assert.deepEqual(secrets.map(({ inputs }) => text(inputs["secretId"])).sort(), [
      "portfolio-prod-gcp-documents",
      "portfolio-prod-gcp-events",
      "portfolio-prod-gcp-postgres-shard-0",
      "portfolio-prod-gcp-queue",
    ]);
    for (const { urn, inputs } of secrets) {
      assert.deepEqual(
        list(at(inputs, "replication.userManaged.replicas")).map((replica) => [
          at(replica, "location"),
          keyOf(at(replica, "customerManagedEncryption.kmsKeyName")),
        ]),
        [
          ["us-central1", "us-central1/secrets"],
          ["us-east1", "us-east1/credentials"],
        ],
        urn,
      );
    }
    const versions = stack.ofType("gcp:secretmanager/secretVersion:SecretVersion");
    assert.equal(versions.length, secrets.length);
    for (const { urn, secretPaths } of versions) assert.deepEqual(secretPaths, ["secretData"], urn);
  });
});
