/** `spot`: spare capacity at a discount, taken back at short notice. */
export const capacities = ["on-demand", "spot"] as const;

export type Capacity = (typeof capacities)[number];

export const architectures = ["amd64", "arm64"] as const;

export type Architecture = (typeof architectures)[number];

/** Accelerators that all three clouds rent by the node. */
export const accelerators = ["none", "nvidia-l4", "nvidia-t4"] as const;

export type Accelerator = (typeof accelerators)[number];

/** Nodes of a kind, as a need: each cloud has a table that makes machine types of it. */
export interface NodePool {
  readonly capacity: Capacity;
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  /** Virtual processors of a node, at least. */
  readonly cpus: number;
  /** Memory of a node in GiB, at least. */
  readonly memoryGiB: number;
  /** Volume for images and pods, in GiB. */
  readonly diskGiB: number;
  /** Bounds that the autoscaler keeps to. A pool with `min` 0 costs nothing while nothing needs it. */
  readonly nodes: { readonly min: number; readonly max: number };
}

/** Labels of every node of a pool, the same on all clouds. */
export function poolLabels(name: string, { capacity, accelerator }: NodePool): Readonly<Record<string, string>> {
  return { "platform/pool": name, "platform/capacity": capacity, "platform/accelerator": accelerator };
}

/** A taint of every node of a pool: only who tolerates it is scheduled there. */
export interface PoolTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule";
}

/** Spot nodes vanish and accelerators are dear, so nothing lands on either by chance. */
export function poolTaints({ capacity, accelerator }: NodePool): readonly PoolTaint[] {
  return [
    ...(capacity === "spot" ? [{ key: "platform/capacity", value: "spot", effect: "NoSchedule" as const }] : []),
    ...(accelerator === "none"
      ? []
      : [{ key: "platform/accelerator", value: accelerator, effect: "NoSchedule" as const }]),
  ];
}
