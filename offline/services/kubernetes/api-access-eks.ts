import type { StoredResource } from "../../cloud/cloud";
import { outageOf, type Outage } from "../../cloud/faults";
import { formatAddress, parseCidr } from "../cidr";
import { admits, permissionsOf } from "../aws/reachability";
import { SUBNET, VPC } from "../aws/types";
import { HTTPS, noHost, timeout, type Access, type ApiCall, type Obstacle } from "./api-obstacle";
import { block, items, text } from "./fields";
import { viewFrom, type Cluster } from "./managed-cluster";

const INSTANCE = "aws:ec2/instance:Instance";

export const eksAccess: Access = {
  obstacle: (stored, cluster, call) =>
    call.tunnelled ? throughBastion(stored, cluster, call.outages) : directly(stored, cluster, call),
  privateAddress,
};

/**
 * The public endpoint answers everyone inside `publicAccessCidrs`, and the caller is taken to be inside them: of a runner in the
 * network the address of its NAT gateway, of anyone else an office or a VPN. The private endpoint answers who is in the network.
 * https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
 */
function directly(stored: StoredResource, cluster: Cluster, { host, place }: ApiCall): Obstacle | undefined {
  const endpoints = networkOf(stored);
  if (endpoints["endpointPublicAccess"] !== false) return undefined;
  const dial = timeout(privateAddress(stored, cluster));
  if (place === "internet") {
    return {
      dial,
      remedy: `the endpoint of ${cluster.name} is private: call it from its network (without --from internet), or through a bastion (proxy-url in the kubeconfig)`,
    };
  }
  return privateEndpoint(stored, cluster, host) ?? runnerRule(cluster, dial);
}

/** What the VPC must have for the private endpoint's name: same source. */
function privateEndpoint(stored: StoredResource, cluster: Cluster, host: string): Obstacle | undefined {
  if (networkOf(stored)["endpointPrivateAccess"] !== true) {
    return { dial: noHost(host), remedy: `${cluster.name} has no endpoint: set endpointPrivateAccess` };
  }
  const vpc = cluster.cloud.find(VPC, cluster.vpcId);
  // The defaults of `aws.ec2.Vpc`.
  const settings = {
    enableDnsSupport: vpc?.inputs["enableDnsSupport"] ?? true,
    enableDnsHostnames: vpc?.inputs["enableDnsHostnames"] ?? false,
  };
  const missing = (["enableDnsSupport", "enableDnsHostnames"] as const).filter((each) => settings[each] !== true);
  if (missing.length === 0) return undefined;
  return {
    dial: noHost(host),
    remedy: `the private endpoint of ${cluster.name} needs ${missing.join(" and ")} on ${cluster.vpcId}`,
  };
}

/** A rule for callers that are no part of the cluster: EKS itself opens its group to its own members only. */
function runnerRule(cluster: Cluster, dial: string): Obstacle | undefined {
  const own = [...cluster.controlPlaneGroups, ...cluster.nodes.flatMap(({ groups }) => groups)];
  const open = cluster.controlPlaneGroups
    .flatMap((group) => permissionsOf(cluster.cloud, group, "ingress"))
    .some(
      ({ protocol, fromPort, toPort, cidrs, groups, prefixLists }) =>
        (protocol === "-1" || (protocol === "tcp" && fromPort <= HTTPS && HTTPS <= toPort)) &&
        (cidrs.length > 0 || prefixLists.length > 0 || groups.some((group) => !own.includes(group))),
    );
  if (open) return undefined;
  return {
    dial,
    remedy: `no rule lets tcp/443 into ${cluster.controlPlaneGroups.join(", ")} from outside the cluster: add one from the runner's security group or range`,
  };
}

/** A bastion reaches the private endpoint by a rule for its group; a cluster with a public endpoint needs none. */
function throughBastion(stored: StoredResource, cluster: Cluster, outages: readonly Outage[]): Obstacle | undefined {
  const refused = "dial tcp 127.0.0.1: connect: connection refused";
  const bastions = cluster.cloud.list(INSTANCE).filter((instance) => isRunningIn(instance, cluster, outages));
  if (bastions.length === 0) {
    return {
      dial: refused,
      remedy: `the kubeconfig leads through a bastion, and no instance runs in ${cluster.vpcId}`,
    };
  }
  if (networkOf(stored)["endpointPublicAccess"] !== false) return undefined;
  const unresolved = privateEndpoint(stored, cluster, cluster.name);
  if (unresolved !== undefined) return unresolved;
  const answers = bastions.map((bastion) =>
    admits({
      cloud: cluster.cloud,
      from: { groups: groupsOf(bastion) },
      to: { groups: cluster.controlPlaneGroups },
      protocol: "tcp",
      port: HTTPS,
    }),
  );
  if (answers.some(({ allowed }) => allowed)) return undefined;
  return {
    dial: timeout(privateAddress(stored, cluster)),
    remedy: `the bastion is not let in: ${answers[0]?.reason ?? ""}`,
  };
}

function isRunningIn(instance: StoredResource, cluster: Cluster, outages: readonly Outage[]): boolean {
  const { inputs, outputs } = instance;
  const subnet = cluster.cloud.find(SUBNET, text(inputs["subnetId"]) ?? "");
  const zone = text(subnet?.outputs["availabilityZone"]) ?? text(subnet?.inputs["availabilityZone"]);
  const at = {
    cloud: "aws",
    region: cluster.scope.region,
    ...(zone === undefined ? {} : { zone }),
    plane: "data",
  } as const;
  const state = text(outputs["instanceState"]) ?? "running";
  return subnet?.inputs["vpcId"] === cluster.vpcId && state === "running" && outageOf(outages, at) === undefined;
}

function groupsOf({ inputs, outputs }: StoredResource): readonly string[] {
  const groups = items(inputs["vpcSecurityGroupIds"] ?? outputs["vpcSecurityGroupIds"]);
  return groups.filter((group) => typeof group === "string");
}

function networkOf(stored: StoredResource) {
  return { ...block(stored.inputs["vpcConfig"]), ...block(stored.outputs["vpcConfig"]) };
}

/** An address of the cluster's first subnet: where the private endpoint's name resolves to, inside and outside the VPC. */
function privateAddress(stored: StoredResource, cluster: Cluster): string {
  const [first] = items(networkOf(stored)["subnetIds"]);
  const subnet = viewFrom(cluster.cloud, cluster.scope).find(SUBNET, text(first) ?? "");
  const range = parseCidr(text(subnet?.inputs["cidrBlock"]) ?? "", false);
  return typeof range === "object" ? formatAddress(range.first + 10) : "10.0.0.10";
}
