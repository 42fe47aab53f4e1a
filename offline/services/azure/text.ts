import { isList, isProperties, type Properties, type Value } from "../../cloud/value";

/** A property as text; undefined when it is absent or no text. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A block; empty when it is absent or no block. */
export function block(value: Value | undefined): Properties {
  return isProperties(value) ? value : {};
}

/** The blocks of a list. */
export function blocks(value: Value | undefined): readonly Properties[] {
  return isList(value) ? value.filter(isProperties) : [];
}

/** The texts of a list. */
export function texts(value: Value | undefined): readonly string[] {
  return isList(value) ? value.filter((each) => typeof each === "string") : [];
}

/** The id in a block that refers to another resource: `{ id: "/subscriptions/…" }`. */
export function idIn(value: Value | undefined): string | undefined {
  return text(block(value)["id"]);
}
