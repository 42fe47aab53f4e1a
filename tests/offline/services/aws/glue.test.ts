import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { serviceRole } from "./eks-support";
import { bucket, KEY } from "./governance-support";
import { Account, refused } from "./support";

const DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
const TABLE = "aws:glue/catalogTable:CatalogTable";
const OPTIMIZER = "aws:glue/catalogTableOptimizer:CatalogTableOptimizer";
const SETTINGS = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings";
const SECURITY = "aws:glue/securityConfiguration:SecurityConfiguration";
const WORKGROUP = "aws:athena/workgroup:Workgroup";
const NO_KEY = "arn:aws:kms:us-east-1:111122223333:key/none";

/** An account with a bucket and a database. */
function lake() {
  const account = new Account();
  bucket(account, "lake");
  const database = account.create(DATABASE, "orders", { name: "orders" });
  const inputs = (more: Properties = {}): Properties => ({
    name: "events",
    databaseName: "orders",
    tableType: "EXTERNAL_TABLE",
    openTableFormatInput: { icebergInput: { metadataOperation: "CREATE", version: "2" } },
    storageDescriptor: { location: "s3://lake/orders/events", columns: [{ name: "id", type: "bigint" }] },
    ...more,
  });
  return { account, database, inputs, create: (more?: Properties) => account.create(TABLE, "events", inputs(more)) };
}

describe("AWS Glue catalog", () => {
  it("makes databases and Iceberg tables with ids of their catalog", () => {
    const { database, create } = lake();
    assert.equal(database.id, "111122223333:orders");
    const { id, outputs } = create();
    assert.equal(id, "111122223333:orders:events");
    assert.equal(outputs["arn"], "arn:aws:glue:us-east-1:111122223333:table/orders/events");
  });

  it("refuses capitals, names twice and a database that does not exist", () => {
    const { account, inputs, create } = lake();
    assert.match(account.reasons(DATABASE, { name: "Orders" })["name"] ?? "", /no capitals/);
    assert.match(account.reasons(TABLE, inputs({ name: "Events" }))["name"] ?? "", /no capitals/);
    assert.match(account.create(DATABASE, "Sales", {}).id, /:sales-[0-9a-f]{7}$/);
    refused(() => account.create(DATABASE, "again", { name: "orders" }), "AlreadyExistsException");
    create();
    refused(() => create(), "AlreadyExistsException", /Table already exists/);
    refused(() => create({ databaseName: "none" }), "EntityNotFoundException", /Database none not found/);
  });

  const refusals: readonly [what: string, words: RegExp, more: Properties][] = [
    ["another table type", /has to be EXTERNAL_TABLE/, { tableType: "VIRTUAL_VIEW" }],
    ["no location", /Location information cannot be null/, { storageDescriptor: {} }],
    [
      "a bucket that does not exist",
      /the bucket ponds does not exist/,
      { storageDescriptor: { location: "s3://ponds/a" } },
    ],
    ["a location that is none", /expected s3:\/\/bucket\/path/, { storageDescriptor: { location: "hdfs://a/b" } }],
  ];
  for (const [what, words, more] of refusals) {
    it(`refuses an Iceberg table with ${what}`, () => {
      refused(() => lake().create(more), "InvalidInputException", words);
    });
  }

  it("refuses versions, operations, parameters and columns that are wrong from the inputs alone", () => {
    const { account, inputs } = lake();
    const reasons = account.reasons(
      TABLE,
      inputs({
        openTableFormatInput: { icebergInput: { metadataOperation: "UPDATE", version: "4" } },
        parameters: { table_type: "ICEBERG" },
        storageDescriptor: { columns: [{ name: "id" }, { name: "ID" }] },
      }),
    );
    assert.deepEqual(Object.keys(reasons).sort(), [
      "openTableFormatInput.icebergInput.metadataOperation",
      "openTableFormatInput.icebergInput.version",
      "parameters.table_type",
      "storageDescriptor.columns",
    ]);
  });

  it("replaces a table whose format version changes", () => {
    const { account, create } = lake();
    const changed = { openTableFormatInput: { icebergInput: { metadataOperation: "CREATE", version: "1" } } };
    assert.equal(account.diff(create(), changed).changes[0]?.replaces, true);
  });

  it("optimizes Iceberg tables with a role, and ends with the database", () => {
    const { account, database, create } = lake();
    const roleArn = serviceRole(account, "optimizer", "glue.amazonaws.com").outputs["arn"];
    const wrong = serviceRole(account, "wrong", "ec2.amazonaws.com").outputs["arn"];
    const base = { catalogId: "111122223333", databaseName: "orders", tableName: "events" };
    const inputs = (type: string, configuration: object = {}, role = roleArn): Properties => ({
      ...base,
      type,
      configuration: { enabled: true, roleArn: role, ...configuration },
    });
    const optimize = (...args: Parameters<typeof inputs>) => account.create(OPTIMIZER, args[0], inputs(...args));
    refused(() => optimize("compaction"), "EntityNotFoundException", /Table events not found/);
    create();
    refused(() => optimize("compaction", {}, wrong), "InvalidInputException", /cannot assume/);
    assert.equal(optimize("compaction").id, "111122223333,orders,events,compaction");
    refused(() => optimize("compaction"), "AlreadyExistsException");
    optimize("retention", { retentionConfiguration: { icebergConfiguration: { snapshotRetentionPeriodInDays: 7 } } });
    optimize("orphan_file_deletion", { orphanFileDeletionConfiguration: { icebergConfiguration: {} } });
    assert.match(account.reasons(OPTIMIZER, inputs("vacuum"))["type"] ?? "", /expected one of compaction, retention/);
    assert.match(
      account.reasons(OPTIMIZER, inputs("retention"))["configuration.retentionConfiguration"] ?? "",
      /needs retentionConfiguration/,
    );
    assert.match(
      Object.values(account.reasons(OPTIMIZER, inputs("compaction", { retentionConfiguration: {} }))).join(),
      /takes no retentionConfiguration/,
    );
    account.delete(database);
    assert.equal(
      account.cloud.all().some(({ type }) => type === TABLE || type === OPTIMIZER),
      false,
    );
  });

  it("refuses an optimizer of a table that is not Iceberg", () => {
    const { account, create } = lake();
    create({ openTableFormatInput: undefined });
    const roleArn = serviceRole(account, "optimizer", "glue.amazonaws.com").outputs["arn"];
    const inputs = { catalogId: "111122223333", databaseName: "orders", tableName: "events", type: "compaction" };
    refused(
      () => account.create(OPTIMIZER, "o", { ...inputs, configuration: { enabled: true, roleArn } }),
      "InvalidInputException",
      /is not an Iceberg table/,
    );
  });
});

