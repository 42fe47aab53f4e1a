import type { AliasArgs, KeyArgs, KeyPolicyArgs, ReplicaKeyArgs } from "@pulumi/aws/kms";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { partitionOf } from "../../cloud/partition";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { arn, parseArn, uuid } from "./arn";
import { policyProblem } from "./policy-document";
import { findKey } from "./references";
import { KMS_ALIAS, KMS_KEY, KMS_REPLICA_KEY } from "./types";

// Limits and codes: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html, …/API_ScheduleKeyDeletion.html,
// …/API_EnableKeyRotation.html, …/API_CreateAlias.html

/** Reports what KMS would refuse in a key policy, and a waiting period or rotation period out of range. */
function checkKey(
  context: Pick<CheckContext<unknown>, "refuse">,
  window?: number,
  rotation?: number,
  policy?: string,
): void {
  if (window !== undefined && (!Number.isInteger(window) || window < 7 || window > 30)) {
    context.refuse(
      "deletionWindowInDays",
      `expected deletionWindowInDays to be in the range (7 - 30), got ${String(window)}`,
    );
  }
  if (rotation !== undefined && (!Number.isInteger(rotation) || rotation < 90 || rotation > 2560)) {
    context.refuse(
      "rotationPeriodInDays",
      `expected rotationPeriodInDays to be in the range (90 - 2560), got ${String(rotation)}`,
    );
  }
  const problem = policy === undefined ? undefined : policyProblem(policy, "resource");
  if (problem !== undefined) context.refuse("policy", `MalformedPolicyDocumentException: ${problem}`);
}

/** Whether somebody of the key's account may still change the policy: KMS refuses one that locks everybody out. */
function refuseLockout(policy: string | undefined, account: string, bypass: boolean | undefined): void {
  if (policy === undefined || bypass === true) return;
  const allowed = /"Principal"\s*:\s*"\*"|"AWS"\s*:\s*"\*"/.test(policy) || policy.includes(account);
  if (!allowed) {
    refuse(
      "MalformedPolicyDocumentException",
      "The new key policy will not allow you to update the key policy in the future.",
    );
  }
}

const DEFAULT_SPEC = "SYMMETRIC_DEFAULT";

/**
 * What is left of a multi-Region primary key that was deleted before its replicas: it cannot be used or replicated.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
 */
const WAITING_PRIMARY = "aws:kms/waitingPrimaryKey:WaitingPrimaryKey";

