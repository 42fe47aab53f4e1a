import assert from "node:assert/strict";
import { parameters, readReplicas } from "../../../components/aws/postgres.plan";

describe("parameters of PostgreSQL", () => {
  it("require TLS and bound the connections, and are no more than that unless asked", () => {
    assert.deepEqual(parameters({ engineVersion: "15", maxConnections: 100 }), [
      { name: "rds.force_ssl", value: "1" },
      { name: "max_connections", value: "100", applyMethod: "pending-reboot" },
    ]);
  });

  it("copy slots to replicas only where PostgreSQL can, from 17 on", () => {
    const names = (engineVersion: string) =>
      parameters({ engineVersion, maxConnections: 100, logicalReplication: { slots: 8, retainedGiB: 2 } }).map(
        ({ name, value }) => `${name}=${value}`,
      );
    const since13 = [
      "rds.force_ssl=1",
      "max_connections=100",
      "rds.logical_replication=1",
      "max_replication_slots=8",
      "max_wal_senders=23",
      "max_slot_wal_keep_size=2048",
      "hot_standby_feedback=1",
    ];
    assert.deepEqual(names("16"), since13);
    assert.deepEqual(names("17"), [...since13, "sync_replication_slots=1"]);
    assert.deepEqual(names("18"), [...since13, "sync_replication_slots=1"]);
  });
});

describe("read replicas of PostgreSQL", () => {
  it("begin with the one in a zone of its own and follow the order of the configuration", () => {
    assert.deepEqual(readReplicas({ prefix: "p", replicaZone: "c", replicas: { reports: "b", search: "a" } }), [
      { id: "replica", instance: "p-postgres-replica", zone: "c" },
      { id: "replica-reports", instance: "p-postgres-replica-reports", zone: "b" },
      { id: "replica-search", instance: "p-postgres-replica-search", zone: "a" },
    ]);
    assert.deepEqual(readReplicas({ prefix: "p", replicaZone: undefined }), []);
  });
});
