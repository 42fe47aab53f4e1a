import assert from "node:assert/strict";
import { Bastion } from "../../../components/azure/bastion";
import { workloadBinder } from "../../../components/azure/bind-workload";
import { Cluster, diskStorage, type ClusterArgs } from "../../../components/azure/cluster";
import { apiServerAccess, dnsServiceAddress } from "../../../components/azure/cluster.plan";
import { ImageRegistry } from "../../../components/azure/image-registry";
import { entraKubeconfig } from "../../../components/azure/kubeconfig.plan";
import { SecretStore } from "../../../components/azure/secret-store";
import type { NodePool } from "../../../components/contracts/node-pool";
import { isList, isProperties, type Properties } from "../../../offline/cloud/value";
import { at, only, type Deployed } from "../../stacks/deployed";
import { attempt, onNetwork, ranges, text, type Ground } from "./ground";

const general: NodePool = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 4,
  memoryGiB: 16,
  diskGiB: 100,
  nodes: { min: 3, max: 12 },
};

const nodePools = {
  general,
  spot: { ...general, capacity: "spot", architecture: "arm64", nodes: { min: 0, max: 20 } },
  accelerated: { ...general, accelerator: "nvidia-t4", nodes: { min: 0, max: 4 } },
} as const satisfies Record<string, NodePool>;

const admins = { platform: { principalId: "22222222-0000-4000-8000-0000000000a1", type: "Group" } } as const;

function clusterOn(ground: Ground, changes: Partial<ClusterArgs> = {}): Cluster {
  const { prefix, place, network, keys, logs, protection, onAzure } = ground;
  return new Cluster(
    "cluster",
    {
      prefix,
      place,
      clusterName: "test-aks",
      version: "1.36",
      tier: "Standard",
      access: "network",
      admins,
      network,
      podRange: ranges.pods,
      serviceRange: ranges.services,
      keys,
      registryIds: {},
      nodePools,
      logs,
      protection,
      ...changes,
    },
    onAzure,
  );
}

