import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { EngineResult } from "../offline/engine/run";
import type { Engine } from "../offline/engine/find";
import type { Context } from "./context";
import { prepareStack, withOfflineSession, type OfflineSession } from "./offline-session";

/**
 * Carries out the update that a first preview promises, on a copy of the offline cloud that is thrown away. A preview of a stack
 * that was never deployed checks nothing behind a cluster that does not exist yet: its Kubernetes provider has no kubeconfig.
 */
export async function rehearse(
  context: Context,
  engine: Engine,
  session: OfflineSession,
  stack: string,
  preview: EngineResult,
): Promise<EngineResult> {
  if (!isFirst(preview)) return preview;
  const parent = join(context.root, ".platform");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "rehearsal-"));
  try {
    const journal = join(session.folder, "journal.jsonl");
    if (existsSync(journal)) copyFileSync(journal, join(folder, "journal.jsonl"));
    const result = await withOfflineSession({ context, engine, folder }, async (scratch) => {
      await prepareStack(scratch, stack);
      return scratch.run(["up", "--stack", stack, "--yes", "--skip-preview"], { output: "hidden", events: true });
    });
    if (result.code === 0) {
      context.say(
        `Rehearsed on a scratch cloud: the update would succeed (${String(result.digest?.resources ?? 0)} resources).`,
      );
      return preview;
    }
    if (result.interrupted) {
      context.say("The rehearsal on a scratch cloud was stopped; the preview above is whole.");
      return { ...preview, interrupted: true };
    }
    context.say("Rehearsed on a scratch cloud: the update would fail.");
    for (const { urn, message } of result.digest?.errors ?? []) {
      context.say(
        `  ${urn === undefined ? "" : `${urn.split("::").slice(2).join(" ")}: `}${message.replaceAll("\n", "\n    ")}`,
      );
    }
    return { ...result, digest: preview.digest === undefined ? result.digest : failed(preview.digest, result.digest) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Digest = NonNullable<EngineResult["digest"]>;

/** The preview's counts with the rehearsal's failures: what would be changed, and what the cloud would refuse of it. */
function failed(preview: Digest, rehearsal: Digest | undefined): Digest {
  return { ...preview, errors: rehearsal?.errors ?? [], failed: rehearsal?.failed ?? [] };
}

function isFirst({ digest }: EngineResult): boolean {
  if (digest === undefined) return false;
  const { create, same, update, replace, delete: deleted } = digest.changes;
  return create > 0 && same + update + replace + deleted === 0;
}
