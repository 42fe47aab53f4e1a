import { z } from "zod";
import { nearest } from "../offline/schema/suggest";
import type { Rule, Severity, StackClass } from "./model/rule";

export const LEVELS = ["advisory", "mandatory", "remediate", "disabled"] as const;

/** What a violation does: says so, stops the command, is mended where that is safe (and stops the command where not), nothing. */
export type Level = (typeof LEVELS)[number];

/**
 * The level of a rule where no configuration says another. What can cost data or secrets stops a command in every class; the rest
 * is advice where nothing but time is at stake.
 */
const DEFAULT_LEVELS = {
  development: { critical: "mandatory", high: "mandatory", medium: "advisory", low: "advisory" },
  staging: { critical: "mandatory", high: "mandatory", medium: "mandatory", low: "advisory" },
  production: { critical: "mandatory", high: "mandatory", medium: "mandatory", low: "advisory" },
  recovery: { critical: "mandatory", high: "mandatory", medium: "mandatory", low: "advisory" },
} as const satisfies Record<StackClass, Record<Severity, Level>>;

export function defaultLevel(stackClass: StackClass, severity: Severity): Level {
  return DEFAULT_LEVELS[stackClass][severity];
}

/** What is configured for one rule. */
export interface RuleConfiguration {
  readonly level: Level;
  readonly settings: unknown;
}

/** Thrown for a configuration that is wrong: all that is wrong with it, one line each. */
export class ConfigurationProblem extends Error {
  override readonly name = "ConfigurationProblem";
}

/** A rule's entry in the pack's configuration, as the engine hands it over. */
export interface GivenConfiguration {
  readonly level: Level;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * The configuration of every rule.
 *
 * @throws {ConfigurationProblem} with everything that is wrong: a rule that does not exist, a setting that it does not have, a value
 *   of the wrong type
 */
export function configurationOf(
  rules: readonly Rule[],
  given: ReadonlyMap<string, GivenConfiguration>,
  stackClass: StackClass,
): ReadonlyMap<string, RuleConfiguration> {
  const ids = rules.map(({ id }) => id);
  const problems = [...given.keys()].filter((id) => !ids.includes(id)).map((id) => unknownRule(id, ids));
  const configured = new Map<string, RuleConfiguration>();
  for (const rule of rules) {
    const entry = given.get(rule.id);
    const parsed = settingsOf(rule).safeParse(entry?.properties ?? {});
    if (parsed.success) {
      const level = entry?.level ?? defaultLevel(stackClass, rule.severity);
      configured.set(rule.id, { level, settings: parsed.data });
    } else problems.push(...parsed.error.issues.map((issue) => settingProblem(rule, issue)));
  }
  if (problems.length > 0) {
    const known = problems.some((problem) => problem.startsWith("there is no rule"))
      ? `\nThe rules are: ${[...ids].sort().join(", ")}`
      : "";
    throw new ConfigurationProblem(
      `The configuration of the policy pack is wrong:\n- ${problems.join("\n- ")}${known}`,
    );
  }
  return configured;
}

const NO_SETTINGS = z.strictObject({});

/** The settings of a rule; those that it does not have are refused. */
export function settingsOf(rule: Rule): z.ZodObject {
  return rule.settings?.strict() ?? NO_SETTINGS;
}

function unknownRule(id: string, ids: readonly string[]): string {
  const meant = nearest(id, ids);
  return `there is no rule "${id}"${meant === undefined ? "" : `: did you mean "${meant}"?`}`;
}

function settingProblem(rule: Rule, issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    const own = Object.keys(rule.settings?.shape ?? {});
    const has = own.length === 0 ? "no settings" : own.map((key) => `"${key}"`).join(", ");
    return `${rule.id}: it has no setting ${issue.keys.map((key) => `"${key}"`).join(", ")}: it has ${has}`;
  }
  return `${rule.id}: ${issue.path.join(".")}: ${issue.message}`;
}

const entry = z.union([z.enum(LEVELS), z.looseObject({ enforcementLevel: z.enum(LEVELS).optional() })]);

/** A configuration file, as `--policy-pack-config` takes it: a level, or settings, for each rule; `all` is for every rule. */
const configurationFile = z.record(z.string(), entry);

/**
 * Checks a configuration file before the engine reads it.
 *
 * @throws {ConfigurationProblem} with everything that is wrong
 */
export function checkConfigurationFile(rules: readonly Rule[], text: string): void {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new ConfigurationProblem(`The configuration of the policy pack is no JSON: ${String(error)}`);
  }
  const parsed = configurationFile.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path }) =>
        `${path.join(".")}: it takes one of ${LEVELS.join(", ")}, or an object with enforcementLevel and settings`,
    );
    throw new ConfigurationProblem(`The configuration of the policy pack is wrong:\n- ${problems.join("\n- ")}`);
  }
  const given = Object.entries(parsed.data).flatMap(([id, value]) => {
    if (id === "all") return [];
    const { enforcementLevel: level = "mandatory", ...properties } =
      typeof value === "string" ? { enforcementLevel: value } : value;
    return [[id, { level, properties }] as const];
  });
  // The class sets levels alone: what is wrong is the same for each.
  configurationOf(rules, new Map(given), "production");
}
