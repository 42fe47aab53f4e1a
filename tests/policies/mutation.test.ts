import assert from "node:assert/strict";
import { stackNames } from "../../offline/engine/shadow-project";
import { Unknown } from "../../offline/cloud/value";
import type { Judgement } from "../../policies/model/judgement";
import type { StackResource } from "../../policies/model/resource";
import { root } from "../config/stack-files";
import { changed } from "./fixtures";
import { factsOf, ofResource, ofStack, told } from "./judge";
import { mutantsOf, type Mutant } from "./mutants";
import { StackUnderTest } from "./stack-under-test";
import { SURVIVORS } from "./survivors";

/** Rules on several resources are asked only of what rules on one do not object to: the whole stack is judged for each. */
describe("the pack, with settings of the program changed one by one", function () {
  this.timeout(300_000);

  const survivors = new Set<string>();
  const passedUnknown: string[] = [];

  for (const stack of stackNames(root)) {
    it(`[PR-05] judges the changes of ${stack}`, async () => {
      const facts = factsOf(stack);
      const { resources } = await StackUnderTest.of(stack);
      const base = new Set(ofStack(resources, facts).map(told));
      const tried = new Set<string>();
      for (const resource of resources) {
        const before = new Set(ofResource(resource, facts).map(told));
        for (const mutant of mutantsOf(resource.inputs)) {
          const id = `${resource.type} ${mutant.setting}`;
          // One resource of a kind and one element of a list stand for the others.
          if (tried.has(`${id} ${String(mutant.to)}`)) continue;
          tried.add(`${id} ${String(mutant.to)}`);
          const objections = added(ofResource(mutated(resource, mutant), facts), before);
          if (objections.length > 0) {
            passedUnknown.push(...passes(resource, mutant, objections, facts));
          } else if (added(ofStack(replaced(resources, resource, mutant), facts), base).length === 0) {
            survivors.add(id);
          }
        }
      }
      assert.ok(tried.size > 0, "nothing was changed");
    });
  }

  it("[PR-05] objects to every one of them, but for those that are explained", () => {
    assert.deepEqual([...survivors].filter((id) => !(id in SURVIVORS)).sort(), []);
  });

  it("[PR-05] explains no change that it objects to", () => {
    assert.deepEqual(
      Object.keys(SURVIVORS)
        .filter((id) => !survivors.has(id))
        .sort(),
      [],
    );
  });

  it("[PR-05] passes no setting that is unknown where it objects to a value of it", () => {
    assert.deepEqual(passedUnknown, []);
  });
});

/** Rules that object to a value of a setting and say nothing while it is unknown. */
function passes(
  resource: StackResource,
  { path }: Mutant,
  objections: readonly Judgement[],
  facts: ReturnType<typeof factsOf>,
): readonly string[] {
  const unknown = changed(resource, { set: { [path]: Unknown.value } });
  const found = new Set(ofResource(unknown, facts).map(({ rule }) => rule.id));
  return objections
    .filter(({ verdict, rule }) => verdict === "violated" && !found.has(rule.id))
    .map(({ rule }) => `${rule.id} passes ${resource.type} ${path}`);
}

function added(findings: readonly Judgement[], before: ReadonlySet<string>): readonly Judgement[] {
  return findings.filter((one) => one.verdict === "violated" && !before.has(told(one)));
}

function mutated(resource: StackResource, { path, to }: Mutant): StackResource {
  return to === undefined ? changed(resource, { remove: [path] }) : changed(resource, { set: { [path]: to } });
}

function replaced(all: readonly StackResource[], resource: StackResource, mutant: Mutant): readonly StackResource[] {
  return all.map((one) => (one === resource ? mutated(one, mutant) : one));
}
