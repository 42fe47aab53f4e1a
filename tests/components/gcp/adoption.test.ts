import assert from "node:assert/strict";
import { AdoptedCluster } from "../../../components/gcp/adopted-cluster";
import { AdoptedNetwork } from "../../../components/gcp/adopted-network";
import { AdoptedRegistry } from "../../../components/gcp/adopted-registry";
import { DnsZone } from "../../../components/gcp/dns-zone";
import { ImageRegistry } from "../../../components/gcp/image-registry";
import { ManagedCluster } from "../../../components/gcp/managed-cluster";
import { NodeAccount } from "../../../components/gcp/node-account";
import type { NodePool } from "../../../components/contracts/node-pool";
import type { Properties } from "../../../offline/cloud/value";
import { blocks } from "../../../offline/services/gcp/text";
import { only, text, type Deployed } from "../../stacks/deployed";
import { attempt, onSite, projectId, ranges, type Ground } from "./ground";

const general: NodePool = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 4,
  memoryGiB: 16,
  diskGiB: 100,
  nodes: { min: 3, max: 12 },
};

/** What another stack has made in the project. */
function existing({ project, prefix, network, keys, protection, onGcp }: Ground): void {
  new ManagedCluster(
    "cluster",
    {
      project,
      clusterName: "shared-gke",
      version: "1.36",
      releaseChannel: "REGULAR",
      access: "network",
      apiRanges: [network.cidr],
      network,
      nodeAccount: new NodeAccount("nodes", { project, prefix }, onGcp),
      secretsKeyId: keys.keyIds.secrets,
      disksKeyId: keys.keyIds.data,
      protection,
      nodePools: { general },
    },
    onGcp,
  );
  const repositories = ["services"];
  new ImageRegistry(
    "images",
    { project, prefix, repositories, keyId: keys.keyIds.images, readers: {}, protection },
    onGcp,
  );
  new DnsZone("dns", { project, mode: "create", prefix, zoneName: "gcp.example.com", protection }, onGcp);
}

describe("adoption on Google Cloud", function () {
  this.timeout(60_000);
  let owner: Deployed;
  before(async () => {
    owner = await onSite(existing);
  });

  /** Other stacks of the project, with what is there already; each has names of its own. */
  let stacks = 0;
  const adopting = (make: (ground: Ground) => void) => {
    stacks += 1;
    return attempt(make, { cloud: owner.run.cloud, stack: `other-${String(stacks)}` });
  };

  it("takes a repository and a zone as they are", async () => {
    const stack = await adopting(({ project, onGcp }) => {
      const repositories = { api: { repository: "test-services", image: "services" } };
      new AdoptedRegistry("images-adopted", { project, repositories }, onGcp);
      const zone = { project, mode: "adopt", zoneName: "gcp.example.com", zoneId: "test-gcp-example-com" } as const;
      new DnsZone("dns-adopted", zone, onGcp);
    });
    assert.deepEqual(stack.run.errors, []);
    assert.deepEqual(stack.component("images-adopted").outputs["repositoryUrls"], {
      api: `us-central1-docker.pkg.dev/${projectId}/test-services/services`,
    });
    assert.deepEqual(stack.component("dns-adopted").outputs, { zoneId: "test-gcp-example-com" });
  });

  it("refuses a zone of another name, and a repository that is not there", async () => {
    const other = await adopting(({ project, onGcp }) => {
      const zone = { project, mode: "adopt", zoneName: "example.org", zoneId: "test-gcp-example-com" } as const;
      new DnsZone("dns-adopted", zone, onGcp);
    });
    assert.match(other.run.errors.join("\n"), /is of gcp\.example\.com\., not of example\.org\./);
    const none = await adopting(({ project, onGcp }) => {
      const repositories = { api: { repository: "none", image: "api" } };
      new AdoptedRegistry("images-adopted", { project, repositories }, onGcp);
    });
    assert.match(none.run.errors.join("\n"), /Requested entity was not found/);
  });

  it("refuses a cluster that lies in another network, and one that is not there", async () => {
    const adopt = (clusterName: string) =>
      adopting(({ project, network, keys, onGcp }) => {
        const args = { clusterName, version: "1.36", apiAccess: "network", disksKeyId: keys.keyIds.data } as const;
        new AdoptedCluster("cluster-adopted", { project, network, ...args }, onGcp);
      });
    const elsewhere = await adopt("shared-gke");
    assert.match(elsewhere.run.errors.join("\n"), /cluster "shared-gke" lies in test-network, not in other-\d-network/);
    const none = await adopt("none");
    assert.match(
      none.run.errors.join("\n"),
      /Not found: projects\/platform-test-1\/locations\/us-central1\/clusters\/none/,
    );
  });

  it("reaches a cluster in the network that is adopted with it", async () => {
    const { inputs } = owner.named("network-nodes");
    const [pods = {}, services = {}] = blocks(inputs["secondaryIpRanges"]);
    const secondary = (range: Properties) => ({
      rangeName: text(range["rangeName"]),
      range: text(range["ipCidrRange"]),
    });
    const subnet = { name: text(inputs["name"]), range: text(inputs["ipCidrRange"]) };
    const stack = await adopting(({ project, keys, onGcp }) => {
      const network = new AdoptedNetwork(
        "network-adopted",
        {
          project,
          networkName: "test-network",
          cidr: ranges.network,
          zones: ["a", "b", "c"],
          subnet: { ...subnet, pods: secondary(pods), services: secondary(services) },
          privateServicesRange: "test-services",
        },
        onGcp,
      );
      const args = { version: "1.36", apiAccess: "network", disksKeyId: keys.keyIds.data } as const;
      new AdoptedCluster("cluster-adopted", { project, network, clusterName: "shared-gke", ...args }, onGcp);
    });
    assert.deepEqual(stack.run.errors, []);
    assert.equal(stack.component("network-adopted").outputs["subnetId"], owner.id("network-nodes"));
    assert.deepEqual(
      stack.component("cluster-adopted").outputs,
      only(owner.component("cluster").outputs, "clusterName", "kubeconfig"),
    );
  });
});
