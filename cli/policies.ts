import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { PolicyReport } from "../policies/report/report";
import type { Context } from "./context";
import { CommandError, EXIT } from "./exit-codes";

const CONFIG_FLAG = "--policy-pack-config";

/**
 * The flags that make the engine ask the policy pack, in place of the user's own: a configuration file is checked here, where all
 * that is wrong with it can be said at once, and named so that it is found from any folder.
 */
export async function withPolicies(context: Context, flags: readonly string[]): Promise<readonly string[]> {
  const pack = ["--policy-pack", join(context.root, "policies")];
  const own: string[] = [];
  for (let at = 0; at < flags.length; at += 1) {
    const flag = flags[at] ?? "";
    const file = flag === CONFIG_FLAG ? flags[(at += 1)] : valueOf(flag);
    if (file === undefined) own.push(flag);
    else own.push(CONFIG_FLAG, await configurationFile(context, file));
  }
  return [...pack, ...own];
}

function valueOf(flag: string): string | undefined {
  return flag.startsWith(`${CONFIG_FLAG}=`) ? flag.slice(CONFIG_FLAG.length + 1) : undefined;
}

async function configurationFile(context: Context, file: string): Promise<string> {
  const path = isAbsolute(file) ? file : resolve(context.folder, file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new CommandError(`${CONFIG_FLAG} ${file}: there is no such file`, EXIT.configuration);
  }
  // Loaded here, and not at the start: it takes as long as many a command.
  const { checkConfigurationFile, ConfigurationProblem } = await import("../policies/enforcement");
  const { RULES } = await import("../policies/rules");
  try {
    checkConfigurationFile(RULES, text);
  } catch (error) {
    if (error instanceof ConfigurationProblem) throw new CommandError(`${file}: ${error.message}`, EXIT.configuration);
    throw error;
  }
  return path;
}

/** Runs an engine command with an environment in which the pack writes down what it finds, and reads that. */
export async function withReport<Result>(
  run: (environment: NodeJS.ProcessEnv) => Promise<Result>,
): Promise<{ readonly result: Result; readonly report: PolicyReport | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), "platform-policies-"));
  const file = join(folder, "report.json");
  try {
    const result = await run({ PLATFORM_POLICY_REPORT: file });
    return { result, report: await read(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a run with this in its environment, the pack writes its report and objects to nothing. */
export const REPORT_ONLY: NodeJS.ProcessEnv = { PLATFORM_POLICY_REPORT_ONLY: "true" };

async function read(file: string): Promise<PolicyReport | undefined> {
  const { policyReport } = await import("../policies/report/report");
  try {
    return policyReport.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    // None: the program came to no end, or the engine to none with it.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
