import assert from "node:assert/strict";
import { block, link, network, refused, subnet, Subscription, vault, VNET, zone, ZONE, type Made } from "./support";

const ENDPOINT = "azure-native:network:PrivateEndpoint";
const ZONES = "azure-native:network:PrivateDnsZoneGroup";

function endpoint(
  subscription: Subscription,
  target: Made,
  where: Made,
  groupIds: readonly string[],
  name = "pe",
): Made {
  return subscription.create(ENDPOINT, name, {
    resourceGroupName: "rg",
    privateEndpointName: name,
    subnet: { id: where.id },
    privateLinkServiceConnections: [{ name, privateLinkServiceId: target.id, groupIds }],
  });
}

describe("Azure private DNS", () => {
  it("is in no region", () => {
    const subscription = new Subscription();
    const inputs = { resourceGroupName: "rg", privateZoneName: "a.example", location: "eastus" };
    assert.match(subscription.reasons(ZONE, inputs)["location"] ?? "", /set location to "global", not "eastus"/);
  });

  it("links a network to one zone of a name, and keeps a zone that is linked", () => {
    const subscription = new Subscription();
    const { vnet } = network(subscription);
    const own = zone(subscription, "privatelink.vaultcore.azure.net");
    const first = link(subscription, "privatelink.vaultcore.azure.net", vnet);
    assert.equal(first.outputs["virtualNetworkLinkState"], "Completed");
    refused(
      () => link(subscription, "privatelink.vaultcore.azure.net", vnet, "again"),
      "BadRequest",
      /multiple zones with overlapping/,
    );
    refused(
      () => {
        subscription.delete(own);
      },
      "CannotDeleteResource",
      /nested resource IDs include: '.*virtualNetworkLinks\/link'/,
    );
    refused(() => {
      subscription.delete(vnet);
    }, "InUseVirtualNetworkCannotBeDeleted");
    subscription.delete(first);
    subscription.delete(own);
  });
});

