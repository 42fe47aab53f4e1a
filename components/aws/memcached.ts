import { Cluster, type ClusterArgs } from "@pulumi/aws/elasticache/cluster";
import { ParameterGroup } from "@pulumi/aws/elasticache/parameterGroup";
import { SubnetGroup } from "@pulumi/aws/elasticache/subnetGroup";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Cache } from "../contracts/cache";
import type { Network } from "../contracts/network";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";

export interface MemcachedArgs {
  readonly account: Account;
  /**
   * Version of Memcached, such as `1.6.22`; TLS needs 1.6.12 or later.
   * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
   */
  readonly engineVersion: string;
  readonly nodeType: string;
  /** Nodes: dealt over the zones of the network in turn. Each holds its own part of the keys, and nothing is copied. */
  readonly nodes: number;
  readonly network: Network;
  readonly securityGroupId: Input<string>;
  readonly protection: Protection;
  readonly transform?: (cluster: ClusterArgs) => ClusterArgs;
}

/**
 * Memcached on ElastiCache, over several zones from two nodes on. It answers over TLS 1.2 or later only. It keeps everything in
 * memory, so there is nothing to encrypt at rest and no backup, and it knows no log-in: only the security group, which opens port
 * 11211, decides who reads it. Keep nothing in it that is not to be seen by every workload behind that group.
 *
 * Cost: each node is billed per hour.
 */
export class Memcached extends ComponentResource implements Cache {
  readonly engine = "memcached";
  readonly host: Output<string>;
  readonly port = 11211;
  /** `memcacheds` stands for Memcached over TLS; there is no credential in it. */
  readonly url: Output<string>;
  /** Amazon Trust Services, which everybody trusts: https://www.amazontrust.com/repository/ */
  readonly certificateAuthority = undefined;
  /** Physical name of the cluster. */
  readonly clusterId: Output<string>;

  constructor(name: string, args: MemcachedArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Memcached", name, {}, opts);
    const parent = { parent: this };
    const { network, nodes } = args;
    const subnets = new SubnetGroup(
      `${name}-subnets`,
      { description: "Memcached", subnetIds: [...network.subnetIds.database] },
      parent,
    );
    const parameters = new ParameterGroup(
      `${name}-parameters`,
      { family: `memcached${args.engineVersion.split(".").slice(0, 2).join(".")}`, description: "Memcached" },
      parent,
    );
    const clusterArgs: ClusterArgs = {
      engine: "memcached",
      engineVersion: args.engineVersion,
      nodeType: args.nodeType,
      port: this.port,
      numCacheNodes: nodes,
      azMode: nodes > 1 ? "cross-az" : "single-az",
      preferredAvailabilityZones: Array.from(
        { length: nodes },
        (_, node) => `${args.account.region}${network.zones[node % network.zones.length] ?? ""}`,
      ),
      parameterGroupName: parameters.name,
      subnetGroupName: subnets.name,
      securityGroupIds: [args.securityGroupId],
      transitEncryptionEnabled: true,
      maintenanceWindow: "sun:03:30-sun:04:30",
    };
    const cluster = new Cluster(`${name}-cluster`, args.transform?.(clusterArgs) ?? clusterArgs, {
      parent: this,
      protect: args.protection.protect,
    });
    this.clusterId = cluster.clusterId;
    this.host = cluster.clusterAddress;
    this.url = interpolate`memcacheds://${this.host}:${String(this.port)}`;
    this.registerOutputs({ host: this.host, url: this.url });
  }
}
