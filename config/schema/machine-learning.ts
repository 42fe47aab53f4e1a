import { z } from "zod";
import { problems, type Problem } from "../../components/planning/machine-learning";
import { createOrSkip, requirementOf, text, wholeNumber } from "./values";

export function machineLearningSettings(defaults: {
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
        .meta({ description: "Column that a model learns to tell; a run may name another" }),
      maxRuntimeMinutes: wholeNumber(10, 1440)
        .default(60)
        .meta({ description: "When training ends with the best model so far", unit: "minutes" }),
    })
    .prefault({})
    .meta({ description: "Training of models" });
}

export type MachineLearningSettings = z.output<ReturnType<typeof machineLearningSettings>>;
