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

/** Logs that PostgreSQL on RDS hands to CloudWatch Logs. */
export const databaseLogs = ["postgresql", "upgrade"] as const;

/**
 * The log group that RDS writes one log of an instance to.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
 */
export function databaseLogGroup(instance: string, log: (typeof databaseLogs)[number]): string {
  return `/aws/rds/instance/${instance}/${log}`;
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
