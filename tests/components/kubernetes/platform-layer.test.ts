import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import type { NodePool } from "../../../components/contracts/node-pool";
import { PlatformLayer, type PlatformLayerArgs } from "../../../components/kubernetes/platform-layer";
import { kubernetesPackage } from "../../../offline/services/kubernetes";
import { World, kubeconfig, SERVER } from "../../offline/services/kubernetes/support";
import { deploy, runInProcess, type Registration, type Run } from "../../support/in-process";
import { permissivePackage } from "./permissive-package";
import { granted, stubSite, type StubOptions, type StubSite } from "./stub-site";

const release = "kubernetes:helm.sh/v3:Release";
const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const storageClass = "kubernetes:storage.k8s.io/v1:StorageClass";

const general: NodePool = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 4,
  memoryGiB: 16,
  diskGiB: 50,
  nodes: { min: 3, max: 9 },
};
const gpu: NodePool = { ...general, accelerator: "nvidia-l4", nodes: { min: 0, max: 2 } };

async function layer(
  options: StubOptions = {},
  args: Partial<PlatformLayerArgs> = {},
): Promise<{ run: Run; site: StubSite; installed: readonly string[] }> {
  let site: StubSite | undefined;
  let installed: readonly string[] = [];
  const run = await deploy(
    () => {
      site = stubSite(options);
      const platform = new PlatformLayer(
        "platform",
        { site, namespaces: { web: { enforce: "restricted" } }, nodePools: { general }, ...args },
        { providers: { kubernetes: new Provider("cluster", { kubeconfig: site.cluster.kubeconfig }) } },
      );
      installed = platform.installed;
    },
    { packages: [permissivePackage] },
  );
  assert.ok(site);
  return { run, site, installed };
}

function named(run: Run, type: string): Map<string, Registration> {
  return new Map(run.resources.filter((each) => each.type === type).map((each) => [each.name, each]));
}

function at(registration: Registration | undefined, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], registration?.inputs);
}

