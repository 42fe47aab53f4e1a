import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { ParameterGroup } from "@pulumi/aws/elasticache/parameterGroup";
import { ReplicationGroup, type ReplicationGroupArgs } from "@pulumi/aws/elasticache/replicationGroup";
import { SubnetGroup } from "@pulumi/aws/elasticache/subnetGroup";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { Cache as CacheContract } from "../contracts/cache";
import type { Network } from "../contracts/network";
import type { Protection } from "../planning/protection";

export interface CacheArgs {
  /** Version of Redis, such as `7.0`. 7.1 is the last one of ElastiCache. */
  readonly engineVersion: string;
  readonly nodeType: string;
  /** Nodes: one primary, the others replicas. From two on the group lies in several zones and fails over by itself. */
  readonly nodes: number;
  /** Days that the daily backup is kept; 0 takes none. */
  readonly snapshotRetentionDays: number;
  readonly network: Network;
  readonly securityGroupId: Input<string>;
  readonly keyArn: Input<string>;
  /** Name of the log group for slow commands, which the logs key's policy names too. */
  readonly logGroup: string;
  readonly logsKeyArn: Input<string>;
  readonly protection: Protection;
  readonly transform?: (group: ReplicationGroupArgs) => ReplicationGroupArgs;
}

/**
 * Redis on ElastiCache with cluster mode disabled, encrypted in transit and at rest, behind a generated token.
 *
 * Cost: each node is billed per hour.
 */
export class Cache extends ComponentResource implements CacheContract {
  readonly engine = "redis";
  readonly host: Output<string>;
  readonly port = 6379;
  /** Names of the nodes, by which CloudWatch keeps their measurements. */
  readonly nodeIds: readonly Output<string>[];
  readonly url: Output<string>;
  /** Amazon Trust Services, which everybody trusts: https://www.amazontrust.com/repository/ */
  readonly certificateAuthority = undefined;

  constructor(name: string, args: CacheArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Cache", name, {}, opts);
    const parent = { parent: this };
    const token = new RandomPassword(
      `${name}-token`,
      // ElastiCache takes 16 to 128 printable characters; letters and digits fit in a URL as they are.
      // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
      { length: 64, special: false },
      parent,
    );
    const subnets = new SubnetGroup(
      `${name}-subnets`,
      { description: "Redis", subnetIds: [...args.network.subnetIds.database] },
      parent,
    );
    const parameters = new ParameterGroup(
      `${name}-parameters`,
      { family: `redis${args.engineVersion.split(".")[0] ?? ""}`, description: "Redis with cluster mode disabled" },
      parent,
    );
    const logs = new LogGroup(
      `${name}-slow-log`,
      { name: args.logGroup, retentionInDays: args.protection.logRetentionDays, kmsKeyId: args.logsKeyArn },
      parent,
    );
    const replicated = args.nodes > 1;
    const groupArgs: ReplicationGroupArgs = {
      description: "Sessions and cached queries",
      engine: "redis",
      engineVersion: args.engineVersion,
      nodeType: args.nodeType,
      port: this.port,
      numCacheClusters: args.nodes,
      automaticFailoverEnabled: replicated,
      multiAzEnabled: replicated,
      parameterGroupName: parameters.name,
      subnetGroupName: subnets.name,
      securityGroupIds: [args.securityGroupId],
      atRestEncryptionEnabled: true,
      kmsKeyId: args.keyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      authToken: token.result,
      snapshotRetentionLimit: args.snapshotRetentionDays,
      ...(args.snapshotRetentionDays > 0 ? { snapshotWindow: "02:00-03:00" } : {}),
      maintenanceWindow: "sun:03:30-sun:04:30",
      logDeliveryConfigurations: [
        { logType: "slow-log", logFormat: "json", destinationType: "cloudwatch-logs", destination: logs.name },
      ],
    };
    const group = new ReplicationGroup(`${name}-group`, args.transform?.(groupArgs) ?? groupArgs, {
      parent: this,
      protect: args.protection.protect,
    });
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.Redis.Groups.html
    this.nodeIds = Array.from(
      { length: args.nodes },
      (_, node) => interpolate`${group.replicationGroupId}-${String(node + 1).padStart(3, "0")}`,
    );
    this.host = group.primaryEndpointAddress;
    this.url = interpolate`rediss://:${token.result}@${this.host}:${String(this.port)}`;
    this.registerOutputs({ host: this.host, url: this.url });
  }
}
