import assert from "node:assert/strict";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { Chart } from "../../../components/kubernetes/chart";
import { ClusterAutoscaler } from "../../../components/kubernetes/cluster-autoscaler";
import { Ingress } from "../../../components/kubernetes/ingress";
import { LoadBalancerController } from "../../../components/kubernetes/load-balancer-controller";
import { MetricsServer, metricsServerValues } from "../../../components/kubernetes/metrics-server";
import { Namespaces } from "../../../components/kubernetes/namespaces";
import { Workload } from "../../../components/kubernetes/workload";
import { deploy, runInProcess, type Registration, type Run } from "../../support/in-process";
import { backend, frontend } from "./fixture";
import { permissivePackage } from "./permissive-package";
import { stubSite } from "./stub-site";

const options = { packages: [permissivePackage] };
const release = "kubernetes:helm.sh/v3:Release";
const cluster = { clusterName: "durga-puja-eks", region: "us-east-1", kubernetesVersion: "1.36" } as const;
const secretData = {
  MONGODB_URI: "mongodb://db",
  REDIS_URL: "rediss://cache",
  JWT_SECRET: "correct horse",
};

function providers() {
  return { provider: new Provider("cluster", { kubeconfig: "{}" }) };
}

function one(run: Run, type: string, name?: string): Registration {
  const found = run.resources.filter((resource) => resource.type === type && (name ?? resource.name) === resource.name);
  assert.equal(found.length, 1, `${String(found.length)} resources of type ${type}`);
  return found[0] as Registration;
}

/** The object at a path of a registration's inputs. */
function at(registration: Registration, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], registration.inputs);
}

