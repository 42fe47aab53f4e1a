import { azureIdentityRules } from "../../../../policies/rules/azure/identity";
import { changed, fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";
import { idOf, unknown } from "./changes";

const VAULT = "azure-native:keyvault:Vault";
const KEY = "azure-native:keyvault:Key";
const SECRET = "azure-native:keyvault:Secret";
const ASSIGNMENT = "azure-native:authorization:RoleAssignment";
const ROLE = "azure-native:authorization:RoleDefinition";
const DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting";
const ACCOUNT = "azure-native:storage:StorageAccount";
const BLOBS = "azure-native:storage:BlobServiceProperties";
const WORKSPACE = "azure-native:operationalinsights:Workspace";
const FLOW_LOG = "azure-native:network:FlowLog";
const CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential";

describe("rules on vaults, roles and identities of Azure", () => {
  provesResource(azureIdentityRules, "az-kv-hardened", {
    passes: ["keys-vault-vault", "secrets-vault-vault", "machine-learning-vault-vault"].map((name) =>
      fixture("dr", VAULT, name),
    ),
    alsoPasses: [
      { when: "Azure's period is taken", remove: ["properties.softDeleteRetentionInDays"] },
      { when: "Azure switches soft delete on", remove: ["properties.enableSoftDelete"] },
      {
        when: "the stack is for development",
        stack: { class: "development" },
        set: { "properties.softDeleteRetentionInDays": 7 },
      },
    ],
    fails: [
      { set: { "properties.enablePurgeProtection": false }, at: "properties.enablePurgeProtection" },
      { remove: ["properties.enablePurgeProtection"], at: "properties.enablePurgeProtection" },
      { set: { "properties.enableSoftDelete": false }, at: "properties.enableSoftDelete" },
      { set: { "properties.softDeleteRetentionInDays": 29 }, at: "properties.softDeleteRetentionInDays" },
      { set: { "properties.softDeleteRetentionInDays": 0 }, at: "properties.softDeleteRetentionInDays" },
      {
        settings: { minimumDays: 90 },
        set: {},
        when: "90 days are asked for",
        at: "properties.softDeleteRetentionInDays",
      },
      { remove: ["properties.enableRbacAuthorization"], at: "properties.enableRbacAuthorization" },
      { set: { "properties.publicNetworkAccess": "Enabled" }, at: "properties.publicNetworkAccess" },
      { remove: ["properties.publicNetworkAccess"], at: "properties.publicNetworkAccess" },
      { set: { "properties.networkAcls.defaultAction": "Allow" }, at: "properties.networkAcls.defaultAction" },
      { remove: ["properties.networkAcls"], at: "properties.networkAcls.defaultAction" },
      { set: { "properties.enabledForDeployment": true }, at: "properties.enabledForDeployment" },
      { set: { "properties.enabledForDiskEncryption": true }, at: "properties.enabledForDiskEncryption" },
      { set: { "properties.enabledForTemplateDeployment": true }, at: "properties.enabledForTemplateDeployment" },
    ],
    unknown: [
      "properties.enablePurgeProtection",
      "properties.enableSoftDelete",
      "properties.softDeleteRetentionInDays",
      "properties.enableRbacAuthorization",
      "properties.publicNetworkAccess",
      "properties.networkAcls.defaultAction",
      "properties.enabledForDeployment",
    ],
  });

  const lifetime = "properties.rotationPolicy.lifetimeActions";
  const expiry = "properties.rotationPolicy.attributes.expiryTime";
  const ending = changed(fixture("dr", SECRET, "secrets-documents"), {
    set: { "properties.attributes.expires": 1_900_000_000 },
  });
  provesResource(azureIdentityRules, "az-kv-expiry-rotation", {
    passes: [fixture("dr", KEY, "keys-data"), fixture("dr", KEY, "keys-secrets"), ending],
    alsoPasses: [
      {
        when: "the key itself has an end",
        set: { "properties.attributes.expires": 1_900_000_000 },
        remove: ["properties.rotationPolicy.attributes"],
      },
      {
        when: "the stack is for development",
        of: ending,
        stack: { class: "development" },
        remove: ["properties.attributes"],
      },
      {
        when: "the key is renewed before its end",
        set: { [lifetime]: [{ action: { type: "rotate" }, trigger: { timeBeforeExpiry: "P30D" } }] },
      },
    ],
    fails: [
      { remove: ["properties.rotationPolicy"], at: [lifetime, expiry] },
      { set: { [lifetime]: [] }, at: lifetime },
      { set: { [`${lifetime}[0].action.type`]: "notify" }, at: lifetime },
      { remove: [`${lifetime}[0].trigger`], at: lifetime },
      { remove: [expiry], at: expiry },
      { set: { "properties.attributes.expires": 0 }, remove: [expiry], at: expiry },
      { of: ending, remove: ["properties.attributes.expires"], at: "properties.attributes.expires" },
      { of: ending, set: { "properties.attributes.expires": 0 }, at: "properties.attributes.expires" },
      { of: ending, remove: ["properties.attributes"], at: "properties.attributes.expires" },
    ],
    unknown: [`${lifetime}[0].action.type`, expiry],
  });

  provesStack(azureIdentityRules, "az-diag-to-workspace", {
    of: "dr",
    // Accounts of services send no logs yet.
    with: (stack) =>
      ["functions-storage-account", "machine-learning-storage-account"].reduce(
        (made, name) =>
          made.add(DIAGNOSTICS, `${name}-logs`, {
            inputs: {
              resourceUri: `${idOf(stack, ACCOUNT, name)}/blobServices/default`,
              workspaceId: idOf(stack, WORKSPACE, "logs-workspace"),
              logs: [{ category: "StorageWrite", enabled: true }],
            },
            from: { resourceUri: [`${ACCOUNT} ${name}`], workspaceId: [`${WORKSPACE} logs-workspace`] },
          }),
        stack,
      ),
    alsoPasses: [
      {
        when: "the workspace is one of another stack",
        change: (stack) =>
          stack.change(DIAGNOSTICS, "secrets-vault-logs", { set: { workspaceId: "/subscriptions/elsewhere/central" } }),
      },
      {
        when: "logs of a development stack go earlier",
        stack: { class: "development" },
        change: (stack) => stack.change(WORKSPACE, "logs-workspace", { set: { retentionInDays: 30 } }),
      },
    ],
    fails: [
      {
        when: "a vault sends none",
        change: (stack) => stack.drop(DIAGNOSTICS, "secrets-vault-logs"),
        violated: [`${VAULT} secrets-vault-vault`],
      },
      {
        when: "all its logs are off",
        change: (stack) => stack.change(DIAGNOSTICS, "secrets-vault-logs", { set: { "logs[0].enabled": false } }),
        violated: [`${VAULT} secrets-vault-vault`],
      },
      {
        when: "a setting has no logs",
        change: (stack) => stack.change(DIAGNOSTICS, "secrets-vault-logs", { set: { logs: [] } }),
        violated: [`${VAULT} secrets-vault-vault`],
      },
      {
        when: "logs go to an account alone",
        change: (stack) => stack.change(DIAGNOSTICS, "keys-vault-logs", { remove: ["workspaceId"] }),
        violated: [`${VAULT} keys-vault-vault`],
      },
      {
        when: "blobs of an account send none",
        change: (stack) => stack.drop(DIAGNOSTICS, "objects-logs"),
        violated: [`${ACCOUNT} objects-account`],
      },
      {
        when: "an account holds no flows any more",
        change: (stack) => stack.drop(FLOW_LOG, "flow-logs-log"),
        violated: [`${ACCOUNT} flow-logs-storage`],
      },
      ...(
        [
          [
            "azure-native:dbforpostgresql:Server databases-shard-0-replica-reader",
            "databases-shard-0-replica-reader-logs",
          ],
          ["azure-native:cosmosdb:DatabaseAccount key-values-account", "key-values-logs"],
          ["azure-native:mongocluster:MongoCluster documents-cluster", "documents-logs"],
          ["azure-native:redisenterprise:Database redis-database", "redis-logs"],
          ["azure-native:containerregistry:Registry images-registry", "images-logs"],
          ["azure-native:web:WebApp functions-archive-events-app", "functions-archive-events-logs"],
          ["azure-native:machinelearningservices:Workspace machine-learning-workspace", "machine-learning-logs"],
          ["azure-native:containerservice:ManagedCluster cluster-aks", "cluster-logs"],
        ] as const
      ).map(([violated, name]) => ({
        when: `there is no setting ${name}`,
        change: (stack: StackUnderTest) => stack.drop(DIAGNOSTICS, name),
        violated: [violated],
      })),
      {
        when: "the workspace throws logs away after 89 days",
        change: (stack) => stack.change(WORKSPACE, "logs-workspace", { set: { retentionInDays: 89 } }),
        violated: [`${WORKSPACE} logs-workspace retentionInDays`],
      },
      {
        when: "Azure's 30 days are taken",
        change: (stack) => stack.change(WORKSPACE, "logs-workspace", { remove: ["retentionInDays"] }),
        violated: [`${WORKSPACE} logs-workspace retentionInDays`],
      },
    ],
    undecided: [
      {
        when: "a setting is of what nobody can tell",
        change: (stack) => unknown(stack, DIAGNOSTICS, "secrets-vault-logs", "resourceUri"),
        of: [`${VAULT} secrets-vault-vault`],
      },
      {
        when: "the blobs of an account cannot be told",
        change: (stack) => unknown(stack, BLOBS, "lake-recovery", "accountName"),
        of: [`${ACCOUNT} lake-account`],
      },
    ],
  });

  const contributor = fixture("dr", ASSIGNMENT, "machine-learning-right-storage");
  const subscription = "/subscriptions/11112222-3333-4444-8555-666677778888";
  const definitions = `${subscription}/providers/Microsoft.Authorization/roleDefinitions`;
  const custom = written(ROLE, {
    roleName: "restart",
    scope: subscription,
    permissions: [
      { actions: ["Microsoft.Web/sites/restart/action", "Microsoft.Authorization/*/read"], dataActions: [] },
    ],
  });
  provesResource(azureIdentityRules, "az-rbac-least", {
    passes: [contributor, fixture("dr", ASSIGNMENT, "lake-key-right"), custom],
    alsoPasses: [
      {
        when: "a reader reads the whole subscription",
        set: { scope: subscription, roleDefinitionId: `${definitions}/acdd72a7-3385-48ef-bd42-f606fba81ae7` },
      },
      { when: "a role has no permissions", of: custom, set: { permissions: [] } },
    ],
    fails: [
      { set: { scope: subscription }, at: "roleDefinitionId" },
      { set: { scope: `${subscription}/` }, at: "roleDefinitionId" },
      { set: { scope: "/" }, at: "roleDefinitionId" },
      { remove: ["scope"], at: "roleDefinitionId" },
      { set: { scope: "/providers/Microsoft.Management/managementGroups/root" }, at: "roleDefinitionId" },
      ...[
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "18D7D88D-D35E-4FB5-A5C3-7773C20A72D9",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
      ].map((role) => ({
        set: { scope: subscription, roleDefinitionId: `${definitions}/${role}` },
        at: "roleDefinitionId",
      })),
      ...["*", "*/write", "Microsoft.Authorization/*", "Microsoft.Authorization/roleAssignments/write"].map(
        (action) => ({
          of: custom,
          set: { "permissions[0].actions": ["Microsoft.Web/sites/read", action] },
          at: "permissions[0].actions",
        }),
      ),
      { of: custom, set: { "permissions[0].dataActions": ["*"] }, at: "permissions[0].dataActions" },
    ],
    unknown: ["roleDefinitionId", "scope"],
  });

  const credential = `${CREDENTIAL} iceberg-catalog-identity-cluster`;
  const change = (set: Record<string, string | readonly string[]>) => (stack: StackUnderTest) =>
    stack.change(CREDENTIAL, "iceberg-catalog-identity-cluster", { set });
  provesStack(azureIdentityRules, "az-federated-cred-one-sa", {
    of: "dr",
    fails: [
      ...[
        "system:serviceaccount:iceberg:*",
        "system:serviceaccount:*:iceberg-catalog",
        "system:serviceaccount:iceberg",
        "system:serviceaccount:iceberg:",
        "system:serviceaccount:a:b:c",
        "repo:example/shop:ref:refs/heads/main",
        "",
      ].map((subject) => ({
        when: `the subject is "${subject}"`,
        change: change({ subject }),
        violated: [`${credential} subject`],
      })),
      {
        when: "another audience is asked for",
        change: change({ audiences: ["https://example.com"] }),
        violated: [`${credential} audiences`],
      },
      {
        when: "a further audience is",
        change: change({ audiences: ["api://AzureADTokenExchange", "sts.amazonaws.com"] }),
        violated: [`${credential} audiences`],
      },
      {
        when: "none is",
        change: change({ audiences: [] }),
        violated: [`${credential} audiences`],
      },
      {
        when: "the issuer is that of a forge",
        change: change({ issuer: "https://token.actions.githubusercontent.com" }),
        violated: [`${credential} issuer`],
      },
      {
        when: "the issuer only ends like one of AKS",
        change: change({ issuer: "https://example.com/eastus.oic.prod-aks.azure.com/" }),
        violated: [`${credential} issuer`],
      },
      {
        when: "there is none",
        change: (stack) => stack.change(CREDENTIAL, "iceberg-catalog-identity-cluster", { remove: ["issuer"] }),
        violated: [`${credential} issuer`],
      },
    ],
    undecided: [
      {
        when: "the cluster is not in this stack",
        change: change({ issuer: "https://westus.oic.prod-aks.azure.com/tenant/cluster/" }),
        of: [credential],
      },
      {
        when: "nobody can tell the issuer",
        change: (stack) => unknown(stack, CREDENTIAL, "iceberg-catalog-identity-cluster", "issuer"),
        of: [credential],
      },
      {
        when: "the subject is not known yet",
        change: (stack) => unknown(stack, CREDENTIAL, "iceberg-catalog-identity-cluster", "subject"),
        of: [credential],
      },
    ],
  });
});
