import assert from "node:assert/strict";
import { Unknown, type Properties } from "../../offline/cloud/value";
import { configurationOf, type GivenConfiguration } from "../../policies/enforcement";
import { readExemptions } from "../../policies/exemptions";
import type { Resource, StackResource } from "../../policies/model/resource";
import { graphRule, resourceRule, type Rule, type StackFacts } from "../../policies/model/rule";
import { exceptionHygiene } from "../../policies/rules/exemptions";
import { PackRun } from "../../policies/run";

const TOPIC = "aws:sns/topic:Topic";
const facts = {
  controls: {},
  why: "It matters.",
  remedy: { text: "Mend it.", example: 'new Topic("t", {\n  kmsMasterKeyId: key })' },
  source: "https://example.org",
} as const;

const encrypted = resourceRule({
  ...facts,
  id: "topic-encrypted",
  title: "Topics are encrypted",
  severity: "high",
  on: {
    [TOPIC]: (topic, expect) => {
      expect("kmsMasterKeyId", "is missing", () => topic.kmsMasterKeyId !== undefined);
      expect("displayName", "is too long", () => (topic.displayName ?? "").length < 10);
    },
  },
});
const alone = graphRule({
  ...facts,
  id: "topic-alone",
  title: "There is one topic",
  severity: "low",
  types: [TOPIC],
  check: (graph, judge) => {
    const all = graph.all(TOPIC);
    judge.each(all, (_, expect) => {
      expect("", "is not alone", () => all.length === 1);
    });
  },
});
const crashing = resourceRule({
  ...facts,
  id: "topic-crash",
  title: "It cannot read what is no text",
  severity: "high",
  on: {
    [TOPIC]: (topic, expect) => {
      expect("policy", "is short", () => (topic.policy ?? "").startsWith("{"));
    },
  },
});
const rules: readonly Rule[] = [encrypted, alone, exceptionHygiene];

function topic(name: string, inputs: Properties): Resource {
  return {
    urn: `urn:pulumi:prod::platform::${TOPIC}::${name}`,
    type: TOPIC,
    name,
    inputs,
    secrets: new Set(),
    protect: false,
    ignoreChanges: [],
    parent: "",
  };
}

const inStack = (one: Resource): StackResource => ({ ...one, outputs: {}, dependencies: [], propertyDependencies: {} });

interface Setting {
  readonly rules?: readonly Rule[];
  readonly isPreview?: boolean;
  readonly levels?: Readonly<Record<string, GivenConfiguration["level"]>>;
  readonly exemptions?: readonly object[];
}

function runOf({ rules: asked = rules, isPreview = true, levels = {}, exemptions = [] }: Setting = {}): PackRun {
  const stack: StackFacts = { stack: "prod", project: "platform", class: "production", isPreview, config: {} };
  const given = new Map(Object.entries(levels).map(([id, level]) => [id, { level, properties: {} }]));
  return new PackRun({
    rules: asked,
    version: "1.0.0",
    stack,
    configuration: configurationOf(asked, given, "production"),
    exemptions: readExemptions(
      JSON.stringify(exemptions),
      asked.map(({ id }) => id),
      new Date("2026-11-21"),
    ),
  });
}

const good = { kmsMasterKeyId: "alias/key" };
const short = (urn: string) => urn.split("::").at(-1) ?? "";

