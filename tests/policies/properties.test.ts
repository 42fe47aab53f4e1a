import assert from "node:assert/strict";
import * as fc from "fast-check";
import { stackNames } from "../../offline/engine/shadow-project";
import { isList, isProperties, propertyPath, Unknown, type Value } from "../../offline/cloud/value";
import type { Judgement } from "../../policies/model/judgement";
import type { Resource, StackResource } from "../../policies/model/resource";
import { RULES } from "../../policies/rules";
import { root } from "../config/stack-files";
import { changed, fixtures, written } from "./fixtures";
import { factsOf, ofResource, ofStack } from "./judge";

const FACTS = factsOf("prod");

/** One resource of each type that a stack has, and a bare one of each other type that a rule knows. */
const samples = (): readonly Resource[] => {
  const byType = new Map<string, Resource>();
  for (const stack of stackNames(root)) {
    for (const resource of fixtures(stack)) if (!byType.has(resource.type)) byType.set(resource.type, resource);
  }
  for (const rule of RULES) {
    const types = rule.kind === "resource" ? rule.checks.keys() : rule.kind === "graph" ? rule.types : [];
    for (const type of types) if (!byType.has(type)) byType.set(type, written(type as never, {}));
  }
  return [...byType.values()];
};

function pathsOf(value: Value | undefined, path: string): readonly string[] {
  const own = path === "" ? [] : [path];
  if (isList(value)) return [...own, ...value.flatMap((item, index) => pathsOf(item, `${path}[${String(index)}]`))];
  if (!isProperties(value)) return own;
  return [...own, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, propertyPath(path, key)))];
}

/** Values that a type allows at any of its paths: nothing, null, unknown. */
const absent = fc.constantFrom<Value | undefined>(undefined, null, Unknown.value);

const anything: fc.Arbitrary<Value | undefined> = fc.oneof(
  absent,
  fc.boolean(),
  fc.double({ noNaN: true }),
  fc.string(),
  fc.constant("x".repeat(1_000_000)),
  fc.constant(Array.from({ length: 10_000 }, () => "10.0.0.0/8")),
  fc.constant({ a: { b: [null, Unknown.value, { c: "d" }] } }),
  fc.constant([]),
  fc.constant({}),
);

/** Deepest and last first: what is changed later is still where its path says. */
function withValues(resource: Resource, values: readonly (readonly [string, Value | undefined])[]): Resource {
  const ordered = [...values].sort(([one], [other]) => other.localeCompare(one, "en", { numeric: true }));
  return ordered.reduce(
    (one, [path, value]) => changed(one, value === undefined ? { remove: [path] } : { set: { [path]: value } }),
    resource,
  );
}

function damaged(resource: Resource, values: fc.Arbitrary<Value | undefined>): fc.Arbitrary<Resource> {
  const paths = pathsOf(resource.inputs, "");
  if (paths.length === 0) return fc.constant(resource);
  const change = fc.tuple(fc.constantFrom(...paths), values);
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((all) => withValues(resource, all));
}

const inStack = (resource: Resource): StackResource => ({
  ...resource,
  outputs: resource.inputs,
  dependencies: [],
  propertyDependencies: {},
});

function unreadable(findings: readonly Judgement[]): readonly string[] {
  return findings.flatMap((found) =>
    found.verdict === "undecided" && found.reason.startsWith("cannot be read")
      ? [`${found.rule.id} ${found.at} ${found.reason}`]
      : [],
  );
}

describe("rules on whatever there may be", function () {
  this.timeout(120_000);
  const all = samples();

  it("[PR-05] read every resource of which something is missing, null or unknown", () => {
    for (const resource of all) {
      fc.assert(
        fc.property(damaged(resource, absent), (one) => {
          assert.deepEqual(unreadable(ofResource(one, FACTS)), []);
        }),
        { numRuns: 12 },
      );
    }
  });

  it("[PR-05] throw on nothing, whatever its shape and size", () => {
    for (const resource of all) {
      fc.assert(
        fc.property(damaged(resource, anything), (one) => {
          ofResource(one, FACTS);
        }),
        { numRuns: 12 },
      );
    }
  });

  it("[PR-05] read every stack of which something is missing, null or unknown, and throw on no other", () => {
    const stack = all.map(inStack);
    const some = fc.array(fc.nat(all.length - 1), { minLength: 20, maxLength: 20 });
    const damage = (values: fc.Arbitrary<Value | undefined>) =>
      some.chain((indexes) =>
        fc.tuple(
          ...indexes.map((index) => damaged(all[index] as Resource, values).map((one) => [index, one] as const)),
        ),
      );
    const judged = (changes: readonly (readonly [number, Resource])[]) => {
      const made = [...stack];
      for (const [index, one] of changes) made[index] = inStack(one);
      return ofStack(made, FACTS);
    };
    fc.assert(
      fc.property(damage(absent), (changes) => {
        assert.deepEqual(unreadable(judged(changes)), []);
      }),
      { numRuns: 15 },
    );
    fc.assert(
      fc.property(damage(anything), (changes) => {
        judged(changes);
      }),
      { numRuns: 15 },
    );
  });

  it("[PR-05] say nothing of a type that no rule knows", () => {
    const unknown = { ...written("aws:ec2/vpc:Vpc", { anything: true }), type: "acme:store/shelf:Shelf" };
    assert.deepEqual(ofResource(unknown, FACTS), []);
  });
});
