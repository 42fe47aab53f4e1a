import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { partial, refused, RELEASE, World } from "./support";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
const SECRET = "kubernetes:core/v1:Secret";
const kafkaToken = (kind: string) => `kubernetes:kafka.strimzi.io/v1:${kind}`;

const awaited = { "pulumi.com/waitFor": "condition=Ready" };
const of = (cluster: string) => ({ "strimzi.io/cluster": cluster });
const listener: Properties = { name: "tls", port: 9093, type: "internal", tls: true };
const metadata = (name: string, rest: Properties = {}): Properties => ({ name, namespace: "kafka", ...rest });
const kafka = (spec: Properties = {}, annotations: Properties = awaited): Properties => ({
  metadata: metadata("events", { annotations }),
  spec: { kafka: { listeners: [listener], ...spec } },
});
const pool = (storageClass = "fast"): Properties => ({
  metadata: metadata("brokers", { labels: of("events") }),
  spec: { replicas: 3, roles: ["broker"], storage: { type: "persistent-claim", class: storageClass, size: "10Gi" } },
});
const user: Properties = {
  metadata: metadata("platform", { labels: of("events"), annotations: awaited }),
  spec: {
    authentication: {
      type: "scram-sha-512",
      password: { valueFrom: { secretKeyRef: { name: "login", key: "password" } } },
    },
  },
};

function worldWithStrimzi(): World {
  const world = new World();
  world.create(NAMESPACE, { metadata: { name: "kafka" } }, "kafka");
  world.create(
    RELEASE,
    {
      name: "strimzi",
      namespace: "kafka",
      chart: "strimzi-kafka-operator",
      version: "1.2.0",
      repositoryOpts: { repo: "https://strimzi.io/charts/" },
      values: {},
    },
    "strimzi",
  );
  world.create(STORAGE_CLASS, { metadata: { name: "fast" }, provisioner: "disk.example.com" }, "fast");
  return world;
}

describe("Strimzi", () => {
  it("brings its definitions, and leaves them when its release goes", () => {
    const world = worldWithStrimzi();
    world.create(kafkaToken("Kafka"), kafka({}, {}), "events");
    world.delete(RELEASE, "kafka/strimzi");
    assert.ok(world.get(kafkaToken("Kafka"), "kafka/events"));
    assert.match(
      partial(() =>
        world.create(
          kafkaToken("Kafka"),
          { ...kafka(), metadata: metadata("other", { annotations: awaited }) },
          "other",
        ),
      ).join("\n"),
      /no operator looks after it/,
    );
  });

  it("is not there before its release", () => {
    const world = new World();
    world.create(NAMESPACE, { metadata: { name: "kafka" } }, "kafka");
    refused("NoMatch", () => world.create(kafkaToken("Kafka"), kafka(), "events"));
  });

  it("makes no cluster without brokers, and says so only to who waits", () => {
    const world = worldWithStrimzi();
    assert.match(
      partial(() => world.create(kafkaToken("Kafka"), kafka(), "events")).join("\n"),
      /No KafkaNodePools found for Kafka cluster events/,
    );
    const patient = worldWithStrimzi();
    patient.create(kafkaToken("KafkaNodePool"), pool(), "brokers");
    assert.equal(patient.create(kafkaToken("Kafka"), kafka(), "events").id, "kafka/events");
  });

  it("makes no cluster whose volumes have no class", () => {
    const world = worldWithStrimzi();
    world.create(kafkaToken("KafkaNodePool"), pool("quick"), "brokers");
    assert.match(
      partial(() => world.create(kafkaToken("Kafka"), kafka(), "events")).join("\n"),
      /storageclass\.storage\.k8s\.io "quick" not found/,
    );
  });

  it("makes no user without a cluster or without its password", () => {
    const world = worldWithStrimzi();
    assert.match(
      partial(() => world.create(kafkaToken("KafkaUser"), user, "platform")).join("\n"),
      /there is no Kafka "events" in namespace "kafka"[^]*secret "login" not found/,
    );
    const other = worldWithStrimzi();
    other.create(kafkaToken("Kafka"), kafka({}, {}), "events");
    other.create(SECRET, { metadata: metadata("login"), stringData: { secret: "x" } }, "login");
    assert.deepEqual(partial(() => other.create(kafkaToken("KafkaUser"), user, "platform")).slice(1), [
      "couldn't find key password in Secret kafka/login",
    ]);
  });

  it("checks names, types and bounds of fields", () => {
    const world = worldWithStrimzi();
    const said = (kind: string, spec: Properties) =>
      refused("Invalid", () => world.create(kafkaToken(kind), { metadata: metadata("x"), spec }, "x"));
    assert.match(said("Kafka", { kafka: { listeners: [] } }), /should have at least 1 items/);
    assert.match(
      said("Kafka", { kafka: { listeners: [{ ...listener, port: 443 }] } }),
      /greater than or equal to 9092/,
    );
    assert.match(said("KafkaTopic", { partitions: 0 }), /greater than or equal to 1/);
    assert.match(said("KafkaUser", { authentication: { type: "plain" } }), /Unsupported value: "plain"/);
    assert.match(said("KafkaNodePool", { replicas: 3, roles: ["broker"] }), /spec\.storage: Required value/);
  });

  it("takes another size of a broker in place", () => {
    const world = worldWithStrimzi();
    world.create(kafkaToken("KafkaNodePool"), pool(), "brokers");
    const before = pool();
    const larger = { ...before, spec: { ...(before["spec"] as Properties), resources: { limits: { memory: "8Gi" } } } };
    world.update(kafkaToken("KafkaNodePool"), "kafka/brokers", before, larger);
    assert.deepEqual(world.get(kafkaToken("KafkaNodePool"), "kafka/brokers")?.inputs["spec"], larger.spec);
  });
});
