/**
 * The first part of every physical name of a stack. A system with one environment carries its own name; the others add the
 * stack's name, so that two stacks of one system can share an account.
 */
export function namePrefix(system: string, stack: string): string {
  return stack === system ? system : `${system}-${stack}`;
}

/**
 * The name of a stack's bucket for assets, which no other account has: bucket names are shared by all accounts of a partition.
 */
export function assetsBucketName(prefix: string, account: string, region: string): string {
  return `${prefix}-assets-${account}-${region}`;
}

/** The log group that EKS writes a control plane's logs to: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html */
export function controlPlaneLogGroup(clusterName: string): string {
  return `/aws/eks/${clusterName}/cluster`;
}

/** Instances of a site's database. Their names are given, since RDS names their log groups after them. */
export function databaseInstances(prefix: string) {
  return { source: `${prefix}-postgres`, replica: `${prefix}-postgres-replica` } as const;
}

/** A read replica with a key of its own, besides the one that `databaseInstances` names. */
export function databaseReplica(prefix: string, key: string): string {
  return `${databaseInstances(prefix).replica}-${key}`;
}

/** First part of the names of what belongs to one shard of a database. */
export function shardPrefix(prefix: string, shard: string): string {
  return `${prefix}-${shard}`;
}

/** Logs that PostgreSQL on RDS hands to CloudWatch Logs. */
export const databaseLogs = ["postgresql", "upgrade"] as const;

/**
 * The log group that RDS writes one log of an instance to.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
 */
export function databaseLogGroup(instance: string, log: (typeof databaseLogs)[number]): string {
  return `/aws/rds/instance/${instance}/${log}`;
}

/** The log groups of a database in shards, each shard with the same replicas: those that the logs key's policy has to name. */
export function shardedDatabaseLogGroups(
  prefix: string,
  shards: readonly string[],
  replicas: readonly string[],
): readonly string[] {
  return shards
    .map((shard) => shardPrefix(prefix, shard))
    .flatMap((of) => [databaseInstances(of).source, ...replicas.map((key) => databaseReplica(of, key))])
    .flatMap((instance) => databaseLogs.map((log) => databaseLogGroup(instance, log)));
}

/** The cluster of a site's documents. Its name is given, since DocumentDB names its log groups after it. */
export function documentCluster(prefix: string): string {
  return `${prefix}-documents`;
}

/** Logs that DocumentDB hands to CloudWatch Logs. */
export const documentLogs = ["audit", "profiler"] as const;

/**
 * The log group that DocumentDB writes one log of a cluster to.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/event-auditing.html, profiling.html
 */
export function documentLogGroup(cluster: string, log: (typeof documentLogs)[number]): string {
  return `/aws/docdb/${cluster}/${log}`;
}

/** The log groups of a site's documents: those that the logs key's policy has to name. */
export function documentLogGroups(prefix: string): readonly string[] {
  return documentLogs.map((log) => documentLogGroup(documentCluster(prefix), log));
}

/** The name of a site's event stream, by which CloudWatch keeps its measurements. */
export function eventStreamName(prefix: string): string {
  return `${prefix}-events`;
}

/** The name of a site's message queue, by which CloudWatch keeps its measurements. */
export function messageQueueName(prefix: string): string {
  return `${prefix}-queue`;
}

/** The log group of the brokers of a site's event stream. */
export function eventLogGroup(prefix: string): string {
  return `/aws/msk/${prefix}/brokers`;
}

/** A function of a site. Its name is given, since the log group is made before it. */
export function functionName(prefix: string, key: string): string {
  return `${prefix}-${key}`;
}

/** The log group of a function: those of all functions are what the logs key's policy has to name. */
export function functionLogGroup(prefix: string, key: string): string {
  return `/aws/lambda/${functionName(prefix, key)}`;
}

/** The name of a lake's bucket, which no other account has. */
export function lakeBucketName(prefix: string, account: string, region: string): string {
  return `${prefix}-lake-${account}-${region}`;
}

/** The name of the bucket that holds a stack's state, which no other account has. */
export function stateBucketName(prefix: string, account: string, region: string): string {
  return `${prefix}-state-${account}-${region}`;
}

/** What the key of a stack's state is for: the last part of its alias. */
export const statePurpose = "state";

/** The alias of the key that encrypts a stack's state and the secrets in it. */
export function stateKeyAlias(prefix: string): string {
  return `alias/${prefix}/${statePurpose}`;
}

/** The name of the bucket that calls and changes are recorded in, which no other account has. */
export function auditBucketName(prefix: string, account: string, region: string): string {
  return `${prefix}-audit-${account}-${region}`;
}

/** The name of the bucket that requests for objects of another bucket are recorded in, which no other account has. */
export function requestBucketName(bucket: string): string {
  return `${bucket}-requests`;
}

/** The log group that calls are delivered to as they are recorded. */
export function auditLogGroup(prefix: string): string {
  return `/aws/cloudtrail/${prefix}-audit`;
}

/** The log groups of one database and its replica: those that the logs key's policy has to name. */
export function postgresLogGroups(prefix: string): readonly string[] {
  return Object.values(databaseInstances(prefix)).flatMap((instance) =>
    databaseLogs.map((log) => databaseLogGroup(instance, log)),
  );
}

/** Tags of every resource of a stack. */
export function stackTags(system: string, stack: string, stackClass: string): Record<string, string> {
  return { system, stack, class: stackClass, "managed-by": "pulumi" };
}

/** Log groups of a site besides the control plane's. */
export function siteLogGroups(prefix: string) {
  return {
    flowLogs: `/aws/vpc/${prefix}/flow-logs`,
    redisSlow: `/aws/elasticache/${prefix}/redis-slow`,
  } as const;
}
