import { z } from "zod";
import { problems, type Problem } from "../../../components/planning/machine-learning";
import { createOrSkip, requirementOf, text, wholeNumber } from "../values";

/** Training of models by Azure Machine Learning. */
export function azureMachineLearningSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly problem: Problem;
  readonly target: string;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({
        description: "Whether there is managed training of models; it needs the lake",
        ...requirement,
      }),
      problem: z
        .enum(problems)
        .default(defaults.problem)
        .meta({
          description: "What a model tells of a row: a value, one of two classes, or one of many",
          ...requirement,
        }),
      target: text(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "the name of a column: letters, digits and _")
        .default(defaults.target)
        .meta({ description: "Column that a model learns to tell" }),
      // https://learn.microsoft.com/azure/machine-learning/how-to-configure-auto-train#exit-criteria
      maxRuntimeMinutes: wholeNumber(15, 1440)
        .default(60)
        .meta({ description: "When training ends with the best model so far", unit: "minutes" }),
      machine: text(/^Standard_\w+$/, "a size of Azure such as Standard_D4ds_v5")
        .default("Standard_D4ds_v5")
        .meta({ description: "Size of the machines that train; never changes" }),
      machines: wholeNumber(1, 100)
        .default(2)
        .meta({ description: "Machines at most; none run while nothing trains", unit: "machines" }),
    })
    .prefault({})
    .meta({ description: "Training of models" });
}

export type AzureMachineLearningSettings = z.output<ReturnType<typeof azureMachineLearningSettings>>;
