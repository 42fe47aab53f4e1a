import { at } from "../deployed";
import { because, is, list, number, type Holds, type StoreFacts } from "./facts";

const itsAccount = because("that of its account");
const itsServer = because("that of its server");
const itsCluster = because("that of its cluster");
const itsVault = because("that of its vault");
const byHttps = because("the service answers over HTTPS alone");
const noData = because("what it holds is elsewhere too");
const rebuilt = because("it is made again from the commit");

/** A lock of Azure on a resource, which keeps all that is in it too. */
const locked: Holds = ({ id }, stack) =>
  stack
    .ofType("azure-native:authorization:ManagementLockByScope")
    .some(({ inputs }) => inputs["scope"] === id && inputs["level"] === "CanNotDelete");

const isDisabled: Holds = ({ inputs }) => inputs["publicNetworkAccess"] === "Disabled";

/** Whether a private endpoint leads to a resource. */
const hasEndpoint: Holds = ({ id }, stack) =>
  stack
    .ofType("azure-native:network:PrivateEndpoint")
    .some(({ inputs }) => at(inputs, "privateLinkServiceConnections.0.privateLinkServiceId") === id);

const both =
  (...all: readonly Holds[]): Holds =>
  (resource, stack) =>
    all.every((holds) => holds(resource, stack));

/** A parameter of a server of PostgreSQL. */
const setTo =
  (name: string, value: string): Holds =>
  ({ outputs }, stack) =>
    stack
      .ofType("azure-native:dbforpostgresql:Configuration")
      .some(
        ({ inputs }) =>
          inputs["serverName"] === outputs["name"] && inputs["configurationName"] === name && inputs["value"] === value,
      );

/** Recovery of what is deleted from an account, and versions where it can have them. */
const recovers: Holds = ({ inputs, outputs }, stack) =>
  stack
    .ofType("azure-native:storage:BlobServiceProperties")
    .some(
      (properties) =>
        properties.inputs["accountName"] === outputs["name"] &&
        at(properties.inputs, "deleteRetentionPolicy.enabled") === true &&
        number(at(properties.inputs, "deleteRetentionPolicy.days")) >= 7 &&
        (inputs["isHnsEnabled"] === true || properties.inputs["isVersioningEnabled"] === true),
    );

/** Whether a workspace takes what the sensor of a cluster writes, and no log of a resource. */
const isOfSensor: Holds = ({ id }, stack) =>
  stack
    .ofType("azure-native:containerservice:ManagedCluster")
    .some(({ inputs }) => at(inputs, "securityProfile.defender.logAnalyticsWorkspaceResourceId") === id) &&
  stack.ofType("azure-native:monitor:DiagnosticSetting").every(({ inputs }) => inputs["workspaceId"] !== id);

const under =
  (...components: readonly string[]): Holds =>
  ({ parent }) =>
    components.some((component) => parent?.includes(`${component}::`));

const inAccount = {
  encrypted: itsAccount,
  isPrivate: itsAccount,
  tls: itsAccount,
  engine: "asked",
  cloud: itsAccount,
  backedUp: itsAccount,
} as const satisfies StoreFacts;

