import { getManagedClusterOutput } from "@pulumi/azure-native/containerservice/getManagedCluster";
import { MaintenanceConfiguration } from "@pulumi/azure-native/containerservice/maintenanceConfiguration";
import { ManagedCluster, type ManagedClusterArgs } from "@pulumi/azure-native/containerservice/managedCluster";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type {
  ApiAccess,
  ClusterService,
  IdentityEndpoint,
  KubernetesCluster,
  PrivateLoadBalancer,
  StorageDriver,
  StorageProfile,
} from "../contracts/kubernetes-cluster";
import type { NodePool as NodePoolNeed } from "../contracts/node-pool";
import { nodeResourceGroupName } from "../planning/names-azure";
import { azurePool } from "../planning/node-pools-azure";
import type { Protection } from "../planning/protection";
import { apiServerAccess, dnsServiceAddress } from "./cluster.plan";
import { ClusterRights } from "./cluster-rights";
import { lockAgainstDeletion } from "./deletion-lock";
import { kubeconfigOf } from "./kubeconfig";
import type { LogIn } from "./kubeconfig.plan";
import { LogWorkspace } from "./log-workspace";
import type { AzureNetwork } from "./network";
import { commonPoolArgs, NodePool } from "./node-pool";
import type { Place } from "./place";
import { assignRole } from "./roles";
import type { SiteKeys } from "./site-keys";

/** Somebody with all rights in the cluster. */
export interface ClusterAdmin {
  /** Object id in Microsoft Entra. */
  readonly principalId: string;
  readonly type: "Group" | "User" | "ServicePrincipal";
}

export interface ClusterArgs {
  /** First part of the names of identities and disks' keys. */
  readonly prefix: string;
  readonly place: Place;
  /** Physical name: 1 to 63 letters, digits, `-` and `_`. */
  readonly clusterName: string;
  /** Version of control plane and nodes, minor only: `1.36`. */
  readonly version: string;
  /** `Free` has no promise of availability and is meant for at most ten nodes. */
  readonly tier: "Free" | "Standard";
  readonly access: ApiAccess;
  /** Ranges of the internet that are let in; for the access `internet` alone. */
  readonly allowed?: readonly string[];
  /** How callers of the kubeconfig log in. Default: `azurecli`. */
  readonly logIn?: LogIn;
  /** By a name that never changes. */
  readonly admins: Readonly<Record<string, ClusterAdmin>>;
  readonly network: AzureNetwork;
  /** Range of the pods, /14: each node has a /24 of it. A change replaces the cluster. */
  readonly podRange: string;
  /** Range of the addresses of Services. A change replaces the cluster. */
  readonly serviceRange: string;
  readonly keys: SiteKeys;
  /** Registries that nodes pull from, by a name that never changes. */
  readonly registryIds: Readonly<Record<string, Input<string>>>;
  /** Pools of the workloads; the key is a pool's name for ever. */
  readonly nodePools: Readonly<Record<string, NodePoolNeed>>;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (cluster: ManagedClusterArgs) => ManagedClusterArgs;
}

/**
 * Nodes for what AKS runs itself, and nothing else. It is a part of the cluster, whose changes AKS refuses, so it is the same for
 * every class. https://learn.microsoft.com/azure/aks/use-system-pools
 */
const systemPool: NodePoolNeed = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 2,
  memoryGiB: 8,
  diskGiB: 64,
  nodes: { min: 2, max: 6 },
};

const systemTaint = "CriticalAddonsOnly=true:NoSchedule";

/** Logs of the control plane; changes are recorded, reads are not. https://learn.microsoft.com/azure/aks/monitor-aks-reference#resource-logs */
const controlPlaneLogs = [
  "kube-apiserver",
  "kube-audit-admin",
  "guard",
  "kube-controller-manager",
  "cluster-autoscaler",
];

/** When AKS upgrades: Sundays, after the maintenance of the databases. */
const maintenance = {
  aksManagedAutoUpgradeSchedule: "patches of Kubernetes",
  aksManagedNodeOSUpgradeSchedule: "images of nodes",
} as const;

/**
 * An AKS cluster that pods can be scheduled on. Its API is in the network, in a subnet of its own; log-in and rights are those of
 * Microsoft Entra, and there is no local account. Pods have addresses of their own, Cilium forwards their traffic and enforces
 * policies, and all that leaves goes by the network's NAT gateway. Secrets in etcd and disks are encrypted with keys of the site.
 *
 * A sensor of Defender for Containers on each node watches for attacks, where the subscription has its plan.
 *
 * The key of etcd is taken in the version of now: after it has rotated, the next refresh and update take the new one.
 *
 * Cost: the tier Standard is billed per hour, nodes as machines.
 */
