import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { engineEnvironment } from "../offline/engine/environment";
import type { Engine } from "../offline/engine/find";
import { runEngine, type EngineResult } from "../offline/engine/run";
import { shadowProject, stackNames } from "../offline/engine/shadow-project";
import { isWhole, stackExists, stackLocks } from "../offline/engine/state";
import {
  backendOf,
  backendSettings,
  backendStackName,
  backends,
  statePlace,
  type StackBackend,
} from "../stacks/backends";
import { backendUrl } from "../stacks/state-place";
import { accountKinds, requireAccount } from "./accounts";
import { backendEnvironment, copyState, makeStack, unlock, type StackAt } from "./backend-state";
import { PROJECT, type Context } from "./context";
import { CommandError, EXIT } from "./exit-codes";
import { offlineFolder, prepareStack, withOfflineSession, type OfflineSession } from "./offline-session";
import { offlineState } from "./offline-state";
import { recoverOffline } from "./recover";
import { readStackFile } from "./stack-file";

export interface BootstrapOptions {
  readonly yes: boolean;
  /** Only shows what would be done. */
  readonly look: boolean;
  readonly output: "inherit" | "stderr" | "hidden";
  /** Flags for the engine. */
  readonly flags: readonly string[];
}

/** The row of a stack that has a file. Throws for any other. */
export function requireBackend(root: string, stack: string): StackBackend {
  const row = backendOf(stack);
  if (row !== undefined && stackNames(root).includes(stack)) return row;
  throw new CommandError(
    `no state backend is known for stack "${stack}": stacks/backends.ts has ${Object.keys(backends).join(", ")}`,
    EXIT.stackNotFound,
  );
}

/** Makes the bucket and the key of a stack's state on the offline cloud, or brings them up to date. */
export async function bootstrapOffline(
  context: Context,
  engine: Engine,
  row: StackBackend,
  options: BootstrapOptions & { readonly folder?: string },
): Promise<EngineResult> {
  const folder = options.folder ?? offlineFolder(context.root);
  const stack = backendStackName(row.entry.stack);
  const accounts = (await readStackFile(context.root, row.entry.stack))?.accounts ?? [];
  const configuration = await writeConfiguration(
    context.root,
    join(folder, "backends", row.entry.stack),
    row,
    accounts,
  );
  return withOfflineSession({ context, engine, folder, configuration }, async (session) => {
    if (wasCutOff(session, stack)) {
      await recoverOffline(context, session, { stack, output: "stderr", executable: engine.executable });
    }
    await prepareStack(session, stack);
    return session.run(engineArguments(stack, options), { output: options.output, events: true });
  });
}

/**
 * Makes sure, at little cost, that the offline cloud has the bucket that a stack writes its site's contract to. On a real cloud
 * it has, since the stack's state is in it; offline the state is in a folder. What fails here is told and left to the stack's own
 * update, which fails at the contract, as the rest of it may.
 */
export async function ensureOfflineBackend(
  context: Context,
  engine: Engine,
  stack: string,
  folder = offlineFolder(context.root),
): Promise<void> {
  const row = backendOf(stack);
  if (row?.backend.siteContract !== "delivered" || !stackNames(context.root).includes(stack)) return;
  const state = offlineState(folder, backendStackName(stack));
  if (state?.outputs["backendUrl"] !== undefined && !state.pending) return;
  context.say(`Making the state bucket and key of ${stack} on the offline cloud, once...`);
  const made = await bootstrapOffline(context, engine, row, {
    folder,
    yes: true,
    look: false,
    output: "hidden",
    flags: ["--skip-preview"],
  });
  if (made.code === 0 || made.interrupted) return;
  const reasons = made.digest?.errors.map(({ message }) => `  ${message.replaceAll("\n", "\n  ")}`) ?? [];
  context.say([`They could not be made, so ${stack} has no bucket for its site's contract:`, ...reasons].join("\n"));
}

/**
 * Makes the bucket and the key of a stack's state in its own cloud, or brings them up to date. Their own small state is worked on
 * in a local folder and kept in the bucket.
 */
