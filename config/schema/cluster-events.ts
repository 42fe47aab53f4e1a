import { z } from "zod";
import { createOrSkip, requirementOf, text, wholeNumber } from "./values";

/** Names of topics, without the point and the underscore, which collide in the names of measurements. */
const topic = text(/^[a-z][a-z0-9-]{0,248}$/, "lower-case letters, digits and hyphens, a letter first");

/** Processors and memory of one broker; no volume, since a volume never shrinks. */
const standbySize = z
  .strictObject({
    cpus: wholeNumber(1, 64).meta({ description: "Processors of each broker", unit: "processors" }),
    memoryGiB: wholeNumber(2, 256).meta({ description: "Memory of each broker, half of it for the heap", unit: "GiB" }),
  })
  .meta({
    description: "What each broker has while the site is a standby; a switch of role rolls through the brokers",
  });

/** Kafka on the cluster: for sites whose cloud has no service that clients log in to with SCRAM. */
export function clusterEventSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly storageGiB: number;
  /** Default: as large as an active site. */
  readonly standby?: { readonly cpus: number; readonly memoryGiB: number };
  readonly topics: Readonly<Record<string, { readonly partitions: number; readonly retentionHours: number }>>;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  const standby = defaults.standby === undefined ? standbySize.optional() : standbySize.default(defaults.standby);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({ description: "Whether there is an event stream", ...requirement }),
      version: z
        .enum(["4.3", "4.2"])
        .default("4.2")
        .meta({ description: "Version of Apache Kafka; 4.2 is the newest that all clouds have" }),
      cpus: wholeNumber(1, 64)
        .default(defaults.cpus)
        .meta({ description: "Processors of each of the three brokers", unit: "processors", ...requirement }),
      memoryGiB: wholeNumber(2, 256)
        .default(defaults.memoryGiB)
        .meta({ description: "Memory of each broker, half of it for the heap", unit: "GiB", ...requirement }),
      storageGiB: wholeNumber(24, 16384)
        .default(defaults.storageGiB)
        .meta({ description: "Volume of each broker; it grows and never shrinks", unit: "GiB" }),
      standby,
      topics: z
        .record(topic, z.strictObject({ partitions: wholeNumber(1, 1000), retentionHours: wholeNumber(1, 87_600) }))
        .default({ ...defaults.topics })
        .meta({ description: "Topics by name, each with `partitions` and `retentionHours`; partitions never shrink" }),
    })
    .prefault({})
    .meta({ description: "Event stream on the cluster" });
}

export type ClusterEventSettings = z.output<ReturnType<typeof clusterEventSettings>>;
