import { getKey } from "@pulumi/azure-native/keyvault/getKey";
import { Key as VaultKey, type KeyArgs as VaultKeyArgs } from "@pulumi/azure-native/keyvault/key";
import { ComponentResource, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { keyPurposes, type KeyPurpose, type KeyRing } from "../contracts/key-ring";
import { existing } from "../planning/existing";
import type { Protection } from "../planning/protection";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import type { EndpointHome } from "./private-endpoint";
import { Vault } from "./vault";
import { keyOf, rotationPolicy, type AzureKey } from "./vault-key";

/** A key that exists already. Its vault must have purge protection, and roles instead of access policies. */
export interface AdoptedKey {
  /** Resource group of the vault. */
  readonly groupName: string;
  readonly vaultName: string;
  readonly keyName: string;
}

export interface SiteKeysArgs extends EndpointHome {
  /** First part of the vault's name. */
  readonly prefix: string;
  readonly place: Place;
  /** `premium`: keys never leave hardware modules, and cost more. */
  readonly sku: "standard" | "premium";
  /** Default: `default`. */
  readonly createMode?: "default" | "recover";
  /** Keys that exist already, by purpose: their vaults are their owner's. Default: none. */
  readonly adopted?: Readonly<Partial<Record<KeyPurpose, AdoptedKey>>>;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (key: VaultKeyArgs, purpose: KeyPurpose) => VaultKeyArgs;
}

/**
 * The keys of a site, one per purpose, in a vault of their own. RSA keys of 3072 bits: services wrap the AES keys of their data
 * with them. https://learn.microsoft.com/azure/security/fundamentals/encryption-atrest
 *
 * Cost: keys are billed per use, and in hardware modules per month and version too.
 */
export class SiteKeys extends ComponentResource implements KeyRing {
  /** URIs without a version. */
  readonly keyIds: Readonly<Record<KeyPurpose, Output<string>>>;
  readonly keys: Readonly<Record<KeyPurpose, AzureKey>>;

  constructor(name: string, args: SiteKeysArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:SiteKeys", name, {}, opts);
    const { place, protection, adopted = {} } = args;
    // No purpose is left for a vault of our own when every key is adopted.
    const vault = keyPurposes.every((purpose) => adopted[purpose] !== undefined)
      ? undefined
      : new Vault(
          `${name}-vault`,
          {
            prefix: args.prefix,
            part: "keys",
            place,
            sku: args.sku,
            ...(args.createMode === undefined ? {} : { createMode: args.createMode }),
            network: args.network,
            dns: args.dns,
            logs: args.logs,
            protection,
          },
          { parent: this },
        );
    const key = (purpose: KeyPurpose): AzureKey => {
      const adoptedKey = adopted[purpose];
      if (adoptedKey !== undefined) return this.#adopt(purpose, adoptedKey, place);
      if (vault === undefined) throw new Error(`there is no vault for the key "${purpose}"`);
      const keyArgs: VaultKeyArgs = {
        resourceGroupName: place.groupName,
        vaultName: vault.vaultName,
        keyName: purpose,
        tags: { ...place.tags },
        properties: {
          kty: args.sku === "premium" ? "RSA-HSM" : "RSA",
          keySize: 3072,
          // Not to encrypt nor to sign: services wrap and unwrap keys of their own; AKS encrypts with the key itself.
          keyOps: purpose === "secrets" ? ["encrypt", "decrypt", "wrapKey", "unwrapKey"] : ["wrapKey", "unwrapKey"],
          attributes: { enabled: true, exportable: false },
          rotationPolicy,
        },
      };
      const made = new VaultKey(`${name}-${purpose}`, args.transform?.(keyArgs, purpose) ?? keyArgs, {
        parent: this,
        protect: protection.protect,
      });
      return keyOf(made, vault.vaultId);
    };
    this.keys = { data: key("data"), images: key("images"), logs: key("logs"), secrets: key("secrets") };
    const { data, images, logs, secrets } = this.keys;
    this.keyIds = { data: data.uri, images: images.uri, logs: logs.uri, secrets: secrets.uri };
    this.registerOutputs({ keyIds: this.keyIds });
  }

  #adopt(purpose: KeyPurpose, { groupName, vaultName, keyName }: AdoptedKey, { subscription }: Place): AzureKey {
    const found = output(
      existing(
        getKey({ resourceGroupName: groupName, vaultName, keyName }, { parent: this }),
        `key "${keyName}" of vault "${vaultName}" in ${groupName}`,
        `correct keys.${purpose}, or take it out: a new one is made`,
      ),
    );
    const vaultId = subscription.id.apply(
      (id) => `/subscriptions/${id}/resourceGroups/${groupName}/providers/Microsoft.KeyVault/vaults/${vaultName}`,
    );
    const { name, keyUri, keyUriWithVersion } = found;
    return keyOf({ id: vaultId.apply((id) => `${id}/keys/${keyName}`), name, keyUri, keyUriWithVersion }, vaultId);
  }
}
