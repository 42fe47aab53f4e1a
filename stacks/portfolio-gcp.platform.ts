import type { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import { BrokerAddresses } from "../components/gcp/broker-addresses";
import type { PlatformSite } from "../components/kubernetes/add-ons";
import { PlatformLayer } from "../components/kubernetes/platform-layer";
import { linkedSites } from "../components/planning/site-plan";
import { createBrokers, withBrokers } from "./cluster-brokers";
import type { Ground, GroundArgs } from "./portfolio-gcp.network";

export interface OnClusterArgs extends GroundArgs {
  readonly ground: Ground;
  readonly site: PlatformSite;
  readonly kubernetes: KubernetesProvider;
}

/** What Google does not run for the site and its cluster does: the platform layer and the brokers. */
export function runOnCluster(args: OnClusterArgs) {
  const { config, project, prefix, ground, site, kubernetes, protection, providers } = args;
  const { network } = ground;
  const layer = new PlatformLayer(
    "platform",
    { site, namespaces: withBrokers(config.platformLayer.namespaces, config), nodePools: config.nodePools },
    { providers: { kubernetes } },
  );
  // Kept free for the brokers' load balancers, which are made after them.
  const addresses =
    config.events.mode === "create" || config.queue.mode === "create"
      ? [new BrokerAddresses("broker-addresses", { project, prefix, network }, { providers: { gcp: providers.gcp } })]
      : [];
  const linked = config.gateway === "create" ? linkedSites(config.site).map(({ block }) => block) : [];
  return createBrokers({
    config,
    role: "active",
    cluster: site.cluster,
    layer,
    subnet: network.subnetRange,
    clientRanges: [network.subnetRange, ...linked],
    before: addresses,
    secrets: site.secrets,
    protection,
    providers: { ...providers, kubernetes },
  });
}
