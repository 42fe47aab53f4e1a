import type { Properties } from "../../offline/cloud/value";
import { all, count, every, is, lists, none, tells } from "./capabilities.proofs";
import { clusterCells, ends } from "./capabilities.azure.cluster";
import { clients, production, region, stages, zoneName, type Stage } from "./capabilities.azure.stages";
import { storeCells } from "./capabilities.azure.stores";
import type { CloudProofs, Holds } from "./capabilities.walk";
import { at, text } from "./deployed";

const key = "azure-native:keyvault:Key";
const vault = "azure-native:keyvault:Vault";
const registry = "azure-native:containerregistry:Registry";
const plan = "azure-native:security:Pricing";
const tenant = "azure-native:azureactivedirectory:CIAMTenant";
const backup = "azure-native:dataprotection:BackupInstance";
const rules = "azure-native:authorization:PolicyAssignment";
const diagnostics = "azure-native:monitor:DiagnosticSetting";

/** Vaults are in the site's region and none in another; all of a kind are in one of them. */
const keptHere =
  (type: string, resource: string): Holds =>
  (stack) =>
    all(
      count(vault, 3),
      every(vault, is("location", region)),
      every(type, is("vaultName", stack.input(resource, "vaultName"))),
    )(stack);

/** What Microsoft Graph makes in a tenant is made by nothing here. */
const nothingInTenant = none(/^(azuread|msgraph):|azureactivedirectory:(?!CIAMTenant)|conditionalaccess/i);

/** A kind of thing that the vault takes in, once. */
const backsUp = (datasource: string) => count(backup, 1, is("properties.dataSourceInfo.datasourceType", datasource));

const intoStorage = ({ storageAccountId }: Properties) => storageAccountId !== undefined;

/** A component that finds what is said; nothing is made but logs. */
const adopts = (type: string, found: (outputs: Properties) => boolean) =>
  all(tells(`platform:azure:${type}`, found), none(/^azure-native:(?!operationalinsights:Workspace$)/));

