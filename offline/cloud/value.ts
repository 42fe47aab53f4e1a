/** A value that is known only after an update: it may appear anywhere in the inputs of a preview, and never in the cloud. */
export class Unknown {
  static readonly value = new Unknown();
  /** Keeps the compiler from taking any object for one. */
  private readonly brand = "unknown";
  private constructor() {}
}

/** An asset or archive: the cloud compares contents by hash and stores nothing else. */
export class Asset {
  constructor(
    readonly kind: "asset" | "archive",
    readonly hash: string,
  ) {}

  /** Keeps its type in JSON: see `reviveAsset`. */
  toJSON(): object {
    return { [ASSET_MARK]: this.kind, hash: this.hash };
  }
}

const ASSET_MARK = "[asset]";

/** A reviver for `JSON.parse`: gives back the assets of a property bag. */
export function reviveAsset(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(ASSET_MARK in value)) return value;
  const { [ASSET_MARK]: kind, hash } = value as { [ASSET_MARK]: Asset["kind"]; hash: string };
  return new Asset(kind, hash);
}

export type Value = null | boolean | number | string | Unknown | Asset | readonly Value[] | Properties;

/** A property bag as a resource provider sees it: secrets unwrapped, outputs resolved, unknowns marked. */
export interface Properties {
  readonly [property: string]: Value | undefined;
}

/** A property bag under construction. */
export type MutableProperties = Record<string, Value | undefined>;

export function isProperties(value: Value | undefined): value is Properties {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Asset)
  );
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether `value` is, or anywhere contains, a value that is not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value instanceof Unknown) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isProperties(value) && Object.values(value).some(hasUnknown);
}

/** Deep equality; `undefined` and an absent key are the same. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a instanceof Asset && b instanceof Asset) return a.kind === b.kind && a.hash === b.hash;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (isProperties(a) && isProperties(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => equal(a[key], b[key]));
  }
  return false;
}

/** The path of a property of the block at `path`, written as the engine writes it: `a.b`, `labels["app.kubernetes.io/name"]`. */
export function propertyPath(path: string, key: string): string {
  const step = /^[A-Za-z_$][\w$]*$/.test(key) ? key : `["${key}"]`;
  return path === "" || step.startsWith("[") ? path + step : `${path}.${step}`;
}

/**
 * Every value at `path`, with the exact path of each. Paths are written as the engine writes them, `a.b[0].c`; `[*]` stands for
 * every element of a list (or every value of a map): `subnetIds[*]`, `rules[*].cidrBlocks[*]`.
 */
export function valuesAt(root: Value | undefined, path: string): readonly { path: string; value: Value }[] {
  let found: { path: string; value: Value }[] = root === undefined ? [] : [{ path: "", value: root }];
  for (const step of pathSteps(path)) {
    found = found.flatMap(({ path: at, value }) => stepInto(at, value, step));
  }
  return found;
}

/** Whether a value at `path`, or a block on the way to it, is not known yet. */
export function isHidden(root: Value, path: string): boolean {
  let found: readonly Value[] = [root];
  for (const step of pathSteps(path)) {
    if (found.some((value) => value instanceof Unknown)) return true;
    found = found.flatMap((value) => stepInto("", value, step).map((next) => next.value));
  }
  return found.some((value) => value instanceof Unknown);
}

/** The steps of a path, as it is written: `a`, `[0]`, `[*]`, `["app.kubernetes.io/name"]`. */
export function pathSteps(path: string): readonly string[] {
  return path.match(/\["[^"]*"\]|\[\*\]|\[\d+\]|[^.[\]]+/g) ?? [];
}

function stepInto(at: string, value: Value, step: string): { path: string; value: Value }[] {
  if (step === "[*]") {
    if (isList(value)) return value.map((item, index) => ({ path: `${at}[${String(index)}]`, value: item }));
    if (isProperties(value)) return Object.keys(value).flatMap((key) => property(at, value, key));
    return [];
  }
  if (step.startsWith('["')) return property(at, value, step.slice(2, -2));
  if (step.startsWith("[")) {
    const item = isList(value) ? value[Number(step.slice(1, -1))] : undefined;
    return item === undefined ? [] : [{ path: at + step, value: item }];
  }
  return property(at, value, step);
}

function property(at: string, value: Value, key: string): { path: string; value: Value }[] {
  const found = isProperties(value) ? value[key] : undefined;
  return found === undefined ? [] : [{ path: propertyPath(at, key), value: found }];
}

/** A copy in which every unknown is left out: what a rule may look at before all values are known. */
export function withoutUnknowns(value: Value): Value | undefined {
  if (value instanceof Unknown) return undefined;
  if (isList(value)) return value.map((item) => withoutUnknowns(item) ?? null);
  if (isProperties(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, item === undefined ? undefined : withoutUnknowns(item)]),
    );
  }
  return value;
}
