import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/azure/text";
import { ground, identity, keyUri, type Ground } from "./service-ground";
import { block, refused, subnet, SUBSCRIPTION } from "./support";

const REGISTRY = "containerregistry:Registry";
const PLAN = "web:AppServicePlan";
const APP = "web:WebApp";
const WORKSPACE = "operationalinsights:Workspace";

function storage({ create }: Ground, name = "platformstore", more: Properties = {}) {
  return create("storage:StorageAccount", name, {
    accountName: name,
    kind: "StorageV2",
    sku: { name: "Standard_ZRS" },
    ...more,
  });
}

describe("Azure Container Registry", () => {
  const registry = (more: Properties = {}): Properties => ({
    registryName: "platformimages",
    sku: { name: "Premium" },
    adminUserEnabled: false,
    publicNetworkAccess: "Disabled",
    zoneRedundancy: "Enabled",
    ...more,
  });

  it("has a login server, and the admin user off", () => {
    const { outputs } = ground().create(REGISTRY, "images", registry());
    assert.equal(outputs["loginServer"], "platformimages.azurecr.io");
    assert.equal(outputs["adminUserEnabled"], false);
    assert.deepEqual(block(outputs["sku"]), { name: "Premium", tier: "Premium" });
  });

  it("refuses what Premium alone has, places without zones, and a name in use", () => {
    const on = ground();
    const make = (more: Properties) => () => on.create(REGISTRY, "i", registry(more));
    const standard = { sku: { name: "Standard" }, zoneRedundancy: "Disabled", publicNetworkAccess: "Enabled" };
    refused(make({ ...standard, publicNetworkAccess: "Disabled" }), "SkuNotSupported", /Premium SKU/);
    refused(make({ ...standard, zoneRedundancy: "Enabled" }), "SkuNotSupported", /Zone redundancy/);
    refused(
      make({ ...standard, policies: { retentionPolicy: { status: "enabled" } } }),
      "SkuNotSupported",
      /retention/,
    );
    refused(make({ location: "westus" }), "ZoneRedundancyNotSupported", /westus/);
    assert.deepEqual(on.refusing(REGISTRY, registry({ registryName: "platform-images" })), ["registryName"]);
    assert.deepEqual(
      on.refusing(
        REGISTRY,
        registry({ publicNetworkAccess: "Enabled", policies: { exportPolicy: { status: "disabled" } } }),
      ),
      ["policies.exportPolicy.status"],
    );
    make({})();
    on.subscription.group("other");
    refused(
      make({ resourceGroupName: "other", registryName: "PlatformImages" }),
      "AlreadyInUse",
      /platformimages\.azurecr\.io/,
    );
  });

  it("caches the upstreams that it knows, and encrypts from the start or never", () => {
    const on = ground();
    const made = on.create(REGISTRY, "images", registry());
    const rule = (name: string, sourceRepository: string) =>
      on.create("containerregistry:CacheRule", name, {
        registryName: "platformimages",
        cacheRuleName: name,
        sourceRepository,
        targetRepository: sourceRepository.replace(/^[^/]+\//, ""),
      });
    rule("quay", "quay.io/strimzi/kafka");
    refused(() => rule("hub", "docker.io/library/redis"), "InvalidSourceRepository", /credential set/);
    refused(
      () => rule("own", "111122223333.dkr.ecr.us-west-2.amazonaws.com/shop"),
      "InvalidSourceRepository",
      /cannot read/,
    );
    refused(() => rule("again", "ghcr.io/strimzi/kafka"), "Conflict");
    const key: Properties = {
      status: "enabled",
      keyVaultProperties: { keyIdentifier: keyUri(on), identity: "client" },
    };
    refused(() => on.subscription.update(made, { encryption: key }), "EncryptionCannotBeChanged");
    const user = identity(on);
    const own = { registryName: "encrypted", encryption: key };
    refused(() => on.create(REGISTRY, "e", registry(own)), "InvalidParameterValue", /user-assigned/);
    on.create(
      REGISTRY,
      "e",
      registry({ ...own, identity: { type: "UserAssigned", userAssignedIdentities: { [user.id]: {} } } }),
    );
  });
});

describe("Azure Functions", () => {
  const flex: Properties = {
    name: "functions",
    reserved: true,
    kind: "functionapp",
    sku: { name: "FC1", tier: "FlexConsumption" },
  };

  it("needs a delegated subnet, a deployment storage and a runtime on Flex Consumption", () => {
    const on = ground();
    const store = storage(on);
    const plan = on.create(PLAN, "functions", flex);
    const apps = subnet(on.subscription, "apps", "10.0.4.0/24", {
      delegations: [{ name: "apps", serviceName: "Microsoft.App/environments" }],
    });
    const plain = subnet(on.subscription, "plain", "10.0.5.0/24");
    const config = (account: string): Properties => ({
      deployment: {
        storage: {
          type: "blobContainer",
          value: `https://${account}.blob.core.windows.net/packages`,
          authentication: { type: "SystemAssignedIdentity" },
        },
      },
      runtime: { name: "node", version: "22" },
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 },
    });
    const app = (more: Properties = {}): Properties => ({
      name: "platform-events",
      kind: "functionapp,linux",
      serverFarmId: plan.id,
      virtualNetworkSubnetId: apps.id,
      functionAppConfig: config("platformstore"),
      httpsOnly: true,
      ...more,
    });
    const make = (more: Properties) => () => on.create(APP, "events", app(more));
    refused(make({ functionAppConfig: undefined }), "BadRequest", /functionAppConfig/);
    refused(make({ functionAppConfig: config("nobodysstore") }), "BadRequest", /nobodysstore/);
    refused(make({ virtualNetworkSubnetId: plain.id }), "BadRequest", /Microsoft\.App\/environments/);
    refused(make({ serverFarmId: `${plan.id}-gone` }), "NotFound", /ServerFarm/);
    refused(make({ location: "westus3" }), "BadRequest", /one region/);
    const made = on.create(APP, "events", app());
    assert.equal(made.outputs["defaultHostName"], "platform-events.azurewebsites.net");
    assert.match(store.id, /storageAccounts\/platformstore$/);
    refused(
      () => {
        on.subscription.delete(plan);
      },
      "Conflict",
      /web app/,
    );
  });

  it("refuses SKUs that are none, and zones that the tier or the region does not have", () => {
    const on = ground();
    assert.deepEqual(on.refusing(PLAN, { name: "p", sku: { name: "EP9" } }), ["sku.name"]);
    assert.deepEqual(on.refusing(PLAN, { name: "p", sku: { name: "EP1", tier: "Premium" } }), ["sku.tier"]);
    assert.deepEqual(on.refusing(PLAN, { name: "p", sku: { name: "FC1" } }), ["reserved"]);
    refused(() => on.create(PLAN, "p", { name: "p", sku: { name: "B1" }, zoneRedundant: true }), "BadRequest", /Basic/);
    refused(
      () => on.create(PLAN, "p", { name: "p", location: "westus", sku: { name: "EP1" }, zoneRedundant: true }),
      "BadRequest",
      /no availability zones/,
    );
    assert.equal(
      block(on.create(PLAN, "p", { name: "p", sku: { name: "EP1" } }).outputs["sku"])["tier"],
      "ElasticPremium",
    );
  });
});

