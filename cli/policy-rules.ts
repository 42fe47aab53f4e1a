import Table from "cli-table3";
import { nearest } from "../offline/schema/suggest";
import { FRAMEWORKS, type Framework, type Rule } from "../policies/model/rule";
import { RULES, ruleById } from "../policies/rules";
import type { Context } from "./context";
import { CommandError, EXIT } from "./exit-codes";

/** `platform policy list`. */
export function listRules(context: Context, json: boolean): void {
  if (json) {
    const rows = RULES.map((rule) => ({
      id: rule.id,
      title: rule.title,
      severity: rule.severity,
      controls: rule.controls,
      why: rule.why,
      remedy: rule.remedy,
      source: rule.source,
    }));
    context.print(`${JSON.stringify(rows)}\n`);
    return;
  }
  const table = new Table({
    head: ["rule", "severity", "what holds where it is satisfied"],
    style: { head: [], border: [] },
    colWidths: [null, null, 80],
    wordWrap: true,
  });
  for (const { id, severity, title } of RULES) table.push([id, severity, title]);
  context.print(
    `${table.toString()}\n${String(RULES.length)} rules. One of them: npx platform policy explain <rule>\n`,
  );
}

/** `platform policy explain <rule>`. */
export function explainRule(context: Context, id: string): void {
  const rule = ruleById(id);
  if (rule === undefined) {
    const meant = nearest(
      id,
      RULES.map((one) => one.id),
    );
    throw new CommandError(
      `there is no rule "${id}"${meant === undefined ? "" : `: did you mean ${meant}?`} npx platform policy list shows all`,
      EXIT.configuration,
    );
  }
  context.print(`${explanation(rule).join("\n")}\n`);
}

function explanation(rule: Rule): readonly string[] {
  const controls = Object.entries(rule.controls).map(
    ([framework, ids]) => `  ${FRAMEWORKS[framework as Framework]}: ${ids.join(", ")}`,
  );
  const settings = Object.entries(rule.settings?.shape ?? {}).map(
    ([name, schema]) => `  ${name}: ${(schema as { description?: string }).description ?? ""}`,
  );
  return [
    `${rule.id} (${rule.severity})`,
    `${rule.title}.`,
    "",
    `Why: ${rule.why}`,
    `Remedy: ${rule.remedy.text}`,
    ...rule.remedy.example.split("\n").map((text) => `  ${text}`),
    ...(settings.length === 0 ? [] : ["Settings:", ...settings]),
    ...(controls.length === 0 ? [] : ["Controls:", ...controls]),
    `Source: ${rule.source}`,
  ];
}
