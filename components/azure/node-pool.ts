import { AgentPool, type AgentPoolArgs } from "@pulumi/azure-native/containerservice/agentPool";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { AzureNodePool } from "../planning/node-pools-azure";
import type { AzureNetwork } from "./network";
import { azureZones, type Place } from "./place";

export interface NodePoolArgs {
  readonly place: Place;
  readonly clusterName: Input<string>;
  /** Version of the nodes, minor only. */
  readonly version: string;
  readonly network: AzureNetwork;
  readonly pool: AzureNodePool;
  readonly transform?: (pool: AgentPoolArgs) => AgentPoolArgs;
}

/** Pods of a node: the most that an overlay network has addresses for is 250. https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay */
const podsPerNode = 110;

/** What every pool has, that of the system too. */
export function commonPoolArgs(pool: AzureNodePool, network: AzureNetwork, version: string) {
  return {
    vmSize: pool.vmSize,
    osType: "Linux",
    osSKU: pool.osSku,
    osDiskType: "Managed",
    osDiskSizeGB: pool.diskGiB,
    type: "VirtualMachineScaleSets",
    orchestratorVersion: version,
    availabilityZones: azureZones(network.zones),
    vnetSubnetID: network.subnetId("nodes"),
    maxPods: podsPerNode,
    enableAutoScaling: true,
    count: pool.nodes.min,
    minCount: pool.nodes.min,
    maxCount: pool.nodes.max,
    enableNodePublicIP: false,
    // Takes the feature EncryptionAtHost of the subscription: https://learn.microsoft.com/azure/aks/enable-host-encryption
    enableEncryptionAtHost: true,
    securityProfile: {
      sshAccess: "Disabled",
      enableSecureBoot: pool.trustedLaunch,
      enableVTPM: pool.trustedLaunch,
    },
    nodeLabels: { ...pool.labels },
    nodeTaints: [...pool.taints],
  };
}

/** A pool of nodes in every zone, whose number the autoscaler keeps within bounds. Cost: its machines and disks. */
export class NodePool extends ComponentResource {
  readonly nodes: Resource;
  readonly poolName: Output<string>;

  constructor(name: string, args: NodePoolArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:NodePool", name, {}, opts);
    const { pool, place } = args;
    const spot = pool.capacity === "spot";
    const poolArgs: AgentPoolArgs = {
      ...commonPoolArgs(pool, args.network, args.version),
      resourceGroupName: place.groupName,
      resourceName: args.clusterName,
      agentPoolName: pool.poolName,
      tags: { ...place.tags },
      mode: "User",
      ...(pool.osSku === "Ubuntu" ? { gpuProfile: { driver: "Install" } } : {}),
      ...(spot
        ? // No limit but the price on demand.
          { scaleSetPriority: "Spot", scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1 }
        : { scaleSetPriority: "Regular", upgradeSettings: { maxSurge: "33%", drainTimeoutInMinutes: 30 } }),
    };
    const nodes = new AgentPool(`${name}-nodes`, args.transform?.(poolArgs) ?? poolArgs, {
      parent: this,
      // The autoscaler's.
      ignoreChanges: ["count"],
    });
    this.nodes = nodes;
    this.poolName = nodes.name;
    this.registerOutputs({ poolName: this.poolName });
  }
}
