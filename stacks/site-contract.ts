import { output, type Input, type Output } from "@pulumi/pulumi";
import type { Cloud } from "../components/contracts/capabilities";
import type { EventStream } from "../components/contracts/event-stream";
import type { Site } from "../components/contracts/site";
import { siteContractVersion, writeSiteContract, type SiteContract } from "../components/contracts/site-contract";
import type { SiteRanges } from "../components/planning/site-plan";

export interface ContractOf {
  readonly site: Site;
  readonly cloud: Cloud;
  readonly system: string;
  readonly stack: string;
  /** What the site has of the address plan. */
  readonly ranges: SiteRanges;
}

/** What a site tells the others of itself, as the text of its file. */
export function siteContract(args: ContractOf): Output<string> {
  return contract(args).apply(writeSiteContract);
}

function contract({ site, cloud, system, stack, ranges: { asn, ...ranges } }: ContractOf): Output<SiteContract> {
  const { cluster, events, queue, documents, memcached, keyValues, lake, identityProvider, dns } = site;
  return output({
    version: siteContractVersion,
    site: site.name,
    system,
    stack,
    class: site.class,
    cloud,
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
      postgres: site.postgres.shards.map(({ host, port, databaseName, replicaHosts, certificateAuthority }) => ({
        host,
        port,
        database: databaseName,
        replicas: [...replicaHosts],
        ...authority({ certificateAuthority }),
      })),
      redis: { host: site.redis.host, port: site.redis.port },
      ...(memcached === undefined ? {} : { memcached: { host: memcached.host, port: memcached.port } }),
      ...(events === undefined ? {} : { events: { bootstrapServers: events.bootstrapServers, ...authority(events) } }),
      ...(queue === undefined ? {} : { queue: { endpoint: queue.endpoint, ...authority(queue) } }),
      ...(documents === undefined
        ? {}
        : {
            documents: {
              host: documents.host,
              port: documents.port,
              scheme: documents.scheme,
              ...(documents.databaseName === undefined ? {} : { database: documents.databaseName }),
            },
          }),
      buckets: { objects: site.objects.bucketName, ...(lake === undefined ? {} : { lake: lake.bucketName }) },
      tables: { ...keyValues?.tableNames },
    },
    ...(identityProvider === undefined ? {} : { identity: { issuer: identityProvider.issuer } }),
    ...(dns === undefined
      ? {}
      : { dns: { zone: dns.zoneName, nameServers: dns.nameServers.apply((servers) => [...servers]) } }),
    health: [],
  });
}

function authority({ certificateAuthority }: Pick<EventStream, "certificateAuthority">) {
  return certificateAuthority === undefined ? {} : { certificateAuthority };
}

/** The host of the registry, which is the first part of every repository's address. */
function registryHost({ repositoryUrls }: NonNullable<Site["images"]>): Input<string> {
  const [first] = Object.values(repositoryUrls);
  if (first === undefined) throw new Error("a registry without repositories has no address");
  return first.apply((url) => url.split("/")[0] ?? url);
}
