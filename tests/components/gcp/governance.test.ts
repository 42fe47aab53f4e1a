import assert from "node:assert/strict";
import { AuditTrail, type AuditLock } from "../../../components/gcp/audit-trail";
import { ConfigurationHistory, watchedAssets } from "../../../components/gcp/configuration-history";
import { ThreatDetection } from "../../../components/gcp/threat-detection";
import { projectGovernanceSettings } from "../../../config/schema/gcp/governance";
import { text } from "../../stacks/deployed";
import { attempt, onSite, projectId, type Ground } from "./ground";
import { serviceKey } from "./service-key";

describe("audit trail on Google Cloud", () => {
  const trail = (ground: Ground, lock: AuditLock = "governance") =>
    new AuditTrail(
      "audit",
      {
        project: ground.project,
        prefix: ground.prefix,
        retentionDays: 2190,
        lock,
        keyId: serviceKey(ground, "logs", ["logging"]),
        protection: ground.protection,
      },
      ground.onGcp,
    );

  it("[PF-SEC-07] records reads too, and keeps them encrypted in a bucket of its own", async () => {
    const stack = await onSite((ground) => {
      trail(ground);
    });
    const bucket = stack.named("audit-bucket");
    assert.equal(bucket.inputs["retentionDays"], 2190);
    assert.equal(bucket.inputs["locked"], false);
    assert.match(text(stack.input("audit-bucket", "cmekSettings.kmsKeyName")), /cryptoKeys\/logs$/);
    assert.deepEqual(stack.named("audit-reads").inputs["auditLogConfigs"], [
      { logType: "ADMIN_READ" },
      { logType: "DATA_READ" },
      { logType: "DATA_WRITE" },
    ]);
    assert.equal(stack.input("audit-reads", "service"), "allServices");
    assert.equal(
      stack.input("audit-sink", "destination"),
      `logging.googleapis.com/projects/${projectId}/locations/us-central1/buckets/test-audit`,
    );
    assert.equal(stack.input("audit-sink", "name"), "test-audit");
    assert.ok(stack.waitsFor("audit-reads").has("audit-sink"));
  });

  it("[PF-SEC-07] is locked for ever by compliance, and protected in production", async () => {
    const stack = await onSite(
      (ground) => {
        trail(ground, "compliance");
      },
      { class: "production" },
    );
    assert.equal(stack.input("audit-bucket", "locked"), true);
    assert.equal(stack.named("audit-bucket").protect, true);
    assert.equal(stack.named("audit-sink").protect, true);
  });

  it("is refused where Cloud Logging may not use the key", async () => {
    const { run } = await attempt(({ project, prefix, keys, protection, onGcp }) => {
      const keyId = keys.keyIds.data;
      new AuditTrail("audit", { project, prefix, retentionDays: 90, lock: "governance", keyId, protection }, onGcp);
    });
    assert.match(run.errors.join("\n"), /audit-bucket: .*cmek-p\d+@gcp-sa-logging/);
  });
});

describe("threat detection on Google Cloud", () => {
  const apis = ["pubsub.googleapis.com", "securitycenter.googleapis.com"];

  it("[PF-SEC-07] sends findings that are open to an encrypted topic", async () => {
    const stack = await onSite(
      (ground) => {
        const { project, prefix, onGcp } = ground;
        new ThreatDetection("threats", { project, prefix, keyId: serviceKey(ground, "logs", ["pubsub"]) }, onGcp);
      },
      { apis },
    );
    const { inputs, outputs } = stack.named("threats-findings");
    assert.equal(inputs["pubsubTopic"], `projects/${projectId}/topics/test-findings`);
    assert.deepEqual(inputs["streamingConfig"], { filter: 'state = "ACTIVE" AND NOT mute = "MUTED"' });
    assert.match(text(stack.input("threats-topic-topic", "kmsKeyName")), /cryptoKeys\/logs$/);
    assert.equal(stack.input("threats-publisher", "member"), `serviceAccount:${text(outputs["serviceAccount"])}`);
  });

  it("needs the API of Security Command Center", async () => {
    const { run } = await attempt(
      (ground) => {
        const { project, prefix, onGcp } = ground;
        new ThreatDetection("threats", { project, prefix, keyId: serviceKey(ground, "logs", ["pubsub"]) }, onGcp);
      },
      { apis: ["pubsub.googleapis.com"] },
    );
    assert.match(run.errors.join("\n"), /threats-findings: .*gcp\.projects\.Service enables securitycenter/s);
  });
});

describe("configuration history on Google Cloud", () => {
  it("[PF-SEC-07] tells of changes and of rights, to a topic that the inventory may write to before", async () => {
    const stack = await onSite(
      (ground) => {
        const { project, prefix, onGcp } = ground;
        new ConfigurationHistory("history", { project, prefix, keyId: serviceKey(ground, "logs", ["pubsub"]) }, onGcp);
      },
      { apis: ["pubsub.googleapis.com", "cloudasset.googleapis.com"] },
    );
    for (const [feed, contentType] of [
      ["resources", "RESOURCE"],
      ["rights", "IAM_POLICY"],
    ] as const) {
      const { inputs } = stack.named(`history-${feed}`);
      assert.equal(inputs["contentType"], contentType);
      assert.equal(inputs["billingProject"], projectId);
      assert.deepEqual(inputs["assetTypes"], [...watchedAssets]);
      assert.deepEqual(inputs["feedOutputConfig"], {
        pubsubDestination: { topic: `projects/${projectId}/topics/test-changes` },
      });
      assert.ok(stack.waitsFor(`history-${feed}`).has("history-topic-inventory"));
    }
    const { inputs } = stack.named("history-topic-inventory");
    assert.match(text(inputs["member"]), /^serviceAccount:service-\d+@gcp-sa-cloudasset\./);
    assert.equal(inputs["role"], "roles/pubsub.publisher");
  });
});

describe("settings of governance on Google Cloud", () => {
  const settings = projectGovernanceSettings({ mode: "create", backups: "create" });

  it("keep records for six years and backups for five weeks, and lock neither for ever", () => {
    const { auditRetentionDays, auditLock, backups } = settings.parse(undefined);
    assert.deepEqual(
      [auditRetentionDays, auditLock, backups.retentionDays, backups.lock],
      [2190, "governance", 35, "governance"],
    );
  });

  it("ask when a lock of compliance begins, and refuse a beginning without a lock", () => {
    assert.match(
      settings.safeParse({ backups: { lock: "compliance" } }).error?.message ?? "",
      /give lockedFrom, or set lock/,
    );
    const lockedFrom = "2027-01-01T00:00:00Z";
    assert.match(settings.safeParse({ backups: { lockedFrom } }).error?.message ?? "", /take lockedFrom out/);
    assert.equal(settings.safeParse({ backups: { lock: "compliance", lockedFrom } }).success, true);
  });

  it("know how long Cloud Logging keeps records", () => {
    assert.equal(settings.safeParse({ auditRetentionDays: 3650 }).success, true);
    assert.equal(settings.safeParse({ auditRetentionDays: 3651 }).success, false);
  });
});
