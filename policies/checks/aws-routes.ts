import type { Graph, Node } from "../model/graph";
import { NOT_KNOWN_YET, undecided, Undecided } from "../model/view";
import { anyOf } from "./undecided";
import { attempt } from "./attempt";
import { prefixListBlocks } from "./aws-prefix-lists";
import { isInternet } from "./networks";
import { contains, rangeOf, type Range } from "./ranges";

/**
 * What a subnet can reach, and be reached by, by its routes.
 *
 * `public`: a route leads to a gateway of the internet. `private`: a default route leads out by something that lets nobody in.
 * `isolated`: no way to the internet.
 *
 * https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
 */
export type Tier = "public" | "private" | "isolated";

export type SubnetNode = Node<"aws:ec2/subnet:Subnet">;

/** A way to the internet that the route table of a subnet has. */
export interface WayOut {
  /** Route, or the table in which it is written. */
  readonly node: Node;
  /** Path of the route in its table; empty for a route that is a resource of its own. */
  readonly at: string;
  readonly tier: "public" | "private";
}

const VPC = "aws:ec2/vpc:Vpc";
const ROUTE = "aws:ec2/route:Route";
const TABLE = "aws:ec2/routeTable:RouteTable";
const DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const MAIN_ASSOCIATION = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation";
const INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";
const VPN_GATEWAY = "aws:ec2/vpnGateway:VpnGateway";

type Table = Node<typeof TABLE> | Node<typeof DEFAULT_TABLE> | Node<typeof VPC>;

/** What was found out about the subnets of a graph. */
interface Found {
  readonly tiers: Map<SubnetNode, Tier | Undecided>;
  /** Routes that are resources of their own, by table; `undefined`: of which table cannot be told. */
  readonly routes: ReadonlyMap<Table | undefined, readonly Node<typeof ROUTE>[]>;
}

const known = new WeakMap<Graph, Found>();

/** The tier of a subnet. Undecided where its routes cannot be told, as in a network of another stack. */
export function tierOf(graph: Graph, subnet: SubnetNode): Tier {
  const { tiers } = foundIn(graph);
  const tier = tiers.get(subnet) ?? attempt(() => tierByRoutes(graph, subnet));
  tiers.set(subnet, tier);
  if (tier instanceof Undecided) throw tier;
  return tier;
}

/** Whether a subnet has a route table of its own; else that of its VPC serves it, to which anybody may add a route. */
export function hasOwnTable(graph: Graph, subnet: SubnetNode): boolean {
  return graph.from(ASSOCIATION, "subnetId", subnet).length > 0;
}

/** The ways to the internet that a subnet is known to have. Undecided where it may have one and none is known. */
export function waysOut(graph: Graph, subnet: SubnetNode): readonly WayOut[] {
  const ways = waysOrDoubts(graph, subnet);
  const sure = ways.filter((way): way is WayOut => !(way instanceof Undecided));
  const [doubt] = ways;
  if (sure.length === 0 && doubt instanceof Undecided) throw doubt;
  return sure;
}

/** NAT gateways by which a subnet goes to the internet. Undecided where one is of another stack. */
export function natGatewaysOf(graph: Graph, subnet: SubnetNode): readonly Node<typeof NAT_GATEWAY>[] {
  // A way that cannot be told may go by another one.
  if (tierOf(graph, subnet) !== "private") return [];
  return waysOut(graph, subnet).flatMap(({ node, at }) => graph.to(node, pathOf(at, "natGatewayId"), NAT_GATEWAY));
}

/** Zone of a subnet. Undecided where the cloud chooses it and has not yet. */
export function zoneOf({ props, outputs: { availabilityZone: chosen } }: SubnetNode): string {
  const { availabilityZone = typeof chosen === "string" ? chosen : props.availabilityZoneId } = props;
  return availabilityZone ?? undecided("availabilityZone", NOT_KNOWN_YET);
}

function foundIn(graph: Graph): Found {
  const found = known.get(graph) ?? { tiers: new Map(), routes: routesByTable(graph) };
  known.set(graph, found);
  return found;
}

function tierByRoutes(graph: Graph, subnet: SubnetNode): Tier {
  const ways = waysOrDoubts(graph, subnet);
  if (ways.some((way) => !(way instanceof Undecided) && way.tier === "public")) return "public";
  const doubt = ways.find((way) => way instanceof Undecided);
  if (doubt !== undefined) throw doubt;
  return ways.length > 0 ? "private" : "isolated";
}

