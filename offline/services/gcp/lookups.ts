import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CallContext } from "../../cloud/resource-type";
import { names } from "./links";

/** A call as far as these helpers look at it. */
export type Caller = Pick<CallContext<unknown>, "cloud" | "scope">;

/**
 * The resource that a property names, by name, path or self link. A bare name is looked for in the caller's project, in any region
 * unless one is given.
 */
export function findNamed(caller: Caller, token: string, value: string, region = ""): StoredResource | undefined {
  const from = { ...caller.scope, region };
  return caller.cloud.list(token, "anywhere").find((each) => names(value, each, from));
}

/** Every resource of a type in the caller's project, whatever its region. */
export function inProject({ cloud, scope }: Caller, token: string): readonly StoredResource[] {
  return cloud.list(token, "anywhere").filter((each) => each.scope.account === scope.account);
}

/** Refuses the call unless the resource exists; `message` may hold `{value}`. */
export function requireNamed(
  caller: Caller,
  token: string,
  value: string,
  { code, message }: { readonly code: string; readonly message: string },
): StoredResource {
  return findNamed(caller, token, value) ?? refuse(code, message.replaceAll("{value}", value));
}

/** Seconds of a duration as protobuf writes it (`604800s`); undefined when it is none. */
export function seconds(duration: string): number | undefined {
  const found = /^(\d+(?:\.\d{1,9})?)s$/.exec(duration);
  return found === null ? undefined : Number(found[1]);
}
