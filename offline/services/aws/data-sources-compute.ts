import type { StoredResource } from "../../cloud/cloud";
import { ServiceError } from "../../cloud/errors";
import type { Properties } from "../../cloud/value";
import { arn } from "./arn";
import type { DataSource, Lookup } from "./data-sources";
import { blocks, found, strings } from "./data-sources-account";
import { imageId, publicImage } from "./images";
import { isAddon, newestAddonVersion, supportOf } from "./eks-versions";
import { text } from "./text";

const CLUSTER = "aws:eks/cluster:Cluster";

const getParameter: DataSource = (args, lookup) => {
  const { cloud, scope } = lookup;
  const name = text(args["name"]);
  const stored = cloud.list("aws:ssm/parameter:Parameter", scope).find(({ inputs }) => inputs["name"] === name);
  const value = stored?.inputs["value"] ?? publicImage(name, scope.region);
  if (value === undefined) {
    throw new ServiceError("ParameterNotFound", `reading SSM Parameter (${name}): couldn't find resource`);
  }
  const type = stored?.inputs["type"] ?? "String";
  const path = name.startsWith("/") ? name : `/${name}`;
  const owned = stored === undefined ? { ...scope, account: "" } : scope;
  return {
    ...args,
    id: name,
    name,
    type,
    value,
    insecureValue: type === "SecureString" ? "" : value,
    arn: arn(owned, "ssm", `parameter${path}`),
    version: 1,
    region: scope.region,
  };
};

const ARCHITECTURES = ["x86_64", "arm64"];

/** Any image that the filters describe: images of other accounts are outside this cloud, so none is refused for its name. */
const getAmi: DataSource = (args, { scope }) => {
  const filters = Object.fromEntries(
    blocks(args["filters"]).map((each) => [text(each["name"]), strings(each["values"])]),
  );
  const wanted = filters["name"]?.[0] ?? text(args["nameRegex"] ?? "image");
  const name = wanted.replaceAll("*", "20260901");
  const architecture = filters["architecture"]?.[0] ?? ARCHITECTURES.find((each) => wanted.includes(each)) ?? "x86_64";
  const owner = strings(args["owners"])[0] ?? "amazon";
  const id = imageId(owner, wanted, architecture, scope.region);
  return {
    ...args,
    id,
    imageId: id,
    name,
    architecture,
    arn: arn({ ...scope, account: "" }, "ec2", `image/${id}`),
    blockDeviceMappings: [
      { deviceName: "/dev/xvda", ebs: { volumeSize: "20", volumeType: "gp3" }, noDevice: "", virtualName: "" },
    ],
    bootMode: "uefi-preferred",
    creationDate: "2026-09-01T00:00:00.000Z",
    deprecationTime: "2028-09-01T00:00:00.000Z",
    description: name,
    enaSupport: true,
    hypervisor: "xen",
    imageLocation: `${owner}/${name}`,
    imageOwnerAlias: /^\d/.test(owner) ? "" : owner,
    imageType: "machine",
    imdsSupport: "v2.0",
    ownerId: /^\d{12}$/.test(owner) ? owner : "137112412989",
    platformDetails: "Linux/UNIX",
    public: true,
    region: scope.region,
    rootDeviceName: "/dev/xvda",
    rootDeviceType: "ebs",
    rootSnapshotId: `snap-0${id.slice(5)}`,
    sriovNetSupport: "simple",
    state: "available",
    tags: {},
    usageOperation: "RunInstances",
    virtualizationType: "hvm",
  };
};

function cluster(args: Properties, { cloud, scope }: Lookup): StoredResource {
  const name = text(args["name"]);
  return found(
    cloud.list(CLUSTER, scope).find(({ id }) => id === name),
    `EKS Cluster (${name})`,
    "ResourceNotFoundException",
  );
}

const getCluster: DataSource = (args, lookup) => {
  const { outputs, inputs, id } = cluster(args, lookup);
  const authority = outputs["certificateAuthority"];
  const listed = (key: string) => (outputs[key] === undefined ? [] : [outputs[key]]);
  return {
    id,
    name: id,
    arn: outputs["arn"],
    accessConfigs: listed("accessConfig"),
    certificateAuthorities: authority === undefined ? [] : [authority],
    clusterId: "",
    computeConfigs: listed("computeConfig"),
    controlPlaneScalingConfigs: listed("controlPlaneScalingConfig"),
    createdAt: outputs["createdAt"],
    deletionProtection: inputs["deletionProtection"] ?? false,
    enabledClusterLogTypes: inputs["enabledClusterLogTypes"] ?? [],
    endpoint: outputs["endpoint"],
    identities: outputs["identities"] ?? [],
    kubernetesNetworkConfigs: listed("kubernetesNetworkConfig"),
    outpostConfigs: [],
    platformVersion: outputs["platformVersion"],
    region: lookup.scope.region,
    remoteNetworkConfigs: [],
    roleArn: inputs["roleArn"],
    status: outputs["status"] ?? "ACTIVE",
    storageConfigs: listed("storageConfig"),
    tags: inputs["tags"] ?? {},
    upgradePolicies: listed("upgradePolicy"),
    version: outputs["version"] ?? inputs["version"],
    vpcConfig: outputs["vpcConfig"],
    zonalShiftConfigs: listed("zonalShiftConfig"),
  };
};

/** A token in the form that the cluster's authenticator reads: `k8s-aws-v1.` and a signed request, here of no worth. */
const getClusterAuth: DataSource = (args, lookup) => {
  const name = text(args["name"]);
  const token = `k8s-aws-v1.${Buffer.from(`offline:${lookup.scope.account}:${name}`).toString("base64url")}`;
  return { id: name, name, region: lookup.scope.region, token };
};

const getAddonVersion: DataSource = (args, { scope }) => {
  const name = text(args["addonName"]);
  const kubernetes = text(args["kubernetesVersion"]);
  if (!isAddon(name) || supportOf(kubernetes) === "none") {
    const message = `reading EKS Add-On version info (${name}, ${kubernetes}): couldn't find resource`;
    throw new ServiceError("InvalidParameterException", message);
  }
  return { ...args, id: name, version: newestAddonVersion(name, kubernetes), region: scope.region };
};

export const computeDataSources: Readonly<Record<string, DataSource>> = {
  "aws:ssm/getParameter:getParameter": getParameter,
  "aws:ec2/getAmi:getAmi": getAmi,
  "aws:eks/getAddonVersion:getAddonVersion": getAddonVersion,
  "aws:eks/getCluster:getCluster": getCluster,
  "aws:eks/getClusterAuth:getClusterAuth": getClusterAuth,
};
