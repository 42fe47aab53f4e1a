import type { DeliveryChannelArgs, RecorderArgs, RecorderStatusArgs, RuleArgs } from "@pulumi/aws/cfg";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type NameRule,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { arn, bareArn } from "./arn";
import { isManagedRule } from "./cfg-managed-rules";
import { trusts } from "./eks-trust";
import { SERVICE_LINKED_ROLE } from "./iam-account";
import { requireKey } from "./references";
import { roleAllows } from "./role-policies";
import { bucketGrants, bucketNamed } from "./s3-buckets";
import { text } from "./text";
import { ROLE, SNS_TOPIC } from "./types";

// Error codes: https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationRecorder.html, API_PutDeliveryChannel.html,
// API_StartConfigurationRecorder.html, API_PutConfigRule.html. Words: https://github.com/trussworks/terraform-aws-config/issues/69,
// https://github.com/aws/aws-cdk/issues/9001, https://github.com/hashicorp/terraform-provider-aws/pull/2910 and pull/21722

const RECORDER = "aws:cfg/recorder:Recorder";
const CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel";
const STATUS = "aws:cfg/recorderStatus:RecorderStatus";
const SERVICE = "config.amazonaws.com";

function named(maxLength: number, api: string): NameRule {
  return {
    property: "name",
    pattern: /^[^\p{Cc}]+$/u,
    rule: `1 to ${String(maxLength)} characters`,
    source: `https://docs.aws.amazon.com/config/latest/APIReference/${api}.html`,
    maxLength,
  };
}

const STRATEGIES = ["ALL_SUPPORTED_RESOURCE_TYPES", "INCLUSION_BY_RESOURCE_TYPES", "EXCLUSION_BY_RESOURCE_TYPES"];

const recorder = resourceType<RecorderArgs>({
  token: RECORDER,
  service: "Config Service",
  actions: {
    create: "PutConfigurationRecorder",
    update: "PutConfigurationRecorder",
    delete: "DeleteConfigurationRecorder",
  },
  name: named(256, "API_ConfigurationRecorder"),
  references: [
    {
      path: "roleArn",
      to: [ROLE, SERVICE_LINKED_ROLE],
      by: "arn",
      within: "account",
      holds: false,
      missing: { code: "InvalidRoleException", message: "The role {value} does not exist or cannot be assumed" },
    },
  ],
  check: checkRecorder,
  create: ({ inputs, cloud }) => {
    const name = inputs.name ?? "";
    if (cloud.list(RECORDER).length > 0) {
      const message = `Failed to put configuration recorder '${name}' because the maximum number of configuration recorders: 1 is reached.`;
      refuse("MaxNumberOfConfigurationRecordersExceededException", message);
    }
    requireTrust(cloud, inputs.roleArn);
    const all = { allSupported: true, includeGlobalResourceTypes: false, resourceTypes: [] };
    return {
      id: name,
      outputs: {
        recordingGroup: inputs.recordingGroup ?? all,
        recordingMode: inputs.recordingMode ?? { recordingFrequency: "CONTINUOUS" },
      },
    };
  },
  update: ({ inputs, cloud }) => {
    requireTrust(cloud, inputs.roleArn);
    return {};
  },
  // A recorder that is deleted has stopped.
  delete: ({ resource, cloud, effects }) => {
    for (const each of cloud.list(STATUS)) if (each.id === resource.id) effects.remove(each);
  },
});

function requireTrust(cloud: CallContext<unknown>["cloud"], roleArn: string): void {
  if (!trusts(cloud, roleArn, SERVICE)) {
    refuse("InvalidRoleException", `The role ${roleArn} does not exist or cannot be assumed by ${SERVICE}`);
  }
}

