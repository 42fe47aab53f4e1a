import type { EngineResult } from "../offline/engine/run";

/**
 * Exit codes of Pulumi's own table (sdk/go/common/util/cmdutil/exit.go). The CLI declares them and ends nearly every failure with
 * 1, so they are computed here from the engine's events.
 */
export const EXIT = {
  succeeded: 0,
  failed: 1,
  configuration: 2,
  resource: 4,
  policy: 5,
  stackNotFound: 6,
  changesFound: 7,
  cancelled: 8,
} as const;

/** An error of the command itself, with its exit code: the message says what is wrong and what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}

/** How the configuration's own report of problems begins (config/problems.ts). */
const CONFIGURATION_PROBLEM = /^(error: )?The configuration of stack /m;
const CHANGES_FOUND = /no changes were expected .*but changes (were proposed|occurred)/;
/** What the engine says after Ctrl-C (pkg/resource/deploy/deployment_executor.go): on a terminal it reads the key itself. */
const CANCELLED = /^(update|preview) canceled$/;

/** @param asked whether a person was asked for confirmation. */
export function exitCodeOf({ code, interrupted, digest }: EngineResult, asked = false): number {
  if (interrupted) return EXIT.cancelled;
  if (code === 0) return EXIT.succeeded;
  if (digest === undefined) return code;
  if (digest.errors.some(({ message }) => CANCELLED.test(message))) return EXIT.cancelled;
  if (digest.violations.length > 0) return EXIT.policy;
  if (digest.errors.some(({ message }) => CONFIGURATION_PROBLEM.test(message))) return EXIT.configuration;
  if (digest.failed.length > 0 || digest.errors.some(({ urn }) => urn !== undefined && !isStack(urn)))
    return EXIT.resource;
  if (digest.errors.some(({ message }) => CHANGES_FOUND.test(message))) return EXIT.changesFound;
  // The preview came to its end and nothing is wrong: the answer was no, or Ctrl-C.
  if (asked && digest.complete && digest.errors.length === 0) return EXIT.cancelled;
  return code;
}

function isStack(urn: string): boolean {
  return urn.includes("::pulumi:pulumi:Stack::");
}