describe("AWS Glue encryption", () => {
  const settings = (encryptionAtRest: object, connectionPasswordEncryption: object): Properties => ({
    dataCatalogEncryptionSettings: {
      encryptionAtRest: { ...encryptionAtRest },
      connectionPasswordEncryption: { ...connectionPasswordEncryption },
    },
  });

  it("encrypts the catalog of a region with keys that exist", () => {
    const account = new Account();
    const plain = { returnConnectionPasswordEncrypted: false };
    const create = (rest: object) => account.create(SETTINGS, "s", settings(rest, plain));
    refused(() => create({ catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: NO_KEY }), "InvalidInputException");
    const key = account.create(KEY, "k", {});
    assert.equal(create({ catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: key.outputs["arn"] }).id, "111122223333");
    const reasons = account.reasons(
      SETTINGS,
      settings({ catalogEncryptionMode: "AES" }, { returnConnectionPasswordEncrypted: true }),
    );
    assert.equal(Object.keys(reasons).length, 2);
    assert.match(Object.values(reasons).join(), /expected one of DISABLED, SSE-KMS.*give awsKmsKeyId/s);
  });

  it("makes security configurations whose modes have the keys they need", () => {
    const account = new Account();
    const inputs = (s3Encryption: object): Properties => ({
      name: "etl",
      encryptionConfiguration: {
        cloudwatchEncryption: { cloudwatchEncryptionMode: "DISABLED" },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: "DISABLED" },
        s3Encryption: { ...s3Encryption },
      },
    });
    const path = "encryptionConfiguration.s3Encryption";
    assert.match(
      account.reasons(SECURITY, inputs({ s3EncryptionMode: "AES" }))[`${path}.s3EncryptionMode`] ?? "",
      /SSE-S3/,
    );
    assert.match(
      account.reasons(SECURITY, inputs({ s3EncryptionMode: "SSE-KMS" }))[`${path}.kmsKeyArn`] ?? "",
      /needs a key/,
    );
    const create = (s3: object) => account.create(SECURITY, "etl", inputs(s3));
    refused(() => create({ s3EncryptionMode: "SSE-KMS", kmsKeyArn: NO_KEY }), "InvalidInputException");
    create({ s3EncryptionMode: "SSE-S3" });
    refused(() => create({ s3EncryptionMode: "SSE-S3" }), "AlreadyExistsException");
  });
});

describe("AWS Athena", () => {
  it("makes a workgroup that writes encrypted results to a bucket that exists", () => {
    const account = new Account();
    const inputs = (outputLocation: string, encryption: object): Properties => ({
      name: "analysts",
      configuration: {
        enforceWorkgroupConfiguration: true,
        resultConfiguration: { outputLocation, encryptionConfiguration: { ...encryption } },
      },
    });
    const create = (...args: Parameters<typeof inputs>) => account.create(WORKGROUP, "analysts", inputs(...args));
    refused(
      () => create("s3://results/a/", { encryptionOption: "SSE_S3" }),
      "InvalidRequestException",
      /output bucket results/,
    );
    bucket(account, "results");
    refused(
      () => create("s3://results/", { encryptionOption: "SSE_KMS", kmsKeyArn: NO_KEY }),
      "InvalidRequestException",
      /KMS key/,
    );
    const { id, outputs } = create("s3://results/a/", { encryptionOption: "SSE_S3" });
    assert.equal(id, "analysts");
    assert.equal(outputs["arn"], "arn:aws:athena:us-east-1:111122223333:workgroup/analysts");
    refused(() => create("s3://results/a/", {}), "InvalidRequestException", /already created/);
    const reasons = account.reasons(WORKGROUP, inputs("results/a", { encryptionOption: "SSE_KMS" }));
    assert.equal(Object.keys(reasons).length, 2);
    assert.match(account.reasons(WORKGROUP, { name: "primary" })["name"] ?? "", /not primary/);
  });
});
