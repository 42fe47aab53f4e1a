import assert from "node:assert/strict";
import { outageProblem } from "../../../../offline/services/gcp/outage";
import type { Plane } from "../../../../offline/cloud/faults";
import { clusterInputs, network, Project, refused, REGION, TOKEN } from "./support";

function off(project: Project, planes: readonly Plane[], zone?: string): void {
  project.cloud.commit({
    outages: [{ cloud: "gcp", region: REGION, ...(zone === undefined ? {} : { zone }), planes }],
  });
}

const END = "npx platform offline outage end --cloud gcp --region us-central1";

describe("offline/services/gcp: outages", () => {
  it("knows regions and zones", () => {
    assert.equal(outageProblem({ region: "us-west-2" }), 'there is no Google Cloud region "us-west-2"');
    assert.equal(
      outageProblem({ region: REGION, zone: "us-central1-d" }),
      'region us-central1 has no zone "us-central1-d": it has us-central1-a, us-central1-b, us-central1-c, us-central1-f',
    );
    assert.equal(outageProblem({ region: REGION, zone: "us-central1-f" }), undefined);
  });

  it("answers for no regional resource while the region's control plane is off, and for global ones all the same", () => {
    const project = Project.with("compute", "container");
    const made = network(project);
    off(project, ["control"]);
    const before = project.cloud.now;
    refused(
      () => project.create(TOKEN.cluster, "main", clusterInputs(made)),
      "RequestError",
      new RegExp(
        "^Error creating Cluster: googleapi: Error 503: The service is currently unavailable\\., backendError\\n" +
          `gcp us-central1 \\(control\\) is switched off, nothing was changed; to switch it on: ${END}$`,
      ),
    );
    assert.equal(project.cloud.now - before, 90);
    refused(() => project.read(made.subnetwork), "RequestError", /^Error reading Subnetwork/);
    refused(() => {
      project.delete(made.subnetwork);
    }, "RequestError");
    project.create(TOKEN.network, "second", { name: "second", autoCreateSubnetworks: false });
    const east = { name: "east", network: "main", ipCidrRange: "10.60.0.0/20", region: "us-east1" };
    project.create(TOKEN.subnetwork, "east", east);
    project.cloud.commit({ outages: [] });
    project.create(TOKEN.cluster, "main", clusterInputs(made));
  });

  it("goes on managing what is there while only what runs is off", () => {
    const project = Project.with("compute", "container");
    const made = network(project);
    off(project, ["data"]);
    project.create(TOKEN.cluster, "main", clusterInputs(made));
  });

  it("finds no machines in a zone that is off, and goes on in the others", () => {
    const project = Project.with("compute", "container");
    const made = network(project);
    project.create(TOKEN.cluster, "main", clusterInputs(made));
    off(project, ["control"], "us-central1-a");
    const pool = { name: "general", cluster: "main", location: REGION, nodeCount: 1 };
    refused(
      () => project.create(TOKEN.nodePool, "a", { ...pool, nodeLocations: ["us-central1-a"] }),
      "ZONE_RESOURCE_POOL_EXHAUSTED",
      /The zone 'projects\/platform-offline\/zones\/us-central1-a' does not have enough resources available/,
    );
    project.create(TOKEN.nodePool, "b", { ...pool, nodeLocations: ["us-central1-b", "us-central1-c"] });
  });

  it("loses a key with the region of its ring", () => {
    const project = Project.with("cloudkms");
    const ring = project.create(TOKEN.keyRing, "ring", { name: "prod", location: REGION });
    const world = project.create(TOKEN.keyRing, "us", { name: "us", location: "us" });
    off(project, ["control"]);
    refused(() => project.create(TOKEN.key, "data", { name: "data", keyRing: ring.id }), "RequestError");
    project.create(TOKEN.key, "data", { name: "data", keyRing: world.id });
  });

  it("answers for nothing at all, global resources and tokens included, while the whole cloud is off", () => {
    const project = Project.with("compute", "container");
    const made = network(project);
    project.cloud.commit({ outages: [{ cloud: "gcp", planes: ["control"] }] });
    const words = /503: .*\ngcp \(control\) is switched off, .* outage end --cloud gcp$/;
    const second = { name: "second", autoCreateSubnetworks: false };
    refused(() => project.create(TOKEN.network, "second", second), "RequestError", words);
    refused(() => project.read(made.subnetwork), "RequestError", words);
    project.invoke("gcp:organizations/getClientConfig:getClientConfig");
    project.cloud.commit({ outages: [{ cloud: "gcp", planes: ["data"] }] });
    project.create(TOKEN.network, "second", second);
    const asks = () => project.invoke("gcp:organizations/getClientConfig:getClientConfig");
    refused(asks, "RequestError", /gcp \(data\) is switched off/);
    assert.equal(outageProblem({}), undefined);
  });
});
