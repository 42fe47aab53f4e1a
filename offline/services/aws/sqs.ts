import type { QueueArgs, QueuePolicyArgs } from "@pulumi/aws/sqs";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { isProperties, type Value } from "../../cloud/value";
import { arn, parseArn } from "./arn";
import { checkChoices, checkRanges } from "../input-checks";
import { checkResourcePolicy } from "./resource-policy";
import { policyText } from "./policy-document";
import { requireKey } from "./references";
import { dnsSuffix } from "./regions";
import { text } from "./text";

// Error codes and limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html

export const QUEUE = "aws:sqs/queue:Queue";

type Inputs = Resolved<QueueArgs>;

const queue = resourceType<QueueArgs>({
  token: QUEUE,
  service: "SQS",
  actions: { create: "CreateQueue", update: "SetQueueAttributes", delete: "DeleteQueue" },
  name: {
    property: "name",
    pattern: /^[A-Za-z0-9_-]{1,75}(\.fifo)$|^[A-Za-z0-9_-]{1,80}$/,
    rule: "1 to 80 letters, digits, - and _, ending with .fifo for a FIFO queue only",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    maxLength: 80,
    unique: {
      within: "region",
      code: "QueueAlreadyExists",
      message: "A queue already exists with the same name and a different value for some attributes: {value}",
    },
  },
  check,
  create: (context) => {
    const { inputs, scope } = context;
    checkDeadLetters(context);
    checkKey(context);
    const name = inputs.name ?? "";
    const url = `https://sqs.${scope.region}.${dnsSuffix(scope.region)}/${scope.account}/${name}`;
    return {
      id: url,
      outputs: {
        arn: arn(scope, "sqs", name),
        url,
        policy: inputs.policy ?? "",
        redrivePolicy: inputs.redrivePolicy ?? "",
        redriveAllowPolicy: inputs.redriveAllowPolicy ?? "",
        deduplicationScope: inputs.deduplicationScope ?? (inputs.fifoQueue === true ? "queue" : ""),
        fifoThroughputLimit: inputs.fifoThroughputLimit ?? (inputs.fifoQueue === true ? "perQueue" : ""),
        kmsDataKeyReusePeriodSeconds: inputs.kmsDataKeyReusePeriodSeconds ?? 300,
        sqsManagedSseEnabled: inputs.sqsManagedSseEnabled ?? inputs.kmsMasterKeyId === undefined,
      },
    };
  },
  update: (context) => {
    checkDeadLetters(context);
    checkKey(context);
    return {};
  },
});

function check(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  const isFifo = inputs.fifoQueue ?? false;
  if (inputs.name !== undefined && inputs.name.endsWith(".fifo") !== isFifo && !context.isUnknown("fifoQueue")) {
    report("name", "InvalidParameterValue: the name ends with .fifo exactly when fifoQueue is true");
  }
  if (inputs.contentBasedDeduplication === true && !isFifo) {
    report("contentBasedDeduplication", "content-based deduplication can only be set for FIFO queue");
  }
  if (inputs.kmsMasterKeyId !== undefined && inputs.sqsManagedSseEnabled === true) {
    report("sqsManagedSseEnabled", "conflicts with kmsMasterKeyId: a queue is encrypted with one key");
  }
  checkRanges(context, [
    ["delaySeconds", inputs.delaySeconds, 0, 900],
    ["kmsDataKeyReusePeriodSeconds", inputs.kmsDataKeyReusePeriodSeconds, 60, 86_400],
    ["maxMessageSize", inputs.maxMessageSize, 1_024, 1_048_576],
    ["messageRetentionSeconds", inputs.messageRetentionSeconds, 60, 1_209_600],
    ["receiveWaitTimeSeconds", inputs.receiveWaitTimeSeconds, 0, 20],
    ["visibilityTimeoutSeconds", inputs.visibilityTimeoutSeconds, 0, 43_200],
  ]);
  checkChoices(context, [
    ["deduplicationScope", inputs.deduplicationScope, ["messageGroup", "queue"]],
    ["fifoThroughputLimit", inputs.fifoThroughputLimit, ["perQueue", "perMessageGroupId"]],
  ]);
  checkResourcePolicy(context, "policy", inputs.policy, "InvalidAttributeValue");
  const problem = inputs.redrivePolicy === undefined ? undefined : redriveProblem(inputs.redrivePolicy);
  if (problem !== undefined) report("redrivePolicy", `InvalidParameterValue: ${problem}`);
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
function redriveProblem(policy: string): string | undefined {
  const parsed = parsedPolicy(policy);
  if (parsed === undefined) return "the redrive policy is not a JSON object";
  const count = parsed["maxReceiveCount"];
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > 1000) {
    return `maxReceiveCount must be a whole number from 1 to 1000, got ${JSON.stringify(count)}`;
  }
  const target = parsed["deadLetterTargetArn"];
  return typeof target === "string" && parseArn(target)?.service === "sqs"
    ? undefined
    : `deadLetterTargetArn must be the ARN of a queue, got ${JSON.stringify(target)}`;
}

function parsedPolicy(policy: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed = JSON.parse(policy) as Value;
    return isProperties(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The target exists and is a queue of the same kind. */
function checkDeadLetters({ inputs, cloud, scope }: CallContext<Inputs>): void {
  const target = text(parsedPolicy(inputs.redrivePolicy ?? "")?.["deadLetterTargetArn"]);
  if (target === "" || parseArn(target)?.account !== scope.account) return;
  const problem = `Value ${inputs.redrivePolicy ?? ""} for parameter RedrivePolicy is invalid. Reason:`;
  const found = cloud.findBy(QUEUE, "arn", target);
  if (found === undefined) {
    return refuse("InvalidParameterValue", `${problem} Dead letter target does not exist.`);
  }
  if ((found.inputs["fifoQueue"] ?? false) !== (inputs.fifoQueue ?? false)) {
    refuse("InvalidParameterValue", `${problem} Dead-letter queue must be same type of queue as the source.`);
  }
}

/** The real service takes any key and fails with the first message (KMS.NotFoundException): here it fails at once. */
function checkKey(context: CallContext<Inputs>): void {
  requireKey(context, context.inputs.kmsMasterKeyId, {
    code: "KMS.NotFoundException",
    message: "Key '{value}' does not exist: messages could not be encrypted",
  });
}

const queuePolicy = resourceType<QueuePolicyArgs>({
  token: "aws:sqs/queuePolicy:QueuePolicy",
  service: "SQS",
  actions: { create: "SetQueueAttributes", update: "SetQueueAttributes", delete: "SetQueueAttributes" },
  references: [
    {
      path: "queueUrl",
      to: QUEUE,
      missing: {
        code: "AWS.SimpleQueueService.NonExistentQueue",
        message: "The specified queue does not exist: {value}",
      },
      holds: false,
    },
  ],
  check: (context) => {
    checkResourcePolicy(context, "policy", context.inputs.policy, "InvalidAttributeValue");
  },
  create: ({ inputs }) => ({ id: inputs.queueUrl, outputs: { policy: policyText(inputs.policy) } }),
  update: ({ inputs }) => ({ policy: policyText(inputs.policy) }),
});

export const sqsTypes: readonly ResourceType[] = [queue, queuePolicy];
