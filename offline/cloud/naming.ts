import type { CheckCall, CheckFailure } from "./control-plane";
import type { NameRule } from "./resource-type";
import type { Properties } from "./value";

/**
 * The inputs with their physical name: the one given, else the one it has, else the project's autonaming, else the logical name
 * with a suffix of seven digits, as the bridged providers do.
 */
export function withName(rule: NameRule | undefined, call: CheckCall, suffix: () => string): Properties {
  if (rule === undefined || call.inputs[rule.property] !== undefined) return call.inputs;
  if (call.inputs[`${rule.property}Prefix`] !== undefined) {
    return {
      ...call.inputs,
      [rule.property]: call.oldInputs?.[rule.property] ?? `${String(call.inputs[`${rule.property}Prefix`])}${suffix()}`,
    };
  }
  const kept = call.oldInputs?.[rule.property];
  if (kept !== undefined) return { ...call.inputs, [rule.property]: kept };
  if (call.autonaming?.disabled === true) return call.inputs;
  const logical = call.urn.split("::").at(-1) ?? "";
  const separator = rule.separator ?? "-";
  const room = rule.maxLength - 7 - separator.length;
  const name = call.autonaming?.name ?? `${logical.slice(0, room)}${separator}${suffix()}`;
  return { ...call.inputs, [rule.property]: name };
}

/** What is wrong with the physical name, if anything. */
export function nameProblem(rule: NameRule | undefined, inputs: Properties): CheckFailure | undefined {
  const name = rule === undefined ? undefined : inputs[rule.property];
  if (rule === undefined || typeof name !== "string") return undefined;
  if (name.length <= rule.maxLength && rule.pattern.test(name)) return undefined;
  return { property: rule.property, reason: `"${name}" is not a valid name: ${rule.rule} (${rule.source})` };
}
