import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  autoScalingGroupPattern,
  clusterAutoscalerFlags,
  clusterAutoscalerImageTag,
  clusterAutoscalerValues,
} from "../../../components/kubernetes/cluster-autoscaler";
import { loadBalancerControllerValues } from "../../../components/kubernetes/load-balancer-controller";
import { metricsServerValues } from "../../../components/kubernetes/metrics-server";

const scaling = { maxNodes: 5 };

/** The value once every output in it is known. */
function resolved<T>(value: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => {
    pulumi.output(value).apply(resolve);
  });
}

describe("cluster autoscaler", () => {
  it("[DP-EKS-04] adds nodes after 30 s, removes them below 50 % after 10 min, and prefers spot", () => {
    assert.deepEqual(clusterAutoscalerFlags(scaling, true), {
      "scan-interval": "10s",
      "max-nodes-total": 5,
      "new-pod-scale-up-delay": "30s",
      "scale-down-utilization-threshold": "0.5",
      "scale-down-unneeded-time": "10m",
      expander: "priority,least-waste",
      "balance-similar-node-groups": "false",
      "skip-nodes-with-local-storage": "false",
      "skip-nodes-with-system-pods": "false",
    });
  });

  it("[DP-EKS-04] gives spot groups the highest priority", async () => {
    const values = clusterAutoscalerValues({
      clusterName: "durga-puja-eks",
      region: "us-east-1",
      kubernetesVersion: "1.36",
      scaling,
      preferredNodeGroups: [pulumi.output("durga-puja-spot")],
    });
    assert.deepEqual(await resolved(values["expanderPriorities"]), {
      "50": ["^eks-durga-puja-spot-[0-9a-f-]{36}$"],
      "10": [".*"],
    });
    assert.deepEqual(values["autoDiscovery"], { clusterName: "durga-puja-eks" });
    assert.equal(values["awsRegion"], "us-east-1");
  });

  it("asks no priority where no group is preferred", () => {
    const values = clusterAutoscalerValues({
      clusterName: "dev",
      region: "us-west-2",
      kubernetesVersion: "1.36",
      scaling,
    });
    assert.ok(!("expanderPriorities" in values));
    assert.equal((values["extraArgs"] as Record<string, unknown>)["expander"], "least-waste");
  });

  it("matches the auto scaling group of one node group only", () => {
    const group = new RegExp(autoScalingGroupPattern("spot"));
    assert.match("eks-spot-a4c7f2de-1b2c-3d4e-5f60-718293a4b5c6", group);
    assert.doesNotMatch("eks-spot-large-a4c7f2de-1b2c-3d4e-5f60-718293a4b5c6", group);
    assert.doesNotMatch("eks-on-spot-a4c7f2de-1b2c-3d4e-5f60-718293a4b5c6", group);
    assert.equal(autoScalingGroupPattern("a.b"), "^eks-a\\.b-[0-9a-f-]{36}$");
  });

  it("runs the image of the cluster's minor", () => {
    assert.equal(clusterAutoscalerImageTag("1.36"), "v1.36.1");
    assert.equal(clusterAutoscalerImageTag("1.35.10"), "v1.35.1");
    assert.throws(
      () => clusterAutoscalerImageTag("1.28"),
      /no cluster autoscaler image for Kubernetes 1\.28: known are 1\.34, 1\.35, 1\.36/,
    );
  });

  it("refuses a threshold that is no percentage and a cluster without nodes", () => {
    assert.throws(
      () => clusterAutoscalerFlags({ ...scaling, scaleDownBelowPercent: 0 }, false),
      /scaleDownBelowPercent is 0/,
    );
    assert.throws(
      () => clusterAutoscalerFlags({ ...scaling, scaleDownBelowPercent: 101 }, false),
      /scaleDownBelowPercent is 101/,
    );
    assert.throws(() => clusterAutoscalerFlags({ maxNodes: 0 }, false), /maxNodes is 0/);
  });
});

describe("load balancer controller", () => {
  const values = loadBalancerControllerValues({ clusterName: "durga-puja-eks", region: "us-east-1", vpcId: "vpc-1" });

  it("[DP-K8S-06] makes the class alb and is told where it runs", () => {
    assert.equal(values["clusterName"], "durga-puja-eks");
    assert.equal(values["region"], "us-east-1");
    assert.equal(values["vpcId"], "vpc-1");
    assert.equal(values["ingressClass"], "alb");
    assert.equal(values["createIngressClassResource"], true);
    assert.equal(values["defaultTargetType"], "ip");
    assert.deepEqual(values["env"], { AWS_EC2_METADATA_DISABLED: "true" });
  });

  it("keeps its webhook out of every Service and of the recovery of pods", () => {
    assert.equal(values["enableServiceMutatorWebhook"], false);
    assert.deepEqual(values["podMutatorWebhookConfig"], { failurePolicy: "Ignore" });
    assert.equal(values["webhookBindPort"], 9443);
  });

  it("makes no security group and uses no service that its identity may not", () => {
    assert.equal(values["enableBackendSecurityGroup"], false);
    assert.equal(values["enableShield"], false);
    assert.equal(values["enableWaf"], false);
  });

  it("survives the loss of a node", () => {
    assert.equal(values["replicaCount"], 2);
    assert.deepEqual(values["podDisruptionBudget"], { maxUnavailable: 1 });
    assert.deepEqual(values["serviceAccount"], { create: true, name: "aws-load-balancer-controller" });
  });
});

describe("metrics server", () => {
  it("keeps one pod answering at all times", () => {
    const values = metricsServerValues();
    assert.equal(values["replicas"], 2);
    assert.equal(values["containerPort"], 10250);
    assert.deepEqual(values["podDisruptionBudget"], { enabled: true, maxUnavailable: 1 });
    assert.deepEqual(values["updateStrategy"], {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });
});
