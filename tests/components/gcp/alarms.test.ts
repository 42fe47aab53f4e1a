import assert from "node:assert/strict";
import { Alarms, type WatchedResource } from "../../../components/gcp/alarms";
import { alarmFilter, gcpAlarmLabels, gcpAlarms, type GcpAlarmSpec } from "../../../components/planning/alarms-gcp";
import { text } from "../../stacks/deployed";
import { attempt, onSite, projectId, type Ground } from "./ground";
import { serviceKey } from "./service-key";

const watched = {
  database: { subject: "postgres", label: `${projectId}:test-postgres` },
  nat: { subject: "nat-gateway", label: "test-nat" },
} as const satisfies Readonly<Record<string, WatchedResource>>;

const watch = (ground: Ground) =>
  new Alarms(
    "alarms",
    {
      project: ground.project,
      prefix: ground.prefix,
      watched,
      keyId: serviceKey(ground, "alarms", ["pubsub"]),
      labels,
    },
    ground.onGcp,
  );

const apis = ["pubsub.googleapis.com"];
const labels = { system: "portfolio", "managed-by": "pulumi" };

describe("alarms on Google Cloud", () => {
  it("[PF-OBS-01] are as many as the table has for what is watched, all into one encrypted topic", async () => {
    let names: readonly string[] = [];
    const stack = await onSite(
      (ground) => {
        names = watch(ground).alarms;
      },
      { apis },
    );
    assert.deepEqual(names, [
      "test-database-storage",
      "test-database-cpu",
      "test-database-transaction-ids",
      "test-nat-ports",
    ]);
    const policies = stack.ofType("gcp:monitoring/alertPolicy:AlertPolicy");
    assert.deepEqual(policies.map(({ inputs }) => inputs["displayName"]).sort(), [...names].sort());
    const channel = stack.named("alarms-channel");
    for (const { inputs } of policies) {
      assert.deepEqual(inputs["notificationChannels"], [channel.outputs["name"]]);
      assert.deepEqual(inputs["userLabels"], labels);
    }
    assert.deepEqual(channel.inputs["userLabels"], labels);
    assert.equal(channel.inputs["type"], "pubsub");
    assert.deepEqual(channel.inputs["labels"], { topic: `projects/${projectId}/topics/test-alarms` });
    assert.match(text(stack.input("alarms-topic-topic", "kmsKeyName")), /cryptoKeys\/alarms$/);
    // A week, for whoever subscribes later.
    assert.equal(stack.input("alarms-topic-topic", "messageRetentionDuration"), "604800s");
    assert.equal(stack.component("alarms").outputs["alarmChannelId"], channel.outputs["name"]);
  });

  it("say what they watch, when it is too much, and what it means", async () => {
    const stack = await onSite(
      (ground) => {
        watch(ground);
      },
      { apis },
    );
    const { inputs } = stack.named("alarms-database-storage");
    assert.deepEqual(inputs["conditions"], [
      {
        displayName: "storage",
        conditionThreshold: {
          filter: `resource.type = "cloudsql_database" AND resource.labels.database_id = "${projectId}:test-postgres" AND metric.type = "cloudsql.googleapis.com/database/disk/utilization"`,
          comparison: "COMPARISON_GT",
          thresholdValue: 0.9,
          duration: "300s",
          aggregations: [{ alignmentPeriod: "300s", perSeriesAligner: "ALIGN_MAX" }],
          trigger: { count: 1 },
          evaluationMissingData: "EVALUATION_MISSING_DATA_ACTIVE",
        },
      },
    ]);
    assert.match(text(stack.input("alarms-database-storage", "documentation.content")), /replication slot/);
  });

  it("are sent by Cloud Monitoring's own identity, which comes with the channel", async () => {
    const stack = await onSite(
      (ground) => {
        watch(ground);
      },
      { apis },
    );
    const { inputs } = stack.named("alarms-publisher");
    assert.match(text(inputs["member"]), /^serviceAccount:service-\d+@gcp-sa-monitoring-notification\./);
    assert.equal(inputs["role"], "roles/pubsub.publisher");
    assert.ok(stack.waitsFor("alarms-publisher").has("alarms-channel"));
  });

  it("are refused where Pub/Sub may not use the key of their topic", async () => {
    const { run } = await attempt(
      ({ project, prefix, keys, onGcp }) => {
        new Alarms("alarms", { project, prefix, watched, keyId: keys.keyIds.secrets, labels }, onGcp);
      },
      { apis },
    );
    assert.match(run.errors.join("\n"), /alarms-topic-topic: .*gcp-sa-pubsub.*has been authorized to use this key/);
  });
});

describe("table of alarms on Google Cloud", () => {
  const rows = Object.values(gcpAlarms).flatMap((specs) => specs as readonly GcpAlarmSpec[]);

  it("looks at whole minutes, twice at least, so that silence can be told from quiet", () => {
    for (const { metric, periodSeconds, points } of rows) {
      assert.equal(periodSeconds % 60, 0, metric);
      assert.ok((points - 1) * periodSeconds >= 60, metric);
    }
  });

  it("names each alarm of a part once", () => {
    for (const [subject, specs] of Object.entries(gcpAlarms)) {
      const ids = specs.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, subject);
    }
  });

  it("finds the metric of one thing, and of the labels that it names", () => {
    const [spec] = gcpAlarms["nat-gateway"];
    assert.equal(
      alarmFilter(spec, gcpAlarmLabels["nat-gateway"], "site-nat"),
      'resource.type = "nat_gateway" AND resource.labels.gateway_name = "site-nat" AND metric.type = "router.googleapis.com/nat/dropped_sent_packets_count" AND metric.labels.reason = "OUT_OF_RESOURCES"',
    );
  });
});