export class Cluster extends ComponentResource implements KubernetesCluster {
  readonly clusterId: Output<string>;
  readonly clusterName: Output<string>;
  readonly version: string;
  readonly kubeconfig: Output<string>;
  readonly issuer: Output<string>;
  readonly apiAccess: ApiAccess;
  readonly podDependencies: readonly Input<Resource>[];
  readonly provides = aksServices;
  readonly storage: Readonly<Record<StorageProfile, StorageDriver>>;
  readonly identityEndpoints = aksIdentityEndpoints;
  readonly privateLoadBalancer: PrivateLoadBalancer;

  constructor(name: string, args: ClusterArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Cluster", name, {}, opts);
    const { place, network, keys, protection, clusterName } = args;
    const parent = { parent: this };
    const access = apiServerAccess(args.access, args.allowed);
    const pools = Object.entries(args.nodePools).map(([pool, need]) => ({ pool, rendered: azurePool(pool, need) }));
    const rights = new ClusterRights(
      `${name}-rights`,
      { prefix: args.prefix, place, network, keys, registryIds: args.registryIds },
      parent,
    );
    const system = azurePool("system", systemPool);
    const sensorWorkspace = new LogWorkspace(
      `${name}-sensor`,
      {
        prefix: `${args.prefix}-sensor`,
        place,
        protection,
        // Of its own: the sensor knows no log-in but the key of a workspace, which the site's refuses.
        // https://github.com/Azure/Microsoft-Defender-for-Cloud/issues/1010
        transform: (workspace) => ({
          ...workspace,
          features: { disableLocalAuth: false, enableLogAccessUsingOnlyResourcePermissions: true },
        }),
      },
      parent,
    );
    const clusterArgs: ManagedClusterArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      resourceName: clusterName,
      nodeResourceGroup: nodeResourceGroupName(clusterName),
      // What AKS puts into that group is changed by AKS alone.
      nodeResourceGroupProfile: { restrictionLevel: "ReadOnly" },
      dnsPrefix: clusterName,
      kubernetesVersion: args.version,
      sku: { name: "Base", tier: args.tier },
      supportPlan: "KubernetesOfficial",
      identity: { type: "UserAssigned", userAssignedIdentities: [rights.controlPlaneId] },
      identityProfile: { kubeletidentity: rights.kubelet },
      apiServerAccessProfile: {
        ...access,
        // A key vault that answers in the network alone is reached by an API server that is there too.
        // https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption
        enableVnetIntegration: true,
        subnetId: network.subnetId("api-server"),
        // Commands by way of Resource Manager would go around the network.
        disableRunCommand: true,
      },
      enableRBAC: true,
      disableLocalAccounts: true,
      aadProfile: { managed: true, enableAzureRBAC: true, tenantID: place.subscription.tenantId },
      oidcIssuerProfile: { enabled: true },
      securityProfile: {
        workloadIdentity: { enabled: true },
        azureKeyVaultKms: {
          enabled: true,
          keyId: keys.keys.secrets.versionedUri,
          keyVaultNetworkAccess: "Private",
          keyVaultResourceId: keys.keys.secrets.vaultId,
        },
        imageCleaner: { enabled: true, intervalHours: 168 },
        // Here, and not by the plan of the subscription, which changes clusters and gives roles away behind the program's back.
        // https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-enable
        defender: {
          logAnalyticsWorkspaceResourceId: sensorWorkspace.workspaceId,
          securityMonitoring: { enabled: true },
        },
      },
      diskEncryptionSetID: rights.diskEncryptionSetId,
      networkProfile: {
        networkPlugin: "azure",
        networkPluginMode: "overlay",
        networkDataplane: "cilium",
        networkPolicy: "cilium",
        podCidr: args.podRange,
        serviceCidr: args.serviceRange,
        dnsServiceIP: dnsServiceAddress(args.serviceRange),
        loadBalancerSku: "standard",
        outboundType: "userAssignedNATGateway",
      },
      storageProfile: {
        diskCSIDriver: { enabled: true },
        snapshotController: { enabled: true },
        fileCSIDriver: { enabled: false },
        blobCSIDriver: { enabled: false },
      },
      autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
      autoScalerProfile: { expander: "least-waste", balanceSimilarNodeGroups: "true" },
      agentPoolProfiles: [
        {
          ...commonPoolArgs(system, network, args.version),
          name: system.poolName,
          mode: "System",
          nodeTaints: [systemTaint],
          upgradeSettings: { maxSurge: "33%" },
        },
      ],
    };
    const cluster = new ManagedCluster(`${name}-aks`, args.transform?.(clusterArgs) ?? clusterArgs, {
      parent: this,
      protect: protection.protect,
      dependsOn: [...rights.rights],
      // The autoscaler's.
      ignoreChanges: ["agentPoolProfiles[0].count"],
    });
    for (const [configName, what] of Object.entries(maintenance)) {
      new MaintenanceConfiguration(
        `${name}-${what.replaceAll(" ", "-").toLowerCase()}`,
        {
          resourceGroupName: place.groupName,
          resourceName: cluster.name,
          configName,
          maintenanceWindow: {
            schedule: { weekly: { dayOfWeek: "Sunday", intervalWeeks: 1 } },
            startTime: "09:00",
            utcOffset: "+00:00",
            durationHours: 4,
          },
        },
        parent,
      );
    }
    lockAgainstDeletion(`${name}-lock`, { scope: cluster.id, what: "the cluster", protection }, this);
    for (const [admin, { principalId, type }] of Object.entries(args.admins)) {
      assignRole(
        `${name}-admin-${admin}`,
        {
          subscription: place.subscription,
          role: "Azure Kubernetes Service RBAC Cluster Admin",
          scope: cluster.id,
          principalId,
          principalType: type,
        },
        parent,
      );
    }
    args.logs.diagnose(`${name}-logs`, cluster.id, { categories: controlPlaneLogs }, this);
    const nodePools = pools.map(
      ({ pool, rendered }) =>
        new NodePool(
          `${name}-${pool}`,
          { place, clusterName: cluster.name, version: args.version, network, pool: rendered },
          parent,
        ),
    );

