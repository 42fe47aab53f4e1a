import assert from "node:assert/strict";
import type { ApiAccess, KubernetesCluster } from "../../../components/contracts/kubernetes-cluster";
import type { NodePool } from "../../../components/contracts/node-pool";
import { ManagedCluster, type ManagedClusterArgs } from "../../../components/gcp/managed-cluster";
import { NodeAccount } from "../../../components/gcp/node-account";
import { only, text } from "../../stacks/deployed";
import { attempt, onSite, type Ground } from "./ground";

const general: NodePool = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 4,
  memoryGiB: 16,
  diskGiB: 100,
  nodes: { min: 3, max: 12 },
};

const nodePools: Readonly<Record<string, NodePool>> = {
  general,
  spot: { ...general, capacity: "spot", architecture: "arm64", nodes: { min: 0, max: 20 } },
  accelerated: { ...general, accelerator: "nvidia-l4", diskGiB: 200, nodes: { min: 0, max: 4 } },
};

const gke = "cluster-control-plane-gke";

function cluster(
  { project, prefix, network, keys, protection, onGcp }: Ground,
  changes: Partial<ManagedClusterArgs> = {},
) {
  return new ManagedCluster(
    "cluster",
    {
      project,
      clusterName: "test-gke",
      version: "1.36",
      releaseChannel: "REGULAR",
      access: "network",
      apiRanges: [network.cidr],
      network,
      nodeAccount: new NodeAccount("nodes", { project, prefix }, onGcp),
      secretsKeyId: keys.keyIds.secrets,
      disksKeyId: keys.keyIds.data,
      protection,
      nodePools,
      ...changes,
    },
    onGcp,
  );
}

