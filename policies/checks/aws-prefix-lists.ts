import type { Graph, Node } from "../model/graph";

const PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
const ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry";

/** Blocks of the prefix lists that an input names. Undecided for a list of another stack, or of AWS. */
export function prefixListBlocks(graph: Graph, from: Node, path: string): readonly string[] {
  return graph
    .to(from, path, PREFIX_LIST)
    .flatMap((list) => [
      ...Array.from(list.props.entries ?? [], ({ cidr }) => cidr ?? ""),
      ...graph.from(ENTRY, "prefixListId", list).map(({ props }) => props.cidr ?? ""),
    ]);
}
