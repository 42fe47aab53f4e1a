import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud } from "../offline/cloud/cloud";
import type { EngineResult } from "../offline/engine/run";
import { deployment, isWhole, restoreState, stackExists, stackLocks, type Deployment } from "../offline/engine/state";
import { PROJECT, type Context } from "./context";
import { CommandError } from "./exit-codes";
import { requireStack, type OfflineSession } from "./offline-session";
import { adoptOrphans, orphansOf, settlePending, type Settled } from "./settle";

export interface RecoverOptions {
  readonly stack: string;
  readonly output: "inherit" | "stderr";
  readonly executable: string;
}

/**
 * Brings an offline stack back after a command on it was killed, or lost an answer: restores a state that was cut off, takes
 * the lock away, takes into the state what the cloud made and the engine did not hear of, and refreshes.
 */
export async function recoverOffline(
  context: Context,
  session: OfflineSession,
  { stack, output, executable }: RecoverOptions,
): Promise<EngineResult> {
  requireStack(session, stack);
  const folder = join(session.folder, "state");
  const locks = stackLocks(folder, PROJECT, stack);
  const running = locks.find((lock) => lock.alive);
  if (running !== undefined) {
    throw new CommandError(
      `stack ${stack} is not abandoned, process ${String(running.pid)} is working on it: wait for it to end, or end it with kill ${String(running.pid)}`,
    );
  }
  if (!stackExists(folder, PROJECT, stack) && locks.length === 0) {
    context.say(`Stack ${stack} was never deployed on this offline cloud: there is nothing to recover.`);
    return { code: 0, interrupted: false, digest: undefined };
  }
  // The engine moves the state aside before it writes the next one: killed in between, it leaves none.
  const isRestored = !isWhole(folder, PROJECT, stack);
  if (isRestored) restore(context, folder, stack);
  if (locks.length > 0) {
    await session.run(["cancel", stack, "--yes"], { output: "hidden", events: false });
    context.say(`Took away the lock of process ${locks.map(({ pid }) => String(pid)).join(", ")}.`);
  }
  const state = new StateFile(session, stack, executable);
  const cloud = Cloud.snapshot(session.folder);
  const settled = settlePending(state.read(), cloud);
  if (settled.adopted.length + settled.dropped.length > 0) state.write(settled.state);
  const rest = orphansOf(settled.state, cloud, stack);
  const adopted = rest.length === 0 ? undefined : await adopt(session, stack, settled.state, rest);
  if (adopted !== undefined && adopted.adopted.length > 0) state.write(adopted.state);
  report(context, settled);
  if (adopted !== undefined) report(context, adopted);
  if (!isRestored && locks.length + settled.adopted.length + settled.dropped.length + rest.length === 0) {
    context.say(`No command on stack ${stack} was cut off: there is nothing to recover. Comparing it with the cloud:`);
  }
  return session.run(["refresh", "--stack", stack, "--yes", "--skip-preview"], { output, events: true });
}

/** The last state that was written whole; what happened after it is in the cloud, and is taken in from there. */
function restore(context: Context, folder: string, stack: string): void {
  const copy = restoreState(folder, PROJECT, stack);
  if (copy === undefined) {
    throw new CommandError(
      `the state of stack ${stack} was cut off in writing and there is no copy of it; start again with: npx platform offline reset`,
    );
  }
  context.say(`The state of ${stack} was cut off in writing: restored ${copy}.`);
}

/** Takes in what was made and is in no state: where it belongs is what a preview says that would make it again. */
async function adopt(
  session: OfflineSession,
  stack: string,
  state: Deployment,
  orphans: ReturnType<typeof orphansOf>,
): Promise<Settled> {
  const preview = await session.run(["preview", "--stack", stack], { output: "hidden", events: true });
  return adoptOrphans(state, orphans, preview.digest?.planned ?? []);
}

function report(context: Context, { adopted, dropped, left }: Settled): void {
  for (const urn of adopted) context.say(`Completed: ${urn} was created before the command ended.`);
  for (const urn of dropped) context.say(`Dropped: ${urn} was not carried out.`);
  for (const { urn = "", id } of left) {
    context.say(
      `Left alone: ${id} was made for ${urn}, which the program does not name, or names another: delete it by hand.`,
    );
  }
}

/** The state of a stack by way of the engine, which alone knows its format. */
class StateFile {
  constructor(
    private readonly session: OfflineSession,
    private readonly stack: string,
    private readonly executable: string,
  ) {}

  read(): Deployment {
    return deployment.parse(JSON.parse(this.pulumi("stack", "export", "--stack", this.stack)));
  }

  write(state: Deployment): void {
    const scratch = mkdtempSync(join(tmpdir(), "platform-recover-"));
    try {
      const file = join(scratch, "state.json");
      writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
      this.pulumi("stack", "import", "--stack", this.stack, "--file", file, "--force");
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  private pulumi(...args: string[]): string {
    const { project, environment } = this.session;
    return execFileSync(this.executable, args, {
      cwd: project,
      env: environment,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}
