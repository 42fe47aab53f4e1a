import { ExemptionUse, type Exemptions } from "./exemptions";
import type { RuleConfiguration } from "./enforcement";
import { Diagnostics, type Diagnostic } from "./messages";
import { groupBy } from "./model/group";
import { Graph } from "./model/graph";
import { judgeResource, judgeStack, type Judgement, type Verdicts, type Violation } from "./model/judgement";
import { label, type Resource, type StackResource } from "./model/resource";
import type { GraphRule, PackRule, ResourceRule, Rule, StackFacts } from "./model/rule";
import type { Finding, PolicyReport } from "./report/report";

export interface RunOptions {
  readonly rules: readonly Rule[];
  readonly version: string;
  readonly stack: StackFacts;
  readonly configuration: ReadonlyMap<string, RuleConfiguration>;
  readonly exemptions: Exemptions;
}

/** What the pack has to say of a stack as a whole. */
export interface StackVerdict {
  readonly diagnostics: readonly Diagnostic[];
  /** Rules that did not simply pass, and why: the engine counts every other one as passed. */
  readonly notPassed: ReadonlyMap<string, string>;
  readonly report: PolicyReport;
}

/** One run of the pack over one stack: each resource as the program registers it, then all of them together. */
export class PackRun {
  private readonly byType = new Map<string, ResourceRule[]>();
  private readonly graphRules: readonly GraphRule[];
  private readonly settings: ReadonlyMap<string, unknown>;
  private readonly use: ExemptionUse;
  private readonly diagnostics: Diagnostics;
  private readonly satisfied = new Map<string, number>();
  private readonly milliseconds = new Map<string, number>();
  private readonly report: Pick<PolicyReport, "violations" | "undecided" | "exempted"> = {
    violations: [],
    undecided: [],
    exempted: [],
  };
  /** Labels of resources by URN, for findings. */
  private readonly labels = new Map<string, string>();

  constructor(private readonly options: RunOptions) {
    const on = options.rules.filter(({ id }) => this.levelOf(id) !== "disabled");
    for (const rule of on) {
      if (rule.kind !== "resource") continue;
      for (const type of rule.checks.keys()) this.byType.set(type, [...(this.byType.get(type) ?? []), rule]);
    }
    this.graphRules = on.filter((rule): rule is GraphRule => rule.kind === "graph");
    this.settings = new Map(on.map(({ id }) => [id, options.configuration.get(id)?.settings]));
    this.use = new ExemptionUse(options.exemptions.valid, options.stack.stack);
    this.diagnostics = new Diagnostics(options.stack);
  }

  /** Judges a resource by its own inputs, before anything is done with it. */
  resource(resource: Resource): readonly Diagnostic[] {
    const rules = this.byType.get(resource.type);
    if (rules === undefined) return [];
    this.labels.set(resource.urn, label(resource));
    return rules.flatMap((rule) => {
      const verdicts = this.timed(rule, () => judgeResource([rule], resource, this.context()));
      const violations = this.record(verdicts);
      return violations.length === 0
        ? []
        : this.diagnostics.ofResource(rule, this.enforced(rule), resource.urn, violations);
    });
  }

  /** Judges what only several resources decide, and sums up. */
  stack(resources: readonly StackResource[]): StackVerdict {
    for (const resource of resources) this.labels.set(resource.urn, label(resource));
    const graph = new Graph(resources);
    const diagnostics: Diagnostic[] = [];
    for (const rule of this.graphRules) {
      const verdicts = this.timed(rule, () => judgeStack([rule], graph, this.context()));
      const byUrn = groupBy(this.record(verdicts), ({ urn }) => urn);
      for (const [urn, violations] of byUrn) {
        diagnostics.push(...this.diagnostics.ofResource(rule, this.enforced(rule), urn, violations, true));
      }
    }
    diagnostics.push(...this.exemptionProblems(), ...this.diagnostics.closing(this.labels));
    diagnostics.push(...this.diagnostics.ofUndecided(this.report.undecided));
    return { diagnostics, notPassed: this.notPassed(), report: this.reportOf(resources.length) };
  }

