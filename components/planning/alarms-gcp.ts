import type { AlarmSpec } from "./alarms";

/** What an alarm watches: a metric of Cloud Monitoring, and when it is too much. */
export interface GcpAlarmSpec extends Pick<
  AlarmSpec,
  "id" | "metric" | "comparison" | "threshold" | "periodSeconds" | "missing" | "meaning"
> {
  /** Type of the monitored resource: https://docs.cloud.google.com/monitoring/api/resources */
  readonly resource: string;
  /** Labels of the metric that are watched alone. Default: all. */
  readonly labels?: Readonly<Record<string, string>>;
  /** How the values of one series in a period become one. */
  readonly aligner: "ALIGN_MAX" | "ALIGN_MEAN" | "ALIGN_DELTA";
  /** How series become one: `sum` adds them up, `each` looks at every one by itself. */
  readonly across: "sum" | "each";
  /**
   * Data points in a row that are too much: 2 at least, since what happens on silence can be chosen from a duration of a minute on.
   * https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#metricthreshold
   */
  readonly points: 2 | 3 | 5;
}

/** Parts of a site that have alarms. */
export type GcpAlarmSubject =
  "postgres" | "postgres-replica" | "redis" | "documents" | "key-values" | "functions" | "kubernetes" | "nat-gateway";

/** The label of the monitored resource by which the metrics of each part are found. */
export const gcpAlarmLabels = {
  /** `<project>:<instance>`. */
  postgres: "database_id",
  "postgres-replica": "database_id",
  /** `projects/<project>/locations/<region>/instances/<name>`. */
  redis: "instance_id",
  documents: "database_id",
  "key-values": "database_id",
  functions: "service_name",
  kubernetes: "cluster_name",
  "nat-gateway": "gateway_name",
} as const satisfies Record<GcpAlarmSubject, string>;

const firestoreRefusals = {
  id: "refusals",
  resource: "firestore.googleapis.com/Database",
  metric: "firestore.googleapis.com/api/request_count",
  labels: { response_code: "RESOURCE_EXHAUSTED" },
  aligner: "ALIGN_DELTA",
  across: "sum",
  comparison: "above",
  threshold: 10,
  periodSeconds: 300,
  points: 2,
  missing: "notBreaching",
  meaning: "Firestore turns requests away: one key is asked for too often, or traffic grew faster than it spreads",
} as const satisfies GcpAlarmSpec;

