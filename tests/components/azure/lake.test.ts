import assert from "node:assert/strict";
import { DataLake, type DataLakeArgs } from "../../../components/azure/lake";
import { azureLakeSettings } from "../../../config/schema/azure/lake";
import { at, only, type Deployed } from "../../stacks/deployed";
import { attempt, onNetwork, text, type Ground } from "./ground";

const tables: DataLakeArgs["tables"] = {
  events: {
    description: "Every domain event",
    columns: [
      { name: "id", type: "string", required: true },
      { name: "happened_at", type: "timestamptz", required: true },
    ],
    partition: { happened_at: "day" },
  },
};

const catalogUri = "http://catalog.lake.svc.cluster.local:8181/catalog";

function lake(
  { prefix, place, network, dns, keys, logs, protection, onAzure }: Ground,
  more: Partial<DataLakeArgs> = {},
) {
  return new DataLake(
    "lake",
    {
      prefix,
      place,
      network,
      dns,
      key: keys.keys.data,
      logs,
      protection,
      tables,
      catalogUri,
      infrequentAccessAfterDays: 90,
      deleteAfterDays: 365,
      keepVersionsDays: 7,
      ...more,
    },
    onAzure,
  );
}

describe("data lake on Azure, deployed", function () {
  this.timeout(60_000);
  let stack: Deployed;
  const said: Record<string, unknown> = {};

  before(async () => {
    stack = await onNetwork(
      (ground) => {
        const made = lake(ground);
        said["catalogUri"] = made.catalogUri;
        made.database.apply((value) => (said["database"] = value));
        made.warehouse.apply((value) => (said["warehouse"] = value));
        made.tableNames["events"]?.apply((value) => (said["events"] = value));
        made.resourceIds[0]?.apply((value) => (said["resourceId"] = value));
      },
      { class: "production" },
    );
  });

  it("[PF-DATA-05] is an account with folders that a catalog on the cluster keeps Iceberg tables in", () => {
    const name = text(stack.input("lake-account", "accountName"));
    assert.match(name, /^testlake[a-z0-9]{6}$/);
    assert.deepEqual(only(stack.named("lake-account").inputs, "isHnsEnabled", "kind", "sku", "allowSharedKeyAccess"), {
      isHnsEnabled: true,
      kind: "StorageV2",
      sku: { name: "Standard_GZRS" },
      allowSharedKeyAccess: false,
    });
    assert.deepEqual(said, {
      catalogUri,
      database: "test_lake",
      warehouse: `abfss://${name}@${name}.dfs.core.windows.net/tables`,
      events: "events",
      resourceId: stack.id("lake-container"),
    });
  });

  it("[PF-SEC-05] encrypts with a key of the site", () => {
    assert.equal(stack.input("lake-account", "encryption.keyVaultProperties.keyName"), "data");
    assert.equal(stack.input("lake-account", "encryption.requireInfrastructureEncryption"), true);
    assert.ok(stack.waitsFor("lake-account").has("lake-key-right"));
  });

  it("brings deleted files back, without the versions that an account with folders does not have", () => {
    assert.deepEqual(
      only(stack.named("lake-recovery").inputs, "deleteRetentionPolicy", "isVersioningEnabled", "restorePolicy"),
      { deleteRetentionPolicy: { enabled: true, days: 7 }, isVersioningEnabled: undefined, restorePolicy: undefined },
    );
  });

  it("answers in the network alone, by both of its protocols", () => {
    assert.equal(stack.input("lake-account", "publicNetworkAccess"), "Disabled");
    for (const group of ["dfs", "blob"]) {
      const endpoint = `lake-private-${group}-endpoint`;
      assert.deepEqual(stack.input(endpoint, "privateLinkServiceConnections.0.groupIds"), [group]);
      assert.equal(stack.input(`lake-private-${group}-names`, "privateDnsZoneConfigs.0.name"), group);
    }
  });

  it("lets archived events and results grow old, and tables never", () => {
    const container = text(stack.input("lake-container", "containerName"));
    const rule = (index: number) => stack.input("lake-lifecycle", `policy.rules.${String(index)}`);
    assert.deepEqual(at(rule(0), "definition.filters.prefixMatch"), [`${container}/events/`]);
    assert.deepEqual(at(rule(1), "definition.filters.prefixMatch"), [`${container}/queries/`]);
    assert.equal(rule(2), undefined);
  });

  it("is locked and protected where the class says so", () => {
    const held = stack.run.resources.filter(({ name, protect }) => protect && /^lake-/.test(name));
    assert.deepEqual(held.map(({ name }) => name).sort(), ["lake-account", "lake-container"]);
    assert.equal(stack.input("lake-lock", "scope"), stack.id("lake-account"));
  });

  it("refuses a table that is none", async () => {
    const { run } = await attempt((ground) => {
      lake(ground, { tables: { events: { description: "Events", columns: [], partition: { day: "day" } } } });
    });
    assert.match(run.errors.join("\n"), /table "events" is partitioned by "day", which is none of its columns/);
  });
});

describe("settings of a data lake on Azure", () => {
  it("have bounds, and name both settings that do not fit", () => {
    const schema = azureLakeSettings({ mode: "skip", tables });
    assert.equal(schema.parse(undefined).keepVersionsDays, 7);
    const issues = schema.safeParse({ deleteAfterDays: 60, keepVersionsDays: 400 }).error?.issues ?? [];
    assert.deepEqual(
      issues.map(({ path }) => path.join(".")),
      ["keepVersionsDays", "deleteAfterDays"],
    );
    assert.match(
      schema.safeParse({ deleteAfterDays: 60 }).error?.issues[0]?.message ?? "",
      /deleteAfterDays \(60\) is not above infrequentAccessAfterDays \(90\)/,
    );
  });
});
