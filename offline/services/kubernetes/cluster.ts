import type { CloudView, StoredResource } from "../../cloud/cloud";
import { aks } from "./cluster-aks";
import { eks } from "./cluster-eks";
import { gke } from "./cluster-gke";
import { hostOf } from "./kubeconfig";
import type { Cluster, ManagedKind, ManagedService } from "./managed-cluster";

export { viewFrom, type Cluster, type ManagedKind } from "./managed-cluster";

const KINDS: Readonly<Record<ManagedService, ManagedKind>> = { aks, eks, gke };

/** A cluster as its own cloud keeps it, with how such clusters are kept. */
export interface StoredCluster {
  readonly kind: ManagedKind;
  readonly stored: StoredResource;
}

function find(cloud: CloudView, wanted: (found: StoredCluster) => boolean): StoredCluster | undefined {
  for (const kind of Object.values(KINDS)) {
    const stored = cloud.list(kind.type, "anywhere").find((each) => wanted({ kind, stored: each }));
    if (stored !== undefined) return { kind, stored };
  }
  return undefined;
}

/** What tells the cluster whose API answers at `server`, a URL, from every other; undefined when none does. */
export function clusterAt(server: string, cloud: CloudView): string | undefined {
  const wanted = hostOf(server).toLowerCase();
  const found = find(cloud, ({ kind, stored }) => kind.hostsOf(stored).some((host) => host.toLowerCase() === wanted));
  return found?.kind.identityOf(found.stored);
}

/** The cluster that is told from others so, as its own cloud keeps it. */
export function storedCluster(identity: string, cloud: CloudView): StoredCluster | undefined {
  return identity === "" ? undefined : find(cloud, ({ kind, stored }) => kind.identityOf(stored) === identity);
}

export function findCluster(identity: string, cloud: CloudView): Cluster | undefined {
  const found = storedCluster(identity, cloud);
  return found?.kind.describe(found.stored, cloud);
}
