import type { CheckContext } from "../../cloud/resource-type";
import { policyProblem, policyText } from "./policy-document";

/** One call as a policy judges it. */
export interface PolicyRequest {
  /** The calling service, such as `cloudtrail.amazonaws.com`. */
  readonly service: string;
  /** ARNs that count as the caller too: of the role in whose name the service calls. */
  readonly callers?: readonly string[];
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the call, in lower case. A condition on any other key counts as fulfilled. */
  readonly context?: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

/**
 * Whether a policy of a resource (a bucket, a key) lets a service make a call. Statements with `Not…` elements are not judged.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function grantsService(policy: unknown, request: PolicyRequest): boolean {
  const speaking = statementsOf(policy).filter(
    (statement) => covers(statement.Action, request.action) && covers(statement.Resource, request.resource),
  );
  const named = speaking.filter((statement) => namesCaller(statement.Principal, request));
  // A refusal under a condition (no TLS, another organisation) is meant for others than the services of AWS.
  if (named.some(({ Effect, Condition }) => Effect === "Deny" && Condition === undefined)) return false;
  return named.some(({ Effect, Condition }) => Effect === "Allow" && isFulfilled(Condition, request.context ?? {}));
}

/** Whether a policy of a role or user allows an action on a resource, whatever its conditions. */
export function allowsAction(policy: unknown, action: string, resource: string): boolean {
  return statementsOf(policy).some(
    (statement) =>
      statement.Effect === "Allow" && covers(statement.Action, action) && covers(statement.Resource, resource),
  );
}

function statementsOf(policy: unknown): readonly Statement[] {
  if (policy === undefined) return [];
  const { Statement: found } = JSON.parse(policyText(policy)) as { readonly Statement?: unknown };
  return (Array.isArray(found) ? found : [found]).filter(
    (each): each is Statement => typeof each === "object" && each !== null,
  );
}

function covers(patterns: unknown, value: string): boolean {
  return texts(patterns).some((pattern) => matches(pattern, value));
}

/** `*` stands for any characters, `?` for one. */
function matches(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is").test(value);
}

function namesCaller(principal: unknown, { service, callers = [] }: PolicyRequest): boolean {
  if (principal === "*") return true;
  if (typeof principal !== "object" || principal === null) return false;
  const { Service, AWS } = principal as { readonly Service?: unknown; readonly AWS?: unknown };
  return texts(Service).includes(service) || texts(AWS).some((each) => each === "*" || callers.includes(each));
}

/** The operators that policies for services use; any other counts as fulfilled. */
function isFulfilled(condition: unknown, context: Readonly<Record<string, string>>): boolean {
  if (typeof condition !== "object" || condition === null) return true;
  return Object.entries(condition as Record<string, Record<string, unknown>>).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const given = context[key.toLowerCase()];
      if (given === undefined) return true;
      if (operator === "StringEquals") return texts(wanted).includes(given);
      if (/^(StringLike|ArnLike|ArnEquals)$/.test(operator)) return covers(wanted, given);
      return true;
    }),
  );
}

function texts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === "string");
}

/** Reports what a service would refuse in the resource policy at a property, under the service's own code. */
export function checkResourcePolicy(
  context: Pick<CheckContext<unknown>, "refuse">,
  property: string,
  policy: unknown,
  code: string,
): void {
  const problem = policy === undefined ? undefined : policyProblem(policy, "resource");
  if (problem !== undefined) context.refuse(property, `${code}: ${problem}`);
}
