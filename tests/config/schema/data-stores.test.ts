import assert from "node:assert/strict";
import { z } from "zod";
import { settingsSchema } from "../../../config/json-schema";
import { documentSettings } from "../../../config/schema/documents";
import { keyValueSettings } from "../../../config/schema/key-values";
import { memcachedSettings } from "../../../config/schema/memcached";
import { shardedDatabaseSettings } from "../../../config/schema/sharded-database";

const database = shardedDatabaseSettings({
  databaseName: "portfolio",
  engineVersion: "17",
  instanceClass: "db.r8g.large",
  availability: "by-class",
  storageGiB: 100,
  maxStorageGiB: 500,
  backupRetentionDays: "by-class",
  backupCopy: true,
  replicas: { reports: "c" },
  slots: { "shard-0": [[0, 1023]] },
  logicalReplication: "on",
  slotRetentionGiB: 20,
});
const documents = documentSettings({
  mode: "create",
  instanceClass: "db.r6g.large",
  instances: "by-class",
  backupRetentionDays: "by-class",
  requirement: "PF-DATA-02",
});
const memcached = memcachedSettings({ mode: "skip", nodeType: "cache.t4g.micro", nodes: "by-class" });
const keyValues = keyValueSettings({
  mode: "create",
  tables: { sessions: { hashKey: "id", expiresAt: "expires" } },
  recoveryDays: 35,
  replicaRegions: [],
});

/** What is wrong with some settings, as `path: message`. */
function problems(schema: z.ZodType, given: unknown): readonly string[] {
  const { error } = schema.safeParse(given);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("settings of PostgreSQL in shards", () => {
  it("[PF-SCALE-02] begin with one shard that holds every slot", () => {
    const { slots, replicas, replicationSlots, slotRetentionGiB, minimumTls } = database.parse({});
    assert.deepEqual(
      { slots, replicas, replicationSlots, slotRetentionGiB, minimumTls },
      {
        slots: { "shard-0": [[0, 1023]] },
        replicas: { reports: "c" },
        replicationSlots: 20,
        slotRetentionGiB: 20,
        minimumTls: "1.3",
      },
    );
  });

  it("[PF-SCALE-02] take more shards, one of them still empty", () => {
    const slots = { "shard-0": [[0, 511]], "shard-1": [[512, 1023]], "shard-2": [] };
    assert.deepEqual(database.parse({ slots }).slots, slots);
  });

  it("[PF-SCALE-02] refuse a table of slots with a gap, an overlap or a name that is too long", () => {
    assert.deepEqual(problems(database, { slots: { "shard-0": [[0, 99]] } }), [
      "slots: no shard holds [100, 1023]: give every slot from 0 to 1023 to a shard",
    ]);
    assert.deepEqual(problems(database, { slots: { "shard-0": [[0, 600]], "shard-1": [[600, 1023]] } }), [
      "slots.shard-1.0: [600, 1023] overlaps a range of shard-0: give every slot to one shard",
    ]);
    assert.deepEqual(problems(database, { slots: { "shard-0": [[0, 1024]] } }), [
      "slots.shard-0.0.1: give a whole number from 0 to 1023",
    ]);
    assert.deepEqual(problems(database, { slots: { "shard-0": [[0]] } }), [
      "slots.shard-0.0: give the first and the last slot",
    ]);
    assert.equal(problems(database, { slots: { "a-shard-with-a-name": [[0, 1023]] } }).length, 1);
  });

  it("refuse a subscriber's log that could fill the disk", () => {
    assert.deepEqual(problems(database, { storageGiB: 100, slotRetentionGiB: 51 }), [
      "slotRetentionGiB: slotRetentionGiB (51) is more than half of storageGiB (100), so that a subscriber that is away could fill the disk: lower it to 50 or raise storageGiB to 102",
    ]);
    assert.deepEqual(problems(database, { storageGiB: 100, slotRetentionGiB: 50 }), []);
    assert.deepEqual(problems(database, { storageGiB: 20, logicalReplication: "off" }), []);
  });

  it("keep a slot for a subscriber beside those of the replicas", () => {
    const replicas = { a: "a", b: "b", c: "c", d: "a" };
    assert.deepEqual(problems(database, { replicas, replicationSlots: 5 }), []);
    assert.deepEqual(problems(database, { replicas, replicaZone: "b", replicationSlots: 5 }), [
      "replicationSlots: replicationSlots (5) leaves no slot for a subscriber beside the 5 of the read replicas: raise it to 6 or more",
    ]);
  });

  it("take at most 15 replicas", () => {
    const replicas = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`r${String(index)}`, "a"]));
    assert.deepEqual(problems(database, { replicas: replicas(15) }), []);
    assert.deepEqual(problems(database, { replicas: replicas(16) }), [
      "replicas: give at most 15 replicas, the most that a server can have",
    ]);
  });

  it("still want room to grow", () => {
    assert.deepEqual(problems(database, { storageGiB: 100, maxStorageGiB: 105 }), [
      "maxStorageGiB: maxStorageGiB (105) is not 10 % above storageGiB (100), which RDS requires: raise it to 110 or more",
    ]);
  });
});

