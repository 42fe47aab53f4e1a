import { readdirSync, readFileSync } from "node:fs";
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
      const { pid } = lock.parse(JSON.parse(readFileSync(join(folder, file), "utf8")));
      return { pid, alive: isAlive(pid) };
    });
}

/** Whether the local state folder has this stack. */
export function stackExists(state: string, project: string, stack: string): boolean {
  return list(join(state, ".pulumi", "stacks", project)).includes(`${stack}.json`);
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