const key = resourceType<KeyArgs>({
  token: KMS_KEY,
  service: "KMS",
  actions: { create: "CreateKey", update: "PutKeyPolicy", delete: "ScheduleKeyDeletion" },
  check: (context) => {
    const { inputs } = context;
    checkKey(context, inputs.deletionWindowInDays, inputs.rotationPeriodInDays, inputs.policy);
    if ((inputs.description ?? "").length > 8192)
      context.refuse("description", "ValidationException: at most 8192 characters");
    const symmetric = (inputs.customerMasterKeySpec ?? DEFAULT_SPEC) === DEFAULT_SPEC;
    if (inputs.enableKeyRotation === true && !symmetric) {
      const spec = inputs.customerMasterKeySpec ?? "";
      context.refuse(
        "enableKeyRotation",
        `UnsupportedOperationException: a key of spec ${spec} cannot be rotated automatically`,
      );
    }
    if (inputs.rotationPeriodInDays !== undefined && inputs.enableKeyRotation !== true) {
      context.refuse("rotationPeriodInDays", "enableKeyRotation must be true when rotationPeriodInDays is specified");
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    refuseLockout(inputs.policy, scope.account, inputs.bypassPolicyLockoutSafetyCheck);
    // The keys of a multi-Region set share an id that says so.
    const id = inputs.multiRegion === true ? `mrk-${context.hex(32)}` : uuid(context);
    return {
      id,
      outputs: {
        arn: arn(scope, "kms", `key/${id}`),
        keyId: id,
        description: inputs.description ?? "",
        customerMasterKeySpec: inputs.customerMasterKeySpec ?? DEFAULT_SPEC,
        keyUsage: inputs.keyUsage ?? "ENCRYPT_DECRYPT",
        isEnabled: inputs.isEnabled ?? true,
        enableKeyRotation: inputs.enableKeyRotation ?? false,
        multiRegion: inputs.multiRegion ?? false,
        policy: inputs.policy ?? defaultKeyPolicy(scope.account),
        rotationPeriodInDays: inputs.rotationPeriodInDays ?? 365,
      },
    };
  },
  update: ({ inputs, scope }) => {
    refuseLockout(inputs.policy, scope.account, inputs.bypassPolicyLockoutSafetyCheck);
    return {};
  },
  // KMS takes the deletion of a primary at any time: it waits as PendingReplicaDeletion until its last replica is gone.
  delete: ({ resource, cloud, effects, scope }) => {
    if (replicasOf(cloud, scope.account, resource.id).length === 0) return;
    const outputs = { arn: resource.outputs["arn"], keyId: resource.id, keyState: "PendingReplicaDeletion" };
    effects.put({ type: WAITING_PRIMARY, id: resource.id, inputs: {}, outputs });
  },
});

function replicasOf(cloud: CloudView, account: string, id: string): readonly StoredResource[] {
  return cloud
    .list(KMS_REPLICA_KEY, "anywhere")
    .filter((replica) => replica.id === id && replica.scope.account === account);
}

/** The policy that KMS gives a key made without one. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
function defaultKeyPolicy(account: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
}

const replicaKey = resourceType<ReplicaKeyArgs>({
  token: KMS_REPLICA_KEY,
  service: "KMS",
  actions: { create: "ReplicateKey", update: "PutKeyPolicy", delete: "ScheduleKeyDeletion" },
  references: [{ path: "primaryKeyArn", to: KMS_KEY, by: "arn", within: "account", holds: false }],
  check: (context) => {
    checkKey(context, context.inputs.deletionWindowInDays, undefined, context.inputs.policy);
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const primary = requirePrimary(context);
    const id = primary.id;
    if (!id.startsWith("mrk-")) {
      refuse("UnsupportedOperationException", `${inputs.primaryKeyArn} is not a multi-Region primary key`);
    }
    if (primary.scope.region === scope.region || cloud.find(KMS_REPLICA_KEY, id) !== undefined) {
      refuse("AlreadyExistsException", `A key of this multi-Region set already exists in ${scope.region}`);
    }
    refuseLockout(inputs.policy, scope.account, inputs.bypassPolicyLockoutSafetyCheck);
    return {
      id,
      outputs: {
        arn: arn(scope, "kms", `key/${id}`),
        keyId: id,
        description: inputs.description ?? "",
        enabled: inputs.enabled ?? true,
        policy: inputs.policy ?? defaultKeyPolicy(scope.account),
        // What all keys of a set share.
        keySpec: primary.outputs["customerMasterKeySpec"] ?? DEFAULT_SPEC,
        keyUsage: primary.outputs["keyUsage"] ?? "ENCRYPT_DECRYPT",
        keyRotationEnabled: primary.outputs["enableKeyRotation"] ?? false,
      },
    };
  },
  update: ({ inputs, scope }) => {
    refuseLockout(inputs.policy, scope.account, inputs.bypassPolicyLockoutSafetyCheck);
    return {};
  },
  delete: ({ resource, cloud, effects, scope }) => {
    if (replicasOf(cloud, scope.account, resource.id).length > 1) return;
    const waiting = cloud.findBy(WAITING_PRIMARY, "arn", resource.inputs["primaryKeyArn"], "anywhere");
    if (waiting !== undefined) effects.remove(waiting);
  },
});

/** The key that is replicated: a primary of this account and partition that is not on its way out. */
function requirePrimary({ inputs, scope, cloud }: CallContext<Resolved<ReplicaKeyArgs>>): StoredResource {
  const wanted = inputs.primaryKeyArn;
  const primary = cloud.findBy(KMS_KEY, "arn", wanted, "anywhere");
  if (primary?.scope.account === scope.account && parseArn(wanted)?.partition === partitionOf(scope.region)) {
    return primary;
  }
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
  if (cloud.findBy(WAITING_PRIMARY, "arn", wanted, "anywhere") !== undefined) {
    refuse("KMSInvalidStateException", `${wanted} is pending replica deletion.`);
  }
  return refuse("NotFoundException", `Key '${wanted}' does not exist`);
}

const alias = resourceType<AliasArgs>({
  token: KMS_ALIAS,
  service: "KMS",
  actions: { create: "CreateAlias", update: "UpdateAlias", delete: "DeleteAlias" },
  name: {
    property: "name",
    spell: (name) => `alias/${name}`,
    pattern: /^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/,
    rule: "alias/ and then letters, digits and /_-, not alias/aws/",
    source: "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html",
    maxLength: 256,
    unique: {
      within: "region",
      code: "AlreadyExistsException",
      message: "An alias with the name {value} already exists",
    },
  },
  create: ({ inputs, scope, cloud }) => {
    const target = targetOf(inputs.targetKeyId, cloud, scope.account);
    const name = inputs.name ?? "";
    const targetKeyArn = arn(scope, "kms", `key/${target}`);
    return { id: name, outputs: { arn: arn(scope, "kms", name), targetKeyArn, targetKeyId: target } };
  },
  update: ({ inputs, scope, cloud }) => {
    const target = targetOf(inputs.targetKeyId, cloud, scope.account);
    return { targetKeyArn: arn(scope, "kms", `key/${target}`), targetKeyId: target };
  },
});

function targetOf(value: string, cloud: Parameters<typeof findKey>[0], account: string): string {
  const found = value.includes("alias/") ? undefined : findKey(cloud, account, value);
  return found ?? refuse("NotFoundException", `Key '${value}' does not exist`);
}

const keyPolicy = resourceType<KeyPolicyArgs>({
  token: "aws:kms/keyPolicy:KeyPolicy",
  service: "KMS",
  actions: { create: "PutKeyPolicy", update: "PutKeyPolicy", delete: "PutKeyPolicy" },
  check: (context) => {
    checkKey(context, undefined, undefined, context.inputs.policy);
  },
  create: ({ inputs, scope, cloud }) => {
    const target = targetOf(inputs.keyId, cloud, scope.account);
    refuseLockout(inputs.policy, scope.account, inputs.bypassPolicyLockoutSafetyCheck);
    return { id: target, outputs: {} };
  },
});

export const kmsTypes: readonly ResourceType[] = [key, replicaKey, alias, keyPolicy];
