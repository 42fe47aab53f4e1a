import { Instance, type InstanceArgs } from "@pulumi/gcp/compute/instance";
import { InstanceIAMMember } from "@pulumi/gcp/compute/instanceIAMMember";
import { TunnelInstanceIAMMember } from "@pulumi/gcp/iap/tunnelInstanceIAMMember";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import { IAMMember as AccountIamMember } from "@pulumi/gcp/serviceaccount/iammember";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { gcpName } from "../planning/names-gcp";
import type { GcpNetwork } from "./network";
import type { Project } from "./project";

export interface BastionArgs {
  readonly project: Project;
  /** First part of the physical names. */
  readonly prefix: string;
  readonly network: GcpNetwork;
  /** Who may open tunnels, by a name that never changes: members such as `group:platform@example.com`. */
  readonly operators: Readonly<Record<string, string>>;
  /** Key that the disk is encrypted with. */
  readonly keyId: Input<string>;
  readonly transform?: (instance: InstanceArgs) => InstanceArgs;
}

/** Debian installs security fixes by itself; what needs a restart gets it on Sundays, after the maintenance of the databases. */
const weeklyRestart = `#!/bin/bash
cat > /etc/apt/apt.conf.d/52restart <<'CONF'
Unattended-Upgrade::Automatic-Reboot "false";
CONF
cat > /etc/cron.d/weekly-restart <<'CRON'
0 9 * * 0 root test ! -e /var/run/reboot-required || /sbin/reboot
CRON
apt-get update && apt-get install --yes unattended-upgrades cron
`;

/**
 * A machine in the network that holds tunnels open to the Kubernetes API. It has no public address, no rights in the cloud, and
 * lets in nobody but Identity-Aware Proxy, where IAM decides who connects; log-in is by OS Login, without keys in metadata.
 * https://docs.cloud.google.com/iap/docs/using-tcp-forwarding
 *
 * Cost: one e2-micro per hour.
 */
export class Bastion extends ComponentResource {
  readonly instanceName: Output<string>;
  readonly zone: string;
  /** Address of its service account, which firewall rules are for. */
  readonly accountEmail: Output<string>;

  constructor(name: string, args: BastionArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Bastion", name, {}, opts);
    const { project, prefix, network } = args;
    const parent = { parent: this };
    const [letter] = network.zones;
    if (letter === undefined) throw new Error("the network of the bastion has no zone");
    this.zone = `${project.region}-${letter}`;
    const place = { project: project.id, zone: this.zone };
    const account = new Account(
      `${name}-account`,
      {
        project: project.id,
        accountId: gcpName("serviceAccount", prefix, "bastion"),
        displayName: "Bastion: no rights in the cloud",
      },
      parent,
    );
    const instanceArgs: InstanceArgs = {
      ...place,
      name: gcpName("resource", prefix, "bastion"),
      machineType: "e2-micro",
      bootDisk: {
        initializeParams: { image: "debian-cloud/debian-13", size: 10, type: "pd-balanced" },
        kmsKeySelfLink: args.keyId,
      },
      // No access configuration, hence no public address.
      networkInterfaces: [{ subnetwork: network.subnetId }],
      serviceAccount: { email: account.email, scopes: ["https://www.googleapis.com/auth/cloud-platform"] },
      shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
      metadata: { "enable-oslogin": "TRUE", "block-project-ssh-keys": "TRUE" },
      metadataStartupScript: weeklyRestart,
      allowStoppingForUpdate: true,
    };
    const instance = new Instance(`${name}-instance`, args.transform?.(instanceArgs) ?? instanceArgs, {
      parent: this,
      dependsOn: [...network.wayOut],
    });
    for (const [operator, member] of Object.entries(args.operators)) {
      new TunnelInstanceIAMMember(
        `${name}-${operator}-tunnel`,
        { ...place, instance: instance.name, role: "roles/iap.tunnelResourceAccessor", member },
        parent,
      );
      new InstanceIAMMember(
        `${name}-${operator}-log-in`,
        { ...place, instanceName: instance.name, role: "roles/compute.osLogin", member },
        parent,
      );
      // OS Login asks for it on a machine that has an account: https://docs.cloud.google.com/compute/docs/oslogin/set-up-oslogin
      new AccountIamMember(
        `${name}-${operator}-account`,
        { serviceAccountId: account.name, role: "roles/iam.serviceAccountUser", member },
        parent,
      );
    }
    this.instanceName = instance.name;
    this.accountEmail = account.email;
    this.registerOutputs({ instanceName: this.instanceName });
  }

  /**
   * The command that opens a tunnel to the API and holds it.
   *
   * @param port port of the own machine
   */
  tunnelCommand(project: Project, apiHost: Input<string>, port: number): Output<string> {
    return interpolate`gcloud compute ssh ${this.instanceName} --project ${project.projectId} --zone ${this.zone} --tunnel-through-iap -- -N -L ${String(port)}:${apiHost}:443`;
  }
}
