import assert from "node:assert/strict";
import fc from "fast-check";
import { contains, format, overlaps, parseRange, part, range, sizeOf } from "../../../components/planning/cidr";

const ranges = fc
  .record({ prefix: fc.integer({ min: 8, max: 30 }), seed: fc.nat() })
  .map(({ prefix, seed }) => ({ first: (seed % 2 ** prefix) * 2 ** (32 - prefix), prefix }));

describe("CIDR arithmetic", () => {
  it("reads and writes the same range", () => {
    fc.assert(
      fc.property(ranges, (given) => {
        assert.deepEqual(parseRange(format(given)), given);
      }),
    );
  });

  it("reads the ends of the address space", () => {
    assert.deepEqual(range("0.0.0.0/0"), { first: 0, prefix: 0 });
    assert.deepEqual(range("255.255.255.255/32"), { first: 2 ** 32 - 1, prefix: 32 });
  });

  for (const text of [
    "",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0/16",
    "256.0.0.0/8",
    "10.0.0.0/16 ",
    "::/0",
    "0x0a.0.0.0/8",
  ]) {
    it(`refuses "${text}" with an example`, () => {
      assert.equal(parseRange(text), `"${text}" is not an IPv4 range such as 10.0.0.0/16`);
    });
  }

  it("refuses an address inside its range and names the first one", () => {
    assert.equal(
      parseRange("10.0.1.7/24"),
      '"10.0.1.7/24" starts inside its range: the first address of a /24 there is 10.0.1.0/24',
    );
  });

  it("cuts a range into parts that fill it and do not overlap", () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 2 }), (outer, bits) => {
        const parts = Array.from({ length: 2 ** bits }, (_, index) => part(outer, outer.prefix + bits, index));
        assert.equal(
          parts.reduce((sum, cut) => sum + sizeOf(cut), 0),
          sizeOf(outer),
        );
        assert.ok(parts.every((cut) => contains(outer, cut)));
        assert.ok(parts.every((a, i) => parts.every((b, j) => i === j || !overlaps(a, b))));
        assert.throws(() => part(outer, outer.prefix + bits, 2 ** bits), RangeError);
      }),
    );
  });

  it("cuts down to single addresses and no further", () => {
    assert.deepEqual(part(range("10.0.0.0/31"), 32, 1), range("10.0.0.1/32"));
    assert.throws(() => part(range("10.0.0.0/32"), 33, 0), RangeError);
  });

  it("calls ranges overlapping in both directions, and neighbours not", () => {
    assert.ok(overlaps(range("10.0.0.0/16"), range("10.0.255.0/24")));
    assert.ok(overlaps(range("10.0.255.0/24"), range("10.0.0.0/16")));
    assert.ok(!overlaps(range("10.0.0.0/24"), range("10.0.1.0/24")));
    assert.ok(!contains(range("10.0.255.0/24"), range("10.0.0.0/16")));
  });
});
