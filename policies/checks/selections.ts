import type { Graph, Node } from "../model/graph";
import type { ResourceType } from "../types";
import { selects, type Labels, type LabelSelector } from "./label-selectors";
import { namespaceOf } from "./namespaces";
import { once } from "./once";
import { podsOf, type Workload } from "./pod-templates";
import { anyOf, readable } from "./undecided";

/** What a selector asks for first, or everything. */
function firstOf({ matchLabels = {} }: LabelSelector): string {
  const [key] = Object.keys(matchLabels);
  return key === undefined ? "*" : `${key}=${matchLabels[key] ?? ""}`;
}

/**
 * Whether pods are selected by an object of a type in their namespace. Undecided where none does and there is one of which it
 * cannot be told.
 *
 * @param selectorOf what the object selects; undefined where it selects nothing
 */
export function selectedBy<T extends ResourceType>(
  type: T,
  selectorOf: (node: Node<T>) => LabelSelector | undefined,
): (graph: Graph, namespace: string, labels: Labels) => boolean {
  // Each is found by the first label that it asks for: a stack has as many of them as workloads.
  const index = once((graph) => {
    const found = new Map<string | undefined, Node<T>[]>();
    for (const node of graph.all(type)) {
      const [key] = readable(() => {
        const selector = selectorOf(node);
        return [selector === undefined ? "" : `${namespaceOf(node)} ${firstOf(selector)}`];
      }).items;
      push(found, key, node);
    }
    return found;
  });
  return (graph, namespace, labels) => {
    const { items, open } = readable(() => Object.entries(labels));
    const keys = ["*", ...items.map(([key, value = ""]) => `${key}=${value}`)].map((one) => `${namespace} ${one}`);
    const candidates =
      open === undefined ? [...keys, undefined].flatMap((key) => index(graph).get(key) ?? []) : graph.all(type);
    return anyOf(candidates, (node) => {
      const selector = selectorOf(node);
      return selector !== undefined && selects(selector, labels) && namespaceOf(node) === namespace;
    });
  };
}

/** Workloads of some types whose pods are in a namespace and selected. Undecided where that cannot be told of one. */
export function selectedOf<T extends Workload>(
  types: readonly T[],
): (graph: Graph, namespace: string, selector: LabelSelector) => readonly Node<T>[] {
  const index = once((graph) => {
    const found = new Map<string | undefined, Node<T>[]>();
    for (const node of graph.all(...types)) {
      const { items, open } = readable(() => {
        const namespace = namespaceOf(node);
        return ["*", ...Object.entries(podsOf(node).labels()).map(([key, value = ""]) => `${key}=${value}`)].map(
          (one) => `${namespace} ${one}`,
        );
      });
      for (const key of open === undefined ? items : [undefined]) push(found, key, node);
    }
    return found;
  });
  return (graph, namespace, selector) => {
    const keys = [`${namespace} ${firstOf(selector)}`, undefined];
    return keys
      .flatMap((key) => index(graph).get(key) ?? [])
      .filter((node) => selects(selector, podsOf(node).labels()) && namespaceOf(node) === namespace);
  };
}

function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
