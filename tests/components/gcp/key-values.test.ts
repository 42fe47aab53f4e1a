import assert from "node:assert/strict";
import { giveRights } from "../../../components/gcp/grants";
import { KeyValues } from "../../../components/gcp/key-values";
import { compositeIndexes, firestoreFaults } from "../../../components/gcp/key-values.plan";
import { SiteKeys } from "../../../components/gcp/site-keys";
import type { TableSpec } from "../../../components/planning/key-value-tables";
import { protectionOf, type Protection } from "../../../components/planning/protection";
import { gcpKeyValueSettings } from "../../../config/schema/gcp/key-values";
import { only, type Deployed } from "../../stacks/deployed";
import { attempt, onSite, projectId, type Ground, type GroundOptions } from "./ground";

const carts: TableSpec = {
  hashKey: "customer",
  rangeKey: "addedAt",
  types: { addedAt: "number" },
  indexes: { products: { hashKey: "product", rangeKey: "addedAt", projection: "keys" } },
};
const sessions: TableSpec = { hashKey: "id", expiresAt: "expires" };

interface Own {
  readonly tables?: Readonly<Record<string, TableSpec>>;
  readonly protection?: Protection;
}

function keyValues(ground: Ground, { tables = { carts, sessions }, protection = ground.protection }: Own = {}) {
  const { project, prefix, onGcp } = ground;
  const keys = new SiteKeys("own", { project, prefix: "own", users: { data: ["firestore"] }, protection }, onGcp);
  return new KeyValues(
    "tables",
    { project, prefix, tables, recoveryDays: 35, keyId: keys.keyIds.data, protection },
    onGcp,
  );
}

const options: GroundOptions = { apis: ["firestore.googleapis.com"] };

