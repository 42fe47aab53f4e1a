import {
  poolLabels,
  poolTaints,
  type Accelerator,
  type Architecture,
  type Capacity,
  type NodePool,
} from "../contracts/node-pool";

/** Machines of one series: the number of processors decides the memory. */
interface InstanceFamily {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  /** Memory in GiB for each virtual processor. */
  readonly memoryPerCpuGiB: number;
  /** Sizes that a node may have. Those with several accelerators are left out: a pool asks for one in each node. */
  readonly sizes: readonly Size[];
}

/** Virtual processors of each size: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html */
const cpusOf = {
  medium: 1,
  large: 2,
  xlarge: 4,
  "2xlarge": 8,
  "4xlarge": 16,
  "8xlarge": 32,
  "12xlarge": 48,
  "16xlarge": 64,
  "24xlarge": 96,
  "32xlarge": 128,
  "48xlarge": 192,
} as const;

type Size = keyof typeof cpusOf;

const upTo12 = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge"] as const satisfies readonly Size[];
const upTo16 = [...upTo12, "16xlarge"] as const;
const upTo24 = [...upTo16, "24xlarge"] as const;
const oneGpu = ["xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"] as const satisfies readonly Size[];

const amd64 = { architecture: "amd64", accelerator: "none" } as const;
const arm64 = { architecture: "arm64", accelerator: "none" } as const;

/**
 * Families in order of preference: newer ones do more for their price. Burstable ones are left out, a node is loaded all day.
 * Sizes as in the service model of EC2 (botocore 1.43.11); processors and memory of each family:
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/co.html, gp.html, mo.html and ac.html.
 */
const awsFamilies = {
  c7i: { ...amd64, memoryPerCpuGiB: 2, sizes: [...upTo24, "48xlarge"] },
  c6i: { ...amd64, memoryPerCpuGiB: 2, sizes: [...upTo24, "32xlarge"] },
  m7i: { ...amd64, memoryPerCpuGiB: 4, sizes: [...upTo24, "48xlarge"] },
  m7a: { ...amd64, memoryPerCpuGiB: 4, sizes: ["medium", ...upTo24, "32xlarge", "48xlarge"] },
  m6i: { ...amd64, memoryPerCpuGiB: 4, sizes: [...upTo24, "32xlarge"] },
  m6a: { ...amd64, memoryPerCpuGiB: 4, sizes: [...upTo24, "32xlarge", "48xlarge"] },
  r7i: { ...amd64, memoryPerCpuGiB: 8, sizes: [...upTo24, "48xlarge"] },
  r6i: { ...amd64, memoryPerCpuGiB: 8, sizes: [...upTo24, "32xlarge"] },
  c8g: { ...arm64, memoryPerCpuGiB: 2, sizes: ["medium", ...upTo24, "48xlarge"] },
  c7g: { ...arm64, memoryPerCpuGiB: 2, sizes: ["medium", ...upTo16] },
  m8g: { ...arm64, memoryPerCpuGiB: 4, sizes: ["medium", ...upTo24, "48xlarge"] },
  m7g: { ...arm64, memoryPerCpuGiB: 4, sizes: ["medium", ...upTo16] },
  r8g: { ...arm64, memoryPerCpuGiB: 8, sizes: ["medium", ...upTo24, "48xlarge"] },
  r7g: { ...arm64, memoryPerCpuGiB: 8, sizes: ["medium", ...upTo16] },
  g6: { architecture: "amd64", accelerator: "nvidia-l4", memoryPerCpuGiB: 4, sizes: oneGpu },
  g4dn: { architecture: "amd64", accelerator: "nvidia-t4", memoryPerCpuGiB: 4, sizes: oneGpu },
} as const satisfies Record<string, InstanceFamily>;

