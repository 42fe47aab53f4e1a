import assert from "node:assert/strict";
import { mutantsOf, withMutant } from "./mutants";

const changes = (text: string) =>
  mutantsOf("x.ts", text).map(({ original, replacement }) => `${original} -> ${replacement}`);

describe("mutants", () => {
  it("changes numbers, switches and the last number of a string", () => {
    assert.deepEqual(changes('const a = { port: 5432, on: true, cidr: "10.0.1.0/24", size: 1_000 };'), [
      "5432 -> 5433",
      "true -> false",
      '"10.0.1.0/24" -> "10.0.1.0/25"',
      "1_000 -> 1001",
    ]);
  });

  it("leaves prose, imports, types and property names alone", () => {
    assert.deepEqual(
      changes(
        `import x from "a1"; type T = "v1" | true; const a = { "k1": y, description: "at 5", f: z.describe("30 days") };`,
      ),
      [],
    );
  });

  it("changes what a described schema is made of", () => {
    assert.deepEqual(changes('const a = z.number().default(3).describe("at least 2 nodes");'), ["3 -> 4"]);
  });

  it("keeps a date a date", () => {
    assert.deepEqual(changes('const until = "2027-08-02"; const window = "02:00-03:00";'), [
      '"2027-08-02" -> "2027-08-03"',
      '"02:00-03:00" -> "02:00-03:01"',
    ]);
  });

  it("leaves the examples of messages alone", () => {
    assert.deepEqual(changes('const example = cpu ? "100m" : "128Mi"; const cpu = "200m";'), ['"200m" -> "201m"']);
  });

  it("leaves the day alone on which a source was read", () => {
    assert.deepEqual(changes('const read = "2026-11-21"; const row = { version: "3.5.0", date: "2026-08-03" };'), [
      '"3.5.0" -> "3.5.1"',
    ]);
  });

  it("leaves types, positions and the bounds of loops alone", () => {
    assert.deepEqual(
      changes("const a = list[0]; const b = name.slice(0, 7); for (let i = 0; i < n; i += 1) go(); type Two = 1 | 2;"),
      [],
    );
    assert.deepEqual(changes("const a = list.map(f, 3); const b = [7];"), ["3 -> 4", "7 -> 8"]);
  });

  it("leaves the sign of a comparator alone", () => {
    assert.deepEqual(changes("const a = [3].sort((x, y) => (x < y ? -1 : 1));"), ["3 -> 4"]);
  });

  it("leaves the 0 and 1 of comparisons and steps alone, no other number beside an operator", () => {
    assert.deepEqual(changes("const a = n > 1 ? n - 1 : n + 0; const b = n === 0;"), []);
    assert.deepEqual(changes("const a = n < 16; const b = (n * 11) / 10; const c = n ?? 0;"), [
      "16 -> 17",
      "11 -> 12",
      "10 -> 11",
      "0 -> 1",
    ]);
  });

  it("turns a setting that is a word into its opposite, no type, choice or comparison", () => {
    assert.deepEqual(
      changes(
        'const a = { mode: "required", x: y === "off", z: z.enum(["on", "off"]).default("on"), t: x as "on", n: "name" };',
      ),
      ['"required" -> "optional"', '"on" -> "off"'],
    );
  });

  it("leaves out what encrypts, protects, keeps or copies, unless its value is changed itself", () => {
    assert.deepEqual(
      changes("const a = { kmsKeyId: key.arn, keyArn, protect: args.protect, multiAz: true, name: args.name };"),
      ["kmsKeyId: key.arn -> ...{}", "keyArn -> ...{}", "protect: args.protect -> ...{}", "true -> false"],
    );
  });

  it("gives the source with just that value changed", () => {
    const text = "const a = [1, 2];";
    assert.deepEqual(
      mutantsOf("x.ts", text).map((mutant) => withMutant(text, mutant)),
      ["const a = [2, 2];", "const a = [1, 3];"],
    );
  });
});
