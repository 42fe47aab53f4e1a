import type { Output } from "@pulumi/pulumi";
import type { KubernetesCluster } from "../components/contracts/kubernetes-cluster";
import type { BindWorkload } from "../components/contracts/workload-identity";
import { AdoptedCluster } from "../components/gcp/adopted-cluster";
import { workloadBinder } from "../components/gcp/bind-workload";
import { ManagedCluster } from "../components/gcp/managed-cluster";
import { linkedSites } from "../components/planning/site-plan";
import { apiHostOf, throughTunnel, tunnelPort } from "../components/planning/tunnel";
import { clusterProvider, noCluster } from "./cluster-provider";
import type { Ground, GroundArgs } from "./portfolio-gcp.network";

export interface ClusterPartArgs extends GroundArgs {
  readonly ground: Ground;
}

/** The cluster of a site, and how it is worked with; without one nothing can run on it. */
export interface ClusterPart {
  readonly cluster: KubernetesCluster | undefined;
  /** Id of the cluster, where it is the stack's own. */
  readonly clusterId: Output<string> | undefined;
  readonly kubernetes: ReturnType<typeof clusterProvider> | undefined;
  readonly bindWorkload: BindWorkload;
  /** Command that opens the tunnel to the API, where it is reached through the bastion. */
  readonly tunnel: Output<string> | undefined;
}

/** Makes the cluster, adopts one that is there, or leaves it out. */
export function createCluster(args: ClusterPartArgs): ClusterPart {
  const { config, project, ground, providers } = args;
  const { mode, name } = config.cluster;
  if (mode === "skip") {
    return {
      cluster: undefined,
      clusterId: undefined,
      kubernetes: undefined,
      bindWorkload: noCluster,
      tunnel: undefined,
    };
  }
  const cluster = mode === "create" ? managedCluster(args) : adoptedCluster(args);
  const { bastion } = ground;
  const kubernetes = clusterProvider(
    { kubeconfig: bastion === undefined ? cluster.kubeconfig : cluster.kubeconfig.apply(throughTunnel) },
    `${config.project}/${config.region}/${name}`,
  );
  return {
    cluster,
    clusterId: cluster instanceof ManagedCluster ? cluster.clusterId : undefined,
    kubernetes,
    bindWorkload: workloadBinder({ project, identityPool: cluster.identityPool, gcp: providers.gcp }),
    tunnel: bastion?.tunnelCommand(project, cluster.kubeconfig.apply(apiHostOf), tunnelPort),
  };
}

function managedCluster({ config, project, ground, protection, providers: { gcp } }: ClusterPartArgs): ManagedCluster {
  const { network, nodeAccount, keys } = ground;
  const { name, version, releaseChannel, access, publicCidrs } = config.cluster;
  const linked = config.gateway === "create" ? linkedSites(config.site).map(({ block }) => block) : [];
  return new ManagedCluster(
    "cluster",
    {
      project,
      clusterName: name,
      version,
      releaseChannel,
      access,
      apiRanges: access === "internet" ? publicCidrs : [network.cidr, ...linked],
      network,
      nodeAccount,
      secretsKeyId: keys.keyIds.secrets,
      disksKeyId: keys.keyIds.data,
      nodePools: config.nodePools,
      protection,
    },
    { providers: { gcp } },
  );
}

function adoptedCluster({ config, project, ground, providers: { gcp } }: ClusterPartArgs): AdoptedCluster {
  const { name, version, access } = config.cluster;
  return new AdoptedCluster(
    "cluster",
    {
      project,
      clusterName: name,
      version,
      apiAccess: access,
      network: ground.network,
      disksKeyId: ground.keys.keyIds.data,
    },
    { providers: { gcp } },
  );
}
