import { BlobServiceProperties } from "@pulumi/azure-native/storage/blobServiceProperties";
import { StorageAccount, type StorageAccountArgs } from "@pulumi/azure-native/storage/storageAccount";
import type { Input, Resource } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { KeyUser } from "./key-user";
import { softDelete } from "./object-store.plan";
import type { Place } from "./place";
import type { AzureKey } from "./vault-key";

/**
 * Objects that nobody can change or delete before their time, counted from when they were written.
 * https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies
 */
export interface ObjectLock {
  /** 1 to 146 000. */
  readonly days: number;
  /**
   * `open`: the days can be changed and the lock taken away. `closed`: the days can only grow, for ever. An account is made with
   * an open lock, which an update closes: Azure refuses a new one that is closed.
   */
  readonly state: "open" | "closed";
}

export interface StorageSpec {
  readonly place: Place;
  /** 3 to 24 small letters and digits, which no other account of Azure has. */
  readonly accountName: Input<string>;
  /** `region`: in each zone, and a second later in the paired region. */
  readonly copies: "zones" | "region";
  /** `Cool`: kept for less and read for more. Default: `Hot`. */
  readonly accessTier?: "Hot" | "Cool";
  /** `folders`: a file system, whose folders are renamed in one step. It has no versions. Default: `objects`. */
  readonly layout?: "objects" | "folders";
  /**
   * `private`: private endpoints, and backups. `services`: services of Azure that have no address in the network. `internet`:
   * every address.
   */
  readonly reach: "private" | "services" | "internet";
  /** Whether the two keys of the account open it, besides log-in by Microsoft Entra. Default: `refused`. */
  readonly sharedKeys?: "refused" | "accepted";
  /** Default: none. It is chosen when the account is made. */
  readonly lock?: ObjectLock;
  readonly key: AzureKey;
  /** Identity that the account uses the key by. */
  readonly keyUser: KeyUser;
  readonly protection: Protection;
  readonly transform?: ((account: StorageAccountArgs) => StorageAccountArgs) | undefined;
}

const networkRules = {
  // Backups have no address in the network, and pass by their identity's rights although public access is off.
  // https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services
  private: { publicNetworkAccess: "Disabled", networkRuleSet: { bypass: "AzureServices", defaultAction: "Deny" } },
  services: { publicNetworkAccess: "Enabled", networkRuleSet: { bypass: "AzureServices", defaultAction: "Deny" } },
  internet: { publicNetworkAccess: "Enabled", networkRuleSet: { bypass: "AzureServices", defaultAction: "Allow" } },
} as const satisfies Record<StorageSpec["reach"], Pick<StorageAccountArgs, "publicNetworkAccess" | "networkRuleSet">>;

/**
 * A storage account in three zones that encrypts with a key of the site, and once more with one of Azure's, and answers over TLS
 * 1.2 alone, the latest version that it can be told to ask for.
 * https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version
 */
export function storageAccount(name: string, spec: StorageSpec, parent: Resource): StorageAccount {
  const { place, keyUser, key, lock, sharedKeys = "refused" } = spec;
  const args: StorageAccountArgs = {
    resourceGroupName: place.groupName,
    location: place.region,
    tags: { ...place.tags },
    accountName: spec.accountName,
    kind: "StorageV2",
    sku: { name: spec.copies === "region" ? "Standard_GZRS" : "Standard_ZRS" },
    accessTier: spec.accessTier ?? "Hot",
    ...(spec.layout === "folders" ? { isHnsEnabled: true } : {}),
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
    allowBlobPublicAccess: false,
    allowSharedKeyAccess: sharedKeys === "accepted",
    allowCrossTenantReplication: false,
    isLocalUserEnabled: false,
    defaultToOAuthAuthentication: true,
    ...networkRules[spec.reach],
    identity: { type: "UserAssigned", userAssignedIdentities: [keyUser.identityId] },
    encryption: {
      keySource: "Microsoft.Keyvault",
      keyVaultProperties: { keyName: key.name, keyVaultUri: key.vaultUri },
      encryptionIdentity: { encryptionUserAssignedIdentity: keyUser.identityId },
      requireInfrastructureEncryption: true,
    },
    ...(lock === undefined
      ? {}
      : {
          immutableStorageWithVersioning: {
            enabled: true,
            immutabilityPolicy: {
              immutabilityPeriodSinceCreationInDays: lock.days,
              state: lock.state === "closed" ? "Locked" : "Unlocked",
            },
          },
        }),
  };
  return new StorageAccount(name, spec.transform?.(args) ?? args, {
    parent,
    protect: spec.protection.protect,
    dependsOn: [keyUser.right],
  });
}

/** Days in which what a service deleted or wrote over can still be brought back. */
const recoveryDays = 7;

export interface RecoverySpec {
  readonly place: Place;
  readonly accountName: Input<string>;
  /** Whether what is written over is kept as a version. Without, soft delete keeps it as a snapshot. */
  readonly versions: "kept" | "none";
}

/** Lets blobs and containers of an account that a service writes to be brought back for a week. An account has one such setting. */
export function keepDeleted(name: string, spec: RecoverySpec, parent: Resource): BlobServiceProperties {
  return new BlobServiceProperties(
    name,
    {
      resourceGroupName: spec.place.groupName,
      accountName: spec.accountName,
      blobServicesName: "default",
      ...(spec.versions === "kept" ? { isVersioningEnabled: true } : {}),
      ...softDelete(recoveryDays),
    },
    { parent },
  );
}
