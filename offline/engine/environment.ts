import { delimiter, dirname } from "node:path";

/** Variables that would let a cloud SDK, a kubectl or the Pulumi CLI reach a real account. */
const REAL = /^(AWS_|AMAZON_|GOOGLE_|GCLOUD_|CLOUDSDK_|GCP_|ARM_|AZURE_|KUBE|HELM_|PULUMI_)/;

export interface OfflineEnvironment {
  /** The environment of the command that asked; nothing in it that could reach a real account is passed on. */
  readonly base: NodeJS.ProcessEnv;
  /** The `pulumi` to run; its folder comes first on PATH, so that a plain `pulumi` is this one. */
  readonly executable: string;
  /** Folder of this offline cloud. */
  readonly folder: string;
  /** Value of PULUMI_DEBUG_PROVIDERS: which package listens on which port. */
  readonly providers: string;
  /** Passphrase of the offline state. */
  readonly passphrase: string;
}

/** The environment of an offline run: the engine, a state of its own in a local folder, and the stand-in providers. */
export function offlineEnvironment(options: OfflineEnvironment): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(
    Object.entries(options.base).filter(([name]) => !REAL.test(name) || name in WITHOUT_CHECKPOINTS),
  );
  return {
    ...kept,
    // The language host beside the engine is started by `env node`: it gets the Node.js that runs this.
    PATH: [dirname(options.executable), dirname(process.execPath), options.base["PATH"] ?? ""].join(delimiter),
    PULUMI_HOME: `${options.folder}/home`,
    PULUMI_BACKEND_URL: `file://${options.folder}/state`,
    PULUMI_CONFIG_PASSPHRASE: options.passphrase,
    PULUMI_DEBUG_PROVIDERS: options.providers,
    // The engine looks for plugins to download whether they are attached or not (pulumi/pulumi#10572).
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...engineEnvironment(),
  };
}

/**
 * For a run on a cloud that is thrown away with its state: the engine writes the state once, at the end, instead of whole after
 * every step. A pipeline may set these for its own offline runs, too: a command that is killed then leaves no state of what it made.
 * Measured on the first update of `dr`, 489 resources: 27 s become 13 s.
 * https://github.com/pulumi/pulumi/pull/10750
 */
export const WITHOUT_CHECKPOINTS: NodeJS.ProcessEnv = {
  PULUMI_EXPERIMENTAL: "true",
  PULUMI_SKIP_CHECKPOINTS: "true",
};

/** What every run of the engine gets, offline or not. */
export function engineEnvironment(): NodeJS.ProcessEnv {
  return {
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Makes `--event-log` known to the command line.
    PULUMI_DEBUG_COMMANDS: "true",
    // Diffs of independent resources at the same time (pulumi/pulumi#12351).
    PULUMI_PARALLEL_DIFF: "true",
  };
}
