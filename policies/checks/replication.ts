import { Unknown } from "../../offline/cloud/value";
import type { Graph, Node } from "../model/graph";
import { NOT_KNOWN_YET, undecided } from "../model/view";
import { isOneRegion, region } from "./regions";

/** What a way of replication promises of how far a copy may be behind. */
export interface Capability {
  /** What it is called in a message. */
  readonly title: string;
  /** Seconds. Absent: the service promises nothing, and only its lag tells. */
  readonly promise?: number;
  readonly source: string;
}

const CAPABILITIES = {
  "rds-replica": {
    title: "a read replica",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html",
  },
  "dynamodb-strong": {
    title: "a strongly consistent global table",
    promise: 0,
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
  },
  "dynamodb-eventual": {
    title: "an eventually consistent global table",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
  },
  "s3-time-control": {
    title: "replication of S3 with time control",
    promise: 900,
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html",
  },
  s3: {
    title: "replication of S3 without time control",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html",
  },
  "cloud-sql-replica": {
    title: "a replica of Cloud SQL",
    source: "https://docs.cloud.google.com/sql/docs/postgres/replication",
  },
  "storage-turbo": {
    title: "turbo replication of Cloud Storage",
    promise: 900,
    source: "https://docs.cloud.google.com/storage/docs/availability-durability",
  },
  "storage-default": {
    title: "default replication of Cloud Storage",
    promise: 43_200,
    source: "https://docs.cloud.google.com/storage/docs/availability-durability",
  },
  "transfer-events": {
    title: "an event-driven transfer",
    source: "https://docs.cloud.google.com/storage-transfer/docs/event-driven-transfers",
  },
  "postgres-replica": {
    title: "a replica of a flexible server",
    source: "https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas",
  },
  "cosmos-strong": {
    title: "strong consistency of Cosmos DB",
    promise: 0,
    source: "https://learn.microsoft.com/azure/cosmos-db/consistency-levels",
  },
  "cosmos-weaker": {
    title: "a consistency of Cosmos DB that is weaker than strong",
    source: "https://learn.microsoft.com/azure/cosmos-db/consistency-levels",
  },
  "storage-geo": {
    title: "geo-redundant storage",
    source: "https://learn.microsoft.com/azure/storage/common/storage-redundancy",
  },
  "msk-replicator": {
    title: "a replicator of MSK",
    source: "https://docs.aws.amazon.com/msk/latest/developerguide/msk-replicator-how-it-works.html",
  },
} as const satisfies Readonly<Record<string, Capability>>;

/** Every capability that the rule on recovery points knows. */
export const REPLICATION_CAPABILITIES: Readonly<Record<string, Capability>> = CAPABILITIES;

type AwsAlarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
type GcpAlarm = "gcp:monitoring/alertPolicy:AlertPolicy";
type AzureAlarm = "azure-native:monitor:MetricAlert";

/** A way in which data of this stack get to another place. */
export interface ReplicationLink {
  readonly node: Node;
  /** Path of the input that says so. */
  readonly at: string;
  readonly capability: () => Capability;
  /** Seconds of lag at which an alarm rings, by alarm. Absent: nothing measures it. */
  readonly alarms?: () => readonly LagAlarm[];
}

export interface LagAlarm {
  readonly seconds: number;
  readonly tells: boolean;
}

