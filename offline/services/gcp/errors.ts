import type { ServiceError } from "../../cloud/errors";
import type { ResourceType } from "../../cloud/resource-type";

/**
 * HTTP status of an error by its reason, the word at the end of a message: https://docs.cloud.google.com/apis/design/errors and
 * https://docs.cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors
 */
const STATUS: Readonly<Record<string, number>> = {
  accessNotConfigured: 403,
  alreadyExists: 409,
  backendError: 503,
  badRequest: 400,
  conditionNotMet: 412,
  conflict: 409,
  failedPrecondition: 400,
  forbidden: 403,
  instanceAlreadyExists: 409,
  internalError: 500,
  invalid: 400,
  invalidArgument: 400,
  notFound: 404,
  quotaExceeded: 403,
  rateLimitExceeded: 429,
  required: 400,
  resourceInUse: 400,
  resourceInUseByAnotherResource: 400,
  resourceNotReady: 400,
};

/** What the control plane itself reports, in Google's terms. */
const COMMON: Readonly<Record<string, string>> = {
  DependencyViolation: "resourceInUseByAnotherResource",
  InternalFailure: "internalError",
  RequestTimeout: "backendError",
  ResourceNotFoundException: "notFound",
  ThrottlingException: "rateLimitExceeded",
};

/** The provider refuses it by itself, without a call: its words are the whole message. */
export const PROVIDER = "provider";

/** An operation of the service ended in an error: what it waited for stands before its message. */
export const OPERATION = "operation";

/** `Error creating Network: googleapi: Error 409: The resource '…' already exists, alreadyExists`. */
export function describe(error: ServiceError, rules: ResourceType, action: string): string {
  if (error.code === PROVIDER) return error.message;
  const reason = COMMON[error.code] ?? error.code;
  const kind = rules.token.slice(rules.token.lastIndexOf(":") + 1);
  const doing =
    action === rules.actions.delete ? "deleting" : action === rules.actions.create ? "creating" : "updating";
  if (reason === OPERATION) return `Error waiting for ${doing} ${kind}: ${error.message}`;
  const status = STATUS[reason];
  return `Error ${doing} ${kind}: googleapi: Error ${status === undefined ? reason : String(status)}: ${error.message}, ${reason}`;
}
