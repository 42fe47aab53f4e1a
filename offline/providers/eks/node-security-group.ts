import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupRule, type SecurityGroupRuleArgs } from "@pulumi/aws/ec2/securityGroupRule";
import { all, output, type ComponentResource, type Input, type Output } from "@pulumi/pulumi";

type Tags = Readonly<Record<string, Input<string>>>;

export interface NodeSecurityGroupArgs {
  readonly vpcId: Input<string>;
  readonly clusterName: Output<string>;
  readonly clusterSecurityGroupId: Input<string>;
  readonly tags: readonly (Input<Tags> | undefined)[];
}

/** The security group of the nodes with its rules, and the rule that lets nodes reach the control plane. */
export function nodeSecurityGroup(
  name: string,
  args: NodeSecurityGroupArgs,
  parent: ComponentResource,
): { group: SecurityGroup; clusterIngress: SecurityGroupRule } {
  const group = new SecurityGroup(
    `${name}-nodeSecurityGroup`,
    {
      vpcId: args.vpcId,
      revokeRulesOnDelete: true,
      tags: all([args.clusterName, output(args.tags)]).apply(
        ([clusterName, tags]) =>
          Object.assign(
            { Name: `${name}-nodeSecurityGroup`, [`kubernetes.io/cluster/${clusterName}`]: "owned" },
            ...tags,
          ) as Record<string, string>,
      ),
    },
    { parent },
  );
  const rule = (suffix: string, permission: Omit<SecurityGroupRuleArgs, "securityGroupId">, owner?: Input<string>) =>
    new SecurityGroupRule(`${name}-${suffix}`, { ...permission, securityGroupId: owner ?? group.id }, { parent });
  rule("eksNodeIngressRule", {
    description: "Allow nodes to communicate with each other",
    type: "ingress",
    fromPort: 0,
    toPort: 0,
    protocol: "-1",
    self: true,
  });
  rule("eksNodeClusterIngressRule", {
    description: "Allow worker Kubelets and pods to receive communication from the cluster control plane",
    type: "ingress",
    fromPort: 1025,
    toPort: 65535,
    protocol: "tcp",
    sourceSecurityGroupId: args.clusterSecurityGroupId,
  });
  rule("eksExtApiServerClusterIngressRule", {
    description:
      "Allow pods running extension API servers on port 443 to receive communication from cluster control plane",
    type: "ingress",
    fromPort: 443,
    toPort: 443,
    protocol: "tcp",
    sourceSecurityGroupId: args.clusterSecurityGroupId,
  });
  rule("eksNodeInternetEgressRule", {
    description: "Allow internet access.",
    type: "egress",
    fromPort: 0,
    toPort: 0,
    protocol: "-1",
    cidrBlocks: ["0.0.0.0/0"],
  });
  const clusterIngress = rule(
    "eksClusterIngressRule",
    {
      description: "Allow pods to communicate with the cluster API Server",
      type: "ingress",
      fromPort: 443,
      toPort: 443,
      protocol: "tcp",
      sourceSecurityGroupId: group.id,
    },
    args.clusterSecurityGroupId,
  );
  return { group, clusterIngress };
}
