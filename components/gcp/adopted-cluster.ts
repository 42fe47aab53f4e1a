import { getCluster } from "@pulumi/gcp/container/getCluster";
import { ComponentResource, all, output, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { ApiAccess, KubernetesCluster, StorageDriver, StorageProfile } from "../contracts/kubernetes-cluster";
import { existing } from "../planning/existing";
import { clusterFault, clusterHost } from "./adopted-cluster.plan";
import { gkeIssuer, gkeKubeconfig, workloadPool } from "./kubeconfig.plan";
import { gkeIdentityEndpoints, gkePrivateLoadBalancer, gkeServices, gkeStorage } from "./managed-cluster";
import type { GcpNetwork } from "./network";
import type { Project } from "./project";

export interface AdoptedClusterArgs {
  readonly project: Project;
  /** Name of a regional cluster. */
  readonly clusterName: string;
  /** Version that the cluster runs, minor only: charts are chosen by it. */
  readonly version: string;
  readonly apiAccess: ApiAccess;
  /** Network of the site: where the cluster's nodes are. */
  readonly network: GcpNetwork;
  /** Key of the volumes that pods claim. */
  readonly disksKeyId: Input<string>;
}

/**
 * A GKE cluster that exists already, with nodes. It must know the caller's identity; nothing of it is changed from outside.
 *
 * @throws Error when it runs another version, lies in another network, lacks Dataplane V2 or Workload Identity Federation, or has
 * no endpoint for the access that the arguments name.
 */
export class AdoptedCluster extends ComponentResource implements KubernetesCluster {
  readonly clusterName: Output<string>;
  readonly version: string;
  readonly kubeconfig: Output<string>;
  readonly issuer: Output<string>;
  readonly apiAccess: ApiAccess;
  /** The pool of identities that its service accounts are in. */
  readonly identityPool: Output<string>;
  readonly podDependencies = [];
  readonly provides = gkeServices;
  readonly storage: Readonly<Record<StorageProfile, StorageDriver>>;
  readonly identityEndpoints = gkeIdentityEndpoints;
  readonly privateLoadBalancer = gkePrivateLoadBalancer;

  constructor(name: string, args: AdoptedClusterArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:AdoptedCluster", name, {}, opts);
    const { project, clusterName } = args;
    const cluster = project.id.apply((id) =>
      existing(
        getCluster({ name: clusterName, location: project.region, project: id }, { parent: this }),
        `cluster "${clusterName}"`,
        `name a regional one of ${project.region} in cluster.name, or set cluster.mode to create`,
      ),
    );
    const host = cluster.apply((found) => clusterHost(args, found));
    this.clusterName = all([cluster, args.network.networkName]).apply(([found, networkName]) => {
      const problem = clusterFault(args, found, networkName);
      if (problem !== undefined) throw new Error(`cluster "${clusterName}" ${problem}`);
      return clusterName;
    });
    this.version = args.version;
    this.issuer = output(gkeIssuer(project.projectId, project.region, clusterName));
    this.kubeconfig = all([host, cluster.masterAuths]).apply(([reachedAt, [authority]]) =>
      gkeKubeconfig({
        clusterName,
        host: reachedAt,
        certificateAuthority: args.apiAccess === "dns-endpoint" ? undefined : authority?.clusterCaCertificate,
      }),
    );
    this.identityPool = this.clusterName.apply(() => workloadPool(project.projectId));
    this.apiAccess = args.apiAccess;
    this.storage = gkeStorage(args.disksKeyId);
    this.registerOutputs({ clusterName: this.clusterName, kubeconfig: this.kubeconfig });
  }
}