describe("Azure Monitor", () => {
  const workspace = ({ create }: Ground, more: Properties = {}) =>
    create(WORKSPACE, "logs", {
      workspaceName: "platform-logs",
      sku: { name: "PerGB2018" },
      retentionInDays: 90,
      ...more,
    });

  it("keeps logs for 30 to 730 days, and traces in a workspace", () => {
    const on = ground();
    assert.deepEqual(on.refusing(WORKSPACE, { workspaceName: "platform-logs", retentionInDays: 7 }), [
      "retentionInDays",
    ]);
    const logs = workspace(on);
    assert.match(text(logs.outputs["customerId"]) ?? "", /^[0-9a-f-]{36}$/);
    const traces = (more: Properties = {}) =>
      on.create("applicationinsights:Component", "traces", {
        resourceName: "traces",
        kind: "web",
        applicationType: "web",
        ...more,
      });
    refused(() => traces(), "BadRequest", /workspaceResourceId/);
    refused(() => traces({ workspaceResourceId: `${logs.id}-gone` }), "BadRequest", /does not exist/);
    assert.match(
      text(traces({ workspaceResourceId: logs.id }).outputs["connectionString"]) ?? "",
      /^InstrumentationKey=[0-9a-f-]{36};/,
    );
  });

  it("alerts on resources that exist, in windows that Azure has", () => {
    const on = ground();
    const store = storage(on);
    const group = on.create("monitor:ActionGroup", "team", {
      actionGroupName: "team",
      groupShortName: "team",
      enabled: true,
      location: "global",
      emailReceivers: [{ name: "team", emailAddress: "team@example.com" }],
    });
    const alert = (more: Properties = {}): Properties => ({
      ruleName: "errors",
      location: "global",
      enabled: true,
      severity: 1,
      evaluationFrequency: "PT1M",
      windowSize: "PT5M",
      scopes: [store.id],
      actions: [{ actionGroupId: group.id }],
      criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [
          {
            criterionType: "StaticThresholdCriterion",
            name: "errors",
            metricName: "Availability",
            operator: "LessThan",
            threshold: 99,
            timeAggregation: "Average",
          },
        ],
      },
      ...more,
    });
    const ALERT = "monitor:MetricAlert";
    assert.deepEqual(on.refusing(ALERT, alert({ windowSize: "PT2M" })), ["windowSize"]);
    assert.deepEqual(on.refusing(ALERT, alert({ evaluationFrequency: "PT15M" })), ["windowSize"]);
    assert.deepEqual(on.refusing(ALERT, alert({ severity: 5 })), ["severity"]);
    refused(() => on.create(ALERT, "a", alert({ scopes: [`${store.id}-gone`] })), "ResourceNotFound");
    refused(
      () => on.create(ALERT, "a", alert({ actions: [{ actionGroupId: `${group.id}-gone` }] })),
      "BadRequest",
      /action group/,
    );
    on.create(ALERT, "a", alert());
  });

  it("sends the logs of what exists somewhere", () => {
    const on = ground();
    const store = storage(on);
    const logs = workspace(on);
    const SETTING = "monitor:DiagnosticSetting";
    const setting = (more: Properties = {}): Properties => ({
      name: "logs",
      resourceUri: `${store.id}/blobServices/default`,
      workspaceId: logs.id,
      logs: [{ categoryGroup: "audit", enabled: true }],
      ...more,
      resourceGroupName: undefined,
    });
    assert.deepEqual(on.refusing(SETTING, setting({ workspaceId: undefined })), ["workspaceId"]);
    assert.deepEqual(on.refusing(SETTING, setting({ logs: [] })), ["logs"]);
    assert.deepEqual(on.refusing(SETTING, setting({ logs: [{ enabled: true }] })), ["logs[0]"]);
    refused(() => on.create(SETTING, "s", setting({ resourceUri: `${store.id}-gone` })), "ResourceNotFound");
    const made = on.create(SETTING, "s", setting());
    assert.match(made.id, /blobServices\/default\/providers\/Microsoft\.Insights\/diagnosticSettings\/logs$/);
  });
});

