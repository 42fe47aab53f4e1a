import type { InstanceArgs } from "@pulumi/aws/ec2";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { arn, ec2Id } from "./arn";
import { formatAddress, parseCidr } from "../cidr";
import { volumeProblems } from "./ebs-volumes";
import { architectureOfImage } from "./images";
import { architectureOf, isInstanceType, zonesOffering } from "./instance-types";
import { requireKey, securityGroupReference, subnetReference } from "./references";
import { INSTANCE, INSTANCE_PROFILE, KEY_PAIR, LAUNCH_TEMPLATE, SECURITY_GROUP, SUBNET, VPC } from "./types";
import { text } from "./text";

// Error codes of this file, where no other source stands: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html

type Inputs = Resolved<InstanceArgs>;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html */
const METADATA = {
  httpEndpoint: ["enabled", "disabled"],
  httpTokens: ["optional", "required"],
  httpProtocolIpv6: ["enabled", "disabled"],
  instanceMetadataTags: ["enabled", "disabled"],
} as const;
const MAX_HOPS = 64;

/** What the program gives by the instance or leaves to its launch template. */
interface Launch {
  readonly type: string;
  readonly image: string;
  readonly subnet: StoredResource;
  readonly groups: readonly string[];
}

const instance = resourceType<InstanceArgs>({
  token: INSTANCE,
  service: "EC2",
  actions: { create: "RunInstances", update: "ModifyInstanceAttribute", delete: "TerminateInstances" },
  duration: { create: 15, delete: 40, source: "estimate" },
  references: [
    subnetReference("subnetId"),
    securityGroupReference("vpcSecurityGroupIds[*]"),
    {
      path: "iamInstanceProfile",
      to: INSTANCE_PROFILE,
      within: "account",
      missing: {
        code: "InvalidParameterValue",
        message: "Value ({value}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
      },
      holds: false,
    },
    {
      path: "keyName",
      to: KEY_PAIR,
      missing: { code: "InvalidKeyPair.NotFound", message: "The key pair '{value}' does not exist" },
      holds: false,
    },
    {
      path: "launchTemplate.id",
      to: LAUNCH_TEMPLATE,
      missing: {
        code: "InvalidLaunchTemplateId.NotFound",
        message: "The specified launch template, with template ID {value}, does not exist.",
      },
      holds: false,
    },
  ],
  check: (context) => {
    const { inputs } = context;
    for (const property of ["ami", "instanceType"] as const) {
      const given = inputs[property] !== undefined || context.isUnknown(property);
      if (!given && inputs.launchTemplate === undefined && !context.isUnknown("launchTemplate")) {
        context.refuse(property, `"${property}": one of \`${property},launchTemplate\` must be specified`);
      }
    }
    if (inputs.ami !== undefined && !/^ami-[0-9a-f]{8,17}$/.test(inputs.ami)) {
      // Unlike a launch template, the call takes `resolve:ssm:…` too.
      if (!inputs.ami.startsWith("resolve:ssm:")) {
        context.refuse("ami", `InvalidAMIID.Malformed: Invalid id: "${inputs.ami}" (expecting "ami-...")`);
      }
    }
    const root = inputs.rootBlockDevice;
    for (const { property, reason } of root === undefined ? [] : volumeProblems(root)) {
      context.refuse(`rootBlockDevice.${property}`, reason);
    }
    if (root?.kmsKeyId !== undefined && root.encrypted !== true && !context.isUnknown("rootBlockDevice.encrypted")) {
      context.refuse("rootBlockDevice.kmsKeyId", "InvalidParameterDependency: kmsKeyId needs encrypted: true");
    }
    checkMetadata(context);
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const launch = launchOf(context);
    refuseUnfit(context, launch);
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html
    requireKey(context, inputs.rootBlockDevice?.kmsKeyId, {
      code: "Client.InvalidKMSKey.InvalidState",
      message: "The KMS key provided is in an incorrect state: {value} does not exist",
    });
    const id = ec2Id(context, "i");
    const { outputs } = launch.subnet;
    const privateIp = inputs.privateIp ?? addressIn(launch.subnet.inputs["cidrBlock"], context.hex(8));
    const isPublic = inputs.associatePublicIpAddress ?? outputs["mapPublicIpOnLaunch"] === true;
    const publicIp = isPublic ? `198.18.${privateIp.split(".").slice(2).join(".")}` : "";
    const domain = scope.region === "us-east-1" ? "compute-1" : `${scope.region}.compute`;
    const root = inputs.rootBlockDevice;
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `instance/${id}`),
        ami: launch.image,
        instanceType: launch.type,
        instanceState: "running",
        availabilityZone: outputs["availabilityZone"],
        subnetId: launch.subnet.id,
        vpcSecurityGroupIds: [...launch.groups],
        securityGroups: launch.groups.map((group) => text(cloud.find(SECURITY_GROUP, group)?.outputs["name"])),
        primaryNetworkInterfaceId: ec2Id(context, "eni", 1),
        privateIp,
        privateDns: `ip-${privateIp.replaceAll(".", "-")}.${scope.region === "us-east-1" ? "ec2" : `${scope.region}.compute`}.internal`,
        publicIp,
        publicDns: publicIp === "" ? "" : `ec2-${publicIp.replaceAll(".", "-")}.${domain}.amazonaws.com`,
        associatePublicIpAddress: isPublic,
        tenancy: inputs.tenancy ?? "default",
        disableApiTermination: inputs.disableApiTermination ?? false,
        metadataOptions: {
          httpEndpoint: "enabled",
          httpProtocolIpv6: "disabled",
          httpPutResponseHopLimit: 2,
          httpTokens: "required",
          instanceMetadataTags: "disabled",
          ...inputs.metadataOptions,
        },
        rootBlockDevice: {
          deleteOnTermination: true,
          deviceName: "/dev/xvda",
          encrypted: false,
          iops: 3000,
          kmsKeyId: "",
          throughput: 125,
          volumeId: ec2Id(context, "vol", 2),
          volumeSize: 8,
          volumeType: "gp3",
          ...root,
        },
      },
    };
  },
  update: (context) => {
    const { inputs, resource } = context;
    const type = inputs.instanceType ?? text(resource.outputs["instanceType"]);
    refuseUnknownType(type);
    return { instanceType: type };
  },
  delete: ({ resource }) => {
    if (resource.inputs["disableApiTermination"] === true && resource.inputs["forceDestroy"] !== true) {
      const hint = "Modify its 'disableApiTermination' instance attribute and try again.";
      refuse("OperationNotPermitted", `The instance '${resource.id}' may not be terminated. ${hint}`);
    }
  },
  // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/ec2_instance.go
  replacesWhen: (before, after) => {
    const [old, now] = [text(before["instanceType"]), text(after["instanceType"])];
    const rebuilt = old !== "" && now !== "" && architectureOf(old) !== architectureOf(now);
    const data = after["userDataReplaceOnChange"] === true ? ["userData", "userDataBase64"] : [];
    return [...data, ...(rebuilt ? ["instanceType"] : [])];
  },
});

