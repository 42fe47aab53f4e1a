import type { TrailArgs } from "@pulumi/aws/cloudtrail";
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
import { trusts, roleOf } from "./eks-trust";
import { findKey, requireKey } from "./references";
import { grantsService } from "./resource-policy";
import { bucketGrants, bucketNamed } from "./s3-buckets";
import { text } from "./text";
import { KMS_KEY, LOG_GROUP, SNS_TOPIC } from "./types";

// Error codes: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html, API_PutEventSelectors.html

const TRAIL = "aws:cloudtrail/trail:Trail";

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html */
const LIMITS = { trailsPerRegion: 5, selectors: 5, dataResources: 250 };

type Inputs = Resolved<TrailArgs>;
type Context = CallContext<Inputs>;

const trail = resourceType<TrailArgs>({
  token: TRAIL,
  service: "CloudTrail",
  actions: { create: "CreateTrail", update: "UpdateTrail", delete: "DeleteTrail" },
  name: {
    property: "name",
    pattern: /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*[._-]{2})[A-Za-z0-9][A-Za-z0-9._-]+[A-Za-z0-9]$/,
    rule: "InvalidTrailNameException: 3 to 128 letters, digits and ._-, a letter or digit first and last, no two of ._- together, no address",
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html",
    maxLength: 128,
    unique: {
      within: "region",
      code: "TrailAlreadyExistsException",
      message: "Trail {value} already exists for this account",
    },
  },
  duration: { create: 3, source: "estimate: trail, selectors and logging are three calls" },
  check,
  create: (context) => {
    const { inputs, scope, cloud } = context;
    if (cloud.list(TRAIL).length >= LIMITS.trailsPerRegion) {
      const message = `User ${scope.account} already has ${String(LIMITS.trailsPerRegion)} trails in ${scope.region}`;
      refuse("MaximumNumberOfTrailsExceededException", message);
    }
    checkDestinations(context);
    const id = trailArn(context);
    return {
      id,
      outputs: {
        arn: id,
        homeRegion: scope.region,
        enableLogging: inputs.enableLogging ?? true,
        enableLogFileValidation: inputs.enableLogFileValidation ?? false,
        includeGlobalServiceEvents: inputs.includeGlobalServiceEvents ?? true,
        isMultiRegionTrail: inputs.isMultiRegionTrail ?? false,
        isOrganizationTrail: inputs.isOrganizationTrail ?? false,
        ...topicOutputs(context),
      },
    };
  },
  update: (context) => {
    checkDestinations(context);
    return topicOutputs(context);
  },
});

function trailArn({ inputs, scope }: Context): string {
  return arn(scope, "cloudtrail", `trail/${inputs.name ?? ""}`);
}

function topicOutputs({ inputs, scope }: Context): Properties {
  const name = inputs.snsTopicName;
  if (name === undefined) return {};
  return { snsTopicArn: parseArn(name) === undefined ? arn(scope, "sns", name) : name };
}

function check({ inputs, isUnknown, refuse: report }: CheckContext<Inputs>): void {
  const has = (property: keyof Inputs) => inputs[property] !== undefined || isUnknown(property);
  // https://github.com/pulumi/docs/issues/5117
  if (has("cloudWatchLogsGroupArn") && !has("cloudWatchLogsRoleArn")) {
    const reason = "InvalidCloudWatchLogsRoleArnException: You must specify a role ARN as well as a log group.";
    report("cloudWatchLogsRoleArn", reason);
  }
  if (has("cloudWatchLogsRoleArn") && !has("cloudWatchLogsGroupArn")) {
    const reason = "InvalidCloudWatchLogsLogGroupArnException: You must specify a log group as well as a role ARN.";
    report("cloudWatchLogsGroupArn", reason);
  }
  if (inputs.isMultiRegionTrail === true && inputs.includeGlobalServiceEvents === false) {
    const reason = "InvalidParameterCombinationException: Multi-Region trail must include global service events.";
    report("includeGlobalServiceEvents", reason);
  }
  checkSelectors(inputs, has, report);
  (inputs.insightSelectors ?? []).forEach(({ insightType }, index) => {
    if (["ApiCallRateInsight", "ApiErrorRateInsight"].includes(insightType)) return;
    const reason = `expected one of ApiCallRateInsight, ApiErrorRateInsight, got ${insightType}`;
    report(`insightSelectors[${String(index)}].insightType`, reason);
  });
}

