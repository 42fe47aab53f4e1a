import { z } from "zod";
import { holdsRecords, isForGood, isGiven, isWord, naming } from "../../checks/azure";
import { isInternet, SENSITIVE_PORTS } from "../../checks/networks";
import { regionOf } from "../../checks/regions";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Inputs, type Judge, type Rule } from "../../model/rule";
import { undecided } from "../../model/view";
import type { ResourceType } from "../../types";

const LEARN = "https://learn.microsoft.com/azure";

const NETWORK = "azure-native:network:VirtualNetwork";
const SUBNET = "azure-native:network:Subnet";
const GROUP = "azure-native:network:NetworkSecurityGroup";
const TABLE = "azure-native:network:RouteTable";
const ROUTE = "azure-native:network:Route";
const NAT = "azure-native:network:NatGateway";
const FLOW_LOG = "azure-native:network:FlowLog";
const ENDPOINT = "azure-native:network:PrivateEndpoint";
const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POOL = "azure-native:containerservice:AgentPool";

const OTHERS = [
  "azure-native:keyvault:Vault",
  "azure-native:redis:Redis",
  "azure-native:redisenterprise:RedisEnterprise",
  "azure-native:cosmosdb:DatabaseAccount",
  "azure-native:mongocluster:MongoCluster",
  "azure-native:containerregistry:Registry",
  "azure-native:machinelearningservices:Workspace",
] as const satisfies readonly ResourceType[];

/** What must be reached by private endpoints, and what else they lead to. */
const REACHED = [
  "azure-native:storage:StorageAccount",
  "azure-native:dbforpostgresql:Server",
  ...OTHERS,
] as const satisfies readonly ResourceType[];
const LINKED: readonly ResourceType[] = [...REACHED, "azure-native:web:WebApp"];

