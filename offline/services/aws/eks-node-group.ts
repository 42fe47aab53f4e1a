import type { FargateProfileArgs, NodeGroupArgs } from "@pulumi/aws/eks";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved } from "../../cloud/resource-type";
import { isProperties, type Properties } from "../../cloud/value";
import { arn, uuid } from "./arn";
import { runsAmi } from "./eks-ami";
import { clusterReference, EKS_ACCESS_ENTRY, EKS_CLUSTER, EKS_NODE_GROUP } from "./eks-cluster";
import { trusts } from "./eks-trust";
import { AMI_TYPES, LAST_AL2_MINOR, minorOf } from "./eks-versions";
import { isInstanceType } from "./instance-types";
import { roleReference, subnetReference } from "./references";
import { text } from "./text";
import { LAUNCH_TEMPLATE, SUBNET } from "./types";

// Error codes: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html, API_UpdateNodegroupConfig.html

const EKS_FARGATE_PROFILE = "aws:eks/fargateProfile:FargateProfile";

/** https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
const NODE_GROUPS_PER_CLUSTER = 30;

const CAPACITY_TYPES = ["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"];
const TAINT_EFFECTS = ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"];

type Inputs = Resolved<NodeGroupArgs>;

export const nodeGroup = resourceType<NodeGroupArgs>({
  token: EKS_NODE_GROUP,
  service: "EKS",
  actions: { create: "CreateNodegroup", update: "UpdateNodegroupConfig", delete: "DeleteNodegroup" },
  name: {
    property: "nodeGroupName",
    pattern: /^[0-9A-Za-z][A-Za-z0-9_-]*$/,
    rule: "1 to 63 letters, digits, - and _, a letter or digit first",
    source: "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html",
    maxLength: 63,
  },
  references: [
    clusterReference(true),
    subnetReference("subnetIds[*]", "InvalidParameterException"),
    roleReference("nodeRoleArn", "InvalidParameterException", "The role with name {value} cannot be found"),
    {
      path: "launchTemplate.id",
      to: LAUNCH_TEMPLATE,
      missing: { code: "InvalidParameterException", message: "The specified launch template {value} does not exist" },
    },
  ],
  duration: { create: 126, delete: 180, source: "median of 8 public apply logs" },
  check: (context) => {
    const { inputs } = context;
    if (inputs.amiType !== undefined && !AMI_TYPES.has(inputs.amiType)) {
      context.refuse("amiType", `expected amiType to be one of ${[...AMI_TYPES].join(", ")}, got ${inputs.amiType}`);
    }
    if (inputs.capacityType !== undefined && !CAPACITY_TYPES.includes(inputs.capacityType)) {
      context.refuse(
        "capacityType",
        `expected capacityType to be one of ${CAPACITY_TYPES.join(", ")}, got ${inputs.capacityType}`,
      );
    }
    const { minSize, maxSize, desiredSize } = inputs.scalingConfig ?? {};
    for (const [property, value, least] of [
      ["minSize", minSize, 0],
      ["desiredSize", desiredSize, 0],
      ["maxSize", maxSize, 1],
    ] as const) {
      if (value !== undefined && value < least) {
        context.refuse(
          `scalingConfig.${property}`,
          `expected ${property} to be at least (${String(least)}), got ${String(value)}`,
        );
      }
    }
    (inputs.taints ?? []).forEach(({ effect }, index) => {
      if (TAINT_EFFECTS.includes(effect)) return;
      context.refuse(
        `taints[${String(index)}].effect`,
        `expected effect to be one of ${TAINT_EFFECTS.join(", ")}, got ${effect}`,
      );
    });
    const { maxUnavailable, maxUnavailablePercentage } = inputs.updateConfig ?? {};
    if (maxUnavailable !== undefined && maxUnavailablePercentage !== undefined) {
      context.refuse("updateConfig", "only one of maxUnavailable, maxUnavailablePercentage can be specified");
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const owner = clusterOf(cloud, inputs.clusterName);
    const name = inputs.nodeGroupName ?? "";
    const mine = cloud.list(EKS_NODE_GROUP).filter((other) => other.inputs["clusterName"] === inputs.clusterName);
    if (mine.some(({ outputs }) => outputs["nodeGroupName"] === name)) {
      refuse(
        "ResourceInUseException",
        `NodeGroup already exists with name ${name} and cluster name ${inputs.clusterName}`,
      );
    }
    if (mine.length >= NODE_GROUPS_PER_CLUSTER) {
      refuse(
        "ResourceLimitExceededException",
        `Cluster ${inputs.clusterName} has ${String(mine.length)} node groups already`,
      );
    }
    const version = text(owner.outputs["version"]);
    // https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html, `version`
    if (inputs.version !== undefined && inputs.version !== version) {
      refuse(
        "InvalidParameterException",
        `Requested Kubernetes version ${inputs.version} of the node group is not that of the cluster: ${version}`,
      );
    }
    checkScaling(inputs);
    checkNodes(inputs, cloud, version);
    checkNetwork(inputs, cloud, owner);
    admitNodes(context, owner);
    const unique = uuid(context);
    const release = `${inputs.version ?? version}.0-20261101`;
    return {
      id: `${inputs.clusterName}:${name}`,
      outputs: {
        nodeGroupName: name,
        arn: arn(scope, "eks", `nodegroup/${inputs.clusterName}/${name}/${unique}`),
        amiType: inputs.amiType ?? "AL2023_x86_64_STANDARD",
        capacityType: inputs.capacityType ?? "ON_DEMAND",
        diskSize: inputs.diskSize ?? (inputs.launchTemplate === undefined ? 20 : 0),
        instanceTypes: inputs.instanceTypes ?? (inputs.launchTemplate === undefined ? ["t3.medium"] : []),
        resources: [{ autoscalingGroups: [{ name: `eks-${name}-${unique}` }], remoteAccessSecurityGroupId: "" }],
        updateConfig: { maxUnavailable: 1, ...inputs.updateConfig },
        releaseVersion: inputs.releaseVersion ?? release,
        version,
        status: "ACTIVE",
      },
    };
  },
  update: ({ inputs, cloud, resource }) => {
    const owner = clusterOf(cloud, inputs.clusterName);
    const latest = text(owner.outputs["version"]);
    const before = text(resource.outputs["version"]);
    const version = inputs.version ?? before;
    if (minorOf(version) > minorOf(latest) || minorOf(version) < minorOf(before)) {
      refuse(
        "InvalidParameterException",
        `Requested Kubernetes version ${version} of the node group must lie between its own, ${before}, and the cluster's, ${latest}`,
      );
    }
    checkScaling(inputs);
    checkNodes(inputs, cloud, version);
    return {
      version,
      ...(version === before ? {} : { releaseVersion: inputs.releaseVersion ?? `${version}.0-20261101` }),
    };
  },
  delete: ({ inputs, cloud, effects, resource }) => {
    const others = cloud
      .list(EKS_NODE_GROUP)
      .some(
        (other) =>
          other.id !== resource.id &&
          other.inputs["clusterName"] === inputs.clusterName &&
          other.inputs["nodeRoleArn"] === inputs.nodeRoleArn,
      );
    const entry = cloud.find(EKS_ACCESS_ENTRY, `${inputs.clusterName}:${inputs.nodeRoleArn}`);
    if (!others && entry !== undefined && entry.urn === undefined) effects.remove(entry);
  },
});

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateFargateProfile.html */
export const fargateProfile = resourceType<FargateProfileArgs>({
  token: EKS_FARGATE_PROFILE,
  service: "EKS",
  actions: { create: "CreateFargateProfile", delete: "DeleteFargateProfile" },
  name: {
    property: "fargateProfileName",
    pattern: /^(?!eks-)[0-9A-Za-z][A-Za-z0-9_-]*$/,
    rule: "1 to 100 letters, digits, - and _, not starting with eks-",
    source: "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateFargateProfile.html",
    maxLength: 100,
  },
  references: [
    clusterReference(true),
    subnetReference("subnetIds[*]", "InvalidParameterException"),
    roleReference("podExecutionRoleArn", "InvalidParameterException"),
  ],
  duration: {
    create: 120,
    delete: 120,
    source: "https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html",
  },
  create: ({ inputs, scope, cloud }) => {
    if (!trusts(cloud, inputs.podExecutionRoleArn, "eks-fargate-pods.amazonaws.com")) {
      refuse(
        "InvalidParameterException",
        `Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com Service Principal`,
      );
    }
    const name = inputs.fargateProfileName ?? "";
    const owner = clusterOf(cloud, inputs.clusterName);
    const id = `${inputs.clusterName}:${name}`;
    // https://github.com/eksctl-io/eksctl/issues/5652
    if (cloud.find(EKS_FARGATE_PROFILE, id) !== undefined) {
      refuse("ResourceInUseException", "A Fargate Profile already exists with this name in this cluster.");
    }
    return {
      id,
      outputs: {
        arn: arn(scope, "eks", `fargateprofile/${inputs.clusterName}/${name}`),
        fargateProfileName: name,
        subnetIds: inputs.subnetIds ?? block(owner.outputs["vpcConfig"])["subnetIds"],
        status: "ACTIVE",
      },
    };
  },
});

