import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { resourceKey } from "../../../../offline/cloud/cloud";
import { clusterContents } from "../../../../offline/services/kubernetes/namespaces";
import { ARN, AWS, partial, refused, RELEASE, World } from "./support";

const CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const CLASS = "kubernetes:networking.k8s.io/v1:IngressClass";
const ACCOUNT = "kubernetes:core/v1:ServiceAccount";
const SERVICE = "kubernetes:core/v1:Service";

function release(chart: string, rest: Properties = {}): Properties {
  return {
    name: chart,
    namespace: "kube-system",
    chart,
    version: "1.0.0",
    repositoryOpts: { repo: "https://charts.example.com" },
    ...rest,
  };
}

const ids = (world: World, token: string) =>
  world
    .list(token)
    .map(({ id }) => id)
    .sort();

describe("Helm releases", () => {
  it("[DP-K8S-01] brings what the load balancer controller's chart makes, and leaves the definitions when it goes", () => {
    const world = new World();
    const definitions = [
      "albtargetcontrolconfigs.elbv2.k8s.aws",
      "globalaccelerators.aga.k8s.aws",
      "ingressclassparams.elbv2.k8s.aws",
      "listenerruleconfigurations.gateway.k8s.aws",
      "loadbalancerconfigurations.gateway.k8s.aws",
      "targetgroupbindings.elbv2.k8s.aws",
      "targetgroupconfigurations.gateway.k8s.aws",
    ];
    world.installController({
      serviceAccount: { name: "lbc", annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/lbc" } },
    });
    assert.deepEqual(ids(world, CRD), definitions);
    assert.deepEqual(ids(world, CLASS), ["alb"]);
    assert.deepEqual(ids(world, ACCOUNT), ["kube-system/lbc"]);
    assert.deepEqual(ids(world, SERVICE), ["kube-system/aws-load-balancer-webhook-service"]);
    assert.deepEqual(ids(world, "kubernetes:apps/v1:Deployment"), ["kube-system/lbc-aws-load-balancer-controller"]);
    const outputs = world.get(RELEASE, "kube-system/lbc")?.outputs as Record<string, Properties>;
    assert.equal(outputs["status"]?.["status"], "deployed");
    assert.equal(outputs["status"]["revision"], 1);
    assert.deepEqual(outputs["resourceNames"]?.["ServiceAccount.v1"], ["kube-system/lbc"]);
    world.delete(RELEASE, "kube-system/lbc");
    assert.deepEqual(ids(world, CRD), definitions);
    for (const token of [CLASS, ACCOUNT, SERVICE]) assert.deepEqual(ids(world, token), []);
  });

  it("defines the controller's custom resources", () => {
    const world = new World();
    const token = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding";
    const binding = { metadata: { name: "b", namespace: "default" }, spec: {} };
    refused("NoMatch", () => world.create(token, binding));
    world.installController();
    assert.equal(world.create(token, binding).id, "default/b");
    world.create("kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams", {
      metadata: { name: "p", namespace: "default" },
    });
    assert.ok(world.get("kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams", "p"));
  });

  it("refuses the load balancer controller without the cluster's name", () => {
    const world = new World();
    assert.match(
      refused("InvalidValues", () => {
        world.installController({ clusterName: "" });
      }),
      /Chart cannot be installed without a valid clusterName!$/,
    );
  });

  it("needs its namespace, or leave to make it", () => {
    const world = new World();
    const inputs = release("podinfo", { namespace: "tools" });
    assert.equal(
      refused("NotFound", () => world.create(RELEASE, inputs)),
      'create: failed to create: namespaces "tools" not found',
    );
    assert.equal(world.create(RELEASE, { ...inputs, createNamespace: true }).id, "tools/podinfo");
    assert.ok(world.get("kubernetes:core/v1:Namespace", "tools"));
  });

  it("takes no name twice in one namespace, and no name that Helm does not take", () => {
    const world = new World();
    world.create(RELEASE, release("podinfo"));
    assert.equal(
      refused("AlreadyExists", () => world.create(RELEASE, release("podinfo"), "other")),
      "cannot re-use a name that is still in use",
    );
    const [problem] = world.check(RELEASE, release("podinfo", { name: "a".repeat(54) }));
    assert.match(problem ?? "", /^name: .*the length must not be longer than 53/);
    assert.deepEqual(world.check(RELEASE, release("podinfo", { name: "a".repeat(53) })), []);
    assert.match(world.check(RELEASE, release("podinfo", { name: "Pod_Info" }))[0] ?? "", /invalid release name/);
  });

  it("needs to know where the chart is", () => {
    const world = new World();
    const { repositoryOpts: _, ...bare } = release("podinfo");
    assert.deepEqual(world.check(RELEASE, bare), [
      'chart: failed to download "podinfo": set repositoryOpts.repo, or give a path or an oci:// address',
    ]);
    for (const chart of ["./charts/podinfo", "oci://ghcr.io/charts/podinfo"])
      assert.deepEqual(world.check(RELEASE, { ...bare, chart }), []);
    assert.match(
      world.check(RELEASE, release("podinfo", { repositoryOpts: { repo: "charts.example.com" } }))[0] ?? "",
      /could not find protocol handler/,
    );
  });

  it("does not take over what Helm did not make", () => {
    const world = new World();
    world.create(ACCOUNT, { metadata: { name: "lbc", namespace: "kube-system" } });
    assert.match(
      refused("AlreadyExists", () => {
        world.installController({ serviceAccount: { name: "lbc" } });
      }),
      /^Unable to continue with install: ServiceAccount "lbc" in namespace "kube-system" exists and cannot be imported into the current release/,
    );
    world.installController({ serviceAccount: { create: false, name: "lbc" } });
  });

  it("fails when its pods do not come up, unless it is not to wait", () => {
    const world = new World();
    const reasons = partial(() => {
      world.installController({ serviceAccount: { create: false, name: "lbc" } });
    });
    assert.match(
      reasons[0] ?? "",
      /^Helm release "kube-system\/lbc" was created, but failed to initialize completely\. Use Helm CLI to investigate/,
    );
    assert.match(reasons.at(-1) ?? "", /serviceaccount "lbc" not found$/);
    const empty = new World({ empty: true });
    assert.match(
      partial(() => {
        empty.installController();
      }).at(-1) ?? "",
      /no nodes available to schedule pods$/,
    );
    new World({ empty: true }).installController({}, { skipAwait: true });
  });

  it("upgrades in place: another revision, and what the values no longer ask for goes", () => {
    const world = new World();
    world.installController();
    const before = world.get(RELEASE, "kube-system/lbc")?.inputs ?? {};
    const after = { ...before, values: { clusterName: "shop", createIngressClassResource: false } };
    const outputs = world.update(RELEASE, "kube-system/lbc", before, after) as Record<string, Properties>;
    assert.equal(outputs["status"]?.["revision"], 2);
    assert.deepEqual(ids(world, CLASS), []);
    assert.deepEqual(ids(world, ACCOUNT), ["kube-system/lbc-aws-load-balancer-controller"]);
  });

  it("gives metrics only where the metrics server is", () => {
    const world = new World();
    const token = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
    const scaler = (name: string) => ({
      metadata: { name, namespace: "default" },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
        minReplicas: 3,
        maxReplicas: 10,
      },
    });
    const active = (name: string) => {
      const { conditions } = world.create(token, scaler(name), name).outputs["status"] as { conditions: Properties[] };
      return conditions.find(({ type }) => type === "ScalingActive")?.["reason"];
    };
    assert.equal(active("before"), "FailedGetResourceMetric");
    world.create(RELEASE, release("metrics-server"));
    assert.ok(world.get("kubernetes:apiregistration.k8s.io/v1:APIService", "v1beta1.metrics.k8s.io"));
    assert.equal(active("after"), "ValidMetricFound");
  });

  it("[DP-EKS-04] makes no autoscaler without a cluster to discover", () => {
    const world = new World();
    world.create(RELEASE, release("cluster-autoscaler"));
    assert.deepEqual(ids(world, "kubernetes:apps/v1:Deployment"), []);
    world.delete(RELEASE, "kube-system/cluster-autoscaler");
    world.create(RELEASE, release("cluster-autoscaler", { values: { autoDiscovery: { clusterName: "shop" } } }));
    assert.deepEqual(ids(world, "kubernetes:apps/v1:Deployment"), ["kube-system/cluster-autoscaler"]);
  });

  it("leaves nothing that does not go with the cluster", () => {
    const world = new World();
    world.installController();
    world.create("kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding", {
      metadata: { name: "b", namespace: "default" },
    });
    const inside = world.cloud.all().filter(({ scope }) => scope.account === ARN);
    assert.ok(inside.length > 10);
    const contents = clusterContents(ARN, world.cloud.view(AWS));
    assert.deepEqual(new Set(contents.map(resourceKey)), new Set(inside.map(resourceKey)));
  });

  it("accepts a chart that it does not know", () => {
    const world = new World();
    const { outputs } = world.create(RELEASE, release("podinfo"));
    assert.equal((outputs["status"] as Properties)["status"], "deployed");
    assert.deepEqual(outputs["resourceNames"], {});
  });
});
