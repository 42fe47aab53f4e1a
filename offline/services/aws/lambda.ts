import type { FunctionArgs } from "@pulumi/aws/lambda";
import { createHash } from "node:crypto";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { arn, parseArn } from "./arn";
import { trusts } from "./eks-trust";
import { checkChoices, checkRanges } from "../input-checks";
import { alias, LAMBDA_PERMISSION, permission } from "./lambda-access";
import { eventSourceMapping } from "./lambda-event-sources";
import { FUNCTION, INVALID_VALUE, LAMBDA_ALIAS, requireDestination, requirePermission } from "./lambda-references";
import { RUNTIMES, runtimeState } from "./lambda-runtimes";
import { quota } from "./quotas";
import { requireKey, roleReference, securityGroupReference, subnetReference } from "./references";
import { text } from "./text";
import { BUCKET, BUCKET_V2, ECR_REPOSITORY } from "./types";
import { placementOf } from "./vpc-placement";

// Error codes and limits: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html,
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

type Inputs = Resolved<FunctionArgs>;
type Context = CallContext<Inputs>;

const CANNOT_ASSUME = "The role defined for the function cannot be assumed by Lambda.";
const LARGEST_ENVIRONMENT = 4096;
/** What an account keeps for functions without a reservation. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const UNRESERVED = 100;

/** Variables that Lambda sets itself. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED_VARIABLES = [
  ...["_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"],
  ...["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"],
  ...["AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"],
  ...["AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
  ...["AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"],
];

const lambdaFunction = resourceType<FunctionArgs>({
  token: FUNCTION,
  service: "Lambda",
  actions: { create: "CreateFunction", update: "UpdateFunctionConfiguration", delete: "DeleteFunction" },
  name: {
    property: "name",
    pattern: /^[a-zA-Z0-9_-]+$/,
    rule: "1 to 64 letters, digits, - and _",
    source: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    maxLength: 64,
    unique: { within: "region", code: "ResourceConflictException", message: "Function already exist: {value}" },
  },
  references: [
    roleReference("role", INVALID_VALUE, CANNOT_ASSUME),
    {
      ...subnetReference("vpcConfig.subnetIds[*]"),
      missing: {
        code: INVALID_VALUE,
        message:
          "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID '{value}' does not exist",
      },
    },
    {
      ...securityGroupReference("vpcConfig.securityGroupIds[*]"),
      missing: {
        code: INVALID_VALUE,
        message:
          "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security group '{value}' does not exist",
      },
    },
    {
      path: "s3Bucket",
      to: [BUCKET, BUCKET_V2],
      within: "anywhere",
      missing: {
        code: INVALID_VALUE,
        message:
          "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist: {value}",
      },
      holds: false,
    },
  ],
  duration: {
    create: 23,
    delete: 5,
    source:
      "1 public apply log, https://github.com/terraform-aws-modules/terraform-aws-lambda/pull/190; deletion estimated",
  },
  check,
  create: (context) => {
    const { inputs, scope } = context;
    refuseFunction(context);
    const name = inputs.name ?? "";
    const id = arn(scope, "lambda", `function:${name}`);
    return {
      id: name,
      outputs: { arn: id, ...described(context, id, inputs.publish === true ? "1" : "$LATEST") },
    };
  },
  update: (context) => {
    refuseFunction(context);
    const before = text(context.resource.outputs["version"]);
    const next = before === "$LATEST" ? 1 : Number(before) + 1;
    const version = context.inputs.publish === true ? String(next) : before;
    return described(context, text(context.resource.outputs["arn"]), version);
  },
  delete: ({ resource, cloud, effects }) => {
    for (const [type, property] of [
      [LAMBDA_PERMISSION, "function"],
      [LAMBDA_ALIAS, "functionName"],
    ] as const) {
      for (const each of cloud.list(type)) {
        const owner = text(each.inputs[property]);
        if (owner === resource.id || owner === resource.outputs["arn"]) effects.remove(each);
      }
    }
  },
});

/** What the provider itself checks, and what follows from the inputs alone. */
function check(context: CheckContext<Inputs>): void {
  const { inputs, isUnknown, refuse: report } = context;
  const isGiven = (property: keyof Inputs) => inputs[property] !== undefined || isUnknown(property);
  const packages = (["code", "imageUri", "s3Bucket"] as const).filter(isGiven);
  if (packages.length !== 1) {
    report("code", `one of code, imageUri, s3Bucket must be specified, got ${packages.join(", ") || "none"}`);
  }
  const isImage = inputs.packageType === "Image";
  if (!isImage && !isUnknown("packageType") && (!isGiven("handler") || !isGiven("runtime"))) {
    report(isGiven("handler") ? "runtime" : "handler", "handler and runtime must be set when PackageType is Zip");
  }
  if (isImage !== isGiven("imageUri") && packages.length === 1 && !isUnknown("packageType")) {
    report("packageType", `${INVALID_VALUE}: packageType Image and imageUri go together`);
  }
  if (inputs.runtime !== undefined && runtimeState(inputs.runtime) === undefined) {
    report("runtime", `expected runtime to be one of ${Object.keys(RUNTIMES).join(", ")}, got ${inputs.runtime}`);
  }
  const mostMemory = isGiven("capacityProviderConfig") ? 32_768 : 10_240;
  checkRanges(context, [
    ["memorySize", inputs.memorySize, 128, mostMemory],
    ["timeout", inputs.timeout, 1, 900],
    ["ephemeralStorage.size", inputs.ephemeralStorage?.size, 512, 10_240],
    ["reservedConcurrentExecutions", inputs.reservedConcurrentExecutions, -1, Number.MAX_SAFE_INTEGER],
    ["layers.length", inputs.layers?.length, 0, 5],
  ]);
  checkChoices(context, [
    ["packageType", inputs.packageType, ["Zip", "Image"]],
    ["tracingConfig.mode", inputs.tracingConfig?.mode, ["Active", "PassThrough"]],
    ["loggingConfig.logFormat", inputs.loggingConfig?.logFormat, ["JSON", "Text"]],
    ["architectures[0]", inputs.architectures?.[0], ["x86_64", "arm64"]],
  ]);
  if ((inputs.architectures?.length ?? 1) !== 1) report("architectures", "exactly one architecture");
  const { logFormat, applicationLogLevel, systemLogLevel } = inputs.loggingConfig ?? {};
  if (logFormat === "Text" && (applicationLogLevel ?? systemLogLevel) !== undefined) {
    report("loggingConfig", `${INVALID_VALUE}: log levels need the log format JSON`);
  }
  for (const property of ["role", "kmsKeyArn"] as const) {
    const value = inputs[property];
    if (value !== undefined && parseArn(value) === undefined) report(property, `(${value}) is an invalid ARN`);
  }
}

