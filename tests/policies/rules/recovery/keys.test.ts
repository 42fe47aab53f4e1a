import { Unknown } from "../../../../offline/cloud/value";
import { keyRules } from "../../../../policies/rules/recovery/keys";
import { provesStack } from "../../proves";

const TABLE = "aws:dynamodb/table:Table";
const SECRET = "aws:secretsmanager/secret:Secret";
const VAULT = "aws:backup/vault:Vault";
const COPY = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const BUCKET = "aws:s3/bucket:Bucket";
const GOOGLE_SECRET = "gcp:secretmanager/secret:Secret";
const SERVER = "azure-native:dbforpostgresql:Server";
const KEY_VAULT = "azure-native:keyvault:Vault";
const EXTERNAL = "kubernetes:external-secrets.io/v1:ExternalSecret";
const here = "arn:aws:kms:us-west-2:111122223333:key/1";
const there = "arn:aws:kms:us-east-2:111122223333:key/2";

describe("rules on keys and secrets of copies", () => {
  provesStack(keyRules, "dr-keys-usable-in-dr", {
    of: "prod",
    alsoPasses: [
      {
        when: "a copy has the cloud's own key",
        change: (stack) => stack.change(TABLE, "key-values-sessions", { remove: ["replicas[0].kmsKeyArn"] }),
      },
    ],
    fails: [
      {
        when: "a replica of a table has a key of its source's region",
        change: (stack) => stack.change(TABLE, "key-values-sessions", { set: { "replicas[0].kmsKeyArn": here } }),
        preview: "undecided",
        violated: [`${TABLE} key-values-sessions replicas[0].kmsKeyArn`],
      },
      {
        when: "a replica of a secret has",
        change: (stack) =>
          stack.change(SECRET, "secrets-queue", { set: { replicas: [{ region: "us-east-2", kmsKeyId: here }] } }),
        violated: [`${SECRET} secrets-queue replicas[0].kmsKeyId`],
      },
      {
        when: "a vault of copies has",
        change: (stack) => stack.change(VAULT, "backup-vaults-copy", { set: { kmsKeyArn: here } }),
        violated: [`${VAULT} backup-vaults-copy kmsKeyArn`],
      },
      {
        when: "copied backups of a database have",
        change: (stack) => stack.change(COPY, "databases-shard-0-backup-copy", { set: { kmsKeyId: here } }),
        violated: [`${COPY} databases-shard-0-backup-copy kmsKeyId`],
      },
      {
        when: "a replica of a key is in the region of the key",
        change: (stack) =>
          stack.change(REPLICA_KEY, "credentials-copy-key", {
            set: { primaryKeyArn: "arn:aws:kms:us-east-2:111122223333:key/mrk-1" },
          }),
        violated: [`${REPLICA_KEY} credentials-copy-key primaryKeyArn`],
      },
      {
        when: "copies of objects have a key of their source's region",
        change: (stack) =>
          stack
            .add(BUCKET, "copy", { inputs: { region: "us-east-2" }, outputs: { arn: "arn:aws:s3:::copy" } })
            .add(REPLICATION, "replication", {
              inputs: {
                bucket: "objects",
                rules: [
                  {
                    destination: { bucket: "arn:aws:s3:::copy", encryptionConfiguration: { replicaKmsKeyId: here } },
                  },
                ],
              },
              from: { rules: [`${BUCKET} copy`] },
            }),
        preview: "undecided",
        violated: [`${REPLICATION} replication rules[0].destination.encryptionConfiguration.replicaKmsKeyId`],
      },
    ],
    undecided: [
      {
        when: "a key is an alias of no region",
        change: (stack) => stack.change(VAULT, "backup-vaults-copy", { set: { kmsKeyArn: "alias/elsewhere" } }),
        of: [`${VAULT} backup-vaults-copy`],
      },
      {
        when: "a key is not known, and comes from nothing",
        change: (stack) =>
          stack
            .drop(VAULT, "backup-vaults-copy")
            .add(VAULT, "copy", { inputs: { region: "us-east-2", kmsKeyArn: Unknown.value } }),
        of: [`${VAULT} copy`],
      },
      {
        when: "the bucket of copies is outside of the stack",
        change: (stack) =>
          stack.add(REPLICATION, "replication", {
            inputs: {
              bucket: "objects",
              rules: [
                {
                  destination: {
                    bucket: "arn:aws:s3:::elsewhere",
                    encryptionConfiguration: { replicaKmsKeyId: there },
                  },
                },
              ],
            },
          }),
        of: [`${REPLICATION} replication`],
      },
    ],
  });

  provesStack(keyRules, "dr-keys-usable-in-dr", {
    of: "prod-gcp",
    fails: [
      {
        when: "a replica of a secret has a key of another region",
        change: (stack) =>
          stack.change(GOOGLE_SECRET, "secrets-queue", {
            set: {
              replication: {
                userManaged: {
                  replicas: [
                    {
                      location: "us-east1",
                      customerManagedEncryption: {
                        kmsKeyName: "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k",
                      },
                    },
                  ],
                },
              },
            },
          }),
        violated: [
          `${GOOGLE_SECRET} secrets-queue replication.userManaged.replicas[0].customerManagedEncryption.kmsKeyName`,
        ],
      },
      {
        when: "the vault of backups has",
        change: (stack) =>
          stack.change("gcp:backupdisasterrecovery/backupVault:BackupVault", "backup-vaults-vault", {
            set: { encryptionConfig: { kmsKeyName: "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k" } },
          }),
        violated: [
          "gcp:backupdisasterrecovery/backupVault:BackupVault backup-vaults-vault encryptionConfig.kmsKeyName",
        ],
      },
    ],
    undecided: [],
  });

  provesStack(keyRules, "dr-keys-usable-in-dr", {
    of: "dr",
    fails: [
      {
        when: "backups go to another region without a key there",
        change: (stack) =>
          stack.change(SERVER, "databases-shard-0-source", { set: { "backup.geoRedundantBackup": "Enabled" } }),
        violated: [`${SERVER} databases-shard-0-source dataEncryption.geoBackupKeyURI`],
      },
    ],
    undecided: [],
  });

  provesStack(keyRules, "dr-secrets-replicated", {
    of: "prod",
    alsoPasses: [
      {
        when: "the stack is for development",
        change: (stack) => stack.change(SECRET, "secrets-queue", { set: { replicas: [] } }),
        stack: { class: "development" },
      },
    ],
    fails: [
      {
        when: "a secret has no replica",
        change: (stack) => stack.change(SECRET, "secrets-queue", { set: { replicas: [] } }),
        violated: [`${SECRET} secrets-queue replicas`],
      },
      {
        when: "its replica is in its own region",
        change: (stack) => stack.change(SECRET, "secrets-queue", { set: { replicas: [{ region: "us-west-2" }] } }),
        violated: [`${SECRET} secrets-queue replicas`],
      },
    ],
    undecided: [
      {
        when: "the region of its replica is not known",
        change: (stack) => stack.change(SECRET, "secrets-queue", { set: { replicas: [{ region: Unknown.value }] } }),
        of: [`${SECRET} secrets-queue`],
      },
    ],
  });

  provesStack(keyRules, "dr-secrets-replicated", {
    of: "prod-gcp",
    alsoPasses: [
      {
        when: "the cloud says where a secret is",
        change: (stack) => stack.change(GOOGLE_SECRET, "secrets-queue", { set: { replication: { auto: {} } } }),
      },
    ],
    fails: [
      {
        when: "a secret is in one region",
        change: (stack) =>
          stack.change(GOOGLE_SECRET, "secrets-queue", {
            set: { replication: { userManaged: { replicas: [{ location: "us-central1" }] } } },
          }),
        violated: [`${GOOGLE_SECRET} secrets-queue replication`],
      },
    ],
    undecided: [],
  });

  provesStack(keyRules, "dr-secrets-replicated", {
    of: "dr",
    stack: { class: "recovery" },
    fails: [
      {
        when: "a vault is in a region without a pair",
        change: (stack) => stack.change(KEY_VAULT, "secrets-vault-vault", { set: { location: "Italy North" } }),
        violated: [`${KEY_VAULT} secrets-vault-vault location`],
      },
    ],
    undecided: [
      {
        when: "a workload asks for a secret that is not here",
        change: (stack) =>
          stack.change(EXTERNAL, "iceberg-catalog-database-login", {
            set: { "spec.data[0].remoteRef.key": "portfolio-prod/postgres-shard-0" },
          }),
        of: [`${EXTERNAL} iceberg-catalog-database-login`],
      },
    ],
  });
});
