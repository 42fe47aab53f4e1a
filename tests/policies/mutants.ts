import { isList, isProperties, propertyPath, type Properties, type Value } from "../../offline/cloud/value";

/** A setting of a resource that is changed to see who objects. */
export interface Mutant {
  /** Path of the setting. */
  readonly path: string;
  /** The path without numbers and names: the same setting of every element. */
  readonly setting: string;
  /** What it is changed to; undefined takes it out. */
  readonly to: Value | undefined;
}

/** Words in the path of a setting that protects something, or that opens something. */
const SECURITY =
  /encrypt|kms|cmek|keyid|keyarn|keyname|keyuri|tls|ssl|https|public|private|acl\b|auth|polic|protect|retention|retained|backup|snapshot|log|audit|mfa|password|version(ing|s?enabled)|mutab|scan|secure|shield|workload|identity|cidr|source|prefix|ingress|egress|principal|member|role|privileg|capabilit|readonly|runas|seccomp|host(network|pid|ipc)|automount|purge|softdelete|recover|deletion|force|multiaz|availab|failover|outbound|bypass|allow|disable|enable|rotation|tokens|hop|mode|ports?\b/i;

/** Paths that hold names, descriptions and numbers of which none is safer than another. */
const HARMLESS =
  /(^|\.)(name|description|displayName|comment|title|namespace|apiVersion|kind|type|id)$|\btags\b|labels|annotations/i;

/** Every change of a security-relevant setting of a resource. */
export function mutantsOf(inputs: Properties): readonly Mutant[] {
  return settings(inputs, "").flatMap(({ path, value }) => {
    if (!SECURITY.test(path) || HARMLESS.test(path)) return [];
    const setting = path.replaceAll(/\[\d+\]/g, "[]");
    return changesOf(value).map((to) => ({ path, setting, to }));
  });
}

function settings(value: Value, path: string): readonly { readonly path: string; readonly value: Value }[] {
  if (isProperties(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      item === undefined ? [] : settings(item, propertyPath(path, key)),
    );
  }
  // The elements of a list of blocks; a list of plain values is one setting.
  if (isList(value) && value.some(isProperties)) {
    return value.flatMap((item, index) => settings(item, `${path}[${String(index)}]`));
  }
  return [{ path, value }];
}

const OPPOSITES: Readonly<Record<string, string>> = {
  Enabled: "Disabled",
  Disabled: "Enabled",
  enabled: "disabled",
  ENABLED: "DISABLED",
  ON: "OFF",
  on: "off",
  true: "false",
  Deny: "Allow",
  deny: "allow",
  required: "preferred",
  "1": "0",
};

function changesOf(value: Value): readonly (Value | undefined)[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value === 0 ? 65_535 : 0];
  if (isList(value)) return value.length === 0 ? [] : [[]];
  if (typeof value !== "string") return [];
  const opposite = OPPOSITES[value];
  if (opposite !== undefined) return [opposite];
  if (/^[\d.]+\/\d+$/.test(value)) return ["0.0.0.0/0"];
  if (/^TLS/.test(value) || /^1\.[23]$/.test(value)) return [value.replace(/1[._]?[23]/, "1.0")];
  return [undefined];
}
