import { contains, format, part, range } from "./cidr";

/**
 * What each site of the portfolio has of the one address plan. A site's block and number are for ever: all its ranges follow
 * from them, so a site that comes or goes moves no other.
 *
 * Every site has a /12 of 10.0.0.0/8. Block 0 stays free: networks of other owners like to lie there.
 */
const sites = {
  dev: { block: 1, asn: 64_516 },
  prod: { block: 2, asn: 64_512 },
  "prod-gcp": { block: 3, asn: 64_514 },
  // 65515 is what a gateway of Azure takes by itself, and its peers must not.
  // https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-bgp-overview
  dr: { block: 4, asn: 65_010 },
} as const satisfies Record<string, { block: number; asn: number }>;

export type SiteName = keyof typeof sites;

export const siteNames = Object.keys(sites) as readonly SiteName[];

/** Ranges and number of one site. */
export interface SiteRanges {
  /** All of the site: what other sites route to it. /12. */
  readonly block: string;
  /** The virtual network. /16, the most that AWS gives a VPC. */
  readonly network: string;
  /** Addresses of Services, known inside the cluster only. /16, the most that GKE takes. */
  readonly services: string;
  /** Managed services that bring a network of their own, as private services access of Google Cloud does. /16. */
  readonly privateServices: string;
  /** Pods, where they do not have addresses of the virtual network. /14: 1,024 nodes with 110 pods each. */
  readonly pods: string;
  /** Autonomous system number of the site's gateway, private: 64512 to 65534. */
  readonly asn: number;
}

/** Sites between which tunnels run: every two that replicate to each other. */
const links = [
  ["prod", "prod-gcp"],
  ["prod", "dr"],
  ["prod-gcp", "dr"],
] as const satisfies readonly (readonly [SiteName, SiteName])[];

const all = range("10.0.0.0/8");

/** The ranges of a site. Eight of the sixteen /16 of its block stay free. */
export function siteRanges(site: SiteName): SiteRanges {
  const { block: index, asn } = sites[site];
  const block = part(all, 12, index);
  return {
    block: format(block),
    network: format(part(block, 16, 0)),
    services: format(part(block, 16, 1)),
    privateServices: format(part(block, 16, 2)),
    pods: format(part(block, 14, 1)),
    asn,
  };
}

/** The site whose block holds a range; `undefined` for a range of nobody. */
export function siteOf(cidr: string): SiteName | undefined {
  const inner = range(cidr);
  return siteNames.find((site) => contains(range(siteRanges(site).block), inner));
}

/** Sites that a site has tunnels to, with all of their addresses. */
export function linkedSites(site: SiteName): readonly { readonly site: SiteName; readonly block: string }[] {
  return links
    .flatMap((pair) => {
      const [a, b] = pair;
      return a === site ? [b] : b === site ? [a] : [];
    })
    .map((other) => ({ site: other, block: siteRanges(other).block }));
}

/** Inner ranges of a pair's tunnels, /30 each: the first host is the first site's, the second the other's. */
export interface TunnelRanges {
  readonly sites: readonly [SiteName, SiteName];
  readonly inside: readonly [string, string, string, string];
}

/**
 * Four tunnels for each pair, as the availability promises of AWS and Google Cloud ask for.
 *
 * Azure accepts inner addresses of 169.254.21.0 to 169.254.22.255 alone, which must differ among all peers of a gateway:
 * https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp
 * AWS keeps some ranges of 169.254.0.0/16 to itself, none of them here:
 * https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
 */
export const tunnelRanges: readonly TunnelRanges[] = [
  {
    sites: ["prod", "prod-gcp"],
    inside: ["169.254.32.0/30", "169.254.32.4/30", "169.254.33.0/30", "169.254.33.4/30"],
  },
  {
    sites: ["prod", "dr"],
    inside: ["169.254.21.0/30", "169.254.22.0/30", "169.254.21.4/30", "169.254.22.4/30"],
  },
  {
    sites: ["prod-gcp", "dr"],
    inside: ["169.254.21.8/30", "169.254.22.8/30", "169.254.21.12/30", "169.254.22.12/30"],
  },
];
