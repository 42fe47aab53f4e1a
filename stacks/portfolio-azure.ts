import { forgetApiVersions } from "../components/azure/api-versions";
import { currentSubscription } from "../components/azure/place";
import { ResourceGroup } from "../components/azure/resource-group";
import type { Site } from "../components/contracts/site";
import { namePrefix, stackTags } from "../components/planning/names";
import { resourceGroupName } from "../components/planning/names-azure";
import { protectionOf } from "../components/planning/protection";
import { siteRanges } from "../components/planning/site-plan";
import type { PortfolioAzureConfig } from "../config/schema/portfolio-azure";
import { createCluster } from "./portfolio-azure.cluster";
import { deliverSiteContract } from "./portfolio-azure.contract";
import { backUp, governSubscription, watchParts } from "./portfolio-azure.governance";
import { layGround } from "./portfolio-azure.network";
import { runOnCluster } from "./portfolio-azure.platform";
import { createServices, imageRegistry } from "./portfolio-azure.services";
import { createStores } from "./portfolio-azure.stores";
import { azureProviders } from "./providers-azure";
import { siteOutputs } from "./site-outputs";

const system = "portfolio";

/** The site of the portfolio on Azure, in its role: makes it, and tells the other sites of it. */
export function deploy(config: PortfolioAzureConfig, stack: string) {
  const { site, tunnel, subscription, prefix, azure } = createSite(config, stack);
  return {
    role: config.role,
    ...siteOutputs(site, tunnel),
    ...(config.siteContract === "create"
      ? {
          siteContract: deliverSiteContract({
            subscription,
            prefix,
            system,
            stack,
            site,
            ranges: siteRanges(config.site),
            azure,
          }),
        }
      : {}),
  };
}

/** The site and what runs on its cluster: every part is made, adopted or skipped as the configuration says. */
export function createSite(config: PortfolioAzureConfig, stack: string) {
  forgetApiVersions();
  const prefix = namePrefix(system, stack);
  const protection = protectionOf(config.class, config.protection);
  const providers = azureProviders(config);
  const azure = providers["azure-native"];
  const subscription = currentSubscription(config.region, { provider: azure });
  const place = new ResourceGroup(
    "site",
    {
      subscription,
      groupName: resourceGroupName(prefix),
      tags: stackTags(system, stack, config.class),
      protection,
    },
    { providers: { "azure-native": azure } },
  );
  const parts = { config, place, prefix, protection, providers };

  const ground = layGround(parts);
  const images = imageRegistry({ ...parts, ground });
  const { cluster, kubernetes, bindWorkload, tunnel } = createCluster({ ...parts, ground, images });
  const stores = createStores({ ...parts, ground });

  const base = {
    name: config.site,
    class: config.class,
    region: config.region,
    network: ground.network,
    gateway: ground.gateway,
    dns: ground.dns,
    keys: ground.keys,
    images,
    cluster,
    ...stores,
    memcached: undefined,
    bindWorkload,
  };
  const brokers =
    cluster === undefined || kubernetes === undefined
      ? { events: undefined, queue: undefined }
      : runOnCluster({ ...parts, site: { ...base, cluster }, kubernetes, stores });
  const services = createServices({ ...parts, ground, stores, events: brokers.events });
  const governance = { ...parts, ground, stores, services };
  governSubscription(governance);
  backUp(governance);
  const site: Site = { ...base, ...brokers, ...services, telemetry: watchParts(governance) };

  return { site, tunnel, subscription, prefix, azure };
}
