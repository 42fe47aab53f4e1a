import { isList, isProperties, propertyPath, Unknown, valuesAt, type Value } from "../../offline/cloud/value";
import type { Graph, Node } from "../model/graph";
import { NOT_KNOWN_YET, undecided } from "../model/view";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const SUBNET = "aws:ec2/subnet:Subnet";

/** Types that make up the network: what they name they do not use. */
const NETWORK = new Set([
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/flowLog:FlowLog",
  "aws:ec2/networkAcl:NetworkAcl",
  "aws:ec2/networkAclAssociation:NetworkAclAssociation",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  GROUP,
  "aws:ec2/securityGroupRule:SecurityGroupRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
]);

/** What the load balancer controller makes load balancers of. */
const SERVED = new Set(["kubernetes:core/v1:Service", "kubernetes:networking.k8s.io/v1:Ingress"]);

/** Inputs that say what a resource has: `vpcSecurityGroupIds`, `securityGroups`, and annotations; a source is let in alone. */
const GROUPS = /^(?!source).*security-?groups?(Ids?)?$/i;
const SUBNETS = /^(.*subnets?(Ids?)?|vpcZoneIdentifiers)$/i;

interface Uses {
  readonly sure: ReadonlyMap<Node, ReadonlySet<Node>>;
  /** Resources that have some of several targets, of which it is not known yet which. */
  readonly possible: ReadonlyMap<Node, ReadonlySet<Node>>;
  /** Resources whose security groups are unknown and come from no resource that could be told. */
  readonly doubts: readonly Node[];
}

const known = new WeakMap<Graph, Uses>();

/** Resources that work in a subnet or have a security group, as far as this stack shows. */
export function usersOf(graph: Graph, target: Node): readonly Node[] {
  return [...(usesIn(graph).sure.get(target) ?? [])];
}

/** Resources of which it is not known yet whether they do. */
export function possibleUsersOf(graph: Graph, target: Node): readonly Node[] {
  return [...(usesIn(graph).possible.get(target) ?? [])];
}

/** Ends a check without a verdict where there may be more users of a security group than are known. */
export function assertUsersKnown(graph: Graph, group: Node): void {
  const [doubt] = [...usesIn(graph).doubts, ...possibleUsersOf(graph, group)];
  if (doubt !== undefined) undecided("", `which security groups ${doubt.name} has ${NOT_KNOWN_YET}`);
}

function usesIn(graph: Graph): Uses {
  const found = known.get(graph) ?? collect(graph);
  known.set(graph, found);
  return found;
}

function collect(graph: Graph): Uses {
  const sure = new Map<Node, Set<Node>>();
  const possible = new Map<Node, Set<Node>>();
  const doubts: Node[] = [];
  for (const node of graph.nodes) {
    if (NETWORK.has(node.type) || !(node.type.startsWith("aws:") || SERVED.has(node.type))) continue;
    for (const { path, type } of pathsIn(node.inputs, "")) {
      const { nodes, unresolved } = graph.references(node, path, type);
      if (unresolved && type === GROUP) doubts.push(node);
      // More sources than values: some of them are no values but what these wait for.
      const map = nodes.length > lengthAt(node, path) ? possible : sure;
      for (const target of nodes) {
        const users = map.get(target);
        if (users === undefined) map.set(target, new Set([node]));
        else users.add(node);
      }
    }
  }
  return { sure, possible, doubts };
}

/** How many values there are at a path: one at least where that is not known yet, any number where a text holds several. */
function lengthAt({ inputs }: Node, path: string): number {
  const [found] = valuesAt(inputs, path);
  if (found?.value instanceof Unknown) return 1;
  return isList(found?.value) ? found.value.length : Infinity;
}

/** Where a property bag says security groups and subnets. */
function pathsIn(
  value: Value | undefined,
  at: string,
): readonly { path: string; type: typeof GROUP | typeof SUBNET }[] {
  if (isList(value)) return value.flatMap((item, index) => pathsIn(item, `${at}[${String(index)}]`));
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const path = propertyPath(at, key);
    if (GROUPS.test(key)) return [{ path, type: GROUP }];
    return SUBNETS.test(key) ? [{ path, type: SUBNET }] : pathsIn(item, path);
  });
}
