import { z } from "zod";
import { undecided } from "../model/view";

/** Who a statement speaks of. */
export interface Principal {
  /** `*`: everybody. */
  readonly kind: "*" | "AWS" | "CanonicalUser" | "Federated" | "Service";
  readonly value: string;
}

/** A statement of a policy document of AWS, every list written out. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly principals: readonly Principal[];
  /** Operator, such as `StringEquals`, to key, such as `aws:SourceArn`, to values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const scalars = z
  .union([z.string(), z.boolean(), z.number(), z.array(z.union([z.string(), z.boolean(), z.number()]))])
  .transform((value) => [value].flat().map(String));

/** Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
const statement = z.object({
  Effect: z.enum(["Allow", "Deny"]),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Principal: z
    .union([z.literal("*"), z.partialRecord(z.enum(["AWS", "CanonicalUser", "Federated", "Service"]), texts)])
    .optional(),
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
    return policy.parse(JSON.parse(text)).Statement.map((one) => ({
      effect: one.Effect,
      actions: one.Action ?? [],
      notActions: one.NotAction ?? [],
      resources: one.Resource ?? [],
      notResources: one.NotResource ?? [],
      principals: principalsOf(one.Principal),
      conditions: one.Condition ?? {},
    }));
  } catch {
    return undefined;
  }
}

function principalsOf(given: z.output<typeof statement>["Principal"]): readonly Principal[] {
  if (given === undefined) return [];
  if (given === "*") return [{ kind: "*", value: "*" }];
  return Object.entries(given).flatMap(([kind, values]) =>
    values.map((value) => ({ kind: value === "*" ? "*" : (kind as Principal["kind"]), value })),
  );
}

/** Whether everybody is allowed what a statement says: no condition narrows who that is. */
export function allowsEverybody({ effect, principals, conditions }: Statement): boolean {
  return effect === "Allow" && principals.some(({ kind }) => kind === "*") && !isNarrowed(conditions);
}

/** Condition keys that say who asks, or from where: with one of them, `*` is no longer everybody. */
const NARROWING =
  /^(aws:(SourceArn|SourceAccount|SourceOrgID|SourceVpc|SourceVpce|PrincipalAccount|PrincipalArn|PrincipalOrgID|PrincipalOrgPaths|SourceIp|VpcSourceIp)|kms:(CallerAccount|ViaService))$/i;

/** Operators that name what is let in. A denial of some, `StringNotEquals`, lets in all others. */
const NAMES = /^(ForAnyValue:)?(StringEquals|StringLike|ArnEquals|ArnLike|IpAddress)(IgnoreCase)?$/;

function isNarrowed(conditions: Statement["conditions"]): boolean {
  return Object.entries(conditions).some(
    ([operator, keys]) =>
      NAMES.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) => NARROWING.test(key) && !values.some((value) => /^[*:]*$/.test(value)),
      ),
  );
}
