import assert from "node:assert/strict";
import { Unknown, type Properties } from "../../../../offline/cloud/value";
import { REPLICATION_CAPABILITIES } from "../../../../policies/checks/replication";
import { replicationRules } from "../../../../policies/rules/recovery/replication";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const TABLE = "aws:dynamodb/table:Table";
const DB = "aws:rds/instance:Instance";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const BUCKET = "aws:s3/bucket:Bucket";
const SQL = "gcp:sql/databaseInstance:DatabaseInstance";
const POLICY = "gcp:monitoring/alertPolicy:AlertPolicy";
const ALERT = "azure-native:monitor:MetricAlert";
const SERVER = "azure-native:dbforpostgresql:Server";
const MIRROR = "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2";
const JOB = "gcp:storage/transferJob:TransferJob";
const lag = "alarms-postgres-shard-0-reader-replica-lag";
const replica = `${DB} databases-shard-0-replica-reader`;

/** Replicas of the table have no alarm yet. */
const watched = (stack: StackUnderTest) =>
  stack.add(ALARM, "table-lag", {
    inputs: {
      metricName: "ReplicationLatency",
      namespace: "AWS/DynamoDB",
      dimensions: { TableName: "portfolio-prod-sessions", ReceivingRegion: "us-east-2" },
      threshold: 60_000,
      alarmActions: ["topic"],
    },
    from: { dimensions: [`${TABLE} key-values-sessions`] },
  });

const timed: Properties = {
  bucket: "arn:aws:s3:::copy",
  metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
  replicationTime: { status: "Enabled", time: { minutes: 15 } },
};

