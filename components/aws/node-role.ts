import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Account } from "./account";
import { serviceTrust } from "./policy-document";

export interface NodeRoleArgs {
  readonly account: Account;
}

/**
 * What a node may do: join its cluster, hand out pod identities, pull images. Pods have identities of their own.
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
 */
const nodePolicies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"] as const;

/** The IAM role of the nodes. */
export class NodeRole extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: NodeRoleArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:NodeRole", name, {}, opts);
    const role = new Role(
      `${name}-role`,
      { description: "Nodes of the Kubernetes cluster", assumeRolePolicy: serviceTrust("ec2.amazonaws.com") },
      { parent: this },
    );
    for (const policy of nodePolicies) {
      new RolePolicyAttachment(
        `${name}-${policy}`,
        { role: role.name, policyArn: interpolate`arn:${args.account.partition}:iam::aws:policy/${policy}` },
        { parent: this },
      );
    }
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
