import type { DataLake } from "./lake";
import type { FunctionSpec } from "./functions";

/** Sizes of a function. */
export type FunctionSizes = Pick<
  FunctionSpec,
  | "topic"
  | "memoryMiB"
  | "timeoutSeconds"
  | "batchSize"
  | "batchWindowSeconds"
  | "concurrency"
  | "alwaysReady"
  | "availability"
>;

/** The function that keeps every event of a topic in the lake's container, under `events/`, one JSON document a line. */
export function archiveEvents(lake: DataLake, sizes: FunctionSizes): FunctionSpec {
  return {
    ...sizes,
    environment: { LAKE_ACCOUNT: lake.accountName, LAKE_CONTAINER: lake.bucketName },
    grants: [{ to: lake, access: "write" }],
  };
}
