import type { Graph, Node } from "../model/graph";
import type { Undecided } from "../model/view";
import type { ResourceType } from "../types";
import { once } from "./once";
import { anyOf, readable } from "./undecided";

/** What every object of Kubernetes is called. */
interface Named {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Partial<Record<string, string>>>;
    readonly annotations?: Readonly<Partial<Record<string, string>>>;
  };
}

/** The metadata of an object. */
export function metadataOf(node: Node): NonNullable<Named["metadata"]> {
  return (node.props as Named).metadata ?? {};
}

/** Where an object is that says nothing: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/ */
const DEFAULT_NAMESPACE = "default";

/** The namespace of an object: its own, or else that of its provider. */
export function namespaceOf(node: Node): string {
  const given = metadataOf(node).namespace;
  if (given !== undefined) return given;
  const ofProvider = node.provider?.inputs["namespace"];
  return typeof ofProvider === "string" ? ofProvider : DEFAULT_NAMESPACE;
}

/** Objects by type and namespace; those of which the namespace is unknown by `undefined`. */
const byNamespace = once((graph) => {
  const found = new Map<string, Map<string | undefined, Node[]>>();
  for (const node of graph.nodes) {
    if (!node.type.startsWith("kubernetes:")) continue;
    const [namespace] = readable(() => [namespaceOf(node)]).items;
    const ofType = found.get(node.type) ?? new Map<string | undefined, Node[]>();
    const list = ofType.get(namespace) ?? [];
    found.set(node.type, ofType);
    ofType.set(namespace, list);
    list.push(node);
  }
  return found;
});

/** Objects of a type that may be in a namespace. */
function candidates<T extends ResourceType>(graph: Graph, type: T, namespace: string): readonly Node<T>[] {
  const all = byNamespace(graph).get(type);
  return [...(all?.get(namespace) ?? []), ...(all?.get(undefined) ?? [])] as unknown as readonly Node<T>[];
}

/**
 * Whether something holds of an object of some types in a namespace. Where it holds of none that can be judged, one that cannot,
 * or of which the namespace is unknown, leaves it undecided.
 */
export function anyIn<T extends ResourceType>(
  graph: Graph,
  types: readonly T[],
  namespace: string,
  holds: (node: Node<T>) => boolean,
): boolean {
  const all = types.flatMap((type) => candidates(graph, type, namespace));
  return anyOf(all, (node) => holds(node) && namespaceOf(node) === namespace);
}

/** Objects by type, namespace and name; by type alone, why there may be more of them. */
const byName = once((graph) => {
  const nodes = new Map<string, Node>();
  const open = new Map<string, Undecided>();
  for (const node of graph.nodes) {
    if (!node.type.startsWith("kubernetes:")) continue;
    const read = readable(() => [`${node.type} ${namespaceOf(node)} ${metadataOf(node).name ?? ""}`]);
    for (const name of read.items) nodes.set(name, node);
    if (read.open !== undefined) open.set(node.type, read.open);
  }
  return { nodes, open };
});

/** The object of a type with a name in a namespace. Undecided where there is none, and one of which the name is unknown. */
export function objectIn<T extends ResourceType>(
  graph: Graph,
  type: T,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Node<T> | undefined {
  const { nodes, open } = byName(graph);
  const found = nodes.get(`${type} ${namespace} ${name}`);
  if (found !== undefined) return found as unknown as Node<T>;
  const reason = open.get(type);
  if (reason !== undefined) throw reason;
  return undefined;
}
