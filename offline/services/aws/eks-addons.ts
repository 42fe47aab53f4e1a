import type { AddonArgs, PodIdentityAssociationArgs } from "@pulumi/aws/eks";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type Resolved, type Scope } from "../../cloud/resource-type";
import { arn, uuid } from "./arn";
import { clusterReference, EKS_ADDON, EKS_CLUSTER, EKS_POD_IDENTITY } from "./eks-cluster";
import { roleOf, trusts } from "./eks-trust";
import { isAddon, isAddonVersion, newestAddonVersion } from "./eks-versions";
import { roleReference } from "./references";
import { text } from "./text";

// Error codes: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html, API_CreatePodIdentityAssociation.html

const ON_CREATE = ["NONE", "OVERWRITE"];
const ON_UPDATE = ["NONE", "OVERWRITE", "PRESERVE"];

/** https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html */
const POD_IDENTITY = { service: "pods.eks.amazonaws.com", actions: ["sts:AssumeRole", "sts:TagSession"] };

export const addon = resourceType<AddonArgs>({
  token: EKS_ADDON,
  service: "EKS",
  actions: { create: "CreateAddon", update: "UpdateAddon", delete: "DeleteAddon" },
  references: [
    clusterReference(false),
    roleReference("serviceAccountRoleArn", "InvalidParameterException"),
    roleReference(
      "podIdentityAssociations[*].roleArn",
      "InvalidParameterException",
      "Role provided in the request does not exist.",
    ),
  ],
  duration: {
    create: 60,
    delete: 30,
    source: "https://docs.aws.amazon.com/eks/latest/userguide/managing-add-ons.html",
  },
  check: (context) => {
    const { inputs } = context;
    for (const [property, value, known] of [
      ["resolveConflictsOnCreate", inputs.resolveConflictsOnCreate, ON_CREATE],
      ["resolveConflictsOnUpdate", inputs.resolveConflictsOnUpdate, ON_UPDATE],
    ] as const) {
      if (value !== undefined && !known.includes(value)) {
        context.refuse(property, `expected ${property} to be one of ${known.join(", ")}, got ${value}`);
      }
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const kubernetes = text(cloud.find(EKS_CLUSTER, inputs.clusterName)?.outputs["version"]);
    const id = `${inputs.clusterName}:${inputs.addonName}`;
    if (cloud.find(EKS_ADDON, id) !== undefined) refuse("ResourceInUseException", "Addon already exists.");
    // https://github.com/marcincuber/eks/issues/10
    if (!isAddon(inputs.addonName)) {
      refuse(
        "InvalidParameterException",
        `Addon ${inputs.addonName} specified is not supported in ${kubernetes} kubernetes version`,
      );
    }
    refuseVersion(inputs, kubernetes);
    refuseConfiguration(inputs);
    refuseIdentities(inputs, cloud);
    return {
      id,
      outputs: {
        arn: arn(scope, "eks", `addon/${inputs.clusterName}/${inputs.addonName}/${uuid(context)}`),
        addonVersion: inputs.addonVersion ?? newestAddonVersion(inputs.addonName, kubernetes),
        configurationValues: inputs.configurationValues ?? "",
        createdAt: "2026-01-01T00:00:00Z",
        modifiedAt: "2026-01-01T00:00:00Z",
      },
    };
  },
  update: ({ inputs, cloud, resource }) => {
    const kubernetes = text(cloud.find(EKS_CLUSTER, inputs.clusterName)?.outputs["version"]);
    const before = text(resource.outputs["addonVersion"]);
    if (inputs.addonVersion !== before) refuseVersion(inputs, kubernetes);
    refuseConfiguration(inputs);
    refuseIdentities(inputs, cloud);
    return { addonVersion: inputs.addonVersion ?? before, configurationValues: inputs.configurationValues ?? "" };
  },
});

export const podIdentityAssociation = resourceType<PodIdentityAssociationArgs>({
  token: EKS_POD_IDENTITY,
  service: "EKS",
  actions: {
    create: "CreatePodIdentityAssociation",
    update: "UpdatePodIdentityAssociation",
    delete: "DeletePodIdentityAssociation",
  },
  references: [
    clusterReference(false),
    roleReference("roleArn", "InvalidParameterException", "Role provided in the request does not exist."),
  ],
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const taken = cloud
      .list(EKS_POD_IDENTITY)
      .find(
        (other) =>
          other.inputs["clusterName"] === inputs.clusterName &&
          other.inputs["namespace"] === inputs.namespace &&
          other.inputs["serviceAccount"] === inputs.serviceAccount,
      );
    if (taken !== undefined) refuse("ResourceInUseException", `Association already exists: ${taken.id}`);
    refuseTrust(cloud, inputs.roleArn);
    const id = `a-${context.hex(17)}`;
    return { id, outputs: associationOutputs(scope, inputs.clusterName, id) };
  },
  update: ({ inputs, cloud }) => {
    refuseTrust(cloud, inputs.roleArn);
    return {};
  },
});

function associationOutputs(scope: Scope, clusterName: string, id: string) {
  return {
    associationId: id,
    associationArn: arn(scope, "eks", `podidentityassociation/${clusterName}/${id}`),
    disableSessionTags: false,
    externalId: "",
  };
}

/** https://github.com/hashicorp/terraform-provider-aws/issues/33385 */
function refuseVersion({ addonName, addonVersion }: Resolved<AddonArgs>, kubernetes: string): void {
  if (addonVersion === undefined || isAddonVersion(addonName, addonVersion, kubernetes)) return;
  refuse("InvalidParameterException", "Addon version specified is not supported");
}

function refuseConfiguration({ configurationValues: values }: Resolved<AddonArgs>): void {
  if (values === undefined || !/^\s*[{[]/.test(values)) return;
  try {
    JSON.parse(values);
  } catch {
    refuse(
      "InvalidParameterException",
      "ConfigurationValue provided in request is not supported: it is not valid JSON",
    );
  }
}

function refuseIdentities({ podIdentityAssociations }: Resolved<AddonArgs>, cloud: CloudView): void {
  for (const { roleArn } of podIdentityAssociations ?? []) refuseTrust(cloud, roleArn);
}

/** https://github.com/hashicorp/terraform-provider-aws/issues/41483 */
function refuseTrust(cloud: CloudView, roleArn: string): void {
  if (roleOf(cloud, roleArn) === undefined || trusts(cloud, roleArn, POD_IDENTITY.service, POD_IDENTITY.actions))
    return;
  refuse(
    "InvalidParameterException",
    "Trust policy of the role provided is invalid. Follow the official documentation to resolve the issue.",
  );
}
