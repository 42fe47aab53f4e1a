import type { ApiAccess } from "../contracts/kubernetes-cluster";
import { workloadPool } from "./kubeconfig.plan";

/** What the configuration says of a cluster that exists already. */
export interface ExpectedCluster {
  readonly project: { readonly projectId: string };
  readonly clusterName: string;
  readonly version: string;
  readonly apiAccess: ApiAccess;
}

/** What is looked up of a cluster. */
export interface FoundCluster {
  readonly masterVersion: string;
  readonly network: string;
  readonly datapathProvider: string;
  readonly workloadIdentityConfigs: readonly { readonly workloadPool: string }[];
  readonly privateClusterConfigs: readonly { readonly privateEndpoint: string; readonly publicEndpoint: string }[];
  readonly controlPlaneEndpointsConfigs: readonly {
    readonly dnsEndpointConfigs: readonly { readonly endpoint: string; readonly allowExternalTraffic: boolean }[];
  }[];
}

/** What is wrong with a cluster for the site; goes on after its name. `undefined` when nothing is. */
export function clusterFault(
  { project, version }: ExpectedCluster,
  found: FoundCluster,
  networkName: string,
): string | undefined {
  const [minor = ""] = /^\d+\.\d+/.exec(found.masterVersion) ?? [];
  if (minor !== version) return `runs Kubernetes ${minor}, not ${version}: set cluster.version to the cluster's`;
  const network = found.network.split("/").at(-1) ?? "";
  if (network !== networkName) {
    return `lies in ${network}, not in ${networkName}: adopt that network too, or another cluster`;
  }
  if (found.datapathProvider !== "ADVANCED_DATAPATH") {
    return "has no Dataplane V2, so that network policies would be ignored: adopt a cluster that was made with it";
  }
  const pool = workloadPool(project.projectId);
  return found.workloadIdentityConfigs.some((config) => config.workloadPool === pool)
    ? undefined
    : `has no workload pool ${pool}: let its owner switch on Workload Identity Federation`;
}

/**
 * Address or name of the endpoint for an access.
 *
 * @throws Error when the cluster has none.
 */
export function clusterHost({ apiAccess, clusterName }: ExpectedCluster, found: FoundCluster): string {
  const [address] = found.privateClusterConfigs;
  const dns = found.controlPlaneEndpointsConfigs[0]?.dnsEndpointConfigs[0];
  const hosts = {
    network: address?.privateEndpoint,
    bastion: address?.privateEndpoint,
    "dns-endpoint": dns?.allowExternalTraffic === true ? dns.endpoint : undefined,
    internet: address?.publicEndpoint,
  } satisfies Record<ApiAccess, string | undefined>;
  const host = hosts[apiAccess];
  if (host !== undefined && host !== "") return host;
  throw new Error(
    `cluster "${clusterName}" has no endpoint for access by "${apiAccess}": choose another access, or let its owner open it`,
  );
}
