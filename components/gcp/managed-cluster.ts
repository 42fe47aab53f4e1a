import {
  ComponentResource,
  output,
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
import { gcpPool } from "../planning/node-pools-gcp";
import type { NodePool as NodePoolSpec } from "../contracts/node-pool";
import { Cluster, type ClusterArgs } from "./cluster";
import { NodePool } from "./node-pool";

/** What every cluster of GKE brings itself: metrics-server, the autoscaler, drivers and device plugin of accelerators. */
export const gkeServices: ReadonlySet<ClusterService> = new Set(["metrics", "node-autoscaling", "accelerators"]);

/**
 * Where a pod fetches the token of its identity. Dataplane V2 looks at the address that the pod asks, the metadata server that
 * GKE puts before the machine's; node agents answer at the other.
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
 */
export const gkeIdentityEndpoints: readonly IdentityEndpoint[] = [
  { cidr: "169.254.169.254/32", port: 80 },
  { cidr: "169.254.169.252/32", port: 988 },
];

/**
 * Load balancers in the cluster's subnetwork. Clients of the network in other regions, and those that come by its tunnels there,
 * reach them too. https://docs.cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters
 */
export const gkePrivateLoadBalancer: PrivateLoadBalancer = {
  annotations: {
    "networking.gke.io/load-balancer-type": "Internal",
    "networking.gke.io/internal-load-balancer-allow-global-access": "true",
  },
  addressIn: "loadBalancerIP",
};

/**
 * Volumes of Hyperdisk Balanced, which the machines of all pools but those with accelerators take; `fast` asks for operations per
 * second and MiB per second besides, which a volume of 24 GiB or more can have: 500 operations for each GiB.
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/hyperdisk
 */
export function gkeStorage(keyId: Input<string>): Readonly<Record<StorageProfile, StorageDriver>> {
  const common = { type: "hyperdisk-balanced", "disk-encryption-kms-key": keyId };
  return {
    general: { provisioner: "pd.csi.storage.gke.io", parameters: common },
    fast: {
      provisioner: "pd.csi.storage.gke.io",
      parameters: {
        ...common,
        "provisioned-iops-on-create": "12000",
        "provisioned-throughput-on-create": "500Mi",
      },
    },
  };
}

export interface ManagedClusterArgs extends ClusterArgs {
  /** Pools by a name that never changes. */
  readonly nodePools: Readonly<Record<string, NodePoolSpec>>;
}

/** A GKE cluster that pods can be scheduled on: control plane and nodes; networking, DNS and add-ons are GKE's own. */
export class ManagedCluster extends ComponentResource implements KubernetesCluster {
  readonly clusterName: Output<string>;
  /** `projects/<project>/locations/<region>/clusters/<name>`. */
  readonly clusterId: Output<string>;
  readonly version: string;
  readonly kubeconfig: Output<string>;
  readonly issuer: Output<string>;
  readonly apiAccess: ApiAccess;
  readonly podDependencies: readonly Input<Resource>[];
  readonly provides = gkeServices;
  readonly storage: Readonly<Record<StorageProfile, StorageDriver>>;
  readonly identityEndpoints = gkeIdentityEndpoints;
  readonly privateLoadBalancer = gkePrivateLoadBalancer;
  /** The pool of identities that its service accounts are in. */
  readonly identityPool: Output<string>;
  /** Physical names of the node pools. */
  readonly nodePoolNames: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: ManagedClusterArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:ManagedCluster", name, {}, opts);
    const { project, network, nodeAccount, disksKeyId } = args;
    const controlPlane = new Cluster(`${name}-control-plane`, args, { parent: this });
    const pools = Object.entries(args.nodePools).map(([pool, spec]) => ({
      pool,
      nodes: new NodePool(
        `${name}-${pool}`,
        {
          project,
          cluster: controlPlane.gke,
          nodeAccount,
          pool: gcpPool(pool, spec),
          zoneCount: network.zones.length,
          // Images are pulled by ways that nothing else ties to the nodes.
          lifeline: network.wayOut,
          disksKeyId,
        },
        { parent: this },
      ),
    }));
    this.clusterName = controlPlane.clusterName;
    this.clusterId = controlPlane.gke.id;
    this.version = args.version;
    this.kubeconfig = controlPlane.kubeconfig;
    this.issuer = controlPlane.issuer;
    this.identityPool = controlPlane.identityPool;
    this.apiAccess = args.access;
    this.podDependencies = pools.map(({ nodes }) => nodes.nodePool);
    this.storage = gkeStorage(output(disksKeyId));
    this.nodePoolNames = Object.fromEntries(pools.map(({ pool, nodes }) => [pool, nodes.nodePoolName]));
    this.registerOutputs({ clusterName: this.clusterName, kubeconfig: this.kubeconfig });
  }
}
