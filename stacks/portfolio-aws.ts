import { join } from "node:path";
import { currentAccount } from "../components/aws/account";
import type { Site } from "../components/contracts/site";
import { PlatformLayer } from "../components/kubernetes/platform-layer";
import { namePrefix } from "../components/planning/names";
import { protectionOf } from "../components/planning/protection";
import { siteRanges } from "../components/planning/site-plan";
import type { PortfolioAwsConfig } from "../config/schema/portfolio-aws";
import { createCluster } from "./portfolio-aws.cluster";
import { deliverSiteContract } from "./portfolio-aws.contract";
import { backUp, governAccount, watchParts } from "./portfolio-aws.governance";
import { layGround } from "./portfolio-aws.network";
import { createServices } from "./portfolio-aws.services";
import { createStores } from "./portfolio-aws.stores";
import { awsProviders } from "./providers-aws";
import { siteOutputs } from "./site-outputs";

const system = "portfolio";

/** The AWS site of the portfolio: makes it, and tells the other sites of it. */
export function deploy(config: PortfolioAwsConfig, stack: string, root: string) {
  const { site, tunnel, account, prefix, aws } = createSite(config, stack, root);
  return {
    ...siteOutputs(site, tunnel),
    ...(config.siteContract === "create"
      ? {
          siteContract: deliverSiteContract({
            account,
            prefix,
            system,
            stack,
            site,
            ranges: siteRanges(config.site),
            aws,
          }),
        }
      : {}),
  };
}

/** The site and what runs on its cluster: every part is made, adopted or skipped as the configuration says. */
export function createSite(config: PortfolioAwsConfig, stack: string, root: string) {
  const prefix = namePrefix(system, stack);
  const protection = protectionOf(config.class, config.protection);
  const providers = awsProviders({ ...config, system, stack });
  const { aws } = providers;
  const account = currentAccount(config.region, { provider: aws });
  const parts = { config, account, prefix, protection, providers };

  const ground = layGround(parts);
  const { cluster, kubernetes, bindWorkload, tunnel } = createCluster({ ...parts, ground });
  const stores = createStores({ ...parts, ...ground });
  const services = createServices({ ...parts, ...ground, stores, codeFolder: join(root, "functions") });
  const { keys, network, serviceEndpoints } = ground;
  const governance = { ...parts, stack, keys, network, stores, services, serviceEndpoints };
  backUp(governance, governAccount(governance));

  const site: Site = {
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
    telemetry: watchParts(governance),
    bindWorkload,
  };
  if (cluster !== undefined && kubernetes !== undefined) {
    new PlatformLayer(
      "platform",
      { site: { ...site, cluster }, namespaces: config.platformLayer.namespaces, nodePools: config.nodePools },
      { providers: { kubernetes } },
    );
  }

  return { site, tunnel, account, prefix, aws };
}
