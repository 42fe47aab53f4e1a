import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Cloud } from "../../offline/cloud/cloud";
import { WITHOUT_CHECKPOINTS } from "../../offline/engine/environment";
import { DAY } from "../policies/day";

const REPOSITORY = resolve(__dirname, "../..");

/** What a command did. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of its own, with its own offline cloud: the repository's code by links, its configuration by copies. */
export interface Project {
  readonly root: string;
  /** Runs `platform …` to its end. */
  platform(...args: string[]): Promise<Ran>;
  /** Starts `platform …`: to be interrupted. */
  start(...args: string[]): { readonly process: ChildProcess; readonly ended: Promise<Ran> };
  /** What the offline cloud holds now. */
  cloud(): Cloud;
  write(file: string, content: string): void;
  remove(): void;
}

const STACK_FILE = /^Pulumi\..+\.yaml$/;
/** Copied, not linked: Node and git follow links, and these say where the project is. */
const COPIED = /^boot$|^package\.json$|^Pulumi\..*yaml$|^\./;
const LEFT_OUT = new Set([".git", ".platform", ".eslintcache"]);

export interface ProjectOptions {
  /** Replaces the repository's index.ts. It is not asked for policies, unless the test is about them. */
  readonly program?: string;
  /** Replace its stack files: content by stack. */
  readonly stacks?: Readonly<Record<string, string>>;
  readonly policies?: "asked";
  /** How often the engine writes the state. `once`, at the end, is for large stacks whose tests kill nothing. Default: `every-step`. */
  readonly state?: "every-step" | "once";
}

export function makeProject(options: ProjectOptions = {}): Project {
  const root = mkdtempSync(join(tmpdir(), "platform-test-"));
  for (const entry of readdirSync(REPOSITORY)) {
    if (LEFT_OUT.has(entry) || (entry === "index.ts" && options.program !== undefined)) continue;
    if (STACK_FILE.test(entry) && options.stacks !== undefined) continue;
    if (COPIED.test(entry)) cpSync(join(REPOSITORY, entry), join(root, entry), { recursive: true });
    else symlinkSync(join(REPOSITORY, entry), join(root, entry));
  }
  if (options.program !== undefined) writeFileSync(join(root, "index.ts"), options.program);
  for (const [stack, content] of Object.entries(options.stacks ?? {})) {
    writeFileSync(join(root, `Pulumi.${stack}.yaml`), content);
  }
  const unasked = options.program !== undefined && options.policies === undefined;
  const start = (...args: string[]) => {
    const flags = unasked && /^(up|preview)$/.test(args[0] ?? "") ? ["--no-policies"] : [];
    const child = spawn(process.execPath, [join(root, "boot/platform.cjs"), ...args, ...flags], {
      cwd: root,
      // Exemptions end one day; the tests do not.
      env: {
        ...process.env,
        NO_COLOR: "1",
        PLATFORM_POLICY_DATE: DAY,
        ...(options.state === "once" ? WITHOUT_CHECKPOINTS : {}),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ran>((done) =>
      child.on("close", (code) => {
        done({ code, stdout, stderr });
      }),
    );
    return { process: child, ended };
  };
  return {
    root,
    start,
    platform: (...args) => start(...args).ended,
    cloud: () => Cloud.snapshot(join(root, ".platform/offline")),
    write: (file, content) => {
      writeFileSync(join(root, file), content);
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
