import { copyRules } from "../../../../policies/rules/recovery/copies";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const BUCKET = "aws:s3/bucket:Bucket";
const TABLE = "aws:dynamodb/table:Table";
const DB = "aws:rds/instance:Instance";
const SELECTION = "aws:backup/selection:Selection";
const COPY = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const REPLICA = "aws:dynamodb/tableReplica:TableReplica";
const SQL = "gcp:sql/databaseInstance:DatabaseInstance";
const STORAGE = "gcp:storage/bucket:Bucket";
const SERVER = "azure-native:dbforpostgresql:Server";
const ACCOUNT = "azure-native:storage:StorageAccount";

const ELSEWHERE = {
  "aws:docdb/cluster:Cluster": "a change stream",
  [TABLE]: "a stream",
  [BUCKET]: "a transfer job",
};

/** What has no copy of its own in production is left out. */
const covered = (stack: StackUnderTest) =>
  stack
    .drop(BUCKET, "audit-store-objects-bucket")
    .drop(BUCKET, "audit-store-requests-records-bucket")
    .drop("aws:msk/cluster:Cluster", "events-cluster");

const linked = { config: { "platform:site": "prod" } };

describe("rules on copies", () => {
  provesStack(copyRules, "dr-stateful-has-offsite-copy", {
    of: "prod",
    stack: linked,
    settings: { elsewhere: ELSEWHERE },
    with: covered,
    alsoPasses: [
      {
        when: "a bucket is replicated instead of backed up",
        change: (stack) =>
          replicated(stack.drop(SELECTION, "backup-vaults-buckets").drop(BUCKET, "lake-objects-bucket"), "us-east-2"),
      },
      {
        when: "a table has its replica as a resource of its own",
        change: (stack) =>
          stack
            .drop(SELECTION, "backup-vaults-databases")
            .drop("aws:docdb/cluster:Cluster", "documents-cluster")
            .change(TABLE, "key-values-sessions", { set: { replicas: [] } })
            .add(REPLICA, "replica", {
              inputs: {
                region: "us-east-2",
                globalTableArn: stack.one(TABLE, "key-values-sessions").outputs["arn"] ?? "",
              },
              from: { globalTableArn: [`${TABLE} key-values-sessions`] },
            }),
      },
      {
        when: "the stack is for development",
        change: (stack) => stack.dropAll(SELECTION),
        stack: { class: "development", ...linked },
      },
      {
        when: "the stack stands by for another",
        change: (stack) => stack.dropAll(SELECTION),
        stack: { class: "recovery", ...linked },
      },
      {
        when: "a bucket says that it is made again",
        change: (stack) =>
          stack
            .drop(SELECTION, "backup-vaults-buckets")
            .change(BUCKET, "objects-bucket", { set: { tags: { criticality: "low" } } })
            .change(BUCKET, "lake-objects-bucket", { set: { tags: { criticality: "low" } } }),
      },
    ],
    fails: [
      {
        when: "no plan copies the buckets",
        change: (stack) => stack.drop(SELECTION, "backup-vaults-buckets"),
        preview: "undecided",
        violated: [`${BUCKET} lake-objects-bucket`, `${BUCKET} objects-bucket`],
      },
      {
        when: "a bucket is replicated in its own region",
        change: (stack) =>
          replicated(stack.drop(SELECTION, "backup-vaults-buckets").drop(BUCKET, "lake-objects-bucket"), "us-west-2"),
        preview: "undecided",
        violated: [`${BUCKET} objects-bucket`, `${BUCKET} copy`].sort(),
      },
      {
        when: "nothing copies the database",
        change: (stack) =>
          stack.drop(COPY, "databases-shard-0-backup-copy").change(SELECTION, "backup-vaults-databases", {
            set: { resources: ["arn:aws:rds:*:*:cluster:*", "arn:aws:dynamodb:*:*:table/*"] },
          }),
        preview: "undecided",
        violated: [`${DB} databases-shard-0-source`],
      },
      {
        when: "no other cloud can follow the database",
        change: (stack) =>
          stack.change("aws:rds/parameterGroup:ParameterGroup", "databases-shard-0-parameters", {
            set: { parameters: [{ name: "rds.force_ssl", value: "1" }] },
          }),
        violated: [`${DB} databases-shard-0-source`],
      },
      {
        when: "a cache is tagged as one that matters",
        change: (stack) =>
          stack.change("aws:elasticache/replicationGroup:ReplicationGroup", "redis-group", {
            set: { tags: { criticality: "high" } },
          }),
        settings: {
          elsewhere: { ...ELSEWHERE, "aws:elasticache/replicationGroup:ReplicationGroup": "a dual write" },
        },
        violated: ["aws:elasticache/replicationGroup:ReplicationGroup redis-group"],
      },
    ],
    undecided: [
      {
        when: "nobody says how buckets get to another cloud",
        change: (stack) => stack.add("aws:msk/cluster:Cluster", "events", { inputs: { region: "us-west-2" } }),
        of: ["aws:msk/cluster:Cluster events"],
      },
      {
        when: "it cannot be told what the database takes its parameters from",
        change: (stack) => stack.change(DB, "databases-shard-0-source", { set: { parameterGroupName: "elsewhere" } }),
        of: [`${DB} databases-shard-0-source`],
      },
    ],
  });

  provesStack(copyRules, "dr-stateful-has-offsite-copy", {
    of: "prod-gcp",
    stack: { stack: "prod-gcp", config: { "platform:site": "prod-gcp" } },
    settings: { elsewhere: { [STORAGE]: "a transfer job" } },
    // What is in one region there is left out.
    with: (stack) => stack.dropAll("gcp:firestore/database:Database").dropAll(STORAGE),
    alsoPasses: [
      {
        when: "a bucket is in two regions",
        change: (stack) => stack.add(STORAGE, "wide", { inputs: { location: "NAM4" } }),
      },
    ],
    fails: [
      {
        when: "backups stay in the region",
        change: (stack) =>
          stack.change(SQL, "databases-shard-0-source", {
            set: { "settings.backupConfiguration.location": "us-central1" },
          }),
        violated: [`${SQL} databases-shard-0-source`],
      },
      {
        when: "no other cloud can follow the database",
        change: (stack) => stack.change(SQL, "databases-shard-0-source", { set: { "settings.databaseFlags": [] } }),
        violated: [`${SQL} databases-shard-0-source`],
      },
      {
        when: "a bucket is in one region",
        change: (stack) => stack.add(STORAGE, "narrow", { inputs: { location: "US-CENTRAL1" } }),
        violated: [`${STORAGE} narrow`],
      },
    ],
    undecided: [],
  });

  provesStack(copyRules, "dr-stateful-has-offsite-copy", {
    of: "dr",
    stack: { stack: "dr" },
    with: (stack) =>
      stack
        .dropAll("azure-native:cosmosdb:DatabaseAccount")
        .dropAll("azure-native:mongocluster:MongoCluster")
        .drop(ACCOUNT, "flow-logs-storage"),
    fails: [
      {
        when: "an account is kept in one region, and no vault has it",
        change: (stack) => stack.change(ACCOUNT, "lake-account", { set: { "sku.name": "Standard_ZRS" } }),
        violated: [`${ACCOUNT} lake-account`],
      },
      {
        when: "the vault of the database is kept in one region",
        change: (stack) =>
          stack.change("azure-native:dataprotection:BackupVault", "backup-vaults-vault", {
            set: { "properties.storageSettings": [{ datastoreType: "VaultStore", type: "ZoneRedundant" }] },
          }),
        violated: [`${SERVER} databases-shard-0-source`],
      },
    ],
    undecided: [],
  });
});

function replicated(stack: StackUnderTest, region: string): StackUnderTest {
  const { outputs } = stack.one(BUCKET, "objects-bucket");
  const copy = { bucket: "copy", region };
  return stack
    .add(BUCKET, "copy", {
      inputs: { ...copy, tags: { criticality: region === "us-east-2" ? "low" : "high" } },
      outputs: { arn: "arn:aws:s3:::copy" },
    })
    .add(REPLICATION, "replication", {
      inputs: {
        region: "us-west-2",
        bucket: outputs["id"] ?? "",
        role: "role",
        rules: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::copy" } }],
      },
      from: { bucket: [`${BUCKET} objects-bucket`], rules: [`${BUCKET} copy`] },
    });
}
