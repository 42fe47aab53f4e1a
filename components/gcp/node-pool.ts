import type { Cluster as GkeCluster } from "@pulumi/gcp/container/cluster";
import { NodePool as GkeNodePool, type NodePoolArgs as GkeNodePoolArgs } from "@pulumi/gcp/container/nodePool";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { GcpNodePool } from "../planning/node-pools-gcp";
import type { NodeAccount } from "./node-account";
import type { Project } from "./project";

export interface NodePoolArgs {
  readonly project: Project;
  readonly cluster: GkeCluster;
  readonly nodeAccount: NodeAccount;
  readonly pool: GcpNodePool;
  /** Zones that the nodes are spread over. */
  readonly zoneCount: number;
  /** What must exist before a node starts and outlive the last one, besides what the other arguments name. */
  readonly lifeline: readonly Resource[];
  /** Key that encrypts the disks of nodes. */
  readonly disksKeyId: Input<string>;
  readonly transform?: (nodePool: GkeNodePoolArgs) => GkeNodePoolArgs;
}

/**
 * Nodes of one kind in all zones of the cluster, which GKE scales, repairs and upgrades. Its name is made anew with each
 * replacement, so that new nodes stand before the old ones go.
 */
export class NodePool extends ComponentResource {
  readonly nodePool: GkeNodePool;
  readonly nodePoolName: Output<string>;

  constructor(name: string, args: NodePoolArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:NodePool", name, {}, opts);
    const { project, cluster, pool } = args;
    const isAccelerated = pool.accelerator !== undefined;
    const poolArgs: GkeNodePoolArgs = {
      project: project.id,
      cluster: cluster.id,
      location: project.region,
      // For each zone, and a first value only: the autoscaler then owns the number.
      initialNodeCount: Math.ceil(pool.nodes.min / args.zoneCount),
      autoscaling: {
        totalMinNodeCount: pool.nodes.min,
        totalMaxNodeCount: pool.nodes.max,
        // Spare capacity and accelerators are taken where there are any.
        locationPolicy: pool.capacity === "spot" || isAccelerated ? "ANY" : "BALANCED",
      },
      management: { autoRepair: true, autoUpgrade: true },
      // A further accelerator for the time of an upgrade is often not to be had.
      upgradeSettings: isAccelerated
        ? { strategy: "SURGE", maxSurge: 0, maxUnavailable: 1 }
        : { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
      nodeConfig: nodeConfig(args),
    };
    this.nodePool = new GkeNodePool(`${name}-pool`, args.transform?.(poolArgs) ?? poolArgs, {
      parent: this,
      dependsOn: [...args.lifeline],
      ignoreChanges: ["initialNodeCount"],
    });
    this.nodePoolName = this.nodePool.name;
    this.registerOutputs({ nodePoolName: this.nodePoolName });
  }
}

function nodeConfig({ nodeAccount, pool, disksKeyId }: NodePoolArgs): NonNullable<GkeNodePoolArgs["nodeConfig"]> {
  return {
    machineType: pool.machineType,
    spot: pool.capacity === "spot",
    imageType: "COS_CONTAINERD",
    diskType: pool.disk.type,
    diskSizeGb: pool.disk.sizeGiB,
    bootDiskKmsKey: disksKeyId,
    serviceAccount: nodeAccount.email,
    // Rights come from the account's roles; narrower scopes would only hide why something is refused.
    // https://docs.cloud.google.com/kubernetes-engine/docs/how-to/access-scopes
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    workloadMetadataConfig: { mode: "GKE_METADATA" },
    gvnic: { enabled: true },
    labels: { ...pool.labels },
    taints: pool.taints.map((taint) => ({ ...taint })),
    // GKE would taint arm64 nodes by itself; on all clouds a workload says by its node selector what it is built for.
    ...(pool.architecture === "arm64" ? { taintConfig: { architectureTaintBehavior: "NONE" } } : {}),
    ...(pool.accelerator === undefined
      ? {}
      : {
          guestAccelerators: [
            { type: pool.accelerator, count: 1, gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" } },
          ],
        }),
  };
}
