import type { Problem } from "../planning/machine-learning";

/** Names of Autopilot, with the measure that it improves: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLJobObjective.html */
const autopilot = {
  regression: { type: "Regression", metric: "MSE" },
  "binary-classification": { type: "BinaryClassification", metric: "F1" },
  "multiclass-classification": { type: "MulticlassClassification", metric: "Accuracy" },
} as const satisfies Record<Problem, { type: string; metric: string }>;

export interface TrainingPlan {
  readonly problem: Problem;
  /** Column of the training data that the model learns to tell. */
  readonly target: string;
  /** Seconds until training ends with the best model so far. */
  readonly maxRuntimeSeconds: number;
  /** Where the training data are and where results go: `s3://bucket/prefix/`. */
  readonly input: string;
  readonly output: string;
  readonly keyArn: string;
  readonly roleArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly modelPackageGroup: string;
}

/** Variables that the container of an ensemble needs, with values that Autopilot chose. */
const containerVariables = [
  "MODEL_NAME",
  "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT",
  "SAGEMAKER_SUBMIT_DIRECTORY",
  "SAGEMAKER_INFERENCE_SUPPORTED",
  "SAGEMAKER_INFERENCE_OUTPUT",
  "SAGEMAKER_PROGRAM",
] as const;

/**
 * A pipeline that trains models by Autopilot and registers the best one, which waits for approval.
 * https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
 *
 * The step takes the arguments of CreateAutoMLJob, not of its second version, and ensembles alone:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-automl
 */
export function trainingPipeline(plan: TrainingPlan): string {
  const { type, metric } = autopilot[plan.problem];
  const best = (path: string) => ({ Get: `Steps.Train.BestCandidate.InferenceContainers[0].${path}` });
  return JSON.stringify({
    Version: "2020-12-01",
    Metadata: {},
    Parameters: [
      { Name: "Input", Type: "String", DefaultValue: plan.input },
      { Name: "Target", Type: "String", DefaultValue: plan.target },
    ],
    Steps: [
      {
        Name: "Train",
        Type: "AutoML",
        Arguments: {
          InputDataConfig: [
            {
              ChannelType: "training",
              DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: { Get: "Parameters.Input" } } },
              TargetAttributeName: { Get: "Parameters.Target" },
            },
          ],
          OutputDataConfig: { S3OutputPath: plan.output, KmsKeyId: plan.keyArn },
          ProblemType: type,
          AutoMLJobObjective: { MetricName: metric },
          AutoMLJobConfig: {
            Mode: "ENSEMBLING",
            CompletionCriteria: { MaxAutoMLJobRuntimeInSeconds: plan.maxRuntimeSeconds },
            SecurityConfig: {
              VolumeKmsKeyId: plan.keyArn,
              EnableInterContainerTrafficEncryption: true,
              VpcConfig: { SecurityGroupIds: plan.securityGroupIds, Subnets: plan.subnetIds },
            },
          },
          RoleArn: plan.roleArn,
        },
      },
      {
        Name: "Register",
        Type: "RegisterModel",
        Arguments: {
          ModelPackageGroupName: plan.modelPackageGroup,
          ModelApprovalStatus: "PendingManualApproval",
          InferenceSpecification: {
            Containers: [
              {
                Image: best("Image"),
                ModelDataUrl: best("ModelDataUrl"),
                Environment: Object.fromEntries(
                  containerVariables.map((variable) => [variable, best(`Environment['${variable}']`)]),
                ),
              },
            ],
            SupportedContentTypes: ["text/csv"],
            SupportedResponseMIMETypes: ["text/csv"],
            SupportedRealtimeInferenceInstanceTypes: ["ml.m5.large"],
            SupportedTransformInstanceTypes: ["ml.m5.large"],
          },
        },
      },
    ],
  });
}
