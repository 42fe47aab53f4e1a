import type { ModelPackageGroupArgs, PipelineArgs } from "@pulumi/aws/sagemaker";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { isProperties, type Value } from "../../cloud/value";
import { arn } from "./arn";
import { roleOf, trusts } from "./eks-trust";
import { roleReference } from "./references";
import { BUCKET, BUCKET_V2 } from "./types";

// Rules: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePipeline.html, API_CreateModelPackageGroup.html

const PIPELINE = "aws:sagemaker/pipeline:Pipeline";
const MODEL_PACKAGE_GROUP = "aws:sagemaker/modelPackageGroup:ModelPackageGroup";

const VALIDATION = "ValidationException";
/** https://github.com/awslabs/predictive-maintenance-using-machine-learning/issues/3 */
const NO_ROLE =
  "Could not assume role {value}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.";

const pipeline = resourceType<PipelineArgs>({
  token: PIPELINE,
  service: "SageMaker",
  actions: { create: "CreatePipeline", update: "UpdatePipeline", delete: "DeletePipeline" },
  references: [
    roleReference("roleArn", VALIDATION, NO_ROLE),
    {
      path: "pipelineDefinitionS3Location.bucket",
      to: [BUCKET, BUCKET_V2],
      within: "anywhere",
      missing: { code: VALIDATION, message: "The bucket {value} of the pipeline definition does not exist" },
      holds: false,
    },
  ],
  check: (context) => {
    const { inputs, isUnknown, refuse: report } = context;
    const { pipelineDefinition: definition, pipelineDefinitionS3Location: location } = inputs;
    if (definition !== undefined && location !== undefined) {
      report("pipelineDefinition", "conflicts with pipelineDefinitionS3Location: give one of them");
    }
    if (
      [definition, location].every((each) => each === undefined) &&
      !isUnknown("pipelineDefinition") &&
      !isUnknown("pipelineDefinitionS3Location")
    ) {
      report("pipelineDefinition", "one of pipelineDefinition, pipelineDefinitionS3Location must be set");
    }
    const problem = definition === undefined ? undefined : definitionProblem(definition);
    if (problem !== undefined) report("pipelineDefinition", `${VALIDATION}: ${problem}`);
    const most = inputs.parallelismConfiguration?.maxParallelExecutionSteps;
    if (most !== undefined && most < 1) {
      report("parallelismConfiguration.maxParallelExecutionSteps", `expected 1 or more, got ${String(most)}`);
    }
    checkName(context, "pipelineName", inputs.pipelineName, 256);
    checkName(context, "pipelineDisplayName", inputs.pipelineDisplayName, 256);
  },
  create: (context) => {
    checkRole(context);
    const name = context.inputs.pipelineName;
    if (context.cloud.find(PIPELINE, name) !== undefined) {
      refuse(
        VALIDATION,
        `Pipeline names must be unique within an AWS account and region. Pipeline ${name} already exists.`,
      );
    }
    return { id: name, outputs: { arn: arn(context.scope, "sagemaker", `pipeline/${name.toLowerCase()}`) } };
  },
  update: (context) => {
    checkRole(context);
    return {};
  },
});

function checkName(
  context: Pick<CheckContext<unknown>, "refuse">,
  property: string,
  name: string | undefined,
  maxLength: number,
): void {
  if (name === undefined || (name.length <= maxLength && /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(name))) return;
  const rule = `1 to ${String(maxLength)} letters, digits and -, beginning and ending with a letter or digit`;
  context.refuse(property, `${VALIDATION}: "${name}" is not valid: ${rule}`);
}

function checkRole({ inputs, cloud }: CallContext<Resolved<PipelineArgs>>): void {
  const { roleArn } = inputs;
  if (roleArn === undefined)
    return refuse(VALIDATION, "A role ARN is required: SageMaker runs the pipeline as this role");
  if (roleOf(cloud, roleArn) !== undefined && !trusts(cloud, roleArn, "sagemaker.amazonaws.com")) {
    refuse(VALIDATION, NO_ROLE.replace("{value}", roleArn));
  }
}

/** https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/ */
function definitionProblem(definition: string): string | undefined {
  let parsed: Value;
  try {
    parsed = JSON.parse(definition) as Value;
  } catch (error) {
    return `Unable to parse pipeline definition: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isProperties(parsed)) return "Unable to parse pipeline definition: it is no JSON object";
  if (parsed["Version"] !== "2020-12-01") {
    return `Version must be "2020-12-01", got ${JSON.stringify(parsed["Version"])}`;
  }
  const steps = parsed["Steps"];
  if (!Array.isArray(steps) || steps.length === 0) return "Steps must have at least one step";
  const names = new Set<unknown>();
  for (const [index, step] of (steps as readonly Value[]).entries()) {
    const at = `Steps[${String(index)}]`;
    if (!isProperties(step)) return `${at} is no JSON object`;
    const missing = ["Name", "Type"].find((key) => step[key] === undefined);
    if (missing !== undefined) return `${at} has no ${missing}`;
    if (names.has(step["Name"])) return `${at}: the name ${JSON.stringify(step["Name"])} is used twice`;
    names.add(step["Name"]);
  }
  return undefined;
}

const modelPackageGroup = resourceType<ModelPackageGroupArgs>({
  token: MODEL_PACKAGE_GROUP,
  service: "SageMaker",
  actions: { create: "CreateModelPackageGroup", delete: "DeleteModelPackageGroup" },
  check: (context) => {
    const { inputs } = context;
    checkName(context, "modelPackageGroupName", inputs.modelPackageGroupName, 63);
    if ((inputs.modelPackageGroupDescription ?? "").length > 1024) {
      context.refuse("modelPackageGroupDescription", `${VALIDATION}: at most 1024 characters`);
    }
  },
  create: ({ inputs, scope, cloud }) => {
    const name = inputs.modelPackageGroupName;
    if (cloud.find(MODEL_PACKAGE_GROUP, name) !== undefined) {
      refuse(VALIDATION, `Model Package Group already exists: ${name}`);
    }
    return { id: name, outputs: { arn: arn(scope, "sagemaker", `model-package-group/${name.toLowerCase()}`) } };
  },
});

export const sagemakerTypes: readonly ResourceType[] = [pipeline, modelPackageGroup];
