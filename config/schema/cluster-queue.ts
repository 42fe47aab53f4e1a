import { z } from "zod";
import { byClass, createOrSkip, requirementOf, wholeNumber } from "./values";

/** Processors and memory of one node; no volume, since a volume never shrinks, and no count, since nodes never leave. */
const standbySize = z
  .strictObject({
    cpus: wholeNumber(1, 64).meta({ description: "Processors of each node", unit: "processors" }),
    memoryGiB: wholeNumber(2, 256).meta({ description: "Memory of each node", unit: "GiB" }),
  })
  .meta({ description: "What each node has while the site is a standby; a switch of role rolls through the nodes" });

/** RabbitMQ on the cluster: for sites whose cloud has no service for it. */
export function clusterQueueSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly availability: "single-instance" | "cluster" | typeof byClass;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly storageGiB: number;
  /** Default: as large as an active site. */
  readonly standby?: { readonly cpus: number; readonly memoryGiB: number };
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  const standby = defaults.standby === undefined ? standbySize.optional() : standbySize.default(defaults.standby);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({ description: "Whether there is a message queue", ...requirement }),
      engineVersion: z.enum(["4.3"]).default("4.3").meta({ description: "Version of RabbitMQ" }),
      // https://www.rabbitmq.com/kubernetes/operator/using-operator#scaling
      availability: z
        .enum(["single-instance", "cluster", byClass])
        .default(defaults.availability)
        .meta({
          description: "`cluster`: three nodes in different zones; a cluster never becomes one node",
          ...requirement,
        }),
      cpus: wholeNumber(1, 64)
        .default(defaults.cpus)
        .meta({ description: "Processors of each node", unit: "processors", ...requirement }),
      memoryGiB: wholeNumber(2, 256)
        .default(defaults.memoryGiB)
        .meta({
          description: "Memory of each node; with 60 % in use it takes no more messages",
          unit: "GiB",
          ...requirement,
        }),
      storageGiB: wholeNumber(10, 16384)
        .default(defaults.storageGiB)
        .meta({ description: "Volume of each node; it grows and never shrinks", unit: "GiB" }),
      standby,
    })
    .prefault({})
    .meta({ description: "Message queue on the cluster" });
}

export type ClusterQueueSettings = z.output<ReturnType<typeof clusterQueueSettings>>;
