import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/gcp/text";
import { refused, StoreProject, type Made } from "./stores-support";

const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const USER = "gcp:sql/user:User";
const DATABASE = "gcp:sql/database:Database";

const backups = { enabled: true, pointInTimeRecoveryEnabled: true };
const plain: Properties = { tier: "db-custom-2-7680", edition: "ENTERPRISE" };

function instance(project: StoreProject, settings: Properties = {}, rest: Properties = {}): Made {
  return project.create(INSTANCE, "db", {
    name: "db",
    databaseVersion: "POSTGRES_17",
    settings: { ...plain, ...settings },
    ...rest,
  });
}

describe("offline/services/gcp/sql", () => {
  it("refuses a machine type of the other edition, which PostgreSQL 16 and later have by default", () => {
    const project = new StoreProject();
    const create = (settings: Properties, databaseVersion = "POSTGRES_17") =>
      project.create(INSTANCE, "db", { name: "db", databaseVersion, settings });
    refused(
      () => create({ tier: "db-custom-2-7680" }),
      "invalid",
      /Invalid Tier \(db-custom-2-7680\) for \(ENTERPRISE_PLUS\) Edition/,
    );
    refused(
      () => create({ tier: "db-perf-optimized-N-2", edition: "ENTERPRISE" }),
      "invalid",
      /for \(ENTERPRISE\) Edition/,
    );
    refused(() => create({ ...plain, tier: "db-n1-standard-1" }), "invalid", /Only custom or shared-core/);
    refused(() => create({ ...plain, tier: "db-custom-3-7680" }), "invalid", /even number/);
    refused(() => create({ ...plain, tier: "db-custom-2-7681" }), "invalid", /multiple of 256/);
    refused(() => create({ ...plain, tier: "db-custom-2-30720" }), "invalid", /0\.9 to 6\.5 GiB/);
    refused(() => create(plain, "POSTGRES_8"), "invalid", /Invalid databaseVersion POSTGRES_8/);
    assert.deepEqual(settingsOf(create({ tier: "db-custom-2-7680" }, "POSTGRES_15"))["edition"], "ENTERPRISE");
  });

  it("answers with names, addresses and the settings that the API fills in", () => {
    const project = new StoreProject();
    const { id, outputs } = instance(project, {
      ipConfiguration: { ipv4Enabled: false, privateNetwork: project.network().id },
    });
    assert.equal(id, "db");
    assert.equal(outputs["connectionName"], "platform-offline:us-central1:db");
    assert.match(text(outputs["privateIpAddress"]), /^10\.200\.\d+\.\d+$/);
    assert.equal(outputs["firstIpAddress"], outputs["privateIpAddress"]);
    assert.equal(outputs["publicIpAddress"], "");
    const { diskSize, diskAutoresize, availabilityType } = outputs["settings"] as Properties;
    assert.deepEqual([diskSize, diskAutoresize, availabilityType], [10, true, "ZONAL"]);
  });

  it("refuses a private address without private service access, in the provider's words", () => {
    const project = new StoreProject();
    const alone = project.network("alone", false);
    const ipConfiguration = (network: string) => ({ ipv4Enabled: false, privateNetwork: network });
    refused(
      () => instance(project, { ipConfiguration: ipConfiguration(alone.id) }),
      "provider",
      /the network doesn't have at least 1 private services connection/,
    );
    refused(
      () => instance(project, { ipConfiguration: ipConfiguration("projects/platform-offline/global/networks/none") }),
      "notFound",
      /none/,
    );
    refused(
      () => instance(project, { ipConfiguration: { ipv4Enabled: false } }),
      "invalid",
      /At least one of Public IP/,
    );
  });

  it("keeps a connection of private services while an instance uses it", () => {
    const project = new StoreProject();
    const network = project.network();
    const made = instance(
      project,
      { ipConfiguration: { ipv4Enabled: false, privateNetwork: network.id } },
      { deletionProtection: false },
    );
    const connection = project.cloud.all().find(({ type }) => type === "gcp:servicenetworking/connection:Connection");
    assert.ok(connection !== undefined);
    const held: Made = {
      token: connection.type,
      name: "main-connection",
      id: connection.id,
      inputs: connection.inputs,
      outputs: {},
    };
    refused(
      () => {
        project.delete(held);
      },
      "operation",
      /Producer services/,
    );
    project.delete(made);
    project.delete(held);
    assert.equal(project.has(connection.type, connection.id), false);
  });

  it("refuses a standby without backups and point-in-time recovery, and logs kept too long", () => {
    const project = new StoreProject();
    const regional = (backupConfiguration: Properties) =>
      instance(project, { availabilityType: "REGIONAL", backupConfiguration });
    refused(() => regional({ enabled: true }), "invalid", /REGIONAL requires/);
    refused(
      () => regional({ enabled: false, pointInTimeRecoveryEnabled: true }),
      "invalid",
      /requires backupConfiguration\.enabled/,
    );
    refused(() => regional({ ...backups, transactionLogRetentionDays: 8 }), "invalid", /must be between 1 and 7\./);
    assert.equal(regional({ ...backups, transactionLogRetentionDays: 7 }).id, "db");
  });

  it("refuses flags that the version does not know", () => {
    const project = new StoreProject();
    const flags = (name: string, value: string) => () => instance(project, { databaseFlags: [{ name, value }] });
    refused(
      flags("rds.logical_replication", "1"),
      "invalid",
      /rds\.logical_replication is not supported for POSTGRES_17/,
    );
    refused(flags("cloudsql.logical_decoding", "1"), "invalid", /on or off, not 1/);
    refused(flags("wal_level", "logical"), "invalid", /wal_level/);
    const databaseFlags = ["cloudsql.logical_decoding", "cloudsql.iam_authentication"].map((name) => ({
      name,
      value: "on",
    }));
    assert.equal(
      instance(project, { databaseFlags: [...databaseFlags, { name: "max_slot_wal_keep_size", value: "20480" }] }).id,
      "db",
    );
  });

  it("says before anything is created what no value can be", () => {
    const reasons = (settings: Properties) =>
      Object.keys(
        new StoreProject([]).reasons(INSTANCE, { databaseVersion: "POSTGRES_17", settings: { ...plain, ...settings } }),
      );
    assert.deepEqual(reasons({ ipConfiguration: { sslMode: "ENCRYPTED_ONLY" } }), []);
    assert.deepEqual(reasons({ ipConfiguration: { sslMode: "REQUIRED" } }), ["settings.ipConfiguration.sslMode"]);
    assert.deepEqual(reasons({ maintenanceWindow: { day: 8 } }), ["settings.maintenanceWindow.day"]);
    assert.deepEqual(reasons({ edition: "PLUS" }), ["settings.edition"]);
    assert.deepEqual(reasons({ availabilityType: "ZONE" }), ["settings.availabilityType"]);
  });

  it("is held by two switches, and its name stays taken", () => {
    const project = new StoreProject();
    let made = instance(project, { deletionProtectionEnabled: true });
    refused(
      () => {
        project.delete(made);
      },
      "provider",
      /deletion_protection is set to true/,
    );
    made = project.update(made, { deletionProtection: false });
    refused(
      () => {
        project.delete(made);
      },
      "invalid",
      /The instance is protected/,
    );
    made = project.update(made, { settings: plain });
    project.delete(made);
    assert.equal(project.has(INSTANCE, "db"), false);
    refused(() => instance(project), "instanceAlreadyExists", /until one week from the deletion date/);
  });

  it("keeps its addresses through an update", () => {
    const project = new StoreProject();
    const made = instance(project, { ipConfiguration: { ipv4Enabled: true } });
    const { ipAddresses } = made.outputs;
    assert.ok(Array.isArray(ipAddresses) && ipAddresses.length === 1);
    const larger = project.update(made, {
      settings: { ...plain, ipConfiguration: { ipv4Enabled: true }, diskSize: 20 },
    });
    assert.deepEqual(larger.outputs["ipAddresses"], ipAddresses);
  });

  it("replaces what the provider replaces", () => {
    const project = new StoreProject();
    const network = project.network();
    const made = instance(project, { diskSize: 100, ipConfiguration: { privateNetwork: network.id } });
    const settings = (change: Properties) => ({ settings: { ...(made.inputs["settings"] as Properties), ...change } });
    assert.deepEqual(project.replacedBy(made, settings({ diskSize: 50 })), ["settings.diskSize"]);
    assert.deepEqual(project.replacedBy(made, settings({ diskSize: 200 })), []);
    assert.deepEqual(
      project.replacedBy(made, settings({ tier: "db-custom-4-15360", availabilityType: "REGIONAL" })),
      [],
    );
    assert.deepEqual(project.replacedBy(made, settings({ ipConfiguration: {} })), [
      "settings.ipConfiguration.privateNetwork",
    ]);
    assert.deepEqual(project.replacedBy(made, { encryptionKeyName: "k" }), ["encryptionKeyName"]);
    assert.deepEqual(project.replacedBy(made, { region: "us-east1" }), ["region"]);
  });

  it("asks for a key that its agent may use, in its own region", () => {
    const project = new StoreProject();
    const key = project.key();
    const create = (name: string) => instance(project, {}, { encryptionKeyName: name });
    refused(() => create(key.id), "forbidden", /gcp-sa-cloud-sql\.iam\.gserviceaccount\.com has been authorized/);
    refused(() => create("key"), "invalidArgument", /Invalid KMS key name key/);
    refused(() => create(project.key("us-east1", ["sqladmin"]).id), "invalidArgument", /us-east1/);
    project.grant(key, "sqladmin");
    assert.equal(create(key.id).outputs["encryptionKeyName"], key.id);
  });

  it("makes replicas of an instance with backups, and keeps it while it has some", () => {
    const project = new StoreProject();
    const replica = (version = "POSTGRES_17", edition = "ENTERPRISE") =>
      project.create(INSTANCE, "replica", {
        name: "replica",
        databaseVersion: version,
        masterInstanceName: "db",
        settings: { tier: edition === "ENTERPRISE" ? "db-custom-2-7680" : "db-perf-optimized-N-2", edition },
        deletionProtection: false,
      });
    refused(replica, "notFound", /does not exist: db/);
    let primary = instance(project, {}, { deletionProtection: false });
    refused(replica, "invalid", /backups must be enabled on db/);
    primary = project.update(primary, { settings: { ...plain, backupConfiguration: backups } });
    refused(() => replica("POSTGRES_16"), "invalid", /must be POSTGRES_17/);
    refused(() => replica("POSTGRES_17", "ENTERPRISE_PLUS"), "invalid", /of edition ENTERPRISE/);
    const made = replica();
    assert.equal(made.outputs["instanceType"], "READ_REPLICA_INSTANCE");
    refused(
      () => {
        project.delete(primary);
      },
      "invalid",
      /while it has read replicas: replica/,
    );
    project.delete(made);
    project.delete(primary);
  });

  it("lets a replica have the key of its primary, and decode as long as that does", () => {
    const project = new StoreProject();
    const key = project.key("us-central1", ["sqladmin"]);
    const decoding = { databaseFlags: [{ name: "cloudsql.logical_decoding", value: "on" }] };
    instance(project, { ...decoding, backupConfiguration: backups }, { encryptionKeyName: key.id });
    const replica = project.create(INSTANCE, "replica", {
      name: "replica",
      databaseVersion: "POSTGRES_17",
      masterInstanceName: "db",
      settings: { ...plain, ...decoding },
    });
    assert.equal(replica.outputs["encryptionKeyName"], key.id);
    refused(
      () => project.update(replica, { settings: plain }),
      "invalid",
      /Cannot change flag cloudsql\.logical_decoding to value \[default\] on replica \(replica\) when value is on on primary \(db\)/,
    );
    project.update(replica, { settings: { ...plain, ...decoding, tier: "db-custom-4-15360" } });
  });

  it("lets identities log in only where the flag is on", () => {
    const project = new StoreProject();
    const made = instance(project, {}, { deletionProtection: false });
    const user = (inputs: Properties) => project.create(USER, "u", { instance: "db", ...inputs });
    const byIdentity = { name: "app@platform-offline.iam", type: "CLOUD_IAM_SERVICE_ACCOUNT" };
    refused(() => user({ name: "app" }), "invalid", /password must be specified/);
    refused(() => user(byIdentity), "invalid", /cloudsql\.iam_authentication=on/);
    assert.deepEqual(
      Object.keys(
        project.reasons(USER, { ...byIdentity, instance: "db", name: `${byIdentity.name}.gserviceaccount.com` }),
      ),
      ["name"],
    );
    assert.deepEqual(Object.keys(project.reasons(USER, { ...byIdentity, instance: "db", password: "p" })), [
      "password",
    ]);
    project.update(made, {
      settings: { ...plain, databaseFlags: [{ name: "cloudsql.iam_authentication", value: "on" }] },
    });
    assert.equal(user(byIdentity).id, "app@platform-offline.iam//db");
  });

  it("deletes databases and users with their instance", () => {
    const project = new StoreProject();
    const made = instance(project, {}, { deletionProtection: false });
    refused(() => project.create(DATABASE, "d", { name: "app", instance: "none" }), "notFound", /does not exist: none/);
    const database = project.create(DATABASE, "d", { name: "app", instance: "db" });
    assert.equal(database.id, "projects/platform-offline/instances/db/databases/app");
    project.delete(project.update(database, { deletionPolicy: "ABANDON" }));
    assert.equal(project.has(DATABASE, database.id), true);
    project.delete(made);
    assert.equal(project.has(DATABASE, database.id), false);
  });

  it("is not there before its API is enabled", () => {
    refused(() => instance(new StoreProject([])), "accessNotConfigured", /sqladmin\.googleapis\.com/);
  });
});

function settingsOf({ outputs }: Made): Properties {
  return outputs["settings"] as Properties;
}
