import { z } from "zod";
import { createOrSkip, requirementOf, wholeNumber } from "./values";

export interface FunctionDefaults {
  readonly mode: "create" | "skip";
  readonly topic: string;
  readonly requirement?: string;
}

/** Whether there are functions, and the topic that they read. */
export function functionFields(defaults: FunctionDefaults) {
  const requirement = requirementOf(defaults.requirement);
  return {
    mode: createOrSkip(defaults.mode).meta({
      description: "Whether functions run on the event stream; they need both stream and lake",
      ...requirement,
    }),
    topic: z
      .string()
      .min(1, "name a topic of the event stream")
      .default(defaults.topic)
      .meta({ description: "Topic whose events are archived in the lake", ...requirement }),
  };
}

/** How long a run takes at most, and the batch that it is given, within the bounds of a cloud. */
export function runFields(bounds: { readonly mostTimeoutSeconds: number; readonly leastWindowSeconds: number }) {
  return {
    timeoutSeconds: wholeNumber(1, bounds.mostTimeoutSeconds)
      .default(60)
      .meta({ description: "When a run is broken off", unit: "seconds" }),
    batchSize: wholeNumber(1, 10_000)
      .default(1000)
      .meta({ description: "Records in a batch at most", unit: "records" }),
    batchWindowSeconds: wholeNumber(bounds.leastWindowSeconds, 300)
      .default(60)
      .meta({ description: "How long a batch is filled", unit: "seconds" }),
  };
}

/** Settings of the function that archives the event stream in the lake. */
export function functionSettings(defaults: FunctionDefaults) {
  return z
    .strictObject({
      ...functionFields(defaults),
      memoryMiB: wholeNumber(128, 10_240).default(256).meta({ description: "Memory of a run", unit: "MiB" }),
      ...runFields({ mostTimeoutSeconds: 900, leastWindowSeconds: 0 }),
      concurrency: wholeNumber(1, 900).default(5).meta({
        description:
          "Runs at the same time at most, kept free out of the account's; more than partitions are never used",
        unit: "runs",
      }),
    })
    .prefault({})
    .meta({ description: "Functions on the event stream" });
}

export type FunctionSettings = z.output<ReturnType<typeof functionSettings>>;
