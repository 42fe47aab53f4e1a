import { Vault as KeyVault, type VaultArgs as KeyVaultArgs } from "@pulumi/azure-native/keyvault/vault";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { vaultName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";

export interface VaultArgs extends EndpointHome {
  /** First part of the name. */
  readonly prefix: string;
  /** What is in it: the second part of the name. */
  readonly part: "keys" | "models" | "secrets";
  readonly place: Place;
  /** `premium`: keys never leave hardware modules. */
  readonly sku: "standard" | "premium";
  /** `recover` brings a deleted vault of the name back, with all that was in it. Default: `default`. */
  readonly createMode?: "default" | "recover";
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (vault: KeyVaultArgs) => KeyVaultArgs;
}

/**
 * A key vault that answers inside the network alone. Rights are roles of Azure, not policies of the vault. Once deleted it can be
 * restored for `keyDeletionDays` of the class and cannot be purged earlier; as long its name is taken, and only `recover` helps.
 * https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
 */
export class Vault extends ComponentResource {
  readonly vaultId: Output<string>;
  readonly vaultName: Output<string>;
  /** `https://<name>.vault.azure.net/`. */
  readonly vaultUri: Output<string>;
  /** What lets a machine in the network reach the vault. */
  readonly endpoint: PrivateEndpoint;

  constructor(name: string, args: VaultArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Vault", name, {}, opts);
    const { place, prefix, part, protection } = args;
    const physical = place.subscription.id.apply((id) => vaultName(prefix, part, id));
    const vaultArgs: KeyVaultArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      vaultName: physical,
      properties: {
        ...hardened(place, protection),
        sku: { family: "A", name: args.sku },
        createMode: args.createMode ?? "default",
        publicNetworkAccess: "disabled",
        // Services of Azure that encrypt with the keys have no address in the network.
        networkAcls: { bypass: "AzureServices", defaultAction: "Deny" },
      },
    };
    const vault = new KeyVault(`${name}-vault`, args.transform?.(vaultArgs) ?? vaultArgs, {
      parent: this,
      protect: protection.protect,
    });
    this.endpoint = new PrivateEndpoint(
      `${name}-private`,
      {
        place,
        network: args.network,
        dns: args.dns,
        endpointName: `${prefix}-${part}-vault`,
        serviceId: vault.id,
        groupId: "vault",
        zones: ["vault"],
      },
      { parent: this },
    );
    args.logs.diagnose(`${name}-logs`, vault.id, { groups: ["allLogs"] }, this);
    this.vaultId = vault.id;
    this.vaultName = vault.name;
    this.vaultUri = vault.name.apply((host) => `https://${host}.vault.azure.net/`);
    this.registerOutputs({ vaultId: this.vaultId, vaultUri: this.vaultUri });
  }
}

/** What every vault has: rights are roles of Azure, nothing can be purged early, and no machine or template reads it past them. */
export function hardened({ subscription }: Place, { keyDeletionDays }: Protection) {
  return {
    tenantId: subscription.tenantId,
    enableRbacAuthorization: true,
    enableSoftDelete: true,
    softDeleteRetentionInDays: keyDeletionDays,
    // Services take no key of ours without it. It can never be taken back.
    enablePurgeProtection: true,
    enabledForDeployment: false,
    enabledForTemplateDeployment: false,
    enabledForDiskEncryption: false,
  };
}
