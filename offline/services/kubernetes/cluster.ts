import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { Scope } from "../../cloud/resource-type";
import { contains, formatAddress, parseCidr } from "../aws/cidr";
import { LAUNCH_TEMPLATE, SUBNET } from "../aws/types";
import { block, blocks, dig, items, text } from "./fields";

const EKS_CLUSTER = "aws:eks/cluster:Cluster";
const EKS_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const EKS_FARGATE_PROFILE = "aws:eks/fargateProfile:FargateProfile";
const AUTOSCALING_GROUP = "aws:autoscaling/group:Group";

/** From where the API of a cluster is called. */
export interface Caller {
  /** Public IPv4 address that a cluster's allowed CIDR blocks are compared with. */
  readonly publicAddress: string;
  /** VPCs whose private endpoints the caller can reach, by a VPN or because it runs inside; `all` of them; by default none. */
  readonly insideVpcs: readonly string[] | "all";
}

/** Of a documentation range, so that it is nobody's: https://www.rfc-editor.org/rfc/rfc5737 */
export const OUTSIDE: Caller = { publicAddress: "203.0.113.10", insideVpcs: [] };

/** A group of worker nodes with the same security groups. */
export interface Nodes {
  /** As messages name it. */
  readonly name: string;
  readonly groups: readonly string[];
}

/** What Kubernetes rules must know of the cluster they run in, whichever cloud it is of. */
export interface Cluster {
  readonly arn: string;
  readonly name: string;
  readonly vpcId: string;
  /** Account and region of the cluster itself, with the cloud as its services see it. */
  readonly scope: Scope;
  readonly cloud: CloudView;
  /** CIDR block of Service addresses. */
  readonly serviceCidr: string;
  /** Security groups of the control plane's interfaces. */
  readonly controlPlaneGroups: readonly string[];
  /** The group that EKS makes: it carries the cluster's tag. */
  readonly clusterGroup: string | undefined;
  readonly nodes: readonly Nodes[];
  readonly readyAt: number;
}

/** The cluster whose API answers at `server`. */
export function clusterAt(server: string, cloud: CloudView): StoredResource | undefined {
  const wanted = server.replace(/\/$/, "").toLowerCase();
  return cloud
    .list(EKS_CLUSTER, "anywhere")
    .find((cluster) => text(cluster.outputs["endpoint"])?.toLowerCase() === wanted);
}

export function findCluster(arn: string, cloud: CloudView): Cluster | undefined {
  const stored = cloud.findBy(EKS_CLUSTER, "arn", arn, "anywhere");
  if (stored === undefined) return undefined;
  const vpc = { ...block(stored.inputs["vpcConfig"]), ...block(stored.outputs["vpcConfig"]) };
  const view = viewFrom(cloud, stored.scope);
  const clusterGroup = text(vpc["clusterSecurityGroupId"]);
  const given = items(vpc["securityGroupIds"]).filter((group) => typeof group === "string");
  const network = {
    ...block(stored.inputs["kubernetesNetworkConfig"]),
    ...block(stored.outputs["kubernetesNetworkConfig"]),
  };
  const name = text(stored.outputs["name"]) ?? stored.id;
  return {
    arn,
    name,
    vpcId: text(vpc["vpcId"]) ?? "",
    scope: stored.scope,
    cloud: view,
    // The default where the VPC does not use it: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    serviceCidr: text(network["serviceIpv4Cidr"]) ?? "172.20.0.0/16",
    controlPlaneGroups: [...given, ...(clusterGroup === undefined ? [] : [clusterGroup])],
    clusterGroup,
    nodes: nodesOf(name, stored, view, clusterGroup === undefined ? [] : [clusterGroup]),
    readyAt: stored.readyAt,
  };
}

/** Managed node groups, Fargate profiles, nodes that EKS Auto Mode makes, and autoscaling groups tagged as the cluster's own. */
function nodesOf(
  name: string,
  cluster: StoredResource,
  cloud: CloudView,
  fallback: readonly string[],
): readonly Nodes[] {
  const mine = (resource: StoredResource) => resource.inputs["clusterName"] === name;
  const managed = cloud.list(EKS_NODE_GROUP).filter(mine);
  const own = cloud
    .list(AUTOSCALING_GROUP)
    .filter((group) => blocks(group.inputs["tags"]).some((tag) => tag["key"] === `kubernetes.io/cluster/${name}`));
  const automatic = dig(cluster.inputs, "computeConfig", "enabled") === true;
  return [
    ...[...managed, ...own].map((group) => ({
      name: text(group.outputs["nodeGroupName"]) ?? text(group.outputs["name"]) ?? group.id,
      groups: templateGroups(group, cloud) ?? fallback,
    })),
    ...cloud
      .list(EKS_FARGATE_PROFILE)
      .filter(mine)
      .map((profile) => ({ name: profile.id, groups: fallback })),
    ...(automatic ? [{ name: "auto mode", groups: fallback }] : []),
  ];
}