describe("settings of documents", () => {
  it("[PF-DATA-02] have careful values", () => {
    assert.deepEqual(documents.parse({}), {
      mode: "create",
      engineVersion: "5.0",
      instanceClass: "db.r6g.large",
      instances: "by-class",
      masterUser: "platform",
      minimumTls: "1.3",
      backupRetentionDays: "by-class",
      slowOperationMs: 100,
      changeStreamHours: 24,
    });
  });

  it("refuse what DocumentDB would", () => {
    assert.deepEqual(problems(documents, { masterUser: "admin", slowOperationMs: 49, changeStreamHours: 169 }), [
      "masterUser: give lower-case letters and digits, a letter first, not admin",
      "slowOperationMs: give a whole number from 50 to 2147483646",
      "changeStreamHours: give a whole number from 1 to 168",
    ]);
    assert.equal(problems(documents, { instance: 3 }).length, 1);
  });
});

describe("settings of Memcached", () => {
  it("[PF-DATA-03] have careful values and no version without TLS", () => {
    assert.deepEqual(memcached.parse({}), {
      mode: "skip",
      engineVersion: "1.6.22",
      nodeType: "cache.t4g.micro",
      nodes: "by-class",
    });
    assert.equal(problems(memcached, { engineVersion: "1.6.6" }).length, 1);
    assert.equal(problems(memcached, { nodes: 41 }).length, 1);
  });
});

describe("settings of tables of keys and values", () => {
  it("[PF-DATA-02] take tables with keys, indexes and a time to live", () => {
    const orders = {
      hashKey: "customer",
      rangeKey: "placed",
      types: { placed: "number" },
      indexes: { "by-status": { hashKey: "status", projection: ["total"] } },
    };
    assert.deepEqual(keyValues.parse({ tables: { orders } }), {
      mode: "create",
      tables: { orders },
      recoveryDays: 35,
      replicaRegions: [],
    });
  });

  it("refuse a table that contradicts itself, by its path", () => {
    assert.deepEqual(problems(keyValues, { tables: { orders: { hashKey: "id", rangeKey: "id" } } }), [
      'tables.orders.rangeKey: "id" is hashKey and rangeKey at once: name another attribute or leave rangeKey out',
    ]);
    assert.deepEqual(problems(keyValues, { tables: { orders: { hashKey: "1st" } } }), [
      "tables.orders.hashKey: give 1 to 255 letters, digits, _, - and ., no digit first",
    ]);
    assert.deepEqual(problems(keyValues, { replicaRegions: ["eu-west-1", "eu-west-1"] }), [
      "replicaRegions: name each region once",
    ]);
  });
});

describe("settings of data stores", () => {
  it("all have a description and can be written down as a schema", () => {
    const { properties = {} } = settingsSchema(z.strictObject({ database, documents, memcached, keyValues }));
    for (const [group, { properties: settings = {} }] of Object.entries(properties)) {
      assert.ok(Object.keys(settings).length > 3, group);
      for (const [name, { description }] of Object.entries(settings)) {
        assert.match(description ?? "", /^[^\n]+[^.\n]$/, `${group}.${name}`);
      }
    }
    for (const store of [properties["documents"], properties["memcached"], properties["keyValues"]]) {
      assert.equal(Object.keys(store?.properties ?? {})[0], "mode");
    }
  });
});
