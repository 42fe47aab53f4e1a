import { z } from "zod";
import { createOrSkip, requirementOf, text, wholeNumber } from "./values";

/** Names of topics, without the point and the underscore, which collide in the names of measurements. */
const topic = text(/^[a-z][a-z0-9-]{0,248}$/, "lower-case letters, digits and hyphens, a letter first");

export function eventSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly brokerType: string;
  readonly topics: Readonly<Record<string, { readonly partitions: number; readonly retentionHours: number }>>;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({ description: "Whether there is an event stream", ...requirement }),
      // The other clouds run Kafka on the cluster, and its operator takes no version below 4.2:
      // https://github.com/strimzi/strimzi-kafka-operator/blob/main/CHANGELOG.md
      version: z
        .enum(["4.2", "4.1", "4.0", "3.9"])
        .default("4.2")
        .meta({ description: "Version of Apache Kafka; 4.2 is the oldest that the other clouds have too" }),
      brokerType: text(/^kafka\.[a-z0-9]+\.[a-z0-9]+$/, "a machine such as kafka.m7g.large")
        .default(defaults.brokerType)
        .meta({ description: "Machine of each broker", ...requirement }),
      brokersPerZone: wholeNumber(1, 10)
        .default(1)
        .meta({
          description: "Brokers in each zone of the network",
          unit: "brokers",
          ...requirement,
        }),
      storageGiB: wholeNumber(1, 16384)
        .default(100)
        .meta({ description: "Storage of each broker at first", unit: "GiB" }),
      maxStorageGiB: wholeNumber(1, 16384)
        .default(1000)
        .meta({ description: "Storage that each broker may grow to by itself; it never shrinks", unit: "GiB" }),
      monitoring: z
        .enum(["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION"])
        .default("PER_BROKER")
        .meta({ description: "How fine measurements are; what is finer than `DEFAULT` is billed" }),
      withoutAcl: z.enum(["allow", "deny"]).default("allow").meta({
        description:
          "What users may do with a topic that no access control list names; with `deny` an administrator must add lists first",
      }),
      topics: z
        .record(
          topic,
          z.strictObject({
            partitions: wholeNumber(1, 1000),
            retentionHours: wholeNumber(1, 87_600),
          }),
        )
        .default({ ...defaults.topics })
        .meta({ description: "Topics by name, each with `partitions` and `retentionHours`; partitions never shrink" }),
    })
    .superRefine(({ storageGiB, maxStorageGiB }, context) => {
      if (maxStorageGiB >= storageGiB) return;
      context.addIssue({
        code: "custom",
        path: ["maxStorageGiB"],
        message: `maxStorageGiB (${String(maxStorageGiB)}) is below storageGiB (${String(storageGiB)}): raise the first or lower the second`,
      });
    })
    .prefault({})
    .meta({ description: "Event stream" });
}

export type EventSettings = z.output<ReturnType<typeof eventSettings>>;
