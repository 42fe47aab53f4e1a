import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, refused } from "./support";

const QUEUE = "aws:sqs/queue:Queue";
const POLICY = "aws:sqs/queuePolicy:QueuePolicy";

describe("offline/services/aws/sqs", () => {
  it("identifies a queue by its URL, once in a region", () => {
    const account = new Account();
    const { id, outputs } = account.create(QUEUE, "orders", { name: "orders" });
    assert.equal(id, "https://sqs.us-east-1.amazonaws.com/111122223333/orders");
    assert.equal(outputs["url"], id);
    assert.equal(outputs["arn"], "arn:aws:sqs:us-east-1:111122223333:orders");
    assert.equal(outputs["sqsManagedSseEnabled"], true);
    refused(() => account.create(QUEUE, "again", { name: "orders" }), "QueueAlreadyExists");
    assert.match(account.create(QUEUE, "jobs", {}).id, /\/jobs-[0-9a-f]{7}$/);
  });

  it("says before anything is created what no value can be", () => {
    const account = new Account();
    const reasons = (inputs: Properties) => Object.keys(account.reasons(QUEUE, inputs));
    assert.deepEqual(reasons({ name: "a.fifo", fifoQueue: true, contentBasedDeduplication: true }), []);
    assert.deepEqual(reasons({ name: "a", fifoQueue: true }), ["name"]);
    assert.deepEqual(reasons({ name: "a.fifo" }), ["name"]);
    assert.deepEqual(reasons({ name: "a b" }), ["name"]);
    assert.deepEqual(reasons({ contentBasedDeduplication: true }), ["contentBasedDeduplication"]);
    assert.deepEqual(reasons({ visibilityTimeoutSeconds: 43_201 }), ["visibilityTimeoutSeconds"]);
    assert.deepEqual(reasons({ messageRetentionSeconds: 59 }), ["messageRetentionSeconds"]);
    assert.deepEqual(reasons({ kmsMasterKeyId: "alias/aws/sqs", sqsManagedSseEnabled: true }), [
      "sqsManagedSseEnabled",
    ]);
    assert.deepEqual(reasons({ policy: "{" }), ["policy"]);
    const redrive = (policy: unknown) => ({ redrivePolicy: JSON.stringify(policy) });
    const deadLetterTargetArn = "arn:aws:sqs:us-east-1:111122223333:dead";
    assert.deepEqual(reasons(redrive({ deadLetterTargetArn, maxReceiveCount: 5 })), []);
    assert.deepEqual(reasons(redrive({ deadLetterTargetArn, maxReceiveCount: "5" })), ["redrivePolicy"]);
    assert.deepEqual(reasons(redrive({ deadLetterTargetArn: "dead", maxReceiveCount: 5 })), ["redrivePolicy"]);
  });

  it("refuses a dead-letter queue that does not exist or is of the other kind", () => {
    const account = new Account();
    const policy = (name: string) =>
      JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:us-east-1:111122223333:${name}`, maxReceiveCount: 3 });
    const create = (dead: string) => account.create(QUEUE, "q", { name: "q", redrivePolicy: policy(dead) });
    refused(() => create("dead"), "InvalidParameterValue", /does not exist/);
    account.create(QUEUE, "fifo", { name: "dead.fifo", fifoQueue: true });
    refused(() => create("dead.fifo"), "InvalidParameterValue", /same type/);
    account.create(QUEUE, "dead", { name: "dead" });
    assert.equal(create("dead").outputs["redrivePolicy"], policy("dead"));
  });

  it("refuses a key that does not exist", () => {
    const account = new Account();
    refused(() => account.create(QUEUE, "q", { kmsMasterKeyId: "alias/none" }), "KMS.NotFoundException");
    const key = account.create("aws:kms/key:Key", "k", {});
    const { outputs } = account.create(QUEUE, "q", { kmsMasterKeyId: text(key.outputs["arn"]) });
    assert.equal(outputs["sqsManagedSseEnabled"], false);
  });

  it("puts a policy on a queue that exists", () => {
    const account = new Account();
    const queue = account.create(QUEUE, "q", { name: "q" });
    const statement = {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: "*",
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    assert.equal(account.create(POLICY, "p", { queueUrl: queue.id, policy }).id, queue.id);
    refused(
      () => account.create(POLICY, "n", { queueUrl: `${queue.id}-none`, policy }),
      "AWS.SimpleQueueService.NonExistentQueue",
    );
    assert.deepEqual(Object.keys(account.reasons(POLICY, { queueUrl: queue.id, policy: "{}" })), ["policy"]);
  });
});
