import type { CloudView, StoredResource } from "../../cloud/cloud";
import { LOAD_BALANCER, ROUTE, ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION, SUBNET } from "../aws/types";
import type { Cluster } from "./cluster";
import { blocks, text, textMap } from "./fields";

export type Scheme = "internet-facing" | "internal";

/** Value of the tags that give a subnet its role: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/ */
const ROLE_TAGS: Readonly<Record<Scheme, string>> = {
  "internet-facing": "kubernetes.io/role/elb",
  internal: "kubernetes.io/role/internal-elb",
};

/** A load balancer takes 8 addresses of a subnet: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer */
export interface SubnetWish {
  readonly scheme: Scheme;
  /** An application load balancer needs two zones, a network one is content with one. */
  readonly zones: 1 | 2;
  /** Ids or `Name` tags that an annotation gives. */
  readonly named?: readonly string[];
  /** Whether the controller falls back to route tables where no subnet has the role tag: from version 2.12.1 on. */
  readonly byReachability: boolean;
}

/** The subnets that the controller chooses, one a zone, or its reason why it finds none. */
export function chooseSubnets(cluster: Cluster, wish: SubnetWish): readonly string[] | string {
  const all = cluster.cloud.list(SUBNET).filter((subnet) => subnet.inputs["vpcId"] === cluster.vpcId);
  if (wish.named !== undefined) return namedSubnets(all, wish.named, wish.zones);
  const tagged = all.filter((subnet) => ["", "1"].includes(tags(subnet)[ROLE_TAGS[wish.scheme]] ?? "none"));
  const reachable = wish.byReachability
    ? all.filter((subnet) => isPublic(subnet.id, cluster.cloud) === (wish.scheme === "internet-facing"))
    : [];
  const candidates = tagged.length > 0 ? tagged : reachable;
  const foreign = candidates.filter((subnet) => isForeign(subnet, cluster.name));
  const chosen = onePerZone(candidates.filter((subnet) => !foreign.includes(subnet)));
  if (chosen.length === 0) {
    const evaluated = wish.byReachability
      ? `. Evaluated ${String(candidates.length)} subnets: ${String(foreign.length)} are tagged for other clusters, and 0 have insufficient available IP addresses`
      : ` (0 match VPC and tags: [${ROLE_TAGS[wish.scheme]}])`;
    return `couldn't auto-discover subnets: unable to resolve at least one subnet${evaluated}`;
  }
  if (chosen.length < wish.zones) return `couldn't auto-discover subnets: ${tooFew(chosen.length, wish.zones)}`;
  return chosen;
}

function namedSubnets(
  all: readonly StoredResource[],
  names: readonly string[],
  zones: number,
): readonly string[] | string {
  const found = names.map((name) => all.find((subnet) => subnet.id === name || tags(subnet)["Name"] === name)?.id);
  const missing = names.filter((_, index) => found[index] === undefined);
  if (missing.length > 0)
    return `couldn't find all subnets, want: [${names.join(" ")}], missing: [${missing.join(" ")}]`;
  return names.length < zones ? tooFew(names.length, zones) : found.filter((id) => id !== undefined);
}

function tooFew(count: number, wanted: number): string {
  return `subnets count less than minimal required count: ${String(count)} < ${String(wanted)}`;
}

function onePerZone(subnets: readonly StoredResource[]): readonly string[] {
  const zones = new Map<string, string>();
  for (const subnet of [...subnets].sort((a, b) => a.id.localeCompare(b.id))) {
    const zone = text(subnet.outputs["availabilityZone"]) ?? text(subnet.inputs["availabilityZone"]) ?? subnet.id;
    if (!zones.has(zone)) zones.set(zone, subnet.id);
  }
  return [...zones.keys()].sort().flatMap((zone) => zones.get(zone) ?? []);
}

/** Tagged for clusters, but not for this one. */
function isForeign(subnet: StoredResource, cluster: string): boolean {
  const owners = Object.keys(tags(subnet)).filter((key) => key.startsWith("kubernetes.io/cluster/"));
  return owners.length > 0 && !owners.includes(`kubernetes.io/cluster/${cluster}`);
}

export function tags(resource: StoredResource): Readonly<Record<string, string>> {
  return { ...textMap(resource.inputs["tags"]), ...textMap(resource.outputs["tagsAll"]) };
}

/** Whether the subnet's route table leads to an internet gateway. */
function isPublic(subnet: string, cloud: CloudView): boolean {
  return cloud
    .list(ROUTE_TABLE_ASSOCIATION)
    .filter((association) => association.inputs["subnetId"] === subnet)
    .some(({ inputs: { routeTableId } }) => {
      const inline = cloud.list(ROUTE_TABLE).filter((table) => table.id === routeTableId);
      const routes = [
        ...inline.flatMap((table) => blocks(table.inputs["routes"])),
        ...cloud
          .list(ROUTE)
          .filter((route) => route.inputs["routeTableId"] === routeTableId)
          .map((route) => route.inputs),
      ];
      return routes.some((route) => text(route["gatewayId"])?.startsWith("igw-") === true);
    });
}

/** The load balancers that a controller made for this owner, by the tags that it puts on them. */
export function loadBalancersOf(cluster: Cluster, ownerTag: string, owner: string): readonly StoredResource[] {
  return cluster.cloud
    .list(LOAD_BALANCER)
    .filter(
      (balancer) => tags(balancer)[ownerTag] === owner && tags(balancer)["elbv2.k8s.aws/cluster"] === cluster.name,
    );
}
