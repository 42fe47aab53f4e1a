import type { BackupInstanceArgs, BackupPolicyArgs, BackupVaultArgs } from "@pulumi/azure-native/dataprotection";
import type { VaultArgs } from "@pulumi/azure-native/recoveryservices";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved, ResourceType } from "../../cloud/resource-type";
import { armTokens, sameId } from "./arm";
import { resourceAt } from "./front-door";
import { pairOf, zonesOf } from "./regions";
import {
  azureType,
  byId,
  checkChoices,
  checkRanges,
  childrenOf,
  locationOf,
  made,
  requireIdentities,
} from "./service-support";
import { block, texts } from "./text";
import { BACKUP_VAULT, RECOVERY_VAULT } from "./types";

const POLICY = "azure-native:dataprotection:BackupPolicy";
const INSTANCE = "azure-native:dataprotection:BackupInstance";
const PROTECTED_ITEM = "azure-native:recoveryservices:ProtectedItem";

/** https://learn.microsoft.com/azure/backup/backup-support-matrix */
const DATASOURCES = [
  "Microsoft.Storage/storageAccounts/blobServices",
  "Microsoft.Storage/storageAccounts/adlsBlobServices",
  "Microsoft.Compute/disks",
  "Microsoft.DBforPostgreSQL/flexibleServers",
  "Microsoft.DBforPostgreSQL/servers/databases",
  "Microsoft.DBforMySQL/flexibleServers",
  "Microsoft.ContainerService/managedClusters",
];

/** States of immutability, each of which only rises once it is Locked: https://learn.microsoft.com/azure/backup/backup-azure-immutable-vault-concept */
function checkLock(before: string | undefined, after: string | undefined): void {
  if (before !== "Locked" || after === "Locked") return;
  refuse("UserErrorImmutabilityLocked", "The immutability of the vault is Locked, which cannot be undone.");
}

const vaultName = {
  property: "vaultName",
  pattern: /^[A-Za-z][A-Za-z0-9-]{1,49}$/,
  rule: "2 to 50 letters, digits and -, a letter first",
  source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
  maxLength: 50,
} as const;

const backupVault = azureType<BackupVaultArgs>({
  token: BACKUP_VAULT,
  name: vaultName,
  check: (context) => {
    const { inputs } = context;
    const { softDeleteSettings, immutabilitySettings } = inputs.properties?.securitySettings ?? {};
    const stores = inputs.properties?.storageSettings ?? [];
    checkRanges(context, [
      [
        "properties.securitySettings.softDeleteSettings.retentionDurationInDays",
        softDeleteSettings?.retentionDurationInDays,
        14,
        180,
      ],
    ]);
    checkChoices(context, [
      ["properties.securitySettings.softDeleteSettings.state", softDeleteSettings?.state, ["Off", "On", "AlwaysOn"]],
      [
        "properties.securitySettings.immutabilitySettings.state",
        immutabilitySettings?.state,
        ["Disabled", "Unlocked", "Locked"],
      ],
    ]);
    stores.forEach(({ type, datastoreType }, index) => {
      checkChoices(context, [
        [
          `properties.storageSettings[${String(index)}].type`,
          type,
          ["LocallyRedundant", "ZoneRedundant", "GeoRedundant"],
        ],
        [
          `properties.storageSettings[${String(index)}].datastoreType`,
          datastoreType,
          ["VaultStore", "OperationalStore", "ArchiveStore"],
        ],
      ]);
    });
    const crossRegion = inputs.properties?.featureSettings?.crossRegionRestoreSettings?.state;
    // https://learn.microsoft.com/azure/backup/create-manage-backup-vault
    if (crossRegion === "Enabled" && !stores.some(({ type }) => type === "GeoRedundant")) {
      context.refuse(
        "properties.featureSettings.crossRegionRestoreSettings.state",
        "needs a storage setting of type GeoRedundant",
      );
    }
  },
  create: (context) => {
    requireIdentities(context);
    const location = locationOf(context);
    for (const { type } of context.inputs.properties.storageSettings) {
      if (type === "ZoneRedundant" && zonesOf(location).length === 0)
        refuse("UserErrorUnsupportedRedundancy", `${location} has no availability zones.`);
      if (type === "GeoRedundant" && pairOf(location) === undefined)
        refuse("UserErrorUnsupportedRedundancy", `${location} has no paired region.`);
    }
    return made({});
  },
  update: ({ inputs, oldInputs, cloud, resource }) => {
    const state = (given: Resolved<BackupVaultArgs>) => given.properties.securitySettings?.immutabilitySettings?.state;
    checkLock(state(oldInputs), state(inputs));
    const kept = (given: Resolved<BackupVaultArgs>) => given.properties.securitySettings?.softDeleteSettings?.state;
    if (kept(oldInputs) === "AlwaysOn" && kept(inputs) !== "AlwaysOn") {
      refuse("UserErrorSoftDeleteAlwaysOn", "The soft delete of the vault is AlwaysOn, which cannot be undone.");
    }
    const stores = (given: Resolved<BackupVaultArgs>) => JSON.stringify(given.properties.storageSettings);
    if (stores(oldInputs) !== stores(inputs) && childrenOf(cloud, INSTANCE, resource.id).length > 0) {
      refuse(
        "UserErrorStorageSettingsCannotBeChanged",
        "The redundancy of a vault is fixed once it protects something.",
      );
    }
    return {};
  },
  delete: ({ resource, cloud }) => {
    const held = childrenOf(cloud, INSTANCE, resource.id)[0];
    if (held !== undefined) refuse("VaultNotEmpty", `The vault still protects ${held.id}: stop that first.`);
  },
});