    // By the id, so that nobody is told a name before the cluster answers to it.
    const named = cluster.id.apply(() => clusterName);
    this.clusterId = cluster.id;
    this.clusterName = named;
    this.version = args.version;
    this.kubeconfig = kubeconfigOf(
      { groupName: place.groupName, clusterName: named, logIn: args.logIn ?? "azurecli" },
      parent,
    );
    // Looked up: a preview shows the profile as the program gives it, without what AKS adds.
    const found = getManagedClusterOutput({ resourceGroupName: place.groupName, resourceName: named }, parent);
    this.issuer = found.apply(({ oidcIssuerProfile }) => issuerOf(oidcIssuerProfile, clusterName));
    this.apiAccess = args.access;
    this.privateLoadBalancer = aksPrivateLoadBalancer(network.subnetId("ingress"));
    // Rights come before the cluster, and so before its nodes.
    this.podDependencies = nodePools.map(({ nodes }) => nodes);
    this.storage = diskStorage(rights.diskEncryptionSetId);
    this.registerOutputs({ clusterName: this.clusterName, kubeconfig: this.kubeconfig });
  }
}

/** AKS brings the metrics server and the autoscaler; the driver of accelerators comes with their nodes, not what hands them out. */
export const aksServices: ReadonlySet<ClusterService> = new Set(["metrics", "node-autoscaling"]);

/** None: pods fetch credentials from login.microsoftonline.com with a token that the webhook of AKS gives them. */
export const aksIdentityEndpoints: readonly IdentityEndpoint[] = [];

/**
 * Load balancers in a subnet that no node is in, so that their addresses can be chosen. The cluster must be allowed to join it.
 * https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/, https://learn.microsoft.com/azure/aks/internal-lb
 *
 * @param subnetId subnet of the cluster's network; AKS takes the last part, its name
 */
export function aksPrivateLoadBalancer(subnetId: Output<string>): PrivateLoadBalancer {
  const annotation = "service.beta.kubernetes.io/azure-load-balancer";
  const subnetName = subnetId.apply((id) => id.slice(id.lastIndexOf("/") + 1));
  return {
    annotations: { [`${annotation}-internal`]: "true", [`${annotation}-internal-subnet`]: subnetName },
    addressIn: { annotation: `${annotation}-ipv4` },
  };
}

/**
 * Disks with a copy in each zone, so that a pod may start in another one, closed to exports over networks.
 * https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md
 *
 * @param diskEncryptionSetId `undefined`: encrypted with a key of Azure's
 */
export function diskStorage(
  diskEncryptionSetId: Input<string> | undefined,
): Readonly<Record<StorageProfile, StorageDriver>> {
  const disk = (skuName: string): StorageDriver => ({
    provisioner: "disk.csi.azure.com",
    parameters: {
      skuName,
      networkAccessPolicy: "DenyAll",
      publicNetworkAccess: "Disabled",
      ...(diskEncryptionSetId === undefined ? {} : { diskEncryptionSetID: diskEncryptionSetId }),
    },
  });
  return { general: disk("StandardSSD_ZRS"), fast: disk("Premium_ZRS") };
}

/** The issuer of a cluster. */
export function issuerOf(profile: { readonly issuerURL?: string } | undefined, clusterName: string): string {
  if (profile?.issuerURL !== undefined) return profile.issuerURL;
  throw new Error(
    `cluster "${clusterName}" has no issuer of service account tokens: let its owner switch the OIDC issuer on`,
  );
}
