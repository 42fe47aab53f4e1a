import { createHash } from "node:crypto";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { Effects } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { LOAD_BALANCER, SECURITY_GROUP, VPC_INGRESS_RULE } from "../aws/types";
import type { Cluster } from "./cluster";
import { loadBalancersOf, tags, type Scheme } from "./subnets";
import { blockedTargets, type TargetPort } from "./targets";

/** A load balancer that a controller is asked for. */
export interface Wish {
  /** Tag and value by which the controller finds it again. */
  readonly ownerTag: string;
  readonly owner: string;
  /** `k8s-<namespace>-<name>`: a digest is added. */
  readonly stem: string;
  readonly type: "application" | "network" | "classic";
  readonly scheme: Scheme;
  readonly subnets: readonly string[];
  /** Ports on which it listens. */
  readonly listeners: readonly number[];
  /** Groups that the program gives; else the controller makes one of its own. */
  readonly groups: readonly string[] | undefined;
  /** Whether the controller opens the nodes' groups to the load balancer by itself. */
  readonly opensNodes: boolean;
  readonly targets: readonly TargetPort[];
}

/** Shared by all load balancers of a cluster, as the source in the rules of the nodes' groups. */
const BACKEND = "elbv2.k8s.aws/resource";

/**
 * Makes the load balancer with what belongs to it, as the controller does, and tells its host name and what keeps it from its
 * targets. https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/security_groups/
 */
export function makeLoadBalancer(
  cluster: Cluster,
  wish: Wish,
  effects: Effects,
): { hostname: string; problems: readonly string[] } {
  const digest = hash(cluster, wish.ownerTag, wish.owner, wish.scheme);
  const name = `${wish.stem}-${digest.slice(0, 10)}`;
  const ownTags = { "elbv2.k8s.aws/cluster": cluster.name, [wish.ownerTag]: wish.owner };
  const groups: string[] = [...(wish.groups ?? [])];
  if (wish.groups === undefined) {
    groups.push(putGroup(cluster, effects, name, ownTags, wish.listeners));
  }
  const problems: string[] = [];
  if (wish.opensNodes) {
    const backend = putGroup(cluster, effects, `k8s-traffic-${cluster.name}`.slice(0, 244), backendTags(cluster), []);
    groups.push(backend);
    problems.push(...openNodes(cluster, effects, backend, wish.targets));
  } else problems.push(...blockedTargets(cluster, groups, wish.targets));
  return { hostname: putBalancer(cluster, effects, wish, { name, digest, groups, tags: ownTags }), problems };
}

function backendTags(cluster: Cluster): Readonly<Record<string, string>> {
  return { "elbv2.k8s.aws/cluster": cluster.name, [BACKEND]: "backend-sg" };
}

function putBalancer(
  cluster: Cluster,
  effects: Effects,
  wish: Wish,
  made: { name: string; digest: string; groups: readonly string[]; tags: Readonly<Record<string, string>> },
): string {
  const { region } = cluster.scope;
  const internal = wish.scheme === "internal";
  const suffix = `${wish.type === "network" ? "net" : "app"}/${made.name}/${made.digest.slice(10, 26)}`;
  const arn = `arn:${cluster.arn.split(":")[1] ?? "aws"}:elasticloadbalancing:${region}:${cluster.scope.account}:loadbalancer/${suffix}`;
  const dnsName =
    wish.type === "network"
      ? `${made.name}-${made.digest.slice(10, 26)}.elb.${region}.amazonaws.com`
      : `${internal ? "internal-" : ""}${made.name}-${String(parseInt(made.digest.slice(10, 18), 16))}.${region}.elb.amazonaws.com`;
  const inputs = {
    name: made.name,
    internal,
    loadBalancerType: wish.type,
    subnets: wish.subnets,
    securityGroups: made.groups,
    tags: made.tags,
  };
  effects.put({
    type: LOAD_BALANCER,
    id: arn,
    scope: cluster.scope,
    inputs,
    outputs: { ...inputs, arn, arnSuffix: suffix, dnsName, vpcId: cluster.vpcId, tagsAll: made.tags, region },
  });
  return dnsName;
}

function putGroup(
  cluster: Cluster,
  effects: Effects,
  name: string,
  groupTags: Readonly<Record<string, string>>,
  listeners: readonly number[],
): string {
  const id = `sg-0${hash(cluster, "group", name).slice(0, 16)}`;
  const ingress = listeners.map((port) => ({
    protocol: "tcp",
    fromPort: port,
    toPort: port,
    cidrBlocks: ["0.0.0.0/0"],
  }));
  const egress = [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }];
  const inputs = { name, description: `[k8s] ${name}`, vpcId: cluster.vpcId, ingress, egress, tags: groupTags };
  const arn = `arn:${cluster.arn.split(":")[1] ?? "aws"}:ec2:${cluster.scope.region}:${cluster.scope.account}:security-group/${id}`;
  effects.put({
    type: SECURITY_GROUP,
    id,
    scope: cluster.scope,
    inputs,
    outputs: { ...inputs, arn, tagsAll: groupTags },
  });
  return id;
}

