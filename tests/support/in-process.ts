import { setImmediate as turn } from "node:timers/promises";
import * as config from "@pulumi/pulumi/runtime/config";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack";
import * as state from "@pulumi/pulumi/runtime/state";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Cloud } from "../../offline/cloud/cloud";
import type { CloudPackage } from "../../offline/cloud/package";
import type { Properties } from "../../offline/cloud/value";
import type { Construct } from "./component";
import { Monitor, type Signal } from "./monitor";
import type { Registration } from "./registration";

export type { Registration } from "./registration";

export interface RunOptions {
  /** Default `test`. */
  readonly stack?: string;
  /** Default `platform`. */
  readonly project?: string;
  /** Configuration; a key without a namespace belongs to the project. */
  readonly config?: Readonly<Record<string, string>>;
  /** Configuration that is secret. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Whether to preview, with every computed output unknown. Default false. */
  readonly preview?: boolean;
  /** What exists before the program runs. Default nothing, in memory. */
  readonly cloud?: Cloud;
  /** Default every package of the offline cloud. */
  readonly packages?: readonly CloudPackage[];
  /** Builds the children of remote components. Default the one of the offline cloud. */
  readonly construct?: Construct;
}

export interface Run {
  /** In the order of their registration; the first is the stack itself. */
  readonly resources: readonly Registration[];
  /** The stack's outputs, secrets unwrapped. */
  readonly outputs: Properties;
  /** Paths of stack outputs that are secret. */
  readonly secretOutputs: readonly string[];
  /**
   * Refusals, each as `<urn>: <message>`, and what the program itself threw. What depends on a failed resource is not
   * registered, as with the engine.
   */
  readonly errors: readonly string[];
  /** Tokens of the data sources that the program asked, each once. */
  readonly invokes: readonly string[];
  /** What the program logged at the level of a warning or an error. */
  readonly warnings: readonly string[];
  readonly cloud: Cloud;
}

/** What a Pulumi program may return: outputs by name. */
export type Program = () => object | undefined | Promise<object | undefined> | Promise<void>;

/**
 * Runs a Pulumi program in this process against the control planes of the offline cloud. Never rejects for what the program or
 * the cloud refuses: see `errors`; `deploy` is the same for programs that must succeed. One program runs at a time.
 */
export function runInProcess(program: Program | (() => void), options: RunOptions = {}): Promise<Run> {
  const run = last.then(() => isolated(program, options));
  last = run.then(
    () => undefined,
    () => undefined,
  );
  return run;
}

/** Runs a program that must succeed; rejects with all that was refused. */
export async function deploy(program: Program | (() => void), options: RunOptions = {}): Promise<Run> {
  const run = await runInProcess(program, options);
  if (run.errors.length > 0) throw new Error(run.errors.join("\n"));
  return run;
}

// The SDK keeps the handlers of failed outputs in the process, so two programs at once could not be told apart.
let last: Promise<unknown> = Promise.resolve();

// Declared @internal, so absent from the typings: what the SDK's own component providers use to keep deployments apart.
const { withLocalStorage, getStore } = state as unknown as {
  withLocalStorage: <Result>(callback: () => Promise<Result>) => Promise<Result>;
  getStore: () => { settings: { monitor?: unknown; engine?: unknown; options: object } };
};

async function isolated(program: Program | (() => void), options: RunOptions): Promise<Run> {
  const project = options.project ?? "platform";
  const stack = options.stack ?? "test";
  const preview = options.preview ?? false;
  const namespaced = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value] as const);
  const secrets = namespaced(options.secrets ?? {});
  const values = new Map([...namespaced(options.config ?? {}), ...secrets]);
  const cloud = options.cloud ?? Cloud.open();
  const monitor = new Monitor({
    project,
    stack,
    preview,
    config: values,
    cloud,
    packages: options.packages ?? (await defaultPackages()),
    construct: options.construct ?? constructEks,
  });
  const warnings: string[] = [];
  const rejections = collectRejections(monitor.failed);
  // The SDK takes a stack trace for every promise, and maps each frame: the largest stack takes 4 s with frames and 1 s without.
  const frames = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    await withLocalStorage(async () => {
      settings.resetOptions(project, stack, -1, "", "mock", preview, "organization");
      const store = getStore();
      store.settings.monitor = monitor;
      store.settings.engine = engineLog(warnings);
      config.setAllConfig(
        Object.fromEntries(values),
        secrets.map(([key]) => key),
      );
      const finished = runInPulumiStack(() => program() as Promise<object | undefined>)
        .catch((error: unknown) => {
          rejections.add(error);
        })
        .then(() => settings.disconnect());
      await Promise.race([finished, monitor.failed.first.then(() => atRest(monitor))]);
      // A rejected output is reported a turn after the program has ended.
      await turn();
      await turn();
      settings.disconnectSync();
    });
  } finally {
    Error.stackTraceLimit = frames;
    rejections.stop();
  }
  return {
    resources: monitor.registrations,
    outputs: monitor.stackOutputs.properties,
    secretOutputs: monitor.stackOutputs.secrets,
    errors: [...monitor.errors, ...[...rejections.errors].map(describe)],
    invokes: [...monitor.invokes],
    warnings,
    cloud,
  };
}

let shared: readonly CloudPackage[] | undefined;

/** Read once: they hold what was read of the SDKs' typings, and nothing of a run. */
async function defaultPackages(): Promise<readonly CloudPackage[]> {
  const { packages } = await import("../../offline/packages");
  shared ??= packages(process.cwd());
  return shared;
}

/** Loaded when first used: the component brings the classes of two SDKs. */
const constructEks: Construct = async (name, type, inputs, opts) => {
  const { construct } = await import("../../offline/providers/eks/construct");
  return construct(name, type, inputs, opts);
};

/** Resolves once the program has made no request for a while: what waits for a failed resource never ends. */
async function atRest(monitor: Monitor): Promise<void> {
  let seen = -1;
  for (let quiet = 0; quiet < 50; quiet += 1) {
    if (monitor.requests !== seen) quiet = 0;
    seen = monitor.requests;
    await turn();
  }
}

/** Stands in for the process's handlers of unhandled rejections: the SDK reports what a program throws in `apply` that way. */
function collectRejections(failed: Signal) {
  const errors = new Set<unknown>();
  const before = process.listeners("unhandledRejection");
  const add = (error: unknown) => {
    errors.add(error);
    failed.raise();
  };
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", add);
  return {
    errors,
    add,
    stop() {
      process.off("unhandledRejection", add);
      for (const listener of before) process.on("unhandledRejection", listener);
    },
  };
}

function engineLog(warnings: string[]) {
  const done = (_request: unknown, answer: (error: null, response: object) => void) => {
    answer(null, {});
  };
  return {
    log(request: LogRequest, answer: (error: null, response: object) => void) {
      if (request.getSeverity() >= LogSeverity.WARNING) warnings.push(request.getMessage());
      answer(null, {});
    },
    setRootResource: done,
    requirePulumiVersion: done,
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
