import assert from "node:assert/strict";
import fc from "fast-check";
import {
  shardOf,
  shardRouter,
  shardRouting,
  slotCount,
  slotFaults,
  slotMoves,
  slotOf,
  type SlotRange,
  type SlotTable,
} from "../../../components/planning/shards";

const one: SlotTable = { "shard-0": [[0, 1023]] };
const two: SlotTable = { "shard-0": [[0, 511]], "shard-1": [[512, 1023]] };

/** A table without faults: the slots cut at random places, the pieces dealt to some shards. */
const tables = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: slotCount - 1 }), { maxLength: 12 }),
    fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 13, maxLength: 13 }),
  )
  .map(([cuts, owners]) => {
    const starts = [0, ...[...cuts].sort((a, b) => a - b)];
    const table: Record<string, SlotRange[]> = {};
    for (const [index, start] of starts.entries()) {
      const shard = `shard-${String(owners[index] ?? 0)}`;
      (table[shard] ??= []).push([start, (starts[index + 1] ?? slotCount) - 1]);
    }
    return table;
  });

describe("sharding", () => {
  it("[PF-SCALE-02] gives a key the same slot for ever, which any language can compute", () => {
    // printf %s <key> | sha256sum | cut -c1-4
    const known = { "": 0xe3b0, a: 0xca97, "user-1": 0xc6c2, grüße: 0x8285 };
    for (const [key, start] of Object.entries(known)) assert.equal(slotOf(key), start % 1024, key);
  });

  it("[PF-SCALE-02] spreads keys evenly", () => {
    const counts = new Array<number>(slotCount).fill(0);
    for (let key = 0; key < 102_400; key += 1) {
      const slot = slotOf(`user-${String(key)}`);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    // A hundred to each on average; ten standard deviations of ten on either side.
    assert.ok(Math.min(...counts) > 50, String(Math.min(...counts)));
    assert.ok(Math.max(...counts) < 200, String(Math.max(...counts)));
  });

  it("[PF-SCALE-02] routes every key to the one shard that holds its slot", () => {
    fc.assert(
      fc.property(tables, fc.string(), (table, key) => {
        assert.deepEqual(slotFaults(table), []);
        const slot = slotOf(key);
        const holders = Object.entries(table).filter(([, ranges]) =>
          ranges.some(([first, last]) => first <= slot && slot <= last),
        );
        assert.deepEqual(
          holders.map(([shard]) => shard),
          [shardOf(key, table)],
        );
      }),
    );
  });

  it("[PF-SCALE-02] moves the keys of moved slots, and no others", () => {
    fc.assert(
      fc.property(tables, tables, fc.array(fc.string(), { maxLength: 50 }), (before, after, keys) => {
        const moves = slotMoves(before, after);
        const [from, to] = [shardRouter(before), shardRouter(after)];
        for (const key of keys) {
          const move = moves.find(({ range: [first, last] }) => first <= slotOf(key) && slotOf(key) <= last);
          assert.deepEqual([move?.from ?? from(key), move?.to ?? from(key)], [from(key), to(key)]);
        }
      }),
    );
    assert.deepEqual(slotMoves(one, two), [{ from: "shard-0", to: "shard-1", range: [512, 1023] }]);
    assert.deepEqual(slotMoves(two, two), []);
  });

  it("takes a shard that holds nothing yet", () => {
    assert.deepEqual(slotFaults({ ...one, "shard-1": [] }), []);
    assert.deepEqual(slotMoves(one, { ...one, "shard-1": [] }), []);
  });

  it("refuses a table with a gap, an overlap or a range that is none", () => {
    const faults = (table: SlotTable) => slotFaults(table).map(({ path, message }) => `${path.join(".")} ${message}`);
    assert.deepEqual(faults({ a: [[0, 99]], b: [[200, 1023]] }), [
      " no shard holds [100, 199]: give every slot from 0 to 1023 to a shard",
    ]);
    assert.deepEqual(faults({}), [" no shard holds [0, 1023]: give every slot from 0 to 1023 to a shard"]);
    assert.deepEqual(faults({ a: [[0, 512]], b: [[512, 1023]] }), [
      "b.0 [512, 1023] overlaps a range of a: give every slot to one shard",
    ]);
    assert.deepEqual(faults({ a: [[0, 1024]] }), ["a.0 [0, 1024] is not a range of slots: give two of 0 to 1023"]);
    assert.deepEqual(faults({ a: [[0, 1.5]] }), ["a.0 [0, 1.5] is not a range of slots: give two of 0 to 1023"]);
    assert.deepEqual(faults({ a: [[1023, 0]] }), ["a.0 [1023, 0] ends before it begins: write [0, 1023]"]);
  });

  it("routes nothing by a table with faults", () => {
    assert.throws(
      () => shardRouter({ a: [[0, 512]], b: [[512, 1023]] }),
      new RangeError("slots.b.0: [512, 1023] overlaps a range of a: give every slot to one shard"),
    );
    assert.throws(() => shardRouting({}), RangeError);
  });

  it("says to clients all that they need", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(shardRouting(two))), {
      version: 1,
      hash: "sha256-uint16be",
      slotCount: 1024,
      slots: { "shard-0": [[0, 511]], "shard-1": [[512, 1023]] },
    });
  });
});
