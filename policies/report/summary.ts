import { groupBy } from "../model/group";
import { SEVERITIES, type Rule } from "../model/rule";
import type { Finding, PolicyReport } from "./report";

/** The findings of one rule, grouped by what they say at which path. */
export interface RuleFindings<Found extends Finding = Finding> {
  readonly rule: Rule;
  readonly findings: readonly Found[];
}

/** Findings by rule, the most severe first, then the most frequent. */
export function byRule<Found extends Finding>(
  findings: readonly Found[],
  rules: readonly Rule[],
): readonly RuleFindings<Found>[] {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  return [...groupBy(findings, ({ rule }) => rule)]
    .flatMap(([id, all]) => {
      const rule = known.get(id);
      return rule === undefined ? [] : [{ rule, findings: all }];
    })
    .sort(
      (one, other) =>
        SEVERITIES.indexOf(one.rule.severity) - SEVERITIES.indexOf(other.rule.severity) ||
        other.findings.length - one.findings.length ||
        (one.rule.id < other.rule.id ? -1 : 1),
    );
}

/** The numbers of a report. */
export interface Totals {
  /** Rules that had something to judge, and were not switched off. */
  readonly rules: number;
  readonly satisfied: number;
  readonly mandatory: number;
  readonly advisory: number;
  readonly undecided: number;
  readonly exempted: number;
}

export function totals({ rules, violations, undecided, exempted }: PolicyReport): Totals {
  const found = new Set([...violations, ...undecided, ...exempted].map(({ rule }) => rule));
  return {
    rules: rules.filter(({ id, satisfied, level }) => level !== "disabled" && (satisfied > 0 || found.has(id))).length,
    satisfied: rules.reduce((sum, { satisfied }) => sum + satisfied, 0),
    mandatory: violations.filter(({ level }) => level === "mandatory").length,
    advisory: violations.filter(({ level }) => level === "advisory").length,
    undecided: undecided.length,
    exempted: exempted.length,
  };
}

/** The totals as a sentence. */
export function sentence(report: PolicyReport): string {
  const { rules, satisfied, mandatory, advisory, undecided, exempted } = totals(report);
  const parts = [
    count(satisfied, "fact holds", "facts hold"),
    `${count(mandatory, "mandatory violation", "mandatory violations")}, ${String(advisory)} advisory`,
    `${String(undecided)} undecided`,
    ...(exempted === 0 ? [] : [`${String(exempted)} exempted`]),
  ];
  return `${count(rules, "rule", "rules")} on ${count(report.resources, "resource", "resources")} of ${report.stack} (${report.class}): ${parts.join("; ")}.`;
}

export function count(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}

/** What was found, where, as a line: `type name: path says`. */
export function line(found: Finding): string {
  return `${found.resource === "" ? "the stack" : found.resource}: ${clause(found)}`;
}

/** What is found of a resource: `path says`. */
export function clause({ at, says }: Pick<Finding, "at" | "says">): string {
  return `${at === "" ? "it" : at} ${says}`;
}

/** What becomes of undecided facts. */
export function afterwards({ isPreview }: PolicyReport): string {
  return isPreview
    ? "The update judges them again, when everything is known."
    : "They rest on what is in another stack, or on what no resource says.";
}
