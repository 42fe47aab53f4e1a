import type { Input, Output, Resource } from "@pulumi/pulumi";

/** A Kubernetes cluster with nodes that pods can be scheduled on. */
export interface KubernetesCluster {
  readonly clusterName: Output<string>;
  /** Version of the control plane, minor only: `1.36`. */
  readonly version: string;
  /** A kubeconfig as JSON; it holds no credential, the caller's own identity is used. */
  readonly kubeconfig: Output<string>;
  /** What must exist before a pod can start and must outlive every pod: nodes, pod networking, cluster DNS. */
  readonly podDependencies: readonly Input<Resource>[];
}
