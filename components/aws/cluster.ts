// Registers the classes by which the cluster inside the EKS component is brought back to life; without it its outputs are undefined.
import "@pulumi/aws/eks";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { Cluster as EksCluster, type ClusterArgs as EksClusterArgs } from "@pulumi/eks/cluster";
import { AccessEntryType, AuthenticationMode } from "@pulumi/eks/types/enums";
import type { AccessEntryArgs } from "@pulumi/eks/types/input";
import {
  ComponentResource,
  createUrn,
  interpolate,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type { Network } from "../contracts/network";
import { controlPlaneLogGroup } from "../planning/names";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { after } from "./after";
import { ownServiceTrust } from "./policy-document";
import type { SecurityGroups } from "./security-groups";

/** Logs that a control plane can write. */
export const controlPlaneLogs = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;

export type ControlPlaneLog = (typeof controlPlaneLogs)[number];

export interface ClusterArgs {
  readonly account: Account;
  /** Physical name: other systems, logs and tags refer to it. */
  readonly clusterName: string;
  /** Version of the control plane, minor only: `1.36`. */
  readonly version: string;
  /** After the version's standard support: `STANDARD` is upgraded by AWS, `EXTENDED` is billed extra. */
  readonly supportType: "STANDARD" | "EXTENDED";
  /** Who reaches the API: from inside the network, and from these ranges of the internet (`undefined`: from none). */
  readonly endpoint: { readonly private: boolean; readonly publicCidrs: readonly string[] | undefined };
  readonly logs: readonly ControlPlaneLog[];
  /** IAM roles with full rights in the cluster, by a name that never changes. */
  readonly admins: Readonly<Record<string, string>>;
  readonly network: Network;
  readonly securityGroups: SecurityGroups;
  /**
   * Range of the addresses of Services, /12 to /24, which no network that the cluster reaches may use. Default: 10.100.0.0/16 or
   * 172.20.0.0/16, as EKS chooses. A change replaces the cluster.
   */
  readonly serviceRange?: string;
  /** Key that encrypts Kubernetes Secrets in etcd. */
  readonly secretsKeyArn: Input<string>;
  /** Key that CloudWatch Logs encrypts with. */
  readonly logsKeyArn: Input<string>;
  readonly protection: Protection;
  readonly transform?: (cluster: EksClusterArgs) => EksClusterArgs;
}

/**
 * An EKS control plane. It takes an `eks` provider for the cluster itself and an `aws` provider for what it is made of.
 *
 * The add-ons that AWS would install unmanaged are left out: `ClusterAddons` installs managed ones.
 *
 * Cost: the control plane is billed per hour, and more in extended support.
 */
export class Cluster extends ComponentResource {
  readonly eks: EksCluster;
  readonly clusterName: Output<string>;
  /** A kubeconfig as JSON; it holds no credential, the AWS command line makes a token from the caller's own. */
  readonly kubeconfig: Output<string>;
  /** Issuer of the service accounts' tokens, an HTTPS URL. */
  readonly issuer: Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Cluster", name, {}, opts);
    // Made before the cluster: the one that EKS would make is neither encrypted nor ever emptied.
    const logs = new LogGroup(
      `${name}-logs`,
      {
        name: controlPlaneLogGroup(args.clusterName),
        retentionInDays: args.protection.logRetentionDays,
        kmsKeyId: args.logsKeyArn,
      },
      { parent: this },
    );
    const { role, policy } = serviceRole(name, args, this);
    const eksArgs: EksClusterArgs = {
      // Deleted before its log group, which EKS would otherwise make again, and before its rights, by which it takes its network
      // interfaces away. Rules of the groups are the nodes' concern.
      name: after(args.clusterName, [logs, policy]),
      serviceRole: role,
      clusterTags: { Name: args.clusterName },
      version: args.version,
      upgradePolicy: { supportType: args.supportType },
      // IAM decides who is let in, by access entries; the aws-auth ConfigMap is not used.
      authenticationMode: AuthenticationMode.Api,
      accessEntries: accessEntries(args),
      vpcId: args.network.networkId,
      privateSubnetIds: [...args.network.subnetIds.private],
      clusterSecurityGroup: args.securityGroups.groups.controlPlane,
      skipDefaultSecurityGroups: true,
      ...(args.serviceRange === undefined ? {} : { kubernetesServiceIpAddressRange: args.serviceRange }),
      endpointPrivateAccess: args.endpoint.private,
      endpointPublicAccess: args.endpoint.publicCidrs !== undefined,
      ...(args.endpoint.publicCidrs === undefined ? {} : { publicAccessCidrs: [...args.endpoint.publicCidrs] }),
      enabledClusterLogTypes: [...args.logs],
      encryptionConfigKeyArn: args.secretsKeyArn,
      skipDefaultNodeGroup: true,
      createInstanceRole: false,
      bootstrapSelfManagedAddons: false,
      // Means that the component does not manage the CNI: the add-on is made together with its identity.
      useDefaultVpcCni: true,
      kubeProxyAddonOptions: { enabled: false },
      corednsAddonOptions: { enabled: false },
      deletionProtection: args.protection.deletionProtection,
    };
    const aws = this.getProvider("aws:eks/cluster:Cluster");
    const eksProvider = this.getProvider("eks:index:Cluster");
    this.eks = new EksCluster(`${name}-eks`, args.transform?.(eksArgs) ?? eksArgs, {
      parent: this,
      // A component provider is told apart from the providers of its children; both in one list is an error to come.
      ...(eksProvider === undefined ? {} : { provider: eksProvider }),
      ...(aws === undefined ? {} : { providers: { aws } }),
      protect: args.protection.protect,
    });
    this.clusterName = this.eks.eksCluster.name;
    this.kubeconfig = this.eks.kubeconfigJson;
    this.issuer = this.eks.eksCluster.identities.apply((identities) => issuerOf(identities, args.clusterName));
    this.registerOutputs({ clusterName: this.clusterName, kubeconfig: this.kubeconfig });
  }
}

