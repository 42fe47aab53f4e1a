import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupRule } from "@pulumi/aws/ec2/securityGroupRule";
import { Addon } from "@pulumi/aws/eks/addon";
import { Cluster as EksCluster } from "@pulumi/aws/eks/cluster";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { OpenIdConnectProvider } from "@pulumi/aws/iam/openIdConnectProvider";
import type { Role } from "@pulumi/aws/iam/role";
import type { ClusterArgs } from "@pulumi/eks/cluster";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import {
  ComponentResource,
  interpolate,
  jsonStringify,
  output,
  type ComponentResourceOptions,
  type Input,
  type Inputs,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { accessEntries, awsAuthData, checkAuthenticationMode, usesConfigMap } from "./access";
import { addonConfiguration, newestAddonVersion, VpcCniAddon } from "./addons";
import * as given from "./cluster-arguments";
import { kubeconfig } from "./kubeconfig";
import { nodeSecurityGroup } from "./node-security-group";
import { ServiceRole } from "./service-role";

/** SHA-1 of the root certificate behind every `oidc.eks` issuer. https://github.com/aws/containers-roadmap/issues/23#issuecomment-530887531 */
const OIDC_ROOT_THUMBPRINT = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280";

/** An EKS cluster with its role, security groups, add-ons and access, and a Kubernetes provider of its own. */
export class Cluster extends ComponentResource {
  /** Outputs of the component by name. */
  readonly state: Inputs;

  constructor(name: string, args: ClusterArgs, opts?: ComponentResourceOptions) {
    super("eks:index:Cluster", name, args, opts);
    given.checkClusterArgs(args, opts?.provider !== undefined);
    checkAuthenticationMode(args);
    const parent = { parent: this };
    const auto = args.autoMode?.enabled === true;
    const { partition, dnsSuffix } = getPartitionOutput({}, parent);
    const vpcId = given.vpcOf(args, this);
    const subnetIds = given.clusterSubnets(args, vpcId, this);
    const ec2 = interpolate`ec2.${dnsSuffix}`;
    const role = (suffix: string, service: Input<string>, managedPolicies: readonly string[]) =>
      new ServiceRole(`${name}-${suffix}`, { service, managedPolicies, partition, tags: args.tags }, parent);

    const serviceRole = args.serviceRole === undefined ? this.serviceRole(name, args, partition) : undefined;
    const nodeRole =
      auto && args.autoMode?.createNodeRole !== false
        ? role("nodeRole", ec2, given.AUTO_MODE_NODE_POLICIES)
        : undefined;
    const clusterRole: Output<Role> = output(serviceRole?.directRole ?? (args.serviceRole as Input<Role>));
    const defaultGroups = !(args.skipDefaultSecurityGroups ?? auto);
    const clusterGroup =
      args.clusterSecurityGroup !== undefined
        ? output(args.clusterSecurityGroup)
        : defaultGroups
          ? output(this.clusterSecurityGroup(name, args, vpcId))
          : undefined;
    const encryptionConfig =
      args.encryptionConfigKeyArn === undefined
        ? undefined
        : output(args.encryptionConfigKeyArn).apply((keyArn) => ({ provider: { keyArn }, resources: ["secrets"] }));

    const cluster = new EksCluster(
      `${name}-eksCluster`,
      {
        name: args.name,
        roleArn: clusterRole.arn,
        ...(auto
          ? given.autoModeConfig(args, nodeRole?.directRole.arn)
          : { kubernetesNetworkConfig: given.networkConfig(args) }),
        bootstrapSelfManagedAddons: auto ? false : (args.bootstrapSelfManagedAddons ?? true),
        vpcConfig: {
          ...(clusterGroup === undefined ? {} : { securityGroupIds: [clusterGroup.id] }),
          subnetIds,
          endpointPrivateAccess: args.endpointPrivateAccess,
          endpointPublicAccess: args.endpointPublicAccess,
          publicAccessCidrs: given.publicAccessCidrs(args),
        },
        version: args.version,
        enabledClusterLogTypes: args.enabledClusterLogTypes,
        tags: given.namedTags(`${name}-eksCluster`, args.clusterTags, args.tags),
        encryptionConfig,
        ...(args.authenticationMode === undefined
          ? {}
          : {
              accessConfig: {
                authenticationMode: args.authenticationMode,
                bootstrapClusterCreatorAdminPermissions: true,
              },
            }),
        upgradePolicy: args.upgradePolicy,
        deletionProtection: args.deletionProtection,
      },
      {
        parent: this,
        ignoreChanges: ["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"],
        dependsOn: [serviceRole, nodeRole].flatMap((each) => (each === undefined ? [] : [each.resolvedRole])),
      },
    );

    if (args.kubeProxyAddonOptions?.enabled ?? !auto) this.addon(name, "kube-proxy", cluster, args);
    const userKubeconfig = kubeconfig(cluster, args.providerCredentialOpts, "without-profile");
    const provider = new KubernetesProvider(
      `${name}-eks-k8s`,
      {
        kubeconfig: jsonStringify(kubeconfig(cluster, args.providerCredentialOpts, "with-profile")),
        enableConfigMapMutable: args.enableConfigMapMutable,
      },
      parent,
    );

    const madeRole = given.makesInstanceRole(args)
      ? role("instanceRole", ec2, given.INSTANCE_POLICIES).resolvedRole
      : undefined;
    const instanceProfile = madeRole === undefined ? undefined : this.instanceProfile(name, args, madeRole);
    const instanceRole = args.instanceRole === undefined ? madeRole : output(args.instanceRole);
    const instanceRoles: Output<Role[]> =
      args.instanceRoles === undefined
        ? output(instanceRole === undefined ? [] : [instanceRole])
        : output(args.instanceRoles);
    const nodeAccess = usesConfigMap(args.authenticationMode)
      ? this.nodeAccess(name, args, instanceRoles, provider)
      : undefined;
    const entries = given.entriesOf(args, instanceRole);
    const access: Resource[] = [
      ...accessEntries(name, cluster.name, entries, { parent: this, dependsOn: [cluster] }),
      ...(nodeAccess === undefined ? [] : [nodeAccess]),
    ];
    const managesCni = args.useDefaultVpcCni === undefined ? !auto : !args.useDefaultVpcCni;
    const vpcCni = managesCni
      ? new VpcCniAddon(
          `${name}-vpc-cni`,
          // The schema of the component says a list of maps for the tags, and takes a map.
          {
            ...args.vpcCniOptions,
            clusterName: cluster.name,
            clusterVersion: cluster.version,
            tags: args.tags as never,
          },
          { parent: this, dependsOn: access, providers: { kubernetes: provider } },
        )
      : undefined;
    if (given.managesCoreDns(args)) this.addon(name, "coredns", cluster, args);
    const issuer = given.issuerUrl(cluster);
    const oidcProvider =
      args.createOidcProvider === undefined || args.createOidcProvider === false
        ? undefined
        : new OpenIdConnectProvider(
            `${name}-oidcProvider`,
            { clientIdLists: ["sts.amazonaws.com"], url: issuer, thumbprintLists: [OIDC_ROOT_THUMBPRINT] },
            parent,
          );
    const nodes =
      defaultGroups && clusterGroup !== undefined
        ? nodeSecurityGroup(
            name,
            {
              vpcId,
              clusterName: cluster.name,
              clusterSecurityGroupId: clusterGroup.id,
              tags: [args.nodeSecurityGroupTags, args.tags],
            },
            this,
          )
        : undefined;

    const autoModeNodeRoleName = nodeRole?.directRole.name ?? "";
    const core = {
      cluster,
      vpcId,
      subnetIds,
      publicSubnetIds: args.publicSubnetIds,
      privateSubnetIds: args.privateSubnetIds,
      clusterSecurityGroup: clusterGroup,
      endpoint: cluster.endpoint,
      nodeGroupOptions: output(given.nodeGroupOptions(args)).apply((options) => ({
        ...options,
        ...(instanceProfile === undefined ? {} : { instanceProfile }),
        ...(nodes === undefined ? {} : { nodeSecurityGroup: nodes.group, clusterIngressRule: nodes.clusterIngress }),
      })),
      kubeconfig: userKubeconfig,
      provider,
      vpcCni,
      instanceRoles,
      eksNodeAccess: nodeAccess,
      tags: args.tags,
      nodeSecurityGroupTags: args.nodeSecurityGroupTags,
      storageClasses: {},
      oidcProvider,
      encryptionConfig,
      clusterIamRole: clusterRole,
      accessEntries: Object.values(entries),
      autoModeNodeRoleName,
    };
    const groupOfEks = cluster.vpcConfig.clusterSecurityGroupId;
    this.state = {
      kubeconfig: userKubeconfig,
      kubeconfigJson: jsonStringify(userKubeconfig),
      clusterSecurityGroup: clusterGroup,
      instanceRoles,
      nodeSecurityGroup: nodes?.group,
      eksClusterIngressRule: nodes?.clusterIngress,
      defaultNodeGroup: undefined,
      eksCluster: cluster,
      core,
      clusterSecurityGroupId: clusterGroup?.id ?? groupOfEks,
      nodeSecurityGroupId: nodes?.group.id ?? groupOfEks,
      clusterIngressRuleId: nodes?.clusterIngress.securityGroupRuleId ?? "",
      defaultNodeGroupAsgName: "",
      fargateProfileId: "",
      fargateProfileStatus: "",
      oidcProviderArn: oidcProvider?.arn ?? "",
      oidcProviderUrl: issuer,
      oidcIssuer: issuer.apply((url) => url.replace("https://", "")),
      autoModeNodeRoleName,
    };
    this.registerOutputs(this.state);
  }

  private serviceRole(name: string, args: ClusterArgs, partition: Input<string>): ServiceRole {
    return new ServiceRole(
      `${name}-eksRole`,
      {
        service: "eks.amazonaws.com",
        description: "Allows EKS to manage clusters on your behalf.",
        managedPolicies: [
          "AmazonEKSClusterPolicy",
          ...(args.autoMode?.enabled === true ? given.AUTO_MODE_POLICIES : []),
        ],
        partition,
        tags: args.tags,
        assumeRoleActions: ["sts:AssumeRole", "sts:TagSession"],
      },
      { parent: this },
    );
  }

  private clusterSecurityGroup(name: string, args: ClusterArgs, vpcId: Input<string>): SecurityGroup {
    const parent = { parent: this };
    const group = new SecurityGroup(
      `${name}-eksClusterSecurityGroup`,
      {
        vpcId,
        revokeRulesOnDelete: true,
        tags: given.namedTags(`${name}-eksClusterSecurityGroup`, args.clusterSecurityGroupTags, args.tags),
      },
      parent,
    );
    new SecurityGroupRule(
      `${name}-eksClusterInternetEgressRule`,
      {
        description: "Allow internet access.",
        type: "egress",
        fromPort: 0,
        toPort: 0,
        protocol: "-1",
        cidrBlocks: ["0.0.0.0/0"],
        securityGroupId: group.id,
      },
      parent,
    );
    return group;
  }

  private addon(name: string, addonName: "kube-proxy" | "coredns", cluster: EksCluster, args: ClusterArgs): void {
    const options = addonName === "coredns" ? args.corednsAddonOptions : args.kubeProxyAddonOptions;
    new Addon(
      `${name}-${addonName}`,
      {
        clusterName: cluster.name,
        addonName,
        preserve: true,
        tags: args.tags,
        resolveConflictsOnCreate: options?.resolveConflictsOnCreate ?? "OVERWRITE",
        resolveConflictsOnUpdate: options?.resolveConflictsOnUpdate ?? "OVERWRITE",
        addonVersion: options?.version ?? newestAddonVersion(addonName, cluster.version, { parent: this }),
        configurationValues: addonConfiguration(options?.configurationValues),
      },
      { parent: this },
    );
  }

  private instanceProfile(name: string, args: ClusterArgs, role: Output<Role>): InstanceProfile {
    const logicalName = `${name}-instanceProfile`;
    const existing = args.instanceProfileName ?? args.nodeGroupOptions?.instanceProfileName;
    return existing === undefined
      ? new InstanceProfile(logicalName, { role }, { parent: this })
      : InstanceProfile.get(logicalName, existing, undefined, { parent: this });
  }

  private nodeAccess(name: string, args: ClusterArgs, roles: Output<Role[]>, provider: KubernetesProvider): ConfigMap {
    return new ConfigMap(
      `${name}-nodeAccess`,
      {
        immutable: false,
        metadata: {
          name: "aws-auth",
          namespace: "kube-system",
          annotations: { "pulumi.com/patchForce": "true" },
        },
        data: awsAuthData(roles, args),
      },
      { parent: this, provider },
    );
  }
}
