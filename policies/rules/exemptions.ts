import type { PackRule, Rule } from "../model/rule";

/** What the pack asks of its own exemptions: judged once every other rule was. */
export const exceptionHygiene: PackRule = {
  id: "exception-hygiene",
  title: "Exemptions are few, owned, explained and short-lived",
  severity: "high",
  controls: { iso27001: ["A.5.36"] },
  why: "An exemption that nobody owns or that never ends is a hole that nobody remembers.",
  remedy: {
    text: "Give each exemption in policies/exemptions.yaml a rule, one type and name, a reason, an owner and a date within 90 days; take out what covers nothing.",
    example:
      '- { rule: aws-rds-multi-az, resource: "aws:rds/instance:Instance reports-*", reason: …, owner: data-team, expires: 2027-01-31 }',
  },
  source: "https://www.iso.org/standard/27001",
  starred: true,
  kind: "pack",
};

export const exemptionRules: readonly Rule[] = [exceptionHygiene];
