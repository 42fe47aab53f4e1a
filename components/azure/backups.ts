import { BackupInstance } from "@pulumi/azure-native/dataprotection/backupInstance";
import { BackupPolicy } from "@pulumi/azure-native/dataprotection/backupPolicy";
import { BackupVault, type BackupVaultArgs } from "@pulumi/azure-native/dataprotection/backupVault";
import { ComponentResource, output, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import { backupKinds, backupPolicy, policyName, type BackedUp } from "./backups.plan";
import { KeyUser } from "./key-user";
import type { Place } from "./place";
import { assignRole, type Role } from "./roles";
import type { AzureKey } from "./vault-key";

/**
 * `governance`: who may manage the vault may still unlock it. `compliance`: nobody can, for ever, and a recovery point stays until it
 * is too old. https://learn.microsoft.com/azure/backup/backup-azure-immutable-vault-concept
 */
export type VaultLock = "governance" | "compliance";

export interface BackupsArgs {
  readonly place: Place;
  /** First part of the names. */
  readonly prefix: string;
  /** Storage accounts with the names of their containers: all but those with folders, which Azure Backup takes by another way. */
  readonly objects: Readonly<
    Record<string, { readonly accountId: Input<string>; readonly containers: readonly Input<string>[] }>
  >;
  /** Ids of PostgreSQL servers; no replica, which has no backups of its own. */
  readonly databases: Readonly<Record<string, Input<string>>>;
  /** Days that a recovery point is kept. */
  readonly retentionDays: number;
  readonly lock: VaultLock;
  readonly key: AzureKey;
  readonly protection: Protection;
  readonly transform?: (vault: BackupVaultArgs) => BackupVaultArgs;
}

/** Days in which a deleted recovery point can be brought back: 14 are free. https://learn.microsoft.com/azure/backup/secure-by-default */
const softDeleteDays = 14;

/** What the vault may do, on the thing itself: https://learn.microsoft.com/azure/backup/backup-rbac-rs-vault */
const rights = {
  objects: "Storage Account Backup Contributor",
  databases: "PostgreSQL Flexible Server Long Term Retention Backup Role",
} as const satisfies Record<BackedUp, Role>;

const resourceTypes = {
  objects: "Microsoft.Storage/storageAccounts",
  databases: "Microsoft.DBforPostgreSQL/flexibleServers",
} as const satisfies Record<BackedUp, string>;

/** What is taken into a vault, all of one kind. */
interface ProtectArgs {
  readonly place: Place;
  readonly retentionDays: number;
  readonly vaultName: Output<string>;
  readonly principalId: Output<string>;
  readonly sources: readonly {
    readonly id: string;
    readonly sourceId: Input<string>;
    readonly policyParameters?: {
      readonly backupDatasourceParametersList: {
        readonly objectType: "BlobBackupDatasourceParameters";
        readonly containersList: Input<string>[];
      }[];
    };
  }[];
}

/**
 * Recovery points of objects every day and of databases every week, in a vault that refuses to delete them early. Where the class says
 * so they are copied to the paired region too, from where databases can be restored by us and objects when Azure has declared the
 * region lost. Databases have their own point-in-time recovery besides, and so have Cosmos DB and Azure DocumentDB, which no vault
 * takes in; what runs on the cluster keeps its data in those.
 *
 * Cost: each thing per month by its size, and storage per GB and month.
 */
export class Backups extends ComponentResource {
  readonly vaultId: Output<string>;

  constructor(name: string, args: BackupsArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Backups", name, {}, opts);
    const { place, prefix, protection } = args;
    const keyUser = new KeyUser(
      `${name}-key`,
      { identityName: `${prefix}-backups-key`, place, key: args.key },
      { parent: this },
    );
    const vaultArgs: BackupVaultArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      vaultName: `${prefix}-backups`,
      // Rights on what is backed up are the vault's own; the key takes an identity that is there before the vault.
      identity: { type: "SystemAssigned,UserAssigned", userAssignedIdentities: [keyUser.identityId] },
      properties: {
        // Neither changes any more once the vault protects something.
        storageSettings: [
          { datastoreType: "VaultStore", type: protection.crossRegion ? "GeoRedundant" : "ZoneRedundant" },
        ],
        featureSettings: {
          crossRegionRestoreSettings: { state: protection.crossRegion ? "Enabled" : "Disabled" },
          crossSubscriptionRestoreSettings: { state: "Disabled" },
        },
        monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: "Enabled" } },
        securitySettings: {
          immutabilitySettings: { state: immutability(args.lock, protection) },
          softDeleteSettings: {
            state: protection.deleteContents ? "Off" : "On",
            retentionDurationInDays: softDeleteDays,
          },
          encryptionSettings: {
            state: "Enabled",
            infrastructureEncryption: "Enabled",
            kekIdentity: { identityType: "UserAssigned", identityId: keyUser.identityId },
            keyVaultProperties: { keyUri: args.key.uri },
          },
        },
      },
    };
    const vault = new BackupVault(`${name}-vault`, args.transform?.(vaultArgs) ?? vaultArgs, {
      parent: this,
      protect: protection.protect,
      dependsOn: [keyUser.right],
    });
    const principalId = vault.identity.apply((identity) => {
      if (identity === undefined) throw new Error(`the vault "${name}" has no identity of its own: refresh the stack`);
      return identity.principalId;
    });
    const objects = Object.entries(args.objects).map(([id, { accountId, containers }]) => ({
      id,
      sourceId: accountId,
      policyParameters: {
        backupDatasourceParametersList: [
          { objectType: "BlobBackupDatasourceParameters" as const, containersList: [...containers] },
        ],
      },
    }));
    const databases = Object.entries(args.databases).map(([id, sourceId]) => ({ id, sourceId }));
    this.#protect(name, "objects", { ...args, vaultName: vault.name, principalId, sources: objects });
    this.#protect(name, "databases", { ...args, vaultName: vault.name, principalId, sources: databases });
    this.vaultId = vault.id;
    this.registerOutputs({ vaultId: this.vaultId });
  }

  #protect(name: string, kind: BackedUp, args: ProtectArgs): void {
    const { place, retentionDays, principalId, sources } = args;
    const [first] = sources;
    if (first === undefined) return;
    const inVault = { resourceGroupName: place.groupName, vaultName: args.vaultName };
    const policy = new BackupPolicy(
      `${name}-${kind}-policy`,
      { ...inVault, backupPolicyName: policyName(kind, retentionDays), properties: backupPolicy(kind, retentionDays) },
      { parent: this },
    );
    const grant = (id: string, role: Role, scope: Input<string>) =>
      assignRole(
        `${name}-${kind}-${id}`,
        { subscription: place.subscription, role, scope, principalId },
        { parent: this },
      );
    // All servers of a site are in one group.
    const shared = kind === "databases" ? [grant("reader", "Reader", groupOf(first.sourceId))] : [];
    for (const { id, sourceId, policyParameters } of sources) {
      const source = {
        resourceID: sourceId,
        resourceUri: sourceId,
        resourceName: output(sourceId).apply((text) => text.split("/").at(-1) ?? text),
        resourceLocation: place.region,
        resourceType: resourceTypes[kind],
        datasourceType: backupKinds[kind].datasourceType,
      };
      new BackupInstance(
        `${name}-${kind}-${id}`,
        {
          ...inVault,
          tags: { ...place.tags },
          backupInstanceName: `${kind}-${id}`,
          properties: {
            objectType: "BackupInstance",
            friendlyName: source.resourceName,
            dataSourceInfo: { ...source, objectType: "Datasource" },
            dataSourceSetInfo: { ...source, objectType: "DatasourceSet" },
            policyInfo: { policyId: policy.id, ...(policyParameters === undefined ? {} : { policyParameters }) },
          },
        },
        { parent: this, dependsOn: [...shared, grant(`${id}-right`, rights[kind], sourceId)] },
      );
    }
  }
}

function immutability(lock: VaultLock, { deleteContents }: Protection) {
  if (lock === "compliance") return "Locked";
  return deleteContents ? "Disabled" : "Unlocked";
}

/** The resource group of a resource. */
function groupOf(id: Input<string>): Output<string> {
  return output(id).apply((text) => text.replace(/\/providers\/.*$/i, ""));
}
