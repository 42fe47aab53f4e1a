import assert from "node:assert/strict";
import { Key } from "../../../components/aws/key";
import { KeyValues, type KeyValuesArgs } from "../../../components/aws/key-values";
import { only, type Deployed } from "../../stacks/deployed";
import { attempt, onGround, type Ground } from "./data-ground";

const table = "aws:dynamodb/table:Table";

function keyValues({ shared, stores }: Ground, changes: Partial<KeyValuesArgs> = {}) {
  const { prefix, keyArn, protection } = shared;
  return new KeyValues(
    "key-values",
    {
      prefix,
      keyArn,
      protection,
      recoveryDays: 14,
      tables: {
        sessions: { hashKey: "id", expiresAt: "expires" },
        orders: {
          hashKey: "customer",
          rangeKey: "placed",
          types: { placed: "number" },
          indexes: {
            "by-status": { hashKey: "status", rangeKey: "placed", projection: ["total"] },
            "by-courier": { hashKey: "courier", projection: "keys" },
          },
        },
      },
      ...changes,
    },
    stores,
  );
}

describe("KeyValues", function () {
  this.timeout(60_000);
  let made: KeyValues | undefined;
  let stack: Deployed;
  before(async () => {
    stack = await onGround((ground) => {
      made = keyValues(ground);
    });
  });

  it("[PF-DATA-02] makes DynamoDB tables with their keys and indexes, billed by request", () => {
    assert.deepEqual(
      only(
        stack.named("key-values-orders").inputs,
        ...["name", "billingMode", "hashKey", "rangeKey", "attributes", "globalSecondaryIndexes", "ttl"],
      ),
      {
        name: "test-orders",
        billingMode: "PAY_PER_REQUEST",
        hashKey: "customer",
        rangeKey: "placed",
        attributes: [
          { name: "customer", type: "S" },
          { name: "placed", type: "N" },
          { name: "status", type: "S" },
          { name: "courier", type: "S" },
        ],
        globalSecondaryIndexes: [
          {
            name: "by-status",
            keySchemas: [
              { attributeName: "status", keyType: "HASH" },
              { attributeName: "placed", keyType: "RANGE" },
            ],
            projectionType: "INCLUDE",
            nonKeyAttributes: ["total"],
          },
          {
            name: "by-courier",
            keySchemas: [{ attributeName: "courier", keyType: "HASH" }],
            projectionType: "KEYS_ONLY",
          },
        ],
        ttl: undefined,
      },
    );
    assert.deepEqual(stack.input("key-values-sessions", "ttl"), { enabled: true, attributeName: "expires" });
    assert.equal(stack.input("key-values-sessions", "globalSecondaryIndexes"), undefined);
  });

  it("[PF-DR-01] [PF-SEC-05] can restore any second of 14 days, is encrypted with a key of the stack and guarded", () => {
    for (const { inputs, protect } of stack.ofType(table)) {
      assert.deepEqual(
        only(inputs, "pointInTimeRecovery", "serverSideEncryption", "deletionProtectionEnabled", "replicas"),
        {
          pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 14 },
          serverSideEncryption: { enabled: true, kmsKeyArn: stack.output("data-key", "arn") },
          deletionProtectionEnabled: true,
          replicas: undefined,
        },
      );
      assert.deepEqual(only(inputs, "streamEnabled", "streamViewType"), {
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
      });
      assert.equal(protect, true);
    }
    assert.equal(stack.ofType(table).length, 2);
  });

  it("[PF-DR-01] copies its tables to another region, under a key there", async () => {
    const global = await onGround((ground) => {
      const { arn } = new Key(
        "elsewhere",
        {
          account: { ...ground.account, region: "eu-central-1" },
          prefix: "test",
          purpose: "elsewhere",
          description: "Tests",
          protection: ground.protection,
        },
        { providers: { aws: ground.backup } },
      );
      keyValues(ground, { replicas: [{ region: "eu-central-1", keyArn: arn }] });
    });
    for (const { inputs } of global.ofType(table)) {
      assert.deepEqual(inputs["replicas"], [
        {
          regionName: "eu-central-1",
          kmsKeyArn: global.output("elsewhere-key", "arn"),
          pointInTimeRecovery: true,
          deletionProtectionEnabled: true,
          propagateTags: true,
        },
      ]);
    }
  });

  it("says to an identity what there is to be let into: tables and their indexes", async () => {
    assert.equal(made?.kind, "key-values");
    assert.deepEqual(Object.keys(made.tableNames), ["sessions", "orders"]);
    const ids = await Promise.all(made.resourceIds.map((id) => new Promise((resolve) => id.apply(resolve))));
    const arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/test";
    assert.deepEqual(ids, [`${arn}-sessions`, `${arn}-sessions/index/*`, `${arn}-orders`, `${arn}-orders/index/*`]);
  });

  it("in development has no guards and can restore all the same", async () => {
    const small = await onGround((ground) => keyValues(ground, { recoveryDays: 1 }), { class: "development" });
    for (const { inputs, protect } of small.ofType(table)) {
      assert.deepEqual(
        [inputs["deletionProtectionEnabled"], inputs["pointInTimeRecovery"], protect],
        [false, { enabled: true, recoveryPeriodInDays: 1 }, false],
      );
    }
  });

  it("is refused by the cloud with a copy under a key of another region", async () => {
    const refused = await attempt((ground) =>
      keyValues(ground, { replicas: [{ region: "eu-central-1", keyArn: ground.shared.keyArn }] }),
    );
    assert.equal(refused.run.errors.length, 2);
    for (const error of refused.run.errors) assert.match(error, /key-values-(sessions|orders)/);
  });
});
