import { Instance, type InstanceArgs } from "@pulumi/aws/ec2/instance";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { getParameterOutput } from "@pulumi/aws/ssm/getParameter";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Network } from "../contracts/network";
import type { Account } from "./account";
import { serviceTrust } from "./policy-document";

export interface BastionArgs {
  readonly account: Account;
  /** First part of the names in the console. */
  readonly prefix: string;
  readonly network: Network;
  /** Let into the Kubernetes API on 443, and in by nobody. */
  readonly securityGroupId: Input<string>;
  /** Key that the disk is encrypted with. */
  readonly keyArn: Input<string>;
  readonly transform?: (instance: InstanceArgs) => InstanceArgs;
}

/**
 * A machine in the network that holds tunnels open to the Kubernetes API. It has no public address and no open port: sessions
 * come by Systems Manager, where IAM decides who may open one and every session is recorded in CloudTrail.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
 *
 * Cost: one t4g.nano per hour.
 */
export class Bastion extends ComponentResource {
  readonly instanceId: Output<string>;

  constructor(name: string, args: BastionArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Bastion", name, {}, opts);
    const parent = { parent: this };
    const role = new Role(
      `${name}-role`,
      {
        description: "Bastion: sessions of Systems Manager",
        assumeRolePolicy: serviceTrust("ec2.amazonaws.com"),
      },
      parent,
    );
    const sessions = new RolePolicyAttachment(
      `${name}-sessions`,
      {
        role: role.name,
        policyArn: interpolate`arn:${args.account.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore`,
      },
      parent,
    );
    const profile = new InstanceProfile(`${name}-profile`, { role: role.name }, parent);
    const image = getParameterOutput(
      { name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64" },
      parent,
    );
    const instanceArgs: InstanceArgs = {
      ami: image.value,
      instanceType: "t4g.nano",
      subnetId: args.network.subnetIds.private[0],
      associatePublicIpAddress: false,
      vpcSecurityGroupIds: [args.securityGroupId],
      iamInstanceProfile: profile.name,
      ebsOptimized: true,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, kmsKeyId: args.keyArn, volumeType: "gp3", volumeSize: 8 },
      tags: { Name: `${args.prefix}-bastion` },
    };
    const instance = new Instance(`${name}-instance`, args.transform?.(instanceArgs) ?? instanceArgs, {
      parent: this,
      dependsOn: [sessions],
      // A new image comes out every few weeks, and each would replace the machine; it patches itself.
      ignoreChanges: ["ami"],
    });
    this.instanceId = instance.id;
    this.registerOutputs({ instanceId: this.instanceId });
  }
}
