import type { LogGroupArgs, MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn, parseArn } from "./arn";
import { findKey, requireKey } from "./references";
import { KMS_KEY, LOG_GROUP, SNS_TOPIC } from "./types";
import { text } from "./text";

/** Days: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html; 0 keeps for ever. */
const RETENTION = [
  ...[0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

const logGroup = resourceType<LogGroupArgs>({
  token: LOG_GROUP,
  service: "CloudWatch Logs",
  actions: { create: "CreateLogGroup", update: "PutRetentionPolicy", delete: "DeleteLogGroup" },
  name: {
    property: "name",
    pattern: /^[.\-_/#A-Za-z0-9]+$/,
    rule: "1 to 512 letters, digits and .-_/#",
    source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    maxLength: 512,
    unique: {
      within: "region",
      code: "ResourceAlreadyExistsException",
      message: "The specified log group already exists: {value}",
    },
  },
  check: (context) => {
    const { inputs } = context;
    const days = inputs.retentionInDays;
    if (days !== undefined && !RETENTION.includes(days)) {
      context.refuse(
        "retentionInDays",
        `expected retentionInDays to be one of ${RETENTION.join(", ")}, got ${String(days)}`,
      );
    }
    if (
      inputs.logGroupClass !== undefined &&
      !["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"].includes(inputs.logGroupClass)
    ) {
      context.refuse("logGroupClass", `expected STANDARD, INFREQUENT_ACCESS or DELIVERY, got ${inputs.logGroupClass}`);
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    refuseUnusableKey(context);
    const name = inputs.name ?? "";
    return {
      id: name,
      outputs: {
        arn: arn(scope, "logs", `log-group:${name}`),
        retentionInDays: inputs.retentionInDays ?? 0,
        logGroupClass: inputs.logGroupClass ?? "STANDARD",
        skipDestroy: inputs.skipDestroy ?? false,
      },
    };
  },
  update: (context) => {
    refuseUnusableKey(context);
    return {};
  },
  delete: ({ resource }) => {
    if (resource.inputs["deletionProtectionEnabled"] === true) {
      refuse("ValidationException", `Log group ${resource.id} has deletion protection enabled`);
    }
  },
});

/**
 * The key must exist and its policy must let the service of this region use it:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function refuseUnusableKey(
  context: Parameters<typeof requireKey>[0] & { readonly inputs: Resolved<LogGroupArgs> },
): void {
  const { inputs, cloud, scope } = context;
  if (inputs.kmsKeyId === undefined) return;
  const message = "The specified KMS key does not exist or is not allowed to be used with Arn '{value}'";
  const error = { code: "AccessDeniedException", message };
  if (parseArn(inputs.kmsKeyId) === undefined) {
    refuse("InvalidParameterException", `'kmsKeyId' must be the ARN of a key, got '${inputs.kmsKeyId}'`);
  }
  requireKey(context, inputs.kmsKeyId, error);
  const key = cloud.find(KMS_KEY, findKey(cloud, scope.account, inputs.kmsKeyId) ?? "");
  const policy = key?.inputs["policy"];
  if (key === undefined || (typeof policy === "string" && /"logs\.([a-z0-9-]+\.)?amazonaws\.com/.test(policy))) return;
  refuse(
    error.code,
    `${message.replace("{value}", inputs.kmsKeyId)}: its policy does not name logs.${scope.region}.amazonaws.com`,
  );
}

const STATISTICS = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const COMPARISONS = [
  ...["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"],
  ...["LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"],
];

const metricAlarm = resourceType<MetricAlarmArgs>({
  token: "aws:cloudwatch/metricAlarm:MetricAlarm",
  service: "CloudWatch",
  actions: { create: "PutMetricAlarm", update: "PutMetricAlarm", delete: "DeleteAlarms" },
  name: {
    property: "name",
    pattern: /^[^\p{Cc}]+$/u,
    rule: "1 to 255 characters",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    maxLength: 255,
  },
  references: (["alarmActions[*]", "okActions[*]", "insufficientDataActions[*]"] as const).map((path) => ({
    path,
    to: SNS_TOPIC,
    by: "arn",
    holds: false,
  })),
  check: checkAlarm,
  create: ({ inputs, scope, cloud }) => {
    const actions = [inputs.alarmActions, inputs.okActions, inputs.insufficientDataActions].flatMap(
      (list) => list ?? [],
    );
    for (const action of actions) {
      const parsed = typeof action === "string" ? parseArn(action) : undefined;
      if (parsed?.service !== "sns" || parsed.account !== scope.account) continue;
      if (cloud.findBy(SNS_TOPIC, "arn", action) === undefined) {
        refuse("ValidationError", `Invalid arn syntax or the topic does not exist: ${text(action)}`);
      }
    }
    const name = inputs.name ?? "";
    return {
      id: name,
      outputs: { arn: arn(scope, "cloudwatch", `alarm:${name}`), actionsEnabled: inputs.actionsEnabled ?? true },
    };
  },
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
function checkAlarm(context: CheckContext<Resolved<MetricAlarmArgs>>): void {
  const { inputs } = context;
  const { period, evaluationPeriods, statistic, comparisonOperator } = inputs;
  if (period !== undefined && ![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0)) {
    context.refuse(
      "period",
      `ValidationError: Metric period must be 10, 20, 30 or a multiple of 60, got ${String(period)}`,
    );
  }
  if (period !== undefined && evaluationPeriods !== undefined && period * evaluationPeriods > 604800) {
    context.refuse(
      "evaluationPeriods",
      "ValidationError: Metrics cannot be checked across more than seven days (period * evaluationPeriods)",
    );
  }
  if (statistic !== undefined && !STATISTICS.includes(statistic)) {
    context.refuse("statistic", `expected one of ${STATISTICS.join(", ")}, got ${statistic}`);
  }
  if (comparisonOperator !== undefined && !COMPARISONS.includes(comparisonOperator)) {
    context.refuse("comparisonOperator", `expected one of ${COMPARISONS.join(", ")}, got ${comparisonOperator}`);
  }
  const sources = (["metricName", "metricQueries", "evaluationCriteria"] as const).filter(
    (each) => inputs[each] !== undefined || context.isUnknown(each),
  );
  if (sources.length === 0)
    context.refuse("metricName", "ValidationError: one of metricName, metricQueries must be set");
  if (
    inputs.datapointsToAlarm !== undefined &&
    evaluationPeriods !== undefined &&
    inputs.datapointsToAlarm > evaluationPeriods
  ) {
    context.refuse(
      "datapointsToAlarm",
      "ValidationError: datapointsToAlarm must not be greater than evaluationPeriods",
    );
  }
}

export const logTypes: readonly ResourceType[] = [logGroup, metricAlarm];
