import assert from "node:assert/strict";
import { changes, covers, replaces } from "../../../offline/cloud/diff";
import { Asset, equal, propertyPath, Unknown, valuesAt, withoutUnknowns } from "../../../offline/cloud/value";

describe("offline/cloud/diff", () => {
  const cases: [string, Parameters<typeof changes>, string[]][] = [
    ["nothing", [{ a: 1, b: undefined }, { a: 1 }], []],
    ["a scalar", [{ a: 1 }, { a: 2 }], ["update a"]],
    ["an added block, leaf by leaf", [{}, { a: { b: 1, c: [2] } }], ["add a.b", "add a.c[0]"]],
    ["a removed block", [{ a: { b: 1 } }, {}], ["delete a.b"]],
    ["an empty block", [{}, { a: {} }], ["add a"]],
    ["elements of a list", [{ a: [1, 2, 3] }, { a: [1, 4] }], ["update a[1]", "delete a[2]"]],
    ["a list that is not known yet", [{ a: [1] }, { a: Unknown.value }], ["update a"]],
    ["a key that is no identifier", [{ l: {} }, { l: { "a/b": "x" } }], ['add l["a/b"]']],
    ["an asset", [{ a: new Asset("asset", "1") }, { a: new Asset("asset", "2") }], ["update a"]],
    ["the same asset", [{ a: new Asset("asset", "1") }, { a: new Asset("asset", "1") }], []],
  ];
  for (const [what, [before, after], expected] of cases) {
    it(`finds ${what}`, () => {
      assert.deepEqual(
        changes(before, after).map(({ kind, path }) => `${kind} ${path}`),
        expected,
      );
    });
  }

  it("matches a pattern with a path inside it, indexes given, starred or left out", () => {
    assert.ok(covers("a.b", "a.b.c"));
    assert.ok(covers("a.b", "a[3].b"));
    assert.ok(covers("a[*].b", "a[3].b"));
    assert.ok(covers("tags", 'tags["a/b"]'));
    assert.ok(!covers("a.b", "a"));
    assert.ok(!covers("a.b", "a.bc"));
    assert.ok(!covers("version", "versionId"));
    assert.ok(!covers("a[1].b", "a[2].b"));
  });

  it("replaces by the row of the table, in place without one", () => {
    const change = (path: string) => ({ path, kind: "update" as const });
    assert.equal(replaces(undefined, change("a")), false);
    assert.equal(replaces({ replaces: ["a"] }, change("a.b")), true);
    assert.equal(replaces({ replaces: ["a"] }, change("b")), false);
    assert.equal(replaces({ replaces: "*" }, change("tags.x")), false);
    assert.equal(replaces({ replaces: "*" }, change("b")), true);
    assert.equal(replaces({ replaces: "*", except: ["b"] }, change("b[0]")), false);
    assert.equal(replaces({ replaces: "*", except: ["b"] }, change("tags.x")), true);
  });
});

describe("offline/cloud/value", () => {
  it("finds every value at a path, with its exact path", () => {
    const root = { rules: [{ ports: [1, 2] }, { ports: [3] }], labels: { "a/b": "x" } };
    assert.deepEqual(valuesAt(root, "rules[*].ports[*]"), [
      { path: "rules[0].ports[0]", value: 1 },
      { path: "rules[0].ports[1]", value: 2 },
      { path: "rules[1].ports[0]", value: 3 },
    ]);
    assert.deepEqual(valuesAt(root, "labels[*]"), [{ path: 'labels["a/b"]', value: "x" }]);
    assert.deepEqual(valuesAt(root, 'labels["a/b"]'), [{ path: 'labels["a/b"]', value: "x" }]);
    assert.deepEqual(valuesAt(root, "rules[2].ports"), []);
    assert.deepEqual(valuesAt(root, "rules.ports"), []);
    assert.equal(propertyPath("", "a/b"), '["a/b"]');
  });

  it("compares deeply and knows shapes apart", () => {
    assert.ok(equal({ a: [1, { b: undefined }] }, { a: [1, {}] }));
    assert.ok(!equal({ a: [1] }, { a: { 0: 1 } }));
    assert.ok(!equal(null, undefined));
    assert.ok(!equal(new Asset("asset", "1"), new Asset("archive", "1")));
  });

  it("leaves unknown values out, wherever they are", () => {
    assert.deepEqual(withoutUnknowns({ a: Unknown.value, b: [Unknown.value, 1], c: { d: Unknown.value } }), {
      a: undefined,
      b: [null, 1],
      c: { d: undefined },
    });
  });
});
