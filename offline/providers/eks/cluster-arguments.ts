import { getSubnetsOutput } from "@pulumi/aws/ec2/getSubnets";
import { getVpcOutput } from "@pulumi/aws/ec2/getVpc";
import type { Cluster as EksCluster, ClusterArgs as EksClusterArgs } from "@pulumi/aws/eks/cluster";
import type { Role } from "@pulumi/aws/iam/role";
import type { ClusterArgs } from "@pulumi/eks/cluster";
import type { AccessEntryArgs, ClusterNodeGroupOptionsArgs } from "@pulumi/eks/types/input";
import { all, output, type ComponentResource, type Input, type Output } from "@pulumi/pulumi";
import { usesAccessEntries } from "./access";

export const AUTO_MODE_POLICIES = [
  "AmazonEKSComputePolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingPolicy",
];

export const AUTO_MODE_NODE_POLICIES = ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"];

export const INSTANCE_POLICIES = [
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistryReadOnly",
];

type Tags = Input<Record<string, Input<string>>> | undefined;

/** The name, overridden by the more special tags, these by the tags of the whole cluster. */
export function namedTags(name: string, special: Tags, general: Tags): Output<Record<string, string>> {
  return all([output(special), output(general)]).apply(([one, other]) =>
    Object.assign<Record<string, string>, unknown, unknown>({ Name: name }, one, other),
  );
}

/** Refused rather than crashed on: what the offline cloud does not build, and what the component itself refuses. */
export function checkClusterArgs(args: ClusterArgs, hasAwsProvider: boolean): void {
  if (hasAwsProvider && args.providerCredentialOpts === undefined) {
    throw new Error(
      "It looks like you're using an explicit AWS provider. Please specify this provider in providerCredentialOpts.",
    );
  }
  if (args.creationRoleProvider !== undefined) {
    throw new Error(
      "The `creationRoleProvider.provider` option is not supported in non-nodejs Pulumi programs. Please use the `providerCredentialOpts` option instead.",
    );
  }
  if (args.instanceRole !== undefined && args.instanceRoles !== undefined) {
    throw new Error("instanceRole and instanceRoles are mutually exclusive, and cannot both be set.");
  }
  if (args.subnetIds !== undefined && (args.publicSubnetIds !== undefined || args.privateSubnetIds !== undefined)) {
    throw new Error(
      "subnetIds, and the use of publicSubnetIds and/or privateSubnetIds are mutually exclusive. Choose a single approach.",
    );
  }
  if (args.nodeGroupOptions !== undefined && SINGULAR_OPTIONS.some((option) => isSet(args[option]))) {
    throw new Error(
      "Setting nodeGroupOptions, and any set of singular node group option(s) on the cluster, is mutually exclusive. Choose a single approach.",
    );
  }
  if (isSet(args.fargate)) {
    throw new Error(
      "fargate: the offline cloud has no Fargate profiles made by the component; add an aws.eks.FargateProfile",
    );
  }
  if (args.storageClasses !== undefined) {
    throw new Error("storageClasses: the offline cloud makes none with the cluster; add a kubernetes StorageClass");
  }
  if (!skipsNodeGroup(args)) {
    throw new Error(
      "skipDefaultNodeGroup: the offline cloud has no self-managed default node group; set it to true and add a ManagedNodeGroup",
    );
  }
}

const SINGULAR_OPTIONS = [
  "nodeSubnetIds",
  "nodeAssociatePublicIpAddress",
  "instanceType",
  "instanceProfileName",
  "nodePublicKey",
  "nodeRootVolumeSize",
  "nodeUserData",
  "minSize",
  "maxSize",
  "desiredCapacity",
  "nodeAmiId",
  "gpu",
] as const;

/** Whether an option was given, and not plainly as nothing: what the component's own checks go by. */
function isSet(option: unknown): boolean {
  return option !== undefined && option !== false && option !== 0 && option !== "";
}

function skipsNodeGroup(args: ClusterArgs): boolean {
  return args.skipDefaultNodeGroup === true || args.autoMode?.enabled === true;
}

export function makesInstanceRole(args: ClusterArgs): boolean {
  if (args.instanceRoles !== undefined || args.instanceRole !== undefined) return false;
  // With auto mode alone the component makes the role of a node group that it does not make.
  return args.createInstanceRole ?? args.skipDefaultNodeGroup !== true;
}

/** Cluster DNS needs nodes to run on: without any it is made only when asked for. */
export function managesCoreDns({ corednsAddonOptions: options, autoMode, skipDefaultNodeGroup }: ClusterArgs): boolean {
  if (options?.enabled === true || options?.configurationValues !== undefined) return true;
  return (skipDefaultNodeGroup !== true || autoMode?.enabled === true) && options?.enabled !== false;
}

