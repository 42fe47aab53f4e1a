import type { StoredResource } from "../../cloud/cloud";
import { isProperties, valuesAt, type Properties } from "../../cloud/value";
import type { DataSource, Lookup } from "./data-sources";
import { fact, idsOf, matching, only, tagsOf, type Filters } from "./data-sources-lookup";
import { attachedTo } from "./ec2-internet-gateway";
import {
  INTERNET_GATEWAY,
  NAT_GATEWAY,
  ROUTE,
  ROUTE_TABLE,
  ROUTE_TABLE_ASSOCIATION,
  SUBNET,
  TRANSIT_GATEWAY,
  VPC,
} from "./types";
import { text } from "./text";

function associationsOf(table: StoredResource, { cloud, scope }: Lookup): readonly StoredResource[] {
  return cloud.list(ROUTE_TABLE_ASSOCIATION, scope).filter(({ inputs }) => inputs["routeTableId"] === table.id);
}

function isMain(table: StoredResource, { cloud, scope }: Lookup): boolean {
  return cloud.findBy(VPC, "mainRouteTableId", table.id, scope) !== undefined;
}

/** Routes of a table: the local one, those in the table itself and those of resources of their own, with the property names of a `Route`. */
function routesOf(table: StoredResource, { cloud, scope }: Lookup): readonly Properties[] {
  const vpc = cloud.find(VPC, text(table.inputs["vpcId"]), scope);
  const local = { destinationCidrBlock: vpc?.inputs["cidrBlock"] ?? "", gatewayId: "local" };
  const inline = valuesAt(table.inputs, "routes[*]").flatMap(({ value }) =>
    isProperties(value) ? [{ ...value, destinationCidrBlock: value["cidrBlock"] }] : [],
  );
  const separate = cloud.list(ROUTE, scope).filter(({ inputs }) => inputs["routeTableId"] === table.id);
  return [local, ...inline, ...separate.map(({ inputs }) => inputs)];
}

const byAssociation =
  (property: string) =>
  (table: StoredResource, lookup: Lookup): readonly string[] =>
    associationsOf(table, lookup).map(({ inputs }) => text(inputs[property]));

const byRoute =
  (property: string) =>
  (table: StoredResource, lookup: Lookup): readonly string[] =>
    routesOf(table, lookup).map((route) => text(route[property]));

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
const TABLE_FILTERS: Filters = {
  "route-table-id": "id",
  "vpc-id": "vpcId",
  "owner-id": "ownerId",
  "association.subnet-id": byAssociation("subnetId"),
  "association.gateway-id": byAssociation("gatewayId"),
  "association.main": (table, lookup) => [String(isMain(table, lookup))],
  "route.destination-cidr-block": byRoute("destinationCidrBlock"),
  "route.gateway-id": byRoute("gatewayId"),
  "route.nat-gateway-id": byRoute("natGatewayId"),
  "route.transit-gateway-id": byRoute("transitGatewayId"),
};

const TARGETS = [
  ...["carrierGatewayId", "coreNetworkArn", "destinationPrefixListId", "egressOnlyGatewayId", "gatewayId"],
  ...["localGatewayId", "natGatewayId", "networkInterfaceId", "transitGatewayId", "vpcEndpointId"],
  ...["vpcPeeringConnectionId", "odbNetworkArn"],
];

