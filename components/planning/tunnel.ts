import { z } from "zod";

/** Port of the own machine at which a tunnel to a cluster's API begins. */
export const tunnelPort = 8443;

const kubeconfig = z.looseObject({
  clusters: z.array(z.looseObject({ cluster: z.looseObject({ server: z.url() }) })).min(1),
});

/**
 * A kubeconfig whose clusters are reached at the near end of a tunnel. Certificates are still checked against the API's own name.
 *
 * @param text a kubeconfig as JSON
 */
export function throughTunnel(text: string): string {
  const { clusters, ...rest } = kubeconfig.parse(JSON.parse(text));
  return JSON.stringify({
    ...rest,
    clusters: clusters.map((entry) => ({
      ...entry,
      cluster: {
        ...entry.cluster,
        server: `https://127.0.0.1:${String(tunnelPort)}`,
        "tls-server-name": apiHost(entry.cluster.server),
      },
    })),
  });
}

/** The host of the API that a kubeconfig names first. */
export function apiHostOf(text: string): string {
  const [first] = kubeconfig.parse(JSON.parse(text)).clusters;
  return apiHost(first?.cluster.server ?? "");
}

function apiHost(server: string): string {
  return new URL(server).hostname;
}
