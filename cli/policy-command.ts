import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import Table from "cli-table3";
import { Option, type Command } from "commander";
import { engineEnvironment } from "../offline/engine/environment";
import { runEngine, type EngineResult } from "../offline/engine/run";
import { nearest } from "../offline/schema/suggest";
import { FRAMEWORKS, type Framework, type Rule } from "../policies/model/rule";
import { htmlReport } from "../policies/report/html";
import { markdownReport } from "../policies/report/markdown";
import type { PolicyReport } from "../policies/report/report";
import { sarifReport, type SourcePlace } from "../policies/report/sarif";
import { afterwards, byRule, line, sentence, totals } from "../policies/report/summary";
import { RULES, ruleById } from "../policies/rules";
import { ensureOfflineBackend } from "./backend";
import type { Context } from "./context";
import { CommandError, EXIT, exitCodeOf } from "./exit-codes";
import { offlineFolder, prepareStack, withOfflineSession } from "./offline-session";
import { engineOf } from "./operate";
import { withPolicies, withReport } from "./policies";
import { rehearsed } from "./rehearsal";

const FORMATS = ["markdown", "json", "sarif", "html"] as const;
type Format = (typeof FORMATS)[number];

interface JudgeOptions {
  readonly offline?: boolean;
  readonly policyPackConfig?: string;
}

/** `platform policy …`. */
export function policyCommands(program: Command, context: Context, ends: (code: number) => void): void {
  const policy = program
    .command("policy")
    .description("the policies: explain <rule>, check <stack>, report <stack>, list");
  policy
    .command("list")
    .description("every rule")
    .option("--json", "print one JSON array")
    .action((options: { json?: boolean }) => {
      listRules(context, options.json === true);
    });
  policy
    .command("explain <rule>")
    .description("why a rule is there, and what to do about a violation")
    .action((id: string) => {
      explainRule(context, id);
    });
  const judging = (command: Command) =>
    command
      .argument("<stack>", "a stack that has a Pulumi.<stack>.yaml")
      .option("--offline", "on the offline cloud; a stack that is not deployed there is deployed on a scratch cloud")
      .option("--policy-pack-config <file>", "levels and settings of rules: docs/policies.md");
  judging(
    policy
      .command("check")
      .description("say what the rules find of a stack as the program has it now: nothing is changed"),
  ).action(async (stack: string, options: JudgeOptions) => {
    ends(await checkStack(context, stack, options));
  });
  judging(policy.command("report").description("the same, as a file for people or for tools"))
    .addOption(new Option("--format <format>", "what to write").choices(FORMATS).default("markdown"))
    .option("--output <file>", "where to write it; default standard output")
    .action(async (stack: string, options: JudgeOptions & { format: Format; output?: string }) => {
      ends(await reportStack(context, stack, options));
    });
}

function listRules(context: Context, json: boolean): void {
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

function explainRule(context: Context, id: string): void {
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

async function checkStack(context: Context, stack: string, options: JudgeOptions): Promise<number> {
  const report = await judge(context, stack, options);
  for (const { rule, findings } of byRule(report.violations, RULES)) {
    context.print(`${rule.id} (${rule.severity}, ${findings[0]?.level ?? "mandatory"}): ${rule.title}\n`);
    for (const found of findings) context.print(`  ${line(found)}\n`);
    context.print(`  Remedy: ${rule.remedy.text}\n`);
  }
  for (const one of report.exempted) {
    context.print(`exempt until ${one.expires}: ${one.rule}: ${line(one)} (${one.reason}, ${one.owner})\n`);
  }
  context.print(`${sentence(report)}\n`);
  if (report.undecided.length > 0) context.print(`Undecided: ${afterwards(report)}\n`);
  return codeOf(report);
}

async function reportStack(
  context: Context,
  stack: string,
  options: JudgeOptions & { readonly format: Format; readonly output?: string },
): Promise<number> {
  const report = await judge(context, stack, options);
  const text = written(context, report, options.format);
  if (options.output === undefined) context.print(text);
  else {
    const file = resolve(context.folder, options.output);
    writeFileSync(file, text);
    context.say(`${sentence(report)}\nThe report is in ${relative(context.folder, file)}`);
  }
  return codeOf(report);
}

function written(context: Context, report: PolicyReport, format: Format): string {
  switch (format) {
    case "markdown":
      return markdownReport(report, RULES);
    case "json":
      return `${JSON.stringify(report, undefined, 2)}\n`;
    case "sarif":
      return sarifReport(report, RULES, placesOf(context.root, report.stack));
    case "html":
      return htmlReport(report, RULES);
  }
}

function codeOf(report: PolicyReport): number {
  return totals(report).mandatory > 0 ? EXIT.policy : EXIT.succeeded;
}

/** What the pack finds of a stack, from a preview that nobody sees; offline, where nothing is deployed yet, from a rehearsal. */
async function judge(context: Context, stack: string, options: JudgeOptions): Promise<PolicyReport> {
  const given = options.policyPackConfig === undefined ? [] : ["--policy-pack-config", options.policyPackConfig];
  const flags = withPolicies(context, stack, given);
  const engine = await engineOf(context);
  const args = ["preview", "--stack", stack, ...flags];
  const preview = (environment: NodeJS.ProcessEnv) => {
    if (options.offline !== true) {
      const all = { ...context.env, ...engineEnvironment(), ...environment };
      const { executable } = engine;
      return runEngine({
        executable,
        arguments: args,
        folder: context.root,
        environment: all,
        output: "hidden",
        events: true,
      });
    }
    return withOfflineSession({ context, engine }, async (session) => {
      await prepareStack(session, stack);
      return session.run(args, { output: "hidden", events: true, environment });
    });
  };
  if (options.offline === true) await ensureOfflineBackend(context, engine, stack);
  const { result, report } = await withReport(preview);
  if (report === undefined) throw unfinished(stack, result);
  if (options.offline !== true || (result.digest?.changes.same ?? 0) > 0 || report.undecided.length === 0)
    return report;
  const scratch = await rehearsed(context, engine, { from: offlineFolder(context.root), stack, flags });
  return scratch.report ?? report;
}

/** The program came to no end, so the rules could not judge it. */
function unfinished(stack: string, result: EngineResult): CommandError {
  const errors = result.digest?.errors.map(({ message }) => message).join("\n") ?? "";
  return new CommandError(
    `the rules judge a stack that previews, and ${stack} does not${errors === "" ? "" : `:\n${errors}`}`,
    result.digest === undefined ? EXIT.failed : exitCodeOf(result),
  );
}

/** Where the component is written that makes a resource, by the type token that it registers with. */
function placesOf(root: string, stack: string): (urn: string) => SourcePlace {
  const places = new Map<string, SourcePlace>();
  const folder = join(root, "components");
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    for (const [index, text] of lines.entries()) {
      const token = /"(platform:[a-z]+:\w+)"/.exec(text)?.[1];
      if (token !== undefined) places.set(token, { file: `components/${file}`, line: index + 1 });
    }
  }
  return (urn) => {
    const types = urn.split("::")[2]?.split("$") ?? [];
    const component = types.findLast((type) => places.has(type));
    return places.get(component ?? "") ?? { file: `Pulumi.${stack}.yaml`, line: 1 };
  };
}
