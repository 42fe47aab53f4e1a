import { z } from "zod";
import { diagnosticsOf, isGiven, isWord } from "../../checks/azure";
import { isInternet } from "../../checks/networks";
import type { Graph } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Inputs, type Rule } from "../../model/rule";
import { undecided } from "../../model/view";

const LEARN = "https://learn.microsoft.com/azure";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POOL = "azure-native:containerservice:AgentPool";
const WORKSPACE = "azure-native:operationalinsights:Workspace";
const PRICING = "azure-native:security:Pricing";

export const azureClusterRules: readonly Rule[] = [
  resourceRule({
    id: "az-aks-private-rbac",
    title:
      "The Kubernetes API is reached inside the network, by people of the directory, with the rights of their roles",
    severity: "critical",
    controls: {
      iso27001: ["A.8.14"],
      soc2: ["CC6.1"],
      hipaa: ["164.312(a)(1)"],
      pciDss: ["1.2.8"],
    },
    why: "Whoever gets at the API with a certificate that never ends has the whole cluster, and nobody can take it back from them.",
    remedy: {
      text: "Make the cluster private, switch local accounts and the run command off, and let roles of Azure decide.",
      example:
        'new containerservice.ManagedCluster("aks", { apiServerAccessProfile: { enablePrivateCluster: true, disableRunCommand: true }, disableLocalAccounts: true, enableRBAC: true, aadProfile: { managed: true, enableAzureRBAC: true }, … })',
    },
    source: `${LEARN}/aks/private-clusters`,
    on: {
      [CLUSTER]: (cluster, expect) => {
        expect("apiServerAccessProfile", "leaves the API open to the internet", () => {
          const { enablePrivateCluster, authorizedIPRanges = [] } = cluster.apiServerAccessProfile ?? {};
          if (enablePrivateCluster === true) return true;
          return authorizedIPRanges.length > 0 && !authorizedIPRanges.some(isInternet);
        });
        expect("apiServerAccessProfile.disableRunCommand", "lets commands in by way of Resource Manager", () => {
          return cluster.apiServerAccessProfile?.disableRunCommand === true;
        });
        expect("disableLocalAccounts", "leaves certificates that nobody can take back", () => {
          return cluster.disableLocalAccounts === true;
        });
        expect("aadProfile.managed", "leaves log-in out of the directory", () => cluster.aadProfile?.managed === true);
        expect("aadProfile.enableAzureRBAC", "leaves rights out of the roles of Azure", () => {
          return cluster.aadProfile?.enableAzureRBAC === true;
        });
        expect("enableRBAC", "gives everybody in the cluster all rights", () => cluster.enableRBAC === true);
      },
    },
  }),
  resourceRule({
    id: "az-aks-netpol",
    title: "Clusters enforce network policies",
    severity: "high",
    controls: { iso27001: ["A.8.14", "A.8.20"], pciDss: ["6.3.3"] },
    why: "Network policies of a cluster without an engine for them are accepted, and do nothing.",
    remedy: {
      text: "Choose an engine when the cluster is made.",
      example: 'networkProfile: { networkDataplane: "cilium", networkPolicy: "cilium", … }',
    },
    source: `${LEARN}/aks/azure-cni-powered-by-cilium`,
    on: {
      [CLUSTER]: (cluster, expect) => {
        expect("networkProfile.networkPolicy", "leaves network policies without effect", () => {
          const { networkPolicy, networkPlugin } = cluster.networkProfile ?? {};
          if (["cilium", "calico", "azure"].includes(networkPolicy?.toLowerCase() ?? "")) return true;
          if (!isWord(networkPlugin, "none")) return false;
          return undecided("networkProfile.networkPlugin", "is none: a chart brings network and policies");
        });
      },
    },
  }),
  resourceRule({
    id: "az-aks-identity-secrets",
    title: "Workloads log in without passwords; secrets and disks are encrypted with a key of ours",
    severity: "high",
    controls: { iso27001: ["A.8.24"] },
    why: "A pod without an identity of its own needs a password, or takes that of its node; a backup of etcd shows what no key of ours protects.",
    remedy: {
      text: "Switch the issuer, workload identity and the key management service on, and give disks an encryption set.",
      example:
        "securityProfile: { workloadIdentity: { enabled: true }, azureKeyVaultKms: { enabled: true, keyId: key.keyUriWithVersion, … } }, oidcIssuerProfile: { enabled: true }, diskEncryptionSetID: disks.id",
    },
    source: `${LEARN}/aks/workload-identity-overview`,
    on: {
      [CLUSTER]: (cluster, expect) => {
        expect("oidcIssuerProfile.enabled", "leaves pods without tokens that Azure takes", () => {
          return cluster.oidcIssuerProfile?.enabled === true;
        });
        expect("securityProfile.workloadIdentity.enabled", "leaves pods without identities of their own", () => {
          return cluster.securityProfile?.workloadIdentity?.enabled === true;
        });
        expect("securityProfile.azureKeyVaultKms.enabled", "leaves secrets in etcd to keys of Azure", () => {
          return cluster.securityProfile?.azureKeyVaultKms?.enabled === true;
        });
        expect("diskEncryptionSetID", "is missing: disks are left to keys of Azure", () => {
          return Boolean(cluster.diskEncryptionSetID);
        });
        // The add-on is one way for secrets to come to pods. Another one is what reads the vault with an identity of a workload.
        const addOn = "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation";
        expect(addOn, "leaves pods with secrets that have been renewed in the vault", () => {
          const { enabled, config } = cluster.addonProfiles?.["azureKeyvaultSecretsProvider"] ?? {};
          return enabled !== true || isWord(config?.["enableSecretRotation"], "true");
        });
      },
    },
  }),
  resourceRule({
    id: "az-aks-zones-upgrade",
    title: "Nodes are in every zone, patched by themselves, encrypted, and without addresses of the internet",
    severity: "medium",
    controls: { iso27001: ["A.8.14"] },
    why: "A pool in one zone ends with it; a node that nobody upgrades runs on with flaws that are known.",
    remedy: {
      text: "Name three zones for each pool, choose channels for upgrades, and take the tier Standard.",
      example:
        'autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" }, sku: { name: "Base", tier: "Standard" }',
    },
    source: `${LEARN}/aks/supported-kubernetes-versions`,
    settings: z.object({
      minimumZones: z
        .int()
        .min(1)
        .max(3)
        .default(3)
        .describe("Zones that each pool is in, at least, but in stacks of the class development."),
    }),
    on: {
      [CLUSTER]: (cluster, expect, { stack, settings }) => {
        for (let index = 0; index < (cluster.agentPoolProfiles?.length ?? 0); index += 1) {
          const zones = stack.class === "development" ? 0 : settings.minimumZones;
          expectPool(
            `agentPoolProfiles[${String(index)}].`,
            () => cluster.agentPoolProfiles?.[index] ?? {},
            zones,
            expect,
          );
        }
        expect("autoUpgradeProfile.upgradeChannel", "leaves patches of Kubernetes to somebody who remembers", () => {
          return !isWord(cluster.autoUpgradeProfile?.upgradeChannel ?? "none", "none");
        });
        expect("autoUpgradeProfile.nodeOSUpgradeChannel", "leaves nodes without tested patches of their system", () => {
          const channel = cluster.autoUpgradeProfile?.nodeOSUpgradeChannel ?? "NodeImage";
          return !isWord(channel, "None") && !isWord(channel, "Unmanaged");
        });
        expect("sku.tier", "is without a promise of availability", () => {
          return stack.class === "development" || !isWord(cluster.sku?.tier ?? "Free", "Free");
        });
      },
      [POOL]: (pool, expect, { stack, settings }) => {
        expectPool("", () => pool, stack.class === "development" ? 0 : settings.minimumZones, expect);
      },
    },
  }),
  graphRule({
    id: "az-aks-logs-defender",
    title: "What is done to a cluster is recorded, and watched for attacks",
    severity: "medium",
    controls: { iso27001: ["A.8.16"] },
    why: "Without the audit log nobody can tell who started a container or gave a right away, and a process that breaks out is seen by nobody.",
    remedy: {
      text: "Send the logs of the control plane to a workspace, and switch the sensor of Defender for Containers on.",
      example:
        "securityProfile: { defender: { logAnalyticsWorkspaceResourceId: workspace.id, securityMonitoring: { enabled: true } }, … }",
    },
    source: `${LEARN}/aks/monitor-aks-reference`,
    types: [CLUSTER],
    check: (graph, judge) => {
      judge.each(graph.all(CLUSTER), (cluster, expect) => {
        const sends = (...categories: readonly string[]) =>
          diagnosticsOf(graph, cluster).some(
            (setting) =>
              isGiven(graph, setting, "workspaceId", WORKSPACE) &&
              (setting.props.logs ?? []).some((log) => isOf(log, categories)),
          );
        // Both record every change. The shorter log leaves out reads, which are most of it, and which Azure advises to leave out.
        expect("", "sends no audit log to a workspace", () => sends("kube-audit", "kube-audit-admin"));
        expect("", "sends no log of log-ins (guard) to a workspace", () => sends("guard"));
        expect(
          "securityProfile.defender.securityMonitoring.enabled",
          "leaves nodes without a sensor for attacks",
          () => {
            return cluster.props.securityProfile?.defender?.securityMonitoring?.enabled === true || hasSensors(graph);
          },
        );
      });
    },
  }),
];

