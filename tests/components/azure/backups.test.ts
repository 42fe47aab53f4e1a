import assert from "node:assert/strict";
import { Server } from "@pulumi/azure-native/dbforpostgresql/server";
import { Backups, type BackupsArgs } from "../../../components/azure/backups";
import { backupPolicy } from "../../../components/azure/backups.plan";
import { ObjectStore } from "../../../components/azure/object-store";
import { at, only } from "../../stacks/deployed";
import { onNetwork, text, type Ground } from "./ground";

function backups(ground: Ground, changes: Partial<BackupsArgs> = {}): Backups {
  const { place, prefix, network, dns, keys, protection, onAzure } = ground;
  const store = new ObjectStore(
    "files",
    {
      prefix,
      part: "files",
      place,
      prefixes: [],
      keepVersionsDays: 30,
      key: keys.keys.data,
      reach: { network, dns },
      protection,
    },
    onAzure,
  );
  return new Backups(
    "backups",
    {
      place,
      prefix,
      objects: { files: { accountId: store.accountId, containers: [store.bucketName] } },
      databases: {},
      retentionDays: 35,
      lock: "governance",
      key: keys.keys.data,
      protection,
      ...changes,
    },
    onAzure,
  );
}

describe("Backups of Azure", function () {
  this.timeout(60_000);

  it("[PF-DR-01] keeps recovery points in an immutable vault, copied to the paired region", async () => {
    const stack = await onNetwork((ground) => backups(ground), { class: "production" });
    const { inputs, protect } = stack.named("backups-vault");
    assert.equal(protect, true);
    assert.deepEqual(at(inputs, "properties"), {
      storageSettings: [{ datastoreType: "VaultStore", type: "GeoRedundant" }],
      featureSettings: {
        crossRegionRestoreSettings: { state: "Enabled" },
        crossSubscriptionRestoreSettings: { state: "Disabled" },
      },
      monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: "Enabled" } },
      securitySettings: {
        immutabilitySettings: { state: "Unlocked" },
        softDeleteSettings: { state: "On", retentionDurationInDays: 14 },
        encryptionSettings: {
          state: "Enabled",
          infrastructureEncryption: "Enabled",
          kekIdentity: { identityType: "UserAssigned", identityId: stack.id("backups-key-identity") },
          keyVaultProperties: { keyUri: stack.output("keys-data", "keyUri") },
        },
      },
    });
    assert.ok(stack.waitsFor("backups-vault").has("backups-key-right"));
  });

  it("takes objects in by name of their containers, with the one right that it takes", async () => {
    const stack = await onNetwork((ground) => backups(ground), { class: "production" });
    const instance = stack.named("backups-objects-files").inputs;
    assert.deepEqual(at(instance, "properties.policyInfo"), {
      policyId: stack.id("backups-objects-policy"),
      policyParameters: {
        backupDatasourceParametersList: [
          {
            objectType: "BlobBackupDatasourceParameters",
            containersList: [stack.output("files-container", "name")],
          },
        ],
      },
    });
    assert.equal(instance["backupInstanceName"], "objects-files");
    assert.equal(at(instance, "properties.dataSourceInfo.resourceID"), stack.id("files-account"));
    const right = stack.named("backups-objects-files-right").inputs;
    assert.match(text(right["roleDefinitionId"]), /e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1$/);
    assert.deepEqual(only(right, "scope", "principalId"), {
      scope: stack.id("files-account"),
      principalId: stack.output("backups-vault", "identity.principalId"),
    });
    assert.ok(stack.waitsFor("backups-objects-files").has("backups-objects-files-right"));
    assert.equal(stack.input("backups-objects-policy", "backupPolicyName"), "objects-35-days");
  });

  it("takes servers in each week, after the right on each and a look at their group", async () => {
    const stack = await onNetwork((ground) => {
      const { place, network, dns, onAzure } = ground;
      const { zoneId, link } = dns.zone("postgres");
      const server = new Server(
        "orders",
        {
          resourceGroupName: place.groupName,
          location: place.region,
          serverName: "test-orders-d001",
          version: "17",
          administratorLogin: "owner",
          administratorLoginPassword: "Pa55-word-of-orders",
          sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
          storage: { storageSizeGB: 64 },
          network: { delegatedSubnetResourceId: network.subnetId("database"), privateDnsZoneArmResourceId: zoneId },
        },
        { provider: onAzure.providers["azure-native"], dependsOn: [link] },
      );
      backups(ground, { objects: {}, databases: { orders: server.id } });
    });
    const server = stack.id("orders");
    const { inputs } = stack.named("backups-databases-orders");
    assert.deepEqual(at(inputs, "properties.policyInfo"), { policyId: stack.id("backups-databases-policy") });
    assert.deepEqual(at(inputs, "properties.dataSourceInfo"), {
      objectType: "Datasource",
      resourceID: server,
      resourceUri: server,
      resourceName: "test-orders-d001",
      resourceLocation: "eastus",
      resourceType: "Microsoft.DBforPostgreSQL/flexibleServers",
      datasourceType: "Microsoft.DBforPostgreSQL/flexibleServers",
    });
    const before = stack.waitsFor("backups-databases-orders");
    assert.ok(before.has("backups-databases-orders-right") && before.has("backups-databases-reader"));
    assert.equal(stack.input("backups-databases-reader", "scope"), stack.id("site-group"));
    assert.match(
      text(stack.input("backups-databases-orders-right", "roleDefinitionId")),
      /c088a766-074b-43ba-90d4-1fb21feae531$/,
    );
  });

  it("can be deleted in a class without guards, but never under compliance", async () => {
    const development = await onNetwork((ground) => backups(ground), { class: "development" });
    const security = "properties.securitySettings";
    assert.equal(development.input("backups-vault", `${security}.immutabilitySettings.state`), "Disabled");
    assert.equal(development.input("backups-vault", `${security}.softDeleteSettings.state`), "Off");
    assert.equal(development.input("backups-vault", "properties.storageSettings.0.type"), "ZoneRedundant");
    const locked = await onNetwork((ground) => backups(ground, { lock: "compliance" }), { class: "development" });
    assert.equal(locked.input("backups-vault", `${security}.immutabilitySettings.state`), "Locked");
  });

  it("makes no policy where there is nothing of a kind", async () => {
    const stack = await onNetwork((ground) => backups(ground, { objects: {} }));
    assert.equal(stack.ofType("azure-native:dataprotection:BackupPolicy").length, 0);
    assert.equal(stack.ofType("azure-native:dataprotection:BackupInstance").length, 0);
  });
});

