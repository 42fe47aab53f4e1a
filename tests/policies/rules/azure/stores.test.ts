import { azureStoreRules } from "../../../../policies/rules/azure/stores";
import type { ResourceType } from "../../../../policies/types";
import { fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";
import { unknown } from "./changes";

const SERVER = "azure-native:dbforpostgresql:Server";
const PARAMETER = "azure-native:dbforpostgresql:Configuration";
const FIREWALL = "azure-native:dbforpostgresql:FirewallRule";
const ACCOUNT = "azure-native:storage:StorageAccount";
const CONTAINER = "azure-native:storage:BlobContainer";
const BLOBS = "azure-native:storage:BlobServiceProperties";
const BACKUP = "azure-native:dataprotection:BackupInstance";
const BACKUP_VAULT = "azure-native:dataprotection:BackupVault";
const CACHE = "azure-native:redis:Redis";
const CACHE_CLUSTER = "azure-native:redisenterprise:RedisEnterprise";
const CACHE_DATABASE = "azure-native:redisenterprise:Database";
const TABLES = "azure-native:cosmosdb:DatabaseAccount";
const REGISTRY = "azure-native:containerregistry:Registry";
const MODELS = "azure-native:machinelearningservices:Workspace";
const APP = "azure-native:web:WebApp";

const SOURCE = "databases-shard-0-source";
const REPLICA = "databases-shard-0-replica-reader";
const source = `${SERVER} ${SOURCE}`;

/** A change of one resource of the stack. */
function change(type: ResourceType, name: string, set: Parameters<StackUnderTest["change"]>[2]["set"] = {}) {
  return (stack: StackUnderTest) => stack.change(type, name, { set });
}

function without(type: ResourceType, name: string, ...remove: readonly string[]) {
  return (stack: StackUnderTest) => stack.change(type, name, { remove });
}

describe("rules on stores of Azure", () => {
  const rule = written(FIREWALL, { serverName: "db", startIpAddress: "203.0.113.7", endIpAddress: "203.0.113.9" });
  provesResource(azureStoreRules, "az-pg-private", {
    passes: [fixture("dr", SERVER, SOURCE), fixture("dr", SERVER, REPLICA), rule],
    alsoPasses: [{ when: "public access is off", set: { network: { publicNetworkAccess: "Disabled" } } }],
    fails: [
      { remove: ["network"], at: "network" },
      { set: { network: { publicNetworkAccess: "Enabled" } }, at: "network" },
      { set: { network: { delegatedSubnetResourceId: "" } }, at: "network" },
      { remove: ["network.privateDnsZoneArmResourceId"], at: "network.privateDnsZoneArmResourceId" },
      { of: rule, set: { startIpAddress: "0.0.0.0", endIpAddress: "0.0.0.0" }, at: "startIpAddress" },
      { of: rule, set: { startIpAddress: "0.0.0.0", endIpAddress: "255.255.255.255" }, at: "startIpAddress" },
      { of: rule, set: { startIpAddress: "1.0.0.0", endIpAddress: "127.255.255.255" }, at: "startIpAddress" },
    ],
    unknown: ["network"],
  });

  provesStack(azureStoreRules, "az-pg-ha-geo-backup", {
    of: "dr",
    stack: { class: "recovery", config: { "platform:role": "standby" } },
    alsoPasses: [
      {
        when: "a production stack has a standby",
        stack: { class: "production" },
        change: change(SERVER, SOURCE, { "highAvailability.mode": "ZoneRedundant" }),
      },
      {
        when: "the server's own backups have a copy elsewhere",
        change: (stack) => change(SERVER, SOURCE, { "backup.geoRedundantBackup": "Enabled" })(stack.dropAll(BACKUP)),
      },
      {
        when: "a development stack has neither",
        stack: { class: "development" },
        change: (stack) => stack.dropAll(BACKUP),
      },
      { when: "Azure's seven days are taken", change: without(SERVER, SOURCE, "backup.backupRetentionDays") },
    ],
    fails: [
      {
        when: "a production stack has no standby",
        stack: { class: "production" },
        change: (stack) => stack,
        violated: [`${source} highAvailability.mode`],
      },
      {
        when: "an active recovery stack has its standby in the same zone",
        stack: { class: "recovery", config: { "platform:role": "active" } },
        change: change(SERVER, SOURCE, { "highAvailability.mode": "SameZone" }),
        violated: [`${source} highAvailability.mode`],
      },
      {
        when: "it is not said",
        stack: { class: "staging" },
        change: without(SERVER, SOURCE, "highAvailability"),
        violated: [`${source} highAvailability.mode`],
      },
      {
        when: "no vault takes backups",
        change: (stack) => stack.drop(BACKUP, "backup-vaults-databases-shard-0"),
        violated: [`${source} backup.geoRedundantBackup`],
      },
      {
        when: "the vault is in one region",
        change: change(BACKUP_VAULT, "backup-vaults-vault", {
          "properties.storageSettings": [{ datastoreType: "VaultStore", type: "ZoneRedundant" }],
        }),
        violated: [`${source} backup.geoRedundantBackup`],
      },
      {
        when: "more days are asked for",
        settings: { minimumDays: 35 },
        change: (stack) => stack,
        violated: [`${source} backup.backupRetentionDays`],
      },
    ],
    undecided: [
      {
        when: "the vault is in another stack",
        change: change(BACKUP, "backup-vaults-databases-shard-0", { vaultName: "elsewhere" }),
        of: [source],
      },
      {
        when: "nobody can tell what is backed up",
        change: (stack) =>
          unknown(stack, BACKUP, "backup-vaults-databases-shard-0", "properties.dataSourceInfo.resourceID"),
        of: [source],
      },
      {
        when: "the period is not known yet",
        change: (stack) => unknown(stack, SERVER, SOURCE, "backup.backupRetentionDays"),
        of: [source],
      },
    ],
  });

  const parameter = (name: string) => `${SOURCE}-${name}`;
  provesStack(azureStoreRules, "az-pg-tls-audit", {
    of: "dr",
    alsoPasses: [
      {
        when: "encryption is left to Azure's default",
        change: (stack) => stack.drop(PARAMETER, parameter("require-secure-transport")),
      },
      {
        when: "TLS 1.2 is enough and nothing is said",
        settings: { minimumTls: "1.2" },
        change: (stack) => stack.drop(PARAMETER, parameter("ssl-min-protocol-version")),
      },
      {
        when: "encryption is asked for in capital letters",
        change: change(PARAMETER, parameter("require-secure-transport"), { value: "ON" }),
      },
    ],
    fails: [
      {
        when: "encryption is not asked for",
        change: change(PARAMETER, parameter("require-secure-transport"), { value: "off" }),
        violated: [`${PARAMETER} ${parameter("require-secure-transport")} value`],
      },
      {
        when: "TLS 1.2 is spoken",
        change: change(PARAMETER, parameter("ssl-min-protocol-version"), { value: "TLSv1.2" }),
        violated: [`${PARAMETER} ${parameter("ssl-min-protocol-version")} value`],
      },
      {
        when: "nothing is said about TLS",
        change: (stack) => stack.drop(PARAMETER, parameter("ssl-min-protocol-version")),
        violated: [source],
      },
      ...["log_connections", "log_disconnections", "log_checkpoints"].map((name) => ({
        when: `${name} is off`,
        change: (stack: StackUnderTest) =>
          stack.add(PARAMETER, "planted", {
            inputs: { configurationName: name, value: "off" },
            from: { serverName: [source] },
          }),
        violated: [`${PARAMETER} planted value`],
      })),
    ],
    undecided: [
      {
        when: "a value is not known yet",
        change: (stack) => unknown(stack, PARAMETER, parameter("require-secure-transport"), "value"),
        of: [`${PARAMETER} ${parameter("require-secure-transport")}`],
      },
      {
        when: "a version of TLS is none that is known",
        change: change(PARAMETER, parameter("ssl-min-protocol-version"), { value: "TLSv2" }),
        of: [`${PARAMETER} ${parameter("ssl-min-protocol-version")}`],
      },
      {
        when: "it is not known what a parameter is",
        change: (stack) => unknown(stack, PARAMETER, parameter("ssl-min-protocol-version"), "configurationName"),
        of: [`${PARAMETER} ${parameter("ssl-min-protocol-version")}`, source],
      },
    ],
  });

  provesStack(azureStoreRules, "az-pg-entra-cmk", {
    of: "dr",
    alsoPasses: [
      {
        when: "there are no passwords, and nothing replicates",
        change: (stack) =>
          change(SERVER, SOURCE, { "authConfig.passwordAuth": "Disabled" })(
            stack.drop(PARAMETER, parameter("wal-level")),
          ),
      },
    ],
    fails: [
      {
        when: "passwords are accepted, and nothing replicates",
        change: (stack) => stack.drop(PARAMETER, parameter("wal-level")),
        violated: [`${source} authConfig.passwordAuth`],
      },
      {
        when: "nothing replicates to another cloud",
        change: change(PARAMETER, parameter("wal-level"), { value: "replica" }),
        violated: [`${source} authConfig.passwordAuth`],
      },
      {
        when: "passwords may be kept as MD5",
        change: change(PARAMETER, parameter("azure-accepted-password-auth-method"), { value: "md5,scram-sha-256" }),
        violated: [`${source} authConfig.passwordAuth`],
      },
      {
        when: "nothing is said about passwords",
        change: (stack) => stack.drop(PARAMETER, parameter("azure-accepted-password-auth-method")),
        violated: [`${source} authConfig.passwordAuth`],
      },
      {
        when: "log-in by the directory is off",
        change: change(SERVER, SOURCE, { "authConfig.activeDirectoryAuth": "Disabled" }),
        violated: [`${source} authConfig.activeDirectoryAuth`],
      },
      {
        when: "nothing is said about log-in",
        change: (stack) => without(SERVER, SOURCE, "authConfig")(stack.drop(PARAMETER, parameter("wal-level"))),
        violated: [`${source} authConfig.activeDirectoryAuth`, `${source} authConfig.passwordAuth`],
      },
      {
        when: "a server has no key of ours",
        change: without(SERVER, SOURCE, "dataEncryption"),
        violated: [`${source} dataEncryption.primaryKeyURI`],
      },
      {
        when: "a replica has none",
        change: change(SERVER, REPLICA, { dataEncryption: { type: "SystemManaged" } }),
        violated: [`${SERVER} ${REPLICA} dataEncryption.primaryKeyURI`],
      },
    ],
    undecided: [
      {
        when: "nobody can tell the key",
        change: (stack) => unknown(stack, SERVER, SOURCE, "dataEncryption.primaryKeyURI"),
        of: [source],
      },
      {
        when: "nobody can tell whose the parameter is",
        change: (stack) => unknown(stack, PARAMETER, parameter("wal-level"), "configurationName"),
        of: [source],
      },
      {
        when: "it is not known how people log in",
        change: (stack) => unknown(stack, SERVER, SOURCE, "authConfig.activeDirectoryAuth"),
        of: [source],
      },
    ],
  });

  const cache = written(CACHE, {
    enableNonSslPort: false,
    minimumTlsVersion: "1.2",
    publicNetworkAccess: "Disabled",
    disableAccessKeyAuthentication: true,
  });
  const cluster = fixture("dr", CACHE_CLUSTER);
  const database = fixture("dr", CACHE_DATABASE);
  provesResource(azureStoreRules, "az-redis-secure", {
    passes: [cluster, database, cache],
    alsoPasses: [
      { when: "a replica is left to Azure's default", of: cluster, remove: ["highAvailability"] },
      { when: "a larger SKU is in two zones", set: { "sku.name": "Enterprise_E10", zones: ["1", "2"] } },
      { when: "a log is written of each change", of: database, set: { persistence: { aofEnabled: true } } },
      {
        when: "a development stack does without",
        of: database,
        stack: { class: "development" },
        remove: ["persistence", "clientProtocol"],
      },
      { when: "the port without encryption is left to Azure's default", of: cache, remove: ["enableNonSslPort"] },
    ],
    fails: [
      { set: { minimumTlsVersion: "1.1" }, at: "minimumTlsVersion" },
      { set: { publicNetworkAccess: "Enabled" }, at: "publicNetworkAccess" },
      { remove: ["publicNetworkAccess"], at: "publicNetworkAccess" },
      { set: { highAvailability: "Disabled" }, at: "highAvailability" },
      { set: { "sku.name": "Enterprise_E10", zones: ["1"] }, at: "highAvailability" },
      { set: { "sku.name": "EnterpriseFlash_F300" }, at: "highAvailability" },
      { remove: ["encryption"], at: "encryption.customerManagedKeyEncryption" },
      { of: database, set: { clientProtocol: "Plaintext" }, at: "clientProtocol" },
      { of: database, set: { "persistence.rdbEnabled": false }, at: "persistence" },
      { of: database, remove: ["persistence"], at: "persistence" },
      { of: cache, set: { enableNonSslPort: true }, at: "enableNonSslPort" },
      { of: cache, set: { minimumTlsVersion: "1.0" }, at: "minimumTlsVersion" },
      { of: cache, remove: ["minimumTlsVersion"], at: "minimumTlsVersion" },
      { of: cache, remove: ["publicNetworkAccess"], at: "publicNetworkAccess" },
      { of: cache, remove: ["disableAccessKeyAuthentication"], at: "disableAccessKeyAuthentication" },
    ],
    unknown: [
      "minimumTlsVersion",
      "publicNetworkAccess",
      "highAvailability",
      "encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl",
    ],
  });

  const tables = fixture("dr", TABLES);
  const registry = fixture("dr", REGISTRY);
  const ftp = fixture("dr", "azure-native:web:WebAppFtpAllowed");
  const container = fixture("dr", CONTAINER, "objects-container");
  provesResource(azureStoreRules, "az-storage-closed", {
    passes: [
      ...["objects-account", "lake-account", "flow-logs-storage", "audit-trail-storage-account"].map((name) =>
        fixture("dr", ACCOUNT, name),
      ),
      container,
      tables,
      registry,
      ftp,
      fixture("dr", "azure-native:web:WebAppScmAllowed"),
    ],
    alsoPasses: [
      { when: "defaults of Azure are taken", remove: ["allowBlobPublicAccess", "allowCrossTenantReplication"] },
      {
        when: "a perimeter keeps the internet out",
        set: { publicNetworkAccess: "SecuredByPerimeter" },
        remove: ["networkRuleSet"],
      },
      {
        when: "one office comes in",
        set: { publicNetworkAccess: "Enabled", "networkRuleSet.ipRules": [{ iPAddressOrRange: "203.0.113.0/24" }] },
      },
    ],
    fails: [
      { set: { allowBlobPublicAccess: true }, at: "allowBlobPublicAccess" },
      {
        set: { publicNetworkAccess: "Enabled", "networkRuleSet.defaultAction": "Allow" },
        at: "publicNetworkAccess",
      },
      { remove: ["publicNetworkAccess", "networkRuleSet"], at: "publicNetworkAccess" },
      {
        set: { "networkRuleSet.ipRules": [{ iPAddressOrRange: "0.0.0.0/1" }, { iPAddressOrRange: "128.0.0.0/1" }] },
        at: "networkRuleSet.ipRules",
      },
      { set: { allowSharedKeyAccess: true }, at: "allowSharedKeyAccess" },
      { set: { allowSharedKeyAccess: null }, at: "allowSharedKeyAccess" },
      { remove: ["allowSharedKeyAccess"], at: "allowSharedKeyAccess" },
      { set: { allowCrossTenantReplication: true }, at: "allowCrossTenantReplication" },
      { of: container, set: { publicAccess: "Blob" }, at: "publicAccess" },
      { of: container, set: { publicAccess: "Container" }, at: "publicAccess" },
      { of: tables, remove: ["disableLocalAuth"], at: "disableLocalAuth" },
      { of: tables, set: { disableLocalAuth: false }, at: "disableLocalAuth" },
      { of: registry, set: { adminUserEnabled: true }, at: "adminUserEnabled" },
      { of: registry, set: { anonymousPullEnabled: true }, at: "anonymousPullEnabled" },
      { set: { isLocalUserEnabled: true }, at: "isLocalUserEnabled" },
      { of: ftp, set: { allow: true }, at: "allow" },
      { of: fixture("dr", "azure-native:web:WebAppScmAllowed"), remove: ["allow"], at: "allow" },
    ],
    unknown: [
      "allowBlobPublicAccess",
      "publicNetworkAccess",
      "networkRuleSet.ipRules",
      "allowSharedKeyAccess",
      "allowCrossTenantReplication",
      "isLocalUserEnabled",
    ],
  });

  const models = fixture("dr", MODELS);
  const app = fixture("dr", APP);
  provesResource(azureStoreRules, "az-storage-tls-cmk", {
    passes: [
      ...["objects-account", "machine-learning-storage-account", "functions-storage-account"].map((name) =>
        fixture("dr", ACCOUNT, name),
      ),
      tables,
      registry,
      models,
      app,
    ],
    alsoPasses: [
      { when: "encryption on the way is left to Azure's default", remove: ["enableHttpsTrafficOnly"] },
      { when: "tables take Azure's version of TLS", of: tables, remove: ["minimalTlsVersion"] },
    ],
    fails: [
      { set: { enableHttpsTrafficOnly: false }, at: "enableHttpsTrafficOnly" },
      { set: { minimumTlsVersion: "TLS1_1" }, at: "minimumTlsVersion" },
      { remove: ["minimumTlsVersion"], at: "minimumTlsVersion" },
      { set: { "encryption.keySource": "Microsoft.Storage" }, at: "encryption.keySource" },
      { remove: ["encryption"], at: ["encryption.keySource", "encryption.requireInfrastructureEncryption"] },
      {
        set: { "encryption.requireInfrastructureEncryption": false },
        at: "encryption.requireInfrastructureEncryption",
      },
      { of: tables, set: { minimalTlsVersion: "Tls11" }, at: "minimalTlsVersion" },
      { of: tables, remove: ["keyVaultKeyUri"], at: "keyVaultKeyUri" },
      { of: tables, set: { keyVaultKeyUri: "" }, at: "keyVaultKeyUri" },
      { of: registry, set: { "encryption.status": "disabled" }, at: "encryption.status" },
      { of: registry, remove: ["encryption"], at: "encryption.status" },
      { of: models, set: { "encryption.status": "Disabled" }, at: "encryption.status" },
      { of: app, set: { httpsOnly: false }, at: "httpsOnly" },
      { of: app, remove: ["httpsOnly"], at: "httpsOnly" },
      { of: app, set: { "siteConfig.minTlsVersion": "1.0" }, at: "siteConfig.minTlsVersion" },
    ],
    unknown: [
      "enableHttpsTrafficOnly",
      "minimumTlsVersion",
      "encryption.keySource",
      "encryption.requireInfrastructureEncryption",
    ],
  });

  const objects = `${ACCOUNT} objects-account`;
  const lake = `${ACCOUNT} lake-account`;
  provesStack(azureStoreRules, "az-storage-recoverable", {
    of: "dr",
    // Accounts of services have no soft delete yet.
    with: (stack) =>
      ["flow-logs-storage", "functions-storage-account", "machine-learning-storage-account"].reduce(
        (made, name) =>
          made.add(BLOBS, `${name}-recovery`, {
            inputs: {
              accountName: stack.one(ACCOUNT, name).inputs["accountName"] ?? "",
              deleteRetentionPolicy: { enabled: true, days: 7 },
              containerDeleteRetentionPolicy: { enabled: true, days: 7 },
            },
            from: { accountName: [`${ACCOUNT} ${name}`] },
          }),
        stack,
      ),
    alsoPasses: [
      {
        when: "an account goes back to any moment by itself",
        change: (stack) =>
          change(BLOBS, "objects-versioning", {
            restorePolicy: { enabled: true, days: 29 },
            changeFeed: { enabled: true },
          })(stack.dropAll(BACKUP)),
      },
      {
        when: "a development stack has one copy and no backup",
        stack: { class: "development" },
        change: (stack) => change(ACCOUNT, "objects-account", { "sku.name": "Standard_LRS" })(stack.dropAll(BACKUP)),
      },
      {
        when: "the copy elsewhere can be read",
        change: change(ACCOUNT, "lake-account", { "sku.name": "Standard_RAGRS" }),
      },
    ],
    fails: [
      {
        when: "nothing is kept of what is deleted",
        change: (stack) => stack.drop(BLOBS, "lake-recovery"),
        violated: [lake, lake],
      },
      {
        when: "an account of objects has none of it",
        change: (stack) => stack.drop(BLOBS, "objects-versioning"),
        violated: [objects, objects, objects],
      },
      {
        when: "soft delete is off",
        change: change(BLOBS, "objects-versioning", { "deleteRetentionPolicy.enabled": false }),
        violated: [objects],
      },
      {
        when: "deleted objects go after six days",
        change: change(BLOBS, "objects-versioning", { "deleteRetentionPolicy.days": 6 }),
        violated: [objects],
      },
      {
        when: "the days of deleted containers are not said",
        change: without(BLOBS, "objects-versioning", "containerDeleteRetentionPolicy.days"),
        violated: [objects],
      },
      {
        when: "there are no versions",
        change: without(BLOBS, "objects-versioning", "isVersioningEnabled"),
        violated: [objects],
      },
      {
        when: "there is no backup",
        change: (stack) => stack.drop(BACKUP, "backup-vaults-objects-objects"),
        violated: [objects],
      },
      {
        when: "there is no feed of changes to go back by",
        change: (stack) =>
          change(BLOBS, "objects-versioning", { restorePolicy: { enabled: true, days: 29 } })(
            stack.drop(BACKUP, "backup-vaults-objects-objects"),
          ),
        violated: [objects],
      },
      {
        when: "there is no copy in another region",
        change: change(ACCOUNT, "lake-account", { "sku.name": "Standard_ZRS" }),
        violated: [`${lake} sku.name`],
      },
      {
        when: "more days are asked for",
        settings: { minimumDays: 30 },
        change: (stack) =>
          ["flow-logs-storage", "functions-storage-account", "machine-learning-storage-account"].reduce(
            (made, name) => made.drop(ACCOUNT, name).drop(BLOBS, `${name}-recovery`),
            stack.drop(ACCOUNT, "audit-trail-storage-account").drop(BLOBS, "audit-trail-versions"),
          ),
        violated: [lake, lake],
      },
    ],
    undecided: [
      {
        when: "nobody can tell whose the properties are",
        change: (stack) => unknown(stack, BLOBS, "lake-recovery", "accountName"),
        of: [lake],
      },
      {
        when: "the days are not known yet",
        change: (stack) => unknown(stack, BLOBS, "objects-versioning", "deleteRetentionPolicy.days"),
        of: [objects],
      },
      {
        when: "the SKU is not known yet",
        change: (stack) => unknown(stack, ACCOUNT, "lake-account", "sku.name"),
        of: [lake],
      },
    ],
  });
});
