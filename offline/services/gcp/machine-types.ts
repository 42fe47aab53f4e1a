import { regionOfZone } from "./regions";

/** A family of machines: its sizes, the processor, and the zones that lack it where that is known. */
interface Family {
  readonly sizes: readonly string[];
  readonly arm?: boolean;
  /** Accelerators that come with a size, by size; the machine has no other. */
  readonly accelerators?: { readonly type: string; readonly count: Readonly<Record<string, number>> };
  /** Zones of a region that have it; a region that is not listed is taken to have it everywhere. */
  readonly zones?: Readonly<Record<string, readonly string[]>>;
}

const of = (kind: string, ...sizes: readonly number[]): readonly string[] =>
  sizes.map((size) => `${kind}-${String(size)}`);

/**
 * Machine types: https://docs.cloud.google.com/compute/docs/machine-resource
 * Zones: https://docs.cloud.google.com/compute/docs/regions-zones#available
 */
const FAMILIES: Readonly<Record<string, Family>> = {
  a2: {
    sizes: ["highgpu-1g", "highgpu-2g", "highgpu-4g", "highgpu-8g"],
    accelerators: {
      type: "nvidia-tesla-a100",
      count: { "highgpu-1g": 1, "highgpu-2g": 2, "highgpu-4g": 4, "highgpu-8g": 8 },
    },
  },
  c2: { sizes: of("standard", 4, 8, 16, 30, 60) },
  c2d: { sizes: ["standard", "highcpu", "highmem"].flatMap((kind) => of(kind, 2, 4, 8, 16, 32, 56, 112)) },
  c3: { sizes: ["standard", "highcpu", "highmem"].flatMap((kind) => of(kind, 4, 8, 22, 44, 88, 176)) },
  c3d: { sizes: ["standard", "highcpu", "highmem"].flatMap((kind) => of(kind, 4, 8, 16, 30, 60, 90, 180, 360)) },
  c4: {
    sizes: ["standard", "highcpu", "highmem"].flatMap((kind) => of(kind, 2, 4, 8, 16, 24, 32, 48, 96, 144, 192, 288)),
  },
  c4a: {
    sizes: ["standard", "highcpu", "highmem"].flatMap((kind) => of(kind, 1, 2, 4, 8, 16, 32, 48, 64, 72)),
    arm: true,
  },
  c4d: {
    sizes: ["standard", "highcpu", "highmem"].flatMap((kind) => of(kind, 2, 4, 8, 16, 32, 48, 64, 96, 192, 384)),
  },
  e2: {
    sizes: [
      "micro",
      "small",
      "medium",
      ...of("standard", 2, 4, 8, 16, 32),
      ...of("highmem", 2, 4, 8, 16),
      ...of("highcpu", 2, 4, 8, 16, 32),
    ],
  },
  g2: {
    sizes: of("standard", 4, 8, 12, 16, 24, 32, 48, 96),
    accelerators: {
      type: "nvidia-l4",
      count: {
        "standard-4": 1,
        "standard-8": 1,
        "standard-12": 1,
        "standard-16": 1,
        "standard-24": 2,
        "standard-32": 1,
        "standard-48": 4,
        "standard-96": 8,
      },
    },
    // https://docs.cloud.google.com/compute/docs/gpus/gpu-regions-zones
    zones: {
      "us-central1": ["us-central1-a", "us-central1-b", "us-central1-c"],
      "us-west4": ["us-west4-a", "us-west4-c"],
    },
  },
  n1: {
    sizes: [
      ...of("standard", 1, 2, 4, 8, 16, 32, 64, 96),
      ...of("highmem", 2, 4, 8, 16, 32, 64, 96),
      ...of("highcpu", 2, 4, 8, 16, 32, 64, 96),
    ],
  },
  n2: {
    sizes: [
      ...["standard", "highmem"].flatMap((kind) => of(kind, 2, 4, 8, 16, 32, 48, 64, 80, 96, 128)),
      ...of("highcpu", 2, 4, 8, 16, 32, 48, 64, 80, 96),
    ],
  },
  n2d: {
    sizes: [
      ...of("standard", 2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224),
      ...of("highmem", 2, 4, 8, 16, 32, 48, 64, 80, 96),
      ...of("highcpu", 2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224),
    ],
  },
  n4: { sizes: ["standard", "highcpu", "highmem"].flatMap((kind) => of(kind, 2, 4, 8, 16, 32, 48, 64, 80)) },
  n4a: { sizes: ["standard", "highcpu", "highmem"].flatMap((kind) => of(kind, 1, 2, 4, 8, 16, 32, 48, 64)), arm: true },
  t2a: {
    sizes: of("standard", 1, 2, 4, 8, 16, 32, 48),
    arm: true,
    // https://docs.cloud.google.com/compute/docs/general-purpose-machines#t2a_machines
    zones: {
      "us-central1": ["us-central1-a", "us-central1-b", "us-central1-f"],
      "europe-west4": ["europe-west4-a", "europe-west4-b", "europe-west4-c"],
      "asia-southeast1": ["asia-southeast1-b", "asia-southeast1-c"],
    },
  },
  t2d: { sizes: of("standard", 1, 2, 4, 8, 16, 32, 48, 60) },
};

/** Accelerators that are attached to a machine, by type: the families that take them, and where they are known to be lacking. */
const ATTACHED: Readonly<Record<string, readonly string[]>> = {
  "nvidia-tesla-p100": ["n1"],
  "nvidia-tesla-p4": ["n1"],
  "nvidia-tesla-t4": ["n1"],
  "nvidia-tesla-v100": ["n1"],
};

function split(machine: string): { readonly family: string; readonly size: string } {
  const [family = "", ...rest] = machine.split("-");
  return { family, size: rest.join("-") };
}

/** Whether there is such a machine type in a zone. Custom types of a family, such as `n2-custom-4-8192`, are taken to be right. */
export function isMachineType(machine: string, zone: string): boolean {
  const { family, size } = split(machine);
  const known = FAMILIES[family];
  if (known === undefined) return false;
  if (!known.sizes.includes(size) && !/^custom-\d+-\d+(-ext)?$/.test(size)) return false;
  return known.zones?.[regionOfZone(zone)]?.includes(zone) ?? true;
}

export function isArm(machine: string): boolean {
  return FAMILIES[split(machine).family]?.arm === true;
}

/** The accelerators that a machine type brings; undefined for one that brings none. */
export function acceleratorsOf(machine: string): { readonly type: string; readonly count: number } | undefined {
  const { family, size } = split(machine);
  const found = FAMILIES[family]?.accelerators;
  const count = found?.count[size];
  return found === undefined || count === undefined ? undefined : { type: found.type, count };
}

/** What is wrong with accelerators on a machine type, in the words of GKE; undefined when nothing is. */
export function acceleratorProblem(machine: string, type: string, count: number): string | undefined {
  const own = acceleratorsOf(machine);
  if (own !== undefined) {
    if (own.type === type && own.count === count) return undefined;
    return `Machine type ${machine} comes with ${String(own.count)} ${own.type}, not with ${String(count)} ${type}.`;
  }
  const families = ATTACHED[type];
  if (families === undefined) return `Accelerator type "${type}" cannot be attached to machine type ${machine}.`;
  if (!families.includes(split(machine).family)) {
    return `Accelerator type "${type}" can be attached to ${families.join(", ")} machines only, not to ${machine}.`;
  }
  return [1, 2, 4, 8].includes(count) ? undefined : `${String(count)} ${type} cannot be attached: 1, 2, 4 or 8.`;
}
