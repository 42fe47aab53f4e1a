import type { AgentPoolArgs } from "@pulumi/azure-native/containerservice";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { sameId } from "./arm";
import { checkRoom, requireSubnet } from "./aks-network";
import { minorNumber, versionOf } from "./aks-versions";
import { zonesOf } from "./regions";
import { armReference } from "./references";
import { azureType, childrenOf, parentOf } from "./service-support";
import { block, text, texts } from "./text";
import { AGENT_POOL, MANAGED_CLUSTER, SUBNET } from "./types";
import { coreQuota, isOffered, vmSize } from "./vm-sizes";

/** https://learn.microsoft.com/azure/aks/quotas-skus-regions */
const MOST_NODES = 1000;
const MOST_PODS = 250;

/** https://learn.microsoft.com/azure/aks/use-system-pools */
const SYSTEM = { cores: 2, memoryGiB: 4 } as const;

const SPOT_TAINT = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule";

export const POOL_NAME = /^[a-z][a-z0-9]{0,11}$/;

/** What is wrong with a pool by itself, by property. Limits: the typings of the pool and the sources beside each. */
export function poolProblems(pool: Properties): readonly { readonly property: string; readonly reason: string }[] {
  const problems: { property: string; reason: string }[] = [];
  const report = (property: string, reason: string) =>
    problems.push({ property, reason: `InvalidParameter: ${reason}` });
  const count = number(pool["count"]);
  const [low, high] = [number(pool["minCount"]), number(pool["maxCount"])];
  const isSystem = pool["mode"] === "System";
  const isSpot = pool["scaleSetPriority"] === "Spot";
  const least = isSystem ? 1 : 0;
  if (count !== undefined && (count < least || count > MOST_NODES)) {
    report("count", `must be between ${String(least)} and ${String(MOST_NODES)}, got ${String(count)}`);
  }
  if (pool["enableAutoScaling"] === true) {
    if (low === undefined || high === undefined)
      report("minCount", "a pool that scales by itself needs minCount and maxCount");
    else if (low < least || high > MOST_NODES || low > high) {
      report(
        "minCount",
        `minCount ${String(low)} and maxCount ${String(high)} must be in order, between ${String(least)} and ${String(MOST_NODES)}`,
      );
    }
  } else if (low !== undefined || high !== undefined) {
    report("minCount", "minCount and maxCount are for a pool with enableAutoScaling");
  }
  // https://learn.microsoft.com/azure/aks/spot-node-pool
  if (isSpot && isSystem) report("scaleSetPriority", "a spot pool has mode User");
  if (isSpot && block(pool["upgradeSettings"])["maxSurge"] !== undefined)
    report("upgradeSettings.maxSurge", "a spot pool has no surge");
  if (!isSpot && pool["scaleSetEvictionPolicy"] !== undefined)
    report("scaleSetEvictionPolicy", "is for a pool with scaleSetPriority Spot");
  const price = number(pool["spotMaxPrice"]);
  if (price !== undefined && price !== -1 && price <= 0)
    report("spotMaxPrice", `must be -1 or above 0, got ${String(price)}`);
  const pods = number(pool["maxPods"]);
  if (pods !== undefined && (pods < 10 || pods > MOST_PODS))
    report("maxPods", `must be between 10 and ${String(MOST_PODS)}, got ${String(pods)}`);
  if (isSystem && pool["osType"] === "Windows") report("osType", "a system pool has osType Linux");
  const disk = number(pool["osDiskSizeGB"]);
  if (disk !== undefined && disk !== 0 && (disk < 30 || disk > 2048))
    report("osDiskSizeGB", `must be between 30 and 2048 GiB, got ${String(disk)}`);
  const size = vmSize(text(pool["vmSize"]) ?? "");
  if (isSystem && size !== undefined && (size.cores < SYSTEM.cores || size.memoryGiB < SYSTEM.memoryGiB)) {
    report(
      "vmSize",
      `a system pool needs machines with ${String(SYSTEM.cores)} cores and ${String(SYSTEM.memoryGiB)} GiB`,
    );
  }
  return problems;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/**
 * Refuses new pools that begin outside of their bounds. Later the bounds may leave the number behind: the autoscaler goes after
 * them. https://github.com/Azure/AKS/issues/1758
 */
export function checkFirstCounts(pools: readonly Properties[]): void {
  for (const pool of pools) {
    const count = number(pool["count"]);
    if (count === undefined || count === nodesOf(pool)) continue;
    refuse(
      "InvalidParameter",
      `The count ${String(count)} of agent pool '${poolName(pool)}' is not between minCount ${String(number(pool["minCount"]))} and maxCount ${String(number(pool["maxCount"]))}.`,
    );
  }
}

/** Nodes of a pool: as many as were asked for, within the bounds of its autoscaler. */
function nodesOf(pool: Properties): number {
  const count = number(pool["count"]) ?? 1;
  if (pool["enableAutoScaling"] !== true) return count;
  return Math.min(Math.max(count, number(pool["minCount"]) ?? count), number(pool["maxCount"]) ?? count);
}

/** Where the machines of a pool are made, and what is there already. */
export interface PoolPlace {
  readonly cloud: CloudView;
  readonly region: string;
  /** Id of the cluster: its own pools count by what is asked for now. */
  readonly clusterId: string;
}

/** Refuses machines that the region has not, zones that it has not, and more cores than the subscription may have. */
export function checkMachines({ cloud, region, clusterId }: PoolPlace, pools: readonly Properties[]): void {
  for (const pool of pools) {
    const name = text(pool["vmSize"]) ?? "";
    if (!isOffered(name, region)) {
      // https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/error-vm-size-not-allowed
      refuse("BadRequest", `The VM size of ${name} is not allowed in your subscription in location '${region}'.`);
    }
    const foreign = texts(pool["availabilityZones"]).find((zone) => !zonesOf(region).includes(zone));
    if (foreign !== undefined) {
      refuse(
        "AvailabilityZoneNotSupported",
        `The zone(s) '${foreign}' for resource '${poolName(pool)}' is not supported. The supported zones for location '${region}' are '${zonesOf(region).join(", ")}'.`,
      );
    }
  }
  const clusters = cloud.list(MANAGED_CLUSTER).filter(({ outputs }) => outputs["location"] === region);
  const others = cloud
    .list(AGENT_POOL)
    .filter(
      ({ id }) =>
        clusters.some((cluster) => sameOwner(id, cluster.id)) &&
        !(sameOwner(id, clusterId) && pools.some((pool) => poolName(pool) === id.split("/").at(-1))),
    )
    .map(({ inputs }) => inputs);
  const wanted = cores(pools);
  const used = cores(others);
  for (const [quota, asked] of wanted) {
    const limit = coreQuota(quota, quota === SPOT_QUOTA);
    const left = limit - (used.get(quota) ?? 0);
    if (asked <= left) continue;
    // https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/error-code-insufficientvcpuquota
    refuse(
      "ErrCode_InsufficientVCPUQuota",
      `Insufficient vcpu quota requested ${String(asked)}, remaining ${String(left)} for family ${quota} for region ${region}.`,
    );
  }
}

const SPOT_QUOTA = "lowPriorityCores";

function cores(pools: readonly Properties[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const pool of pools) {
    const size = vmSize(text(pool["vmSize"]) ?? "");
    const quota = pool["scaleSetPriority"] === "Spot" ? SPOT_QUOTA : (size?.family ?? "");
    sums.set(quota, (sums.get(quota) ?? 0) + (size?.cores ?? 0) * nodesOf(pool));
  }
  return sums;
}

function poolName(pool: Properties): string {
  return text(pool["agentPoolName"]) ?? text(pool["name"]) ?? "";
}

function sameOwner(poolId: string, clusterId: string): boolean {
  return sameId(poolId.replace(/\/agentPools\/[^/]+$/i, ""), clusterId);
}

/** A pool's version is the cluster's or older: https://aka.ms/aks/UpgradeVersionRules */
function checkVersion(pool: Properties, cluster: StoredResource): string {
  const own = text(cluster.outputs["currentKubernetesVersion"]) ?? "";
  const given = text(pool["orchestratorVersion"]);
  if (given === undefined) return own;
  const version = versionOf(given);
  if (version === undefined) {
    refuse(
      "AgentPoolK8sVersionNotSupported",
      `Version ${given} is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region.`,
    );
  }
  const [node, control] = [minorNumber(version.full), minorNumber(own)];
  if (node > control || control - node > 3) {
    const why =
      node > control
        ? "Minor version of node pool cannot be bigger than control plane version."
        : "Node pool version and control plane version are more than 3 minors apart.";
    refuse(
      "NodePoolMcVersionIncompatible",
      `Node pool version ${version.full} and control plane version ${own} are incompatible. ${why}`,
    );
  }
  return version.full;
}

/** Outputs that the service computes for a pool. */
export function poolOutputs(pool: Properties, version: string): Properties {
  const isSpot = pool["scaleSetPriority"] === "Spot";
  return {
    count: nodesOf(pool),
    mode: pool["mode"] ?? "User",
    osType: pool["osType"] ?? "Linux",
    osSKU: pool["osSKU"] ?? "Ubuntu",
    osDiskSizeGB: pool["osDiskSizeGB"] ?? 128,
    osDiskType: pool["osDiskType"] ?? "Managed",
    maxPods: pool["maxPods"] ?? MOST_PODS,
    type: pool["type"] ?? "VirtualMachineScaleSets",
    orchestratorVersion: text(pool["orchestratorVersion"]) ?? version,
    currentOrchestratorVersion: version,
    powerState: { code: "Running" },
    enableFIPS: pool["enableFIPS"] ?? false,
    nodeImageVersion: "AKSUbuntu-2404gen2containerd-202611.01.0",
    ...(isSpot
      ? {
          nodeTaints: [...new Set([...texts(pool["nodeTaints"]), SPOT_TAINT])],
          scaleSetEvictionPolicy: pool["scaleSetEvictionPolicy"] ?? "Delete",
          spotMaxPrice: pool["spotMaxPrice"] ?? -1,
        }
      : {}),
  };
}

const pool = azureType<AgentPoolArgs>({
  token: AGENT_POOL,
  name: {
    property: "agentPoolName",
    pattern: POOL_NAME,
    rule: "InvalidParameter: 1 to 12 lower-case letters and digits, a letter first",
    source: "https://learn.microsoft.com/azure/aks/create-node-pools",
    maxLength: 12,
  },
  references: [armReference("vnetSubnetID", SUBNET), armReference("podSubnetID", SUBNET)],
  check: (context) => {
    for (const { property, reason } of poolProblems(context.inputs)) context.refuse(property, reason);
  },
  create: (context) => {
    const cluster = parentOf(context, AGENT_POOL, MANAGED_CLUSTER);
    if (cluster === undefined) return { id: "", outputs: {} };
    const inputs = context.inputs as Properties;
    const region = text(cluster.outputs["location"]) ?? "";
    checkFirstCounts([inputs]);
    checkMachines({ cloud: context.cloud, region, clusterId: cluster.id }, [inputs]);
    checkSubnet(context.cloud, cluster, inputs);
    return { id: "", outputs: poolOutputs(inputs, checkVersion(inputs, cluster)) };
  },
  update: (context) => {
    const cluster = parentOf(context, AGENT_POOL, MANAGED_CLUSTER);
    if (cluster === undefined) return {};
    const inputs = context.inputs as Properties;
    const region = text(cluster.outputs["location"]) ?? "";
    if (context.resource.inputs["mode"] === "System" && inputs["mode"] !== "System")
      refuseLastSystem(context.cloud, cluster.id, context.resource);
    checkMachines({ cloud: context.cloud, region, clusterId: cluster.id }, [inputs]);
    checkSubnet(context.cloud, cluster, inputs);
    return poolOutputs(inputs, checkVersion(inputs, cluster));
  },
  delete: (context) => {
    const cluster = parentOf(context, AGENT_POOL, MANAGED_CLUSTER);
    if (cluster !== undefined && context.resource.inputs["mode"] === "System")
      refuseLastSystem(context.cloud, cluster.id, context.resource);
  },
});

function checkSubnet(cloud: CloudView, cluster: StoredResource, inputs: Properties): void {
  const subnet = requireSubnet(cloud, inputs);
  const others = childrenOf(cloud, AGENT_POOL, cluster.id).filter(
    (other) =>
      sameId(other.inputs["vnetSubnetID"], subnet?.id) &&
      !sameId(other.inputs["agentPoolName"], inputs["agentPoolName"]),
  );
  checkRoom(block(cluster.outputs["networkProfile"]), subnet, [inputs, ...others.map((other) => other.inputs)]);
}

/** https://learn.microsoft.com/azure/aks/use-system-pools */
function refuseLastSystem(cloud: CloudView, clusterId: string, own: StoredResource): void {
  const others = childrenOf(cloud, AGENT_POOL, clusterId).filter(
    (other) => other.id !== own.id && other.inputs["mode"] === "System",
  );
  if (others.length > 0) return;
  refuse(
    "OperationNotAllowed",
    `There has to be at least one system agent pool: ${own.id} is the last one of its cluster.`,
  );
}

export const poolTypes: readonly ResourceType[] = [pool];
