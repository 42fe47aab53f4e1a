import { createHash } from "node:crypto";
import type { Subject } from "./plausible";

/** Host of the API that a self link points to, where it is not the module's own with version 1. */
const LINKS: Readonly<Record<string, string>> = {
  compute: "https://www.googleapis.com/compute/v1/",
  container: "https://container.googleapis.com/v1beta1/",
  sql: "https://sqladmin.googleapis.com/sql/v1beta4/",
  storage: "https://www.googleapis.com/storage/v1/",
};

/** The first rule that matches an output's name gives its text; nothing matches: empty, as the provider writes what a service leaves out. */
const RULES: readonly { readonly name: RegExp; readonly value: (subject: Subject, property: string) => string }[] = [
  { name: /^selfLink$/, value: (subject) => selfLink(subject) },
  { name: /^(project|projectId)$/, value: ({ scope }) => scope.account },
  { name: /^region$/, value: ({ scope }) => scope.region },
  { name: /^(zone|location)$/, value: ({ scope }) => scope.zone ?? scope.region },
  { name: /^name$/, value: ({ name }) => name },
  { name: /^id$/, value: ({ id }) => id },
  { name: /^deletionPolicy$/, value: () => "DELETE" },
  {
    name: /^(create|creation|update|start|modified)(d|Date|Time|Timestamp|At)?$/i,
    value: () => "2026-01-01T00:00:00Z",
  },
  { name: /^(state|status)$/, value: () => "ACTIVE" },
  {
    name: /^(etag|labelFingerprint|fingerprint)$/i,
    value: (subject, property) => digest(subject, property).toString("base64").slice(0, 11) + "=",
  },
  {
    name: /^(uid|uuid|uniqueId)$/i,
    value: (subject, property) => digest(subject, property).toString("hex").slice(0, 32),
  },
  { name: /^(url|uri)$/i, value: (subject) => selfLink(subject) },
];

/** A text of the shape that the real output has, always the same for the same resource. */
export function plausibleGcpText(subject: Subject, property: string): string {
  return RULES.find((rule) => rule.name.test(property))?.value(subject, property) ?? "";
}

function selfLink({ token, id }: Subject): string {
  if (id.startsWith("https://")) return id;
  const [, module = ""] = token.split(/[:/]/);
  return `${LINKS[module] ?? `https://${module}.googleapis.com/v1/`}${id}`;
}

function digest({ token, id, scope }: Subject, property: string): Buffer {
  return createHash("sha256").update([scope.account, scope.region, token, id, property].join("|")).digest();
}
