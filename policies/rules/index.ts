import type { Rule } from "../model/rule";
import { databaseRules } from "./aws/databases";
import { networkRules } from "./aws/network";
import { exemptionRules } from "./exemptions";

/** Every rule of the pack, in the order of its documentation. */
export const RULES: readonly Rule[] = [...networkRules, ...databaseRules, ...exemptionRules];

/** The rule with this id. */
export function ruleById(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}
