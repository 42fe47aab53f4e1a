import { spawn } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Executables of that name in the folders, in their order, each file once. */
export function executablesIn(folders: readonly string[], name: string): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  for (const folder of folders) {
    const file = join(folder, process.platform === "win32" ? `${name}.exe` : name);
    if (folder === "" || !isExecutable(file)) continue;
    const real = realpathSync(file);
    if (!seen.has(real)) found.push(file);
    seen.add(real);
  }
  return found;
}

/** The folders on PATH. */
export function pathFolders(env: NodeJS.ProcessEnv): string[] {
  return (env["PATH"] ?? "").split(delimiter);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export interface Captured {
  /** Exit code; `undefined` when it did not start, was killed or took too long. */
  readonly code: number | undefined;
  readonly output: string;
  readonly errors: string;
}

/** Runs a command to its end and gives what it printed. It is killed after the time given, in milliseconds. */
export function capture(
  command: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly timeout: number; readonly folder?: string },
): Promise<Captured> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: options.env,
      cwd: options.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    const ends = (code: number | undefined) => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code, output: Buffer.concat(output).toString(), errors: Buffer.concat(errors).toString() });
    };
    // A grandchild may hold the pipes open: what counts is the end of the command itself.
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      ends(undefined);
    }, options.timeout);
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", () => {
      ends(undefined);
    });
    child.on("close", (code) => {
      ends(code ?? undefined);
    });
  });
}
