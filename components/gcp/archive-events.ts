import type { DataLake } from "../contracts/data-lake";
import type { FunctionSpec } from "./functions";

/** Sizes of a function. */
export type FunctionSizes = Pick<FunctionSpec, "memoryMiB" | "timeoutSeconds" | "concurrency">;

/** The function that keeps every event of a topic in the lake's bucket, under `events/`, one JSON document a line. */
export function archiveEvents(
  lake: Pick<DataLake, "bucketName">,
  { memoryMiB, timeoutSeconds, concurrency }: FunctionSizes,
  callers: FunctionSpec["callers"],
): FunctionSpec {
  return {
    memoryMiB,
    timeoutSeconds,
    concurrency,
    description: "Archives events in the lake",
    environment: { BUCKET: lake.bucketName },
    writes: [{ bucketName: lake.bucketName, folder: "events" }],
    callers,
  };
}
