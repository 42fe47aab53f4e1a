import type { LinkedSite } from "./security-rules";
import type { AzureSubnet } from "./subnets-azure";

/** Groups of addresses that Azure keeps: https://learn.microsoft.com/azure/virtual-network/service-tags-overview */
export type ServiceTag =
  | "AzureActiveDirectory"
  | "AzureCloud"
  | "AzureLoadBalancer"
  | "GatewayManager"
  | "Internet"
  | "Storage"
  | "VirtualNetwork";

/** The other end of a rule: a subnet, the pods, everybody, a tag of Azure, or all addresses of another site. */
export type AzurePeer = AzureSubnet | "pods" | "anywhere" | ServiceTag | LinkedSite;

/** One rule of a subnet's network security group. */
export interface AzureSecurityRule {
  /** Name of the rule, which stays. */
  readonly id: string;
  readonly subnet: GuardedSubnet;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly protocol: "Tcp" | "Udp" | "*";
  /** Ports of the destination, `443` or `30000-32767`; `*` is all. */
  readonly ports: readonly string[];
  readonly peer: AzurePeer;
  /** What of the subnet's own end the rule is about. Default: the subnet, and with it its pods. */
  readonly own?: "anywhere" | "VirtualNetwork" | "ingress";
  /** Why the rule exists: its description, at most 140 characters. */
  readonly reason: string;
}

/** Subnets with a network security group. That of a gateway must have none: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub */
export type GuardedSubnet = Exclude<AzureSubnet, "gateway">;

/** What a stack asks of the rules beyond those that every site has. */
export interface AzureSecurityNeeds {
  /** Other sites, which are reached through tunnels. */
  readonly linked: readonly LinkedSite[];
  /** Who may open HTTP and HTTPS at the cluster's load balancers: everybody, or the network and the linked sites alone. */
  readonly ingress: "internet" | "private";
}

/**
 * Ports behind private endpoints: HTTPS, Azure Managed Redis (https://learn.microsoft.com/azure/redis/architecture) and Azure
 * DocumentDB (https://learn.microsoft.com/azure/documentdb/security).
 */
const endpointPorts = ["443", "10000", "10260"];

/** PostgreSQL and its built-in PgBouncer. */
const postgresPorts = ["5432", "6432"];

type Row = Omit<AzureSecurityRule, "access">;

const clients = ["nodes", "functions", "runners"] as const;

/**
 * What is behind the cluster's load balancers on private addresses: HTTPS, AMQP over TLS, Kafka. What comes by them reaches the nodes
 * with the address that was asked for, one of the subnet `ingress`:
 * https://learn.microsoft.com/azure/load-balancer/load-balancer-floating-ip
 */
const balancedPorts = ["443", "5671", "9094"];

/** Rules that every site has; whatever no row allows is denied. */
const rows: readonly Row[] = [
  // Pods keep their own addresses on the way between nodes: https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
  row("nodes", "nodes-in", "Inbound", "*", ["*"], "nodes", "Nodes among themselves and to pods"),
  row("nodes", "pods-in", "Inbound", "*", ["*"], "pods", "Pods of different nodes among themselves"),
  row("nodes", "api-server-in", "Inbound", "*", ["*"], "api-server", "API server to kubelets and to webhooks in pods"),
  row("nodes", "probes-in", "Inbound", "*", ["*"], "AzureLoadBalancer", "Health probes of load balancers"),
  ...(["functions", "runners"] as const).map((client) =>
    row(
      "nodes",
      `${client}-in`,
      "Inbound",
      "Tcp",
      balancedPorts,
      client,
      `HTTPS and brokers from ${client}, by load balancers`,
      "ingress",
    ),
  ),
  // https://learn.microsoft.com/azure/aks/api-server-vnet-integration
  row("api-server", "nodes-in", "Inbound", "Tcp", ["443", "4443"], "nodes", "Nodes to the API server"),
  row("api-server", "runners-in", "Inbound", "Tcp", ["443"], "runners", "Runners to the API server"),
  row("api-server", "bastion-in", "Inbound", "Tcp", ["443"], "bastion", "Tunnels of Azure Bastion to the API server"),
  row("api-server", "probes-in", "Inbound", "Tcp", ["9988"], "AzureLoadBalancer", "Health probes of the API server"),
  ...clients.map((client) =>
    row("database", `${client}-in`, "Inbound", "Tcp", postgresPorts, client, `PostgreSQL from ${client}`),
  ),
  // What high availability, archives and log-in need: https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private
  // The key of the site is no way out of here: the storage under the server uses it, and the vault lets services of Azure in.
  // https://learn.microsoft.com/azure/postgresql/security/security-data-encryption
  row("database", "self-in", "Inbound", "Tcp", postgresPorts, "database", "Servers and their standbys"),
  row("database", "self-out", "Outbound", "Tcp", postgresPorts, "database", "Servers and their standbys"),
  row("database", "storage-out", "Outbound", "Tcp", ["443"], "Storage", "Archive of the write-ahead log"),
  row("database", "log-in-out", "Outbound", "Tcp", ["443"], "AzureActiveDirectory", "Log-in by Microsoft Entra"),
  ...clients.map((client) =>
    row("endpoints", `${client}-in`, "Inbound", "Tcp", endpointPorts, client, `Private endpoints from ${client}`),
  ),
  // All of them or none, or the bastion gets no updates: https://learn.microsoft.com/azure/bastion/bastion-nsg
  row(
    "bastion",
    "clients-in",
    "Inbound",
    "Tcp",
    ["443"],
    "Internet",
    "Clients, whom Microsoft Entra lets in",
    "anywhere",
  ),
  row("bastion", "control-in", "Inbound", "Tcp", ["443"], "GatewayManager", "Control plane of Azure", "anywhere"),
  row("bastion", "probes-in", "Inbound", "Tcp", ["443"], "AzureLoadBalancer", "Health probes", "anywhere"),
  row("bastion", "self-in", "Inbound", "*", ["8080", "5701"], "VirtualNetwork", "Its hosts", "VirtualNetwork"),
  row("bastion", "self-out", "Outbound", "*", ["8080", "5701"], "VirtualNetwork", "Its hosts", "VirtualNetwork"),
  row("bastion", "machines-out", "Outbound", "*", ["22", "3389"], "VirtualNetwork", "Machines", "anywhere"),
  row("bastion", "api-server-out", "Outbound", "Tcp", ["443"], "api-server", "API server", "anywhere"),
  row("bastion", "azure-out", "Outbound", "Tcp", ["443"], "AzureCloud", "Logs and keys of Azure", "anywhere"),
  row("bastion", "sessions-out", "Outbound", "*", ["80"], "Internet", "Certificates and session checks", "anywhere"),
];

