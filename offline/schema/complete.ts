import type { Scope } from "../cloud/resource-type";
import { isList, isProperties, type MutableProperties, type Properties, type Value } from "../cloud/value";
import { packageOf } from "./typings";
import { plausibleText, type Subject } from "./plausible";
import type { ObjectSchema, PropertySchema, ResourceSchema } from "./schema";

/** Deepest block that is made up: types of the SDKs are recursive. */
const DEPTH = 4;
const NOTHING: Properties = {};

/**
 * The whole output bag of a resource. What the service computed comes first; inputs are echoed under their names, with scalars
 * in the declared type; outputs that the typings promise and nobody gave get a value of the right type and shape, always the
 * same one; every other output stays absent. Write-only inputs (`…Wo` beside `…WoVersion`) never show.
 * Kubernetes objects are not filled up: the API server returns what was sent and what a controller set.
 */
export function completeOutputs(resource: {
  readonly schema: ResourceSchema;
  readonly inputs: Properties;
  /** What the service computed. Wins over an input; `undefined` leaves the output out. */
  readonly computed: Properties;
  readonly id: string;
  readonly scope: Scope;
  readonly token: string;
}): Properties {
  const { schema, inputs, computed, id, scope, token } = resource;
  const filler =
    packageOf(token) === "kubernetes" ? undefined : { token, id, scope, name: nameOf(inputs, computed, id) };
  const outputs: MutableProperties = {};
  for (const [name, { schema: type, required }] of Object.entries(schema.outputs.properties)) {
    const given = Object.hasOwn(computed, name) ? computed[name] : echoed(schema, inputs, name);
    if (given !== undefined && given !== null) outputs[name] = typed(type, given, filler);
    else if (Object.hasOwn(computed, name)) continue;
    else if (name === "tagsAll") outputs[name] = inputs["tags"] ?? NOTHING;
    else if (required) outputs[name] = madeUp(type, name, filler);
  }
  for (const [name, value] of Object.entries(computed)) {
    if (value !== undefined && !Object.hasOwn(schema.outputs.properties, name)) outputs[name] = value;
  }
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
}

function echoed(schema: ResourceSchema, inputs: Properties, name: string): Value | undefined {
  return name.endsWith("Wo") && Object.hasOwn(schema.outputs.properties, `${name}Version`) ? undefined : inputs[name];
}

/** The name given, else what follows the last `/` or `:` of the id (an ARN or URL holds the name there). */
function nameOf(inputs: Properties, computed: Properties, id: string): string {
  const names: readonly unknown[] = [computed["name"], inputs["name"], inputs["bucket"], inputs["identifier"]];
  return names.find((name) => typeof name === "string") ?? id.split(/[/:]/).at(-1) ?? id;
}

/** The value in the declared type, and the blocks in it completed as the service completes them. */
function typed(schema: PropertySchema, value: Value, filler: Subject | undefined): Value {
  if (filler === undefined) return value;
  switch (schema.kind) {
    case "string":
      return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    case "number":
      return typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
    case "boolean":
      return value === "true" ? true : value === "false" ? false : value;
    case "list":
      return isList(value) ? value.map((item) => typed(schema.items, item, filler)) : value;
    case "map":
      return isProperties(value) ? typedMap(schema.values, value, filler) : value;
    case "object":
      return isProperties(value) ? typedBlock(schema.object, value, filler) : value;
    case "any":
    case "asset":
    case "enum":
    case "union":
      return value;
  }
}

function typedBlock(schema: ObjectSchema, value: Properties, filler: Subject): Properties {
  const block: MutableProperties = { ...value };
  for (const [name, { schema: type, required }] of Object.entries(schema.properties)) {
    const given = value[name] ?? undefined;
    if (given !== undefined) block[name] = typed(type, given, filler);
    else if (required) block[name] = empty(type, 1);
  }
  return block;
}

function typedMap(values: PropertySchema, value: Properties, filler: Subject): Properties {
  const map: MutableProperties = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) map[key] = typed(values, item, filler);
  }
  return map;
}

function madeUp(schema: PropertySchema, name: string, filler: Subject | undefined): Value | undefined {
  if (filler === undefined) return schema.kind === "enum" && schema.values.length === 1 ? schema.values[0] : undefined;
  if (schema.kind === "string") return plausibleText(filler, name);
  return empty(schema, 0);
}

/** What a provider writes for a property that the service left out. */
function empty(schema: PropertySchema, depth: number): Value | undefined {
  switch (schema.kind) {
    case "string":
      return "";
    case "number":
      return 0;
    case "boolean":
      return false;
    case "list":
      return [];
    case "map":
      return {};
    case "enum":
      return schema.open ? "" : schema.values[0];
    case "object":
      return depth >= DEPTH ? NOTHING : emptyBlock(schema.object, depth + 1);
    case "union":
      return schema.of[0] === undefined ? undefined : empty(schema.of[0], depth);
    case "any":
    case "asset":
      return undefined;
  }
}

function emptyBlock(schema: ObjectSchema, depth: number): Properties {
  const block: MutableProperties = {};
  for (const [name, { schema: type, required }] of Object.entries(schema.properties)) {
    if (required) block[name] = empty(type, depth);
  }
  return block;
}
