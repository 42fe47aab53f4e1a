import type { CloudView } from "../../cloud/cloud";
import { isList, isProperties } from "../../cloud/value";
import { roleOf } from "./eks-trust";
import { allowsAction } from "./resource-policy";
import { text } from "./text";
import { IAM_POLICY, ROLE_POLICY_ATTACHMENT } from "./types";

/** Policies of AWS that allow everything, or everything of a service named here. */
const BROAD: readonly (readonly [policy: string, action: RegExp])[] = [
  ["AdministratorAccess", /./],
  ["PowerUserAccess", /^(?!iam:|organizations:|account:)/],
  ["AmazonS3FullAccess", /^s3:/],
];

/**
 * Whether the policies of a role allow an action on a resource: inline ones, attached ones of the account, and those of AWS that
 * allow a whole service. A role that cannot be seen from here counts as one that may not.
 */
export function roleAllows(cloud: CloudView, roleArn: string, action: string, resource: string): boolean {
  const role = roleOf(cloud, roleArn);
  if (role === undefined) return false;
  const attached = cloud
    .list(ROLE_POLICY_ATTACHMENT)
    .filter(({ inputs }) => inputs["role"] === role.id)
    .map(({ inputs }) => text(inputs["policyArn"]));
  const listed = role.inputs["managedPolicyArns"];
  const arns = [...attached, ...(isList(listed) ? listed.map(text) : [])];
  if (BROAD.some(([policy, actions]) => arns.some((each) => each.endsWith(`/${policy}`)) && actions.test(action))) {
    return true;
  }
  const inline = role.inputs["inlinePolicies"];
  const policies = [
    ...arns.map((each) => cloud.findBy(IAM_POLICY, "arn", each)?.inputs["policy"]),
    ...cloud
      .list("aws:iam/rolePolicy:RolePolicy")
      .filter(({ inputs }) => inputs["role"] === role.id)
      .map(({ inputs }) => inputs["policy"]),
    ...(isList(inline) ? inline.filter(isProperties).map(({ policy }) => policy) : []),
  ];
  return policies.some((policy) => allowsAction(policy, action, resource));
}
