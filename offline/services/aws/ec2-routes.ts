import type { DefaultRouteTableArgs, RouteArgs, RouteTableArgs, RouteTableAssociationArgs } from "@pulumi/aws/ec2";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type Reference, type ResourceType } from "../../cloud/resource-type";
import { isList, isProperties, valuesAt, type Properties } from "../../cloud/value";
import { arn, ec2Id } from "./arn";
import { contains, parseCidr } from "../cidr";
import { attachedTo } from "./ec2-internet-gateway";
import { attachmentsOf } from "./ec2-transit-gateway";
import { quota } from "./quotas";
import { vpcReference } from "./references";
import {
  INTERNET_GATEWAY,
  NAT_GATEWAY,
  ROUTE,
  ROUTE_TABLE,
  ROUTE_TABLE_ASSOCIATION,
  SUBNET,
  TRANSIT_GATEWAY,
  VPC,
  VPC_ENDPOINT,
  VPC_PEERING,
} from "./types";
import { text } from "./text";

// Error codes of this file: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html

/** Where a route may lead: the property, what it names and the error when that does not exist. A target may go: its route turns into a black hole. */
const TARGETS: readonly (readonly [string, string, string, string])[] = [
  ["gatewayId", INTERNET_GATEWAY, "InvalidGatewayID.NotFound", "gateway"],
  ["natGatewayId", NAT_GATEWAY, "InvalidNatGatewayID.NotFound", "natGateway"],
  ["vpcPeeringConnectionId", VPC_PEERING, "InvalidVpcPeeringConnectionID.NotFound", "vpcPeeringConnection"],
  ["transitGatewayId", TRANSIT_GATEWAY, "InvalidTransitGatewayID.NotFound", "transitGateway"],
  [
    "egressOnlyGatewayId",
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
    "InvalidGatewayID.NotFound",
    "gateway",
  ],
  [
    "networkInterfaceId",
    "aws:ec2/networkInterface:NetworkInterface",
    "InvalidNetworkInterfaceID.NotFound",
    "networkInterface",
  ],
  ["vpcEndpointId", VPC_ENDPOINT, "InvalidVpcEndpointId.NotFound", "vpcEndpoint"],
];
/** Targets that other types stand for; the offline cloud does not look them up. */
const UNCHECKED_TARGETS = ["carrierGatewayId", "coreNetworkArn", "localGatewayId", "odbNetworkArn"];
const VPN_GATEWAY = "aws:ec2/vpnGateway:VpnGateway";

function targetReferences(prefix: string): readonly Reference[] {
  return TARGETS.map(([property, to, code, what]) => ({
    path: prefix + property,
    to: property === "gatewayId" ? [to, VPN_GATEWAY] : to,
    missing: { code, message: `The ${what} ID '{value}' does not exist` },
    holds: false,
  }));
}

function routeTableReference(path: string, code = "InvalidRouteTableID.NotFound"): Reference {
  return { path, to: ROUTE_TABLE, missing: { code, message: "The routeTable ID '{value}' does not exist" } };
}

const routeTable = resourceType<RouteTableArgs>({
  token: ROUTE_TABLE,
  service: "EC2",
  actions: { create: "CreateRouteTable", update: "CreateRoute", delete: "DeleteRouteTable" },
  references: [vpcReference(), ...targetReferences("routes[*].").filter(({ path }) => path !== "routes[*].gatewayId")],
  inUse: { code: "DependencyViolation", message: "The routeTable '{id}' has dependencies and cannot be deleted." },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const count = cloud.list(ROUTE_TABLE).filter((other) => other.inputs["vpcId"] === inputs.vpcId).length;
    if (count >= quota(cloud, "routeTablesPerVpc")) {
      refuse("RouteTableLimitExceeded", `The maximum number of route tables has been reached for '${inputs.vpcId}'.`);
    }
    refuseBadRoutes(cloud, inputs.vpcId, inlineRoutes(inputs));
    const id = ec2Id(context, "rtb");
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `route-table/${id}`),
        ownerId: scope.account,
        routes: inputs.routes ?? [],
        propagatingVgws: [],
      },
    };
  },
  update: ({ inputs, cloud }) => {
    refuseBadRoutes(cloud, inputs.vpcId, inlineRoutes(inputs));
    return {};
  },
});

