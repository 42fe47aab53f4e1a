import assert from "node:assert/strict";
import { AuditTrail, type AuditTrailArgs } from "../../../components/azure/audit-trail";
import { ConfigurationHistory } from "../../../components/azure/configuration-history";
import { defenderPlans, ThreatDetection } from "../../../components/azure/threat-detection";
import { azureGovernanceSettings } from "../../../config/schema/azure/governance";
import { at, only, text } from "../../stacks/deployed";
import { attempt, onNetwork, subscriptionId, type Ground } from "./ground";

function audit({ place, prefix, keys, logs, protection, onAzure }: Ground, changes: Partial<AuditTrailArgs> = {}) {
  return new AuditTrail(
    "audit",
    {
      place,
      prefix,
      retentionDays: 2190,
      lock: "governance",
      key: keys.keys.logs,
      logs,
      protection,
      ...changes,
    },
    onAzure,
  );
}

describe("AuditTrail of Azure", function () {
  this.timeout(60_000);

  it("[PF-SEC-07] keeps every call of the subscription in storage that takes appends alone", async () => {
    const stack = await onNetwork((ground) => audit(ground), { class: "production" });
    const { inputs, protect } = stack.named("audit-trail");
    assert.deepEqual(inputs, {
      name: "test-audit",
      resourceUri: `/subscriptions/${subscriptionId}`,
      storageAccountId: stack.id("audit-storage-account"),
      workspaceId: stack.id("logs-workspace"),
      logs: [
        "Administrative",
        "Alert",
        "Autoscale",
        "Policy",
        "Recommendation",
        "ResourceHealth",
        "Security",
        "ServiceHealth",
      ].map((category) => ({ category, enabled: true })),
    });
    assert.equal(protect, true);
    const account = stack.named("audit-storage-account");
    assert.equal(account.protect, true);
    assert.deepEqual(at(account.inputs, "immutableStorageWithVersioning"), {
      enabled: true,
      immutabilityPolicy: {
        immutabilityPeriodSinceCreationInDays: 2190,
        state: "Unlocked",
        allowProtectedAppendWrites: true,
      },
    });
    assert.deepEqual(
      only(
        account.inputs,
        "sku",
        "allowSharedKeyAccess",
        "allowBlobPublicAccess",
        "minimumTlsVersion",
        "networkRuleSet",
        "publicNetworkAccess",
      ),
      {
        publicNetworkAccess: "Enabled",
        sku: { name: "Standard_GZRS" },
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        minimumTlsVersion: "TLS1_2",
        networkRuleSet: { bypass: "AzureServices", defaultAction: "Deny" },
      },
    );
    assert.equal(at(account.inputs, "encryption.keyVaultProperties.keyName"), "logs");
    assert.match(text(account.inputs["accountName"]), /^testaudit[a-z0-9]{6}$/);
    assert.deepEqual(
      only(
        stack.named("audit-versions").inputs,
        "isVersioningEnabled",
        "deleteRetentionPolicy",
        "containerDeleteRetentionPolicy",
      ),
      {
        isVersioningEnabled: true,
        deleteRetentionPolicy: { enabled: true, days: 7 },
        containerDeleteRetentionPolicy: { enabled: true, days: 7 },
      },
    );
    assert.equal(stack.input("audit-expiry", "policy.rules.0.enabled"), true);
    assert.deepEqual(stack.input("audit-expiry", "policy.rules.0.definition.actions"), {
      baseBlob: { delete: { daysAfterModificationGreaterThan: 2190 } },
      version: { delete: { daysAfterCreationGreaterThan: 2190 } },
    });
    assert.ok(stack.waitsFor("audit-storage-account").has("audit-storage-key-right"));
  });

  it("lets a class without guards take its records away, but never under compliance", async () => {
    const state = "immutableStorageWithVersioning.immutabilityPolicy.state";
    const open = await onNetwork((ground) => audit(ground), { class: "development" });
    assert.equal(open.input("audit-storage-account", state), "Disabled");
    assert.equal(open.input("audit-storage-account", "sku.name"), "Standard_ZRS");
    const locked = await attempt((ground) => audit(ground, { lock: "compliance" }), {
      class: "development",
      preview: true,
    });
    assert.deepEqual(locked.run.errors, []);
    assert.equal(locked.input("audit-storage-account", state), "Locked");
  });
});

