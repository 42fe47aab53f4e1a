import assert from "node:assert/strict";
import { icebergTable } from "../../../components/aws/lake.plan";
import { tableProblem, type TableSpec } from "../../../components/planning/lake";
import { only, policy, text, type Deployed } from "../../stacks/deployed";
import { attempt, onGround } from "./data-ground";
import { streams } from "./streams-ground";

const orders: TableSpec = {
  description: "Orders",
  columns: [
    { name: "id", type: "string", required: true },
    { name: "at", type: "timestamptz", required: true },
    { name: "day", type: "date", required: false },
  ],
  partition: { at: "day", id: "identity" },
};

describe("DataLake", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await onGround((ground) => {
      streams(ground).lake();
    });
  });

  it("[PF-DATA-05] keeps Iceberg tables of format version 2 in a bucket, known to the Glue catalog", () => {
    const { inputs, protect, ignoreChanges } = stack.named("lake-table-orders");
    assert.equal(protect, true);
    assert.deepEqual(inputs, {
      name: "orders",
      databaseName: "test_site_lake",
      openTableFormatInput: {
        icebergInput: {
          metadataOperation: "CREATE",
          version: "2",
          icebergTableInput: {
            location: "s3://test-lake-1/tables/orders",
            schema: {
              type: "struct",
              schemaId: 0,
              fields: [
                { id: 1, name: "id", type: '"string"', required: true },
                { id: 2, name: "at", type: '"timestamptz"', required: true },
                { id: 3, name: "total", type: '"double"', required: false },
              ],
            },
            partitionSpec: { specId: 0, fields: [{ name: "at_day", sourceId: 2, transform: "day" }] },
            properties: {
              comment: "Orders",
              "write.format.default": "parquet",
              "write.parquet.compression-codec": "zstd",
            },
          },
        },
      },
    });
    for (const written of ["parameters", "storageDescriptor"]) assert.ok(ignoreChanges.includes(written), written);
    assert.deepEqual(only(stack.named("lake-database").inputs, "name", "locationUri"), {
      name: "test_site_lake",
      locationUri: "s3://test-lake-1/tables",
    });
    assert.equal(stack.named("lake-database").protect, true);
  });

  it("[PF-SEC-05] encrypts objects and results of queries with a key of the stack, whatever a client wants", () => {
    const key = stack.output("data-key", "arn");
    assert.deepEqual(stack.input("lake-objects-encryption", "rules"), [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key }, bucketKeyEnabled: true },
    ]);
    assert.deepEqual(stack.input("lake-queries", "configuration"), {
      enforceWorkgroupConfiguration: true,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: 107_374_182_400,
      resultConfiguration: {
        outputLocation: "s3://test-lake-1/queries/",
        expectedBucketOwner: "111122223333",
        encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: key },
      },
    });
  });

  it("lets no life cycle rule near the tables", () => {
    const rules = stack.input("lake-objects-lifecycle", "rules") as {
      filter: { prefix: string };
      expiration?: object;
    }[];
    assert.deepEqual(
      rules.map(({ filter, expiration }) => [filter.prefix, expiration]),
      [
        ["events/", { days: 365 }],
        ["queries/", { days: 365 }],
        ["", undefined],
      ],
    );
  });

  it("has its tables kept by Glue: small files merged, old states and lost files deleted", () => {
    const roleArn = stack.output("lake-upkeep-role", "arn");
    assert.deepEqual(
      stack
        .ofType("aws:glue/catalogTableOptimizer:CatalogTableOptimizer")
        .map(({ inputs }) => ({ type: text(inputs["type"]), configuration: inputs["configuration"] }))
        .sort((a, b) => a.type.localeCompare(b.type)),
      [
        {
          type: "compaction",
          configuration: {
            compactionConfiguration: { icebergConfiguration: { strategy: "binpack" } },
            enabled: true,
            roleArn,
          },
        },
        {
          type: "orphan_file_deletion",
          configuration: {
            orphanFileDeletionConfiguration: { icebergConfiguration: { orphanFileRetentionPeriodInDays: 3 } },
            enabled: true,
            roleArn,
          },
        },
        {
          type: "retention",
          configuration: {
            retentionConfiguration: {
              icebergConfiguration: {
                snapshotRetentionPeriodInDays: 7,
                numberOfSnapshotsToRetain: 1,
                cleanExpiredFiles: true,
              },
            },
            enabled: true,
            roleArn,
          },
        },
      ],
    );
    const catalog = "arn:aws:glue:eu-west-1:111122223333";
    assert.deepEqual(
      policy(stack.input("lake-upkeep-policy", "policy")).Statement.map(({ Action, Resource }) => [Action, Resource]),
      [
        ["s3:ListBucket", "arn:aws:s3:::test-lake-1"],
        [["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::test-lake-1/tables/*"],
        [["kms:Decrypt", "kms:GenerateDataKey"], stack.output("data-key", "arn")],
        [
          ["glue:GetTable", "glue:UpdateTable"],
          [`${catalog}:catalog`, `${catalog}:database/test_site_lake`, `${catalog}:table/test_site_lake/*`],
        ],
        [
          ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          ["compaction", "retention", "orphan-file-deletion"].map(
            (log) => `arn:aws:logs:eu-west-1:111122223333:log-group:/aws-glue/iceberg-${log}/logs:*`,
          ),
        ],
      ],
    );
  });

  it("of a development stack goes with all it holds, and its tables can be changed by transform", async () => {
    const small = await onGround(
      (ground) => {
        streams(ground).lake({ transform: (table, id) => ({ ...table, name: `${id}_2` }) });
      },
      { class: "development" },
    );
    assert.equal(small.input("lake-objects-bucket", "forceDestroy"), true);
    assert.equal(small.input("lake-queries", "forceDestroy"), true);
    assert.equal(small.input("lake-table-orders", "name"), "orders_2");
    assert.deepEqual(
      small.run.resources.filter(({ protect }) => protect),
      [],
    );
  });

  it("names every table that is wrong before it makes anything", async () => {
    const { run } = await attempt((ground) => {
      streams(ground).lake({ tables: { a: { ...orders, partition: { none: "day" } } } });
    });
    assert.match(
      run.errors.join("\n"),
      /table "a" is partitioned by "none", which is none of its columns \(id, at, day\)/,
    );
    assert.deepEqual(
      run.resources.filter(({ name }) => name.startsWith("lake-")),
      [],
    );
  });
});