export const azureNetworkRules: readonly Rule[] = [
  graphRule({
    id: "az-subnet-nsg",
    title: "Every subnet has a security group",
    severity: "critical",
    controls: { iso27001: ["A.8.20", "A.8.22"], soc2: ["CC6.6"] },
    why: "Without a security group every machine of the network, and of those joined to it, reaches every port in the subnet.",
    remedy: {
      text: "Give the subnet a security group.",
      example: 'new network.Subnet("nodes", { networkSecurityGroup: { id: rules.id }, … })',
    },
    source: `${LEARN}/virtual-network/network-security-groups-overview`,
    types: [SUBNET, NETWORK],
    check: (graph, judge) => {
      eachSubnet(graph, judge, ({ node, within, read }, expect) => {
        expect(`${within}networkSecurityGroup`, "is missing: nothing filters what reaches the subnet", () => {
          return isGiven(graph, node, `${within}networkSecurityGroup.id`, GROUP) || isReserved(read());
        });
      });
    },
  }),
  resourceRule({
    id: "az-subnet-no-default-outbound",
    title: "Machines have no way to the internet that nobody made",
    severity: "high",
    controls: { iso27001: ["A.8.22"] },
    why: "Azure gives machines of such a subnet an address of its own to leave by: it passes no NAT gateway, and nobody can list it.",
    remedy: {
      text: "Set defaultOutboundAccess to false when the subnet is made, and attach a NAT gateway where machines must go out.",
      example: 'new network.Subnet("nodes", { defaultOutboundAccess: false, natGateway: { id: nat.id }, … })',
    },
    source: `${LEARN}/virtual-network/ip-services/default-outbound-access`,
    on: {
      [SUBNET]: (subnet, expect) => {
        expectNoDefaultOutbound("", () => subnet, expect);
      },
      [NETWORK]: (network, expect) => {
        for (let index = 0; index < (network.subnets?.length ?? 0); index += 1) {
          expectNoDefaultOutbound(`subnets[${String(index)}].`, () => network.subnets?.[index] ?? {}, expect);
        }
      },
    },
  }),
  resourceRule({
    id: "az-nsg-no-any-inbound",
    title: "Security groups let nobody from the internet in to log-ins and stores",
    severity: "critical",
    controls: {
      cis: ["Azure 4.0 8.2"],
      iso27001: ["A.8.14", "A.8.20"],
      soc2: ["CC6.6"],
      hipaa: ["164.312(e)(1)"],
      pciDss: ["1.2.5"],
    },
    why: "Ports of log-ins and databases that everybody reaches are found and tried within minutes.",
    remedy: {
      text: "Name the ranges that may come in, or reach machines by Azure Bastion.",
      example: 'securityRules: [{ sourceAddressPrefix: "10.64.0.0/18", destinationPortRange: "5432", … }]',
    },
    source: `${LEARN}/virtual-network/network-security-groups-overview`,
    on: {
      [GROUP]: (group, expect) => {
        for (let index = 0; index < (group.securityRules?.length ?? 0); index += 1) {
          expectClosed(`securityRules[${String(index)}].`, () => group.securityRules?.[index] ?? {}, expect);
        }
      },
      "azure-native:network:SecurityRule": (rule, expect) => {
        expectClosed("", () => rule, expect);
      },
    },
  }),
  graphRule({
    id: "az-nsg-flow-logs",
    title: "Flows of networks are recorded, and kept for long enough",
    severity: "medium",
    controls: {
      cis: ["Azure 4.0 8.5", "Azure 4.0 8.8"],
      iso27001: ["A.8.15", "A.8.20"],
      soc2: ["CC7.2", "CC7.3"],
      hipaa: ["164.312(b)"],
      pciDss: ["10.2.1"],
    },
    // Of networks, not of security groups: of those no new ones can be made, and the old ones end on 2027-09-30.
    // https://azure.microsoft.com/updates?id=Azure-NSG-flow-logs-Retirement
    why: "Without records of flows nobody can tell afterwards what an intruder reached, and what left the network.",
    remedy: {
      text: "Make a flow log of the virtual network that keeps its records for 90 days or more.",
      example:
        'new network.FlowLog("flows", { targetResourceId: net.id, enabled: true, retentionPolicy: { enabled: true, days: 90 }, … })',
    },
    source: `${LEARN}/network-watcher/vnet-flow-logs-overview`,
    settings: z.object({
      minimumDays: z
        .int()
        .min(1)
        .max(365)
        .default(90)
        .describe("Days that records of flows are kept, at least, in stacks of the classes production and recovery."),
    }),
    types: [NETWORK, FLOW_LOG],
    check: (graph, judge, { stack, settings }) => {
      judge.each(graph.all(NETWORK), (network, expect) => {
        expect(
          "",
          "has no flow log",
          () => naming(graph, FLOW_LOG, "targetResourceId", network, [NETWORK, SUBNET, GROUP]).length > 0,
        );
      });
      judge.each(graph.all(FLOW_LOG), ({ props }, expect) => {
        expect("enabled", "records nothing", () => props.enabled === true);
        expect("enabledFilteringCriteria", "leaves flows out of the record", () => !props.enabledFilteringCriteria);
        expect("retentionPolicy.days", `keeps records for less than ${String(settings.minimumDays)} days`, () => {
          // Without a policy, and with 0 days, records stay until somebody deletes them.
          const { enabled, days = 0 } = props.retentionPolicy ?? {};
          return !isForGood(stack) || enabled !== true || days === 0 || days >= settings.minimumDays;
        });
      });
    },
  }),
  graphRule({
    id: "az-db-subnet-isolated",
    title: "Subnets of databases have no way to the internet",
    severity: "critical",
    controls: { iso27001: ["A.8.22"], soc2: ["CC6.6"] },
    why: "What has taken over a database sends what it holds out over any way that there is.",
    remedy: {
      text: "Leave the NAT gateway and routes to the internet out of delegated subnets, and set defaultOutboundAccess to false.",
      example:
        'new network.Subnet("database", { defaultOutboundAccess: false, delegations: [{ serviceName: "Microsoft.DBforPostgreSQL/flexibleServers", … }], … })',
    },
    source: `${LEARN}/postgresql/network/concepts-networking-private`,
    starred: true,
    types: [SUBNET, NETWORK],
    check: (graph, judge) => {
      eachSubnet(graph, judge, ({ node, within, read }, expect) => {
        if (!isOfDatabases(read())) return;
        expect(`${within}natGateway`, "gives databases a way to the internet", () => {
          return !isGiven(graph, node, `${within}natGateway.id`, NAT);
        });
        expect(`${within}defaultOutboundAccess`, "lets databases out by an address of Azure's", () => {
          return read().defaultOutboundAccess === false;
        });
        for (const table of graph.to(node, `${within}routeTable.id`, TABLE)) {
          for (let index = 0; index < (table.props.routes?.length ?? 0); index += 1) {
            expect(`${within}routeTable`, `sends traffic straight to the internet by ${table.name}`, () => {
              return !leadsOut(table.props.routes?.[index] ?? {});
            });
          }
          for (const route of graph.from(ROUTE, "routeTableName", table)) {
            expect(`${within}routeTable`, `sends traffic straight to the internet by ${route.name}`, () => {
              return !leadsOut(route.props);
            });
          }
        }
      });
    },
  }),
  graphRule({
    id: "az-private-endpoints",
    title: "Stores are reached by private endpoints in their own region",
    severity: "high",
    controls: {
      cis: ["Azure 4.0 2.2.2.1", "Azure 4.0 9.3.8"],
      iso27001: ["A.8.14"],
      soc2: ["CC3.3"],
      hipaa: ["164.312(a)(1)"],
      pciDss: ["1.2.8"],
    },
    why: "A store without a private endpoint is reached by its public address, or through a region that may be down when it is needed.",
    remedy: {
      text: "Make a private endpoint of the store in a network of its region, and switch public access off.",
      example:
        'new network.PrivateEndpoint("vault", { privateLinkServiceConnections: [{ privateLinkServiceId: vault.id, groupIds: ["vault"], … }], … })',
    },
    source: `${LEARN}/private-link/private-endpoint-overview`,
    types: LINKED,
    check: (graph, judge) => {
      judge.each(graph.all("azure-native:storage:StorageAccount"), (account, expect) => {
        expectEndpoint(graph, account, expect, () => holdsRecords(graph, account));
      });
      judge.each(graph.all("azure-native:dbforpostgresql:Server"), (server, expect) => {
        // A server in a subnet of ours has an address of ours.
        expectEndpoint(graph, server, expect, () =>
          isGiven(graph, server, "network.delegatedSubnetResourceId", SUBNET),
        );
      });
      judge.each(graph.all(...OTHERS), (store, expect) => {
        expectEndpoint(graph, store, expect, () => false);
      });
      // Public access of accounts, vaults, caches and servers: rules of their own.
      const open = "lets the internet in past the private endpoint";
      judge.each(
        graph.all(
          "azure-native:cosmosdb:DatabaseAccount",
          "azure-native:containerregistry:Registry",
          "azure-native:machinelearningservices:Workspace",
          "azure-native:web:WebApp",
        ),
        ({ props }, expect) => {
          expect("publicNetworkAccess", open, () => isWord(props.publicNetworkAccess, "Disabled"));
        },
      );
      judge.each(graph.all("azure-native:mongocluster:MongoCluster"), ({ props }, expect) => {
        expect("properties.publicNetworkAccess", open, () => {
          return isWord(props.properties?.publicNetworkAccess, "Disabled");
        });
      });
    },
  }),
  graphRule({
    id: "az-natgw-zonal",
    title: "The loss of a zone takes the way out of no other zone",
    severity: "medium",
    controls: { iso27001: ["A.8.14"] },
    why: "A NAT gateway of the SKU Standard is in one zone, and in any where none is named: when that fails, machines behind it in other zones cannot go out either.",
    remedy: {
      text: "Give the machines of each zone a subnet and a NAT gateway in that zone, or take the SKU StandardV2, which is in all.",
      example: 'new network.NatGateway("nat-a", { zones: ["1"], … })',
    },
    source: `${LEARN}/nat-gateway/nat-availability-zones`,
    types: [NAT],
    check: (graph, judge, { stack }) => {
      judge.each(graph.all(NAT), (gateway, expect) => {
        expect("zones", "is not the one zone that all machines behind it are in", () => {
          if (isWord(gateway.props.sku?.name, "StandardV2")) return true;
          const machines = zonesBehind(graph, gateway);
          // A standby has one way out, as it has one region: it is the spare itself.
          if (machines.size > 1) return stack.class !== "production";
          const [zone] = machines;
          const own = gateway.props.zones ?? [];
          return zone === undefined || (own.length === 1 && own[0] === zone);
        });
      });
    },
  }),
  resourceRule({
    id: "az-vng-redundant",
    title: "Gateways to other networks outlive a zone and a machine",
    severity: "high",
    controls: { iso27001: ["A.8.14"] },
    why: "A gateway of one machine, or in one zone, takes the tunnels of the whole site with it; without BGP nothing turns traffic to the tunnels that are left.",
    remedy: {
      text: "Take a SKU that spans zones, two active machines, and BGP.",
      example:
        'new network.VirtualNetworkGateway("vpn", { sku: { name: "VpnGw2AZ", tier: "VpnGw2AZ" }, activeActive: true, enableBgp: true, … })',
    },
    source: `${LEARN}/vpn-gateway/about-gateway-skus`,
    on: {
      "azure-native:network:VirtualNetworkGateway": (gateway, expect, { stack }) => {
        // ExpressRoute has two machines and BGP whatever is asked for.
        const isSpared = () => stack.class === "development" || isWord(gateway.gatewayType, "ExpressRoute");
        expect("sku.name", "is in one zone", () => {
          return stack.class === "development" || /^\w+AZ$|^ErGwScale$/i.test(gateway.sku?.name ?? "");
        });
        expect("activeActive", "leaves one machine to carry all tunnels", () => {
          return gateway.activeActive === true || isSpared();
        });
        expect("enableBgp", "leaves nothing that turns traffic to tunnels that are up", () => {
          return gateway.enableBgp === true || isSpared();
        });
      },
    },
  }),
];

