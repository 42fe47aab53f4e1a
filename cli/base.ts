import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { WITHOUT_CHECKPOINTS } from "../offline/engine/environment";
import type { EngineResult } from "../offline/engine/run";
import type { Engine } from "../offline/engine/find";
import { ensureOfflineBackend } from "./backend";
import type { Context } from "./context";
import { CommandError, EXIT } from "./exit-codes";
import { prepareStack, withOfflineSession } from "./offline-session";

/**
 * Previews the work tree against a stack that another revision deployed: a change shows as a change. That revision is deployed
 * with its own program on a scratch cloud, which is thrown away.
 */
export async function previewAgainst(
  context: Context,
  engine: Engine,
  options: { readonly stack: string; readonly base: string; readonly flags: readonly string[]; readonly json: boolean },
): Promise<EngineResult> {
  const { stack, base, flags, json } = options;
  const commit = resolveCommit(context.root, base);
  const parent = join(context.root, ".platform");
  mkdirSync(parent, { recursive: true });
  const scratch = mkdtempSync(join(parent, "base-"));
  const program = join(scratch, "program");
  const folder = join(scratch, "offline");
  try {
    git(context.root, "worktree", "add", "--detach", "--quiet", program, commit);
    symlinkSync(join(context.root, "node_modules"), join(program, "node_modules"));
    if (existsSync(join(program, `Pulumi.${stack}.yaml`))) {
      context.say(`Deploying ${stack} as of ${base} (${commit.slice(0, 10)}) on a scratch cloud...`);
      await ensureOfflineBackend(context, engine, stack, folder);
      const deployed = await withOfflineSession({ context, engine, folder, program }, async (session) => {
        await prepareStack(session, stack);
        const args = ["up", "--stack", stack, "--yes", "--skip-preview"];
        return session.run(args, { output: "hidden", events: true, environment: WITHOUT_CHECKPOINTS });
      });
      if (deployed.code !== 0) {
        const reasons = deployed.digest?.errors.map(({ message }) => message).join("\n") ?? "";
        throw new CommandError(
          `${base} itself does not deploy, so there is nothing to compare with:\n${reasons}`,
          EXIT.resource,
        );
      }
    } else {
      context.say(`${base} has no stack ${stack}: everything in it is new.`);
    }
    return await withOfflineSession({ context, engine, folder }, async (session) => {
      await prepareStack(session, stack);
      return session.run(["preview", "--stack", stack, ...flags], {
        output: json ? "stderr" : "inherit",
        events: true,
      });
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    git(context.root, "worktree", "prune");
  }
}

function resolveCommit(root: string, base: string): string {
  try {
    return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", `${base}^{commit}`);
  } catch {
    throw new CommandError(`--base ${base}: git knows no such revision here; fetch it, or name another`, EXIT.failed);
  }
}

function git(root: string, ...args: string[]): string {
  return execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}
