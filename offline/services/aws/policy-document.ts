import { parseArn } from "./arn";
import { isActionPrefix, isServicePrincipal } from "./service-prefixes";

/** `identity`: attached to a role or user; `trust`: who may assume a role; `resource`: on a bucket, a key, an endpoint. */
export type PolicyKind = "identity" | "trust" | "resource";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const STATEMENT_KEYS = new Set([
  ...["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"],
]);
const PRINCIPAL_TYPES = new Set(["AWS", "Service", "Federated", "CanonicalUser"]);
const PARTITIONS = new Set([
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-eusc",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
  "*",
]);
const TRUST_ACTION = /^sts:(AssumeRole\w*|TagSession|SetSourceIdentity|SetContext|\*)$/i;

/** The policy as text, whether the program gave a string or the SDK's typed document. */
export function policyText(policy: unknown): string {
  return typeof policy === "string" ? policy : JSON.stringify(policy);
}

/**
 * What IAM would refuse in a policy: its grammar, the services that actions and resources name, the form of ARNs. Undefined: nothing.
 * Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function policyProblem(policy: unknown, kind: PolicyKind): string | undefined {
  let document: Json;
  try {
    document = JSON.parse(policyText(policy)) as Json;
  } catch (error) {
    return `contains an invalid JSON policy: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isObject(document)) return "Syntax errors in policy: a policy is a JSON object.";
  const version = document["Version"];
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17") {
    return `The policy must contain a valid version string, got ${JSON.stringify(version)}`;
  }
  // A managed or inline policy of the old version is refused, since its variables would be read as text.
  if (kind === "identity" && version !== "2012-10-17") return "Policy document must be version 2012-10-17 or greater.";
  const statement = document["Statement"];
  const statements = Array.isArray(statement)
    ? (statement as readonly Json[])
    : statement === undefined
      ? []
      : [statement];
  if (statements.length === 0) return "Syntax errors in policy: at least one Statement is required.";
  const sids = new Set<string>();
  for (const [index, each] of statements.entries()) {
    const problem = isObject(each) ? statementProblem(each, kind) : "a Statement is a JSON object.";
    if (problem !== undefined) return `Statement[${String(index)}]: ${problem}`;
    const sid = isObject(each) ? each["Sid"] : undefined;
    if (typeof sid !== "string") continue;
    if (sids.has(sid)) return `Statement IDs (SID) in a single policy must be unique: "${sid}".`;
    sids.add(sid);
  }
  return undefined;
}

function statementProblem(statement: Readonly<Record<string, Json>>, kind: PolicyKind): string | undefined {
  const unknown = Object.keys(statement).find((key) => !STATEMENT_KEYS.has(key));
  if (unknown !== undefined) return `Syntax errors in policy: unknown element "${unknown}".`;
  if (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny") return `Effect must be Allow or Deny.`;
  if (kind === "identity" && typeof statement["Sid"] === "string" && !/^[A-Za-z0-9]*$/.test(statement["Sid"])) {
    return `Statement IDs (SID) must be alpha-numeric: "${statement["Sid"]}".`;
  }
  const actions = texts(statement["Action"] ?? statement["NotAction"]);
  if (actions.length === 0) return "Policy statement must contain actions.";
  return (
    actions.map(actionProblem).find(Boolean) ??
    resourceProblem(statement, kind) ??
    principalProblem(statement, kind) ??
    (kind === "trust" && !actions.every((action) => action === "*" || TRUST_ACTION.test(action))
      ? "AssumeRole policy may only specify STS AssumeRole actions."
      : undefined) ??
    (statement["Condition"] !== undefined ? conditionProblem(statement["Condition"]) : undefined)
  );
}

function actionProblem(action: string): string | undefined {
  if (action === "*") return undefined;
  const [prefix = "", name] = action.split(":");
  if (name === undefined)
    return `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: "${action}".`;
  if (!isActionPrefix(prefix)) return `Vendor ${prefix} is not valid: "${action}" names no AWS service.`;
  return /^[A-Za-z0-9*?]+$/.test(name) ? undefined : `Action "${action}" is not valid.`;
}

function resourceProblem(statement: Readonly<Record<string, Json>>, kind: PolicyKind): string | undefined {
  const given = statement["Resource"] ?? statement["NotResource"];
  if (kind === "trust") return given === undefined ? undefined : "Has prohibited field Resource.";
  const resources = texts(given);
  if (resources.length === 0) return "Policy statement must contain resources.";
  return resources.map((resource) => arnProblem(resource)).find(Boolean);
}

function arnProblem(resource: string): string | undefined {
  if (resource === "*") return undefined;
  const parsed = parseArn(resource);
  if (parsed === undefined) return `Resource ${resource} must be in ARN format or "*".`;
  if (!PARTITIONS.has(parsed.partition))
    return `Partition "${parsed.partition}" is not valid for resource "${resource}".`;
  if (/[*?]/.test(parsed.service))
    return `Resource vendor must be fully qualified and cannot contain regexes: "${resource}".`;
  if (!isActionPrefix(parsed.service))
    return `Vendor ${parsed.service} is not valid: "${resource}" names no AWS service.`;
  if (!/^(\d{12}|aws|[*?$][^:]*|\d*[*?]\d*|)$/.test(parsed.account)) {
    return `Resource ${resource} must be in ARN format or "*": "${parsed.account}" is no account.`;
  }
  return undefined;
}

function principalProblem(statement: Readonly<Record<string, Json>>, kind: PolicyKind): string | undefined {
  const principal = statement["Principal"] ?? statement["NotPrincipal"];
  if (kind === "identity") return principal === undefined ? undefined : "Has prohibited field Principal.";
  if (principal === undefined) return "Missing required field Principal.";
  if (principal === "*") return undefined;
  if (!isObject(principal)) return `Invalid principal in policy: ${JSON.stringify(principal)}`;
  for (const [type, value] of Object.entries(principal)) {
    const wrong = texts(value).find((each) => !isPrincipal(type, each));
    if (!PRINCIPAL_TYPES.has(type) || wrong !== undefined) {
      return `Invalid principal in policy: "${type.toUpperCase()}":"${wrong ?? ""}"`;
    }
  }
  return undefined;
}

function isPrincipal(type: string, value: string): boolean {
  if (value === "*") return true;
  if (type === "Service") return isServicePrincipal(value);
  if (type === "Federated") return parseArn(value)?.service === "iam" || /^[a-z0-9.-]+\.[a-z]+(\/.*)?$/.test(value);
  if (type === "AWS") return /^\d{12}$/.test(value) || ["iam", "sts"].includes(parseArn(value)?.service ?? "");
  return type === "CanonicalUser";
}

function conditionProblem(condition: Json): string | undefined {
  const blocks = isObject(condition) ? Object.entries(condition) : undefined;
  if (blocks?.every(([, block]) => isObject(block)) === true) {
    const unknown = blocks.find(([operator]) => !OPERATOR.test(operator));
    return unknown === undefined ? undefined : `Invalid Condition type : ${unknown[0]}.`;
  }
  return "Syntax errors in policy: a Condition maps operators to keys and values.";
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATOR = new RegExp(
  "^((ForAllValues|ForAnyValue):)?(" +
    "String(Not)?(Equals|EqualsIgnoreCase|Like)|(Numeric|Date)(Not)?Equals|(Numeric|Date)(Less|Greater)Than(Equals)?|" +
    "Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null" +
    ")(IfExists)?$",
);

/** ARNs of the principals of type `AWS` that a trust policy names. */
export function awsPrincipals(policy: unknown): readonly string[] {
  const document = JSON.parse(policyText(policy)) as Json;
  const statement = isObject(document) ? document["Statement"] : undefined;
  const statements = Array.isArray(statement) ? (statement as readonly Json[]) : [statement ?? null];
  return statements.flatMap((each) => {
    const principal = isObject(each) ? each["Principal"] : undefined;
    return principal !== undefined && isObject(principal) ? texts(principal["AWS"]) : [];
  });
}

/** Length as the quotas of IAM count it: without white space. */
export function policySize(policy: unknown): number {
  return policyText(policy).replace(/\s/g, "").length;
}

function texts(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value)
    ? (value as readonly Json[]).filter((each): each is string => typeof each === "string")
    : [];
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