const cells = {
  ...clusterCells,
  ...storeCells,
  "images.immutable-tags": [
    production,
    count(
      registry,
      1,
      is("adminUserEnabled", false),
      is("anonymousPullEnabled", false),
      is("policies.retentionPolicy", { days: 14, status: "enabled" }),
      ({ policies }) => !/immutab|lock/i.test(JSON.stringify(policies)),
    ),
  ],
  "images.scanning": [
    production,
    all(
      count(
        plan,
        1,
        is("pricingName", "Containers"),
        is("pricingTier", "Standard"),
        is("extensions.0", { isEnabled: "True", name: "ContainerRegistriesVulnerabilityAssessments" }),
      ),
      count(registry, 1, is("networkRuleBypassOptions", "AzureServices")),
    ),
  ],
  "secrets.replicas": [production, keptHere("azure-native:keyvault:Secret", "secrets-vault-vault")],
  "keys.rotation": [
    production,
    all(
      count(key, 4),
      every(
        key,
        is("properties.rotationPolicy", {
          attributes: { expiryTime: "P2Y" },
          lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P1Y" } }],
        }),
      ),
    ),
  ],
  "keys.multi-region": [production, all(count(key, 4), keptHere(key, "keys-vault-vault"))],
  "functions.on-events": [
    production,
    all(
      count("azure-native:web:AppServicePlan", 1, is("sku.name", "FC1")),
      count(
        "azure-native:web:WebApp",
        1,
        lists("siteConfig.appSettings", "KAFKA_TOPIC", "events"),
        ends("virtualNetworkSubnetId", "/subnets/functions"),
        is("publicNetworkAccess", "Disabled"),
        is("functionAppConfig.deployment.storage.authentication.type", "UserAssignedIdentity"),
      ),
      every("azure-native:storage:StorageAccount", is("allowSharedKeyAccess", false)),
      count("azure-native:storage:Blob", 0, ({ containerName }) => text(containerName).startsWith("packages-")),
      none(/azure-native:web:WebApp(Function|.*Deploy|SourceControl)/i),
    ),
  ],
  "identity-provider.oidc": [
    "applications",
    all(
      count(tenant, 1, is("resourceName", "portfoliodr.onmicrosoft.com")),
      tells("platform:azure:IdentityProvider", is("clientIds", clients), ({ issuer }) =>
        /^https:\/\/([\da-f-]{36})\.ciamlogin\.com\/\1\/v2\.0$/.test(text(issuer)),
      ),
      nothingInTenant,
    ),
  ],
  "identity-provider.mfa": [
    production,
    all(
      count(tenant, 1, is("createTenantProperties", { countryCode: "US", displayName: "Portfolio" })),
      nothingInTenant,
    ),
  ],
  "machine-learning.automl": [
    production,
    all(
      count(
        "azure-native:machinelearningservices:Schedule",
        1,
        is("properties.isEnabled", false),
        is("properties.action.jobDefinition.jobs.train.type", "automl"),
      ),
      count("azure-native:machinelearningservices:ModelContainer", 1, is("name", "trained")),
    ),
  ],
  "telemetry.alarms": [
    production,
    all(
      count("azure-native:monitor:ActionGroup", 1, is("enabled", true)),
      count("azure-native:monitor:MetricAlert", 13),
      (stack) =>
        every(
          "azure-native:monitor:MetricAlert",
          is("enabled", true),
          is("actions", [{ actionGroupId: stack.id("alarms-group") }]),
        )(stack),
    ),
  ],
  "governance.threat-detection": [
    production,
    all(
      count(plan, 9),
      every(plan, is("pricingTier", "Standard"), is("enforce", "True")),
      count("azure-native:security:SecurityContact", 1, is("isEnabled", true), is("notificationsByRole.state", "On")),
    ),
  ],
  "governance.configuration-history": [
    production,
    all(
      count(rules, 2, is("enforcementMode", "Default"), (inputs) =>
        /^\/subscriptions\/[\da-f-]{36}$/.test(text(inputs["scope"])),
      ),
      // Microsoft's cloud security benchmark, and the foundations benchmark of CIS.
      ...["1f3afdf9-d0c9-4c3d-847f-89da613e70a8", "06f19060-9e68-4070-92ca-f15cc126059e"].map((id) =>
        count(rules, 1, ends("policyDefinitionId", `/policySetDefinitions/${id}`)),
      ),
      none(/resourcegraph|changeanalysis/i),
    ),
  ],
  "governance.audit-trail": [
    "locked",
    all(
      count(
        "azure-native:storage:StorageAccount",
        1,
        is("immutableStorageWithVersioning", {
          enabled: true,
          immutabilityPolicy: {
            allowProtectedAppendWrites: true,
            immutabilityPeriodSinceCreationInDays: 2190,
            state: "Locked",
          },
        }),
      ),
      count(diagnostics, 1, intoStorage),
      count(diagnostics, 1, intoStorage, is("logs.0", { category: "Administrative", enabled: true })),
    ),
  ],
  "backup.immutable-copy": [
    "backups",
    all(
      count(
        "azure-native:dataprotection:BackupVault",
        1,
        is("location", region),
        is("properties.securitySettings.immutabilitySettings.state", "Locked"),
        is("properties.storageSettings", [{ datastoreType: "VaultStore", type: "GeoRedundant" }]),
        is("properties.featureSettings.crossRegionRestoreSettings.state", "Enabled"),
      ),
      count(backup, 2),
      backsUp("Microsoft.Storage/storageAccounts/blobServices"),
      backsUp("Microsoft.DBforPostgreSQL/flexibleServers"),
      (stack) => count(backup, 0, is("properties.dataSourceInfo.resourceID", stack.id("lake-account")))(stack),
    ),
  ],
  "adopt.network": ["adoption", adopts("AdoptedNetwork", ends("networkId", "/virtualNetworks/portfolio-dr-network"))],
  "adopt.cluster": ["adoption", adopts("AdoptedCluster", is("clusterName", "portfolio-dr-aks"))],
  "adopt.zone": ["adoption", adopts("DnsZone", ends("zoneId", `/${zoneName}`))],
  "adopt.key": [
    "adoption",
    adopts("SiteKeys", (outputs) =>
      /^https:\/\/portfolio-dr-keys-\w+\.vault\.azure\.net\/keys\/data$/.test(text(at(outputs, "keyIds.data"))),
    ),
  ],
  "adopt.registry": [
    "adoption",
    adopts("AdoptedRegistry", (outputs) =>
      /^portfoliodrimages\w+\.azurecr\.io\/portfolio-dr\/services$/.test(text(at(outputs, "repositoryUrls.services"))),
    ),
  ],
} as const satisfies CloudProofs<Stage>["cells"];

/** What proves each cell of Azure. */
export const azureProofs: CloudProofs<Stage> = { title: "Azure", production, stages, cells };
