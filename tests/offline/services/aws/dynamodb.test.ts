import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, refused, type Made } from "./support";

const TABLE = "aws:dynamodb/table:Table";
const REPLICA = "aws:dynamodb/tableReplica:TableReplica";
const KEY = "aws:kms/key:Key";
const NO_KEY = "arn:aws:kms:us-east-1:111122223333:key/none";

const inputs = (more: Properties = {}): Properties => ({
  name: "sessions",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "user",
  attributes: [{ name: "user", type: "S" }],
  ...more,
});

/** What a table needs to be global. */
const streaming = { streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" };
const west = { replicas: [{ regionName: "us-west-2" }] };

const create = (account: Account, more?: Properties): Made => account.create(TABLE, "sessions", inputs(more));

/** An index over the range key `at`, with the definitions that it needs. */
function indexed(more: Properties = {}): Properties {
  return {
    rangeKey: "at",
    attributes: [
      { name: "user", type: "S" },
      { name: "at", type: "N" },
    ],
    ...more,
  };
}

function keyIn(account: Account, region: string): string {
  const there = new Account({ region }, account.cloud);
  return text(there.create(KEY, `key-${region}`, {}).outputs["arn"]);
}

function remove(account: Account, made: Made): () => void {
  return () => {
    account.delete(made);
  };
}

describe("AWS DynamoDB table", () => {
  it("has an ARN, a stream and the defaults of the service", () => {
    const { id, outputs } = create(new Account(), { ...streaming, pointInTimeRecovery: { enabled: true } });
    assert.equal(id, "sessions");
    assert.equal(outputs["arn"], "arn:aws:dynamodb:us-east-1:111122223333:table/sessions");
    assert.match(
      text(outputs["streamArn"]),
      /^arn:aws:dynamodb:us-east-1:111122223333:table\/sessions\/stream\/2026-01-01T\d\d:\d\d:\d\d\.\d{3}$/,
    );
    assert.deepEqual(outputs["pointInTimeRecovery"], { enabled: true, recoveryPeriodInDays: 35 });
    assert.deepEqual([outputs["readCapacity"], outputs["writeCapacity"], outputs["tableClass"]], [0, 0, "STANDARD"]);
    assert.equal(create(new Account()).outputs["streamArn"], "");
  });

  it("says before anything is created which keys and values do not fit", () => {
    const account = new Account();
    const reasons = (more: Properties) => account.reasons(TABLE, inputs(more));
    const two = [
      { name: "user", type: "S" },
      { name: "at", type: "N" },
    ];
    assert.deepEqual(reasons({}), {});
    assert.deepEqual(reasons({ attributes: two }), {
      attributes: 'all attributes must be indexed. Unused attributes: ["at"]',
    });
    assert.deepEqual(reasons({ rangeKey: "at" }), {
      attributes: 'all indexes must match a defined attribute. Unmatched indexes: ["at"]',
    });
    const global = [{ name: "by-mail", hashKey: "mail", projectionType: "ALL" }];
    assert.match(reasons({ globalSecondaryIndexes: global })["attributes"] ?? "", /Unmatched indexes: \["mail"\]/);
    assert.match(reasons({ hashKey: undefined })["hashKey"] ?? "", /required/);
    assert.deepEqual(Object.keys(reasons({ attributes: [{ name: "user", type: "STRING" }] })), ["attributes[0].type"]);
    assert.deepEqual(Object.keys(reasons({ billingMode: "FREE" })), ["billingMode"]);
    assert.deepEqual(Object.keys(reasons({ tableClass: "COLD" })), ["tableClass"]);
    assert.deepEqual(Object.keys(reasons({ streamEnabled: true })), ["streamViewType"]);
    assert.deepEqual(Object.keys(reasons({ ttl: { enabled: true } })), ["ttl.attributeName"]);
    assert.deepEqual(reasons({ ttl: { enabled: true, attributeName: "expires" } }), {});
    assert.deepEqual(Object.keys(reasons({ serverSideEncryption: { enabled: true, kmsKeyArn: "alias/a" } })), [
      "serverSideEncryption.kmsKeyArn",
    ]);
    assert.deepEqual(Object.keys(reasons({ name: "ab" })), ["name"]);
    for (const [days, fine] of [
      [0, false],
      [1, true],
      [35, true],
      [36, false],
    ] as const) {
      const given = { pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: days } };
      assert.equal(Object.keys(reasons(given)).length === 0, fine, String(days));
    }
  });

  it("needs capacity for table and indexes when it is provisioned, which is the default", () => {
    const account = new Account();
    const index = { name: "by-user", hashKey: "user", projectionType: "ALL" };
    const reasons = (more: Properties) =>
      Object.keys(account.reasons(TABLE, inputs({ billingMode: undefined, ...more })));
    const units = { readCapacity: 1, writeCapacity: 1 };
    assert.deepEqual(reasons({}), ["readCapacity", "writeCapacity"]);
    assert.deepEqual(reasons(units), []);
    assert.deepEqual(reasons({ ...units, globalSecondaryIndexes: [{ ...index, readCapacity: 1 }] }), [
      "globalSecondaryIndexes[0].writeCapacity",
    ]);
    assert.deepEqual(reasons({ ...units, onDemandThroughput: { maxReadRequestUnits: 5 } }), ["onDemandThroughput"]);
  });

  const global = (count: number, more: Properties = {}) => ({
    globalSecondaryIndexes: Array.from({ length: count }, (_, index) => ({
      name: `index-${String(index)}`,
      hashKey: "user",
      projectionType: "ALL",
      ...more,
    })),
  });
  const local = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: `local-${String(index)}`,
      rangeKey: "at",
      projectionType: "ALL",
    }));
  const refusals: readonly [what: string, more: Properties, words: RegExp][] = [
    ["21 global indexes", global(21), /exceeds the per-table limit of 20/],
    ["6 local indexes", indexed({ localSecondaryIndexes: local(6) }), /exceeds per-table limit of 5/],
    [
      "a local index without a range key",
      {
        localSecondaryIndexes: local(1),
        attributes: [
          { name: "user", type: "S" },
          { name: "at", type: "N" },
        ],
      },
      /does not have a range key/,
    ],
    ["two indexes of one name", global(2, { name: "twice" }), /Duplicate index name: twice/],
    ["a projection that does not exist", global(1, { projectionType: "SOME" }), /Unknown ProjectionType: SOME/],
    ["a projection of nothing", global(1, { projectionType: "INCLUDE" }), /NonKeyAttributes is not specified/],
    ["too much of a projection", global(1, { nonKeyAttributes: ["mail"] }), /but NonKeyAttributes is specified/],
    ["a short index name", global(1, { name: "ix" }), /3 to 255/],
    [
      "limits on demand for fixed capacity",
      { billingMode: undefined, restoreSourceName: "sessions", onDemandThroughput: { maxReadRequestUnits: 5 } },
      /BillingMode is PROVISIONED/,
    ],
    ["one key twice", { rangeKey: "user" }, /the same name/],
    ["a view of no stream", { streamEnabled: false, streamViewType: "KEYS_ONLY" }, /stream disabled/],
    ["a missing key", { serverSideEncryption: { enabled: true, kmsKeyArn: NO_KEY } }, /key\/none' does not exist/],
    [
      "days of no recovery",
      { pointInTimeRecovery: { enabled: false, recoveryPeriodInDays: 7 } },
      /Cannot specify RecoveryPeriodInDays/,
    ],
  ];
  for (const [what, more, words] of refusals) {
    it(`refuses ${what}`, () => {
      refused(() => create(new Account(), more), "ValidationException", words);
    });
  }

  it("takes 20 global and 5 local indexes, and a name once in a region", () => {
    const account = new Account();
    assert.equal(create(account, indexed({ ...global(20), localSecondaryIndexes: local(5) })).id, "sessions");
    refused(() => create(account), "ResourceInUseException", /Table already exists: sessions/);
    assert.equal(create(new Account({ region: "eu-west-1" }, account.cloud)).id, "sessions");
  });

  it("is replaced for other keys, and changes capacity, class and stream in place", () => {
    const account = new Account();
    const made = create(account, indexed());
    const replaces = (change: Properties) => account.diff(made, change).changes.some((each) => each.replaces);
    assert.equal(replaces({ rangeKey: "when" }), true);
    assert.equal(replaces({ restoreSourceName: "other" }), true);
    assert.equal(replaces({ tableClass: "STANDARD_INFREQUENT_ACCESS", ...streaming }), false);
    const outputs = account.update(made, { tableClass: "STANDARD_INFREQUENT_ACCESS", ...streaming });
    assert.equal(outputs["tableClass"], "STANDARD_INFREQUENT_ACCESS");
    assert.match(text(outputs["streamArn"]), /\/stream\//);
  });

  it("is kept until its protection is taken off", () => {
    const account = new Account();
    const made = create(account, { deletionProtectionEnabled: true });
    refused(remove(account, made), "ValidationException", /currently protected against deletion/);
    account.update(made, { deletionProtectionEnabled: false });
    account.delete(made);
    assert.equal(account.has(TABLE, "sessions"), false);
  });

  it("is restored from a table with point-in-time recovery, with its keys", () => {
    const account = new Account();
    const restore = { name: "restored", hashKey: undefined, attributes: undefined, restoreSourceName: "sessions" };
    refused(() => account.create(TABLE, "r", inputs(restore)), "TableNotFoundException", /sessions/);
    const source = create(account);
    refused(() => account.create(TABLE, "r", inputs(restore)), "PointInTimeRecoveryUnavailableException");
    account.update(source, { pointInTimeRecovery: { enabled: true } });
    assert.equal(account.create(TABLE, "r", inputs(restore)).outputs["hashKey"], "user");
  });
});