const getRouteTable: DataSource = (args, lookup) => {
  const named = {
    routeTableId: "id",
    vpcId: "vpcId",
    subnetId: byAssociation("subnetId"),
    gatewayId: byAssociation("gatewayId"),
  };
  const table = only(matching(ROUTE_TABLE, args, TABLE_FILTERS, named, lookup), "EC2 Route Table");
  const vpcId = fact(table, "vpcId");
  return {
    id: table.id,
    routeTableId: table.id,
    arn: fact(table, "arn"),
    ownerId: fact(table, "ownerId"),
    vpcId,
    subnetId: args["subnetId"] ?? "",
    gatewayId: args["gatewayId"] ?? "",
    region: lookup.scope.region,
    tags: tagsOf(table),
    associations: [
      ...associationsOf(table, lookup).map(({ id, inputs }) => ({
        main: false,
        routeTableAssociationId: id,
        routeTableId: table.id,
        subnetId: inputs["subnetId"] ?? "",
        gatewayId: inputs["gatewayId"] ?? "",
      })),
      ...(isMain(table, lookup)
        ? [
            {
              main: true,
              routeTableAssociationId: `rtbassoc-${table.id.slice("rtb-".length)}`,
              routeTableId: table.id,
              subnetId: "",
              gatewayId: "",
            },
          ]
        : []),
    ],
    routes: routesOf(table, lookup).map((route) => ({
      cidrBlock: route["destinationCidrBlock"] ?? "",
      ipv6CidrBlock: route["destinationIpv6CidrBlock"] ?? "",
      instanceId: "",
      ...Object.fromEntries(TARGETS.map((target) => [target, route[target] ?? ""])),
    })),
  };
};

const getRouteTables: DataSource = (args, lookup) =>
  idsOf(matching(ROUTE_TABLE, args, TABLE_FILTERS, { vpcId: "vpcId" }, lookup), args, lookup);

const attachedVpc = ({ id }: StoredResource, { cloud }: Lookup) => {
  const vpcId = attachedTo(cloud, id);
  return vpcId === undefined ? [] : [vpcId];
};

const getInternetGateway: DataSource = (args, lookup) => {
  const filters: Filters = { "internet-gateway-id": "id", "attachment.vpc-id": attachedVpc };
  const found = matching(INTERNET_GATEWAY, args, filters, { internetGatewayId: "id" }, lookup);
  const gateway = only(found, "EC2 Internet Gateway");
  return {
    id: gateway.id,
    internetGatewayId: gateway.id,
    arn: fact(gateway, "arn"),
    ownerId: fact(gateway, "ownerId"),
    region: lookup.scope.region,
    tags: tagsOf(gateway),
    attachments: attachedVpc(gateway, lookup).map((vpcId) => ({ vpcId, state: "available" })),
  };
};

const getNatGateways: DataSource = (args, lookup) => {
  const vpcOf = ({ inputs, outputs }: StoredResource, { cloud, scope }: Lookup) => [
    text(outputs["vpcId"] ?? cloud.find(SUBNET, text(inputs["subnetId"]), scope)?.inputs["vpcId"]),
  ];
  const filters: Filters = { "nat-gateway-id": "id", "subnet-id": "subnetId", "vpc-id": vpcOf };
  return idsOf(matching(NAT_GATEWAY, args, filters, { vpcId: vpcOf }, lookup), args, lookup);
};

const getTransitGateway: DataSource = (args, lookup) => {
  const filters: Filters = {
    "transit-gateway-id": "id",
    "owner-id": "ownerId",
    "options.amazon-side-asn": "amazonSideAsn",
  };
  const gateway = only(matching(TRANSIT_GATEWAY, args, filters, { id: "id" }, lookup), "EC2 Transit Gateway");
  const { tags: _own, tagsAll: _all, ...facts } = { ...gateway.inputs, ...gateway.outputs };
  return {
    ...facts,
    id: gateway.id,
    description: facts["description"] ?? "",
    region: lookup.scope.region,
    tags: tagsOf(gateway),
  };
};

export const routingDataSources: Readonly<Record<string, DataSource>> = {
  "aws:ec2/getRouteTable:getRouteTable": getRouteTable,
  "aws:ec2/getRouteTables:getRouteTables": getRouteTables,
  "aws:ec2/getInternetGateway:getInternetGateway": getInternetGateway,
  "aws:ec2/getNatGateways:getNatGateways": getNatGateways,
  "aws:ec2transitgateway/getTransitGateway:getTransitGateway": getTransitGateway,
};
