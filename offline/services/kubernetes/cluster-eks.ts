import type { CloudView, StoredResource } from "../../cloud/cloud";
import { LAUNCH_TEMPLATE } from "../aws/types";
import { block, blocks, dig, items, text } from "./fields";
import { hostOf } from "./kubeconfig";
import { viewFrom, type Cluster, type ManagedKind, type Nodes } from "./managed-cluster";

const EKS_CLUSTER = "aws:eks/cluster:Cluster";
const EKS_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const EKS_FARGATE_PROFILE = "aws:eks/fargateProfile:FargateProfile";
const AUTOSCALING_GROUP = "aws:autoscaling/group:Group";

export const eks: ManagedKind = {
  service: "eks",
  cloud: "aws",
  type: EKS_CLUSTER,
  identityOf: ({ outputs }) => text(outputs["arn"]) ?? "",
  hostsOf: ({ outputs }) => [hostOf(text(outputs["endpoint"]) ?? "")],
  describe,
};

function describe(stored: StoredResource, cloud: CloudView): Cluster {
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
    service: "eks",
    arn: eks.identityOf(stored),
    name,
    vpcId: text(vpc["vpcId"]) ?? "",
    scope: stored.scope,
    cloud: view,
    // The default where the VPC does not use it: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
    serviceCidr: text(network["serviceIpv4Cidr"]) ?? "172.20.0.0/16",
    controlPlaneGroups: [...given, ...(clusterGroup === undefined ? [] : [clusterGroup])],
    clusterGroup,
    nodes: nodesOf(name, stored, view, clusterGroup === undefined ? [] : [clusterGroup]),
    // Since Kubernetes 1.30 none is the default any more: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions-extended.html
    storageClasses: { names: ["gp2"] },
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
