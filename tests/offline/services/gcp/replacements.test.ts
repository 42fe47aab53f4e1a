import assert from "node:assert/strict";
import type { ObjectSchema, PropertySchema } from "../../../../offline/schema/schema";
import { durationOf, durationTokens } from "../../../../offline/services/gcp/durations";
import { GCP_TYPES } from "../../../../offline/services/gcp/registry";
import { gcpReplacement, gcpReplacementTokens, isGrant } from "../../../../offline/services/gcp/replacements";
import { gcp } from "./support";

/** The schema at a path of the table, whose steps go through lists. */
function reach(object: ObjectSchema | undefined, path: readonly string[]): PropertySchema | undefined {
  const [first = "", ...rest] = path;
  const found = object?.properties[first.replace(/\[\*\]$/, "")]?.schema;
  if (rest.length === 0 || found === undefined) return found;
  const inner = found.kind === "list" ? found.items : found;
  return inner.kind === "object" ? reach(inner.object, rest) : undefined;
}

describe("offline/services/gcp: what replaces", () => {
  it("names inputs that the SDK has, in every row", function () {
    this.timeout(30_000);
    const unknown = gcpReplacementTokens().flatMap((token) => {
      const row = gcpReplacement(token);
      const inputs = gcp.schema(token)?.inputs;
      assert.ok(inputs !== undefined && row !== undefined, `${token}: no such class`);
      const named = [...(row.replaces === "*" ? [] : row.replaces.slice(0, -4)), ...(row.presence ?? [])];
      return named.filter((path) => reach(inputs, path.split(".")) === undefined).map((path) => `${token} ${path}`);
    });
    assert.deepEqual(unknown, []);
  });

  it("has a row for every type with rules of its own", () => {
    const without = [...GCP_TYPES.keys()].filter((token) => gcpReplacement(token) === undefined && !isGrant(token));
    assert.deepEqual(without, []);
  });

  it("has rules and durations for classes of the SDK alone, with a source for each duration", () => {
    const tokens = [...GCP_TYPES.keys(), ...durationTokens()];
    assert.deepEqual(
      tokens.filter((token) => gcp.schema(token) === undefined),
      [],
    );
    for (const token of durationTokens()) {
      const row = durationOf(token);
      assert.ok(row !== undefined && row.create > 0 && row.p95 >= row.create && row.source !== "", token);
    }
  });
});
