import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy, type RolePolicyArgs } from "@pulumi/aws/iam/rolePolicy";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { WorkloadIdentity as WorkloadIdentityContract } from "../contracts/workload-identity";
import { policyDocument, type Statement } from "./policy-document";

/** The pods that may use a role. */
export interface PodIdentitySubject {
  readonly clusterName: Input<string>;
  readonly namespace: string;
  readonly serviceAccount: string;
}

export interface WorkloadIdentityArgs extends PodIdentitySubject {
  /** What the service account is for: the role's description. */
  readonly description: string;
  /** What it may do: statements, none of which is no right at all, or a whole policy document as JSON. */
  readonly policy: readonly Statement[] | Input<string>;
  /**
   * The agent that hands out credentials on the nodes: bound before it exists, a pod would start without them. `undefined` on an
   * adopted cluster, which has it already.
   */
  readonly agent: Resource | undefined;
  readonly transform?: (policy: RolePolicyArgs) => RolePolicyArgs;
}

/**
 * Trust of a role that pods use: EKS assumes it and tags the session with cluster, namespace and service account, so that an
 * association made elsewhere in the account cannot lend the role to other pods.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export function podTrust({ clusterName, namespace, serviceAccount }: PodIdentitySubject): Output<string> {
  return policyDocument([
    {
      Sid: "AssumeByPods",
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Condition: {
        StringEquals: {
          "aws:RequestTag/eks-cluster-name": clusterName,
          "aws:RequestTag/kubernetes-namespace": namespace,
          "aws:RequestTag/kubernetes-service-account": serviceAccount,
        },
      },
    },
  ]);
}

/** Binds one Kubernetes service account to an IAM role of its own by EKS Pod Identity. */
export class WorkloadIdentity extends ComponentResource implements WorkloadIdentityContract {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Pod Identity binds by name: the service account carries no annotation. */
  readonly annotations: Readonly<Record<string, Input<string>>> = {};
  readonly podLabels: Readonly<Record<string, string>> = {};
  readonly roleArn: Output<string>;

  constructor(name: string, args: WorkloadIdentityArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:WorkloadIdentity", name, {}, opts);
    const role = new Role(
      `${name}-role`,
      { description: args.description, assumeRolePolicy: podTrust(args) },
      { parent: this },
    );
    const rights: Resource[] = [];
    // IAM takes no policy without statements.
    if (!isStatements(args.policy) || args.policy.length > 0) {
      const policyArgs: RolePolicyArgs = {
        role: role.name,
        policy: isStatements(args.policy) ? policyDocument(args.policy) : args.policy,
      };
      rights.push(new RolePolicy(`${name}-policy`, args.transform?.(policyArgs) ?? policyArgs, { parent: this }));
    }
    new PodIdentityAssociation(
      `${name}-association`,
      {
        clusterName: args.clusterName,
        namespace: args.namespace,
        serviceAccount: args.serviceAccount,
        roleArn: role.arn,
      },
      { parent: this, dependsOn: [...rights, ...(args.agent === undefined ? [] : [args.agent])] },
    );
    this.namespace = args.namespace;
    this.serviceAccount = args.serviceAccount;
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

function isStatements(policy: readonly Statement[] | Input<string>): policy is readonly Statement[] {
  return Array.isArray(policy);
}
