import * as pulumi from "@pulumi/pulumi";
import { Chart, type HelmValues } from "./chart";
import { kubernetesMinor, type KubernetesMinor } from "./charts";
import { spreadOverNodes } from "./scheduling";

/** The service account of the cluster autoscaler, which a cloud identity is bound to. */
export const clusterAutoscalerServiceAccount = { namespace: "kube-system", name: "cluster-autoscaler" } as const;

/**
 * Image of each Kubernetes minor: the autoscaler simulates the scheduler of its own minor.
 * The chart's default (v1.35.0) is of no use: the image is gone from the registry
 * (https://github.com/kubernetes/autoscaler/pull/10091).
 * Sources: https://github.com/kubernetes/k8s.io/pull/9676 (2026-07-02) and, for 1.36.1,
 * https://github.com/kubernetes/autoscaler/pull/10169 (2026-08-20).
 */
export const clusterAutoscalerImageTags: Readonly<Record<KubernetesMinor, string>> = {
  "1.34": "v1.34.4",
  "1.35": "v1.35.1",
  "1.36": "v1.36.1",
};

/** When nodes are added and removed. */
export interface ClusterScaling {
  /** Most nodes of all groups together. Each group's own bounds hold besides. */
  maxNodes: number;
  /** Seconds a pod must have been pending before it counts. Default: 30. */
  scaleUpAfterSeconds?: number;
  /** A node used less than this, in percent of what its pods request, is a candidate for removal. Default: 50. */
  scaleDownBelowPercent?: number;
  /** Minutes a node must have been a candidate before it is removed. Default: 10. */
  scaleDownAfterMinutes?: number;
}

export interface ClusterAutoscalerArgs {
  /** Name of the cluster: part of the discovery tag of its auto scaling groups. */
  clusterName: pulumi.Input<string>;
  /** Region of the cluster. */
  region: pulumi.Input<string>;
  /** Version of the cluster, `major.minor`. */
  kubernetesVersion: string;
  /** When nodes are added and removed. */
  scaling: ClusterScaling;
  /** Names of the node groups to extend first (spot). Others are extended when these cannot be. Default: none. */
  preferredNodeGroups?: pulumi.Input<string>[];
}

/** The image tag for a cluster. Throws when there is none for its minor. */
export function clusterAutoscalerImageTag(kubernetesVersion: string): string {
  const tag = clusterAutoscalerImageTags[kubernetesMinor(kubernetesVersion)];
  if (tag === undefined) {
    throw new Error(
      `no cluster autoscaler image for Kubernetes ${kubernetesVersion}: known are ` +
        `${Object.keys(clusterAutoscalerImageTags).join(", ")}; add one in components/kubernetes/cluster-autoscaler.ts`,
    );
  }
  return tag;
}

/**
 * The expression that matches the auto scaling group of an EKS node group.
 * EKS names it `eks-<node group>-<uuid>`: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
 */
export function autoScalingGroupPattern(nodeGroupName: string): string {
  const literal = nodeGroupName.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `^eks-${literal}-[0-9a-f-]{36}$`;
}

/** The flags of the autoscaler. Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md */
export function clusterAutoscalerFlags(scaling: ClusterScaling, prefers: boolean): HelmValues {
  const percent = scaling.scaleDownBelowPercent ?? 50;
  if (!(percent > 0 && percent <= 100)) {
    throw new Error(`scaleDownBelowPercent is ${String(percent)}: give a number above 0, at most 100`);
  }
  if (!(Number.isInteger(scaling.maxNodes) && scaling.maxNodes > 0)) {
    throw new Error(`maxNodes is ${String(scaling.maxNodes)}: give a whole number of at least 1`);
  }
  return {
    "scan-interval": "10s",
    "max-nodes-total": scaling.maxNodes,
    "new-pod-scale-up-delay": `${String(scaling.scaleUpAfterSeconds ?? 30)}s`,
    "scale-down-utilization-threshold": String(percent / 100),
    "scale-down-unneeded-time": `${String(scaling.scaleDownAfterMinutes ?? 10)}m`,
    // The later expander breaks the ties of the earlier one.
    expander: prefers ? "priority,least-waste" : "least-waste",
    // Balancing would share a scale-up between the preferred group and its on-demand twin.
    "balance-similar-node-groups": "false",
    // Pods with an emptyDir and add-ons under a disruption budget would otherwise pin nearly every node for ever.
    "skip-nodes-with-local-storage": "false",
    "skip-nodes-with-system-pods": "false",
  };
}

/**
 * Values of the chart.
 * Source of the names: https://github.com/kubernetes/autoscaler/blob/master/charts/cluster-autoscaler/values.yaml
 */
export function clusterAutoscalerValues(args: ClusterAutoscalerArgs): HelmValues {
  const { name } = clusterAutoscalerServiceAccount;
  const preferred = (args.preferredNodeGroups ?? []).map((group) =>
    pulumi.output(group).apply(autoScalingGroupPattern),
  );
  return {
    fullnameOverride: name,
    cloudProvider: "aws",
    awsRegion: args.region,
    // Groups are found by the tags k8s.io/cluster-autoscaler/enabled and k8s.io/cluster-autoscaler/<cluster>, which EKS
    // puts on the groups of managed node groups. Their own minimum and maximum hold.
    autoDiscovery: { clusterName: args.clusterName },
    image: { tag: clusterAutoscalerImageTag(args.kubernetesVersion) },
    extraEnv: { AWS_EC2_METADATA_DISABLED: "true" },
    extraArgs: clusterAutoscalerFlags(args.scaling, preferred.length > 0),
    // The chart writes these to the ConfigMap cluster-autoscaler-priority-expander; the highest number wins.
    ...(preferred.length > 0 ? { expanderPriorities: { "50": preferred, "10": [".*"] } } : {}),
    rbac: { serviceAccount: { create: true, name } },
    replicaCount: 2,
    podDisruptionBudget: { maxUnavailable: 1 },
    topologySpreadConstraints: spreadOverNodes({ "app.kubernetes.io/instance": name }),
    resources: { requests: { cpu: "100m", memory: "300Mi" }, limits: { cpu: "500m", memory: "600Mi" } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65534,
      runAsGroup: 65534,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containerSecurityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

/**
 * The Kubernetes cluster autoscaler on AWS: adds nodes for pods that find none, removes nodes that are hardly used.
 * The identity of its service account is made by the cloud and must be passed in `dependsOn`.
 */
export class ClusterAutoscaler extends pulumi.ComponentResource {
  /** The installed chart. */
  readonly chart: Chart;

  constructor(name: string, args: ClusterAutoscalerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:ClusterAutoscaler", name, {}, opts);
    this.chart = new Chart(
      `${name}-chart`,
      {
        chart: "cluster-autoscaler",
        kubernetesVersion: args.kubernetesVersion,
        namespace: clusterAutoscalerServiceAccount.namespace,
        values: clusterAutoscalerValues(args),
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.registerOutputs({});
  }
}
