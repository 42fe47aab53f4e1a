import assert from "node:assert/strict";
import { coverage, render } from "../../requirements/report";
import { requirements } from "../../requirements/requirements";

const all = {
  "DP-NET-01": { system: "durga-puja", status: "proved", text: "a VPC" },
  "DP-NET-02": { system: "durga-puja", status: "planned", text: "subnets" },
} as const;

describe("requirements report", () => {
  it("joins a requirement with every test that carries its id, also one of several in a title", () => {
    const { rows, problems } = coverage(["network [DP-NET-01] a VPC", "[DP-NET-01] [DP-NET-02] both"], {
      ...all,
      "DP-NET-02": { ...all["DP-NET-02"], status: "partial" },
    });
    assert.deepEqual(
      rows.map(({ id, tests }) => [id, tests.length]),
      [
        ["DP-NET-01", 2],
        ["DP-NET-02", 1],
      ],
    );
    assert.deepEqual(problems, []);
  });

  it("reports a covered requirement that lost its proof", () => {
    assert.match(coverage([], all).problems.join("\n"), /^DP-NET-01 is proved, and no test names it/);
  });

  it("reports an id that no requirement has, and a planned one that has a test", () => {
    const { problems } = coverage(["[DP-NET-01] a", "[DP-NET-99] x", "[DP-NET-02] y"], all);
    assert.equal(problems.length, 2);
    assert.match(problems.join("\n"), /DP-NET-02 is planned/);
    assert.match(problems.join("\n"), /DP-NET-99 is no requirement/);
  });

  it("prints one line a requirement, its tests and the totals", () => {
    assert.equal(
      render(coverage(["[DP-NET-01] a"], all).rows),
      "DP-NET-01    proved   a VPC\n      [DP-NET-01] a\nDP-NET-02    planned  subnets\n\n1 proved, 0 partial, 1 planned",
    );
  });

  it("knows every documented requirement of the six systems", () => {
    assert.equal(Object.keys(requirements).length, 125);
  });
});
