import type { Output } from "@pulumi/pulumi";

/** Tiers of a site's network: who may sit there, and what it can reach. */
export type Tier = "public" | "private" | "database";

/** The virtual network of a site. */
export interface Network {
  readonly networkId: Output<string>;
  /** IPv4 range of the whole network. */
  readonly cidr: string;
  /** Zones in the order of the configuration; every list of subnets follows it. */
  readonly zones: readonly string[];
  /** One subnet per zone in each tier. */
  readonly subnetIds: Readonly<Record<Tier, readonly Output<string>[]>>;
}

/** Where tunnels to other sites end. */
export interface NetworkGateway {
  /** The cloud's own name of the gateway. */
  readonly gatewayId: Output<string>;
  /** Autonomous system number that it speaks BGP with. */
  readonly asn: number;
}
