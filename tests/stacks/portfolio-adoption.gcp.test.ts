import assert from "node:assert/strict";
import type { Properties } from "../../offline/cloud/value";
import { beside } from "./beside";
import { at, deployStack, text, type Deployed } from "./deployed";

const production = "prod-gcp";
const project = "portfolio-prod-gcp";
const zoneName = "gcp.example.com";
const skipped = { mode: "skip" };

/** The site at its smallest: network, cluster, PostgreSQL, Redis, objects. */
const small = {
  class: "development",
  gateway: "skip",
  nodePools: { general: { cpus: 4, memoryGiB: 16, nodes: { min: 3, max: 6 } } },
  cluster: { access: "network" },
  database: {},
  cache: {},
  documents: skipped,
  keyValues: skipped,
  events: skipped,
  queue: skipped,
  lake: skipped,
  functions: skipped,
  machineLearning: skipped,
  identityProvider: skipped,
  images: skipped,
  alarms: "skip",
  governance: skipped,
  siteContract: "skip",
};

describe("a site on Google Cloud that adopts what is there", function () {
  this.timeout(60_000);
  let owner: Deployed;
  /** Settings that adopt each thing. */
  let adopted: Readonly<Record<"network" | "keys" | "cluster" | "images" | "dns", Properties>>;
  before(async () => {
    owner = await deployStack(production, {
      ...small,
      images: { mode: "create", images: ["services"] },
      dns: { mode: "create", name: zoneName },
    });
    const subnet = owner.named("network-nodes").inputs;
    const secondary = (index: number) => ({
      rangeName: text(at(subnet, `secondaryIpRanges.${String(index)}.rangeName`)),
      range: text(at(subnet, `secondaryIpRanges.${String(index)}.ipCidrRange`)),
    });
    const keyOf = (purpose: string) => owner.id(`keys-${purpose}-key`);
    adopted = {
      network: {
        zones: ["a", "b", "c"],
        adopt: {
          network: text(owner.input("network-network", "name")),
          cidr: "10.48.0.0/16",
          subnet: {
            name: text(subnet["name"]),
            range: text(subnet["ipCidrRange"]),
            pods: secondary(0),
            services: secondary(1),
          },
          privateServicesRange: text(owner.input("network-private-services-range", "name")),
        },
      },
      keys: { data: keyOf("data"), images: keyOf("images"), logs: keyOf("logs"), secrets: keyOf("secrets") },
      cluster: { mode: "adopt", name: "portfolio-prod-gke", access: "network" },
      images: {
        mode: "adopt",
        repositories: { services: { repository: `${project}-services`, image: "services" } },
      },
      dns: { mode: "adopt", name: zoneName, zoneId: text(owner.input("dns-zone", "name")) },
    };
  });
  const guest = (settings: Record<string, unknown>, stack?: string) =>
    beside(owner, production, { ...small, ...settings }, stack);

  const namesOf = (site: Deployed, type: string) => site.ofType(type).map(({ name }) => name);

  it("[PF-CLOUD-02] takes network, cluster, zone, keys and registry of another stack, and makes none of its own", async () => {
    const site = await guest({ ...adopted, platformLayer: { namespaces: { guests: {} } } });
    // The add-ons and namespaces of a cluster belong to whoever was first.
    for (const error of site.run.errors) assert.match(error, /already exists|cannot re-use a name/);
    for (const type of [
      "gcp:compute/network:Network",
      "gcp:compute/subnetwork:Subnetwork",
      "gcp:compute/firewall:Firewall",
      "gcp:compute/routerNat:RouterNat",
      "gcp:compute/globalAddress:GlobalAddress",
      "gcp:servicenetworking/connection:Connection",
      "gcp:container/cluster:Cluster",
      "gcp:container/nodePool:NodePool",
      "gcp:kms/keyRing:KeyRing",
      "gcp:kms/cryptoKey:CryptoKey",
      "gcp:artifactregistry/repository:Repository",
      "gcp:dns/managedZone:ManagedZone",
    ]) {
      assert.deepEqual(namesOf(site, type), [], type);
    }
    assert.equal(site.component("network").type, "platform:gcp:AdoptedNetwork");
    const dataKey = owner.id("keys-data-key");
    assert.equal(site.input("databases-shard-0-source", "encryptionKeyName"), dataKey);
    const networkId = owner.id("network-network");
    assert.equal(site.input("databases-shard-0-source", "settings.ipConfiguration.privateNetwork"), networkId);
    assert.equal(
      site.input("databases-shard-0-source", "settings.ipConfiguration.allocatedIpRange"),
      owner.input("network-private-services-range", "name"),
    );
    assert.equal(site.input("redis-instance", "customerManagedKey"), dataKey);
    assert.equal(site.input("redis-instance", "authorizedNetwork"), networkId);
    assert.equal(site.input("objects-bucket", "encryption.defaultKmsKeyName"), dataKey);
    assert.equal(site.id("platform-namespaces-guests"), "guests");
  });

  it("[PF-CLOUD-02] takes each of them alone, and makes the others", async () => {
    const counts = (site: Deployed) => ({
      networks: namesOf(site, "gcp:compute/network:Network").length,
      keys: namesOf(site, "gcp:kms/cryptoKey:CryptoKey").length,
      repositories: namesOf(site, "gcp:artifactregistry/repository:Repository").length,
      zones: namesOf(site, "gcp:dns/managedZone:ManagedZone").length,
    });
    const made = { networks: 1, keys: 4, repositories: 1, zones: 1 };
    const { keys, images, dns, network } = adopted;
    const create = {
      cluster: skipped,
      images: { mode: "create", images: ["guest"] },
      dns: { mode: "create", name: "guest.example.com" },
    };
    const { data = "" } = keys;
    for (const [settings, expected] of [
      [{ network }, { ...made, networks: 0 }],
      [{ keys }, { ...made, keys: 0 }],
      [{ keys: { data } }, { ...made, keys: 3 }],
      [{ images }, { ...made, repositories: 0 }],
      [{ dns }, { ...made, zones: 0 }],
    ] as const) {
      const [what = ""] = Object.keys(settings);
      const site = await guest({ ...create, ...settings }, `alone-${what}-${String(expected.keys)}`);
      assert.deepEqual(site.run.errors, [], what);
      assert.deepEqual(counts(site), expected, what);
    }
  });

  it("leaves the cluster out: stores, and nothing of Kubernetes", async () => {
    const site = await guest({ network: adopted.network, cluster: skipped }, "stores");
    assert.deepEqual(site.run.errors, []);
    assert.deepEqual(
      site.run.resources.filter(({ type }) => /^(kubernetes|gcp:container)/.test(type)).map(({ name }) => name),
      [],
    );
    assert.ok(site.named("databases-shard-0-source"));
    assert.deepEqual(namesOf(site, "pulumi:providers:kubernetes"), []);
  });

  it("lets a gateway into an adopted network, of which it changes nothing", async () => {
    const site = await guest({ network: adopted.network, cluster: skipped, gateway: "create" }, "linked");
    assert.deepEqual(site.run.errors, []);
    assert.equal(site.ofType("gcp:compute/haVpnGateway:HaVpnGateway").length, 1);
    assert.deepEqual(namesOf(site, "gcp:compute/network:Network"), []);
  });

  for (const [what, settings, refusal] of [
    [
      "a subnet with another range",
      () => ({ network: changed(adopted.network, (network) => (network.adopt.subnet.range = "10.49.0.0/20")) }),
      /subnet "[\w-]+" has the range 10\.48\.[\d./]+, not 10\.49\.0\.0\/20: set network\.adopt\.subnet\.range to the subnet's/,
    ],
    [
      "a subnet without the range for pods",
      () => ({ network: changed(adopted.network, (network) => (network.adopt.subnet.pods.rangeName = "others")) }),
      /has no secondary range "others" for pods: correct network\.adopt\.subnet\.pods\.rangeName, or let its owner add it/,
    ],
    [
      "a range for Services that is another",
      () => ({
        network: changed(adopted.network, (network) => (network.adopt.subnet.services.range = "10.50.0.0/20")),
      }),
      /, not 10\.50\.0\.0\/20: set network\.adopt\.subnet\.services\.range to it/,
    ],
    [
      "a network that is not there",
      () => ({ network: changed(adopted.network, (network) => (network.adopt.network = "elsewhere")) }),
      /network "elsewhere" cannot be looked up \(.+\): name one of the project in network\.adopt\.network/,
    ],
    [
      "a cluster of another version",
      () => ({ cluster: { ...adopted.cluster, version: "1.35" } }),
      /cluster "portfolio-prod-gke" runs Kubernetes 1\.36[\w.-]*, not 1\.35: set cluster\.version to the cluster's/,
    ],
    [
      "a cluster that is not there",
      () => ({ cluster: { ...adopted.cluster, name: "elsewhere" } }),
      /cluster "elsewhere" cannot be looked up \(.+\): name a regional one of us-central1 in cluster\.name, or set cluster\.mode to create/,
    ],
    [
      "an access that the cluster has no endpoint for",
      () => ({ cluster: { ...adopted.cluster, access: "dns-endpoint" } }),
      /cluster "portfolio-prod-gke" has no endpoint for access by "dns-endpoint": choose another access, or let its owner open it/,
    ],
    [
      "a registry that is not there",
      () => ({ images: { mode: "adopt", repositories: { services: { repository: "elsewhere", image: "services" } } } }),
      /repository "elsewhere" cannot be looked up \(.+\): name one of us-central1 in images\.repositories\.services\.repository/,
    ],
    [
      "a zone that is not there",
      () => ({ dns: { ...adopted.dns, zoneId: "elsewhere" } }),
      /zone "elsewhere" cannot be looked up \(.+\): give its name in Cloud DNS as dns\.zoneId, or set dns\.mode to create/,
    ],
    [
      "a key that is not there",
      () => ({ keys: { data: `projects/${project}/locations/us-central1/keyRings/elsewhere/cryptoKeys/data` } }),
      /keys-data-storage: .*CryptoKey projects\/portfolio-prod-gcp\/locations\/us-central1\/keyRings\/elsewhere\/cryptoKeys\/data not found/,
    ],
    [
      "a key of another region",
      () => ({ keys: { data: `projects/${project}/locations/us-east1/keyRings/ring/cryptoKeys/data` } }),
      /platform:keys\.data: is a key of us-east1, and services of us-central1 cannot use it: name a key of us-central1/,
    ],
    [
      "a key for two purposes",
      () => ({ keys: { data: adopted.keys["data"], logs: adopted.keys["data"] } }),
      /platform:keys: names a key twice, so that a right to one opens both: name a key for each purpose/,
    ],
  ] as const) {
    it(`refuses ${what}, and says what to do`, async () => {
      const site = await guest({ ...adopted, ...settings() }, "refused");
      assert.match(site.run.errors.join("\n"), refusal);
    });
  }
});

interface NetworkSettings {
  adopt: {
    network: string;
    subnet: { range: string; pods: { rangeName: string }; services: { range: string } };
  };
}

/** A copy with something wrong. */
function changed(network: Properties, change: (network: NetworkSettings) => void): object {
  const copy = structuredClone(network) as unknown as NetworkSettings;
  change(copy);
  return copy;
}
