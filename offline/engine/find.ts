import { openSync, readSync, closeSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { buildEngine, builtEngine } from "./build";
import { explainWriteError } from "./engine-error";
import { capture, executablesIn, isExecutable, pathFolders } from "./executables";
import { refreshLanguageHost } from "./install-language-host";
import { BUILT_VERSION, isAtLeast, OLDEST_VERSION } from "./version";

/** A Pulumi CLI that can run the platform. */
export interface Engine {
  /** Absolute path. */
  readonly executable: string;
  /** Without a leading `v`. */
  readonly version: string;
  /** `path`: the user installed it. `built`: it was built from tools/go.mod, and its language host is ours. */
  readonly origin: "path" | "built";
}

export interface EngineSearch {
  /** Folder of the clone. */
  readonly root: string;
  /** Pulumi's own folder. Default: see {@link pulumiHomeOf}. */
  readonly pulumiHome?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets a line for the user. */
  readonly report: (line: string) => void;
  /** Where the progress of a build is drawn if it is a terminal. Default: standard error. */
  readonly terminal?: Pick<NodeJS.WriteStream, "isTTY" | "write">;
}

/** How long a `pulumi version` may take, in milliseconds: a cold 110 MB executable needs one second. */
const VERSION_TIMEOUT_MS = 20_000;

/**
 * Finds a `pulumi` on PATH or where Pulumi's installer puts it, else the one that was built here earlier, else builds
 * it with Go, which takes minutes, once.
 *
 * @throws EngineError if there is neither a usable `pulumi` nor a usable Go, or if the build fails.
 */
export async function findEngine(search: EngineSearch): Promise<Engine> {
  const home = search.pulumiHome ?? pulumiHomeOf(search.env);
  const built = builtEngine(search.root, home);
  const skipped: string[] = [];
  // The installer's folder is on PATH only in shells that were started after it ran.
  for (const candidate of executablesIn([...pathFolders(search.env), join(home, "bin")], "pulumi")) {
    if (isSameFile(candidate, built.executable)) continue;
    const usable = await examine(candidate, search.env);
    if ("version" in usable) {
      reportSkipped(search, skipped);
      return { executable: candidate, version: usable.version, origin: "path" };
    }
    skipped.push(usable.problem);
  }
  if (isExecutable(built.executable)) {
    reportSkipped(search, skipped);
    await refreshLanguageHost(search.root, dirname(built.executable)).catch((error: unknown) => {
      throw explainWriteError(error, built.folder);
    });
  } else {
    await buildEngine({
      root: search.root,
      built,
      env: search.env,
      report: search.report,
      terminal: search.terminal ?? process.stderr,
      skipped,
    });
  }
  return { executable: built.executable, version: BUILT_VERSION, origin: "built" };
}

function reportSkipped({ report }: EngineSearch, skipped: readonly string[]): void {
  for (const problem of skipped) report(`skipping ${problem}`);
}

/** Where Pulumi keeps its own things: PULUMI_HOME or `~/.pulumi`. */
export function pulumiHomeOf(env: NodeJS.ProcessEnv): string {
  const named = env["PULUMI_HOME"];
  return named === undefined || named === "" ? join(homedir(), ".pulumi") : named;
}

async function examine(
  executable: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly version: string } | { readonly problem: string }> {
  const { code, output } = await capture(executable, ["version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: VERSION_TIMEOUT_MS,
  });
  const version = output.trim().replace(/^v/, "");
  const recent = isAtLeast(version, OLDEST_VERSION);
  if (code !== 0 || recent === undefined) return { problem: `${executable}: it does not tell its version` };
  if (!recent) return { problem: `${executable}: it is ${version}, and ${OLDEST_VERSION} or later is needed` };
  if (!hasLanguageHost(executable, env)) {
    return { problem: `${executable}: its language host, pulumi-language-nodejs, is neither beside it nor on PATH` };
  }
  return { version };
}

/** A release brings its language host in the same folder. What a script in front of it does is not known. */
function hasLanguageHost(executable: string, env: NodeJS.ProcessEnv): boolean {
  const real = realpathSync(executable);
  return (
    isScript(real) ||
    executablesIn([dirname(executable), dirname(real), ...pathFolders(env)], "pulumi-language-nodejs").length > 0
  );
}

function isScript(file: string): boolean {
  const start = Buffer.alloc(2);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  return start.toString() === "#!";
}

function isSameFile(one: string, other: string): boolean {
  return isExecutable(other) && realpathSync(one) === realpathSync(other);
}
