import type { Graph, Node } from "../model/graph";
import type { StackFacts } from "../model/rule";
import { NOT_KNOWN_YET, undecided } from "../model/view";
import type { ResourceType } from "../types";
import { anyOf } from "./undecided";

/**
 * Whether a property names anything at all, in this stack or not. A name that is not known yet counts where the engine says what it
 * is the name of.
 */
export function isGiven(graph: Graph, node: Node, path: string, ...types: readonly ResourceType[]): boolean {
  const { nodes, outside, unresolved } = graph.references(node, path, ...types);
  if (nodes.length > 0 || outside.length > 0) return true;
  return unresolved ? undecided(path, NOT_KNOWN_YET) : false;
}

/**
 * Resources of a type whose values at `path` name this one, where they may name resources of several types. Undecided where none
 * does and there is one of which it cannot be told.
 */
export function naming<T extends ResourceType>(
  graph: Graph,
  type: T,
  path: string,
  to: Node,
  among: readonly ResourceType[],
): readonly Node<T>[] {
  const found: Node<T>[] = [];
  let open: Node<T> | undefined;
  for (const node of graph.all(type)) {
    const { nodes, unresolved } = graph.references(node, path, ...among);
    if (nodes.includes(to)) found.push(node);
    else if (unresolved) open = node;
  }
  if (found.length === 0 && open !== undefined) undecided("", `${path} of ${open.name} ${NOT_KNOWN_YET}`);
  return found;
}

/** What has logs of its own that say who did what. */
export const LOGGED = [
  "azure-native:cosmosdb:DatabaseAccount",
  "azure-native:containerregistry:Registry",
  "azure-native:containerservice:ManagedCluster",
  "azure-native:dbforpostgresql:Server",
  "azure-native:keyvault:Vault",
  "azure-native:machinelearningservices:Workspace",
  "azure-native:mongocluster:MongoCluster",
  "azure-native:redis:Redis",
  "azure-native:redisenterprise:Database",
  "azure-native:web:WebApp",
] as const satisfies readonly ResourceType[];

const DIAGNOSED: readonly ResourceType[] = [
  ...LOGGED,
  "azure-native:redisenterprise:RedisEnterprise",
  "azure-native:storage:BlobServiceProperties",
  "azure-native:storage:StorageAccount",
];

/** Diagnostic settings of a resource. */
export function diagnosticsOf(graph: Graph, resource: Node): readonly Node<"azure-native:monitor:DiagnosticSetting">[] {
  return naming(graph, "azure-native:monitor:DiagnosticSetting", "resourceUri", resource, DIAGNOSED);
}

/** Whether two words of Azure are the same: most of its enumerations do not care for case. */
export function isWord(value: string | undefined, word: string): boolean {
  return value?.toLowerCase() === word.toLowerCase();
}

/** Whether a stack keeps data and records for good: shorter periods and fewer copies do for the others. */
export function isForGood({ class: stackClass }: StackFacts): boolean {
  return stackClass === "production" || stackClass === "recovery";
}

/**
 * Whether an account holds what services of Azure write down: flows of networks, logs of resources. They write from no network of
 * ours, so such an account has no private endpoint.
 * https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services
 */
export function holdsRecords(graph: Graph, account: Node<"azure-native:storage:StorageAccount">): boolean {
  const writers = [
    () => graph.from("azure-native:network:FlowLog", "storageId", account),
    () => graph.from("azure-native:monitor:DiagnosticSetting", "storageAccountId", account),
  ];
  return anyOf(writers, (written) => written().length > 0);
}