type InlineSubnet = NonNullable<Inputs<typeof NETWORK>["subnets"]>[number];

/** A subnet, as a resource of its own or written into its network. */
interface PlacedSubnet {
  readonly node: Node<typeof SUBNET | typeof NETWORK>;
  /** What its paths start with. */
  readonly within: string;
  readonly read: () => InlineSubnet;
}

function eachSubnet(graph: Graph, judge: Judge, check: (subnet: PlacedSubnet, expect: Expect) => void): void {
  judge.each(graph.all(SUBNET), (node, expect) => {
    check({ node, within: "", read: () => node.props }, expect);
  });
  judge.each(graph.all(NETWORK), (node) => {
    for (let index = 0; index < (node.props.subnets?.length ?? 0); index += 1) {
      judge.each([node], (_, expect) => {
        const within = `subnets[${String(index)}].`;
        check({ node, within, read: () => node.props.subnets?.[index] ?? {} }, expect);
      });
    }
  });
}

/**
 * Subnets that Azure keeps for machines of its own: some refuse a security group, and none holds a machine of ours.
 * https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq
 */
const RESERVED: ReadonlySet<string> = new Set([
  "azurebastionsubnet",
  "azurefirewallmanagementsubnet",
  "azurefirewallsubnet",
  "gatewaysubnet",
  "routeserversubnet",
]);

