import assert from "node:assert/strict";
import { stackClasses } from "../../components/planning/protection";
import {
  checkConfigurationFile,
  configurationOf,
  ConfigurationProblem,
  defaultLevel,
  type GivenConfiguration,
} from "../../policies/enforcement";
import { SEVERITIES, STACK_CLASSES } from "../../policies/model/rule";
import { RULES } from "../../policies/rules";

const given = (entries: Record<string, Partial<GivenConfiguration>>) =>
  new Map(
    Object.entries(entries).map(
      ([id, { level = "mandatory", properties = {} }]) => [id, { level, properties }] as const,
    ),
  );

function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ConfigurationProblem, String(error));
    return error.message;
  }
  return assert.fail("accepted");
}

describe("levels of rules", () => {
  it("[PR-05] know the classes that stacks have", () => {
    assert.deepEqual([...STACK_CLASSES], [...stackClasses]);
  });

  it("[PR-05] advise in development where they stop a command in production", () => {
    const levels = (stackClass: (typeof STACK_CLASSES)[number]) =>
      SEVERITIES.map((severity) => defaultLevel(stackClass, severity));
    assert.deepEqual(levels("development"), ["mandatory", "mandatory", "advisory", "advisory"]);
    for (const one of ["staging", "production", "recovery"] as const) {
      assert.deepEqual(levels(one), ["mandatory", "mandatory", "mandatory", "advisory"]);
    }
  });
});

describe("configuration of rules", () => {
  it("[PR-05] without any, every rule has the level of the class and its default settings", () => {
    const all = configurationOf(RULES, new Map(), "production");
    assert.deepEqual(
      [...all.keys()],
      RULES.map(({ id }) => id),
    );
    assert.equal(all.get("aws-rds-not-public")?.level, "mandatory");
    assert.deepEqual(all.get("aws-rds-not-public")?.settings, {});
    const low = RULES.find(({ severity }) => severity === "low");
    if (low !== undefined) assert.equal(all.get(low.id)?.level, "advisory");
  });

  it("[PR-05] a level and settings that are given replace the default", () => {
    const all = configurationOf(RULES, given({ "aws-rds-not-public": { level: "disabled" } }), "production");
    assert.equal(all.get("aws-rds-not-public")?.level, "disabled");
  });

  it("[PR-05] a rule that does not exist is refused with the one that was meant and with those that there are", () => {
    const message = problemOf(() => configurationOf(RULES, given({ "aws-rds-not-publik": {} }), "production"));
    assert.match(
      message,
      /^The configuration of the policy pack is wrong:\n- there is no rule "aws-rds-not-publik": did you mean "aws-rds-not-public"\?\nThe rules are: /,
    );
    for (const { id } of RULES) assert.ok(message.includes(id), id);
  });

  it("[PR-05] everything that is wrong is said at once", () => {
    const message = problemOf(() =>
      configurationOf(
        RULES,
        given({
          nonsense: {},
          "aws-rds-pitr-retention": { properties: { minimumDays: "many" } },
          "aws-rds-not-public": { properties: { minimumDays: 3 } },
        }),
        "production",
      ),
    );
    assert.match(message, /- there is no rule "nonsense"\n/);
    assert.match(message, /- aws-rds-pitr-retention: minimumDays: .*expected/);
    assert.match(message, /- aws-rds-not-public: it has no setting "minimumDays": it has no settings\n/);
  });
});

describe("configuration files", () => {
  it("[PR-05] take a level, or a level and settings, for a rule, and a level for all", () => {
    const file = { all: "advisory", "aws-rds-not-public": "mandatory", "aws-rds-pitr-retention": { minimumDays: 14 } };
    checkConfigurationFile(RULES, JSON.stringify(file));
  });

  for (const [what, text, says] of [
    ["no JSON", "{", /is no JSON/],
    ["a list", "[]", /is wrong/],
    [
      "a level that there is not",
      '{"aws-rds-not-public": "strict"}',
      /aws-rds-not-public: it takes one of advisory, mandatory, remediate, disabled/,
    ],
    ["a number for a rule", '{"aws-rds-not-public": 3}', /it takes one of/],
    ["a rule that there is not", '{"aws-rds": "mandatory"}', /there is no rule "aws-rds"/],
    [
      "a setting out of its bounds",
      '{"aws-rds-pitr-retention": {"minimumDays": 0}}',
      /aws-rds-pitr-retention: minimumDays: /,
    ],
  ] as const) {
    it(`[PR-05] ${what} is refused`, () => {
      assert.match(
        problemOf(() => {
          checkConfigurationFile(RULES, text);
        }),
        says,
      );
    });
  }
});
