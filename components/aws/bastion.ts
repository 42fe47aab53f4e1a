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
 * Amazon Linux 2023 stays at the versions of its image until it is told the release to go to, here on Sundays, after the
 * maintenance of the databases. https://docs.aws.amazon.com/linux/al2023/ug/managing-repos-os-updates.html
 */
const weeklyUpgrade = `#!/bin/bash
cat > /etc/systemd/system/weekly-upgrade.service <<'UNIT'
[Unit]
Description=Upgrade to the latest release, then start anew
[Service]
Type=oneshot
ExecStart=/usr/bin/dnf upgrade --releasever=latest --assumeyes
ExecStartPost=/usr/bin/systemctl reboot
UNIT
cat > /etc/systemd/system/weekly-upgrade.timer <<'UNIT'
[Timer]
OnCalendar=Sun 09:00 UTC
[Install]
WantedBy=timers.target
UNIT
systemctl daemon-reload
systemctl enable --now weekly-upgrade.timer
`;

/**
 * A machine in the network that holds tunnels open to the Kubernetes API. It has no public address and no open port: sessions
 * come by Systems Manager, where IAM decides who may open one and every session is recorded in CloudTrail.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
 *
 * It reaches Systems Manager by the endpoints `ssm`, `ssmmessages` and `ec2messages` or by a NAT gateway.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
 *
 * Cost: one t4g.micro per hour.
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
      instanceType: "t4g.micro",
      subnetId: args.network.subnetIds.private[0],
      associatePublicIpAddress: false,
      vpcSecurityGroupIds: [args.securityGroupId],
      iamInstanceProfile: profile.name,
      ebsOptimized: true,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, kmsKeyId: args.keyArn, volumeType: "gp3", volumeSize: 8 },
      userData: weeklyUpgrade,
      tags: { Name: `${args.prefix}-bastion` },
    };
    const instance = new Instance(`${name}-instance`, args.transform?.(instanceArgs) ?? instanceArgs, {
      parent: this,
      dependsOn: [sessions],
      // A new image comes out every few weeks, and each would replace the machine, tunnels of a running update included.
      ignoreChanges: ["ami"],
    });
    this.instanceId = instance.id;
    this.registerOutputs({ instanceId: this.instanceId });
  }
}
