import { Asset, isList, isProperties, propertyPath, Unknown, type Properties, type Value } from "../cloud/value";
import type { ObjectSchema, PropertySchema, Violation } from "./schema";
import { nearest } from "./suggest";

export interface ValidationOptions {
  /** Paths of values that a message must not quote, nor anything below them. Default none; what is named like a secret never is. */
  readonly secrets?: ReadonlySet<string>;
}

/** What the engine itself puts beside the properties of any object. */
const ENGINE_KEYS: ReadonlySet<string> = new Set(["__defaults"]);

interface Context {
  readonly coerce: boolean;
  readonly isSecret: (path: string) => boolean;
}

/**
 * Every property of `value` that is unknown to the schema, missing or of the wrong type. A value that is not known yet passes any
 * type; null is absent.
 */
export function validate(schema: ObjectSchema, value: Properties, options: ValidationOptions = {}): Violation[] {
  const secrets = [...(options.secrets ?? [])];
  const isSecret = (path: string) =>
    /password|passphrase|secret|token|private_?key/i.test(path) || secrets.some((secret) => path.startsWith(secret));
  return checkObject(schema, value, "", { coerce: false, isSecret });
}

function checkObject(schema: ObjectSchema, value: Properties, path: string, outer: Context): Violation[] {
  const context = { ...outer, coerce: schema.coerces ?? false };
  const violations: Violation[] = [];
  const names = Object.keys(schema.properties);
  for (const [given, item] of Object.entries(value)) {
    if (item === undefined || item === null || ENGINE_KEYS.has(given)) continue;
    const name = declaredName(schema, given);
    const property = name === undefined ? undefined : schema.properties[name];
    const at = propertyPath(path, given);
    if (property === undefined) violations.push({ path: at, reason: unknownProperty(given, schema.name, names) });
    else violations.push(...check(property.schema, item, at, context));
  }
  for (const name of names) {
    const property = schema.properties[name];
    if (property?.required !== true || (value[name] ?? null) !== null) continue;
    const reason = `required property "${name}" is missing: ${describe(property.schema)} is expected`;
    violations.push({ path: propertyPath(path, name), reason });
  }
  return violations;
}

/** The Kubernetes SDK writes `x_kubernetes_…` for what manifests call `x-kubernetes-…`; the provider takes both. */
function declaredName(schema: ObjectSchema, given: string): string | undefined {
  if (Object.hasOwn(schema.properties, given)) return given;
  const underscored = given.replaceAll("-", "_");
  return given.startsWith("x-kubernetes-") && Object.hasOwn(schema.properties, underscored) ? underscored : undefined;
}

function check(schema: PropertySchema, value: Value, path: string, context: Context): Violation[] {
  if (value === null || value instanceof Unknown || schema.kind === "any") return [];
  switch (schema.kind) {
    case "string":
    case "number":
    case "boolean":
      return isScalar(schema.kind, value, context) ? [] : mismatch(schema, value, path, context);
    case "asset":
      return value instanceof Asset ? [] : mismatch(schema, value, path, context);
    case "enum":
      return isMember(schema, value, context) ? [] : mismatch(schema, value, path, context);
    case "list":
      if (!isList(value)) return mismatch(schema, value, path, context);
      return value.flatMap((item, index) => check(schema.items, item, `${path}[${String(index)}]`, context));
    case "map":
      if (!isProperties(value)) return mismatch(schema, value, path, context);
      return Object.entries(value).flatMap(([key, item]) =>
        item === undefined || ENGINE_KEYS.has(key) ? [] : check(schema.values, item, propertyPath(path, key), context),
      );
    case "object":
      return isProperties(value)
        ? checkObject(schema.object, value, path, context)
        : mismatch(schema, value, path, context);
    case "union":
      return checkUnion(schema.of, value, path, context);
  }
}