describe("Chart", () => {
  it("[DP-K8S-01] installs the pinned chart, waits for it and undoes a failure", async () => {
    const run = await deploy(() => {
      new MetricsServer("metrics", { kubernetesVersion: "1.36" }, providers());
    }, options);
    const registration = one(run, release);
    assert.deepEqual(registration.inputs, {
      // Added by the SDK itself.
      compat: "true",
      chart: "metrics-server",
      version: "3.13.1",
      repositoryOpts: { repo: "https://kubernetes-sigs.github.io/metrics-server/" },
      name: "metrics-server",
      namespace: "kube-system",
      atomic: true,
      cleanupOnFail: true,
      waitForJobs: true,
      skipCrds: false,
      timeout: 600,
      maxHistory: 5,
      values: metricsServerValues(),
    });
  });

  it("[DP-K8S-01] puts the three add-ons into kube-system, each as one release under its component", async () => {
    const run = await deploy(() => {
      new LoadBalancerController("load-balancer-controller", { ...cluster, vpcId: "vpc-1" }, providers());
      new MetricsServer("metrics-server", cluster, { provider: new Provider("second", { kubeconfig: "{}" }) });
      new ClusterAutoscaler(
        "cluster-autoscaler",
        { ...cluster, scaling: { maxNodes: 5 }, preferredNodeGroups: ["spot"] },
        { provider: new Provider("third", { kubeconfig: "{}" }) },
      );
    }, options);
    const releases = run.resources.filter(({ type }) => type === release);
    assert.deepEqual(releases.map((made) => [made.name, at(made, "chart"), at(made, "namespace")]).sort(), [
      ["cluster-autoscaler-chart-release", "cluster-autoscaler", "kube-system"],
      ["load-balancer-controller-chart-release", "aws-load-balancer-controller", "kube-system"],
      ["metrics-server-chart-release", "metrics-server", "kube-system"],
    ]);
    const types = new Map(run.resources.map(({ urn, type }) => [urn, type]));
    for (const { parent } of releases) assert.equal(types.get(parent ?? ""), "platform:kubernetes:Chart");
    for (const type of ["LoadBalancerController", "MetricsServer", "ClusterAutoscaler"]) {
      one(run, `platform:kubernetes:${type}`);
    }
    assert.deepEqual(at(one(run, release, "cluster-autoscaler-chart-release"), "values", "expanderPriorities"), {
      "50": ["^eks-spot-[0-9a-f-]{36}$"],
      "10": [".*"],
    });
  });

  it("[DP-SEC-01] starts an add-on after its identity and removes it before", async () => {
    const run = await deploy(() => {
      const opts = providers();
      const identity = new Namespace("identity", {}, opts);
      const after = { ...opts, dependsOn: [identity] };
      new LoadBalancerController("load-balancer-controller", { ...cluster, vpcId: "vpc-1" }, after);
      new MetricsServer("metrics-server", cluster, after);
      new ClusterAutoscaler("cluster-autoscaler", { ...cluster, scaling: { maxNodes: 5 } }, after);
    }, options);
    const identity = one(run, "kubernetes:core/v1:Namespace").urn;
    const releases = run.resources.filter(({ type }) => type === release);
    assert.equal(releases.length, 3);
    for (const { dependsOn, urn } of releases) assert.ok(dependsOn.includes(identity), urn);
  });

  it("[DP-EKS-01] refuses a cluster of the documented, no longer supported version before anything is registered", async () => {
    const run = await runInProcess(() => {
      new ClusterAutoscaler("cluster-autoscaler", { ...cluster, kubernetesVersion: "1.28", scaling: { maxNodes: 5 } });
    }, options);
    assert.equal(run.errors.length, 1);
    assert.match(run.errors[0] ?? "", /no cluster autoscaler image for Kubernetes 1\.28/);
    assert.deepEqual(
      run.resources.filter(({ custom }) => custom),
      [],
    );
  });

  it("lets a caller change the release", async () => {
    const run = await deploy(() => {
      new Chart(
        "metrics",
        {
          chart: "metrics-server",
          kubernetesVersion: "1.36",
          namespace: "monitoring",
          values: {},
          releaseName: "metrics",
          timeoutSeconds: 60,
          transform: (args) => ({ ...args, maxHistory: 1 }),
        },
        providers(),
      );
    }, options);
    const { inputs } = one(run, release);
    assert.deepEqual(
      [inputs["name"], inputs["namespace"], inputs["timeout"], inputs["maxHistory"], inputs["version"]],
      ["metrics", "monitoring", 60, 1, "3.13.1"],
    );
  });
});

describe("Namespaces", () => {
  it("[DP-K8S-01] creates each namespace with its Pod Security level", async () => {
    const run = await deploy(() => {
      const namespaces = new Namespaces(
        "namespaces",
        {
          namespaces: {
            "durga-puja": { enforce: "restricted", labels: { "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled" } },
            monitoring: { enforce: "privileged", warn: "baseline" },
            argocd: { enforce: "baseline" },
          },
        },
        providers(),
      );
      return { name: namespaces.named("durga-puja") };
    }, options);
    const made = run.resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
    assert.deepEqual(
      Object.fromEntries(made.map((namespace) => [at(namespace, "metadata", "name"), namespace.inputs["metadata"]])),
      {
        "durga-puja": {
          name: "durga-puja",
          labels: {
            "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/warn": "restricted",
            "pod-security.kubernetes.io/audit": "restricted",
          },
        },
        monitoring: {
          name: "monitoring",
          labels: {
            "pod-security.kubernetes.io/enforce": "privileged",
            "pod-security.kubernetes.io/warn": "baseline",
            "pod-security.kubernetes.io/audit": "baseline",
          },
        },
        argocd: {
          name: "argocd",
          labels: {
            "pod-security.kubernetes.io/enforce": "baseline",
            "pod-security.kubernetes.io/warn": "restricted",
            "pod-security.kubernetes.io/audit": "restricted",
          },
        },
      },
    );
    assert.equal(run.outputs["name"], "durga-puja");
  });

  it("refuses one that every cluster has, and one it did not make", async () => {
    const refused = await runInProcess(() => {
      new Namespaces("namespaces", { namespaces: { "kube-system": { enforce: "privileged" } } });
    }, options);
    assert.match(refused.errors.join(), /namespace "kube-system" exists in every cluster/);
    const unknown = await runInProcess(() => {
      new Namespaces("namespaces", { namespaces: { a: { enforce: "baseline" } } }, providers()).named("b");
    }, options);
    assert.match(unknown.errors.join(), /no namespace "b" \(there is a\)/);
  });
});