function waysOrDoubts(graph: Graph, subnet: SubnetNode): readonly (WayOut | Undecided)[] {
  const { routes } = foundIn(graph);
  const table = tableOf(graph, subnet);
  const inline = attempt(() => inlineRoutes(table));
  const ways = [
    ...(routes.get(table) ?? []).map((route) => attempt(() => wayOf(graph, route, ""))),
    ...(routes.get(undefined) ?? []).map((route) => attempt(() => unplacedWay(graph, route))),
    ...(inline instanceof Undecided ? [inline] : inline.map((at) => attempt(() => wayOf(graph, table, at)))),
  ].filter((way) => way !== undefined);
  return ways.length > 0 || !learnsRoutes(table)
    ? ways
    : [new Undecided("propagatingVgws", `${table.name} learns routes from a VPN`)];
}

/** A route of which the table cannot be told may be in any: there is no telling what it does, unless it leads nowhere. */
function unplacedWay(graph: Graph, route: Node<typeof ROUTE>): WayOut | undefined {
  const way = wayOf(graph, route, "");
  return way === undefined ? undefined : undecided("", `the table of ${route.name} ${NOT_KNOWN_YET}`);
}

/** The table that serves a subnet: its own, or the main one of its VPC, which the VPC stands for where nothing manages it. */
function tableOf(graph: Graph, subnet: SubnetNode): Table {
  const [association] = graph.from(ASSOCIATION, "subnetId", subnet);
  if (association !== undefined) {
    return tableAt(graph, association) ?? undecided("routeTableId", "names a table that is not in this stack");
  }
  const [vpc] = graph.to(subnet, "vpcId", VPC);
  return vpc === undefined ? undecided("vpcId", "names no VPC") : mainTableOf(graph, vpc);
}

function mainTableOf(graph: Graph, vpc: Node<typeof VPC>): Table {
  const [association] = graph.from(MAIN_ASSOCIATION, "vpcId", vpc);
  if (association !== undefined) {
    const [table] = graph.to(association, "routeTableId", TABLE, DEFAULT_TABLE, VPC) as readonly Table[];
    if (table !== undefined && table.type !== VPC) return table;
  }
  let adopted: Table | undefined;
  for (const table of graph.all(DEFAULT_TABLE)) {
    const { nodes, outside, unresolved } = graph.references(table, "defaultRouteTableId", VPC);
    if (unresolved) undecided("", `of which VPC ${table.name} is the main table ${NOT_KNOWN_YET}`);
    if (nodes.includes(vpc) || outside.some((id) => isMainTable(vpc, id))) adopted = table;
  }
  return adopted ?? vpc;
}

/** The table that `routeTableId` names; `undefined`: none of this stack. */
function tableAt(graph: Graph, node: Node): Table | undefined {
  const { nodes, outside } = graph.references(node, "routeTableId", TABLE, DEFAULT_TABLE, VPC);
  const [named] = nodes as readonly Table[];
  const table = named ?? graph.all(VPC).find((vpc) => outside.some((id) => isMainTable(vpc, id)));
  if (table === undefined) return outside.length > 0 ? undefined : undecided("routeTableId", NOT_KNOWN_YET);
  return table.type === VPC ? mainTableOf(graph, table) : table;
}

function isMainTable({ outputs }: Node<typeof VPC>, id: string): boolean {
  return outputs["mainRouteTableId"] === id || outputs["defaultRouteTableId"] === id;
}

function routesByTable(graph: Graph): Found["routes"] {
  const routes = new Map<Table | undefined, Node<typeof ROUTE>[]>();
  for (const route of graph.all(ROUTE)) {
    const table = attempt(() => tableAt(graph, route));
    // A table that is known and not of this stack serves no subnet of it.
    if (table === undefined) continue;
    const key = table instanceof Undecided ? undefined : table;
    const list = routes.get(key);
    if (list === undefined) routes.set(key, [route]);
    else list.push(route);
  }
  return routes;
}

/** Paths of the routes that are written in a table. */
function inlineRoutes(table: Table): readonly string[] {
  if (table.type === VPC) return [];
  return Array.from(table.props.routes ?? [], (_, index) => `routes[${String(index)}]`);
}

function learnsRoutes(table: Table): boolean {
  return table.type !== VPC && (table.props.propagatingVgws ?? []).length > 0;
}

