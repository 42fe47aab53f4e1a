import assert from "node:assert/strict";
import {
  ADDRESS,
  address,
  network,
  refused,
  replacing,
  subnet,
  SUBNET,
  Subscription,
  VNET,
  type Made,
} from "./support";

const NSG = "azure-native:network:NetworkSecurityGroup";
const RULE = "azure-native:network:SecurityRule";
const NAT = "azure-native:network:NatGateway";
const TABLE = "azure-native:network:RouteTable";
const PEERING = "azure-native:network:VirtualNetworkPeering";

function natGateway(subscription: Subscription, inputs = {}): Made {
  const ip = address(subscription, "egress");
  return subscription.create(NAT, "nat", {
    resourceGroupName: "rg",
    natGatewayName: "nat",
    sku: { name: "Standard" },
    publicIpAddresses: [{ id: ip.id }],
    ...inputs,
  });
}

describe("Azure virtual network", () => {
  it("keeps subnets inside the network and apart from each other", () => {
    const subscription = new Subscription();
    network(subscription);
    subnet(subscription, "apps", "10.0.0.0/20");
    refused(
      () => subnet(subscription, "more", "10.0.8.0/24"),
      "NetcfgSubnetRangesOverlap",
      /existing subnet in virtual network 'vnet': 'apps'/,
    );
    refused(() => subnet(subscription, "far", "10.1.0.0/24"), "NetcfgSubnetRangeOutsideVnet");
    refused(
      () => subnet(subscription, "odd", "10.0.32.5/24"),
      "InvalidCIDRNotation",
      /did you mean "10\.0\.32\.0\/24"/,
    );
    refused(() => subnet(subscription, "tiny", "10.0.32.0/30"), "NetcfgInvalidSubnet");
    subnet(subscription, "data", "10.0.16.0/24");
  });

  it("gives special subnets the room that their service asks for", () => {
    const subscription = new Subscription();
    network(subscription);
    refused(() => subnet(subscription, "AzureBastionSubnet", "10.0.1.0/27"), "NetcfgInvalidSubnet", /\/26 at least/);
    subnet(subscription, "AzureBastionSubnet", "10.0.1.0/26");
    const nat = natGateway(subscription);
    refused(
      () => subnet(subscription, "GatewaySubnet", "10.0.2.0/27", { natGateway: { id: nat.id } }),
      "NatGatewayCannotBeUsedByGatewaySubnet",
    );
  });

  it("shows that machines reach the internet unless the subnet says no", () => {
    const subscription = new Subscription();
    network(subscription);
    assert.equal(subnet(subscription, "open", "10.0.1.0/24").outputs["defaultOutboundAccess"], true);
    const closed = subnet(subscription, "closed", "10.0.2.0/24", { defaultOutboundAccess: false });
    assert.equal(closed.outputs["defaultOutboundAccess"], false);
  });

  it("refuses a part that is not there, is elsewhere, or is in use", () => {
    const subscription = new Subscription();
    const { group } = network(subscription);
    const missing = `${group.id}/providers/Microsoft.Network/networkSecurityGroups/none`;
    refused(
      () => subnet(subscription, "apps", "10.0.1.0/24", { networkSecurityGroup: { id: missing } }),
      "InvalidResourceReference",
      /networkSecurityGroups\/none referenced by this resource was not found/,
    );
    const far = subscription.create(TABLE, "far", { resourceGroupName: "rg", location: "westus3" });
    refused(
      () => subnet(subscription, "apps", "10.0.1.0/24", { routeTable: { id: far.id } }),
      "ResourcesNotInSameRegion",
    );
    const nsg = subscription.create(NSG, "nsg", { resourceGroupName: "rg", networkSecurityGroupName: "nsg" });
    const nat = natGateway(subscription);
    // Ids compare without case.
    subnet(subscription, "apps", "10.0.1.0/24", {
      networkSecurityGroup: { id: nsg.id.toUpperCase().replace("/SUBSCRIPTIONS/", "/subscriptions/") },
      natGateway: { id: nat.id },
    });
    refused(
      () => {
        subscription.delete(nsg);
      },
      "InUseNetworkSecurityGroupCannotBeDeleted",
      /in use by the following resources: .*subnets\/apps/,
    );
    refused(() => {
      subscription.delete(nat);
    }, "InUseNatGatewayCannotBeDeleted");
  });

  it("makes the subnets that the network lists, and removes those it no longer lists", () => {
    const subscription = new Subscription();
    subscription.group();
    const inputs = {
      resourceGroupName: "rg",
      virtualNetworkName: "vnet",
      addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    };
    const both = [
      { name: "a", addressPrefix: "10.0.1.0/24" },
      { name: "b", addressPrefix: "10.0.2.0/24" },
    ];
    refused(
      () =>
        subscription.create(VNET, "vnet", {
          ...inputs,
          subnets: [...both, { name: "c", addressPrefix: "10.0.2.0/25" }],
        }),
      "NetcfgSubnetRangesOverlap",
    );
    const vnet = subscription.create(VNET, "vnet", { ...inputs, subnets: both });
    assert.equal(subscription.has(SUBNET, `${vnet.id}/subnets/b`), true);
    subscription.update(vnet, { subnets: both.slice(0, 1) });
    assert.equal(subscription.has(SUBNET, `${vnet.id}/subnets/b`), false);
    subscription.delete(vnet);
    assert.equal(subscription.has(SUBNET, `${vnet.id}/subnets/a`), false);
  });

  it("grows in place, and does not shrink away from under a subnet", () => {
    const subscription = new Subscription();
    const { vnet } = network(subscription);
    subnet(subscription, "apps", "10.0.1.0/24");
    const grown = { addressSpace: { addressPrefixes: ["10.0.0.0/16", "10.9.0.0/16"] } };
    assert.deepEqual(replacing(subscription.diff(vnet, grown)), []);
    subscription.update(vnet, grown);
    refused(
      () => subscription.update(vnet, { addressSpace: { addressPrefixes: ["10.9.0.0/16"] } }),
      "NetcfgSubnetRangeOutsideVnet",
    );
  });

  it("peers networks whose ranges do not meet", () => {
    const subscription = new Subscription();
    network(subscription);
    const vnets = ["10.1.0.0/16", "10.0.128.0/17"].map((prefix, index) =>
      subscription.create(VNET, `other${String(index)}`, {
        resourceGroupName: "rg",
        virtualNetworkName: `other${String(index)}`,
        addressSpace: { addressPrefixes: [prefix] },
      }),
    );
    const peer = (remote: Made | undefined, inputs = {}) =>
      subscription.create(PEERING, `to-${remote?.name ?? ""}`, {
        resourceGroupName: "rg",
        virtualNetworkName: "vnet",
        remoteVirtualNetwork: { id: remote?.id ?? "" },
        ...inputs,
      });
    refused(() => peer(vnets[1]), "VnetAddressSpacesOverlap");
    refused(() => peer(vnets[0], { useRemoteGateways: true }), "RemotePeeringIsNotAllowingGatewayTransit");
    assert.equal(peer(vnets[0]).outputs["peeringState"], "Initiated");
  });
});