export async function bootstrapReal(
  context: Context,
  engine: Engine,
  row: StackBackend,
  options: BootstrapOptions & { readonly account: string | undefined },
): Promise<EngineResult> {
  const account = await accountOf(context.root, row, options.account);
  const stack = backendStackName(row.entry.stack);
  const folder = join(context.root, ".platform", "backends", row.entry.stack);
  const state = join(folder, "state");
  mkdirSync(state, { recursive: true });
  const project = shadowProject({
    root: await writeConfiguration(context.root, folder, row, [account]),
    program: context.root,
    folder: join(folder, "project"),
    placeholders: () => ({}),
  }).folder;
  const environment = { ...context.env, ...engineEnvironment() };
  const at = (url: string): StackAt => ({ executable: engine.executable, project, environment, url, stack });
  const local = at(`file://${state}`);
  const kept = at(backendUrl(statePlace(row, account)));
  // A state that is here was not yet put into the bucket: it is the newer one.
  const isHere = stackExists(state, PROJECT, stack);
  if (!isHere) {
    const reason = copyState(kept, local);
    if (reason !== undefined) {
      context.say(`${kept.url} has no state of ${stack} yet, or does not give it (${reason}).`);
      makeStack(local);
    }
  } else if (stackLocks(state, PROJECT, stack).some(({ alive }) => !alive)) unlock(local);
  const result = await runEngine({
    executable: engine.executable,
    arguments: engineArguments(stack, options),
    folder: project,
    environment: { ...environment, ...backendEnvironment(local.url) },
    output: options.output,
    events: true,
  });
  if (options.look && isHere) return result;
  const reason = options.look ? undefined : copyState(local, kept);
  if (reason === undefined) {
    rmSync(state, { recursive: true, force: true });
  } else if (result.code === 0) {
    throw new CommandError(
      `bucket and key are made, and their state is in ${state} alone, since the bucket did not take it: run the command again\n${reason}`,
    );
  }
  return result;
}

/** The account, project or subscription that a backend is made in: named on the command line, or the only one that the stack's file allows. */
async function accountOf(root: string, row: StackBackend, given: string | undefined): Promise<string> {
  const { entry, backend } = row;
  const { stack } = entry;
  const { what, setting, form } = accountKinds[backend.cloud];
  const accounts = (await readStackFile(root, stack))?.accounts ?? [];
  const account = given === undefined ? accounts[0] : requireAccount(backend.cloud, given, "--account");
  if (account === undefined || (given === undefined && accounts.length > 1)) {
    throw new CommandError(
      `say in which ${what} the state of ${stack} is kept, with --account ${form}, or name it alone in ${setting} of Pulumi.${stack}.yaml`,
      EXIT.configuration,
    );
  }
  if (accounts.length > 0 && !accounts.includes(account)) {
    throw new CommandError(
      `--account ${account} is not one of ${setting} in Pulumi.${stack}.yaml (${accounts.join(", ")}): name one of these, or add it there`,
      EXIT.configuration,
    );
  }
  return account;
}

/** Writes the Pulumi.yaml and the stack file of the stack that makes a backend, and gives their folder. */
async function writeConfiguration(
  root: string,
  folder: string,
  row: StackBackend,
  accounts: readonly string[],
): Promise<string> {
  const configuration = join(folder, "configuration");
  mkdirSync(configuration, { recursive: true });
  copyFileSync(join(root, "Pulumi.yaml"), join(configuration, "Pulumi.yaml"));
  const config = backendSettings(row, { class: (await readStackFile(root, row.entry.stack))?.class, accounts });
  writeFileSync(join(configuration, `Pulumi.${backendStackName(row.entry.stack)}.yaml`), stringify({ config }));
  return configuration;
}

function engineArguments(stack: string, { yes, look, flags }: BootstrapOptions): readonly string[] {
  const operation = look ? ["preview"] : ["up", ...(yes ? ["--yes"] : [])];
  return [...operation, "--stack", stack, ...flags];
}

/** Whether an earlier run on the offline cloud was killed, or left a state that cannot be read. */
function wasCutOff({ folder }: OfflineSession, stack: string): boolean {
  const state = join(folder, "state");
  const isLeft = stackLocks(state, PROJECT, stack).some(({ alive }) => !alive);
  const isPending = offlineState(folder, stack)?.pending === true;
  return isLeft || isPending || (stackExists(state, PROJECT, stack) && !isWhole(state, PROJECT, stack));
}