describe("the policy of backups of Azure", () => {
  it("makes a recovery point of objects each day and of a server each week, kept for the days", () => {
    const [making, keeping] = backupPolicy("databases", 35).policyRules;
    assert.ok(making !== undefined && "trigger" in making);
    assert.deepEqual(making.trigger.schedule.repeatingTimeIntervals, ["R/2026-01-04T08:00:00+00:00/P1W"]);
    assert.deepEqual(making.backupParameters, { objectType: "AzureBackupParams", backupType: "Full" });
    assert.deepEqual(making.trigger.taggingCriteria, [
      { isDefault: true, taggingPriority: 99, tagInfo: { tagName: "Default" } },
    ]);
    assert.ok(keeping !== undefined && "lifecycles" in keeping);
    assert.equal(keeping.isDefault, true);
    assert.equal(keeping.lifecycles[0]?.deleteAfter.duration, "P35D");
    const [daily] = backupPolicy("objects", 7).policyRules;
    assert.ok(daily !== undefined && "trigger" in daily);
    assert.deepEqual(daily.trigger.schedule.repeatingTimeIntervals, ["R/2026-01-04T08:00:00+00:00/P1D"]);
    assert.deepEqual(daily.backupParameters, { objectType: "AzureBackupParams", backupType: "Discrete" });
  });

  it("is refused fewer days than lie between two", () => {
    assert.throws(() => backupPolicy("objects", 6), /kept for 6 days are gone before the next .* 7 or more/);
  });
});
