import type { CloudView, StoredResource } from "../../cloud/cloud";
import { policyText } from "./policy-document";
import { ROLE } from "./types";

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: { readonly Service?: unknown } | string;
  readonly Action?: unknown;
}

/** The role of this ARN in the caller's account, or undefined: it does not exist, or is another account's. */
export function roleOf(cloud: CloudView, roleArn: string): StoredResource | undefined {
  return cloud.findBy(ROLE, "arn", roleArn, "anywhere");
}

/** Whether a role lets a service assume it with all of these actions. A role that cannot be seen from here counts as one that does. */
export function trusts(
  cloud: CloudView,
  roleArn: string,
  service: string,
  actions: readonly string[] = ["sts:AssumeRole"],
): boolean {
  const role = roleOf(cloud, roleArn);
  if (role === undefined) return true;
  return actions.every((action) =>
    statements(role.inputs["assumeRolePolicy"]).some(
      (statement) =>
        statement.Effect === "Allow" &&
        servicesOf(statement).some((each) => each === service || each === "*") &&
        texts(statement.Action).some((each) => each === action || each === "sts:*" || each === "*"),
    ),
  );
}

function statements(policy: unknown): readonly Statement[] {
  const document = JSON.parse(policyText(policy)) as { readonly Statement?: Statement | readonly Statement[] };
  return Array.isArray(document.Statement)
    ? (document.Statement as readonly Statement[])
    : [document.Statement as Statement];
}

function servicesOf({ Principal: principal }: Statement): readonly string[] {
  return typeof principal === "string" ? [principal] : texts(principal?.Service);
}

function texts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
}
