import assert from "node:assert/strict";
import type { Unknown, Value } from "../../offline/cloud/value";
import { Graph } from "../../policies/model/graph";
import { judgeResource, judgeStack, type Verdicts } from "../../policies/model/judgement";
import { label, type Resource } from "../../policies/model/resource";
import type { Rule, StackFacts } from "../../policies/model/rule";
import { changed, withUnknown, type Change } from "./fixtures";
import { StackUnderTest } from "./stack-under-test";

const PRODUCTION: StackFacts = {
  stack: "prod",
  project: "platform",
  class: "production",
  isPreview: false,
  config: {},
};

/** Where and for whom a rule is asked. */
interface Asked {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly stack?: Partial<StackFacts>;
}

/** A change after which a resource violates the rule. */
interface Failing extends Change, Asked {
  /** Default: the first of `passes`. */
  readonly of?: Resource;
  /** What is different about it, for the test's title. Default: the change. */
  readonly when?: string;
  /** Paths that violate, in order. */
  readonly at: string | readonly string[];
}

/** A change after which a resource still satisfies it. */
interface Passing extends Change, Asked {
  readonly of?: Resource;
  readonly when: string;
}

export interface ResourceProof extends Asked {
  /** Real resources that satisfy the rule. */
  readonly passes: Resource | readonly Resource[];
  /** Other shapes that satisfy it too. */
  readonly alsoPasses?: readonly Passing[];
  readonly fails: readonly Failing[];
  /** Paths, each of which leaves the rule undecided while it is unknown; the first of `passes`. */
  readonly unknown: readonly string[];
}

/** Tests that a rule on one resource holds of real ones, and objects to each change of them. */
export function provesResource(rules: readonly Rule[], id: string, proof: ResourceProof): void {
  const rule = ruleOf(rules, id, "resource");
  const all = Array.isArray(proof.passes) ? (proof.passes as readonly Resource[]) : [proof.passes as Resource];
  const first = all[0];
  assert.ok(first, `${rule.id}: no resource to prove it with`);
  const judge = (resource: Resource, asked: Asked) =>
    judgeResource([rule], resource, {
      stack: { ...PRODUCTION, ...proof.stack, ...asked.stack },
      settings: settingsOf(rule, { ...proof.settings, ...asked.settings }),
    });
  describe(rule.id, () => {
    for (const resource of all) {
      it(`[PR-05] holds of ${label(resource)}`, () => {
        assertHolds(judge(resource, {}));
      });
    }
    for (const { of = first, when, ...change } of proof.alsoPasses ?? []) {
      it(`[PR-05] holds where ${when}`, () => {
        const verdicts = judge(changed(of, change), change);
        assert.deepEqual(findings(verdicts), []);
      });
    }
    for (const { of = first, at, when = told, ...change } of proof.fails) {
      it(`[PR-05] is violated: ${typeof when === "string" ? when : when(change)}`, () => {
        const verdicts = judge(changed(of, change), change);
        assert.deepEqual(
          findings(verdicts),
          [at].flat().map((path) => `violated ${path}`),
        );
      });
    }
    for (const path of proof.unknown) {
      it(`[PR-05] is undecided while ${path} is unknown`, () => {
        const verdicts = judge(withUnknown(first, path), {});
        assert.ok(verdicts.findings.length > 0, "satisfied, although something is unknown");
        for (const { verdict, at } of verdicts.findings) assert.equal(`${verdict} ${at}`, `undecided ${path}`);
      });
    }
  });
}

/** What a change of a stack makes a rule on several resources say. */
interface StackCase extends Asked {
  /** What is different, for the test's title. */
  readonly when: string;
  readonly change: (stack: StackUnderTest) => StackUnderTest;
  /** What violates, as `type name path`; the path of the resource as a whole is left out. */
  readonly violated: readonly string[];
  /**
   * What it says while every id is unknown, as in a first preview. Default: the same violations. `undecided`: that it cannot tell.
   */
  readonly preview?: "undecided";
}

export interface StackProof extends Asked {
  /** Committed stack that satisfies the rule. */
  readonly of: string;
  /** Made of it first: for rules on what no stack has yet. */
  readonly with?: (stack: StackUnderTest) => StackUnderTest;
  /** Other shapes that satisfy it too. */
  readonly alsoPasses?: readonly Omit<StackCase, "violated" | "preview">[];
  readonly fails: readonly StackCase[];
  /** Changes that leave it undecided: what, then the resources that it cannot judge, as `type name`. */
  readonly undecided: readonly {
    readonly when: string;
    readonly change: (stack: StackUnderTest) => StackUnderTest;
    readonly of: readonly string[];
  }[];
}

