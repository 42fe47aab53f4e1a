import assert from "node:assert/strict";
import { serverProperties } from "../../../components/aws/events.plan";
import { replicationOf } from "../../../components/planning/topics";
import { only, policy, text, type Deployed } from "../../stacks/deployed";
import { attempt, onGround } from "./data-ground";
import { streams } from "./streams-ground";

describe("EventStream", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await onGround((ground) => {
      streams(ground).events();
    });
  });

  it("[PF-DATA-04] is a Kafka cluster with a broker in each of three zones", () => {
    const { inputs, protect } = stack.named("events-cluster");
    assert.equal(protect, true);
    assert.deepEqual(only(inputs, "clusterName", "kafkaVersion", "numberOfBrokerNodes", "enhancedMonitoring"), {
      clusterName: "test-events",
      kafkaVersion: "4.2.x.kraft",
      numberOfBrokerNodes: 3,
      enhancedMonitoring: "PER_BROKER",
    });
    assert.deepEqual(inputs["brokerNodeGroupInfo"], {
      instanceType: "kafka.m7g.large",
      clientSubnets: ["a", "b", "c"].map((zone) => stack.id(`network-database-${zone}`)),
      securityGroups: [stack.id("stores")],
      storageInfo: { ebsStorageInfo: { volumeSize: 100 } },
      connectivityInfo: { publicAccess: { type: "DISABLED" } },
    });
  });

  it("[PF-SEC-05] encrypts records, logs and credentials with keys of the stack", () => {
    const key = stack.output("data-key", "arn");
    assert.equal(stack.input("events-cluster", "encryptionInfo.encryptionAtRestKmsKeyArn"), key);
    assert.equal(stack.input("secrets-events", "kmsKeyId"), key);
    assert.equal(stack.input("events-log", "kmsKeyId"), stack.output("stream-logs-key", "arn"));
  });

  it("[PF-SEC-06] speaks TLS alone, with clients and among brokers, and asks everybody to log in", () => {
    assert.deepEqual(stack.input("events-cluster", "encryptionInfo.encryptionInTransit"), {
      clientBroker: "TLS",
      inCluster: true,
    });
    assert.deepEqual(stack.input("events-cluster", "clientAuthentication"), {
      sasl: { scram: true, iam: true },
      unauthenticated: false,
    });
  });

  it("logs clients in by a secret that Kafka may read, and nobody else by its policy", () => {
    assert.equal(stack.input("secrets-events", "name"), "AmazonMSK_test/events");
    assert.deepEqual(Object.keys(JSON.parse(text(stack.input("secrets-events-version", "secretString"))) as object), [
      "username",
      "password",
    ]);
    const arn = stack.output("secrets-events", "arn");
    assert.deepEqual(policy(stack.input("events-secret-policy", "policy")).Statement, [
      {
        Sid: "ReadByKafka",
        Effect: "Allow",
        Principal: { Service: "kafka.amazonaws.com" },
        Action: "secretsmanager:GetSecretValue",
        Resource: arn,
      },
    ]);
    assert.deepEqual(stack.named("events-login").inputs, {
      clusterArn: stack.id("events-cluster"),
      secretArnLists: [arn],
    });
    const before = stack.waitsFor("events-login");
    for (const name of ["events-secret-policy", "secrets-events-version"]) assert.ok(before.has(name), name);
  });

  it("gives the address of the brokers to those who log in with SCRAM, port 9096", () => {
    const servers = text(stack.component("events").outputs["bootstrapServers"]);
    assert.match(servers, /^b-1\.[^,]+:9096,b-2\.[^,]+:9096,b-3\.[^,]+:9096$/);
    assert.equal(servers, stack.output("events-cluster", "bootstrapBrokersSaslScram"));
  });

  it("makes topics with three copies, two of which must have a record before it counts", () => {
    const { inputs, protect } = stack.named("events-topic-orders");
    assert.equal(protect, true);
    assert.deepEqual(only(inputs, "name", "partitionCount", "replicationFactor"), {
      name: "orders",
      partitionCount: 6,
      replicationFactor: 3,
    });
    assert.deepEqual(JSON.parse(text(inputs["configs"])), {
      "cleanup.policy": "delete",
      "min.insync.replicas": "2",
      "retention.ms": "604800000",
    });
  });

  it("grows its storage by itself and never demands it back", () => {
    assert.deepEqual(stack.named("events-storage").inputs, {
      serviceNamespace: "kafka",
      resourceId: stack.id("events-cluster"),
      scalableDimension: "kafka:broker-storage:VolumeSize",
      minCapacity: 1,
      maxCapacity: 1000,
    });
    assert.deepEqual(stack.input("events-storage-growth", "targetTrackingScalingPolicyConfiguration"), {
      predefinedMetricSpecification: { predefinedMetricType: "KafkaBrokerStorageUtilization" },
      targetValue: 60,
      disableScaleIn: true,
    });
    assert.deepEqual(stack.named("events-cluster").ignoreChanges, [
      "brokerNodeGroupInfo.storageInfo.ebsStorageInfo.volumeSize",
    ]);
  });

  it("writes the brokers' logs to a group that was made before", () => {
    assert.deepEqual(stack.input("events-cluster", "loggingInfo"), {
      brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: "/aws/msk/test/brokers" } },
    });
    assert.equal(stack.input("events-log", "retentionInDays"), 365);
    assert.ok(stack.waitsFor("events-cluster").has("events-log"));
  });

  it("of a development stack can go with all it holds, and its arguments can be changed by transform", async () => {
    const small = await onGround(
      (ground) => {
        streams(ground).events({
          brokerType: "kafka.t3.small",
          transform: (cluster) => ({ ...cluster, tags: { size: "small" } }),
        });
      },
      { class: "development" },
    );
    assert.deepEqual(
      small.run.resources.filter(({ protect }) => protect),
      [],
    );
    assert.deepEqual(small.input("events-cluster", "tags"), { size: "small" });
    assert.equal(small.input("events-log", "retentionInDays"), 7);
  });

  it("is refused with a version that MSK does not have", async () => {
    const { run } = await attempt((ground) => {
      streams(ground).events({ version: "3.5" });
    });
    assert.match(run.errors.join("\n"), /events-cluster: .*Unsupported KafkaVersion \[3\.5\.x\.kraft\]/);
  });
});

describe("plan of the event stream", () => {
  it("keeps three copies where there are three brokers, and as many as there are below", () => {
    assert.deepEqual([1, 2, 3, 6].map(replicationOf), [
      { copies: 1, inSync: 1 },
      { copies: 2, inSync: 1 },
      { copies: 3, inSync: 2 },
      { copies: 3, inSync: 2 },
    ]);
  });

  it("makes no topic by itself, elects no broker that lags, and opens by choice what no list names", () => {
    assert.equal(
      serverProperties(3, "deny"),
      [
        "auto.create.topics.enable=false",
        "default.replication.factor=3",
        "min.insync.replicas=2",
        "offsets.topic.replication.factor=3",
        "transaction.state.log.replication.factor=3",
        "transaction.state.log.min.isr=2",
        "unclean.leader.election.enable=false",
        "allow.everyone.if.no.acl.found=false",
        "",
      ].join("\n"),
    );
    assert.match(serverProperties(3, "allow"), /^allow\.everyone\.if\.no\.acl\.found=true$/m);
  });
});
