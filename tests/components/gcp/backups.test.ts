import assert from "node:assert/strict";
import { DatabaseInstance } from "@pulumi/gcp/sql/databaseInstance";
import { Cluster } from "@pulumi/gcp/container/cluster";
import { Backups, type BackupsArgs } from "../../../components/gcp/backups";
import { text } from "../../stacks/deployed";
import { attempt, onSite, projectId, type Ground } from "./ground";
import { serviceKey } from "./service-key";

const apis = ["backupdr.googleapis.com", "gkebackup.googleapis.com", "sqladmin.googleapis.com"];
const away = "us-east1";

function backups(ground: Ground, changes: Partial<BackupsArgs> = {}) {
  const { project, prefix, network, protection, onGcp, gcp } = ground;
  const keyId = serviceKey(ground, "backups", ["backupdr", "gkebackup"], away);
  const { name } = new DatabaseInstance(
    "database",
    {
      project: project.id,
      region: project.region,
      name: "test-database",
      databaseVersion: "POSTGRES_17",
      deletionProtection: false,
      settings: {
        edition: "ENTERPRISE",
        tier: "db-custom-2-8192",
        ipConfiguration: {
          ipv4Enabled: false,
          privateNetwork: network.networkId,
          allocatedIpRange: network.privateServices.rangeName,
        },
      },
    },
    { provider: gcp, dependsOn: [network.privateServices.connection] },
  );
  return new Backups(
    "backups",
    {
      project,
      prefix,
      databases: { main: name },
      retentionDays: 35,
      lock: { mode: "governance" },
      copy: { region: away, keyId },
      protection,
      ...changes,
    },
    onGcp,
  );
}

/** A cluster whose agent of Backup for GKE is on or off. */
function cluster({ project, network, gcp }: Ground, agent: boolean) {
  return new Cluster(
    "cluster",
    {
      project: project.id,
      location: project.region,
      name: "test",
      network: network.networkId,
      subnetwork: network.subnetId,
      initialNodeCount: 1,
      deletionProtection: false,
      ipAllocationPolicy: { clusterSecondaryRangeName: "pods", servicesSecondaryRangeName: "services" },
      addonsConfig: { gkeBackupAgentConfig: { enabled: agent } },
    },
    { provider: gcp },
  ).id;
}

describe("backups on Google Cloud", () => {
  it("[PF-DR-01] of databases are kept in another region, where nobody deletes them before their time", async () => {
    const stack = await onSite((ground) => void backups(ground), { apis });
    const vault = stack.named("backups-vault").inputs;
    assert.equal(vault["location"], away);
    assert.equal(vault["backupMinimumEnforcedRetentionDuration"], "3024000s");
    assert.equal(vault["effectiveTime"], undefined);
    assert.match(text(stack.input("backups-vault", "encryptionConfig.kmsKeyName")), /us-east1.*cryptoKeys\/backups$/);
    const plan = stack.named("backups-databases").inputs;
    assert.equal(plan["location"], "us-central1");
    assert.equal(plan["backupVault"], stack.id("backups-vault"));
    assert.equal(plan["logRetentionDays"], 7);
    assert.deepEqual(plan["backupRules"], [
      {
        ruleId: "daily",
        backupRetentionDays: 35,
        standardSchedule: {
          recurrenceType: "DAILY",
          timeZone: "UTC",
          backupWindow: { startHourOfDay: 8, endHourOfDay: 14 },
        },
      },
    ]);
    const of = stack.named("backups-database-main").inputs;
    assert.equal(of["resource"], `projects/${projectId}/instances/test-database`);
    assert.equal(of["backupPlan"], stack.id("backups-databases"));
    assert.ok(stack.waitsFor("backups-databases").has("backups-operator"));
    assert.equal(stack.component("backups").outputs["vaultId"], stack.id("backups-vault"));
  });

  it("[PF-DR-01] are locked by compliance from a moment on, and protected in production", async () => {
    const lock = { mode: "compliance", from: "2027-01-01T00:00:00Z" } as const;
    const stack = await onSite((ground) => void backups(ground, { lock, clusterId: cluster(ground, true) }), {
      apis,
      class: "production",
    });
    assert.equal(stack.input("backups-vault", "effectiveTime"), lock.from);
    assert.equal(stack.named("backups-vault").protect, true);
    assert.equal(stack.input("backups-vault", "ignoreInactiveDatasources"), false);
    assert.equal(stack.input("backups-cluster", "retentionPolicy.locked"), true);
  });

  it("[PF-DR-01] of the cluster hold its objects, secrets and volumes, in the other region too", async () => {
    const stack = await onSite((ground) => void backups(ground, { clusterId: cluster(ground, true) }), { apis });
    const { inputs } = stack.named("backups-cluster");
    assert.equal(inputs["location"], away);
    assert.deepEqual(inputs["retentionPolicy"], { backupDeleteLockDays: 35, backupRetainDays: 35, locked: false });
    assert.deepEqual(inputs["backupSchedule"], { cronSchedule: "0 8 * * *" });
    assert.equal(stack.input("backups-cluster", "backupConfig.allNamespaces"), true);
    assert.equal(stack.input("backups-cluster", "backupConfig.includeSecrets"), true);
    assert.equal(stack.input("backups-cluster", "backupConfig.includeVolumeData"), true);
    assert.match(
      text(stack.input("backups-cluster", "backupConfig.encryptionKey.gcpKmsEncryptionKey")),
      /us-east1.*cryptoKeys\/backups$/,
    );
  });

  it("of the cluster keep no longer than Backup for GKE does", async () => {
    const stack = await onSite(
      (ground) => void backups(ground, { retentionDays: 400, clusterId: cluster(ground, true) }),
      { apis },
    );
    assert.deepEqual(stack.input("backups-cluster", "retentionPolicy"), {
      backupDeleteLockDays: 90,
      backupRetainDays: 365,
      locked: false,
    });
  });

  it("of a cluster without the agent are refused, as is a key of another region", async () => {
    const agent = await attempt((ground) => void backups(ground, { clusterId: cluster(ground, false) }), { apis });
    assert.match(agent.run.errors.join("\n"), /backups-cluster: .*Backup for GKE is not enabled/);
    const key = await attempt(
      (ground) => void backups(ground, { copy: { region: away, keyId: ground.keys.keyIds.data } }),
      { apis },
    );
    assert.match(key.run.errors.join("\n"), /backups-vault: .*is in us-central1.*needs one in us-east1/);
  });

  it("need neither plan nor rights without databases", async () => {
    const stack = await onSite((ground) => void backups(ground, { databases: {} }), { apis });
    assert.equal(stack.ofType("gcp:backupdisasterrecovery/backupPlan:BackupPlan").length, 0);
    assert.equal(stack.run.resources.filter(({ name }) => name === "backups-operator").length, 0);
  });
});
