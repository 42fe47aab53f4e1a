import type { CloudCapabilities } from "../contracts/capabilities";

const docs = "https://docs.cloud.google.com";

/** What a site on Google Cloud can do. A cell is proved on the stacks there by `tests/stacks/capabilities.test.ts`. */
export const gcpCapabilities = {
  "network.three-zones": {
    level: "supported",
    reason: "A subnet spans its region, and machines are spread over the zones; us-central1 has four (a, b, c, f)",
    source: `${docs}/compute/docs/regions-zones`,
  },
  "network.subnet-filters": {
    level: "partial",
    reason:
      "The firewall of the VPC works at each machine and remembers connections: a second layer at the borders of subnets is missing",
    source: `${docs}/firewall/docs/firewalls`,
  },
  "network.flow-logs": {
    level: "partial",
    reason: "VPC Flow Logs of each subnet; they are made from a sample of the packets, so short flows can be missing",
    source: `${docs}/vpc/docs/flow-logs`,
  },
  "network.private-endpoints": {
    level: "supported",
    reason: "Private Google Access for the APIs, private services access for managed databases",
    source: `${docs}/vpc/docs/private-access-options`,
  },
  "network.gateway": {
    level: "supported",
    reason: "An HA VPN gateway with a Cloud Router, which also announces the range of private services",
    source: `${docs}/network-connectivity/docs/vpn/concepts/topologies`,
  },
  "kubernetes.api.network": {
    level: "supported",
    reason: "The endpoint of GKE by address is private",
    source: `${docs}/kubernetes-engine/docs/concepts/network-isolation`,
  },
  "kubernetes.api.bastion": {
    level: "supported",
    reason: "A machine behind TCP forwarding of Identity-Aware Proxy",
    source: `${docs}/iap/docs/using-tcp-forwarding`,
  },
  "kubernetes.api.dns-endpoint": {
    level: "supported",
    reason: "The DNS-based endpoint of GKE: IAM decides before a connection reaches the control plane",
    source: `${docs}/kubernetes-engine/docs/concepts/network-isolation`,
  },
  "kubernetes.api.internet": {
    level: "supported",
    reason: "The endpoint of GKE by address is public for authorized networks",
    source: `${docs}/kubernetes-engine/docs/how-to/authorized-networks`,
  },
  "kubernetes.spot-pool": {
    level: "supported",
    reason: "A node pool of Spot VMs",
    source: `${docs}/kubernetes-engine/docs/concepts/spot-vms`,
  },
  "kubernetes.arm64-pool": {
    level: "supported",
    reason: "Axion machines (C4A)",
    source: `${docs}/kubernetes-engine/docs/concepts/arm-on-gke`,
  },
  "kubernetes.nvidia-l4-pool": {
    level: "supported",
    reason: "G2 machines, with the driver that GKE installs",
    source: `${docs}/compute/docs/gpus`,
  },
  "kubernetes.nvidia-t4-pool": {
    level: "supported",
    reason: "N1 machines with a T4 attached, with the driver that GKE installs",
    source: `${docs}/compute/docs/gpus`,
  },
  "kubernetes.node-autoscaling": {
    level: "supported",
    reason: "The autoscaler that GKE brings, with bounds for each pool",
    source: `${docs}/kubernetes-engine/docs/concepts/cluster-autoscaler`,
  },
  "kubernetes.metrics": {
    level: "supported",
    reason: "The metrics server that GKE brings",
    source: `${docs}/kubernetes-engine/docs/concepts/horizontalpodautoscaler`,
  },
  "kubernetes.network-policies": {
    level: "supported",
    reason: "Dataplane V2, which has to be asked for (ADVANCED_DATAPATH)",
    source: `${docs}/kubernetes-engine/docs/concepts/dataplane-v2`,
  },
  "kubernetes.workload-identity": {
    level: "supported",
    reason: "Workload Identity Federation for GKE: rights are given to the service account itself",
    source: `${docs}/kubernetes-engine/docs/concepts/workload-identity`,
  },
  "postgres.standby": {
    level: "supported",
    reason: "Cloud SQL with REGIONAL availability, which takes point-in-time recovery along",
    source: `${docs}/sql/docs/postgres/high-availability`,
  },
  "postgres.replicas": {
    level: "supported",
    reason: "Read replicas of Cloud SQL, each in a zone of choice",
    source: `${docs}/sql/docs/postgres/replication`,
  },
  "postgres.shards": {
    level: "supported",
    reason: "As many instances of Cloud SQL as the table of slots names",
    source: `${docs}/sql/docs/postgres`,
  },
  "postgres.point-in-time-recovery": {
    level: "partial",
    reason: "Any second of 7 days; more, up to 35, is missing from the edition Enterprise and takes Enterprise Plus",
    source: `${docs}/sql/docs/postgres/backup-recovery/pitr`,
  },
  "postgres.logical-publisher": {
    level: "supported",
    reason: "The flag cloudsql.logical_decoding, which takes a restart",
    source: `${docs}/sql/docs/postgres/replication/configure-logical-replication`,
  },
  "postgres.logical-subscriber": {
    level: "partial",
    reason:
      "CREATE SUBSCRIPTION over private services access; missing is a standby meanwhile, since Google rules out highly available instances, whose outgoing address may change",
    source: `${docs}/sql/docs/postgres/replication/configure-external-replica`,
  },
  "postgres.identity-log-in": {
    level: "partial",
    reason:
      "IAM database authentication, for people, groups and service accounts that are added as users; missing are pods, whose identities of Workload Identity Federation are none of these",
    source: `${docs}/sql/docs/postgres/iam-authentication`,
  },
  "redis.standby": {
    level: "supported",
    reason: "Memorystore with a replica in a second zone",
    source: `${docs}/memorystore/docs/redis/high-availability-for-memorystore-for-redis`,
  },
  "memcached.nodes": {
    level: "refused",
    reason: "Memorystore for Memcached ends on 2029-01-31, and new projects cannot have it from 2027-02-01 on",
    instead: 'set it to "skip" and keep such values in Redis',
    source: `${docs}/memorystore/docs/memcached/quotas`,
  },
  "events.kafka": {
    level: "partial",
    reason: "Strimzi on the cluster; missing is a service that runs it for us, since the managed one knows no SCRAM",
    source: `${docs}/managed-service-for-apache-kafka/docs/authentication-kafka`,
  },
  "events.scram": {
    level: "supported",
    reason: "A KafkaUser of Strimzi and a listener with TLS",
    source: "https://strimzi.io/docs/operators/latest/deploying.html",
  },
  "queue.rabbitmq": {
    level: "partial",
    reason: "The cluster operator of RabbitMQ on the cluster; missing is a service that runs it for us",
    source: "https://www.rabbitmq.com/kubernetes/operator/operator-overview",
  },
  "queue.zones": {
    level: "supported",
    reason: "Three replicas spread over the zones, with quorum queues",
    source: "https://www.rabbitmq.com/kubernetes/operator/using-operator",
  },
  "documents.mongodb": {
    level: "partial",
    reason: "Firestore with MongoDB compatibility, an engine of its own: parts of MongoDB's commands are missing",
    source: `${docs}/firestore/mongodb-compatibility/docs/overview`,
  },
  "documents.point-in-time-recovery": {
    level: "partial",
    reason: "7 days, by the minute beyond the last hour; a longer window is missing",
    source: `${docs}/firestore/mongodb-compatibility/docs/use-pitr`,
  },
  "key-values.tables": {
    level: "partial",
    reason: "Firestore; missing is the API of DynamoDB, so that a workload needs a client for each cloud",
    source: `${docs}/firestore/native/docs/data-model`,
  },
  "key-values.global": {
    level: "refused",
    reason: "the location of a Firestore database is chosen once, and no region can be added to it",
    instead: "leave the list empty, and let each site fill tables of its own from the event stream",
    source: `${docs}/firestore/native/docs/locations`,
  },
  "key-values.point-in-time-recovery": {
    level: "partial",
    reason: "7 days, by the minute beyond the last hour; a window of choice is missing",
    source: `${docs}/firestore/native/docs/pitr`,
  },
  "objects.versions": {
    level: "supported",
    reason: "Object versioning of Cloud Storage, with a life cycle for older versions",
    source: `${docs}/storage/docs/object-versioning`,
  },
  "lake.iceberg": {
    level: "supported",
    reason: "Tables over Cloud Storage with the Iceberg REST catalog of BigLake, in a bucket of one region",
    source: `${docs}/biglake/docs/blms-rest-catalog`,
  },
  "images.immutable-tags": {
    level: "supported",
    reason: "A setting of each repository of Artifact Registry",
    source: `${docs}/artifact-registry/docs/repositories/create-repos`,
  },
  "images.scanning": {
    level: "supported",
    reason: "Artifact Analysis scans each image when it is pushed",
    source: `${docs}/artifact-analysis/docs/container-scanning-overview`,
  },
  "secrets.replicas": {
    level: "supported",
    reason: "Secret Manager with user-managed replication, each region under a key of its own",
    source: `${docs}/secret-manager/docs/choosing-replication`,
  },
  "keys.rotation": {
    level: "supported",
    reason: "A rotation period on each key of Cloud KMS",
    source: `${docs}/kms/docs/key-rotation`,
  },
  "keys.multi-region": {
    level: "partial",
    reason:
      "A key of its own in the backup region, which copies of secrets and backups are encrypted with anew; a copy that opens what the first key has closed is missing, since a key stays in its location",
    source: `${docs}/kms/docs/locations`,
  },
  "functions.on-events": {
    level: "partial",
    reason:
      "A function on Cloud Run that takes batches of events; missing are a trigger on Kafka, of which Eventarc has none, and a consumer on the cluster that calls it instead",
    source: `${docs}/run/docs/function-triggers`,
  },
  "identity-provider.oidc": {
    level: "partial",
    reason:
      "Identity Platform issues tokens of OpenID Connect, by its SDK; a client id for each application is missing, since all tokens are for the project",
    source: `${docs}/identity-platform/docs/concepts`,
  },
  "identity-provider.mfa": {
    level: "supported",
    reason: "Codes of an authenticator app (TOTP), which Identity Platform can demand",
    source: `${docs}/identity-platform/docs/admin/enabling-totp-mfa`,
  },
  "machine-learning.automl": {
    level: "supported",
    reason: "AutoML for tables on Vertex AI, now Gemini Enterprise Agent Platform",
    source: `${docs}/gemini-enterprise-agent-platform/machine-learning/pipelines/vertex-automl-component`,
  },
  "telemetry.alarms": {
    level: "supported",
    reason: "Alerting policies of Cloud Monitoring into one notification channel",
    source: `${docs}/monitoring/alerts`,
  },
  "governance.threat-detection": {
    level: "partial",
    reason: "Findings of Security Command Center go to a topic; switching it on is missing, a step in the console",
    source: `${docs}/security-command-center/docs/activate-scc-overview`,
  },
  "governance.configuration-history": {
    level: "partial",
    reason: "Cloud Asset Inventory with a feed of changes; it looks back 35 days, and rules on them are missing",
    source: `${docs}/asset-inventory/docs/get-asset-history`,
  },
  "governance.audit-trail": {
    level: "supported",
    reason: "Cloud Audit Logs with data access switched on, in a log bucket that a lock of compliance closes for ever",
    source: `${docs}/logging/docs/audit`,
  },
  "backup.immutable-copy": {
    level: "partial",
    reason:
      "Databases in a vault of Backup and DR and the cluster in a plan of Backup for GKE, both in another region, where nobody deletes a backup early; missing there are documents, tables and objects, which have theirs in their own region",
    source: `${docs}/backup-disaster-recovery/docs/concepts/backup-vault`,
  },
  "adopt.network": {
    level: "supported",
    reason: "A VPC with subnets and secondary ranges, looked up and compared with the configuration",
    source: "https://www.pulumi.com/registry/packages/gcp/api-docs/compute/getnetwork/",
  },
  "adopt.cluster": {
    level: "supported",
    reason: "A cluster of GKE with Dataplane V2 and Workload Identity Federation",
    source: "https://www.pulumi.com/registry/packages/gcp/api-docs/container/getcluster/",
  },
  "adopt.zone": {
    level: "supported",
    reason: "A managed zone of Cloud DNS",
    source: "https://www.pulumi.com/registry/packages/gcp/api-docs/dns/getmanagedzone/",
  },
  "adopt.key": {
    level: "supported",
    reason: "Keys of Cloud KMS; they can never be deleted, so a site made again needs it",
    source: "https://www.pulumi.com/registry/packages/gcp/api-docs/kms/getkmscryptokey/",
  },
  "adopt.registry": {
    level: "supported",
    reason: "Repositories of Artifact Registry",
    source: "https://www.pulumi.com/registry/packages/gcp/api-docs/artifactregistry/getrepository/",
  },
} as const satisfies CloudCapabilities;
