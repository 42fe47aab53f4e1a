import { createHash } from "node:crypto";
import type { CloudView } from "../../cloud/cloud";
import type { Effects } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { formatAddress, parseCidr } from "../cidr";
import { sameId } from "../azure/arm";
import { rolesOn } from "../azure/role-assignments";
import { IDENTITY, LOAD_BALANCER, MANAGED_CLUSTER, PUBLIC_IP, SUBNET } from "../azure/types";
import { userIdentities } from "../azure/service-support";
import { annotation, blocks, text } from "./fields";
import type { Cluster } from "./managed-cluster";

/** https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/ */
const INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal";

/** Roles that let the cluster join a subnet: https://learn.microsoft.com/azure/aks/internal-lb */
const JOINING = ["Owner", "Contributor", "Network Contributor"];

/**
 * Makes what AKS makes for a Service of type LoadBalancer: a public address in the resource group of the nodes, or a front end in
 * the nodes' subnet, which then cannot be deleted. Gives its address, or why there is none.
 */
export function putFrontEnd(
  cluster: Cluster,
  owner: string,
  object: Properties,
  effects: Effects,
): { readonly ip: string } | { readonly problem: string } {
  const digits = digest(cluster, owner);
  const number = parseInt(digits.slice(0, 6), 16);
  if (annotation(object, INTERNAL) !== "true") {
    const ipAddress = `20.${String(128 + (number % 64))}.${String((number >> 6) % 256)}.${String(((number >> 14) % 254) + 1)}`;
    const inputs = { publicIPAllocationMethod: "Static", sku: { name: "Standard" } };
    effects.put({
      type: PUBLIC_IP,
      id: publicId(cluster, owner),
      scope: armScope(cluster),
      inputs,
      outputs: { ...inputs, ipAddress },
    });
    return { ip: ipAddress };
  }
  const stored = cluster.cloud.find(MANAGED_CLUSTER, cluster.arn);
  const subnetId = text(blocks(stored?.inputs["agentPoolProfiles"])[0]?.["vnetSubnetID"]);
  const subnet = cluster.cloud.list(SUBNET).find((each) => sameId(each.id, subnetId));
  // In a network of its own AKS needs no right that it has not.
  if (subnet !== undefined && !mayJoin(cluster, subnet.id)) {
    return {
      problem:
        "[SyncLoadBalancerFailed] Error syncing load balancer: failed to ensure load balancer: AuthorizationFailed: the identity of " +
        `the cluster does not have authorization to perform action 'Microsoft.Network/virtualNetworks/subnets/read' over scope ` +
        `'${subnet.id}': give it Network Contributor on the subnet`,
    };
  }
  const range = parseCidr(text(subnet?.inputs["addressPrefix"]) ?? "10.224.0.0/16", false);
  const ip = typeof range === "object" ? formatAddress(range.last - 2 - (number % 64)) : "10.224.0.200";
  const inputs = { frontendIPConfigurations: [{ name: `a${digits.slice(0, 31)}`, subnet: { id: subnet?.id ?? "" } }] };
  effects.put({
    type: LOAD_BALANCER,
    id: internalId(cluster, owner),
    scope: armScope(cluster),
    inputs,
    outputs: { ...inputs },
  });
  return { ip };
}

export function removeFrontEnd(cluster: Cluster, owner: string, cloud: CloudView, effects: Effects): void {
  for (const [type, id] of [
    [PUBLIC_IP, publicId(cluster, owner)],
    [LOAD_BALANCER, internalId(cluster, owner)],
  ] as const) {
    const found = cloud.find(type, id, armScope(cluster));
    if (found !== undefined) effects.remove(found);
  }
}

function mayJoin(cluster: Cluster, subnetId: string): boolean {
  const stored = cluster.cloud.find(MANAGED_CLUSTER, cluster.arn);
  const own = userIdentities(stored?.inputs["identity"]);
  const principals = cluster.cloud
    .list(IDENTITY)
    .filter(({ id }) => own.some((each) => sameId(each, id)))
    .map(({ outputs }) => text(outputs["principalId"]));
  return principals.some((principal) =>
    rolesOn(cluster.cloud, principal, subnetId).some((role) => JOINING.includes(role)),
  );
}

/** An id of Resource Manager is one of the whole subscription. */
function armScope({ scope }: Cluster) {
  return { account: scope.account, region: "" };
}

function publicId(cluster: Cluster, owner: string): string {
  return `${nodeGroup(cluster)}/providers/Microsoft.Network/publicIPAddresses/kubernetes-a${digest(cluster, owner).slice(0, 31)}`;
}

function internalId(cluster: Cluster, owner: string): string {
  return `${nodeGroup(cluster)}/providers/Microsoft.Network/loadBalancers/kubernetes-internal-a${digest(cluster, owner).slice(0, 31)}`;
}

function nodeGroup(cluster: Cluster): string {
  const stored = cluster.cloud.find(MANAGED_CLUSTER, cluster.arn);
  return `/subscriptions/${cluster.scope.account}/resourceGroups/${text(stored?.outputs["nodeResourceGroup"]) ?? ""}`;
}

function digest(cluster: Cluster, owner: string): string {
  return createHash("sha256").update(`${cluster.arn}|${owner}`).digest("hex");
}
