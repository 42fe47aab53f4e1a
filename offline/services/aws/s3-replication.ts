import type {
  BucketLoggingArgs,
  BucketNotificationArgs,
  BucketObjectLockConfigurationArgs,
  BucketReplicationConfigArgs,
} from "@pulumi/aws/s3";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { parseArn } from "./arn";
import { trusts } from "./eks-trust";
import { findKey, roleReference } from "./references";
import { bucketReference } from "./s3";
import { BUCKET_OBJECT_LOCK, BUCKET_REPLICATION, bucketNamed, isVersioned } from "./s3-buckets";
import { SNS_TOPIC } from "./types";

// Error codes of this file: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html

type ReplicationInputs = Resolved<BucketReplicationConfigArgs>;

const replication = resourceType<BucketReplicationConfigArgs>({
  token: BUCKET_REPLICATION,
  service: "S3",
  actions: { create: "PutBucketReplication", update: "PutBucketReplication", delete: "DeleteBucketReplication" },
  references: [bucketReference, roleReference("role", "InvalidArgument", "Invalid replication role: {value}")],
  check: checkReplication,
  create: (context) => {
    refuseReplication(context);
    return { id: context.inputs.bucket, outputs: {} };
  },
  update: (context) => {
    refuseReplication(context);
    return {};
  },
});

/** Rules with a filter are of the newer form, which says more: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html */
function checkReplication({ inputs, isUnknown, refuse: report }: CheckContext<ReplicationInputs>): void {
  const rules = inputs.rules ?? [];
  const priorities = rules.map(({ priority }) => priority ?? 0);
  rules.forEach((rule, index) => {
    const path = `rules[${String(index)}]`;
    const { status, filter, destination, deleteMarkerReplication, sourceSelectionCriteria } = rule;
    if (!["Enabled", "Disabled"].includes(status)) {
      report(`${path}.status`, `expected one of Enabled, Disabled, got ${status}`);
    }
    if (filter !== undefined && deleteMarkerReplication === undefined) {
      const reason =
        "InvalidRequest: DeleteMarkerReplication must be specified for this version of Cross Region Replication configuration schema";
      report(`${path}.deleteMarkerReplication`, reason);
    }
    if (rules.length > 1 && priorities.indexOf(priorities[index] ?? 0) !== index) {
      report(`${path}.priority`, `InvalidRequest: Found duplicate priority in rules: ${String(priorities[index])}`);
    }
    const keyPath = `${path}.destination.encryptionConfiguration`;
    const isEncrypted = sourceSelectionCriteria?.sseKmsEncryptedObjects?.status === "Enabled";
    if (isEncrypted && destination.encryptionConfiguration === undefined && !isUnknown(keyPath)) {
      report(keyPath, "InvalidRequest: ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.");
    }
    const minutes = [destination.replicationTime?.time.minutes, destination.metrics?.eventThreshold?.minutes];
    if (minutes.some((each) => each !== undefined && each !== 15)) {
      report(`${path}.destination.replicationTime`, "InvalidRequest: the only replication time is 15 minutes");
    }
    if (destination.replicationTime?.status === "Enabled" && destination.metrics?.status !== "Enabled") {
      report(`${path}.destination.metrics`, "InvalidRequest: Replication Time Control needs metrics");
    }
  });
}

/** Words: https://github.com/nozaq/terraform-aws-remote-state-s3-backend/issues/107 */
function refuseReplication({ inputs, cloud, scope }: CallContext<ReplicationInputs>): void {
  const { bucket, role, rules } = inputs;
  if (!isVersioned(cloud, bucket)) {
    const message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration";
    refuse("InvalidRequest", `${message}: ${bucket}`);
  }
  // The service takes a role that it cannot assume, and then fails every copy.
  if (!trusts(cloud, role, "s3.amazonaws.com")) {
    refuse("InvalidArgument", `Invalid replication role: ${role} does not trust s3.amazonaws.com`);
  }
  for (const { destination } of rules) {
    const target = bucketNamed(cloud, parseArn(destination.bucket)?.resource ?? "");
    // A bucket of another account may be beyond what can be seen from here.
    const isForeign = destination.account !== undefined && destination.account !== scope.account;
    if (target === undefined && isForeign) continue;
    if (target === undefined) refuse("InvalidRequest", `Destination bucket must exist: ${destination.bucket}`);
    if (!isVersioned(cloud, target.id)) {
      refuse("InvalidRequest", `Destination bucket must have versioning enabled: ${target.id}`);
    }
    if (target.id === bucket) refuse("InvalidRequest", "Destination bucket cannot be the same as source bucket.");
    refuseReplicaKey(destination.encryptionConfiguration?.replicaKmsKeyId, target.scope.region, { cloud, scope });
  }
}

/** The copy is encrypted where it is written: the key is one of the destination's region, named by its ARN. */
function refuseReplicaKey(
  key: string | undefined,
  region: string,
  { cloud, scope }: Pick<CallContext<unknown>, "cloud" | "scope">,
): void {
  if (key === undefined) return;
  const parsed = parseArn(key);
  if (parsed === undefined || findKey(viewOf(cloud), scope.account, key) === undefined) {
    refuse("InvalidArgument", `Invalid ReplicaKmsKeyID ARN: ${key}`);
  }
  if (parsed.region !== region) {
    refuse("InvalidArgument", `The replica key ${key} is not in ${region}, the region of the destination bucket`);
  }
}

