import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Fault, FaultKind, FaultOperation, OutageCloud } from "../offline/cloud/faults";
import type { Place } from "../offline/cloud/package";
import type { Context } from "./context";
import { bootstrapBackend, BOOTSTRAP } from "./backend-command";
import { CommandError, EXIT } from "./exit-codes";
import { injectFault, resetOffline, runAttached } from "./offline-command";
import { operate, reportOf, type Operation } from "./operate";
import { beginOutage, endAllOutages, endOutage, listOutages, type OutageOptions } from "./outage-command";
import { policyCommands } from "./policy-command";
import { printStacks } from "./stacks";

/** The `platform` command. Gives the exit code; everything it has to say is said. */
export async function main(argv: readonly string[], root: string): Promise<number> {
  const context: Context = {
    root,
    folder: process.cwd(),
    env: process.env,
    terminal: process.stdin.isTTY && (argv.includes("--json") ? process.stderr : process.stdout).isTTY,
    say: (line) => process.stderr.write(`${line}\n`),
    print: (text) => process.stdout.write(text),
  };
  let exitCode: number = EXIT.succeeded;
  try {
    await commands(context, (code) => (exitCode = code)).parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(context, error);
  }
}

type Ends = (code: number) => void;

function commands(context: Context, ends: Ends): Command {
  const program = new Command("platform")
    .description("Deploys the platform with the real Pulumi engine, on real clouds or on the offline one.")
    .enablePositionalOptions()
    .showHelpAfterError("(npx platform --help lists the commands)")
    .exitOverride();
  for (const [operation, description] of Object.entries(OPERATIONS)) {
    const command = engineCommand(program, operation as Operation, description);
    const base = new Option(
      "--base <git ref>",
      "deploy that revision first, so that a change shows as a change (offline only)",
    );
    command.addOption(base.hideHelp(operation !== "preview"));
    const policies = new Option("--no-policies", "do not ask the policy pack");
    command.addOption(policies.hideHelp(operation !== "preview" && operation !== "up"));
    command.action(async (stack: string, options: EngineOptions) => {
      ends(
        await reported(context, operation, stack, options, () =>
          operate(placed(context, options), request(operation as Operation, stack, options, command)),
        ),
      );
    });
  }
  program
    .command("stacks")
    .description("every stack, its system, its clouds and what of it is deployed offline")
    .option("--json", "print one JSON array")
    .action((options: { json?: boolean }) => {
      printStacks(context, options.json === true);
    });
  backendCommands(program, context, ends);
  policyCommands(program, context, ends);
  offlineCommands(program, context, ends);
  return program;
}

const OPERATIONS = {
  up: "create or update the resources of a stack",
  preview: "show what an update would do",
  refresh: "compare the state with the cloud and adopt what is there",
  destroy: "delete every resource of a stack",
  recover: "bring a stack back after a command on it was killed",
  unprotect: "take the protection off a stack, in an update of its own, so that it can be destroyed",
} as const satisfies Record<Operation, string>;

interface EngineOptions {
  readonly offline?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly base?: string;
  readonly from?: Place;
  readonly policies?: boolean;
}

/** The context of a command that is run from `--from`. */
function placed(context: Context, { offline, from }: EngineOptions): Context {
  if (from === undefined) return context;
  if (offline !== true) {
    throw new CommandError("--from says where an offline command is run from: add --offline", EXIT.configuration);
  }
  return { ...context, from };
}

const fromOption = () =>
  new Option(
    "--from <place>",
    "where the command is run: in the site's network (default), or anywhere on the internet (offline only)",
  ).choices(["network", "internet"] satisfies Place[]);

function engineCommand(program: Command, operation: Operation, description: string): Command {
  return program
    .command(operation)
    .description(`${description}; flags that are not listed go to the engine`)
    .argument("<stack>", "a stack that has a Pulumi.<stack>.yaml")
    .option("--offline", "on the offline cloud: no account, no credentials, nothing real is touched")
    .option("-y, --yes", "do not ask")
    .option("--json", "print one JSON object on standard output; the engine's own words go to standard error")
    .addOption(fromOption())
    .allowUnknownOption()
    .allowExcessArguments();
}

function request(operation: Operation, stack: string, options: EngineOptions, command: Command) {
  return {
    operation,
    stack,
    offline: options.offline === true,
    yes: options.yes === true,
    json: options.json === true,
    base: options.base,
    policies: options.policies !== false,
    flags: command.args.slice(1),
  };
}

function backendCommands(program: Command, context: Context, ends: Ends): void {
  const bootstrap = program
    .command("backend")
    .description("where states are kept: bootstrap <stack> makes the bucket and the key of a stack's state")
    .command("bootstrap")
    .description(
      "make the bucket and the key of a stack's state, or bring them up to date; flags that are not listed go to the engine",
    )
    .argument("<stack>", "a stack of `platform stacks`")
    .option("--offline", "on the offline cloud")
    .option("--preview-only", "only show what would be done")
    .option("--account <id>", "the account, project or subscription; default the only one that the stack's file names")
    .option("-y, --yes", "do not ask")
    .option("--json", "print one JSON object on standard output; the engine's own words go to standard error")
    .allowUnknownOption()
    .allowExcessArguments();
  bootstrap.action(async (stack: string, options: BootstrapOptions) => {
    const { offline = false, yes = false, json = false, previewOnly: look = false, account } = options;
    const flags = bootstrap.args.slice(1);
    ends(
      await reported(context, BOOTSTRAP, stack, options, () =>
        bootstrapBackend(context, { stack, offline, yes, json, look, account, flags }),
      ),
    );
  });
}