describe("AWS DynamoDB global table", () => {
  const refusals: readonly [what: string, more: Properties, words: RegExp][] = [
    ["replicas without a stream", west, /Disabling Stream is not allowed/],
    ["replicas with half a stream", { ...west, ...streaming, streamViewType: "KEYS_ONLY" }, /new and old images/],
    [
      "replicas of a table with fixed capacity",
      { ...west, ...streaming, billingMode: "PROVISIONED", readCapacity: 1, writeCapacity: 1 },
      /Pay-Per-Request or AutoScaled/,
    ],
    ["a replica in no region", { ...streaming, replicas: [{ regionName: "us-fake-1" }] }, /us-fake-1 is not supported/],
    ["a replica in its own region", { ...streaming, replicas: [{ regionName: "us-east-1" }] }, /the local region/],
    [
      "two replicas in one region",
      { ...streaming, replicas: [{ regionName: "us-west-2" }, { regionName: "us-west-2" }] },
      /multiple regions/,
    ],
    [
      "strong consistency in two regions",
      { replicas: [{ regionName: "us-west-2", consistencyMode: "STRONG" }] },
      /Unsupported replica count/,
    ],
  ];
  for (const [what, more, words] of refusals) {
    it(`refuses ${what}`, () => {
      refused(() => create(new Account(), more), "ValidationException", words);
    });
  }

  it("is a table in every region, whose names are taken and which go with it", () => {
    const account = new Account();
    const there = new Account({ region: "us-west-2" }, account.cloud);
    const made = create(account, { ...streaming, ...west });
    const [replica] = made.outputs["replicas"] as readonly Properties[];
    assert.equal(replica?.["arn"], "arn:aws:dynamodb:us-west-2:111122223333:table/sessions");
    assert.match(text(replica["streamArn"]), /^arn:aws:dynamodb:us-west-2:.*\/stream\//);
    refused(() => create(there), "ResourceInUseException");
    account.update(made, { replicas: [{ regionName: "eu-west-1" }] });
    assert.equal(create(there).id, "sessions");
    refused(() => account.update(made, west), "ValidationException", /already existed as tables/);
    account.delete({ ...made, inputs: { ...made.inputs, replicas: [{ regionName: "eu-west-1" }] } });
    assert.deepEqual(
      account.cloud.all().map(({ type, scope }) => [type, scope.region]),
      [[TABLE, "us-west-2"]],
    );
  });

  it("keeps a protected replica", () => {
    const account = new Account();
    const replicas = [{ regionName: "us-west-2", deletionProtectionEnabled: true }];
    const made = create(account, { ...streaming, replicas });
    refused(remove(account, made), "ValidationException", /in region us-west-2 because it has deletion protection/);
    refused(() => account.update(made, { replicas: [] }), "ValidationException", /deletion protection/);
    account.update(made, west);
    account.delete(made);
    assert.equal(account.cloud.all().length, 0);
  });

  it("wants a key of each replica's own region, when the table has one", () => {
    const account = new Account();
    const [here, far] = [keyIn(account, "us-east-1"), keyIn(account, "us-west-2")];
    const encrypted = { ...streaming, serverSideEncryption: { enabled: true, kmsKeyArn: here } };
    const replica = (kmsKeyArn?: string) => ({ replicas: [{ regionName: "us-west-2", kmsKeyArn }] });
    const attempt = (more: Properties) => () => create(account, more);
    refused(attempt({ ...encrypted, ...replica() }), "ValidationException", /KMSMasterKeyId must be specified/);
    refused(attempt({ ...streaming, ...replica(far) }), "ValidationException", /All replica keys must either/);
    refused(attempt({ ...encrypted, ...replica(here) }), "ValidationException", /us-west-2: Invalid arn us-east-1/);
    const none = NO_KEY.replace("us-east-1", "us-west-2");
    refused(attempt({ ...encrypted, ...replica(none) }), "ValidationException", /key\/none' does not exist/);
    const [made] = create(account, { ...encrypted, ...replica(far) }).outputs["replicas"] as readonly Properties[];
    assert.equal(made?.["kmsKeyArn"], far);
  });
});

describe("AWS DynamoDB replica of its own", () => {
  const arn = "arn:aws:dynamodb:us-east-1:111122223333:table/sessions";
  const replicate = (account: Account, region: string, more: Properties = {}) =>
    new Account({ region }, account.cloud).create(REPLICA, "replica", { globalTableArn: arn, ...more });

  it("refuses a table that does not exist, has no stream, or lies in the same region", () => {
    const account = new Account();
    refused(() => replicate(account, "us-west-2"), "ResourceNotFoundException");
    const made = create(account);
    refused(() => replicate(account, "us-west-2"), "ValidationException", /Disabling Stream/);
    account.update(made, streaming);
    refused(() => replicate(account, "us-east-1"), "ValidationException", /the local region/);
  });

  it("is a table of its region, which goes with it and keeps the first one", () => {
    const account = new Account();
    const main = create(account, streaming);
    const replica = replicate(account, "us-west-2");
    assert.equal(replica.id, "sessions:us-east-1");
    assert.equal(replica.outputs["arn"], "arn:aws:dynamodb:us-west-2:111122223333:table/sessions");
    const there = new Account({ region: "us-west-2" }, account.cloud);
    refused(() => create(there), "ResourceInUseException");
    refused(remove(account, main), "ValidationException", /acted as a source region/);
    there.update(replica, { deletionProtectionEnabled: true });
    refused(remove(there, replica), "ValidationException", /deletion protection enabled/);
    there.update(replica, { deletionProtectionEnabled: false });
    there.delete(replica);
    account.delete(main);
    assert.equal(account.cloud.all().length, 0);
  });
});