const defaultRouteTable = resourceType<DefaultRouteTableArgs>({
  token: "aws:ec2/defaultRouteTable:DefaultRouteTable",
  service: "EC2",
  actions: { create: "DescribeRouteTables", update: "CreateRoute", delete: "DescribeRouteTables" },
  references: [{ ...routeTableReference("defaultRouteTableId"), holds: false }],
  create: ({ inputs, cloud, scope }) => {
    const id = inputs.defaultRouteTableId;
    const owner = cloud.findBy(VPC, "defaultRouteTableId", id);
    if (owner === undefined) {
      refuse("InvalidRouteTableID.NotFound", `EC2 Default Route Table (${id}): couldn't find resource`);
    }
    refuseBadRoutes(cloud, owner.id, inlineRoutes(inputs));
    return { id, outputs: { arn: arn(scope, "ec2", `route-table/${id}`), ownerId: scope.account, vpcId: owner.id } };
  },
});

function inlineRoutes(inputs: object): readonly Properties[] {
  const routes: unknown = "routes" in inputs ? inputs.routes : undefined;
  if (!Array.isArray(routes)) return [];
  // The provider names the destination of an inline route without the prefix that a route resource has.
  return routes.map((route: Properties) => ({
    ...route,
    destinationCidrBlock: route["cidrBlock"],
    destinationIpv6CidrBlock: route["ipv6CidrBlock"],
  }));
}

function refuseBadRoutes(cloud: CloudView, vpcId: string, routes: readonly Properties[]): void {
  const seen = new Set<string>();
  for (const route of routes) {
    const destination = destinationOf(route);
    if (seen.has(destination)) refuse("RouteAlreadyExists", `The route identified by ${destination} already exists.`);
    seen.add(destination);
    refuseForeignTarget(cloud, "the route table", vpcId, route);
  }
}

function destinationOf(route: Properties): string {
  const properties = ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"];
  return properties.map((property) => text(route[property])).find((given) => given !== "") ?? "";
}

const route = resourceType<RouteArgs>({
  token: ROUTE,
  service: "EC2",
  actions: { create: "CreateRoute", update: "ReplaceRoute", delete: "DeleteRoute" },
  references: [{ ...routeTableReference("routeTableId"), holds: false }, ...targetReferences("")],
  check: (context) => {
    const { inputs } = context;
    const given = (properties: readonly string[]) =>
      properties.filter((property) => Object.hasOwn(withoutAbsent(inputs), property) || context.isUnknown(property));
    const destinations = ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"];
    if (given(destinations).length !== 1) {
      context.refuse("destinationCidrBlock", `exactly one of ${destinations.join(", ")} must be specified`);
    }
    const targets = [...TARGETS.map(([property]) => property), ...UNCHECKED_TARGETS];
    if (given(targets).length !== 1)
      context.refuse("gatewayId", `exactly one of ${targets.join(", ")} must be specified`);
    const range = inputs.destinationCidrBlock === undefined ? undefined : parseCidr(inputs.destinationCidrBlock);
    if (typeof range === "string") context.refuse("destinationCidrBlock", range);
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const table = cloud.find(ROUTE_TABLE, inputs.routeTableId);
    const vpcId = text(table?.inputs["vpcId"]);
    const destination = destinationOf({ ...inputs });
    const inline = isList(table?.inputs["routes"]) ? table.inputs["routes"] : [];
    const taken =
      inline.some((each) => isProperties(each) && (each["cidrBlock"] ?? each["ipv6CidrBlock"]) === destination) ||
      cloud
        .list(ROUTE)
        .some(
          (other) =>
            other.inputs["routeTableId"] === inputs.routeTableId && destinationOf(other.inputs) === destination,
        );
    if (taken) {
      const message = `Route in Route Table (${inputs.routeTableId}) with destination (${destination}) already exists`;
      refuse("RouteAlreadyExists", message);
    }
    refuseForeignTarget(cloud, `route table ${inputs.routeTableId}`, vpcId, { ...inputs });
    return {
      id: `r-${inputs.routeTableId}${String(parseInt(context.hex(8), 16))}`,
      outputs: { state: "active", origin: "CreateRoute", instanceId: "", instanceOwnerId: "" },
    };
  },
  update: ({ inputs, cloud }) => {
    const vpcId = text(cloud.find(ROUTE_TABLE, inputs.routeTableId)?.inputs["vpcId"]);
    refuseForeignTarget(cloud, `route table ${inputs.routeTableId}`, vpcId, { ...inputs });
    return {};
  },
});

