import { azureClusterRules } from "../../../../policies/rules/azure/cluster";
import { fixture } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";
import { unknown } from "./changes";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POOL = "azure-native:containerservice:AgentPool";
const DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting";
const PRICING = "azure-native:security:Pricing";

const cluster = fixture("dr", CLUSTER);
const SENSOR = "securityProfile.defender.securityMonitoring.enabled";

describe("rules on clusters of Azure", () => {
  provesResource(azureClusterRules, "az-aks-private-rbac", {
    passes: cluster,
    alsoPasses: [
      {
        when: "the API is reached from named ranges alone",
        set: {
          "apiServerAccessProfile.enablePrivateCluster": false,
          "apiServerAccessProfile.authorizedIPRanges": ["203.0.113.0/24"],
        },
      },
    ],
    fails: [
      { set: { "apiServerAccessProfile.enablePrivateCluster": false }, at: "apiServerAccessProfile" },
      {
        set: { "apiServerAccessProfile.enablePrivateCluster": false, "apiServerAccessProfile.authorizedIPRanges": [] },
        at: "apiServerAccessProfile",
      },
      {
        set: {
          "apiServerAccessProfile.enablePrivateCluster": false,
          "apiServerAccessProfile.authorizedIPRanges": ["203.0.113.0/24", "0.0.0.0/0"],
        },
        at: "apiServerAccessProfile",
      },
      {
        remove: ["apiServerAccessProfile"],
        at: ["apiServerAccessProfile", "apiServerAccessProfile.disableRunCommand"],
      },
      { remove: ["apiServerAccessProfile.disableRunCommand"], at: "apiServerAccessProfile.disableRunCommand" },
      { set: { disableLocalAccounts: false }, at: "disableLocalAccounts" },
      { remove: ["disableLocalAccounts"], at: "disableLocalAccounts" },
      { remove: ["aadProfile"], at: ["aadProfile.managed", "aadProfile.enableAzureRBAC"] },
      { set: { "aadProfile.managed": false }, at: "aadProfile.managed" },
      { set: { "aadProfile.enableAzureRBAC": null }, at: "aadProfile.enableAzureRBAC" },
      { set: { enableRBAC: false }, at: "enableRBAC" },
    ],
    unknown: [
      "apiServerAccessProfile.enablePrivateCluster",
      "apiServerAccessProfile.disableRunCommand",
      "disableLocalAccounts",
      "aadProfile.managed",
      "aadProfile.enableAzureRBAC",
      "enableRBAC",
    ],
  });

  provesResource(azureClusterRules, "az-aks-netpol", {
    passes: cluster,
    alsoPasses: [
      { when: "Calico enforces them", set: { "networkProfile.networkPolicy": "calico" } },
      { when: "Azure's own engine does", set: { "networkProfile.networkPolicy": "Azure" } },
    ],
    fails: [
      { set: { "networkProfile.networkPolicy": "none" }, at: "networkProfile.networkPolicy" },
      { remove: ["networkProfile.networkPolicy"], at: "networkProfile.networkPolicy" },
      { remove: ["networkProfile"], at: "networkProfile.networkPolicy" },
    ],
    unknown: ["networkProfile.networkPolicy"],
  });

  provesResource(azureClusterRules, "az-aks-identity-secrets", {
    passes: cluster,
    alsoPasses: [
      {
        when: "the add-on for secrets renews them",
        set: {
          addonProfiles: { azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: "true" } } },
        },
      },
      { when: "the add-on is off", set: { addonProfiles: { azureKeyvaultSecretsProvider: { enabled: false } } } },
    ],
    fails: [
      { set: { "oidcIssuerProfile.enabled": false }, at: "oidcIssuerProfile.enabled" },
      { remove: ["oidcIssuerProfile"], at: "oidcIssuerProfile.enabled" },
      { remove: ["securityProfile.workloadIdentity"], at: "securityProfile.workloadIdentity.enabled" },
      { set: { "securityProfile.azureKeyVaultKms.enabled": false }, at: "securityProfile.azureKeyVaultKms.enabled" },
      {
        remove: ["securityProfile"],
        at: ["securityProfile.workloadIdentity.enabled", "securityProfile.azureKeyVaultKms.enabled"],
      },
      { set: { diskEncryptionSetID: "" }, at: "diskEncryptionSetID" },
      { remove: ["diskEncryptionSetID"], at: "diskEncryptionSetID" },
      {
        set: { addonProfiles: { azureKeyvaultSecretsProvider: { enabled: true } } },
        at: "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation",
      },
      {
        set: {
          addonProfiles: { azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: "false" } } },
        },
        at: "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation",
      },
    ],
    unknown: [
      "oidcIssuerProfile.enabled",
      "securityProfile.workloadIdentity.enabled",
      "securityProfile.azureKeyVaultKms.enabled",
      "diskEncryptionSetID",
      "addonProfiles",
    ],
  });

  const inProfile = (property: string) => `agentPoolProfiles[0].${property}`;
  const pool = fixture("dr", POOL, "cluster-general-nodes");
  provesResource(azureClusterRules, "az-aks-zones-upgrade", {
    passes: [
      cluster,
      pool,
      fixture("dr", POOL, "cluster-spot-nodes"),
      fixture("dr", POOL, "cluster-accelerated-nodes"),
    ],
    alsoPasses: [
      {
        when: "the stack is for development",
        stack: { class: "development" },
        set: { "sku.tier": "Free" },
        remove: [inProfile("availabilityZones")],
      },
      { when: "two zones are enough", of: pool, settings: { minimumZones: 2 }, set: { availabilityZones: ["1", "3"] } },
      { when: "the channel of nodes is Azure's default", remove: ["autoUpgradeProfile.nodeOSUpgradeChannel"] },
    ],
    fails: [
      { set: { [inProfile("availabilityZones")]: ["1", "2"] }, at: inProfile("availabilityZones") },
      { set: { [inProfile("availabilityZones")]: ["1", "1", "2"] }, at: inProfile("availabilityZones") },
      { remove: [inProfile("availabilityZones")], at: inProfile("availabilityZones") },
      { set: { [inProfile("enableEncryptionAtHost")]: false }, at: inProfile("enableEncryptionAtHost") },
      { set: { [inProfile("enableNodePublicIP")]: true }, at: inProfile("enableNodePublicIP") },
      { of: pool, set: { availabilityZones: [] }, at: "availabilityZones" },
      { of: pool, set: { availabilityZones: null }, at: "availabilityZones" },
      { of: pool, remove: ["enableEncryptionAtHost"], at: "enableEncryptionAtHost" },
      { of: pool, set: { enableNodePublicIP: true }, at: "enableNodePublicIP" },
      { set: { "autoUpgradeProfile.upgradeChannel": "none" }, at: "autoUpgradeProfile.upgradeChannel" },
      { remove: ["autoUpgradeProfile"], at: "autoUpgradeProfile.upgradeChannel" },
      { set: { "autoUpgradeProfile.nodeOSUpgradeChannel": "None" }, at: "autoUpgradeProfile.nodeOSUpgradeChannel" },
      {
        set: { "autoUpgradeProfile.nodeOSUpgradeChannel": "Unmanaged" },
        at: "autoUpgradeProfile.nodeOSUpgradeChannel",
      },
      { set: { "sku.tier": "Free" }, at: "sku.tier" },
      { remove: ["sku"], at: "sku.tier" },
    ],
    unknown: [
      inProfile("availabilityZones"),
      inProfile("enableEncryptionAtHost"),
      inProfile("enableNodePublicIP"),
      "autoUpgradeProfile.upgradeChannel",
      "autoUpgradeProfile.nodeOSUpgradeChannel",
      "sku.tier",
    ],
  });

  const aks = `${CLUSTER} cluster-aks`;
  provesStack(azureClusterRules, "az-aks-logs-defender", {
    of: "dr",
    with: (stack) => stack.change(CLUSTER, "cluster-aks", { set: { [SENSOR]: true } }),
    alsoPasses: [
      {
        when: "a plan of the subscription brings the sensor",
        change: (stack) =>
          planned(stack, { name: "ContainerSensor", isEnabled: "True" }).change(CLUSTER, "cluster-aks", {
            remove: ["securityProfile.defender"],
          }),
      },
      {
        when: "a group of logs has them all",
        change: (stack) =>
          stack.change(DIAGNOSTICS, "cluster-logs", { set: { logs: [{ categoryGroup: "allLogs", enabled: true }] } }),
      },
      {
        when: "the longer audit log is sent",
        change: (stack) => stack.change(DIAGNOSTICS, "cluster-logs", { set: { "logs[1].category": "kube-audit" } }),
      },
    ],
    fails: [
      {
        when: "no log is sent",
        change: (stack) => stack.drop(DIAGNOSTICS, "cluster-logs"),
        violated: [aks, aks],
      },
      {
        when: "logs are not sent to a workspace",
        change: (stack) => stack.change(DIAGNOSTICS, "cluster-logs", { remove: ["workspaceId"] }),
        violated: [aks, aks],
      },
      {
        when: "the audit log is off",
        change: (stack) => stack.change(DIAGNOSTICS, "cluster-logs", { set: { "logs[1].enabled": false } }),
        violated: [aks],
      },
      {
        when: "the log of log-ins is not sent",
        change: (stack) => stack.change(DIAGNOSTICS, "cluster-logs", { remove: ["logs[2]"] }),
        violated: [aks],
      },
      {
        when: "there is no sensor",
        change: (stack) => stack.change(CLUSTER, "cluster-aks", { remove: ["securityProfile.defender"] }),
        violated: [`${aks} ${SENSOR}`],
      },
      {
        when: "the plan's sensor is off",
        change: (stack) =>
          planned(stack, { name: "ContainerSensor", isEnabled: "False" }).change(CLUSTER, "cluster-aks", {
            set: { [SENSOR]: false },
          }),
        violated: [`${aks} ${SENSOR}`],
      },
      {
        when: "the plan is the free one",
        change: (stack) =>
          planned(stack, { name: "ContainerSensor", isEnabled: "True" })
            .change(PRICING, "threat-detection-containers", { set: { pricingTier: "Free" } })
            .change(CLUSTER, "cluster-aks", { set: { [SENSOR]: false } }),
        violated: [`${aks} ${SENSOR}`],
      },
    ],
    undecided: [
      {
        when: "logs of a resource that nobody can tell are sent",
        change: (stack) => unknown(stack, DIAGNOSTICS, "cluster-logs", "resourceUri"),
        of: [aks],
      },
      {
        when: "it is not known whether there is a sensor",
        change: (stack) => unknown(stack, CLUSTER, "cluster-aks", SENSOR),
        of: [aks],
      },
    ],
  });
});

function planned(stack: StackUnderTest, extension: { name: string; isEnabled: string }): StackUnderTest {
  return stack.change(PRICING, "threat-detection-containers", { set: { extensions: [extension] } });
}
