import { createHash } from "node:crypto";
import type { Subject } from "./plausible";

interface TextRule {
  readonly name: RegExp;
  readonly value: (subject: Subject, property: string) => string;
}

/** The first rule that matches gives the text; an id holds what the resource is and where it belongs. */
const TEXT_RULES: readonly TextRule[] = [
  { name: /^id$/, value: ({ id }) => id },
  { name: /^name$/, value: ({ name }) => name },
  { name: /^provisioningState$/, value: () => "Succeeded" },
  { name: /^(status|state)$/, value: () => "Active" },
  { name: /^etag$/i, value: (subject, property) => `W/"${guid(subject, property)}"` },
  { name: /^(tenantId|principalId|clientId|objectId|resourceGuid|uniqueId|customerId|immutableId)$/, value: guid },
  { name: /(Uri|Url|Endpoint|^endpoint)$/, value: (subject) => `https://${host(subject)}/` },
  { name: /(hostName|fqdn|dnsName)$/i, value: (subject) => host(subject) },
  { name: /^(created|updated|modified|lastModified)|(Date|Time|At|On)$/i, value: () => "2026-01-01T00:00:00Z" },
];

/** A text of the shape that an output of Azure has, always the same for the same resource; empty when nothing is known of it. */
export function plausibleAzureText(subject: Subject, property: string): string {
  return TEXT_RULES.find((rule) => rule.name.test(property))?.value(subject, property) ?? "";
}

function host({ token, name }: Subject): string {
  return `${name}.${token.split(":")[1] ?? ""}.azure.com`.toLowerCase();
}

function guid({ token, id, scope }: Subject, property: string): string {
  const digits = createHash("sha256").update([scope.account, token, id, property].join("|")).digest("hex");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}
