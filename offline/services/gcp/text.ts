import { isList, isProperties, type Properties, type Value } from "../../cloud/value";

/** A property of a resource as text; empty when it is absent or no scalar. */
export function text(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** A block; empty when it is absent. */
export function block(value: Value | undefined): Properties {
  return isProperties(value) ? value : {};
}

/** The blocks of a list; one block counts as a list of one. */
export function blocks(value: Value | undefined): readonly Properties[] {
  if (isList(value)) return value.filter(isProperties);
  return isProperties(value) ? [value] : [];
}

/** The texts of a list. */
export function texts(value: Value | undefined): readonly string[] {
  return isList(value) ? value.filter((each) => typeof each === "string") : [];
}
