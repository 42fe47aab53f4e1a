import type { Output } from "@pulumi/pulumi";

/** The cloud's managed training of models from tables (AutoML). */
export interface MachineLearning {
  /** The cloud's own name of the pipeline that trains. */
  readonly pipelineId: Output<string>;
  /** The cloud's own name of the place that trained models are kept in. */
  readonly modelRegistryId: Output<string>;
}
