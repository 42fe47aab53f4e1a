import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { Effects, Scope } from "../../cloud/resource-type";
import { sameId } from "./arm";
import { block, text } from "./text";
import { DELETED_VAULT, DELETED_VAULT_OBJECT } from "./types";

/**
 * What a deleted vault leaves: its name stays taken until it is purged or its retention is over.
 * https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
 */
export function leaveDeletedVault(effects: Effects, vault: StoredResource, scope: Scope): void {
  const name = text(vault.inputs["vaultName"]) ?? "";
  const location = text(vault.outputs["location"]) ?? "";
  const properties = block(vault.inputs["properties"]);
  effects.put({
    type: DELETED_VAULT,
    scope,
    id: `/subscriptions/${scope.account}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
    inputs: { vaultName: name, location },
    outputs: {
      name,
      properties: {
        vaultId: vault.id,
        location,
        purgeProtectionEnabled: properties["enablePurgeProtection"] === true,
        softDeleteRetentionInDays: properties["softDeleteRetentionInDays"] ?? 90,
      },
    },
  });
}

/**
 * What a deleted key or secret leaves in its vault. The provider deletes both by the vault's own API, which keeps them as long as
 * it keeps a vault: https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
 */
export function leaveDeletedObject(effects: Effects, object: StoredResource): void {
  effects.put({ type: DELETED_VAULT_OBJECT, scope: object.scope, id: deletedId(object.id), inputs: {}, outputs: {} });
}

/** Refuses the name of a key or secret that is deleted and not purged. */
export function refuseDeletedObject(cloud: CloudView, id: string): void {
  if (!cloud.list(DELETED_VAULT_OBJECT).some((each) => sameId(each.id, deletedId(id)))) return;
  const [name = "", kind = ""] = id.split("/").reverse();
  refuse(
    "ObjectIsDeletedButRecoverable",
    `${kind.replace(/s$/, "")} ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this ` +
      `state, the ${kind.replace(/s$/, "")} can only be recovered or purged.`,
  );
}

/** `…/vaults/v/deletedkeys/k` of `…/vaults/v/keys/k`. */
function deletedId(id: string): string {
  return id.replace(/\/(keys|secrets)\/([^/]+)$/i, "/deleted$1/$2");
}
