import { shownStatePlace } from "../stacks/backends";
import { backendUrl, secretsProvider } from "../stacks/state-place";
import { bootstrapOffline, bootstrapReal, requireBackend } from "./backend";
import type { Context } from "./context";
import { CommandError, exitCodeOf, EXIT } from "./exit-codes";
import { asksAPerson, engineOf, reportOf } from "./operate";

export interface BackendCommand {
  readonly stack: string;
  readonly offline: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  /** Only shows what would be done. */
  readonly look: boolean;
  readonly account: string | undefined;
  readonly flags: readonly string[];
}

/** What the command is called in its report. */
export const BOOTSTRAP = "backend bootstrap";

/** Makes the bucket and the key that hold a stack's state, says what comes next, and gives the exit code. */
export async function bootstrapBackend(context: Context, command: BackendCommand): Promise<number> {
  const { stack, offline, yes, json, look, account, flags } = command;
  const started = Date.now();
  const row = requireBackend(context.root, stack);
  if (offline && account !== undefined) {
    throw new CommandError(
      "--account names an account of the real cloud: take it out, or --offline",
      EXIT.configuration,
    );
  }
  const asks =
    !look &&
    asksAPerson(context, { what: BOOTSTRAP, look: `${BOOTSTRAP} ${stack} --preview-only`, offline, yes, flags });
  const engine = await engineOf(context);
  const options = { yes, look, flags, output: json ? "stderr" : "inherit" } as const;
  const result = offline
    ? await bootstrapOffline(context, engine, row, options)
    : await bootstrapReal(context, engine, row, { ...options, account });
  const code = exitCodeOf(result, asks);
  if (json) {
    context.print(`${JSON.stringify(reportOf({ stack, operation: BOOTSTRAP }, result, code, started))}\n`);
  } else if (code === EXIT.succeeded && !look) {
    const place = shownStatePlace(row);
    const told = (name: string, otherwise: string) => {
      const value = result.digest?.outputs[name];
      return typeof value === "string" ? value : otherwise;
    };
    context.say(
      [
        offline
          ? `The offline cloud has bucket and key for the state of ${stack}. Offline the state itself stays in .platform/; on the real cloud you would go on with`
          : `Bucket and key for the state of ${stack} are there. Go on with`,
        `  pulumi login '${told("backendUrl", backendUrl(place))}'`,
        `  pulumi stack init ${stack} --secrets-provider '${told("secretsProvider", secretsProvider(place))}'`,
        `  npx platform up ${stack}`,
      ].join("\n"),
    );
  }
  return code;
}
