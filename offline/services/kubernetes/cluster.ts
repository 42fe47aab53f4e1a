import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { Scope } from "../../cloud/resource-type";
import { LAUNCH_TEMPLATE } from "../aws/types";
import { block, blocks, dig, items, text } from "./fields";
import { hostOf } from "./kubeconfig";

export const EKS_CLUSTER = "aws:eks/cluster:Cluster";
const EKS_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const EKS_FARGATE_PROFILE = "aws:eks/fargateProfile:FargateProfile";
const AUTOSCALING_GROUP = "aws:autoscaling/group:Group";

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

/** The cluster whose API answers at `server`, a URL. */
export function clusterAt(server: string, cloud: CloudView): StoredResource | undefined {
  const wanted = hostOf(server).toLowerCase();
  return cloud
    .list(EKS_CLUSTER, "anywhere")
    .find((cluster) => hostOf(text(cluster.outputs["endpoint"]) ?? "").toLowerCase() === wanted);
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
