import type { Properties } from "./value";

/**
 * How a failed call looks to the engine. `refused`, `throttled`: the service changed nothing, and the resource is as it was.
 * `internal`, `timeout`: nobody knows whether the change was made, and the engine reports the resource's status as unknown. It
 * keeps no pending operation for either: it does that only when it is killed itself.
 */
export type FailureKind = "refused" | "throttled" | "internal" | "timeout";

/** A call that the service answered with an error: `code` is the real service's own. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  constructor(
    readonly code: string,
    message: string,
    readonly kind: FailureKind = "refused",
  ) {
    super(message);
  }
}

/** A call that nobody answered: nothing was changed, and the caller tried for `seconds` of the virtual clock. */
export class Unanswered extends ServiceError {
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super("RequestError", message);
  }
}

/** The resource was made but is not as asked (`ErrorResourceInitFailed`): the engine records it and retries on the next update. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  constructor(
    readonly id: string,
    readonly outputs: Properties,
    readonly inputs: Properties,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("; "));
  }
}

/** Refuses the call with the service's own error code. Returns never, so that a rule reads as one expression. */
export function refuse(code: string, message: string): never {
  throw new ServiceError(code, message);
}
