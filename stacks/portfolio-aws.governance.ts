import type { Resource } from "@pulumi/pulumi";
import type { Account } from "../components/aws/account";
import { Alarms, type WatchedResource } from "../components/aws/alarms";
import { AuditStore } from "../components/aws/audit-store";
import { AuditTrail } from "../components/aws/audit-trail";
import { Backups } from "../components/aws/backups";
import { ConfigurationHistory } from "../components/aws/configuration-history";
import { Key } from "../components/aws/key";
import type { SiteKeys } from "../components/aws/site-keys";
import type { AwsNetwork } from "../components/aws/network";
import { ThreatDetection } from "../components/aws/threat-detection";
import {
  auditBucketName,
  databaseInstances,
  databaseReplica,
  documentCluster,
  eventStreamName,
  functionName,
  messageQueueName,
  shardPrefix,
} from "../components/planning/names";
import type { Protection } from "../components/planning/protection";
import type { PortfolioAwsConfig } from "../config/schema/portfolio-aws";
import { archiveFunction } from "./portfolio-aws.parts";
import type { Services } from "./portfolio-aws.services";
import type { Stores } from "./portfolio-aws.stores";
import type { AwsProviders } from "./providers-aws";

export interface GovernanceArgs {
  readonly config: PortfolioAwsConfig;
  readonly account: Account;
  readonly prefix: string;
  readonly stack: string;
  readonly keys: SiteKeys;
  readonly network: AwsNetwork;
  readonly stores: Stores;
  readonly services: Services;
  readonly serviceEndpoints: Resource | undefined;
  readonly protection: Protection;
  readonly providers: AwsProviders;
}

/** Who did what, what was changed, what looks wrong: for the whole account in the site's region. Returns where the records are. */
export function governAccount(args: GovernanceArgs): AuditStore | undefined {
  const { config, account, prefix, protection, serviceEndpoints, stores, providers } = args;
  const { aws, backup } = providers;
  const { governance } = config;
  if (governance.mode === "skip") return undefined;
  const onAws = { providers: { aws } };
  const store = new AuditStore(
    "audit-store",
    {
      account,
      prefix,
      bucketName: account.id.apply((id) => auditBucketName(prefix, id, config.region)),
      retentionDays: governance.auditRetentionDays,
      protection,
    },
    onAws,
  );
  const buckets = [stores.objects, ...(stores.lake === undefined ? [] : [stores.lake])].map(
    ({ bucketName }) => bucketName,
  );
  new AuditTrail("audit-trail", { account, prefix, store, buckets, protection }, onAws);
  const configuration = new ConfigurationHistory(
    "configuration-history",
    { account, prefix, store, serviceRole: governance.configurationRole },
    onAws,
  );
  new ThreatDetection(
    "threat-detection",
    { account, prefix, configuration },
    // GuardDuty makes a private address of its own in the network unless it finds one.
    { ...onAws, dependsOn: serviceEndpoints === undefined ? [] : [serviceEndpoints] },
  );
  // Copies of data and credentials are there, and no nodes.
  new ThreatDetection(
    "threat-detection-copies",
    { account: { ...account, region: config.backupRegion }, prefix, nodes: "unwatched" },
    { providers: { aws: backup } },
  );
  return store;
}

/** Copies that nobody can delete early, here and in the other region: of data, and of the records of who used them. */
export function backUp(args: GovernanceArgs, audit: AuditStore | undefined): void {
  const { config, account, prefix, stack, keys, stores, protection } = args;
  const { aws, backup } = args.providers;
  const { backups } = config.governance;
  if (backups.mode === "skip") return;
  const { arn } = new Key(
    "backup-copies",
    {
      account: { ...account, region: config.backupRegion },
      prefix,
      purpose: "backup-copies",
      description: "Copies of recovery points",
      protection,
    },
    { providers: { aws: backup } },
  );
  new Backups(
    "backup-vaults",
    {
      account,
      prefix,
      stack,
      buckets: {
        objects: stores.objects.bucketName,
        ...(stores.lake === undefined ? {} : { lake: stores.lake.bucketName }),
        ...(audit === undefined ? {} : { audit: audit.bucketName, "audit-requests": audit.requestsBucketName }),
      },
      retentionDays: backups.retentionDays,
      lock: backups.lock,
      keyArn: keys.keyIds.data,
      copy: { provider: backup, keyArn: arn },
      protection,
    },
    { providers: { aws } },
  );
}

/** Alarms on what the cloud runs for the site. */
export function watchParts(args: GovernanceArgs): Alarms | undefined {
  const { config, account, prefix, protection, providers } = args;
  const { aws } = providers;
  if (config.alarms === "skip") return undefined;
  return new Alarms("alarms", { account, prefix, watched: watched(args), protection }, { providers: { aws } });
}

function watched({ config, prefix, network, stores, services }: GovernanceArgs): Record<string, WatchedResource> {
  const found: Record<string, WatchedResource> = {};
  for (const shard of Object.keys(config.database.slots)) {
    const of = shardPrefix(prefix, shard);
    found[`postgres-${shard}`] = {
      subject: "postgres",
      dimensions: { DBInstanceIdentifier: databaseInstances(of).source },
    };
    for (const replica of Object.keys(config.database.replicas)) {
      found[`postgres-${shard}-${replica}`] = {
        subject: "postgres-replica",
        dimensions: { DBInstanceIdentifier: databaseReplica(of, replica) },
      };
    }
  }
  for (const [node, id] of stores.redis.nodeIds.entries()) {
    found[`redis-${String(node + 1)}`] = { subject: "redis", dimensions: { CacheClusterId: id } };
  }
  if (stores.memcached !== undefined) {
    found["memcached"] = { subject: "memcached", dimensions: { CacheClusterId: stores.memcached.clusterId } };
  }
  if (stores.documents !== undefined) {
    found["documents"] = { subject: "documents", dimensions: { DBClusterIdentifier: documentCluster(prefix) } };
  }
  if (stores.events !== undefined) {
    found["events"] = { subject: "events", dimensions: { "Cluster Name": eventStreamName(prefix) } };
  }
  if (stores.queue !== undefined) {
    found["queue"] = { subject: "queue", dimensions: { Broker: messageQueueName(prefix) } };
  }
  for (const [table, name] of Object.entries(stores.keyValues?.tableNames ?? {})) {
    found[`key-values-${table}`] = { subject: "key-values", dimensions: { TableName: name } };
  }
  if (config.functions.mode === "create") {
    found["functions"] = {
      subject: "functions",
      dimensions: { FunctionName: functionName(prefix, archiveFunction) },
    };
  }
  for (const [id, queue] of Object.entries(services.functions?.failureQueues ?? {})) {
    found[`${id}-failures`] = { subject: "dead-letters", dimensions: { QueueName: queue } };
  }
  for (const [zone, id] of Object.entries(network.natGatewayIds)) {
    found[`nat-${zone}`] = { subject: "nat-gateway", dimensions: { NatGatewayId: id } };
  }
  return found;
}
