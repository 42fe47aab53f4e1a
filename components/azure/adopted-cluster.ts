import { getManagedCluster } from "@pulumi/azure-native/containerservice/getManagedCluster";
import { ComponentResource, all, output, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { ApiAccess, KubernetesCluster, PrivateLoadBalancer } from "../contracts/kubernetes-cluster";
import { existing } from "../planning/existing";
import { aksIdentityEndpoints, aksPrivateLoadBalancer, aksServices, diskStorage, issuerOf } from "./cluster";
import { kubeconfigOf } from "./kubeconfig";
import type { LogIn } from "./kubeconfig.plan";
import type { AzureNetwork } from "./network";

export interface AdoptedClusterArgs {
  /** Resource group of the cluster. */
  readonly groupName: Input<string>;
  readonly clusterName: string;
  /** Version that the cluster runs, minor only: charts are chosen by it. */
  readonly version: string;
  /** Anything but `internet` needs the API to answer inside the network. */
  readonly apiAccess: ApiAccess;
  /** Network of the site: where the cluster's nodes are. */
  readonly network: AzureNetwork;
  /** Default: `azurecli`. */
  readonly logIn?: LogIn;
}

/**
 * An AKS cluster that exists already, with nodes, its issuer and workload identity switched on. Nothing of it is changed.
 *
 * @throws Error when it runs another version, lies in another network, answers elsewhere than the arguments say, or is without
 * workload identity.
 */
export class AdoptedCluster extends ComponentResource implements KubernetesCluster {
  readonly clusterName: Output<string>;
  readonly clusterId: Output<string>;
  readonly version: string;
  readonly kubeconfig: Output<string>;
  readonly issuer: Output<string>;
  readonly apiAccess: ApiAccess;
  readonly podDependencies = [];
  readonly provides = aksServices;
  readonly storage = diskStorage(undefined);
  readonly identityEndpoints = aksIdentityEndpoints;
  readonly #network: AzureNetwork;

  constructor(name: string, args: AdoptedClusterArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:AdoptedCluster", name, {}, opts);
    const { clusterName, groupName } = args;
    const parent = { parent: this };
    const cluster = output(groupName).apply((resourceGroupName) =>
      existing(
        getManagedCluster({ resourceGroupName, resourceName: clusterName }, parent),
        `cluster "${clusterName}" of ${resourceGroupName}`,
        "correct cluster.name or cluster.resourceGroup, or set cluster.mode to create",
      ),
    );
    this.clusterName = all([cluster, args.network.networkId]).apply(([found, networkId]) => {
      const subnets = (found.agentPoolProfiles ?? []).map(({ vnetSubnetID }) => vnetSubnetID);
      const problem = faultOf(
        args,
        {
          version: found.currentKubernetesVersion,
          subnetId: subnets[0],
          private: found.apiServerAccessProfile?.enablePrivateCluster === true,
          workloadIdentity: found.securityProfile?.workloadIdentity?.enabled === true,
        },
        networkId,
      );
      if (problem !== undefined) throw new Error(`cluster "${clusterName}" ${problem}`);
      return clusterName;
    });
    this.clusterId = cluster.id;
    this.version = args.version;
    this.issuer = cluster.apply(({ oidcIssuerProfile }) => issuerOf(oidcIssuerProfile, clusterName));
    this.kubeconfig = kubeconfigOf(
      { groupName, clusterName: this.clusterName, logIn: args.logIn ?? "azurecli" },
      parent,
    );
    this.apiAccess = args.apiAccess;
    this.#network = args.network;
    this.registerOutputs({ clusterName: this.clusterName, kubeconfig: this.kubeconfig });
  }

  /**
   * In the network's subnet `ingress`, which the cluster's owner must let it join.
   *
   * @throws Error when the adopted network has none.
   */
  get privateLoadBalancer(): PrivateLoadBalancer {
    return aksPrivateLoadBalancer(this.#network.subnetId("ingress"));
  }
}

/** What is looked up of a cluster. */
interface Found {
  /** With the patch: `1.36.2`. */
  readonly version: string;
  readonly subnetId: string | undefined;
  readonly private: boolean;
  readonly workloadIdentity: boolean;
}

function faultOf(args: AdoptedClusterArgs, found: Found, networkId: string): string | undefined {
  if (!`${found.version}.`.startsWith(`${args.version}.`)) {
    return `runs Kubernetes ${found.version}, not ${args.version}: set cluster.version to the cluster's`;
  }
  if (found.subnetId?.toLowerCase().startsWith(`${networkId.toLowerCase()}/subnets/`) !== true) {
    return `has nodes in ${found.subnetId ?? "a network of its own"}, not in ${networkId}: adopt that network too, or another cluster`;
  }
  if (!found.workloadIdentity) {
    return "is without workload identity: let its owner switch it on, so that pods log in without a stored credential";
  }
  if (args.apiAccess === "internet" && found.private) {
    return "has an API that does not answer on the internet: choose another access, or let its owner open it";
  }
  if (args.apiAccess !== "internet" && !found.private) {
    return `has an API that does not answer inside the network, which access by "${args.apiAccess}" needs: choose internet, or let its owner close it`;
  }
  return undefined;
}