const DATA_TYPES = ["AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"];

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html */
function checkSelectors(
  inputs: Partial<Inputs>,
  has: (property: keyof Inputs) => boolean,
  report: CheckContext<Inputs>["refuse"],
): void {
  if (has("eventSelectors") && has("advancedEventSelectors")) {
    report("advancedEventSelectors", "conflicts with eventSelectors: give one of the two");
  }
  const selectors = inputs.eventSelectors ?? [];
  if (selectors.length > LIMITS.selectors) {
    report("eventSelectors", `InvalidEventSelectorsException: at most ${String(LIMITS.selectors)} event selectors`);
  }
  const resources = selectors.flatMap(({ dataResources }) => (dataResources ?? []).flatMap(({ values }) => values));
  if (resources.length > LIMITS.dataResources) {
    const reason = `InvalidEventSelectorsException: at most ${String(LIMITS.dataResources)} data resources in all selectors`;
    report("eventSelectors", reason);
  }
  selectors.forEach(({ readWriteType, dataResources }, index) => {
    const path = `eventSelectors[${String(index)}]`;
    if (readWriteType !== undefined && !["All", "ReadOnly", "WriteOnly"].includes(readWriteType)) {
      report(`${path}.readWriteType`, `expected one of All, ReadOnly, WriteOnly, got ${readWriteType}`);
    }
    (dataResources ?? []).forEach(({ type, values }, at) => {
      if (!DATA_TYPES.includes(type)) {
        report(`${path}.dataResources[${String(at)}].type`, `expected one of ${DATA_TYPES.join(", ")}, got ${type}`);
      }
      if (values.some((value) => !value.startsWith("arn:"))) {
        const reason = "InvalidEventSelectorsException: a value is an ARN, or the start of one";
        report(`${path}.dataResources[${String(at)}].values`, reason);
      }
    });
  });
  (inputs.advancedEventSelectors ?? []).forEach(({ fieldSelectors }, index) => {
    if (fieldSelectors.some(({ field }) => field === "eventCategory")) return;
    const reason = "InvalidEventSelectorsException: a selector names its eventCategory";
    report(`advancedEventSelectors[${String(index)}].fieldSelectors`, reason);
  });
}

/** Bucket, key, log group and topic: CloudTrail tries all of them before it makes a trail. */
function checkDestinations(context: Context): void {
  checkBucket(context);
  checkKey(context);
  checkLogGroup(context);
  const { inputs, cloud } = context;
  const topic = text(topicOutputs(context)["snsTopicArn"]);
  if (inputs.snsTopicName !== undefined && cloud.findBy(SNS_TOPIC, "arn", topic) === undefined) {
    refuse("InsufficientSnsTopicPolicyException", "SNS Topic does not exist or the topic policy is incorrect!");
  }
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
function checkBucket(context: Context): void {
  const { inputs, cloud, scope } = context;
  const name = inputs.s3BucketName;
  const bucket = bucketNamed(cloud, name);
  if (bucket === undefined) refuse("S3BucketDoesNotExistException", `S3 bucket ${name} does not exist!`);
  const caller = { service: "cloudtrail.amazonaws.com", context: callContext(context) };
  const prefix = inputs.s3KeyPrefix === undefined ? "" : `${inputs.s3KeyPrefix}/`;
  const path = `${prefix}AWSLogs/${scope.account}/CloudTrail/${scope.region}`;
  const mayRead = bucketGrants(cloud, name, { ...caller, action: "s3:GetBucketAcl" });
  const mayWrite = bucketGrants(cloud, name, { ...caller, action: "s3:PutObject", path });
  if (!mayRead || !mayWrite) {
    const missing = mayRead ? `s3:PutObject on ${path}` : "s3:GetBucketAcl";
    refuse(
      "InsufficientS3BucketPolicyException",
      `Incorrect S3 bucket policy is detected for bucket: ${name} (cloudtrail.amazonaws.com may not ${missing})`,
    );
  }
}

function callContext(context: Context): Readonly<Record<string, string>> {
  return {
    "aws:sourcearn": trailArn(context),
    "aws:sourceaccount": context.scope.account,
    "s3:x-amz-acl": "bucket-owner-full-control",
    "kms:encryptioncontext:aws:cloudtrail:arn": trailArn(context),
  };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html */
function checkKey(context: Context): void {
  const { inputs, cloud, scope } = context;
  if (inputs.kmsKeyId === undefined) return;
  requireKey(context, inputs.kmsKeyId, { code: "KmsKeyNotFoundException", message: "KMS key {value} does not exist" });
  const key = cloud.find(KMS_KEY, findKey(cloud, scope.account, inputs.kmsKeyId) ?? "");
  if (key === undefined) return;
  const isGranted = grantsService(key.outputs["policy"], {
    service: "cloudtrail.amazonaws.com",
    action: "kms:GenerateDataKey",
    resource: text(key.outputs["arn"]),
    context: callContext(context),
  });
  if (!isGranted) {
    refuse(
      "InsufficientEncryptionPolicyException",
      `Insufficient permissions to access S3 bucket ${inputs.s3BucketName} or KMS key ${text(key.outputs["arn"])}.`,
    );
  }
}

/** Words: https://github.com/aws/aws-cli/issues/5098, https://github.com/cloudposse/terraform-aws-cloudtrail-cloudwatch-alarms/issues/2 */
function checkLogGroup({ inputs, cloud }: Context): void {
  const group = inputs.cloudWatchLogsGroupArn;
  const role = inputs.cloudWatchLogsRoleArn;
  if (group === undefined || role === undefined) return;
  const isKnown = group.endsWith(":*") && cloud.findBy(LOG_GROUP, "arn", group.slice(0, -2)) !== undefined;
  if (!isKnown) {
    const why = group.endsWith(":*") ? "it does not exist" : "it must end with :*";
    refuse(
      "InvalidCloudWatchLogsLogGroupArnException",
      `Check the log group ARN: CloudTrail can't validate it. (${group}: ${why})`,
    );
  }
  if (roleOf(cloud, role) === undefined || !trusts(cloud, role, "cloudtrail.amazonaws.com")) {
    refuse("InvalidCloudWatchLogsRoleArnException", "Access denied. Check the trust relationships for your role.");
  }
}

export const cloudtrailTypes: readonly ResourceType[] = [trail];
