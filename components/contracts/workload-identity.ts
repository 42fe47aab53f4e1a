import type { ComponentResourceOptions, Input, Resource } from "@pulumi/pulumi";
import type { Grant } from "./grant";

/** Who the workload is, and what it may do in the cloud. */
export interface WorkloadIdentityArgs {
  readonly namespace: string;
  /** Name of the Kubernetes service account. */
  readonly serviceAccount: string;
  /** One sentence for the cloud's console. */
  readonly description: string;
  /** All that it may do; an empty list is an identity without rights. */
  readonly grants: readonly Grant[];
}

/** A Kubernetes service account that acts as an identity of the cloud, without a stored credential. */
export interface WorkloadIdentity extends Resource {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Annotations that the service account must carry; empty where the cloud binds by name. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
  /** Labels that the pods must carry; empty where the cloud binds by name. */
  readonly podLabels: Readonly<Record<string, string>>;
}

/** Makes identities for the workloads of one cluster. */
export type BindWorkload = (
  name: string,
  args: WorkloadIdentityArgs,
  opts?: ComponentResourceOptions,
) => WorkloadIdentity;
