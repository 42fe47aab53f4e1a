import { all, type ProviderResource } from "@pulumi/pulumi";
import type { Account } from "../components/aws/account";
import {
  clusterAutoscalerPolicy,
  loadBalancerControllerPolicy,
  type ClusterLocation,
  type PolicyDocument,
} from "../components/aws/controller-policies";
import { WorkloadIdentity } from "../components/aws/identity";
import type { ManagedCluster } from "../components/aws/managed-cluster";
import type { AwsNetwork } from "../components/aws/network";
import { kubernetesMinor } from "../components/kubernetes/charts";
import {
  ClusterAutoscaler,
  clusterAutoscalerServiceAccount,
  type ClusterScaling,
} from "../components/kubernetes/cluster-autoscaler";
import {
  LoadBalancerController,
  loadBalancerControllerServiceAccount,
} from "../components/kubernetes/load-balancer-controller";

export interface ClusterControllersArgs {
  readonly account: Account;
  readonly cluster: ManagedCluster;
  /** Physical name of the cluster, known before it exists. */
  readonly clusterName: string;
  readonly network: AwsNetwork;
  readonly scaling: ClusterScaling;
  /** Node groups, by their key, that are extended before the others. */
  readonly preferredNodeGroups: readonly string[];
  readonly providers: { readonly aws: ProviderResource; readonly kubernetes: ProviderResource };
}

/** What runs in `kube-system` with rights in AWS: load balancers and nodes, each with the least that it needs. */
export function installControllers(args: ClusterControllersArgs) {
  const { account, cluster, clusterName, network } = args;
  const { region } = account;
  const kubernetesVersion = kubernetesMinor(cluster.version);
  const onAws = { providers: { aws: args.providers.aws } };
  const identity = (
    name: string,
    serviceAccount: { readonly namespace: string; readonly name: string },
    description: string,
    policy: (location: ClusterLocation) => PolicyDocument,
  ) =>
    new WorkloadIdentity(
      `${name}-identity`,
      {
        clusterName: cluster.clusterName,
        namespace: serviceAccount.namespace,
        serviceAccount: serviceAccount.name,
        description,
        policy: all([account.partition, account.id]).apply(([partition, accountId]) =>
          JSON.stringify(policy({ partition, accountId, region, clusterName })),
        ),
        agent: cluster.podIdentityAgent,
      },
      onAws,
    );
  const onCluster = (...dependencies: WorkloadIdentity[]) => ({
    providers: { kubernetes: args.providers.kubernetes },
    dependsOn: [...cluster.podDependencies, ...dependencies],
  });

  const loadBalancerIdentity = identity(
    "load-balancer-controller",
    loadBalancerControllerServiceAccount,
    "AWS Load Balancer Controller",
    loadBalancerControllerPolicy,
  );
  const loadBalancerController = new LoadBalancerController(
    "load-balancer-controller",
    { clusterName: cluster.clusterName, region, vpcId: network.networkId, kubernetesVersion },
    // Its load balancers go before the network's gateways do.
    onCluster(loadBalancerIdentity),
  );
  const autoscalerIdentity = identity(
    "cluster-autoscaler",
    clusterAutoscalerServiceAccount,
    "Cluster autoscaler",
    clusterAutoscalerPolicy,
  );
  new ClusterAutoscaler(
    "cluster-autoscaler",
    {
      clusterName: cluster.clusterName,
      region,
      kubernetesVersion,
      scaling: args.scaling,
      preferredNodeGroups: args.preferredNodeGroups.flatMap((group) => cluster.nodeGroupNames[group] ?? []),
    },
    onCluster(autoscalerIdentity),
  );
  return { loadBalancerController };
}
