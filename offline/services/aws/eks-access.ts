import type { AccessEntryArgs, AccessPolicyAssociationArgs } from "@pulumi/aws/eks";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType } from "../../cloud/resource-type";
import { isProperties, type Properties } from "../../cloud/value";
import { arn, parseArn, uuid } from "./arn";
import { clusterReference, EKS_ACCESS_ENTRY, EKS_ACCESS_POLICY, EKS_CLUSTER } from "./eks-cluster";
import { roleOf } from "./eks-trust";
import { text } from "./text";

// Error codes: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html, API_AssociateAccessPolicy.html
// Rules of names: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html

const TYPES = ["STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX"];

/** User names that EKS keeps for itself. */
const RESERVED_USER = /^(?:system:|eks:|aws:|amazon:|iam:)/;

/** https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
const POLICIES = /^arn:[\w-]+:eks::aws:cluster-access-policy\/Amazon\w+Policy$/;

export const accessEntry = resourceType<AccessEntryArgs>({
  token: EKS_ACCESS_ENTRY,
  service: "EKS",
  actions: { create: "CreateAccessEntry", update: "UpdateAccessEntry", delete: "DeleteAccessEntry" },
  references: [clusterReference(false)],
  check: (context) => {
    const { inputs } = context;
    if (inputs.type !== undefined && !TYPES.includes(inputs.type)) {
      context.refuse("type", `expected type to be one of ${TYPES.join(", ")}, got ${inputs.type}`);
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    refuseMode(cloud, inputs.clusterName);
    const id = `${inputs.clusterName}:${inputs.principalArn}`;
    // https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3293
    if (cloud.find(EKS_ACCESS_ENTRY, id) !== undefined) {
      refuse("ResourceInUseException", "The specified access entry resource is already in use on this cluster.");
    }
    const principal = parseArn(inputs.principalArn);
    const [kind, ...names] = principal?.resource.split("/") ?? [];
    const missing =
      principal?.account === scope.account && kind === "role" && roleOf(cloud, inputs.principalArn) === undefined;
    if (principal?.service !== "iam" || !["role", "user"].includes(kind ?? "") || missing) {
      refuse("InvalidParameterException", "The specified principalArn is invalid: invalid principal.");
    }
    refuseNames(inputs.userName, inputs.kubernetesGroups);
    const entry = [inputs.clusterName, kind, principal.account, ...names, uuid(context)].join("/");
    return {
      id,
      outputs: {
        accessEntryArn: arn(scope, "eks", `access-entry/${entry}`),
        type: inputs.type ?? "STANDARD",
        userName: inputs.userName ?? inputs.principalArn,
        kubernetesGroups: inputs.kubernetesGroups ?? [],
        createdAt: "2026-01-01T00:00:00Z",
        modifiedAt: "2026-01-01T00:00:00Z",
      },
    };
  },
  update: ({ inputs }) => {
    refuseNames(inputs.userName, inputs.kubernetesGroups);
    return {};
  },
  delete: ({ resource, cloud, effects }) => {
    for (const each of cloud.list(EKS_ACCESS_POLICY)) {
      if (entryOf(each.inputs) === resource.id) effects.remove(each);
    }
  },
});

export const accessPolicyAssociation = resourceType<AccessPolicyAssociationArgs>({
  token: EKS_ACCESS_POLICY,
  service: "EKS",
  actions: { create: "AssociateAccessPolicy", delete: "DisassociateAccessPolicy" },
  references: [clusterReference(false)],
  check: (context) => {
    const { inputs } = context;
    const { type, namespaces = [] } = inputs.accessScope ?? {};
    if (type !== undefined && type !== "cluster" && type !== "namespace") {
      context.refuse("accessScope.type", `expected type to be one of cluster, namespace, got ${type}`);
    }
    if (type === "cluster" && namespaces.length > 0) {
      context.refuse(
        "accessScope.namespaces",
        "InvalidParameterException: a scope of the type cluster takes no namespaces",
      );
    }
  },
  create: ({ inputs, cloud }) => {
    refuseMode(cloud, inputs.clusterName);
    const entry = cloud.find(EKS_ACCESS_ENTRY, `${inputs.clusterName}:${inputs.principalArn}`);
    if (entry === undefined) {
      return refuse(
        "ResourceNotFoundException",
        "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
      );
    }
    // https://github.com/aws-controllers-k8s/community/issues/2144
    if (entry.outputs["type"] !== "STANDARD") {
      refuse(
        "InvalidParameterException",
        `This operation can only be performed on Access Entries with a type of "STANDARD".`,
      );
    }
    if (!POLICIES.test(inputs.policyArn)) {
      refuse("InvalidParameterException", "The specified policyArn is invalid: invalid policy");
    }
    return {
      id: `${inputs.clusterName}#${inputs.principalArn}#${inputs.policyArn}`,
      outputs: { associatedAt: "2026-01-01T00:00:00Z", modifiedAt: "2026-01-01T00:00:00Z" },
    };
  },
});

/** https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3048 */
function refuseMode(cloud: CloudView, clusterName: string): void {
  const access = cloud.find(EKS_CLUSTER, clusterName)?.outputs["accessConfig"];
  if (isProperties(access) && access["authenticationMode"] !== "CONFIG_MAP") return;
  refuse(
    "InvalidRequestException",
    "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
  );
}

function refuseNames(userName: string | undefined, groups: readonly string[] | undefined): void {
  if (userName !== undefined && RESERVED_USER.test(userName)) {
    refuse(
      "InvalidParameterException",
      `The username field can't start with ${userName.slice(0, userName.indexOf(":") + 1)}`,
    );
  }
  const reserved = groups?.find((group) => group.startsWith("system:"));
  if (reserved !== undefined) {
    refuse(
      "InvalidParameterException",
      `The kubernetes group name ${reserved} is invalid, it cannot start with system:`,
    );
  }
}

function entryOf(inputs: Properties): string {
  return `${text(inputs["clusterName"])}:${text(inputs["principalArn"])}`;
}