/** The cloud as a caller sees it who works in every region. */
function viewOf(cloud: CallContext<unknown>["cloud"]): CallContext<unknown>["cloud"] {
  return { ...cloud, list: (type) => cloud.list(type, "anywhere") };
}

const objectLock = resourceType<BucketObjectLockConfigurationArgs>({
  token: BUCKET_OBJECT_LOCK,
  service: "S3",
  actions: {
    create: "PutObjectLockConfiguration",
    update: "PutObjectLockConfiguration",
    delete: "PutObjectLockConfiguration",
  },
  references: [bucketReference],
  check: ({ inputs, refuse: report }) => {
    const { mode, days, years } = inputs.rule?.defaultRetention ?? {};
    if (mode !== undefined && !["GOVERNANCE", "COMPLIANCE"].includes(mode)) {
      report("rule.defaultRetention.mode", `expected one of GOVERNANCE, COMPLIANCE, got ${mode}`);
    }
    if (inputs.rule !== undefined && (days === undefined) === (years === undefined)) {
      report("rule.defaultRetention", "MalformedXML: exactly one of days, years must be set");
    }
    if ([days, years].some((each) => each !== undefined && each < 1)) {
      report("rule.defaultRetention", "InvalidArgument: Default retention period must be a positive integer value.");
    }
  },
  // https://aws.amazon.com/about-aws/whats-new/2023/11/amazon-s3-enabling-object-lock-buckets/: existing buckets too.
  create: ({ inputs, cloud }) => {
    if (!isVersioned(cloud, inputs.bucket)) {
      const message = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
      refuse("InvalidBucketState", `${message}: ${inputs.bucket}`);
    }
    return { id: inputs.bucket, outputs: {} };
  },
});

const logging = resourceType<BucketLoggingArgs>({
  token: "aws:s3/bucketLogging:BucketLogging",
  service: "S3",
  actions: { create: "PutBucketLogging", update: "PutBucketLogging", delete: "PutBucketLogging" },
  references: [bucketReference],
  create: (context) => {
    refuseTarget(context);
    return { id: context.inputs.bucket, outputs: {} };
  },
  update: (context) => {
    refuseTarget(context);
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
function refuseTarget({ inputs, cloud, scope }: CallContext<Resolved<BucketLoggingArgs>>): void {
  const target = bucketNamed(cloud, inputs.targetBucket);
  if (target?.scope.account !== scope.account) {
    refuse(
      "InvalidTargetBucketForLogging",
      `The target bucket for logging does not exist, is not owned by you, or does not have the appropriate grants: ${inputs.targetBucket}`,
    );
  }
  if (target.scope.region !== scope.region) {
    refuse("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed.");
  }
}

/** Kinds of events: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const EVENT =
  /^s3:(ObjectCreated|ObjectRemoved|ObjectRestore|Replication|LifecycleExpiration|LifecycleTransition|IntelligentTiering|ObjectTagging|ObjectAcl|TestEvent|ReducedRedundancyLostObject)(:(\*|[A-Za-z]+))?$/;

const notification = resourceType<BucketNotificationArgs>({
  token: "aws:s3/bucketNotification:BucketNotification",
  service: "S3",
  actions: {
    create: "PutBucketNotificationConfiguration",
    update: "PutBucketNotificationConfiguration",
    delete: "PutBucketNotificationConfiguration",
  },
  references: [bucketReference],
  check: ({ inputs, refuse: report }) => {
    for (const kind of ["topics", "queues", "lambdaFunctions"] as const) {
      (inputs[kind] ?? []).forEach(({ events }, index) => {
        const wrong = events.find((event) => !EVENT.test(event));
        if (wrong === undefined) return;
        const reason = `InvalidArgument: The event '${wrong}' is not supported for notifications`;
        report(`${kind}[${String(index)}].events`, reason);
      });
    }
  },
  create: (context) => {
    refuseDestinations(context);
    return { id: context.inputs.bucket, outputs: {} };
  },
  update: (context) => {
    refuseDestinations(context);
    return {};
  },
});

/** S3 sends a test message to every destination before it stores a configuration. */
function refuseDestinations({ inputs, cloud, scope }: CallContext<Resolved<BucketNotificationArgs>>): void {
  const destinations = [
    ...(inputs.topics ?? []).map(({ topicArn }) => [SNS_TOPIC, topicArn] as const),
    ...(inputs.queues ?? []).map(({ queueArn }) => ["aws:sqs/queue:Queue", queueArn] as const),
    ...(inputs.lambdaFunctions ?? []).map((each) => ["aws:lambda/function:Function", each.lambdaFunctionArn] as const),
  ];
  for (const [type, arn = ""] of destinations) {
    if (parseArn(arn)?.account !== scope.account) continue;
    if (cloud.findBy(type, "arn", arn) === undefined) {
      refuse("InvalidArgument", `Unable to validate the following destination configurations: ${arn}`);
    }
  }
}

export const s3ReplicationTypes: readonly ResourceType[] = [replication, objectLock, logging, notification];
