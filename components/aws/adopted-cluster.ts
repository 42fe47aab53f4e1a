import { getClusterOutput } from "@pulumi/aws/eks/getCluster";
import { ComponentResource, all, jsonStringify, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { ApiAccess, ClusterService, KubernetesCluster } from "../contracts/kubernetes-cluster";
import type { Network } from "../contracts/network";
import { issuerOf } from "./cluster";
import { ebsStorage, eksPrivateLoadBalancer, podIdentityEndpoints } from "./managed-cluster";

export interface AdoptedClusterArgs {
  readonly region: string;
  readonly clusterName: string;
  /** Version that the cluster runs, minor only: charts are chosen by it. */
  readonly version: string;
  /** Anything but `internet` needs the API to answer inside the network. */
  readonly apiAccess: ApiAccess;
  /** Network of the site: where the cluster's nodes are. */
  readonly network: Network;
}

/**
 * An EKS cluster that exists already, with nodes, pod networking, cluster DNS and the Pod Identity Agent. Its API must know the
 * caller's IAM identity; nothing of it is changed from outside.
 *
 * @throws Error when it runs another version, lies in another network, or answers elsewhere than the arguments say.
 */
export class AdoptedCluster extends ComponentResource implements KubernetesCluster {
  readonly clusterName: Output<string>;
  readonly version: string;
  readonly kubeconfig: Output<string>;
  readonly issuer: Output<string>;
  readonly apiAccess: ApiAccess;
  readonly podDependencies = [];
  /** The group that EKS gives control plane and nodes: what they reach has to let it in. */
  readonly securityGroupId: Output<string>;
  readonly provides: ReadonlySet<ClusterService> = new Set();
  readonly storage = ebsStorage;
  readonly identityEndpoints = podIdentityEndpoints;
  readonly privateLoadBalancer = eksPrivateLoadBalancer;

  constructor(name: string, args: AdoptedClusterArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:AdoptedCluster", name, {}, opts);
    const cluster = getClusterOutput({ name: args.clusterName }, { parent: this });
    this.clusterName = all([cluster.version, cluster.vpcConfig, args.network.networkId]).apply(
      ([version, place, networkId]) => {
        const problem = faultOf(args, { version, ...place }, networkId);
        if (problem !== undefined) throw new Error(`cluster "${args.clusterName}" ${problem}`);
        return args.clusterName;
      },
    );
    this.securityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.version = args.version;
    this.issuer = cluster.identities.apply((identities) => issuerOf(identities, args.clusterName));
    this.kubeconfig = kubeconfig(args, cluster);
    this.apiAccess = args.apiAccess;
    this.registerOutputs({ clusterName: this.clusterName, kubeconfig: this.kubeconfig });
  }
}

/** What is looked up of a cluster. */
interface Found {
  readonly version: string;
  readonly vpcId: string;
  readonly endpointPrivateAccess: boolean;
  readonly endpointPublicAccess: boolean;
}

function faultOf(args: AdoptedClusterArgs, found: Found, networkId: string): string | undefined {
  if (found.version !== args.version) {
    return `runs Kubernetes ${found.version}, not ${args.version}: set cluster.version to the cluster's`;
  }
  if (found.vpcId !== networkId) {
    return `lies in ${found.vpcId}, not in ${networkId}: adopt that network too, or another cluster`;
  }
  if (args.apiAccess === "internet") {
    return found.endpointPublicAccess
      ? undefined
      : "has an API that does not answer on the internet: choose another access, or let its owner open it";
  }
  return found.endpointPrivateAccess
    ? undefined
    : `has an API that does not answer inside the network, which access by "${args.apiAccess}" needs: choose internet, or let its owner open it`;
}

/** As `aws eks update-kubeconfig` writes it: a token is made from the caller's own identity. */
function kubeconfig(
  { region, clusterName }: AdoptedClusterArgs,
  { endpoint, certificateAuthorities }: ReturnType<typeof getClusterOutput>,
): Output<string> {
  return jsonStringify(
    all([endpoint, certificateAuthorities]).apply(([server, [authority]]) => ({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: clusterName, cluster: { server, "certificate-authority-data": certificateOf(authority, clusterName) } },
      ],
      users: [
        {
          name: "aws",
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1beta1",
              command: "aws",
              args: ["--region", region, "eks", "get-token", "--cluster-name", clusterName, "--output", "json"],
            },
          },
        },
      ],
      contexts: [{ name: "aws", context: { cluster: clusterName, user: "aws" } }],
      "current-context": "aws",
    })),
  );
}

function certificateOf(authority: { readonly data: string } | undefined, clusterName: string): string {
  if (authority !== undefined) return authority.data;
  throw new Error(`cluster "${clusterName}" has no certificate authority yet: wait until it is active`);
}
