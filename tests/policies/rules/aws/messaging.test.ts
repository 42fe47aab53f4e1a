import { messagingRules } from "../../../../policies/rules/aws/messaging";
import { fixture, written } from "../../fixtures";
import { provesResource } from "../../proves";

const kafka = fixture("prod", "aws:msk/cluster:Cluster");
const rabbit = fixture("prod", "aws:mq/broker:Broker");
const topic = fixture("prod", "aws:sns/topic:Topic");
const topicPolicy = fixture("prod", "aws:sns/topicPolicy:TopicPolicy");
const queue = fixture("prod", "aws:sqs/queue:Queue");
const active = written("aws:mq/broker:Broker", {
  engineType: "ActiveMQ",
  deploymentMode: "ACTIVE_STANDBY_MULTI_AZ",
  publiclyAccessible: false,
  autoMinorVersionUpgrade: true,
  logs: { general: true, audit: true },
  encryptionOptions: { useAwsOwnedKey: false, kmsKeyId: "arn:aws:kms:us-west-2:111122223333:key/1" },
});

const arn = "arn:aws:sqs:us-west-2:111122223333:jobs";
const fromRule = { ArnEquals: { "aws:SourceArn": "arn:aws:events:us-west-2:111122223333:rule/nightly" } };
const statement = {
  Sid: "Send",
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: arn,
  Condition: fromRule,
};