describe("rules on replication", () => {
  it("[PR-05] names a source for every capability", () => {
    for (const { source } of Object.values(REPLICATION_CAPABILITIES)) assert.match(source, /^https:\/\//);
  });

  provesStack(replicationRules, "dr-rpo-within-budget", {
    of: "prod",
    with: watched,
    alsoPasses: [
      {
        when: "a table is strongly consistent, and nothing measures it",
        change: (stack) =>
          stack
            .drop(ALARM, "table-lag")
            .change(TABLE, "key-values-sessions", { set: { "replicas[0].consistencyMode": "STRONG" } }),
      },
      {
        when: "a site stands by for another",
        change: (stack) => stack.drop(ALARM, lag),
        stack: { class: "recovery" },
      },
      {
        when: "replication of a bucket is measured",
        change: (stack) => bucketAlarm(replicated(stack, timed), 300),
      },
      {
        when: "the mirror looks often enough",
        change: (stack) => mirrored(stack, { "refresh.topics.interval.seconds": 60 }),
      },
    ],
    fails: [
      {
        when: "replication of a bucket is not measured",
        change: (stack) => bucketAlarm(replicated(stack, { bucket: "arn:aws:s3:::copy" }), 300),
        violated: [`${REPLICATION} replication rules[0].destination.metrics.status`],
      },
      {
        when: "replication of a bucket has a time that S3 does not take",
        change: (stack) =>
          bucketAlarm(
            replicated(stack, { ...timed, replicationTime: { status: "Enabled", time: { minutes: 5 } } }),
            300,
          ),
        violated: [`${REPLICATION} replication rules[0].destination.replicationTime.time.minutes`],
      },
      {
        when: "a mirror looks for new topics every ten minutes, as it does by itself",
        change: (stack) => mirrored(stack, {}),
        violated: [`${MIRROR} mirror spec.mirrors[0].sourceConnector.config`],
      },
      {
        when: "a mirror writes positions every hour",
        change: (stack) =>
          mirrored(stack, { "refresh.topics.interval.seconds": 60 }, { "sync.group.offsets.interval.seconds": 3600 }),
        violated: [
          `${MIRROR} mirror spec.mirrors[0].checkpointConnector.config["sync.group.offsets.interval.seconds"]`,
        ],
      },
      {
        when: "a transfer runs once a day",
        change: (stack) => stack.add(JOB, "job", { inputs: { description: "objects" } }),
        violated: [`${JOB} job eventStream`],
      },
      {
        when: "a transfer runs every hour",
        change: (stack) => stack.add(JOB, "job", { inputs: { schedule: { repeatInterval: "3600s" } } }),
        violated: [`${JOB} job eventStream`],
      },
    ],
    undecided: [
      {
        when: "nothing measures the replica of a table",
        change: (stack) => stack.drop(ALARM, "table-lag"),
        of: [`${TABLE} key-values-sessions`],
      },
      {
        when: "the alarm of a replica rings too late",
        change: (stack) => stack.change(ALARM, lag, { set: { threshold: 301 } }),
        of: [replica],
      },
      {
        when: "S3 promises a quarter of an hour, and no alarm watches",
        change: (stack) => replicated(stack, timed),
        of: [`${REPLICATION} replication`],
      },
      {
        when: "a bucket of two regions is copied at leisure",
        change: (stack) => stack.add("gcp:storage/bucket:Bucket", "wide", { inputs: { location: "NAM4" } }),
        of: ["gcp:storage/bucket:Bucket wide"],
      },
    ],
  });

  provesStack(replicationRules, "dr-replica-lag-alarm", {
    of: "prod",
    fails: [
      {
        when: "a replica has no alarm",
        change: (stack) => stack.drop(ALARM, lag),
        violated: [`${replica} replicateSourceDb`],
      },
      {
        when: "the alarm is of the source",
        change: (stack) =>
          stack.change(ALARM, lag, {
            set: { dimensions: { DBInstanceIdentifier: "portfolio-prod-shard-0-postgres" } },
          }),
        violated: [`${replica} replicateSourceDb`],
      },
      {
        when: "the alarm is on something else",
        change: (stack) => stack.change(ALARM, lag, { set: { metricName: "CPUUtilization" } }),
        violated: [`${replica} replicateSourceDb`],
      },
      {
        when: "the alarm rings too late",
        change: (stack) => stack.change(ALARM, lag, { set: { threshold: 301 } }),
        violated: [`${replica} replicateSourceDb`],
      },
      {
        when: "the alarm rings later than is asked",
        change: (stack) => stack,
        settings: { seconds: 59 },
        violated: [`${replica} replicateSourceDb`],
      },
      {
        when: "the alarm tells nobody",
        change: (stack) => stack.change(ALARM, lag, { set: { alarmActions: [] } }),
        violated: [`${replica} replicateSourceDb`],
      },
      {
        when: "the actions of the alarm are off",
        change: (stack) => stack.change(ALARM, lag, { set: { actionsEnabled: false } }),
        violated: [`${replica} replicateSourceDb`],
      },
      {
        when: "replication of a bucket has no alarm",
        change: (stack) => replicated(stack, timed),
        violated: [`${REPLICATION} replication rules[0].destination`],
      },
    ],
    alsoPasses: [
      { when: "replication of a bucket has one", change: (stack) => bucketAlarm(replicated(stack, timed), 300) },
    ],
    undecided: [
      {
        when: "the threshold is not known",
        change: (stack) => stack.change(ALARM, lag, { set: { threshold: Unknown.value } }),
        of: [replica],
      },
      {
        when: "it cannot be told what the alarm watches",
        change: (stack) =>
          stack.drop(ALARM, lag).add(ALARM, "open", {
            inputs: { metricName: "ReplicaLag", dimensions: { DBInstanceIdentifier: Unknown.value }, threshold: 60 },
          }),
        of: [replica],
      },
    ],
  });

  provesStack(replicationRules, "dr-replica-lag-alarm", {
    of: "prod-gcp",
    fails: [
      {
        when: "a replica has no alarm",
        change: (stack) => stack.drop(POLICY, lag),
        preview: "undecided",
        violated: [`${SQL} databases-shard-0-replica-reader masterInstanceName`],
      },
      {
        when: "the alarm rings too late",
        change: (stack) =>
          stack.change(POLICY, lag, { set: { "conditions[0].conditionThreshold.thresholdValue": 600 } }),
        preview: "undecided",
        violated: [`${SQL} databases-shard-0-replica-reader masterInstanceName`],
      },
      {
        when: "the alarm tells nobody",
        change: (stack) => stack.change(POLICY, lag, { set: { notificationChannels: [] } }),
        preview: "undecided",
        violated: [`${SQL} databases-shard-0-replica-reader masterInstanceName`],
      },
    ],
    undecided: [],
  });

  provesStack(replicationRules, "dr-replica-lag-alarm", {
    of: "dr",
    fails: [
      {
        when: "a replica has no alarm",
        change: (stack) => stack.drop(ALERT, "alarms-postgres-shard-0-replica-reader-replica-lag"),
        violated: [`${SERVER} databases-shard-0-replica-reader createMode`],
      },
      {
        when: "the alarm rings too late",
        change: (stack) =>
          stack.change(ALERT, "alarms-postgres-shard-0-replica-reader-replica-lag", {
            set: { "criteria.allOf[0].threshold": 600 },
          }),
        violated: [`${SERVER} databases-shard-0-replica-reader createMode`],
      },
      {
        when: "the alarm tells nobody",
        change: (stack) =>
          stack.change(ALERT, "alarms-postgres-shard-0-replica-reader-replica-lag", { set: { actions: [] } }),
        violated: [`${SERVER} databases-shard-0-replica-reader createMode`],
      },
    ],
    undecided: [],
  });
});

function replicated(stack: StackUnderTest, destination: Properties): StackUnderTest {
  return stack.add(REPLICATION, "replication", {
    inputs: {
      bucket: stack.one(BUCKET, "objects-bucket").outputs["id"] ?? "",
      rules: [{ status: "Enabled", destination }],
    },
    from: { bucket: [`${BUCKET} objects-bucket`] },
  });
}

function bucketAlarm(stack: StackUnderTest, threshold: number): StackUnderTest {
  return stack.add(ALARM, "bucket-lag", {
    inputs: {
      metricName: "ReplicationLatency",
      namespace: "AWS/S3",
      dimensions: { SourceBucket: stack.one(BUCKET, "objects-bucket").outputs["id"] ?? "" },
      threshold,
      alarmActions: ["topic"],
    },
    from: { dimensions: [`${BUCKET} objects-bucket`] },
  });
}

function mirrored(stack: StackUnderTest, source: Properties, checkpoints: Properties = {}): StackUnderTest {
  return stack.add(MIRROR, "mirror", {
    inputs: {
      apiVersion: "kafka.strimzi.io/v1",
      kind: "KafkaMirrorMaker2",
      metadata: { name: "mirror", namespace: "kafka" },
      spec: { mirrors: [{ sourceConnector: { config: source }, checkpointConnector: { config: checkpoints } }] },
    },
  });
}
