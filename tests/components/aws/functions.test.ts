import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { functionCode } from "../../../components/aws/function-code";
import type { FunctionRuntimeArgs } from "../../../components/aws/functions";
import { only, policy, text, type Deployed } from "../../stacks/deployed";
import { attempt, onGround, type Ground } from "./data-ground";
import { streams } from "./streams-ground";

function archive(ground: Ground, changes: Partial<FunctionRuntimeArgs> = {}) {
  const make = streams(ground);
  make.functions(make.events(), make.lake({ tables: {} }), changes);
}

describe("FunctionRuntime", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await onGround((ground) => {
      archive(ground);
    });
  });

  it("[PF-SVC-03] runs a function for batches of a topic, from its oldest record, logged in by SCRAM", () => {
    assert.deepEqual(
      only(
        stack.named("functions-archive-events-source").inputs,
        "eventSourceArn",
        "topics",
        "startingPosition",
        "batchSize",
        "maximumBatchingWindowInSeconds",
        "amazonManagedKafkaEventSourceConfig",
        "sourceAccessConfigurations",
        "destinationConfig",
      ),
      {
        eventSourceArn: stack.id("events-cluster"),
        topics: ["orders"],
        startingPosition: "TRIM_HORIZON",
        batchSize: 500,
        maximumBatchingWindowInSeconds: 30,
        amazonManagedKafkaEventSourceConfig: { consumerGroupId: "test-archive-events" },
        sourceAccessConfigurations: [{ type: "SASL_SCRAM_512_AUTH", uri: stack.output("secrets-events", "arn") }],
        destinationConfig: {
          onFailure: { destinationArn: stack.output("functions-archive-events-failures", "arn") },
        },
      },
    );
    assert.ok(stack.waitsFor("functions-archive-events-source").has("events-login"));
  });

  it("is arm64 and Node.js 24, in the private subnets, with runs kept free for it", () => {
    const { inputs } = stack.named("functions-archive-events-function");
    assert.deepEqual(
      only(
        inputs,
        "name",
        "runtime",
        "architectures",
        "handler",
        "memorySize",
        "timeout",
        "reservedConcurrentExecutions",
        "environment",
        "vpcConfig",
        "tracingConfig",
      ),
      {
        name: "test-archive-events",
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        memorySize: 256,
        timeout: 60,
        reservedConcurrentExecutions: 6,
        environment: { variables: { BUCKET: "test-lake-1" } },
        vpcConfig: {
          subnetIds: ["a", "b", "c"].map((zone) => stack.id(`network-private-${zone}`)),
          securityGroupIds: [stack.id("stores")],
        },
        tracingConfig: { mode: "PassThrough" },
      },
    );
  });

  it("[PF-SEC-05] encrypts variables, logs and what could not be processed", () => {
    const key = stack.output("data-key", "arn");
    assert.equal(stack.input("functions-archive-events-function", "kmsKeyArn"), key);
    assert.deepEqual(stack.named("functions-archive-events-failures").inputs, {
      kmsMasterKeyId: key,
      messageRetentionSeconds: 1_209_600,
    });
    assert.deepEqual(only(stack.named("functions-archive-events-log").inputs, "name", "kmsKeyId", "retentionInDays"), {
      name: "/aws/lambda/test-archive-events",
      kmsKeyId: stack.output("stream-logs-key", "arn"),
      retentionInDays: 365,
    });
  });

  it("may do what its source and its code need, on named resources wherever the service knows any", () => {
    const { Statement } = policy(stack.input("functions-archive-events-policy", "policy"));
    assert.deepEqual(
      Statement.filter(({ Effect }) => Effect === "Allow").map(({ Sid, Action, Resource }) => [Sid, Action, Resource]),
      [
        ["Stream", ["kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"], stack.id("events-cluster")],
        ["NetworkInterfaces", Statement[1]?.Action, "*"],
        [
          "Login",
          ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
          stack.output("secrets-events", "arn"),
        ],
        ["LoginKey", "kms:Decrypt", stack.output("data-key", "arn")],
        [
          "Logs",
          ["logs:CreateLogStream", "logs:PutLogEvents"],
          `${text(stack.output("functions-archive-events-log", "arn"))}:*`,
        ],
        ["Failures", "sqs:SendMessage", stack.output("functions-archive-events-failures", "arn")],
        ["Key", ["kms:Decrypt", "kms:GenerateDataKey"], stack.output("data-key", "arn")],
        ["Archive", "s3:PutObject", "arn:aws:s3:::test-lake-1/events/*"],
        ["LakeKey", ["kms:Decrypt", "kms:GenerateDataKey"], stack.output("data-key", "arn")],
      ],
    );
    assert.deepEqual(Statement[2], {
      ...Statement[1],
      Sid: "NoNetworkForTheCode",
      Effect: "Deny",
      Condition: {
        ArnEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:test-archive-events" },
      },
    });
    assert.ok(stack.waitsFor("functions-archive-events-function").has("functions-archive-events-policy"));
  });

  it("can be changed by transform", async () => {
    const changed = await onGround(
      (ground) => {
        archive(ground, { transform: (lambda, id) => ({ ...lambda, description: `changed ${id}` }) });
      },
      { class: "development" },
    );
    assert.equal(changed.input("functions-archive-events-function", "description"), "changed archive-events");
  });

  it("names a topic that the stream does not have", async () => {
    const { run } = await attempt((ground) => {
      const make = streams(ground);
      make.functions(make.events({ topics: {} }), make.lake({ tables: {} }));
    });
    assert.match(
      run.errors.join("\n"),
      /function "archive-events" reads topic "orders", which the event stream does not/,
    );
  });
});

describe("code of a function", () => {
  it("is packaged by content: the same on every machine", async () => {
    const { assets } = functionCode("functions", "archive-events");
    const files = (await assets) as Record<string, { text?: Promise<string> }>;
    assert.deepEqual(Object.keys(files), ["archive.mjs", "index.mjs"]);
    assert.match((await files["index.mjs"]?.text) ?? "", /export function handler/);
  });

  it("that is missing is named with its place", () => {
    assert.throws(
      () => functionCode(tmpdir(), "no-such-function"),
      /function "no-such-function" has no code: .*index\.mjs/,
    );
  });
});
