import type { NameRule, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";

/** https://docs.cloud.google.com/compute/docs/naming-resources */
const NAMES = "https://docs.cloud.google.com/compute/docs/naming-resources";

/** Types whose automatic name goes into another property than `name`, or has another length: property, longest name. */
const AUTONAMED: Readonly<Record<string, readonly [property: string, maxLength: number]>> = {
  "gcp:serviceaccount/account:Account": ["accountId", 30],
};

/** Types whose `name` says something else than how the object is called. */
const NEVER_AUTONAMED = new Set(["gcp:dns/recordSet:RecordSet", "gcp:storage/bucketObject:BucketObject"]);

/** RFC 1035, as most services want it: 1 to 63 lower-case letters, digits and hyphens. */
export function rfc1035(property = "name", maxLength = 63, source = NAMES): NameRule {
  return {
    property,
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    rule: `1 to ${String(maxLength)} lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen`,
    source,
    maxLength,
    spell: (name) => name.toLowerCase(),
  };
}

/** The name rule of a type that the provider names but no rule here describes: up to 63 characters of any kind, in lower case. */
export function anyName(property = "name", maxLength = 63): NameRule {
  return {
    property,
    pattern: /^[\s\S]+$/,
    rule: `1 to ${String(maxLength)} characters`,
    source: "https://github.com/pulumi/pulumi-gcp/blob/master/provider/resources.go",
    maxLength: Math.max(maxLength, 255),
    spell: (name) => name.toLowerCase(),
  };
}

/** The answer for a type without rules of its own: named as the bridged provider names it, refused nothing. */
export function genericType(token: string, schema: ResourceSchema | undefined): ResourceType {
  const [, module = "", className = ""] = /^gcp:([^/]+)\/[^:]+:(\w+)$/.exec(token) ?? [];
  const name = nameRule(token, module, schema);
  return {
    token,
    service: module,
    actions: { create: `insert ${className}`, update: `patch ${className}`, delete: `delete ${className}` },
    ...(name === undefined ? {} : { name }),
  };
}

function nameRule(token: string, module: string, schema: ResourceSchema | undefined): NameRule | undefined {
  const special = AUTONAMED[token];
  if (special !== undefined) return anyName(...special);
  const name = schema?.inputs.properties["name"];
  // A name that the SDK requires is one that the provider does not fill in.
  if (name?.schema.kind !== "string" || name.required || NEVER_AUTONAMED.has(token)) return undefined;
  return module === "compute" ? rfc1035() : anyName();
}

/**
 * What a resource is called: its name rule's property, its `name`, or the id that its class asks for (`clusterId` of a `Cluster`).
 * Undefined: it is called nothing.
 */
export function nameOf(rules: ResourceType, inputs: Properties): string | undefined {
  const className = rules.token.slice(rules.token.lastIndexOf(":") + 1);
  const ownId = `${className.charAt(0).toLowerCase()}${className.slice(1)}Id`;
  for (const property of [rules.name?.property, "name", ownId]) {
    const value = property === undefined ? undefined : inputs[property];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** Whether a name is one that autonaming made: the logical name, a hyphen and seven hexadecimal digits. */
export function isAutomaticName(name: string): boolean {
  return /-[0-9a-f]{7}$/.test(name);
}
