import type { ClusterParameterGroupArgs } from "@pulumi/aws/docdb";
import { refuse } from "../../cloud/errors";
import { resourceType, type Resolved } from "../../cloud/resource-type";
import { arn } from "./arn";
import { documentParameter, isDocumentFamily } from "./docdb-versions";
import { dbSubnetGroup } from "./rds-groups";

// Error codes: https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBClusterParameterGroup.html,
// API_ModifyDBClusterParameterGroup.html, API_DeleteDBClusterParameterGroup.html

export const DOCDB_SUBNET_GROUP = "aws:docdb/subnetGroup:SubnetGroup";
export const DOCDB_PARAMETER_GROUP = "aws:docdb/clusterParameterGroup:ClusterParameterGroup";

export const documentSubnetGroup = dbSubnetGroup(DOCDB_SUBNET_GROUP, "DocDB");

export const documentParameterGroup = resourceType<ClusterParameterGroupArgs>({
  token: DOCDB_PARAMETER_GROUP,
  service: "DocDB",
  actions: {
    create: "CreateDBClusterParameterGroup",
    update: "ModifyDBClusterParameterGroup",
    delete: "DeleteDBClusterParameterGroup",
  },
  name: {
    property: "name",
    pattern: /^(?!default\.)(?!.*--)[a-z][a-z0-9.-]*(?<!-)$/,
    rule: "1 to 255 lower-case letters, digits, - and ., a letter first, no two - together and none last",
    source: "https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBClusterParameterGroup.html",
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
      "One or more database clusters are still members of this parameter group {id}, so the group cannot be deleted",
  },
  defaults: () => ({ description: "Managed by Pulumi" }),
  create: ({ inputs, scope }) => {
    if (!isDocumentFamily(inputs.family)) {
      refuse("InvalidParameterValue", `DBParameterGroupFamily ${inputs.family} is not a valid parameter group family`);
    }
    checkParameters(inputs);
    const name = inputs.name ?? "";
    return { id: name, outputs: { name, arn: arn(scope, "rds", `cluster-pg:${name}`) } };
  },
  update: ({ inputs }) => {
    checkParameters(inputs);
    return {};
  },
});

function checkParameters({ parameters }: Resolved<ClusterParameterGroupArgs>): void {
  for (const { name, value, applyMethod } of parameters ?? []) {
    const parameter = documentParameter(name);
    if (parameter === undefined) {
      return refuse("InvalidParameterValue", `Could not find parameter with name: ${name}`);
    }
    if (!parameter.accepts.test(value)) {
      refuse("InvalidParameterValue", `Value: ${value} is outside of range for parameter: ${name}`);
    }
    // Unlike that of RDS, this group's own default is `pending-reboot`.
    if (applyMethod === "immediate" && parameter.applies === "static") {
      refuse(
        "InvalidParameterCombination",
        `cannot use immediate apply method for static parameter (${name}: give it applyMethod "pending-reboot")`,
      );
    }
  }
}
