import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { Outage } from "../../cloud/faults";
import type { Place } from "../../cloud/package";
import type { Cluster } from "./managed-cluster";

export const HTTPS = 443;

export interface ApiCall {
  /** What tells the cluster from others; "" when the kubeconfig names no cluster that ever was. */
  readonly arn: string;
  /** Host of the API as the kubeconfig names it. */
  readonly host: string;
  /** Whether the kubeconfig leads through a bastion. */
  readonly tunnelled: boolean;
  readonly place: Place;
  readonly cloud: CloudView;
  readonly outages: readonly Outage[];
}

/** Why no answer comes back: what the connection fails with, and what would make it succeed. */
export interface Obstacle {
  readonly dial: string;
  readonly remedy: string;
}

/** How the API of one service's clusters is reached. */
export interface Access {
  /** What keeps the call from the API, if anything. */
  readonly obstacle: (stored: StoredResource, cluster: Cluster, call: ApiCall) => Obstacle | undefined;
  /** An address of the API inside the network, for messages. */
  readonly privateAddress: (stored: StoredResource, cluster: Cluster) => string;
}

export function noHost(host: string): string {
  return `dial tcp: lookup ${host}: no such host`;
}

export function timeout(address: string): string {
  return `dial tcp ${address}:${String(HTTPS)}: i/o timeout`;
}
