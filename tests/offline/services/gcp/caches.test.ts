import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/gcp/text";
import { refused, StoreProject, type Made } from "./stores-support";

const REDIS = "gcp:redis/instance:Instance";
const MEMCACHE = "gcp:memcache/instance:Instance";

describe("offline/services/gcp/redis", () => {
  const create = (project: StoreProject, inputs: Properties): Made =>
    project.create(REDIS, "cache", { name: "cache", memorySizeGb: 5, deletionProtection: false, ...inputs });

  it("needs private service access for its connect mode, and answers with the port of TLS", () => {
    const project = new StoreProject();
    const mode = (network: Made) => ({ authorizedNetwork: network.id, connectMode: "PRIVATE_SERVICE_ACCESS" });
    refused(
      () => create(project, mode(project.network("alone", false))),
      "failedPrecondition",
      /private service access is not enabled/,
    );
    const made = create(project, {
      ...mode(project.network()),
      tier: "STANDARD_HA",
      authEnabled: true,
      transitEncryptionMode: "SERVER_AUTHENTICATION",
      redisVersion: "REDIS_7_2",
    });
    assert.equal(made.id, "projects/platform-offline/locations/us-central1/instances/cache");
    assert.match(text(made.outputs["host"]), /^10\.200\./);
    assert.equal(made.outputs["port"], 6378);
    assert.equal(made.outputs["replicaCount"], 1);
    assert.match(text(made.outputs["authString"]), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.notEqual(made.outputs["locationId"], made.outputs["alternativeLocationId"]);
  });

  it("says before anything is created what no value can be", () => {
    const project = new StoreProject([]);
    const reasons = (inputs: Properties) => Object.keys(project.reasons(REDIS, { memorySizeGb: 1, ...inputs }));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ name: "Cache" }), ["name"]);
    assert.deepEqual(reasons({ name: "a".repeat(41) }), ["name"]);
    assert.deepEqual(reasons({ tier: "STANDARD" }), ["tier"]);
    assert.deepEqual(reasons({ redisVersion: "REDIS_8_0" }), ["redisVersion"]);
    assert.deepEqual(reasons({ memorySizeGb: 301 }), ["memorySizeGb"]);
    assert.deepEqual(reasons({ alternativeLocationId: "us-central1-b" }), ["alternativeLocationId"]);
    assert.deepEqual(reasons({ persistenceConfig: { persistenceMode: "RDB" } }), [
      "persistenceConfig.rdbSnapshotPeriod",
    ]);
    assert.deepEqual(
      reasons({ redisConfigs: { "maxmemory-policy": "allkeys-lru", appendonly: "yes" } }),
      ["redisConfigs.appendonly"].map(() => 'redisConfigs["appendonly"]'),
    );
    assert.deepEqual(
      reasons({ tier: "STANDARD_HA", readReplicasMode: "READ_REPLICAS_ENABLED", memorySizeGb: 5, replicaCount: 6 }),
      ["replicaCount"],
    );
  });

  it("is protected where nothing is said, and goes up a version in place only", () => {
    const project = new StoreProject();
    const network = project.network();
    const held = project.create(REDIS, "held", {
      name: "held",
      memorySizeGb: 1,
      authorizedNetwork: network.id,
      redisVersion: "REDIS_7_0",
    });
    refused(
      () => {
        project.delete(held);
      },
      "provider",
      /deletion_protection=false/,
    );
    assert.deepEqual(project.replacedBy(held, { redisVersion: "REDIS_7_2" }), []);
    assert.deepEqual(project.replacedBy(held, { redisVersion: "REDIS_6_X" }), ["redisVersion"]);
    assert.deepEqual(project.replacedBy(held, { transitEncryptionMode: "SERVER_AUTHENTICATION" }), [
      "transitEncryptionMode",
    ]);
    assert.deepEqual(project.replacedBy(held, { memorySizeGb: 2 }), []);
    project.delete(project.update(held, { deletionProtection: false }));
  });

  it("lets replicas answer reads later only with a second range of addresses", () => {
    const project = new StoreProject();
    const made = project.create(REDIS, "held", {
      name: "held",
      memorySizeGb: 5,
      tier: "STANDARD_HA",
      authorizedNetwork: project.network().id,
    });
    const reads = { readReplicasMode: "READ_REPLICAS_ENABLED" };
    refused(() => project.update(made, reads), "invalidArgument", /secondary_ip_range is required when enabling/);
    const reading = project.update(made, { ...reads, secondaryIpRange: "auto" });
    project.update(reading, { replicaCount: 3 });
  });

  it("asks for a key that its agent may use", () => {
    const project = new StoreProject();
    const authorizedNetwork = project.network().id;
    const key = project.key();
    refused(() => create(project, { authorizedNetwork, customerManagedKey: key.id }), "forbidden", /cloud-redis/);
    project.grant(key, "redis");
    create(project, { authorizedNetwork, customerManagedKey: key.id });
  });
});

describe("offline/services/gcp/memcache", () => {
  const inputs = {
    name: "pages",
    nodeCount: 3,
    nodeConfig: { cpuCount: 2, memorySizeMb: 4096 },
    memcacheVersion: "MEMCACHE_1_6_15",
  };

  it("spreads nodes over zones behind private service access", () => {
    const project = new StoreProject();
    const create = (network: Made) => project.create(MEMCACHE, "pages", { ...inputs, authorizedNetwork: network.id });
    refused(
      () => create(project.network("alone", false)),
      "failedPrecondition",
      /private service access is not enabled/,
    );
    const { outputs } = create(project.network());
    assert.equal(outputs["memcacheFullVersion"], "memcached-1.6.15");
    assert.match(text(outputs["discoveryEndpoint"]), /^10\.200\.\d+\.\d+:11211$/);
    const nodes = outputs["memcacheNodes"] as readonly Properties[];
    assert.deepEqual(
      nodes.map(({ zone }) => zone),
      ["us-central1-a", "us-central1-b", "us-central1-c"],
    );
  });

  it("refuses versions and sizes that are not offered", () => {
    const project = new StoreProject([]);
    const reasons = (change: Properties) => Object.keys(project.reasons(MEMCACHE, { ...inputs, ...change }));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ memcacheVersion: "MEMCACHE_1_6" }), ["memcacheVersion"]);
    assert.deepEqual(reasons({ nodeCount: 21 }), ["nodeCount"]);
    assert.deepEqual(reasons({ nodeConfig: { cpuCount: 3, memorySizeMb: 1000 } }), [
      "nodeConfig.memorySizeMb",
      "nodeConfig.cpuCount",
    ]);
  });
});