describe("Azure network security group", () => {
  const rule = { access: "Allow", direction: "Inbound", priority: 100, protocol: "Tcp", destinationPortRange: "443" };

  it("has no two rules of one direction with one priority", () => {
    const subscription = new Subscription();
    subscription.group();
    const inputs = { resourceGroupName: "rg", networkSecurityGroupName: "nsg" };
    const nsg = subscription.create(NSG, "nsg", { ...inputs, securityRules: [{ ...rule, name: "inline" }] });
    assert.deepEqual(
      (nsg.outputs["defaultSecurityRules"] as readonly { name: string }[]).map(({ name }) => name).length,
      6,
    );
    const make = (name: string, change: object) =>
      subscription.create(RULE, name, { resourceGroupName: "rg", networkSecurityGroupName: "nsg", ...rule, ...change });
    refused(() => make("twin", {}), "SecurityRuleConflict", /twin conflicts with rule inline/);
    make("outbound", { direction: "Outbound" });
    const next = make("next", { priority: 200 });
    refused(() => subscription.update(next, { priority: 100 }), "SecurityRuleConflict");
    subscription.update(next, { priority: 201 });
  });

  it("refuses a priority, a port and an address that are none", () => {
    const subscription = new Subscription();
    const owner = { resourceGroupName: "rg", networkSecurityGroupName: "nsg", ...rule };
    assert.deepEqual(
      Object.entries(
        subscription.reasons(RULE, {
          ...owner,
          priority: 99,
          destinationPortRange: "443-80",
          sourceAddressPrefix: "10.0.0.0/33",
        }),
      ).map(([property, reason]) => [property, reason.split(":")[0]]),
      [
        ["priority", "SecurityRuleInvalidPriority"],
        ["sourceAddressPrefix", "SecurityRuleInvalidAddressPrefix"],
        ["destinationPortRange", "SecurityRuleInvalidPortRange"],
      ],
    );
    assert.deepEqual(subscription.reasons(RULE, { ...owner, sourceAddressPrefix: "VirtualNetwork" }), {});
  });
});