function policyOf(...changes: readonly Readonly<Record<string, unknown>>[]): string {
  const statements = changes.map((change) => ({ ...statement, ...change }));
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const queuePolicy = written("aws:sqs/queuePolicy:QueuePolicy", { queueUrl: "jobs", policy: policyOf({}) });

describe("rules on messaging of AWS", () => {
  provesResource(messagingRules, "aws-msk-encrypted", {
    passes: kafka,
    alsoPasses: [
      { remove: ["encryptionInfo.encryptionInTransit"], when: "TLS is left to the default" },
      {
        remove: ["encryptionInfo.encryptionInTransit.clientBroker", "encryptionInfo.encryptionInTransit.inCluster"],
        when: "the block is empty",
      },
    ],
    fails: [
      {
        set: { "encryptionInfo.encryptionInTransit.clientBroker": "TLS_PLAINTEXT" },
        at: "encryptionInfo.encryptionInTransit.clientBroker",
      },
      {
        set: { "encryptionInfo.encryptionInTransit.clientBroker": "PLAINTEXT" },
        at: "encryptionInfo.encryptionInTransit.clientBroker",
      },
      {
        set: { "encryptionInfo.encryptionInTransit.inCluster": false },
        at: "encryptionInfo.encryptionInTransit.inCluster",
      },
      { remove: ["encryptionInfo"], at: "encryptionInfo.encryptionAtRestKmsKeyArn" },
      { remove: ["encryptionInfo.encryptionAtRestKmsKeyArn"], at: "encryptionInfo.encryptionAtRestKmsKeyArn" },
      {
        set: { "encryptionInfo.encryptionAtRestKmsKeyArn": "alias/aws/kafka" },
        at: "encryptionInfo.encryptionAtRestKmsKeyArn",
      },
    ],
    unknown: [
      "encryptionInfo",
      "encryptionInfo.encryptionInTransit.clientBroker",
      "encryptionInfo.encryptionInTransit.inCluster",
      "encryptionInfo.encryptionAtRestKmsKeyArn",
    ],
  });

  provesResource(messagingRules, "aws-msk-authn", {
    passes: kafka,
    alsoPasses: [
      {
        set: {
          clientAuthentication: {
            tls: { certificateAuthorityArns: ["arn:aws:acm-pca:us-west-2:111122223333:certificate-authority/1"] },
          },
        },
        when: "clients have certificates",
      },
    ],
    fails: [
      { set: { "clientAuthentication.unauthenticated": true }, at: "clientAuthentication.unauthenticated" },
      { remove: ["clientAuthentication"], at: "clientAuthentication" },
      { set: { clientAuthentication: {} }, at: "clientAuthentication" },
      { set: { "clientAuthentication.sasl": { scram: true } }, at: "clientAuthentication" },
      { set: { "clientAuthentication.sasl": { iam: false } }, at: "clientAuthentication" },
      { set: { clientAuthentication: { tls: { certificateAuthorityArns: [] } } }, at: "clientAuthentication" },
    ],
    unknown: ["clientAuthentication", "clientAuthentication.unauthenticated", "clientAuthentication.sasl.iam"],
  });

  const publicAccess = "brokerNodeGroupInfo.connectivityInfo.publicAccess.type";
  const logs = "loggingInfo.brokerLogs";
  provesResource(messagingRules, "aws-msk-private-logged", {
    passes: kafka,
    alsoPasses: [
      { remove: ["brokerNodeGroupInfo.connectivityInfo"], when: "public access is off by default" },
      { set: { [logs]: { s3: { enabled: true, bucket: "logs" } } }, when: "logs go to a bucket" },
      { set: { [logs]: { firehose: { enabled: true, deliveryStream: "logs" } } }, when: "logs go to a stream" },
    ],
    fails: [
      { set: { [publicAccess]: "SERVICE_PROVIDED_EIPS" }, at: publicAccess },
      { remove: ["loggingInfo"], at: logs },
      { set: { [logs]: {} }, at: logs },
      { set: { [`${logs}.cloudwatchLogs.enabled`]: false }, at: logs },
    ],
    unknown: [publicAccess, logs, `${logs}.cloudwatchLogs.enabled`],
  });

  provesResource(messagingRules, "aws-mq-private-ha", {
    passes: [active, rabbit],
    alsoPasses: [
      {
        set: { deploymentMode: "SINGLE_INSTANCE" },
        when: "a stack of class development has one instance",
        stack: { class: "development" },
      },
      { remove: ["publiclyAccessible"], when: "it is private by default" },
    ],
    fails: [
      { set: { publiclyAccessible: true }, at: "publiclyAccessible" },
      { set: { deploymentMode: "SINGLE_INSTANCE" }, at: "deploymentMode" },
      { remove: ["deploymentMode"], at: "deploymentMode" },
      { remove: ["encryptionOptions"], at: "encryptionOptions.useAwsOwnedKey" },
      { set: { "encryptionOptions.useAwsOwnedKey": true }, at: "encryptionOptions.useAwsOwnedKey" },
      { remove: ["encryptionOptions.useAwsOwnedKey"], at: "encryptionOptions.useAwsOwnedKey" },
      { remove: ["logs"], at: ["logs.general", "logs.audit"] },
      { set: { "logs.audit": false }, at: "logs.audit" },
      { set: { "logs.general": false }, at: "logs.general" },
      { set: { autoMinorVersionUpgrade: false }, at: "autoMinorVersionUpgrade" },
      { remove: ["autoMinorVersionUpgrade"], at: "autoMinorVersionUpgrade" },
      { of: rabbit, remove: ["logs"], at: "logs.general" },
      { of: rabbit, set: { publiclyAccessible: true }, at: "publiclyAccessible" },
    ],
    unknown: [
      "publiclyAccessible",
      "deploymentMode",
      "encryptionOptions.useAwsOwnedKey",
      "logs.general",
      "logs.audit",
      "autoMinorVersionUpgrade",
    ],
  });

  provesResource(messagingRules, "aws-sns-sqs-kms", {
    passes: [topic, queue],
    alsoPasses: [
      { of: queue, remove: ["kmsMasterKeyId"], when: "SQS encrypts by default" },
      { of: queue, set: { sqsManagedSseEnabled: false }, when: "a key stands in for the one of SQS" },
    ],
    fails: [
      { remove: ["kmsMasterKeyId"], at: "kmsMasterKeyId" },
      { set: { kmsMasterKeyId: "" }, at: "kmsMasterKeyId" },
      { set: { kmsMasterKeyId: "alias/aws/sns" }, at: "kmsMasterKeyId" },
      {
        of: queue,
        set: { sqsManagedSseEnabled: false },
        remove: ["kmsMasterKeyId"],
        at: "sqsManagedSseEnabled",
      },
      { of: queue, set: { sqsManagedSseEnabled: false, kmsMasterKeyId: "" }, at: "sqsManagedSseEnabled" },
    ],
    unknown: ["kmsMasterKeyId"],
  });
  provesResource(messagingRules, "aws-sns-sqs-kms", { passes: queue, fails: [], unknown: ["sqsManagedSseEnabled"] });

  provesResource(messagingRules, "aws-sns-sqs-policy-closed", {
    passes: [topicPolicy, queuePolicy],
    alsoPasses: [
      { of: topic, when: "a topic has no policy: only its owner has access" },
      { of: topic, set: { policy: "" }, when: "the policy is empty" },
      {
        of: queuePolicy,
        set: { policy: policyOf({ Principal: "*" }) },
        when: "a condition says whose message it may be",
      },
      {
        of: queuePolicy,
        set: { policy: policyOf({ Effect: "Deny", Principal: "*", Action: "sqs:*", Condition: {} }) },
        when: "everybody is denied",
      },
      {
        of: topicPolicy,
        set: {
          policy: policyOf({
            Principal: { AWS: "*" },
            Action: ["SNS:Publish", "SNS:GetTopicAttributes"],
            Condition: { StringEquals: { "AWS:SourceOwner": "111122223333" } },
          }),
        },
        when: "it is the policy that SNS gives a topic by itself",
      },
      {
        of: topicPolicy,
        set: {
          policy: policyOf({
            Principal: "*",
            Condition: { StringEquals: { "aws:RequestedRegion": "us-west-2", "AWS:SourceOwner": "111122223333" } },
          }),
        },
        when: "the owner is named beside something else",
      },
    ],
    fails: [
      { of: queuePolicy, set: { policy: policyOf({ Principal: "*", Condition: {} }) }, at: "policy" },
      { of: queuePolicy, set: { policy: policyOf({ Principal: { AWS: "*" }, Condition: {} }) }, at: "policy" },
      { of: queuePolicy, set: { policy: policyOf({ Principal: { AWS: ["*"] }, Condition: {} }) }, at: "policy" },
      {
        of: queuePolicy,
        set: { policy: policyOf({ Principal: undefined, NotPrincipal: { AWS: "111122223333" }, Condition: {} }) },
        at: "policy",
      },
      {
        of: queuePolicy,
        set: {
          policy: policyOf({
            Principal: "*",
            Condition: { StringEquals: { "aws:SourceOwner": ["111122223333", "*"] } },
          }),
        },
        at: "policy",
      },
      {
        of: queuePolicy,
        set: { policy: policyOf({ Principal: "*", Condition: { StringEquals: { "aws:SourceOwner": "*" } } }) },
        at: "policy",
      },
      {
        of: queuePolicy,
        set: { policy: policyOf({ Principal: "*", Condition: { StringNotEquals: { "aws:SourceOwner": "1" } } }) },
        at: "policy",
      },
      { of: queuePolicy, set: { policy: policyOf({ Action: "*" }) }, at: "policy" },
      { of: queuePolicy, set: { policy: policyOf({ Action: ["sqs:SendMessage", "sqs:*"] }) }, at: "policy" },
      { of: queuePolicy, set: { policy: policyOf({ Action: "SNS:*" }) }, at: "policy" },
      {
        of: queuePolicy,
        set: { policy: policyOf({ Action: undefined, NotAction: "sqs:DeleteQueue" }) },
        at: "policy",
      },
      {
        of: queuePolicy,
        set: { policy: policyOf({}, { Action: "*", Principal: "*", Condition: {} }) },
        at: ["policy", "policy"],
      },
      { of: topicPolicy, set: { policy: policyOf({ Principal: "*", Condition: {} }) }, at: "policy" },
      { of: topic, set: { policy: policyOf({ Principal: "*", Condition: {} }) }, at: "policy" },
      { of: queue, set: { policy: policyOf({ Principal: "*", Condition: {} }) }, at: "policy" },
    ],
    unknown: ["policy"],
  });
});
