import type { Output } from "@pulumi/pulumi";
import { AdoptedCluster } from "../components/azure/adopted-cluster";
import { workloadBinder } from "../components/azure/bind-workload";
import { Cluster } from "../components/azure/cluster";
import type { ImageRegistry } from "../components/contracts/image-registry";
import type { KubernetesCluster } from "../components/contracts/kubernetes-cluster";
import type { NodePool } from "../components/contracts/node-pool";
import type { BindWorkload } from "../components/contracts/workload-identity";
import { siteRanges } from "../components/planning/site-plan";
import { throughTunnel, tunnelPort } from "../components/planning/tunnel";
import type { PortfolioAzureConfig } from "../config/schema/portfolio-azure";
import { clusterProvider, noCluster } from "./cluster-provider";
import type { Ground, GroundArgs } from "./portfolio-azure.network";

export interface ClusterPartArgs extends GroundArgs {
  readonly ground: Ground;
  /** Registry that the nodes pull from. */
  readonly images: ImageRegistry | undefined;
}

/** The cluster of a site, and how it is worked with; without one nothing can run on it. */
export interface ClusterPart {
  readonly cluster: KubernetesCluster | undefined;
  readonly kubernetes: ReturnType<typeof clusterProvider> | undefined;
  readonly bindWorkload: BindWorkload;
  /** Command that opens the tunnel to the API, where it is reached through the bastion. */
  readonly tunnel: Output<string> | undefined;
}

/** Makes the cluster, adopts one that is there, or leaves it out. */
export function createCluster(args: ClusterPartArgs): ClusterPart {
  const { config, place, prefix, ground, providers } = args;
  const { mode, name } = config.cluster;
  if (mode === "skip") {
    return { cluster: undefined, kubernetes: undefined, bindWorkload: noCluster, tunnel: undefined };
  }
  const cluster = mode === "create" ? managedCluster(args) : adoptedCluster(args);
  const { bastion } = ground;
  return {
    cluster,
    kubernetes: clusterProvider(
      { kubeconfig: bastion === undefined ? cluster.kubeconfig : cluster.kubeconfig.apply(throughTunnel) },
      `${prefix}/${config.region}/${name}`,
    ),
    bindWorkload: workloadBinder({ place, prefix, issuer: cluster.issuer, azure: providers["azure-native"] }),
    tunnel: bastion?.tunnelCommand(cluster.clusterId, tunnelPort),
  };
}

function managedCluster({ config, place, prefix, ground, images, protection, providers }: ClusterPartArgs): Cluster {
  const { network, keys, logs } = ground;
  const { name, version, tier, access, publicCidrs, logIn, admins } = config.cluster;
  const { pods, services } = siteRanges(config.site);
  const [registryId] = images?.resourceIds ?? [];
  return new Cluster(
    "cluster",
    {
      prefix,
      place,
      clusterName: name,
      version,
      tier,
      access,
      ...(access === "internet" ? { allowed: publicCidrs } : {}),
      logIn,
      admins,
      network,
      podRange: pods,
      serviceRange: services,
      keys,
      registryIds: registryId === undefined ? {} : { images: registryId },
      nodePools: nodePools(config),
      logs,
      protection,
    },
    { providers: { "azure-native": providers["azure-native"] } },
  );
}

function adoptedCluster({ config, place, ground, providers }: ClusterPartArgs): AdoptedCluster {
  const { name, resourceGroup, version, access, logIn } = config.cluster;
  return new AdoptedCluster(
    "cluster",
    {
      groupName: resourceGroup ?? place.groupName,
      clusterName: name,
      version,
      apiAccess: access,
      network: ground.network,
      logIn,
    },
    { providers: { "azure-native": providers["azure-native"] } },
  );
}

/** Pools as the role of the site wants them: machines are the same in both, their numbers are not. */
export function nodePools({ nodePools: pools, standbyNodes, role }: PortfolioAzureConfig): Record<string, NodePool> {
  if (role === "active") return pools;
  return Object.fromEntries(
    Object.entries(pools).map(([name, pool]) => [name, { ...pool, nodes: standbyNodes[name] ?? pool.nodes }]),
  );
}
