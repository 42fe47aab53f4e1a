import { mergeOptions, type Input, type ProviderResource } from "@pulumi/pulumi";
import type { BindWorkload } from "../contracts/workload-identity";
import { WorkloadIdentity } from "./identity";
import type { Place } from "./place";

export interface BindWorkloadArgs {
  readonly place: Place;
  /** First part of the identities' names. */
  readonly prefix: string;
  /** Issuer of the cluster's service account tokens. */
  readonly issuer: Input<string>;
  readonly azure: ProviderResource;
}

/** The maker of identities for the workloads of a cluster on AKS. */
export function workloadBinder({ place, prefix, issuer, azure }: BindWorkloadArgs): BindWorkload {
  return (name, { namespace, serviceAccount, grants }, opts) =>
    new WorkloadIdentity(
      name,
      { place, prefix, namespace, serviceAccount, issuers: { cluster: issuer }, grants },
      mergeOptions({ providers: { "azure-native": azure } }, opts),
    );
}
