import { relative } from "node:path";
import type { Changes } from "../offline/engine/events";
import { engineEnvironment } from "../offline/engine/environment";
import { findEngine, type Engine } from "../offline/engine/find";
import { runEngine, type EngineResult, type EngineRun } from "../offline/engine/run";
import { previewAgainst } from "./base";
import { backendOf } from "../stacks/backends";
import { ensureOfflineBackend } from "./backend";
import type { Context } from "./context";
import { CommandError, exitCodeOf, EXIT } from "./exit-codes";
import { offlineFolder, prepareStack, withOfflineSession } from "./offline-session";
import { withPolicies } from "./policies";
import { recoverOffline } from "./recover";
import { rehearse } from "./rehearsal";
import { secretsProviderProblem } from "./secrets-provider";
import { removeSiteContract, saveSiteContract } from "./site-contracts";
import { readStackFile } from "./stack-file";

export type Operation = "up" | "preview" | "refresh" | "destroy" | "recover" | "unprotect";

export interface OperationOptions {
  readonly operation: Operation;
  readonly stack: string;
  readonly offline: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  /** For `preview`: the revision to compare with. */
  readonly base: string | undefined;
  /** For `up` and `preview`: whether the policy pack is asked. */
  readonly policies: boolean;
  /** Flags for the engine. */
  readonly flags: readonly string[];
}

