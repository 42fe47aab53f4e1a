import type { ParameterGroupArgs, SubnetGroupArgs } from "@pulumi/aws/rds";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved } from "../../cloud/resource-type";
import { arn } from "./arn";
import { isFamily, STATIC_PARAMETERS } from "./rds-versions";
import { subnetReference } from "./references";
import { text } from "./text";
import { SUBNET } from "./types";

// Error codes: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html,
// API_DeleteDBSubnetGroup.html, API_CreateDBParameterGroup.html, API_ModifyDBParameterGroup.html

export const RDS_SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";
export const RDS_PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";

export const subnetGroup = resourceType<SubnetGroupArgs>({
  token: RDS_SUBNET_GROUP,
  service: "RDS",
  actions: { create: "CreateDBSubnetGroup", update: "ModifyDBSubnetGroup", delete: "DeleteDBSubnetGroup" },
  name: {
    property: "name",
    pattern: /^(?!default$)[a-z0-9._ -]+$/,
    rule: "1 to 255 lower-case letters, digits, spaces and .-_, not default",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html",
    maxLength: 255,
    unique: {
      within: "region",
      code: "DBSubnetGroupAlreadyExists",
      message: "The DB subnet group '{value}' already exists.",
    },
  },
  references: [subnetReference("subnetIds[*]", "InvalidSubnet")],
  inUse: {
    code: "InvalidDBSubnetGroupStateFault",
    message: "Cannot delete the subnet group '{id}' because at least one database instance is still using it.",
  },
  defaults: () => ({ description: "Managed by Pulumi" }),
  create: (context) => {
    const { inputs, scope } = context;
    const name = inputs.name ?? "";
    return {
      id: name,
      outputs: {
        name,
        arn: arn(scope, "rds", `subgrp:${name}`),
        vpcId: checkSubnets(context),
        supportedNetworkTypes: ["IPV4"],
      },
    };
  },
  update: (context) => ({ vpcId: checkSubnets(context) }),
});

/** The VPC of the subnets, which lie in two zones at least. */
function checkSubnets({ inputs, cloud }: CallContext<Resolved<SubnetGroupArgs>>): string {
  const subnets = inputs.subnetIds.flatMap((id) => cloud.find(SUBNET, id) ?? []);
  const vpcs = new Set(subnets.map(({ inputs: { vpcId } }) => text(vpcId)));
  if (vpcs.size > 1) {
    refuse(
      "InvalidSubnet",
      `The subnets of a DB subnet group must be in one VPC, these are in ${[...vpcs].join(", ")}`,
    );
  }
  const zones = new Set(subnets.map(({ outputs }) => text(outputs["availabilityZone"])));
  if (zones.size < 2) {
    refuse(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: ${[...zones].join(", ")}. Add subnets to cover at least 2 AZs.`,
    );
  }
  return [...vpcs][0] ?? "";
}

export const parameterGroup = resourceType<ParameterGroupArgs>({
  token: RDS_PARAMETER_GROUP,
  service: "RDS",
  actions: { create: "CreateDBParameterGroup", update: "ModifyDBParameterGroup", delete: "DeleteDBParameterGroup" },
  name: {
    property: "name",
    pattern: /^(?!default\.)(?!.*--)[a-z][a-z0-9.-]*(?<!-)$/,
    rule: "1 to 255 lower-case letters, digits, - and ., a letter first, no two - together and none last",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html",
    maxLength: 255,
    unique: {
      within: "region",
      code: "DBParameterGroupAlreadyExists",
      message: "Parameter group {value} already exists",
    },
  },
  inUse: {
    code: "InvalidDBParameterGroupState",
    message:
      "One or more database instances are still members of this parameter group {id}, so the group cannot be deleted",
  },
  defaults: () => ({ description: "Managed by Pulumi" }),
  create: ({ inputs, scope }) => {
    if (!isFamily(inputs.family)) {
      refuse("InvalidParameterValue", `DBParameterGroupFamily ${inputs.family} is not a valid parameter group family`);
    }
    checkParameters(inputs);
    const name = inputs.name ?? "";
    return { id: name, outputs: { name, arn: arn(scope, "rds", `pg:${name}`) } };
  },
  update: ({ inputs }) => {
    checkParameters(inputs);
    return {};
  },
});

function checkParameters({ family, parameters }: Resolved<ParameterGroupArgs>): void {
  for (const { name, applyMethod } of parameters ?? []) {
    if (!/^[a-z][a-z0-9_.]*$/.test(name)) {
      refuse("InvalidParameterValue", `Could not find parameter with name: ${name}`);
    }
    // The provider's own default is `immediate`.
    const immediate = (applyMethod ?? "immediate") === "immediate";
    if (immediate && family.startsWith("postgres") && STATIC_PARAMETERS.has(name)) {
      refuse(
        "InvalidParameterCombination",
        `cannot use immediate apply method for static parameter (${name}: give it applyMethod "pending-reboot")`,
      );
    }
  }
}
