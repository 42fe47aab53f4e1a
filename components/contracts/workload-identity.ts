import type { Input, Resource } from "@pulumi/pulumi";

/** A Kubernetes service account that acts as an identity of the cloud, without a stored credential. */
export interface WorkloadIdentity extends Resource {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Annotations that the service account must carry; empty where the cloud binds by name. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
}
