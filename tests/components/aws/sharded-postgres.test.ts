import assert from "node:assert/strict";
import { ShardedPostgres, type ShardedPostgresArgs } from "../../../components/aws/sharded-postgres";
import type { SlotTable } from "../../../components/planning/shards";
import { only, text, type Deployed } from "../../stacks/deployed";
import { onGround, type Ground } from "./data-ground";

const one: SlotTable = { "shard-0": [[0, 1023]] };
const two: SlotTable = { "shard-0": [[0, 511]], "shard-1": [[512, 1023]] };

function args({ shared, backup, backupKeyArn }: Ground, slots: SlotTable): ShardedPostgresArgs {
  return {
    ...shared,
    slots,
    databaseName: "portfolio",
    masterUser: "platform",
    engineVersion: "17",
    instanceClass: "db.r8g.large",
    storage: { type: "gp3", sizeGiB: 100, maxGiB: 500 },
    availability: "standby",
    replicaZone: undefined,
    replicas: { reports: "c", search: "a" },
    logicalReplication: { slots: 20, retainedGiB: 20 },
    minimumTls: "1.3",
    backupRetentionDays: 14,
    maxConnections: 200,
    monitoringIntervalSeconds: 60,
    backupCopy: { provider: backup, keyArn: backupKeyArn },
  };
}

const instance = "aws:rds/instance:Instance";

