import assert from "node:assert/strict";
import { contains, range } from "../../components/planning/cidr";
import type { Properties } from "../../offline/cloud/value";
import { at, deployed, only, text, type Deployed } from "./deployed";
import { isOpen, list } from "./invariants/facts";

/** The blocks of the sites that this one is linked to, beside its own nodes: prod and dr. */
const clients = ["10.48.0.0/17", "10.32.0.0/12", "10.64.0.0/12"];

describe("prod-gcp: network", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod-gcp");
  });

  it("[PF-CLOUD-01] has the ranges of its place in the address plan, which no other site's overlap", () => {
    const { inputs } = stack.named("network-nodes");
    assert.equal(inputs["ipCidrRange"], "10.48.0.0/17");
    assert.deepEqual(inputs["secondaryIpRanges"], [
      { rangeName: "pods", ipCidrRange: "10.52.0.0/14" },
      { rangeName: "services", ipCidrRange: "10.49.0.0/16" },
    ]);
    const services = stack.named("network-private-services-range").inputs;
    assert.deepEqual(only(services, "address", "prefixLength"), { address: "10.50.0.0", prefixLength: 16 });
    const block = range("10.48.0.0/12");
    const own = ["10.48.0.0/17", "10.49.0.0/16", "10.50.0.0/16", "10.52.0.0/14"].map(range);
    assert.ok(own.every((one) => contains(block, one)));
    assert.deepEqual(
      stack.ofType("gcp:compute/subnetwork:Subnetwork").map(({ name }) => name),
      ["network-nodes"],
    );
  });

  it("[PF-SEC-04] goes out by two addresses that stay, from its own router alone", () => {
    const nat = stack.named("network-nat").inputs;
    assert.equal(nat["router"], stack.output("network-router", "name"));
    assert.deepEqual(
      nat["natIps"],
      [1, 2].map((index) => stack.output(`network-nat-${String(index)}-address`, "selfLink")),
    );
  });

  it("[PF-SEC-04] lets nothing in by rules of its own: load balancers of the cluster are opened by GKE", () => {
    const rules = stack.ofType("gcp:compute/firewall:Firewall");
    assert.deepEqual(
      rules.map(({ inputs }) => only(inputs, "direction", "denies", "allows", "sourceRanges", "network")),
      [
        {
          direction: "INGRESS",
          denies: [{ protocol: "all" }],
          allows: undefined,
          sourceRanges: ["0.0.0.0/0"],
          network: stack.id("network-network"),
        },
      ],
    );
  });

  it("[PF-SEC-04] reaches databases and Redis in the range of private services, which is there before them", () => {
    const services = range("10.50.0.0/16");
    const name = stack.output("network-private-services-range", "name");
    for (const instance of ["databases-shard-0-source", "databases-shard-0-replica-reader"]) {
      assert.deepEqual(
        only(
          stack.input(instance, "settings.ipConfiguration") as Properties,
          "allocatedIpRange",
          "privateNetwork",
          "ipv4Enabled",
        ),
        { allocatedIpRange: name, privateNetwork: stack.id("network-network"), ipv4Enabled: false },
      );
    }
    assert.deepEqual(only(stack.named("redis-instance").inputs, "reservedIpRange", "authorizedNetwork"), {
      reservedIpRange: name,
      authorizedNetwork: stack.id("network-network"),
    });
    const hosts = [
      stack.output("databases-shard-0-source", "privateIpAddress"),
      stack.output("databases-shard-0-replica-reader", "privateIpAddress"),
      stack.output("redis-instance", "host"),
    ];
    for (const host of hosts) assert.ok(contains(services, range(`${text(host)}/32`)), text(host));
    for (const part of ["databases-shard-0-source", "databases-shard-0-replica-reader", "redis-instance"]) {
      assert.ok(stack.waitsFor(part).has("network-private-services"), `${part} does not wait for private services`);
    }
  });

  it("[PF-CLOUD-01] has a gateway by which the other sites learn the way to databases too", () => {
    assert.deepEqual(stack.input("gateway-router", "bgp"), {
      asn: 64_514,
      advertiseMode: "CUSTOM",
      advertisedGroups: ["ALL_SUBNETS"],
      advertisedIpRanges: [{ range: "10.50.0.0/16", description: "Private services access" }],
    });
    assert.deepEqual(
      only(stack.named("network-private-services-routes").inputs, "exportCustomRoutes", "importCustomRoutes"),
      { exportCustomRoutes: true, importCustomRoutes: true },
    );
    for (const part of ["gateway-router", "gateway-vpn"]) {
      assert.equal(stack.input(part, "network"), stack.id("network-network"), part);
    }
  });

  it("[PF-SEC-04] [PF-DATA-04] opens brokers at private addresses of the subnet's end, to nodes and linked sites alone", () => {
    const balancers = stack
      .ofType("kubernetes:core/v1:Service")
      .filter(({ inputs }) => at(inputs, "spec.type") === "LoadBalancer");
    const opened = balancers.map(({ urn, inputs }) => {
      assert.deepEqual(at(inputs, "spec.loadBalancerSourceRanges"), clients, urn);
      const annotations = at(inputs, "metadata.annotations") as Properties;
      assert.equal(annotations["networking.gke.io/load-balancer-type"], "Internal", urn);
      const ports = list(at(inputs, "spec.ports")).map((port) => at(port, "port"));
      return [at(inputs, "metadata.name"), at(inputs, "spec.loadBalancerIP"), ...ports];
    });
    assert.deepEqual(opened.sort(), [
      ["events-bootstrap", "10.48.127.240", 9094],
      ["events-broker-0", "10.48.127.241", 9094],
      ["events-broker-1", "10.48.127.242", 9094],
      ["events-broker-2", "10.48.127.243", 9094],
      ["queue-network", "10.48.127.244", 5671],
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
    assert.ok(clients.every((client) => !isOpen(client)));
  });

  it("[PF-CLOUD-01] [PF-DR-01] tells the other sites of itself in its state bucket, without a secret", () => {
    const { inputs } = stack.named("site-contract-object");
    assert.deepEqual(only(inputs, "bucket", "name", "contentType"), {
      bucket: "portfolio-prod-gcp-state-portfolio-prod-gcp",
      name: "site-contracts/prod-gcp.json",
      contentType: "application/json",
    });
    // The SDK takes what is written to a bucket for a secret; the stack shows the same to everybody.
    assert.equal(stack.run.outputs["siteContract"], inputs["content"]);
    assert.deepEqual(stack.run.secretOutputs, []);
    const contract = JSON.parse(text(inputs["content"])) as Properties;
    assert.deepEqual(at(contract, "network"), {
      block: "10.48.0.0/12",
      network: "10.48.0.0/16",
      pods: "10.52.0.0/14",
      services: "10.49.0.0/16",
      privateServices: "10.50.0.0/16",
      asn: 64_514,
      gatewayId: stack.id("gateway-vpn"),
    });
    assert.deepEqual(
      ["site", "class", "cloud", "region", "zones", "kubernetes.clusterName", "kubernetes.apiAccess"].map((path) =>
        at(contract, path),
      ),
      ["prod-gcp", "production", "gcp", "us-central1", ["a", "b", "c"], "portfolio-prod-gke", "dns-endpoint"],
    );
    assert.deepEqual(
      [
        "postgres.0.host",
        "postgres.0.replicas",
        "redis.host",
        "redis.port",
        "events.bootstrapServers",
        "queue.endpoint",
        "buckets.objects",
        "buckets.lake",
      ].map((path) => at(contract, `data.${path}`)),
      [
        stack.output("databases-shard-0-source", "privateIpAddress"),
        [stack.output("databases-shard-0-replica-reader", "privateIpAddress")],
        stack.output("redis-instance", "host"),
        stack.output("redis-instance", "port"),
        "10.48.127.240:9094",
        "amqps://10.48.127.244:5671",
        stack.output("objects-bucket", "name"),
        stack.output("lake-objects-bucket", "name"),
      ],
    );
  });
});
