import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { parse } from "yaml";
import { checkConfigurationFile, ConfigurationProblem } from "../policies/enforcement";
import { STACK_CLASSES, type StackClass } from "../policies/model/rule";
import { policyReport, type PolicyReport } from "../policies/report/report";
import { RULES } from "../policies/rules";
import type { Context } from "./context";
import { CommandError, EXIT } from "./exit-codes";
import { PROJECT } from "./context";

const CONFIG_FLAG = "--policy-pack-config";

/**
 * The flags that make the engine ask the policy pack, in place of the user's own: a configuration file is checked here, where all
 * that is wrong with it can be said at once, and named so that it is found from any folder.
 */
export function withPolicies(context: Context, stack: string, flags: readonly string[]): readonly string[] {
  const pack = ["--policy-pack", join(context.root, "policies")];
  const own: string[] = [];
  for (let at = 0; at < flags.length; at += 1) {
    const flag = flags[at] ?? "";
    const file = flag === CONFIG_FLAG ? flags[(at += 1)] : valueOf(flag);
    if (file === undefined) own.push(flag);
    else own.push(CONFIG_FLAG, configurationFile(context, stack, file));
  }
  return [...pack, ...own];
}

function valueOf(flag: string): string | undefined {
  return flag.startsWith(`${CONFIG_FLAG}=`) ? flag.slice(CONFIG_FLAG.length + 1) : undefined;
}

function configurationFile(context: Context, stack: string, file: string): string {
  const path = isAbsolute(file) ? file : resolve(context.folder, file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new CommandError(`${CONFIG_FLAG} ${file}: there is no such file`, EXIT.configuration);
  }
  try {
    checkConfigurationFile(RULES, text, classOf(context, stack));
  } catch (error) {
    if (error instanceof ConfigurationProblem) throw new CommandError(`${file}: ${error.message}`, EXIT.configuration);
    throw error;
  }
  return path;
}

/** The class of a stack, which sets the levels of rules; the strictest where its file names none. */
function classOf({ root }: Context, stack: string): StackClass {
  try {
    const file = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
      config?: Record<string, unknown>;
    };
    return STACK_CLASSES.find((one) => one === file.config?.[`${PROJECT}:class`]) ?? "production";
  } catch {
    return "production";
  }
}

/** Runs an engine command with an environment in which the pack writes down what it finds, and reads that. */
export async function withReport<Result>(
  run: (environment: NodeJS.ProcessEnv) => Promise<Result>,
): Promise<{ readonly result: Result; readonly report: PolicyReport | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), "platform-policies-"));
  const file = join(folder, "report.json");
  try {
    const result = await run({ PLATFORM_POLICY_REPORT: file });
    return { result, report: read(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a run with this in its environment, the pack writes its report and objects to nothing. */
export const REPORT_ONLY: NodeJS.ProcessEnv = { PLATFORM_POLICY_REPORT_ONLY: "true" };

function read(file: string): PolicyReport | undefined {
  try {
    return policyReport.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    // None: the program came to no end, or the engine to none with it.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