/** Subnets that say which ways out they have; from the others the network, linked sites and the internet can be reached. */
const closedOutwards: readonly GuardedSubnet[] = ["database", "endpoints", "bastion"];

const guarded: readonly GuardedSubnet[] = [
  "nodes",
  "ingress",
  "database",
  "api-server",
  "bastion",
  "endpoints",
  "functions",
  "runners",
];

function row(
  subnet: GuardedSubnet,
  id: string,
  direction: Row["direction"],
  protocol: Row["protocol"],
  ports: readonly string[],
  peer: AzurePeer,
  reason: string,
  own?: Row["own"],
): Row {
  return { id, subnet, direction, protocol, ports, peer, reason, ...(own === undefined ? {} : { own }) };
}

/** Rules that open something to other sites: databases that replicate, brokers that are mirrored, runners that update this site. */
function linkedRows({ site, block }: LinkedSite): readonly Row[] {
  const peer = { site, block };
  return [
    row("database", `from-${site}`, "Inbound", "Tcp", ["5432"], peer, `Replication from ${site}`),
    row("database", `to-${site}`, "Outbound", "Tcp", ["5432"], peer, `Subscriptions to databases of ${site}`),
    row("api-server", `from-${site}`, "Inbound", "Tcp", ["443"], peer, `Runners of ${site} to the API server`),
    row(
      "nodes",
      `from-${site}`,
      "Inbound",
      "Tcp",
      balancedPorts,
      peer,
      `HTTPS and brokers from ${site}, by load balancers`,
      "ingress",
    ),
    row("endpoints", `from-${site}`, "Inbound", "Tcp", endpointPorts, peer, `Private endpoints from ${site}`),
  ];
}

const internetRows: readonly Row[] = [
  // The load balancer leaves the address that was asked for in place, so that the rule cannot name the subnet.
  row("nodes", "http", "Inbound", "Tcp", ["80"], "Internet", "HTTP by the cluster's load balancers", "anywhere"),
  row("nodes", "https", "Inbound", "Tcp", ["443"], "Internet", "HTTPS by the cluster's load balancers", "anywhere"),
];

/** The rules of every subnet, in the order of their priorities; the last of each direction denies the rest. */
export function azureSecurityRules({ linked, ingress }: AzureSecurityNeeds): readonly AzureSecurityRule[] {
  const allowed = [...rows, ...linked.flatMap(linkedRows), ...(ingress === "internet" ? internetRows : [])].map(
    (rule): AzureSecurityRule => ({ ...rule, access: "Allow" }),
  );
  const deny = (subnet: GuardedSubnet, direction: AzureSecurityRule["direction"], id: string): AzureSecurityRule => ({
    ...row(subnet, id, direction, "*", ["*"], "anywhere", "Whatever no other rule allows", "anywhere"),
    access: "Deny",
  });
  return [
    ...allowed,
    // Without it Azure lets the whole network and all that is linked to it in.
    ...guarded.map((subnet) => deny(subnet, "Inbound", "deny-in")),
    ...closedOutwards.map((subnet) => deny(subnet, "Outbound", "deny-out")),
  ];
}

/** Priorities of Azure: 100 comes first, 4096 last. https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview */
const firstPriority = 100;
const lastPriority = 4096;
const step = 10;

/** A rule with the priority that its place in the list gives it. */
export interface OrderedRule extends AzureSecurityRule {
  readonly priority: number;
}

/** Rules of one subnet with priorities: those that allow from 100 on in steps of ten, the one that denies at the end. */
export function orderedRules(rules: readonly AzureSecurityRule[], subnet: GuardedSubnet): readonly OrderedRule[] {
  const own = rules.filter((rule) => rule.subnet === subnet);
  return (["Inbound", "Outbound"] as const).flatMap((direction) =>
    own
      .filter((rule) => rule.direction === direction)
      .map((rule, index) => ({
        ...rule,
        priority: rule.access === "Deny" ? lastPriority : firstPriority + index * step,
      })),
  );
}
