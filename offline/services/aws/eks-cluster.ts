import type { ClusterArgs } from "@pulumi/aws/eks";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type Reference,
  type Resolved,
  type UpdateContext,
} from "../../cloud/resource-type";
import { isProperties, type Properties } from "../../cloud/value";
import { clusterContents } from "../kubernetes/namespaces";
import { arn, ec2Id } from "./arn";
import { trusts } from "./eks-trust";
import { KUBELET_SKEW, minorOf, NEWEST_VERSION, supportOf } from "./eks-versions";
import { requireKey, roleReference, securityGroupReference, subnetReference } from "./references";
import { dnsSuffix } from "./regions";
import { text } from "./text";
import { SECURITY_GROUP, SUBNET } from "./types";

// Error codes: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, API_UpdateClusterConfig.html,
// API_UpdateClusterVersion.html and API_DeleteCluster.html

export const EKS_CLUSTER = "aws:eks/cluster:Cluster";
export const EKS_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
export const EKS_ADDON = "aws:eks/addon:Addon";
export const EKS_ACCESS_ENTRY = "aws:eks/accessEntry:AccessEntry";
export const EKS_ACCESS_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
export const EKS_POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation";

const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** Each mode with those it can be changed to. https://docs.aws.amazon.com/eks/latest/userguide/grant-k8s-access.html#set-cam */
const AUTHENTICATION_MODES: Readonly<Record<string, readonly string[]>> = {
  CONFIG_MAP: ["API_AND_CONFIG_MAP"],
  API_AND_CONFIG_MAP: ["API"],
  API: [],
};

/** Zones that take no control plane. https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html */
const ZONES_WITHOUT_CONTROL_PLANE = ["use1-az3", "usw1-az2", "cac1-az3"];

/** A property that names a cluster by its name. Its node groups keep it; all else goes with it. */
export function clusterReference(holds: boolean): Reference {
  return {
    path: "clusterName",
    to: EKS_CLUSTER,
    holds,
    missing: { code: "ResourceNotFoundException", message: "No cluster found for name: {value}." },
  };
}

type Context = CallContext<Resolved<ClusterArgs>>;

