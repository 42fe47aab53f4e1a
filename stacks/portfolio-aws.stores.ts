import { rootStackResource, type Output } from "@pulumi/pulumi";
import type { Account } from "../components/aws/account";
import { Cache } from "../components/aws/cache";
import { Documents } from "../components/aws/documents";
import { EventStream } from "../components/aws/events";
import { Key } from "../components/aws/key";
import { KeyCopy } from "../components/aws/key-copy";
import { KeyValues } from "../components/aws/key-values";
import { DataLake } from "../components/aws/lake";
import { Memcached } from "../components/aws/memcached";
import type { AwsNetwork } from "../components/aws/network";
import { ObjectStore } from "../components/aws/object-store";
import { MessageQueue } from "../components/aws/queue";
import { SecretStore } from "../components/aws/secret-store";
import type { SecurityGroups } from "../components/aws/security-groups";
import { ShardedPostgres } from "../components/aws/sharded-postgres";
import type { SiteKeys } from "../components/aws/site-keys";
import { assetsBucketName, lakeBucketName, type siteLogGroups } from "../components/planning/names";
import type { Protection } from "../components/planning/protection";
import type { PortfolioAwsConfig } from "../config/schema/portfolio-aws";
import type { AwsProviders } from "./providers-aws";
import { documents, events, memcached, queue, recoveryDays, redis, shardedPostgres } from "./settings";

export interface StoresArgs {
  readonly config: PortfolioAwsConfig;
  readonly account: Account;
  readonly prefix: string;
  readonly network: AwsNetwork;
  readonly securityGroups: SecurityGroups;
  readonly keys: SiteKeys;
  readonly logGroups: ReturnType<typeof siteLogGroups>;
  readonly protection: Protection;
  readonly providers: AwsProviders;
}

export type Stores = ReturnType<typeof createStores>;

/** Everything that keeps data: databases, caches, streams, objects, secrets. */
export function createStores(args: StoresArgs) {
  const { config, account, prefix, network, securityGroups, keys, logGroups, protection, providers } = args;
  const { aws, random } = providers;
  const onAws = { providers: { aws } };
  const withPasswords = { providers: { aws, random } };
  const { keyIds } = keys;
  const common = { account, prefix, network, keyArn: keyIds.data, logsKeyArn: keyIds.logs, protection };

  const secrets = secretStore(args);
  const postgres = new ShardedPostgres(
    "databases",
    {
      ...shardedPostgres(config.database, protection),
      ...common,
      securityGroupId: securityGroups.ids.database,
      backupCopy: config.database.backupCopy ? { provider: providers.backup, keyArn: backupKey(args) } : undefined,
      secrets,
      // The database of the site before it had shards.
      firstShardAliases: [{ name: "postgres", parent: rootStackResource }],
    },
    withPasswords,
  );
  const redisCache = new Cache(
    "redis",
    {
      ...redis(config.cache, protection),
      ...common,
      securityGroupId: securityGroups.ids.cache,
      logGroup: logGroups.redisSlow,
    },
    withPasswords,
  );
  const objects = new ObjectStore(
    "objects",
    {
      ...config.objects,
      bucketName: account.id.apply((id) => assetsBucketName(prefix, id, config.region)),
      keyArn: keyIds.data,
      protection,
    },
    onAws,
  );
  return {
    secrets,
    postgres,
    redis: redisCache,
    objects,
    memcached:
      config.memcached.mode === "create"
        ? new Memcached(
            "memcached",
            {
              ...memcached(config.memcached, protection, network.zones.length),
              ...common,
              securityGroupId: securityGroups.idOf("memcached"),
            },
            onAws,
          )
        : undefined,
    documents:
      config.documents.mode === "create"
        ? new Documents(
            "documents",
            {
              ...documents(config.documents, protection, config.network.zones),
              ...common,
              securityGroupId: securityGroups.idOf("documents"),
              secrets,
            },
            withPasswords,
          )
        : undefined,
    keyValues: config.keyValues.mode === "create" ? keyValues(args) : undefined,
    events:
      config.events.mode === "create"
        ? new EventStream(
            "events",
            { ...events(config.events, prefix), ...common, securityGroupId: securityGroups.idOf("events"), secrets },
            withPasswords,
          )
        : undefined,
    queue:
      config.queue.mode === "create"
        ? new MessageQueue(
            "queue",
            {
              ...queue(config.queue, protection),
              ...common,
              securityGroupId: securityGroups.idOf("queue"),
              secrets,
            },
            withPasswords,
          )
        : undefined,
    lake:
      config.lake.mode === "create"
        ? new DataLake(
            "lake",
            {
              ...config.lake,
              ...common,
              bucketName: account.id.apply((id) => lakeBucketName(prefix, id, config.region)),
            },
            onAws,
          )
        : undefined,
  };
}

/** Credentials with a key of their own, of which production keeps a copy in the other region: they are readable while this one is down. */
function secretStore({ config, account, prefix, protection, providers }: StoresArgs): SecretStore {
  const onAws = { providers: { aws: providers.aws } };
  const common = { account, prefix, purpose: "credentials", description: "Credentials of the stores", protection };
  const isCopied = protection.crossRegion;
  const { arn } = new Key("credentials", { ...common, regions: isCopied ? "multi" : "single" }, onAws);
  const replicas = isCopied
    ? [
        {
          region: config.backupRegion,
          keyArn: new KeyCopy(
            "credentials-copy",
            { ...common, primaryKeyArn: arn },
            { providers: { aws: providers.backup } },
          ).arn,
        },
      ]
    : [];
  return new SecretStore("secrets", { account, prefix, keyArn: arn, replicas, protection }, onAws);
}

/** Tables, with a key in every region that has a copy of them. */
function keyValues({ config, account, prefix, keys, protection, providers }: StoresArgs): KeyValues {
  const { aws } = providers;
  const replicas = config.keyValues.replicaRegions.map((region) => ({
    region,
    keyArn: new Key(
      `key-values-${region}`,
      {
        account: { ...account, region },
        prefix,
        purpose: "key-values",
        description: "Copies of tables",
        protection,
      },
      { providers: { aws: providers.inRegion(region) } },
    ).arn,
  }));
  return new KeyValues(
    "key-values",
    {
      prefix,
      tables: config.keyValues.tables,
      recoveryDays: recoveryDays(config.keyValues, protection),
      keyArn: keys.keyIds.data,
      replicas,
      protection,
    },
    { providers: { aws } },
  );
}

/** Key of the copies of backups in the other region. */
function backupKey({ account, config, prefix, protection, providers }: StoresArgs): Output<string> {
  return new Key(
    "backups",
    {
      account: { ...account, region: config.backupRegion },
      prefix,
      purpose: "backups",
      description: "Copies of database backups",
      protection,
    },
    { providers: { aws: providers.backup } },
  ).arn;
}