describe("cluster on Google Cloud", () => {
  it("[PF-CLOUD-02] is a regional GKE cluster in three zones with private nodes and a private API", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    const { inputs } = stack.named(gke);
    assert.equal(inputs["name"], "test-gke");
    assert.equal(inputs["location"], "us-central1");
    assert.deepEqual(inputs["nodeLocations"], ["us-central1-a", "us-central1-b", "us-central1-c"]);
    assert.equal(inputs["minMasterVersion"], "1.36");
    assert.deepEqual(inputs["releaseChannel"], { channel: "REGULAR" });
    assert.equal(stack.input(gke, "privateClusterConfig.enablePrivateNodes"), true);
    assert.equal(stack.input(gke, "privateClusterConfig.enablePrivateEndpoint"), true);
    assert.deepEqual(stack.input(gke, "masterAuthorizedNetworksConfig.cidrBlocks"), [{ cidrBlock: "10.48.0.0/16" }]);
    assert.equal(stack.input(gke, "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic"), false);
    assert.equal(stack.input(gke, "ipAllocationPolicy.clusterSecondaryRangeName"), "pods");
    assert.equal(stack.input(gke, "ipAllocationPolicy.servicesSecondaryRangeName"), "services");
  });

  it("[PF-SEC-03] holds pods to network policies and gives them identities of their own", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    assert.equal(stack.input(gke, "datapathProvider"), "ADVANCED_DATAPATH");
    assert.equal(stack.input(gke, "enableIntranodeVisibility"), true);
    assert.equal(stack.input(gke, "workloadIdentityConfig.workloadPool"), "platform-test-1.svc.id.goog");
    for (const pool of stack.ofType("gcp:container/nodePool:NodePool")) {
      assert.equal(stack.input(pool.name, "nodeConfig.workloadMetadataConfig.mode"), "GKE_METADATA");
    }
  });

  it("[PF-SEC-03] lets nobody in by a certificate, without a name or by a right of everybody, nor at the nodes' own port", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    assert.deepEqual(
      only(
        stack.named(gke).inputs,
        "masterAuth",
        "anonymousAuthenticationConfig",
        "rbacBindingConfig",
        "nodePoolDefaults",
        "privateClusterConfig",
      ),
      {
        masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
        anonymousAuthenticationConfig: { mode: "LIMITED" },
        rbacBindingConfig: {
          enableInsecureBindingSystemAuthenticated: false,
          enableInsecureBindingSystemUnauthenticated: false,
        },
        nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
        privateClusterConfig: {
          enablePrivateNodes: true,
          enablePrivateEndpoint: true,
          masterGlobalAccessConfig: { enabled: true },
        },
      },
    );
  });

  it("[PF-SEC-03] starts nodes with signed software alone, the one of the first pool too", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    assert.equal(stack.input(gke, "enableShieldedNodes"), true);
    assert.equal(stack.input(gke, "initialNodeCount"), 1);
    for (const name of [gke, ...stack.ofType("gcp:container/nodePool:NodePool").map((pool) => pool.name)]) {
      assert.deepEqual(
        stack.input(name, "nodeConfig.shieldedInstanceConfig"),
        { enableSecureBoot: true, enableIntegrityMonitoring: true },
        name,
      );
    }
  });

  it("has GKE's own DNS cache, backups, disks, autoscaler and load balancers, and tells Cloud Logging of the control plane", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    assert.deepEqual(
      only(
        stack.named(gke).inputs,
        "addonsConfig",
        "enableL4IlbSubsetting",
        "loggingConfig",
        "monitoringConfig",
        "securityPostureConfig",
      ),
      {
        addonsConfig: {
          dnsCacheConfig: { enabled: true },
          gkeBackupAgentConfig: { enabled: true },
          gcePersistentDiskCsiDriverConfig: { enabled: true },
          horizontalPodAutoscaling: { disabled: false },
          httpLoadBalancing: { disabled: false },
        },
        enableL4IlbSubsetting: true,
        loggingConfig: {
          enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"],
        },
        monitoringConfig: { enableComponents: ["SYSTEM_COMPONENTS"], managedPrometheus: { enabled: false } },
        securityPostureConfig: { mode: "BASIC", vulnerabilityMode: "VULNERABILITY_DISABLED" },
      },
    );
  });

  it("is upgraded on Saturdays and Sundays for eight hours from 08:00 UTC, when no office is open", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    assert.deepEqual(stack.input(gke, "maintenancePolicy"), {
      recurringWindow: {
        startTime: "2026-01-03T08:00:00Z",
        endTime: "2026-01-03T16:00:00Z",
        recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
      },
    });
  });

  it("[PF-SEC-05] encrypts etcd and every disk with keys of the site", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    const key = (purpose: string) =>
      `projects/platform-test-1/locations/us-central1/keyRings/test/cryptoKeys/${purpose}`;
    assert.deepEqual(stack.input(gke, "databaseEncryption"), { state: "ENCRYPTED", keyName: key("secrets") });
    assert.equal(stack.input(gke, "nodeConfig.bootDiskKmsKey"), key("data"));
    const pools = stack.ofType("gcp:container/nodePool:NodePool");
    assert.equal(pools.length, 3);
    for (const { name } of pools) assert.equal(stack.input(name, "nodeConfig.bootDiskKmsKey"), key("data"), name);
  });

  it("has pools of the machines that the needs come to, within their bounds", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    const pool = (name: string) => stack.named(`cluster-${name}-pool`).inputs;
    const node = (name: string, path: string) => stack.input(`cluster-${name}-pool`, `nodeConfig.${path}`);
    assert.equal(node("general", "machineType"), "n4-standard-4");
    assert.equal(node("general", "spot"), false);
    assert.equal(pool("general")["initialNodeCount"], 1);
    assert.deepEqual(pool("general")["autoscaling"], {
      totalMinNodeCount: 3,
      totalMaxNodeCount: 12,
      locationPolicy: "BALANCED",
    });
    assert.deepEqual(pool("general")["upgradeSettings"], { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 });
    for (const name of Object.keys(nodePools)) {
      assert.deepEqual(pool(name)["management"], { autoRepair: true, autoUpgrade: true }, name);
      assert.deepEqual(node(name, "gvnic"), { enabled: true }, name);
    }
    assert.equal(node("spot", "machineType"), "c4a-standard-4");
    assert.equal(node("spot", "spot"), true);
    assert.deepEqual(node("spot", "taintConfig"), { architectureTaintBehavior: "NONE" });
    assert.deepEqual(node("spot", "taints"), [{ key: "platform/capacity", value: "spot", effect: "NO_SCHEDULE" }]);
    assert.equal(node("accelerated", "machineType"), "g2-standard-4");
    assert.deepEqual(node("accelerated", "guestAccelerators"), [
      { type: "nvidia-l4", count: 1, gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" } },
    ]);
    assert.equal(node("accelerated", "diskType"), "pd-balanced");
    assert.deepEqual(pool("accelerated")["upgradeSettings"], { strategy: "SURGE", maxSurge: 0, maxUnavailable: 1 });
  });

  it("leaves the number of nodes to the autoscaler, and makes new nodes before old ones go", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    const { ignoreChanges, inputs } = stack.named("cluster-general-pool");
    assert.deepEqual(ignoreChanges, ["initialNodeCount"]);
    assert.equal("name" in inputs && inputs["name"] === "general", false);
    assert.match(text(stack.output("cluster-general-pool", "name")), /^cluster-general-pool-[0-9a-f]{7}$/);
  });

  it("[PF-SEC-03] has nodes with an account that writes logs and measurements alone", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    const member = "serviceAccount:test-nodes@platform-test-1.iam.gserviceaccount.com";
    const rights = stack.run.resources.filter(({ inputs }) => inputs["member"] === member);
    assert.deepEqual(
      rights.map(({ inputs }) => inputs["role"]),
      ["roles/container.defaultNodeServiceAccount"],
    );
    for (const { name } of stack.ofType("gcp:container/nodePool:NodePool")) {
      assert.ok(stack.waitsFor(name).has("nodes-role"), name);
    }
  });

  it("waits for its keys' rights, its network, and the way out", async () => {
    const stack = await onSite((ground) => {
      cluster(ground);
    });
    assert.ok(stack.waitsFor(gke).has("keys-secrets-container"));
    assert.ok(stack.waitsFor(gke).has("keys-data-compute"));
    assert.ok(stack.waitsFor("cluster-general-pool").has("network-nat"));
  });

  it("answers to the contract", async () => {
    let made: KubernetesCluster | undefined;
    const stack = await onSite((ground) => {
      made = cluster(ground);
    });
    assert.ok(made);
    assert.equal(made.version, "1.36");
    assert.equal(made.apiAccess, "network");
    assert.deepEqual([...made.provides].sort(), ["accelerators", "metrics", "node-autoscaling"]);
    assert.deepEqual(made.identityEndpoints, [
      { cidr: "169.254.169.254/32", port: 80 },
      { cidr: "169.254.169.252/32", port: 988 },
    ]);
    assert.deepEqual(made.privateLoadBalancer, {
      annotations: {
        "networking.gke.io/load-balancer-type": "Internal",
        "networking.gke.io/internal-load-balancer-allow-global-access": "true",
      },
      addressIn: "loadBalancerIP",
    });
    assert.equal(made.podDependencies.length, 3);
    assert.equal(made.storage.general.provisioner, "pd.csi.storage.gke.io");
    assert.equal(made.storage.fast.parameters["provisioned-iops-on-create"], "12000");
    assert.equal(made.storage.fast.parameters["provisioned-throughput-on-create"], "500Mi");
    assert.equal(stack.component("cluster").outputs["clusterName"], "test-gke");
  });

  const accesses: readonly [ApiAccess, path: string, isPrivate: boolean, external: boolean][] = [
    ["network", "privateClusterConfig.privateEndpoint", true, false],
    ["bastion", "privateClusterConfig.privateEndpoint", true, false],
    ["dns-endpoint", "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint", true, true],
    ["internet", "privateClusterConfig.publicEndpoint", false, false],
  ];
  for (const [access, path, isPrivate, external] of accesses) {
    it(`is reached by ${access} at the endpoint of that access alone`, async () => {
      const apiRanges = [access === "internet" ? "203.0.113.0/24" : "10.48.0.0/16"];
      const stack = await onSite((ground) => {
        cluster(ground, { access, apiRanges });
      });
      assert.equal(stack.input(gke, "privateClusterConfig.enablePrivateEndpoint"), isPrivate);
      assert.equal(stack.input(gke, "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic"), external);
      const config = text(stack.component("cluster").outputs["kubeconfig"]);
      const { clusters } = JSON.parse(config) as { clusters: { cluster: Record<string, string> }[] };
      const target = clusters[0]?.cluster ?? {};
      assert.equal(target["server"], `https://${text(stack.output(gke, path))}`);
      assert.equal("certificate-authority-data" in target, access !== "dns-endpoint");
    });
  }

  it("is guarded in production", async () => {
    const stack = await onSite(
      (ground) => {
        cluster(ground);
      },
      { class: "production" },
    );
    assert.equal(stack.input(gke, "deletionProtection"), true);
    assert.equal(stack.named(gke).protect, true);
    const staging = await onSite((ground) => {
      cluster(ground);
    });
    assert.equal(staging.input(gke, "deletionProtection"), false);
  });

  it("is refused with a pool that no machine can be", async () => {
    const { run } = await attempt((ground) => {
      cluster(ground, { nodePools: { general: { ...general, architecture: "arm64", accelerator: "nvidia-l4" } } });
    });
    assert.deepEqual(run.errors, [
      'nodePools.general: Google Cloud rents no arm64 machine with nvidia-l4: set architecture to "amd64" or accelerator to "none"',
    ]);
  });
});
