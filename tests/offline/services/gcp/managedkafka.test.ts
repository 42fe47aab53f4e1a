import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { refused, StoreProject } from "./stores-support";

const CLUSTER = "gcp:managedkafka/cluster:Cluster";
const TOPIC = "gcp:managedkafka/topic:Topic";

function inputs(subnets: readonly string[], capacity: Properties = {}): Properties {
  return {
    clusterId: "events",
    location: "us-central1",
    capacityConfig: { vcpuCount: "3", memoryBytes: "3221225472", ...capacity },
    gcpConfig: { accessConfig: { networkConfigs: subnets.map((subnet) => ({ subnet })) } },
  };
}

describe("offline/services/gcp/managedkafka", () => {
  it("joins one subnet of each network, in its own region", () => {
    const project = new StoreProject();
    const network = project.network("main", false);
    const [one, two] = [project.subnet(network, "one", "10.0.0.0/24"), project.subnet(network, "two", "10.0.1.0/24")];
    const far = project.subnet(network, "far", "10.0.2.0/24", "us-east1");
    refused(() => project.create(CLUSTER, "c", inputs([`${one.id}-none`])), "notFound", /one-none/);
    refused(() => project.create(CLUSTER, "c", inputs([far.id])), "invalidArgument", /us-central1/);
    refused(
      () => project.create(CLUSTER, "c", inputs([one.id, two.id])),
      "invalidArgument",
      /only one subnet per network/,
    );
    const { id } = project.create(CLUSTER, "c", inputs([one.id]));
    assert.equal(id, "projects/platform-offline/locations/us-central1/clusters/events");
    refused(
      () => {
        project.delete(one);
      },
      "resourceInUseByAnotherResource",
      /events/,
    );
  });

  it("refuses processors and memory out of proportion", () => {
    const project = new StoreProject([]);
    const reasons = (capacity: Properties) => Object.keys(project.reasons(CLUSTER, inputs(["s"], capacity)));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ memoryBytes: "24Gi" }), []);
    assert.deepEqual(reasons({ vcpuCount: "2", memoryBytes: "2Gi" }), ["capacityConfig.vcpuCount"]);
    assert.deepEqual(reasons({ memoryBytes: "2Gi" }), ["capacityConfig.memoryBytes"]);
    assert.deepEqual(reasons({ memoryBytes: "25Gi" }), ["capacityConfig.memoryBytes"]);
  });

  it("keeps topics on a cluster that exists, and never fewer partitions", () => {
    const project = new StoreProject();
    const topic = (cluster: string) =>
      project.create(TOPIC, "t", {
        topicId: "orders",
        cluster,
        location: "us-central1",
        replicationFactor: 3,
        partitionCount: 6,
      });
    refused(() => topic("events"), "notFound", /events/);
    const subnet = project.subnet(project.network("main", false), "one", "10.0.0.0/24");
    const cluster = project.create(CLUSTER, "c", inputs([subnet.id]));
    const made = topic("events");
    assert.equal(made.id, `${cluster.id}/topics/orders`);
    refused(() => project.update(made, { partitionCount: 3 }), "invalidArgument", /cannot be decreased/);
    assert.deepEqual(project.replacedBy(made, { replicationFactor: 1 }), ["replicationFactor"]);
    project.delete(cluster);
    assert.equal(project.has(TOPIC, made.id), false);
  });
});
