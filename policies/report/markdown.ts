import type { Rule } from "../model/rule";
import type { PolicyReport } from "./report";
import { afterwards, byRule, line, sentence } from "./summary";

/** A report for people: a comment on a pull request, or a page. */
export function markdownReport(report: PolicyReport, rules: readonly Rule[]): string {
  const sections = [`# Policies of ${report.stack}`, sentence(report)];
  for (const { rule, findings } of byRule(report.violations, rules)) {
    const level = findings[0]?.level ?? "mandatory";
    sections.push(
      `## ${rule.id} (${rule.severity}, ${level})`,
      `${rule.title}. ${rule.why}`,
      findings.map((found) => `- \`${found.resource}\` ${code(found.at)}${found.says}`).join("\n"),
      `**Remedy.** ${rule.remedy.text}`,
      `\`\`\`ts\n${rule.remedy.example}\n\`\`\``,
      `[Source](${rule.source})`,
    );
  }
  if (report.exempted.length > 0) {
    sections.push(
      "## Exempted",
      report.exempted
        .map((one) => `- ${one.rule}: ${line(one)}. ${one.reason} (${one.owner}, until ${one.expires})`)
        .join("\n"),
    );
  }
  if (report.undecided.length > 0) {
    sections.push(
      "## Undecided",
      afterwards(report),
      byRule(report.undecided, rules)
        .map(({ rule, findings }) => `- ${rule.id}: ${findings.map((one) => line(one)).join("; ")}`)
        .join("\n"),
    );
  }
  return `${sections.join("\n\n")}\n`;
}

function code(path: string): string {
  return path === "" ? "" : `\`${path}\` `;
}