describe("cluster of Azure, deployed", function () {
  this.timeout(120_000);
  let stack: Deployed;
  const told: { kubeconfig?: string; issuer?: string; provides?: readonly string[]; command?: string } = {};

  before(async () => {
    stack = await onNetwork(
      (ground) => {
        const { prefix, place, network, dns, keys, logs, protection, onAzure } = ground;
        const home = { prefix, place, network, dns, logs, protection };
        const images = new ImageRegistry("images", { ...home, repositories: ["api"], key: keys.keys.images }, onAzure);
        const [registryId] = images.resourceIds;
        assert.ok(registryId);
        const secrets = new SecretStore("secrets", home, onAzure);
        secrets.put("postgres", { username: "platform", password: "s3cret" });
        const cluster = clusterOn(ground, { registryIds: { site: registryId }, access: "bastion" });
        const bastion = new Bastion("bastion", { prefix, place, network, logs }, onAzure);
        bastion.tunnelCommand(cluster.clusterId, 8443).apply((command) => (told.command = command));
        cluster.kubeconfig.apply((kubeconfig) => (told.kubeconfig = kubeconfig));
        cluster.issuer.apply((issuer) => (told.issuer = issuer));
        told.provides = [...cluster.provides];
        const bind = workloadBinder({ place, prefix, issuer: cluster.issuer, azure: ground.azure });
        const identity = bind("external-secrets", {
          namespace: "external-secrets",
          serviceAccount: "external-secrets",
          description: "Reads secrets",
          grants: [
            { to: secrets, access: "read" },
            { to: images, access: "write" },
            { to: images, access: "read" },
          ],
        });
        assert.deepEqual(identity.podLabels, { "azure.workload.identity/use": "true" });
        assert.deepEqual(Object.keys(identity.annotations), ["azure.workload.identity/client-id"]);
      },
      { optional: ["bastion"], class: "production" },
    );
  });

  const roleOf = (name: string) => text(stack.input(name, "roleDefinitionId")).split("/").at(-1);

  it("its API is in the network alone, in a subnet of its own, and takes no commands around it", () => {
    assert.deepEqual(stack.input("cluster-aks", "apiServerAccessProfile"), {
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      privateDNSZone: "system",
      enableVnetIntegration: true,
      subnetId: stack.id("network-api-server"),
      disableRunCommand: true,
    });
  });

  it("people come by Microsoft Entra: no local account, rights are roles of Azure", () => {
    const { inputs } = stack.named("cluster-aks");
    assert.equal(inputs["disableLocalAccounts"], true);
    assert.deepEqual(only(inputs, "aadProfile", "oidcIssuerProfile", "enableRBAC"), {
      aadProfile: {
        managed: true,
        enableAzureRBAC: true,
        tenantID: at(inputs, "aadProfile.tenantID"),
      },
      oidcIssuerProfile: { enabled: true },
      enableRBAC: true,
    });
    assert.equal(stack.input("cluster-admin-platform", "principalType"), "Group");
    assert.equal(roleOf("cluster-admin-platform"), "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b");
    assert.equal(stack.input("cluster-admin-platform", "scope"), stack.id("cluster-aks"));
  });

  it("secrets in etcd and disks are encrypted with keys of the site", () => {
    assert.deepEqual(stack.input("cluster-aks", "securityProfile.azureKeyVaultKms"), {
      enabled: true,
      keyId: stack.output("keys-secrets", "keyUriWithVersion"),
      keyVaultNetworkAccess: "Private",
      keyVaultResourceId: stack.id("keys-vault-vault"),
    });
    assert.equal(stack.input("cluster-aks", "diskEncryptionSetID"), stack.id("cluster-rights-disks"));
    assert.deepEqual(stack.input("cluster-rights-disks", "activeKey"), { keyUrl: stack.output("keys-data", "keyUri") });
    assert.deepEqual(only(stack.named("cluster-rights-disks").inputs, "diskEncryptionSetName", "encryptionType"), {
      diskEncryptionSetName: "test-disks",
      encryptionType: "EncryptionAtRestWithCustomerKey",
    });
    assert.equal(stack.input("cluster-rights-disks", "rotationToLatestKeyVersionEnabled"), true);
  });

  it("a sensor watches each node, with a workspace of its own that takes its key", () => {
    assert.deepEqual(stack.input("cluster-aks", "securityProfile.defender"), {
      logAnalyticsWorkspaceResourceId: stack.id("cluster-sensor-workspace"),
      securityMonitoring: { enabled: true },
    });
    const { inputs } = stack.named("cluster-sensor-workspace");
    assert.deepEqual(only(inputs, "workspaceName", "features"), {
      workspaceName: "test-sensor-logs",
      features: { disableLocalAuth: false, enableLogAccessUsingOnlyResourcePermissions: true },
    });
    assert.equal(stack.input("logs-workspace", "features.disableLocalAuth"), true);
  });

  it("pods have addresses of their own, Cilium holds them to policies, and all leaves by the NAT gateway", () => {
    assert.deepEqual(
      only(
        at(stack.named("cluster-aks").inputs, "networkProfile") as Record<string, never>,
        "networkPluginMode",
        "networkDataplane",
        "networkPolicy",
        "podCidr",
        "serviceCidr",
        "dnsServiceIP",
        "outboundType",
      ),
      {
        networkPluginMode: "overlay",
        networkDataplane: "cilium",
        networkPolicy: "cilium",
        podCidr: "10.68.0.0/14",
        serviceCidr: "10.65.0.0/16",
        dnsServiceIP: "10.65.0.10",
        outboundType: "userAssignedNATGateway",
      },
    );
  });

  it("[PF-SCALE-01] every pool is in three zones and scales within its bounds", () => {
    const pools = stack.ofType("azure-native:containerservice:AgentPool").map(({ inputs }) => inputs);
    assert.deepEqual(
      pools.map((pool) => only(pool, "agentPoolName", "vmSize", "minCount", "maxCount", "enableAutoScaling")),
      [
        { agentPoolName: "general", vmSize: "Standard_D4s_v5", minCount: 3, maxCount: 12, enableAutoScaling: true },
        { agentPoolName: "spot", vmSize: "Standard_D4ps_v6", minCount: 0, maxCount: 20, enableAutoScaling: true },
        {
          agentPoolName: "accelerated",
          vmSize: "Standard_NC4as_T4_v3",
          minCount: 0,
          maxCount: 4,
          enableAutoScaling: true,
        },
      ],
    );
    const system = stack.input("cluster-aks", "agentPoolProfiles");
    assert.ok(isList(system));
    for (const pool of [...pools, ...system.filter(isProperties)]) {
      assert.deepEqual(pool["availabilityZones"], ["1", "2", "3"]);
      assert.equal(pool["vnetSubnetID"], stack.id("network-nodes"));
      assert.equal(pool["enableNodePublicIP"], false);
    }
    assert.deepEqual(at(system, "0.nodeTaints"), ["CriticalAddonsOnly=true:NoSchedule"]);
    assert.deepEqual(told.provides, ["metrics", "node-autoscaling"]);
  });

  it("[PF-SEC-05] nodes encrypt what they write, start with signed software, and let nobody log in", () => {
    const system = at(stack.named("cluster-aks").inputs, "agentPoolProfiles.0") as Properties;
    const pools = stack.ofType("azure-native:containerservice:AgentPool").map(({ inputs }) => inputs);
    for (const pool of [system, ...pools]) {
      assert.equal(pool["enableEncryptionAtHost"], true);
      assert.equal(pool["maxPods"], 110);
      assert.equal(pool["osDiskType"], "Managed");
      assert.equal(at(pool, "securityProfile.sshAccess"), "Disabled");
    }
    const trusted = { sshAccess: "Disabled", enableSecureBoot: true, enableVTPM: true };
    assert.deepEqual(system["securityProfile"], trusted);
    assert.deepEqual(stack.input("cluster-general-nodes", "securityProfile"), trusted);
    assert.deepEqual(stack.input("cluster-general-nodes", "upgradeSettings"), {
      maxSurge: "33%",
      drainTimeoutInMinutes: 30,
    });
    assert.deepEqual(
      only(system, "name", "vmSize", "osSKU", "osDiskSizeGB", "count", "minCount", "maxCount", "upgradeSettings"),
      {
        name: "system",
        vmSize: "Standard_D2s_v5",
        osSKU: "AzureLinux",
        osDiskSizeGB: 64,
        count: 2,
        minCount: 2,
        maxCount: 6,
        upgradeSettings: { maxSurge: "33%" },
      },
    );
  });

  it("drops images that no pod uses every week, keeps volumes on disks alone, and fills nodes before it adds others", () => {
    const { inputs } = stack.named("cluster-aks");
    assert.deepEqual(at(inputs, "securityProfile.imageCleaner"), { enabled: true, intervalHours: 168 });
    assert.deepEqual(at(inputs, "securityProfile.workloadIdentity"), { enabled: true });
    assert.deepEqual(only(inputs, "storageProfile", "autoScalerProfile", "nodeResourceGroupProfile"), {
      storageProfile: {
        diskCSIDriver: { enabled: true },
        snapshotController: { enabled: true },
        fileCSIDriver: { enabled: false },
        blobCSIDriver: { enabled: false },
      },
      autoScalerProfile: { expander: "least-waste", balanceSimilarNodeGroups: "true" },
      nodeResourceGroupProfile: { restrictionLevel: "ReadOnly" },
    });
  });

  it("is upgraded on Sundays from 09:00 UTC for four hours", () => {
    for (const [name, configName] of [
      ["cluster-patches-of-kubernetes", "aksManagedAutoUpgradeSchedule"],
      ["cluster-images-of-nodes", "aksManagedNodeOSUpgradeSchedule"],
    ] as const) {
      assert.equal(stack.input(name, "configName"), configName);
      assert.deepEqual(stack.input(name, "maintenanceWindow"), {
        schedule: { weekly: { dayOfWeek: "Sunday", intervalWeeks: 1 } },
        startTime: "09:00",
        utcOffset: "+00:00",
        durationHours: 4,
      });
    }
  });

  it("spot nodes are deleted when they are taken back, and accelerated ones get their driver", () => {
    assert.deepEqual(
      only(
        stack.named("cluster-spot-nodes").inputs,
        "scaleSetPriority",
        "scaleSetEvictionPolicy",
        "spotMaxPrice",
        "upgradeSettings",
      ),
      { scaleSetPriority: "Spot", scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1, upgradeSettings: undefined },
    );
    assert.deepEqual(stack.input("cluster-accelerated-nodes", "gpuProfile"), { driver: "Install" });
    assert.equal(stack.input("cluster-general-nodes", "gpuProfile"), undefined);
  });

  it("is made after all rights that it tries at once", () => {
    const before = stack.waitsFor("cluster-aks");
    const rights = stack.run.resources.filter(({ name }) => /^cluster-rights-(to|pull)-/.test(name));
    assert.equal(rights.length, 8);
    for (const { name } of rights) assert.ok(before.has(name), name);
    assert.equal(roleOf("cluster-rights-pull-site"), "7f951dda-4ed3-4680-a7ca-43fe172d538d");
    assert.equal(stack.input("cluster-rights-pull-site", "scope"), stack.id("images-registry"));
  });

  it("leaves the number of nodes to the autoscaler, in the pool of the system too", () => {
    assert.deepEqual(stack.named("cluster-aks").ignoreChanges, ["agentPoolProfiles[0].count"]);
    for (const pool of ["general", "spot", "accelerated"]) {
      assert.deepEqual(stack.named(`cluster-${pool}-nodes`).ignoreChanges, ["count"], pool);
    }
  });

  it("is locked and kept by the engine where the class protects", async () => {
    assert.equal(stack.named("cluster-aks").protect, true);
    assert.deepEqual(only(stack.named("cluster-lock").inputs, "scope", "level"), {
      scope: stack.id("cluster-aks"),
      level: "CanNotDelete",
    });
    const open = await onNetwork((ground) => {
      clusterOn(ground);
    }, {});
    assert.deepEqual(open.ofType("azure-native:authorization:ManagementLockByScope"), []);
    assert.equal(open.named("cluster-aks").protect, false);
  });

  it("its kubeconfig names its private address and holds no credential", () => {
    const config: unknown = JSON.parse(told.kubeconfig ?? "{}");
    const user = at(config as Record<string, never>, "users.0.user");
    assert.deepEqual(at(config as Record<string, never>, "contexts.0.context.cluster"), "test-aks");
    assert.match(
      text(at(config as Record<string, never>, "clusters.0.cluster.server")),
      new RegExp(text(stack.output("cluster-aks", "privateFQDN"))),
    );
    assert.deepEqual(Object.keys(user as object), ["exec"]);
    assert.deepEqual(at(user, "exec.args"), [
      "get-token",
      "--environment",
      "AzurePublicCloud",
      "--server-id",
      "6dae42f8-4368-4678-94ff-3960e28e3630",
      "--login",
      "azurecli",
    ]);
  });

  it("the bastion opens a tunnel to it, and to nothing by other ways", () => {
    assert.deepEqual(only(stack.named("bastion-host").inputs, "enableFileCopy", "disableCopyPaste", "scaleUnits"), {
      enableFileCopy: false,
      disableCopyPaste: true,
      scaleUnits: 2,
    });
    assert.equal(stack.input("bastion-address", "publicIPAddressVersion"), "IPv4");
    assert.deepEqual(
      only(stack.named("bastion-host").inputs, "enableTunneling", "enableShareableLink", "enableIpConnect", "sku"),
      { enableTunneling: true, enableShareableLink: false, enableIpConnect: false, sku: { name: "Standard" } },
    );
    assert.equal(
      told.command,
      "az network bastion tunnel --name test-bastion --resource-group test-site " +
        `--target-resource-id ${stack.id("cluster-aks")} --resource-port 443 --port 8443`,
    );
  });

  it("a workload is trusted by issuer, namespace and service account, and may what its grants say", () => {
    assert.deepEqual(only(stack.named("external-secrets-cluster").inputs, "issuer", "subject", "audiences"), {
      issuer: told.issuer,
      subject: "system:serviceaccount:external-secrets:external-secrets",
      audiences: ["api://AzureADTokenExchange"],
    });
    const given = stack.run.resources.filter(
      ({ name, type }) => name.startsWith("external-secrets-") && type === "azure-native:authorization:RoleAssignment",
    );
    assert.deepEqual(
      given.map(({ name, inputs }) => [roleOf(name), inputs["scope"]]),
      [
        ["4633458b-17de-408a-b874-0445c86b69e6", stack.id("secrets-vault-vault")],
        ["8311e382-0749-4cb8-b61a-304f252e45ec", stack.id("images-registry")],
      ],
    );
  });

  it("vaults answer in the network alone, by roles, and cannot be purged", () => {
    const vaults = stack.ofType("azure-native:keyvault:Vault");
    assert.deepEqual(
      vaults.map(({ name }) => name),
      ["keys-vault-vault", "secrets-vault-vault"],
    );
    for (const { name, inputs, protect } of vaults) {
      assert.deepEqual(
        only(
          at(inputs, "properties") as Record<string, never>,
          "enableRbacAuthorization",
          "enablePurgeProtection",
          "publicNetworkAccess",
          "networkAcls",
          "softDeleteRetentionInDays",
          "enableSoftDelete",
          "enabledForDeployment",
          "enabledForTemplateDeployment",
          "enabledForDiskEncryption",
        ),
        {
          enableSoftDelete: true,
          enabledForDeployment: false,
          enabledForTemplateDeployment: false,
          enabledForDiskEncryption: false,
          enableRbacAuthorization: true,
          enablePurgeProtection: true,
          publicNetworkAccess: "disabled",
          networkAcls: { bypass: "AzureServices", defaultAction: "Deny" },
          softDeleteRetentionInDays: 30,
        },
        name,
      );
      assert.equal(protect, true);
    }
    assert.equal(stack.input("keys-vault-private-endpoint", "subnet.id"), stack.id("network-endpoints"));
    for (const key of ["data", "images", "logs", "secrets"]) {
      assert.equal(stack.named(`keys-${key}`).protect, true, key);
    }
  });

  it("each purpose has a key that rotates after a year", () => {
    const keys = stack.ofType("azure-native:keyvault:Key");
    assert.deepEqual(
      keys.map(({ inputs }) => inputs["keyName"]),
      ["data", "images", "logs", "secrets"],
    );
    for (const { inputs } of keys) {
      assert.equal(at(inputs, "properties.kty"), "RSA-HSM");
      assert.equal(at(inputs, "properties.keySize"), 3072);
      assert.deepEqual(at(inputs, "properties.attributes"), { enabled: true, exportable: false });
      assert.deepEqual(at(inputs, "properties.rotationPolicy.attributes"), { expiryTime: "P2Y" });
      assert.deepEqual(at(inputs, "properties.rotationPolicy.lifetimeActions"), [
        { action: { type: "rotate" }, trigger: { timeAfterCreate: "P1Y" } },
      ]);
    }
  });

  it("a secret is JSON under the stack's prefix, and secret to the engine", () => {
    const { inputs, protect, secretPaths } = stack.named("secrets-postgres");
    assert.deepEqual(secretPaths, ["properties.value"]);
    assert.deepEqual(at(inputs, "properties.attributes"), { enabled: true });
    assert.equal(inputs["secretName"], "test-postgres");
    assert.equal(protect, true);
    assert.deepEqual(JSON.parse(text(at(inputs, "properties.value"))), { username: "platform", password: "s3cret" });
  });

  it("secrets end on the day by which they have new values, and have no end without one", async () => {
    const ending = await onNetwork(({ prefix, place, network, dns, logs, protection, onAzure }) => {
      const home = { prefix, place, network, dns, logs, protection };
      new SecretStore("secrets", { ...home, renewBy: "2027-11-20" }, onAzure).put("queue", { password: "s3cret" });
    });
    assert.deepEqual(ending.input("secrets-queue", "properties.attributes"), {
      enabled: true,
      expires: Date.UTC(2027, 10, 20) / 1000,
    });
    assert.deepEqual(stack.input("secrets-postgres", "properties.attributes"), { enabled: true });
  });

  it("the registry is in every zone, has no administrator and opens to nobody outside", () => {
    assert.equal(stack.named("images-registry").protect, true);
    assert.deepEqual(
      only(
        stack.named("images-registry").inputs,
        "adminUserEnabled",
        "anonymousPullEnabled",
        "publicNetworkAccess",
        "sku",
        "zoneRedundancy",
        "encryption",
        "dataEndpointEnabled",
        "policies",
      ),
      {
        dataEndpointEnabled: true,
        policies: {
          retentionPolicy: { status: "enabled", days: 14 },
          exportPolicy: { status: "disabled" },
          azureADAuthenticationAsArmPolicy: { status: "enabled" },
          quarantinePolicy: { status: "disabled" },
          trustPolicy: { status: "disabled", type: "Notary" },
        },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        publicNetworkAccess: "Disabled",
        sku: { name: "Premium" },
        zoneRedundancy: "Enabled",
        encryption: {
          status: "enabled",
          keyVaultProperties: {
            identity: stack.output("images-key-identity", "clientId"),
            keyIdentifier: stack.output("keys-images", "keyUri"),
          },
        },
      },
    );
  });

  it("everything that can have tags has those of the stack", () => {
    const without = stack.run.resources.filter(
      ({ type, inputs }) =>
        type.startsWith("azure-native:") && "location" in inputs && at(inputs, "tags.system") !== "test",
    );
    assert.deepEqual(
      without.map(({ urn }) => urn),
      [],
    );
  });

  it("a preview asks a cluster that is not there yet for nothing", async () => {
    const known: string[] = [];
    const { run } = await attempt(
      (ground) => {
        const { kubeconfig, issuer } = clusterOn(ground);
        for (const output of [kubeconfig, issuer]) output.apply((value) => known.push(value));
      },
      { preview: true },
    );
    assert.deepEqual(run.errors, []);
    assert.deepEqual(known, []);
  });

  it("refuses an access that Azure has not, before anything is made", async () => {
    const { run } = await attempt((ground) => {
      clusterOn(ground, { access: "dns-endpoint" });
    });
    assert.match(
      run.errors.join("\n"),
      /cluster\.access "dns-endpoint" is refused: the public name of a private cluster of AKS leads to an address inside the network alone: take "bastion"/,
    );
  });
});

