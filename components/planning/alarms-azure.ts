/** What an alarm watches: a metric of Azure Monitor, and when it is too much. */
export interface AzureAlarmSpec {
  /** Last part of the alarm's name, which never changes. */
  readonly id: string;
  /** Type of what is watched, by which Azure Monitor knows its metrics. */
  readonly namespace: string;
  readonly metric: string;
  readonly aggregation: "Average" | "Count" | "Maximum" | "Minimum" | "Total";
  readonly comparison: "above" | "below";
  /** In the unit of the metric. */
  readonly threshold: number;
  /** What the metric is cut down to, by the name of its dimension. Default: all of it. */
  readonly only?: Readonly<Record<string, string>>;
  /** Minutes that one value is made of. It is looked at every minute, or every five for windows that are longer than that. */
  readonly windowMinutes: 5 | 15 | 30;
  /** 0 (critical) to 4 (verbose). */
  readonly severity: 0 | 1 | 2 | 3;
  /** What it means and what to look at: the alarm's description. */
  readonly meaning: string;
}

/**
 * Parts of a site that have alarms of Azure Monitor. Kafka and RabbitMQ run on the cluster, which measures them itself. Functions are
 * watched by the component of Application Insights that they report to: a host measures calls by HTTP alone.
 */
export type AzureAlarmSubject =
  | "postgres"
  | "postgres-replica"
  | "redis"
  | "documents"
  | "key-values"
  | "objects"
  | "vault"
  | "functions"
  | "gateway"
  | "nat-gateway";

const GiB = 1024 ** 3;

/**
 * The alarms of each part. Names, units and dimensions of metrics:
 * https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index. Azure Monitor takes no alarm for silence: what must be
 * there has a metric that falls.
 */
export const azureAlarms = {
  postgres: [
    {
      id: "storage",
      namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
      metric: "storage_percent",
      aggregation: "Maximum",
      comparison: "above",
      threshold: 85,
      windowMinutes: 15,
      severity: 1,
      meaning:
        "The disk is nearly full, and at 95 percent the server takes no more writes: make it larger, look for a replication slot nobody reads",
    },
    {
      id: "slot-lag",
      namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
      metric: "logical_replication_delay_in_bytes",
      aggregation: "Maximum",
      comparison: "above",
      threshold: 5 * GiB,
      windowMinutes: 15,
      severity: 1,
      meaning: "A subscriber does not read its slot, and the log it waits for fills the disk: mend it or drop the slot",
    },
    {
      id: "cpu",
      namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
      metric: "cpu_percent",
      aggregation: "Average",
      comparison: "above",
      threshold: 80,
      windowMinutes: 15,
      severity: 2,
      meaning: "The processors are busy: look at the slowest queries, or take a larger size",
    },
    {
      id: "alive",
      namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
      metric: "is_db_alive",
      aggregation: "Maximum",
      comparison: "below",
      threshold: 1,
      windowMinutes: 5,
      severity: 0,
      meaning: "The database answers nobody: look at the health of the resource and at a failover under way",
    },
  ],
  "postgres-replica": [
    {
      id: "replica-lag",
      namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
      metric: "physical_replication_delay_in_seconds",
      aggregation: "Maximum",
      comparison: "above",
      threshold: 60,
      windowMinutes: 5,
      severity: 2,
      meaning: "Reads from the replica are old by more than a minute",
    },
  ],
  redis: [
    {
      id: "memory",
      namespace: "Microsoft.Cache/redisEnterprise",
      metric: "usedmemorypercentage",
      aggregation: "Maximum",
      comparison: "above",
      threshold: 80,
      windowMinutes: 15,
      severity: 2,
      meaning: "Redis is nearly full and will evict keys: take a larger size, or keep less",
    },
  ],
  documents: [
    {
      id: "cpu",
      namespace: "Microsoft.DocumentDB/mongoClusters",
      metric: "CpuPercent",
      aggregation: "Average",
      comparison: "above",
      threshold: 80,
      windowMinutes: 15,
      severity: 2,
      meaning: "The processors are busy: look at the slowest queries, or take a larger tier",
    },
    {
      id: "storage",
      namespace: "Microsoft.DocumentDB/mongoClusters",
      metric: "StoragePercent",
      aggregation: "Maximum",
      comparison: "above",
      threshold: 85,
      windowMinutes: 15,
      severity: 1,
      meaning: "The disk is nearly full: make it larger, since it does not grow by itself",
    },
  ],
  "key-values": [
    {
      id: "throttles",
      namespace: "Microsoft.DocumentDB/databaseAccounts",
      metric: "TotalRequests",
      aggregation: "Count",
      comparison: "above",
      threshold: 100,
      only: { StatusCode: "429" },
      windowMinutes: 5,
      severity: 2,
      meaning:
        "Cosmos DB turns requests away: one partition is asked for too often, or the ceiling of throughput is low",
    },
  ],
  objects: [
    {
      id: "availability",
      namespace: "Microsoft.Storage/storageAccounts",
      metric: "Availability",
      aggregation: "Average",
      comparison: "below",
      threshold: 99,
      windowMinutes: 15,
      severity: 1,
      meaning: "Storage answers with errors of its own: look at the health of the region",
    },
  ],
  vault: [
    {
      id: "availability",
      namespace: "Microsoft.KeyVault/vaults",
      metric: "Availability",
      aggregation: "Average",
      comparison: "below",
      threshold: 99,
      windowMinutes: 15,
      severity: 0,
      meaning:
        "The vault answers with errors, and what is encrypted with its keys stops soon: look at the region's health",
    },
  ],
  functions: [
    {
      id: "errors",
      namespace: "Microsoft.Insights/components",
      metric: "requests/failed",
      aggregation: "Count",
      comparison: "above",
      threshold: 5,
      windowMinutes: 15,
      severity: 2,
      meaning: "The function fails: its batches are tried again before its place in the stream moves on",
    },
  ],
  gateway: [
    {
      id: "bgp",
      namespace: "Microsoft.Network/virtualNetworkGateways",
      metric: "BgpPeerStatus",
      aggregation: "Average",
      comparison: "below",
      threshold: 1,
      windowMinutes: 5,
      severity: 1,
      meaning: "A tunnel to another site carries no routes: replication over it waits, look at both of its ends",
    },
  ],
  "nat-gateway": [
    {
      id: "ports",
      namespace: "Microsoft.Network/natGateways",
      metric: "SNATConnectionCount",
      aggregation: "Total",
      comparison: "above",
      threshold: 0,
      only: { ConnectionState: "Failed" },
      windowMinutes: 5,
      severity: 2,
      meaning: "The gateway has no port left for a destination: connections to the internet fail, add an address",
    },
  ],
} as const satisfies Record<AzureAlarmSubject, readonly AzureAlarmSpec[]>;