describe("Azure addresses, NAT gateways and routes", () => {
  it("refuses what was retired", () => {
    const subscription = new Subscription();
    const inputs = { resourceGroupName: "rg", location: "eastus" };
    assert.match(subscription.reasons(ADDRESS, inputs)["sku"] ?? "", /^BasicSkuPublicIpNotSupported/);
    const dynamic = { ...inputs, sku: { name: "Standard" }, publicIPAllocationMethod: "Dynamic" };
    assert.match(
      subscription.reasons(ADDRESS, dynamic)["publicIPAllocationMethod"] ?? "",
      /^StandardSkuPublicIPAddressesMustBeStatic/,
    );
  });

  it("ties a NAT gateway to the zone of its address, and an address to one gateway", () => {
    const subscription = new Subscription();
    subscription.group();
    const zonal = address(subscription, "zonal", { zones: ["1"] });
    const make = (name: string, inputs: object) =>
      subscription.create(NAT, name, {
        resourceGroupName: "rg",
        natGatewayName: name,
        sku: { name: "Standard" },
        publicIpAddresses: [{ id: zonal.id }],
        ...inputs,
      });
    refused(() => make("elsewhere", { zones: ["2"] }), "ZonesMismatch");
    make("there", { zones: ["1"] });
    refused(() => make("again", { zones: ["1"] }), "PublicIPAddressInUse");
    refused(
      () => {
        subscription.delete(zonal);
      },
      "PublicIPAddressCannotBeDeleted",
      /still allocated to resource .*natGateways\/there/,
    );
    const both = { resourceGroupName: "rg", location: "eastus", sku: { name: "Standard" }, zones: ["1", "2"] };
    assert.match(subscription.reasons(NAT, both)["zones"] ?? "", /^NatGatewayWithMultipleZonesNotSupported/);
  });

  it("refuses two routes to one prefix, and a next hop without its address", () => {
    const subscription = new Subscription();
    subscription.group();
    const hop = { name: "a", addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" };
    const inputs = { resourceGroupName: "rg", location: "eastus" };
    assert.match(
      subscription.reasons(TABLE, { ...inputs, routes: [hop] })["routes[0].nextHopIpAddress"] ?? "",
      /required/,
    );
    const routes = [
      { ...hop, nextHopIpAddress: "10.0.0.4" },
      { name: "b", addressPrefix: "0.0.0.0/0", nextHopType: "Internet" },
    ];
    refused(() => subscription.create(TABLE, "table", { ...inputs, routes }), "RouteConflict");
  });
});
