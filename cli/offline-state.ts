import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PROJECT } from "./context";

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});

const checkpoint = z.object({
  checkpoint: z.object({
    latest: z
      .object({
        resources: z.array(resource).default([]),
        pending_operations: z.array(z.unknown()).default([]),
      })
      .nullish(),
  }),
});

/** What the state of a stack on an offline cloud says, without asking the engine. */
export interface OfflineState {
  /** Resources of the stack: as many as its last update reported. */
  readonly resources: number;
  /** Outputs of the stack; empty after a `destroy`. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Whether a command on it was cut off. */
  readonly pending: boolean;
}

/** The state of a stack in an offline cloud's folder; `undefined` where it was never deployed, or cannot be read now. */
export function offlineState(folder: string, stack: string): OfflineState | undefined {
  const file = join(folder, "state", ".pulumi", "stacks", PROJECT, `${stack}.json`);
  const latest = checkpoint.safeParse(parsed(file)).data?.checkpoint.latest;
  if (latest === undefined || latest === null) return undefined;
  const own = latest.resources.filter((one) => !isInternal(one));
  const outputs = latest.resources.find(({ type }) => type === STACK)?.outputs ?? {};
  return { resources: own.length, outputs, pending: latest.pending_operations.length > 0 };
}

const STACK = "pulumi:pulumi:Stack";

/** The stack itself and the engine's own default providers, which no report counts. */
function isInternal({ type, urn }: z.infer<typeof resource>): boolean {
  return type === STACK || (type.startsWith("pulumi:providers:") && /::default(_[^:]*)?$/.test(urn));
}

/** What a JSON file says, or undefined when it is not there or is being written. */
function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
