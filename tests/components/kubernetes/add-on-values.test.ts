import assert from "node:assert/strict";
import { charts } from "../../../components/kubernetes/charts";
import { clusterAutoscalerImageTags, clusterAutoscalerValues } from "../../../components/kubernetes/cluster-autoscaler";
import { loadBalancerControllerValues } from "../../../components/kubernetes/load-balancer-controller";
import { metricsServerValues } from "../../../components/kubernetes/metrics-server";

describe("what the add-ons are installed with", () => {
  const autoscaler = clusterAutoscalerValues({
    clusterName: "durga-puja-eks",
    region: "us-east-1",
    kubernetesVersion: "1.36",
    scaling: { maxNodes: 5 },
  });
  const loadBalancer = loadBalancerControllerValues({
    clusterName: "durga-puja-eks",
    region: "us-east-1",
    vpcId: "vpc-1",
  });

  it("[DP-K8S-01] is these versions of the charts and what they bring", () => {
    assert.deepEqual(
      Object.values(charts).map(({ chart, version, appVersion, customResourceGroups, kubernetes }) => ({
        chart,
        version,
        appVersion,
        customResourceGroups,
        kubernetes,
      })),
      [
        {
          chart: "aws-load-balancer-controller",
          version: "3.5.0",
          appVersion: "v3.5.0",
          customResourceGroups: ["elbv2.k8s.aws", "gateway.k8s.aws", "aga.k8s.aws"],
          kubernetes: { min: "1.22" },
        },
        {
          chart: "cert-manager",
          version: "v1.21.2",
          appVersion: "v1.21.2",
          customResourceGroups: ["cert-manager.io", "acme.cert-manager.io"],
          kubernetes: { min: "1.22" },
        },
        {
          chart: "cluster-autoscaler",
          version: "9.59.0",
          appVersion: "1.35.0",
          customResourceGroups: [],
          kubernetes: { min: "1.34", max: "1.36" },
        },
        {
          chart: "external-secrets",
          version: "2.9.0",
          appVersion: "v2.9.0",
          customResourceGroups: ["external-secrets.io", "generators.external-secrets.io"],
          kubernetes: { min: "1.19" },
        },
        {
          chart: "metrics-server",
          version: "3.13.1",
          appVersion: "0.8.1",
          customResourceGroups: [],
          kubernetes: { min: "1.31" },
        },
        {
          chart: "nvidia-device-plugin",
          version: "0.19.2",
          appVersion: "0.19.2",
          customResourceGroups: [],
          kubernetes: { min: "1.10" },
        },
        {
          chart: "strimzi-kafka-operator",
          version: "1.2.0",
          appVersion: "1.2.0",
          customResourceGroups: ["kafka.strimzi.io", "core.strimzi.io"],
          kubernetes: { min: "1.30" },
        },
      ],
    );
  });

  it("[DP-EKS-04] is the cluster autoscaler of the cluster's own minor", () => {
    assert.deepEqual(clusterAutoscalerImageTags, { "1.34": "v1.34.4", "1.35": "v1.35.1", "1.36": "v1.36.1" });
    assert.deepEqual(autoscaler["image"], { tag: "v1.36.1" });
  });

  it("reserves and limits what each add-on uses", () => {
    const resources = [autoscaler, loadBalancer, metricsServerValues()].map((values) => values["resources"]);
    assert.deepEqual(resources, [
      { requests: { cpu: "100m", memory: "300Mi" }, limits: { cpu: "500m", memory: "600Mi" } },
      { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      { requests: { cpu: "100m", memory: "200Mi" }, limits: { cpu: "500m", memory: "400Mi" } },
    ]);
  });

  it("keeps one pod of each through the loss of a node and an upgrade", () => {
    assert.deepEqual(
      [autoscaler["replicaCount"], loadBalancer["replicaCount"], metricsServerValues()["replicas"]],
      [2, 2, 2],
    );
    assert.deepEqual(autoscaler["podDisruptionBudget"], { maxUnavailable: 1 });
    for (const values of [autoscaler, loadBalancer, metricsServerValues()]) {
      const spreads = values["topologySpreadConstraints"] as Record<string, unknown>[];
      assert.deepEqual(
        spreads.map(({ maxSkew, topologyKey }) => [maxSkew, topologyKey]),
        [
          [1, "topology.kubernetes.io/zone"],
          [1, "kubernetes.io/hostname"],
        ],
      );
    }
  });

  it("runs the cluster autoscaler without rights on its node, under the service account of its identity", () => {
    assert.deepEqual(autoscaler["rbac"], { serviceAccount: { create: true, name: "cluster-autoscaler" } });
    assert.deepEqual(autoscaler["securityContext"], {
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(autoscaler["containerSecurityContext"], {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("makes no other class the default, and leaves the web application firewall usable", () => {
    assert.deepEqual(loadBalancer["ingressClassConfig"], { default: false });
    assert.equal(loadBalancer["enableWafv2"], true);
  });
});