describe("ThreatDetection of Azure", function () {
  this.timeout(60_000);

  it("[PF-SEC-07] switches on a plan for each kind of thing, one after the other", async () => {
    const stack = await onNetwork(({ place, onAzure }) => {
      new ThreatDetection(
        "threats",
        { subscription: place.subscription, mails: ["a@example.org", "b@example.org"] },
        onAzure,
      );
    });
    const plans = stack.ofType("azure-native:security:Pricing");
    assert.deepEqual(
      plans.map(({ inputs }) => inputs["pricingName"]),
      defenderPlans,
    );
    assert.equal(plans.length, 9);
    for (const { inputs } of plans) {
      assert.equal(inputs["pricingTier"], "Standard");
      assert.equal(inputs["scopeId"], `subscriptions/${subscriptionId}`);
    }
    assert.deepEqual(stack.input("threats-containers", "extensions"), [
      { name: "ContainerRegistriesVulnerabilityAssessments", isEnabled: "True" },
      { name: "AgentlessDiscoveryForKubernetes", isEnabled: "True" },
    ]);
    assert.equal(stack.waitsFor("threats-functions").size, 8);
    assert.deepEqual(stack.named("threats-contact").inputs, {
      securityContactName: "default",
      isEnabled: true,
      emails: "a@example.org;b@example.org",
      notificationsByRole: { state: "On", roles: ["Owner"] },
      notificationsSources: [
        { sourceType: "Alert", minimalSeverity: "Medium" },
        { sourceType: "AttackPath", minimalRiskLevel: "High" },
      ],
    });
  });

  it("is refused a plan that Defender does not have", async () => {
    const { run } = await attempt(({ place, onAzure }) => {
      new ThreatDetection(
        "threats",
        {
          subscription: place.subscription,
          transform: (plan) => ({ ...plan, ...(plan.pricingName === "Arm" ? { subPlan: "P2" } : {}) }),
        },
        onAzure,
      );
    });
    assert.match(run.errors.join("\n"), /Arm has the sub-plans PerApiCall, PerSubscription, got P2/);
  });
});

describe("ConfigurationHistory of Azure", function () {
  this.timeout(60_000);

  it("[PF-SEC-07] checks the settings of the whole subscription by two sets of rules, and refuses nothing", async () => {
    const stack = await onNetwork(({ place, prefix, onAzure }) => {
      new ConfigurationHistory("configuration", { subscription: place.subscription, prefix }, onAzure);
    });
    assert.deepEqual(stack.named("configuration-cis").inputs, {
      scope: `/subscriptions/${subscriptionId}`,
      policyAssignmentName: "test-cis",
      displayName: "test: cis",
      policyDefinitionId:
        "/providers/Microsoft.Authorization/policySetDefinitions/06f19060-9e68-4070-92ca-f15cc126059e",
      enforcementMode: "Default",
    });
    assert.equal(
      stack.input("configuration-best-practices", "policyDefinitionId"),
      "/providers/Microsoft.Authorization/policySetDefinitions/1f3afdf9-d0c9-4c3d-847f-89da613e70a8",
    );
    assert.equal(stack.ofType("azure-native:authorization:PolicyAssignment").length, 2);
  });
});

describe("settings of governance on Azure", () => {
  const settings = azureGovernanceSettings({ mode: "create", backups: "create" });

  it("have defaults that keep records for six years and recovery points for 35 days", () => {
    assert.deepEqual(settings.parse(undefined), {
      mode: "create",
      auditRetentionDays: 2190,
      auditLock: "governance",
      backups: { mode: "create", retentionDays: 35, lock: "governance" },
    });
  });

  it("refuse fewer days than lie between two recovery points of a server", () => {
    const result = settings.safeParse({ backups: { retentionDays: 6 } });
    assert.equal(result.error?.issues[0]?.message, "give a whole number from 7 to 3650");
  });
});
