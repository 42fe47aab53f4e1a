import { SarifBuilder, SarifResultBuilder, SarifRuleBuilder, SarifRunBuilder } from "node-sarif-builder";
import type { Rule, Severity } from "../model/rule";
import type { Finding, PolicyReport } from "./report";
import { line } from "./summary";

/** A place in the sources: where code-scanning views show what was found. */
export interface SourcePlace {
  /** Path in the repository. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Severity as a number from 0 to 10, by which code scanning sorts.
 * Bounds: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
const SECURITY_SEVERITY = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" } as const satisfies Record<
  Severity,
  string
>;

/**
 * A report in SARIF 2.1.0.
 *
 * @param placeOf where the component is written that makes a resource
 */
export function sarifReport(
  report: PolicyReport,
  rules: readonly Rule[],
  placeOf: (urn: string) => SourcePlace,
): string {
  const run = new SarifRunBuilder().initSimple({
    toolDriverName: `${report.pack.name} policies`,
    toolDriverVersion: report.pack.version,
  });
  for (const rule of rules) run.addRule(ruleOf(rule));
  for (const found of report.violations) {
    run.addResult(resultOf(found, found.level === "mandatory" ? "error" : "warning", placeOf(found.urn)));
  }
  for (const found of report.exempted) {
    const result = resultOf(found, "warning", placeOf(found.urn));
    result.result.suppressions = [
      { kind: "external", justification: `${found.reason} (${found.owner}, until ${found.expires})` },
    ];
    run.addResult(result);
  }
  for (const found of report.undecided) {
    const result = resultOf(found, "none", placeOf(found.urn));
    // SARIF's own word for what a tool could not decide.
    result.result.kind = "open";
    run.addResult(result);
  }
  const builder = new SarifBuilder();
  builder.addRun(run);
  return `${builder.buildSarifJsonString({ indent: true })}\n`;
}

function ruleOf({ id, title, why, remedy, source, severity, controls }: Rule): SarifRuleBuilder {
  const builder = new SarifRuleBuilder().initSimple({
    ruleId: id,
    shortDescriptionText: title,
    fullDescriptionText: why,
    helpUri: source,
  });
  builder.rule.help = {
    text: `${remedy.text}\n${remedy.example}`,
    markdown: `${remedy.text}\n\n\`\`\`ts\n${remedy.example}\n\`\`\``,
  };
  builder.rule.properties = {
    "security-severity": SECURITY_SEVERITY[severity],
    tags: [
      "security",
      ...Object.entries(controls).flatMap(([framework, ids]) => ids.map((one) => `${framework}:${one}`)),
    ],
  };
  return builder;
}

function resultOf(found: Finding, level: "error" | "warning" | "none", place: SourcePlace): SarifResultBuilder {
  const builder = new SarifResultBuilder().initSimple({
    ruleId: found.rule,
    level,
    messageText: line(found),
    fileUri: place.file,
    startLine: place.line,
  });
  const [location] = builder.result.locations ?? [];
  if (location !== undefined && found.urn !== "") {
    location.logicalLocations = [{ fullyQualifiedName: found.urn, name: found.resource, kind: "resource" }];
  }
  // By rule, resource and path: the same finding in the next run is the same alert.
  builder.result.partialFingerprints = { finding: `${found.rule} ${found.urn} ${found.at}` };
  return builder;
}