/** Rules that let the load balancer into the nodes. The controller must know into which of several groups of a node. */
function openNodes(
  cluster: Cluster,
  effects: Effects,
  backend: string,
  targets: readonly TargetPort[],
): readonly string[] {
  const problems: string[] = [];
  for (const nodes of cluster.nodes) {
    const candidates =
      nodes.groups.length === 1 ? nodes.groups : nodes.groups.filter((group) => isTagged(cluster, group));
    const [group] = candidates;
    if (candidates.length !== 1 || group === undefined) {
      problems.push(
        `[FailedNetworkReconcile] expected exactly one securityGroup tagged with kubernetes.io/cluster/${cluster.name} ` +
          `for the network interfaces of ${nodes.name}, got: [${candidates.join(" ")}] (clusterName: ${cluster.name})`,
      );
      continue;
    }
    for (const port of new Set(targets.map((target) => target.port))) {
      const inputs = {
        securityGroupId: group,
        referencedSecurityGroupId: backend,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        description: "elbv2.k8s.aws/targetGroupBinding=shared",
      };
      const id = `sgr-0${hash(cluster, "rule", group, backend, String(port)).slice(0, 16)}`;
      effects.put({
        type: VPC_INGRESS_RULE,
        id,
        scope: cluster.scope,
        inputs,
        outputs: { ...inputs, securityGroupRuleId: id },
      });
    }
  }
  return problems;
}

/** EKS tags the group that it makes itself. */
function isTagged(cluster: Cluster, id: string): boolean {
  if (id === cluster.clusterGroup) return true;
  const group = cluster.cloud.find(SECURITY_GROUP, id);
  return group !== undefined && `kubernetes.io/cluster/${cluster.name}` in tags(group);
}

/** Removes what the controller made for this owner; the shared group goes with the last load balancer. */
export function removeLoadBalancer(cluster: Cluster, ownerTag: string, owner: string, effects: Effects): void {
  const own = loadBalancersOf(cluster, ownerTag, owner);
  for (const balancer of own) effects.remove(balancer);
  const groups = cluster.cloud.list(SECURITY_GROUP);
  for (const group of groups.filter((each) => tags(each)[ownerTag] === owner && isOf(each, cluster)))
    effects.remove(group);
  const others = cluster.cloud.list(LOAD_BALANCER).some((each) => isOf(each, cluster) && !own.includes(each));
  if (others) return;
  for (const backend of groups.filter((each) => tags(each)[BACKEND] === "backend-sg" && isOf(each, cluster))) {
    effects.remove(backend);
    for (const rule of rulesFrom(backend.id, cluster.cloud)) effects.remove(rule);
  }
}

function isOf(resource: StoredResource, cluster: Cluster): boolean {
  return tags(resource)["elbv2.k8s.aws/cluster"] === cluster.name;
}

function rulesFrom(group: string, cloud: CloudView): readonly StoredResource[] {
  return cloud.list(VPC_INGRESS_RULE).filter((rule) => rule.inputs["referencedSecurityGroupId"] === group);
}

/** Ids of groups that an annotation gives, by id or by `Name` tag, or the names that are none. */
export function givenGroups(list: string, cluster: Cluster): { ids: readonly string[]; missing: readonly string[] } {
  const names = list.split(",").map((name) => name.trim());
  const all = cluster.cloud.list(SECURITY_GROUP);
  const found = names.map((name) => all.find((group) => group.id === name || tags(group)["Name"] === name)?.id);
  return {
    ids: found.filter((id) => id !== undefined),
    missing: names.filter((_, index) => found[index] === undefined),
  };
}

/** `k8s-<first 8 of the namespace>-<first 8 of the name>`, as the controller names what it makes. */
export function stemOf(namespace: string, name: string): string {
  const short = (part: string) => part.replace(/[^a-zA-Z0-9]/g, "").slice(0, 8);
  return `k8s-${short(namespace)}-${short(name)}`;
}

export function statusOf(hostname: string): Properties {
  return { loadBalancer: { ingress: [{ hostname }] } };
}

function hash(cluster: Cluster, ...parts: readonly string[]): string {
  return createHash("sha256")
    .update([cluster.arn, ...parts].join("|"))
    .digest("hex");
}
