import { z } from "zod";
import {
  cacheSizes,
  snapshotIntervals,
  type CacheSize,
  type SnapshotInterval,
} from "../../../components/azure/cache.plan";
import { byClass, requirementOf } from "../values";

/** Redis on Azure. */
export function azureCacheSettings(defaults: {
  readonly size: CacheSize;
  readonly nodes: 1 | 2 | typeof byClass;
  readonly snapshots: SnapshotInterval;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      size: z
        .enum(cacheSizes)
        .default(defaults.size)
        .meta({ description: "Memory in GB, and how many processors it has to itself", ...requirement }),
      nodes: z
        .literal([1, 2, byClass])
        .default(defaults.nodes)
        .meta({
          description: "2: a replica in another zone takes over. Chosen for life, and the same in both roles",
          unit: "nodes",
          ...requirement,
        }),
      snapshots: z
        .enum(snapshotIntervals)
        .default(defaults.snapshots)
        .meta({ description: "How often the data is written to disk" }),
      standby: z
        .strictObject({
          size: z.enum(cacheSizes).optional().meta({
            description: "Size in standby: the data must have room in it, and Azure must list it for the cache",
          }),
        })
        .optional()
        .meta({ description: "What is otherwise while the site is in standby: all that a cache changes in place" }),
    })
    .prefault({})
    .meta({ description: "Redis" });
}

export type AzureCacheSettings = z.output<ReturnType<typeof azureCacheSettings>>;
