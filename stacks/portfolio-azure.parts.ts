import { linkedSites, siteRanges } from "../components/planning/site-plan";
import { azureSubnetPlan, type OptionalAzureSubnet, type PrivateZoneId } from "../components/planning/subnets-azure";
import type { PortfolioAzureConfig } from "../config/schema/portfolio-azure";

// What the parts of a site that not every stack has ask of its foundation.

/** Function that archives the event stream; its key is also the name of its folder. */
export const archiveFunction = "archive-events";

/** Database of the lake's catalog, apart from the site's own. */
export const catalogDatabase = "iceberg";

interface Need {
  readonly isThere: boolean;
  readonly subnets?: readonly OptionalAzureSubnet[];
  readonly zones?: readonly PrivateZoneId[];
}

function needs(config: PortfolioAzureConfig): readonly Need[] {
  const { gateway, cluster, documents, keyValues, lake, functions, machineLearning, images } = config;
  return [
    { isThere: true, zones: ["vault", "postgres", "redis", "blob"] },
    { isThere: gateway === "create", subnets: ["gateway"] },
    { isThere: cluster.access === "bastion", subnets: ["bastion"] },
    { isThere: images.mode === "create", zones: ["registry"] },
    { isThere: documents.mode === "create", zones: ["documents"] },
    { isThere: keyValues.mode === "create", zones: ["cosmos"] },
    { isThere: lake.mode === "create", zones: ["dfs"] },
    { isThere: functions.mode === "create", subnets: ["functions"], zones: ["queue", "table", "functions"] },
    { isThere: machineLearning.mode === "create", zones: ["file", "queue", "table", "machine-learning", "notebooks"] },
  ];
}

/** Subnets besides those that every site has. */
export function optionalSubnets(config: PortfolioAzureConfig): readonly OptionalAzureSubnet[] {
  return needs(config).flatMap(({ isThere, subnets = [] }) => (isThere ? subnets : []));
}

/** What the site keeps private names of. */
export function privateZones(config: PortfolioAzureConfig): readonly PrivateZoneId[] {
  return [...new Set(needs(config).flatMap(({ isThere, zones = [] }) => (isThere ? zones : [])))];
}

/** Range of the subnet that private load balancers of the cluster lie in. */
export function brokerSubnet({ site, network }: PortfolioAzureConfig): string {
  return network.adopt?.ingressRange ?? azureSubnetPlan(siteRanges(site).network).ingress;
}

/** Range that the addresses of databases are in. */
export function databaseRange({ site, network }: PortfolioAzureConfig): string {
  return network.adopt?.cidr ?? azureSubnetPlan(siteRanges(site).network).database;
}

/** Ranges outside of the cluster whose clients reach the brokers: the network itself, and the sites that are linked. */
export function brokerClients({ site, network, gateway }: PortfolioAzureConfig): readonly string[] {
  return [
    network.adopt?.cidr ?? siteRanges(site).network,
    ...(gateway === "create" ? linkedSites(site).map(({ block }) => block) : []),
  ];
}
