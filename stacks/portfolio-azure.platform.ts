import type { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import type { PlatformSite } from "../components/kubernetes/add-ons";
import { IcebergCatalog } from "../components/kubernetes/iceberg-catalog";
import { toCatalog } from "../components/kubernetes/iceberg-catalog.plan";
import { PlatformLayer } from "../components/kubernetes/platform-layer";
import { createBrokers, withBrokers } from "./cluster-brokers";
import { nodePools } from "./portfolio-azure.cluster";
import type { GroundArgs } from "./portfolio-azure.network";
import { brokerClients, brokerSubnet, catalogDatabase, databaseRange } from "./portfolio-azure.parts";
import type { Stores } from "./portfolio-azure.stores";

export interface OnClusterArgs extends GroundArgs {
  readonly site: PlatformSite;
  readonly kubernetes: KubernetesProvider;
  readonly stores: Stores;
}

/** What Azure does not run for the site and its cluster does: the platform layer, the brokers, the catalog of the lake. */
export function runOnCluster(args: OnClusterArgs) {
  const { config, site, kubernetes, stores, protection, providers } = args;
  const layer = new PlatformLayer(
    "platform",
    {
      site,
      namespaces: withBrokers(
        config.platformLayer.namespaces,
        config,
        config.lake.mode === "create" ? [toCatalog] : [],
      ),
      nodePools: nodePools(config),
    },
    { providers: { kubernetes } },
  );
  if (stores.lake !== undefined) createCatalog(args, layer, stores.lake);
  return createBrokers({
    config,
    role: config.role,
    cluster: site.cluster,
    layer,
    subnet: brokerSubnet(config),
    clientRanges: brokerClients(config),
    secrets: stores.secrets,
    protection,
    providers: { ...providers, kubernetes },
  });
}

/** Two servers where the site is active: all that the catalog keeps is in the database. */
function createCatalog(args: OnClusterArgs, layer: PlatformLayer, lake: NonNullable<Stores["lake"]>): void {
  const { config, place, site, kubernetes, stores, providers } = args;
  const [shard] = stores.postgres.shards;
  const [credentials] = stores.postgres.credentials;
  if (shard === undefined || credentials === undefined) throw new Error("the catalog has no database server");
  new IcebergCatalog(
    "iceberg-catalog",
    {
      cluster: site.cluster,
      issuer: layer.internalIssuer,
      replicas: config.role === "active" ? 2 : 1,
      database: { host: shard.host, name: catalogDatabase, range: databaseRange(config), credentials },
      lake,
      tenantId: place.subscription.tenantId,
      clients: Object.keys(config.platformLayer.namespaces),
      bindWorkload: site.bindWorkload,
      secrets: stores.secrets,
      externalSecrets: layer.addOn("external-secrets"),
    },
    { providers: { ...providers, kubernetes }, dependsOn: [...site.cluster.podDependencies] },
  );
}
