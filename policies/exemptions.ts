import { parseDocument } from "yaml";
import { z } from "zod";
import { nearest } from "../offline/schema/suggest";

/** Days ahead that an exemption may last: longer than a quarter, and nobody looks at it again. */
const LONGEST_DAYS = 90;

/** Resources of one stack that one exemption may cover. */
const MOST_RESOURCES = 10;

const DAY_MS = 24 * 60 * 60 * 1000;

const words = (what: string) =>
  z
    .string({ error: `it must say ${what}` })
    .trim()
    .min(1, `it must say ${what}`);

const exemption = z.strictObject({
  rule: words("the id of a rule"),
  /** `type name` of the resources; `*` stands for any part of the name. */
  resource: words('which resources: a type and a name, such as "aws:rds/instance:Instance reports-*"'),
  /** Default: every stack. */
  stacks: z.array(z.string()).min(1).optional(),
  reason: words("why"),
  owner: words("who answers for it"),
  /** Where it was agreed. */
  ticket: z.string().optional(),
  /** Last day, YYYY-MM-DD. */
  expires: z.iso.date({ error: "it must be a date, YYYY-MM-DD" }),
});

/** An agreement not to enforce a rule on some resources for a while. */
export type Exemption = z.output<typeof exemption> & {
  /** Where it stands in the file, from 1. */
  readonly number: number;
};

/** Something that is wrong with an exemption: a violation of its own, and the exemption does not count. */
export interface ExemptionProblem {
  readonly at: string;
  readonly says: string;
}

/** What the exemptions of a file come to on a day. */
export interface Exemptions {
  /** Those that count. */
  readonly valid: readonly Exemption[];
  readonly problems: readonly ExemptionProblem[];
}

/** Reads a file of exemptions. Never throws: what is wrong with it is among the problems, and exempts nothing. */
export function readExemptions(text: string, ids: readonly string[], today: Date): Exemptions {
  const document = parseDocument(text);
  const [syntax] = document.errors;
  if (syntax !== undefined) return broken(`is no YAML: ${syntax.message.split("\n")[0] ?? ""}`);
  const content: unknown = document.toJS() ?? [];
  if (!Array.isArray(content)) return broken("must be a list of exemptions");
  const valid: Exemption[] = [];
  const problems: ExemptionProblem[] = [];
  for (const [index, item] of (content as unknown[]).entries()) {
    const number = index + 1;
    const parsed = exemption.safeParse(item);
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) {
        problems.push({ at: place(number, path.join(".")), says: message });
      }
      continue;
    }
    const own = faultsOf(parsed.data, ids, today);
    problems.push(...own.map(({ at, says }) => ({ at: place(number, at), says })));
    if (own.length === 0) valid.push({ ...parsed.data, number });
  }
  return { valid, problems };
}

function broken(says: string): Exemptions {
  return { valid: [], problems: [{ at: "", says }] };
}

function place(number: number, field: string): string {
  return `[${String(number)}]${field === "" ? "" : `.${field}`}`;
}

function faultsOf(one: z.output<typeof exemption>, ids: readonly string[], today: Date): readonly ExemptionProblem[] {
  const faults: ExemptionProblem[] = [];
  if (!ids.includes(one.rule)) {
    const meant = nearest(one.rule, ids);
    faults.push({
      at: "rule",
      says: `there is no rule "${one.rule}"${meant === undefined ? "" : `: did you mean "${meant}"?`}`,
    });
  }
  const [type = "", name = ""] = one.resource.split(" ");
  if (type.includes("*") || !/[^*?]/.test(name)) {
    faults.push({ at: "resource", says: "is too broad: name one type, and a part of the name at least" });
  }
  const days = (Date.parse(one.expires) - startOfDay(today)) / DAY_MS;
  if (days < 0)
    faults.push({ at: "expires", says: `expired on ${one.expires}: mend what it exempts, or agree on it anew` });
  if (days > LONGEST_DAYS) {
    faults.push({
      at: "expires",
      says: `is more than ${String(LONGEST_DAYS)} days ahead: agree on it anew when these are over`,
    });
  }
  return faults;
}

function startOfDay(date: Date): number {
  return Date.parse(date.toISOString().slice(0, 10));
}

/** Which exemption covers a violation, and which of them nobody needs. Made anew for each run of a stack. */
export class ExemptionUse {
  private readonly covered = new Map<Exemption, Set<string>>();
  private readonly patterns: ReadonlyMap<Exemption, RegExp>;

  constructor(exemptions: readonly Exemption[], stack: string) {
    const here = exemptions.filter(({ stacks }) => stacks?.includes(stack) !== false);
    this.patterns = new Map(here.map((one) => [one, patternOf(one.resource)]));
  }

  /** The exemption that covers a rule's finding of a resource, `type name`. */
  covering(rule: string, resource: string): Exemption | undefined {
    for (const [one, pattern] of this.patterns) {
      if (one.rule !== rule || !pattern.test(resource)) continue;
      const covered = this.covered.get(one) ?? new Set();
      this.covered.set(one, covered.add(resource));
      return one;
    }
    return undefined;
  }

  /** What is wrong once every rule was asked: exemptions that cover nothing, or too much. */
  problems(): readonly ExemptionProblem[] {
    return [...this.patterns.keys()].flatMap((one) => {
      const count = this.covered.get(one)?.size ?? 0;
      if (count === 0) {
        return [{ at: place(one.number, ""), says: `exempts nothing of this stack from ${one.rule}: take it out` }];
      }
      if (count > MOST_RESOURCES) {
        const most = String(MOST_RESOURCES);
        return [
          { at: place(one.number, "resource"), says: `covers ${String(count)} resources, and may cover ${most}` },
        ];
      }
      return [];
    });
  }
}

function patternOf(resource: string): RegExp {
  const parts = resource.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`);
}
