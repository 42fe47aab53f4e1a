import { Instance, type InstanceArgs } from "@pulumi/gcp/redis/instance";
import {
  ComponentResource,
  interpolate,
  secret,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type { Cache as CacheContract } from "../contracts/cache";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import { bundle } from "./certificates.plan";
import type { GcpNetwork } from "./network";
import type { Project } from "./project";

/** Hours between two snapshots. */
const snapshotPeriods = {
  1: "ONE_HOUR",
  6: "SIX_HOURS",
  12: "TWELVE_HOURS",
  24: "TWENTY_FOUR_HOURS",
} as const;

export type SnapshotHours = keyof typeof snapshotPeriods;

export interface CacheArgs {
  readonly project: Project;
  /** First part of the instance's name. */
  readonly prefix: string;
  /** Version of Redis, such as `7.2`, the last one of Memorystore. A lower one replaces the instance. */
  readonly engineVersion: string;
  /** Memory of each node in GiB, 1 to 300; 5 or more with `readReplicas`. */
  readonly memoryGiB: number;
  /**
   * Nodes: one primary, the others replicas, in several zones; from two on they fail over by themselves. Coming from one node or
   * going back to it replaces the instance.
   */
  readonly nodes: number;
  /**
   * Whether replicas answer reads. More than two nodes take it; with one node it means nothing. For ever: an instance that is there
   * already would need a second range of addresses.
   */
  readonly readReplicas: "on" | "off";
  /** Hours between the snapshots that a failed instance comes back with, one at a time; 0 takes none. */
  readonly snapshotHours: SnapshotHours | 0;
  readonly network: GcpNetwork;
  /** Key in the site's region, which the service agent of `redis` may use. For ever: a change replaces the instance. */
  readonly keyId: Input<string>;
  readonly protection: Protection;
  readonly transform?: (instance: InstanceArgs) => InstanceArgs;
}

/**
 * Redis on Memorystore, encrypted in transit and at rest, behind a generated password, with a private address.
 *
 * Its certificate is signed by an authority of its own, which clients have to trust: `certificateAuthority`.
 * https://docs.cloud.google.com/memorystore/docs/redis/about-in-transit-encryption
 *
 * Cost: each node is billed per GiB and hour.
 */
export class Cache extends ComponentResource implements CacheContract {
  readonly engine = "redis";
  readonly host: Output<string>;
  /** Without TLS it would be 6379. */
  readonly port = 6378;
  readonly url: Output<string>;
  readonly certificateAuthority: Output<string>;
  /** Name of the instance, `projects/<project>/locations/<region>/instances/<name>`: Cloud Monitoring keeps measurements by it. */
  readonly instanceId: Output<string>;

  constructor(name: string, args: CacheArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Cache", name, {}, opts);
    const { project, network, protection, nodes, snapshotHours } = args;
    const instanceArgs: InstanceArgs = {
      project: project.id,
      region: project.region,
      name: gcpName("cache", args.prefix, "redis"),
      displayName: "Sessions and cached queries",
      redisVersion: `REDIS_${args.engineVersion.replace(".", "_")}`,
      memorySizeGb: args.memoryGiB,
      ...replication(nodes, args.readReplicas),
      authorizedNetwork: network.networkId,
      connectMode: "PRIVATE_SERVICE_ACCESS",
      reservedIpRange: network.privateServices.rangeName,
      transitEncryptionMode: "SERVER_AUTHENTICATION",
      authEnabled: true,
      customerManagedKey: args.keyId,
      persistenceConfig:
        snapshotHours === 0
          ? { persistenceMode: "DISABLED" }
          : { persistenceMode: "RDB", rdbSnapshotPeriod: snapshotPeriods[snapshotHours] },
      maintenancePolicy: {
        weeklyMaintenanceWindows: [{ day: "SUNDAY", startTime: { hours: 3, minutes: 0, seconds: 0, nanos: 0 } }],
      },
      deletionProtection: protection.deletionProtection,
    };
    const instance = new Instance(`${name}-instance`, args.transform?.(instanceArgs) ?? instanceArgs, {
      parent: this,
      protect: protection.protect,
      dependsOn: [network.privateServices.connection],
    });
    this.host = instance.host;
    this.url = secret(interpolate`rediss://:${instance.authString}@${instance.host}:${String(this.port)}`);
    this.certificateAuthority = instance.serverCaCerts.apply((certificates) => bundle(certificates));
    this.instanceId = instance.id;
    this.registerOutputs({ host: this.host, url: this.url });
  }
}

function replication(nodes: number, readReplicas: "on" | "off") {
  if (nodes === 1) return { tier: "BASIC" };
  return {
    tier: "STANDARD_HA",
    replicaCount: nodes - 1,
    readReplicasMode: readReplicas === "on" ? "READ_REPLICAS_ENABLED" : "READ_REPLICAS_DISABLED",
  };
}
