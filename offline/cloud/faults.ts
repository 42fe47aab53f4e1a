/** What can be made to go wrong: once for each of `count` matching calls. */
export type FaultKind =
  /** The service throttles until the provider gives up: nothing changed. */
  | "throttling"
  /** The service answers with an internal error: nothing changed, but the engine cannot know. */
  | "internal"
  /** The change is made and the answer lost. */
  | "timeout-after-change"
  /** The resource is made but never becomes ready. */
  | "partial-creation";

export type FaultOperation = "create" | "update" | "delete" | "read";

export interface Fault {
  readonly kind: FaultKind;
  /** Type token, e.g. `aws:rds/instance:Instance`; `*` for any. */
  readonly type: string;
  readonly operation: FaultOperation;
  /** How many calls fail. */
  readonly count: number;
}

/** The first fault that the call meets, and the faults that are left after it. */
export function takeFault(
  faults: readonly Fault[],
  type: string,
  operation: FaultOperation,
): { fault: Fault; rest: readonly Fault[] } | undefined {
  const index = faults.findIndex(
    (fault) => (fault.type === "*" || fault.type === type) && fault.operation === operation,
  );
  const fault = faults[index];
  if (fault === undefined) return undefined;
  const rest = [...faults];
  if (fault.count > 1) rest[index] = { ...fault, count: fault.count - 1 };
  else rest.splice(index, 1);
  return { fault, rest };
}
