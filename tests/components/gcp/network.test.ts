import assert from "node:assert/strict";
import { AdoptedNetwork, type AdoptedNetworkArgs } from "../../../components/gcp/adopted-network";
import { Firewall } from "../../../components/gcp/firewall";
import { Gateway } from "../../../components/gcp/gateway";
import type { GcpNetwork } from "../../../components/gcp/network";
import { NodeAccount } from "../../../components/gcp/node-account";
import { linkedSites } from "../../../components/planning/site-plan";
import { only } from "../../stacks/deployed";
import { attempt, onSite, ranges, region, type Ground } from "./ground";

describe("network on Google Cloud", () => {
  it("[PF-SEC-04] is one private subnet with ranges for pods and services out of the address plan", async () => {
    const stack = await onSite(() => undefined);
    const network = stack.named("network-network").inputs;
    assert.equal(network["autoCreateSubnetworks"], false);
    assert.equal(network["routingMode"], "REGIONAL");
    const subnets = stack.ofType("gcp:compute/subnetwork:Subnetwork");
    assert.equal(subnets.length, 1);
    assert.equal(stack.input("network-nodes", "ipCidrRange"), "10.48.0.0/17");
    assert.equal(stack.input("network-nodes", "privateIpGoogleAccess"), true);
    assert.deepEqual(stack.input("network-nodes", "secondaryIpRanges"), [
      { rangeName: "pods", ipCidrRange: "10.52.0.0/14" },
      { rangeName: "services", ipCidrRange: "10.49.0.0/16" },
    ]);
    assert.deepEqual(stack.input("network-nodes", "logConfig"), {
      aggregationInterval: "INTERVAL_10_MIN",
      flowSampling: 0.5,
      metadata: "INCLUDE_ALL_METADATA",
    });
  });

  it("goes out by addresses that stay the same", async () => {
    const stack = await onSite(() => undefined);
    const addresses = stack.ofType("gcp:compute/address:Address");
    assert.deepEqual(
      addresses.map(({ name, inputs }) => [name, inputs["addressType"]]),
      [
        ["network-nat-1-address", "EXTERNAL"],
        ["network-nat-2-address", "EXTERNAL"],
      ],
    );
    const nat = stack.named("network-nat").inputs;
    assert.equal(nat["natIpAllocateOption"], "MANUAL_ONLY");
    assert.deepEqual(
      nat["natIps"],
      addresses.map(({ outputs }) => outputs["selfLink"]),
    );
    // Of the subnet of nodes, and of no other that comes later.
    assert.equal(nat["sourceSubnetworkIpRangesToNat"], "LIST_OF_SUBNETWORKS");
    assert.deepEqual(nat["subnetworks"], [
      { name: stack.named("network-nodes").id, sourceIpRangesToNats: ["ALL_IP_RANGES"] },
    ]);
    assert.deepEqual(
      only(nat, "enableDynamicPortAllocation", "enableEndpointIndependentMapping", "minPortsPerVm", "maxPortsPerVm"),
      {
        enableDynamicPortAllocation: true,
        enableEndpointIndependentMapping: false,
        minPortsPerVm: 64,
        maxPortsPerVm: 8192,
      },
    );
    assert.deepEqual(nat["logConfig"], { enable: true, filter: "ERRORS_ONLY" });
  });

  it("gives Google's services a range of its own, and tells them the routes to other sites", async () => {
    const stack = await onSite(() => undefined);
    const range = stack.named("network-private-services-range").inputs;
    assert.equal(range["address"], "10.50.0.0");
    assert.equal(range["prefixLength"], 16);
    assert.equal(range["purpose"], "VPC_PEERING");
    assert.deepEqual(stack.input("network-private-services", "reservedPeeringRanges"), ["test-private-services"]);
    // What is left of an earlier site of the name is no obstacle.
    assert.equal(stack.input("network-private-services", "updateOnCreationFail"), true);
    const routes = stack.named("network-private-services-routes").inputs;
    assert.equal(routes["exportCustomRoutes"], true);
    assert.equal(routes["importCustomRoutes"], true);
    assert.equal(routes["peering"], stack.output("network-private-services", "peering"));
  });

  it("answers to the contract: a subnet of the region for each zone, and none in tiers that lie elsewhere", async () => {
    let network: GcpNetwork | undefined;
    await onSite((ground) => {
      network = ground.network;
    });
    assert.ok(network);
    assert.deepEqual(network.zones, ["a", "b", "c"]);
    assert.equal(network.cidr, "10.48.0.0/16");
    const { public: open, private: own, database } = network.subnetIds;
    assert.deepEqual([open.length, own.length, database.length], [0, 3, 0]);
    assert.equal(new Set(own).size, 1);
  });

  it("has a gateway that speaks BGP with the site's number and announces what lies behind the network too", async () => {
    const stack = await onSite(({ project, prefix, network, onGcp }) => {
      new Gateway("gateway", { project, prefix, network, ranges }, onGcp);
    });
    assert.deepEqual(stack.input("gateway-router", "bgp"), {
      asn: 64_514,
      advertiseMode: "CUSTOM",
      advertisedGroups: ["ALL_SUBNETS"],
      advertisedIpRanges: [{ range: "10.50.0.0/16", description: "Private services access" }],
    });
    assert.deepEqual(only(stack.named("gateway-vpn").inputs, "network", "gatewayIpVersion", "stackType"), {
      network: stack.id("network-network"),
      gatewayIpVersion: "IPV4",
      stackType: "IPV4_ONLY",
    });
    assert.equal(stack.input("gateway-router", "network"), stack.id("network-network"));
  });

  it("[PF-SEC-04] has a firewall that names machines by their identity", async () => {
    const stack = await onSite(({ project, prefix, network, onGcp }) => {
      const { email } = new NodeAccount("nodes", { project, prefix }, onGcp);
      new Firewall(
        "firewall",
        {
          project,
          prefix,
          network,
          needs: { linked: linkedSites("prod-gcp"), linkedPorts: [9094] },
          accounts: { nodes: email },
        },
        onGcp,
      );
    });
    const deny = stack.named("firewall-deny-ingress").inputs;
    assert.deepEqual(deny["denies"], [{ protocol: "all" }]);
    assert.deepEqual(deny["sourceRanges"], ["0.0.0.0/0"]);
    assert.deepEqual(deny["logConfig"], { metadata: "INCLUDE_ALL_METADATA" });
    assert.equal(deny["targetServiceAccounts"], undefined);
    const linked = stack.named("firewall-from-prod").inputs;
    assert.deepEqual(linked["allows"], [{ protocol: "tcp", ports: ["9094"] }]);
    assert.deepEqual(linked["targetServiceAccounts"], ["test-nodes@platform-test-1.iam.gserviceaccount.com"]);
    assert.equal(stack.ofType("gcp:compute/firewall:Firewall").length, 3);
  });

  it("refuses a firewall rule for machines whose identity nobody gave", async () => {
    const { run } = await attempt(({ project, prefix, network, onGcp }) => {
      new Firewall("firewall", { project, prefix, network, needs: { bastion: "create" }, accounts: {} }, onGcp);
    });
    assert.deepEqual(run.errors, ["a firewall rule is for bastion, whose service account is not given"]);
  });
});