/**
 * The role that EKS works with in the account, for this cluster alone. That of the EKS component could be talked into use for a
 * cluster of another account: https://docs.aws.amazon.com/eks/latest/userguide/cross-service-confused-deputy-prevention.html
 *
 * Clusters that have the component's role keep it: another one would replace them.
 */
function serviceRole(name: string, { account, clusterName, protection }: ClusterArgs, parent: ComponentResource) {
  const before = createUrn(
    `${name}-eks-eksRole`,
    "eks:index:ServiceRole",
    createUrn(`${name}-eks`, "eks:index:Cluster", parent),
  );
  const opts = { parent, protect: protection.protect, aliases: [{ parent: before }] };
  const role = new Role(
    `${name}-eks-eksRole-role`,
    {
      description: "Allows EKS to manage clusters on your behalf.",
      assumeRolePolicy: ownServiceTrust(account, {
        sid: "AssumeByCluster",
        service: "eks.amazonaws.com",
        action: ["sts:AssumeRole", "sts:TagSession"],
        source: interpolate`arn:${account.partition}:eks:${account.region}:${account.id}:cluster/${clusterName}`,
      }),
    },
    opts,
  );
  const policy = new RolePolicyAttachment(
    // The end is the component's: a digest of the policy's ARN.
    `${name}-eks-eksRole-4b490823`,
    { role: role.name, policyArn: interpolate`arn:${account.partition}:iam::aws:policy/AmazonEKSClusterPolicy` },
    opts,
  );
  return { role, policy };
}

/** The issuer among the identity providers of a cluster. */
export function issuerOf(
  identities: readonly { readonly oidcs?: readonly { readonly issuer?: string }[] }[],
  clusterName: string,
): string {
  const issuer = identities[0]?.oidcs?.[0]?.issuer;
  if (issuer === undefined) throw new Error(`cluster "${clusterName}" has no issuer of service account tokens`);
  return issuer;
}

function accessEntries({ account, admins }: ClusterArgs): Record<string, AccessEntryArgs> {
  const policyArn = interpolate`arn:${account.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;
  return Object.fromEntries(
    Object.entries(admins).map(([admin, principalArn]) => [
      admin,
      {
        principalArn,
        type: AccessEntryType.Standard,
        accessPolicies: { admin: { policyArn, accessScope: { type: "cluster" } } },
      },
    ]),
  );
}
