import { createHash } from "node:crypto";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { Effects } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { formatAddress, holds, parseCidr } from "../cidr";
import { sameId } from "../azure/arm";
import { rolesOn } from "../azure/role-assignments";
import { IDENTITY, LOAD_BALANCER, MANAGED_CLUSTER, PUBLIC_IP, SUBNET } from "../azure/types";
import { userIdentities } from "../azure/service-support";
import { annotation, blocks, dig, text } from "./fields";
import type { Cluster } from "./managed-cluster";

/** https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/ */
const INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal";
const SUBNET_NAME = `${INTERNAL}-subnet`;
const ADDRESS = "service.beta.kubernetes.io/azure-load-balancer-ipv4";

/** Roles that let the cluster join a subnet: https://learn.microsoft.com/azure/aks/internal-lb */
const JOINING = ["Owner", "Contributor", "Network Contributor"];

/**
 * Makes what AKS makes for a Service of type LoadBalancer: a public address in the resource group of the nodes, or a front end in
 * the nodes' subnet or the one that the Service names, which then cannot be deleted. Gives its address, or why there is none.
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
  const named = annotation(object, SUBNET_NAME);
  const wantedId = named === undefined ? subnetId : `${subnetId?.slice(0, subnetId.lastIndexOf("/")) ?? ""}/${named}`;
  const subnet = cluster.cloud.list(SUBNET).find((each) => sameId(each.id, wantedId));
  if (named !== undefined && subnet === undefined) {
    return { problem: failed(`subnet "${named}" is not in the network of the cluster`) };
  }
  // In a network of its own AKS needs no right that it has not.
  if (subnet !== undefined && !mayJoin(cluster, subnet.id)) {
    return {
      problem: failed(
        "AuthorizationFailed: the identity of the cluster does not have authorization to perform action " +
          `'Microsoft.Network/virtualNetworks/subnets/read' over scope '${subnet.id}': give it Network Contributor on the subnet`,
      ),
    };
  }
  const range = parseCidr(text(subnet?.inputs["addressPrefix"]) ?? "10.224.0.0/16", false);
  const wanted = annotation(object, ADDRESS);
  const refused = wanted === undefined ? undefined : refusal(cluster, owner, wanted, subnet);
  if (refused !== undefined) return { problem: failed(refused) };
  const ip = wanted ?? (typeof range === "object" ? formatAddress(range.last - 2 - (number % 64)) : "10.224.0.200");
  const frontEnd = { name: `a${digits.slice(0, 31)}`, privateIPAddress: ip, subnet: { id: subnet?.id ?? "" } };
  const inputs = { frontendIPConfigurations: [frontEnd] };
  effects.put({
    type: LOAD_BALANCER,
    id: internalId(cluster, owner),
    scope: armScope(cluster),
    inputs,
    outputs: { ...inputs },
  });
  return { ip };
}

function failed(reason: string): string {
  return `[SyncLoadBalancerFailed] Error syncing load balancer: failed to ensure load balancer: ${reason}`;
}

/** What Resource Manager says of an address that a Service wants: https://learn.microsoft.com/azure/aks/internal-lb#specify-an-ip-address */
function refusal(
  cluster: Cluster,
  owner: string,
  wanted: string,
  subnet: StoredResource | undefined,
): string | undefined {
  const range = text(subnet?.inputs["addressPrefix"]);
  if (range !== undefined && !holds(range, wanted)) {
    return `PrivateIPAddressNotInSubnet: private static IP address ${wanted} does not belong to the range of subnet prefix ${range}`;
  }
  const own = internalId(cluster, owner);
  const taken = cluster.cloud
    .list(LOAD_BALANCER, armScope(cluster))
    .filter(({ id }) => id !== own)
    .flatMap(({ inputs }) => blocks(inputs["frontendIPConfigurations"]))
    .some(
      (frontEnd) => frontEnd["privateIPAddress"] === wanted && sameId(text(dig(frontEnd, "subnet", "id")), subnet?.id),
    );
  return taken
    ? `PrivateIPAddressInUse: IP address ${wanted} is already allocated in subnet ${subnet?.id ?? ""}`
    : undefined;
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
