import type { TopicArgs, TopicSubscriptionArgs } from "@pulumi/aws/sns";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { arn, uuid } from "./arn";
import { policyProblem } from "./policy-document";
import { requireKey } from "./references";
import { SNS_TOPIC } from "./types";

// Error codes: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html, …/API_Subscribe.html

const topic = resourceType<TopicArgs>({
  token: SNS_TOPIC,
  service: "SNS",
  actions: { create: "CreateTopic", update: "SetTopicAttributes", delete: "DeleteTopic" },
  name: {
    property: "name",
    pattern: /^[A-Za-z0-9_-]+(\.fifo)?$/,
    rule: "InvalidParameter: 1 to 256 letters, digits, _ and -, ending with .fifo for a FIFO topic only",
    source: "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
    maxLength: 256,
  },
  check: (context) => {
    const { inputs } = context;
    if (inputs.name !== undefined && inputs.name.endsWith(".fifo") !== (inputs.fifoTopic ?? false)) {
      context.refuse("name", "InvalidParameter: the name ends with .fifo exactly when fifoTopic is true");
    }
    const problem = inputs.policy === undefined ? undefined : policyProblem(inputs.policy, "resource");
    if (problem !== undefined) context.refuse("policy", `InvalidParameter: Policy Error: ${problem}`);
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const id = arn(scope, "sns", inputs.name ?? "");
    // The service answers with the topic there is when the attributes agree; two owners of one topic are a mistake all the same.
    if (cloud.find(SNS_TOPIC, id) !== undefined) {
      refuse(
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
      );
    }
    requireKey(context, inputs.kmsMasterKeyId, { code: "KMSNotFound", message: "Key '{value}' does not exist" });
    return {
      id,
      outputs: { arn: id, owner: scope.account, beginningArchiveTime: "", fifoTopic: inputs.fifoTopic ?? false },
    };
  },
  update: (context) => {
    requireKey(context, context.inputs.kmsMasterKeyId, {
      code: "KMSNotFound",
      message: "Key '{value}' does not exist",
    });
    return {};
  },
});

const PROTOCOLS = ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"];

const subscription = resourceType<TopicSubscriptionArgs>({
  token: "aws:sns/topicSubscription:TopicSubscription",
  service: "SNS",
  actions: { create: "Subscribe", update: "SetSubscriptionAttributes", delete: "Unsubscribe" },
  references: [
    {
      path: "topic",
      to: SNS_TOPIC,
      missing: { code: "NotFound", message: "Topic does not exist: {value}" },
      holds: false,
    },
  ],
  check: (context) => {
    const { inputs } = context;
    if (inputs.protocol !== undefined && !PROTOCOLS.includes(inputs.protocol)) {
      context.refuse("protocol", `InvalidParameter: Does not support this protocol string: ${inputs.protocol}`);
    }
    const email = inputs.protocol === "email" || inputs.protocol === "email-json";
    if (email && inputs.endpoint !== undefined && !/^[^@\s]+@[^@\s]+$/.test(inputs.endpoint)) {
      context.refuse("endpoint", "InvalidParameter: Invalid email address");
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    const id = `${typeof inputs.topic === "string" ? inputs.topic : ""}:${uuid(context)}`;
    const pending = inputs.protocol.startsWith("email") || inputs.protocol.startsWith("http");
    return {
      id,
      outputs: {
        arn: id,
        ownerId: scope.account,
        pendingConfirmation: pending,
        confirmationWasAuthenticated: !pending,
      },
    };
  },
});

export const snsTypes: readonly ResourceType[] = [topic, subscription];
