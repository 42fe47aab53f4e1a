import { z } from "zod";
import { instanceMemories } from "../../../components/azure/functions.plan";
import { functionFields, runFields, type FunctionDefaults } from "../functions";
import { wholeNumber } from "../values";

const mostAlwaysReady = 20;
const availabilities = ["single-zone", "zones"] as const;

/** Settings of the function that archives the event stream in the lake, on Azure Functions. */
export function azureFunctionSettings(
  defaults: FunctionDefaults & {
    /** Sizes in standby. Default: those of the active role. */
    readonly standby?: {
      readonly concurrency?: number;
      readonly alwaysReady?: number;
      readonly availability?: (typeof availabilities)[number];
    };
  },
) {
  // https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan
  const concurrency = wholeNumber(1, 1000);
  const alwaysReady = wholeNumber(0, mostAlwaysReady);
  return z
    .strictObject({
      ...functionFields(defaults),
      memoryMiB: z
        .literal(instanceMemories, { error: `give ${instanceMemories.join(", ")}: the sizes that Azure has` })
        .default(512)
        .meta({ description: "Memory of an instance", unit: "MiB" }),
      ...runFields({ mostTimeoutSeconds: 3600, leastWindowSeconds: 1 }),
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
