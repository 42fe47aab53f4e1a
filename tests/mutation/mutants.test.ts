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

  it("gives the source with just that value changed", () => {
    const text = "const a = [1, 2];";
    assert.deepEqual(
      mutantsOf("x.ts", text).map((mutant) => withMutant(text, mutant)),
      ["const a = [2, 2];", "const a = [1, 3];"],
    );
  });
});
