import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type {
  WorkloadIdentityArgs as ContractArgs,
  WorkloadIdentity as WorkloadIdentityContract,
} from "../contracts/workload-identity";
import { giveRights } from "./grants";
import type { Project } from "./project";

export interface WorkloadIdentityArgs extends ContractArgs {
  readonly project: Project;
  /** The cluster's pool of identities: rights of its members are taken only once it is there. */
  readonly identityPool: Input<string>;
}

/**
 * Gives rights to a Kubernetes service account itself, by Workload Identity Federation for GKE: there is no Google service account
 * between, hence none that could be borrowed, and nothing that a pod has to carry.
 *
 * The name says namespace and service account, not the cluster: all clusters of a project share it, so a project holds the
 * clusters of one site alone. https://docs.cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#identity_sameness
 */
export class WorkloadIdentity extends ComponentResource implements WorkloadIdentityContract {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly annotations: Readonly<Record<string, Input<string>>> = {};
  readonly podLabels: Readonly<Record<string, string>> = {};
  /** Whom rights are given to. */
  readonly member: Output<string>;

  constructor(name: string, args: WorkloadIdentityArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:WorkloadIdentity", name, {}, opts);
    const { project, namespace, serviceAccount } = args;
    this.namespace = namespace;
    this.serviceAccount = serviceAccount;
    this.member = podPrincipal(args);
    giveRights(name, project, this.member, args.grants, { parent: this });
    this.registerOutputs({ member: this.member });
  }
}

/** The member of IAM that a service account of a cluster is. */
function podPrincipal({
  project,
  identityPool,
  namespace,
  serviceAccount,
}: Pick<WorkloadIdentityArgs, "project" | "identityPool" | "namespace" | "serviceAccount">): Output<string> {
  const pool = interpolate`iam.googleapis.com/projects/${project.number}/locations/global/workloadIdentityPools/${identityPool}`;
  return interpolate`principal://${pool}/subject/ns/${namespace}/sa/${serviceAccount}`;
}
