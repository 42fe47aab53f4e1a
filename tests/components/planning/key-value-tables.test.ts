import assert from "node:assert/strict";
import { keyAttributes, tableFaults, type TableSpec } from "../../../components/planning/key-value-tables";

const orders: TableSpec = {
  hashKey: "customer",
  rangeKey: "placedAt",
  types: { placedAt: "number", total: "number" },
  indexes: {
    "by-status": { hashKey: "status", rangeKey: "placedAt" },
    "by-total": { hashKey: "status", rangeKey: "total", projection: "keys" },
  },
  expiresAt: "expires",
};

describe("tables of keys and values", () => {
  it("name each attribute of a key once, with its type", () => {
    assert.deepEqual(keyAttributes(orders), [
      { name: "customer", type: "string" },
      { name: "placedAt", type: "number" },
      { name: "status", type: "string" },
      { name: "total", type: "number" },
    ]);
    assert.deepEqual(tableFaults(orders), []);
    assert.deepEqual(keyAttributes({ hashKey: "id" }), [{ name: "id", type: "string" }]);
  });

  it("report all faults at once, each with its path and remedy", () => {
    const faults = tableFaults({
      hashKey: "id",
      rangeKey: "id",
      types: { colour: "string" },
      indexes: {
        "by-day": { hashKey: "day", rangeKey: "day" },
        ...Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`by-${String(n)}`, { hashKey: `k${String(n)}` }])),
      },
      expiresAt: "day",
    });
    assert.deepEqual(
      faults.map(({ path, message }) => `${path.join(".")}: ${message}`),
      [
        'rangeKey: "id" is hashKey and rangeKey at once: name another attribute or leave rangeKey out',
        'indexes.by-day.rangeKey: "day" is hashKey and rangeKey at once: name another attribute or leave rangeKey out',
        'types.colour: "colour" is part of no key, and only keys have a type: take it out or use it as a key',
        'expiresAt: "day" is a key that is no number, and a time is one: give it the type number or name another attribute',
        "indexes: 21 indexes are more than the 20 of a table: leave some out",
      ],
    );
  });

  it("may expire by a number that is a key", () => {
    assert.deepEqual(tableFaults({ hashKey: "id", rangeKey: "at", types: { at: "number" }, expiresAt: "at" }), []);
  });
});
