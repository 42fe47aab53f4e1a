import type { Cloud, StoredResource } from "./cloud";
import type { Reference, ResourceType, Scope } from "./resource-type";
import { valuesAt, type Properties } from "./value";

/** The first reference of a resource that names nothing: the service's error for it. */
export function brokenReference(
  rules: ResourceType,
  inputs: Properties,
  scope: Scope,
  cloud: Cloud,
): { code: string; message: string } | undefined {
  for (const reference of rules.references ?? []) {
    if (reference.missing === undefined) continue;
    for (const { value } of valuesAt(inputs, reference.path)) {
      if (typeof value !== "string" || value === "") continue;
      if (!cloud.all().some((candidate) => names(reference, value, scope, candidate))) {
        return { code: reference.missing.code, message: reference.missing.message.replaceAll("{value}", value) };
      }
    }
  }
  return undefined;
}

/** When all that a resource refers to is ready, in virtual seconds; 0 when it refers to nothing. */
export function referredReadyAt(
  rules: ResourceType,
  inputs: Properties,
  scope: Scope,
  all: readonly StoredResource[],
): number {
  let start = 0;
  for (const reference of rules.references ?? []) {
    for (const { value } of valuesAt(inputs, reference.path)) {
      if (typeof value !== "string" || value === "") continue;
      for (const candidate of all) {
        if (candidate.readyAt > start && names(reference, value, scope, candidate)) start = candidate.readyAt;
      }
    }
  }
  return start;
}

/** Every resource that refers to `resource` by a reference that holds it. */
export function referrers(
  resource: StoredResource,
  all: readonly StoredResource[],
  rulesOf: (type: string) => ResourceType | undefined,
): readonly StoredResource[] {
  return all.filter(
    (other) =>
      other !== resource &&
      (rulesOf(other.type)?.references ?? []).some(
        (reference) =>
          reference.holds !== false &&
          valuesAt(other.inputs, reference.path).some(({ value }) => names(reference, value, other.scope, resource)),
      ),
  );
}

function names(reference: Reference, value: unknown, from: Scope, candidate: StoredResource): boolean {
  const types = typeof reference.to === "string" ? [reference.to] : reference.to;
  if (!types.includes(candidate.type)) return false;
  if (reference.matches !== undefined) return typeof value === "string" && reference.matches(value, candidate, from);
  const held = (reference.by ?? "id") === "id" ? candidate.id : candidate.outputs[reference.by ?? "id"];
  if (held !== value) return false;
  if (reference.within === "anywhere") return true;
  if (candidate.scope.account !== from.account) return false;
  return reference.within === "account" || candidate.scope.region === "" || candidate.scope.region === from.region;
}
