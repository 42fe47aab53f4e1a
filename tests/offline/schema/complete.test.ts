import assert from "node:assert/strict";
import type { Properties } from "../../../offline/cloud/value";
import { completeOutputs } from "../../../offline/schema/complete";
import { classesOf, openSource, removeFolders } from "./sdk";

const source = openSource();
const scope = { account: "111122223333", region: "eu-west-1" };

function outputs(token: string, id: string, inputs: Properties, computed: Properties = {}): Properties {
  const schema = source.resource(token);
  assert.ok(schema, token);
  return completeOutputs({ schema, inputs, computed, id, scope, token });
}

describe("offline/schema/complete", () => {
  after(removeFolders);

  it("completes a queue as the service answers", () => {
    const url = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs";
    assert.deepEqual(outputs("aws:sqs/queue:Queue", url, { name: "jobs", delaySeconds: "5", tags: { team: "a" } }), {
      arn: "arn:aws:sqs:eu-west-1:111122223333:jobs",
      deduplicationScope: "",
      delaySeconds: 5,
      fifoThroughputLimit: "",
      kmsDataKeyReusePeriodSeconds: 0,
      name: "jobs",
      namePrefix: "",
      policy: "",
      redriveAllowPolicy: "",
      redrivePolicy: "",
      region: "eu-west-1",
      sqsManagedSseEnabled: false,
      tags: { team: "a" },
      tagsAll: { team: "a" },
      url,
    });
  });

  it("writes the ARN of each service as the service does", () => {
    const arns = [
      ["aws:sns/topic:Topic", "arn:aws:sns:eu-west-1:111122223333:x"],
      ["aws:lambda/function:Function", "arn:aws:lambda:eu-west-1:111122223333:function:x"],
      ["aws:dynamodb/table:Table", "arn:aws:dynamodb:eu-west-1:111122223333:table/x"],
      ["aws:cloudwatch/metricAlarm:MetricAlarm", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:x"],
      ["aws:cloudwatch/logGroup:LogGroup", "arn:aws:logs:eu-west-1:111122223333:log-group:x"],
      ["aws:ecs/cluster:Cluster", "arn:aws:ecs:eu-west-1:111122223333:cluster/x"],
      ["aws:efs/fileSystem:FileSystem", "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/x"],
      ["aws:iam/user:User", "arn:aws:iam::111122223333:user/x"],
      ["aws:route53/zone:Zone", "arn:aws:route53:::hostedzone/x"],
      ["aws:s3/bucket:Bucket", "arn:aws:s3:::x"],
    ] as const;
    for (const [token, arn] of arns) assert.equal(outputs(token, "x", {})["arn"], arn, token);
  });

  it("prefers what the service computed, also to leave an output out", () => {
    const bag = outputs("aws:sqs/queue:Queue", "x", { name: "jobs" }, { name: "other", policy: undefined, extra: 1 });
    assert.equal(bag["name"], "other");
    assert.equal(bag["arn"], "arn:aws:sqs:eu-west-1:111122223333:other");
    assert.ok(!("policy" in bag));
    assert.equal(bag["extra"], 1);
  });

  it("completes a given block, and leaves an optional one that was not given absent", () => {
    const lambda = outputs("aws:lambda/function:Function", "f", {
      role: "r",
      vpcConfig: { subnetIds: ["s"], securityGroupIds: [] },
    });
    assert.deepEqual(lambda["vpcConfig"], { subnetIds: ["s"], securityGroupIds: [], vpcId: "" });
    assert.ok(!("deadLetterConfig" in lambda));
    assert.deepEqual(lambda["ephemeralStorage"], { size: 0 });
    assert.equal(lambda["version"], "$LATEST");
  });

  it("never shows a write-only input", () => {
    const bag = outputs("aws:rds/instance:Instance", "db", {
      instanceClass: "a",
      passwordWo: "hunter2",
      passwordWoVersion: 1,
    });
    assert.ok(!("passwordWo" in bag));
    assert.equal(bag["passwordWoVersion"], 1);
  });

  it("fills up no Kubernetes object", () => {
    const spec = { replicas: 1 };
    assert.deepEqual(outputs("kubernetes:apps/v1:Deployment", "a", { spec, metadata: { name: "a" } }), {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "a" },
      spec,
    });
  });

  it("gives every class of aws all its required outputs, the same at every call", function () {
    this.timeout(60_000);
    for (const { token } of classesOf("aws").filter((_, index) => index % 6 === 0)) {
      const schema = source.resource(token);
      assert.ok(schema, token);
      const bag = outputs(token, "x-1", {});
      for (const [name, { schema: type, required }] of Object.entries(schema.outputs.properties)) {
        if (required && type.kind !== "any" && type.kind !== "asset") assert.ok(name in bag, `${token}.${name}`);
      }
      const arn = bag["arn"];
      if (typeof arn === "string") assert.match(arn, /^arn:aws:[a-z0-9-]+:(eu-west-1)?:\d*:.+$/, token);
      assert.deepEqual(outputs(token, "x-1", {}), bag);
    }
  });
});