type InlinePool = NonNullable<Inputs<typeof CLUSTER>["agentPoolProfiles"]>[number];

/** @param least zones at least; 0: any, none at all too */
function expectPool(
  within: string,
  read: () => Pick<InlinePool, "availabilityZones" | "enableEncryptionAtHost" | "enableNodePublicIP">,
  least: number,
  expect: Expect,
): void {
  expect(`${within}availabilityZones`, `has less than ${String(least)} zones`, () => {
    return least === 0 || new Set(read().availabilityZones).size >= least;
  });
  expect(`${within}enableEncryptionAtHost`, "leaves caches and temporary disks of nodes in clear", () => {
    return read().enableEncryptionAtHost === true;
  });
  expect(`${within}enableNodePublicIP`, "gives nodes addresses of the internet", () => {
    return read().enableNodePublicIP !== true;
  });
}

type LogSetting = NonNullable<Inputs<"azure-native:monitor:DiagnosticSetting">["logs"]>[number];

/** Whether one of these categories is switched on, by its own name or with a group that has it. */
function isOf({ enabled, category, categoryGroup }: LogSetting, categories: readonly string[]): boolean {
  if (enabled !== true) return false;
  return categories.includes(category ?? "") || ["alllogs", "audit"].includes(categoryGroup?.toLowerCase() ?? "");
}

/** Whether a plan of Defender for Cloud puts its sensor on every cluster of the subscription. */
function hasSensors(graph: Graph): boolean {
  return graph.all(PRICING).some(({ props }) => {
    if (!isWord(props.pricingName, "Containers") || !isWord(props.pricingTier, "Standard")) return false;
    return (props.extensions ?? []).some(
      ({ name, isEnabled }) => name === "ContainerSensor" && isWord(isEnabled, "True"),
    );
  });
}
