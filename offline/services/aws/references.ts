import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CallContext, NameRule, Reference } from "../../cloud/resource-type";
import { parseArn } from "./arn";
import { KMS_ALIAS, KMS_KEY, KMS_REPLICA_KEY, ROLE, SECURITY_GROUP, SUBNET, VPC } from "./types";
import { text } from "./text";

/** Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
export function vpcReference(path = "vpcId"): Reference {
  return { path, to: VPC, missing: { code: "InvalidVpcID.NotFound", message: "The vpc ID '{value}' does not exist" } };
}

export function subnetReference(path: string, code = "InvalidSubnetID.NotFound"): Reference {
  return { path, to: SUBNET, missing: { code, message: "The subnet ID '{value}' does not exist" } };
}

export function securityGroupReference(path: string, code = "InvalidGroup.NotFound"): Reference {
  return { path, to: SECURITY_GROUP, missing: { code, message: "The security group '{value}' does not exist" } };
}

/** A property that holds a role's ARN. Services do not keep a role from being deleted: they only stop working. */
export function roleReference(path: string, code: string, message = "The role '{value}' does not exist"): Reference {
  return { path, to: ROLE, by: "arn", within: "account", missing: { code, message }, holds: false };
}

/**
 * Refuses the call unless `value` names a key of this account and region: by key id, key ARN, alias name or alias ARN, as every
 * service accepts them. Keys that AWS makes for a service (`alias/aws/…`) always exist, and keys of other accounts cannot be seen
 * from here. https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
 */
export function requireKey(
  context: Pick<CallContext<unknown>, "cloud" | "scope">,
  value: string | undefined,
  error: { readonly code: string; readonly message: string },
): void {
  if (value === undefined || value === "") return;
  if (findKey(context.cloud, context.scope.account, value) === undefined) {
    refuse(error.code, error.message.replaceAll("{value}", value));
  }
}

/** The key that an id, ARN or alias names, `managed` for a key that AWS makes itself, `foreign` for another account's. */
export function findKey(cloud: CloudView, account: string, value: string): string | undefined {
  const parsed = parseArn(value);
  if (parsed !== undefined && parsed.service !== "kms") return undefined;
  if (parsed !== undefined && parsed.account !== account) return "foreign";
  const name = parsed === undefined ? value : parsed.resource;
  if (name.startsWith("alias/aws/")) return "managed";
  if (name.startsWith("alias/")) {
    const alias = cloud
      .list(KMS_ALIAS)
      .find((each) => each.inputs["name"] === name && sameRegion(value, each.outputs["arn"]));
    return alias === undefined ? undefined : text(alias.outputs["targetKeyId"] ?? alias.inputs["targetKeyId"]);
  }
  const id = name.replace(/^key\//, "");
  const key = [KMS_KEY, KMS_REPLICA_KEY].flatMap((type) => cloud.list(type)).find((each) => each.id === id);
  return key !== undefined && sameRegion(value, key.outputs["arn"]) ? key.id : undefined;
}

function sameRegion(given: string, stored: unknown): boolean {
  return !given.startsWith("arn:") || given === stored;
}

/** The name rule of a type that the provider names but no rule here describes: up to 255 characters of any kind. */
export function anyName(property = "name", maxLength = 255, separator = "-"): NameRule {
  return {
    property,
    pattern: /^[\s\S]+$/,
    rule: `1 to ${String(maxLength)} characters`,
    source: "https://github.com/pulumi/pulumi-aws/blob/master/provider/autonaming.go",
    maxLength,
    separator,
  };
}