function refuseFunction(context: Context): void {
  const { inputs, cloud } = context;
  if (!trusts(cloud, inputs.role, "lambda.amazonaws.com")) refuse(INVALID_VALUE, CANNOT_ASSUME);
  refuseEndedRuntime(inputs.runtime);
  checkImage(context);
  checkEnvironment(context);
  checkConcurrency(context);
  if (inputs.vpcConfig !== undefined) checkVpc(context, inputs.vpcConfig);
  if (inputs.deadLetterConfig !== undefined) {
    requireDestination(context, inputs.role, inputs.deadLetterConfig.targetArn);
  }
  // https://github.com/functionalone/serverless-iam-roles-per-function/issues/39
  if (inputs.tracingConfig?.mode === "Active") {
    requirePermission(cloud, inputs.role, "xray:PutTraceSegments", "PutTraceSegments on XRAY");
  }
}

/** https://repost.aws/questions/QUHJZRlLlHRP25Cvw46Ge8BQ */
function refuseEndedRuntime(runtime: string | undefined): void {
  if (runtime === undefined || runtimeState(runtime) !== "ended") return;
  refuse(
    INVALID_VALUE,
    `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions.`,
  );
}

/** An image of this account comes from a repository that exists. https://docs.aws.amazon.com/lambda/latest/dg/images-create.html */
function checkImage({ inputs, cloud, scope }: Context): void {
  const { imageUri } = inputs;
  if (imageUri === undefined) return;
  const found = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?:[:@].+)?$/.exec(imageUri);
  const [, account, region, repository = ""] = found ?? [];
  if (found === null || region !== scope.region) {
    refuse(INVALID_VALUE, `Source image ${imageUri} is not valid. Provide an image of Amazon ECR in ${scope.region}.`);
  }
  if (account === scope.account && cloud.find(ECR_REPOSITORY, repository) === undefined) {
    refuse(INVALID_VALUE, `Source image ${imageUri} does not exist. Provide a valid source image.`);
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function checkEnvironment(context: Context): void {
  const variables = context.inputs.environment?.variables ?? {};
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.includes(name));
  if (reserved.length > 0) {
    refuse(
      INVALID_VALUE,
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > LARGEST_ENVIRONMENT) {
    refuse(
      INVALID_VALUE,
      "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.",
    );
  }
  requireKey(context, context.inputs.kmsKeyArn, {
    code: INVALID_VALUE,
    message:
      "Lambda was unable to configure access to your environment variables because the KMS key is invalid: {value} does not exist",
  });
}

function checkConcurrency({ inputs, cloud, scope }: Context): void {
  const wanted = inputs.reservedConcurrentExecutions ?? -1;
  if (wanted < 0) return;
  const others = cloud
    .list(FUNCTION)
    .filter(({ id }) => id !== inputs.name)
    .map(({ inputs: other }) => Math.max(0, Number(other["reservedConcurrentExecutions"] ?? 0)));
  const reserved = others.reduce((sum, each) => sum + each, wanted);
  if (quota(cloud, "concurrentExecutions", scope) - reserved < UNRESERVED) {
    refuse(
      INVALID_VALUE,
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${String(UNRESERVED)}].`,
    );
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, https://github.com/aws/aws-sam-cli/issues/617 */
function checkVpc({ inputs, cloud }: Context, vpc: NonNullable<Inputs["vpcConfig"]>): void {
  const { vpcs, strangers } = placementOf(cloud, vpc.subnetIds, vpc.securityGroupIds);
  if ((vpc.subnetIds.length === 0) !== (vpc.securityGroupIds.length === 0)) {
    refuse(INVALID_VALUE, "SubnetIds and SecurityGroupIds must coexist or be both empty list.");
  }
  if (vpcs.length > 1) refuse(INVALID_VALUE, `The subnets must be in one VPC, these are in ${vpcs.join(", ")}`);
  if (strangers.length > 0) {
    refuse(INVALID_VALUE, `The security groups ${strangers.join(", ")} are not in the VPC of the subnets`);
  }
  if (vpc.subnetIds.length > 0) {
    requirePermission(cloud, inputs.role, "ec2:CreateNetworkInterface", "CreateNetworkInterface on EC2");
  }
}

function described({ inputs, cloud, scope }: Context, id: string, version: string): Properties {
  const invoke = (path: string, target: string) =>
    arn(
      { ...scope, account: "lambda" },
      "apigateway",
      `path/${path}/functions/${target}/${path === "2015-03-31" ? "" : "response-streaming-"}invocations`,
    );
  const qualified = `${id}:${version}`;
  const { subnetIds = [], securityGroupIds = [] } = inputs.vpcConfig ?? {};
  const contents = JSON.stringify(
    inputs.code ?? inputs.imageUri ?? [inputs.s3Bucket, inputs.s3Key, inputs.s3ObjectVersion],
  );
  const hash = createHash("sha256").update(contents).digest("base64");
  return {
    qualifiedArn: qualified,
    invokeArn: invoke("2015-03-31", id),
    qualifiedInvokeArn: invoke("2015-03-31", qualified),
    responseStreamingInvokeArn: invoke("2021-11-15", id),
    version,
    architectures: inputs.architectures ?? ["x86_64"],
    memorySize: inputs.memorySize ?? 128,
    timeout: inputs.timeout ?? 3,
    packageType: inputs.packageType ?? "Zip",
    reservedConcurrentExecutions: inputs.reservedConcurrentExecutions ?? -1,
    ephemeralStorage: { size: inputs.ephemeralStorage?.size ?? 512 },
    tracingConfig: { mode: inputs.tracingConfig?.mode ?? "PassThrough" },
    loggingConfig: { logFormat: "Text", logGroup: `/aws/lambda/${inputs.name ?? ""}`, ...inputs.loggingConfig },
    codeSha256: inputs.codeSha256 ?? hash,
    sourceCodeHash: inputs.sourceCodeHash ?? hash,
    signingJobArn: "",
    signingProfileVersionArn: "",
    ...(inputs.vpcConfig === undefined
      ? {}
      : { vpcConfig: { ...inputs.vpcConfig, vpcId: placementOf(cloud, subnetIds, securityGroupIds).vpcs[0] ?? "" } }),
  };
}

export const lambdaTypes: readonly ResourceType[] = [lambdaFunction, eventSourceMapping, permission, alias];
