import { RunError } from "@pulumi/pulumi/errors";
import type { core } from "zod";
import { closest } from "./suggestion";

/** One thing that is wrong with a stack's configuration. */
export interface Problem {
  /** Where, as it is written for `pulumi config set --path`: `platform:network.zones[0]`. */
  readonly path: string;
  /** What is wrong, with the value, and what to do about it. */
  readonly message: string;
}

/** Thrown before anything is registered; the engine prints the message alone. */
export function configurationError(stack: string, problems: readonly Problem[]): RunError {
  const count = problems.length === 1 ? "a problem" : `${String(problems.length)} problems`;
  const lines = [...problems]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map(({ path, message }) => `  ${path}: ${message}`);
  return new RunError(
    [`The configuration of stack ${stack} (Pulumi.${stack}.yaml) has ${count}:`, ...lines].join("\n"),
  );
}

function formatPath(path: readonly PropertyKey[]): string {
  const [first, ...rest] = path;
  const tail = rest.map((step) => (typeof step === "number" ? `[${String(step)}]` : `.${String(step)}`)).join("");
  return first === undefined ? "platform" : `platform:${String(first)}${tail}`;
}

/** The issues of zod as problems: every unknown key by itself, every message with what to write instead. */
export function problemsOf(issues: readonly core.$ZodIssue[], knownKeys: KnownKeys): readonly Problem[] {
  return issues.flatMap((reported): readonly Problem[] => {
    const issue = withoutSecret(reported);
    const path = formatPath(issue.path);
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => ({
          path: formatPath([...issue.path, key]),
          message: `there is no such setting: ${instead(key, knownKeys(issue.path))}`,
        }));
      case "invalid_type":
        return [{ path, message: wrongType(issue) }];
      case "invalid_value":
        return [
          {
            path,
            message: `is ${show(issue.input)}: give ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(show).join(", ")}${similar(issue)}`,
          },
        ];
      case "invalid_union":
        return issue.errors.length > 0
          ? problemsOf(
              (issue.errors[0] ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
              knownKeys,
            )
          : [{ path, message: issue.message }];
      case "invalid_key":
        return [
          { path, message: `has a key that is not allowed: ${issue.issues.map(({ message }) => message).join("; ")}` },
        ];
      case "custom":
        return [{ path, message: issue.message }];
      case "too_big":
      case "too_small":
      case "invalid_format":
      case "not_multiple_of":
      case "invalid_element":
        return [{ path, message: `is ${show(issue.input)}: ${issue.message}` }];
    }
  });
}

/** The settings that exist at a path, for suggestions. */
export type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

function instead(key: string, known: readonly string[]): string {
  const nearest = closest(key, known);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  return known.length === 0 ? "take it out" : `take it out, or use one of ${known.join(", ")}`;
}

function wrongType(issue: core.$ZodIssueInvalidType): string {
  const expected = typeNames[issue.expected] ?? issue.expected;
  if (issue.input === undefined) return `is missing: give ${expected}`;
  const quoted = issue.expected === "string" && typeof issue.input === "number";
  return `is ${show(issue.input)}: give ${expected}${quoted ? `, in quotes: "${String(issue.input)}"` : ""}`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of settings",
  record: "a group of settings",
};

function similar(issue: core.$ZodIssueInvalidValue): string {
  const nearest = typeof issue.input === "string" ? closest(issue.input, issue.values.map(String)) : undefined;
  return nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
}

/** What a secret is must not be told, not even when it is wrong. */
function withoutSecret<Issue extends core.$ZodIssue>(issue: Issue): Issue {
  const hidden = issue.path[0] === "secrets" && issue.input !== undefined;
  return hidden ? { ...issue, input: "(secret)" } : issue;
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
