import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { EngineResult } from "../offline/engine/run";
import { htmlReport } from "../policies/report/html";
import { markdownReport } from "../policies/report/markdown";
import type { PolicyReport } from "../policies/report/report";
import { sarifReport, type SourcePlace } from "../policies/report/sarif";
import { afterwards, byRule, line, sentence, totals } from "../policies/report/summary";
import { RULES } from "../policies/rules";
import { ensureOfflineBackend } from "./backend";
import type { Context } from "./context";
import { CommandError, EXIT, exitCodeOf } from "./exit-codes";
import { offlineFolder, prepareStack, withOfflineSession } from "./offline-session";
import { engineOf, runOnRealClouds } from "./operate";
import { withPolicies, withReport } from "./policies";
import { rehearsed } from "./rehearsal";

export type Format = "markdown" | "json" | "sarif" | "html";

export interface JudgeOptions {
  readonly offline?: boolean;
  /** A file of levels and settings. */
  readonly policyPackConfig?: string;
}

export interface ReportOptions extends JudgeOptions {
  readonly format: Format;
  /** The file to write to; default standard output. */
  readonly output?: string;
}

/** `platform policy check <stack>`. Gives the exit code. */
export async function checkStack(context: Context, stack: string, options: JudgeOptions): Promise<number> {
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

/** `platform policy report <stack>`. Gives the exit code. */
export async function reportStack(context: Context, stack: string, options: ReportOptions): Promise<number> {
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
  const flags = await withPolicies(context, given);
  const engine = await engineOf(context);
  const args = ["preview", "--stack", stack, ...flags];
  const preview = (environment: NodeJS.ProcessEnv) => {
    const how = { output: "hidden", events: true, environment } as const;
    if (options.offline !== true) return runOnRealClouds(context, engine, args, how);
    return withOfflineSession({ context, engine }, async (session) => {
      await prepareStack(session, stack);
      return session.run(args, how);
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
