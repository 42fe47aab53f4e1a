import { MongoCluster, type MongoClusterArgs } from "@pulumi/azure-native/mongocluster/mongoCluster";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { DocumentStore } from "../contracts/document-store";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import { sharedName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import { lockAgainstDeletion } from "./deletion-lock";
import type { DocumentStorageGiB, DocumentTier, DocumentVersion } from "./documents.plan";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";

export interface DocumentsArgs extends EndpointHome {
  readonly place: Place;
  /** First part of the names of cluster and endpoint. */
  readonly prefix: string;
  /** Version of MongoDB's protocol. A newer one is taken in place, an older one never. */
  readonly engineVersion: DocumentVersion;
  /** Machine. Smaller ones are for tests: no cluster goes down to them, and they have no standby. */
  readonly tier: DocumentTier;
  /** Storage in GiB. It never shrinks. */
  readonly storageGiB: DocumentStorageGiB;
  /** `standby`: a synchronous copy in another zone takes over. Comes and goes in place: https://learn.microsoft.com/azure/documentdb/high-availability */
  readonly availability: "single-zone" | "standby";
  /** Cannot be changed. */
  readonly masterUser: string;
  readonly secrets: SecretStore;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (cluster: MongoClusterArgs) => MongoClusterArgs;
}

/**
 * Documents on Azure DocumentDB, the engine for MongoDB on virtual cores, behind a private endpoint. Any second of the last 35 days
 * can be restored to a new cluster: https://learn.microsoft.com/azure/documentdb/how-to-restore-cluster
 *
 * Encrypted with AES-256 by a key of Azure's: the version of the API that the SDK has knows no other. Connections must use TLS, whose
 * oldest version cannot be chosen either.
 *
 * Clients find the node that takes writes by an SRV record of the host (`mongodb+srv`), also after a failover.
 *
 * Cost: the machine per hour and the storage, both twice with a standby.
 */
export class Documents extends ComponentResource implements DocumentStore {
  readonly scheme = "mongodb+srv";
  readonly databaseName = undefined;
  readonly host: Output<string>;
  /** The same: a cluster has no copy that answers reads. */
  readonly readerHost: Output<string>;
  readonly port = 10260;
  readonly protocol: string;
  /** What the service puts into its own connection strings. */
  readonly options = { tls: "true", authMechanism: "SCRAM-SHA-256", retryWrites: "false", maxIdleTimeMS: "120000" };
  /** Also `url`, the whole connection string. */
  readonly credentials: SecretReference;
  readonly clusterId: Output<string>;

  constructor(name: string, args: DocumentsArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Documents", name, {}, opts);
    const { place, prefix, protection } = args;
    const parent = { parent: this };
    // Letters and digits fit in a connection string as they are.
    const password = new RandomPassword(
      `${name}-password`,
      { length: 32, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
      parent,
    );
    const clusterArgs: MongoClusterArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      mongoClusterName: place.subscription.id.apply((id) =>
        sharedName(prefix, "documents", id, { longest: 40, hyphens: true }),
      ),
      properties: {
        administrator: { userName: args.masterUser, password: password.result },
        serverVersion: args.engineVersion,
        compute: { tier: args.tier },
        storage: { sizeGb: args.storageGiB },
        // More than one can never be taken back.
        sharding: { shardCount: 1 },
        highAvailability: { targetMode: args.availability === "standby" ? "ZoneRedundantPreferred" : "Disabled" },
        publicNetworkAccess: "Disabled",
      },
    };
    const cluster = new MongoCluster(`${name}-cluster`, args.transform?.(clusterArgs) ?? clusterArgs, {
      parent: this,
      protect: protection.protect,
    });
    new PrivateEndpoint(
      `${name}-private`,
      {
        place,
        network: args.network,
        dns: args.dns,
        endpointName: `${prefix}-documents`,
        serviceId: cluster.id,
        groupId: "MongoCluster",
        zones: ["documents"],
      },
      parent,
    );
    args.logs.diagnose(`${name}-logs`, cluster.id, { groups: ["allLogs"] }, this);
    lockAgainstDeletion(`${name}-lock`, { scope: cluster.id, what: "the document database", protection }, this);
    this.host = cluster.properties.apply(({ connectionString }) => hostOf(connectionString));
    this.readerHost = this.host;
    this.protocol = args.engineVersion;
    this.clusterId = cluster.id;
    const options = new URLSearchParams(this.options).toString();
    this.credentials = args.secrets.put("documents", {
      username: args.masterUser,
      password: password.result,
      host: this.host,
      port: String(this.port),
      url: interpolate`${this.scheme}://${args.masterUser}:${password.result}@${this.host}/?${options}`,
    });
    this.registerOutputs({ host: this.host, readerHost: this.readerHost });
  }
}

/** The host in a connection string, which has placeholders for user and password. */
function hostOf(connectionString: string): string {
  const host = /@([^/?:@]+)/.exec(connectionString)?.[1];
  if (host === undefined) throw new Error("the document database has no connection string: refresh the stack");
  return host;
}