function withoutAbsent(inputs: object): object {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
}

function refuseForeignTarget(cloud: CloudView, table: string, vpcId: string, inputs: Properties): void {
  const { gatewayId, natGatewayId, transitGatewayId } = inputs;
  if (typeof gatewayId === "string" && gatewayId.startsWith("igw-") && attachedTo(cloud, gatewayId) !== vpcId) {
    const message = `${table} and network gateway ${gatewayId} belong to different networks`;
    refuse("InvalidParameterValue", message);
  }
  if (typeof natGatewayId === "string" && cloud.find(NAT_GATEWAY, natGatewayId)?.outputs["vpcId"] !== vpcId) {
    refuse("InvalidParameterValue", `${table} and NAT gateway ${natGatewayId} belong to different networks`);
  }
  // A VPC does not know a transit gateway that it is not attached to: https://github.com/hashicorp/terraform-provider-aws/issues/10025
  if (typeof transitGatewayId === "string" && attachmentOf(cloud, transitGatewayId, vpcId) === undefined) {
    const hint = `${vpcId} has no attachment to it`;
    refuse("InvalidTransitGatewayID.NotFound", `The transitGateway ID '${transitGatewayId}' does not exist. (${hint})`);
  }
  const destination = parseCidr(destinationOf(inputs));
  const local = parseCidr(text(cloud.find(VPC, vpcId)?.inputs["cidrBlock"]));
  const narrow = typeof destination === "object" && typeof local === "object" && contains(local, destination);
  if (narrow && (gatewayId ?? natGatewayId) !== undefined && gatewayId !== "local") {
    refuse(
      "InvalidParameterValue",
      `The destination CIDR block ${destinationOf(inputs)} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
    );
  }
}

function attachmentOf(cloud: CloudView, gateway: string, vpcId: string) {
  return attachmentsOf(cloud, gateway).find(({ inputs }) => inputs["vpcId"] === vpcId);
}

const routeTableAssociation = resourceType<RouteTableAssociationArgs>({
  token: ROUTE_TABLE_ASSOCIATION,
  service: "EC2",
  actions: { create: "AssociateRouteTable", update: "ReplaceRouteTableAssociation", delete: "DisassociateRouteTable" },
  references: [
    routeTableReference("routeTableId"),
    // A subnet that goes takes its association along.
    {
      path: "subnetId",
      to: SUBNET,
      missing: { code: "InvalidSubnetID.NotFound", message: "The subnet ID '{value}' does not exist" },
      holds: false,
    },
  ],
  check: (context) => {
    const { inputs } = context;
    const given = (["subnetId", "gatewayId"] as const).filter(
      (key) => inputs[key] !== undefined || context.isUnknown(key),
    );
    if (given.length !== 1) context.refuse("subnetId", "exactly one of subnetId, gatewayId must be specified");
  },
  create: (context) => {
    const { inputs, cloud } = context;
    refuseOtherNetwork(cloud, inputs.routeTableId, inputs.subnetId);
    const what = inputs.subnetId ?? inputs.gatewayId;
    const other = cloud
      .list(ROUTE_TABLE_ASSOCIATION)
      .find((each) => ["subnetId", "gatewayId"].some((key) => valuesAt(each.inputs, key)[0]?.value === what));
    if (other !== undefined) {
      const message = `the specified association for route table ${inputs.routeTableId} conflicts with an existing association (${other.id})`;
      refuse("Resource.AlreadyAssociated", message);
    }
    return { id: ec2Id(context, "rtbassoc"), outputs: {} };
  },
  update: ({ inputs, cloud }) => {
    refuseOtherNetwork(cloud, inputs.routeTableId, inputs.subnetId);
    return {};
  },
});

function refuseOtherNetwork(cloud: CloudView, table: string, subnet: string | undefined): void {
  if (subnet === undefined) return;
  if (cloud.find(ROUTE_TABLE, table)?.inputs["vpcId"] !== cloud.find(SUBNET, subnet)?.inputs["vpcId"]) {
    refuse("InvalidParameterValue", `Route table ${table} and subnet ${subnet} belong to different networks`);
  }
}

export const routeTypes: readonly ResourceType[] = [routeTable, defaultRouteTable, route, routeTableAssociation];