export const cluster = resourceType<ClusterArgs>({
  token: EKS_CLUSTER,
  service: "EKS",
  actions: { create: "CreateCluster", update: "UpdateClusterConfig", delete: "DeleteCluster" },
  name: {
    property: "name",
    pattern: /^[0-9A-Za-z][A-Za-z0-9_-]*$/,
    rule: "1 to 100 letters, digits, - and _, a letter or digit first",
    source: "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html",
    maxLength: 100,
    unique: { within: "region", code: "ResourceInUseException", message: "Cluster already exists with name: {value}" },
  },
  references: [
    subnetReference("vpcConfig.subnetIds[*]", "InvalidParameterException"),
    securityGroupReference("vpcConfig.securityGroupIds[*]", "InvalidParameterException"),
    roleReference(
      "roleArn",
      "InvalidParameterException",
      "Role with arn: {value}, could not be assumed because it does not exist or the trusted entity is not correct",
    ),
  ],
  // https://github.com/gruntwork-io/cloud-nuke/issues/148
  inUse: { code: "ResourceInUseException", message: "Cluster has nodegroups attached" },
  duration: { create: 618, delete: 240, source: "median of 10 public apply logs" },
  check: (context) => {
    const { inputs } = context;
    (inputs.enabledClusterLogTypes ?? []).forEach((type, index) => {
      if (LOG_TYPES.includes(type)) return;
      context.refuse(
        `enabledClusterLogTypes[${String(index)}]`,
        `expected one of ${LOG_TYPES.join(", ")}, got ${type}`,
      );
    });
    const mode = inputs.accessConfig?.authenticationMode;
    if (mode !== undefined && !(mode in AUTHENTICATION_MODES)) {
      const known = Object.keys(AUTHENTICATION_MODES).join(", ");
      context.refuse("accessConfig.authenticationMode", `expected one of ${known}, got ${mode}`);
    }
    const support = inputs.upgradePolicy?.supportType;
    if (support !== undefined && support !== "STANDARD" && support !== "EXTENDED") {
      context.refuse("upgradePolicy.supportType", `expected one of STANDARD, EXTENDED, got ${support}`);
    }
  },
  create: (context) => {
    const { inputs, scope, cloud, effects } = context;
    const version = inputs.version ?? NEWEST_VERSION;
    refuseVersion(version, inputs.upgradePolicy?.supportType);
    const vpcId = checkNetwork(context);
    checkRoleAndKey(context);
    const name = inputs.name ?? "";
    const id = context.hex(32).toUpperCase();
    const group = ec2Id(context, "sg");
    effects.put(clusterSecurityGroup(context, group, vpcId));
    const domain = dnsSuffix(scope.region);
    const inVpcRange = vpcOverlaps(text(cloud.find("aws:ec2/vpc:Vpc", vpcId)?.inputs["cidrBlock"]));
    return {
      id: name,
      outputs: {
        name,
        arn: arn(scope, "eks", `cluster/${name}`),
        endpoint: `https://${id}.${shard(context.hex(40))}.${scope.region}.eks.${domain}`,
        certificateAuthority: { data: certificate(name) },
        identities: [{ oidcs: [{ issuer: `https://oidc.eks.${scope.region}.${domain}/id/${id}` }] }],
        vpcConfig: networkOutputs(inputs, vpcId, group),
        accessConfig: {
          authenticationMode: "CONFIG_MAP",
          bootstrapClusterCreatorAdminPermissions: true,
          ...inputs.accessConfig,
        },
        kubernetesNetworkConfig: {
          ipFamily: "ipv4",
          // The range that the VPC leaves free: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
          serviceIpv4Cidr: inVpcRange ? "172.20.0.0/16" : "10.100.0.0/16",
          serviceIpv6Cidr: "",
          elasticLoadBalancing: { enabled: false },
          ...inputs.kubernetesNetworkConfig,
        },
        upgradePolicy: { supportType: inputs.upgradePolicy?.supportType ?? "EXTENDED" },
        controlPlaneScalingConfig: { tier: inputs.controlPlaneScalingConfig?.tier ?? "standard" },
        version,
        platformVersion: "eks.1",
        status: "ACTIVE",
        createdAt: "2026-01-01T00:00:00Z",
        clusterId: "",
        deletionProtection: inputs.deletionProtection ?? false,
      },
    };
  },
  update: (context) => {
    const { inputs, oldInputs, resource } = context;
    refuseMode(context);
    const before = text(resource.outputs["version"]);
    if (inputs.version !== undefined && inputs.version !== before) refuseStep(context, before, inputs.version);
    // https://docs.aws.amazon.com/eks/latest/userguide/disable-extended-support.html
    const support = inputs.upgradePolicy?.supportType;
    if (support !== oldInputs.upgradePolicy?.supportType) refuseVersion(inputs.version ?? before, support);
    const moved = JSON.stringify(inputs.vpcConfig) !== JSON.stringify(oldInputs.vpcConfig);
    const network = block(resource.outputs["vpcConfig"]);
    if (moved && checkNetwork(context) !== network["vpcId"]) {
      refuse(
        "InvalidParameterException",
        "Provided subnets belong to another VPC than the one the cluster was created in",
      );
    }
    checkRoleAndKey(context);
    return {
      version: inputs.version ?? before,
      vpcConfig: networkOutputs(inputs, text(network["vpcId"]), text(network["clusterSecurityGroupId"])),
      accessConfig: { ...block(resource.outputs["accessConfig"]), ...inputs.accessConfig },
      upgradePolicy: { supportType: inputs.upgradePolicy?.supportType ?? "EXTENDED" },
      deletionProtection: inputs.deletionProtection ?? false,
    };
  },
  delete: ({ resource, cloud, effects }) => {
    // https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html
    if (resource.inputs["deletionProtection"] === true) {
      refuse(
        "InvalidRequestException",
        `The cluster '${resource.id}' has deletion protection enabled: disable it before you delete the cluster`,
      );
    }
    for (const type of [EKS_ADDON, EKS_ACCESS_ENTRY, EKS_ACCESS_POLICY, EKS_POD_IDENTITY]) {
      for (const each of cloud.list(type)) if (each.inputs["clusterName"] === resource.id) effects.remove(each);
    }
    const group = text(block(resource.outputs["vpcConfig"])["clusterSecurityGroupId"]);
    const made = cloud.find(SECURITY_GROUP, group);
    if (made !== undefined) effects.remove(made);
    for (const object of clusterContents(text(resource.outputs["arn"]), cloud)) effects.remove(object);
  },
});

/** https://github.com/hashicorp/terraform-provider-aws/issues/38796 */
function refuseVersion(version: string, supportType: string | undefined): void {
  const support = supportOf(version);
  if (support === "none") refuse("InvalidParameterException", `unsupported Kubernetes version ${version}`);
  if (support === "extended" && supportType === "STANDARD") {
    refuse(
      "InvalidParameterException",
      `Kubernetes version ${version} is in extended support, which the support type STANDARD excludes`,
    );
  }
}

/** https://github.com/rancher/rancher/issues/26908, https://github.com/hashicorp/terraform-provider-aws/issues/19478 */
function refuseStep(context: UpdateContext<Resolved<ClusterArgs>>, before: string, after: string): void {
  if (minorOf(after) !== minorOf(before) + 1) {
    refuse("InvalidParameterException", `Unsupported Kubernetes minor version update from ${before} to ${after}`);
  }
  refuseVersion(after, context.inputs.upgradePolicy?.supportType);
  const late = context.cloud
    .list(EKS_NODE_GROUP)
    .filter(({ inputs }) => inputs["clusterName"] === context.resource.id)
    .filter(({ outputs }) => minorOf(after) - minorOf(text(outputs["version"])) > KUBELET_SKEW)
    .map(({ outputs }) => text(outputs["nodeGroupName"]));
  if (late.length > 0) {
    refuse(
      "InvalidRequestException",
      `Nodegroups ${late.join(", ")} must be updated to match cluster version ${before} before updating cluster version`,
    );
  }
}

