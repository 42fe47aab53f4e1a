import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digest, readEvents, type Digest } from "./events";

export interface EngineRun {
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** `inherit`: the terminal is the engine's. `stderr`: its output goes to standard error. `hidden`: nobody sees it. */
  readonly output: "inherit" | "stderr" | "hidden";
  /** Whether the command takes `--event-log`: only those that change or compare a stack do. */
  readonly events: boolean;
}

export interface EngineResult {
  /** Exit code; 128 + n when signal n ended it. */
  readonly code: number;
  /** Whether somebody asked it to stop. */
  readonly interrupted: boolean;
  readonly digest: Digest | undefined;
}

/** Runs the CLI and waits for it. It keeps the terminal, so that progress, prompts and Ctrl-C are its own. */
export async function runEngine(run: EngineRun): Promise<EngineResult> {
  const scratch = mkdtempSync(join(tmpdir(), "platform-events-"));
  const log = join(scratch, "events.jsonl");
  try {
    const args = run.events ? [...run.arguments, "--event-log", log] : [...run.arguments];
    const { code, interrupted } = await spawnAndWait(run, args);
    return { code, interrupted, digest: run.events ? digestOf(log) : undefined };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function digestOf(log: string): Digest | undefined {
  try {
    return digest(readEvents(log));
  } catch (error) {
    // No log: the engine stopped before its first event, and has said why.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

const OUTPUT = {
  inherit: ["inherit", "inherit", "inherit"],
  stderr: ["inherit", 2, 2],
  hidden: ["ignore", "ignore", "ignore"],
} as const satisfies Record<EngineRun["output"], unknown>;

const SIGNAL_NUMBERS: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
};

function spawnAndWait(run: EngineRun, args: readonly string[]): Promise<{ code: number; interrupted: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(run.executable, args, {
      cwd: run.folder,
      env: run.environment,
      stdio: [...OUTPUT[run.output]],
    });
    let interrupted = false;
    const forward = (signal: NodeJS.Signals) => {
      interrupted = true;
      // A terminal gives Ctrl-C to the engine as well; a second one would make it stop without tidying up.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, forward);
    const done = () => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("exit", (code, signal) => {
      done();
      resolve({
        code: code ?? 128 + (signal === null ? 0 : (SIGNAL_NUMBERS[signal] ?? 0)),
        interrupted: interrupted || signal === "SIGINT" || signal === "SIGTERM",
      });
    });
  });
}
