import { refuse, ServiceError } from "../../cloud/errors";
import { collection, qualifiedKind, type Kind } from "./kinds";
import type { FieldError } from "./validation/field-errors";

/**
 * Refusals as the API server words them; the code is the status reason:
 * https://github.com/kubernetes/apimachinery/blob/master/pkg/api/errors/errors.go
 */
export function notFound(kind: Kind, name: string): never {
  refuse("NotFound", `${collection(kind)} "${name}" not found`);
}

export function namespaceNotFound(name: string): never {
  refuse("NotFound", `namespaces "${name}" not found`);
}

export function alreadyExists(kind: Kind, name: string): never {
  refuse("AlreadyExists", `${collection(kind)} "${name}" already exists`);
}

export function forbidden(kind: Kind, name: string, reason: string): never {
  refuse("Forbidden", `${collection(kind)} "${name}" is forbidden: ${reason}`);
}

export function invalid(kind: Kind, name: string, errors: readonly FieldError[]): never {
  const causes = errors.map((error) => `${error.path === "" ? "[]" : error.path}: ${error.text}`);
  const list = causes.length === 1 ? (causes[0] ?? "") : `[${causes.join(", ")}]`;
  refuse("Invalid", `${qualifiedKind(kind)} "${name}" is invalid: ${list}`);
}

/** The discovery client's own error: there is no such path on the server. */
export function noMatch(kind: Kind): never {
  refuse("NoMatch", `no matches for kind "${kind.kind}" in version "${kind.apiVersion}"`);
}

export function internalError(message: string): never {
  refuse("InternalError", `Internal error occurred: ${message}`);
}

/** `namespace/name`, or the name alone: what the provider calls an object, and its id. */
export function objectId(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/**
 * Runs a call and words its refusal as the provider does:
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go
 */
export function worded<Result>(
  operation: "create" | "update" | "delete",
  kind: Kind,
  id: string,
  call: () => Result,
): Result {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError(error.code, `${prefix(operation, kind, id, error)}: ${error.message}`, error.kind);
  }
}

function prefix(operation: "create" | "update" | "delete", kind: Kind, id: string, error: ServiceError): string {
  if (operation === "create" && error.code === "NoMatch") {
    return (
      `creation of resource ${id} with kind ${kind.apiVersion}/${kind.kind} failed because the Kubernetes API server ` +
      "reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created"
    );
  }
  if (operation === "create") return `resource ${id} was not successfully created by the Kubernetes API server`;
  if (operation === "update") return `update of resource "${id}" failed because the Kubernetes API server refused it`;
  return `resource "${id}" was not deleted`;
}
