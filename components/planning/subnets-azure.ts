import { format, part, range } from "./cidr";

/**
 * Subnets of a site on Azure. Each spans the zones of its region. All of them are in the plan whether they are made or not, so
 * that one that comes moves no other.
 */
export const azureSubnets = [
  "nodes",
  "ingress",
  "database",
  "gateway",
  "api-server",
  "bastion",
  "endpoints",
  "functions",
  "runners",
] as const;

export type AzureSubnet = (typeof azureSubnets)[number];

/** Those that only some sites have. */
export const optionalAzureSubnets = ["gateway", "bastion", "functions"] as const satisfies readonly AzureSubnet[];

export type OptionalAzureSubnet = (typeof optionalAzureSubnets)[number];

/** Where a subnet lies: a part of the lower half, or of one of the eight slots of the upper half. */
interface Place {
  readonly slot: "lower" | number;
  /** How much longer its prefix is than that of the half or slot. */
  readonly deeper: number;
  readonly index: number;
}

/**
 * The lower half is the nodes', and pods have addresses of their own. Slots are those of the other clouds' tiers: 0 is public, 1
 * database, 2 the ways to other sites. Smallest sizes, in a /16: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub
 * (/27), https://learn.microsoft.com/azure/bastion/configuration-settings#subnet (/26),
 * https://learn.microsoft.com/azure/aks/api-server-vnet-integration (/28),
 * https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private (/28).
 */
const places = {
  nodes: { slot: "lower", deeper: 1, index: 0 },
  ingress: { slot: 0, deeper: 0, index: 0 },
  database: { slot: 1, deeper: 0, index: 0 },
  gateway: { slot: 2, deeper: 7, index: 0 },
  "api-server": { slot: 2, deeper: 7, index: 1 },
  bastion: { slot: 2, deeper: 6, index: 1 },
  endpoints: { slot: 3, deeper: 0, index: 0 },
  functions: { slot: 4, deeper: 0, index: 0 },
  runners: { slot: 5, deeper: 0, index: 0 },
} as const satisfies Record<AzureSubnet, Place>;

/** The only size of network that the plan has room in. */
const azureNetworkPrefix = 16;

/**
 * The range of each subnet of a network.
 *
 * @throws RangeError when the network is not a /16.
 */
export function azureSubnetPlan(network: string): Readonly<Record<AzureSubnet, string>> {
  const whole = range(network);
  if (whole.prefix !== azureNetworkPrefix) {
    throw new RangeError(`${network} is no /${String(azureNetworkPrefix)}: give the network a range of that size`);
  }
  const planned = (subnet: AzureSubnet): string => {
    const { slot, deeper, index }: Place = places[subnet];
    const outer =
      slot === "lower"
        ? part(whole, whole.prefix + 1, 0)
        : part(part(whole, whole.prefix + 1, 1), whole.prefix + 4, slot);
    return format(part(outer, outer.prefix + deeper, index));
  };
  return {
    nodes: planned("nodes"),
    ingress: planned("ingress"),
    database: planned("database"),
    gateway: planned("gateway"),
    "api-server": planned("api-server"),
    bastion: planned("bastion"),
    endpoints: planned("endpoints"),
    functions: planned("functions"),
    runners: planned("runners"),
  };
}

/** Names that Azure demands of some subnets; the others are called as they are here. */
const givenNames: Readonly<Partial<Record<AzureSubnet, string>>> = {
  gateway: "GatewaySubnet",
  bastion: "AzureBastionSubnet",
};

export function azureSubnetName(subnet: AzureSubnet): string {
  return givenNames[subnet] ?? subnet;
}

/** Services that a subnet is given over to, so that nothing else can be put there. */
export const subnetDelegations: Readonly<Partial<Record<AzureSubnet, string>>> = {
  database: "Microsoft.DBforPostgreSQL/flexibleServers",
  "api-server": "Microsoft.ContainerService/managedClusters",
  // Flex Consumption: https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#enable-virtual-network-integration
  functions: "Microsoft.App/environments",
};

/** Subnets whose machines may dial out to the internet; they do so by the NAT gateway alone. */
export const outboundSubnets: readonly AzureSubnet[] = ["nodes", "functions", "runners"];

/** Zones of the private endpoints' names, by what is reached: https://learn.microsoft.com/azure/private-link/private-endpoint-dns */
const privateZones = {
  vault: "privatelink.vaultcore.azure.net",
  registry: "privatelink.azurecr.io",
  blob: "privatelink.blob.core.windows.net",
  dfs: "privatelink.dfs.core.windows.net",
  queue: "privatelink.queue.core.windows.net",
  table: "privatelink.table.core.windows.net",
  file: "privatelink.file.core.windows.net",
  redis: "privatelink.redis.azure.net",
  cosmos: "privatelink.documents.azure.com",
  documents: "privatelink.mongocluster.cosmos.azure.com",
  functions: "privatelink.azurewebsites.net",
  "machine-learning": "privatelink.api.azureml.ms",
  notebooks: "privatelink.notebooks.azure.net",
} as const;

export type PrivateZoneId = keyof typeof privateZones | "postgres";

export const privateZoneIds = [...(Object.keys(privateZones) as (keyof typeof privateZones)[]), "postgres"] as const;

/**
 * The name of a private zone. PostgreSQL servers in a subnet have no private endpoint; the zone of their names has to end as
 * they do. https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private#use-a-private-dns-zone
 */
export function privateZoneName(id: PrivateZoneId, prefix: string): string {
  return id === "postgres" ? `${prefix}.private.postgres.database.azure.com` : privateZones[id];
}
