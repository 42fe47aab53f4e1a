import assert from "node:assert/strict";
import { contains, range } from "../../components/planning/cidr";
import type { Properties } from "../../offline/cloud/value";
import { at, deployed, only, text, type Deployed } from "./deployed";
import { isOpen, list, strings } from "./invariants/facts";

/** Who reaches the brokers: the network, and the blocks of the sites that it is linked to, prod and prod-gcp. */
const clients = ["10.64.0.0/16", "10.32.0.0/12", "10.48.0.0/12"];

interface SubnetRow {
  readonly prefix: string;
  readonly delegation?: string;
  /** Whether its machines go out to the internet, by the NAT gateway. */
  readonly out?: true;
  /** Default: its own. A gateway's subnet must have none. */
  readonly filter?: "none";
}

/** By logical name, in the order in which a network takes them. */
const SUBNETS: Readonly<Record<string, SubnetRow>> = {
  nodes: { prefix: "10.64.0.0/18", out: true },
  ingress: { prefix: "10.64.128.0/20" },
  database: { prefix: "10.64.144.0/20", delegation: "Microsoft.DBforPostgreSQL/flexibleServers" },
  gateway: { prefix: "10.64.160.0/27", filter: "none" },
  "api-server": { prefix: "10.64.160.32/27", delegation: "Microsoft.ContainerService/managedClusters" },
  endpoints: { prefix: "10.64.176.0/20" },
  functions: { prefix: "10.64.192.0/20", delegation: "Microsoft.App/environments", out: true },
  runners: { prefix: "10.64.208.0/20", out: true },
};

/** What the subnets let in: `<subnet> <from> <ports>`. Everything else is denied. */
const LET_IN = [
  "api-server AzureLoadBalancer 9988",
  "api-server 10.32.0.0/12 443",
  "api-server 10.48.0.0/12 443",
  "api-server bastion 443",
  "api-server nodes 443,4443",
  "api-server runners 443",
  "database 10.32.0.0/12 5432",
  "database 10.48.0.0/12 5432",
  "database database 5432,6432",
  "database functions 5432,6432",
  "database nodes 5432,6432",
  "database runners 5432,6432",
  "endpoints 10.32.0.0/12 443,10000,10260",
  "endpoints 10.48.0.0/12 443,10000,10260",
  "endpoints functions 443,10000,10260",
  "endpoints nodes 443,10000,10260",
  "endpoints runners 443,10000,10260",
  "nodes AzureLoadBalancer *",
  "nodes api-server *",
  "nodes nodes *",
  "nodes pods *",
  "nodes/ingress 10.32.0.0/12 443,5671,9094",
  "nodes/ingress 10.48.0.0/12 443,5671,9094",
  "nodes/ingress functions 443,5671,9094",
  "nodes/ingress runners 443,5671,9094",
];

/** Ways out of the subnets that say which they have. */
const LET_OUT = [
  "database 10.32.0.0/12 5432",
  "database 10.48.0.0/12 5432",
  "database AzureActiveDirectory 443",
  "database Storage 443",
  "database database 5432,6432",
];

/** Names of ranges of the plan; the others are written out. */
const NAMES: Readonly<Record<string, string>> = {
  "10.68.0.0/14": "pods",
  "10.64.160.64/26": "bastion",
  ...Object.fromEntries(Object.entries(SUBNETS).map(([name, { prefix }]) => [prefix, name])),
};

