import assert from "node:assert/strict";
import { deployed } from "./deployed";

const GiB = 1024 ** 3;

/** When each alarm of prod goes off: the sign, the limit, how often in a row, how long each time in seconds. */
const documented = [
  ["archive-events-failures-waiting", ">", 0, 1, 300],
  ["documents-cpu", ">", 80, 3, 300],
  ["events-controllers", "<", 1, 3, 60],
  ["events-offline-partitions", ">", 0, 3, 60],
  ["functions-errors", ">", 5, 2, 300],
  ["key-values-sessions-read-throttles", ">", 10, 2, 300],
  ["key-values-sessions-write-throttles", ">", 10, 2, 300],
  ["memcached-evictions", ">", 1000, 3, 300],
  ["nat-a-ports", ">", 0, 2, 300],
  ["nat-b-ports", ">", 0, 2, 300],
  ["nat-c-ports", ">", 0, 2, 300],
  ["postgres-shard-0-cpu", ">", 80, 3, 300],
  ["postgres-shard-0-reader-replica-lag", ">", 60, 5, 60],
  ["postgres-shard-0-slot-lag", ">", 5 * GiB, 2, 300],
  ["postgres-shard-0-storage", "<", 5 * GiB, 2, 300],
  ["queue-ready-messages", ">", 10_000, 3, 300],
  ["redis-1-memory", ">", 80, 2, 300],
  ["redis-2-memory", ">", 80, 2, 300],
  ["redis-3-memory", ">", 80, 2, 300],
];
/** Whose silence is a fault: a part that is up always reports. */
const alwaysReports = [
  "documents-cpu",
  "events-controllers",
  "postgres-shard-0-cpu",
  "postgres-shard-0-storage",
  "redis-1-memory",
  "redis-2-memory",
  "redis-3-memory",
];

describe("prod: alarms", function () {
  this.timeout(60_000);

  it("go off at these limits, and when what always reports is silent", async () => {
    const stack = await deployed("prod");
    const alarms = stack
      .ofType("aws:cloudwatch/metricAlarm:MetricAlarm")
      .map(({ name, inputs }) => ({ name: name.replace(/^alarms-/, ""), inputs }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual(
      alarms.map(({ name, inputs }) => [
        name,
        inputs["comparisonOperator"] === "GreaterThanThreshold" ? ">" : "<",
        inputs["threshold"],
        inputs["evaluationPeriods"],
        inputs["period"],
      ]),
      documented,
    );
    assert.deepEqual(
      alarms.filter(({ inputs }) => inputs["treatMissingData"] === "breaching").map(({ name }) => name),
      alwaysReports,
    );
  });
});
