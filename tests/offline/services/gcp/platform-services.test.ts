import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { refused, StoreProject, type Made } from "./stores-support";

const VAULT = "gcp:backupdisasterrecovery/backupVault:BackupVault";
const PLAN = "gcp:backupdisasterrecovery/backupPlan:BackupPlan";
const ASSOCIATION = "gcp:backupdisasterrecovery/backupPlanAssociation:BackupPlanAssociation";
const SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel";
const POLICY = "gcp:monitoring/alertPolicy:AlertPolicy";
const LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig";
const SINK = "gcp:logging/projectSink:ProjectSink";
const CONFIG = "gcp:identityplatform/config:Config";
const SCHEDULE = "gcp:vertex/aiSchedule:AiSchedule";

const location = "us-central1";

describe("offline/services/gcp/backupdr", () => {
  const rules = (backupRetentionDays: number) => [
    {
      ruleId: "daily",
      backupRetentionDays,
      standardSchedule: {
        recurrenceType: "DAILY",
        timeZone: "UTC",
        backupWindow: { startHourOfDay: 0, endHourOfDay: 6 },
      },
    },
  ];
  const plan = (project: StoreProject, vault: Made, days: number) =>
    project.create(PLAN, "p", {
      backupPlanId: "daily",
      location,
      resourceType: "sqladmin.googleapis.com/Instance",
      backupVault: vault.id,
      backupRules: rules(days),
    });

  it("keeps backups as long as the vault enforces, and what is in it", () => {
    const project = new StoreProject();
    const vault = project.create(VAULT, "v", {
      backupVaultId: "backups",
      location,
      backupMinimumEnforcedRetentionDuration: "604800s",
    });
    refused(() => plan(project, vault, 6), "invalidArgument", /less than the 7 days/);
    const daily = plan(project, vault, 7);
    refused(
      () => {
        project.delete(vault);
      },
      "failedPrecondition",
      /referenced by an active backup plan/,
    );
    const protect = (resourceType: string, resource: string) =>
      project.create(ASSOCIATION, "a", {
        backupPlanAssociationId: "db",
        location,
        backupPlan: daily.id,
        resourceType,
        resource,
      });
    refused(() => protect("compute.googleapis.com/Disk", "d"), "invalidArgument", /is for sqladmin/);
    refused(
      () => protect("sqladmin.googleapis.com/Instance", "projects/platform-offline/instances/none"),
      "notFound",
      /none/,
    );
    assert.deepEqual(project.replacedBy(daily, { backupRules: rules(30) }), []);
    assert.deepEqual(project.replacedBy(daily, { backupVault: "other" }), ["backupVault"]);
    project.delete(daily);
    project.delete(vault);
  });

  it("backs databases up into a vault of another region, and machines into their own", () => {
    const project = new StoreProject();
    const vault = project.create(VAULT, "v", {
      backupVaultId: "backups",
      location: "us-east1",
      backupMinimumEnforcedRetentionDuration: "604800s",
    });
    assert.match(JSON.stringify(vault.outputs["serviceAccount"]), /@gcp-sa-backupdr\.iam\.gserviceaccount\.com"$/);
    plan(project, vault, 7);
    refused(
      () =>
        project.create(PLAN, "machines", {
          backupPlanId: "machines",
          location,
          resourceType: "compute.googleapis.com/Instance",
          backupVault: vault.id,
          backupRules: rules(7),
        }),
      "invalidArgument",
      /backups is in us-east1, and the plan in us-central1/,
    );
  });

  it("takes the backups of a database over, which then cannot be changed there", () => {
    const project = new StoreProject();
    const enforced = "604800s";
    const vault = project.create(VAULT, "v", {
      backupVaultId: "backups",
      location,
      backupMinimumEnforcedRetentionDuration: enforced,
    });
    const daily = plan(project, vault, 7);
    const own = { enabled: true, pointInTimeRecoveryEnabled: true };
    const settings = { tier: "db-custom-2-7680", edition: "ENTERPRISE", availabilityType: "REGIONAL" };
    const instance = {
      name: "db",
      databaseVersion: "POSTGRES_17",
      settings: { ...settings, backupConfiguration: own },
    };
    const made = project.create(SQL_INSTANCE, "db", instance);
    const association = project.create(ASSOCIATION, "a", {
      backupPlanAssociationId: "db",
      location,
      backupPlan: daily.id,
      resourceType: "sqladmin.googleapis.com/Instance",
      resource: "projects/platform-offline/instances/db",
    });
    const live = () => {
      const found = project.cloud.all().find(({ type }) => type === SQL_INSTANCE);
      assert.ok(found);
      const { settings: now } = found.inputs as { settings: { backupConfiguration: Properties } };
      assert.deepEqual((found.outputs["settings"] as Properties)["backupConfiguration"], now.backupConfiguration);
      return { ...made, inputs: found.inputs, outputs: found.outputs, backups: now.backupConfiguration };
    };
    const taken = {
      backupTier: "ENHANCED",
      enabled: false,
      pointInTimeRecoveryEnabled: false,
      startTime: "",
      location: "",
      transactionLogRetentionDays: 0,
    };
    assert.deepEqual(live().backups, taken);
    refused(
      () => project.update(live(), { settings: { ...settings, backupConfiguration: own } }),
      "invalid",
      /Error 400: Invalid request: Backup configuration cannot be changed for instances with a BackupDR backup plan attached\., invalid$/,
    );
    const larger = { ...settings, tier: "db-custom-4-15360", backupConfiguration: taken };
    assert.deepEqual(project.update(live(), { settings: larger }).inputs["settings"], larger);
    const replica = { ...settings, availabilityType: "ZONAL" };
    project.create(SQL_INSTANCE, "reports", {
      ...{ name: "reports", databaseVersion: "POSTGRES_17", masterInstanceName: "db", settings: replica },
    });
    project.delete(association);
    assert.equal(live().backups["backupTier"], "STANDARD");
    const again = { ...settings, backupConfiguration: own };
    assert.deepEqual(project.update(live(), { settings: again }).inputs["settings"], again);
  });

  it("says before anything is created what no value can be", () => {
    const project = new StoreProject([]);
    const vault = { backupVaultId: "backups", location, backupMinimumEnforcedRetentionDuration: "3600s" };
    assert.deepEqual(Object.keys(project.reasons(VAULT, vault)), ["backupMinimumEnforcedRetentionDuration"]);
    const short = [
      {
        ...rules(7)[0],
        standardSchedule: {
          recurrenceType: "WEEKLY",
          timeZone: "UTC",
          backupWindow: { startHourOfDay: 0, endHourOfDay: 3 },
        },
      },
    ];
    const inputs = { backupPlanId: "p", location, resourceType: "sqladmin.googleapis.com/Instance", backupVault: "v" };
    assert.deepEqual(Object.keys(project.reasons(PLAN, { ...inputs, backupRules: short })), [
      "backupRules[0].standardSchedule.daysOfWeeks",
      "backupRules[0].standardSchedule.backupWindow",
    ]);
    assert.deepEqual(Object.keys(project.reasons(PLAN, { ...inputs, resourceType: "redis.googleapis.com/Instance" })), [
      "resourceType",
    ]);
  });
});

describe("offline/services/gcp/monitoring and logging", () => {
  const threshold = (change: Properties = {}): Properties => ({
    displayName: "busy",
    conditionThreshold: {
      filter:
        'metric.type = "cloudsql.googleapis.com/database/cpu/utilization" AND resource.type = "cloudsql_database"',
      comparison: "COMPARISON_GT",
      duration: "300s",
      thresholdValue: 0.8,
      ...change,
    },
  });
  const policy = (condition: Properties, channels: readonly string[] = []): Properties => ({
    displayName: "busy",
    combiner: "OR",
    conditions: [condition],
    notificationChannels: channels,
  });

  it("tells channels that exist, which stay while they are told", () => {
    const project = new StoreProject();
    refused(
      () => project.create(POLICY, "p", policy(threshold(), ["projects/p/notificationChannels/1"])),
      "notFound",
      /notification channel/,
    );
    const channel = project.create(CHANNEL, "c", { type: "email", labels: { email_address: "a@example.com" } });
    const made = project.create(POLICY, "p", policy(threshold(), [channel.id]));
    refused(
      () => {
        project.delete(channel);
      },
      "failedPrecondition",
      /is used by/,
    );
    project.delete(made);
    project.delete(channel);
  });

  it("refuses conditions that Monitoring would refuse", () => {
    const project = new StoreProject([]);
    const reasons = (condition: Properties) => Object.keys(project.reasons(POLICY, policy(condition)));
    assert.deepEqual(reasons(threshold()), []);
    assert.deepEqual(reasons(threshold({ duration: "90s" })), ["conditions[0].conditionThreshold.duration"]);
    assert.deepEqual(reasons(threshold({ filter: 'metric.type = "a"' })), ["conditions[0].conditionThreshold.filter"]);
    assert.deepEqual(reasons({ displayName: "none" }), ["conditions[0]"]);
    assert.deepEqual(Object.keys(project.reasons(CHANNEL, { type: "email" })), ["labels"]);
    assert.deepEqual(Object.keys(project.reasons(CHANNEL, { type: "pigeon" })), ["type"]);
  });

  it("keeps logs in a bucket that a lock holds for good", () => {
    const project = new StoreProject();
    const inputs = { project: project.project, bucketId: "audit", location, retentionDays: 400, locked: true };
    assert.deepEqual(Object.keys(project.reasons(LOG_BUCKET, { ...inputs, retentionDays: 4000 })), ["retentionDays"]);
    const made = project.create(LOG_BUCKET, "b", inputs);
    refused(() => project.update(made, { retentionDays: 30 }), "failedPrecondition", /locked/);
    refused(
      () => {
        project.delete(made);
      },
      "failedPrecondition",
      /locked/,
    );
    const sink = (destination: string) =>
      project.create(SINK, destination, { name: destination.slice(0, 7), destination });
    refused(() => sink("storage.googleapis.com/none"), "notFound", /none/);
    refused(() => sink("s3.amazonaws.com/none"), "invalidArgument", /Invalid sink destination/);
    assert.equal(sink(`logging.googleapis.com/${made.id}`).outputs["writerIdentity"], "");
    project.create("gcp:storage/bucket:Bucket", "g", { name: "audit-logs", location });
    assert.equal(
      sink("storage.googleapis.com/audit-logs").outputs["writerIdentity"],
      "serviceAccount:service-123456789012@gcp-sa-logging.iam.gserviceaccount.com",
    );
  });

  it("asks for a key that Logging's own account may use", () => {
    const project = new StoreProject();
    const inputs = {
      project: project.project,
      bucketId: "audit",
      location,
      cmekSettings: { kmsKeyName: project.key().id },
    };
    refused(() => project.create(LOG_BUCKET, "b", inputs), "forbidden", /cmek-p123456789012@gcp-sa-logging/);
  });
});

describe("offline/services/gcp/identityplatform and vertex", () => {
  it("has one configuration in a project, before tenants and providers", () => {
    const project = new StoreProject();
    const tenant = () => project.create("gcp:identityplatform/tenant:Tenant", "t", { displayName: "people" });
    refused(tenant, "notFound", /CONFIGURATION_NOT_FOUND/);
    const config = project.create(CONFIG, "c", { multiTenant: { allowTenants: false } });
    assert.equal(config.id, "projects/platform-offline/config");
    refused(tenant, "invalidArgument", /MULTI_TENANCY_NOT_ENABLED/);
    project.update(config, { multiTenant: { allowTenants: true } });
    assert.match(tenant().id, /^projects\/platform-offline\/tenants\/people-[0-9a-f]{5}$/);
    refused(() => project.create(CONFIG, "again", {}), "alreadyExists", /config/);
    assert.deepEqual(Object.keys(project.reasons(CONFIG, { mfa: { state: "MANDATORY" } })), ["mfa"]);
    const provider = { name: "people", clientId: "c", issuer: "http://issuer" };
    assert.deepEqual(Object.keys(project.reasons("gcp:identityplatform/oauthIdpConfig:OauthIdpConfig", provider)), [
      "name",
      "issuer",
    ]);
  });

  it("takes keys for one kind of caller, by names as the API has them", () => {
    const reasons = (name: string, restrictions: Properties) =>
      Object.keys(new StoreProject().reasons("gcp:projects/apiKey:ApiKey", { name, restrictions }));
    const browser = { browserKeyRestrictions: { allowedReferrers: ["https://example.com/*"] } };
    assert.deepEqual(reasons("web", browser), []);
    assert.deepEqual(reasons("Web-", browser), ["name"]);
    const both = { ...browser, serverKeyRestrictions: { allowedIps: ["192.0.2.1"] } };
    assert.deepEqual(reasons("web", both), ["restrictions"]);
  });

  it("schedules a pipeline whose results have a bucket", () => {
    const project = new StoreProject();
    const inputs = (gcsOutputDirectory: string, pipelineSpec = "{}") => ({
      displayName: "train",
      location,
      cron: "0 3 * * 1",
      maxConcurrentRunCount: "1",
      createPipelineJobRequest: {
        parent: `projects/platform-offline/locations/${location}`,
        pipelineJob: { pipelineSpec, runtimeConfig: { gcsOutputDirectory } },
      },
    });
    assert.deepEqual(Object.keys(project.reasons(SCHEDULE, inputs("gs://models", "[]"))), [
      "createPipelineJobRequest.pipelineJob.pipelineSpec",
    ]);
    assert.deepEqual(Object.keys(project.reasons(SCHEDULE, { ...inputs("gs://models"), cron: "@daily" })), ["cron"]);
    refused(() => project.create(SCHEDULE, "s", inputs("gs://models/runs")), "invalidArgument", /gs:\/\/models\/runs/);
    project.create("gcp:storage/bucket:Bucket", "b", { name: "models", location });
    assert.match(project.create(SCHEDULE, "s", inputs("gs://models/runs")).id, /\/schedules\/\d+$/);
  });
});

describe("offline/services/gcp/biglake, bigquery and bigtable", () => {
  it("keeps an Iceberg catalog over a bucket of its name", () => {
    const project = new StoreProject();
    const catalog = () =>
      project.create("gcp:biglake/icebergCatalog:IcebergCatalog", "c", {
        name: "platform-lake",
        catalogType: "CATALOG_TYPE_GCS_BUCKET",
        credentialMode: "CREDENTIAL_MODE_VENDED_CREDENTIALS",
      });
    refused(catalog, "invalidArgument", /there is no platform-lake/);
    project.create("gcp:storage/bucket:Bucket", "b", { name: "platform-lake", location });
    const made = catalog();
    assert.equal(made.id, "iceberg/v1/restcatalog/extensions/projects/platform-offline/catalogs/platform-lake");
    assert.deepEqual(made.outputs["storageRegions"], ["us-central1"]);
    const namespace = project.create("gcp:biglake/icebergNamespace:IcebergNamespace", "n", {
      catalog: "platform-lake",
      namespaceId: "trades",
    });
    const table = project.create("gcp:biglake/icebergTable:IcebergTable", "t", {
      catalog: "platform-lake",
      namespace: "trades",
      name: "orders",
      schema: { type: "struct", fields: [{ id: 1, name: "id", required: true, type: "long" }] },
    });
    assert.equal(table.outputs["location"], "gs://platform-lake/trades/orders");
    refused(
      () => {
        project.delete(namespace);
      },
      "failedPrecondition",
      /is not empty/,
    );
    refused(
      () => {
        project.delete(made);
      },
      "failedPrecondition",
      /is not empty/,
    );
    for (const each of [table, namespace, made]) project.delete(each);
  });

  it("deletes a dataset with its tables only when told before", () => {
    const project = new StoreProject();
    const dataset = project.create("gcp:bigquery/dataset:Dataset", "d", { datasetId: "lake", location });
    const biglakeConfiguration = {
      connectionId: "c",
      storageUri: "gs://none/t",
      fileFormat: "PARQUET",
      tableFormat: "ICEBERG",
    };
    const table = (rest: Properties) =>
      project.create("gcp:bigquery/table:Table", "t", { datasetId: "lake", tableId: "t", ...rest });
    refused(() => table({ biglakeConfiguration, schema: "[]" }), "notFound", /Bucket none/);
    const made = table({});
    refused(
      () => {
        project.delete(made);
      },
      "provider",
      /deletion_protection=false/,
    );
    refused(
      () => {
        project.delete(dataset);
      },
      "resourceInUse",
      /still in use/,
    );
    project.delete(project.update(dataset, { deleteContentsOnDestroy: true }));
    assert.equal(project.has("gcp:bigquery/table:Table", made.id), false);
  });

  it("protects a table of Bigtable from its instance's deletion", () => {
    const project = new StoreProject();
    const instance = project.create("gcp:bigtable/instance:Instance", "i", {
      name: "key-values",
      deletionProtection: false,
      clusters: [{ clusterId: "key-values-a", zone: "us-central1-a", numNodes: 1 }],
    });
    const table = project.create("gcp:bigtable/table:Table", "t", {
      name: "sessions",
      instanceName: "key-values",
      deletionProtection: "PROTECTED",
    });
    refused(
      () => {
        project.delete(instance);
      },
      "failedPrecondition",
      /is protected/,
    );
    project.update(table, { deletionProtection: "UNPROTECTED" });
    project.delete(instance);
    assert.equal(project.has("gcp:bigtable/table:Table", table.id), false);
    assert.deepEqual(project.replacedBy(table, { splitKeys: ["a"] }), ["splitKeys[0]"]);
  });
});
