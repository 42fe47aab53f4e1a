import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One stack in one of the engine's backends. */
export interface StackAt {
  readonly executable: string;
  /** Folder of the project. */
  readonly project: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What `pulumi login` takes. */
  readonly url: string;
  readonly stack: string;
}

/**
 * Copies the state of a stack from one backend to another, in place of what is there. Nothing is copied when the first has none.
 *
 * @returns why it was not done, in the engine's words; `undefined` when it was
 */
export function copyState(from: StackAt, to: StackAt): string | undefined {
  const scratch = mkdtempSync(join(tmpdir(), "platform-state-"));
  const file = join(scratch, "state.json");
  try {
    pulumi(from, "stack", "export", "--stack", from.stack, "--file", file);
    makeStack(to);
    pulumi(to, "stack", "import", "--stack", to.stack, "--file", file);
    return undefined;
  } catch (error) {
    return words(error);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What points the engine at a backend. The passphrase is empty: the state of a bucket and a key holds no secret. */
export function backendEnvironment(url: string): NodeJS.ProcessEnv {
  return { PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: "" };
}

/** Makes a stack where there is none. */
export function makeStack(at: StackAt): void {
  pulumi(at, "stack", "select", at.stack, "--create", "--secrets-provider", "passphrase");
}

/** Takes away the lock that a killed command left on a stack. */
export function unlock(at: StackAt): void {
  pulumi(at, "cancel", at.stack, "--yes");
}

function pulumi({ executable, project, environment, url }: StackAt, ...args: readonly string[]): void {
  execFileSync(executable, [...args, "--non-interactive"], {
    cwd: project,
    env: { ...environment, ...backendEnvironment(url) },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function words(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  // Before its verdict the engine may say what it tried.
  return said === "" ? String(error) : (said.split(/^error: /m).at(-1) ?? said);
}
