import assert from "node:assert/strict";
import { Unknown, type Properties, type Value } from "../../../offline/cloud/value";
import { hasOwnTable, isLinked, natGatewaysOf, tierOf, zoneOf } from "../../../policies/checks/aws-routes";
import { Graph } from "../../../policies/model/graph";
import { Undecided } from "../../../policies/model/view";
import type { ResourceType } from "../../../policies/types";
import { StackUnderTest } from "../stack-under-test";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const TABLE = "aws:ec2/routeTable:RouteTable";
const DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation";
const ROUTE = "aws:ec2/route:Route";
const IGW = "aws:ec2/internetGateway:InternetGateway";
const VGW = "aws:ec2/vpnGateway:VpnGateway";
const NAT = "aws:ec2/natGateway:NatGateway";
const LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
const everywhere = { destinationCidrBlock: "0.0.0.0/0" } as const;

/** A VPC with a subnet, a table of its own and every kind of gateway. */
const base = [
  [VPC, "vpc", {}, { mainRouteTableId: "rtb-main", defaultRouteTableId: "rtb-main" }],
  [SUBNET, "subnet", { vpcId: "vpc", availabilityZone: "us-east-2a" }],
  [TABLE, "table", { vpcId: "vpc" }],
  [IGW, "gateway", { vpcId: "vpc" }],
  [VGW, "vpn", { vpcId: "vpc" }],
  [NAT, "nat", { subnetId: "subnet" }],
] as const satisfies readonly Made[];
const associated = [ASSOCIATION, "association", { subnetId: "subnet", routeTableId: "table" }] as const;

type Made = readonly [type: ResourceType, name: string, inputs: Properties, outputs?: Properties];

function stackOf(...made: readonly Made[]): StackUnderTest {
  return [...base, ...made].reduce((stack, [type, name, inputs, outputs]) => {
    const from = Object.fromEntries(
      Object.entries(inputs).flatMap(([key, value]) => {
        const source = stack.resources.find((one) => one.name === (value === "rtb-main" ? "vpc" : value));
        return source === undefined ? [] : [[key, [`${source.type} ${source.name}`]]];
      }),
    );
    return stack.add(type, name, { inputs, from, ...(outputs === undefined ? {} : { outputs }) });
  }, new StackUnderTest([]));
}

function found(stack: StackUnderTest): string {
  const graph = new Graph(stack.resources);
  const [subnet] = graph.all(SUBNET);
  assert.ok(subnet);
  try {
    return tierOf(graph, subnet);
  } catch (error) {
    assert.ok(error instanceof Undecided);
    return "undecided";
  }
}

function route(inputs: Properties, routeTableId: Value = "table"): Made {
  return [ROUTE, "route", { routeTableId, ...inputs }];
}

function inline(...routes: readonly Properties[]): readonly Made[] {
  return [
    [TABLE, "other", { routes }],
    [ASSOCIATION, "association", { subnetId: "subnet", routeTableId: "other" }],
  ];
}

