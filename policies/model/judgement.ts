import type { Graph, Node } from "./graph";
import type { Resource } from "./resource";
import type { Expect, GraphRule, Judge, ResourceRule, Rule, StackFacts } from "./rule";
import { Undecided, viewOf } from "./view";

/** What a rule finds of one fact of one resource. */
export type Judgement = Violation | Undecidable;

interface Found {
  readonly rule: Rule;
  readonly urn: string;
  /** Path of the input that decides it; "" for the resource as a whole. */
  readonly at: string;
}

export interface Violation extends Found {
  readonly verdict: "violated";
  readonly says: string;
}

/** Neither satisfied nor violated: something is unknown, lies outside of the stack, or has a shape that no rule can read. */
export interface Undecidable extends Found {
  readonly verdict: "undecided";
  readonly reason: string;
}

/** What the rules found, and how much of it: what is neither violated nor undecided is satisfied. */
export interface Verdicts {
  readonly findings: readonly Judgement[];
  /** Facts that hold, by rule. */
  readonly satisfied: ReadonlyMap<string, number>;
}

/** Settings of rules, by id; a rule that is not in it is switched off. */
export type Settings = ReadonlyMap<string, unknown>;

/** What one resource's own inputs decide. */
export function judgeResource(
  rules: Iterable<ResourceRule>,
  resource: Resource,
  context: { readonly stack: StackFacts; readonly settings: Settings },
): Verdicts {
  const record = new Recorder();
  let inputs: unknown;
  for (const rule of rules) {
    const check = rule.checks.get(resource.type);
    if (check === undefined || !context.settings.has(rule.id)) continue;
    inputs ??= viewOf(resource.inputs);
    const subject = { resource, stack: context.stack, settings: context.settings.get(rule.id) };
    record.guard(rule, resource.urn, "", () => {
      (check as (inputs: unknown, expect: Expect, subject: unknown) => void)(
        inputs,
        record.expect(rule, resource.urn),
        subject,
      );
    });
  }
  return record;
}

/** What the resources of a stack decide together. */
export function judgeStack(
  rules: Iterable<GraphRule>,
  graph: Graph,
  context: { readonly stack: StackFacts; readonly settings: Settings },
): Verdicts {
  const record = new Recorder();
  for (const rule of rules) {
    if (!context.settings.has(rule.id) || !appliesTo(rule, graph)) continue;
    const judge: Judge = {
      each: (nodes, check) => {
        for (const node of nodes) {
          record.guard(rule, node.urn, "", () => {
            check(node, record.expect(rule, node.urn));
          });
        }
      },
    };
    record.guard(rule, "", "", () => {
      const subject = { stack: context.stack, settings: context.settings.get(rule.id) };
      (rule.check as (graph: Graph, judge: Judge, subject: unknown) => void)(graph, judge, subject);
    });
  }
  return record;
}

/** Whether there is anything in the stack that the rule is about. */
function appliesTo(rule: GraphRule, graph: Graph): boolean {
  return rule.types.length === 0 || graph.all(...(rule.types as Node["type"][])).length > 0;
}

class Recorder implements Verdicts {
  readonly findings: Judgement[] = [];
  readonly satisfied = new Map<string, number>();

  expect(rule: Rule, urn: string): Expect {
    return (at, says, holds) => {
      this.guard(rule, urn, at, () => {
        if (holds()) this.satisfied.set(rule.id, (this.satisfied.get(rule.id) ?? 0) + 1);
        else this.findings.push({ verdict: "violated", rule, urn, at, says });
      });
    };
  }

  guard(rule: Rule, urn: string, at: string, judge: () => void): void {
    try {
      judge();
    } catch (error) {
      // A resource of a shape that its type does not have: the provider refuses it, no rule can read it.
      const reason =
        error instanceof Undecided ? error.reason : `cannot be read (${error instanceof Error ? error.message : "?"})`;
      const path = error instanceof Undecided && error.path !== "" ? error.path : at;
      this.findings.push({ verdict: "undecided", rule, urn, at: path, reason });
    }
  }
}
