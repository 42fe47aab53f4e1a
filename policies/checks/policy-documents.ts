import { z } from "zod";
import { undecided } from "../model/view";
import { isInternet } from "./networks";

/** Who a statement speaks of. */
export interface Principal {
  /** `*`: everybody. */
  readonly kind: "*" | "AWS" | "CanonicalUser" | "Federated" | "Service";
  readonly value: string;
}

/** A statement of a policy document of AWS, every list written out. */
export interface Statement {
  /** What a reader finds it by: `statement TlsOnly`, or its place, `statement 2`. */
  readonly label: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly principals: readonly Principal[];
  /** Who it does not speak of: it speaks of everybody else. */
  readonly notPrincipals: readonly Principal[];
  /** Operator, such as `StringEquals`, to key, such as `aws:SourceArn`, to values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const scalars = z
  .union([z.string(), z.boolean(), z.number(), z.array(z.union([z.string(), z.boolean(), z.number()]))])
  .transform((value) => [value].flat().map(String));
const principals = z.union([
  z.literal("*"),
  z.partialRecord(z.enum(["AWS", "CanonicalUser", "Federated", "Service"]), texts),
]);

/** Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
const statement = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Principal: principals.optional(),
  NotPrincipal: principals.optional(),
  Condition: z.record(z.string(), z.record(z.string(), scalars)).optional(),
});

const policy = z.object({ Statement: z.union([statement.transform((one) => [one]), z.array(statement)]) });

const parsed = new Map<string, readonly Statement[] | undefined>();

/** The statements of a policy document. Undecided where it is none: the cloud refuses it. */
export function statementsOf(document: unknown, path: string): readonly Statement[] {
  const text = typeof document === "string" ? document : JSON.stringify(document ?? { Statement: [] });
  if (!parsed.has(text)) parsed.set(text, parse(text));
  return parsed.get(text) ?? undecided(path, "is no policy document");
}

function parse(text: string): readonly Statement[] | undefined {
  try {
    return policy.parse(JSON.parse(text)).Statement.map((one, index) => ({
      label: `statement ${one.Sid === undefined || one.Sid === "" ? String(index + 1) : one.Sid}`,
      effect: one.Effect,
      actions: one.Action ?? [],
      notActions: one.NotAction ?? [],
      resources: one.Resource ?? [],
      notResources: one.NotResource ?? [],
      principals: principalsOf(one.Principal),
      notPrincipals: principalsOf(one.NotPrincipal),
      conditions: one.Condition ?? {},
    }));
  } catch {
    return undefined;
  }
}

function principalsOf(given: z.output<typeof principals> | undefined): readonly Principal[] {
  if (given === undefined) return [];
  if (given === "*") return [{ kind: "*", value: "*" }];
  return Object.entries(given).flatMap(([kind, values]) =>
    values.map((value) => ({ kind: value === "*" ? "*" : (kind as Principal["kind"]), value })),
  );
}

/** Whether a statement speaks of everybody, or of everybody but some. */
function isAboutEverybody(one: Statement): boolean {
  return one.principals.some(({ kind }) => kind === "*") || one.notPrincipals.length > 0;
}

/** Whether everybody is allowed what a statement says: no condition narrows who that is. */
export function allowsEverybody(one: Statement): boolean {
  return one.effect === "Allow" && isAboutEverybody(one) && !isNarrowedBy(one, WHO);
}

/**
 * Condition keys that say who asks, or from where: with one of them, `*` is no longer everybody. `kms:ViaService` is none: a
 * service asks on behalf of identities of every account.
 */
const WHO =
  /^(aws:(SourceArn|SourceAccount|SourceOrgID|SourceOrgPaths|SourceVpc|SourceVpce|PrincipalAccount|PrincipalArn|PrincipalOrgID|PrincipalOrgPaths|SourceIp|VpcSourceIp)|kms:CallerAccount)$/i;

/** Condition keys that say on whose behalf a service asks. */
export const SOURCE = /^aws:(SourceArn|SourceAccount|SourceOrgID|SourceOrgPaths)$/i;

/** Operators that name what is let in. A denial of some, `StringNotEquals`, lets in all others. */
const NAMES = /^(ForAnyValue:)?(StringEquals|StringLike|ArnEquals|ArnLike|IpAddress)(IgnoreCase)?$/;

/** Whether a condition names what the value of one of the keys has to be, and not just anything. */
export function isNarrowedBy({ conditions }: Statement, keys: RegExp): boolean {
  return Object.entries(conditions).some(
    ([operator, tests]) =>
      NAMES.test(operator) &&
      Object.entries(tests).some(([key, values]) => keys.test(key) && !values.some((value) => isAnything(value))),
  );
}

function isAnything(value: string): boolean {
  return /^[*:]*$/.test(value) || isInternet(value);
}

/** The only values that a condition of one of some operators lets a key have; none where there is no such condition. */
export function valuesOf({ conditions }: Statement, operators: RegExp, key: RegExp): readonly string[] {
  return Object.entries(conditions).flatMap(([operator, tests]) =>
    operators.test(operator) ? Object.entries(tests).flatMap(([name, values]) => (key.test(name) ? values : [])) : [],
  );
}

/** Whether a text is of a pattern, in which `*` stands for any text and `?` for one character. In time of their lengths' product. */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let index = 0; index < text.length;) {
    if (pattern[at] === "*") {
      star = at++;
      resume = index;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      index = resume;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}

/** Whether a statement is about an action. Names of actions know no case. */
export function isAboutAction({ actions, notActions }: Statement, action: string): boolean {
  const names = (pattern: string) => matches(pattern.toLowerCase(), action.toLowerCase());
  return actions.some(names) || (notActions.length > 0 && !notActions.some(names));
}

/** Whether a statement is about a resource, given its ARN. */
export function isAboutResource({ resources, notResources }: Statement, arn: string): boolean {
  const names = (pattern: string) => matches(pattern, arn);
  return resources.some(names) || (notResources.length > 0 && !notResources.some(names));
}

/** Whether a statement lets its holder do anything with anything. */
export function allowsEverything({ effect, actions, resources }: Statement): boolean {
  return (
    effect === "Allow" &&
    actions.some((action) => /^\*+(:\*+)?$/.test(action)) &&
    resources.some((resource) => /^(\*+|arn:[^:]*(:\*+)+)$/.test(resource))
  );
}

/** Services of which a statement allows every action on every resource. */
export function servicesAllowed(one: Statement): readonly string[] {
  if (one.effect !== "Allow" || !isUnscoped(one)) return [];
  return one.actions.flatMap((action) => /^([A-Za-z0-9-]+):\*+$/.exec(action)?.[1]?.toLowerCase() ?? []);
}

/** Whether a statement is about every resource of some kind: it names none, or all but some. */
export function isUnscoped({ resources, notResources }: Statement): boolean {
  return notResources.length > 0 || resources.some((resource) => isEveryResource(resource));
}

/** Whether an ARN names no resource: `*`, `arn:aws:iam::111122223333:role/*`, `arn:aws:s3:::*`. */
function isEveryResource(arn: string): boolean {
  const [, , service = "*", , , ...rest] = arn.split(":");
  const name = rest.join(":");
  // The name of a bucket stands where other services have the kind of a resource.
  const identifier = service === "s3" ? name : name.replace(/^[A-Za-z-]+[:/]/, "");
  return /^[*?:/]*$/.test(identifier);
}

/**
 * Rights with which a holder can give itself others, or take those of another identity. All of a set are needed.
 * https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
 */
const ESCALATIONS: readonly (readonly string[])[] = [
  ["iam:CreatePolicyVersion"],
  ["iam:SetDefaultPolicyVersion"],
  ["iam:CreateAccessKey"],
  ["iam:CreateLoginProfile"],
  ["iam:UpdateLoginProfile"],
  ["iam:AttachUserPolicy"],
  ["iam:AttachGroupPolicy"],
  ["iam:AttachRolePolicy"],
  ["iam:PutUserPolicy"],
  ["iam:PutGroupPolicy"],
  ["iam:PutRolePolicy"],
  ["iam:AddUserToGroup"],
  ["iam:UpdateAssumeRolePolicy"],
  ["iam:DeleteRolePermissionsBoundary"],
  ["iam:DeleteUserPermissionsBoundary"],
  ["lambda:UpdateFunctionCode"],
  ["lambda:UpdateFunctionConfiguration"],
  ["glue:UpdateDevEndpoint"],
  ["iam:PassRole", "ec2:RunInstances"],
  ["iam:PassRole", "ec2:RequestSpotInstances"],
  ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
  ["iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
  ["iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"],
  ["iam:PassRole", "glue:CreateDevEndpoint"],
  ["iam:PassRole", "cloudformation:CreateStack"],
  ["iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"],
  ["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"],
  ["iam:PassRole", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"],
  ["iam:PassRole", "sagemaker:CreateTrainingJob"],
  ["iam:PassRole", "eks:CreatePodIdentityAssociation"],
];

/** Condition keys that bound what such a right can be used for. */
const BOUNDS = /^(iam:(PermissionsBoundary|PolicyARN|ResourceTag\/.+)|aws:ResourceTag\/.+|lambda:FunctionArn)$/i;

/** The sets of rights in a document with which its holder can raise its own: each on resources that it does not name. */
export function escalationsIn(statements: readonly Statement[]): readonly string[] {
  return ESCALATIONS.filter((actions) => actions.every((action) => allowsAnywhere(statements, action))).map((actions) =>
    actions.join(" with "),
  );
}

function allowsAnywhere(statements: readonly Statement[], action: string): boolean {
  const about = statements.filter((one) => isAboutAction(one, action) && isUnscoped(one));
  return (
    about.some((one) => one.effect === "Allow" && !isNarrowedBy(one, BOUNDS)) &&
    !about.some((one) => one.effect === "Deny" && Object.keys(one.conditions).length === 0)
  );
}

/** Whether a statement lets its holder pass a role that it does not name to a service. */
export function passesAnyRole(one: Statement): boolean {
  return one.effect === "Allow" && isAboutAction(one, "iam:PassRole") && isUnscoped(one);
}