describe("Azure Machine Learning", () => {
  it("stands on a storage account, a vault and a registry that fit", () => {
    const on = ground();
    const store = storage(on);
    const lake = storage(on, "platformlake", { isHnsEnabled: true });
    keyUri(on);
    const vault = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/keys-kept`;
    const images = on.create(REGISTRY, "images", { registryName: "platformimages", sku: { name: "Standard" } });
    const workspace = (more: Properties = {}) =>
      on.create("machinelearningservices:Workspace", "ml", {
        workspaceName: "platform-ml",
        identity: { type: "SystemAssigned" },
        storageAccount: store.id,
        keyVault: vault,
        publicNetworkAccess: "Disabled",
        ...more,
      });
    refused(() => workspace({ keyVault: undefined }), "ValidationError", /keyVault/);
    refused(() => workspace({ identity: undefined }), "ValidationError", /managed identity/);
    refused(() => workspace({ storageAccount: lake.id }), "ValidationError", /hierarchical/);
    refused(() => workspace({ storageAccount: `${store.id}-gone` }), "ValidationError", /does not exist/);
    refused(() => workspace({ containerRegistry: images.id }), "ValidationError", /Premium/);
    assert.match(text(workspace().outputs["workspaceId"]) ?? "", /^[0-9a-f-]{36}$/);
  });
});

describe("Azure Backup", () => {
  const VAULT = "dataprotection:BackupVault";
  const vault = (more: Properties = {}, security: Properties = {}): Properties => ({
    vaultName: "platform-backups",
    identity: { type: "SystemAssigned" },
    properties: {
      storageSettings: [{ datastoreType: "VaultStore", type: "GeoRedundant" }],
      securitySettings: {
        softDeleteSettings: { state: "On", retentionDurationInDays: 14 },
        immutabilitySettings: { state: "Unlocked" },
        ...security,
      },
      ...more,
    },
  });

  it("does not unlock, shorten or empty what it keeps", () => {
    const on = ground();
    assert.deepEqual(
      on.refusing(VAULT, vault({}, { softDeleteSettings: { state: "On", retentionDurationInDays: 7 } })),
      ["properties.securitySettings.softDeleteSettings.retentionDurationInDays"],
    );
    const made = on.create(VAULT, "backups", vault());
    on.subscription.update(made, vault({}, { immutabilitySettings: { state: "Locked" } }));
    const locked = { ...made, inputs: { ...made.inputs, ...vault({}, { immutabilitySettings: { state: "Locked" } }) } };
    refused(() => on.subscription.update(locked, vault()), "UserErrorImmutabilityLocked", /cannot be undone/);
  });

  it("protects what exists, once, by a policy for its kind, and is kept while it does", () => {
    const on = ground();
    const owner = on.create(VAULT, "backups", vault());
    const store = storage(on);
    const type = "Microsoft.Storage/storageAccounts/blobServices";
    const policy = (name: string, datasource: string) =>
      on.create("dataprotection:BackupPolicy", name, {
        vaultName: "platform-backups",
        backupPolicyName: name,
        properties: {
          objectType: "BackupPolicy",
          datasourceTypes: [datasource],
          policyRules: [
            {
              objectType: "AzureRetentionRule",
              name: "Default",
              isDefault: true,
              lifecycles: [
                {
                  deleteAfter: { objectType: "AbsoluteDeleteOption", duration: "P35D" },
                  sourceDataStore: { dataStoreType: "OperationalStore", objectType: "DataStoreInfoBase" },
                },
              ],
            },
          ],
        },
      });
    const blobs = policy("blobs", type);
    const disks = policy("disks", "Microsoft.Compute/disks");
    const protect = (name: string, policyId: string, resourceID = store.id) =>
      on.create("dataprotection:BackupInstance", name, {
        vaultName: "platform-backups",
        backupInstanceName: name,
        properties: {
          objectType: "BackupInstance",
          friendlyName: name,
          dataSourceInfo: { resourceID, datasourceType: type, objectType: "Datasource" },
          policyInfo: { policyId },
        },
      });
    refused(() => protect("a", `${blobs.id}-gone`), "ResourceNotFound");
    refused(() => protect("a", disks.id), "UserErrorPolicyDatasourceMismatch");
    refused(() => protect("a", blobs.id, `${store.id}-gone`), "UserErrorDatasourceNotFound");
    const made = protect("a", blobs.id);
    refused(() => protect("b", blobs.id), "UserErrorAlreadyProtected");
    refused(() => {
      on.subscription.delete(blobs);
    }, "BackupPolicyInUse");
    refused(() => {
      on.subscription.delete(owner);
    }, "VaultNotEmpty");
    on.subscription.delete(made);
    on.subscription.delete(owner);
    assert.equal(on.subscription.has("azure-native:dataprotection:BackupPolicy", blobs.id), false);
  });
});

describe("Azure governance and tenants", () => {
  it("knows the plans of Defender for Cloud", () => {
    const { subscription } = ground();
    const PRICING = "azure-native:security:Pricing";
    const plan = (more: Properties): Properties => ({
      scopeId: SUBSCRIPTION.slice(1),
      pricingName: "VirtualMachines",
      pricingTier: "Standard",
      subPlan: "P2",
      ...more,
    });
    const reasons = (more: Properties) => Object.keys(subscription.reasons(PRICING, plan(more)));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ pricingName: "Lambdas", subPlan: undefined }), ["pricingName"]);
    assert.deepEqual(reasons({ subPlan: "P3" }), ["subPlan"]);
    const made = subscription.create(PRICING, "machines", plan({}));
    assert.equal(made.id, `${SUBSCRIPTION}/providers/Microsoft.Security/pricings/VirtualMachines`);
  });

  it("assigns policies that exist", () => {
    const { subscription } = ground();
    const ASSIGNMENT = "azure-native:authorization:PolicyAssignment";
    const assignment = (policyDefinitionId: string): Properties => ({
      policyAssignmentName: "baseline",
      scope: SUBSCRIPTION,
      policyDefinitionId,
    });
    const BASELINE = "/providers/Microsoft.Authorization/policySetDefinitions/1f3afdf9-d0c9-4c3d-847f-89da613e70a8";
    refused(
      () =>
        subscription.create(
          ASSIGNMENT,
          "b",
          assignment(`${SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/none`),
        ),
      "PolicyDefinitionNotFound",
    );
    const made = subscription.create(ASSIGNMENT, "b", assignment(BASELINE));
    assert.equal(made.outputs["enforcementMode"], "Default");
  });

  it("makes a tenant of Entra External ID in a place of the world, and none of Azure AD B2C", () => {
    const on = ground();
    const tenant = (more: Properties = {}): Properties => ({
      resourceName: "platformusers.onmicrosoft.com",
      location: "United States",
      sku: { name: "Base", tier: "A0" },
      createTenantProperties: { countryCode: "US", displayName: "Platform users" },
      ...more,
    });
    const CIAM = "azureactivedirectory:CIAMTenant";
    assert.deepEqual(on.refusing(CIAM, tenant({ createTenantProperties: { countryCode: "USA", displayName: "x" } })), [
      "createTenantProperties.countryCode",
    ]);
    const made = on.create(CIAM, "users", tenant());
    assert.match(made.id, /ciamDirectories\/platformusers\.onmicrosoft\.com$/);
    refused(
      () =>
        on.create("azureactivedirectory:B2CTenant", "old", {
          resourceName: "platformold.onmicrosoft.com",
          location: "United States",
          sku: { name: "PremiumP1", tier: "A0" },
        }),
      "Forbidden",
      /CIAMTenant/,
    );
  });
});
