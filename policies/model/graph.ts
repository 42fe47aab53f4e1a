import { isHidden, isList, isProperties, Unknown, valuesAt } from "../../offline/cloud/value";
import type { ResourceType } from "../types";
import type { StackResource } from "./resource";
import type { Inputs } from "./rule";
import { NOT_KNOWN_YET, undecided, viewOf } from "./view";

/** A resource of type `T` in the graph. */
export interface Node<T extends ResourceType = ResourceType> extends StackResource {
  readonly type: T;
  /** Its inputs: reading what is unknown leaves the fact undecided. */
  readonly props: Inputs<T>;
}

/** What the values at a path refer to. */
export interface References<T extends ResourceType> {
  /** Resources of this stack. */
  readonly nodes: readonly Node<T>[];
  /** Values that name nothing of this stack. */
  readonly outside: readonly string[];
  /** Whether there are values that are unknown and come from no resource that could be told. */
  readonly unresolved: boolean;
}

/**
 * The resources of a stack and what they refer to. References are followed by the values themselves where these are known (an id,
 * an ARN, a name), else by the resources that the engine says an input comes from: never by logical names.
 */
export class Graph {
  private readonly byUrn: ReadonlyMap<string, Node>;
  private readonly byType = new Map<string, Node[]>();
  private readonly identities = new Map<string, Node[]>();
  private readonly found = new Map<Node, Map<string, References<ResourceType>>>();

  constructor(resources: readonly StackResource[]) {
    const nodes = resources.map(nodeOf);
    this.byUrn = new Map(nodes.map((node) => [node.urn, node]));
    for (const node of nodes) {
      push(this.byType, node.type, node);
      for (const name of new Set(identitiesOf(node))) push(this.identities, name, node);
    }
  }

  get nodes(): Iterable<Node> {
    return this.byUrn.values();
  }

  /** Every resource of a type. */
  all<T extends ResourceType>(...types: readonly T[]): readonly Node<T>[] {
    return types.flatMap((type) => (this.byType.get(type) ?? []) as readonly Node[]) as unknown as Node<T>[];
  }

  node(urn: string): Node | undefined {
    return this.byUrn.get(urn);
  }

  /**
   * What the values at `path` of a resource refer to, among the resources of some types. `[*]` stands for every element:
   * `vpcConfig.subnetIds[*]`. A list at the path stands for its elements.
   */
  references<T extends ResourceType>(from: Node, path: string, ...types: readonly T[]): References<T> {
    const key = `${path} ${types.join(" ")}`;
    const known = this.found.get(from) ?? new Map<string, References<ResourceType>>();
    this.found.set(from, known);
    const before = known.get(key);
    if (before !== undefined) return before as unknown as References<T>;
    const result = this.resolve(from, path, new Set(types));
    known.set(key, result);
    return result as unknown as References<T>;
  }

  /** What the values at `path` refer to. Undecided where one of them cannot be told, or names nothing of this stack. */
  to<T extends ResourceType>(from: Node, path: string, ...types: readonly T[]): readonly Node<T>[] {
    const { nodes, outside, unresolved } = this.references(from, path, ...types);
    if (unresolved) undecided(path, NOT_KNOWN_YET);
    if (outside.length > 0) undecided(path, `refers to ${outside.join(", ")}, which is not in this stack`);
    return nodes;
  }

  /**
   * Resources of a type whose values at `path` refer to this one. Undecided where none does and there is one of which it cannot be
   * told.
   */
  from<T extends ResourceType>(type: T, path: string, to: Node): readonly Node<T>[] {
    const found: Node<T>[] = [];
    let open: Node<T> | undefined;
    for (const node of this.all(type)) {
      const { nodes, unresolved } = this.references(node, path, to.type);
      if (nodes.includes(to)) found.push(node);
      else if (unresolved) open = node;
    }
    if (found.length === 0 && open !== undefined) undecided("", `${path} of ${open.name} ${NOT_KNOWN_YET}`);
    return found;
  }

  private resolve(from: Node, path: string, types: ReadonlySet<string>): References<ResourceType> {
    const nodes = new Set<Node>();
    const outside: string[] = [];
    let unknowns = 0;
    const values = valuesAt(from.inputs, path).flatMap(({ value }) => (isList(value) ? value : [value]));
    const top = /^[^.[]+/.exec(path)?.[0] ?? path;
    const sources = this.sourcesOf(from, top, types);
    for (const value of values) {
      if (value instanceof Unknown) unknowns += 1;
      else if (typeof value === "string" && value !== "") {
        const named = (this.identities.get(value) ?? []).filter(({ type }) => types.has(type));
        for (const node of named) nodes.add(node);
        // A text that is made of an output, such as a pattern of ARNs, names its resource through the engine alone.
        if (named.length === 0 && sources.length > 0) for (const node of sources) nodes.add(node);
        else if (named.length === 0) outside.push(value);
      }
    }
    // A block that is unknown as a whole has no values at the path.
    if (values.length === 0 && isHidden(from.inputs, path)) unknowns += 1;
    if (unknowns > 0) for (const node of sources) nodes.add(node);
    return { nodes: [...nodes], outside, unresolved: unknowns > 0 && sources.length === 0 };
  }

  private sourcesOf(from: Node, property: string, types: ReadonlySet<string>): readonly Node[] {
    return (from.propertyDependencies[property] ?? [])
      .map((urn) => this.byUrn.get(urn))
      .filter((node): node is Node => node !== undefined && types.has(node.type));
  }
}

function nodeOf(resource: StackResource): Node {
  return { ...resource, type: resource.type as ResourceType, props: viewOf(resource.inputs) };
}

/** Outputs and inputs by which other resources name one. Keys of clouds: ids, ARNs, self links, names. */
const IDENTITIES = ["id", "arn", "selfLink", "name", "bucket", "keyId", "identifier", "resourceId", "email"] as const;

function identitiesOf({ outputs, inputs }: StackResource): readonly string[] {
  const metadata = inputs["metadata"];
  const name = isProperties(metadata) ? metadata["name"] : undefined;
  // A provider need not give the id among the outputs: an ARN ends in it.
  const arn = outputs["arn"];
  const tail =
    typeof arn === "string" ? arn.slice(Math.max(arn.lastIndexOf("/"), arn.lastIndexOf(":")) + 1) : undefined;
  return [...IDENTITIES.flatMap((key) => [outputs[key], inputs[key]]), name, tail].filter(
    (value): value is string => typeof value === "string" && value !== "",
  );
}

function push<Key>(map: Map<Key, Node[]>, key: Key, node: Node): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [node]);
  else list.push(node);
}
