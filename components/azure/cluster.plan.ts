import type { ApiAccess } from "../contracts/kubernetes-cluster";
import { capabilityMatrix } from "../planning/capability-matrix";
import { format, part, range } from "../planning/cidr";

/** How the API of a cluster is reached, as AKS takes it, but for its subnet. */
export interface ApiServerAccess {
  readonly enablePrivateCluster: boolean;
  readonly enablePrivateClusterPublicFQDN?: false;
  readonly privateDNSZone?: "system";
  readonly authorizedIPRanges?: string[];
}

/**
 * What an access comes to.
 *
 * @param allowed ranges of the internet that are let in; for `internet` alone
 * @throws Error for an access that Azure refuses, for `internet` without ranges or with all of them, and for ranges without it.
 */
export function apiServerAccess(access: ApiAccess, allowed: readonly string[] | undefined): ApiServerAccess {
  switch (access) {
    case "network":
    case "bastion":
      if (allowed !== undefined && allowed.length > 0) {
        throw new Error(
          `cluster.access is "${access}", which lets nobody in from the internet: leave cluster.endpoint.publicCidrs out, or choose "internet"`,
        );
      }
      return { enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false, privateDNSZone: "system" };
    case "internet":
      if (allowed === undefined || allowed.length === 0 || allowed.includes("0.0.0.0/0")) {
        throw new Error(
          `cluster.access "internet" is without ranges that are let in: name those of your offices and runners in cluster.endpoint.publicCidrs`,
        );
      }
      return { enablePrivateCluster: false, authorizedIPRanges: [...allowed] };
    case "dns-endpoint": {
      const row = capabilityMatrix.azure["kubernetes.api.dns-endpoint"];
      throw new Error(
        `cluster.access "dns-endpoint" is refused: ${row.reason}: ${row.level === "refused" ? row.instead : "choose another"}`,
      );
    }
  }
}

/** The address of the cluster's DNS: the tenth of the services' range, as AKS itself chooses. */
export function dnsServiceAddress(services: string): string {
  return format(part(range(services), 32, 10)).replace("/32", "");
}
