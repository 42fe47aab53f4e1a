import { z } from "zod";
import { instanceMemories } from "../../../components/azure/functions.plan";
import { createOrSkip, requirementOf, wholeNumber } from "../values";

const mostAlwaysReady = 20;
const availabilities = ["single-zone", "zones"] as const;

/** Settings of the function that archives the event stream in the lake, on Azure Functions. */
export function azureFunctionSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly topic: string;
  /** Sizes in standby. Default: those of the active role. */
  readonly standby?: {
    readonly concurrency?: number;
    readonly alwaysReady?: number;
    readonly availability?: (typeof availabilities)[number];
  };
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  // https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan
  const concurrency = wholeNumber(1, 1000);
  const alwaysReady = wholeNumber(0, mostAlwaysReady);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({
        description: "Whether functions run on the event stream; they need both stream and lake",
        ...requirement,
      }),
      topic: z
        .string()
        .min(1, "name a topic of the event stream")
        .default(defaults.topic)
        .meta({ description: "Topic whose events are archived in the lake", ...requirement }),
      memoryMiB: z
        .literal(instanceMemories, { error: `give ${instanceMemories.join(", ")}: the sizes that Azure has` })
        .default(512)
        .meta({ description: "Memory of an instance", unit: "MiB" }),
      timeoutSeconds: wholeNumber(1, 3600)
        .default(60)
        .meta({ description: "When a run is broken off", unit: "seconds" }),
      batchSize: wholeNumber(1, 10_000)
        .default(1000)
        .meta({ description: "Records in a batch at most", unit: "records" }),
      batchWindowSeconds: wholeNumber(1, 300)
        .default(60)
        .meta({ description: "How long a batch is filled", unit: "seconds" }),
      concurrency: concurrency.default(5).meta({
        description: "Instances at most; more than partitions are never used",
        unit: "instances",
      }),
      alwaysReady: alwaysReady.default(0).meta({
        description: "Instances that run all the time, and are billed for it",
        unit: "instances",
      }),
      availability: z.enum(availabilities).default("single-zone").meta({
        description: "`zones` runs two instances at least all the time, in two zones",
      }),
      standby: z
        .strictObject({
          concurrency: concurrency.optional().meta({ description: "Instances at most", unit: "instances" }),
          alwaysReady: alwaysReady.optional().meta({
            description: "Instances that run all the time",
            unit: "instances",
          }),
          availability: z.enum(availabilities).optional().meta({ description: "Zones that instances run in" }),
        })
        .default({ ...defaults.standby })
        .meta({ description: "What is other in standby; all of it changes in place" }),
    })
    .prefault({})
    .meta({ description: "Functions on the event stream" });
}

export type AzureFunctionSettings = z.output<ReturnType<typeof azureFunctionSettings>>;