/** Tests that a rule on several resources holds of a real stack, and objects to each change of it, whatever things are called. */
export function provesStack(rules: readonly Rule[], id: string, proof: StackProof): void {
  const rule = ruleOf(rules, id, "graph");
  const judge = (stack: StackUnderTest, asked: Asked) =>
    judgeStack([rule], new Graph(stack.resources), {
      stack: { ...PRODUCTION, ...proof.stack, ...asked.stack },
      settings: settingsOf(rule, { ...proof.settings, ...asked.settings }),
    });
  describe(rule.id, function () {
    // The first test of a stack deploys it in this process.
    this.timeout(60_000);
    let stack: StackUnderTest;
    before(async () => {
      const real = await StackUnderTest.of(proof.of);
      stack = proof.with?.(real) ?? real;
    });
    const named = (verdicts: Verdicts, of: StackUnderTest, verdict: string) =>
      verdicts.findings
        .filter((found) => found.verdict === verdict)
        .map(({ urn, at }) => `${labelOf(of, urn)} ${at}`.trim())
        .sort();
    it(`[PR-05] holds of ${proof.of}`, () => {
      assertHolds(judge(stack, {}));
    });
    it(`[PR-05] holds of ${proof.of} whatever its resources are called`, () => {
      assertHolds(judge(stack.renamed(), {}));
    });
    for (const { when, change, ...asked } of proof.alsoPasses ?? []) {
      it(`[PR-05] holds where ${when}`, () => {
        assert.deepEqual(findings(judge(change(stack), asked)), []);
      });
    }
    for (const { when, change, violated, preview, ...asked } of proof.fails) {
      it(`[PR-05] is violated where ${when}`, () => {
        const made = change(stack);
        assert.deepEqual(named(judge(made, asked), made, "violated"), [...violated].sort());
        const renamed = made.renamed();
        assert.equal(named(judge(renamed, asked), renamed, "violated").length, violated.length);
      });
      it(`[PR-05] ${preview === undefined ? "says so" : "is undecided"} in a first preview where ${when}`, () => {
        const made = change(stack).previewed();
        const verdicts = judge(made, asked);
        if (preview === undefined) assert.deepEqual(named(verdicts, made, "violated"), [...violated].sort());
        else assert.notDeepEqual(named(verdicts, made, "undecided"), []);
      });
    }
    for (const { when, change, of } of proof.undecided) {
      it(`[PR-05] is undecided where ${when}`, () => {
        const made = change(stack);
        const verdicts = judge(made, {});
        assert.deepEqual(named(verdicts, made, "violated"), []);
        const open = verdicts.findings.map(({ urn }) => labelOf(made, urn));
        assert.deepEqual([...new Set(open)].sort(), [...of].sort());
      });
    }
  });
}

function ruleOf<Kind extends Rule["kind"]>(rules: readonly Rule[], id: string, kind: Kind): Rule & { kind: Kind } {
  const found = rules.find((rule): rule is Rule & { kind: Kind } => rule.id === id && rule.kind === kind);
  assert.ok(found, `no ${kind} rule ${id}`);
  return found;
}

function settingsOf(rule: Rule, given: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  return new Map([[rule.id, rule.settings?.parse(given) ?? {}]]);
}

function assertHolds(verdicts: Verdicts): void {
  assert.deepEqual(findings(verdicts), []);
  assert.ok(verdicts.satisfied.size > 0, "nothing was judged");
}

function findings({ findings: all }: Verdicts): readonly string[] {
  return all.map((found) => `${found.verdict} ${found.at}`);
}

function labelOf({ resources }: StackUnderTest, urn: string): string {
  const found = resources.find((resource) => resource.urn === urn);
  return found === undefined ? "" : label(found);
}

function told({ set = {}, remove = [], ...options }: Change): string {
  const parts = [
    ...Object.entries(set).map(([path, value]) => `${path} is ${shown(value)}`),
    ...remove.map((path) => `without ${path}`),
    ...(options.protect === undefined ? [] : [`protect is ${String(options.protect)}`]),
    ...(options.ignoreChanges === undefined ? [] : [`changes of ${options.ignoreChanges.join(", ")} are ignored`]),
  ];
  return parts.join(", ");
}

function shown(value: Value | Unknown | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
