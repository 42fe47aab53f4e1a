import assert from "node:assert/strict";
import { Alarms, type AlarmsArgs } from "../../../components/aws/alarms";
import { alarmDimensions, alarms, type AlarmSpec, type AlarmSubject } from "../../../components/planning/alarms";
import { policy } from "../../stacks/deployed";
import { accountId, attempt, childrenOf, onNetwork, type Ground } from "./ground";

function watch({ account, onAws, protection }: Ground, changes: Partial<AlarmsArgs> = {}): Alarms {
  return new Alarms(
    "alarms",
    {
      account,
      prefix: "test",
      protection,
      watched: {
        orders: { subject: "postgres", dimensions: { DBInstanceIdentifier: "test-postgres" } },
        sessions: { subject: "key-values", dimensions: { TableName: "test-sessions" } },
      },
      ...changes,
    },
    onAws,
  );
}

describe("Alarms", function () {
  this.timeout(60_000);

  it("watch each part by its own metrics", async () => {
    let made: Alarms | undefined;
    const stack = await onNetwork((ground) => {
      made = watch(ground);
    });
    assert.deepEqual(made?.alarms, [
      "test-orders-storage",
      "test-orders-slot-lag",
      "test-orders-cpu",
      "test-sessions-read-throttles",
      "test-sessions-write-throttles",
    ]);
    assert.deepEqual(stack.named("alarms-orders-storage").inputs, {
      name: "test-orders-storage",
      alarmDescription:
        "The disk is nearly full and has not grown: raise maxStorageGiB, look for a replication slot nobody reads",
      namespace: "AWS/RDS",
      metricName: "FreeStorageSpace",
      dimensions: { DBInstanceIdentifier: "test-postgres" },
      statistic: "Minimum",
      comparisonOperator: "LessThanThreshold",
      threshold: 5 * 1024 ** 3,
      period: 300,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      treatMissingData: "breaching",
      alarmActions: [stack.id("alarms-topic")],
      okActions: [stack.id("alarms-topic")],
    });
    assert.equal(stack.input("alarms-sessions-read-throttles", "comparisonOperator"), "GreaterThanThreshold");
  });

  it("[PF-SEC-05] [PF-SEC-06] go to an encrypted topic over TLS, from this account's CloudWatch alone", async () => {
    const stack = await onNetwork(watch);
    const topic = stack.id("alarms-topic");
    assert.equal(stack.input("alarms-topic", "kmsMasterKeyId"), stack.output("alarms-key-key", "arn"));
    assert.deepEqual(policy(stack.input("alarms-topic-policy", "policy")).Statement, [
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topic,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
    assert.deepEqual(policy(stack.input("alarms-key-key", "policy")).Statement[1], {
      Sid: "CloudWatchAlarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    });
  });

  it("have a key that the class guards, and can be changed one by one", async () => {
    for (const [stackClass, guarded] of [
      ["production", true],
      ["development", false],
    ] as const) {
      const stack = await onNetwork(
        (ground) =>
          watch(ground, { transform: (alarm, id) => (id === "orders-cpu" ? { ...alarm, threshold: 95 } : alarm) }),
        { class: stackClass },
      );
      assert.equal(stack.named("alarms-key-key").protect, guarded);
      assert.equal(stack.input("alarms-orders-cpu", "threshold"), 95);
      assert.equal(stack.input("alarms-orders-slot-lag", "threshold"), 5 * 1024 ** 3);
    }
  });

  it("are none where nothing is watched, but the channel is there", async () => {
    const stack = await onNetwork((ground) => watch(ground, { watched: {} }));
    assert.deepEqual(childrenOf(stack, "alarms"), [
      "alarms-key",
      "alarms-key-alias",
      "alarms-key-key",
      "alarms-topic",
      "alarms-topic-policy",
    ]);
  });

  it("are refused a period that CloudWatch does not have", async () => {
    const { run } = await attempt((ground) => watch(ground, { transform: (alarm) => ({ ...alarm, period: 45 }) }));
    assert.match(run.errors.join("\n"), /Metric period must be 10, 20, 30 or a multiple of 60, got 45/);
  });
});

describe("the table of alarms", () => {
  const rows = Object.entries(alarms).flatMap(([subject, specs]) =>
    (specs as readonly AlarmSpec[]).map((spec) => ({ subject: subject as AlarmSubject, spec })),
  );

  it("names each alarm once, in words that become part of a name", () => {
    for (const [subject, specs] of Object.entries(alarms)) {
      const ids = specs.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, subject);
      for (const id of ids) assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    }
  });

  it("watches a service by the dimension that its metrics have", () => {
    const dimensions: Readonly<Record<string, readonly string[]>> = {
      "AWS/RDS": ["DBInstanceIdentifier"],
      "AWS/ElastiCache": ["CacheClusterId"],
      "AWS/DocDB": ["DBClusterIdentifier"],
      "AWS/Kafka": ["Cluster Name"],
      "AWS/AmazonMQ": ["Broker"],
      "AWS/DynamoDB": ["TableName"],
      "AWS/Lambda": ["FunctionName"],
      "AWS/SQS": ["QueueName"],
      "AWS/NATGateway": ["NatGatewayId"],
    };
    for (const { subject, spec } of rows) {
      assert.deepEqual(dimensions[spec.namespace], [alarmDimensions[subject]], `${subject} ${spec.id}`);
    }
  });

  it("says what to look at, in a description that CloudWatch takes", () => {
    for (const { spec } of rows) {
      assert.match(spec.meaning, /^[A-Z][^\n]{20,1023}[^.]$/, spec.id);
      assert.ok(spec.threshold >= 0 && spec.points >= 1, spec.id);
    }
  });
});