/** https://github.com/pulumi/pulumi-eks/issues/1493 */
function refuseMode({ inputs, resource }: UpdateContext<Resolved<ClusterArgs>>): void {
  const before = text(block(resource.outputs["accessConfig"])["authenticationMode"]);
  const after = inputs.accessConfig?.authenticationMode ?? before;
  if (after !== before && !(AUTHENTICATION_MODES[before] ?? []).includes(after)) {
    refuse("InvalidParameterException", `Unsupported authentication mode update from ${before} to ${after}`);
  }
}

/** The VPC of the subnets, which lie in two zones at least. https://github.com/awsdocs/amazon-eks-user-guide/pull/795 */
function checkNetwork({ inputs, cloud }: Context): string {
  const subnets = inputs.vpcConfig.subnetIds.flatMap((id) => cloud.find(SUBNET, id) ?? []);
  const closed = subnets.find(({ outputs }) =>
    ZONES_WITHOUT_CONTROL_PLANE.includes(text(outputs["availabilityZoneId"])),
  );
  if (closed !== undefined) {
    const zone = text(closed.outputs["availabilityZone"]);
    refuse(
      "UnsupportedAvailabilityZoneException",
      `Cannot create cluster '${inputs.name ?? ""}' because ${zone}, the targeted availability zone, does not currently have sufficient capacity to support the cluster.`,
    );
  }
  if (new Set(subnets.map(({ outputs }) => outputs["availabilityZone"])).size < 2) {
    refuse("InvalidParameterException", "Subnets specified must be in at least two different AZs");
  }
  const vpcs = new Set(subnets.map(({ inputs: { vpcId } }) => text(vpcId)));
  const [vpcId = ""] = vpcs;
  if (vpcs.size > 1) refuse("InvalidParameterException", "Subnets specified must be in the same VPC");
  for (const id of inputs.vpcConfig.securityGroupIds ?? []) {
    if (cloud.find(SECURITY_GROUP, id)?.inputs["vpcId"] === vpcId) continue;
    refuse(
      "InvalidParameterException",
      `Security group(s) [${id}] are not in the same VPC as the subnets. Please specify a security group that is associated with the VPC: [${vpcId}]`,
    );
  }
  return vpcId;
}

function checkRoleAndKey(context: Context): void {
  const { inputs, cloud } = context;
  if (!trusts(cloud, inputs.roleArn, "eks.amazonaws.com")) {
    refuse(
      "InvalidParameterException",
      `Role with arn: ${inputs.roleArn}, could not be assumed because it does not exist or the trusted entity is not correct`,
    );
  }
  requireKey(context, inputs.encryptionConfig?.provider.keyArn, {
    code: "InvalidParameterException",
    message: "Invalid keyArn: the key {value} does not exist, or cannot be used from here",
  });
}

/** The group that EKS makes for the control plane and its managed nodes. https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html */
function clusterSecurityGroup(context: Context, id: string, vpcId: string) {
  const { inputs, scope } = context;
  const name = inputs.name ?? "";
  const all = { protocol: "-1", fromPort: 0, toPort: 0 };
  const properties = {
    name: `eks-cluster-sg-${name}-${String(Number.parseInt(context.hex(8), 16))}`,
    description:
      "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.",
    vpcId,
    ingress: [{ ...all, self: true }],
    egress: [{ ...all, cidrBlocks: ["0.0.0.0/0"] }],
    tags: { "aws:eks:cluster-name": name, [`kubernetes.io/cluster/${name}`]: "owned" },
  };
  const outputs = { ...properties, arn: arn(scope, "ec2", `security-group/${id}`), ownerId: scope.account };
  return { type: SECURITY_GROUP, id, inputs: properties, outputs };
}

function networkOutputs(inputs: Resolved<ClusterArgs>, vpcId: string, group: string): Properties {
  return {
    endpointPrivateAccess: false,
    endpointPublicAccess: true,
    publicAccessCidrs: inputs.vpcConfig.endpointPublicAccess === false ? [] : ["0.0.0.0/0"],
    ...inputs.vpcConfig,
    clusterSecurityGroupId: group,
    vpcId,
  };
}

function vpcOverlaps(cidr: string): boolean {
  return cidr.startsWith("10.");
}

/** The part of an endpoint's name that tells the service's own partitions apart, such as `gr7`. */
function shard(digits: string): string {
  return `${"ghijklmnop".charAt(Number.parseInt(digits.slice(32, 34), 16) % 10)}${digits.slice(34, 36)}`;
}

/** In the place of a certificate: base64, and plainly none. */
function certificate(name: string): string {
  return Buffer.from(`offline: no certificate of cluster ${name}`).toString("base64");
}

function block(value: unknown): Properties {
  return isProperties(value as Properties) ? (value as Properties) : {};
}
