import type { Graph, Node } from "../model/graph";
import { anyOf } from "./undecided";
import { openingsOfGroup, type Group } from "./aws-security-groups";
import { assertUsersKnown, usersOf } from "./aws-uses";

const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const SERVICE = "kubernetes:core/v1:Service";
const SCHEMES = {
  [INGRESS]: "alb.ingress.kubernetes.io/scheme",
  [SERVICE]: "service.beta.kubernetes.io/aws-load-balancer-scheme",
} as const;

const LOAD_BALANCERS = new Set<string>([
  "aws:alb/loadBalancer:LoadBalancer",
  "aws:elb/loadBalancer:LoadBalancer",
  "aws:lb/loadBalancer:LoadBalancer",
]);

type LoadBalancer =
  | Node<typeof INGRESS>
  | Node<typeof SERVICE>
  | Node<"aws:alb/loadBalancer:LoadBalancer">
  | Node<"aws:elb/loadBalancer:LoadBalancer">
  | Node<"aws:lb/loadBalancer:LoadBalancer">;

/**
 * Whether a security group is one of load balancers that face the internet, and of nothing else.
 *
 * A group that nothing in the stack has is one when it sends to other groups alone, as what passes on requests does and what has
 * work of its own does not: its load balancers are made elsewhere, such as of an Ingress that another stack brings.
 */
export function isEdge(graph: Graph, group: Group): boolean {
  const users = usersOf(graph, group);
  if (anyOf(users, (user) => !facesInternet(user))) return false;
  const isOne = users.length > 0 || sendsToGroupsAlone(graph, group);
  if (isOne) assertUsersKnown(graph, group);
  return isOne;
}

/**
 * Load balancers of the AWS controller are internal where nothing else is said, those of the cloud face the internet.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
 */
function facesInternet(user: Node): boolean {
  const { type, props } = user as LoadBalancer;
  if (type === INGRESS || type === SERVICE) {
    return props.metadata?.annotations?.[SCHEMES[type]] === "internet-facing";
  }
  return LOAD_BALANCERS.has(type) && props.internal !== true;
}

function sendsToGroupsAlone(graph: Graph, group: Group): boolean {
  const openings = openingsOfGroup(graph, group, "egress");
  return openings.length > 0 && openings.every(({ sources }) => sources.every(({ blocks }) => blocks().length === 0));
}
