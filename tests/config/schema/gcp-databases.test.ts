import assert from "node:assert/strict";
import { z } from "zod";
import { capabilityChecks } from "../../../config/capability-checks";
import { settingsSchema } from "../../../config/json-schema";
import { gcpCacheSettings } from "../../../config/schema/gcp/cache";
import { gcpDatabaseSettings } from "../../../config/schema/gcp/database";
import { gcpDocumentSettings } from "../../../config/schema/gcp/documents";

const database = gcpDatabaseSettings({
  databaseName: "portfolio",
  engineVersion: "17",
  tier: "db-custom-2-7680",
  availability: "by-class",
  maxStorageGiB: 100,
  backupRetentionDays: "by-class",
  backupCopy: false,
  replicas: { reports: "c" },
  slots: { "shard-0": [[0, 1023]] },
  logicalReplication: "on",
  replicationRole: "publisher",
  slotRetentionGiB: 5,
  requirement: "PF-DATA-01",
});
const cache = gcpCacheSettings({
  engineVersion: "7.2",
  memoryGiB: 5,
  nodes: "by-class",
  readReplicas: "on",
  snapshotHours: 12,
  requirement: "PF-DATA-03",
});
const documents = gcpDocumentSettings({
  mode: "create",
  backupRetentionDays: "by-class",
  requirement: "PF-DATA-02",
});

