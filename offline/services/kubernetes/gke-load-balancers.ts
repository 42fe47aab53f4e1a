import { createHash } from "node:crypto";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { Effects } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { free } from "../gcp/compute-addresses";
import { names, selfLink } from "../gcp/links";
import { CLUSTER, FORWARDING_RULE, SUBNETWORK } from "../gcp/types";
import { annotation, text } from "./fields";
import type { Cluster } from "./managed-cluster";

/** https://docs.cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters */
const INTERNAL = "networking.gke.io/load-balancer-type";

/**
 * Makes what GKE makes for a Service of type LoadBalancer or an Ingress: a forwarding rule in the cluster's region, which keeps its network
 * from being deleted. Gives its address.
 */
export function putForwardingRule(cluster: Cluster, owner: string, object: Properties, effects: Effects): string {
  const id = ruleId(cluster, owner);
  const digits = createHash("sha256").update(id).digest("hex");
  const internal = annotation(object, INTERNAL) === "Internal";
  const address = free({ hex: (count) => digits.slice(0, count) }, internal ? subnetworkOf(cluster) : undefined);
  const name = id.slice(id.lastIndexOf("/") + 1);
  const inputs = {
    name,
    network: cluster.vpcId,
    loadBalancingScheme: internal ? "INTERNAL" : "EXTERNAL",
    description: owner,
  };
  effects.put({
    type: FORWARDING_RULE,
    id,
    scope: cluster.scope,
    inputs,
    outputs: { ...inputs, ipAddress: address, region: cluster.scope.region, selfLink: selfLink(id) },
  });
  return address;
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