/** https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html */
function checkRecorder({ inputs, refuse: report }: CheckContext<Resolved<RecorderArgs>>): void {
  const frequencies = ["CONTINUOUS", "DAILY"];
  const frequency = inputs.recordingMode?.recordingFrequency;
  if (frequency !== undefined && !frequencies.includes(frequency)) {
    report("recordingMode.recordingFrequency", `expected one of ${frequencies.join(", ")}, got ${frequency}`);
  }
  const group = inputs.recordingGroup;
  if (group === undefined) return;
  const all = group.allSupported ?? true;
  const types = group.resourceTypes ?? [];
  const excluded = (group.exclusionByResourceTypes ?? []).flatMap(({ resourceTypes }) => resourceTypes ?? []);
  const strategies = (group.recordingStrategies ?? []).map(({ useOnly }) => useOnly ?? "");
  strategies.forEach((strategy, index) => {
    if (STRATEGIES.includes(strategy)) return;
    const reason = `expected one of ${STRATEGIES.join(", ")}, got ${strategy}`;
    report(`recordingGroup.recordingStrategies[${String(index)}].useOnly`, reason);
  });
  const problem =
    all && (types.length > 0 || excluded.length > 0)
      ? "the types are listed although allSupported is true"
      : !all && group.includeGlobalResourceTypes === true
        ? "includeGlobalResourceTypes needs allSupported"
        : excluded.length > 0 && !strategies.includes("EXCLUSION_BY_RESOURCE_TYPES")
          ? "an exclusion needs the recording strategy EXCLUSION_BY_RESOURCE_TYPES"
          : !all && types.length === 0 && excluded.length === 0
            ? "nothing would be recorded: give resourceTypes, or allSupported"
            : undefined;
  if (problem !== undefined) report("recordingGroup", `InvalidRecordingGroupException: ${problem}`);
}

const FREQUENCIES = ["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"];

const deliveryChannel = resourceType<DeliveryChannelArgs>({
  token: CHANNEL,
  service: "Config Service",
  actions: { create: "PutDeliveryChannel", update: "PutDeliveryChannel", delete: "DeleteDeliveryChannel" },
  name: named(256, "API_DeliveryChannel"),
  references: [
    {
      path: "snsTopicArn",
      to: SNS_TOPIC,
      by: "arn",
      holds: false,
      missing: { code: "InvalidSNSTopicARNException", message: "The SNS topic {value} does not exist" },
    },
  ],
  check: ({ inputs, refuse: report }) => {
    const frequency = inputs.snapshotDeliveryProperties?.deliveryFrequency;
    if (frequency !== undefined && !FREQUENCIES.includes(frequency)) {
      const reason = `expected one of ${FREQUENCIES.join(", ")}, got ${frequency}`;
      report("snapshotDeliveryProperties.deliveryFrequency", reason);
    }
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const name = inputs.name ?? "";
    if (cloud.list(CHANNEL).length > 0) {
      const message = `Failed to put delivery channel '${name}' because the maximum number of delivery channels: 1 is reached.`;
      refuse("MaxNumberOfDeliveryChannelsExceededException", message);
    }
    checkDelivery(context);
    return { id: name, outputs: {} };
  },
  update: (context) => {
    checkDelivery(context);
    return {};
  },
  delete: ({ resource, cloud }) => {
    if (cloud.list(STATUS).some(({ inputs }) => inputs["isEnabled"] === true)) {
      const message = `Failed to delete last specified delivery channel with name '${resource.id}', because there is a running configuration recorder.`;
      refuse("LastDeliveryChannelDeleteFailedException", message);
    }
  },
});

/** Config writes a test object: https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html */
function checkDelivery(context: CallContext<Resolved<DeliveryChannelArgs>>): void {
  const { inputs, cloud, scope } = context;
  const role = cloud.list(RECORDER)[0]?.inputs["roleArn"];
  if (role === undefined) {
    const message = "Configuration recorder is not available to put delivery channel.";
    refuse("NoAvailableConfigurationRecorderException", message);
  }
  const bucket = inputs.s3BucketName;
  if (bucketNamed(cloud, bucket) === undefined) {
    refuse("NoSuchBucketException", `Cannot find a S3 bucket with name ${bucket}`);
  }
  requireKey(context, inputs.s3KmsKeyArn, {
    code: "InvalidS3KmsKeyArnException",
    message: "The KMS key {value} does not exist",
  });
  const prefix = inputs.s3KeyPrefix === undefined ? "" : `${inputs.s3KeyPrefix}/`;
  const path = `${prefix}AWSLogs/${scope.account}/Config/ConfigWritabilityCheckFile`;
  const action = "s3:PutObject";
  const isGranted =
    roleAllows(cloud, text(role), action, `${bareArn(scope, "s3", bucket)}/${path}`) ||
    bucketGrants(cloud, bucket, {
      service: SERVICE,
      callers: [text(role)],
      action,
      path,
      context: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:sourceaccount": scope.account },
    });
  if (!isGranted) {
    refuse(
      "InsufficientDeliveryPolicyException",
      `Insufficient delivery policy to s3 bucket: ${bucket}, unable to write to bucket, provided s3 key prefix is '${inputs.s3KeyPrefix ?? "null"}', provided kms key is '${inputs.s3KmsKeyArn ?? "null"}'.`,
    );
  }
}

