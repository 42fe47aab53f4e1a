import assert from "node:assert/strict";
import { isList, isProperties, type Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/gcp/text";
import { clusterInputs, network, Project, PROJECT, refused, REGION, TOKEN } from "./support";

const REPOSITORY = "gcp:artifactregistry/repository:Repository";
const ZONE = "gcp:dns/managedZone:ManagedZone";

const getCluster = "gcp:container/getCluster:getCluster";
const getRepository = "gcp:artifactregistry/getRepository:getRepository";
const getManagedZone = "gcp:dns/getManagedZone:getManagedZone";

/** The one block of a list. */
function one(found: Properties, key: string): Properties {
  const list = found[key];
  assert.ok(isList(list), `${key} is no list`);
  assert.equal(list.length, 1, key);
  const [block] = list;
  assert.ok(isProperties(block), `${key} has no block`);
  return block;
}

describe("data sources of Google Cloud that look up what exists", () => {
  it("find a cluster by name and location, with its blocks as lists", () => {
    const project = Project.with("compute", "container");
    const made = project.create(TOKEN.cluster, "main", clusterInputs(network(project)));
    const found = project.invoke(getCluster, { name: "main", location: REGION });
    assert.equal(found["id"], made.id);
    assert.equal(found["masterVersion"], made.outputs["masterVersion"]);
    assert.equal(found["datapathProvider"], "ADVANCED_DATAPATH");
    assert.match(text(found["network"]), /networks\/main$/);
    assert.deepEqual(found["workloadIdentityConfigs"], [{ workloadPool: `${PROJECT}.svc.id.goog` }]);
    assert.equal(one(found, "privateClusterConfigs")["privateEndpoint"], "10.50.255.2");
    assert.match(text(one(found, "masterAuths")["clusterCaCertificate"]), /^[A-Za-z0-9+/=]+$/);
    const dns = one(one(found, "controlPlaneEndpointsConfigs"), "dnsEndpointConfigs");
    assert.match(text(dns["endpoint"]), /\.us-central1\.gke\.goog$/);
    assert.equal(dns["allowExternalTraffic"], false);
    for (const single of ["privateClusterConfig", "masterAuth", "workloadIdentityConfig"]) {
      assert.equal(found[single], undefined, single);
    }
    assert.deepEqual(project.invoke(getCluster, { name: "main" })["id"], made.id);
  });

  it("find a repository by name and location", () => {
    const project = Project.with("artifactregistry");
    const made = project.create(REPOSITORY, "r", { repositoryId: "services", location: REGION, format: "DOCKER" });
    const found = project.invoke(getRepository, { repositoryId: "services", location: REGION });
    assert.equal(found["id"], made.id);
    assert.equal(found["registryUri"], `us-central1-docker.pkg.dev/${PROJECT}/services`);
    assert.deepEqual([found["repositoryId"], found["location"], found["kmsKeyName"]], ["services", REGION, ""]);
  });

  it("find a zone of DNS by name", () => {
    const project = Project.with("dns");
    const made = project.create(ZONE, "z", { name: "example", dnsName: "example.com." });
    assert.deepEqual(project.invoke(getManagedZone, { name: "example" }), {
      id: made.id,
      name: "example",
      project: PROJECT,
      dnsName: "example.com.",
      description: "Managed by Pulumi",
      managedZoneId: made.outputs["managedZoneId"],
      nameServers: made.outputs["nameServers"],
      visibility: "public",
    });
  });

  it("answer 404 for what is elsewhere or nowhere", () => {
    const project = Project.with("compute", "container", "artifactregistry", "dns");
    project.create(TOKEN.cluster, "main", clusterInputs(network(project)));
    project.create(REPOSITORY, "r", { repositoryId: "services", location: REGION, format: "DOCKER" });
    for (const [token, args, message] of [
      [getCluster, { name: "main", location: "us-east1" }, /^Not found: projects\/.*\/us-east1\/clusters\/main\.$/],
      [
        getCluster,
        { name: "main", location: REGION, project: "platform-another" },
        /^Not found: projects\/platform-another/,
      ],
      [getRepository, { repositoryId: "services", location: "us-east1" }, /^Requested entity was not found\.$/],
      [getManagedZone, { name: "none" }, /named 'none' does not exist/],
    ] as const) {
      refused(() => project.invoke(token, args), "notFound", message);
    }
  });
});
