import type { OpenIdConnectProviderArgs, PolicyArgs, RoleArgs } from "@pulumi/aws/iam";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CheckContext,
  type NameRule,
  type Resolved,
  type ResourceType,
  type Scope,
} from "../../cloud/resource-type";
import { arn as regionalArn, iamId, parseArn } from "./arn";
import { awsPrincipals, policyProblem, policySize, policyText } from "./policy-document";
import { IAM_POLICY, OIDC_PROVIDER, ROLE } from "./types";

// Limits: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// Error codes: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html and its siblings

const MANAGED_POLICY_SIZE = 6144;
const TRUST_POLICY_SIZE = 2048;
const INLINE_POLICIES_SIZE = 10240;

/** An ARN of IAM, which has no region. */
export function iamArn(scope: Scope, resource: string): string {
  return regionalArn({ ...scope, region: "" }, "iam", resource);
}

/** Name of an IAM entity: unique in the account. */
export function iamName(maxLength: number, what: string, api: string): NameRule {
  return {
    property: "name",
    pattern: /^[\w+=,.@-]+$/,
    rule: `1 to ${String(maxLength)} letters, digits and _+=,.@-`,
    source: `https://docs.aws.amazon.com/IAM/latest/APIReference/${api}.html`,
    maxLength,
    unique: { within: "account", code: "EntityAlreadyExists", message: `${what} with name {value} already exists.` },
  };
}

/** Reports what IAM would refuse in the policy at a property. */
export function checkPolicy(
  context: Pick<CheckContext<unknown>, "refuse">,
  property: string,
  policy: unknown,
  kind: "identity" | "trust",
): void {
  const problem = policy === undefined ? undefined : policyProblem(policy, kind);
  if (problem !== undefined) context.refuse(property, `MalformedPolicyDocument: ${problem}`);
}

const role = resourceType<RoleArgs>({
  token: ROLE,
  service: "IAM",
  actions: { create: "CreateRole", update: "UpdateAssumeRolePolicy", delete: "DeleteRole" },
  reach: "global",
  name: iamName(64, "Role", "API_CreateRole"),
  inUse: { code: "DeleteConflict", message: "Cannot delete entity, must detach all policies first: {id}" },
  check: (context) => {
    const { inputs } = context;
    checkPolicy(context, "assumeRolePolicy", inputs.assumeRolePolicy, "trust");
    (inputs.inlinePolicies ?? []).forEach(({ policy }, index) => {
      checkPolicy(context, `inlinePolicies[${String(index)}].policy`, policy, "identity");
    });
    const seconds = inputs.maxSessionDuration;
    if (seconds !== undefined && (seconds < 3600 || seconds > 43200)) {
      context.refuse("maxSessionDuration", `ValidationError: must be 3600 to 43200 seconds, got ${String(seconds)}`);
    }
    if (inputs.path !== undefined && !/^(\/|\/[!-~]+\/)$/.test(inputs.path)) {
      context.refuse("path", `ValidationError: "${inputs.path}" must begin and end with /`);
    }
    if ((inputs.description ?? "").length > 1000)
      context.refuse("description", "ValidationError: at most 1000 characters");
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    refuseBadTrust(inputs, scope, cloud);
    const name = inputs.name ?? "";
    return {
      id: name,
      outputs: {
        name,
        assumeRolePolicy: policyText(inputs.assumeRolePolicy),
        arn: iamArn(scope, `role${inputs.path ?? "/"}${name}`),
        uniqueId: iamId(context, "AROA"),
        createDate: "2026-01-01T00:00:00Z",
        path: inputs.path ?? "/",
        maxSessionDuration: inputs.maxSessionDuration ?? 3600,
        forceDetachPolicies: inputs.forceDetachPolicies ?? false,
        inlinePolicies: inputs.inlinePolicies ?? [],
        managedPolicyArns: inputs.managedPolicyArns ?? [],
      },
    };
  },
  update: ({ inputs, scope, cloud }) => {
    refuseBadTrust(inputs, scope, cloud);
    return { assumeRolePolicy: policyText(inputs.assumeRolePolicy) };
  },
  // What hangs on the role in other resources goes first when the program asked for it in an earlier update.
  delete: ({ resource, cloud, effects }) => {
    if (resource.inputs["forceDetachPolicies"] !== true) return;
    for (const type of ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy"]) {
      for (const each of cloud.list(type)) if (each.inputs["role"] === resource.id) effects.remove(each);
    }
  },
});

