import assert from "node:assert/strict";
import { Gateway } from "../../../components/azure/gateway";
import { isList, isProperties } from "../../../offline/cloud/value";
import { only, type Deployed } from "../../stacks/deployed";
import { attempt, onNetwork, ranges } from "./ground";

const subnetType = "azure-native:network:Subnet";
const groupType = "azure-native:network:NetworkSecurityGroup";

describe("network of Azure, deployed", function () {
  this.timeout(60_000);
  let stack: Deployed;

  before(async () => {
    stack = await onNetwork(
      ({ network, onAzure, place, prefix }) => {
        new Gateway("gateway", { prefix, place, network, asn: ranges.asn }, onAzure);
      },
      { optional: ["gateway", "bastion", "functions"] },
    );
  });

  it("no subnet has an address of Azure's own to go out by, and the NAT gateway serves three", () => {
    const subnets = stack.ofType(subnetType);
    assert.equal(subnets.length, 9);
    for (const { name, inputs } of subnets) assert.equal(inputs["defaultOutboundAccess"], false, name);
    const nat = { id: stack.id("network-nat") };
    assert.deepEqual(
      subnets
        .filter(({ inputs }) => inputs["natGateway"] !== undefined)
        .map(({ name, inputs }) => [name, inputs["natGateway"]]),
      [
        ["network-nodes", nat],
        ["network-functions", nat],
        ["network-runners", nat],
      ],
    );
    assert.equal(stack.input("network-nat", "idleTimeoutInMinutes"), 4);
    for (const address of stack.ofType("azure-native:network:PublicIPAddress")) {
      assert.equal(address.inputs["publicIPAddressVersion"], "IPv4", address.name);
    }
  });

  it("ranges are those of the plan, and names those that Azure demands", () => {
    assert.deepEqual(
      stack.ofType(subnetType).map(({ inputs }) => [inputs["subnetName"], inputs["addressPrefix"]]),
      [
        ["nodes", "10.64.0.0/18"],
        ["ingress", "10.64.128.0/20"],
        ["database", "10.64.144.0/20"],
        ["GatewaySubnet", "10.64.160.0/27"],
        ["api-server", "10.64.160.32/27"],
        ["AzureBastionSubnet", "10.64.160.64/26"],
        ["endpoints", "10.64.176.0/20"],
        ["functions", "10.64.192.0/20"],
        ["runners", "10.64.208.0/20"],
      ],
    );
  });

  it("subnets are made one after the other", () => {
    const names = stack.ofType(subnetType).map(({ name }) => name);
    names.slice(1).forEach((name, index) => {
      assert.ok(stack.waitsFor(name).has(names[index] ?? ""), name);
    });
  });

  it("every subnet but the gateway's has a security group that denies what it does not allow", () => {
    for (const { name, inputs } of stack.ofType(subnetType)) {
      assert.deepEqual(
        inputs["networkSecurityGroup"],
        name === "network-gateway" ? undefined : { id: stack.id(`${name}-rules`) },
        name,
      );
    }
    const groups = stack.ofType(groupType);
    assert.equal(groups.length, 8);
    for (const { name, inputs } of groups) {
      const rules = isList(inputs["securityRules"]) ? inputs["securityRules"].filter(isProperties) : [];
      const denials = rules.filter(({ access }) => access === "Deny");
      assert.ok(
        denials.some(({ direction, priority }) => direction === "Inbound" && priority === 4096),
        name,
      );
      const fromEverywhere = rules.filter(
        ({ access, direction, sourceAddressPrefix }) =>
          access === "Allow" &&
          direction === "Inbound" &&
          (sourceAddressPrefix === "*" || sourceAddressPrefix === "Internet"),
      );
      assert.deepEqual(
        fromEverywhere.map((rule) => rule["name"]),
        name === "network-bastion-rules" ? ["clients-in"] : [],
        name,
      );
    }
  });

  it("pods reach each other from node to node, by their own range", () => {
    const rules = stack.input("network-nodes-rules", "securityRules");
    assert.ok(isList(rules));
    const fromPods = rules.filter(isProperties).find(({ name }) => name === "pods-in");
    assert.ok(fromPods);
    assert.deepEqual(only(fromPods, "sourceAddressPrefix", "destinationAddressPrefixes", "protocol", "priority"), {
      sourceAddressPrefix: ranges.pods,
      destinationAddressPrefixes: ["10.64.0.0/18", ranges.pods],
      protocol: "*",
      priority: 110,
    });
  });

  it("HTTP and HTTPS come from the internet only where the stack asks for it", async () => {
    const open = await onNetwork(() => undefined, { ingress: "internet" });
    const rules = open.input("network-nodes-rules", "securityRules");
    assert.ok(isList(rules));
    assert.deepEqual(
      rules
        .filter(isProperties)
        .filter(({ sourceAddressPrefix }) => sourceAddressPrefix === "Internet")
        .map((rule) => [rule["name"], rule["destinationPortRange"]]),
      [
        ["http", "80"],
        ["https", "443"],
      ],
    );
  });

  it("databases have a subnet that is given over to them", () => {
    assert.deepEqual(stack.input("network-database", "delegations"), [
      { name: "database", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" },
    ]);
  });

  it("each private zone is linked to the network and takes no names of machines", () => {
    const zones = stack.ofType("azure-native:privatedns:PrivateZone");
    const links = stack.ofType("azure-native:privatedns:VirtualNetworkLink");
    assert.equal(zones.length, 14);
    assert.deepEqual(
      links.map(({ inputs }) => inputs["privateZoneName"]).sort(),
      zones.map(({ inputs }) => inputs["privateZoneName"]).sort(),
    );
    for (const { inputs } of links) {
      assert.deepEqual(only(inputs, "registrationEnabled", "virtualNetwork"), {
        registrationEnabled: false,
        virtualNetwork: { id: stack.id("network-network") },
      });
    }
    assert.equal(stack.input("dns-postgres", "privateZoneName"), "test.private.postgres.database.azure.com");
  });

  it("the gateway has two active instances with addresses in all zones and speaks BGP as the plan says", () => {
    const { inputs } = stack.named("gateway-vpn");
    assert.equal(inputs["vpnGatewayGeneration"], "Generation2");
    for (const number of ["1", "2"]) {
      assert.equal(stack.input(`gateway-address-${number}`, "publicIPAddressVersion"), "IPv4");
    }
    assert.deepEqual(only(inputs, "activeActive", "enableBgp", "bgpSettings", "sku", "vpnType"), {
      activeActive: true,
      enableBgp: true,
      bgpSettings: { asn: 65_010 },
      sku: { name: "VpnGw2AZ", tier: "VpnGw2AZ" },
      vpnType: "RouteBased",
    });
    const configurations = inputs["ipConfigurations"];
    assert.ok(isList(configurations));
    assert.deepEqual(
      configurations.filter(isProperties).map((one) => only(one, "subnet", "publicIPAddress")),
      ["1", "2"].map((number) => ({
        subnet: { id: stack.id("network-gateway") },
        publicIPAddress: { id: stack.id(`gateway-address-${number}`) },
      })),
    );
    assert.deepEqual(stack.input("gateway-address-1", "zones"), ["1", "2", "3"]);
  });

  it("the gateway refuses a number that Azure keeps, and a network without its subnet", async () => {
    const reserved = await attempt(
      ({ network, onAzure, place, prefix }) => {
        new Gateway("gateway", { prefix, place, network, asn: 65_515 }, onAzure);
      },
      { optional: ["gateway"] },
    );
    assert.match(reserved.run.errors.join("\n"), /65515 is one of Azure's own/);
    const all = [8074, 8075, 12_076, 65_515, 65_517, 65_518, 65_519, 65_520];
    const each = await attempt(
      ({ network, onAzure, place, prefix }) => {
        for (const asn of all) {
          assert.throws(
            () => new Gateway(`gateway-${String(asn)}`, { prefix, place, network, asn }, onAzure),
            new RegExp(`the number ${String(asn)} is one of Azure's own`),
          );
        }
      },
      { optional: ["gateway"] },
    );
    assert.deepEqual(each.run.errors, []);
    const without = await attempt(({ network, onAzure, place, prefix }) => {
      new Gateway("gateway", { prefix, place, network, asn: ranges.asn }, onAzure);
    });
    assert.match(without.run.errors.join("\n"), /no subnet "gateway": add it to the network's optional subnets/);
  });
});
