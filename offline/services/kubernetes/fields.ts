import { isList, isProperties, type Properties, type Value } from "../../cloud/value";

/** The block, or an empty one: an absent field and an empty block mean the same to the API server. */
export function block(value: Value | undefined): Properties {
  return isProperties(value) ? value : {};
}

export function items(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : [];
}

/** The elements of a list as blocks, each at its own index. */
export function blocks(value: Value | undefined): readonly Properties[] {
  return items(value).map(block);
}

export function text(value: Value | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function numeric(value: Value | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** A value in a message: text as it is, anything else as JSON. */
export function shown(value: Value | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** What stands at the end of a chain of keys. */
export function dig(root: Value | undefined, ...keys: readonly string[]): Value | undefined {
  let at = root;
  for (const key of keys) at = isProperties(at) ? at[key] : undefined;
  return at;
}

/** A map of strings, such as labels: values that are not strings (or not known yet) are left out. */
export function textMap(value: Value | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(block(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

export function nameOf(object: Properties): string {
  return text(dig(object, "metadata", "name")) ?? "";
}

export function namespaceOf(object: Properties): string | undefined {
  return text(dig(object, "metadata", "namespace"));
}

export function annotation(object: Properties, key: string): string | undefined {
  return textMap(dig(object, "metadata", "annotations"))[key];
}

/** `a`, `a.b`, `a["b/c"]`: a path as the engine writes it. */
export function child(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}

export function element(path: string, index: number): string {
  return `${path}[${String(index)}]`;
}
