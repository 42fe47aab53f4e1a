import type { Problem } from "../planning/machine-learning";

/** Names of AutoML, with the measure that it improves: https://learn.microsoft.com/azure/machine-learning/how-to-configure-auto-train#primary-metric */
export const automl = {
  regression: { task: "regression", metric: "normalized_root_mean_squared_error" },
  "binary-classification": { task: "classification", metric: "average_precision_score_weighted" },
  "multiclass-classification": { task: "classification", metric: "accuracy" },
} as const satisfies Record<Problem, { task: "classification" | "regression"; metric: string }>;

export interface TrainingPlan {
  readonly problem: Problem;
  /** Column of the training data that the model learns to tell. */
  readonly target: string;
  /** Minutes until training ends with the best model so far. */
  readonly maxRuntimeMinutes: number;
  /** Machines that train at the same time at most. */
  readonly machines: number;
}

/**
 * The one step of the pipeline, in the form that nodes of a pipeline have: it trains by AutoML and hands over the best model.
 * https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline,
 * https://github.com/Azure/azureml-examples/tree/main/cli/jobs/pipelines/automl
 */
export function trainingStep({ problem, target, maxRuntimeMinutes, machines }: TrainingPlan) {
  const { task, metric } = automl[problem];
  return {
    type: "automl",
    task,
    primary_metric: metric,
    target_column_name: target,
    training_data: "${{parent.inputs.training_data}}",
    n_cross_validations: "auto",
    featurization: { mode: "auto" },
    limits: { timeout_minutes: maxRuntimeMinutes, max_concurrent_trials: machines, enable_early_termination: true },
    outputs: { best_model: { type: "literal", value: "${{parent.outputs.best_model}}" } },
  };
}