function isReserved({ subnetName, name }: InlineSubnet & { readonly subnetName?: string }): boolean {
  return RESERVED.has((subnetName ?? name ?? "").toLowerCase());
}

function isOfDatabases({ delegations = [] }: InlineSubnet): boolean {
  return delegations.some(({ serviceName }) => /^microsoft\.dbforpostgresql\//i.test(serviceName ?? ""));
}

function expectNoDefaultOutbound(within: string, read: () => InlineSubnet, expect: Expect): void {
  expect(`${within}defaultOutboundAccess`, "lets machines out to the internet by an address of Azure's", () => {
    return read().defaultOutboundAccess === false || isReserved(read());
  });
}

function leadsOut(route: { readonly addressPrefix?: string; readonly nextHopType?: string }): boolean {
  return isWord(route.nextHopType, "Internet") && isInternet(route.addressPrefix);
}

type SecurityRule = NonNullable<Inputs<typeof GROUP>["securityRules"]>[number];

function expectClosed(within: string, read: () => SecurityRule, expect: Expect): void {
  const open = "lets the internet in to ports of log-ins or stores";
  expect(`${within}sourceAddressPrefix`, open, () => {
    const rule = read();
    return !letsIn(rule) || !isAnybody(rule.sourceAddressPrefix);
  });
  expect(`${within}sourceAddressPrefixes`, open, () => {
    const rule = read();
    return !letsIn(rule) || !(rule.sourceAddressPrefixes ?? []).some(isAnybody);
  });
}

/** `AzureCloud` is every address of Azure, of all its customers. */
function isAnybody(source: string | undefined): boolean {
  return isInternet(source) || /^azurecloud(\.|$)/i.test(source ?? "");
}

/** Whether a rule opens a port of log-ins or stores to somebody. */
function letsIn(rule: SecurityRule): boolean {
  if (!isWord(rule.access, "Allow") || !isWord(rule.direction, "Inbound")) return false;
  // What has no ports opens none.
  if (["icmp", "ah", "esp"].includes(rule.protocol?.toLowerCase() ?? "*")) return false;
  return [rule.destinationPortRange, ...(rule.destinationPortRanges ?? [])].some(
    (range) => range !== undefined && isSensitive(range),
  );
}

function isSensitive(range: string): boolean {
  if (range === "*") return true;
  const [from = 0, to = from] = range.split("-").map(Number);
  return [...SENSITIVE_PORTS.keys()].some((port) => from <= port && port <= to);
}

/** What an endpoint leads to: by itself, or once somebody has agreed to it. */
const CONNECTIONS = [
  "privateLinkServiceConnections[*].privateLinkServiceId",
  "manualPrivateLinkServiceConnections[*].privateLinkServiceId",
] as const;

function expectEndpoint(graph: Graph, store: Node, expect: Expect, isSpared: () => boolean): void {
  const endpoints = () => CONNECTIONS.flatMap((path) => naming(graph, ENDPOINT, path, store, LINKED));
  expect("", "has no private endpoint", () => anyOf([() => endpoints().length > 0, isSpared], (fact) => fact()));
  expect("", "has private endpoints in other regions alone", () => {
    return anyOf([isSpared, () => isInOwnRegion(store, endpoints())], (fact) => fact());
  });
}

/** Whether one of the endpoints of a store, if it has any, is in its region. */
function isInOwnRegion(store: Node, endpoints: readonly Node[]): boolean {
  if (endpoints.length === 0) return true;
  const own = regionOf(store) ?? undecided("location", "is not said, so the resource group's counts");
  return endpoints.some((endpoint) => regionOf(endpoint) === own);
}

/** Zones of the machines that go out by a gateway. */
function zonesBehind(graph: Graph, gateway: Node<typeof NAT>): ReadonlySet<string> {
  const subnets = graph.from(SUBNET, "natGateway.id", gateway);
  if (graph.from(NETWORK, "subnets[*].natGateway.id", gateway).length > 0) {
    undecided("", "serves subnets that are written into their network: machines in them cannot be told");
  }
  const zones = new Set<string>();
  for (const subnet of subnets) {
    for (const pool of graph.from(POOL, "vnetSubnetID", subnet)) {
      for (const zone of pool.props.availabilityZones ?? []) zones.add(zone);
    }
    for (const cluster of graph.from(CLUSTER, "agentPoolProfiles[*].vnetSubnetID", subnet)) {
      (cluster.props.agentPoolProfiles ?? []).forEach((pool, index) => {
        const { nodes } = graph.references(cluster, `agentPoolProfiles[${String(index)}].vnetSubnetID`, SUBNET);
        if (nodes.includes(subnet)) for (const zone of pool.availabilityZones ?? []) zones.add(zone);
      });
    }
  }
  return zones;
}
