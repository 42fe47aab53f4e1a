import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { FunctionAccount } from "./lambda-support";
import { refused } from "./support";

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const INVALID = "InvalidParameterValueException";

/** A function, a cluster of Kafka that logs in by SCRAM alone, and a secret for it. */
class StreamAccount extends FunctionAccount {
  readonly handler = this.function({ timeout: 20 });
  readonly cluster = this.create("aws:msk/cluster:Cluster", "events", {
    clusterName: "events",
    kafkaVersion: "3.9.x.kraft",
    numberOfBrokerNodes: 3,
    brokerNodeGroupInfo: {
      instanceType: "kafka.m7g.large",
      clientSubnets: this.subnetIds,
      securityGroups: [this.group.id],
    },
    clientAuthentication: { sasl: { scram: true } },
  });
  readonly secret = this.create("aws:secretsmanager/secret:Secret", "s", { name: "AmazonMSK_fn" });

  kafka(more: Properties = {}): Properties {
    return {
      functionName: this.handler.id,
      eventSourceArn: this.cluster.id,
      topics: ["orders"],
      startingPosition: "TRIM_HORIZON",
      sourceAccessConfigurations: [{ type: "SASL_SCRAM_512_AUTH", uri: this.secret.id }],
      ...more,
    };
  }

  map(inputs: Properties, name = "m") {
    return this.create(MAPPING, name, inputs);
  }

  grantAll(): void {
    this.attach("service-role/AWSLambdaMSKExecutionRole");
    this.grant(["secretsmanager:GetSecretValue"], this.secret.id);
  }
}

describe("offline/services/aws/lambda-event-sources", () => {
  it("reads one topic of a Kafka cluster with a secret", () => {
    const account = new StreamAccount();
    account.grantAll();
    const { id, outputs } = account.map(account.kafka());
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.equal(outputs["uuid"], id);
    assert.equal(outputs["functionArn"], account.handler.outputs["arn"]);
    assert.equal(outputs["batchSize"], 100);
    assert.equal(outputs["state"], "Enabled");
    assert.equal(outputs["lastProcessingResult"], "No records processed");
    refused(() => account.map(account.kafka(), "again"), "ResourceConflictException", new RegExp(id));
    assert.notEqual(account.map(account.kafka({ topics: ["payments"] }), "other").id, id);
  });

  it("needs the rights of the role one by one", () => {
    const account = new StreamAccount();
    refused(() => account.map(account.kafka()), INVALID, /DescribeClusterV2 on Kafka/);
    account.grant(["kafka:*"]);
    refused(() => account.map(account.kafka()), INVALID, /CreateNetworkInterface on EC2/);
    account.attach("service-role/AWSLambdaVPCAccessExecutionRole");
    refused(() => account.map(account.kafka()), INVALID, /GetSecretValue/);
    account.grant(["secretsmanager:GetSecretValue"]);
    assert.equal(account.map(account.kafka()).outputs["state"], "Enabled");
  });

  it("says in its last result that it cannot log in without the secret", () => {
    const account = new StreamAccount();
    account.grantAll();
    const { outputs } = account.map(account.kafka({ sourceAccessConfigurations: [] }));
    assert.match(text(outputs["lastProcessingResult"]), /^PROBLEM: /);
  });

  const refusals: readonly [what: string, code: string, words: RegExp, more: Properties][] = [
    ["a function that does not exist", "ResourceNotFoundException", /none/, { functionName: "none" }],
    ["two topics", INVALID, /Exactly one topic/, { topics: ["a", "b"] }],
    ["no topic", INVALID, /Exactly one topic/, { topics: [] }],
    ["no starting position", INVALID, /startingPosition/, { startingPosition: undefined }],
    ["a time that is not given", INVALID, /AT_TIMESTAMP/, { startingPosition: "AT_TIMESTAMP" }],
    [
      "a cluster that does not exist",
      INVALID,
      /does not exist/,
      { eventSourceArn: "arn:aws:kafka:us-east-1:111122223333:cluster/none/0-1" },
    ],
    [
      "a secret that does not exist",
      INVALID,
      /secret .* does not exist/,
      {
        sourceAccessConfigurations: [
          { type: "SASL_SCRAM_512_AUTH", uri: "arn:aws:secretsmanager:us-east-1:111122223333:secret:AmazonMSK_no-1" },
        ],
      },
    ],
    [
      "a destination that does not exist",
      INVALID,
      /DestinationArn is invalid/,
      { destinationConfig: { onFailure: { destinationArn: "arn:aws:sqs:us-east-1:111122223333:none" } } },
    ],
    [
      "more pollers at least than at most",
      INVALID,
      /minimumPollers/,
      { provisionedPollerConfig: { minimumPollers: 5, maximumPollers: 2 } },
    ],
  ];
  for (const [what, code, words, more] of refusals) {
    it(`refuses ${what}`, () => {
      const account = new StreamAccount();
      account.grantAll();
      refused(() => account.map(account.kafka(more)), code, words);
    });
  }

  it("says before anything is created what no value can be", () => {
    const account = new StreamAccount();
    const reasons = (more: Properties) => Object.keys(account.reasons(MAPPING, account.kafka(more)));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ batchSize: 10_001 }), ["batchSize"]);
    assert.deepEqual(reasons({ startingPosition: "FIRST" }), ["startingPosition"]);
    assert.deepEqual(reasons({ maximumRecordAgeInSeconds: 59 }), ["maximumRecordAgeInSeconds"]);
    assert.deepEqual(reasons({ eventSourceArn: undefined }), ["eventSourceArn"]);
  });

  it("sends what fails to a queue that the role may write to", () => {
    const account = new StreamAccount();
    account.grantAll();
    const destinationArn = account.queue("failed");
    const inputs = account.kafka({ destinationConfig: { onFailure: { destinationArn } } });
    refused(() => account.map(inputs), INVALID, /SendMessage on SQS/);
    account.grant(["sqs:SendMessage"], destinationArn);
    assert.equal(account.map(inputs).outputs["state"], "Enabled");
  });

  it("reads a queue whose messages stay hidden as long as the function may run", () => {
    const account = new StreamAccount();
    account.attach("service-role/AWSLambdaSQSQueueExecutionRole");
    const map = (eventSourceArn: string, more: Properties = {}) =>
      account.map({ functionName: account.handler.id, eventSourceArn, ...more });
    refused(
      () => map(account.queue("short", { visibilityTimeoutSeconds: 19 })),
      INVALID,
      /Queue visibility timeout: 19 seconds is less than Function timeout: 20 seconds/,
    );
    const jobs = account.queue("jobs");
    refused(() => map(jobs, { batchSize: 11 }), INVALID, /batch window/);
    refused(() => map(jobs, { startingPosition: "LATEST" }), INVALID, /StartingPosition/);
    refused(() => map(account.queue("f.fifo", { fifoQueue: true }), { batchSize: 11 }), INVALID, /FIFO/);
    assert.equal(map(jobs).outputs["batchSize"], 10);
  });
});