/** https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3306 */
function checkScaling({ scalingConfig: { minSize, maxSize, desiredSize } }: Inputs): void {
  if (minSize > desiredSize) {
    refuse(
      "InvalidParameterException",
      `Minimum capacity ${String(minSize)} can't be greater than desired size ${String(desiredSize)}`,
    );
  }
  if (desiredSize > maxSize) {
    refuse(
      "InvalidParameterException",
      `Desired capacity ${String(desiredSize)} can't be greater than max size ${String(maxSize)}`,
    );
  }
}

function checkNodes(inputs: Inputs, cloud: CloudView, version: string): void {
  // https://github.com/scylladb/scylla-cluster-tests/issues/12524
  if (inputs.amiType?.startsWith("AL2_") === true && minorOf(version) > LAST_AL2_MINOR) {
    refuse(
      "InvalidParameterException",
      `AMI Type ${inputs.amiType} is only supported for kubernetes versions 1.${String(LAST_AL2_MINOR)} or earlier`,
    );
  }
  // https://github.com/crossplane-contrib/provider-upjet-aws/issues/866
  if (inputs.launchTemplate !== undefined && inputs.diskSize !== undefined) {
    refuse("InvalidParameterException", "Disk size must be specified within the launch template.");
  }
  const types = inputs.instanceTypes ?? [];
  const unknown = types.filter((type) => !isInstanceType(type));
  if (unknown.length > 0) {
    refuse("InvalidParameterException", `The following supplied instance types do not exist: [${unknown.join(", ")}]`);
  }
  const template = cloud.find(LAUNCH_TEMPLATE, inputs.launchTemplate?.id ?? "");
  if (types.length > 0 && template?.inputs["instanceType"] !== undefined) {
    refuse("InvalidParameterException", "Cannot specify instance types in launch template and API request");
  }
  const ami = inputs.amiType ?? "AL2023_x86_64_STANDARD";
  const launched = template?.inputs["instanceType"] === undefined ? types : [text(template.inputs["instanceType"])];
  const other = launched.filter((type) => !runsAmi(type, ami));
  if (other.length > 0 && template?.inputs["imageId"] === undefined) {
    refuse(
      "InvalidParameterException",
      `[${other.join(", ")}] is not a valid instance type for requested amiType ${ami}`,
    );
  }
  if (!trusts(cloud, inputs.nodeRoleArn, "ec2.amazonaws.com")) {
    refuse(
      "InvalidParameterException",
      "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole arn",
    );
  }
}

