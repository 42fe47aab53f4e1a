import {
  poolLabels,
  poolTaints,
  type Accelerator,
  type Architecture,
  type Capacity,
  type NodePool,
} from "../contracts/node-pool";

/** Machines of one series: the number of processors decides the memory. */
interface MachineFamily {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  /** Memory in GiB for each virtual processor. */
  readonly memoryPerCpuGiB: number;
  /** Virtual processors of the machines that a node may be. */
  readonly cpus: readonly number[];
  readonly disk: BootDiskType;
}

/** Newer series take Hyperdisk alone, older ones no Hyperdisk Balanced: https://docs.cloud.google.com/compute/docs/disks/hyperdisks */
type BootDiskType = "hyperdisk-balanced" | "pd-balanced";

const upTo80 = [2, 4, 8, 16, 32, 48, 64, 80] as const;
const upTo72 = [1, 2, 4, 8, 16, 32, 48, 64, 72] as const;
const amd64 = { architecture: "amd64", accelerator: "none", disk: "hyperdisk-balanced", cpus: upTo80 } as const;
const arm64 = { architecture: "arm64", accelerator: "none", disk: "hyperdisk-balanced", cpus: upTo72 } as const;
const t4 = { architecture: "amd64", accelerator: "nvidia-t4", disk: "pd-balanced", cpus: [2, 4, 8, 16, 32] } as const;

/**
 * Families in order of preference. Series with shared processors are left out, a node is loaded all day, and so are machines with
 * several accelerators. Processors and memory:
 * https://docs.cloud.google.com/compute/docs/general-purpose-machines (N4, C4A, N1)
 * https://docs.cloud.google.com/compute/docs/accelerator-optimized-machines (G2)
 * At most 48 processors go with one T4: https://docs.cloud.google.com/compute/docs/gpus
 */
const gcpFamilies = {
  "n4-highcpu": { ...amd64, memoryPerCpuGiB: 2 },
  "n4-standard": { ...amd64, memoryPerCpuGiB: 4 },
  "n4-highmem": { ...amd64, memoryPerCpuGiB: 8 },
  "c4a-highcpu": { ...arm64, memoryPerCpuGiB: 2 },
  "c4a-standard": { ...arm64, memoryPerCpuGiB: 4 },
  "c4a-highmem": { ...arm64, memoryPerCpuGiB: 8 },
  "g2-standard": {
    architecture: "amd64",
    accelerator: "nvidia-l4",
    memoryPerCpuGiB: 4,
    cpus: [4, 8, 12, 16, 32],
    disk: "pd-balanced",
  },
  "n1-standard": { ...t4, memoryPerCpuGiB: 3.75 },
  "n1-highmem": { ...t4, memoryPerCpuGiB: 6.5 },
} as const satisfies Record<string, MachineFamily>;

/** Names of the accelerators in Compute Engine: https://docs.cloud.google.com/compute/docs/gpus */
const acceleratorTypes = {
  none: undefined,
  "nvidia-l4": "nvidia-l4",
  "nvidia-t4": "nvidia-tesla-t4",
} as const satisfies Record<Accelerator, string | undefined>;

/** A taint as GKE writes it. */
export interface GcpTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NO_SCHEDULE";
}

/** A pool of nodes as a node pool of GKE. */
export interface GcpNodePool {
  readonly capacity: Capacity;
  readonly architecture: Architecture;
  readonly machineType: string;
  /** Type of the accelerator, one in each node; `undefined` for none. */
  readonly accelerator: string | undefined;
  /** Bounds of all zones together. */
  readonly nodes: { readonly min: number; readonly max: number };
  readonly disk: { readonly type: BootDiskType; readonly sizeGiB: number };
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly GcpTaint[];
}

/**
 * The node pool that meets a need with the smallest machine.
 * Throws when no machine does, with what to change in `nodePools.<name>`.
 */
export function gcpPool(name: string, pool: NodePool): GcpNodePool {
  const { machineType, disk } = machineOf(name, pool);
  return {
    capacity: pool.capacity,
    architecture: pool.architecture,
    machineType,
    accelerator: acceleratorTypes[pool.accelerator],
    nodes: pool.nodes,
    disk: { type: disk, sizeGiB: pool.diskGiB },
    labels: poolLabels(name, pool),
    taints: poolTaints(pool).map(({ key, value }) => ({ key, value, effect: "NO_SCHEDULE" })),
  };
}

interface Machine {
  readonly machineType: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly disk: BootDiskType;
}

function machineOf(name: string, pool: NodePool): Machine {
  const kind = machinesOf(pool);
  if (kind.length === 0) {
    throw new Error(
      `nodePools.${name}: Google Cloud rents no ${pool.architecture} machine with ${pool.accelerator}: set architecture to "amd64" or accelerator to "none"`,
    );
  }
  const smallest = kind.find(({ cpus, memoryGiB }) => cpus >= pool.cpus && memoryGiB >= pool.memoryGiB);
  if (smallest !== undefined) return smallest;
  const most = Math.max(...kind.map(({ cpus }) => cpus));
  const largest = Math.max(...kind.map(({ memoryGiB }) => memoryGiB));
  throw new Error(
    `nodePools.${name}: no machine has ${String(pool.cpus)} processors and ${String(pool.memoryGiB)} GiB: ` +
      `ask for at most ${String(most)} in cpus and ${String(largest)} in memoryGiB`,
  );
}

/** Machines of the pool's kind, the smallest first. */
function machinesOf({ architecture, accelerator }: NodePool): readonly Machine[] {
  return Object.entries<MachineFamily>(gcpFamilies)
    .filter(([, family]) => family.architecture === architecture && family.accelerator === accelerator)
    .flatMap(([family, { cpus, memoryPerCpuGiB, disk }]) =>
      cpus.map((count) => ({
        machineType: `${family}-${String(count)}`,
        cpus: count,
        memoryGiB: count * memoryPerCpuGiB,
        disk,
      })),
    )
    .sort((a, b) => a.cpus - b.cpus || a.memoryGiB - b.memoryGiB);
}
