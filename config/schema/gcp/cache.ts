import { z } from "zod";
import type { AddIssue } from "../data";
import { requirementOf, wholeNumber, wholeNumberOrByClass, type byClass } from "../values";

/** Memory that read replicas take at least, in GiB: https://docs.cloud.google.com/memorystore/docs/redis/about-read-replicas */
const leastForReads = 5;

/** Redis on Memorystore. */
export function gcpCacheSettings(defaults: {
  readonly engineVersion: "7.0" | "7.2";
  readonly memoryGiB: number;
  readonly nodes: number | typeof byClass;
  readonly readReplicas: "on" | "off";
  readonly snapshotHours: 0 | 1 | 6 | 12 | 24;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      engineVersion: z
        .enum(["7.2", "7.0"])
        .default(defaults.engineVersion)
        .meta({
          description: "Version of Redis; 7.2 is the last one of Memorystore, and a lower one replaces the cache",
          ...requirement,
        }),
      memoryGiB: wholeNumber(1, 300)
        .default(defaults.memoryGiB)
        .meta({ description: "Memory of each node", unit: "GiB", ...requirement }),
      nodes: wholeNumberOrByClass(1, 6)
        .default(defaults.nodes)
        .meta({
          description:
            "One primary and its replicas; from two on they lie in several zones and fail over by themselves. From one to more replaces the cache",
          unit: "nodes",
          ...requirement,
        }),
      readReplicas: z
        .enum(["on", "off"])
        .default(defaults.readReplicas)
        .meta({
          description: `Whether replicas answer reads, for ever; more than two nodes and ${String(leastForReads)} GiB take it`,
          ...requirement,
        }),
      snapshotHours: z
        .literal([0, 1, 6, 12, 24])
        .default(defaults.snapshotHours)
        .meta({
          description: "Time between the snapshots that a failed cache comes back with; 0 takes none",
          unit: "hours",
          ...requirement,
        }),
    })
    .superRefine(({ nodes, readReplicas, memoryGiB }, context: AddIssue) => {
      if (readReplicas === "off" && typeof nodes === "number" && nodes > 2) {
        context.addIssue({
          code: "custom",
          path: ["nodes"],
          message: `is ${String(nodes)} while readReplicas is off, which allows one replica: give 2, or set readReplicas to on`,
        });
      }
      if (readReplicas === "on" && nodes !== 1 && memoryGiB < leastForReads) {
        context.addIssue({
          code: "custom",
          path: ["memoryGiB"],
          message: `is ${String(memoryGiB)} while readReplicas is on: give ${String(leastForReads)} or more, or set readReplicas to off`,
        });
      }
    })
    .prefault({})
    .meta({ description: "Redis" });
}

export type GcpCacheSettings = z.output<ReturnType<typeof gcpCacheSettings>>;
