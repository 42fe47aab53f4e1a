import type { CloudView, StoredResource } from "../../cloud/cloud";
import { isList, isProperties, type Properties, type Value } from "../../cloud/value";
import { block, blocks, child, dig, element, items, numeric, shown, text } from "./fields";
import { CUSTOM_RESOURCE_DEFINITION, ownGroup, type Kind } from "./kinds";
import { noMatch } from "./status-error";
import type { FieldErrors } from "./validation/field-errors";

/** A custom resource definition as far as its resources need it. */
interface Definition {
  readonly namespaced: boolean;
  readonly plural: string;
  readonly schema: Value | undefined;
}

/** The kind with what its definition in this cluster says; refuses a kind that nothing defines. */
export function definedKind(kind: Kind, cloud: CloudView): { kind: Kind; schema: Value | undefined } {
  if (ownGroup(kind.group)) return { kind, schema: undefined };
  const definition = definitionFor(kind, cloud) ?? noMatch(kind);
  return {
    kind: { ...kind, namespaced: definition.namespaced, plural: definition.plural },
    schema: definition.schema,
  };
}

function definitionFor(kind: Kind, cloud: CloudView): Definition | undefined {
  for (const stored of cloud.list(CUSTOM_RESOURCE_DEFINITION)) {
    const spec = block(stored.inputs["spec"]);
    if (spec["group"] !== kind.group || dig(spec, "names", "kind") !== kind.kind) continue;
    const version = blocks(spec["versions"]).find((each) => each["name"] === kind.version && each["served"] !== false);
    if (version === undefined) continue;
    return {
      namespaced: spec["scope"] !== "Cluster",
      plural: text(dig(spec, "names", "plural")) ?? kind.plural,
      schema: dig(version, "schema", "openAPIV3Schema"),
    };
  }
  return undefined;
}

/** Tokens of the kinds that a definition brings. */
export function tokensOf(definition: StoredResource): readonly string[] {
  const spec = block(definition.inputs["spec"]);
  const kind = text(dig(spec, "names", "kind")) ?? "";
  return blocks(spec["versions"]).map(
    (version) => `kubernetes:${shown(spec["group"])}/${shown(version["name"])}:${kind}`,
  );
}

/** Tokens of all custom resources in this cluster that live in namespaces. */
export function namespacedCustomTokens(cloud: CloudView): readonly string[] {
  return cloud
    .list(CUSTOM_RESOURCE_DEFINITION)
    .filter((definition) => dig(definition.inputs, "spec", "scope") !== "Cluster")
    .flatMap(tokensOf);
}

/** Checks a custom resource against its definition's schema; what the API server itself keeps (`metadata`) is not in it. */
export function checkSchema(object: Properties, schema: Value | undefined, errors: FieldErrors): void {
  if (!isProperties(schema)) return;
  for (const [key, part] of Object.entries(block(schema["properties"]))) {
    if (key === "apiVersion" || key === "kind" || key === "metadata" || key === "status") continue;
    if (object[key] === undefined) {
      if (items(schema["required"]).includes(key)) errors.required(key);
    } else checkValue(key, object[key], block(part), errors);
  }
}

/** Extensions are written with hyphens in the API and with underscores in the SDK's typings. */
function extension(schema: Properties, name: string): Value | undefined {
  return schema[`x-kubernetes-${name}`] ?? schema[`x_kubernetes_${name.replaceAll("-", "_")}`];
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation */
function checkValue(path: string, value: Value, schema: Properties, errors: FieldErrors): void {
  if (value === null && schema["nullable"] === true) return;
  if (extension(schema, "int-or-string") === true && (typeof value === "number" || typeof value === "string")) return;
  const type = text(schema["type"]);
  if (type !== undefined && !hasType(value, type)) {
    errors.invalid(path, typeName(value), `${path} in body must be of type ${type}: "${typeName(value)}"`);
    return;
  }
  const allowed = items(schema["enum"]);
  if (allowed.length > 0 && !allowed.includes(value)) errors.unsupported(path, value, allowed.map(String));
  if (typeof value === "number") checkNumber(path, value, schema, errors);
  if (typeof value === "string") checkText(path, value, schema, errors);
  if (isList(value)) {
    const least = numeric(schema["minItems"]);
    const most = numeric(schema["maxItems"]);
    if (least !== undefined && value.length < least)
      errors.invalid(path, value.length, `${path} in body should have at least ${String(least)} items`);
    if (most !== undefined && value.length > most)
      errors.invalid(path, value.length, `${path} in body should have at most ${String(most)} items`);
    value.forEach((item, index) => {
      checkValue(element(path, index), item, block(schema["items"]), errors);
    });
  }
  if (isProperties(value)) checkBlock(path, value, schema, errors);
}

function checkBlock(path: string, value: Properties, schema: Properties, errors: FieldErrors): void {
  const properties = block(schema["properties"]);
  const others = schema["additionalProperties"];
  for (const key of items(schema["required"])) {
    if (typeof key === "string" && value[key] === undefined) errors.required(child(path, key));
  }
  const count = Object.values(value).filter((part) => part !== undefined).length;
  const fewest = numeric(schema["minProperties"]);
  const most = numeric(schema["maxProperties"]);
  if (fewest !== undefined && count < fewest)
    errors.invalid(path, count, `${path} in body should have at least ${String(fewest)} properties`);
  if (most !== undefined && count > most)
    errors.invalid(path, count, `${path} in body should have at most ${String(most)} properties`);
  const open =
    extension(schema, "preserve-unknown-fields") === true || others === true || Object.keys(properties).length === 0;
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    const known = properties[key] ?? (isProperties(others) ? others : undefined);
    if (known !== undefined) checkValue(child(path, key), part, block(known), errors);
    // The API server would drop it on creation and refuse it on the first update by server-side apply.
    else if (!open) errors.found.push({ path: child(path, key), text: "field not declared in schema" });
  }
}

function checkNumber(path: string, value: number, schema: Properties, errors: FieldErrors): void {
  const low = numeric(schema["minimum"]);
  const high = numeric(schema["maximum"]);
  if (low !== undefined && value < low)
    errors.invalid(path, value, `${path} in body should be greater than or equal to ${String(low)}`);
  if (high !== undefined && value > high)
    errors.invalid(path, value, `${path} in body should be less than or equal to ${String(high)}`);
}

function checkText(path: string, value: string, schema: Properties, errors: FieldErrors): void {
  const shortest = numeric(schema["minLength"]);
  const longest = numeric(schema["maxLength"]);
  const pattern = text(schema["pattern"]);
  if (shortest !== undefined && value.length < shortest) {
    errors.invalid(path, value, `${path} in body should be at least ${String(shortest)} chars long`);
  }
  if (longest !== undefined && value.length > longest) {
    errors.invalid(path, value, `${path} in body should be at most ${String(longest)} chars long`);
  }
  if (pattern !== undefined && !matchesPattern(value, pattern)) {
    errors.invalid(path, value, `${path} in body should match '${pattern}'`);
  }
}

/** Go's expressions are nearly a subset of ours; one that is not says nothing. */
function matchesPattern(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return true;
  }
}

function typeName(value: Value): string {
  if (value === null) return "null";
  if (isList(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function hasType(value: Value, type: string): boolean {
  const actual = typeName(value);
  return actual === type || (type === "number" && actual === "integer");
}