/** What is wrong with some settings, as `path: message`. */
function problems(schema: z.ZodType, given: unknown): readonly string[] {
  const { error } = schema.safeParse(given);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("settings of the databases of Google Cloud", () => {
  it("[PF-DATA-01] PostgreSQL is of version 17 and speaks TLS 1.3", () => {
    const { engineVersion, minimumTls, storageGiB, maxConnections, replicationSlots } = database.parse({});
    assert.deepEqual(
      [engineVersion, minimumTls, storageGiB, maxConnections, replicationSlots],
      ["17", "1.3", 20, 100, 20],
    );
  });

  it("machines have the processors and the memory that Cloud SQL sells together", () => {
    for (const tier of [
      ...["db-f1-micro", "db-g1-small", "db-custom-1-3840", "db-custom-1-6656", "db-custom-2-7680"],
      ...["db-custom-96-638976"],
    ]) {
      assert.deepEqual(problems(database, { tier }), [], tier);
    }
    assert.deepEqual(problems(database, { tier: "db-custom-3-7680" }), [
      "tier: db-custom-3-7680 has 3 processors: give 1 or an even number up to 96",
    ]);
    assert.deepEqual(problems(database, { tier: "db-custom-2-7681" }), [
      "tier: db-custom-2-7681 has 7681 MiB: give a multiple of 256 from 3840 to 13312 for 2 processors",
    ]);
    assert.deepEqual(problems(database, { tier: "db-custom-8-7168" }), [
      "tier: db-custom-8-7168 has 7168 MiB: give a multiple of 256 from 7424 to 53248 for 8 processors",
    ]);
    assert.deepEqual(problems(database, { tier: "db-custom-98-638976" }).length, 1);
    assert.deepEqual(problems(database, { tier: "db-perf-optimized-N-2" }), [
      "tier: give db-custom-<processors>-<MiB> such as db-custom-2-7680, db-g1-small or db-f1-micro",
    ]);
  });

  it("names that every instance has already are refused", () => {
    assert.deepEqual(problems(database, { name: "postgres" }), [
      'name: is "postgres", which every instance has already: give another name',
    ]);
    for (const masterUser of ["postgres", "cloudsqlsuperuser", "pg_owner"]) {
      assert.deepEqual(problems(database, { masterUser }), [
        `masterUser: is "${masterUser}", a name that Cloud SQL keeps to itself: give another name`,
      ]);
    }
    assert.deepEqual(problems(database, { name: "postgres_app", masterUser: "postgres_owner" }), []);
  });

  it("a database that follows another has no standby", () => {
    const follows = { replicationRole: "subscriber" };
    assert.deepEqual(problems(database, { ...follows, availability: "standby" }), [
      'availability: is "standby" while replicationRole is "subscriber", which Cloud SQL rules out: set availability to "by-class" or "single-zone", or replicationRole to "publisher"',
    ]);
    assert.deepEqual(problems(database, { ...follows, availability: "single-zone" }), []);
    assert.deepEqual(problems(database, follows), []);
    assert.deepEqual(problems(database, { availability: "standby" }), []);
    assert.deepEqual(problems(database, { ...follows, availability: "standby", logicalReplication: "off" }), []);
  });

  it("storage has room to grow, and for what subscribers have not fetched", () => {
    assert.deepEqual(problems(database, { maxStorageGiB: 19 }), [
      "maxStorageGiB: maxStorageGiB (19) is below storageGiB (20): raise it to 20 or more",
    ]);
    assert.deepEqual(problems(database, { maxStorageGiB: 20 }), []);
    assert.match(problems(database, { slotRetentionGiB: 11 })[0] ?? "", /is more than half of storageGiB \(20\)/);
  });

  it("[PF-SCALE-02] an instance has ten replicas at most, and a slot for a subscriber beside them", () => {
    const replicas = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`r${String(index)}`, "a"]));
    assert.deepEqual(problems(database, { replicas }), []);
    assert.deepEqual(problems(database, { replicas: { ...replicas, more: "b" } }), [
      "replicas: give at most 10 replicas, the most that an instance can have",
    ]);
    assert.deepEqual(problems(database, { replicas, replicationSlots: 10 }), [
      "replicationSlots: replicationSlots (10) leaves no slot for a subscriber beside the 10 of the read replicas: raise it to 11 or more",
    ]);
    assert.deepEqual(problems(database, { slots: { "shard-0": [[0, 99]] } }), [
      "slots: no shard holds [100, 1023]: give every slot from 0 to 1023 to a shard",
    ]);
  });

  it("[PF-DR-01] daily backups are kept for a year at most, those of documents for 98 days", () => {
    for (const [schema, days, count] of [
      [database, 0, 1],
      [database, 365, 0],
      [database, 366, 1],
      [documents, 0, 1],
      [documents, 98, 0],
      [documents, 99, 1],
    ] as const) {
      assert.equal(problems(schema, { backupRetentionDays: days }).length, count, String(days));
    }
  });

  it("[PF-DATA-03] a cache has as many replicas as its memory and its mode allow", () => {
    assert.deepEqual(cache.parse({}), {
      engineVersion: "7.2",
      memoryGiB: 5,
      nodes: "by-class",
      readReplicas: "on",
      snapshotHours: 12,
    });
    assert.deepEqual(problems(cache, { nodes: 3, readReplicas: "off" }), [
      "nodes: is 3 while readReplicas is off, which allows one replica: give 2, or set readReplicas to on",
    ]);
    assert.deepEqual(problems(cache, { nodes: 2, readReplicas: "off", memoryGiB: 1 }), []);
    for (const nodes of [2, "by-class"]) {
      assert.deepEqual(problems(cache, { nodes, memoryGiB: 4 }), [
        "memoryGiB: is 4 while readReplicas is on: give 5 or more, or set readReplicas to off",
      ]);
    }
    assert.deepEqual(problems(cache, { nodes: 1, memoryGiB: 1 }), []);
    assert.equal(problems(cache, { nodes: 7 }).length, 1);
    assert.equal(problems(cache, { snapshotHours: 2 }).length, 1);
    assert.equal(problems(cache, { engineVersion: "7.1" }).length, 1);
  });

  it("[PF-DATA-02] documents can be skipped, and their user has a name that Firestore takes", () => {
    assert.deepEqual(documents.parse({}), { mode: "create", masterUser: "platform", backupRetentionDays: "by-class" });
    for (const masterUser of ["app", "1user", "user-", "User", "a".repeat(64)]) {
      assert.equal(problems(documents, { masterUser }).length, 1, masterUser);
    }
    assert.deepEqual(problems(documents, { masterUser: "a".repeat(63) }), []);
  });

  it("ask Google Cloud for nothing that it refuses", () => {
    const asked = {
      database: { ...database.parse({}), replicaZone: "none" },
      cache: cache.parse({}),
      documents: documents.parse({}),
    };
    assert.deepEqual(capabilityChecks("gcp", { class: "production", ...asked }), []);
  });

  it("all have a description and can be written down as a schema", () => {
    const schema = settingsSchema(z.strictObject({ database, cache, documents }));
    for (const [group, { properties = {} }] of Object.entries(schema.properties ?? {})) {
      assert.ok(Object.keys(properties).length > 2, group);
      for (const [name, { description }] of Object.entries(properties)) {
        assert.ok(description !== undefined && !description.endsWith("."), `${group}.${name}`);
      }
    }
  });
});
