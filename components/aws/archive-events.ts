import { interpolate } from "@pulumi/pulumi";
import type { FunctionSpec } from "./functions";
import type { DataLake } from "./lake";

/** Sizes of a function. */
export type FunctionSizes = Pick<
  FunctionSpec,
  "topic" | "memoryMiB" | "timeoutSeconds" | "batchSize" | "batchWindowSeconds" | "concurrency"
>;

/** The function that keeps every event of a topic in the lake's bucket, under `events/`, one JSON document a line. */
export function archiveEvents(lake: DataLake, sizes: FunctionSizes): FunctionSpec {
  return {
    ...sizes,
    description: "Archives events in the lake",
    environment: { BUCKET: lake.bucketName },
    statements: [
      { Sid: "Archive", Effect: "Allow", Action: "s3:PutObject", Resource: interpolate`${lake.bucketArn}/events/*` },
      { Sid: "LakeKey", Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: lake.keyId },
    ],
  };
}
