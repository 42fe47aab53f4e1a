/** What an alarm watches: a metric of CloudWatch, and when it is too much. */
export interface AlarmSpec {
  /** Last part of the alarm's name, which never changes. */
  readonly id: string;
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum";
  readonly comparison: "above" | "below";
  /** In the unit of the metric. */
  readonly threshold: number;
  /** Seconds of one data point. */
  readonly periodSeconds: 60 | 300;
  /** Data points in a row that are too much. */
  readonly points: number;
  /** `breaching`: silence is an alarm too. */
  readonly missing: "breaching" | "notBreaching";
  /** What it means and what to look at: the alarm's description. */
  readonly meaning: string;
}

/** Parts of a site that have alarms. */
export type AlarmSubject =
  | "postgres"
  | "postgres-replica"
  | "redis"
  | "memcached"
  | "documents"
  | "events"
  | "queue"
  | "key-values"
  | "functions"
  | "dead-letters"
  | "nat-gateway";

/**
 * The name by which CloudWatch finds the metrics of each part. There is one set of metrics for each name: an alarm that gives
 * another one, such as the replication group of a cache, sees nothing.
 */
export const alarmDimensions = {
  postgres: "DBInstanceIdentifier",
  "postgres-replica": "DBInstanceIdentifier",
  redis: "CacheClusterId",
  memcached: "CacheClusterId",
  documents: "DBClusterIdentifier",
  events: "Cluster Name",
  queue: "Broker",
  "key-values": "TableName",
  functions: "FunctionName",
  "dead-letters": "QueueName",
  "nat-gateway": "NatGatewayId",
} as const satisfies Record<AlarmSubject, string>;

const GiB = 1024 ** 3;

/**
 * The alarms of each part. Names and units of metrics:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
 */
export const alarms = {
  postgres: [
    {
      id: "storage",
      namespace: "AWS/RDS",
      metric: "FreeStorageSpace",
      statistic: "Minimum",
      comparison: "below",
      threshold: 5 * GiB,
      periodSeconds: 300,
      points: 2,
      missing: "breaching",
      meaning:
        "The disk is nearly full and has not grown: raise maxStorageGiB, look for a replication slot nobody reads",
    },
    {
      id: "slot-lag",
      namespace: "AWS/RDS",
      metric: "OldestReplicationSlotLag",
      statistic: "Maximum",
      comparison: "above",
      threshold: 5 * GiB,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "A subscriber does not read its slot, and the log it waits for fills the disk: mend it or drop the slot",
    },
    {
      id: "cpu",
      namespace: "AWS/RDS",
      metric: "CPUUtilization",
      statistic: "Average",
      comparison: "above",
      threshold: 80,
      periodSeconds: 300,
      points: 3,
      missing: "breaching",
      meaning: "The processors are busy: look at the slowest queries, or take a larger class",
    },
  ],
  "postgres-replica": [
    {
      id: "replica-lag",
      namespace: "AWS/RDS",
      metric: "ReplicaLag",
      statistic: "Maximum",
      comparison: "above",
      threshold: 60,
      periodSeconds: 60,
      points: 5,
      missing: "notBreaching",
      meaning: "Reads from the replica are old by more than a minute",
    },
  ],
  redis: [
    {
      id: "memory",
      namespace: "AWS/ElastiCache",
      metric: "DatabaseMemoryUsagePercentage",
      statistic: "Maximum",
      comparison: "above",
      threshold: 80,
      periodSeconds: 300,
      points: 2,
      missing: "breaching",
      meaning: "Redis is nearly full and will evict keys: take a larger node, or keep less",
    },
  ],
  memcached: [
    {
      id: "evictions",
      namespace: "AWS/ElastiCache",
      metric: "Evictions",
      statistic: "Sum",
      comparison: "above",
      threshold: 1000,
      periodSeconds: 300,
      points: 3,
      missing: "notBreaching",
      meaning: "Memcached throws entries out before their time: take larger nodes or more of them",
    },
  ],
  documents: [
    {
      id: "cpu",
      namespace: "AWS/DocDB",
      metric: "CPUUtilization",
      statistic: "Average",
      comparison: "above",
      threshold: 80,
      periodSeconds: 300,
      points: 3,
      missing: "breaching",
      meaning: "The processors are busy: look at the profiler's log, or take a larger class",
    },
  ],
  events: [
    {
      id: "controllers",
      namespace: "AWS/Kafka",
      metric: "ActiveControllerCount",
      statistic: "Sum",
      comparison: "below",
      threshold: 1,
      periodSeconds: 60,
      points: 3,
      missing: "breaching",
      meaning: "No broker is controller: topics and leaders cannot change",
    },
    {
      id: "offline-partitions",
      namespace: "AWS/Kafka",
      metric: "OfflinePartitionsCount",
      statistic: "Maximum",
      comparison: "above",
      threshold: 0,
      periodSeconds: 60,
      points: 3,
      missing: "notBreaching",
      meaning: "Partitions have no leader: events of them are neither taken nor given",
    },
  ],
  queue: [
    {
      id: "ready-messages",
      namespace: "AWS/AmazonMQ",
      metric: "MessageReadyCount",
      statistic: "Maximum",
      comparison: "above",
      threshold: 10_000,
      periodSeconds: 300,
      points: 3,
      missing: "notBreaching",
      meaning: "Messages wait for consumers: look whether they run and keep up",
    },
  ],
  // By table alone: errors and latencies are kept for each operation, and an alarm on the table would see none of them.
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
  "key-values": [
    {
      id: "read-throttles",
      namespace: "AWS/DynamoDB",
      metric: "ReadThrottleEvents",
      statistic: "Sum",
      comparison: "above",
      threshold: 10,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "DynamoDB turns reads away: one key is asked for too often, or traffic doubled within minutes",
    },
    {
      id: "write-throttles",
      namespace: "AWS/DynamoDB",
      metric: "WriteThrottleEvents",
      statistic: "Sum",
      comparison: "above",
      threshold: 10,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "DynamoDB turns writes away: one key is written too often, or traffic doubled within minutes",
    },
  ],
  functions: [
    {
      id: "errors",
      namespace: "AWS/Lambda",
      metric: "Errors",
      statistic: "Sum",
      comparison: "above",
      threshold: 5,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "The function fails: its batches are tried again, then go to the dead letters",
    },
  ],
  "dead-letters": [
    {
      id: "waiting",
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      statistic: "Maximum",
      comparison: "above",
      threshold: 0,
      periodSeconds: 300,
      points: 1,
      missing: "notBreaching",
      meaning: "Batches that a function could not handle wait to be looked at",
    },
  ],
  "nat-gateway": [
    {
      id: "ports",
      namespace: "AWS/NATGateway",
      metric: "ErrorPortAllocation",
      statistic: "Sum",
      comparison: "above",
      threshold: 0,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "The gateway has no port left for a destination: connections to the internet fail",
    },
  ],
} as const satisfies Record<AlarmSubject, readonly AlarmSpec[]>;