/** What `--json` prints: one object, on standard output. Secrets read `[secret]`, what a preview cannot know `[unknown]`. */
export interface OperationReport {
  readonly stack: string;
  readonly operation: string;
  readonly result: "succeeded" | "failed" | "cancelled";
  readonly changes: Changes;
  /** Mandatory violations of the policies, as `rule: what is wrong`. */
  readonly violations: readonly string[];
  /** Resources in the stack afterwards; for a preview, those that it promises. */
  readonly resources: number;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

/** Runs one operation of the engine, offline or for real, and gives the exit code. */
export async function operate(context: Context, options: OperationOptions): Promise<number> {
  const started = Date.now();
  if (options.base !== undefined && options.operation !== "preview") {
    throw new CommandError(
      `--base compares, so it works with preview only: npx platform preview ${options.stack} --offline`,
    );
  }
  const asks = asksFirst(context, options);
  await requireFittingKey(context, options);
  const asked = { ...options, flags: await flagsOf(context, options) };
  const engine = await engineOf(context);
  const result = options.offline ? await offline(context, engine, asked) : await real(context, engine, asked);
  const code = exitCodeOf(result, asks);
  if (code === EXIT.succeeded) keepSiteContract(context, options, result);
  // A confirmation that was refused: the events are those of the preview, and nothing was done.
  const declined = asks && code === EXIT.cancelled && result.digest?.errors.length === 0;
  const told = declined ? undefined : result;
  if (options.json) context.print(`${JSON.stringify(reportOf(options, told, code, started))}\n`);
  else afterword(context, options, result, code);
  return code;
}

/** The user's flags, with the policy pack ahead of them where it is asked. */
async function flagsOf(context: Context, { operation, policies, flags }: OperationOptions): Promise<readonly string[]> {
  if (operation !== "up" && operation !== "preview") return flags;
  if (policies) return withPolicies(context, flags);
  context.say(
    "WARNING: --no-policies: no rule is asked. What this command lets through, the next one with policies may refuse.",
  );
  return flags;
}

const APPROVAL = new Set(["--skip-preview", "-f", "--preview-only"]);

function asksFirst(context: Context, { operation, stack, offline: isOffline, yes, flags }: OperationOptions): boolean {
  // An offline recovery changes nothing but the record of what is there.
  if (operation === "preview" || (operation === "recover" && isOffline)) return false;
  const look = operation === "up" ? `preview ${stack}` : `${operation} ${stack} --preview-only`;
  return asksAPerson(context, { what: operation, look, offline: isOffline, yes, flags });
}

/**
 * Whether the engine will ask a person for confirmation. Throws where it would and there is no terminal to ask on, with the
 * command that only looks.
 */
export function asksAPerson(
  context: Context,
  command: Pick<OperationOptions, "offline" | "yes" | "flags"> & { readonly what: string; readonly look: string },
): boolean {
  const { what, look, offline: isOffline, yes, flags } = command;
  if (yes || flags.some((flag) => APPROVAL.has(flag))) return false;
  if (!isOffline && context.env["PULUMI_SKIP_CONFIRMATIONS"] !== undefined) return false;
  if (context.terminal === true) return true;
  throw new CommandError(
    `${what} asks before it changes anything, and there is no terminal to ask on: add --yes, or only look, with\n` +
      `  npx platform ${look}${isOffline ? " --offline" : ""}`,
    EXIT.configuration,
  );
}

/** Refuses to build on a key that the state's cloud cannot use. What takes a stack down goes through. */
async function requireFittingKey(context: Context, { operation, stack }: OperationOptions): Promise<void> {
  if (operation === "destroy" || operation === "unprotect" || operation === "recover") return;
  const row = backendOf(stack);
  const file = row === undefined ? undefined : await readStackFile(context.root, stack);
  if (row === undefined || file === undefined) return;
  const problem = secretsProviderProblem(row, file);
  if (problem !== undefined) throw new CommandError(problem, EXIT.configuration);
}

/** Writes the contract of the stack's site after an update, beside the state; takes it away with the site. */
function keepSiteContract(context: Context, options: OperationOptions, { digest }: EngineResult): void {
  const { operation, stack, flags } = options;
  if (digest === undefined || flags.includes("--preview-only")) return;
  const folder = options.offline ? offlineFolder(context.root) : context.root;
  if (operation === "destroy" && digest.resources === 0) removeSiteContract(folder, stack);
  if (operation !== "up" && operation !== "unprotect") return;
  const file = saveSiteContract(folder, stack, digest.outputs);
  if (file !== undefined) context.say(`The contract of the site is in ${relative(context.folder, file)}`);
}

/** The engine for this machine: found, or built with progress on the terminal. */
export function engineOf(context: Context): Promise<Engine> {
  return findEngine({ root: context.root, env: context.env, report: context.say });
}

async function offline(context: Context, engine: Engine, options: OperationOptions): Promise<EngineResult> {
  const { operation, stack, base, flags, json } = options;
  if (base !== undefined) return previewAgainst(context, engine, { stack, base, flags, json });
  const output = json ? "stderr" : "inherit";
  if (operation !== "destroy" && operation !== "recover") await ensureOfflineBackend(context, engine, stack);
  return withOfflineSession({ context, engine }, async (session) => {
    if (operation === "recover") {
      return recoverOffline(context, session, { stack, output, executable: engine.executable });
    }
    await prepareStack(session, stack);
    const result = await session.run(engineArguments(options), { output, events: true });
    // Another command took the stack in the moment before: the engine's own advice is to break that one's lock.
    if (result.code !== 0 && result.digest === undefined && !result.interrupted) await prepareStack(session, stack);
    if (operation !== "preview" || result.code !== 0) return result;
    return rehearse(context, engine, session, stack, result, options.policies);
  });
}

async function real(context: Context, engine: Engine, options: OperationOptions): Promise<EngineResult> {
  if (options.base !== undefined) {
    throw new CommandError("--base deploys another revision first, so it works offline only: add --offline");
  }
  const output = options.json ? "stderr" : "inherit";
  if (options.operation === "recover") {
    const cancel = ["cancel", options.stack, ...(options.yes ? ["--yes"] : [])];
    await runOnRealClouds(context, engine, cancel, { output, events: false });
  }
  return runOnRealClouds(context, engine, engineArguments(options), { output, events: true });
}

/** Runs an engine command on the project itself, with the user's own credentials. */
export function runOnRealClouds(
  context: Context,
  { executable }: Engine,
  args: readonly string[],
  { environment, ...how }: Pick<EngineRun, "output" | "events"> & Partial<Pick<EngineRun, "environment">>,
): Promise<EngineResult> {
  return runEngine({
    executable,
    arguments: args,
    folder: context.root,
    environment: { ...context.env, ...engineEnvironment(), ...environment },
    ...how,
  });
}

/** `recover` ends in a refresh, which settles what is pending; `unprotect` is an update with the protection configured off. */
const ENGINE_COMMANDS = {
  up: ["up"],
  preview: ["preview"],
  refresh: ["refresh"],
  destroy: ["destroy"],
  recover: ["refresh"],
  unprotect: ["up", "--config", "platform:protection=off"],
} as const satisfies Record<Operation, readonly string[]>;

function engineArguments({ operation, stack, yes, flags }: OperationOptions): readonly string[] {
  const approve = yes && operation !== "preview" ? ["--yes"] : [];
  return [...ENGINE_COMMANDS[operation], "--stack", stack, ...approve, ...flags];
}

const NOTHING: Changes = { create: 0, update: 0, delete: 0, replace: 0, same: 0 };

/** The report of an operation; also of one that came to nothing before the engine started (`result` undefined). */
export function reportOf(
  { stack, operation }: { readonly stack: string; readonly operation: string },
  result: EngineResult | undefined,
  code: number,
  started: number,
): OperationReport {
  return {
    stack,
    operation,
    result: code === EXIT.succeeded ? "succeeded" : code === EXIT.cancelled ? "cancelled" : "failed",
    changes: result?.digest?.changes ?? NOTHING,
    violations: result?.digest?.violations ?? [],
    resources: result?.digest?.resources ?? 0,
    outputs: result?.digest?.outputs ?? {},
    seconds: Math.round((Date.now() - started) / 100) / 10,
  };
}

/** What to do next, where the engine's own words leave a newcomer alone. */
function afterword(context: Context, options: OperationOptions, result: EngineResult, code: number): void {
  const { operation, stack, flags } = options;
  if (flags.includes("--preview-only")) return;
  const where = options.offline ? " --offline" : "";
  const messages = result.digest?.errors.map(({ message }) => message).join("\n") ?? "";
  if (/currently locked|pending operations|RequestTimeout/.test(messages)) {
    context.say(`A command on ${stack} did not come to its end. Run: npx platform recover ${stack}${where}`);
  } else if (/failed to save snapshot|no space left on device/.test(messages)) {
    context.say(
      `The state could not be written. See that its disk has room, then run: npx platform recover ${stack}${where}`,
    );
  } else if (options.offline && CLOUD_GONE.test(messages)) {
    context.say(`The server of the offline cloud was killed. Run: npx platform recover ${stack}${where}`);
  } else if (operation === "destroy" && /protect/i.test(messages)) {
    context.say(
      `To take the protection off first, in an update of its own, run: npx platform unprotect ${stack}${where}`,
    );
  } else if (operation === "unprotect" && code === EXIT.succeeded) {
    context.say(
      `Stack ${stack} is unprotected: a destroy now deletes its data for good, what is in its buckets too, without a last snapshot.\n` +
        `To put the protection back, run: npx platform up ${stack}${where}`,
    );
  } else if (operation === "up" && options.offline && code === EXIT.succeeded) {
    const resources = String(result.digest?.resources ?? 0);
    const next = [
      [`npx platform preview ${stack} --offline`, "what a change would do"],
      [`npx platform offline -- pulumi stack --show-urns -s ${stack}`, "every resource"],
      [`npx platform destroy ${stack} --offline`, "take it down again"],
    ] as const;
    const width = Math.max(...next.map(([command]) => command.length));
    context.say(
      [
        `Stack ${stack} is deployed on the offline cloud: ${resources} resources and the stack itself, no cloud account.`,
        "Where to look next:",
        ...next.map(([command, what]) => `  ${command.padEnd(width)}   ${what}`),
      ].join("\n"),
    );
  } else if (code === EXIT.cancelled && operation !== "preview" && result.digest?.errors.length !== 0) {
    context.say("What was done is recorded. To go on, run the same command again.");
  } else if (code === EXIT.resource && operation !== "preview") {
    context.say("What was done is recorded. Correct what is named above, then run the same command again.");
  }
}

/** What the engine says when the process that its providers are in is gone. */
const CLOUD_GONE =
  /Error while dialing|did not begin responding to RPC connections|error reading from server|transport is closing/;
