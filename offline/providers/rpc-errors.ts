import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { PartialFailure, ServiceError, type FailureKind } from "../cloud/errors";
import { JournalError } from "../cloud/journal";
import { encode, type Marks } from "./values";

/**
 * The engine reports the resource's status as unknown for INTERNAL, UNKNOWN and DATA_LOSS, and as unchanged for any other code,
 * DEADLINE_EXCEEDED included
 * (https://github.com/pulumi/pulumi/blob/v3.245.0/sdk/go/common/resource/plugin/provider_plugin.go, resourceStateAndError).
 */
const CODES = {
  refused: grpc.status.FAILED_PRECONDITION,
  throttled: grpc.status.RESOURCE_EXHAUSTED,
  internal: grpc.status.INTERNAL,
  timeout: grpc.status.UNKNOWN,
} satisfies Record<FailureKind, grpc.status>;

/** A failed call as gRPC reports it. What nobody expected is an internal error, and `unexpected` is told. */
export function rpcError(
  error: unknown,
  what: string,
  marks: Partial<Marks>,
  unexpected: (report: string) => void,
): Partial<grpc.StatusObject> {
  if (error instanceof ServiceError) return { code: CODES[error.kind], details: error.message };
  if (error instanceof PartialFailure) return initFailed(error, marks);
  if (error instanceof JournalError) return { code: grpc.status.RESOURCE_EXHAUSTED, details: error.message };
  const cause = error instanceof Error ? error : new Error(String(error));
  unexpected(`${what}: ${cause.stack ?? cause.message}`);
  return {
    code: grpc.status.INTERNAL,
    details: `${what}: the offline cloud failed: ${cause.message} (its log has the details)`,
  };
}

/** The resource exists but is not as asked: the engine records it together with what is wrong. */
function initFailed(error: PartialFailure, marks: Partial<Marks>): Partial<grpc.StatusObject> {
  const detail = new ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(encode(error.outputs, marks));
  detail.setInputs(encode(error.inputs, marks));
  detail.setReasonsList([...error.reasons]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: error.message, metadata };
}
