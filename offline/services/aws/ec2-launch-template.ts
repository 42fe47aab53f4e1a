import type { LaunchTemplateArgs } from "@pulumi/aws/ec2";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { equal, type Properties } from "../../cloud/value";
import { arn, ec2Id } from "./arn";
import { volumeProblems } from "./ebs-volumes";
import { securityGroupReference } from "./references";
import { INSTANCE_PROFILE, LAUNCH_TEMPLATE } from "./types";

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

function checkVolumes({ inputs, refuse: report }: CheckContext<Inputs>): void {
  (inputs.blockDeviceMappings ?? []).forEach(({ ebs }, index) => {
    for (const { property, reason } of ebs === undefined ? [] : volumeProblems(ebs)) {
      report(`blockDeviceMappings[${String(index)}].ebs.${property}`, reason);
    }
  });
}

export const launchTemplateTypes: readonly ResourceType[] = [launchTemplate];