/** Images of EKS by architecture; those with accelerators bring the driver, not the device plugin. */
const amiTypes = {
  amd64: { plain: "AL2023_x86_64_STANDARD", accelerated: "AL2023_x86_64_NVIDIA" },
  arm64: { plain: "AL2023_ARM_64_STANDARD", accelerated: "AL2023_ARM_64_NVIDIA" },
} as const satisfies Record<Architecture, { readonly plain: string; readonly accelerated: string }>;

/** A pool of spot capacity is refilled from another machine type when one runs out. */
const leastSpotTypes = 2;

/** A taint as EKS writes it. */
export interface AwsTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NO_SCHEDULE";
}

/** A pool of nodes as a managed node group of EKS. */
export interface AwsNodePool {
  readonly capacity: Capacity;
  /** One on demand; several of the same size for spot, in order of preference. */
  readonly instanceTypes: readonly string[];
  readonly amiType: string;
  readonly nodes: { readonly desired: number; readonly min: number; readonly max: number };
  readonly disk: { readonly type: "gp3"; readonly sizeGiB: number };
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly AwsTaint[];
}

interface Machine {
  readonly type: string;
  readonly cpus: number;
  readonly memoryGiB: number;
}

/**
 * The node group that meets a need with the smallest machine.
 * Throws when no machine does, with what to change in `nodePools.<name>`.
 */
export function awsPool(name: string, pool: NodePool): AwsNodePool {
  const { min, max } = pool.nodes;
  return {
    capacity: pool.capacity,
    instanceTypes: instanceTypesOf(name, pool),
    amiType: amiTypes[pool.architecture][pool.accelerator === "none" ? "plain" : "accelerated"],
    nodes: { desired: min, min, max },
    disk: { type: "gp3", sizeGiB: pool.diskGiB },
    labels: poolLabels(name, pool),
    taints: poolTaints(pool).map(({ key, value }) => ({ key, value, effect: "NO_SCHEDULE" })),
  };
}

function instanceTypesOf(name: string, pool: NodePool): readonly string[] {
  const kind = machinesOf(pool);
  if (kind.length === 0) {
    throw new Error(
      `nodePools.${name}: AWS rents no ${pool.architecture} machine with ${pool.accelerator}: set architecture to "amd64" or accelerator to "none"`,
    );
  }
  const fitting = kind.filter(({ cpus, memoryGiB }) => cpus >= pool.cpus && memoryGiB >= pool.memoryGiB);
  const [smallest] = fitting;
  if (smallest === undefined) {
    const most = Math.max(...kind.map(({ cpus }) => cpus));
    const largest = Math.max(...kind.map(({ memoryGiB }) => memoryGiB));
    throw new Error(
      `nodePools.${name}: no machine has ${String(pool.cpus)} processors and ${String(pool.memoryGiB)} GiB: ` +
        `ask for at most ${String(most)} in cpus and ${String(largest)} in memoryGiB`,
    );
  }
  if (pool.capacity === "on-demand") return [smallest.type];
  const same = fitting.filter(({ cpus, memoryGiB }) => cpus === smallest.cpus && memoryGiB === smallest.memoryGiB);
  const larger = fitting.filter((machine) => !same.includes(machine));
  // The autoscaler reckons with the first type, so what follows may be larger, never smaller.
  return [...same, ...larger.slice(0, Math.max(0, leastSpotTypes - same.length))].map(({ type }) => type);
}

/** Machines of the pool's kind, the smallest first and those of one size in the order of the table. */
function machinesOf({ architecture, accelerator }: NodePool): readonly Machine[] {
  return Object.entries<InstanceFamily>(awsFamilies)
    .filter(([, family]) => family.architecture === architecture && family.accelerator === accelerator)
    .flatMap(([family, { sizes, memoryPerCpuGiB }]) =>
      sizes.map((size) => ({
        type: `${family}.${size}`,
        cpus: cpusOf[size],
        memoryGiB: cpusOf[size] * memoryPerCpuGiB,
      })),
    )
    .sort((a, b) => a.cpus - b.cpus || a.memoryGiB - b.memoryGiB);
}