/** The route that is a resource, or is written at `at` of its table, as far as it leads to the internet. */
function wayOf(graph: Graph, node: Node, at: string): WayOut | undefined {
  const gateway = gatewayOf(graph, node, at);
  // Whatever its destination is: a gateway of the internet leads nowhere else.
  if (gateway === "internet") return { node, at, tier: "public" };
  if (!leadsEverywhere(graph, node, at)) return undefined;
  if (gateway === undefined) undecided(pathOf(at, "gatewayId"), NOT_KNOWN_YET);
  return { node, at, tier: gateway === "appliance" && isEntered(graph) ? "public" : "private" };
}

/** What a route leads to. `undefined`: that cannot be told. */
function gatewayOf(graph: Graph, node: Node, at: string): "internet" | "appliance" | "other" | undefined {
  // Of Wavelength zones: leads to the internet and lets the carrier's network in.
  if (isSet(graph, node, pathOf(at, "carrierGatewayId"))) return "internet";
  const path = pathOf(at, "gatewayId");
  const { nodes, outside, unresolved } = graph.references(node, path, INTERNET_GATEWAY, VPN_GATEWAY);
  // Ids start with the type: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
  const isGateway = nodes.some(({ type }) => type === INTERNET_GATEWAY) || outside.some((id) => id.startsWith("igw-"));
  const isOther = nodes.some(({ type }) => type === VPN_GATEWAY);
  if (unresolved || (isGateway && isOther)) return undefined;
  if (isGateway) return "internet";
  return ["vpcEndpointId", "networkInterfaceId"].some((key) => isSet(graph, node, pathOf(at, key)))
    ? "appliance"
    : "other";
}

function isSet(graph: Graph, node: Node, path: string): boolean {
  const { outside, unresolved } = graph.references(node, path);
  return outside.length > 0 || unresolved;
}

/** Whether the destination of a route is the internet as a whole. */
function leadsEverywhere(graph: Graph, node: Node, at: string): boolean {
  const route = destinationOf(node, at);
  const blocks = [route.destinationCidrBlock, route.destinationIpv6CidrBlock, route.cidrBlock, route.ipv6CidrBlock];
  if (blocks.some((block) => isInternet(block))) return true;
  const list = pathOf(at, "destinationPrefixListId");
  return isSet(graph, node, list) && prefixListBlocks(graph, node, list).some((block) => isInternet(block));
}

/** Fields of a route as a resource, and of one in a table. */
interface Destination {
  readonly destinationCidrBlock?: string;
  readonly destinationIpv6CidrBlock?: string;
  readonly cidrBlock?: string;
  readonly ipv6CidrBlock?: string;
}

function destinationOf({ props }: Node, at: string): Destination {
  if (at === "") return props as Destination;
  const { routes } = props as { readonly routes?: readonly Destination[] };
  return routes?.[Number(at.slice("routes[".length, -1))] ?? {};
}

/** Whether the internet gateway has a route table: then what comes in goes by the appliances that inspect it. */
function isEntered(graph: Graph): boolean {
  return graph.all(ASSOCIATION).some((association) => {
    const { nodes, outside, unresolved } = graph.references(association, "gatewayId", INTERNET_GATEWAY);
    return nodes.length > 0 || unresolved || outside.some((id) => id.startsWith("igw-"));
  });
}

/** Whether a route by a transit gateway, a VPN or a peering leads to a range: it is of another network. */
export function isLinked(graph: Graph, range: Range): boolean {
  const tables = graph.all<typeof TABLE | typeof DEFAULT_TABLE>(TABLE, DEFAULT_TABLE) as readonly Table[];
  const routes: readonly (readonly [Node, string])[] = [
    ...graph.all(ROUTE).map((route) => [route, ""] as const),
    ...tables.flatMap((table) => inlineRoutes(table).map((at) => [table, at] as const)),
  ];
  return anyOf(routes, ([node, at]) => {
    const { destinationCidrBlock, cidrBlock } = destinationOf(node, at);
    const linked = rangeOf(destinationCidrBlock ?? cidrBlock ?? "");
    if (linked === undefined || !contains(linked, range) || leadsEverywhere(graph, node, at)) return false;
    const isLink = ["transitGatewayId", "vpcPeeringConnectionId", "coreNetworkArn"].some((key) =>
      isSet(graph, node, pathOf(at, key)),
    );
    return isLink || (isSet(graph, node, pathOf(at, "gatewayId")) && gatewayOf(graph, node, at) === "other");
  });
}

function pathOf(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}
