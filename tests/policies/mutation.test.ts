import assert from "node:assert/strict";
import { stackNames } from "../../offline/engine/shadow-project";
import { Unknown } from "../../offline/cloud/value";
import type { Judgement } from "../../policies/model/judgement";
import type { StackResource } from "../../policies/model/resource";
import { root } from "../config/stack-files";
import { changed } from "./fixtures";
import { factsOf, ofResource, ofStack, rulesTouching, told } from "./judge";
import { mutantsOf, type Mutant } from "./mutants";
import { StackUnderTest } from "./stack-under-test";
import { SURVIVORS } from "./survivors";

/** Rules on several resources are asked only of what rules on one do not object to: the whole stack is judged for each. */
describe("the pack, with settings of the program changed one by one", function () {
  this.timeout(300_000);

  const all = new Set<string>();
  const caught = new Set<string>();
  const passedUnknown: string[] = [];

  // Production first: a development stack is judged by what is left.
  for (const stack of [...stackNames(root)].sort((one) => (one === "dev" ? 1 : -1))) {
    it(`[PR-05] judges the changes of ${stack}`, async () => {
      const facts = factsOf(stack);
      const { resources } = await StackUnderTest.of(stack);
      const base = new Set(ofStack(resources, facts).map(told));
      const touching = rulesTouching(resources, facts);
      const tried = new Set<string>();
      for (const resource of resources) {
        const before = new Set(ofResource(resource, facts).map(told));
        for (const mutant of mutantsOf(resource.inputs)) {
          const id = `${resource.type} ${mutant.setting}`;
          // One resource of a kind and one element of a list stand for the others.
          const change = `${id} ${JSON.stringify(mutant.to ?? null)}`;
          if (tried.has(change)) continue;
          tried.add(change);
          all.add(id);
          const objections = added(ofResource(mutated(resource, mutant), facts), before);
          if (objections.length > 0) {
            caught.add(id);
            passedUnknown.push(...passes(resource, mutant, objections, facts));
            continue;
          }
          // A setting to whose changes something objects in one stack is known to the pack: another stack may be of a laxer class.
          if (caught.has(id)) continue;
          const found = ofStack(replaced(resources, resource, mutant), facts, touching(resource.type));
          if (added(found, base).length > 0) caught.add(id);
        }
      }
      assert.ok(tried.size > 0, "nothing was changed");
    });
  }

  const survivors = () => [...all].filter((id) => !caught.has(id)).sort();

  it("[PR-05] objects to every one of them, but for those that are explained", () => {
    assert.deepEqual(
      survivors().filter((id) => !SURVIVORS.some(({ settings }) => settings.test(id))),
      [],
    );
  });

  it("[PR-05] explains no setting that it objects to changes of", () => {
    const left = survivors();
    assert.deepEqual(
      SURVIVORS.filter(({ settings }) => !left.some((id) => settings.test(id))).map(({ settings }) => settings.source),
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
