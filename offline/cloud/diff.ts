import type { Replacement } from "./package";
import {
  equal,
  isList,
  isProperties,
  pathSteps,
  propertyPath,
  Unknown,
  valuesAt,
  type Properties,
  type Value,
} from "./value";

export type ChangeKind = "add" | "delete" | "update";

/** One leaf that differs between two property bags. */
export interface Change {
  /** Path as the engine writes it: `vpcConfig.subnetIds[0]`. */
  readonly path: string;
  readonly kind: ChangeKind;
}

/** Every leaf that differs. An added or removed block counts leaf by leaf, so that a rule on `a.b` sees `a` appear. */
export function changes(before: Properties, after: Properties): readonly Change[] {
  return changesAt("", before, after);
}

function changesAt(path: string, before: Value | undefined, after: Value | undefined): Change[] {
  if (equal(before, after)) return [];
  if (isList(before) || isList(after)) {
    const old = isList(before) ? before : [];
    const now = isList(after) ? after : [];
    if (old.length + now.length === 0 || !compatible(before, after)) return [leaf(path, before, after)];
    return Array.from({ length: Math.max(old.length, now.length) }, (_, index) =>
      changesAt(`${path}[${String(index)}]`, old[index], now[index]),
    ).flat();
  }
  if (isProperties(before) || isProperties(after)) {
    const old = isProperties(before) ? before : {};
    const now = isProperties(after) ? after : {};
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    if (keys.length === 0 || !compatible(before, after)) return [leaf(path, before, after)];
    return keys.flatMap((key) => changesAt(propertyPath(path, key), old[key], now[key]));
  }
  return [leaf(path, before, after)];
}

/** Whether the leaves of the two can be compared one by one: both of one shape, or one of them absent. */
function compatible(before: Value | undefined, after: Value | undefined): boolean {
  const shape = (value: Value | undefined) =>
    value === undefined ? undefined : isList(value) ? "list" : isProperties(value) ? "block" : "leaf";
  return before === undefined || after === undefined || shape(before) === shape(after);
}

function leaf(path: string, before: Value | undefined, after: Value | undefined): Change {
  return { path, kind: before === undefined ? "add" : after === undefined ? "delete" : "update" };
}

/** Whether a changed leaf is one of the properties that replace the resource. */
export function replaces(row: Replacement | undefined, change: Change): boolean {
  if (row === undefined) return false;
  if (row.replaces === "*") return !(row.except ?? ["tags"]).some((path) => covers(path, change.path));
  return row.replaces.some((path) => covers(path, change.path));
}

/** Whether `pattern` (`a.b`, `a[*].c`) is `path` or a block around it. An index that the pattern leaves out matches any. */
export function covers(pattern: string, path: string): boolean {
  const wanted = pathSteps(pattern);
  const given = pathSteps(path);
  let at = 0;
  for (const step of wanted) {
    if (step !== "[*]" && given[at]?.startsWith("[") === true && !step.startsWith("[")) at += 1;
    const actual = given[at];
    if (actual === undefined) return false;
    if (step !== actual && !(step === "[*]" && actual.startsWith("["))) return false;
    at += 1;
  }
  return true;
}

/**
 * The blocks of the row's `presence` that came, went or changed in number between the two. A block that is not known yet is taken
 * as unchanged.
 */
export function changedPresence(row: Replacement, before: Properties, after: Properties): readonly string[] {
  return (row.presence ?? []).filter((path) => {
    const [old, now] = [count(before, path), count(after, path)];
    return old !== undefined && now !== undefined && old !== now;
  });
}

/** Undefined when it is not known. */
function count(inputs: Properties, path: string): number | undefined {
  let total = 0;
  for (const { value } of valuesAt(inputs, path)) {
    if (value instanceof Unknown) return undefined;
    total += isList(value) ? value.length : value === null ? 0 : 1;
  }
  return total;
}
