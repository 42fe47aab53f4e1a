import assert from "node:assert/strict";
import { only, text } from "../../stacks/deployed";
import { attempt, onGround } from "./data-ground";
import { streams } from "./streams-ground";

describe("MessageQueue", function () {
  this.timeout(60_000);

  it("[PF-DATA-04] is a RabbitMQ cluster over three zones, out of reach of the internet", async () => {
    const stack = await onGround((ground) => {
      streams(ground).queue();
    });
    const { inputs, protect } = stack.named("queue-broker");
    assert.equal(protect, true);
    assert.deepEqual(
      only(
        inputs,
        "brokerName",
        "engineType",
        "engineVersion",
        "hostInstanceType",
        "deploymentMode",
        "publiclyAccessible",
        "autoMinorVersionUpgrade",
        "logs",
        "subnetIds",
        "securityGroups",
      ),
      {
        brokerName: "test-queue",
        engineType: "RabbitMQ",
        engineVersion: "4.3",
        hostInstanceType: "mq.m7g.large",
        deploymentMode: "CLUSTER_MULTI_AZ",
        publiclyAccessible: false,
        autoMinorVersionUpgrade: true,
        logs: { general: true },
        subnetIds: ["a", "b", "c"].map((zone) => stack.id(`network-database-${zone}`)),
        securityGroups: [stack.id("stores")],
      },
    );
    assert.match(text(stack.component("queue").outputs["endpoint"]), /^amqps:\/\/b-.+:5671$/);
  });

  it("keeps the credentials of its user in the store of secrets", async () => {
    const stack = await onGround((ground) => {
      streams(ground).queue();
    });
    const kept = JSON.parse(text(stack.input("secrets-queue-version", "secretString"))) as Record<string, string>;
    assert.deepEqual(stack.input("queue-broker", "users"), [kept]);
    assert.equal(kept["username"], "platform");
    assert.ok(stack.named("queue-broker").secretPaths.some((path) => path.startsWith("users")));
  });

  it("is one instance in one zone where that is enough, and can be changed by transform", async () => {
    const stack = await onGround(
      (ground) => {
        streams(ground).queue({
          availability: "single-instance",
          instanceType: "mq.m7g.medium",
          transform: (broker) => ({ ...broker, tags: { size: "small" } }),
        });
      },
      { class: "development" },
    );
    const { inputs, protect } = stack.named("queue-broker");
    assert.deepEqual(only(inputs, "deploymentMode", "subnetIds", "tags"), {
      deploymentMode: "SINGLE_INSTANCE",
      subnetIds: [stack.id("network-database-a")],
      tags: { size: "small" },
    });
    assert.equal(protect, false);
  });

  it("is refused on a machine that the version does not run on", async () => {
    const { run } = await attempt((ground) => {
      streams(ground).queue({ instanceType: "mq.t3.micro" });
    });
    assert.match(run.errors.join("\n"), /queue-broker: .*does not run on host instance type \[mq\.t3\.micro\]/);
  });
});
