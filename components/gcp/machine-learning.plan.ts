import type { Problem } from "../planning/machine-learning";

/** Names of AutoML, with the measure that it improves: https://docs.cloud.google.com/vertex-ai/docs/tabular-data/classification-regression/train-model */
const autoMl = {
  regression: { type: "regression", objective: "minimize-rmse" },
  "binary-classification": { type: "classification", objective: "maximize-au-prc" },
  "multiclass-classification": { type: "classification", objective: "minimize-log-loss" },
} as const satisfies Record<Problem, { type: string; objective: string }>;

/** Google's image of the steps: https://github.com/kubeflow/pipelines/tree/master/components/google-cloud */
const image = "gcr.io/ml-pipeline/google-cloud-pipeline-components:2.22.0";

/** Thousandths of an hour that training may take: https://docs.cloud.google.com/vertex-ai/docs/quotas#tabular */
const budgetBounds = { least: 1_000, most: 72_000 } as const;

export interface TrainingPlan {
  readonly problem: Problem;
  readonly project: string;
  readonly region: string;
  /** Name that models are registered under. */
  readonly model: string;
  /** Minutes until training ends with the best model so far; less than an hour counts as one. */
  readonly maxRuntimeMinutes: number;
  readonly keyId: string;
}

/** Values that a run may be given instead. */
export interface TrainingParameters {
  /** Training data: `gs://bucket/prefix/*.csv`. */
  readonly input: string;
  /** Column of the training data that the model learns to tell. */
  readonly target: string;
}

/** The budget of a run in thousandths of an hour. */
export function trainingBudget(minutes: number): number {
  return Math.min(budgetBounds.most, Math.max(budgetBounds.least, Math.round((minutes * 1000) / 60)));
}

/**
 * A pipeline that makes a dataset of the training data, trains by AutoML and registers the model.
 * https://www.kubeflow.org/docs/components/pipelines/user-guides/core-functions/compile-a-pipeline/#ir-yaml
 */
export function trainingPipeline(plan: TrainingPlan, defaults: TrainingParameters): string {
  const { type, objective } = autoMl[plan.problem];
  const text = (defaultValue?: string) => ({
    parameterType: "STRING",
    ...(defaultValue === undefined ? {} : { defaultValue }),
  });
  const artifact = (title: string) => ({ artifactType: { schemaTitle: title, schemaVersion: "0.0.1" } });
  const parameter = (componentInputParameter: string) => ({ componentInputParameter });
  return JSON.stringify({
    schemaVersion: "2.1.0",
    sdkVersion: "kfp-2.14.6",
    pipelineInfo: { name: "training" },
    root: {
      inputDefinitions: { parameters: { input: text(defaults.input), target: text(defaults.target) } },
      dag: {
        tasks: {
          dataset: {
            taskInfo: { name: "dataset" },
            componentRef: { name: "comp-dataset" },
            // Data change under the same name: an earlier dataset is never taken for them.
            cachingOptions: {},
            inputs: { parameters: { input: parameter("input") } },
          },
          train: {
            taskInfo: { name: "train" },
            componentRef: { name: "comp-train" },
            cachingOptions: {},
            dependentTasks: ["dataset"],
            inputs: {
              parameters: { target: parameter("target") },
              artifacts: {
                dataset: { taskOutputArtifact: { producerTask: "dataset", outputArtifactKey: "dataset" } },
              },
            },
          },
        },
      },
    },
    components: {
      "comp-dataset": {
        executorLabel: "exec-dataset",
        inputDefinitions: { parameters: { input: text() } },
        outputDefinitions: { artifacts: { dataset: artifact("google.VertexDataset") } },
      },
      "comp-train": {
        executorLabel: "exec-train",
        inputDefinitions: {
          parameters: { target: text() },
          artifacts: { dataset: artifact("google.VertexDataset") },
        },
        outputDefinitions: { artifacts: { model: artifact("google.VertexModel") } },
      },
    },
    deploymentSpec: {
      executors: {
        "exec-dataset": step("TabularDataset", "create", "dataset", {
          "method.project": plan.project,
          "method.location": plan.region,
          "method.display_name": plan.model,
          "method.gcs_source": "{{$.inputs.parameters['input']}}",
          "method.encryption_spec_key_name": plan.keyId,
        }),
        "exec-train": step("AutoMLTabularTrainingJob", "run", "model", {
          "init.project": plan.project,
          "init.location": plan.region,
          "init.display_name": plan.model,
          "init.optimization_prediction_type": type,
          "init.optimization_objective": objective,
          "init.training_encryption_spec_key_name": plan.keyId,
          "init.model_encryption_spec_key_name": plan.keyId,
          "method.dataset": "{{$.inputs.artifacts['dataset'].metadata['resourceName']}}",
          "method.target_column": "{{$.inputs.parameters['target']}}",
          "method.budget_milli_node_hours": String(trainingBudget(plan.maxRuntimeMinutes)),
          "method.model_display_name": plan.model,
        }),
      },
    },
  });
}

/** A step that calls a method of the SDK, whose result is the artifact. */
function step(className: string, method: string, result: string, options: Readonly<Record<string, string>>) {
  return {
    container: {
      image,
      command: [
        "python3",
        "-m",
        "google_cloud_pipeline_components.container.v1.aiplatform.remote_runner",
        "--cls_name",
        className,
        "--method_name",
        method,
      ],
      args: [
        ...Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]),
        "--executor_input",
        "{{$}}",
        "--resource_name_output_artifact_uri",
        `{{$.outputs.artifacts['${result}'].uri}}`,
      ],
    },
  };
}
