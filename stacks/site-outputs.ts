import type { Output } from "@pulumi/pulumi";
import type { Site } from "../components/contracts/site";

/**
 * What every site shows as outputs of its stack. What it has not is no output.
 *
 * @param tunnel command that opens the tunnel to the Kubernetes API, where it is reached through a bastion
 */
export function siteOutputs(site: Site, tunnel: Output<string> | undefined) {
  return {
    networkId: site.network.networkId,
    ...(site.cluster === undefined ? {} : { clusterName: site.cluster.clusterName }),
    ...(tunnel === undefined ? {} : { tunnel }),
    databaseHosts: site.postgres.shards.map(({ host }) => host),
    cacheHost: site.redis.host,
    objectsBucket: site.objects.bucketName,
  };
}
