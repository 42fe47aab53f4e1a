import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Created,
  type NameRule,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { isList, isProperties, type Properties } from "../../cloud/value";
import { armType, parentId, sameId, typeName } from "./arm";
import { guid, operations } from "./generic";
import { normalLocation } from "./regions";
import { block, text, texts } from "./text";
import { IDENTITY, VAULT, VAULT_KEY } from "./types";

/** What of a call the helpers of this file use. */
export type Call = Pick<CallContext<unknown>, "inputs" | "scope" | "cloud" | "hex">;

/** A type with the operations that Resource Manager has for it. */
export function azureType<Args>(definition: Omit<ResourceType<Resolved<Args>>, "service" | "actions">): ResourceType {
  return resourceType<Args>({ ...operations(typeName(armType(definition.token, undefined))), ...definition });
}

/** What the service computed; Resource Manager gives the id. */
export function made(outputs: Properties): Created {
  return { id: "", outputs };
}

/** The resource of an id, in whatever region of the subscription; names compare without regard to case. */
export function byId(cloud: CloudView, token: string, id: string | undefined): StoredResource | undefined {
  return id === undefined ? undefined : cloud.list(token, "anywhere").find((each) => sameId(each.id, id));
}

/** The resource that this one is a child of. */
export function parentOf({ inputs, scope, cloud }: Call, token: string, parent: string): StoredResource | undefined {
  return byId(cloud, parent, parentId(armType(token, undefined), inputs as Properties, scope.account));
}

/** Every child of a type that a resource has. */
export function childrenOf(cloud: CloudView, token: string, owner: string): readonly StoredResource[] {
  const prefix = `${owner.toLowerCase()}/`;
  return cloud.list(token, "anywhere").filter(({ id }) => id.toLowerCase().startsWith(prefix));
}

/** Region of a resource as the service writes it. */
export function locationOf({ inputs }: Pick<Call, "inputs">): string {
  return normalLocation(text((inputs as Properties)["location"]) ?? "");
}

/** A GUID that is always the same for the same resource and purpose. */
export function guidFor({ hex }: Pick<Call, "hex">, purpose: string): string {
  return guid(`${hex(32)}|${purpose}`);
}

/** Ids of the user-assigned identities of a block; the SDK takes a list for most types and a map for some. */
export function userIdentities(identity: unknown): readonly string[] {
  const given = isRecord(identity) ? identity["userAssignedIdentities"] : undefined;
  return isList(given) ? texts(given) : isProperties(given) ? Object.keys(given) : [];
}

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/known-issues */
export function requireIdentities({ inputs, cloud }: Pick<Call, "inputs" | "cloud">): void {
  for (const id of userIdentities((inputs as Properties)["identity"])) {
    if (byId(cloud, IDENTITY, id) !== undefined) continue;
    refuse(
      "FailedIdentityOperation",
      `Identity operation failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Resource '${id}' was not found.'`,
    );
  }
}

/**
 * Refuses a key of the caller's own that the service could not use: its URI names a key of a vault, both exist, and the vault
 * has purge protection. `code` is the service's. https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
 */
export function requireKey({ cloud }: Pick<Call, "cloud">, uri: string | undefined, code: string): void {
  if (uri === undefined) return;
  const found = /^https:\/\/([\w-]+)\.vault\.azure\.net\/?(?:keys\/([\w-]+)(?:\/\w*)?)?$/.exec(uri);
  const [, vaultName = "", keyName = ""] = found ?? refuse(code, `The key ${uri} is not the URI of a key in a vault`);
  const inVault = ({ inputs }: StoredResource) => sameId(inputs["vaultName"], vaultName);
  const vault =
    cloud.list(VAULT, "anywhere").find(inVault) ?? refuse(code, `The key vault ${vaultName} of the key does not exist`);
  const key = cloud
    .list(VAULT_KEY, "anywhere")
    .find((each) => inVault(each) && sameId(each.inputs["keyName"], keyName));
  if (key === undefined) refuse(code, `The key ${keyName} does not exist in the vault ${vaultName}`);
  if (block(vault.inputs["properties"])["enablePurgeProtection"] !== true) {
    refuse(code, `The key vault ${vaultName} must have purge protection to hold a customer-managed key`);
  }
}

/** Reports every number that is outside its range. */
export function checkRanges(
  { refuse: report }: Pick<CheckContext<unknown>, "refuse">,
  ranges: readonly (readonly [property: string, value: number | undefined, low: number, high: number])[],
): void {
  for (const [property, value, low, high] of ranges) {
    if (value === undefined || (value >= low && value <= high)) continue;
    report(property, `must be between ${String(low)} and ${String(high)}, got ${String(value)}`);
  }
}

/** Reports every text that is none of the allowed ones. */
export function checkChoices(
  { refuse: report }: Pick<CheckContext<unknown>, "refuse">,
  choices: readonly (readonly [property: string, value: string | undefined, allowed: readonly string[]])[],
): void {
  for (const [property, value, allowed] of choices) {
    if (value === undefined || allowed.includes(value)) continue;
    report(property, `must be one of ${allowed.join(", ")}, got ${value}`);
  }
}

/** A name that is part of a host name, and so taken for all of Azure. */
export function globalName(rule: Omit<NameRule, "source" | "separator">): NameRule {
  return {
    ...rule,
    separator: "",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, Properties[string]>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
