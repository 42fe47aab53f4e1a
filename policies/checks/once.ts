import type { Graph } from "../model/graph";

/** What is made of a graph, made once for each: an index that many checks look into. */
export function once<Made>(make: (graph: Graph) => Made): (graph: Graph) => Made {
  const known = new WeakMap<Graph, { readonly made: Made }>();
  return (graph) => {
    const before = known.get(graph);
    if (before !== undefined) return before.made;
    const made = make(graph);
    known.set(graph, { made });
    return made;
  };
}