interface BootstrapOptions extends EngineOptions {
  readonly previewOnly?: boolean;
  readonly account?: string;
}

/** With `--json` there is an object on standard output even when the command came to nothing. */
async function reported(
  context: Context,
  operation: string,
  stack: string,
  options: EngineOptions,
  run: () => Promise<number>,
): Promise<number> {
  const started = Date.now();
  try {
    return await run();
  } catch (error) {
    const code = explain(context, error);
    if (options.json === true) {
      context.print(`${JSON.stringify(reportOf({ stack, operation }, undefined, code, started))}\n`);
    }
    return code;
  }
}

function offlineCommands(program: Command, context: Context, ends: Ends): void {
  const offline = program
    .command("offline")
    .description(
      "the offline cloud: run any command with it attached, forget it, make calls fail, switch clouds or regions off",
    )
    .usage("reset | fault <kind> | outage start|end|list | [--from <place>] -- <command...>")
    .addOption(fromOption())
    .argument("[command...]", "after --: the command to run, e.g. -- pulumi stack graph dev.dot -s dev")
    .passThroughOptions()
    .action(async (command: string[], options: { from?: Place }) => {
      ends(await runAttached(placed(context, { ...options, offline: true }), command));
    });
  offline
    .command("reset")
    .description("forget the offline cloud and every stack deployed on it")
    .action(() => {
      resetOffline(context);
    });
  offline
    .command("fault")
    .description("make coming calls fail")
    .addOption(new Option("--type <token>", "resource type, e.g. aws:rds/instance:Instance").default("*", "any"))
    .addOption(new Option("--operation <name>").choices(FAULT_OPERATIONS).default("create"))
    .addOption(new Option("--count <n>", "how many calls").argParser(positiveInteger).default(1))
    .argument("<kind>", FAULT_KINDS.join(" | "))
    .action((kind: string, options: Omit<Fault, "kind">) => {
      const known = FAULT_KINDS.find((one) => one === kind);
      if (known === undefined) {
        throw new CommandError(`there is no fault "${kind}": choose one of ${FAULT_KINDS.join(", ")}`);
      }
      injectFault(context, { kind: known, ...options });
    });
  outageCommands(offline, context);
}

function outageCommands(offline: Command, context: Context): void {
  const outage = offline
    .command("outage")
    .description("switch a cloud, a region or a zone off and on again, also while commands run");
  const place = (command: Command) =>
    command
      .addOption(
        new Option("--cloud <cloud>", "the cloud; without a region all of it. With one, default aws").choices([
          "aws",
          "azure",
          "gcp",
        ] satisfies OutageCloud[]),
      )
      .option("--region <region>", "one region of it, e.g. us-west-2")
      .option("--zone <zone>", "one zone of that, e.g. us-west-2a")
      .addOption(
        new Option("--plane <plane>", "control: its APIs, of a zone new capacity; data: what runs there")
          .choices(["control", "data", "both"])
          .default("both"),
      );
  place(outage.command("start").description("switch a cloud, a region or a zone off")).action(
    async (options: OutageOptions) => {
      await beginOutage(context, options);
    },
  );
  place(outage.command("end").description("switch it on again"))
    .option("--all", "everything that is off")
    .action(async (options: OutageOptions & { all?: boolean }) => {
      if (options.all === true) await endAllOutages(context);
      else await endOutage(context, options);
    });
  outage
    .command("list")
    .description("what is switched off")
    .option("--json", "print one JSON array")
    .action((options: { json?: boolean }) => {
      listOutages(context, options.json === true);
    });
}

const FAULT_OPERATIONS: readonly FaultOperation[] = ["create", "update", "delete", "read"];
const FAULT_KINDS: readonly FaultKind[] = ["throttling", "internal", "timeout-after-change", "partial-creation"];

function positiveInteger(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("it must be a whole number, 1 or more");
  return Number(text);
}

/** Failures of the machine that a user can do something about. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC:
    "there is no space left on the disk: make room and run the command again; nothing that was acknowledged is lost",
  EROFS: "this folder cannot be written to: the offline cloud keeps its state in .platform/ of the project",
  EACCES: "this folder cannot be written to: the offline cloud keeps its state in .platform/ of the project",
};

/** Says what went wrong and gives the exit code for it. */
function explain(context: Context, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof CommandError) {
    context.say(`error: ${error.message}`);
    return error.exitCode;
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const remedy = REMEDIES[code];
  if (remedy !== undefined && error instanceof Error) {
    context.say(`error: ${remedy} (${error.message})`);
    return EXIT.failed;
  }
  context.say(
    `error: ${error instanceof Error ? (context.env["PLATFORM_TRACE"] === undefined ? error.message : (error.stack ?? error.message)) : String(error)}`,
  );
  return EXIT.failed;
}
