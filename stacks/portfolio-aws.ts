import { currentAccount } from "../components/aws/account";
import { Cache } from "../components/aws/cache";
import { Key } from "../components/aws/key";
import { ManagedCluster } from "../components/aws/managed-cluster";
import { ObjectStore } from "../components/aws/object-store";
import { Postgres } from "../components/aws/postgres";
import { assetsBucketName, namePrefix } from "../components/planning/names";
import { protectionOf } from "../components/planning/protection";
import type { PortfolioAwsConfig } from "../config/schema/portfolio-aws";
import { layFoundation } from "./aws-foundation";
import { awsProviders } from "./providers";
import { endpoint, nodeGroup, postgres, redis } from "./settings";

const system = "portfolio";

/** The AWS site of the portfolio. */
export function deploy(config: PortfolioAwsConfig, stack: string) {
  const prefix = namePrefix(system, stack);
  const protection = protectionOf(config.class, config.protection);
  const { aws, backup, eks, random } = awsProviders({ ...config, system, stack });
  const account = currentAccount(config.region, { provider: aws });

  // Network, keys, security groups
  const { keys, network, networkAcls, securityGroups, logGroups } = layFoundation({
    account,
    prefix,
    clusterName: config.cluster.name,
    network: config.network,
    security: { podPorts: [], webhookPorts: [] },
    protection,
    aws,
  });

  // Cluster
  const cluster = new ManagedCluster(
    "cluster",
    {
      account,
      prefix,
      clusterName: config.cluster.name,
      version: config.cluster.version,
      supportType: config.cluster.supportType,
      endpoint: endpoint(config.cluster.endpoint),
      logs: config.cluster.logs,
      admins: config.cluster.admins,
      network,
      networkAcls,
      securityGroups,
      secretsKeyArn: keys.keyIds.secrets,
      logsKeyArn: keys.keyIds.logs,
      nodeGroups: { primary: nodeGroup(config.cluster.primary, "on-demand") },
      protection,
    },
    { providers: { aws, eks } },
  );

  // Data
  const { backupCopy } = config.database;
  const copyTo = () => {
    const { arn } = new Key(
      "backups",
      {
        account: { ...account, region: config.backupRegion },
        prefix,
        purpose: "backups",
        description: "Copies of database backups",
        protection,
      },
      { providers: { aws: backup } },
    );
    return { provider: backup, keyArn: arn };
  };
  const database = new Postgres(
    "postgres",
    {
      ...postgres(config.database, protection),
      account,
      prefix,
      network,
      securityGroupId: securityGroups.ids.database,
      keyArn: keys.keyIds.data,
      logsKeyArn: keys.keyIds.logs,
      backupCopy: backupCopy ? copyTo() : undefined,
      protection,
    },
    { providers: { aws, random } },
  );
  const cache = new Cache(
    "redis",
    {
      ...redis(config.cache, protection),
      network,
      securityGroupId: securityGroups.ids.cache,
      keyArn: keys.keyIds.data,
      logGroup: logGroups.redisSlow,
      logsKeyArn: keys.keyIds.logs,
      protection,
    },
    { providers: { aws, random } },
  );
  const objects = new ObjectStore(
    "objects",
    {
      ...config.objects,
      bucketName: account.id.apply((id) => assetsBucketName(prefix, id, config.region)),
      protection,
    },
    { providers: { aws } },
  );

  return {
    networkId: network.networkId,
    clusterName: cluster.clusterName,
    databaseHost: database.host,
    cacheHost: cache.host,
    objectsBucket: objects.bucketName,
  };
}