/** Every way in which data of a stack get to another place. */
export function* replicationLinks(graph: Graph): Generator<ReplicationLink> {
  for (const node of graph.all("aws:rds/instance:Instance")) {
    if (isSet(node.inputs["replicateSourceDb"])) {
      yield {
        node,
        at: "replicateSourceDb",
        capability: () => CAPABILITIES["rds-replica"],
        alarms: () =>
          awsAlarms(graph, ["ReplicaLag"], (alarm) => isOf(graph, alarm, "dimensions.DBInstanceIdentifier", node)),
      };
    }
  }
  for (const node of graph.all("aws:dynamodb/table:Table")) {
    for (const index of listed(node.inputs["replicas"])) {
      yield {
        node,
        at: `replicas[${String(index)}]`,
        capability: () =>
          node.props.replicas?.[index]?.consistencyMode === "STRONG"
            ? CAPABILITIES["dynamodb-strong"]
            : CAPABILITIES["dynamodb-eventual"],
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html: in milliseconds
        alarms: () =>
          awsAlarms(
            graph,
            ["ReplicationLatency"],
            (alarm) =>
              isOf(graph, alarm, "dimensions.TableName", node) &&
              alarm.props.dimensions?.["ReceivingRegion"] === node.props.replicas?.[index]?.regionName,
          ).map((alarm) => ({ ...alarm, seconds: alarm.seconds / 1000 })),
      };
    }
  }
  for (const node of graph.all("aws:s3/bucketReplicationConfig:BucketReplicationConfig")) {
    for (const index of listed(node.inputs["rules"])) {
      yield {
        node,
        at: `rules[${String(index)}].destination`,
        capability: () =>
          node.props.rules?.[index]?.destination?.replicationTime?.status === "Enabled"
            ? CAPABILITIES["s3-time-control"]
            : CAPABILITIES.s3,
        alarms: () =>
          awsAlarms(graph, ["ReplicationLatency"], (alarm) => {
            const source = graph.references(node, "bucket", "aws:s3/bucket:Bucket").nodes;
            const watched = graph.references(alarm, "dimensions.SourceBucket", "aws:s3/bucket:Bucket").nodes;
            return source.some((bucket) => watched.includes(bucket));
          }),
      };
    }
  }
  for (const node of graph.all("aws:msk/replicator:Replicator")) {
    yield {
      node,
      at: "replicationInfoList",
      capability: () => CAPABILITIES["msk-replicator"],
      alarms: () =>
        awsAlarms(graph, ["ReplicationLatency"], (alarm) => alarm.props.namespace === "AWS/Kafka").map((alarm) => ({
          ...alarm,
          seconds: alarm.seconds / 1000,
        })),
    };
  }
  for (const node of graph.all("gcp:sql/databaseInstance:DatabaseInstance")) {
    if (isSet(node.inputs["masterInstanceName"])) {
      yield {
        node,
        at: "masterInstanceName",
        capability: () => CAPABILITIES["cloud-sql-replica"],
        alarms: () => googleAlarms(graph, node),
      };
    }
  }
  for (const node of graph.all("gcp:storage/bucket:Bucket")) {
    if (typeof node.inputs["location"] !== "string" || isOneRegion(region(node.inputs["location"]))) continue;
    yield {
      node,
      at: "rpo",
      capability: () =>
        node.props.rpo === "ASYNC_TURBO" ? CAPABILITIES["storage-turbo"] : CAPABILITIES["storage-default"],
    };
  }
  for (const node of graph.all("gcp:storage/transferJob:TransferJob")) {
    if (!isSet(node.inputs["eventStream"])) continue;
    yield { node, at: "eventStream", capability: () => CAPABILITIES["transfer-events"] };
  }
  for (const node of graph.all("azure-native:dbforpostgresql:Server")) {
    if (node.inputs["createMode"] !== "Replica") continue;
    yield {
      node,
      at: "createMode",
      capability: () => CAPABILITIES["postgres-replica"],
      alarms: () => azureAlarms(graph, "physical_replication_delay_in_seconds", node),
    };
  }
  for (const node of graph.all("azure-native:cosmosdb:DatabaseAccount")) {
    if (listed(node.inputs["locations"]).length < 2) continue;
    yield {
      node,
      at: "consistencyPolicy.defaultConsistencyLevel",
      capability: () =>
        node.props.consistencyPolicy?.defaultConsistencyLevel === "Strong"
          ? CAPABILITIES["cosmos-strong"]
          : CAPABILITIES["cosmos-weaker"],
    };
  }
  for (const node of graph.all("azure-native:storage:StorageAccount")) {
    const sku = node.inputs["sku"];
    if (!/_(RA)?GZ?RS"/i.test(JSON.stringify(sku ?? ""))) continue;
    yield { node, at: "sku.name", capability: () => CAPABILITIES["storage-geo"] };
  }
}

function awsAlarms(
  graph: Graph,
  metrics: readonly string[],
  watches: (alarm: Node<AwsAlarm>) => boolean,
): readonly LagAlarm[] {
  return graph
    .all("aws:cloudwatch/metricAlarm:MetricAlarm")
    .filter((alarm) => metrics.includes(alarm.props.metricName ?? "") && watches(alarm))
    .map(({ props, inputs }) => ({
      seconds: props.threshold ?? Infinity,
      tells: props.actionsEnabled !== false && count(inputs["alarmActions"], "alarmActions") > 0,
    }));
}

function googleAlarms(graph: Graph, replica: Node): readonly LagAlarm[] {
  const path = "conditions[*].conditionThreshold.filter";
  return graph
    .all("gcp:monitoring/alertPolicy:AlertPolicy")
    .filter((policy) => isOf(graph, policy, path, replica) || mentions(policy, replica))
    .flatMap(({ props, inputs }) =>
      (props.conditions ?? [])
        .filter(({ conditionThreshold }) => /replica(tion)?[/_]?.*lag/.test(conditionThreshold?.filter ?? ""))
        .map(({ conditionThreshold }) => ({
          seconds: conditionThreshold?.thresholdValue ?? Infinity,
          tells: props.enabled !== false && count(inputs["notificationChannels"], "notificationChannels") > 0,
        })),
    );
}

/** Whether a filter names an instance: `database_id = "project:instance"`. */
function mentions(policy: Node<GcpAlarm>, replica: Node): boolean {
  const name = replica.outputs["name"] ?? replica.inputs["name"];
  if (typeof name !== "string") return false;
  return (policy.props.conditions ?? []).some(({ conditionThreshold }) =>
    (conditionThreshold?.filter ?? "").includes(`:${name}"`),
  );
}

function azureAlarms(graph: Graph, metric: string, replica: Node): readonly LagAlarm[] {
  return graph.all("azure-native:monitor:MetricAlert").flatMap((alert) => {
    const conditions = conditionsOf(alert, metric);
    return conditions.length > 0 && isOf(graph, alert, "scopes", replica) ? conditions : [];
  });
}

/** Conditions of an alert: the form of its criteria has a list of them where it is about one resource or several. */
function conditionsOf({ props, inputs }: Node<AzureAlarm>, metric: string): readonly LagAlarm[] {
  const criteria = props.criteria as
    { readonly allOf?: readonly { readonly metricName?: string; readonly threshold?: number }[] } | undefined;
  return (criteria?.allOf ?? [])
    .filter(({ metricName }) => metricName === metric)
    .map(({ threshold }) => ({
      seconds: threshold ?? Infinity,
      tells: props.enabled !== false && count(inputs["actions"], "actions") > 0,
    }));
}

function isOf(graph: Graph, alarm: Node, path: string, watched: Node): boolean {
  const { nodes, unresolved } = graph.references(alarm, path, watched.type);
  return nodes.includes(watched) || (unresolved && undecided("", `${path} of ${alarm.name} ${NOT_KNOWN_YET}`));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** How many there are in a list, known or not. */
function count(value: unknown, path: string): number {
  if (value instanceof Unknown) undecided(path, NOT_KNOWN_YET);
  return Array.isArray(value) ? value.length : 0;
}

/** Positions in a list; none where it is no list. */
function listed(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map((_, index) => index) : [];
}