  /** What a rule's level means for a violation that is still there: what could be mended was. */
  private enforced(rule: Rule): "advisory" | "mandatory" {
    return this.levelOf(rule.id) === "advisory" ? "advisory" : "mandatory";
  }

  private levelOf(id: string) {
    return this.options.configuration.get(id)?.level ?? "mandatory";
  }

  private context() {
    return { stack: this.options.stack, settings: this.settings };
  }

  private timed<Result>(rule: Rule, work: () => Result): Result {
    const start = performance.now();
    const result = work();
    this.milliseconds.set(rule.id, (this.milliseconds.get(rule.id) ?? 0) + performance.now() - start);
    return result;
  }

  /** Keeps what was found, and gives the violations that nobody is exempt from. */
  private record({ satisfied, findings }: Verdicts): readonly Violation[] {
    for (const [id, count] of satisfied) this.satisfied.set(id, (this.satisfied.get(id) ?? 0) + count);
    return findings.filter((found): found is Violation => this.isOpenViolation(found));
  }

  private isOpenViolation(found: Judgement): boolean {
    const resource = this.labels.get(found.urn) ?? "";
    const says = found.verdict === "violated" ? found.says : found.reason;
    const finding: Finding = { rule: found.rule.id, urn: found.urn, resource, at: found.at, says };
    const exemption = this.use.covering(found.rule.id, resource);
    if (found.verdict === "undecided") this.report.undecided.push(finding);
    else if (exemption === undefined) this.report.violations.push({ ...finding, level: this.enforced(found.rule) });
    else {
      const { reason, owner, expires, ticket } = exemption;
      this.report.exempted.push({ ...finding, reason, owner, expires, ...(ticket === undefined ? {} : { ticket }) });
    }
    return found.verdict === "violated" && exemption === undefined;
  }

  private exemptionProblems(): readonly Diagnostic[] {
    const rule = this.options.rules.find((one): one is PackRule => one.kind === "pack");
    if (rule === undefined || this.levelOf(rule.id) === "disabled") return [];
    const problems = [...this.options.exemptions.problems, ...this.use.problems()];
    const found = problems.map(
      ({ at, says }) => ({ rule, verdict: "violated", urn: "", at: `exemptions.yaml${at}`, says }) as const,
    );
    const level = this.enforced(rule);
    for (const { at, says } of found) {
      this.report.violations.push({ rule: rule.id, urn: "", resource: "policies/exemptions.yaml", at, says, level });
    }
    return found.length === 0 ? [] : this.diagnostics.ofResource(rule, level, "", found, true);
  }

  private notPassed(): ReadonlyMap<string, string> {
    const reasons = new Map<string, string>();
    for (const { id } of this.options.rules) {
      if (this.levelOf(id) === "disabled") reasons.set(id, "switched off");
      else if (!this.satisfied.has(id)) reasons.set(id, "nothing in the stack that it is about");
    }
    for (const { rule } of this.report.undecided) reasons.set(rule, "undecided");
    for (const { rule } of this.report.violations) reasons.set(rule, "violated");
    return reasons;
  }

  private reportOf(resources: number): PolicyReport {
    const { rules, version, stack } = this.options;
    return {
      pack: { name: PACK, version },
      stack: stack.stack,
      class: stack.class,
      isPreview: stack.isPreview,
      resources,
      rules: rules.map(({ id, severity }) => ({
        id,
        severity,
        level: this.levelOf(id),
        satisfied: this.satisfied.get(id) ?? 0,
        milliseconds: this.milliseconds.get(id) ?? 0,
      })),
      ...this.report,
    };
  }
}

/** Name of the pack. */
export const PACK = "platform";