describe("plan of a cluster of Azure", () => {
  it("the internet gets in by the ranges that are named alone", () => {
    assert.deepEqual(apiServerAccess("internet", ["192.0.2.0/24"]), {
      enablePrivateCluster: false,
      authorizedIPRanges: ["192.0.2.0/24"],
    });
    for (const allowed of [undefined, [], ["0.0.0.0/0"]]) {
      assert.throws(() => apiServerAccess("internet", allowed), /without ranges that are let in/);
    }
    assert.throws(() => apiServerAccess("network", ["192.0.2.0/24"]), /lets nobody in from the internet/);
  });

  it("[PF-SEC-05] disks of volumes are in three zones, open to no network, and have a key of the site where it has one", () => {
    const disk = (skuName: string) => ({
      provisioner: "disk.csi.azure.com",
      parameters: { skuName, networkAccessPolicy: "DenyAll", publicNetworkAccess: "Disabled" },
    });
    assert.deepEqual(diskStorage(undefined), { general: disk("StandardSSD_ZRS"), fast: disk("Premium_ZRS") });
    assert.equal(diskStorage("set").fast.parameters["diskEncryptionSetID"], "set");
  });

  it("DNS has the tenth address of the services", () => {
    assert.equal(dnsServiceAddress("10.65.0.0/16"), "10.65.0.10");
  });

  it("what AKS hands out becomes a kubeconfig without its user", () => {
    const given = [
      "apiVersion: v1",
      "kind: Config",
      "clusters:",
      "- name: aks",
      "  cluster:",
      "    server: https://aks-1.private.eastus.azmk8s.io:443",
      "    certificate-authority-data: Q0E=",
      "users:",
      "- name: user",
      "  user: {token: secret}",
    ].join("\n");
    // Application id of the API of every AKS: https://azure.github.io/kubelogin/concepts/aks.html
    const server = "6dae42f8-4368-4678-94ff-3960e28e3630";
    const login = ["get-token", "--environment", "AzurePublicCloud", "--server-id", server, "--login"];
    assert.deepEqual(JSON.parse(entraKubeconfig(given, "aks", "workloadidentity")), {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "aks",
          cluster: { server: "https://aks-1.private.eastus.azmk8s.io:443", "certificate-authority-data": "Q0E=" },
        },
      ],
      users: [
        {
          name: "azure",
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1beta1",
              command: "kubelogin",
              args: [...login, "workloadidentity"],
              interactiveMode: "Never",
            },
          },
        },
      ],
      contexts: [{ name: "azure", context: { cluster: "aks", user: "azure" } }],
      "current-context": "azure",
    });
    assert.throws(() => entraKubeconfig("clusters: []", "aks", "azurecli"));
  });
});
