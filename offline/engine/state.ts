import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isAlive } from "../../boot/lock.cjs";

/** A lock that a command holds, or left behind, on a stack of a local state folder. */
export interface StackLock {
  readonly pid: number;
  /** Whether the command still runs. */
  readonly alive: boolean;
}

const lock = z.object({ pid: z.number() });

/** Locks on a stack in a `file://` backend (Pulumi's layout: `.pulumi/locks/organization/<project>/<stack>/<id>.json`). */
export function stackLocks(state: string, project: string, stack: string): readonly StackLock[] {
  const folder = join(state, ".pulumi", "locks", "organization", project, stack);
  return list(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => {
      // A full disk leaves a lock without content: nobody holds it.
      const pid = lock.safeParse(parsed(join(folder, file))).data?.pid ?? 0;
      return { pid, alive: isAlive(pid) };
    });
}

/** Whether the local state folder has this stack. */
export function stackExists(state: string, project: string, stack: string): boolean {
  return list(join(state, ".pulumi", "stacks", project)).includes(`${stack}.json`);
}

/** Whether the state of a stack can be read: a disk that was full, or a kill, leaves half of it, or nothing. */
export function isWhole(state: string, project: string, stack: string): boolean {
  const file = stateFile(state, project, stack);
  const attributes = attributesOf(file);
  return isCheckpoint(file) && (!existsSync(attributes) || parsed(attributes) !== undefined);
}

/**
 * Makes a stack's state readable: puts the newest copy that can be read in the place of one that cannot. The engine keeps the one
 * before beside it (`.bak`) and one for each finished update. Gives the file that it is from now on, or undefined if there is none.
 */
export function restoreState(state: string, project: string, stack: string): string | undefined {
  const file = stateFile(state, project, stack);
  rmSync(attributesOf(file), { force: true });
  if (isCheckpoint(file)) return file;
  const backups = join(state, ".pulumi", "backups", project, stack);
  const copies = list(backups)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .reverse()
    .map((name) => join(backups, name));
  const copy = [`${file}.bak`, ...copies].find(isCheckpoint);
  if (copy === undefined) return undefined;
  const temporary = `${file}.${String(process.pid)}.tmp`;
  copyFileSync(copy, temporary);
  renameSync(temporary, file);
  return copy;
}

function stateFile(state: string, project: string, stack: string): string {
  return join(state, ".pulumi", "stacks", project, `${stack}.json`);
}

/**
 * What the engine's file storage notes of a file beside it, its type and digest. It does not read a file whose note is torn, and
 * does very well without one: https://pkg.go.dev/gocloud.dev/blob/fileblob#Options
 */
function attributesOf(file: string): string {
  return `${file}.attrs`;
}

const checkpoint = z.object({ version: z.number(), checkpoint: z.object({}) });

function isCheckpoint(file: string): boolean {
  return checkpoint.safeParse(parsed(file)).success;
}

/** What a JSON file says, or undefined when it is not there or not whole. */
function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

const resource = z.looseObject({ urn: z.string(), type: z.string(), id: z.string().optional() });

/** What `pulumi stack export` prints, as far as recovery reads it. */
export const deployment = z.looseObject({
  version: z.number(),
  deployment: z.looseObject({
    resources: z.array(resource).optional(),
    pending_operations: z.array(z.looseObject({ type: z.string(), resource })).optional(),
  }),
});

export type Deployment = z.infer<typeof deployment>;

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder: nothing was ever locked or deployed.
    return [];
  }
}
