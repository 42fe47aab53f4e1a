import { ModelPackageGroup } from "@pulumi/aws/sagemaker/modelPackageGroup";
import { Pipeline, type PipelineArgs } from "@pulumi/aws/sagemaker/pipeline";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import {
  all,
  ComponentResource,
  interpolate,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type { MachineLearning as MachineLearningContract } from "../contracts/machine-learning";
import type { Network } from "../contracts/network";
import type { Problem } from "../planning/machine-learning";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import type { DataLake } from "./lake";
import { trainingPipeline } from "./machine-learning.plan";
import { policyDocument, serviceTrust, type Statement } from "./policy-document";

export interface MachineLearningArgs {
  readonly account: Account;
  /** First part of the names of pipeline and model group. */
  readonly prefix: string;
  readonly problem: Problem;
  /** Column of the training data that the model learns to tell; a run may name another. */
  readonly target: string;
  /** Minutes until training ends with the best model so far. */
  readonly maxRuntimeMinutes: number;
  /** Training data are CSV under `machine-learning/input/` of its bucket, results go to `machine-learning/output/`. */
  readonly lake: DataLake;
  readonly network: Network;
  readonly securityGroupId: Input<string>;
  /** Key of volumes and results; the lake's own key opens the training data. */
  readonly keyArn: Input<string>;
  readonly protection: Protection;
  readonly transform?: (pipeline: PipelineArgs) => PipelineArgs;
}

/**
 * Training of models from tables on SageMaker Autopilot: a run of the pipeline trains in the private subnets, encrypted on disk and
 * between containers, and registers the best model for approval.
 *
 * Its group must let out 443 to S3, SageMaker, STS, ECR and CloudWatch, and all traffic to and from itself (containers of one job).
 *
 * Cost: nothing until a run is started; a run is billed by the machines that Autopilot takes.
 */
export class MachineLearning extends ComponentResource implements MachineLearningContract {
  readonly pipelineId: Output<string>;
  readonly modelRegistryId: Output<string>;

  constructor(name: string, args: MachineLearningArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:MachineLearning", name, {}, opts);
    const { lake, network, prefix } = args;
    const models = new ModelPackageGroup(
      `${name}-models`,
      { modelPackageGroupName: `${prefix}-models`, modelPackageGroupDescription: "Models that training registers" },
      { parent: this, protect: args.protection.protect },
    );
    const role = new Role(
      `${name}-role`,
      { description: "Trains and registers models", assumeRolePolicy: serviceTrust("sagemaker.amazonaws.com") },
      { parent: this },
    );
    const policy = new RolePolicy(
      `${name}-policy`,
      { role: role.name, policy: policyDocument(trainingStatements(args, role.arn, models.arn)) },
      { parent: this },
    );
    const pipelineName = `${prefix}-training`;
    const pipelineArgs: PipelineArgs = {
      pipelineName,
      pipelineDisplayName: pipelineName,
      pipelineDescription: "Trains models from tables and registers the best",
      roleArn: role.arn,
      pipelineDefinition: all([
        lake.bucketName,
        args.keyArn,
        role.arn,
        output([...network.subnetIds.private]),
        args.securityGroupId,
        models.modelPackageGroupName,
      ]).apply(([bucket, keyArn, roleArn, subnetIds, securityGroupId, modelPackageGroup]) =>
        trainingPipeline({
          problem: args.problem,
          target: args.target,
          maxRuntimeSeconds: args.maxRuntimeMinutes * 60,
          input: `s3://${bucket}/${folder}/input/`,
          output: `s3://${bucket}/${folder}/output/`,
          keyArn,
          roleArn,
          subnetIds,
          securityGroupIds: [securityGroupId],
          modelPackageGroup,
        }),
      ),
    };
    const pipeline = new Pipeline(`${name}-pipeline`, args.transform?.(pipelineArgs) ?? pipelineArgs, {
      parent: this,
      dependsOn: [policy],
    });
    this.pipelineId = pipeline.arn;
    this.modelRegistryId = models.arn;
    this.registerOutputs({ pipelineId: this.pipelineId, modelRegistryId: this.modelRegistryId });
  }
}

const folder = "machine-learning";

/** https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html */
function trainingStatements(
  { account, lake, keyArn }: MachineLearningArgs,
  roleArn: Output<string>,
  modelsArn: Output<string>,
): readonly Statement[] {
  const own = interpolate`arn:${account.partition}:sagemaker:${account.region}:${account.id}`;
  return [
    {
      Sid: "Jobs",
      Effect: "Allow",
      Action: ["AutoMLJob", "ProcessingJob", "TrainingJob", "TransformJob"].flatMap((job) =>
        ["Create", "Describe", "Stop"].map((verb) => `sagemaker:${verb}${job}`),
      ),
      // Autopilot names its jobs itself.
      Resource: ["automl-job", "processing-job", "training-job", "transform-job"].map(
        (job) => interpolate`${own}:${job}/*`,
      ),
    },
    {
      Sid: "Candidates",
      Effect: "Allow",
      Action: [
        "sagemaker:AddTags",
        "sagemaker:CreateModel",
        "sagemaker:DescribeModel",
        "sagemaker:ListCandidatesForAutoMLJob",
      ],
      Resource: interpolate`${own}:*`,
    },
    {
      Sid: "Models",
      Effect: "Allow",
      Action: ["sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackage", "sagemaker:DescribeModelPackageGroup"],
      Resource: [modelsArn, interpolate`${own}:model-package/*`],
    },
    {
      Sid: "OwnRole",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: roleArn,
      Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
    },
    {
      Sid: "List",
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:GetBucketLocation"],
      Resource: lake.bucketArn,
    },
    {
      Sid: "Files",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
      Resource: interpolate`${lake.bucketArn}/${folder}/*`,
    },
    {
      Sid: "Keys",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"],
      Resource: [lake.keyId, keyArn],
    },
    {
      // For the volumes of the machines.
      Sid: "VolumeGrants",
      Effect: "Allow",
      Action: "kms:CreateGrant",
      Resource: keyArn,
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
    {
      Sid: "NetworkInterfaces",
      Effect: "Allow",
      Action: [
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
      ],
      Resource: "*",
    },
    {
      // Images of SageMaker come from accounts of AWS, one for each region and algorithm.
      Sid: "Images",
      Effect: "Allow",
      Action: [
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
      ],
      Resource: "*",
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
      Resource: interpolate`arn:${account.partition}:logs:${account.region}:${account.id}:log-group:/aws/sagemaker/*`,
    },
    {
      Sid: "Measurements",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringLike: { "cloudwatch:namespace": "/aws/sagemaker/*" } },
    },
  ];
}
