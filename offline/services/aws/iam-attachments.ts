import type { InstanceProfileArgs, RolePolicyArgs, RolePolicyAttachmentArgs } from "@pulumi/aws/iam";
import { refuse } from "../../cloud/errors";
import { resourceType, type Reference, type ResourceType } from "../../cloud/resource-type";
import { iamId } from "./arn";
import { checkPolicy, iamArn, iamName, refuseLargeInline } from "./iam";
import { isManagedPolicy } from "./managed-policies";
import { policySize, policyText } from "./policy-document";
import { quota } from "./quotas";
import { IAM_POLICY, INSTANCE_PROFILE, ROLE, ROLE_POLICY_ATTACHMENT } from "./types";

// Error codes: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html and its siblings

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

const roleByName: Reference = {
  path: "role",
  to: ROLE,
  within: "account",
  missing: { code: "NoSuchEntity", message: "The role with name {value} cannot be found." },
};

const rolePolicy = resourceType<RolePolicyArgs>({
  token: ROLE_POLICY,
  service: "IAM",
  actions: { create: "PutRolePolicy", update: "PutRolePolicy", delete: "DeleteRolePolicy" },
  reach: "global",
  // Unique within its role only: putting the same name on another role is another policy.
  name: {
    property: "name",
    pattern: /^[\w+=,.@-]+$/,
    rule: "1 to 128 letters, digits and _+=,.@-",
    source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
    maxLength: 128,
  },
  references: [roleByName],
  check: (context) => {
    checkPolicy(context, "policy", context.inputs.policy, "identity");
  },
  create: ({ inputs, cloud }) => {
    const owner = text(inputs.role);
    const others = cloud.list(ROLE_POLICY).filter((other) => other.inputs["role"] === owner);
    const size = others.reduce((sum, other) => sum + policySize(other.inputs["policy"]), policySize(inputs.policy));
    refuseLargeInline(owner, size);
    return { id: `${owner}:${inputs.name ?? ""}`, outputs: { role: owner, policy: policyText(inputs.policy) } };
  },
  update: ({ inputs, cloud, resource }) => {
    const owner = text(inputs.role);
    const others = cloud
      .list(ROLE_POLICY)
      .filter((other) => other.inputs["role"] === owner && other.id !== resource.id);
    const size = others.reduce((sum, other) => sum + policySize(other.inputs["policy"]), policySize(inputs.policy));
    refuseLargeInline(owner, size);
    return { policy: policyText(inputs.policy) };
  },
});

const rolePolicyAttachment = resourceType<RolePolicyAttachmentArgs>({
  token: ROLE_POLICY_ATTACHMENT,
  service: "IAM",
  actions: { create: "AttachRolePolicy", delete: "DetachRolePolicy" },
  reach: "global",
  references: [roleByName, { path: "policyArn", to: IAM_POLICY, by: "arn", within: "account" }],
  create: ({ inputs, cloud, scope }) => {
    const owner = text(inputs.role);
    const known = isManagedPolicy(inputs.policyArn) || cloud.findBy(IAM_POLICY, "arn", inputs.policyArn) !== undefined;
    if (!known) refuse("NoSuchEntity", `Policy ${inputs.policyArn} does not exist or is not attachable.`);
    const attached = cloud.list(ROLE_POLICY_ATTACHMENT).filter((other) => other.inputs["role"] === owner);
    const limit = quota(cloud, "managedPoliciesPerRole", { ...scope, region: "us-east-1" });
    // Attaching a second time changes nothing: it is not counted.
    if (attached.length >= limit && !attached.some((other) => other.inputs["policyArn"] === inputs.policyArn)) {
      refuse("LimitExceeded", `Cannot exceed quota for PoliciesPerRole: ${String(limit)}`);
    }
    return { id: `${owner}/${inputs.policyArn}`, outputs: { role: owner } };
  },
});

const instanceProfile = resourceType<InstanceProfileArgs>({
  token: INSTANCE_PROFILE,
  service: "IAM",
  actions: { create: "CreateInstanceProfile", update: "AddRoleToInstanceProfile", delete: "DeleteInstanceProfile" },
  reach: "global",
  name: iamName(128, "Instance Profile", "API_CreateInstanceProfile"),
  references: [roleByName],
  create: (context) => {
    const { inputs, scope } = context;
    const name = inputs.name ?? "";
    return {
      id: name,
      outputs: {
        arn: iamArn(scope, `instance-profile${inputs.path ?? "/"}${name}`),
        createDate: "2026-01-01T00:00:00Z",
        uniqueId: iamId(context, "AIPA"),
      },
    };
  },
});

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export const iamAttachmentTypes: readonly ResourceType[] = [rolePolicy, rolePolicyAttachment, instanceProfile];