describe("platform layer on a site of no cloud", () => {
  it("[PF-SEC-03] [PF-SCALE-01] deploys by the contract alone, with resources of Kubernetes only", async () => {
    const { run, installed } = await layer();
    assert.deepEqual(
      run.resources.filter(({ custom, type }) => custom && !type.startsWith("kubernetes:")).map(({ type }) => type),
      ["pulumi:providers:kubernetes"],
    );
    assert.deepEqual(run.warnings, []);
    assert.deepEqual(installed, ["metrics-server", "cert-manager", "external-secrets"]);
    assert.deepEqual([...named(run, release).values()].map((made) => at(made, "chart")).sort(), [
      "cert-manager",
      "external-secrets",
      "metrics-server",
    ]);
    assert.equal(run.resources.filter(({ custom }) => custom).length, 27);
  });

  it("[PF-SCALE-01] leaves the metrics to a cluster that brings them", async () => {
    const { installed } = await layer({ provides: ["metrics"] });
    assert.deepEqual(installed, ["cert-manager", "external-secrets"]);
  });

  it("[PF-AI-01] makes accelerators schedulable where a pool has them and the cluster does not do it itself", async () => {
    const { run, installed } = await layer({}, { nodePools: { general, gpu } });
    assert.deepEqual(installed, ["metrics-server", "cert-manager", "external-secrets", "nvidia-device-plugin"]);
    const plugin = named(run, release).get("platform-accelerators-chart-release");
    assert.equal(at(plugin, "chart"), "nvidia-device-plugin");
    assert.equal(at(plugin, "namespace"), "kube-system");
    assert.deepEqual(at(plugin, "values", "tolerations"), [
      { key: "platform/accelerator", operator: "Exists", effect: "NoSchedule" },
      { key: "platform/capacity", operator: "Exists", effect: "NoSchedule" },
    ]);
    const brought = await layer({ provides: ["accelerators"] }, { nodePools: { general, gpu } });
    assert.deepEqual(brought.installed, ["metrics-server", "cert-manager", "external-secrets"]);
  });

  it("[PF-SEC-03] denies by default in every namespace that it makes, its add-ons' included", async () => {
    const { run } = await layer();
    const policies = [...named(run, policy).values()];
    const deny = policies.filter((each) => at(each, "metadata", "name") === "default-deny");
    assert.deepEqual(deny.map((each) => at(each, "metadata", "namespace")).sort(), [
      "cert-manager",
      "external-secrets",
      "web",
    ]);
    for (const each of deny) {
      assert.deepEqual(at(each, "spec"), { podSelector: {}, policyTypes: ["Ingress", "Egress"] }, each.urn);
    }
    assert.deepEqual(
      policies
        .filter((each) => at(each, "metadata", "namespace") === "web")
        .map((each) => at(each, "metadata", "name")),
      ["default-deny", "allow-dns"],
    );
    const identity = policies.find((each) => at(each, "metadata", "name") === "identity");
    assert.deepEqual(at(identity, "spec", "egress"), [
      { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [{ port: 80, protocol: "TCP" }] },
    ]);
  });

  it("[PF-SEC-03] puts the policies before the pods, and takes them away after", async () => {
    const { run } = await layer();
    const policies = [...named(run, policy).values()];
    assert.equal(policies.length, 3 * 2 + 3 + 5);
    const spaces = [...named(run, "kubernetes:core/v1:Namespace").values()];
    for (const each of policies) {
      const own = spaces.find((space) => at(space, "metadata", "name") === at(each, "metadata", "namespace"));
      assert.deepEqual(each.dependsOn, [own?.urn], each.urn);
    }
    // Those of the namespace that the pods run in; there are none in `kube-system`.
    const counts = [...named(run, release).values()].map((made) => {
      const own = policies.filter((each) => at(each, "metadata", "namespace") === made.inputs["namespace"]);
      for (const { urn } of own) assert.ok(made.dependsOn.includes(urn), `${made.urn} before ${urn}`);
      return [made.inputs["namespace"], own.length];
    });
    assert.deepEqual(counts.sort(), [
      ["cert-manager", 2 + 3],
      ["external-secrets", 2 + 5],
      ["kube-system", 0],
    ]);
  });

  it("[PF-SEC-03] lets the secrets operator read the site's secrets and nothing else", async () => {
    const { run, site } = await layer({ identities: "by-annotation" });
    assert.deepEqual(
      site.asked.map(({ name, namespace, serviceAccount, grants }) => [
        name,
        namespace,
        serviceAccount,
        granted(grants),
      ]),
      [["platform-external-secrets-identity", "external-secrets", "external-secrets", ["read secrets"]]],
    );
    const operator = named(run, release).get("platform-external-secrets-chart-release");
    assert.deepEqual(at(operator, "values", "serviceAccount", "annotations"), {
      "identity.example.com/id": "platform-external-secrets-identity-id",
    });
    assert.deepEqual(at(operator, "values", "podLabels"), { "identity.example.com/use": "true" });
    const store = [...named(run, "kubernetes:external-secrets.io/v1:ClusterSecretStore").values()][0];
    assert.deepEqual(at(store, "spec"), {
      provider: { fake: { data: [{ key: "stub/greeting", value: "hello" }] } },
      conditions: [{ namespaces: ["web"] }],
    });
    assert.ok(![...named(run, policy).values()].some((each) => at(each, "metadata", "name") === "identity"));
  });

  it("installs what an add-on needs before it, and custom resources after their definitions", async () => {
    const { run } = await layer();
    const releases = named(run, release);
    const urnOf = (name: string) => releases.get(name)?.urn ?? "";
    const operator = releases.get("platform-external-secrets-chart-release");
    assert.ok(operator);
    const issuer = named(run, "kubernetes:cert-manager.io/v1:ClusterIssuer");
    const internal = issuer.get("platform-certificate-manager-internal");
    assert.ok(operator.dependsOn.includes(internal?.urn ?? "none"));
    const first = issuer.get("platform-certificate-manager-self-signed");
    assert.deepEqual(first?.dependsOn, [urnOf("platform-certificate-manager-chart-release")]);
    const root = named(run, "kubernetes:cert-manager.io/v1:Certificate").get("platform-certificate-manager-authority");
    assert.deepEqual(root?.dependsOn, [first.urn]);
    assert.deepEqual(internal?.dependsOn, [root.urn]);
  });

  it("[PF-CHAIN-01] keeps the volumes of databases and chain nodes in production, and no others", async () => {
    const classes = async (stackClass: StubOptions["class"]) =>
      Object.fromEntries(
        [...named((await layer({ class: stackClass })).run, storageClass).values()].map(({ inputs }) => [
          (inputs["metadata"] as { name: string }).name,
          inputs,
        ]),
      );
    const production = await classes("production");
    assert.deepEqual(Object.keys(production), ["general", "fast"]);
    const common = {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      provisioner: "disk.example.com",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    };
    const annotation = "storageclass.kubernetes.io/is-default-class";
    assert.deepEqual(production["general"], {
      ...common,
      metadata: { name: "general", annotations: { [annotation]: "true" } },
      parameters: { kind: "balanced", encrypted: "true" },
      reclaimPolicy: "Delete",
    });
    assert.deepEqual(production["fast"], {
      ...common,
      metadata: { name: "fast", annotations: { [annotation]: "false" } },
      parameters: { kind: "fast", encrypted: "true" },
      reclaimPolicy: "Retain",
    });
    assert.equal((await classes("recovery"))["fast"]?.["reclaimPolicy"], "Retain");
    assert.equal((await classes("development"))["fast"]?.["reclaimPolicy"], "Delete");
  });

  it("refuses a workload in the namespace of an add-on before anything of it is registered", async () => {
    const run = await runInProcess(
      () => {
        const site = stubSite();
        new PlatformLayer("platform", {
          site,
          namespaces: { "cert-manager": { enforce: "restricted" } },
          nodePools: {},
        });
      },
      { packages: [permissivePackage] },
    );
    assert.deepEqual(run.errors, ['namespace "cert-manager" belongs to an add-on: take it out of namespaces']);
    assert.deepEqual(
      run.resources.filter(({ custom }) => custom),
      [],
    );
  });
});