function checkNetwork(inputs: Inputs, cloud: CloudView, owner: StoredResource): void {
  const vpcId = text(block(owner.outputs["vpcConfig"])["vpcId"]);
  const foreign = inputs.subnetIds.filter((id) => cloud.find(SUBNET, id)?.inputs["vpcId"] !== vpcId);
  if (foreign.length > 0) {
    refuse("InvalidParameterException", `Subnets [${foreign.join(", ")}] are not in the VPC of the cluster: ${vpcId}`);
  }
}

/** EKS itself lets in the role of a managed node group. https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html */
function admitNodes(context: CallContext<Inputs>, owner: StoredResource): void {
  const { inputs, cloud, effects, scope } = context;
  if (block(owner.outputs["accessConfig"])["authenticationMode"] === "CONFIG_MAP") return;
  const id = `${inputs.clusterName}:${inputs.nodeRoleArn}`;
  if (cloud.find(EKS_ACCESS_ENTRY, id) !== undefined) return;
  const entry = {
    clusterName: inputs.clusterName,
    principalArn: inputs.nodeRoleArn,
    type: inputs.amiType?.startsWith("WINDOWS") === true ? "EC2_WINDOWS" : "EC2_LINUX",
    userName: "system:node:{{EC2PrivateDNSName}}",
    kubernetesGroups: ["system:nodes"],
  };
  const role = inputs.nodeRoleArn.split("/").slice(1).join("/");
  const accessEntryArn = arn(
    scope,
    "eks",
    `access-entry/${inputs.clusterName}/role/${scope.account}/${role}/${uuid(context)}`,
  );
  effects.put({ type: EKS_ACCESS_ENTRY, id, inputs: entry, outputs: { ...entry, accessEntryArn } });
}

function clusterOf(cloud: CloudView, name: string): StoredResource {
  return cloud.find(EKS_CLUSTER, name) ?? refuse("ResourceNotFoundException", `No cluster found for name: ${name}.`);
}

function block(value: unknown): Properties {
  return isProperties(value as Properties) ? (value as Properties) : {};
}
