import { spawn } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { Cloud } from "../offline/cloud/cloud";
import type { Fault } from "../offline/cloud/faults";
import { cloudInUse } from "../offline/providers/client";
import { stackNames } from "../offline/engine/shadow-project";
import { stackLocks } from "../offline/engine/state";
import { PROJECT, type Context } from "./context";
import { CommandError } from "./exit-codes";
import { offlineFolder, withOfflineSession } from "./offline-session";
import { engineOf } from "./operate";

/** Runs any command with the offline cloud attached, in the shadow project: `pulumi stack graph`, a script, a shell. */
export async function runAttached(context: Context, command: readonly string[]): Promise<number> {
  const [executable, ...args] = command;
  if (executable === undefined) {
    throw new CommandError("give the command to run after --, for example: npx platform offline -- pulumi stack ls");
  }
  const engine = await engineOf(context);
  return withOfflineSession({ context, engine }, async (session) => {
    const before = new Set(readdirSync(session.project));
    const code = await spawned(
      executable,
      args.map((arg, index) =>
        PATH_FLAGS.has(args[index - 1] ?? "") ? resolve(context.folder, arg) : absolute(context.folder, arg),
      ),
      session.project,
      session.environment,
    );
    // The command ran in the shadow project; what it wrote there belongs where the user is.
    for (const file of readdirSync(session.project)) {
      if (before.has(file) || /^Pulumi\..*yaml/.test(file) || !statSync(join(session.project, file)).isFile()) continue;
      renameSync(join(session.project, file), join(context.folder, file));
      context.say(`${file} is in ${context.folder}`);
    }
    return code;
  });
}

/** Flags of the engine that take a path, also one without a dot in it. */
const PATH_FLAGS = new Set(["--policy-pack", "--policy-pack-config"]);

/** An argument that names a file where the user is must name it from the shadow project too. */
function absolute(folder: string, arg: string): string {
  if (arg.startsWith("-") || isAbsolute(arg) || !arg.includes(".") || !existsSync(resolve(folder, arg))) return arg;
  return resolve(folder, arg);
}

function spawned(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env, stdio: "inherit" });
    // The terminal gives Ctrl-C to the command itself; this process waits for it to end.
    const ignore = () => undefined;
    process.on("SIGINT", ignore);
    child.on("error", (error) => {
      process.off("SIGINT", ignore);
      const missing = "code" in error && error.code === "ENOENT";
      fail(
        new CommandError(
          missing
            ? `there is no command "${command}" on PATH: after -- comes a command with its arguments, for example: pulumi stack ls`
            : `${command} could not be started: ${error.message}`,
        ),
      );
    });
    child.on("exit", (code) => {
      process.off("SIGINT", ignore);
      done(code ?? 1);
    });
  });
}

/** Forgets the offline cloud: its journal and the state of every stack in it, together. */
export function resetOffline(context: Context): void {
  const folder = offlineFolder(context.root);
  refuseWhileInUse(folder, stackNames(context.root));
  rmSync(folder, { recursive: true, force: true });
  context.say("The offline cloud is empty, and no stack is deployed on it.");
}

/** Arranges for coming calls to fail. */
export function injectFault(context: Context, fault: Fault): void {
  const folder = offlineFolder(context.root);
  refuseWhileInUse(folder, stackNames(context.root));
  const cloud = Cloud.open(folder);
  try {
    cloud.commit({ faults: [...cloud.faults(), fault] });
  } finally {
    cloud.close();
  }
  const calls = fault.count === 1 ? fault.operation : `${String(fault.count)} calls to ${fault.operation}`;
  const type = fault.type === "*" ? "any type" : fault.type;
  context.say(`The next ${calls} ${fault.count === 1 ? "of " : ""}${type} will fail: ${fault.kind}.`);
}

function refuseWhileInUse(folder: string, stacks: readonly string[]): void {
  // An engine outlives the server for some seconds when the command that started both was killed.
  const locks = stacks.flatMap((stack) => stackLocks(join(folder, "state"), PROJECT, stack));
  const pid = cloudInUse(folder) ?? locks.find((lock) => lock.alive)?.pid;
  if (pid !== undefined) {
    throw new CommandError(`the offline cloud is in use (process ${String(pid)}): wait for the running command to end`);
  }
}
