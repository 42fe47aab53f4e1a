import { Key as VaultKey } from "@pulumi/azure-native/keyvault/key";
import { Vault as KeyVault, type VaultArgs as KeyVaultArgs } from "@pulumi/azure-native/keyvault/vault";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { Place } from "./place";
import { hardened } from "./vault";
import { keyOf, rotationPolicy, type AzureKey } from "./vault-key";

export interface StateKeysArgs {
  readonly place: Place;
  /** Physical name of the vault: 3 to 24 letters, digits and hyphens, unique in Azure. */
  readonly vaultName: Input<string>;
  /** Physical name of the key that the engine encrypts secrets with. */
  readonly secretsKey: Input<string>;
  /** IPv4 addresses and ranges on the internet that it answers; any, when the list is empty. */
  readonly reachableFrom: readonly string[];
  readonly protection: Protection;
  readonly transform?: (vault: KeyVaultArgs) => KeyVaultArgs;
}

interface KeyUse {
  readonly operations: string[];
  readonly rotates: boolean;
}

/**
 * The keys of a stack's state, in a vault of their own that is reached by its name on the internet: the engine has to read a state
 * before there is a network, and when there is none. Rights are roles of Azure.
 */
export class StateKeys extends ComponentResource {
  /** What the engine encrypts secrets with. */
  readonly secrets: AzureKey;
  /** What the storage account encrypts the state with. */
  readonly storage: AzureKey;
  readonly vaultName: Output<string>;

  constructor(name: string, args: StateKeysArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:StateKeys", name, {}, opts);
    const { place, protection, reachableFrom } = args;
    const vaultArgs: KeyVaultArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      vaultName: args.vaultName,
      properties: {
        ...hardened(place, protection),
        sku: { family: "A", name: "standard" },
        publicNetworkAccess: "enabled",
        networkAcls: {
          // The storage account has no address of its own.
          bypass: "AzureServices",
          defaultAction: reachableFrom.length > 0 ? "Deny" : "Allow",
          ipRules: reachableFrom.map((value) => ({ value })),
        },
      },
    };
    const vault = new KeyVault(`${name}-vault`, args.transform?.(vaultArgs) ?? vaultArgs, {
      parent: this,
      protect: protection.protect,
    });
    const key = (logical: string, keyName: Input<string>, use: KeyUse): AzureKey => {
      const made = new VaultKey(
        `${name}-${logical}`,
        {
          resourceGroupName: place.groupName,
          vaultName: vault.name,
          keyName,
          tags: { ...place.tags },
          properties: {
            kty: "RSA",
            keySize: 3072,
            keyOps: use.operations,
            attributes: { enabled: true, exportable: false },
            ...(use.rotates ? { rotationPolicy } : {}),
          },
        },
        { parent: this, protect: protection.protect },
      );
      return keyOf(made, vault.id);
    };
    // It never rotates by itself: the engine asks for the newest version, which cannot decrypt what an older one encrypted.
    // https://github.com/pulumi/pulumi/issues/22338
    this.secrets = key("secrets", args.secretsKey, { operations: ["encrypt", "decrypt"], rotates: false });
    this.storage = key("storage", "storage", { operations: ["wrapKey", "unwrapKey"], rotates: true });
    this.vaultName = vault.name;
    this.registerOutputs({ vaultName: this.vaultName });
  }
}
