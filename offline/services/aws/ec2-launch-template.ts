import type { LaunchTemplateArgs } from "@pulumi/aws/ec2";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { equal, type Properties } from "../../cloud/value";
import { arn, ec2Id } from "./arn";
import { securityGroupReference } from "./references";
import { INSTANCE_PROFILE, LAUNCH_TEMPLATE } from "./types";

/** Sizes in GiB and IOPS by volume type: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html */
const VOLUMES: Readonly<
  Record<string, { readonly size: readonly [number, number]; readonly iops?: readonly [number, number] }>
> = {
  gp2: { size: [1, 16384] },
  gp3: { size: [1, 65536], iops: [3000, 80000] },
  io1: { size: [4, 16384], iops: [100, 64000] },
  io2: { size: [4, 65536], iops: [100, 256000] },
  st1: { size: [125, 16384] },
  sc1: { size: [125, 16384] },
  standard: { size: [1, 1024] },
};

type Inputs = Resolved<LaunchTemplateArgs>;

const launchTemplate = resourceType<LaunchTemplateArgs>({
  token: LAUNCH_TEMPLATE,
  service: "EC2",
  actions: { create: "CreateLaunchTemplate", update: "CreateLaunchTemplateVersion", delete: "DeleteLaunchTemplate" },
  name: {
    property: "name",
    pattern: /^[a-zA-Z0-9().\-/_]{3,128}$/,
    rule: "3 to 128 letters, digits and ().-/_",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html",
    maxLength: 125,
    unique: {
      within: "region",
      code: "InvalidLaunchTemplateName.AlreadyExistsException",
      message: "Launch template name already in use.",
    },
  },
  // The service only warns of a group that does not exist and refuses the launch; here it is said at once, with the launch's code.
  references: [
    { ...securityGroupReference("vpcSecurityGroupIds[*]"), holds: false },
    { ...securityGroupReference("networkInterfaces[*].securityGroups[*]"), holds: false },
    {
      path: "iamInstanceProfile.arn",
      to: INSTANCE_PROFILE,
      by: "arn",
      within: "account",
      missing: { code: "InvalidParameterValue", message: "Invalid IAM Instance Profile ARN '{value}'" },
      holds: false,
    },
  ],
  check: (context) => {
    checkVolumes(context);
    const image = context.inputs.imageId;
    if (image !== undefined && !/^(ami-[0-9a-f]{8,17}|resolve:ssm:.+)$/.test(image)) {
      context.refuse("imageId", `InvalidAMIID.Malformed: Invalid id: "${image}" (expecting "ami-...")`);
    }
    if (context.inputs.defaultVersion !== undefined && context.inputs.updateDefaultVersion !== undefined) {
      context.refuse("defaultVersion", `"defaultVersion": conflicts with updateDefaultVersion`);
    }
  },
  create: (context) => {
    const id = ec2Id(context, "lt");
    return {
      id,
      outputs: { arn: arn(context.scope, "ec2", `launch-template/${id}`), latestVersion: 1, defaultVersion: 1 },
    };
  },
  update: ({ inputs, oldInputs, resource }) => {
    const before = Number(resource.outputs["latestVersion"]);
    const latest = equal(versioned(inputs), versioned(oldInputs)) ? before : before + 1;
    const wanted = inputs.defaultVersion ?? Number(resource.outputs["defaultVersion"]);
    const chosen = inputs.updateDefaultVersion === true ? latest : wanted;
    if (chosen > latest) {
      const message = `Could not find the specified version ${String(chosen)} for the launch template with ID ${resource.id}.`;
      refuse("InvalidLaunchTemplateId.VersionNotFound", message);
    }
    return { latestVersion: latest, defaultVersion: chosen };
  },
});

/** What a version of a template holds: all but the settings of the template itself. */
function versioned(inputs: Inputs): Properties {
  const settings = ["name", "namePrefix", "tags", "region", "defaultVersion", "updateDefaultVersion"];
  return Object.fromEntries(Object.entries(inputs as Properties).filter(([key]) => !settings.includes(key)));
}

function checkVolumes(context: CheckContext<Inputs>): void {
  const { inputs } = context;
  (inputs.blockDeviceMappings ?? []).forEach(({ ebs }, index) => {
    const path = `blockDeviceMappings[${String(index)}].ebs`;
    if (ebs === undefined) return;
    const type = ebs.volumeType ?? "gp2";
    const limits = VOLUMES[type];
    if (limits === undefined) {
      context.refuse(
        `${path}.volumeType`,
        `InvalidParameterValue: Invalid value '${type}' for VolumeType: one of ${Object.keys(VOLUMES).join(", ")}`,
      );
      return;
    }
    if (ebs.volumeSize !== undefined && !within(limits.size, ebs.volumeSize)) {
      const range = `${String(limits.size[0])} to ${String(limits.size[1])} GiB`;
      context.refuse(
        `${path}.volumeSize`,
        `InvalidParameterValue: Volume of ${String(ebs.volumeSize)}GiB is not ${range} for ${type}`,
      );
    }
    if (ebs.iops !== undefined && (limits.iops === undefined || !within(limits.iops, ebs.iops))) {
      context.refuse(
        `${path}.iops`,
        `InvalidParameterCombination: ${String(ebs.iops)} iops is not supported for volume type ${type}`,
      );
    }
    if (ebs.throughput !== undefined && type !== "gp3") {
      context.refuse(
        `${path}.throughput`,
        `InvalidParameterCombination: The parameter Throughput is not supported for ${type} volumes.`,
      );
    }
  });
}

function within([low, high]: readonly [number, number], value: number): boolean {
  return value >= low && value <= high;
}

export const launchTemplateTypes: readonly ResourceType[] = [launchTemplate];