describe("Azure private endpoint", () => {
  it("leads to a sub-resource of something that exists, and takes an address of its subnet", () => {
    const subscription = new Subscription();
    network(subscription);
    const where = subnet(subscription, "endpoints", "10.0.4.0/24");
    const target = vault(subscription);
    refused(
      () => endpoint(subscription, target, where, ["blob"]),
      "PrivateLinkServiceGroupIdNotSupported",
      /it has vault/,
    );
    refused(
      () => endpoint(subscription, { ...target, id: target.id.replace("portfolio-vault", "none") }, where, ["vault"]),
      "InvalidResourceReference",
    );
    const made = endpoint(subscription, target, where, ["vault"]);
    assert.deepEqual(made.outputs["customDnsConfigs"], [{ ipAddresses: ["10.0.4.10"] }]);
    refused(
      () => {
        subscription.delete(where);
      },
      "InUseSubnetCannotBeDeleted",
      /in use by .*privateEndpoints\/pe/,
    );
    const delegated = subnet(subscription, "postgres", "10.0.5.0/24", {
      delegations: [{ name: "pg", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
    });
    refused(
      () => endpoint(subscription, target, delegated, ["vault"], "other"),
      "PrivateEndpointCannotBeCreatedInDelegatedSubnet",
    );
  });

  it("is resolved in the zone of its service alone", () => {
    const subscription = new Subscription();
    network(subscription);
    const made = endpoint(subscription, vault(subscription), subnet(subscription, "endpoints", "10.0.4.0/24"), [
      "vault",
    ]);
    const right = zone(subscription, "privatelink.vaultcore.azure.net");
    const wrong = zone(subscription, "privatelink.azurecr.io");
    const make = (zoneId: string) =>
      subscription.create(ZONES, "default", {
        resourceGroupName: "rg",
        privateEndpointName: made.name,
        privateDnsZoneConfigs: [{ name: "zone", privateDnsZoneId: zoneId }],
      });
    refused(() => make(wrong.id), "InvalidPrivateDnsZoneIds", /it needs privatelink\.vaultcore\.azure\.net/);
    const group = make(right.id);
    const [config] = group.outputs["privateDnsZoneConfigs"] as readonly {
      recordSets: readonly { fqdn: string; ipAddresses: readonly string[] }[];
    }[];
    assert.deepEqual(
      config?.recordSets.map(({ fqdn, ipAddresses }) => [fqdn, ipAddresses[0]]),
      [["portfolio-vault.privatelink.vaultcore.azure.net", "10.0.4.10"]],
    );
    refused(() => {
      subscription.delete(right);
    }, "CannotDeleteResource");
  });
});

describe("Azure gateways", () => {
  const GATEWAY = "azure-native:network:VirtualNetworkGateway";
  const BASTION = "azure-native:network:BastionHost";

  it("takes SKUs with zones alone, and two addresses where both sides are active", () => {
    const subscription = new Subscription();
    const inputs = {
      resourceGroupName: "rg",
      location: "eastus",
      gatewayType: "Vpn",
      activeActive: true,
      ipConfigurations: [{ name: "one" }],
    };
    const reasons = subscription.reasons(GATEWAY, {
      ...inputs,
      sku: { name: "VpnGw2", tier: "VpnGw2" },
      bgpSettings: { asn: 65518 },
    });
    assert.match(reasons["sku.name"] ?? "", /^NonAzSkusNotAllowedForVPNGateway: .* take VpnGw2AZ$/);
    assert.match(reasons["ipConfigurations"] ?? "", /two or three address configurations, got 1/);
    assert.match(reasons["bgpSettings.asn"] ?? "", /^ReservedAsn/);
  });

  it("stands in the subnet of its name, and takes half an hour", () => {
    const subscription = new Subscription();
    network(subscription);
    const ip = subscription.create("azure-native:network:PublicIPAddress", "ip", {
      resourceGroupName: "rg",
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
      zones: ["1", "2", "3"],
    });
    const make = (where: Made) =>
      subscription.create(GATEWAY, "gateway", {
        resourceGroupName: "rg",
        gatewayType: "Vpn",
        vpnType: "RouteBased",
        enableBgp: true,
        sku: { name: "VpnGw1AZ", tier: "VpnGw1AZ" },
        ipConfigurations: [{ name: "one", subnet: { id: where.id }, publicIPAddress: { id: ip.id } }],
      });
    refused(
      () => make(subnet(subscription, "apps", "10.0.1.0/24")),
      "InvalidSubnetName",
      /its name must be GatewaySubnet/,
    );
    const before = subscription.cloud.now;
    const made = make(subnet(subscription, "GatewaySubnet", "10.0.2.0/27"));
    assert.equal(block(made.outputs["bgpSettings"])["asn"], 65515);
    assert.equal(block(made.outputs["bgpSettings"])["bgpPeeringAddress"], "10.0.2.4");
    assert.ok(subscription.cloud.now - before >= 28 * 60, String(subscription.cloud.now - before));
  });

  it("opens tunnels from the SKU Standard on", () => {
    const subscription = new Subscription();
    const inputs = { resourceGroupName: "rg", location: "eastus", enableTunneling: true };
    assert.match(subscription.reasons(BASTION, inputs)["enableTunneling"] ?? "", /needs the SKU Standard, not Basic/);
    assert.deepEqual(subscription.reasons(BASTION, { ...inputs, sku: { name: "Standard" } }), {});
  });
});

describe("Azure private endpoint of another region", () => {
  it("is refused: it stands where its network is", () => {
    const subscription = new Subscription();
    network(subscription);
    const where = subnet(subscription, "endpoints", "10.0.4.0/24");
    const target = vault(subscription);
    refused(
      () =>
        subscription.create(ENDPOINT, "pe", {
          resourceGroupName: "rg",
          location: "westus3",
          subnet: { id: where.id },
          privateLinkServiceConnections: [{ name: "pe", privateLinkServiceId: target.id, groupIds: ["vault"] }],
        }),
      "InvalidResourceLocation",
      /is in westus3 and its virtual network in eastus/,
    );
    assert.equal(subscription.has(VNET, where.id), false);
  });
});
