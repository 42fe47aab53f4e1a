import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readExemptions, type Exemptions } from "../../policies/exemptions";
import { Graph, type Node } from "../../policies/model/graph";
import { judgeResource, judgeStack, type Judgement } from "../../policies/model/judgement";
import type { Resource, StackResource } from "../../policies/model/resource";
import { STACK_CLASSES, type GraphRule, type ResourceRule, type StackFacts } from "../../policies/model/rule";
import { RULES } from "../../policies/rules";
import type { ResourceType } from "../../policies/types";
import { committed } from "../config/stack-files";
import { DAY } from "./day";

const RESOURCE_RULES = RULES.filter((rule): rule is ResourceRule => rule.kind === "resource");
const GRAPH_RULES = RULES.filter((rule): rule is GraphRule => rule.kind === "graph");

/** Every rule with its default settings. */
export const DEFAULTS: ReadonlyMap<string, unknown> = new Map(
  RULES.map(({ id, settings }) => [id, settings?.parse({}) ?? {}]),
);

const byType = new Map<string, ResourceRule[]>();
for (const rule of RESOURCE_RULES) {
  for (const type of rule.checks.keys()) byType.set(type, [...(byType.get(type) ?? []), rule]);
}

/** A committed stack as the pack is told of it. */
export function factsOf(stack: string, isPreview = false): StackFacts {
  const { values } = committed(stack);
  const stackClass = STACK_CLASSES.find((one) => one === values["platform:class"]) ?? "production";
  return { stack, project: "platform", class: stackClass, isPreview, config: values };
}

/** The pack's own exemptions. */
export function ownExemptions(): Exemptions {
  const text = readFileSync(resolve(__dirname, "../../policies/exemptions.yaml"), "utf8");
  return readExemptions(
    text,
    RULES.map(({ id }) => id),
    new Date(DAY),
  );
}

/** What all rules on single resources find of one. */
export function ofResource(resource: Resource, stack: StackFacts): readonly Judgement[] {
  return judgeResource(byType.get(resource.type) ?? [], resource, { stack, settings: DEFAULTS }).findings;
}

/** What rules on several resources find; by default all of them. */
export function ofStack(
  resources: readonly StackResource[],
  stack: StackFacts,
  rules: readonly GraphRule[] = GRAPH_RULES,
): readonly Judgement[] {
  return judgeStack(rules, new Graph(resources), { stack, settings: DEFAULTS }).findings;
}

/**
 * The rules on several resources that a change of a resource's inputs can bear on, by its type: those that looked at a resource of
 * it. Asked for a stack once, so that its changes need not be judged by all.
 */
export function rulesTouching(
  resources: readonly StackResource[],
  stack: StackFacts,
): (type: string) => readonly GraphRule[] {
  const looked = GRAPH_RULES.map((rule) => {
    const graph = new WatchedGraph(resources);
    judgeStack([rule], graph, { stack, settings: DEFAULTS });
    return [rule, graph.looked] as const;
  });
  return (type) => looked.flatMap(([rule, types]) => (types.has(type) || types.has(EVERY) ? [rule] : []));
}

const EVERY = "*";

class WatchedGraph extends Graph {
  readonly looked = new Set<string>();

  override get nodes(): Iterable<Node> {
    this.looked.add(EVERY);
    return super.nodes;
  }

  override all<T extends ResourceType>(...types: readonly T[]): readonly Node<T>[] {
    for (const type of types) this.looked.add(type);
    return super.all(...types);
  }

  override references<T extends ResourceType>(from: Node, path: string, ...types: readonly T[]) {
    for (const type of [from.type, ...types]) this.looked.add(type);
    return super.references(from, path, ...types);
  }
}

/** A finding as a line: verdict, rule, resource, path. */
export function told({ verdict, rule, urn, at }: Judgement): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${verdict} ${rule.id} ${types.split("$").at(-1) ?? ""} ${name} ${at}`.trim();
}
