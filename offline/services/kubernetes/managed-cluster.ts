import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { OutageCloud } from "../../cloud/faults";
import type { Scope } from "../../cloud/resource-type";

/** A group of worker nodes with the same security groups. */
export interface Nodes {
  /** As messages name it. */
  readonly name: string;
  /** Security groups; none where the cloud has no such groups, and then nothing is limited by them. */
  readonly groups: readonly string[];
}

/** Services that run the control plane of a cluster. */
export type ManagedService = "aks" | "eks" | "gke";

/** What Kubernetes rules must know of the cluster they run in, whichever cloud it is of. */
export interface Cluster {
  readonly service: ManagedService;
  /** What tells it from every other cluster: the ARN, or the id in its cloud. */
  readonly arn: string;
  readonly name: string;
  readonly vpcId: string;
  /** Account and region of the cluster itself, with the cloud as its services see it. */
  readonly scope: Scope;
  readonly cloud: CloudView;
  /** CIDR block of Service addresses. */
  readonly serviceCidr: string;
  /** Security groups of the control plane's interfaces; none where the cloud has no such groups. */
  readonly controlPlaneGroups: readonly string[];
  /** The group that EKS makes: it carries the cluster's tag. */
  readonly clusterGroup: string | undefined;
  readonly nodes: readonly Nodes[];
  /** Storage classes that the service brings along, and the one that is the default. */
  readonly storageClasses: { readonly names: readonly string[]; readonly usual?: string };
  readonly readyAt: number;
}

/** How clusters of one service are kept in the offline cloud. */
export interface ManagedKind {
  readonly service: ManagedService;
  /** Whose regions it lies in. */
  readonly cloud: OutageCloud;
  /** Token of the resource type. */
  readonly type: string;
  /** What tells a cluster from every other. */
  readonly identityOf: (stored: StoredResource) => string;
  /** Hosts at which its API answers. */
  readonly hostsOf: (stored: StoredResource) => readonly string[];
  readonly describe: (stored: StoredResource, cloud: CloudView) => Cluster;
}

/** The cloud as a caller in another scope sees it. */
export function viewFrom(cloud: CloudView, scope: Scope): CloudView {
  return {
    find: (type, id, other) => cloud.find(type, id, other ?? scope),
    findBy: (type, key, value, other) => cloud.findBy(type, key, value, other ?? scope),
    list: (type, other) => cloud.list(type, other ?? scope),
  };
}