describe("dr: network", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("dr");
  });

  it("[PF-CLOUD-01] has the ranges of its place in the address plan, which no other site's overlap", () => {
    assert.deepEqual(stack.input("network-network", "addressSpace.addressPrefixes"), ["10.64.0.0/16"]);
    const block = range("10.64.0.0/12");
    for (const own of ["10.64.0.0/16", "10.65.0.0/16", "10.68.0.0/14"]) assert.ok(contains(block, range(own)), own);
    assert.equal(stack.input("network-network", "location"), "eastus");
  });

  it("[PF-SEC-04] has these subnets, each given over to one service, none with a way out of Azure's own", () => {
    const found = stack.ofType("azure-native:network:Subnet").map(({ name, inputs }): [string, SubnetRow] => {
      assert.equal(inputs["defaultOutboundAccess"], false, name);
      const delegation = at(inputs, "delegations.0.serviceName");
      const subnet = name.replace("network-", "");
      const filter = at(inputs, "networkSecurityGroup.id");
      const nat = at(inputs, "natGateway.id");
      if (filter !== undefined) assert.equal(filter, stack.id(`network-${subnet}-rules`), name);
      if (nat !== undefined) assert.equal(nat, stack.id("network-nat"), name);
      return [
        subnet,
        {
          prefix: text(inputs["addressPrefix"]),
          ...(delegation === undefined ? {} : { delegation: text(delegation) }),
          ...(nat === undefined ? {} : { out: true }),
          ...(filter === undefined ? { filter: "none" } : {}),
        },
      ];
    });
    assert.deepEqual(Object.fromEntries(found), SUBNETS);
    const network = range("10.64.0.0/16");
    for (const { prefix } of Object.values(SUBNETS)) assert.ok(contains(network, range(prefix)), prefix);
  });

  it("[PF-SEC-04] makes its subnets one after the other", () => {
    const [, ...later] = Object.keys(SUBNETS);
    later.forEach((subnet, index) => {
      const before = Object.keys(SUBNETS)[index] ?? "";
      assert.ok(stack.waitsFor(`network-${subnet}`).has(`network-${before}`), `${subnet} does not wait for ${before}`);
    });
  });

  it("[PF-SEC-04] filters private endpoints too, and leaves the private link of the edge to itself", () => {
    for (const { name, inputs } of stack.ofType("azure-native:network:Subnet")) {
      assert.deepEqual(
        only(inputs, "privateEndpointNetworkPolicies", "privateLinkServiceNetworkPolicies"),
        {
          privateEndpointNetworkPolicies: name === "network-endpoints" ? "NetworkSecurityGroupEnabled" : "Disabled",
          privateLinkServiceNetworkPolicies: name === "network-ingress" ? "Disabled" : "Enabled",
        },
        name,
      );
    }
  });

  /** `<subnet> <other end> <ports>` of every rule that allows, and the subnets that deny the rest. */
  function rules(direction: "Inbound" | "Outbound") {
    const allowed: string[] = [];
    const closed: string[] = [];
    const [ownEnd, otherEnd] = direction === "Inbound" ? ["destination", "source"] : ["source", "destination"];
    for (const { name, inputs } of stack.ofType("azure-native:network:NetworkSecurityGroup")) {
      const subnet = name.replace(/^network-(.*)-rules$/, "$1");
      for (const rule of list(inputs["securityRules"]) as readonly Properties[]) {
        if (rule["direction"] !== direction) continue;
        if (rule["access"] === "Deny") {
          assert.deepEqual(
            only(
              rule,
              "priority",
              "protocol",
              "sourceAddressPrefix",
              "destinationAddressPrefix",
              "destinationPortRange",
            ),
            {
              priority: 4096,
              protocol: "*",
              sourceAddressPrefix: "*",
              destinationAddressPrefix: "*",
              destinationPortRange: "*",
            },
            name,
          );
          closed.push(subnet);
          continue;
        }
        const own = strings(rule[`${ownEnd}AddressPrefixes`] ?? rule[`${ownEnd}AddressPrefix`]).map(named);
        const whole = own[0] === subnet && own.every((one) => one === subnet || one === "pods");
        const ports = strings(rule["destinationPortRanges"] ?? rule["destinationPortRange"]);
        const peer = named(text(rule[`${otherEnd}AddressPrefix`]));
        allowed.push(`${whole ? subnet : `${subnet}/${own.join("+")}`} ${peer} ${ports.join(",")}`);
      }
    }
    return { allowed: allowed.sort(), closed: closed.sort() };
  }
  const named = (prefix: string) => NAMES[prefix] ?? prefix;

  it("[PF-SEC-04] [PF-SEC-03] lets in these, and nobody else anywhere", () => {
    const guarded = Object.keys(SUBNETS).filter((subnet) => subnet !== "gateway");
    assert.deepEqual(rules("Inbound"), { allowed: [...LET_IN].sort(), closed: guarded.sort() });
    assert.ok(LET_IN.every((line) => !isOpen(line.split(" ")[1])));
  });

  it("[PF-SEC-04] lets databases and private endpoints out to these alone", () => {
    assert.deepEqual(rules("Outbound"), { allowed: [...LET_OUT].sort(), closed: ["database", "endpoints"] });
  });

  it("[PF-SEC-04] goes out by two addresses that stay, in every zone", () => {
    assert.deepEqual(
      stack.input("network-nat", "publicIpAddresses"),
      ["1", "2"].map((number) => ({ id: stack.id(`network-nat-${number}`) })),
    );
    const addresses = stack.ofType("azure-native:network:PublicIPAddress");
    assert.deepEqual(
      addresses.map(({ name, inputs }) => [name, inputs["publicIPAllocationMethod"], inputs["zones"]]).sort(),
      ["gateway-address-1", "gateway-address-2", "network-nat-1", "network-nat-2"].map((name) => [
        name,
        "Static",
        ["1", "2", "3"],
      ]),
    );
  });

  it("[PF-CLOUD-01] has a gateway of two instances, by which the other sites learn its ranges", () => {
    assert.deepEqual(
      only(stack.named("gateway-vpn").inputs, "activeActive", "enableBgp", "bgpSettings", "gatewayType", "vpnType"),
      { activeActive: true, enableBgp: true, bgpSettings: { asn: 65_010 }, gatewayType: "Vpn", vpnType: "RouteBased" },
    );
    assert.deepEqual(
      list(stack.input("gateway-vpn", "ipConfigurations")).map((one) => [
        at(one, "publicIPAddress.id"),
        at(one, "subnet.id"),
      ]),
      ["1", "2"].map((number) => [stack.id(`gateway-address-${number}`), stack.id("network-gateway")]),
    );
  });

  it("[PF-SEC-04] [PF-DATA-04] opens brokers at private addresses of the subnet's end, to the network and linked sites alone", () => {
    const opened = stack
      .ofType("kubernetes:core/v1:Service")
      .filter(({ inputs }) => at(inputs, "spec.type") === "LoadBalancer")
      .map(({ urn, inputs }) => {
        assert.deepEqual(at(inputs, "spec.loadBalancerSourceRanges"), clients, urn);
        const annotations = at(inputs, "metadata.annotations") as Properties;
        const annotation = (key: string) => annotations[`service.beta.kubernetes.io/azure-load-balancer-${key}`];
        assert.equal(annotation("internal"), "true", urn);
        assert.equal(annotation("internal-subnet"), "ingress", urn);
        assert.ok(contains(range("10.64.128.0/20"), range(`${text(annotation("ipv4"))}/32`)), urn);
        const ports = list(at(inputs, "spec.ports")).map((port) => at(port, "port"));
        return [at(inputs, "metadata.name"), annotation("ipv4"), ...ports];
      });
    assert.deepEqual(opened.sort(), [
      ["events-bootstrap", "10.64.143.240", 9094],
      ["events-broker-0", "10.64.143.241", 9094],
      ["events-broker-1", "10.64.143.242", 9094],
      ["events-broker-2", "10.64.143.243", 9094],
      ["queue-network", "10.64.143.244", 5671],
    ]);
    // What a policy lets in from addresses is what the load balancer lets in.
    const policies = stack
      .ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy")
      .filter(({ inputs }) => at(inputs, "metadata.name") === "network")
      .map(({ inputs }) => [
        at(inputs, "metadata.namespace"),
        at(inputs, "spec.ingress.0.ports.0.port"),
        list(at(inputs, "spec.ingress.0.from")).map((peer) => at(peer, "ipBlock.cidr")),
      ]);
    assert.deepEqual(policies.sort(), [
      ["kafka", 9094, clients],
      ["rabbitmq", 5671, clients],
    ]);
    assert.equal(
      stack.input("events-kafka", "spec.kafka.listeners.1.configuration.brokers.2.advertisedHost"),
      "10.64.143.243",
    );
  });
});
