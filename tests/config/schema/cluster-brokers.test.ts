import assert from "node:assert/strict";
import type { z } from "zod";
import { clusterEventSettings } from "../../../config/schema/cluster-events";
import { clusterQueueSettings } from "../../../config/schema/cluster-queue";

const topics = { orders: { partitions: 12, retentionHours: 168 } };
const events = clusterEventSettings({
  mode: "create",
  cpus: 2,
  memoryGiB: 8,
  storageGiB: 200,
  standby: { cpus: 1, memoryGiB: 4 },
  topics,
});
const queue = clusterQueueSettings({
  mode: "create",
  availability: "by-class",
  cpus: 2,
  memoryGiB: 4,
  storageGiB: 50,
  standby: { cpus: 1, memoryGiB: 2 },
});

function problems(schema: z.ZodType, given: unknown): readonly string[] {
  return (schema.safeParse(given).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("settings of brokers on the cluster", () => {
  it("[PF-DATA-04] have defaults for every setting", () => {
    assert.deepEqual(events.parse({}), {
      mode: "create",
      version: "4.2",
      cpus: 2,
      memoryGiB: 8,
      storageGiB: 200,
      standby: { cpus: 1, memoryGiB: 4 },
      topics,
    });
    assert.deepEqual(queue.parse({}), {
      mode: "create",
      engineVersion: "4.3",
      availability: "by-class",
      cpus: 2,
      memoryGiB: 4,
      storageGiB: 50,
      standby: { cpus: 1, memoryGiB: 2 },
    });
  });

  it("leave a site that is always active without a standby", () => {
    const always = clusterQueueSettings({
      mode: "skip",
      availability: "cluster",
      cpus: 2,
      memoryGiB: 4,
      storageGiB: 50,
    });
    assert.equal(always.parse({}).standby, undefined);
  });

  it("let a standby differ in processors and memory alone", () => {
    assert.deepEqual(problems(events, { standby: { cpus: 1, memoryGiB: 4, storageGiB: 50 } }), [
      'standby: Unrecognized key: "storageGiB"',
    ]);
    assert.deepEqual(problems(queue, { standby: { cpus: 1, memoryGiB: 4, availability: "single-instance" } }), [
      'standby: Unrecognized key: "availability"',
    ]);
  });

  it("name the bounds", () => {
    assert.deepEqual(problems(events, { storageGiB: 10, memoryGiB: 1 }), [
      "memoryGiB: give a whole number from 2 to 256",
      "storageGiB: give a whole number from 24 to 16384",
    ]);
    assert.deepEqual(problems(events, { topics: { Orders: { partitions: 1, retentionHours: 1 } } }).length, 1);
    assert.equal(problems(events, { version: "3.9" }).length, 1);
    assert.equal(problems(queue, { engineVersion: "4.2" }).length, 1);
  });
});
