/** The clouds that implement the contracts. */
export const clouds = ["aws", "gcp", "azure"] as const;

export type Cloud = (typeof clouds)[number];

/**
 * What a stack can ask of a site, with what it means. Each is a row of the capability matrix; the part before
 * the first dot is its area.
 */
export const features = {
  "network.three-zones": "Subnets in three availability zones",
  "network.subnet-filters": "Filters at the borders of subnets, besides those at each machine",
  "network.flow-logs": "A record of the flows of traffic",
  "network.private-endpoints": "Private ways to the cloud's own services",
  "network.gateway": "A gateway for tunnels to other sites, with routes by BGP",
  "kubernetes.api.network": "The API answers inside the network alone; a runner there reaches it",
  "kubernetes.api.bastion": "A way to that API through a machine without an address on the internet",
  "kubernetes.api.dns-endpoint": "A name on the internet that asks for an identity before it connects to the API",
  "kubernetes.api.internet": "The API answers on the internet, to ranges that are let in",
  "kubernetes.spot-pool": "Nodes of spare capacity at a discount",
  "kubernetes.arm64-pool": "Nodes with arm64 processors",
  "kubernetes.nvidia-l4-pool": "Nodes with an NVIDIA L4",
  "kubernetes.nvidia-t4-pool": "Nodes with an NVIDIA T4",
  "kubernetes.node-autoscaling": "Nodes come and go with the pods, between the bounds of each pool",
  "kubernetes.metrics": "Use of processors and memory by pod, which scaling by use reads",
  "kubernetes.network-policies": "Network policies of Kubernetes are enforced",
  "kubernetes.workload-identity": "A service account acts as an identity of the cloud, without a stored credential",
  "postgres.standby": "A synchronous copy in a second zone that takes over by itself",
  "postgres.replicas": "Further servers that answer reads",
  "postgres.shards": "Rows spread over several servers",
  "postgres.point-in-time-recovery": "Any second of 1 to 35 days can be restored",
  "postgres.logical-publisher": "Databases in other clouds can follow every change",
  "postgres.logical-subscriber": "It can follow a database in another cloud",
  "postgres.identity-log-in": "Log-in with an identity of the cloud instead of a password",
  "redis.standby": "A copy of Redis in a second zone that takes over by itself",
  "memcached.nodes": "Memcached over TLS",
  "events.kafka": "Apache Kafka with brokers in every zone",
  "events.scram": "Log-in to Kafka by SCRAM-SHA-512 over TLS, from every cloud",
  "queue.rabbitmq": "RabbitMQ, by AMQP 0-9-1 over TLS",
  "queue.zones": "RabbitMQ on three nodes in several zones",
  "documents.mongodb": "A document database that speaks the protocol of MongoDB",
  "documents.point-in-time-recovery": "Any second of the documents can be restored",
  "key-values.tables": "Tables of items that are found by key",
  "key-values.global": "Copies of the tables in other regions, which take writes too",
  "key-values.point-in-time-recovery": "Any second of 1 to 35 days of the tables can be restored",
  "objects.versions": "Replaced and deleted objects can be brought back",
  "lake.iceberg": "Apache Iceberg tables with a catalog that answers Iceberg's REST protocol",
  "images.immutable-tags": "A tag of an image cannot be moved",
  "images.scanning": "Images are searched for known vulnerabilities when they are pushed",
  "secrets.replicas": "Copies of secrets in a region of choice, readable while their own is down",
  "keys.rotation": "Keys rotate by themselves",
  "keys.multi-region": "A copy of a key in another region, which opens what the key has closed",
  "functions.on-events": "Functions that run for batches of Kafka's events",
  "identity-provider.oidc": "Log-in for people by OAuth 2.0 and OpenID Connect",
  "identity-provider.mfa": "A second factor can be demanded of everybody",
  "machine-learning.automl": "Managed training of models from tables",
  "telemetry.alarms": "Alarms on the managed services",
  "governance.threat-detection": "Findings about attacks and weak settings",
  "governance.configuration-history": "What each resource looked like at any time",
  "governance.audit-trail": "A record of every call to the cloud, which nobody can change",
  "backup.immutable-copy": "Backups in a locked vault, with a copy in another region",
  "adopt.network": "The network exists already",
  "adopt.cluster": "The cluster exists already",
  "adopt.zone": "The DNS zone exists already",
  "adopt.key": "The keys exist already",
  "adopt.registry": "The image repositories exist already",
} as const;

export type Feature = keyof typeof features;

/** How far one cloud goes with one feature. */
export type Capability = Answer | Refusal;

interface Answer {
  readonly level: "supported" | "partial";
  /** How the cloud does it; with `partial` also what is missing. */
  readonly reason: string;
  /** Where it stands. */
  readonly source: string;
}

export interface Refusal {
  readonly level: "refused";
  /** Why; goes on in the middle of a sentence. */
  readonly reason: string;
  /** What to do instead, as an order; goes on in the middle of a sentence. */
  readonly instead: string;
  readonly source: string;
}

export type CloudCapabilities = Readonly<Record<Feature, Capability>>;

export type CapabilityMatrix = Readonly<Record<Cloud, CloudCapabilities>>;
