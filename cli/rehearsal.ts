import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { WITHOUT_CHECKPOINTS } from "../offline/engine/environment";
import type { EngineResult } from "../offline/engine/run";
import type { Engine } from "../offline/engine/find";
import type { PolicyReport } from "../policies/report/report";
import { line } from "../policies/report/summary";
import type { Context } from "./context";
import { prepareStack, withOfflineSession, type OfflineSession } from "./offline-session";
import { REPORT_ONLY, withPolicies, withReport } from "./policies";

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
  policies: boolean,
): Promise<EngineResult> {
  if (!isFirst(preview)) return preview;
  const flags = policies ? await withPolicies(context, []) : [];
  const { result, report } = await rehearsed(context, engine, { from: session.folder, stack, flags });
  if (result.code === 0) {
    context.say(
      `Rehearsed on a scratch cloud: the update would succeed (${String(result.digest?.resources ?? 0)} resources).`,
    );
    return objecting(context, preview, report);
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
}

/**
 * Deploys a stack on a copy of an offline cloud, which is thrown away. The policies write down what they find and stop nothing, so
 * that all of it is found.
 */
export async function rehearsed(
  context: Context,
  engine: Engine,
  { from, stack, flags }: { readonly from: string; readonly stack: string; readonly flags: readonly string[] },
): Promise<{ readonly result: EngineResult; readonly report: PolicyReport | undefined }> {
  const parent = join(context.root, ".platform");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "rehearsal-"));
  try {
    const journal = join(from, "journal.jsonl");
    if (existsSync(journal)) copyFileSync(journal, join(folder, "journal.jsonl"));
    return await withReport((environment) =>
      withOfflineSession({ context, engine, folder }, async (scratch) => {
        await prepareStack(scratch, stack);
        return scratch.run(["up", "--stack", stack, "--yes", "--skip-preview", ...flags], {
          output: "hidden",
          events: true,
          environment: { ...environment, ...REPORT_ONLY, ...WITHOUT_CHECKPOINTS },
        });
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The preview, failed by what the policies could judge only once everything is known. */
function objecting(context: Context, preview: EngineResult, report: PolicyReport | undefined): EngineResult {
  if (report === undefined) return preview;
  const open = report.violations.filter(({ level }) => level === "mandatory");
  const left = String(report.undecided.length);
  if (open.length === 0) {
    context.say(
      `Its policies were judged there too: none is violated${left === "0" ? "" : `, ${left} facts cannot be told`}.`,
    );
    return preview;
  }
  context.say("The policies object to what the preview could not know:");
  const violations = open.map((found) => `${found.rule}: ${line(found)}`);
  for (const violation of violations) context.say(`  ${violation}`);
  context.say(`What to do: npx platform policy explain ${open[0]?.rule ?? ""}`);
  return { ...preview, code: 1, digest: preview.digest === undefined ? undefined : { ...preview.digest, violations } };
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