/** The alarms of each part. Names, labels and units of metrics: https://docs.cloud.google.com/monitoring/api/metrics_gcp */
export const gcpAlarms = {
  // https://docs.cloud.google.com/sql/docs/postgres/admin-api/metrics; it measures no slot by itself: a slot that nobody reads fills the disk.
  postgres: [
    {
      id: "storage",
      resource: "cloudsql_database",
      metric: "cloudsql.googleapis.com/database/disk/utilization",
      aligner: "ALIGN_MAX",
      across: "each",
      comparison: "above",
      threshold: 0.9,
      periodSeconds: 300,
      points: 2,
      missing: "breaching",
      meaning: "The disk is nearly full and has not grown: raise its limit, look for a replication slot nobody reads",
    },
    {
      id: "cpu",
      resource: "cloudsql_database",
      metric: "cloudsql.googleapis.com/database/cpu/utilization",
      aligner: "ALIGN_MEAN",
      across: "each",
      comparison: "above",
      threshold: 0.8,
      periodSeconds: 300,
      points: 3,
      missing: "breaching",
      meaning: "The processors are busy: look at the slowest queries, or take a larger tier",
    },
    {
      id: "transaction-ids",
      resource: "cloudsql_database",
      metric: "cloudsql.googleapis.com/database/postgresql/transaction_id_utilization",
      aligner: "ALIGN_MAX",
      across: "each",
      comparison: "above",
      threshold: 0.8,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "Transaction ids run out, and then nothing can be written: find what holds back the vacuum",
    },
  ],
  "postgres-replica": [
    {
      id: "replica-lag",
      resource: "cloudsql_database",
      metric: "cloudsql.googleapis.com/database/replication/replica_lag",
      aligner: "ALIGN_MAX",
      across: "each",
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
      resource: "redis_instance",
      metric: "redis.googleapis.com/stats/memory/usage_ratio",
      aligner: "ALIGN_MAX",
      across: "each",
      comparison: "above",
      threshold: 0.8,
      periodSeconds: 300,
      points: 2,
      missing: "breaching",
      meaning: "Redis is nearly full and will evict keys: take more memory, or keep less",
    },
  ],
  documents: [firestoreRefusals],
  "key-values": [firestoreRefusals],
  functions: [
    {
      id: "errors",
      resource: "cloud_run_revision",
      metric: "run.googleapis.com/request_count",
      labels: { response_code_class: "5xx" },
      aligner: "ALIGN_DELTA",
      across: "sum",
      comparison: "above",
      threshold: 5,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "The function fails: its batches are sent again until it takes them",
    },
  ],
  // https://docs.cloud.google.com/monitoring/api/metrics_kubernetes
  kubernetes: [
    {
      id: "node-cpu",
      resource: "k8s_node",
      metric: "kubernetes.io/node/cpu/allocatable_utilization",
      aligner: "ALIGN_MEAN",
      across: "each",
      comparison: "above",
      threshold: 0.9,
      periodSeconds: 300,
      points: 3,
      missing: "breaching",
      meaning: "The processors of a node are busy: look at the requests of its pods",
    },
    {
      id: "node-memory",
      resource: "k8s_node",
      metric: "kubernetes.io/node/memory/allocatable_utilization",
      labels: { memory_type: "non-evictable" },
      aligner: "ALIGN_MAX",
      across: "each",
      comparison: "above",
      threshold: 0.9,
      periodSeconds: 300,
      points: 3,
      missing: "notBreaching",
      meaning: "A node has hardly any memory left and will evict pods: look at the limits of its pods",
    },
    {
      id: "volumes",
      resource: "k8s_pod",
      metric: "kubernetes.io/pod/volume/utilization",
      aligner: "ALIGN_MAX",
      across: "each",
      comparison: "above",
      threshold: 0.85,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "A volume is nearly full: brokers of Kafka and RabbitMQ stop when theirs is",
    },
    {
      id: "restarts",
      resource: "k8s_container",
      metric: "kubernetes.io/container/restart_count",
      aligner: "ALIGN_DELTA",
      across: "each",
      comparison: "above",
      threshold: 2,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "A container starts again and again: look at its last log",
    },
  ],
  "nat-gateway": [
    {
      id: "ports",
      resource: "nat_gateway",
      metric: "router.googleapis.com/nat/dropped_sent_packets_count",
      labels: { reason: "OUT_OF_RESOURCES" },
      aligner: "ALIGN_DELTA",
      across: "sum",
      comparison: "above",
      threshold: 0,
      periodSeconds: 300,
      points: 2,
      missing: "notBreaching",
      meaning: "The gateway has no port left for a destination: connections to the internet fail",
    },
  ],
} as const satisfies Record<GcpAlarmSubject, readonly GcpAlarmSpec[]>;

/** The filter that finds the time series of an alarm: https://docs.cloud.google.com/monitoring/api/v3/filters */
export function alarmFilter(spec: GcpAlarmSpec, label: string, value: string): string {
  const equals = (name: string, wanted: string) => `${name} = ${JSON.stringify(wanted)}`;
  return [
    equals("resource.type", spec.resource),
    equals(`resource.labels.${label}`, value),
    equals("metric.type", spec.metric),
    ...Object.entries(spec.labels ?? {}).map(([name, wanted]) => equals(`metric.labels.${name}`, wanted)),
  ].join(" AND ");
}
