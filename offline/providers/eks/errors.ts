import * as grpc from "@grpc/grpc-js";
import { InputPropertiesError, InputPropertyError } from "@pulumi/pulumi";
import * as messages from "@pulumi/pulumi/proto/errors_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";

/** An error as the engine prints it: what is wrong with single properties by their paths, anything else as it is. */
export function componentError(error: unknown): Partial<grpc.StatusObject> {
  if (InputPropertiesError.isInstance(error)) return propertyErrors(error.message, error.errors);
  if (InputPropertyError.isInstance(error)) return propertyErrors("", [error]);
  return { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}

function propertyErrors(
  message: string,
  errors: readonly { readonly propertyPath: string; readonly reason: string }[],
): Partial<grpc.StatusObject> {
  const detail = new messages.InputPropertiesError();
  for (const { propertyPath, reason } of errors) {
    const one = new messages.InputPropertiesError.PropertyError();
    one.setPropertyPath(propertyPath);
    one.setReason(reason);
    detail.addErrors(one);
  }
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.InputPropertiesError");
  const status = new Status();
  status.setCode(grpc.status.INVALID_ARGUMENT);
  status.setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.INVALID_ARGUMENT, details: message, metadata };
}
