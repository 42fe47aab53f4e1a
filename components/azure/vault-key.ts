import type { Key as VaultKey } from "@pulumi/azure-native/keyvault/key";
import type { Output } from "@pulumi/pulumi";

/** A key of a vault, as services of Azure take it. */
export interface AzureKey {
  /** Id in Resource Manager, which rights are given on. */
  readonly id: Output<string>;
  readonly name: Output<string>;
  /** Without a version: a service that takes it follows the key when it rotates. */
  readonly uri: Output<string>;
  /** Of the version of now, for services that follow only when they are told. */
  readonly versionedUri: Output<string>;
  readonly vaultId: Output<string>;
  /** `https://<name>.vault.azure.net`, without a slash at the end. */
  readonly vaultUri: Output<string>;
}

/**
 * A key rotates a year after it was made and lives another year, so that a version in use is never one that has ended.
 * https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation
 */
export const rotationPolicy = {
  attributes: { expiryTime: "P2Y" },
  lifetimeActions: [{ action: { type: "rotate" as const }, trigger: { timeAfterCreate: "P1Y" } }],
};

/** A key that was made or found, as services take it. */
export function keyOf(
  { id, name, keyUri, keyUriWithVersion }: Pick<VaultKey, "id" | "name" | "keyUri" | "keyUriWithVersion">,
  vaultId: Output<string>,
): AzureKey {
  return {
    id,
    name,
    uri: keyUri,
    versionedUri: keyUriWithVersion,
    vaultId,
    vaultUri: keyUri.apply((uri) => new URL(uri).origin),
  };
}
