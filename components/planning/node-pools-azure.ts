import {
  poolLabels,
  poolTaints,
  type Accelerator,
  type Architecture,
  type Capacity,
  type NodePool,
} from "../contracts/node-pool";
import { capabilityMatrix } from "./capability-matrix";
import { nodePoolName } from "./names-azure";

/** Machines of one series. */
interface MachineSeries {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  /** The size's name, with `#` for the number of processors: `Standard_D#s_v5`. */
  readonly size: string;
  /** Virtual processors of the sizes. Those with several accelerators are left out: a pool asks for one in each node. */
  readonly cpus: readonly number[];
  /** Memory in GiB for each virtual processor. */
  readonly memoryPerCpuGiB: number;
}

const amd64 = { architecture: "amd64", accelerator: "none" } as const;
const arm64 = { architecture: "arm64", accelerator: "none" } as const;
const upTo96 = [2, 4, 8, 16, 32, 48, 64, 96] as const;

/**
 * Series in order of preference. Burstable ones are left out, a node is loaded all day; all of them take disks on Premium storage
 * and encrypt at the host. https://learn.microsoft.com/azure/virtual-machines/sizes/overview
 */
const series: readonly MachineSeries[] = [
  // https://learn.microsoft.com/azure/virtual-machines/sizes/compute-optimized/fsv2-series
  { ...amd64, size: "Standard_F#s_v2", cpus: [2, 4, 8, 16, 32, 48, 64, 72], memoryPerCpuGiB: 2 },
  // https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/dsv5-series
  { ...amd64, size: "Standard_D#s_v5", cpus: upTo96, memoryPerCpuGiB: 4 },
  // https://learn.microsoft.com/azure/virtual-machines/sizes/memory-optimized/esv5-series
  { ...amd64, size: "Standard_E#s_v5", cpus: [2, 4, 8, 16, 32, 48, 64], memoryPerCpuGiB: 8 },
  // https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/dplsv6-series, dpsv6-series, memory-optimized/epsv6-series
  { ...arm64, size: "Standard_D#pls_v6", cpus: upTo96, memoryPerCpuGiB: 2 },
  { ...arm64, size: "Standard_D#ps_v6", cpus: upTo96, memoryPerCpuGiB: 4 },
  { ...arm64, size: "Standard_E#ps_v6", cpus: upTo96, memoryPerCpuGiB: 8 },
  // 28, 56 and 110 GiB: https://learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/ncast4v3-series
  {
    architecture: "amd64",
    accelerator: "nvidia-t4",
    size: "Standard_NC#as_T4_v3",
    cpus: [4, 8, 16],
    memoryPerCpuGiB: 6.875,
  },
];

/** A pool of nodes as an agent pool of AKS. */
export interface AzureNodePool {
  /** Name in the cluster: small letters and digits, at most 12. */
  readonly poolName: string;
  readonly capacity: Capacity;
  readonly vmSize: string;
  /** `Ubuntu` where AKS installs the driver of an accelerator. */
  readonly osSku: "AzureLinux" | "Ubuntu";
  /**
   * Whether nodes start from signed code alone: machines with arm64 or an accelerator cannot.
   * https://learn.microsoft.com/azure/aks/use-trusted-launch
   */
  readonly trustedLaunch: boolean;
  readonly nodes: { readonly min: number; readonly max: number };
  readonly diskGiB: number;
  readonly labels: Readonly<Record<string, string>>;
  /** `key=value:NoSchedule`. */
  readonly taints: readonly string[];
}

/**
 * The taint that AKS gives every node of a spot pool, asked for or not. Named here, so that the state is as the cloud has it.
 * https://learn.microsoft.com/azure/aks/spot-node-pool
 */
const spotTaint = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule";

/**
 * The agent pool that meets a need with the smallest machine.
 *
 * @throws Error when no machine does, with what to change in `nodePools.<name>`.
 */
export function azurePool(name: string, pool: NodePool): AzureNodePool {
  return {
    poolName: nodePoolName(name),
    capacity: pool.capacity,
    vmSize: vmSizeOf(name, pool),
    osSku: pool.accelerator === "none" ? "AzureLinux" : "Ubuntu",
    trustedLaunch: pool.architecture === "amd64" && pool.accelerator === "none",
    nodes: { min: pool.nodes.min, max: pool.nodes.max },
    diskGiB: pool.diskGiB,
    labels: poolLabels(name, pool),
    taints: [
      ...poolTaints(pool).map(({ key, value, effect }) => `${key}=${value}:${effect}`),
      ...(pool.capacity === "spot" ? [spotTaint] : []),
    ],
  };
}

function vmSizeOf(name: string, pool: NodePool): string {
  const machines = series
    .filter(({ architecture, accelerator }) => architecture === pool.architecture && accelerator === pool.accelerator)
    .flatMap(({ size, cpus, memoryPerCpuGiB }) =>
      cpus.map((count) => ({
        size: size.replace("#", String(count)),
        cpus: count,
        memoryGiB: Math.floor(count * memoryPerCpuGiB),
      })),
    )
    .sort((a, b) => a.cpus - b.cpus || a.memoryGiB - b.memoryGiB);
  if (machines.length === 0) {
    const refusal = pool.accelerator === "nvidia-l4" ? capabilityMatrix.azure["kubernetes.nvidia-l4-pool"] : undefined;
    throw new Error(
      refusal?.level === "refused"
        ? `nodePools.${name}: ${refusal.reason}: ${refusal.instead}`
        : `nodePools.${name}: Azure rents no ${pool.architecture} machine with ${pool.accelerator}: set architecture to "amd64" or accelerator to "none"`,
    );
  }
  const found = machines.find(({ cpus, memoryGiB }) => cpus >= pool.cpus && memoryGiB >= pool.memoryGiB);
  if (found !== undefined) return found.size;
  const most = Math.max(...machines.map(({ cpus }) => cpus));
  const largest = Math.max(...machines.map(({ memoryGiB }) => memoryGiB));
  throw new Error(
    `nodePools.${name}: no machine has ${String(pool.cpus)} processors and ${String(pool.memoryGiB)} GiB: ` +
      `ask for at most ${String(most)} in cpus and ${String(largest)} in memoryGiB`,
  );
}
