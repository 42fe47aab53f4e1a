import { Addon, type AddonArgs } from "@pulumi/aws/eks/addon";
import { getAddonVersionOutput } from "@pulumi/aws/eks/getAddonVersion";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import {
  ComponentResource,
  interpolate,
  type ComponentResourceOptions,
  type Input,
  type Resource,
} from "@pulumi/pulumi";
import type { Account } from "./account";
import { podTrust } from "./identity";

/** Managed add-ons; `coredns` and `aws-ebs-csi-driver` run on nodes, the others are what a node needs to become ready. */
export type AddonName = "eks-pod-identity-agent" | "vpc-cni" | "kube-proxy" | "coredns" | "aws-ebs-csi-driver";

export interface ClusterAddonsArgs {
  readonly account: Account;
  readonly clusterName: Input<string>;
  /** Version of the control plane, minor only: `1.36`. */
  readonly kubernetesVersion: string;
  /**
   * Versions to stay on. Default: the one that EKS recommends for the cluster's version at each update, so that add-ons move with
   * it and do not stay behind.
   */
  readonly versions?: Readonly<Partial<Record<AddonName, string>>>;
  /**
   * `enforced`: pods are held to the NetworkPolicies of their namespaces; `ignored` accepts the objects and does nothing.
   * Default: `ignored`, as EKS has it. https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
   */
  readonly networkPolicies?: "enforced" | "ignored";
  readonly transform?: (addon: AddonArgs) => AddonArgs;
}

/** Service account of the pods that give other pods their addresses. */
const cniAccount = "aws-node";

/** The managed add-ons that every node needs before it is ready: pod identity, pod networking and service routing. */
export class ClusterAddons extends ComponentResource {
  /** Hands out the credentials of pod identities. */
  readonly podIdentityAgent: Resource;
  /** What a node has to come after and go before: each of these comes after the others of the add-ons. */
  readonly last: readonly Resource[];

  constructor(name: string, args: ClusterAddonsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:ClusterAddons", name, {}, opts);
    const addon = (addonName: AddonName, extra: Partial<AddonArgs> = {}, dependsOn: readonly Resource[] = []) =>
      managedAddon(`${name}-${addonName}`, { ...args, addonName, extra }, { parent: this, dependsOn: [...dependsOn] });

    this.podIdentityAgent = addon("eks-pod-identity-agent");
    const cniRole = new Role(
      `${name}-vpc-cni-role`,
      {
        description: "Gives pods addresses of the VPC",
        assumeRolePolicy: podTrust({
          clusterName: args.clusterName,
          namespace: "kube-system",
          serviceAccount: cniAccount,
        }),
      },
      { parent: this },
    );
    const cniPolicy = new RolePolicyAttachment(
      `${name}-vpc-cni-policy`,
      {
        role: cniRole.name,
        policyArn: interpolate`arn:${args.account.partition}:iam::aws:policy/AmazonEKS_CNI_Policy`,
      },
      { parent: this },
    );
    // An identity of its own, so that the nodes' role, which every process on a node can use, has no right to change interfaces.
    const vpcCni = addon(
      "vpc-cni",
      {
        podIdentityAssociations: [{ serviceAccount: cniAccount, roleArn: cniRole.arn }],
        ...(args.networkPolicies === "enforced"
          ? { configurationValues: JSON.stringify({ enableNetworkPolicy: "true" }) }
          : {}),
      },
      [this.podIdentityAgent, cniPolicy],
    );
    this.last = [vpcCni, addon("kube-proxy")];
    this.registerOutputs({});
  }
}

/** Cluster DNS. Its pods need nodes: pass them in `dependsOn`. */
export class ClusterDns extends ComponentResource {
  /** For what has to come after it. */
  readonly addon: Resource;

  constructor(name: string, args: ClusterAddonsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:ClusterDns", name, {}, opts);
    this.addon = managedAddon(
      `${name}-coredns`,
      { ...args, addonName: "coredns" },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.registerOutputs({});
  }
}

/** Service account of the pods that make and attach volumes. */
const volumeAccount = "ebs-csi-controller-sa";

export interface VolumeDriverArgs extends ClusterAddonsArgs {
  /** What its pods need: cluster DNS, by which they find the API of EC2, and by it nodes. */
  readonly lifeline: readonly Input<Resource>[];
}

/**
 * The driver of EBS volumes, without which every volume claim stays pending.
 * https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
 */
export class VolumeDriver extends ComponentResource {
  /** For what has to come after it. */
  readonly addon: Resource;

  constructor(name: string, args: VolumeDriverArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:VolumeDriver", name, {}, opts);
    const role = new Role(
      `${name}-role`,
      {
        description: "Makes, attaches and removes the volumes of pods",
        assumeRolePolicy: podTrust({
          clusterName: args.clusterName,
          namespace: "kube-system",
          serviceAccount: volumeAccount,
        }),
      },
      { parent: this },
    );
    const policy = new RolePolicyAttachment(
      `${name}-policy`,
      {
        role: role.name,
        policyArn: interpolate`arn:${args.account.partition}:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy`,
      },
      { parent: this },
    );
    this.addon = managedAddon(
      `${name}-driver`,
      {
        ...args,
        addonName: "aws-ebs-csi-driver",
        extra: { podIdentityAssociations: [{ serviceAccount: volumeAccount, roleArn: role.arn }] },
      },
      // Claims let go of their volumes by the driver: its rights outlive it.
      { parent: this, dependsOn: [...args.lifeline, policy] },
    );
    this.registerOutputs({});
  }
}

function managedAddon(
  name: string,
  args: ClusterAddonsArgs & { readonly addonName: AddonName; readonly extra?: Partial<AddonArgs> },
  opts: ComponentResourceOptions,
): Addon {
  const { addonName, kubernetesVersion } = args;
  const addonVersion =
    args.versions?.[addonName] ??
    getAddonVersionOutput({ addonName, kubernetesVersion }, { parent: opts.parent }).version;
  const addonArgs: AddonArgs = {
    clusterName: args.clusterName,
    addonName,
    addonVersion,
    resolveConflictsOnCreate: "OVERWRITE",
    resolveConflictsOnUpdate: "OVERWRITE",
    ...args.extra,
  };
  return new Addon(name, args.transform?.(addonArgs) ?? addonArgs, opts);
}
