import { createHash } from "node:crypto";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { Effects } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { free } from "../gcp/compute-addresses";
import { names, selfLink } from "../gcp/links";
import { CLUSTER, FORWARDING_RULE, SUBNETWORK } from "../gcp/types";
import { holds } from "../cidr";
import { annotation, dig, text } from "./fields";
import type { Cluster } from "./managed-cluster";

/** https://docs.cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters */
const INTERNAL = "networking.gke.io/load-balancer-type";

/**
 * Makes what GKE makes for a Service of type LoadBalancer or an Ingress: a forwarding rule in the cluster's region, which keeps its network
 * from being deleted. Gives its address, or why there is none.
 */
export function putForwardingRule(
  cluster: Cluster,
  owner: string,
  object: Properties,
  effects: Effects,
): { readonly ip: string } | { readonly problem: string } {
  const id = ruleId(cluster, owner);
  const digits = createHash("sha256").update(id).digest("hex");
  const internal = annotation(object, INTERNAL) === "Internal";
  const subnetwork = internal ? subnetworkOf(cluster) : undefined;
  const wanted = text(dig(object, "spec", "loadBalancerIP"));
  const refused = wanted === undefined ? undefined : refusal(cluster, id, wanted, subnetwork);
  if (refused !== undefined) return { problem: refused };
  const address = wanted ?? free({ hex: (count) => digits.slice(0, count) }, subnetwork);
  const name = id.slice(id.lastIndexOf("/") + 1);
  const inputs = {
    name,
    network: cluster.vpcId,
    loadBalancingScheme: internal ? "INTERNAL" : "EXTERNAL",
    description: owner,
    ipAddress: address,
  };
  effects.put({
    type: FORWARDING_RULE,
    id,
    scope: cluster.scope,
    inputs,
    outputs: { ...inputs, ipAddress: address, region: cluster.scope.region, selfLink: selfLink(id) },
  });
  return { ip: address };
}

/** What Compute Engine says of an address that a Service wants: https://docs.cloud.google.com/compute/docs/ip-addresses/reserve-static-internal-ip-address */
function refusal(
  cluster: Cluster,
  id: string,
  wanted: string,
  subnetwork: StoredResource | undefined,
): string | undefined {
  const failed = (reason: string) =>
    `[SyncLoadBalancerFailed] Error syncing load balancer: failed to ensure load balancer: googleapi: Error 400: ${reason}`;
  const taken = cluster.cloud
    .list(FORWARDING_RULE, cluster.scope)
    .find((rule) => rule.id !== id && rule.outputs["ipAddress"] === wanted);
  if (taken !== undefined) {
    return failed(`IP_IN_USE_BY_ANOTHER_RESOURCE - IP '${wanted}' is already being used by another resource.`);
  }
  const range = text(subnetwork?.outputs["ipCidrRange"]);
  if (range === undefined || holds(range, wanted)) return undefined;
  return failed(`Invalid value for field 'resource.IPAddress': '${wanted}'. IP address is outside of ${range}.`);
}

function subnetworkOf(cluster: Cluster): StoredResource | undefined {
  const given = text(cluster.cloud.find(CLUSTER, cluster.arn)?.inputs["subnetwork"]) ?? "";
  return cluster.cloud.list(SUBNETWORK).find((each) => names(given, each, cluster.scope));
}

export function removeForwardingRule(cluster: Cluster, owner: string, cloud: CloudView, effects: Effects): void {
  const rule = cloud.find(FORWARDING_RULE, ruleId(cluster, owner), cluster.scope);
  if (rule !== undefined) effects.remove(rule);
}

/** GKE names it by the object's uid, a letter in front. */
function ruleId(cluster: Cluster, owner: string): string {
  const uid = createHash("sha256").update(`${cluster.arn}|${owner}`).digest("hex").slice(0, 31);
  return `projects/${cluster.scope.account}/regions/${cluster.scope.region}/forwardingRules/a${uid}`;
}
