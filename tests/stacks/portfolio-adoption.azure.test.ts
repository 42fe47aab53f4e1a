// In one process with the program, the EKS component brings back resources by classes that its own process loads.
import "@pulumi/aws";
import "@pulumi/eks";
import assert from "node:assert/strict";
import { Cluster } from "../../components/azure/cluster";
import { DnsZone } from "../../components/azure/dns-zone";
import { ImageRegistry } from "../../components/azure/image-registry";
import { Network } from "../../components/azure/network";
import { onNetwork, ranges, subscriptionId, type Ground } from "../components/azure/ground";
import { beside } from "./beside";
import { text, type Deployed } from "./deployed";

const recovery = "dr";
const zoneName = "azure.example.com";
const skipped = { mode: "skip" };
const admins = { platform: { principalId: "00000000-0000-4000-8000-00000000000a", type: "Group" } } as const;

/** The site at its smallest: network, cluster, PostgreSQL, Redis, objects. */
const small = {
  subscription: subscriptionId,
  class: "development",
  gateway: "skip",
  nodePools: { general: { cpus: 4, memoryGiB: 16, nodes: { min: 3, max: 6 } } },
  standbyNodes: {},
  cluster: { access: "network", admins },
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

const pool = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 4,
  memoryGiB: 16,
  diskGiB: 64,
  nodes: { min: 3, max: 6 },
} as const;

/**
 * What others have made: a cluster in a network of its own, and beside it keys, a registry and a zone. The network has no private
 * names yet, since one that has cannot get the same names again.
 */
function landingZone({ place, prefix, network: hub, dns, keys, logs, protection, onAzure }: Ground): void {
  const network = new Network(
    "spoke",
    {
      prefix: "spoke",
      place,
      cidr: ranges.network,
      podCidr: ranges.pods,
      zones: ["a", "b", "c"],
      optional: [],
      security: { linked: [], ingress: "private" },
    },
    onAzure,
  );
  new Cluster(
    "cluster",
    {
      prefix,
      place,
      clusterName: "shared-aks",
      version: "1.36",
      tier: "Standard",
      access: "network",
      admins,
      network,
      podRange: ranges.pods,
      serviceRange: ranges.services,
      keys,
      registryIds: {},
      nodePools: { general: pool },
      logs,
      protection,
    },
    onAzure,
  );
  const repositories = ["services"];
  const home = { network: hub, dns };
  new ImageRegistry(
    "images",
    { prefix, place, repositories, key: keys.keys.images, ...home, logs, protection },
    onAzure,
  );
  new DnsZone("zone", { place, zoneName, mode: "create", protection }, onAzure);
}

