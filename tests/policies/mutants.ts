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

/** Words of a setting that protects something, or that opens something. */
const SECURITY = new Set(
  `access acl acls allow allowed anonymous audit auth authentication authenticated authenticator authorization authorized
  automount az backup backups bypass capabilities cert certificate certificates cidr cmek configured credential credentials
  defender delete deletion destroy disable disabled drop egress enable enabled encrypt encrypted encryption endpoint escalation
  exempt export failover firewall force guard hop https iam immutability ingress insecure integrity kms lock locked log logging
  logs mfa min minimum mtls mutability mutable outbound password policy principal principals privilege privileged protect
  protected protection public publicly purge read readonly recovery require required retained retention rotate rotates rotation
  run sasl scan scanning seccomp secret secrets secure shared shielded sign snapshot soft ssl sse tls token tokens trusted
  unauthenticated verification verify versioning vulnerability`.split(/\s+/),
);

/** Paths of which no value is safer than another. */
const HARMLESS =
  /(^|[.\]])(name|description|displayName|comment|title|namespace|apiVersion|kind|type|id|metadata|tags|labels|annotations)\b|resource(Group)?Name$/;

/** Every change of a security-relevant setting of a resource. */
export function mutantsOf(inputs: Properties): readonly Mutant[] {
  return settings(inputs, "").flatMap(({ path, value }) => {
    if (!words(path).some((word) => SECURITY.has(word)) || HARMLESS.test(path)) return [];
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

/** The words of the last two steps of a path: `vpcConfig.endpointPublicAccess` is about vpc, config, endpoint, public, access. */
function words(path: string): readonly string[] {
  const steps = path
    .replaceAll(/\[[^\]]*\]/g, "")
    .split(".")
    .slice(-2);
  return steps.flatMap((step) => step.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());
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
