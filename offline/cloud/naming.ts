import type { CheckCall, CheckFailure } from "./control-plane";
import type { NameRule } from "./resource-type";
import type { Properties } from "./value";

/**
 * The inputs with their physical name: the one given, else the one it has, else the project's autonaming, else the logical name
 * with a suffix of seven digits, as the bridged providers do.
 */
export function withName(rule: NameRule | undefined, call: CheckCall, suffix: () => string): Properties {
  if (rule === undefined || call.inputs[rule.property] !== undefined) return call.inputs;
  const kept = call.oldInputs?.[rule.property];
  if (kept !== undefined) return { ...call.inputs, [rule.property]: kept };
  const prefix = call.inputs[`${rule.property}Prefix`];
  if (prefix !== undefined) {
    // A prefix that is not known yet makes a name that is not known yet.
    return { ...call.inputs, [rule.property]: typeof prefix === "string" ? prefix + suffix() : prefix };
  }
  if (call.autonaming?.disabled === true) return call.inputs;
  return { ...call.inputs, [rule.property]: call.autonaming?.name || automaticName(rule, call.urn, suffix()) };
}

function automaticName(rule: NameRule, urn: string, suffix: string): string {
  const logical = urn.split("::").slice(3).join("::");
  const separator = rule.separator ?? "-";
  const name = `${logical.slice(0, rule.maxLength - suffix.length - separator.length)}${separator}${suffix}`;
  return rule.spell?.(name) ?? name;
}

/** What is wrong with the physical name, if anything. */
export function nameProblem(rule: NameRule | undefined, inputs: Properties): CheckFailure | undefined {
  const name = rule === undefined ? undefined : inputs[rule.property];
  if (rule === undefined || typeof name !== "string") return undefined;
  if (name.length <= rule.maxLength && rule.pattern.test(name)) return undefined;
  return { property: rule.property, reason: `"${name}" is not a valid name: ${rule.rule} (${rule.source})` };
}
