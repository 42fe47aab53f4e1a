import type { Output } from "@pulumi/pulumi";

/** Functions that the cloud runs for each batch of events. */
export interface FunctionRuntime {
  /** The cloud's own names by the function's key. */
  readonly functionIds: Readonly<Record<string, Output<string>>>;
}