describe("a run of the pack", () => {
  it("[PR-05] says what, where, why and how to mend it, with the level and severity of the rule", () => {
    const [found, ...more] = runOf().resource(topic("a", { displayName: "much too long" }));
    assert.deepEqual(more, []);
    assert.deepEqual(found, {
      rule: "topic-encrypted",
      title: "Topics are encrypted",
      severity: "high",
      level: "mandatory",
      urn: `urn:pulumi:prod::platform::${TOPIC}::a`,
      message: [
        "kmsMasterKeyId is missing",
        "displayName is too long",
        "Rule: Topics are encrypted.",
        "Why: It matters.",
        "Remedy: Mend it.",
        '  new Topic("t", {',
        "    kmsMasterKeyId: key })",
      ].join("\n"),
    });
  });

  it("[PR-05] says nothing of what holds, and nothing of what it has no rule for", () => {
    const run = runOf();
    assert.deepEqual(run.resource(topic("a", good)), []);
    assert.deepEqual(run.resource({ ...topic("a", {}), type: "aws:made/up:Thing" }), []);
    const { diagnostics, report } = run.stack([inStack(topic("a", good))]);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      report.rules.map(({ id, satisfied }) => [id, satisfied]),
      [
        ["topic-encrypted", 2],
        ["topic-alone", 1],
        ["exception-hygiene", 0],
      ],
    );
  });

  it("[PR-05] explains once, shows five resources and counts the rest, in a preview", () => {
    const run = runOf();
    const topics = Array.from({ length: 17 }, (_, index) => topic(`t${String(index)}`, {}));
    const shown = topics.flatMap((one) => run.resource(one));
    assert.deepEqual(
      shown.map(({ urn }) => short(urn)),
      ["t0", "t1", "t2", "t3", "t4"],
    );
    assert.equal(
      shown[1]?.message,
      "kmsMasterKeyId is missing\nWhy and what to do: npx platform policy explain topic-encrypted",
    );
    const { diagnostics, report } = run.stack(topics.map(inStack));
    const [rest] = diagnostics.filter(({ rule }) => rule === "topic-encrypted");
    assert.equal(
      rest?.message,
      [
        "12 more resources violate it:",
        ...Array.from({ length: 10 }, (_, index) => `${TOPIC} t${String(index + 5)}`),
        "and 2 more",
        "All of it: npx platform policy report prod",
      ].join("\n"),
    );
    assert.equal(rest.level, "mandatory");
    assert.equal(report.violations.filter(({ rule }) => rule === "topic-encrypted").length, 17);
  });

  it("[PR-05] holds nothing back in an update: what is said of a resource is what stops it", () => {
    const run = runOf({ isPreview: false });
    const shown = Array.from({ length: 8 }, (_, index) => run.resource(topic(`t${String(index)}`, {})));
    assert.ok(shown.every(({ length }) => length === 1));
  });

  it("[PR-05] judges what several resources decide, and caps that in previews and updates alike", () => {
    for (const isPreview of [true, false]) {
      const topics = Array.from({ length: 7 }, (_, index) => inStack(topic(`t${String(index)}`, good)));
      const { diagnostics } = runOf({ isPreview }).stack(topics);
      assert.deepEqual(
        diagnostics.map(({ rule, level, urn }) => `${rule} ${level} ${short(urn)}`),
        [...["t0", "t1", "t2", "t3", "t4"].map((name) => `topic-alone advisory ${name}`), "topic-alone advisory "],
      );
    }
  });

  it("[PR-05] sums up what is undecided, and says when it will be judged", () => {
    for (const [isPreview, says] of [
      [true, "2 facts cannot be judged before the update, which judges them again:"],
      [false, "2 facts cannot be judged from this stack alone:"],
    ] as const) {
      const run = runOf({ isPreview });
      const one = topic("a", { kmsMasterKeyId: Unknown.value, displayName: Unknown.value });
      assert.deepEqual(run.resource(one), []);
      const { diagnostics, notPassed } = run.stack([inStack(one)]);
      assert.deepEqual(diagnostics, [
        {
          rule: "undecided",
          title: "What the rules need is not known, or is in another stack",
          level: "advisory",
          severity: "low",
          urn: "",
          message: `${says}\ntopic-encrypted (2)\nAll of it: npx platform policy report prod`,
        },
      ]);
      assert.equal(notPassed.get("topic-encrypted"), "undecided");
    }
  });

  it("[PR-05] a rule that cannot read a resource leaves it undecided, and the other rules go on", () => {
    const run = runOf({ rules: [crashing, ...rules] });
    const found = run.resource(topic("a", { policy: 3 }));
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ["topic-encrypted"],
    );
    const { report } = run.stack([]);
    assert.match(report.undecided[0]?.says ?? "", /^cannot be read \(.*startsWith.*\)$/);
    assert.equal(report.undecided[0]?.at, "policy");
  });

  it("[PR-05] levels: disabled is silent, advisory does not stop, remediate stops where nothing was mended", () => {
    const levelOf = (level: GivenConfiguration["level"]) =>
      runOf({ levels: { "topic-encrypted": level } })
        .resource(topic("a", {}))
        .map((found) => found.level);
    assert.deepEqual(levelOf("disabled"), []);
    assert.deepEqual(levelOf("advisory"), ["advisory"]);
    assert.deepEqual(levelOf("mandatory"), ["mandatory"]);
    assert.deepEqual(levelOf("remediate"), ["mandatory"]);
  });

  it("[PR-05] counts as passed only what was judged and held", () => {
    const run = runOf({ levels: { "topic-alone": "disabled" } });
    const one = topic("a", {});
    run.resource(one);
    assert.deepEqual(
      [...run.stack([inStack(one)]).notPassed],
      [
        ["topic-alone", "switched off"],
        ["exception-hygiene", "nothing in the stack that it is about"],
        ["topic-encrypted", "violated"],
      ],
    );
  });

  const exemption = {
    rule: "topic-encrypted",
    resource: `${TOPIC} a*`,
    reason: "It holds nothing",
    owner: "ops",
    expires: "2026-12-24",
  };

  it("[PR-05] an exemption covers its resource, and the report says so", () => {
    const run = runOf({ exemptions: [exemption] });
    assert.deepEqual(run.resource(topic("a", {})), []);
    assert.equal(run.resource(topic("b", {})).length, 1);
    const { diagnostics, report } = run.stack([]);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      report.exempted.map(({ resource, owner, expires }) => [resource, owner, expires]),
      [[`${TOPIC} a`, "ops", "2026-12-24"]],
    );
    assert.deepEqual(
      report.violations.map(({ resource }) => resource),
      [`${TOPIC} b`],
    );
  });

  it("[PR-05] an exemption that is unused, expired or broken is a violation of its own", () => {
    const run = runOf({
      exemptions: [exemption, { ...exemption, expires: "2026-11-01" }, { rule: "topic-encrypted" }],
    });
    const { diagnostics, report } = run.stack([inStack(topic("b", good))]);
    assert.deepEqual(
      report.violations.map(({ rule, at, says }) => `${rule} ${at} ${says}`),
      [
        "exception-hygiene exemptions.yaml[2].expires expired on 2026-11-01: mend what it exempts, or agree on it anew",
        'exception-hygiene exemptions.yaml[3].resource it must say which resources: a type and a name, such as "aws:rds/instance:Instance reports-*"',
        "exception-hygiene exemptions.yaml[3].reason it must say why",
        "exception-hygiene exemptions.yaml[3].owner it must say who answers for it",
        "exception-hygiene exemptions.yaml[3].expires it must be a date, YYYY-MM-DD",
        "exception-hygiene exemptions.yaml[1] exempts nothing of this stack from topic-encrypted: take it out",
      ],
    );
    assert.deepEqual(
      diagnostics.map(({ rule, level }) => `${rule} ${level}`),
      ["exception-hygiene mandatory"],
    );
  });

  it("[PR-05] an exemption for what is undecided yet is not unused", () => {
    const run = runOf({ exemptions: [exemption] });
    run.resource(topic("a", { kmsMasterKeyId: Unknown.value }));
    assert.deepEqual(run.stack([]).report.violations, []);
  });
});