function checkMetadata(context: CheckContext<Inputs>): void {
  const options = context.inputs.metadataOptions;
  if (options === undefined) return;
  for (const property of ["httpEndpoint", "httpTokens", "httpProtocolIpv6", "instanceMetadataTags"] as const) {
    const allowed: readonly string[] = METADATA[property];
    const value = options[property];
    if (value !== undefined && !allowed.includes(value)) {
      context.refuse(
        `metadataOptions.${property}`,
        `expected ${property} to be one of ${allowed.join(", ")}, got ${value}`,
      );
    }
  }
  const hops = options.httpPutResponseHopLimit;
  if (hops !== undefined && (hops < 1 || hops > MAX_HOPS)) {
    context.refuse(
      "metadataOptions.httpPutResponseHopLimit",
      `expected httpPutResponseHopLimit to be in the range (1 - ${String(MAX_HOPS)}), got ${String(hops)}`,
    );
  }
}

function launchOf({ inputs, cloud }: CallContext<Inputs>): Launch {
  const template = cloud.find(LAUNCH_TEMPLATE, inputs.launchTemplate?.id ?? "")?.inputs ?? {};
  const subnet = cloud.find(SUBNET, inputs.subnetId ?? "");
  // An account of this cloud has no default VPC: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
  if (subnet === undefined) refuse("VPCIdNotSpecified", "No default VPC for this user. Give the instance a subnetId.");
  const own = inputs.vpcSecurityGroupIds ?? [];
  const fallback = text(cloud.find(VPC, text(subnet.inputs["vpcId"]))?.outputs["defaultSecurityGroupId"]);
  return {
    type: inputs.instanceType ?? text(template["instanceType"]),
    image: inputs.ami ?? text(template["imageId"]),
    subnet,
    groups: own.length > 0 ? own : [fallback],
  };
}

function refuseUnfit({ cloud, scope, inputs }: CallContext<Inputs>, { type, image, subnet, groups }: Launch): void {
  refuseUnknownType(type);
  const zone = text(subnet.outputs["availabilityZone"]);
  const offering = zonesOffering(type, scope.region);
  if (!offering.includes(zone)) {
    // https://github.com/ned1313/Getting-Started-Terraform/issues/44
    const hint = `Please retry your request by not specifying an Availability Zone or choosing ${offering.join(", ")}.`;
    const message = `Your requested instance type (${type}) is not supported in your requested Availability Zone (${zone}). ${hint}`;
    refuse("Unsupported", message);
  }
  if (inputs.availabilityZone !== undefined && inputs.availabilityZone !== zone) {
    const message = `The availability zone ${inputs.availabilityZone} is not that of subnet ${subnet.id}: ${zone}`;
    refuse("InvalidParameterValue", message);
  }
  const needed = architectureOfImage(image, scope.region);
  if (needed !== undefined && needed !== architectureOf(type)) {
    // https://github.com/eksctl-io/eksctl/pull/4973
    const message = `The architecture '${architectureOf(type)}' of the specified instance type does not match the architecture '${needed}' of the specified AMI.`;
    refuse("InvalidParameterValue", message);
  }
  refuseForeignGroups(cloud, groups, subnet);
}

function refuseUnknownType(type: string): void {
  if (!isInstanceType(type)) refuse("InvalidParameterValue", `Invalid value '${type}' for InstanceType.`);
}

function refuseForeignGroups(cloud: CloudView, groups: readonly string[], subnet: StoredResource): void {
  for (const group of groups) {
    const stored = cloud.find(SECURITY_GROUP, group);
    const vpcId = stored?.outputs["vpcId"] ?? stored?.inputs["vpcId"];
    if (vpcId !== subnet.inputs["vpcId"]) {
      const message = `Security group ${group} and subnet ${subnet.id} belong to different networks.`;
      refuse("InvalidParameter", message);
    }
  }
}

/** An address of the subnet beyond the first four, which are the network's own. */
function addressIn(cidr: unknown, hex: string): string {
  const range = typeof cidr === "string" ? parseCidr(cidr) : undefined;
  if (typeof range !== "object") return "10.0.0.4";
  const usable = Math.max(1, range.last - range.first - 4);
  return formatAddress(range.first + 4 + (parseInt(hex, 16) % usable));
}

export const instanceTypes: readonly ResourceType[] = [instance];
