import assert from "node:assert/strict";
import { isProperties, type Properties, type Value } from "../../../../offline/cloud/value";
import { clusterInputs, network, NUMBER, Project, PROJECT, refused, REGION, textAt, TOKEN } from "./support";

function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((found, key) => (isProperties(found) ? found[key] : undefined), value);
}

function world() {
  const project = Project.with("container");
  const made = network(project);
  const cluster = (change: Properties = {}) => project.create(TOKEN.cluster, "main", clusterInputs(made, change));
  return { project, made, cluster };
}

const pool = (change: Properties = {}): Properties => ({
  name: "general",
  cluster: "main",
  location: REGION,
  nodeCount: 1,
  nodeConfig: { machineType: "e2-standard-4" },
  ...change,
});

describe("offline/services/gcp: GKE", () => {
  it("makes a private regional cluster with its endpoints, versions and ranges", () => {
    const { cluster } = world();
    const { id, outputs } = cluster();
    assert.equal(id, `projects/${PROJECT}/locations/${REGION}/clusters/main`);
    assert.equal(outputs["selfLink"], `https://container.googleapis.com/v1beta1/${id}`);
    assert.equal(outputs["masterVersion"], "1.36.4-gke.1082000");
    assert.equal(outputs["endpoint"], "10.50.255.2");
    assert.equal(outputs["clusterIpv4Cidr"], "10.52.0.0/14");
    assert.equal(outputs["servicesIpv4Cidr"], "10.49.0.0/16");
    assert.deepEqual(outputs["nodeLocations"], ["us-central1-a", "us-central1-b", "us-central1-c"]);
    const dns = textAt(outputs, "controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint");
    assert.match(dns, new RegExp(`^gke-[0-9a-f]{28}-${NUMBER}\\.us-central1\\.gke\\.goog$`));
    const ca = Buffer.from(textAt(outputs, "masterAuth", "clusterCaCertificate"), "base64").toString();
    assert.match(ca, /^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+-----END CERTIFICATE-----\n$/);
  });

  it("takes the versions that a channel offers, by alias too, and one minor version at a time", () => {
    const { project, cluster } = world();
    refused(
      () => cluster({ minMasterVersion: "1.33" }),
      "badRequest",
      /No valid versions with the prefix "1\.33" found\. \(channel REGULAR offers/,
    );
    refused(
      () => cluster({ minMasterVersion: "1.36.0-gke.1" }),
      "badRequest",
      /Master version "1\.36\.0-gke\.1" is unsupported/,
    );
    refused(
      () => cluster({ minMasterVersion: "1.36", releaseChannel: { channel: "STABLE" } }),
      "badRequest",
      /channel STABLE/,
    );
    assert.match(
      project.reasons(TOKEN.cluster, { releaseChannel: { channel: "NORMAL" } })["releaseChannel.channel"] ?? "",
      /RAPID, REGULAR, STABLE, EXTENDED/,
    );
    const made = cluster({ minMasterVersion: "1.34" });
    refused(
      () => project.update(made, { minMasterVersion: "1.36" }),
      "badRequest",
      /more than a minor version at a time/,
    );
    const next = project.update(made, { minMasterVersion: "1.35" });
    assert.equal(next.outputs["masterVersion"], "1.35.8-gke.1036000");
    refused(() => project.update(next, { minMasterVersion: "1.34" }), "badRequest", /cannot be downgraded/);
  });

  it("needs secondary ranges that exist, differ, and are large enough for nodes", () => {
    const { project, made, cluster } = world();
    const ranges = (pods: string, services = "services") => ({
      ipAllocationPolicy: { clusterSecondaryRangeName: pods, servicesSecondaryRangeName: services },
    });
    refused(
      () => cluster(ranges("pod")),
      "badRequest",
      /Pod secondary range "pod" not found in network "https:\/\/www\.googleapis\.com\/compute\/v1\/projects\/platform-offline\/global\/networks\/main", subnetwork "nodes"/,
    );
    refused(
      () => cluster(ranges("pods", "pods")),
      "badRequest",
      /should not be the same as service secondary range name/,
    );
    refused(() => cluster({ subnetwork: "none" }), "badRequest", /subnetwork "none" does not exist/);
    const small = [
      ...(made.subnetwork.inputs["secondaryIpRanges"] as readonly Value[]),
      { rangeName: "tiny", ipCidrRange: "10.60.0.0/22" },
    ];
    project.update(made.subnetwork, { secondaryIpRanges: small });
    refused(
      () => cluster(ranges("tiny")),
      "badRequest",
      /Cluster CIDR range is greater than maximum \(22 > 21\)\. \(10\.60\.0\.0\/22 holds 4 nodes with 110 pods\)/,
    );
    const fits = cluster({ ...ranges("tiny"), defaultMaxPodsPerNode: 32 });
    refused(
      () => project.create(TOKEN.nodePool, "big", pool({ nodeCount: 6 })),
      "IP_SPACE_EXHAUSTED",
      /18 nodes with 32 pods each are asked for, and 10\.60\.0\.0\/22 has room for 16/,
    );
    project.create(TOKEN.nodePool, "general", pool({ nodeCount: 5 }));
    refused(() => project.create(TOKEN.nodePool, "one", pool({ name: "one" })), "IP_SPACE_EXHAUSTED");
    refused(
      () => project.update(made.subnetwork, { secondaryIpRanges: [] }),
      "invalid",
      new RegExp(`secondary range 'services' of '.*' is in use by '${fits.id}'`),
    );
  });

  it("refuses ranges of control planes that overlap, pools of other projects, and a second policy engine", () => {
    const { cluster, project } = world();
    const master = (masterIpv4CidrBlock: string) => ({
      privateClusterConfig: { enablePrivateNodes: true, masterIpv4CidrBlock },
    });
    refused(
      () => cluster(master("10.48.1.0/28")),
      "badRequest",
      /master_ipv4_cidr 10\.48\.1\.0\/28 overlaps with an existing network 10\.48\.0\.0\/20/,
    );
    refused(() => cluster(master("10.50.0.0/24")), "badRequest", /the range of the control plane is a \/28/);
    refused(
      () => cluster({ networkPolicy: { enabled: true } }),
      "badRequest",
      /DatapathProvider=ADVANCED_DATAPATH is not allowed/,
    );
    refused(
      () => cluster({ initialNodeCount: undefined }),
      "badRequest",
      /initial_node_count must be greater than zero/,
    );
    assert.deepEqual(
      project.reasons(TOKEN.cluster, { workloadIdentityConfig: { workloadPool: "other.svc.id.goog" } }),
      {
        "workloadIdentityConfig.workloadPool": `Workload Identity Pool "other.svc.id.goog" is invalid: it must be "${PROJECT}.svc.id.goog"`,
      },
    );
    assert.match(
      project.reasons(TOKEN.cluster, { nodeLocations: ["us-east1-b"] })["nodeLocations[0]"] ?? "",
      /is not in us-central1/,
    );
    assert.match(project.reasons(TOKEN.cluster, { name: "a".repeat(41) })["name"] ?? "", /1 to 40/);
    refused(
      () => cluster({ network: "default", subnetwork: undefined }),
      "badRequest",
      /network "default" does not exist/,
    );
  });

  it("deletes a cluster in two steps, and keeps what it stands on meanwhile", () => {
    const { project, made, cluster } = world();
    const main = cluster();
    const general = project.create(TOKEN.nodePool, "general", pool());
    refused(
      () => {
        project.delete(main);
      },
      "provider",
      /^Cannot destroy cluster because deletionProtection is set to true/,
    );
    refused(() => {
      project.delete(made.subnetwork);
    }, "resourceInUseByAnotherResource");
    const open = project.update(main, { deletionProtection: false });
    project.delete(general);
    project.delete(open);
    project.delete(made.subnetwork);
    project.delete(made.network);
  });

  it("makes general, spot, accelerator and arm64 pools, each where its machines are", () => {
    const { project, cluster } = world();
    cluster();
    const add = (name: string, change: Properties) => project.create(TOKEN.nodePool, name, pool({ name, ...change }));
    const general = add("general", { autoscaling: { minNodeCount: 1, maxNodeCount: 5 }, nodeCount: undefined });
    assert.equal(general.id, `projects/${PROJECT}/locations/${REGION}/clusters/main/nodePools/general`);
    assert.equal((general.outputs["instanceGroupUrls"] as readonly string[]).length, 3);
    add("spot", { nodeConfig: { machineType: "n2-standard-4", spot: true } });
    const l4 = { machineType: "g2-standard-4", guestAccelerators: [{ type: "nvidia-l4", count: 1 }] };
    refused(
      () => add("gpu", { nodeConfig: l4, nodeLocations: ["us-central1-f"] }),
      "badRequest",
      /Error 400: Accelerator type "nvidia-l4" does not exist in zone us-central1-f\./,
    );
    refused(
      () => add("gpu", { nodeConfig: { ...l4, guestAccelerators: [{ type: "nvidia-l4", count: 2 }] } }),
      "badRequest",
      /g2-standard-4 comes with 1 nvidia-l4, not with 2/,
    );
    refused(
      () =>
        add("gpu", {
          nodeConfig: { machineType: "e2-standard-4", guestAccelerators: [{ type: "nvidia-tesla-t4", count: 1 }] },
        }),
      "badRequest",
      /can be attached to n1 machines only/,
    );
    const gpu = add("gpu", { nodeConfig: l4, nodeLocations: ["us-central1-a"] });
    assert.deepEqual(at(gpu.outputs["nodeConfig"], "effectiveTaints"), [
      { key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" },
    ]);
    const arm = add("arm", { nodeConfig: { machineType: "c4a-standard-4" } });
    assert.deepEqual(at(arm.outputs["nodeConfig"], "effectiveTaints"), [
      { key: "kubernetes.io/arch", value: "arm64", effect: "NO_SCHEDULE" },
    ]);
    refused(
      () => add("t2a", { nodeConfig: { machineType: "t2a-standard-4" } }),
      "badRequest",
      /"t2a-standard-4" does not exist in zone "us-central1-c"/,
    );
    refused(
      () => add("none", { nodeConfig: { machineType: "e2-standard-3" } }),
      "badRequest",
      /"e2-standard-3" does not exist/,
    );
  });

  it("refuses pools that fit no cluster", () => {
    const { project, cluster } = world();
    cluster({ workloadIdentityConfig: undefined });
    const reasons = (change: Properties) => Object.keys(project.reasons(TOKEN.nodePool, pool(change)));
    assert.deepEqual(reasons({ autoscaling: { minNodeCount: 3, maxNodeCount: 1 } }), ["autoscaling.maxNodeCount"]);
    assert.deepEqual(reasons({ nodeConfig: { spot: true, preemptible: true } }), ["nodeConfig.preemptible"]);
    assert.deepEqual(reasons({ nodeConfig: { imageType: "FEDORA" } }), ["nodeConfig.imageType"]);
    assert.deepEqual(reasons({ nodeConfig: { taints: [{ key: "a", value: "b", effect: "NoSchedule" }] } }), [
      "nodeConfig.taints[0].effect",
    ]);
    assert.deepEqual(reasons({ maxPodsPerNode: 4 }), ["maxPodsPerNode"]);
    refused(
      () => project.create(TOKEN.nodePool, "zonal", pool({ location: "us-central1-a" })),
      "notFound",
      /Not found: projects\/platform-offline\/locations\/us-central1-a\/clusters\/main\./,
    );
    refused(() => project.create(TOKEN.nodePool, "none", pool({ cluster: "none" })), "notFound");
    refused(
      () =>
        project.create(
          TOKEN.nodePool,
          "wi",
          pool({ nodeConfig: { workloadMetadataConfig: { mode: "GKE_METADATA" } } }),
        ),
      "badRequest",
      /needs Workload Identity on the cluster/,
    );
    refused(() => project.create(TOKEN.nodePool, "new", pool({ version: "1.37" })), "badRequest", /No valid versions/);
    refused(
      () =>
        project.create(
          TOKEN.nodePool,
          "sa",
          pool({ nodeConfig: { serviceAccount: `none@${PROJECT}.iam.gserviceaccount.com` } }),
        ),
      "badRequest",
      /does not exist/,
    );
  });

  it("replaces by the table: a machine type changes in place, its image's accelerators do not", () => {
    const { project, cluster } = world();
    const main = cluster();
    const general = project.create(TOKEN.nodePool, "general", pool());
    assert.deepEqual(project.replaced(general, { nodeCount: 4 }), []);
    assert.deepEqual(project.replaced(general, { nodeConfig: { machineType: "e2-standard-8" } }), []);
    assert.deepEqual(project.replaced(general, { nodeConfig: { machineType: "e2-standard-4", spot: true } }), [
      "nodeConfig.spot",
    ]);
    assert.deepEqual(project.replaced(main, { datapathProvider: "LEGACY_DATAPATH" }), ["datapathProvider"]);
    assert.deepEqual(project.replaced(main, { initialNodeCount: 2 }), ["initialNodeCount"]);
    assert.deepEqual(project.replaced(main, { minMasterVersion: "1.36.4" }), []);
  });

  it("takes the time of its apply logs: nodes wait for the cluster, though they name it only", () => {
    const { project, cluster } = world();
    cluster();
    const ready = project.cloud.now;
    project.create(TOKEN.nodePool, "general", pool());
    assert.equal(project.cloud.now - ready, 96);
  });
});
