import { mergeOptions, type Input, type ProviderResource, type Resource } from "@pulumi/pulumi";
import type { BindWorkload } from "../contracts/workload-identity";
import type { Account } from "./account";
import { grantStatements } from "./grants";
import { WorkloadIdentity } from "./identity";

export interface BindWorkloadArgs {
  readonly account: Account;
  readonly clusterName: Input<string>;
  /** The Pod Identity Agent; `undefined` on an adopted cluster, which has it already. */
  readonly agent: Resource | undefined;
  readonly aws: ProviderResource;
}

/** The maker of identities for the workloads of a cluster on EKS. */
export function workloadBinder({ account, clusterName, agent, aws }: BindWorkloadArgs): BindWorkload {
  return (name, { namespace, serviceAccount, description, grants }, opts) =>
    new WorkloadIdentity(
      name,
      { clusterName, namespace, serviceAccount, description, policy: grantStatements(account, grants), agent },
      mergeOptions({ providers: { aws } }, opts),
    );
}