describe("Workload", () => {
  function deployWorkloads(preview: boolean) {
    return deploy(
      () => {
        const opts = providers();
        const namespaces = new Namespaces(
          "namespaces",
          { namespaces: { "durga-puja": { enforce: "restricted" } } },
          opts,
        );
        const controller = new LoadBalancerController("controller", { ...cluster, vpcId: "vpc-1" }, opts);
        const namespace = namespaces.named("durga-puja");
        const web = new Workload(
          "frontend",
          { spec: frontend, namespace, serviceAnnotations: { group: pulumi.output("sg-1") } },
          { ...opts, dependsOn: controller },
        );
        const api = new Workload("backend", { spec: backend, namespace, secretData }, opts);
        const ingress = new Ingress(
          "ingress",
          {
            spec: {
              name: "durga-puja",
              className: "alb",
              routes: [
                { path: "/", service: frontend.service.name, port: web.servicePort },
                { path: "/api/*", service: backend.service.name, port: api.servicePort },
              ],
            },
            namespace,
            annotations: { "alb.ingress.kubernetes.io/scheme": "internet-facing" },
          },
          { ...opts, dependsOn: controller },
        );
        return { hostname: ingress.hostname, service: api.serviceName };
      },
      { ...options, preview },
    );
  }

  it("creates exactly the objects of a service, all in its namespace", async () => {
    const run = await deployWorkloads(false);
    const children = (component: string) => {
      const { urn } = run.resources.find(({ name, custom }) => name === component && !custom) ?? assert.fail(component);
      return run.resources.filter(({ parent }) => parent === urn);
    };
    assert.deepEqual(
      children("frontend")
        .map(({ type, name }) => [type, name])
        .sort(),
      [
        ["kubernetes:apps/v1:Deployment", "frontend-deployment"],
        ["kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "frontend-autoscaler"],
        ["kubernetes:core/v1:Service", "frontend-service"],
        ["kubernetes:core/v1:ServiceAccount", "frontend-service-account"],
        ["kubernetes:policy/v1:PodDisruptionBudget", "frontend-disruption-budget"],
      ],
    );
    assert.deepEqual(
      children("backend")
        .map(({ name }) => name)
        .sort(),
      [
        "backend-autoscaler",
        "backend-config",
        "backend-deployment",
        "backend-disruption-budget",
        "backend-secret",
        "backend-service",
        "backend-service-account",
      ],
    );
    const provider = run.resources.find(({ type }) => type === "pulumi:providers:kubernetes")?.urn;
    for (const child of [...children("frontend"), ...children("backend"), ...children("ingress")]) {
      assert.equal(at(child, "metadata", "namespace"), "durga-puja", child.urn);
      assert.equal(child.provider, provider, child.urn);
    }
    assert.equal(run.outputs["service"], "backend-service");
  });

  it("[DP-K8S-05] gives the frontend's Service annotations known only later", async () => {
    const run = await deployWorkloads(false);
    assert.deepEqual(at(one(run, "kubernetes:core/v1:Service", "frontend-service"), "metadata", "annotations"), {
      group: "sg-1",
    });
  });

  it("[DP-K8S-05] [DP-K8S-06] keeps the controller alive as long as anything it has to release", async () => {
    const run = await deployWorkloads(false);
    const controller = one(run, release).urn;
    const ingress = one(run, "kubernetes:networking.k8s.io/v1:Ingress");
    // A Service comes after the pods, which come after what they are released by.
    const waits = (name: string) => {
      const { dependsOn } = one(run, "kubernetes:core/v1:Service", name);
      const pods = run.resources.filter(
        ({ type, urn }) => type === "kubernetes:apps/v1:Deployment" && dependsOn.includes(urn),
      );
      assert.equal(pods.length, 1, name);
      return pods.some((deployment) => deployment.dependsOn.includes(controller));
    };
    assert.ok(waits("frontend-service"));
    assert.ok(ingress.dependsOn.includes(controller));
    assert.ok(!waits("backend-service"));
    assert.equal(run.outputs["hostname"], "alb.example.com");
  });

  it("[DP-K8S-03] keeps secret values secret, and replaces the pods when they change", async () => {
    const run = await deployWorkloads(false);
    const secret = one(run, "kubernetes:core/v1:Secret");
    assert.deepEqual(secret.inputs["stringData"], secretData);
    assert.deepEqual(at(secret, "metadata", "name"), "backend-secrets");
    assert.ok(secret.secretPaths.length > 0 && secret.secretPaths.every((path) => path.startsWith("stringData")));
    const deployment = one(run, "kubernetes:apps/v1:Deployment", "backend-deployment");
    const annotations = at(deployment, "spec", "template", "metadata", "annotations") as Record<string, string>;
    assert.deepEqual(Object.keys(annotations).sort(), ["checksum/config", "checksum/secret"]);
    assert.match(annotations["checksum/secret"] ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual(deployment.secretPaths, ['spec.template.metadata.annotations["checksum/secret"]']);
    for (const resource of run.resources.filter(({ type }) => type !== secret.type)) {
      for (const value of Object.values(secretData)) {
        assert.ok(!JSON.stringify(resource.inputs).includes(value), resource.urn);
      }
    }
  });

  it("previews without an error", async () => {
    const run = await deployWorkloads(true);
    assert.equal(one(run, "kubernetes:networking.k8s.io/v1:Ingress").type, "kubernetes:networking.k8s.io/v1:Ingress");
  });

  it("only refers to a Secret whose values it was not given", async () => {
    const run = await deploy(() => {
      new Workload("backend", { spec: backend, namespace: "durga-puja" }, providers());
    }, options);
    assert.ok(!run.resources.some(({ type }) => type === "kubernetes:core/v1:Secret"));
  });

  it("[PF-SEC-03] carries what its identity asks for, and refuses the identity of another", async () => {
    const bound = async (serviceAccount: string) =>
      runInProcess(() => {
        const identity = stubSite({ identities: "by-annotation" }).bindWorkload("backend-identity", {
          namespace: "durga-puja",
          serviceAccount,
          description: "Backend",
          grants: [],
        });
        new Workload("backend", { spec: backend, namespace: "durga-puja", identity }, providers());
      }, options);
    const run = await bound("backend");
    assert.deepEqual(run.errors, []);
    const account = one(run, "kubernetes:core/v1:ServiceAccount");
    const pods = one(run, "kubernetes:apps/v1:Deployment");
    assert.deepEqual(at(account, "metadata", "annotations"), { "identity.example.com/id": "backend-identity-id" });
    assert.deepEqual(at(pods, "spec", "template", "metadata", "labels"), {
      "app.kubernetes.io/name": "backend",
      "app.kubernetes.io/part-of": "durga-puja",
      "identity.example.com/use": "true",
    });
    assert.match(
      (await bound("frontend")).errors.join(),
      /workload "backend": its identity is of the service account "frontend": bind it to "backend"/,
    );
  });

  it("refuses values that do not fit the keys", async () => {
    const run = await runInProcess(() => {
      new Workload("backend", { spec: backend, namespace: "a", secretData: { REDIS_URL: "" } }, providers());
    }, options);
    assert.match(
      run.errors.join(),
      /workload "backend": secretData has REDIS_URL, environment\.secret\.keys has JWT_SECRET, MONGODB_URI, REDIS_URL/,
    );
  });
});
