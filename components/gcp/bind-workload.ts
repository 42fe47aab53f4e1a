import { mergeOptions, type Input, type ProviderResource } from "@pulumi/pulumi";
import type { BindWorkload } from "../contracts/workload-identity";
import { WorkloadIdentity } from "./identity";
import type { Project } from "./project";

export interface BindWorkloadArgs {
  readonly project: Project;
  /** The cluster's pool of identities. */
  readonly identityPool: Input<string>;
  readonly gcp: ProviderResource;
}

/** The maker of identities for the workloads of a cluster on GKE. */
export function workloadBinder({ project, identityPool, gcp }: BindWorkloadArgs): BindWorkload {
  return (name, args, opts) =>
    new WorkloadIdentity(name, { ...args, project, identityPool }, mergeOptions({ providers: { gcp } }, opts));
}
