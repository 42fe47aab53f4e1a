import assert from "node:assert/strict";
import { ExemptionUse, readExemptions } from "../../policies/exemptions";
import { ownExemptions } from "./judge";

const IDS = ["aws-rds-multi-az", "aws-rds-not-public"];
const TODAY = new Date("2026-11-21T23:59:00Z");
const good = {
  rule: "aws-rds-multi-az",
  resource: "aws:rds/instance:Instance reports-*",
  reason: "Reports can be made again",
  owner: "data-team",
  expires: "2027-01-31",
};

function read(...entries: object[]) {
  return readExemptions(JSON.stringify(entries), IDS, TODAY);
}

function says(entry: object): readonly string[] {
  const { valid, problems } = read(entry);
  assert.deepEqual(valid, [], "what is wrong exempts nothing");
  return problems.map((problem) => `${problem.at} ${problem.says}`);
}

describe("exemptions", () => {
  it("[PR-05] the pack's own file is in order", () => {
    const { valid, problems } = ownExemptions();
    assert.deepEqual(problems, []);
    assert.ok(valid.length > 0);
  });

  it("[PR-05] one that names rule, resource, reason, owner and a day counts", () => {
    assert.deepEqual(read(good), { valid: [{ ...good, number: 1 }], problems: [] });
    assert.deepEqual(readExemptions("", IDS, TODAY), { valid: [], problems: [] });
  });

  it("[PR-05] it counts on its last day, and no longer", () => {
    assert.equal(read({ ...good, expires: "2026-11-21" }).valid.length, 1);
    assert.deepEqual(says({ ...good, expires: "2026-11-20" }), [
      "[1].expires expired on 2026-11-20: mend what it exempts, or agree on it anew",
    ]);
  });

  for (const field of ["rule", "resource", "reason", "owner", "expires"] as const) {
    it(`[PR-05] one without ${field} exempts nothing`, () => {
      const { [field]: _, ...rest } = good;
      const [problem] = says(rest);
      assert.match(problem ?? "", new RegExp(`^\\[1\\]\\.${field} it must `));
    });
  }

  for (const [what, change, problem] of [
    ["an empty owner", { owner: " " }, "[1].owner it must say who answers for it"],
    ["a day that is none", { expires: "2026-02-30" }, "[1].expires it must be a date, YYYY-MM-DD"],
    ["a word for a day", { expires: "soon" }, "[1].expires it must be a date, YYYY-MM-DD"],
    [
      "a day too far off",
      { expires: "2027-02-20" },
      "[1].expires is more than 90 days ahead: agree on it anew when these are over",
    ],
    [
      "a rule that there is not",
      { rule: "aws-rds-multi-azz" },
      '[1].rule there is no rule "aws-rds-multi-azz": did you mean "aws-rds-multi-az"?',
    ],
    [
      "every resource of a type",
      { resource: "aws:rds/instance:Instance *" },
      "[1].resource is too broad: name one type, and a part of the name at least",
    ],
    [
      "every type",
      { resource: "* reports" },
      "[1].resource is too broad: name one type, and a part of the name at least",
    ],
    [
      "a type alone",
      { resource: "aws:rds/instance:Instance" },
      "[1].resource is too broad: name one type, and a part of the name at least",
    ],
  ] as const) {
    it(`[PR-05] ${what} exempts nothing`, () => {
      assert.deepEqual(says({ ...good, ...change }), [problem]);
    });
  }

  it("[PR-05] a field that it does not have is named", () => {
    assert.match(says({ ...good, untill: "2027-01-01" })[0] ?? "", /untill/);
  });

  it("[PR-05] a file that is no YAML, or no list, is a problem and exempts nothing", () => {
    assert.match(readExemptions("- {", IDS, TODAY).problems[0]?.says ?? "", /^is no YAML/);
    assert.deepEqual(readExemptions("rule: x", IDS, TODAY).problems, [
      { at: "", says: "must be a list of exemptions" },
    ]);
  });

  it("[PR-05] the sound ones of a file count beside those that are wrong", () => {
    const { valid, problems } = read({ ...good, owner: "" }, good);
    assert.deepEqual(
      valid.map(({ number }) => number),
      [2],
    );
    assert.equal(problems.length, 1);
  });
});

describe("use of exemptions", () => {
  const use = (stack: string, ...entries: object[]) => new ExemptionUse(read(...entries).valid, stack);

  it("[PR-05] covers its rule on what its pattern names, and nothing else", () => {
    const one = use("prod", good);
    assert.equal(one.covering("aws-rds-multi-az", "aws:rds/instance:Instance reports-a")?.owner, "data-team");
    assert.equal(one.covering("aws-rds-multi-az", "aws:rds/instance:Instance orders"), undefined);
    assert.equal(one.covering("aws-rds-not-public", "aws:rds/instance:Instance reports-a"), undefined);
    assert.equal(one.covering("aws-rds-multi-az", "aws:rds/instance:InstanceX reports-a"), undefined);
    assert.deepEqual(one.problems(), []);
  });

  it("[PR-05] one that covers nothing is a violation, in the stacks that it is for", () => {
    const unused = { at: "[1]", says: "exempts nothing of this stack from aws-rds-multi-az: take it out" };
    assert.deepEqual(use("prod", good).problems(), [unused]);
    assert.deepEqual(use("prod", { ...good, stacks: ["prod"] }).problems(), [unused]);
    assert.deepEqual(use("prod", { ...good, stacks: ["dev"] }).problems(), []);
  });

  it("[PR-05] one for another stack covers nothing here", () => {
    const elsewhere = use("prod", { ...good, stacks: ["dev"] });
    assert.equal(elsewhere.covering("aws-rds-multi-az", "aws:rds/instance:Instance reports-a"), undefined);
  });

  it("[PR-05] one that covers more than ten resources is a violation", () => {
    const one = use("prod", good);
    const cover = (count: number) => {
      for (let index = 0; index < count; index += 1) {
        one.covering("aws-rds-multi-az", `aws:rds/instance:Instance reports-${String(index)}`);
      }
    };
    cover(10);
    assert.deepEqual(one.problems(), []);
    cover(11);
    assert.deepEqual(one.problems(), [{ at: "[1].resource", says: "covers 11 resources, and may cover 10" }]);
  });
});
