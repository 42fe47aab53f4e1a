import assert from "node:assert/strict";
import { z } from "zod";
import { inRole } from "../../../components/planning/role";
import { capabilityChecks } from "../../../config/capability-checks";
import { settingsSchema } from "../../../config/json-schema";
import { azureCacheSettings } from "../../../config/schema/azure/cache";
import { azureDatabaseSettings } from "../../../config/schema/azure/database";
import { azureDocumentSettings } from "../../../config/schema/azure/documents";

const database = azureDatabaseSettings({
  databaseName: "portfolio",
  compute: "Standard_D4ds_v5",
  storageGiB: 128,
  availability: "by-class",
  backupRetentionDays: "by-class",
  replicas: { reports: "c" },
  slots: { "shard-0": [[0, 1023]] },
  logicalReplication: "on",
  requirements: { database: "PF-DATA-01", scale: "PF-SCALE-02", backups: "PF-DR-01" },
});
const cache = azureCacheSettings({
  size: "Balanced_B5",
  nodes: "by-class",
  snapshots: "12h",
  requirement: "PF-DATA-03",
});
const documents = azureDocumentSettings({
  mode: "create",
  tier: "M40",
  storageGiB: 128,
  availability: "by-class",
  requirement: "PF-DATA-02",
});

/** What is wrong with some settings, as `path: message`. */
function problems(schema: z.ZodType, given: unknown): readonly string[] {
  const { error } = schema.safeParse(given);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("settings of the databases of Azure", () => {
  it("[PF-DATA-01] PostgreSQL is of version 17, speaks TLS 1.3, and takes no machine that can have no standby", () => {
    const { engineVersion, minimumTls, maxConnections, standby } = database.parse({});
    assert.deepEqual([engineVersion, minimumTls, maxConnections, standby], ["17", "1.3", 200, undefined]);
    const remedy = "give a machine of series D or E such as Standard_D2ds_v5";
    assert.deepEqual(problems(database, { compute: "Standard_B2s", standby: { compute: "Standard_B1ms" } }), [
      `compute: ${remedy}`,
      `standby.compute: ${remedy}`,
    ]);
    for (const compute of ["Standard_D2ds_v5", "Standard_D4ads_v5", "Standard_E8s_v3"]) {
      assert.deepEqual(problems(database, { compute }), [], compute);
    }
  });

  it("names that Azure keeps to itself are refused", () => {
    for (const masterUser of ["admin", "azure_superuser", "pg_owner", "root"]) {
      assert.equal(problems(database, { masterUser }).length, 1, masterUser);
    }
    assert.deepEqual(problems(database, { masterUser: "administrators" }), []);
  });

  it("[PF-DR-01] backups go back 7 to 35 days", () => {
    for (const [days, count] of [
      [6, 1],
      [7, 0],
      [35, 0],
      [36, 1],
    ] as const) {
      assert.equal(problems(database, { backupRetentionDays: days }).length, count, String(days));
    }
    assert.equal(database.parse({}).backupRetentionDays, "by-class");
  });

  it("[PF-SCALE-02] a server has five replicas at most, and a slot for a subscriber beside them", () => {
    const replicas = { r1: "a", r2: "b", r3: "c", r4: "a", r5: "b" };
    assert.deepEqual(problems(database, { replicas }), []);
    assert.deepEqual(problems(database, { replicas, replicaZone: "c" }), [
      "replicas: replicas and replicaZone ask for 6 read replicas: give at most 5, the most that a server can have",
    ]);
    assert.deepEqual(problems(database, { replicas, replicationSlots: 5 }), [
      "replicationSlots: replicationSlots (5) leaves no slot for a subscriber beside the 5 of the read replicas: raise it to 6 or more",
    ]);
    assert.deepEqual(problems(database, { slots: { "shard-0": [[0, 99]] } }), [
      "slots: no shard holds [100, 1023]: give every slot from 0 to 1023 to a shard",
    ]);
  });

  it("storage has the sizes of Premium SSD", () => {
    assert.equal(problems(database, { storageGiB: 100 }).length, 1);
    assert.deepEqual(problems(database, { storageGiB: 256 }), []);
  });

  it("only what changes in place is otherwise in standby", () => {
    const small = { compute: "Standard_D2ds_v5", availability: "single-zone" };
    const settings = database.parse({ standby: small });
    assert.deepEqual(
      [inRole(settings, "standby"), inRole(settings, "active")].map(({ compute, availability }) => [
        compute,
        availability,
      ]),
      [
        ["Standard_D2ds_v5", "single-zone"],
        ["Standard_D4ds_v5", "by-class"],
      ],
    );
    for (const [schema, standby] of [
      [database, { storageGiB: 32 }],
      [database, { replicas: {} }],
      [database, { masterUser: "owner" }],
      [database, { logicalReplication: "off" }],
      [cache, { nodes: 1 }],
      [cache, { snapshots: "none" }],
      [documents, { storageGiB: 32 }],
      [documents, { mode: "skip" }],
    ] as const) {
      const [name = ""] = Object.keys(standby);
      assert.deepEqual(problems(schema, { standby }), [`standby: Unrecognized key: "${name}"`]);
    }
    assert.equal(inRole(cache.parse({ standby: { size: "Balanced_B0" } }), "standby").size, "Balanced_B0");
    assert.equal(inRole(documents.parse({ standby: { tier: "M30" } }), "standby").tier, "M30");
  });

  it("[PF-DATA-03] a cache has one node or two, and a size that needs no shards", () => {
    assert.deepEqual(cache.parse({}), { size: "Balanced_B5", nodes: "by-class", snapshots: "12h" });
    assert.equal(problems(cache, { nodes: 3 }).length, 1);
    assert.equal(problems(cache, { size: "Balanced_B50" }).length, 1);
  });

  it("[PF-DATA-02] documents lie on machines that a cluster can move between", () => {
    const { mode, engineVersion, tier } = documents.parse({});
    assert.deepEqual([mode, engineVersion, tier], ["create", "8.0", "M40"]);
    assert.equal(problems(documents, { tier: "M25" }).length, 1);
    assert.equal(problems(documents, { standby: { tier: "M20" } }).length, 1);
    assert.equal(problems(documents, { masterUser: "admin" }).length, 1);
  });

  it("ask Azure for nothing that it refuses", () => {
    const asked = {
      database: database.parse({ replicaZone: "b" }),
      cache: cache.parse({}),
      documents: documents.parse({}),
    };
    assert.deepEqual(capabilityChecks("azure", { class: "recovery", ...asked }), []);
  });

  it("all have a description and can be written down as a schema", () => {
    const schema = settingsSchema(z.strictObject({ database, cache, documents }));
    for (const [group, { properties = {} }] of Object.entries(schema.properties ?? {})) {
      assert.ok(Object.keys(properties).length > 3, group);
      for (const [name, { description }] of Object.entries(properties)) {
        assert.ok(description !== undefined && !description.endsWith("."), `${group}.${name}`);
      }
    }
  });
});
