import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { RULES, ruleById } from "../../../policies/rules";
import { exceptionHygiene } from "../../../policies/rules/exemptions";
import { VIOLATIONS } from "./index";

/** What the programs share. */
const SHARED = ["aws-connection", "aws-network", "deployment", "index", "providers", "violations.test"];

describe("planted violations", () => {
  it("[PR-05] every starred rule has one, and each is of a starred rule", () => {
    const starred = RULES.filter((rule) => rule.starred).map(({ id }) => id);
    assert.equal(starred.length, 30);
    // Its violation is a folder of the pack with exemptions that it objects to: no program has any.
    assert.deepEqual([...Object.keys(VIOLATIONS), exceptionHygiene.id].sort(), starred.sort());
  });

  it("every program is in the table, under the rule that it is named for", () => {
    const programs = readdirSync(__dirname)
      .filter((file) => file.endsWith(".ts"))
      .map((file) => file.slice(0, -".ts".length))
      .filter((name) => !SHARED.includes(name));
    assert.deepEqual(programs.sort(), Object.keys(VIOLATIONS).sort());
    for (const [rule, { load }] of Object.entries(VIOLATIONS)) {
      assert.match(String(load), new RegExp(String.raw`["']\./${rule}["']`));
    }
  });

  it("the remedy that is asked for is a piece of the rule's own", () => {
    for (const [rule, { remedy }] of Object.entries(VIOLATIONS)) {
      assert.ok(ruleById(rule)?.remedy.text.includes(remedy), `${rule} does not say "${remedy}"`);
    }
  });
});
