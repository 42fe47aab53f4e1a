import type { CloudCapabilities } from "../contracts/capabilities";

const docs = "https://docs.aws.amazon.com";

/** What a site on AWS can do. A cell is proved on the stacks of AWS by `tests/stacks/capabilities.test.ts`. */
export const awsCapabilities = {
  "network.three-zones": {
    level: "supported",
    reason: "A subnet of each tier in every zone of the configuration; us-west-2 has four zones",
    source: `${docs}/global-infrastructure/latest/regions/aws-availability-zones.html`,
  },
  "network.subnet-filters": {
    level: "supported",
    reason: "A network ACL for each tier, stateless, below the security groups",
    source: `${docs}/vpc/latest/userguide/vpc-network-acls.html`,
  },
  "network.flow-logs": {
    level: "supported",
    reason: "VPC flow logs of all traffic, accepted and rejected, encrypted in CloudWatch Logs",
    source: `${docs}/vpc/latest/userguide/flow-logs.html`,
  },
  "network.private-endpoints": {
    level: "supported",
    reason: "Gateway endpoints for S3 and DynamoDB, interface endpoints for the other services",
    source: `${docs}/vpc/latest/privatelink/aws-services-privatelink-support.html`,
  },
  "network.gateway": {
    level: "supported",
    reason: "A transit gateway with a number of its own, attached to subnets that hold nothing else",
    source: `${docs}/vpc/latest/tgw/tgw-best-design-practices.html`,
  },
  "kubernetes.api.network": {
    level: "supported",
    reason: "The endpoint of EKS is private; the security group of runners is let in",
    source: `${docs}/eks/latest/userguide/cluster-endpoint.html`,
  },
  "kubernetes.api.bastion": {
    level: "supported",
    reason: "A machine in a private subnet that forwards a port in a session of Systems Manager",
    source: `${docs}/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html`,
  },
  "kubernetes.api.dns-endpoint": {
    level: "refused",
    reason:
      "a public endpoint of EKS accepts connections from anybody in its ranges, and identities are checked only then",
    instead: 'take "bastion" for a tunnel by Systems Manager, or "network" for a runner in the network',
    source: `${docs}/eks/latest/userguide/cluster-endpoint.html`,
  },
  "kubernetes.api.internet": {
    level: "supported",
    reason: "The endpoint of EKS is public for the listed ranges, and private besides for the nodes",
    source: `${docs}/eks/latest/userguide/cluster-endpoint.html`,
  },
  "kubernetes.spot-pool": {
    level: "supported",
    reason: "A managed node group with capacity type SPOT over several machine types",
    source: `${docs}/eks/latest/userguide/managed-node-groups.html`,
  },
  "kubernetes.arm64-pool": {
    level: "supported",
    reason: "Graviton machines (c8g, m8g, r8g and the generation before) with arm64 images of EKS",
    source: `${docs}/ec2/latest/instancetypes/gp.html`,
  },
  "kubernetes.nvidia-l4-pool": {
    level: "supported",
    reason: "g6 machines with the NVIDIA image of EKS; the device plugin is an add-on of the platform",
    source: `${docs}/ec2/latest/instancetypes/ac.html`,
  },
  "kubernetes.nvidia-t4-pool": {
    level: "supported",
    reason: "g4dn machines with the NVIDIA image of EKS; the device plugin is an add-on of the platform",
    source: `${docs}/ec2/latest/instancetypes/ac.html`,
  },
  "kubernetes.node-autoscaling": {
    level: "supported",
    reason: "The cluster autoscaler, which finds the node groups by their tags",
    source: `${docs}/eks/latest/userguide/autoscaling.html`,
  },
  "kubernetes.metrics": {
    level: "supported",
    reason: "The metrics server, as an add-on of the platform",
    source: `${docs}/eks/latest/userguide/metrics-server.html`,
  },
  "kubernetes.network-policies": {
    level: "supported",
    reason: "The VPC CNI enforces them in the kernel (eBPF), switched on in its add-on",
    source: `${docs}/eks/latest/userguide/cni-network-policy.html`,
  },
  "kubernetes.workload-identity": {
    level: "supported",
    reason: "EKS Pod Identity: an association of the service account with an IAM role, and the agent on each node",
    source: `${docs}/eks/latest/userguide/pod-identities.html`,
  },
  "postgres.standby": {
    level: "supported",
    reason: "RDS in two zones, with a standby that takes over within 60 to 120 s",
    source: `${docs}/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html`,
  },
  "postgres.replicas": {
    level: "supported",
    reason: "Up to 15 read replicas of a server, each in a zone of choice",
    source: `${docs}/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html`,
  },
  "postgres.shards": {
    level: "supported",
    reason: "As many servers of RDS as the table of slots names, each with its own standby and replicas",
    source: `${docs}/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html`,
  },
  "postgres.point-in-time-recovery": {
    level: "supported",
    reason: "Automatic backups of 1 to 35 days, restored to a new server",
    source: `${docs}/AmazonRDS/latest/UserGuide/USER_PIT.html`,
  },
  "postgres.logical-publisher": {
    level: "supported",
    reason: "The parameter rds.logical_replication, with a bound on what is kept for a subscriber that is away",
    source: `${docs}/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html`,
  },
  "postgres.logical-subscriber": {
    level: "supported",
    reason: "CREATE SUBSCRIPTION on RDS; the filters of the database tier let it call linked sites on 5432",
    source: `${docs}/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html`,
  },
  "postgres.identity-log-in": {
    level: "supported",
    reason: "Tokens of IAM, good for 15 minutes, in place of a password",
    source: `${docs}/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html`,
  },
  "redis.standby": {
    level: "supported",
    reason: "A replication group of ElastiCache (Redis 7.1) with automatic failover over zones",
    source: `${docs}/AmazonElastiCache/latest/dg/AutoFailover.html`,
  },
  "memcached.nodes": {
    level: "supported",
    reason: "Memcached 1.6 on ElastiCache, over TLS, dealt over the zones",
    source: `${docs}/AmazonElastiCache/latest/dg/in-transit-encryption.html`,
  },
  "events.kafka": {
    level: "supported",
    reason: "MSK with metadata in KRaft and as many brokers in each zone as the configuration says",
    source: `${docs}/msk/latest/developerguide/metadata-management.html`,
  },
  "events.scram": {
    level: "supported",
    reason: "Users are secrets that MSK reads; it answers SCRAM on port 9096",
    source: `${docs}/msk/latest/developerguide/msk-password-tutorial.html`,
  },
  "queue.rabbitmq": {
    level: "supported",
    reason: "Amazon MQ for RabbitMQ, patched by AWS",
    source: `${docs}/amazon-mq/latest/developer-guide/rabbitmq-4.html`,
  },
  "queue.zones": {
    level: "supported",
    reason: "A cluster of three nodes behind one address, with quorum queues",
    source: `${docs}/amazon-mq/latest/developer-guide/rabbitmq-broker-architecture-cluster.html`,
  },
  "documents.mongodb": {
    level: "partial",
    reason:
      "Amazon DocumentDB 5.0, an engine of its own: missing are retryable writes, JavaScript on the server, views and some aggregation stages",
    source: `${docs}/documentdb/latest/developerguide/functional-differences.html`,
  },
  "documents.point-in-time-recovery": {
    level: "supported",
    reason: "Continuous backups of 1 to 35 days, restored to a new cluster",
    source: `${docs}/documentdb/latest/developerguide/backup_restore-nouns_verbs.html`,
  },
  "key-values.tables": {
    level: "supported",
    reason: "DynamoDB, billed by request, with log-in by IAM alone",
    source: `${docs}/amazondynamodb/latest/developerguide/Introduction.html`,
  },
  "key-values.global": {
    level: "supported",
    reason: "Global tables: every region takes writes, and of two writes to one item the later wins",
    source: `${docs}/amazondynamodb/latest/developerguide/GlobalTables.html`,
  },
  "key-values.point-in-time-recovery": {
    level: "supported",
    reason: "Continuous backups of 1 to 35 days, restored to a new table",
    source: `${docs}/amazondynamodb/latest/developerguide/Point-in-time-recovery.html`,
  },
  "objects.versions": {
    level: "supported",
    reason: "S3 versioning; older versions are kept for the days of the configuration",
    source: `${docs}/AmazonS3/latest/userguide/Versioning.html`,
  },
  "lake.iceberg": {
    level: "supported",
    reason: "Tables of the Glue catalog over S3, with upkeep by Glue; the catalog answers Iceberg's REST protocol",
    source: `${docs}/glue/latest/dg/connect-glu-iceberg-rest.html`,
  },
  "images.immutable-tags": {
    level: "supported",
    reason: "A setting of each ECR repository",
    source: `${docs}/AmazonECR/latest/userguide/image-tag-mutability.html`,
  },
  "images.scanning": {
    level: "supported",
    reason: "ECR scans each image when it is pushed",
    source: `${docs}/AmazonECR/latest/userguide/image-scanning.html`,
  },
  "secrets.replicas": {
    level: "supported",
    reason: "Replicas of Secrets Manager in the backup region",
    source: `${docs}/secretsmanager/latest/userguide/replicate-secrets.html`,
  },
  "keys.rotation": {
    level: "supported",
    reason: "KMS makes new key material every year and keeps the old for reading",
    source: `${docs}/kms/latest/developerguide/rotate-keys.html`,
  },
  "keys.multi-region": {
    level: "supported",
    reason: "A multi-region key of KMS for credentials, with a replica key in the backup region",
    source: `${docs}/kms/latest/developerguide/multi-region-keys-overview.html`,
  },
  "functions.on-events": {
    level: "supported",
    reason: "Lambda polls MSK with the SCRAM user and runs for batches; what fails goes to a queue",
    source: `${docs}/lambda/latest/dg/with-msk.html`,
  },
  "identity-provider.oidc": {
    level: "supported",
    reason: "A user pool of Cognito with a client for each application",
    source: `${docs}/cognito/latest/developerguide/cognito-user-pools.html`,
  },
  "identity-provider.mfa": {
    level: "supported",
    reason: "Codes of an authenticator app (TOTP), demanded by the pool",
    source: `${docs}/cognito/latest/developerguide/user-pool-settings-mfa.html`,
  },
  "machine-learning.automl": {
    level: "supported",
    reason: "A SageMaker pipeline that runs Autopilot and registers the best model",
    source: `${docs}/sagemaker/latest/dg/autopilot-automate-model-development.html`,
  },
  "telemetry.alarms": {
    level: "supported",
    reason: "Alarms of CloudWatch into one encrypted topic of SNS",
    source: `${docs}/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html`,
  },
  "governance.threat-detection": {
    level: "supported",
    reason: "GuardDuty, Security Hub and IAM Access Analyzer, for the account in its region",
    source: `${docs}/guardduty/latest/ug/what-is-guardduty.html`,
  },
  "governance.configuration-history": {
    level: "supported",
    reason: "AWS Config records every change to a bucket of its own and checks it against rules",
    source: `${docs}/config/latest/developerguide/WhatIsConfig.html`,
  },
  "governance.audit-trail": {
    level: "supported",
    reason: "A CloudTrail of all regions with signed digests, under a key of its own",
    source: `${docs}/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html`,
  },
  "backup.immutable-copy": {
    level: "supported",
    reason: "AWS Backup with a locked vault here and one in another region",
    source: `${docs}/aws-backup/latest/devguide/vault-lock.html`,
  },
  "adopt.network": {
    level: "supported",
    reason: "A VPC with a subnet of each tier in every zone, looked up and compared with the configuration",
    source: "https://www.pulumi.com/registry/packages/aws/api-docs/ec2/getvpc/",
  },
  "adopt.cluster": {
    level: "supported",
    reason: "A cluster of EKS with nodes and the Pod Identity Agent, whose version must be the configuration's",
    source: "https://www.pulumi.com/registry/packages/aws/api-docs/eks/getcluster/",
  },
  "adopt.zone": {
    level: "supported",
    reason: "A public zone of Route 53, found by its name",
    source: "https://www.pulumi.com/registry/packages/aws/api-docs/route53/getzone/",
  },
  "adopt.key": {
    level: "supported",
    reason: "Keys of KMS, one for each purpose, whose policies their owner keeps",
    source: "https://www.pulumi.com/registry/packages/aws/api-docs/kms/getkey/",
  },
  "adopt.registry": {
    level: "supported",
    reason: "Repositories of ECR, found by their names",
    source: "https://www.pulumi.com/registry/packages/aws/api-docs/ecr/getrepository/",
  },
} as const satisfies CloudCapabilities;