/** https://learn.microsoft.com/azure/backup/manage-azure-database-postgresql */
const policy = azureType<BackupPolicyArgs>({
  token: POLICY,
  inUse: { code: "BackupPolicyInUse", message: "The policy {id} protects something: give that another policy first." },
  check: (context) => {
    const { inputs, refuse: report } = context;
    inputs.properties?.datasourceTypes.forEach((type, index) => {
      checkChoices(context, [[`properties.datasourceTypes[${String(index)}]`, type, DATASOURCES]]);
    });
    const rules = inputs.properties?.policyRules ?? [];
    const retention = rules.filter(({ objectType }) => objectType === "AzureRetentionRule");
    if (inputs.properties !== undefined && !retention.some((rule) => "isDefault" in rule && rule.isDefault === true)) {
      report("properties.policyRules", "a policy has a retention rule that is the default");
    }
  },
  create: () => made({}),
  update: ({ inputs, oldInputs }) => {
    if (JSON.stringify(inputs.properties) === JSON.stringify(oldInputs.properties)) return {};
    return refuse("BadRequest", "A backup policy is not changed: make another one and give it to what it protects.");
  },
});

const instance = azureType<BackupInstanceArgs>({
  token: INSTANCE,
  references: [
    {
      path: "properties.policyInfo.policyId",
      to: POLICY,
      within: "account",
      missing: { code: "ResourceNotFound", message: "The backup policy {value} was not found." },
    },
    { path: "properties.dataSourceInfo.resourceID", to: armTokens(), within: "account", holds: false },
  ],
  create: (context) => {
    checkInstance(context);
    return made({});
  },
});

function checkInstance({ inputs, cloud }: CallContext<Resolved<BackupInstanceArgs>>): void {
  const { dataSourceInfo, policyInfo } = inputs.properties ?? {};
  const source = dataSourceInfo?.resourceID ?? "";
  if (resourceAt(cloud, source) === undefined) {
    refuse("UserErrorDatasourceNotFound", `The data source ${source} was not found.`);
  }
  const twin = cloud
    .list(INSTANCE, "anywhere")
    .find(
      ({ inputs: other }) =>
        sameId(other["vaultName"], inputs.vaultName) &&
        sameId(block(block(other["properties"])["dataSourceInfo"])["resourceID"], source),
    );
  if (twin !== undefined)
    refuse("UserErrorAlreadyProtected", `The data source ${source} is protected by ${twin.id} already.`);
  const type = dataSourceInfo?.datasourceType;
  const allowed = texts(block(byId(cloud, POLICY, policyInfo?.policyId)?.inputs["properties"])["datasourceTypes"]);
  if (type !== undefined && !allowed.includes(type)) {
    refuse("UserErrorPolicyDatasourceMismatch", `The policy is for ${allowed.join(", ")}, not for ${type}.`);
  }
}

/** https://learn.microsoft.com/azure/backup/backup-azure-recovery-services-vault-overview */
const recoveryVault = azureType<VaultArgs>({
  token: RECOVERY_VAULT,
  name: vaultName,
  check: (context) => {
    const { redundancySettings: redundancy, securitySettings } = context.inputs.properties ?? {};
    checkChoices(context, [["sku.name", context.inputs.sku?.name, ["Standard", "RS0"]]]);
    checkRanges(context, [
      [
        "properties.securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays",
        securitySettings?.softDeleteSettings?.softDeleteRetentionPeriodInDays,
        14,
        180,
      ],
    ]);
    if (redundancy?.crossRegionRestore === "Enabled" && redundancy.standardTierStorageRedundancy !== "GeoRedundant") {
      context.refuse(
        "properties.redundancySettings.crossRegionRestore",
        "needs standardTierStorageRedundancy GeoRedundant",
      );
    }
  },
  create: (context) => {
    requireIdentities(context);
    return made({});
  },
  update: ({ inputs, oldInputs }) => {
    const state = (given: Resolved<VaultArgs>) => given.properties?.securitySettings?.immutabilitySettings?.state;
    checkLock(state(oldInputs), state(inputs));
    const crossRegion = (given: Resolved<VaultArgs>) => given.properties?.redundancySettings?.crossRegionRestore;
    if (crossRegion(oldInputs) === "Enabled" && crossRegion(inputs) !== "Enabled") {
      refuse("CloudServiceNonRetryableError", "Cross-region restore cannot be switched off again.");
    }
    return {};
  },
  delete: ({ resource, cloud }) => {
    const held = childrenOf(cloud, PROTECTED_ITEM, resource.id)[0];
    if (held === undefined) return;
    // https://github.com/Azure/azure-cli/issues/7619
    refuse(
      "ServiceResourceNotEmptyWithContainerDetails",
      `Vault cannot be deleted as there are existing resources within the vault: ${held.id}.`,
    );
  },
});

export const backupTypes: readonly ResourceType[] = [backupVault, policy, instance, recoveryVault];