describe("platform layer on the rules of Kubernetes", () => {
  const program = (options: StubOptions) => () => {
    const site = stubSite({ kubeconfig: kubeconfig(SERVER), ...options });
    new PlatformLayer(
      "platform",
      { site, namespaces: { web: { enforce: "restricted" } }, nodePools: { general, gpu } },
      { providers: { kubernetes: new Provider("cluster", { kubeconfig: site.cluster.kubeconfig }) } },
    );
  };
  const packages = [
    kubernetesPackage({
      schema: (token) => permissivePackage.schema(token),
      version: "4.34.2",
    }),
  ];

  it("[PF-SEC-03] comes up in the order that it declares", async () => {
    const world = new World();
    const run = await deploy(program({}), { cloud: world.cloud, packages });
    assert.deepEqual(run.errors, []);
    assert.equal(world.list(policy).length, 14);
    assert.deepEqual(
      world
        .list(release)
        .map(({ id }) => id)
        .sort(),
      [
        "cert-manager/cert-manager",
        "external-secrets/external-secrets",
        "kube-system/metrics-server",
        "kube-system/nvidia-device-plugin",
      ],
    );
  });

  it("is refused where the control plane cannot reach the webhooks", async () => {
    const world = new World();
    world.ownNodeGroup([]);
    const run = await runInProcess(program({}), { cloud: world.cloud, packages });
    assert.match(run.errors.join("\n"), /failed calling webhook "webhook\.cert-manager\.io".*port 10250/);
  });
});
