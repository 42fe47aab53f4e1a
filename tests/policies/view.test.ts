import assert from "node:assert/strict";
import { Unknown, type Properties } from "../../offline/cloud/value";
import { Undecided, viewOf } from "../../policies/model/view";

interface Shape {
  readonly name: string;
  readonly size: number;
  readonly rules: readonly { readonly cidr: string; readonly ports: readonly number[] }[];
  readonly labels: Readonly<Record<string, string>>;
}

const see = (inputs: Properties) => viewOf<Shape>(inputs);

function undecidedAt(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Undecided, String(error));
    return error.path;
  }
  return assert.fail("decided");
}

describe("what a rule sees of a resource", () => {
  it("[PR-05] plain values, lists and blocks", () => {
    const view = see({ name: "a", size: 0, rules: [{ cidr: "10.0.0.0/8", ports: [1, 2] }], labels: { "a/b": "c" } });
    assert.equal(view.name, "a");
    assert.equal(view.size, 0);
    assert.deepEqual(
      view.rules?.map(({ cidr, ports }) => [cidr, ports?.length]),
      [["10.0.0.0/8", 2]],
    );
    assert.equal(view.labels?.["a/b"], "c");
    assert.deepEqual(Object.keys(view.labels ?? {}), ["a/b"]);
  });

  it("[PR-05] what is missing, null or a method of every object is not there", () => {
    const view = see({ name: null }) as unknown as Readonly<Record<string, unknown>>;
    for (const key of ["name", "rules", "toString", "constructor"]) assert.equal(view[key], undefined);
  });

  it("[PR-05] reading what is unknown is undecided, with its path", () => {
    const view = see({
      name: Unknown.value,
      rules: [{ cidr: "10.0.0.0/8" }, { cidr: Unknown.value, ports: Unknown.value }],
      labels: { "a/b": Unknown.value },
    });
    assert.equal(
      undecidedAt(() => view.name),
      "name",
    );
    assert.equal(
      undecidedAt(() => view.rules?.map(({ cidr }) => cidr)),
      "rules[1].cidr",
    );
    assert.equal(
      undecidedAt(() => view.labels?.["a/b"]),
      'labels["a/b"]',
    );
    const known = view.rules?.map((_, index) => index);
    assert.deepEqual(known, [0, 1]);
  });

  it("[PR-05] a list that is unknown as a whole is undecided wherever it is looked into", () => {
    const view = see({ rules: Unknown.value });
    assert.equal(
      undecidedAt(() => view.rules?.length),
      "rules",
    );
  });

  it("[PR-05] what is decided before the unknown is reached stays decided", () => {
    const view = see({ rules: [{ cidr: "0.0.0.0/0" }, { cidr: Unknown.value }] });
    const isOpen = view.rules?.some(({ cidr }) => cidr === "0.0.0.0/0");
    assert.equal(isOpen, true);
  });
});
