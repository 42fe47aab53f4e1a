import assert from "node:assert/strict";
import { Unknown } from "../../../../offline/cloud/value";
import { judgeResource } from "../../../../policies/model/judgement";
import type { ResourceRule } from "../../../../policies/model/rule";
import { databaseRules } from "../../../../policies/rules/aws/databases";
import { changed, fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const DOCUMENTS = "aws:docdb/cluster:Cluster";
const DOCUMENTS_INSTANCE = "aws:docdb/clusterInstance:ClusterInstance";
const BACKUP_COPY = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const TABLE = "aws:dynamodb/table:Table";

const key = "arn:aws:kms:us-west-2:111122223333:key/fb359edd-454e-4105-ae9c-c748696b73fc";
const source = fixture("prod", INSTANCE, "databases-shard-0-source");
const replica = fixture("prod", INSTANCE, "databases-shard-0-replica-reader");
const small = fixture("dev", INSTANCE);
const documents = fixture("prod", DOCUMENTS);
const copy = fixture("prod", BACKUP_COPY);
const table = fixture("prod", TABLE);
const aurora = written(CLUSTER, {
  engine: "aurora-postgresql",
  storageEncrypted: true,
  kmsKeyId: key,
  dbSubnetGroupName: "data",
  backupRetentionPeriod: 7,
  deleteAutomatedBackups: false,
  deletionProtection: true,
  skipFinalSnapshot: false,
  finalSnapshotIdentifier: "aurora-final",
});
const auroraInstance = written(CLUSTER_INSTANCE, { clusterIdentifier: "aurora", publiclyAccessible: false });
const tableReplica = written("aws:dynamodb/tableReplica:TableReplica", {
  globalTableArn: "arn:aws:dynamodb:us-west-2:111122223333:table/sessions",
  kmsKeyArn: key,
  pointInTimeRecovery: true,
  deletionProtectionEnabled: true,
});
const elsewhere = "arn:aws:rds:us-east-2:111122223333:db:portfolio-prod-shard-0-postgres";
const development = { stack: { class: "development" } } as const;

describe("rules on databases of AWS", () => {
  provesResource(databaseRules, "aws-rds-encrypted-cmk", {
    passes: [source, replica, small, documents, copy, aurora],
    alsoPasses: [
      { of: replica, remove: ["storageEncrypted"], when: "a copy in the region of its source says nothing itself" },
      { of: replica, set: { replicateSourceDb: "shard-0" }, when: "the source is named by its identifier" },
      { of: replica, set: { replicateSourceDb: elsewhere, kmsKeyId: key }, when: "a copy in another region has a key" },
      {
        of: aurora,
        set: { engineMode: "serverless" },
        remove: ["storageEncrypted"],
        when: "the cluster is serverless",
      },
    ],
    fails: [
      { set: { storageEncrypted: false }, at: "storageEncrypted" },
      { remove: ["storageEncrypted", "kmsKeyId"], at: ["storageEncrypted", "kmsKeyId"] },
      { set: { kmsKeyId: "" }, at: "kmsKeyId" },
      { set: { kmsKeyId: "alias/aws/rds" }, at: "kmsKeyId" },
      { set: { kmsKeyId: "arn:aws:kms:us-west-2:111122223333:alias/aws/rds" }, at: "kmsKeyId" },
      { of: replica, set: { storageEncrypted: false }, at: "storageEncrypted" },
      { of: replica, set: { replicateSourceDb: elsewhere }, at: "kmsKeyId" },
      {
        of: replica,
        set: { replicateSourceDb: elsewhere },
        remove: ["storageEncrypted"],
        at: ["storageEncrypted", "kmsKeyId"],
      },
      { of: documents, remove: ["storageEncrypted"], at: "storageEncrypted" },
      { of: documents, remove: ["kmsKeyId"], at: "kmsKeyId" },
      { of: copy, remove: ["kmsKeyId"], at: "kmsKeyId" },
      { of: aurora, set: { storageEncrypted: null, kmsKeyId: null }, at: ["storageEncrypted", "kmsKeyId"] },
    ],
    unknown: ["storageEncrypted", "kmsKeyId"],
  });

  provesResource(databaseRules, "aws-rds-not-public", {
    passes: [source, small, replica, documents, aurora, auroraInstance],
    alsoPasses: [{ of: replica, remove: ["dbSubnetGroupName"], when: "a copy lies in the subnets of its source" }],
    fails: [
      { set: { publiclyAccessible: true }, at: "publiclyAccessible" },
      { remove: ["dbSubnetGroupName"], at: "dbSubnetGroupName" },
      { of: replica, set: { replicateSourceDb: elsewhere }, remove: ["dbSubnetGroupName"], at: "dbSubnetGroupName" },
      { of: aurora, remove: ["dbSubnetGroupName"], at: "dbSubnetGroupName" },
      { of: auroraInstance, set: { publiclyAccessible: true }, at: "publiclyAccessible" },
      { of: documents, remove: ["dbSubnetGroupName"], at: "dbSubnetGroupName" },
    ],
    unknown: ["publiclyAccessible", "dbSubnetGroupName"],
  });

  provesStack(databaseRules, "aws-rds-multi-az", {
    of: "prod",
    alsoPasses: [
      {
        when: "a stack of class development does without",
        change: (stack) => stack.change(INSTANCE, "databases-shard-0-source", { set: { multiAz: false } }),
        ...development,
      },
      {
        when: "the service chooses the zones of instances",
        change: (stack) =>
          stack
            .drop(DOCUMENTS_INSTANCE, "documents-instance-c")
            .change(DOCUMENTS_INSTANCE, "documents-instance-a", { remove: ["availabilityZone"] })
            .change(DOCUMENTS_INSTANCE, "documents-instance-b", { remove: ["availabilityZone"] }),
      },
      {
        when: "a cluster has instances in two zones",
        change: (stack) =>
          stack
            .add(CLUSTER, "aurora", { inputs: aurora.inputs })
            .add(CLUSTER_INSTANCE, "one", { inputs: { clusterIdentifier: "aurora", availabilityZone: "us-west-2a" } })
            .add(CLUSTER_INSTANCE, "two", { inputs: { clusterIdentifier: "aurora", availabilityZone: "us-west-2b" } }),
      },
      {
        when: "RDS makes the instances of a cluster",
        change: (stack) =>
          stack.add(CLUSTER, "multi", { inputs: { ...aurora.inputs, dbClusterInstanceClass: "db.r6gd.large" } }),
      },
      {
        when: "a cluster is serverless",
        change: (stack) => stack.add(CLUSTER, "aurora", { inputs: { ...aurora.inputs, engineMode: "serverless" } }),
      },
    ],
    fails: [
      {
        when: "the standby is off",
        change: (stack) => stack.change(INSTANCE, "databases-shard-0-source", { set: { multiAz: false } }),
        violated: [`${INSTANCE} databases-shard-0-source multiAz`],
      },
      {
        when: "nothing is said of a standby",
        change: (stack) => stack.change(INSTANCE, "databases-shard-0-source", { remove: ["multiAz"] }),
        violated: [`${INSTANCE} databases-shard-0-source multiAz`],
      },
      {
        when: "a cluster has one instance",
        change: (stack) =>
          stack.drop(DOCUMENTS_INSTANCE, "documents-instance-b").drop(DOCUMENTS_INSTANCE, "documents-instance-c"),
        violated: [`${DOCUMENTS} documents-cluster`],
      },
      {
        when: "a cluster has no instance",
        change: (stack) => stack.dropAll(DOCUMENTS_INSTANCE),
        violated: [`${DOCUMENTS} documents-cluster`],
      },
      {
        when: "all instances are in one zone",
        change: (stack) =>
          stack
            .change(DOCUMENTS_INSTANCE, "documents-instance-b", { set: { availabilityZone: "us-west-2a" } })
            .change(DOCUMENTS_INSTANCE, "documents-instance-c", { set: { availabilityZone: "us-west-2a" } }),
        violated: [`${DOCUMENTS} documents-cluster`],
      },
      {
        when: "the instances are of another cluster",
        change: (stack) => stack.add(CLUSTER, "aurora", { inputs: aurora.inputs }),
        violated: [`${CLUSTER} aurora`],
      },
    ],
    undecided: [
      {
        when: "it is unknown whether there is a standby",
        change: (stack) => stack.change(INSTANCE, "databases-shard-0-source", { set: { multiAz: Unknown.value } }),
        of: [`${INSTANCE} databases-shard-0-source`],
      },
      {
        when: "it is unknown whether it is a replica",
        change: (stack) =>
          stack
            .change(INSTANCE, "databases-shard-0-replica-reader", { set: { replicateSourceDb: "adopted" } })
            .change(INSTANCE, "databases-shard-0-replica-reader", { set: { replicateSourceDb: Unknown.value } }),
        of: [`${INSTANCE} databases-shard-0-replica-reader`],
      },
      {
        when: "it is unknown whose instances there are",
        change: (stack) =>
          stack
            .dropAll(DOCUMENTS_INSTANCE)
            .add(DOCUMENTS_INSTANCE, "stray", { inputs: { clusterIdentifier: Unknown.value } }),
        of: [`${DOCUMENTS} documents-cluster`],
      },
      {
        when: "a zone is unknown",
        change: (stack) =>
          stack.change(DOCUMENTS_INSTANCE, "documents-instance-a", { set: { availabilityZone: Unknown.value } }),
        of: [`${DOCUMENTS} documents-cluster`],
      },
    ],
  });

  provesResource(databaseRules, "aws-rds-pitr-retention", {
    passes: [source, replica, documents, copy, aurora],
    alsoPasses: [
      { of: small, when: "a stack of class development keeps them for a day", ...development },
      { of: copy, remove: ["retentionPeriod"], when: "a copy is kept for the seven days that are its default" },
      {
        of: replica,
        set: { backupRetentionPeriod: 7, deleteAutomatedBackups: false },
        when: "a replica keeps backups of its own",
      },
    ],
    fails: [
      { set: { backupRetentionPeriod: 0 }, at: "backupRetentionPeriod" },
      { remove: ["backupRetentionPeriod"], at: "backupRetentionPeriod" },
      { set: { backupRetentionPeriod: 6 }, at: "backupRetentionPeriod" },
      { set: { backupRetentionPeriod: 7 }, settings: { minimumDays: 14 }, at: "backupRetentionPeriod" },
      { set: { backupRetentionPeriod: 0 }, ...development, at: "backupRetentionPeriod" },
      { remove: ["deleteAutomatedBackups"], at: "deleteAutomatedBackups" },
      { set: { deleteAutomatedBackups: true }, at: "deleteAutomatedBackups" },
      { of: small, when: "the class is production", at: ["backupRetentionPeriod", "deleteAutomatedBackups"] },
      { of: replica, set: { backupRetentionPeriod: 7 }, at: "deleteAutomatedBackups" },
      { of: documents, remove: ["backupRetentionPeriod"], at: "backupRetentionPeriod" },
      { of: documents, set: { backupRetentionPeriod: 1 }, at: "backupRetentionPeriod" },
      { of: aurora, remove: ["backupRetentionPeriod"], at: "backupRetentionPeriod" },
      { of: aurora, set: { deleteAutomatedBackups: null }, at: "deleteAutomatedBackups" },
      { of: copy, set: { retentionPeriod: 1 }, at: "retentionPeriod" },
    ],
    unknown: ["backupRetentionPeriod", "deleteAutomatedBackups"],
  });

  provesResource(databaseRules, "aws-rds-deletion-protection", {
    passes: [source, replica, documents, aurora],
    alsoPasses: [
      { of: small, when: "a stack of class development is taken down and set up again", ...development },
      {
        set: { deletionProtection: false },
        when: "a stack of class staging has a last snapshot",
        stack: { class: "staging" },
      },
      { remove: ["skipFinalSnapshot"], when: "nothing is said: a snapshot is taken" },
    ],
    fails: [
      { set: { deletionProtection: false }, at: "deletionProtection" },
      { remove: ["deletionProtection"], at: "deletionProtection" },
      { set: { skipFinalSnapshot: true }, at: "skipFinalSnapshot" },
      { set: { skipFinalSnapshot: true }, stack: { class: "staging" }, at: "skipFinalSnapshot" },
      { remove: ["finalSnapshotIdentifier"], at: "finalSnapshotIdentifier" },
      { set: { deletionProtection: false }, stack: { class: "recovery" }, at: "deletionProtection" },
      { of: replica, remove: ["deletionProtection"], at: "deletionProtection" },
      { of: documents, set: { deletionProtection: false }, at: "deletionProtection" },
      { of: documents, set: { skipFinalSnapshot: true }, at: "skipFinalSnapshot" },
      { of: documents, remove: ["finalSnapshotIdentifier"], at: "finalSnapshotIdentifier" },
      { of: aurora, set: { deletionProtection: false }, at: "deletionProtection" },
      { of: aurora, set: { skipFinalSnapshot: true }, at: "skipFinalSnapshot" },
    ],
    unknown: ["deletionProtection", "skipFinalSnapshot", "finalSnapshotIdentifier"],
  });

  provesResource(databaseRules, "aws-dynamodb-protected", {
    passes: [table, tableReplica],
    alsoPasses: [
      {
        set: { deletionProtectionEnabled: false, "replicas[0].deletionProtectionEnabled": false },
        when: "a stack of class development is taken down and set up again",
        ...development,
      },
      { remove: ["replicas"], when: "there are no replicas" },
      { set: { replicas: [] }, when: "the list of replicas is empty" },
      { remove: ["pointInTimeRecovery.recoveryPeriodInDays"], when: "the 35 days of DynamoDB are left" },
    ],
    fails: [
      { set: { "pointInTimeRecovery.enabled": false }, at: "pointInTimeRecovery.enabled" },
      { remove: ["pointInTimeRecovery"], at: "pointInTimeRecovery.enabled" },
      { set: { "pointInTimeRecovery.recoveryPeriodInDays": 1 }, at: "pointInTimeRecovery.recoveryPeriodInDays" },
      { set: { "pointInTimeRecovery.recoveryPeriodInDays": 0 }, at: "pointInTimeRecovery.recoveryPeriodInDays" },
      {
        set: { "pointInTimeRecovery.recoveryPeriodInDays": 7 },
        settings: { minimumDays: 35 },
        at: "pointInTimeRecovery.recoveryPeriodInDays",
      },
      { remove: ["serverSideEncryption"], at: "serverSideEncryption.kmsKeyArn" },
      { remove: ["serverSideEncryption.kmsKeyArn"], at: "serverSideEncryption.kmsKeyArn" },
      { set: { "serverSideEncryption.kmsKeyArn": "alias/aws/dynamodb" }, at: "serverSideEncryption.kmsKeyArn" },
      { set: { "serverSideEncryption.enabled": false }, at: "serverSideEncryption.enabled" },
      { set: { deletionProtectionEnabled: false }, at: "deletionProtectionEnabled" },
      { remove: ["deletionProtectionEnabled"], at: "deletionProtectionEnabled" },
      { set: { "replicas[0].pointInTimeRecovery": false }, at: "replicas[0].pointInTimeRecovery" },
      { remove: ["replicas[0].kmsKeyArn"], at: "replicas[0].kmsKeyArn" },
      { remove: ["replicas[0].deletionProtectionEnabled"], at: "replicas[0].deletionProtectionEnabled" },
      {
        set: { replicas: [{ regionName: "us-east-2" }] },
        at: ["replicas[0].pointInTimeRecovery", "replicas[0].kmsKeyArn", "replicas[0].deletionProtectionEnabled"],
      },
      { of: tableReplica, remove: ["pointInTimeRecovery"], at: "pointInTimeRecovery" },
      { of: tableReplica, remove: ["kmsKeyArn"], at: "kmsKeyArn" },
      { of: tableReplica, set: { deletionProtectionEnabled: false }, at: "deletionProtectionEnabled" },
    ],
    unknown: [
      "pointInTimeRecovery",
      "pointInTimeRecovery.enabled",
      "pointInTimeRecovery.recoveryPeriodInDays",
      "serverSideEncryption.kmsKeyArn",
      "serverSideEncryption.enabled",
      "deletionProtectionEnabled",
      "replicas",
      "replicas[0].pointInTimeRecovery",
      "replicas[0].kmsKeyArn",
      "replicas[0].deletionProtectionEnabled",
    ],
  });

  it("[PR-05] cannot tell whether a copy is in the region of its source while its own region is not known", () => {
    const rule = databaseRules.find(({ id }) => id === "aws-rds-encrypted-cmk") as ResourceRule;
    const { provider: _, ...homeless } = changed(replica, { remove: ["storageEncrypted"] });
    const { findings } = judgeResource([rule], homeless, {
      stack: { stack: "prod", project: "platform", class: "production", isPreview: false, config: {} },
      settings: new Map([[rule.id, {}]]),
    });
    assert.deepEqual(
      findings.map((found) => `${found.verdict} ${found.at}`),
      ["undecided storageEncrypted", "undecided kmsKeyId"],
    );
  });
});