/** The access entries of a cluster by logical name, that of the default nodes first. */
export function entriesOf(args: ClusterArgs, instanceRole: Output<Role> | undefined): Record<string, AccessEntryArgs> {
  if (!usesAccessEntries(args.authenticationMode)) return {};
  return {
    ...(instanceRole === undefined
      ? {}
      : { defaultNodeGroupInstanceRole: { principalArn: instanceRole.arn, type: "EC2_LINUX" as const } }),
    ...args.accessEntries,
  };
}

/** The VPC given, else the account's default one. */
export function vpcOf(args: ClusterArgs, parent: ComponentResource): Output<string> {
  return args.vpcId === undefined ? getVpcOutput({ default: true }, { parent }).id : output(args.vpcId);
}

export function clusterSubnets(args: ClusterArgs, vpcId: Output<string>, parent: ComponentResource): Output<string[]> {
  if (args.subnetIds !== undefined) return output(args.subnetIds);
  if (args.publicSubnetIds !== undefined || args.privateSubnetIds !== undefined) {
    return all([output(args.publicSubnetIds), output(args.privateSubnetIds)]).apply(([open, closed]) => [
      ...(open ?? []),
      ...(closed ?? []),
    ]);
  }
  if (args.vpcId !== undefined) return output([]);
  return getSubnetsOutput({ filters: [{ name: "vpc-id", values: [vpcId] }] }, { parent }).ids;
}

export function networkConfig(args: ClusterArgs): EksClusterArgs["kubernetesNetworkConfig"] {
  const auto = args.autoMode?.enabled === true;
  if (args.kubernetesServiceIpAddressRange === undefined && args.ipFamily === undefined && !auto) return undefined;
  return all([output(args.kubernetesServiceIpAddressRange), output(args.ipFamily)]).apply(
    ([range, ipFamily = "ipv4"]) => ({
      ...(ipFamily === "ipv4" ? { serviceIpv4Cidr: range } : {}),
      ipFamily,
      ...(auto ? { elasticLoadBalancing: { enabled: true } } : {}),
    }),
  );
}

/** The settings of auto mode: the service takes all of them or none, so all become known together. */
export function autoModeConfig(
  args: ClusterArgs,
  nodeRoleArn: Output<string> | undefined,
): Pick<EksClusterArgs, "computeConfig" | "storageConfig" | "kubernetesNetworkConfig"> {
  const settings = all([output(args.autoMode?.computeConfig), output(nodeRoleArn), output(networkConfig(args))]).apply(
    ([compute, roleArn, kubernetesNetworkConfig]) => ({
      computeConfig: { enabled: true, nodeRoleArn: roleArn, nodePools: ["general-purpose", "system"], ...compute },
      storageConfig: { blockStorage: { enabled: true } },
      kubernetesNetworkConfig,
    }),
  );
  return {
    computeConfig: settings.computeConfig,
    storageConfig: settings.storageConfig,
    kubernetesNetworkConfig: settings.apply((known) => known.kubernetesNetworkConfig ?? {}),
  };
}

export function publicAccessCidrs({
  publicAccessCidrs: cidrs,
  endpointPublicAccess,
}: ClusterArgs): Output<string[]> | undefined {
  if (cidrs === undefined) return undefined;
  return all([output(cidrs), output(endpointPublicAccess)]).apply(([known, open]) => {
    if (open === false) throw new Error("`publicAccessCidrs` can only be set when `endpointPublicAccess` is true");
    return known;
  });
}

export function nodeGroupOptions(args: ClusterArgs): Input<ClusterNodeGroupOptionsArgs> {
  return (
    args.nodeGroupOptions ?? {
      nodeSubnetIds: args.nodeSubnetIds,
      nodeAssociatePublicIpAddress: args.nodeAssociatePublicIpAddress,
      instanceType: args.instanceType,
      nodePublicKey: args.nodePublicKey,
      nodeRootVolumeEncrypted: args.nodeRootVolumeEncrypted,
      nodeRootVolumeSize: args.nodeRootVolumeSize,
      nodeUserData: args.nodeUserData,
      minSize: args.minSize,
      maxSize: args.maxSize,
      desiredCapacity: args.desiredCapacity,
      amiId: args.nodeAmiId,
      gpu: args.gpu,
      version: args.version,
    }
  );
}

interface ClusterIdentity {
  readonly oidcs?: readonly { readonly issuer?: string }[];
}

/** URL that the cluster's service account tokens are issued by. */
export function issuerUrl(cluster: EksCluster): Output<string> {
  // A cluster that was refused has no outputs.
  return (cluster.identities as Output<ClusterIdentity[] | undefined>).apply(
    (identities) => identities?.[0]?.oidcs?.[0]?.issuer ?? "",
  );
}