function refuseBadTrust(inputs: Resolved<RoleArgs>, scope: Scope, cloud: CloudView): void {
  if (policySize(inputs.assumeRolePolicy) > TRUST_POLICY_SIZE) {
    refuse("LimitExceeded", `Cannot exceed quota for ACLSizePerRole: ${String(TRUST_POLICY_SIZE)}`);
  }
  for (const principal of awsPrincipals(inputs.assumeRolePolicy)) {
    const parsed = parseArn(principal);
    if (parsed?.account !== scope.account || !parsed.resource.startsWith("role/")) continue;
    if (cloud.findBy(ROLE, "arn", principal) === undefined) {
      refuse("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"${principal}"`);
    }
  }
  const inline = (inputs.inlinePolicies ?? []).reduce((sum, { policy }) => sum + policySize(policy ?? ""), 0);
  refuseLargeInline(inputs.name ?? "", inline);
}

export function refuseLargeInline(roleName: string, size: number): void {
  if (size > INLINE_POLICIES_SIZE) {
    const message = `Maximum policy size of ${String(INLINE_POLICIES_SIZE)} bytes exceeded for role ${roleName}`;
    refuse("LimitExceeded", message);
  }
}

const policy = resourceType<PolicyArgs>({
  token: IAM_POLICY,
  service: "IAM",
  actions: { create: "CreatePolicy", update: "CreatePolicyVersion", delete: "DeletePolicy" },
  reach: "global",
  name: iamName(128, "A policy", "API_CreatePolicy"),
  inUse: { code: "DeleteConflict", message: "Cannot delete a policy attached to entities: {id}" },
  check: (context) => {
    checkPolicy(context, "policy", context.inputs.policy, "identity");
  },
  create: (context) => {
    const { inputs, scope } = context;
    refuseLargePolicy(inputs.policy);
    const arn = iamArn(scope, `policy${inputs.path ?? "/"}${inputs.name ?? ""}`);
    return {
      id: arn,
      outputs: {
        arn,
        policyId: iamId(context, "ANPA"),
        path: inputs.path ?? "/",
        policy: policyText(inputs.policy),
        attachmentCount: 0,
      },
    };
  },
  update: ({ inputs }) => {
    refuseLargePolicy(inputs.policy);
    return { policy: policyText(inputs.policy) };
  },
});

function refuseLargePolicy(document: unknown): void {
  if (policySize(document) > MANAGED_POLICY_SIZE) {
    refuse("LimitExceeded", `Cannot exceed quota for PolicySize: ${String(MANAGED_POLICY_SIZE)}`);
  }
}

const oidcProvider = resourceType<OpenIdConnectProviderArgs>({
  token: OIDC_PROVIDER,
  service: "IAM",
  actions: {
    create: "CreateOpenIDConnectProvider",
    update: "UpdateOpenIDConnectProviderThumbprint",
    delete: "DeleteOpenIDConnectProvider",
  },
  reach: "global",
  check: (context) => {
    const { inputs } = context;
    if (inputs.url !== undefined && !/^https:\/\/[^\s?#]+$/.test(inputs.url)) {
      context.refuse("url", `ValidationError: "${inputs.url}" must begin with https:// and have no query`);
    }
    (inputs.thumbprintLists ?? []).forEach((thumbprint, index) => {
      if (!/^[0-9a-fA-F]{40}$/.test(thumbprint)) {
        context.refuse(
          `thumbprintLists[${String(index)}]`,
          `ValidationError: "${thumbprint}" is not 40 hexadecimal digits`,
        );
      }
    });
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
    if ((inputs.clientIdLists ?? []).length > 100)
      context.refuse("clientIdLists", "LimitExceeded: at most 100 client IDs");
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const host = inputs.url.replace(/^https:\/\//, "").replace(/\/$/, "");
    const arn = iamArn(scope, `oidc-provider/${host}`);
    if (cloud.find(OIDC_PROVIDER, arn) !== undefined) {
      refuse("EntityAlreadyExists", `Provider with url ${inputs.url} already exists.`);
    }
    return { id: arn, outputs: { arn, url: host, thumbprintLists: inputs.thumbprintLists ?? [context.hex(40)] } };
  },
});

export const iamTypes: readonly ResourceType[] = [role, policy, oidcProvider];
