import { groupBy } from "./model/group";
import type { Violation } from "./model/judgement";
import type { Rule, Severity, StackFacts } from "./model/rule";
import type { Finding } from "./report/report";
import { clause, count } from "./report/summary";

/** One message of the pack to the engine's user. */
export interface Diagnostic {
  /** Id of the rule, or {@link UNDECIDED}. */
  readonly rule: string;
  readonly title: string;
  readonly message: string;
  readonly level: "advisory" | "mandatory";
  readonly severity: Severity;
  /** Empty: the stack as a whole. */
  readonly urn: string;
}

/** Name under which the pack says what it could not judge. */
export const UNDECIDED = "undecided";

/** Resources of which a rule is told one by one; of more, how many there are. */
const MOST_SHOWN = 5;

/** Resources that are named where they are not shown. */
const MOST_NAMED = 10;

/** Words the violations of one run: the reasons of a rule once, its resources one by one up to a limit, then their number. */
export class Diagnostics {
  private readonly shown = new Map<Rule, number>();
  private readonly held = new Map<Rule, { readonly level: Diagnostic["level"]; readonly urns: string[] }>();

  constructor(private readonly stack: StackFacts) {}

  /**
   * What a rule says of one resource.
   *
   * @param mayHold whether it may be counted instead of shown. Not while an update is about to make the resource: only what is said
   *   of it stops it.
   */
  ofResource(
    rule: Rule,
    level: Diagnostic["level"],
    urn: string,
    violations: readonly Violation[],
    mayHold = this.stack.isPreview,
  ): readonly Diagnostic[] {
    const before = this.shown.get(rule) ?? 0;
    if (mayHold && before >= MOST_SHOWN) {
      const held = this.held.get(rule) ?? { level, urns: [] };
      held.urns.push(urn);
      this.held.set(rule, held);
      return [];
    }
    this.shown.set(rule, before + 1);
    const lines = violations.map(clause);
    return [
      {
        ...facts(rule),
        level,
        urn,
        message: [
          ...lines,
          ...(before === 0 ? explained(rule) : [`Why and what to do: npx platform policy explain ${rule.id}`]),
        ].join("\n"),
      },
    ];
  }

  /** How many resources were not shown, by rule, and which. */
  closing(labels: ReadonlyMap<string, string>): readonly Diagnostic[] {
    return [...this.held].map(([rule, { level, urns }]) => {
      const named = urns.slice(0, MOST_NAMED).map((urn) => labels.get(urn) ?? urn);
      const rest = urns.length - named.length;
      const more = rest > 0 ? `\nand ${String(rest)} more` : "";
      const message = `${count(urns.length, "more resource violates", "more resources violate")} it:\n${named.join("\n")}${more}\n${whole(this.stack)}`;
      return { ...facts(rule), level, urn: "", message };
    });
  }

  /** One message for everything that could not be judged. */
  ofUndecided(undecided: readonly Finding[]): readonly Diagnostic[] {
    if (undecided.length === 0) return [];
    const rules = groupBy(undecided, ({ rule }) => rule);
    const counts = [...rules]
      .sort(([, one], [, other]) => other.length - one.length)
      .map(([rule, all]) => `${rule} (${String(all.length)})`);
    const amount = count(undecided.length, "fact", "facts");
    const says = this.stack.isPreview
      ? `${amount} cannot be judged before the update, which judges them again:`
      : `${amount} cannot be judged from this stack alone:`;
    return [
      {
        rule: UNDECIDED,
        title: "What the rules need is not known, or is in another stack",
        level: "advisory",
        severity: "low",
        urn: "",
        message: `${says}\n${counts.join(", ")}\n${whole(this.stack)}`,
      },
    ];
  }
}

function facts({ id, title, severity }: Rule) {
  return { rule: id, title, severity };
}

function explained({ title, why, remedy }: Rule): readonly string[] {
  return [
    `Rule: ${title}.`,
    `Why: ${why}`,
    `Remedy: ${remedy.text}`,
    ...remedy.example.split("\n").map((line) => `  ${line}`),
  ];
}

function whole({ stack }: StackFacts): string {
  return `All of it: npx platform policy report ${stack}`;
}
