import { Database, type DatabaseArgs } from "@pulumi/azure-native/redisenterprise/database";
import { listDatabaseKeysOutput } from "@pulumi/azure-native/redisenterprise/listDatabaseKeys";
import { RedisEnterprise, type RedisEnterpriseArgs } from "@pulumi/azure-native/redisenterprise/redisEnterprise";
import {
  all,
  ComponentResource,
  interpolate,
  secret,
  type ComponentResourceOptions,
  type Output,
} from "@pulumi/pulumi";
import type { Cache as CacheContract } from "../contracts/cache";
import { sharedName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import type { CacheSize, SnapshotInterval } from "./cache.plan";
import { lockAgainstDeletion } from "./deletion-lock";
import { KeyUser } from "./key-user";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";
import type { SiteKeys } from "./site-keys";

export interface CacheArgs extends EndpointHome {
  readonly place: Place;
  /** First part of the names of cache, endpoint and identity. */
  readonly prefix: string;
  /**
   * A larger size can be taken at any time; a smaller one when the data has room in it and Azure lists it for the cache.
   * https://learn.microsoft.com/azure/redis/how-to-scale
   */
  readonly size: CacheSize;
  /** `2`: a replica in another zone takes over. Chosen for life: https://learn.microsoft.com/azure/redis/high-availability */
  readonly nodes: 1 | 2;
  /** How often the data is written to disk, from where it comes back after both nodes are lost. */
  readonly snapshots: SnapshotInterval;
  readonly keys: SiteKeys;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: {
    readonly cluster?: (cluster: RedisEnterpriseArgs) => RedisEnterpriseArgs;
    readonly database?: (database: DatabaseArgs) => DatabaseArgs;
  };
}

/**
 * Redis on Azure Managed Redis behind a private endpoint. It is not sharded, so that a client that knows nothing of clusters reads
 * and writes any keys in one command by the one URL; only database 0 exists. https://learn.microsoft.com/azure/redis/choose-clustering-policy
 *
 * The URL holds an access key of the cache; whoever renews it updates the stack afterwards. TLS 1.2 is the oldest version that can
 * be demanded: clients agree on 1.3. Encrypted with a key of the site in its version of now: after it has rotated, the next
 * refresh and update take the new one.
 *
 * Cost: billed per hour by size, twice with a replica.
 */
export class Cache extends ComponentResource implements CacheContract {
  readonly engine = "redis";
  readonly host: Output<string>;
  /** The only one of the service. */
  readonly port = 10000;
  readonly url: Output<string>;
  /** Public ones, which everybody trusts: https://learn.microsoft.com/azure/redis/tls-configuration */
  readonly certificateAuthority = undefined;
  /** The cache, by which Azure Monitor keeps its measurements. */
  readonly cacheId: Output<string>;

  constructor(name: string, args: CacheArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Cache", name, {}, opts);
    const { place, prefix, protection, snapshots } = args;
    const parent = { parent: this };
    const keyUser = new KeyUser(
      `${name}-key`,
      { identityName: `${prefix}-redis`, place, key: args.keys.keys.data },
      parent,
    );
    const physical = place.subscription.id.apply((id) =>
      sharedName(prefix, "redis", id, { longest: 60, hyphens: true }),
    );
    const clusterArgs: RedisEnterpriseArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      clusterName: physical,
      sku: { name: args.size },
      // Azure spreads the nodes over the zones by itself and refuses to be told.
      highAvailability: args.nodes === 2 ? "Enabled" : "Disabled",
      minimumTlsVersion: "1.2",
      publicNetworkAccess: "Disabled",
      identity: { type: "UserAssigned", userAssignedIdentities: [keyUser.identityId] },
      encryption: {
        customerManagedKeyEncryption: {
          keyEncryptionKeyIdentity: {
            identityType: "userAssignedIdentity",
            userAssignedIdentityResourceId: keyUser.identityId,
          },
          keyEncryptionKeyUrl: args.keys.keys.data.versionedUri,
        },
      },
    };
    const cluster = new RedisEnterprise(`${name}-cluster`, args.transform?.cluster?.(clusterArgs) ?? clusterArgs, {
      parent: this,
      protect: protection.protect,
      dependsOn: [keyUser.right],
    });
    const databaseArgs: DatabaseArgs = {
      resourceGroupName: place.groupName,
      clusterName: cluster.name,
      databaseName: "default",
      port: this.port,
      clientProtocol: "Encrypted",
      clusteringPolicy: "NoCluster",
      evictionPolicy: "VolatileLRU",
      // By Microsoft Entra alone a client would need a token of Azure in place of a URL.
      accessKeysAuthentication: "Enabled",
      persistence: {
        aofEnabled: false,
        ...(snapshots === "none" ? { rdbEnabled: false } : { rdbEnabled: true, rdbFrequency: snapshots }),
      },
    };
    const database = new Database(`${name}-database`, args.transform?.database?.(databaseArgs) ?? databaseArgs, {
      parent: this,
      protect: protection.protect,
      deletedWith: cluster,
    });
    new PrivateEndpoint(
      `${name}-private`,
      {
        place,
        network: args.network,
        dns: args.dns,
        endpointName: `${prefix}-redis`,
        // After the database: the service takes one change at a time.
        serviceId: all([cluster.id, database.id]).apply(([id]) => id),
        groupId: "redisEnterprise",
        zones: ["redis"],
      },
      parent,
    );
    args.logs.diagnose(`${name}-logs`, database.id, { groups: ["allLogs"] }, this);
    lockAgainstDeletion(`${name}-lock`, { scope: cluster.id, what: "the cache", protection }, this);

    const keys = listDatabaseKeysOutput(
      // By the id, so that nobody asks for the keys of a database that is not there yet.
      { resourceGroupName: place.groupName, clusterName: database.id.apply(() => physical), databaseName: "default" },
      parent,
    );
    this.host = cluster.hostName;
    this.cacheId = cluster.id;
    this.url = secret(
      interpolate`rediss://:${keys.primaryKey.apply(encodeURIComponent)}@${this.host}:${String(this.port)}`,
    );
    this.registerOutputs({ host: this.host, url: this.url });
  }
}