describe("ShardedPostgres", function () {
  this.timeout(60_000);
  let made: ShardedPostgres | undefined;
  let stack: Deployed;
  before(async () => {
    stack = await onGround((ground) => {
      made = new ShardedPostgres("postgres", args(ground, two), ground.stores);
    });
  });

  it("[PF-DATA-01] makes a PostgreSQL 17 server with a standby for each shard", () => {
    const sources = stack.ofType(instance).filter(({ inputs }) => inputs["engine"] === "postgres");
    assert.deepEqual(
      sources.map(({ name, protect, inputs }) => ({
        name,
        protect,
        ...only(inputs, "identifier", "engineVersion", "multiAz", "storageEncrypted", "publiclyAccessible"),
        ...only(inputs, "deletionProtection", "iamDatabaseAuthenticationEnabled", "autoMinorVersionUpgrade"),
      })),
      ["shard-0", "shard-1"].map((shard) => ({
        name: `postgres-${shard}-source`,
        protect: true,
        identifier: `test-${shard}-postgres`,
        engineVersion: "17",
        multiAz: true,
        storageEncrypted: true,
        publiclyAccessible: false,
        deletionProtection: true,
        iamDatabaseAuthenticationEnabled: true,
        autoMinorVersionUpgrade: true,
      })),
    );
    for (const shard of ["shard-0", "shard-1"]) {
      assert.equal(stack.component(`postgres-${shard}`).parent, stack.component("postgres").urn);
    }
  });

  it("[PF-SCALE-02] gives every shard read replicas in their zones, which the source may lie in too", () => {
    const replicas = stack.ofType(instance).filter(({ inputs }) => inputs["replicateSourceDb"] !== undefined);
    assert.deepEqual(
      replicas.map(({ name, inputs }) => [name, inputs["identifier"], inputs["availabilityZone"]]).sort(),
      [
        ["postgres-shard-0-replica-reports", "test-shard-0-postgres-replica-reports", "eu-west-1c"],
        ["postgres-shard-0-replica-search", "test-shard-0-postgres-replica-search", "eu-west-1a"],
        ["postgres-shard-1-replica-reports", "test-shard-1-postgres-replica-reports", "eu-west-1c"],
        ["postgres-shard-1-replica-search", "test-shard-1-postgres-replica-search", "eu-west-1a"],
      ],
    );
    for (const replica of replicas) {
      const shard = replica.name.split("-replica-")[0] ?? "";
      assert.equal(replica.inputs["replicateSourceDb"], stack.output(`${shard}-source`, "arn"));
      assert.equal(replica.protect, true);
    }
    assert.equal((stack.input("postgres-shard-0-source-subnets", "subnetIds") as unknown[]).length, 3);
    assert.deepEqual(
      made?.shards.map(({ replicaHosts }) => replicaHosts.length),
      [2, 2],
    );
  });

  it("[PF-DR-01] keeps backups of 14 days with point-in-time recovery, and a copy in another region", () => {
    for (const shard of ["shard-0", "shard-1"]) {
      assert.deepEqual(
        only(
          stack.named(`postgres-${shard}-source`).inputs,
          "backupRetentionPeriod",
          "skipFinalSnapshot",
          "deleteAutomatedBackups",
        ),
        { backupRetentionPeriod: 14, skipFinalSnapshot: false, deleteAutomatedBackups: false },
      );
      const copy = stack.named(`postgres-${shard}-backup-copy`);
      assert.equal(copy.inputs["retentionPeriod"], 14);
      assert.ok(copy.provider?.endsWith("::aws-backup"));
    }
  });

  it("can be followed by a subscriber, and a dead one cannot fill the disk", () => {
    assert.deepEqual(stack.input("postgres-shard-0-parameters", "parameters"), [
      { name: "rds.force_ssl", value: "1" },
      { name: "max_connections", value: "200", applyMethod: "pending-reboot" },
      { name: "ssl_min_protocol_version", value: "TLSv1.3" },
      { name: "rds.logical_replication", value: "1", applyMethod: "pending-reboot" },
      { name: "max_replication_slots", value: "20", applyMethod: "pending-reboot" },
      { name: "max_wal_senders", value: "35", applyMethod: "pending-reboot" },
      { name: "max_slot_wal_keep_size", value: "20480" },
      { name: "hot_standby_feedback", value: "1" },
      { name: "sync_replication_slots", value: "1" },
    ]);
  });

  it("keeps each shard's credentials in the store, with all that a client needs", () => {
    for (const shard of ["shard-0", "shard-1"]) {
      assert.equal(stack.input(`secrets-postgres-${shard}`, "name"), `test/postgres-${shard}`);
      const value: unknown = JSON.parse(text(stack.input(`secrets-postgres-${shard}-version`, "secretString")));
      assert.deepEqual(value, {
        username: "platform",
        password: stack.output(`postgres-${shard}-password`, "result"),
        host: stack.output(`postgres-${shard}-source`, "address"),
        port: "5432",
        database: "portfolio",
      });
    }
    assert.deepEqual(
      made?.credentials.map(({ keys }) => keys),
      [
        ["username", "password", "host", "port", "database"],
        ["username", "password", "host", "port", "database"],
      ],
    );
  });

  it("[PF-SCALE-02] tells clients which shard holds which slots", () => {
    assert.deepEqual(made?.routing, { version: 1, hash: "sha256-uint16be", slotCount: 1024, slots: two });
    assert.deepEqual(Object.keys(made.byKey), ["shard-0", "shard-1"]);
    assert.equal(made.byKey["shard-1"], made.shards[1]);
  });

  it("[PF-SCALE-02] grows without touching the shards that are there", async () => {
    const registrations = (of: Deployed) =>
      new Map(
        of.run.resources
          .filter(({ name }) => name.startsWith("postgres-shard-0"))
          .map(({ urn, inputs, protect, parent }) => [urn, { inputs, protect, parent }]),
      );
    const small = await onGround((ground) => {
      new ShardedPostgres("postgres", args(ground, one), ground.stores);
    });
    const [before, after] = [registrations(small), registrations(stack)];
    assert.equal(before.size, 18);
    assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
    for (const [urn, { inputs, protect, parent }] of before) {
      assert.deepEqual(names(after.get(urn)?.inputs), names(inputs), urn);
      assert.deepEqual([after.get(urn)?.protect, after.get(urn)?.parent], [protect, parent], urn);
    }
  });

  it("refuses a table in which a slot has no shard", async () => {
    await assert.rejects(
      onGround((ground) => {
        new ShardedPostgres("postgres", args(ground, { "shard-0": [[0, 99]] }), ground.stores);
      }),
      /slots: no shard holds \[100, 1023\]: give every slot from 0 to 1023 to a shard/,
    );
  });

  it("in development has no standby, no guards and nothing that stays behind", async () => {
    const small = await onGround(
      (ground) => {
        const { backupCopy, replicas, ...rest } = args(ground, one);
        assert.ok(backupCopy !== undefined && replicas !== undefined);
        new ShardedPostgres(
          "postgres",
          { ...rest, backupCopy: undefined, availability: "single-zone", backupRetentionDays: 1 },
          ground.stores,
        );
      },
      { class: "development" },
    );
    assert.deepEqual(
      small.ofType(instance).map(({ name, protect, inputs }) => ({
        name,
        protect,
        ...only(inputs, "multiAz", "deletionProtection", "skipFinalSnapshot", "deleteAutomatedBackups"),
      })),
      [
        {
          name: "postgres-shard-0-source",
          protect: false,
          multiAz: false,
          deletionProtection: false,
          skipFinalSnapshot: true,
          deleteAutomatedBackups: true,
        },
      ],
    );
  });
});

/** Inputs without the ids that the cloud gives, which differ from run to run. */
function names(inputs: unknown): unknown {
  return JSON.parse(JSON.stringify(inputs ?? null).replace(/(subnet|sg|key)[-/][0-9a-f-]{8,}|-[0-9a-f]{7,8}\b/g, "id"));
}
