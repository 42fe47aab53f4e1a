import type { z } from "zod";
import { blueprintIds, blueprints, isBlueprintId, type Configuration } from "./blueprints";
import { blueprintClouds, capabilityChecks, type AskingSettings } from "./capability-checks";
import { crossChecks } from "./cross-checks";
import { keysAt } from "./json-schema";
import { configurationError, problemsOf, type Problem } from "./problems";
import { secretsOf } from "./secrets";
import { closest } from "./suggestion";

/** The configuration of one stack as the engine hands it over. */
export interface ConfigurationSource {
  readonly stack: string;
  /** Every value by its full key (`platform:network`); groups and lists are JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys that are encrypted in the stack's file. */
  readonly secretKeys: readonly string[];
}

const namespace = "platform:";

/**
 * Checks the configuration of a stack against its blueprint.
 *
 * @throws RunError that lists every problem with its path and remedy. Nothing is registered before it.
 */
export function loadConfiguration(source: ConfigurationSource): Configuration {
  const problems: Problem[] = [...foreignKeys(source)];
  const raw: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source.values)) {
    if (!key.startsWith(namespace)) continue;
    const parsed = parseValue(value);
    if (parsed instanceof SyntaxError)
      problems.push({ path: key, message: `is not valid JSON (${parsed.message}): correct it` });
    else raw[key.slice(namespace.length)] = parsed;
  }
  const { blueprint } = raw;
  if (!isBlueprintId(blueprint)) {
    throw configurationError(source.stack, [
      ...problems,
      { path: "platform:blueprint", message: noBlueprint(blueprint) },
    ]);
  }
  problems.push(...secretProblems(source, blueprint, raw));
  const schema: z.ZodObject = blueprints[blueprint];
  const result = schema.safeParse(raw, { reportInput: true });
  const parts = validParts(schema, raw);
  problems.push(
    ...problemsOf(result.error?.issues ?? [], (path) => keysAt(schema, path)),
    ...crossChecks(parts),
    ...capabilityChecks(blueprintClouds[blueprint], parts),
  );
  if (problems.length > 0) throw configurationError(source.stack, problems);
  return blueprints[blueprint].parse(raw);
}

/** Groups and lists come as JSON, everything else as text. */
function parseValue(value: string): unknown {
  if (!/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    return error;
  }
}

/** Configuration of providers changes nothing here, since every provider is made by the stack. */
function foreignKeys({ values }: ConfigurationSource): readonly Problem[] {
  return Object.keys(values)
    .filter((key) => !key.startsWith(namespace) && !key.startsWith("pulumi:"))
    .map((key) => ({
      path: key,
      message: `has no effect, since every provider is explicit: ${key === "aws:region" ? "set platform:region instead" : "take it out"}`,
    }));
}

function noBlueprint(given: unknown): string {
  const known = blueprintIds.map((id) => `"${id}"`).join(", ");
  if (given === undefined) return `is missing: name the code that the stack runs, one of ${known}`;
  const nearest = typeof given === "string" ? closest(given, blueprintIds) : undefined;
  return `is ${JSON.stringify(given)}: give one of ${known}${nearest === undefined ? "" : ` (did you mean "${nearest}"?)`}`;
}

/**
 * Secrets that are missing, or that stand in the stack's file in clear. A missing one gets its placeholder for the rest of the
 * checks, which would report it again.
 */
function secretProblems(
  source: ConfigurationSource,
  blueprint: string,
  raw: Record<string, unknown>,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const key of source.secretKeys) {
    if (key.startsWith(namespace) && key !== "platform:secrets") {
      problems.push({
        path: key,
        message: "is encrypted, but only platform:secrets is kept secret: its values would show in clear",
      });
    }
  }
  // What is no group at all is reported as such by the schema.
  const given = raw["secrets"] ?? {};
  if (!isGroup(given)) return problems;
  const declared = secretsOf(blueprint);
  const encrypted = source.secretKeys.includes("platform:secrets");
  for (const { path, purpose, placeholder } of declared) {
    const name = path.slice("platform:secrets.".length);
    const remedy = `pulumi config set --secret --path '${path}'`;
    if (given[name] === undefined) {
      problems.push({ path, message: `is missing (${purpose}): set it with ${remedy}` });
      given[name] = placeholder;
    } else if (!encrypted && given[name] !== placeholder) {
      problems.push({
        path,
        message: `stands in the stack's file in clear: encrypt it with ${remedy}, and change it where it is used`,
      });
    }
  }
  if (declared.length > 0) raw["secrets"] = given;
  return problems;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The groups of settings that are right by themselves. */
function validParts(
  schema: z.ZodObject,
  raw: Readonly<Record<string, unknown>>,
): Parameters<typeof crossChecks>[0] & AskingSettings {
  return Object.fromEntries(
    Object.entries(schema.shape).flatMap(([key, part]) => {
      const result = (part as z.ZodType).safeParse(raw[key]);
      return result.success ? [[key, result.data]] : [];
    }),
  );
}
