import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { offered, versionOf } from "../../../../offline/services/azure/aks-versions";
import { block, GROUP, refused, replacing, subnet, SUBSCRIPTION, Subscription, zone, textOf } from "./support";
import {
  CLUSTER,
  cluster,
  clusterInputs,
  grant,
  ground,
  POOL,
  PRIVATE_ZONE_CONTRIBUTOR,
  systemPool,
} from "./aks-support";

/** Problems that `check` finds with a cluster whose inputs are changed so. */
function problemsOf(change: Properties): Readonly<Record<string, string>> {
  const subscription = new Subscription();
  return subscription.reasons(CLUSTER, clusterInputs(ground(subscription), change));
}

/** Creates a cluster whose inputs are changed so. */
function make(change: Properties): void {
  const subscription = new Subscription();
  cluster(subscription, ground(subscription), change);
}

const profile = (change: Properties): Properties => ({
  networkProfile: {
    networkPlugin: "azure",
    networkPluginMode: "overlay",
    networkDataplane: "cilium",
    networkPolicy: "cilium",
    outboundType: "userAssignedNATGateway",
    podCidr: "100.64.0.0/16",
    serviceCidr: "172.20.0.0/16",
    dnsServiceIP: "172.20.0.10",
    ...change,
  },
});

describe("Azure Kubernetes cluster", () => {
  it("computes what the service computes, in its shapes", () => {
    const subscription = new Subscription();
    const made = cluster(subscription, ground(subscription));
    const { outputs } = made;
    assert.equal(
      made.id,
      `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/portfolio`,
    );
    assert.match(textOf(outputs["fqdn"]), /^portfolio-[0-9a-f]{8}\.hcp\.eastus\.azmk8s\.io$/);
    assert.match(
      textOf(outputs["privateFQDN"]),
      /^portfolio-[0-9a-f]{8}\.[0-9a-f-]{36}\.privatelink\.eastus\.azmk8s\.io$/,
    );
    assert.match(
      textOf(block(outputs["oidcIssuerProfile"])["issuerURL"]),
      /^https:\/\/eastus\.oic\.prod-aks\.azure\.com\/[0-9a-f-]{36}\/[0-9a-f-]{36}\/$/,
    );
    assert.equal(outputs["currentKubernetesVersion"], "1.36.6");
    assert.equal(outputs["nodeResourceGroup"], "MC_rg_portfolio_eastus");
    assert.equal(block(outputs["powerState"])["code"], "Running");
    assert.deepEqual(
      (outputs["agentPoolProfiles"] as readonly Properties[]).map((each) => [
        each["name"],
        each["orchestratorVersion"],
        each["maxPods"],
      ]),
      [["system", "1.36.6", 250]],
    );
  });

  it("brings a resource group for its nodes, and takes it and its pools along", () => {
    const subscription = new Subscription();
    const made = cluster(subscription, ground(subscription));
    const nodes = `${SUBSCRIPTION}/resourceGroups/MC_rg_portfolio_eastus`;
    assert.equal(subscription.has(GROUP, nodes), true);
    assert.equal(subscription.has(POOL, `${made.id}/agentPools/system`), true);
    subscription.delete(made);
    assert.equal(subscription.has(GROUP, nodes), false);
    assert.equal(subscription.has(POOL, `${made.id}/agentPools/system`), false);
  });

  it("offers the newest three minors, and older ones to those who pay for long-term support", () => {
    assert.deepEqual(offered(false), ["1.35", "1.36", "1.37"]);
    assert.deepEqual(offered(true), ["1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"]);
    assert.equal(versionOf("1.36.99"), undefined);
    refused(
      () => {
        make({ kubernetesVersion: "1.30" });
      },
      "K8sVersionNotSupported",
      /not supported in this region/,
    );
    refused(
      () => {
        make({ kubernetesVersion: "1.33" });
      },
      "K8sVersionNotSupported",
      /only available for Long-Term Support/,
    );
    make({ kubernetesVersion: "1.33", sku: { name: "Base", tier: "Premium" }, supportPlan: "AKSLongTermSupport" });
    assert.match(
      problemsOf({ supportPlan: "AKSLongTermSupport" })["supportPlan"] ?? "",
      /needs sku\.tier Premium, not Standard/,
    );
  });

  it("is upgraded one minor at a time, and never back", () => {
    const subscription = new Subscription();
    const made = cluster(subscription, ground(subscription), { kubernetesVersion: "1.35" });
    refused(
      () => subscription.update(made, { kubernetesVersion: "1.37" }),
      "OperationNotAllowed",
      /from 1\.35\.10 to 1\.37\.1 is not allowed/,
    );
    const outputs = subscription.update(made, { kubernetesVersion: "1.36" });
    assert.equal(outputs["currentKubernetesVersion"], "1.36.6");
    assert.equal(outputs["fqdn"], made.outputs["fqdn"]);
    assert.deepEqual(outputs["oidcIssuerProfile"], made.outputs["oidcIssuerProfile"]);
  });

  for (const { what, change, property, words } of [
    {
      what: "cilium without the overlay",
      change: profile({ networkPluginMode: undefined }),
      property: "networkProfile.networkDataplane",
      words: /needs networkPluginMode overlay/,
    },
    {
      what: "cilium with another policy",
      change: profile({ networkPolicy: "calico" }),
      property: "networkProfile.networkPolicy",
      words: /needs networkPolicy cilium, not calico/,
    },
    {
      what: "a DNS address outside the services",
      change: profile({ dnsServiceIP: "10.0.0.10" }),
      property: "networkProfile.dnsServiceIP",
      words: /outside of serviceCidr/,
    },
    {
      what: "the first address for DNS",
      change: profile({ dnsServiceIP: "172.20.0.1" }),
      property: "networkProfile.dnsServiceIP",
      words: /first addresses/,
    },
    {
      what: "services as wide as /12",
      change: profile({ serviceCidr: "172.16.0.0/12" }),
      property: "networkProfile.serviceCidr",
      words: /smaller than \/12/,
    },
    {
      what: "pods where the services are",
      change: profile({ podCidr: "172.20.0.0/16" }),
      property: "networkProfile.podCidr",
      words: /overlaps serviceCidr/,
    },
    {
      what: "no local accounts and no Entra ID",
      change: { aadProfile: undefined },
      property: "disableLocalAccounts",
      words: /needs aadProfile/,
    },
    {
      what: "workload identity without an issuer",
      change: { oidcIssuerProfile: { enabled: false } },
      property: "securityProfile.workloadIdentity.enabled",
      words: /needs oidcIssuerProfile/,
    },
    {
      what: "authorized ranges of a private cluster",
      change: { apiServerAccessProfile: { enablePrivateCluster: true, authorizedIPRanges: ["1.2.3.4/32"] } },
      property: "apiServerAccessProfile.authorizedIPRanges",
      words: /no public ranges/,
    },
    {
      what: "a tier that is none",
      change: { sku: { name: "Base", tier: "Gold" } },
      property: "sku.tier",
      words: /Free, Standard, Premium, got Gold/,
    },
    {
      what: "no system pool",
      change: { agentPoolProfiles: [{ name: "user", mode: "User", count: 1, vmSize: "Standard_D4ds_v5" }] },
      property: "agentPoolProfiles",
      words: /at least one pool of mode System/,
    },
    { what: "no name in DNS", change: { dnsPrefix: undefined }, property: "dnsPrefix", words: /dnsPrefix is missing/ },
  ]) {
    it(`refuses ${what}`, () => {
      const reasons = problemsOf(change);
      assert.deepEqual(Object.keys(reasons), [property]);
      assert.match(reasons[property] ?? "", words);
    });
  }

  it("refuses ranges that the virtual network has", () => {
    refused(
      () => {
        make(profile({ serviceCidr: "10.40.0.0/16", dnsServiceIP: "10.40.0.10" }));
      },
      "ServiceCidrOverlapExistingSubnetsCidr",
      /conflicted with an existing subnet .*subnets\/nodes/,
    );
    refused(
      () => {
        make(profile({ podCidr: "10.40.0.0/18" }));
      },
      "InvalidParameter",
      /pod CIDR 10\.40\.0\.0\/18 is conflicted/,
    );
  });

  it("refuses pod and node ranges too small for the nodes", () => {
    refused(
      () => {
        make(profile({ podCidr: "100.64.0.0/23" }));
      },
      "InvalidParameter",
      /has room for 2 nodes of \/24 each, and the pools may have 3/,
    );
    const subscription = new Subscription();
    const on = ground(subscription);
    const small = subnet(subscription, "small", "10.40.8.0/29", { natGateway: on.nodes.inputs["natGateway"] ?? {} });
    refused(
      () => cluster(subscription, { ...on, nodes: small }, { agentPoolProfiles: [systemPool(small, { count: 4 })] }),
      "InsufficientSubnetSize",
      /Pre-allocated IPs 4 exceeds IPs available 3/,
    );
  });

  it("asks for the way out that it was told of", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    const shut = subnet(subscription, "shut", "10.40.8.0/24");
    const there = { ...on, nodes: shut };
    refused(
      () => cluster(subscription, there),
      "InvalidParameter",
      /userAssignedNATGateway needs a NAT gateway on subnet .*subnets\/shut/,
    );
    refused(
      () => cluster(subscription, there, profile({ outboundType: "userDefinedRouting" })),
      "ExistingRouteTableNotAssociatedWithSubnet",
    );
    refused(
      () => cluster(subscription, there, profile({ outboundType: "managedNATGateway" })),
      "InvalidParameter",
      /take userAssignedNATGateway/,
    );
  });

  it("writes into a private zone of the program's own only with the right to", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    const own = zone(subscription, "privatelink.eastus.azmk8s.io");
    const access = (zoneId: string) => ({
      apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: zoneId },
    });
    refused(
      () => cluster(subscription, on, access(own.id)),
      "CustomPrivateDNSZoneMissingPermissionError",
      /give it Private DNS Zone Contributor first/,
    );
    grant(subscription, on.identity, PRIVATE_ZONE_CONTRIBUTOR, own.id);
    refused(
      () => cluster(subscription, on, { ...access(own.id), identity: { type: "SystemAssigned" } }),
      "InvalidParameter",
      /needs a user-assigned identity/,
    );
    refused(
      () => cluster(subscription, on, access(zone(subscription, "privatelink.westus.azmk8s.io").id)),
      "InvalidParameter",
      /is named privatelink\.eastus\.azmk8s\.io/,
    );
    const made = cluster(subscription, on, access(own.id));
    assert.match(textOf(made.outputs["privateFQDN"]), /^portfolio-[0-9a-f]{8}\.privatelink\.eastus\.azmk8s\.io$/);
    refused(() => {
      subscription.delete(own);
    }, "CannotDeleteResource");
  });

  it("is made anew for another network plugin, and changed in place for its tier", () => {
    const subscription = new Subscription();
    const made = cluster(subscription, ground(subscription));
    assert.deepEqual(replacing(subscription.diff(made, profile({ networkPolicy: "none" }))), [
      "networkProfile.networkPolicy",
    ]);
    assert.deepEqual(replacing(subscription.diff(made, { sku: { name: "Base", tier: "Free" } })), []);
    refused(
      () => subscription.update(made, { apiServerAccessProfile: { enablePrivateCluster: false } }),
      "PropertyChangeNotAllowed",
    );
    refused(
      () => subscription.update(made, { oidcIssuerProfile: { enabled: false }, securityProfile: {} }),
      "OIDCIssuerFeatureCannotBeDisabled",
    );
  });

  it("gives a kubeconfig for kubelogin, and no static one where local accounts are off", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    const made = cluster(subscription, on);
    const args = { resourceGroupName: "rg", resourceName: "portfolio" };
    const user = (more: Properties = {}) => {
      const found = subscription.invoke("azure-native:containerservice:listManagedClusterUserCredentials", {
        ...args,
        ...more,
      });
      const [first] = found["kubeconfigs"] as readonly { name: string; value: string }[];
      assert.equal(first?.name, "clusterUser");
      return JSON.parse(Buffer.from(first.value, "base64").toString()) as {
        clusters: { cluster: { server: string } }[];
        users: { user: { exec: { command: string } } }[];
      };
    };
    assert.equal(user().clusters[0]?.cluster.server, `https://${textOf(made.outputs["privateFQDN"])}:443`);
    assert.equal(
      user({ serverFqdn: "public" }).clusters[0]?.cluster.server,
      `https://${textOf(made.outputs["fqdn"])}:443`,
    );
    assert.equal(user().users[0]?.user.exec.command, "kubelogin");
    refused(
      () => subscription.invoke("azure-native:containerservice:listManagedClusterAdminCredentials", args),
      "BadRequest",
      /set to disable local accounts/,
    );
    refused(
      () =>
        subscription.invoke("azure-native:containerservice:listManagedClusterUserCredentials", {
          ...args,
          resourceName: "none",
        }),
      "ResourceNotFound",
    );
  });
});
