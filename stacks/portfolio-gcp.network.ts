import { AdoptedNetwork } from "../components/gcp/adopted-network";
import { Bastion } from "../components/gcp/bastion";
import { DnsZone } from "../components/gcp/dns-zone";
import { Firewall } from "../components/gcp/firewall";
import { Gateway } from "../components/gcp/gateway";
import { Network, type GcpNetwork } from "../components/gcp/network";
import { NodeAccount } from "../components/gcp/node-account";
import type { Project } from "../components/gcp/project";
import { SiteKeys } from "../components/gcp/site-keys";
import type { Protection } from "../components/planning/protection";
import { siteRanges } from "../components/planning/site-plan";
import type { PortfolioGcpConfig } from "../config/schema/portfolio-gcp";
import { keyUsers } from "./portfolio-gcp.parts";
import type { GcpProviders } from "./providers-gcp";

export interface GroundArgs {
  readonly config: PortfolioGcpConfig;
  readonly project: Project;
  readonly prefix: string;
  /** Of what the provider does not give the stack's labels to. */
  readonly labels: Readonly<Record<string, string>>;
  readonly protection: Protection;
  readonly providers: GcpProviders;
}

export type Ground = ReturnType<typeof layGround>;

/** What everything else of the site stands on: keys, network, filters, the ways out and in. */
export function layGround(args: GroundArgs) {
  const { config, project, prefix, protection, providers } = args;
  const onGcp = { providers: { gcp: providers.gcp } };
  const ranges = siteRanges(config.site);
  const keys = new SiteKeys(
    "keys",
    { project, prefix, users: keyUsers(config), adopted: config.keys, protection },
    onGcp,
  );
  const network = siteNetwork(args);
  const nodeAccount = new NodeAccount("node-account", { project, prefix }, onGcp);
  const bastion =
    config.cluster.access === "bastion"
      ? new Bastion(
          "bastion",
          { project, prefix, network, operators: config.cluster.operators, keyId: keys.keyIds.data },
          onGcp,
        )
      : undefined;
  // The firewall of an adopted network is its owner's.
  if (config.network.adopt === undefined) {
    new Firewall(
      "firewall",
      {
        project,
        prefix,
        network,
        // Load balancers of the cluster are opened by GKE, to the ranges that each of them names.
        needs: { bastion: bastion === undefined ? "none" : "create" },
        accounts: {
          nodes: nodeAccount.email,
          ...(bastion === undefined ? {} : { bastion: bastion.accountEmail }),
        },
      },
      onGcp,
    );
  }
  const gateway =
    config.gateway === "create" ? new Gateway("gateway", { project, prefix, network, ranges }, onGcp) : undefined;
  return { keys, network, nodeAccount, bastion, gateway, dns: dnsZone(args) };
}

function siteNetwork({ config, project, prefix, providers: { gcp } }: GroundArgs): GcpNetwork {
  const { zones, natAddresses, adopt } = config.network;
  if (adopt === undefined) {
    return new Network(
      "network",
      { project, prefix, ranges: siteRanges(config.site), zones, natAddresses },
      { providers: { gcp } },
    );
  }
  const { network: networkName, ...rest } = adopt;
  return new AdoptedNetwork("network", { project, networkName, zones, ...rest }, { providers: { gcp } });
}

function dnsZone({ config, project, prefix, protection, providers: { gcp } }: GroundArgs): DnsZone | undefined {
  const { mode, name, zoneId } = config.dns;
  if (mode === "skip" || name === undefined) return undefined;
  const common = { project, zoneName: name };
  const onGcp = { providers: { gcp } };
  if (zoneId === undefined) return new DnsZone("dns", { ...common, mode: "create", prefix, protection }, onGcp);
  return new DnsZone("dns", { ...common, mode: "adopt", zoneId }, onGcp);
}