describe("a site on Azure that adopts what is there", function () {
  this.timeout(60_000);
  let owner: Deployed;
  let group: string;
  let adoptedKey: (key: string) => { readonly resourceGroup: string; readonly vault: string; readonly key: string };
  /** Settings that adopt each thing. */
  let adopted: ReturnType<typeof settingsOf>;
  const settingsOf = (registry: string) => ({
    network: {
      zones: ["a", "b", "c"],
      adopt: {
        resourceGroup: group,
        name: text(owner.input("spoke-network", "virtualNetworkName")),
        cidr: ranges.network,
        ingressRange: text(owner.input("spoke-ingress", "addressPrefix")),
        subnetNames: {
          nodes: "nodes",
          ingress: "ingress",
          database: "database",
          "api-server": "api-server",
          endpoints: "endpoints",
        },
      },
    },
    keys: {
      data: adoptedKey("data"),
      images: adoptedKey("images"),
      logs: adoptedKey("logs"),
      secrets: adoptedKey("secrets"),
    },
    cluster: { mode: "adopt", name: "shared-aks", resourceGroup: group, access: "network" },
    images: {
      mode: "adopt",
      registry: { resourceGroup: group, name: registry },
      repositories: { services: "test/services" },
    },
    dns: { mode: "adopt", name: zoneName, resourceGroup: group },
  });
  before(async () => {
    owner = await onNetwork(landingZone);
    group = text(owner.input("site-group", "resourceGroupName"));
    const vault = text(owner.input("keys-vault-vault", "vaultName"));
    adoptedKey = (key) => ({ resourceGroup: group, vault, key });
    adopted = settingsOf(text(owner.input("images-registry", "registryName")));
  });
  const guest = (settings: Record<string, unknown>, stack?: string) =>
    beside(owner, recovery, { ...small, ...settings }, stack);
  const namesOf = (site: Deployed, type: string) => site.ofType(type).map(({ name }) => name);

  it("[PF-CLOUD-02] takes network, cluster, zone, keys and registry that are there, and makes none of its own", async () => {
    const site = await guest(adopted);
    assert.deepEqual(site.run.errors, []);
    for (const type of [
      "azure-native:network:VirtualNetwork",
      "azure-native:network:Subnet",
      "azure-native:network:NetworkSecurityGroup",
      "azure-native:network:NatGateway",
      "azure-native:network:FlowLog",
      "azure-native:containerservice:ManagedCluster",
      "azure-native:containerservice:AgentPool",
      "azure-native:keyvault:Key",
      "azure-native:containerregistry:Registry",
      "azure-native:dns:Zone",
    ]) {
      assert.deepEqual(namesOf(site, type), [], type);
    }
    assert.equal(site.component("network").type, "platform:azure:AdoptedNetwork");
    // One vault is left, for secrets.
    assert.deepEqual(namesOf(site, "azure-native:keyvault:Vault"), ["secrets-vault-vault"]);
    assert.equal(
      site.input("databases-shard-0-source", "network.delegatedSubnetResourceId"),
      owner.id("spoke-database"),
    );
    assert.equal(
      site.input("databases-shard-0-source", "dataEncryption.primaryKeyURI"),
      owner.output("keys-data", "keyUri"),
    );
    assert.equal(site.input("objects-private-endpoint", "subnet.id"), owner.id("spoke-endpoints"));
    assert.equal(site.id("platform-namespaces-services"), "services");
    assert.equal(site.output("platform-external-secrets-chart-release", "status.status"), "deployed");
  });

  it("[PF-CLOUD-02] takes each of them alone, and makes the others", async () => {
    const counts = (site: Deployed) => ({
      networks: namesOf(site, "azure-native:network:VirtualNetwork").length,
      keys: namesOf(site, "azure-native:keyvault:Key").length,
      registries: namesOf(site, "azure-native:containerregistry:Registry").length,
      zones: namesOf(site, "azure-native:dns:Zone").length,
    });
    const made = { networks: 1, keys: 4, registries: 1, zones: 1 };
    const { keys, images, dns } = adopted;
    const create = {
      cluster: skipped,
      images: { mode: "create", images: ["guest"] },
      dns: { mode: "create", name: "guest.example.com" },
    };
    for (const [settings, expected] of [
      [{ keys }, { ...made, keys: 0 }],
      [{ keys: { data: keys.data } }, { ...made, keys: 3 }],
      [{ images }, { ...made, registries: 0 }],
      [{ dns }, { ...made, zones: 0 }],
    ] as const) {
      const [what = ""] = Object.keys(settings);
      const site = await guest({ ...create, ...settings }, `${what}-${String(expected.keys)}`);
      assert.deepEqual(site.run.errors, [], what);
      assert.deepEqual(counts(site), expected, what);
    }
  });

  for (const [what, settings, refusal] of [
    [
      "a network of another range",
      () => ({ network: { adopt: { ...adopted.network.adopt, cidr: "10.80.0.0/16" } } }),
      /spoke-network has the range 10\.64\.0\.0\/16, not 10\.80\.0\.0\/16: set network\.adopt\.cidr to the network's range/,
    ],
    [
      "a network that is not there",
      () => ({ network: { adopt: { ...adopted.network.adopt, name: "elsewhere" } } }),
      /network "elsewhere" of [\w-]+ cannot be looked up \(.+\): correct network\.adopt\.name or network\.adopt\.resourceGroup/,
    ],
    [
      "a subnet that is not delegated to databases",
      () => withSubnet("database", "nodes"),
      /subnet "nodes" is not delegated to Microsoft\.DBforPostgreSQL\/flexibleServers: let its owner do so, or name another in network\.adopt\.subnetNames\.database/,
    ],
    [
      "a subnet that is not there",
      () => withSubnet("endpoints", "elsewhere"),
      /subnet "elsewhere" of spoke-network cannot be looked up \(.+\): name an existing one in network\.adopt\.subnetNames\.endpoints/,
    ],
    [
      "a network without a subnet that is needed",
      () => withSubnet("database", undefined),
      /platform:network\.adopt\.subnetNames\.database: is missing: name the existing subnet for database/,
    ],
    [
      "a cluster of another version",
      () => ({ cluster: { ...adopted.cluster, version: "1.35" } }),
      /cluster "shared-aks" runs Kubernetes 1\.36[\w.]*, not 1\.35: set cluster\.version to the cluster's/,
    ],
    [
      "a cluster that is not there",
      () => ({ cluster: { ...adopted.cluster, name: "elsewhere" } }),
      /cluster "elsewhere" of [\w-]+ cannot be looked up \(.+\): correct cluster\.name or cluster\.resourceGroup, or set cluster\.mode to create/,
    ],
    [
      "an access that the cluster does not have",
      () => ({ cluster: { ...adopted.cluster, access: "internet", publicCidrs: ["203.0.113.0/24"] } }),
      /cluster "shared-aks" has an API that does not answer on the internet: choose another access, or let its owner open it/,
    ],
    [
      "a registry that is not there",
      () => ({ images: { ...adopted.images, registry: { resourceGroup: group, name: "elsewhere" } } }),
      /registry "elsewhere" of [\w-]+ cannot be looked up \(.+\): correct images\.registry, or set images\.mode to create/,
    ],
    [
      "a zone that is not there",
      () => ({ dns: { ...adopted.dns, name: "elsewhere.example.com" } }),
      /zone "elsewhere\.example\.com" of [\w-]+ cannot be looked up \(.+\): correct dns\.name or dns\.resourceGroup, or set dns\.mode to create/,
    ],
    [
      "a key that is not there",
      () => ({ keys: { data: adoptedKey("elsewhere") } }),
      /key "elsewhere" of vault "[\w-]+" in [\w-]+ cannot be looked up \(.+\): correct keys\.data, or take it out: a new one is made/,
    ],
    [
      "a key for two purposes",
      () => ({ keys: { data: adoptedKey("data"), logs: adoptedKey("DATA") } }),
      /platform:keys: names a key twice, so that a right to one opens both: name a key for each purpose/,
    ],
    [
      "a gateway in an adopted network",
      () => ({ gateway: "create" }),
      /platform:gateway: is create while network\.adopt names spoke-network, whose subnets and routes nothing here changes/,
    ],
  ] as const) {
    it(`refuses ${what}, and says what to do`, async () => {
      const site = await guest({ ...adopted, ...settings() }, "refused");
      assert.match(site.run.errors.join("\n"), refusal);
    });
  }

  const withSubnet = (subnet: string, name: string | undefined) => ({
    network: {
      adopt: { ...adopted.network.adopt, subnetNames: { ...adopted.network.adopt.subnetNames, [subnet]: name } },
    },
  });
});
