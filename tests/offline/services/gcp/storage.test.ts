import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { refused, StoreProject, type Made } from "./stores-support";

const BUCKET = "gcp:storage/bucket:Bucket";
const OBJECT = "gcp:storage/bucketObject:BucketObject";
const MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember";
const NOTIFICATION = "gcp:storage/notification:Notification";

const bucket = (project: StoreProject, inputs: Properties = {}): Made =>
  project.create(BUCKET, "b", { name: "platform-media", location: "us-central1", ...inputs });

const object = (project: StoreProject): Made =>
  project.create(OBJECT, "o", { name: "a.txt", bucket: "platform-media", content: "a" });

describe("offline/services/gcp/storage", () => {
  it("accepts only names and places that Cloud Storage accepts", () => {
    const project = new StoreProject([]);
    const reasons = (inputs: Properties) => Object.keys(project.reasons(BUCKET, { location: "US", ...inputs }));
    assert.deepEqual(reasons({ name: "platform-media" }), []);
    for (const name of [
      "ab",
      "Media",
      "goog-media",
      "my-google-media",
      "my-g00gle",
      "10.0.0.1",
      "-media",
      "a..b",
      "a".repeat(64),
    ]) {
      assert.deepEqual(reasons({ name }), ["name"], name);
    }
    assert.deepEqual(reasons({ name: "media", location: "us-central9" }).includes("location"), true);
    assert.deepEqual(reasons({ name: "media", publicAccessPrevention: "on" }), ["publicAccessPrevention"]);
    assert.deepEqual(reasons({ name: "media", softDeletePolicy: { retentionDurationSeconds: 3600 } }), [
      "softDeletePolicy.retentionDurationSeconds",
    ]);
    const rule = (action: Properties, condition: Properties) => ({
      name: "media",
      lifecycleRules: [{ action, condition }],
    });
    assert.deepEqual(reasons(rule({ type: "Delete" }, { age: 30 })), []);
    assert.deepEqual(reasons(rule({ type: "Delete" }, {})), ["lifecycleRules[0].condition"]);
    assert.deepEqual(reasons(rule({ type: "SetStorageClass" }, { age: 1 })), ["lifecycleRules[0].action.storageClass"]);
  });

  it("has a name that nobody else in the world has", () => {
    const project = new StoreProject();
    const { id, outputs } = bucket(project);
    assert.deepEqual(
      [id, outputs["url"], outputs["location"]],
      ["platform-media", "gs://platform-media", "US-CENTRAL1"],
    );
    refused(
      () => project.create(BUCKET, "again", { name: "platform-media", location: "EU" }),
      "conflict",
      /bucket name is not available/,
    );
  });

  it("goes with its objects only when told before, and never under a retention policy", () => {
    const project = new StoreProject();
    const made = bucket(project);
    const content = object(project);
    refused(
      () => {
        project.delete(made);
      },
      "conflict",
      /containing objects without `forceDestroy`/,
    );
    project.delete(project.update(made, { forceDestroy: true }));
    assert.equal(project.has(OBJECT, content.id), false);

    const kept = bucket(project, {
      forceDestroy: true,
      retentionPolicy: { retentionPeriod: "604800", isLocked: true },
    });
    const held = object(project);
    refused(
      () => {
        project.delete(held);
      },
      "forbidden",
      /retention policy/,
    );
    refused(
      () => {
        project.delete(kept);
      },
      "forbidden",
      /retention policy/,
    );
    refused(
      () => project.update(kept, { retentionPolicy: { retentionPeriod: "60", isLocked: true } }),
      "forbidden",
      /Cannot reduce/,
    );
    assert.deepEqual(project.replacedBy(kept, { retentionPolicy: { retentionPeriod: "604800" } }), [
      "retentionPolicy.isLocked",
    ]);
    assert.deepEqual(project.replacedBy(kept, { versioning: { enabled: true } }), []);
  });

  it("asks for a key of its own location that its agent may use", () => {
    const project = new StoreProject();
    const key = project.key("us-central1");
    const encryption = { defaultKmsKeyName: key.id };
    refused(() => bucket(project, { encryption }), "forbidden", /gs-project-accounts/);
    project.grant(key, "storage");
    refused(() => bucket(project, { encryption, location: "US" }), "invalidArgument", /us-central1/);
    bucket(project, { encryption });
  });

  it("is not made public against its own setting", () => {
    const project = new StoreProject();
    bucket(project, { publicAccessPrevention: "enforced", uniformBucketLevelAccess: true });
    const grant = (member: string) =>
      project.create(MEMBER, "m", { bucket: "platform-media", role: "roles/storage.objectViewer", member });
    refused(() => grant("allUsers"), "conditionNotMet", /public access prevention is enforced/);
    assert.equal(grant("user:a@example.com").id, "b/platform-media/roles/storage.objectViewer/user:a@example.com");
  });

  it("publishes its changes to a topic that its agent may publish to", () => {
    const project = new StoreProject();
    bucket(project);
    const topic = project.create("gcp:pubsub/topic:Topic", "t", { name: "changes" });
    const create = () =>
      project.create(NOTIFICATION, "n", { bucket: "platform-media", payloadFormat: "JSON_API_V1", topic: topic.id });
    refused(create, "forbidden", /does not have permission to publish messages/);
    project.create("gcp:pubsub/topicIAMMember:TopicIAMMember", "g", {
      topic: "changes",
      role: "roles/pubsub.publisher",
      member: "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com",
    });
    assert.equal(create().id, "platform-media/notificationConfigs/1");
  });
});
