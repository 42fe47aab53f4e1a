import assert from "node:assert/strict";
import { loadConfiguration } from "../../config/load";
import { committed } from "../config/stack-files";
import { at, deployed, only, text, type Deployed } from "./deployed";
import { list } from "./invariants/facts";

const aks = "cluster-aks";
const zones = ["1", "2", "3"];

describe("dr: cluster", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("dr");
  });

  it("[PF-CLOUD-02] is AKS 1.36 with a promise of availability, in the ranges of the site for pods and services", () => {
    const { inputs } = stack.named(aks);
    assert.deepEqual(only(inputs, "resourceName", "kubernetesVersion", "sku", "location"), {
      resourceName: "portfolio-dr-aks",
      kubernetesVersion: "1.36",
      sku: { name: "Base", tier: "Standard" },
      location: "eastus",
    });
    assert.deepEqual(inputs["networkProfile"], {
      podCidr: "10.68.0.0/14",
      serviceCidr: "10.65.0.0/16",
      dnsServiceIP: "10.65.0.10",
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      networkDataplane: "cilium",
      networkPolicy: "cilium",
      loadBalancerSku: "standard",
      // By the NAT gateway of the nodes' subnet, and by no address of a load balancer.
      outboundType: "userAssignedNATGateway",
    });
  });

  it("[PF-SEC-04] answers at a private address of the network alone, and runs no command for anybody", () => {
    assert.deepEqual(stack.input(aks, "apiServerAccessProfile"), {
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      enableVnetIntegration: true,
      privateDNSZone: "system",
      disableRunCommand: true,
      subnetId: stack.id("network-api-server"),
    });
    assert.equal(stack.ofType("azure-native:network:BastionHost").length, 0);
  });

  it("[PF-SEC-03] lets people in by Microsoft Entra alone: no local account, no certificate, no password", () => {
    assert.equal(stack.input(aks, "disableLocalAccounts"), true);
    assert.equal(stack.input(aks, "aadProfile.managed"), true);
    assert.equal(stack.input(aks, "aadProfile.enableAzureRBAC"), true);
    const provider = stack.named("kubernetes", "pulumi:providers:kubernetes");
    const { users } = JSON.parse(text(provider.inputs["kubeconfig"])) as {
      users: { user: { exec?: { command: string; args: string[] } } & Record<string, unknown> }[];
    };
    assert.equal(users.length, 1);
    assert.deepEqual(Object.keys(users[0]?.user ?? {}), ["exec"]);
    assert.equal(users[0]?.user.exec?.command, "kubelogin");
    assert.deepEqual(users[0].user.exec.args.slice(-2), ["--login", "azurecli"]);
  });

  it("[PF-SEC-03] lets workloads in by their service account, whom the cluster's issuer vouches for", () => {
    assert.equal(stack.input(aks, "oidcIssuerProfile.enabled"), true);
    assert.equal(stack.input(aks, "securityProfile.workloadIdentity.enabled"), true);
    const issuer = stack.output(aks, "oidcIssuerProfile.issuerURL");
    const trusted = stack
      .ofType("azure-native:managedidentity:FederatedIdentityCredential")
      .map(({ inputs }) => [inputs["subject"], inputs["issuer"], inputs["audiences"]]);
    assert.deepEqual(
      trusted.sort(),
      ["external-secrets:external-secrets", "iceberg:iceberg-catalog"].map((account) => [
        `system:serviceaccount:${account}`,
        issuer,
        ["api://AzureADTokenExchange"],
      ]),
    );
  });

  const pools = {
    general: {
      ids: "[PF-SCALE-01]",
      what: "general machines, three to six in standby",
      bounds: [3, 6],
      node: {
        vmSize: "Standard_D4s_v5",
        osDiskSizeGB: 100,
        osSKU: "AzureLinux",
        scaleSetPriority: "Regular",
        nodeTaints: [],
        gpuProfile: undefined,
      },
    },
    spot: {
      ids: "[PF-SCALE-01]",
      what: "arm64 spot machines for pods that tolerate their loss, none to three in standby",
      bounds: [0, 3],
      node: {
        vmSize: "Standard_D4ps_v6",
        osDiskSizeGB: 100,
        osSKU: "AzureLinux",
        scaleSetPriority: "Spot",
        nodeTaints: ["platform/capacity=spot:NoSchedule", "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"],
        gpuProfile: undefined,
      },
    },
    accelerated: {
      ids: "[PF-AI-01] [PF-SCALE-01]",
      what: "machines with an NVIDIA T4 for pods that ask for one, none or one in standby",
      bounds: [0, 1],
      node: {
        vmSize: "Standard_NC4as_T4_v3",
        osDiskSizeGB: 200,
        osSKU: "Ubuntu",
        scaleSetPriority: "Regular",
        nodeTaints: ["platform/accelerator=nvidia-t4:NoSchedule"],
        gpuProfile: { driver: "Install" },
      },
    },
  } as const;
  for (const [pool, { ids, what, bounds, node }] of Object.entries(pools)) {
    it(`${ids} has ${what}`, () => {
      const name = `cluster-${pool}-nodes`;
      const { inputs, ignoreChanges } = stack.named(name);
      assert.deepEqual(
        only(inputs, "vmSize", "osDiskSizeGB", "osSKU", "scaleSetPriority", "nodeTaints", "gpuProfile"),
        node,
      );
      assert.deepEqual(
        only(inputs, "mode", "availabilityZones", "enableAutoScaling", "enableNodePublicIP", "vnetSubnetID"),
        {
          mode: "User",
          availabilityZones: zones,
          enableAutoScaling: true,
          enableNodePublicIP: false,
          vnetSubnetID: stack.id("network-nodes"),
        },
      );
      assert.deepEqual(ignoreChanges, ["count"]);
      assert.deepEqual([inputs["minCount"], inputs["maxCount"]], bounds);
    });
  }

  it("[PF-AI-01] asks for 16 GiB beside an NVIDIA T4, of which its smallest machine has 28", () => {
    const config = loadConfiguration(committed("dr"));
    assert.ok(config.blueprint === "portfolio-azure");
    const { cpus, memoryGiB } = config.nodePools["accelerated"] ?? {};
    assert.deepEqual({ cpus, memoryGiB }, { cpus: 4, memoryGiB: 16 });
  });

  it("[PF-SCALE-01] has a pool of its own for the system, in both roles, and no other pools", () => {
    assert.equal(stack.ofType("azure-native:containerservice:AgentPool").length, 3);
    const profiles = list(stack.input(aks, "agentPoolProfiles"));
    assert.deepEqual(
      profiles.map((pool) => ["name", "mode", "minCount", "maxCount", "nodeTaints.0"].map((key) => at(pool, key))),
      [["system", "System", 2, 6, "CriticalAddonsOnly=true:NoSchedule"]],
    );
    assert.deepEqual(at(profiles[0], "availabilityZones"), zones);
  });

  it("[PF-CLOUD-02] takes patches of Kubernetes and images of nodes on Sundays, when the window says so", () => {
    assert.deepEqual(stack.input(aks, "autoUpgradeProfile"), {
      upgradeChannel: "patch",
      nodeOSUpgradeChannel: "NodeImage",
    });
    for (const window of ["cluster-patches-of-kubernetes", "cluster-images-of-nodes"]) {
      assert.equal(stack.input(window, "maintenanceWindow.schedule.weekly.dayOfWeek"), "Sunday", window);
      assert.equal(stack.input(window, "maintenanceWindow.durationHours"), 4, window);
    }
  });

  it("[PF-SEC-03] has these namespaces, each of which denies what no policy names", () => {
    const namespaces = stack
      .ofType("kubernetes:core/v1:Namespace")
      .map(({ inputs }) => text(at(inputs, "metadata.name")))
      .sort();
    assert.deepEqual(namespaces, ["cert-manager", "external-secrets", "iceberg", "kafka", "rabbitmq", "services"]);
    const denied = stack
      .ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy")
      .filter(({ inputs }) => at(inputs, "metadata.name") === "default-deny")
      .map(({ inputs }) => {
        assert.deepEqual(at(inputs, "spec"), { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
        return text(at(inputs, "metadata.namespace"));
      });
    assert.deepEqual(denied.sort(), namespaces);
  });

  it("[PF-CLOUD-02] installs these charts, and leaves to AKS what it brings by itself", () => {
    const releases = stack
      .ofType("kubernetes:helm.sh/v3:Release")
      .map(({ inputs }) => `${text(inputs["chart"])} in ${text(inputs["namespace"])}`);
    assert.deepEqual(releases.sort(), [
      "cert-manager in cert-manager",
      "external-secrets in external-secrets",
      "nvidia-device-plugin in kube-system",
      "strimzi-kafka-operator in kafka",
    ]);
    assert.deepEqual(stack.input("platform-external-secrets-site", "spec.provider.azurekv"), {
      authType: "WorkloadIdentity",
      tenantId: stack.input(aks, "aadProfile.tenantID"),
      vaultUrl: `https://${text(stack.output("secrets-vault-vault", "name"))}.vault.azure.net/`,
    });
    assert.deepEqual(stack.input("platform-external-secrets-site", "spec.conditions"), [{ namespaces: ["services"] }]);
  });

  it("[PF-SCALE-01] keeps volumes in every zone, so that a pod starts where there is room", () => {
    assert.deepEqual(
      ["fast", "general"].map((storageClass) => [
        stack.input(`platform-storage-classes-${storageClass}`, "parameters.skuName"),
        stack.input(`platform-storage-classes-${storageClass}`, "reclaimPolicy"),
      ]),
      [
        ["Premium_ZRS", "Retain"],
        ["StandardSSD_ZRS", "Delete"],
      ],
    );
  });
});