const recorderStatus = resourceType<RecorderStatusArgs>({
  token: STATUS,
  service: "Config Service",
  actions: {
    create: "StartConfigurationRecorder",
    update: "StartConfigurationRecorder",
    delete: "StopConfigurationRecorder",
  },
  name: named(256, "API_StartConfigurationRecorder"),
  create: (context) => {
    refuseStart(context);
    return { id: context.inputs.name ?? "", outputs: {} };
  },
  update: (context) => {
    refuseStart(context);
    return {};
  },
});

function refuseStart({ inputs, cloud }: CallContext<Resolved<RecorderStatusArgs>>): void {
  const name = inputs.name ?? "";
  if (cloud.find(RECORDER, name) === undefined) {
    const message = `Cannot find configuration recorder with the specified name '${name}'.`;
    refuse("NoSuchConfigurationRecorderException", message);
  }
  if (inputs.isEnabled && cloud.list(CHANNEL).length === 0) {
    const message = "Delivery channel is not available to start configuration recorder.";
    refuse("NoAvailableDeliveryChannelException", message);
  }
}

const rule = resourceType<RuleArgs>({
  token: "aws:cfg/rule:Rule",
  service: "Config Service",
  actions: { create: "PutConfigRule", update: "PutConfigRule", delete: "DeleteConfigRule" },
  name: named(128, "API_ConfigRule"),
  duration: { create: 3, delete: 15, source: "estimate: the provider waits until a deleted rule is gone" },
  check: checkRule,
  create: (context) => {
    refuseRule(context);
    const id = `config-rule-${context.hex(6)}`;
    return {
      id: context.inputs.name ?? "",
      outputs: { arn: arn(context.scope, "config", `config-rule/${id}`), ruleId: id },
    };
  },
  update: (context) => {
    refuseRule(context);
    return {};
  },
});

function checkRule({ inputs, refuse: report }: CheckContext<Resolved<RuleArgs>>): void {
  const owners = ["AWS", "CUSTOM_LAMBDA", "CUSTOM_POLICY"];
  const { owner, sourceIdentifier, customPolicyDetails } = inputs.source ?? {};
  if (owner !== undefined && !owners.includes(owner)) {
    report("source.owner", `expected one of ${owners.join(", ")}, got ${owner}`);
  }
  if (owner === "CUSTOM_POLICY" && customPolicyDetails === undefined) {
    report("source.customPolicyDetails", "InvalidParameterValueException: a rule of owner CUSTOM_POLICY has a policy");
  }
  if (owner !== undefined && owner !== "CUSTOM_POLICY" && sourceIdentifier === undefined) {
    report("source.sourceIdentifier", `InvalidParameterValueException: a rule of owner ${owner} has an identifier`);
  }
  const frequency = inputs.maximumExecutionFrequency;
  if (frequency !== undefined && !FREQUENCIES.includes(frequency)) {
    report("maximumExecutionFrequency", `expected one of ${FREQUENCIES.join(", ")}, got ${frequency}`);
  }
  if (inputs.inputParameters === undefined) return;
  try {
    JSON.parse(inputs.inputParameters);
  } catch {
    report("inputParameters", "InvalidParameterValueException: inputParameters is not JSON");
  }
}

/** A rule of one's own on Lambda needs no recorder: https://github.com/boto/boto3/issues/2178 */
function refuseRule({ inputs, cloud }: CallContext<Resolved<RuleArgs>>): void {
  const { owner, sourceIdentifier: identifier = "" } = inputs.source;
  if (owner !== "CUSTOM_LAMBDA" && cloud.list(RECORDER).length === 0) {
    const message = "You must create a configuration recorder before you can create or update a Config rule.";
    refuse("NoAvailableConfigurationRecorderException", message);
  }
  if (owner === "AWS" && !isManagedRule(identifier)) {
    const message = `The sourceIdentifier ${identifier} is invalid. Please refer to the documentation for a list of valid sourceIdentifiers.`;
    refuse("InvalidParameterValueException", message);
  }
}

export const configTypes: readonly ResourceType[] = [recorder, deliveryChannel, recorderStatus, rule];
