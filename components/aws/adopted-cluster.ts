import { getClusterOutput } from "@pulumi/aws/eks/getCluster";
import { ComponentResource, all, jsonStringify, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { ApiAccess, ClusterService, KubernetesCluster } from "../contracts/kubernetes-cluster";
import { issuerOf } from "./cluster";
import { ebsStorage, podIdentityEndpoints } from "./managed-cluster";

export interface AdoptedClusterArgs {
  readonly region: string;
  readonly clusterName: string;
  /** Version that the cluster runs, minor only: charts are chosen by it. */
  readonly version: string;
  readonly apiAccess: ApiAccess;
}

/**
 * An EKS cluster that exists already, with nodes, pod networking, cluster DNS and the Pod Identity Agent. Its API must know the
 * caller's IAM identity; nothing of it is changed from outside.
 *
 * @throws Error when it runs another version than the arguments say.
 */
export class AdoptedCluster extends ComponentResource implements KubernetesCluster {
  readonly clusterName: Output<string>;
  readonly version: string;
  readonly kubeconfig: Output<string>;
  readonly issuer: Output<string>;
  readonly apiAccess: ApiAccess;
  readonly podDependencies = [];
  readonly provides: ReadonlySet<ClusterService> = new Set();
  readonly storage = ebsStorage;
  readonly identityEndpoints = podIdentityEndpoints;

  constructor(name: string, args: AdoptedClusterArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:AdoptedCluster", name, {}, opts);
    const cluster = getClusterOutput({ name: args.clusterName }, { parent: this });
    this.clusterName = cluster.version.apply((version) => {
      if (version === args.version) return args.clusterName;
      throw new Error(
        `cluster "${args.clusterName}" runs Kubernetes ${version}, not ${args.version}: set cluster.version to the cluster's`,
      );
    });
    this.version = args.version;
    this.issuer = cluster.identities.apply((identities) => issuerOf(identities, args.clusterName));
    this.kubeconfig = kubeconfig(args, cluster);
    this.apiAccess = args.apiAccess;
    this.registerOutputs({ clusterName: this.clusterName, kubeconfig: this.kubeconfig });
  }
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
      clusters: [{ name: clusterName, cluster: { server, "certificate-authority-data": authority?.data } }],
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