/** Types of Azure that keep data. */
export const azureStores: Readonly<Record<string, StoreFacts>> = {
  "azure-native:dbforpostgresql:Server": {
    encrypted: ({ inputs }) =>
      at(inputs, "dataEncryption.type") === "AzureKeyVault" &&
      is(at(inputs, "dataEncryption.primaryKeyURI")) &&
      is(at(inputs, "dataEncryption.primaryUserAssignedIdentityId")),
    isPrivate: ({ inputs }) =>
      is(at(inputs, "network.delegatedSubnetResourceId")) && is(at(inputs, "network.privateDnsZoneArmResourceId")),
    tls: both(setTo("require_secure_transport", "on"), setTo("ssl_min_protocol_version", "TLSv1.3")),
    engine: "asked",
    cloud: locked,
    backedUp: ({ id, inputs }, stack) =>
      inputs["createMode"] === "Replica" ||
      (number(at(inputs, "backup.backupRetentionDays")) >= 7 &&
        stack
          .ofType("azure-native:dataprotection:BackupInstance")
          .some((instance) => at(instance.inputs, "properties.dataSourceInfo.resourceID") === id)),
  },
  "azure-native:dbforpostgresql:Database": {
    encrypted: itsServer,
    isPrivate: itsServer,
    tls: itsServer,
    engine: "asked",
    cloud: itsServer,
    backedUp: itsServer,
  },
  "azure-native:redisenterprise:RedisEnterprise": {
    encrypted: ({ inputs }) => is(at(inputs, "encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl")),
    isPrivate: both(isDisabled, hasEndpoint),
    tls: ({ inputs }) => inputs["minimumTlsVersion"] === "1.2",
    engine: "asked",
    cloud: locked,
    backedUp: because("its database is written to disk"),
  },
  "azure-native:redisenterprise:Database": {
    encrypted: itsCluster,
    isPrivate: itsCluster,
    tls: ({ inputs }) => inputs["clientProtocol"] === "Encrypted",
    engine: "asked",
    cloud: itsCluster,
    backedUp: ({ inputs }) => at(inputs, "persistence.rdbEnabled") === true,
  },
  "azure-native:mongocluster:MongoCluster": {
    // A key of one's own takes a later version of the API than 2024-07-01, which the SDK has:
    // https://learn.microsoft.com/azure/documentdb/faq
    encrypted: because("the service encrypts by a key of Azure's"),
    isPrivate: both(({ inputs }) => at(inputs, "properties.publicNetworkAccess") === "Disabled", hasEndpoint),
    tls: because("the service answers over TLS alone"),
    engine: "asked",
    cloud: locked,
    // https://learn.microsoft.com/azure/cosmos-db/mongodb/vcore/how-to-restore-cluster
    backedUp: because("the service keeps backups of 35 days by itself"),
  },
  "azure-native:cosmosdb:DatabaseAccount": {
    encrypted: ({ inputs }) => is(inputs["keyVaultKeyUri"]) && is(inputs["defaultIdentity"]),
    isPrivate: both(isDisabled, hasEndpoint, ({ inputs }) => inputs["disableLocalAuth"] === true),
    tls: ({ inputs }) => inputs["minimalTlsVersion"] === "Tls12",
    engine: "asked",
    cloud: locked,
    backedUp: ({ inputs }) => at(inputs, "backupPolicy.type") === "Continuous",
  },
  "azure-native:cosmosdb:SqlResourceSqlDatabase": inAccount,
  "azure-native:cosmosdb:SqlResourceSqlContainer": inAccount,
  "azure-native:storage:StorageAccount": {
    encrypted: ({ inputs }) =>
      at(inputs, "encryption.keySource") === "Microsoft.Keyvault" &&
      is(at(inputs, "encryption.keyVaultProperties.keyName")) &&
      at(inputs, "encryption.requireInfrastructureEncryption") === true,
    isPrivate: (account, stack) =>
      account.inputs["allowBlobPublicAccess"] === false &&
      account.inputs["allowSharedKeyAccess"] === false &&
      at(account.inputs, "networkRuleSet.defaultAction") === "Deny" &&
      // Azure itself writes records from outside the network: https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings
      (both(isDisabled, hasEndpoint)(account, stack) ||
        under("platform:azure:FlowLogs", "platform:azure:AuditTrail$platform:azure:ServiceStorage")(account, stack)),
    tls: ({ inputs }) => inputs["enableHttpsTrafficOnly"] === true && inputs["minimumTlsVersion"] === "TLS1_2",
    engine: "asked",
    cloud: locked,
    backedUp: recovers,
    // Logs that are read elsewhere, packages, and what training writes on its way. All of them are protected by the engine.
    madeAgain: under(
      "platform:azure:FlowLogs",
      "platform:azure:FunctionRuntime$platform:azure:ServiceStorage",
      "platform:azure:MachineLearning$platform:azure:ServiceStorage",
    ),
  },
  "azure-native:storage:BlobContainer": {
    ...inAccount,
    isPrivate: ({ inputs }) => inputs["publicAccess"] === "None",
    madeAgain: under("platform:azure:FunctionRuntime"),
  },
  "azure-native:containerregistry:Registry": {
    encrypted: ({ inputs }) =>
      at(inputs, "encryption.status") === "enabled" && is(at(inputs, "encryption.keyVaultProperties.keyIdentifier")),
    isPrivate: both(
      isDisabled,
      hasEndpoint,
      ({ inputs }) => inputs["adminUserEnabled"] === false && inputs["anonymousPullEnabled"] === false,
    ),
    tls: byHttps,
    engine: "asked",
    cloud: because("images are built again from the commit"),
    backedUp: rebuilt,
  },
  "azure-native:keyvault:Vault": {
    encrypted: because("Key Vault encrypts by keys of its own hardware"),
    isPrivate: both(
      ({ inputs }) =>
        at(inputs, "properties.publicNetworkAccess") === "disabled" &&
        at(inputs, "properties.networkAcls.defaultAction") === "Deny" &&
        at(inputs, "properties.enableRbacAuthorization") === true,
      hasEndpoint,
    ),
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) =>
      at(inputs, "properties.enablePurgeProtection") === true &&
      at(inputs, "properties.softDeleteRetentionInDays") === 30,
    backedUp: because("Azure copies it to the paired region"),
  },
  "azure-native:keyvault:Key": {
    encrypted: because("it is what the others are encrypted with"),
    isPrivate: itsVault,
    tls: itsVault,
    engine: "asked",
    cloud: itsVault,
    backedUp: itsVault,
  },
  "azure-native:keyvault:Secret": {
    encrypted: itsVault,
    isPrivate: itsVault,
    tls: itsVault,
    engine: "asked",
    cloud: itsVault,
    backedUp: itsVault,
  },
  "azure-native:dataprotection:BackupVault": {
    encrypted: ({ inputs }) =>
      at(inputs, "properties.securitySettings.encryptionSettings.state") === "Enabled" &&
      is(at(inputs, "properties.securitySettings.encryptionSettings.keyVaultProperties.keyUri")),
    isPrivate: because("backups have no address: services of Azure read and write them"),
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) =>
      is(at(inputs, "properties.securitySettings.immutabilitySettings.state")) &&
      at(inputs, "properties.securitySettings.immutabilitySettings.state") !== "Disabled" &&
      at(inputs, "properties.securitySettings.softDeleteSettings.state") === "On",
    backedUp: ({ inputs }) => at(inputs, "properties.storageSettings.0.type") === "GeoRedundant",
  },
  "azure-native:operationalinsights:Workspace": {
    // https://learn.microsoft.com/azure/azure-monitor/logs/customer-managed-keys
    encrypted: because("a key of one's own takes a cluster of Log Analytics with at least 100 GB a day"),
    // The sensor of Defender knows no log-in but the key of a workspace, and so has one of its own.
    isPrivate: (workspace, stack) =>
      at(workspace.inputs, "features.disableLocalAuth") === true || isOfSensor(workspace, stack),
    tls: byHttps,
    engine: "asked",
    cloud: because("a deleted workspace can be brought back for 14 days"),
    backedUp: because("what must be kept is in accounts of its own"),
  },
  "azure-native:machinelearningservices:Workspace": {
    encrypted: ({ inputs }) =>
      at(inputs, "encryption.status") === "Enabled" &&
      is(at(inputs, "encryption.keyVaultProperties.keyIdentifier")) &&
      inputs["hbiWorkspace"] === true,
    isPrivate: both(
      isDisabled,
      hasEndpoint,
      ({ inputs }) => at(inputs, "managedNetwork.isolationMode") === "AllowOnlyApprovedOutbound",
    ),
    tls: byHttps,
    engine: "asked",
    cloud: because("a deleted workspace can be brought back for 14 days"),
    backedUp: rebuilt,
  },
  "azure-native:machinelearningservices:ModelContainer": {
    encrypted: because("that of its workspace"),
    isPrivate: because("that of its workspace"),
    tls: because("that of its workspace"),
    engine: "asked",
    cloud: because("that of its workspace"),
    backedUp: rebuilt,
  },
  "azure-native:containerservice:ManagedCluster": {
    encrypted: ({ inputs }) =>
      at(inputs, "securityProfile.azureKeyVaultKms.enabled") === true &&
      is(at(inputs, "securityProfile.azureKeyVaultKms.keyId")) &&
      is(inputs["diskEncryptionSetID"]) &&
      list(inputs["agentPoolProfiles"]).every((pool) => at(pool, "enableEncryptionAtHost") === true),
    isPrivate: ({ inputs }) =>
      (at(inputs, "apiServerAccessProfile.enablePrivateCluster") === true &&
        at(inputs, "apiServerAccessProfile.enablePrivateClusterPublicFQDN") === false) ||
      is(at(inputs, "apiServerAccessProfile.authorizedIPRanges.0")),
    tls: byHttps,
    engine: "asked",
    cloud: locked,
    backedUp: because("what is in it is made again by the program"),
  },
  "azure-native:containerservice:AgentPool": {
    encrypted: ({ inputs }) => inputs["enableEncryptionAtHost"] === true,
    isPrivate: because("the facts of what has no address say it"),
    tls: because("nothing of it listens"),
    engine: noData,
    cloud: noData,
    backedUp: noData,
  },
  "azure-native:web:WebApp": {
    encrypted: because("its packages are in an account of the site, and it takes no key for its settings"),
    isPrivate: both(isDisabled, hasEndpoint),
    tls: ({ inputs }) => inputs["httpsOnly"] === true && at(inputs, "siteConfig.minTlsVersion") === "1.3",
    engine: rebuilt,
    cloud: rebuilt,
    backedUp: rebuilt,
  },
  "azure-native:azureactivedirectory:CIAMTenant": {
    encrypted: because("Microsoft Entra encrypts by a key of its own and takes no other"),
    isPrivate: because("people log in from the internet"),
    tls: byHttps,
    engine: "asked",
    cloud: because("a tenant with users cannot be deleted"),
    backedUp: because("Microsoft Entra keeps it in other regions and has no backups"),
  },
  "azure-native:dns:Zone": {
    encrypted: because("what is in it is public"),
    isPrivate: because("what is in it is public"),
    tls: because("what is in it is public"),
    engine: "asked",
    cloud: because("what is in it is made again by the program"),
    backedUp: because("it is made again by the program"),
  },
};
