import { z } from "zod";
import { problems, type Problem } from "../../components/planning/machine-learning";
import { createOrSkip, requirementOf, text, wholeNumber } from "./values";

export interface MachineLearningDefaults {
  readonly mode: "create" | "skip";
  readonly problem: Problem;
  readonly target: string;
  readonly requirement?: string;
}

/** What is trained, and for how long; a cloud says how short that may be. */
export function machineLearningFields(defaults: MachineLearningDefaults, leastRuntimeMinutes: number) {
  const requirement = requirementOf(defaults.requirement);
  return {
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
    maxRuntimeMinutes: wholeNumber(leastRuntimeMinutes, 1440)
      .default(60)
      .meta({ description: "When training ends with the best model so far", unit: "minutes" }),
  };
}

export function machineLearningSettings(defaults: MachineLearningDefaults) {
  return z.strictObject(machineLearningFields(defaults, 10)).prefault({}).meta({ description: "Training of models" });
}

export type MachineLearningSettings = z.output<ReturnType<typeof machineLearningSettings>>;
