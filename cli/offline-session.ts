import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { declaredSecrets } from "../config/secrets";
import { offlineEnvironment } from "../offline/engine/environment";
import type { Engine } from "../offline/engine/find";
import { runEngine, type EngineResult, type EngineRun } from "../offline/engine/run";
import { shadowProject } from "../offline/engine/shadow-project";
import { isWhole, stackExists, stackLocks } from "../offline/engine/state";
import { acquireCloud } from "../offline/providers/client";
import { CommandError, EXIT } from "./exit-codes";
import { PROJECT, type Context } from "./context";

/** An offline cloud with the engine attached to it, for the time of one command. */
export interface OfflineSession {
  /** Folder of the offline cloud: journal, state, shadow project. */
  readonly folder: string;
  /** Shadow project to run the engine in. */
  readonly project: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Stacks that have a file. */
  readonly stacks: readonly string[];
  /** `environment` adds to the session's. */
  run(
    args: readonly string[],
    options: Pick<EngineRun, "output" | "events"> & { readonly environment?: NodeJS.ProcessEnv },
  ): Promise<EngineResult>;
}

export interface OfflineOptions {
  readonly context: Context;
  readonly engine: Engine;
  /** Default: the project's own offline cloud. */
  readonly folder?: string;
  /** The program to run, where it is another revision. Default: the project. */
  readonly program?: string;
  /** Folder with the Pulumi.yaml and the stack files to use, where they are not the program's own; the shadow is made beside it. */
  readonly configuration?: string;
}

/** Folder of the project's own offline cloud. */
export function offlineFolder(root: string): string {
  return join(root, ".platform", "offline");
}

/** Attaches to the offline cloud, hands over the session and lets go of the cloud, whatever happens. */
export async function withOfflineSession<Result>(
  { context, engine, folder = offlineFolder(context.root), program, configuration }: OfflineOptions,
  use: (session: OfflineSession) => Promise<Result>,
): Promise<Result> {
  mkdirSync(join(folder, "state"), { recursive: true });
  const shadow = shadowProject({
    root: configuration ?? program ?? context.root,
    program: program ?? context.root,
    folder: join(configuration === undefined ? folder : dirname(configuration), "project"),
    placeholders: (config) => declaredSecrets(String(config["platform:blueprint"])),
  });
  const cloud = await acquireCloud({
    folder,
    root: context.root,
    ...(context.from === undefined ? {} : { place: context.from }),
  });
  try {
    const environment = offlineEnvironment({
      base: context.env,
      executable: engine.executable,
      folder,
      providers: cloud.providers,
      passphrase: passphrase(folder),
    });
    return await use({
      folder,
      project: shadow.folder,
      environment,
      stacks: shadow.stacks,
      run: (args, { environment: more, ...options }) =>
        runEngine({
          executable: engine.executable,
          arguments: args,
          folder: shadow.folder,
          environment: { ...environment, ...more },
          ...options,
        }),
    });
  } finally {
    await cloud.release();
  }
}

/** Refuses a stack that the project has no file for. */
export function requireStack(session: OfflineSession, stack: string): void {
  if (!session.stacks.includes(stack)) {
    throw new CommandError(
      `there is no stack "${stack}": the project has ${session.stacks.join(", ")}; a stack is made by writing Pulumi.${stack}.yaml`,
      EXIT.stackNotFound,
    );
  }
}

/** Makes sure that the stack is there and that no other command, running or killed, holds it. */
export async function prepareStack(session: OfflineSession, stack: string): Promise<void> {
  requireStack(session, stack);
  const state = join(session.folder, "state");
  const [lock] = stackLocks(state, PROJECT, stack);
  if (lock?.alive === true) {
    throw new CommandError(
      `stack ${stack} is in use by another command (process ${String(lock.pid)}): wait for it to end`,
    );
  }
  if (lock !== undefined) {
    throw new CommandError(
      `the last command on stack ${stack} was killed (process ${String(lock.pid)}) and left it locked: run\n` +
        `  npx platform recover ${stack} --offline`,
    );
  }
  if (stackExists(state, PROJECT, stack)) {
    if (isWhole(state, PROJECT, stack)) return;
    throw new CommandError(
      `the state of stack ${stack} was cut off in writing, as on a full disk: see that there is room, then run\n` +
        `  npx platform recover ${stack} --offline`,
    );
  }
  const { code } = await session.run(["stack", "init", stack, "--non-interactive"], {
    output: "hidden",
    events: false,
  });
  if (code !== 0) throw new CommandError(`the engine could not make stack ${stack} in ${state}`, code);
}

/** The passphrase of this cloud's state, made at first use: state that somebody copies elsewhere holds no readable secret. */
function passphrase(folder: string): string {
  const file = join(folder, "passphrase");
  if (!existsSync(file)) {
    try {
      writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
    } catch (error) {
      // Another command made it at the same moment: that one counts.
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
  return readFileSync(file, "utf8");
}