/**
 * Groups that the launch template names. EKS adds the cluster's own group only where the template names none:
 * https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-security-groups
 */
function templateGroups(group: StoredResource, cloud: CloudView): readonly string[] | undefined {
  const reference = block(group.inputs["launchTemplate"]);
  const id = text(reference["id"]);
  const name = text(reference["name"]);
  const template = cloud
    .list(LAUNCH_TEMPLATE)
    .find((each) => each.id === id || (name !== undefined && each.outputs["name"] === name));
  const direct = items(template?.inputs["vpcSecurityGroupIds"]);
  const ofInterface = blocks(template?.inputs["networkInterfaces"]).flatMap((each) => items(each["securityGroups"]));
  const groups = [...direct, ...ofInterface].filter((each) => typeof each === "string");
  return groups.length === 0 ? undefined : groups;
}

/** The cloud as a caller in another scope sees it. */
export function viewFrom(cloud: CloudView, scope: Scope): CloudView {
  return {
    find: (type, id, other) => cloud.find(type, id, other ?? scope),
    findBy: (type, key, value, other) => cloud.findBy(type, key, value, other ?? scope),
    list: (type, other) => cloud.list(type, other ?? scope),
  };
}

/** Refuses when the caller cannot reach the cluster's API. `arn` is "" when the kubeconfig names no cluster that ever was. */
export function requireReachable(arn: string, host: string, caller: Caller, cloud: CloudView): void {
  const stored = cloud.findBy(EKS_CLUSTER, "arn", arn, "anywhere");
  if (stored === undefined) unreachable(host, `dial tcp: lookup ${host}: no such host`);
  const vpc = { ...block(stored.inputs["vpcConfig"]), ...block(stored.outputs["vpcConfig"]) };
  const inside = caller.insideVpcs === "all" || caller.insideVpcs.includes(text(vpc["vpcId"]) ?? "");
  if (inside && vpc["endpointPrivateAccess"] === true) return;
  if (vpc["endpointPublicAccess"] === false) {
    unreachable(
      host,
      `dial tcp ${privateAddress(vpc["subnetIds"], viewFrom(cloud, stored.scope))}:443: i/o timeout ` +
        `(the cluster's endpoint is private, and the caller ${caller.publicAddress} is not in its VPC)`,
    );
  }
  const allowed = items(vpc["publicAccessCidrs"]).filter((cidr) => typeof cidr === "string");
  if (allowed.length > 0 && !allowed.some((cidr) => within(cidr, caller.publicAddress))) {
    unreachable(
      host,
      `dial tcp ${publicAddress(arn)}:443: i/o timeout (publicAccessCidrs ${allowed.join(", ")} leave out the caller ${caller.publicAddress})`,
    );
  }
}

/** https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go */
function unreachable(host: string, reason: string): never {
  refuse(
    "Unreachable",
    "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: " +
      `Get "https://${host}/openapi/v2?timeout=32s": ${reason}`,
  );
}

function within(cidr: string, address: string): boolean {
  const range = parseCidr(cidr, false);
  const single = parseCidr(`${address}/32`);
  return typeof range === "object" && typeof single === "object" && contains(range, single);
}

/** An address of the first subnet, where the private endpoint's name resolves to. */
function privateAddress(subnets: unknown, cloud: CloudView): string {
  const first = Array.isArray(subnets) ? String(subnets[0]) : "";
  const range = parseCidr(text(cloud.find(SUBNET, first)?.inputs["cidrBlock"]) ?? "", false);
  return typeof range === "object" ? formatAddress(range.first + 10) : "10.0.0.10";
}

/** Of another documentation range, always the same for a cluster. */
function publicAddress(arn: string): string {
  const sum = Buffer.from(arn).reduce((total, byte) => (total * 31 + byte) % 254, 7);
  return `198.51.100.${String(sum + 1)}`;
}
