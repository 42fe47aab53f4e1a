import type { CloudCapabilities } from "../contracts/capabilities";

const docs = "https://learn.microsoft.com";

/** What a site on Azure can do. A cell is proved on the stacks there by `tests/stacks/capabilities.test.ts`. */
export const azureCapabilities = {
  "network.three-zones": {
    level: "supported",
    reason: "A subnet spans its region, and each resource names its zones; eastus has three, numbered per subscription",
    source: `${docs}/azure/reliability/availability-zones-overview`,
  },
  "network.subnet-filters": {
    level: "supported",
    reason:
      "A network security group on each subnet but that of the gateway, which takes none; it remembers connections",
    source: `${docs}/azure/virtual-network/network-security-groups-overview`,
  },
  "network.flow-logs": {
    level: "supported",
    reason: "Virtual network flow logs of Network Watcher; those of security groups can no longer be made",
    source: `${docs}/azure/network-watcher/vnet-flow-logs-overview`,
  },
  "network.private-endpoints": {
    level: "supported",
    reason: "Private endpoints with private DNS zones; PostgreSQL lies in a subnet of its own",
    source: `${docs}/azure/private-link/private-endpoint-overview`,
  },
  "network.gateway": {
    level: "supported",
    reason: "An active-active VPN gateway that speaks BGP; a new one takes about 45 minutes",
    source: `${docs}/azure/vpn-gateway/vpn-gateway-howto-aws-bgp`,
  },
  "kubernetes.api.network": {
    level: "supported",
    reason: "A private cluster of AKS with a private DNS zone",
    source: `${docs}/azure/aks/private-clusters`,
  },
  "kubernetes.api.bastion": {
    level: "supported",
    reason: "Azure Bastion, which opens a tunnel to the private endpoint",
    source: `${docs}/cli/azure/aks/bastion`,
  },
  "kubernetes.api.dns-endpoint": {
    level: "refused",
    reason: "the public name of a private cluster of AKS leads to an address inside the network alone",
    instead: 'take "bastion" for a tunnel by Azure Bastion, or "network" for a runner in the network',
    source: `${docs}/azure/aks/private-clusters`,
  },
  "kubernetes.api.internet": {
    level: "supported",
    reason: "The endpoint of AKS is public for authorized ranges",
    source: `${docs}/azure/aks/api-server-authorized-ip-ranges`,
  },
  "kubernetes.spot-pool": {
    level: "supported",
    reason: "A node pool with priority Spot, beside the system pool, which is on demand",
    source: `${docs}/azure/aks/spot-node-pool`,
  },
  "kubernetes.arm64-pool": {
    level: "supported",
    reason: "Cobalt machines (Dplsv6, Dpsv6, Epsv6)",
    source: `${docs}/azure/aks/use-arm64-vms`,
  },
  "kubernetes.nvidia-l4-pool": {
    level: "refused",
    reason: "no machine size of Azure has an NVIDIA L4",
    instead: 'take "nvidia-t4", which Azure has as NCasT4_v3',
    source: `${docs}/azure/virtual-machines/sizes/overview`,
  },
  "kubernetes.nvidia-t4-pool": {
    level: "supported",
    reason: "NCasT4_v3 machines with the driver that AKS installs; the device plugin is an add-on of the platform",
    source: `${docs}/azure/virtual-machines/sizes/gpu-accelerated/ncast4v3-series`,
  },
  "kubernetes.node-autoscaling": {
    level: "supported",
    reason: "The autoscaler that AKS brings, with bounds for each pool",
    source: `${docs}/azure/aks/cluster-autoscaler-overview`,
  },
  "kubernetes.metrics": {
    level: "supported",
    reason: "The metrics server that AKS brings",
    source: `${docs}/azure/aks/concepts-scale`,
  },
  "kubernetes.network-policies": {
    level: "supported",
    reason: "Cilium as network policy and data plane of AKS",
    source: `${docs}/azure/aks/azure-cni-powered-by-cilium`,
  },
  "kubernetes.workload-identity": {
    level: "supported",
    reason: "A federated credential of a managed identity, which trusts the issuer of the cluster",
    source: `${docs}/azure/aks/workload-identity-overview`,
  },
  "postgres.standby": {
    level: "supported",
    reason: "Flexible Server with zone-redundant high availability; the burstable tier is without",
    source: `${docs}/azure/reliability/reliability-postgresql-flexible-server`,
  },
  "postgres.replicas": {
    level: "supported",
    reason: "Read replicas of Flexible Server, each in a zone of choice",
    source: `${docs}/cli/azure/postgres/flexible-server/replica`,
  },
  "postgres.shards": {
    level: "supported",
    reason: "As many Flexible Servers as the table of slots names",
    source: `${docs}/azure/postgresql/`,
  },
  "postgres.point-in-time-recovery": {
    level: "partial",
    reason: "Any second of 7 to 35 days; a shorter window is missing",
    source: `${docs}/azure/postgresql/backup-restore/concepts-backup-restore`,
  },
  "postgres.logical-publisher": {
    level: "supported",
    reason:
      "The parameter wal_level, which takes a restart; from PostgreSQL 17 on slots follow a failover, and no setting bounds what they keep of the log",
    source: `${docs}/azure/postgresql/configure-maintain/concepts-logical`,
  },
  "postgres.logical-subscriber": {
    level: "supported",
    reason: "CREATE SUBSCRIPTION from a server in a delegated subnet, which dials out over the gateway",
    source: `${docs}/azure/postgresql/configure-maintain/concepts-logical`,
  },
  "postgres.identity-log-in": {
    level: "supported",
    reason:
      "Microsoft Entra authentication: administrators are set by the stack, and add roles for others in the database",
    source: `${docs}/azure/postgresql/security/security-entra-concepts`,
  },
  "redis.standby": {
    level: "supported",
    reason:
      "Azure Managed Redis with high availability, on port 10000 and in one shard, which clients that know no cluster read and write",
    source: `${docs}/azure/redis/high-availability`,
  },
  "memcached.nodes": {
    level: "refused",
    reason: "Azure has no managed Memcached",
    instead: 'set it to "skip" and keep such values in Redis',
    source: `${docs}/azure/redis/overview`,
  },
  "events.kafka": {
    level: "partial",
    reason: "Strimzi on the cluster; missing is a service that runs it for us, since Event Hubs knows no SCRAM",
    source: `${docs}/azure/event-hubs/azure-event-hubs-apache-kafka-overview`,
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
    reason:
      "Azure DocumentDB, an engine of its own that knows most of MongoDB; missing are a few commands, and a key of the site for its data",
    source: `${docs}/azure/documentdb/overview`,
  },
  "documents.point-in-time-recovery": {
    level: "supported",
    reason: "Backups of 35 days, restored to a new cluster",
    source: `${docs}/azure/documentdb/how-to-restore-cluster`,
  },
  "key-values.tables": {
    level: "partial",
    reason: "Cosmos DB for NoSQL; missing is the API of DynamoDB, so that a workload needs a client for each cloud",
    source: `${docs}/azure/cosmos-db/nosql/`,
  },
  "key-values.global": {
    level: "supported",
    reason: "Cosmos DB with writes in every region of the account",
    source: `${docs}/azure/cosmos-db/how-to-multi-master`,
  },
  "key-values.point-in-time-recovery": {
    level: "partial",
    reason: "Continuous backups of 7 or 30 days; other windows are missing",
    source: `${docs}/azure/cosmos-db/continuous-backup-restore-introduction`,
  },
  "objects.versions": {
    level: "supported",
    reason: "Blob versioning and soft delete, with a life cycle for older versions",
    source: `${docs}/azure/storage/blobs/versioning-overview`,
  },
  "lake.iceberg": {
    level: "partial",
    reason:
      "Tables over Data Lake Storage with Apache Polaris on the cluster, by which engines make them; missing are a service that runs the catalog for us, since that of OneLake reads only, in preview, and versions of files",
    source: `${docs}/fabric/onelake/table-apis/onelake-iceberg-table-apis`,
  },
  "images.immutable-tags": {
    level: "partial",
    reason: "A lock on each tag or repository after the push; a setting that locks all tags to come is missing",
    source: `${docs}/azure/container-registry/container-registry-image-lock`,
  },
  "images.scanning": {
    level: "supported",
    reason: "Defender for Containers, a plan that governance switches on, scans each image when it is pushed",
    source: `${docs}/azure/defender-for-cloud/agentless-vulnerability-assessment-azure`,
  },
  "secrets.replicas": {
    level: "partial",
    reason: "A vault is copied to the paired region, readable after a failover: a region of choice is missing",
    source: `${docs}/azure/key-vault/general/disaster-recovery-guidance`,
  },
  "keys.rotation": {
    level: "supported",
    reason:
      "A rotation policy on each key of Key Vault; Redis and the cluster's secrets take a new version with the next update",
    source: `${docs}/azure/key-vault/keys/how-to-configure-key-rotation`,
  },
  "keys.multi-region": {
    level: "partial",
    reason: "A vault is copied to the paired region, readable after a failover: a region of choice is missing",
    source: `${docs}/azure/key-vault/general/disaster-recovery-guidance`,
  },
  "functions.on-events": {
    level: "partial",
    reason:
      "Azure Functions with a Kafka trigger, on a Flex Consumption plan in the network; missing is their code, which a runner there publishes: the provider uploads to no account without shared keys",
    source: `${docs}/azure/azure-functions/functions-bindings-kafka-trigger`,
  },
  "identity-provider.oidc": {
    level: "partial",
    reason:
      "A tenant of Entra External ID that issues tokens of OpenID Connect; missing from Resource Manager are its applications and user flows, which Microsoft Graph registers",
    source: `${docs}/azure/templates/microsoft.azureactivedirectory/ciamdirectories`,
  },
  "identity-provider.mfa": {
    level: "partial",
    reason: "A Conditional Access policy of the tenant, set by Microsoft Graph: Resource Manager is missing it",
    source: `${docs}/entra/external-id/customers/how-to-multifactor-authentication-customers`,
  },
  "machine-learning.automl": {
    level: "supported",
    reason: "Automated ML of Azure Machine Learning, as a job that is started when there is something to learn",
    source: `${docs}/azure/machine-learning/concept-automated-ml`,
  },
  "telemetry.alarms": {
    level: "supported",
    reason: "Metric alerts of Azure Monitor into one action group",
    source: `${docs}/azure/azure-monitor/alerts/alerts-overview`,
  },
  "governance.threat-detection": {
    level: "supported",
    reason: "Plans of Defender for Cloud, for the subscription",
    source: `${docs}/azure/defender-for-cloud/defender-for-cloud-introduction`,
  },
  "governance.configuration-history": {
    level: "partial",
    reason:
      "Azure Policy checks each change, and Change Analysis of Resource Graph looks back 14 days; a longer record is missing",
    source: `${docs}/azure/governance/resource-graph/changes/resource-graph-changes`,
  },
  "governance.audit-trail": {
    level: "partial",
    reason:
      "The activity log, in storage that a lock of compliance closes for ever; missing are calls that only read, and calls to data, of which the workspace keeps some",
    source: `${docs}/azure/azure-monitor/platform/activity-log-schema`,
  },
  "backup.immutable-copy": {
    level: "partial",
    reason:
      "Objects and databases in a vault that a lock of compliance closes for ever, copied to the paired region, from where databases are restored by us and objects once Azure has declared their region lost; missing are another region of choice, the cluster and the lake",
    source: `${docs}/azure/backup/backup-azure-immutable-vault-concept`,
  },
  "adopt.network": {
    level: "supported",
    reason: "A virtual network with delegated subnets, looked up and compared with the configuration",
    source: "https://www.pulumi.com/registry/packages/azure-native/api-docs/network/getvirtualnetwork/",
  },
  "adopt.cluster": {
    level: "supported",
    reason: "A cluster of AKS with its issuer and workload identity switched on",
    source: "https://www.pulumi.com/registry/packages/azure-native/api-docs/containerservice/getmanagedcluster/",
  },
  "adopt.zone": {
    level: "supported",
    reason: "A zone of Azure DNS",
    source: "https://www.pulumi.com/registry/packages/azure-native/api-docs/dns/getzone/",
  },
  "adopt.key": {
    level: "supported",
    reason: "Keys of a Key Vault with purge protection",
    source: "https://www.pulumi.com/registry/packages/azure-native/api-docs/keyvault/getkey/",
  },
  "adopt.registry": {
    level: "supported",
    reason: "A container registry",
    source: "https://www.pulumi.com/registry/packages/azure-native/api-docs/containerregistry/getregistry/",
  },
} as const satisfies CloudCapabilities;
