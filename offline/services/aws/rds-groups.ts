import type { ParameterGroupArgs, SubnetGroupArgs } from "@pulumi/aws/rds";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { isList, type Properties } from "../../cloud/value";
import { arn } from "./arn";
import { postgresParameter } from "./rds-parameters";
import { isFamily } from "./rds-versions";
import { subnetReference } from "./references";
import { text } from "./text";
import { SUBNET } from "./types";

// Error codes: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html,
// API_DeleteDBSubnetGroup.html, API_CreateDBParameterGroup.html, API_ModifyDBParameterGroup.html

export const RDS_SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";
export const RDS_PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";

/**
 * Subnet groups of RDS and of the services that share its API and its names: what one refuses, all refuse. Only RDS says in which
 * VPC the group lies.
 */
export function dbSubnetGroup(token: string, service: string): ResourceType {
  const outputs = (context: CallContext<Resolved<SubnetGroupArgs>>): Properties => {
    const vpcId = checkSubnets(context);
    return token === RDS_SUBNET_GROUP ? { vpcId } : {};
  };
  return resourceType<SubnetGroupArgs>({
    token,
    service,
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
          supportedNetworkTypes: ["IPV4"],
          ...outputs(context),
        },
      };
    },
    update: outputs,
  });
}

export const subnetGroup = dbSubnetGroup(RDS_SUBNET_GROUP, "RDS");

/** VPC and zones of a subnet group by its name; undefined when there is none. */
export function subnetGroupOf(
  cloud: CloudView,
  name: string,
  tokens: readonly string[] = [RDS_SUBNET_GROUP],
): { readonly vpcId: string; readonly zones: readonly string[] } | undefined {
  const group = tokens.map((token) => cloud.find(token, name)).find((found) => found !== undefined);
  if (group === undefined) return undefined;
  const ids = group.inputs["subnetIds"];
  return placeOf(cloud, isList(ids) ? ids.map(text) : []);
}

function placeOf(cloud: CloudView, subnetIds: readonly string[]) {
  const subnets = subnetIds.flatMap((id) => cloud.find(SUBNET, id) ?? []);
  const vpcs = [...new Set(subnets.map(({ inputs: { vpcId } }) => text(vpcId)))];
  const zones = [...new Set(subnets.map(({ outputs }) => text(outputs["availabilityZone"])))].sort();
  return { vpcs, vpcId: vpcs[0] ?? "", zones };
}

/** The VPC of the subnets, which lie in two zones at least. */
function checkSubnets({ inputs, cloud }: CallContext<Resolved<SubnetGroupArgs>>): string {
  const { vpcs, vpcId, zones } = placeOf(cloud, inputs.subnetIds);
  if (vpcs.length > 1) {
    refuse("InvalidSubnet", `The subnets of a DB subnet group must be in one VPC, these are in ${vpcs.join(", ")}`);
  }
  if (zones.length < 2) {
    refuse(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: ${zones.join(", ")}. Add subnets to cover at least 2 AZs.`,
    );
  }
  return vpcId;
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
  const isPostgres = family.startsWith("postgres");
  for (const { name, applyMethod } of parameters ?? []) {
    const applies = isPostgres ? postgresParameter(name) : "dynamic";
    // https://github.com/hashicorp/terraform-provider-aws/issues/522
    if (applies === undefined || !/^[a-z][a-z0-9_.]*$/.test(name)) {
      refuse("InvalidParameterValue", `Could not find parameter with name: ${name}`);
    }
    if (applies === "fixed") refuse("InvalidParameterValue", `The parameter ${name} cannot be modified.`);
    // The provider's own default is `immediate`.
    if ((applyMethod ?? "immediate") === "immediate" && applies === "static") {
      refuse(
        "InvalidParameterCombination",
        `cannot use immediate apply method for static parameter (${name}: give it applyMethod "pending-reboot")`,
      );
    }
  }
}