describe("tiers of subnets of AWS", () => {
  const cases: readonly (readonly [when: string, tier: string, made: readonly Made[], preview?: string])[] = [
    ["its table has no routes", "isolated", [associated]],
    ["a route leads to an internet gateway", "public", [associated, route({ ...everywhere, gatewayId: "gateway" })]],
    [
      "a route to a part of the internet leads to one",
      "public",
      [associated, route({ destinationCidrBlock: "52.0.0.0/8", gatewayId: "gateway" })],
    ],
    [
      "a route leads to an internet gateway of another stack",
      "public",
      [associated, route({ ...everywhere, gatewayId: "igw-1" })],
    ],
    [
      "the default route of IPv6 leads to an internet gateway",
      "public",
      [associated, route({ destinationIpv6CidrBlock: "::/0", gatewayId: "gateway" })],
    ],
    [
      "a route leads to a carrier gateway",
      "public",
      [associated, route({ ...everywhere, carrierGatewayId: "cagw-1" })],
    ],
    [
      "the default route leads to a NAT gateway",
      "private",
      [associated, route({ ...everywhere, natGatewayId: "nat" })],
    ],
    [
      "the default route leads to an egress-only gateway",
      "private",
      [associated, route({ destinationIpv6CidrBlock: "::/0", egressOnlyGatewayId: "eigw-1" })],
    ],
    [
      "the default route leads to a transit gateway",
      "private",
      [associated, route({ ...everywhere, transitGatewayId: "tgw-1" })],
    ],
    ["the default route leads to a VPN", "private", [associated, route({ ...everywhere, gatewayId: "vpn" })]],
    [
      "a route leads to another network alone",
      "isolated",
      [associated, route({ destinationCidrBlock: "10.0.0.0/8", transitGatewayId: "tgw-1" })],
    ],
    ["the default route is inline", "public", inline({ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" })],
    [
      "one inline route is private and one is public",
      "public",
      inline({ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }, { ipv6CidrBlock: "::/0", gatewayId: "igw-1" }),
    ],
    [
      "inline fields are empty texts",
      "private",
      inline({ cidrBlock: "0.0.0.0/0", gatewayId: "", natGatewayId: "nat-1" }),
    ],
    [
      "the default route is a prefix list",
      "private",
      [
        associated,
        [LIST, "list", { entries: [{ cidr: "0.0.0.0/0" }] }],
        route({ destinationPrefixListId: "list", natGatewayId: "nat" }),
      ],
    ],
    ["it has no table of its own, and the main one no routes", "isolated", []],
    [
      "the main table, named by the output of the VPC, has a route to the internet",
      "public",
      [route({ ...everywhere, gatewayId: "gateway" }, "rtb-main")],
    ],
    [
      "the main table is adopted with a route to the internet",
      "public",
      [
        [
          DEFAULT_TABLE,
          "main",
          { defaultRouteTableId: "rtb-main", routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] },
        ],
      ],
    ],
    [
      "another table is made the main one",
      "public",
      [
        [TABLE, "other", { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] }],
        [MAIN, "main", { vpcId: "vpc", routeTableId: "other" }],
      ],
    ],
    [
      "its own table wins over a main one with a route to the internet",
      "isolated",
      [
        associated,
        [TABLE, "other", { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] }],
        [MAIN, "main", { vpcId: "vpc", routeTableId: "other" }],
      ],
    ],
    [
      "the default route leads to a firewall that the internet enters by",
      "public",
      [
        associated,
        route({ ...everywhere, vpcEndpointId: "vpce-1" }),
        [TABLE, "entry", {}],
        [ASSOCIATION, "entry", { gatewayId: "gateway", routeTableId: "entry" }],
      ],
    ],
    [
      "the default route leads to a firewall",
      "private",
      [associated, route({ ...everywhere, vpcEndpointId: "vpce-1" })],
    ],
    ["a route is of another table of another stack", "isolated", [associated, route(everywhere, "rtb-elsewhere")]],
    [
      "its table is of another stack",
      "undecided",
      [[ASSOCIATION, "association", { subnetId: "subnet", routeTableId: "rtb-x" }]],
    ],
    [
      "its table is unknown",
      "undecided",
      [[ASSOCIATION, "association", { subnetId: "subnet", routeTableId: Unknown.value }]],
    ],
    [
      "which subnet an association is of is unknown",
      "undecided",
      [[ASSOCIATION, "association", { subnetId: Unknown.value }]],
    ],
    [
      "the table of a default route is unknown",
      "undecided",
      [associated, route({ ...everywhere, natGatewayId: "nat" }, Unknown.value)],
    ],
    [
      "the table of a route to another network is unknown",
      "isolated",
      [associated, route({ destinationCidrBlock: "10.0.0.0/8", transitGatewayId: "tgw-1" }, Unknown.value)],
    ],
    [
      "the gateway of the default route is unknown",
      "undecided",
      [associated, route({ ...everywhere, gatewayId: Unknown.value })],
    ],
    [
      "the destination of a route by NAT is unknown",
      "undecided",
      [associated, route({ destinationCidrBlock: Unknown.value, natGatewayId: "nat" })],
    ],
    [
      "the destination of a route by an internet gateway is unknown",
      "public",
      [associated, route({ destinationCidrBlock: Unknown.value, gatewayId: "gateway" })],
    ],
    [
      "a prefix list is of another stack",
      "undecided",
      [associated, route({ destinationPrefixListId: "pl-elsewhere", natGatewayId: "nat" })],
    ],
    [
      "its table learns routes",
      "undecided",
      [
        [TABLE, "other", { propagatingVgws: ["vgw-1"] }],
        [ASSOCIATION, "association", { subnetId: "subnet", routeTableId: "other" }],
      ],
    ],
  ];
  for (const [when, tier, made, preview = tier] of cases) {
    it(`[PR-05] ${tier} where ${when}`, () => {
      assert.equal(found(stackOf(...made)), tier);
      assert.equal(found(stackOf(...made).renamed()), tier);
    });
    it(`[PR-05] ${preview} in a first preview where ${when}`, () => {
      assert.equal(found(stackOf(...made).previewed()), preview);
    });
  }

  it("[PR-05] is undecided in a VPC of another stack", () => {
    assert.equal(found(stackOf().change(SUBNET, "subnet", { set: { vpcId: "vpc-elsewhere" } })), "undecided");
  });

  it("tells a table of its own, the zone and the NAT gateways", () => {
    const graph = new Graph(stackOf(associated, route({ ...everywhere, natGatewayId: "nat" })).resources);
    const [subnet] = graph.all(SUBNET);
    assert.ok(subnet);
    assert.equal(hasOwnTable(graph, subnet), true);
    assert.equal(zoneOf(subnet), "us-east-2a");
    assert.deepEqual(
      natGatewaysOf(graph, subnet).map(({ name }) => name),
      ["nat"],
    );
    const bare = new Graph(stackOf().resources);
    const [without] = bare.all(SUBNET);
    assert.ok(without);
    assert.equal(hasOwnTable(bare, without), false);
    assert.deepEqual(natGatewaysOf(bare, without), []);
  });

  it("tells which ranges are of linked networks", () => {
    const linked = (inputs: Properties, first: number, last: number) =>
      isLinked(new Graph(stackOf(associated, route(inputs)).resources), { first, last });
    const ten = 10 * 2 ** 24;
    const byTunnel = { destinationCidrBlock: "10.0.0.0/16", transitGatewayId: "tgw-1" };
    assert.equal(linked(byTunnel, ten, ten + 65535), true);
    assert.equal(linked(byTunnel, ten, ten + 65536), false);
    assert.equal(linked({ destinationCidrBlock: "10.0.0.0/16", gatewayId: "vpn" }, ten, ten), true);
    assert.equal(linked({ destinationCidrBlock: "10.0.0.0/16", natGatewayId: "nat" }, ten, ten), false);
    assert.equal(linked({ ...everywhere, transitGatewayId: "tgw-1" }, ten, ten), false);
  });
});