/** No violation when one member fits. Otherwise those of the member that fits best, provided it has the shape of the value at all. */
function checkUnion(of: readonly PropertySchema[], value: Value, path: string, context: Context): Violation[] {
  let best: Violation[] | undefined;
  for (const member of of) {
    const violations = check(member, value, path, context);
    if (violations.length === 0) return [];
    if (sameShape(member, value) && violations.length < (best?.length ?? Number.POSITIVE_INFINITY)) best = violations;
  }
  return best ?? mismatch({ kind: "union", of }, value, path, context);
}

function sameShape(schema: PropertySchema, value: Value): boolean {
  if (schema.kind === "list") return isList(value);
  return (schema.kind === "object" || schema.kind === "map") && isProperties(value);
}

function isScalar(kind: "string" | "number" | "boolean", value: Value, { coerce }: Context): boolean {
  if (typeof value === kind) return true;
  if (!coerce) return false;
  if (kind === "string") return typeof value === "number" || typeof value === "boolean";
  if (typeof value !== "string") return false;
  return kind === "boolean" ? value === "true" || value === "false" : isNumeric(value);
}

function isNumeric(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
}

function isMember(schema: PropertySchema & { kind: "enum" }, value: Value, context: Context): boolean {
  const text = context.coerce && (typeof value === "number" || typeof value === "boolean") ? String(value) : value;
  if (schema.open) return typeof text === "string" || schema.values.some((member) => member === value);
  return schema.values.some((member) => member === value || (context.coerce && String(member) === text));
}

function mismatch(schema: PropertySchema, value: Value, path: string, context: Context): Violation[] {
  const given = context.isSecret(path) ? `a secret ${typeof value}` : describeValue(value);
  return [{ path, reason: `${describe(schema)} is expected, got ${given}` }];
}

function unknownProperty(given: string, owner: string, names: readonly string[]): string {
  const near = nearest(given, names);
  const help =
    near !== undefined
      ? `did you mean "${near}"?`
      : names.length === 0
        ? "it has no properties"
        : `it has ${listed(
            names.map((name) => `"${name}"`),
            12,
            "and",
          )}`;
  return `unknown property "${given}" of ${owner}: ${help}`;
}

/** What a property accepts, in words: `a list of strings`, `"a" or "b"`. */
export function describe(schema: PropertySchema): string {
  switch (schema.kind) {
    case "string":
    case "number":
    case "boolean":
      return `a ${schema.kind}`;
    case "any":
      return "any value";
    case "asset":
      return "an asset or archive";
    case "enum":
      return schema.open
        ? "a string"
        : listed(
            schema.values.map((value) => JSON.stringify(value)),
            12,
            "or",
          );
    case "list":
      return `a list of ${plural(schema.items)}`;
    case "map":
      return `a map of ${plural(schema.values)}`;
    case "object":
      return `an object (${schema.object.name})`;
    case "union":
      return schema.of.map(describe).join(" or ");
  }
}

function plural(schema: PropertySchema): string {
  switch (schema.kind) {
    case "string":
    case "number":
    case "boolean":
      return `${schema.kind}s`;
    case "any":
      return "any values";
    case "asset":
      return "assets or archives";
    case "object":
      return `objects (${schema.object.name})`;
    case "list":
      return `lists of ${plural(schema.items)}`;
    case "map":
      return `maps of ${plural(schema.values)}`;
    case "enum":
      return schema.open ? "strings" : describe(schema);
    case "union":
      return schema.of.map(plural).join(" or ");
  }
}

function describeValue(value: Value): string {
  if (value instanceof Asset) return `an ${value.kind}`;
  if (isList(value)) return `a list of ${String(value.length)}`;
  if (isProperties(value))
    return `an object with ${
      listed(
        Object.keys(value).map((key) => `"${key}"`),
        5,
        "and",
      ) || "no properties"
    }`;
  return `the ${typeof value} ${shortened(JSON.stringify(value))}`;
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function listed(items: readonly string[], most: number, word: "and" | "or"): string {
  if (items.length > most) return `${items.slice(0, most).join(", ")}, … (${String(items.length)} in all)`;
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${word} ${items[items.length - 1] ?? ""}`;
}