describe("adopted network on Google Cloud", () => {
  const subnet: AdoptedNetworkArgs["subnet"] = {
    name: "test-nodes",
    range: "10.48.0.0/17",
    pods: { rangeName: "pods", range: ranges.pods },
    services: { rangeName: "services", range: ranges.services },
  };
  const adopt =
    (changes: Partial<AdoptedNetworkArgs> = {}) =>
    ({ project, gcp }: Ground) => {
      const args: AdoptedNetworkArgs = {
        project,
        networkName: "test-network",
        cidr: ranges.network,
        zones: ["a", "b", "c"],
        subnet,
        privateServicesRange: "test-private-services",
        ...changes,
      };
      new AdoptedNetwork("adopted", args, { providers: { gcp } });
    };

  it("is what an earlier stack has made", async () => {
    const { run } = await onSite(() => undefined);
    const adopted = await attempt(adopt(), { cloud: run.cloud, stack: "other" });
    assert.deepEqual(adopted.run.errors, []);
    assert.equal(
      adopted.component("adopted").outputs["subnetId"],
      `projects/platform-test-1/regions/${region}/subnetworks/test-nodes`,
    );
  });

  const refused: readonly [string, Partial<AdoptedNetworkArgs>, RegExp][] = [
    [
      "another network",
      { networkName: "other-network" },
      /^subnet "test-nodes" lies in test-network, not in other-network: correct network\.adopt\.network or network\.adopt\.subnet$/,
    ],
    [
      "another range",
      { subnet: { ...subnet, range: "10.48.0.0/18" } },
      /^subnet "test-nodes" has the range 10\.48\.0\.0\/17, not 10\.48\.0\.0\/18: set network\.adopt\.subnet\.range to the subnet's$/,
    ],
    [
      "no range of the name for pods",
      { subnet: { ...subnet, pods: { rangeName: "gke-pods", range: ranges.pods } } },
      /^subnet "test-nodes" has no secondary range "gke-pods" for pods: correct network\.adopt\.subnet\.pods\.rangeName, or let its owner add it$/,
    ],
    [
      "another range for services",
      { subnet: { ...subnet, services: { rangeName: "services", range: "10.49.0.0/20" } } },
      /^subnet "test-nodes" has 10\.49\.0\.0\/16 in "services", not 10\.49\.0\.0\/20: set network\.adopt\.subnet\.services\.range to it$/,
    ],
  ];
  for (const [what, changes, message] of refused) {
    it(`with ${what} is refused`, async () => {
      const { run } = await onSite(() => undefined);
      const second = await attempt(adopt(changes), { cloud: run.cloud, stack: "other" });
      assert.ok(
        second.run.errors.some((error) => message.test(error)),
        second.run.errors.join("\n"),
      );
    });
  }
});

describe("project on Google Cloud", () => {
  it("switches on the APIs of the site before anything is made by them, and leaves them on", async () => {
    const stack = await onSite(() => undefined, { apis: ["sqladmin.googleapis.com", "dns.googleapis.com"] });
    const services = stack.ofType("gcp:projects/service:Service");
    assert.equal(services.length, 12);
    assert.deepEqual([...new Set(services.map(({ inputs }) => inputs["disableOnDestroy"]))], [false]);
    const made = stack.run.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
    assert.deepEqual(made.slice(0, services.length), services);
  });
});
