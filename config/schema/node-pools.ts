import { z } from "zod";
import {
  accelerators,
  architectures,
  capacities,
  type Accelerator,
  type Architecture,
  type Capacity,
  type NodePool,
} from "../../components/contracts/node-pool";
import { identifier, requirementOf, wholeNumber } from "./values";

export interface NodePoolDefaults {
  readonly capacity: Capacity;
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly diskGiB: number;
  readonly nodes: { readonly min: number; readonly max: number };
}

/**
 * Pools by their name, which stays: it is part of logical names and of a label of the nodes.
 *
 * @param defaults `machinesOf` finds the machines of the stack's cloud that meet a need, and throws where there are none
 */
export function nodePoolsSettings(defaults: {
  readonly pools: Record<string, NodePoolDefaults>;
  readonly machinesOf: (name: string, pool: NodePool) => unknown;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .record(identifier, nodePool)
    .superRefine((pools, context) => {
      const fault = (message: string, ...path: string[]) => {
        context.addIssue({ code: "custom", path, message });
      };
      const general = Object.values(pools).some(
        ({ capacity, accelerator, nodes }) => capacity === "on-demand" && accelerator === "none" && nodes.min > 0,
      );
      // Everything that tolerates no taint needs it, cluster DNS first.
      if (!general) fault("no pool on demand without accelerators has nodes.min of 1 or more: add one");
      for (const [name, pool] of Object.entries(pools)) {
        try {
          defaults.machinesOf(name, pool);
        } catch (error) {
          fault(error instanceof Error ? error.message : String(error), name);
        }
      }
    })
    .default(defaults.pools)
    .meta({ description: "Pools of nodes by a name of your choice that stays", ...requirement });
}

/** Numbers of nodes in all zones together. */
export const nodeBounds = z
  .strictObject({
    min: wholeNumber(0, 450).default(1).meta({ description: "Fewest nodes", unit: "nodes" }),
    max: wholeNumber(1, 450).default(3).meta({ description: "Most nodes", unit: "nodes" }),
  })
  .superRefine(({ min, max }, context) => {
    if (min <= max) return;
    const message = `min (${String(min)}) is above max (${String(max)}): lower min or raise max`;
    context.addIssue({ code: "custom", path: ["min"], message });
  });

const nodePool = z
  .strictObject({
    capacity: z.enum(capacities).default("on-demand").meta({
      description:
        "`spot`: spare capacity at a discount, taken back at short notice; only pods that tolerate it run there",
    }),
    architecture: z.enum(architectures).default("amd64").meta({ description: "Architecture of the processors" }),
    accelerator: z.enum(accelerators).default("none").meta({
      description: "Accelerator of each node; only pods that tolerate it run there",
    }),
    cpus: wholeNumber(1, 192).default(2).meta({ description: "Virtual processors of a node, at least" }),
    memoryGiB: wholeNumber(1, 1536).default(8).meta({ description: "Memory of a node, at least", unit: "GiB" }),
    diskGiB: wholeNumber(20, 16384).default(50).meta({ description: "Volume for images and pods", unit: "GiB" }),
    nodes: nodeBounds.prefault({}).meta({ description: "Bounds that the autoscaler keeps to" }),
  })
  .meta({ description: "One pool of nodes, as a need that each cloud meets with machines of its own" });
