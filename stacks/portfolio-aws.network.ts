import { Gateway } from "../components/aws/gateway";
import type { Account } from "../components/aws/account";
import { AdoptedCluster } from "../components/aws/adopted-cluster";
import { DnsZone } from "../components/aws/dns-zone";
import { ServiceEndpoints } from "../components/aws/service-endpoints";
import { loadBalancerControllerWebhookPort } from "../components/kubernetes/load-balancer-controller";
import type { Protection } from "../components/planning/protection";
import { linkedSites, siteRanges } from "../components/planning/site-plan";
import type { PortfolioAwsConfig } from "../config/schema/portfolio-aws";
import { layFoundation } from "./aws-foundation";
import { aclNeeds, securityGroupNeeds, storeLogGroups } from "./portfolio-aws.parts";
import type { AwsProviders } from "./providers-aws";

export interface GroundArgs {
  readonly config: PortfolioAwsConfig;
  readonly account: Account;
  readonly prefix: string;
  readonly protection: Protection;
  readonly providers: AwsProviders;
}

export type Ground = ReturnType<typeof layGround>;

/** What everything else of the site stands on: keys, network, filters, private ways to services, the ways out and in. */
export function layGround({ config, account, prefix, protection, providers: { aws } }: GroundArgs) {
  const onAws = { providers: { aws } };
  const linked = config.gateway === "create" ? linkedSites(config.site) : [];
  const adopted: { cluster?: AdoptedCluster } = {};
  const foundation = layFoundation({
    account,
    prefix,
    clusterName: config.cluster.name,
    network: config.network,
    adoptedKeys: config.keys,
    security: {
      podPorts: [],
      // Those of the platform layer answer on the kubelet's port, which is open already.
      webhookPorts: [loadBalancerControllerWebhookPort],
      groups: securityGroupNeeds(config),
      linked,
    },
    adoptedNodes:
      config.cluster.mode === "adopt"
        ? (network) => {
            const { name, version, access } = config.cluster;
            adopted.cluster = new AdoptedCluster(
              "cluster",
              { region: config.region, clusterName: name, version, apiAccess: access, network },
              onAws,
            );
            return adopted.cluster.securityGroupId;
          }
        : undefined,
    aclNeeds: aclNeeds(config),
    logGroups: storeLogGroups(config, prefix),
    protection,
    aws,
  });
  const { network, securityGroups } = foundation;
  const hasAddresses = config.serviceEndpoints.length > 0;
  // Routes of an adopted network are its owner's, unless services are asked for.
  const serviceEndpoints =
    hasAddresses || config.network.adopt === undefined
      ? new ServiceEndpoints(
          "service-endpoints",
          {
            account,
            prefix,
            network,
            ...(hasAddresses
              ? { services: config.serviceEndpoints, securityGroupId: securityGroups.idOf("endpoints") }
              : { services: [] }),
          },
          onAws,
        )
      : undefined;
  const gateway =
    config.gateway === "create"
      ? new Gateway(
          "gateway",
          {
            prefix,
            region: config.region,
            network,
            asn: siteRanges(config.site).asn,
            linked,
          },
          onAws,
        )
      : undefined;
  return {
    ...foundation,
    serviceEndpoints,
    gateway,
    dns: dnsZone(config, protection, onAws),
    adoptedCluster: adopted.cluster,
  };
}

function dnsZone(
  { dns: { mode, name, zoneId } }: PortfolioAwsConfig,
  protection: Protection,
  opts: ConstructorParameters<typeof DnsZone>[2],
): DnsZone | undefined {
  if (mode === "skip" || name === undefined) return undefined;
  return new DnsZone("dns", { zoneName: name, mode, ...(zoneId === undefined ? {} : { zoneId }), protection }, opts);
}
