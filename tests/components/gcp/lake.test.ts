import assert from "node:assert/strict";
import { giveRights } from "../../../components/gcp/grants";
import { DataLake, type DataLakeArgs } from "../../../components/gcp/lake";
import type { TableSpec } from "../../../components/planning/lake";
import { gcpLakeSettings } from "../../../config/schema/gcp/lake";
import { only, type Deployed } from "../../stacks/deployed";
import { attempt, onSite, projectId, type Ground, type GroundOptions } from "./ground";

const orders: TableSpec = {
  description: "Orders",
  columns: [
    { name: "id", type: "string", required: true },
    { name: "at", type: "timestamptz", required: true },
    { name: "total", type: "double", required: false },
  ],
  partition: { at: "day" },
};
const stores: TableSpec = {
  description: "Stores",
  columns: [{ name: "id", type: "string", required: true }],
  partition: {},
};

const lake = (
  { project, prefix, keys, protection, onGcp }: Ground,
  tables: DataLakeArgs["tables"] = { orders, stores },
) =>
  new DataLake(
    "lake",
    {
      project,
      prefix,
      bucketName: "test-lake-1",
      tables,
      snapshotRetentionDays: 7,
      infrequentAccessAfterDays: 90,
      deleteAfterDays: 365,
      keepVersionsDays: 7,
      keyId: keys.keyIds.data,
      protection,
    },
    onGcp,
  );

const options: GroundOptions = { apis: ["biglake.googleapis.com"] };

describe("DataLake on Google Cloud", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await onSite((ground) => {
      assert.equal(lake(ground).catalogUri, "https://biglake.googleapis.com/iceberg/v1/restcatalog");
    }, options);
  });

  it("[PF-DATA-05] keeps Iceberg tables in a bucket, known to a REST catalog of the bucket's name", () => {
    assert.deepEqual(stack.named("lake-catalog").inputs, {
      project: projectId,
      name: "test-lake-1",
      catalogType: "CATALOG_TYPE_GCS_BUCKET",
      credentialMode: "CREDENTIAL_MODE_END_USER",
    });
    assert.deepEqual(stack.named("lake-namespace").inputs, {
      project: projectId,
      catalog: "test-lake-1",
      namespaceId: "test_lake",
      properties: { location: "gs://test-lake-1/tables" },
    });
    assert.deepEqual(stack.named("lake-table-orders").inputs, {
      project: projectId,
      catalog: "test-lake-1",
      namespace: "test_lake",
      name: "orders",
      location: "gs://test-lake-1/tables/orders",
      schema: {
        type: "struct",
        fields: [
          { id: 1, name: "id", type: "string", required: true },
          { id: 2, name: "at", type: "timestamptz", required: true },
          { id: 3, name: "total", type: "double", required: false },
        ],
      },
      partitionSpec: { fields: [{ name: "at_day", sourceId: 2, transform: "day" }] },
      properties: {
        comment: "Orders",
        "write.format.default": "parquet",
        "write.parquet.compression-codec": "zstd",
        "history.expire.max-snapshot-age-ms": "604800000",
        "history.expire.min-snapshots-to-keep": "1",
      },
    });
    assert.equal(stack.input("lake-table-stores", "partitionSpec"), undefined);
    assert.deepEqual(stack.component("lake").outputs, {
      bucketName: "test-lake-1",
      database: "test_lake",
      tableNames: { orders: "orders", stores: "stores" },
    });
  });

  it("[PF-SEC-05] is private and encrypted, and only what is no table grows old", () => {
    const { inputs } = stack.named("lake-objects-bucket");
    assert.equal(inputs["publicAccessPrevention"], "enforced");
    assert.deepEqual(inputs["encryption"], {
      defaultKmsKeyName: `projects/${projectId}/locations/us-central1/keyRings/test/cryptoKeys/data`,
    });
    const rules = JSON.stringify(inputs["lifecycleRules"]);
    assert.deepEqual(
      [...rules.matchAll(/"matchesPrefixes":\["([^"]+)"\]/g)].map(([, prefix]) => prefix),
      ["events/", "events/", "queries/", "queries/"],
    );
  });

  it("is protected with its catalog in production", async () => {
    const guarded = await onSite(
      (ground) => {
        lake(ground);
      },
      { ...options, class: "production" },
    );
    for (const name of ["lake-objects-bucket", "lake-catalog", "lake-namespace", "lake-table-orders"]) {
      assert.equal(guarded.named(name).protect, true, name);
      assert.equal(stack.named(name).protect, false, name);
    }
  });

  it("gives rights to its bucket and to its catalog", async () => {
    const granted = await onSite((ground) => {
      giveRights("app", ground.project, "group:app@example.com", [{ to: lake(ground), access: "write" }], {
        provider: ground.gcp,
      });
    }, options);
    assert.deepEqual(only(granted.named("app-lake-bucket").inputs, "bucket", "role"), {
      bucket: "test-lake-1",
      role: "roles/storage.objectUser",
    });
    assert.deepEqual(only(granted.named("app-lake-catalog").inputs, "name", "role"), {
      name: "test-lake-1",
      role: "roles/biglake.editor",
    });
  });

  it("refuses a table whose partition is none of its columns", async () => {
    const { run } = await attempt((ground) => {
      lake(ground, { orders: { ...orders, partition: { day: "identity" } } });
    }, options);
    assert.match(run.errors.join("\n"), /table "orders" is partitioned by "day", which is none of its columns/);
  });

  it("has no limit for a query, which is the query's own", () => {
    const settings = gcpLakeSettings({ mode: "create", tables: { orders } });
    const read = settings.parse({});
    assert.deepEqual(
      [read.snapshotRetentionDays, read.infrequentAccessAfterDays, read.deleteAfterDays, read.keepVersionsDays],
      [7, 90, 365, 7],
    );
    assert.equal(settings.safeParse({ queryLimitGiB: 100 }).success, false);
    const found = settings.safeParse({ infrequentAccessAfterDays: 90, deleteAfterDays: 60 });
    assert.match(found.error?.issues[0]?.message ?? "", /deleteAfterDays \(60\) is not above/);
  });
});
