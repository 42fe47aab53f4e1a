import { Graph } from "../../policies/model/graph";
import { judgeResource, judgeStack, type Judgement } from "../../policies/model/judgement";
import type { Resource, StackResource } from "../../policies/model/resource";
import { STACK_CLASSES, type GraphRule, type ResourceRule, type StackFacts } from "../../policies/model/rule";
import { RULES } from "../../policies/rules";
import { committed } from "../config/stack-files";

export const RESOURCE_RULES = RULES.filter((rule): rule is ResourceRule => rule.kind === "resource");
export const GRAPH_RULES = RULES.filter((rule): rule is GraphRule => rule.kind === "graph");

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

/** What all rules on single resources find of one. */
export function ofResource(resource: Resource, stack: StackFacts): readonly Judgement[] {
  return judgeResource(byType.get(resource.type) ?? [], resource, { stack, settings: DEFAULTS }).findings;
}

/** What all rules on several resources find. */
export function ofStack(resources: readonly StackResource[], stack: StackFacts): readonly Judgement[] {
  return judgeStack(GRAPH_RULES, new Graph(resources), { stack, settings: DEFAULTS }).findings;
}

/** A finding as a line: verdict, rule, resource, path. */
export function told({ verdict, rule, urn, at }: Judgement): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${verdict} ${rule.id} ${types.split("$").at(-1) ?? ""} ${name} ${at}`.trim();
}
