import { isList, isProperties, propertyPath, type Properties, type Value } from "./value";

/** What the cloud keeps in place of a secret. */
const MARK = "[secret]";

/** A copy with the value at each secret path (and all below it) replaced by a mark. */
export function redact(properties: Properties, secrets: ReadonlySet<string>): Properties {
  if (secrets.size === 0) return properties;
  const walk = (value: Value, path: string): Value => {
    if (secrets.has(path)) return MARK;
    if (isList(value)) return value.map((item, index) => walk(item, `${path}[${String(index)}]`));
    if (isProperties(value)) return walkAll(value, path);
    return value;
  };
  const walkAll = (block: Properties, path: string): Properties =>
    Object.fromEntries(
      Object.entries(block).map(([key, value]) => [
        key,
        value === undefined ? undefined : walk(value, propertyPath(path, key)),
      ]),
    );
  return walkAll(properties, "");
}

/** A copy with each mark replaced by what the engine holds at the same place; what it does not hold stays out. */
export function mergeSecrets(stored: Properties, known: Properties): Properties {
  const walk = (value: Value, held: Value | undefined): Value | undefined => {
    if (value === MARK) return held;
    if (isList(value)) return value.map((item, index) => walk(item, isList(held) ? held[index] : undefined) ?? null);
    if (isProperties(value)) return mergeSecrets(value, isProperties(held) ? held : {});
    return value;
  };
  const merged = Object.entries(stored).map(
    ([key, value]) => [key, value === undefined ? undefined : walk(value, known[key])] as const,
  );
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}
