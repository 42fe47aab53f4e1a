import { output, type Input, type Output, type ProviderResource } from "@pulumi/pulumi";
import type { Account } from "../components/aws/account";
import { SiteContractFile } from "../components/aws/site-contract-file";
import type { Site } from "../components/contracts/site";
import { siteContractVersion, writeSiteContract, type SiteContract } from "../components/contracts/site-contract";
import { stateBucketName } from "../components/planning/names";
import { siteRanges } from "../components/planning/site-plan";
import type { PortfolioAwsConfig } from "../config/schema/portfolio-aws";

export interface DeliveryArgs {
  readonly config: PortfolioAwsConfig;
  readonly account: Account;
  readonly prefix: string;
  readonly system: string;
  readonly stack: string;
  readonly site: Site;
  readonly aws: ProviderResource;
}

/** Writes what the site tells the others into its state bucket. The text is also a stack output, from which the file beside the state is made. */
export function deliverSiteContract(args: DeliveryArgs): Output<string> {
  const { account, prefix, site, aws } = args;
  const content = siteContract(args).apply(writeSiteContract);
  new SiteContractFile(
    "site-contract",
    {
      site: site.name,
      bucketName: account.id.apply((id) => stateBucketName(prefix, id, site.region)),
      region: site.region,
      content,
    },
    { providers: { aws } },
  );
  return content;
}

function siteContract({ config, system, stack, site }: DeliveryArgs): Output<SiteContract> {
  const { asn, ...ranges } = siteRanges(config.site);
  const { cluster, events, queue, documents, memcached, keyValues, lake, identityProvider } = site;
  return output({
    version: siteContractVersion,
    site: site.name,
    system,
    stack,
    class: site.class,
    cloud: "aws",
    region: site.region,
    zones: [...site.network.zones],
    network: {
      ...ranges,
      network: site.network.cidr,
      asn,
      ...(site.gateway === undefined ? {} : { gatewayId: site.gateway.gatewayId }),
    },
    ...(cluster === undefined
      ? {}
      : {
          kubernetes: {
            clusterName: cluster.clusterName,
            version: cluster.version,
            issuer: cluster.issuer,
            apiAccess: cluster.apiAccess,
          },
        }),
    registries: site.images === undefined ? [] : [registryHost(site.images)],
    data: {
      postgres: site.postgres.shards.map(({ host, port, databaseName, replicaHosts }) => ({
        host,
        port,
        database: databaseName,
        replicas: [...replicaHosts],
      })),
      redis: { host: site.redis.host, port: site.redis.port },
      ...(memcached === undefined ? {} : { memcached: { host: memcached.host, port: memcached.port } }),
      ...(events === undefined ? {} : { events: { bootstrapServers: events.bootstrapServers } }),
      ...(queue === undefined ? {} : { queue: { endpoint: queue.endpoint } }),
      ...(documents === undefined ? {} : { documents: { host: documents.host, port: documents.port } }),
      buckets: { objects: site.objects.bucketName, ...(lake === undefined ? {} : { lake: lake.bucketName }) },
      tables: { ...keyValues?.tableNames },
    },
    ...(identityProvider === undefined ? {} : { identity: { issuer: identityProvider.issuer } }),
    health: [],
  });
}

/** The host of the registry, which is the first part of every repository's address. */
function registryHost({ repositoryUrls }: NonNullable<Site["images"]>): Input<string> {
  const [first] = Object.values(repositoryUrls);
  if (first === undefined) throw new Error("a registry without repositories has no address");
  return first.apply((url) => url.split("/")[0] ?? url);
}
