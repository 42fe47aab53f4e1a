import type { Output } from "@pulumi/pulumi";
import { Bastion } from "../components/aws/bastion";
import { workloadBinder } from "../components/aws/bind-workload";
import { ManagedCluster } from "../components/aws/managed-cluster";
import type { KubernetesCluster } from "../components/contracts/kubernetes-cluster";
import type { BindWorkload } from "../components/contracts/workload-identity";
import { awsPool } from "../components/planning/node-pools";
import { siteRanges } from "../components/planning/site-plan";
import { apiHostOf, throughTunnel, tunnelPort } from "../components/planning/tunnel";
import { installControllers } from "./cluster-controllers";
import type { Ground, GroundArgs } from "./portfolio-aws.network";
import { clusterProvider, noCluster } from "./cluster-provider";
import { endpoint } from "./settings";

export interface ClusterPartArgs extends GroundArgs {
  readonly ground: Ground;
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
  const { config, account, ground, providers } = args;
  const { aws } = providers;
  const { mode, name } = config.cluster;
  if (mode === "skip") {
    return { cluster: undefined, kubernetes: undefined, bindWorkload: noCluster, tunnel: undefined };
  }
  const made = ground.adoptedCluster === undefined ? managedCluster(args) : undefined;
  const cluster = made ?? ground.adoptedCluster;
  if (cluster === undefined) throw new Error("there is neither a cluster of the stack nor an adopted one");

  const tunnel = config.cluster.access === "bastion" ? openBastion(args, cluster) : undefined;
  const kubernetes = clusterProvider(
    { kubeconfig: tunnel === undefined ? cluster.kubeconfig : cluster.kubeconfig.apply(throughTunnel) },
    `${config.region}/${name}`,
  );
  // Load balancers and nodes of an adopted cluster are its owner's.
  if (made !== undefined) {
    installControllers({
      account,
      cluster: made,
      clusterName: name,
      network: ground.network,
      scaling: config.cluster.autoscaler,
      preferredNodeGroups: Object.entries(config.nodePools).flatMap(([pool, { capacity }]) =>
        capacity === "spot" ? [pool] : [],
      ),
      providers: { aws, kubernetes },
    });
  }
  return {
    cluster,
    kubernetes,
    bindWorkload: workloadBinder({
      account,
      clusterName: cluster.clusterName,
      agent: made?.podIdentityAgent,
      aws,
    }),
    tunnel,
  };
}

function managedCluster({ config, account, prefix, ground, protection, providers }: ClusterPartArgs): ManagedCluster {
  const { aws, eks } = providers;
  const { network, networkAcls, securityGroups, keys } = ground;
  return new ManagedCluster(
    "cluster",
    {
      account,
      prefix,
      clusterName: config.cluster.name,
      version: config.cluster.version,
      supportType: config.cluster.supportType,
      endpoint: endpoint(config.cluster.endpoint),
      access: config.cluster.access,
      // Only what others are linked to has to keep off their addresses; a change replaces the cluster.
      ...(config.gateway === "create" ? { serviceRange: siteRanges(config.site).services } : {}),
      logs: config.cluster.logs,
      admins: config.cluster.admins,
      network,
      networkAcls,
      securityGroups,
      secretsKeyArn: keys.keyIds.secrets,
      logsKeyArn: keys.keyIds.logs,
      nodeGroups: Object.fromEntries(
        Object.entries(config.nodePools).map(([pool, need]) => [pool, awsPool(pool, need)]),
      ),
      networkPolicies: "enforced",
      volumes: "ebs",
      protection,
    },
    { providers: { aws, eks } },
  );
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html#sessions-remote-port-forwarding */
function openBastion(
  { config, account, prefix, ground, providers: { aws } }: ClusterPartArgs,
  cluster: KubernetesCluster,
): Output<string> {
  const { instanceId } = new Bastion(
    "bastion",
    {
      account,
      prefix,
      network: ground.network,
      securityGroupId: ground.securityGroups.idOf("runner"),
      keyArn: ground.keys.keyIds.data,
    },
    { providers: { aws } },
  );
  return cluster.kubeconfig.apply((kubeconfig) =>
    instanceId.apply(
      (target) =>
        `aws ssm start-session --region ${config.region} --target ${target} ` +
        "--document-name AWS-StartPortForwardingSessionToRemoteHost " +
        `--parameters host=${apiHostOf(kubeconfig)},portNumber=443,localPortNumber=${String(tunnelPort)}`,
    ),
  );
}
