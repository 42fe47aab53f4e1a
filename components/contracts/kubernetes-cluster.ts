import type { Input, Output, Resource } from "@pulumi/pulumi";

/**
 * From where the Kubernetes API is reached.
 *
 * - `network`: from a runner in the site's network, or in one that is linked to it.
 * - `bastion`: through a machine in the network that holds a tunnel open; it has no address on the internet.
 * - `dns-endpoint`: by a name on the internet behind which the cloud asks for an identity before it connects.
 * - `internet`: by an address on the internet, from the ranges that are let in.
 */
export const apiAccesses = ["network", "bastion", "dns-endpoint", "internet"] as const;

export type ApiAccess = (typeof apiAccesses)[number];

/** What a cluster may bring itself, so that the platform layer does not install it. */
export type ClusterService = "metrics" | "node-autoscaling" | "accelerators";

/** Kinds of volumes: `general` is the default, `fast` is for databases and chain nodes. */
export type StorageProfile = "general" | "fast";

/** What a StorageClass of a profile is made of. */
export interface StorageDriver {
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, Input<string>>>;
}

/** Where a pod fetches the credentials of its cloud identity. */
export interface IdentityEndpoint {
  /** IPv4 range, nearly always one link-local address: `169.254.170.23/32`. */
  readonly cidr: string;
  /** TCP port. */
  readonly port: number;
}

/** How a Service of type LoadBalancer gets an address of the network alone. */
export interface PrivateLoadBalancer {
  /** Class that the Service names under `spec.loadBalancerClass`. Default: none, the cloud's own controller acts on it. */
  readonly loadBalancerClass?: string;
  /** What the Service is annotated with. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
  /**
   * Where the Service says which address it wants: in `spec.loadBalancerIP`, or in an annotation. `undefined`: it cannot want
   * one, since it gets an address in each zone.
   */
  readonly addressIn: "loadBalancerIP" | { readonly annotation: string } | undefined;
}

/** A Kubernetes cluster with nodes that pods can be scheduled on. */
export interface KubernetesCluster {
  readonly clusterName: Output<string>;
  /** Version of the control plane, minor only: `1.36`. */
  readonly version: string;
  /** A kubeconfig as JSON; it holds no credential, the caller's own identity is used. */
  readonly kubeconfig: Output<string>;
  /** Issuer of the service accounts' tokens, an HTTPS URL: other clouds trust it. */
  readonly issuer: Output<string>;
  readonly apiAccess: ApiAccess;
  /** What must exist before a pod can start and must outlive every pod: nodes, pod networking, cluster DNS. */
  readonly podDependencies: readonly Input<Resource>[];
  /** What the cluster brings itself. */
  readonly provides: ReadonlySet<ClusterService>;
  readonly storage: Readonly<Record<StorageProfile, StorageDriver>>;
  readonly privateLoadBalancer: PrivateLoadBalancer;
  /**
   * Endpoints on the node that pods with an identity may reach. Every other link-local address, the metadata of the machine
   * among them, stays closed to pods. Empty where identities are fetched from the internet.
   */
  readonly identityEndpoints: readonly IdentityEndpoint[];
}
