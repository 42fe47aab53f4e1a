import { AdoptedNetwork } from "../components/azure/adopted-network";
import { Bastion } from "../components/azure/bastion";
import { DnsZone } from "../components/azure/dns-zone";
import { FlowLogs } from "../components/azure/flow-logs";
import { Gateway } from "../components/azure/gateway";
import { LogWorkspace } from "../components/azure/log-workspace";
import { Network, type AzureNetwork } from "../components/azure/network";
import type { Place } from "../components/azure/place";
import { PrivateDns } from "../components/azure/private-dns";
import { SiteKeys } from "../components/azure/site-keys";
import type { Protection } from "../components/planning/protection";
import { linkedSites, siteRanges } from "../components/planning/site-plan";
import type { PortfolioAzureConfig } from "../config/schema/portfolio-azure";
import { optionalSubnets, privateZones } from "./portfolio-azure.parts";
import type { AzureProviders } from "./providers-azure";

export interface GroundArgs {
  readonly config: PortfolioAzureConfig;
  readonly place: Place;
  readonly prefix: string;
  readonly protection: Protection;
  readonly providers: AzureProviders;
}

export type Ground = ReturnType<typeof layGround>;

/** What everything else of the site stands on: logs, network, private names, keys, the ways out and in. */
export function layGround(args: GroundArgs) {
  const { config, place, prefix, protection, providers } = args;
  const onAzure = { providers: { "azure-native": providers["azure-native"] } };
  const logs = new LogWorkspace("logs", { prefix, place, protection }, onAzure);
  const network = siteNetwork(args);
  const dns = new PrivateDns("private-dns", { prefix, place, network, zones: privateZones(config) }, onAzure);
  const keys = new SiteKeys(
    "keys",
    {
      prefix,
      place,
      network,
      dns,
      sku: config.vaults.keys,
      createMode: config.vaults.createMode,
      adopted: Object.fromEntries(
        Object.entries(config.keys).map(([purpose, { resourceGroup, vault, key }]) => [
          purpose,
          { groupName: resourceGroup, vaultName: vault, keyName: key },
        ]),
      ),
      logs,
      protection,
    },
    onAzure,
  );
  // Filters and flow logs of an adopted network are its owner's.
  if (config.network.adopt === undefined) {
    new FlowLogs("flow-logs", { prefix, place, network, keys, logs, protection }, onAzure);
  }
  const bastion =
    config.cluster.access === "bastion" ? new Bastion("bastion", { prefix, place, network, logs }, onAzure) : undefined;
  const gateway =
    config.gateway === "create"
      ? new Gateway("gateway", { prefix, place, network, asn: siteRanges(config.site).asn }, onAzure)
      : undefined;
  return { logs, network, privateDns: dns, keys, bastion, gateway, dns: dnsZone(args) };
}

function siteNetwork({ config, place, prefix, providers }: GroundArgs): AzureNetwork {
  const { zones, adopt } = config.network;
  const onAzure = { providers: { "azure-native": providers["azure-native"] } };
  if (adopt !== undefined) {
    const { resourceGroup, name, cidr, subnetNames } = adopt;
    return new AdoptedNetwork(
      "network",
      { groupName: resourceGroup, networkName: name, cidr, zones, subnetNames },
      onAzure,
    );
  }
  const { network: cidr, pods } = siteRanges(config.site);
  return new Network(
    "network",
    {
      prefix,
      place,
      cidr,
      podCidr: pods,
      zones,
      optional: optionalSubnets(config),
      security: { linked: config.gateway === "create" ? linkedSites(config.site) : [], ingress: "private" },
    },
    onAzure,
  );
}

function dnsZone({ config, place, protection, providers }: GroundArgs): DnsZone | undefined {
  const { mode, name, resourceGroup } = config.dns;
  if (mode === "skip" || name === undefined) return undefined;
  return new DnsZone(
    "dns",
    {
      place,
      zoneName: name,
      mode,
      ...(resourceGroup === undefined ? {} : { groupName: resourceGroup }),
      protection,
    },
    { providers: { "azure-native": providers["azure-native"] } },
  );
}
