import type { LogGroupArgs } from "@pulumi/aws/cloudwatch";
import { refuse } from "../../cloud/errors";
import { resourceType, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn, parseArn } from "./arn";
import { findKey, requireKey } from "./references";
import { KMS_KEY, LOG_GROUP } from "./types";

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

export const logTypes: readonly ResourceType[] = [logGroup];