describe("KeyValues on Google Cloud", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await onSite((ground) => {
      keyValues(ground);
    }, options);
  });

  it("[PF-DATA-02] are collections of one native database, restored by the minute for a week and by the day for longer", () => {
    const { inputs } = stack.named("tables-database");
    assert.deepEqual(
      only(inputs, "name", "locationId", "type", "databaseEdition", "pointInTimeRecoveryEnablement", "deletionPolicy"),
      {
        name: "test-key-values",
        locationId: "us-central1",
        type: "FIRESTORE_NATIVE",
        databaseEdition: "STANDARD",
        pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_ENABLED",
        deletionPolicy: "DELETE",
      },
    );
    const backups = stack.named("tables-backups").inputs;
    assert.deepEqual(only(backups, "database", "retention", "dailyRecurrence", "weeklyRecurrence"), {
      database: "test-key-values",
      retention: "3024000s",
      dailyRecurrence: {},
      weeklyRecurrence: undefined,
    });
    assert.deepEqual(stack.component("tables").outputs, {
      databaseName: "test-key-values",
      tableNames: { carts: "carts", sessions: "sessions" },
    });
  });

  it("[PF-SEC-05] are encrypted with the key of data, which Firestore may use first", () => {
    assert.deepEqual(stack.input("tables-database", "cmekConfig"), {
      kmsKeyName: `projects/${projectId}/locations/us-central1/keyRings/own/cryptoKeys/data`,
    });
    assert.ok(stack.waitsFor("tables-database").has("own-data-firestore"));
  });

  it("find items by two keys in both orders, and take no index for one key", () => {
    const made = stack
      .ofType("gcp:firestore/index:Index")
      .map(({ name, inputs }) => [name, inputs["collection"], inputs["fields"]]);
    const both = (hashKey: string, order: string) => [
      { fieldPath: hashKey, order: "ASCENDING" },
      { fieldPath: "addedAt", order },
    ];
    assert.deepEqual(made, [
      ["tables-carts-key", "carts", both("customer", "ASCENDING")],
      ["tables-carts-key-descending", "carts", both("customer", "DESCENDING")],
      ["tables-carts-index-products", "carts", both("product", "ASCENDING")],
      ["tables-carts-index-products-descending", "carts", both("product", "DESCENDING")],
    ]);
  });

  it("have one index for keys that two indexes share", () => {
    const again = { hashKey: "customer", rangeKey: "addedAt" };
    const ids = compositeIndexes({ ...carts, indexes: { again, more: again } }).map(({ id }) => id);
    assert.deepEqual(ids, ["key", "key-descending"]);
  });

  it("delete what is expired, by a field that has no index unless items are found by it", async () => {
    const { inputs } = stack.named("tables-sessions-expiry");
    assert.deepEqual(only(inputs, "database", "collection", "field", "ttlConfig", "indexConfig"), {
      database: "test-key-values",
      collection: "sessions",
      field: "expires",
      ttlConfig: {},
      indexConfig: {},
    });
    const searched = await onSite((ground) => {
      keyValues(ground, {
        tables: {
          sessions: { ...sessions, types: { expires: "number" }, indexes: { expiry: { hashKey: "expires" } } },
        },
      });
    }, options);
    assert.equal(searched.input("tables-sessions-expiry", "indexConfig"), undefined);
  });

  it("are protected by engine and service in production, until the guards are taken down", async () => {
    for (const [guards, state] of [
      ["on", "DELETE_PROTECTION_ENABLED"],
      ["off", "DELETE_PROTECTION_DISABLED"],
    ] as const) {
      const guarded = await onSite((ground) => {
        keyValues(ground, { protection: protectionOf("production", guards) });
      }, options);
      const { inputs, protect } = guarded.named("tables-database");
      assert.deepEqual([inputs["deleteProtectionState"], protect], [state, guards === "on"]);
    }
    assert.equal(stack.input("tables-database", "deleteProtectionState"), "DELETE_PROTECTION_DISABLED");
  });

  it("give rights to their database and to no other", async () => {
    const granted = await onSite((ground) => {
      giveRights("app", ground.project, "group:app@example.com", [{ to: keyValues(ground), access: "write" }], {
        provider: ground.gcp,
      });
    }, options);
    const { inputs } = granted.named("app-key-values-data");
    assert.equal(inputs["role"], "roles/datastore.user");
    assert.deepEqual(inputs["condition"], {
      title: "Databases of the site",
      expression: `resource.name == "projects/${projectId}/databases/test-key-values"`,
    });
  });

  it("are refused under a key that Firestore may not use", async () => {
    const { run } = await attempt(({ project, prefix, keys, protection, onGcp }) => {
      new KeyValues(
        "tables",
        { project, prefix, tables: { sessions }, recoveryDays: 7, keyId: keys.keyIds.data, protection },
        onGcp,
      );
    }, options);
    assert.match(run.errors[0] ?? "", /::tables-database: .*gcp-sa-firestore/);
  });

  it("name every attribute that Firestore would read otherwise", async () => {
    const wrong: TableSpec = {
      hashKey: "a.b",
      rangeKey: "__at__",
      indexes: { other: { hashKey: "c-d" } },
      expiresAt: "e.f",
    };
    assert.deepEqual(
      firestoreFaults(wrong).map(({ path }) => path.join(".")),
      ["hashKey", "rangeKey", "expiresAt", "indexes.other.hashKey"],
    );
    const { run } = await attempt((ground) => {
      keyValues(ground, { tables: { wrong } });
    }, options);
    assert.match(run.errors.join("\n"), /table "wrong\.hashKey": "a\.b" has other characters/);
    const settings = gcpKeyValueSettings({ mode: "create", tables: { sessions }, recoveryDays: 35 });
    assert.equal(settings.safeParse({}).success, true);
    const found = settings.safeParse({ tables: { wrong: { hashKey: "a.b" } } });
    assert.deepEqual(
      found.error?.issues.map(({ path }) => path.join(".")),
      ["tables.wrong.hashKey"],
    );
  });
});
