import { join } from "node:path";
import type { Site } from "../components/contracts/site";
import { currentProject, EnabledApis } from "../components/gcp/project";
import { namePrefix, stackTags } from "../components/planning/names";
import { protectionOf } from "../components/planning/protection";
import { siteRanges } from "../components/planning/site-plan";
import type { PortfolioGcpConfig } from "../config/schema/portfolio-gcp";
import { createCluster } from "./portfolio-gcp.cluster";
import { deliverSiteContract } from "./portfolio-gcp.contract";
import { backUp, governProject, watchParts } from "./portfolio-gcp.governance";
import { layGround } from "./portfolio-gcp.network";
import { apisOf } from "./portfolio-gcp.parts";
import { runOnCluster } from "./portfolio-gcp.platform";
import { createServices } from "./portfolio-gcp.services";
import { createStores } from "./portfolio-gcp.stores";
import { gcpProviders } from "./providers-gcp";
import { siteOutputs } from "./site-outputs";

const system = "portfolio";

/** The site of the portfolio on Google Cloud: makes it, and tells the other sites of it. */
export function deploy(config: PortfolioGcpConfig, stack: string, root: string) {
  const { site, tunnel, project, prefix, gcp } = createSite(config, stack, root);
  return {
    ...siteOutputs(site, tunnel),
    ...(config.siteContract === "create"
      ? {
          siteContract: deliverSiteContract({
            project,
            prefix,
            system,
            stack,
            site,
            ranges: siteRanges(config.site),
            gcp,
          }),
        }
      : {}),
  };
}

/** The site and what runs on its cluster: every part is made, adopted or skipped as the configuration says. */
export function createSite(config: PortfolioGcpConfig, stack: string, root: string) {
  const prefix = namePrefix(system, stack);
  const protection = protectionOf(config.class, config.protection);
  const providers = gcpProviders({ ...config, system, stack });
  const { gcp } = providers;
  const apis = new EnabledApis("apis", { projectId: config.project, apis: apisOf(config) }, { providers: { gcp } });
  const project = currentProject(apis, config.region, { provider: gcp });
  const labels = stackTags(system, stack, config.class);
  const parts = { config, project, prefix, labels, protection, providers };

  const ground = layGround(parts);
  const { cluster, clusterId, kubernetes, bindWorkload, tunnel } = createCluster({ ...parts, ground });
  const stores = createStores({ ...parts, ground });
  const services = createServices({ ...parts, ground, stores, codeFolder: join(root, "functions") });
  const governance = { ...parts, ground, stores, services, cluster, clusterId };
  governProject(governance);
  backUp(governance);

  const base = {
    name: config.site,
    class: config.class,
    region: config.region,
    network: ground.network,
    gateway: ground.gateway,
    dns: ground.dns,
    keys: ground.keys,
    cluster,
    ...stores,
    ...services,
    memcached: undefined,
    telemetry: watchParts(governance),
    bindWorkload,
  };
  const brokers =
    cluster === undefined || kubernetes === undefined
      ? { events: undefined, queue: undefined }
      : runOnCluster({ ...parts, ground, site: { ...base, cluster }, kubernetes });
  const site: Site = { ...base, ...brokers };

  return { site, tunnel, project, prefix, gcp };
}
