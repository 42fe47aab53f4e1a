/** The clouds that implement the contracts. */
export const clouds = ["aws", "gcp", "azure"] as const;

export type Cloud = (typeof clouds)[number];

/** What a stack can ask of a site. Each is a row of the capability matrix. */
export const features = [
  "network.three-zones",
  "network.stateless-filters",
  "network.flow-logs",
  "network.private-service-access",
  "network.gateway",
  "kubernetes.private-api",
  "kubernetes.api.network",
  "kubernetes.api.bastion",
  "kubernetes.api.dns-endpoint",
  "kubernetes.api.internet",
  "kubernetes.spot-pool",
  "kubernetes.arm64-pool",
  "kubernetes.accelerator-pool",
  "kubernetes.node-autoscaling",
  "kubernetes.metrics",
  "kubernetes.network-policies",
  "kubernetes.workload-identity",
  "postgres.standby",
  "postgres.replicas",
  "postgres.shards",
  "postgres.point-in-time-recovery",
  "postgres.logical-publisher",
  "postgres.logical-subscriber",
  "postgres.identity-log-in",
  "redis.standby",
  "redis.cross-cloud-replication",
  "memcached",
  "events.scram",
  "events.identity-log-in",
  "events.zones",
  "queue.zones",
  "documents",
  "documents.point-in-time-recovery",
  "key-values",
  "key-values.global",
  "key-values.point-in-time-recovery",
  "objects.versions",
  "objects.retention-lock",
  "lake.iceberg",
  "images.immutable-tags",
  "images.scanning",
  "secrets.replicas",
  "secrets.rotation",
  "keys.rotation",
  "keys.multi-region",
  "functions.on-events",
  "identity-provider",
  "identity-provider.mfa",
  "machine-learning.automl",
  "telemetry.alarms",
  "governance.threat-detection",
  "governance.configuration-history",
  "governance.audit-trail",
  "backup.immutable-copy",
  "adopt.network",
  "adopt.cluster",
  "adopt.zone",
  "adopt.key",
  "adopt.registry",
] as const;

export type Feature = (typeof features)[number];

/** How far one cloud goes with one feature. */
export interface Capability {
  readonly level: "supported" | "partial" | "refused";
  /** How the cloud does it; with `partial` what is missing, with `refused` why and what to do instead. */
  readonly reason: string;
  /** Where it stands. */
  readonly source: string;
}

export type CapabilityMatrix = Readonly<Record<Feature, Readonly<Record<Cloud, Capability>>>>;
