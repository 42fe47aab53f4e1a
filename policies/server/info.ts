import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { z } from "zod";
import { defaultLevel, LEVELS, type Level } from "../enforcement";
import type { Rule, Severity, StackClass } from "../model/rule";
import { PACK } from "../run";

export const LEVEL_CODE = {
  advisory: analyzer.EnforcementLevel.ADVISORY,
  mandatory: analyzer.EnforcementLevel.MANDATORY,
  disabled: analyzer.EnforcementLevel.DISABLED,
  remediate: analyzer.EnforcementLevel.REMEDIATE,
} as const satisfies Record<Level, analyzer.EnforcementLevel>;

/** The level that a code stands for; one that is not known here stops, as the strictest does. */
export function levelOf(code: analyzer.EnforcementLevel): Level {
  return LEVELS.find((level) => LEVEL_CODE[level] === code) ?? "mandatory";
}

export const SEVERITY_CODE = {
  low: analyzer.PolicySeverity.POLICY_SEVERITY_LOW,
  medium: analyzer.PolicySeverity.POLICY_SEVERITY_MEDIUM,
  high: analyzer.PolicySeverity.POLICY_SEVERITY_HIGH,
  critical: analyzer.PolicySeverity.POLICY_SEVERITY_CRITICAL,
} as const satisfies Record<Severity, analyzer.PolicySeverity>;

/** What the engine asks of the pack first: its rules, their levels for a class of stacks, and their settings. */
export function analyzerInfo(rules: readonly Rule[], version: string, stackClass: StackClass): analyzer.AnalyzerInfo {
  return new analyzer.AnalyzerInfo()
    .setName(PACK)
    .setDisplayname("Platform")
    .setDescription("The security rules of the platform, over single resources and over what they make up together.")
    .setVersion(version)
    .setSupportsconfig(true)
    .setPoliciesList(rules.map((rule) => policyInfo(rule, stackClass)));
}

function policyInfo(rule: Rule, stackClass: StackClass): analyzer.PolicyInfo {
  const info = new analyzer.PolicyInfo()
    .setName(rule.id)
    .setDisplayname(rule.title)
    .setDescription(rule.title)
    .setMessage(rule.why)
    .setEnforcementlevel(LEVEL_CODE[defaultLevel(stackClass, rule.severity)])
    // A rule's verdict is one over the stack, also where it is said of each resource before that is made: as a policy of resources
    // the engine would list it as passed by every resource that it has nothing to do with.
    .setPolicyType(analyzer.PolicyType.POLICY_TYPE_STACK)
    .setSeverity(SEVERITY_CODE[rule.severity])
    .setTagsList(Object.entries(rule.controls).flatMap(([framework, ids]) => ids.map((id) => `${framework}:${id}`)))
    .setRemediationSteps(`${rule.remedy.text}\n\n${rule.remedy.example}`)
    .setUrl(rule.source);
  if (rule.settings !== undefined) info.setConfigschema(schemaOf(rule.settings));
  return info;
}

function schemaOf(settings: z.ZodObject): analyzer.PolicyConfigSchema {
  const { properties = {} } = z.toJSONSchema(settings, { io: "input" });
  return new analyzer.PolicyConfigSchema().setProperties(Struct.fromJavaScript(properties));
}