describe("plan of the lake", () => {
  it("numbers columns in their order and points partitions at the numbers", () => {
    const { schema, partitionSpec } = icebergTable(orders, "s3://lake/tables/orders");
    assert.deepEqual(
      schema.fields.map(({ id, name, type }) => [id, name, type]),
      [
        [1, "id", '"string"'],
        [2, "at", '"timestamptz"'],
        [3, "day", '"date"'],
      ],
    );
    assert.deepEqual(partitionSpec.fields, [
      { name: "at_day", sourceId: 2, transform: "day" },
      { name: "id", sourceId: 1, transform: "identity" },
    ]);
  });

  const cases: readonly [Partial<TableSpec>, RegExp | undefined][] = [
    [{}, undefined],
    [{ partition: {} }, undefined],
    [{ partition: { day: "month" } }, undefined],
    [{ partition: { day: "hour" } }, /by hour of "day", a date without a time: take day/],
    [
      { partition: { id: "day" } },
      /by day of "id", a column of type string: take one of type date, timestamp, timestamptz/,
    ],
    [{ partition: { gone: "identity" } }, /"gone", which is none of its columns/],
    [{ columns: [...orders.columns, { name: "at", type: "long", required: false }] }, /two columns named "at"/],
  ];
  for (const [changes, expected] of cases) {
    it(`finds ${String(expected ?? "nothing")} in ${JSON.stringify(changes.partition ?? Object.keys(changes))}`, () => {
      const problem = tableProblem("orders", { ...orders, ...changes });
      if (expected === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? "", expected);
    });
  }
});
