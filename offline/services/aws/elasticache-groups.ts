import type { ParameterGroupArgs, SubnetGroupArgs } from "@pulumi/aws/elasticache";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved } from "../../cloud/resource-type";
import { arn } from "./arn";
import { FAMILIES } from "./elasticache-versions";
import { subnetReference } from "./references";
import { text } from "./text";
import { SUBNET } from "./types";

// Error codes: https://github.com/boto/botocore, data/elasticache/2015-02-02/service-2.json

export const CACHE_SUBNET_GROUP = "aws:elasticache/subnetGroup:SubnetGroup";
export const CACHE_PARAMETER_GROUP = "aws:elasticache/parameterGroup:ParameterGroup";

export const subnetGroup = resourceType<SubnetGroupArgs>({
  token: CACHE_SUBNET_GROUP,
  service: "ElastiCache",
  actions: { create: "CreateCacheSubnetGroup", update: "ModifyCacheSubnetGroup", delete: "DeleteCacheSubnetGroup" },
  name: {
    property: "name",
    spell: (name) => name.toLowerCase(),
    pattern: /^(?!default$)[a-z0-9-]+$/,
    rule: "1 to 255 lower-case letters, digits and -, not default",
    source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html",
    maxLength: 255,
    unique: {
      within: "region",
      code: "CacheSubnetGroupAlreadyExists",
      message: "Cache subnet group {value} already exists.",
    },
  },
  references: [subnetReference("subnetIds[*]", "InvalidSubnet")],
  inUse: {
    code: "CacheSubnetGroupInUse",
    message: "Cache subnet group {id} is currently in use by a cache cluster.",
  },
  defaults: () => ({ description: "Managed by Pulumi" }),
  create: (context) => {
    const name = context.inputs.name ?? "";
    return {
      id: name,
      outputs: { name, arn: arn(context.scope, "elasticache", `subnetgroup:${name}`), vpcId: vpcOf(context) },
    };
  },
  update: (context) => ({ vpcId: vpcOf(context) }),
});

function vpcOf({ inputs, cloud }: CallContext<Resolved<SubnetGroupArgs>>): string {
  const subnets = inputs.subnetIds.flatMap((id) => cloud.find(SUBNET, id) ?? []);
  const vpcs = new Set(subnets.map(({ inputs: { vpcId } }) => text(vpcId)));
  if (vpcs.size > 1) {
    refuse(
      "InvalidSubnet",
      `The subnets of a cache subnet group must be in one VPC, these are in ${[...vpcs].join(", ")}`,
    );
  }
  return [...vpcs][0] ?? "";
}

export const parameterGroup = resourceType<ParameterGroupArgs>({
  token: CACHE_PARAMETER_GROUP,
  service: "ElastiCache",
  actions: {
    create: "CreateCacheParameterGroup",
    update: "ModifyCacheParameterGroup",
    delete: "DeleteCacheParameterGroup",
  },
  name: {
    property: "name",
    spell: (name) => name.toLowerCase(),
    pattern: /^(?!default\.)(?!.*--)[a-z][a-z0-9-]*(?<!-)$/,
    rule: "1 to 255 lower-case letters, digits and -, a letter first, no two - together and none last",
    source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheParameterGroup.html",
    maxLength: 255,
    unique: {
      within: "region",
      code: "CacheParameterGroupAlreadyExists",
      message: "Parameter group {value} already exists.",
    },
  },
  inUse: {
    code: "InvalidCacheParameterGroupState",
    message:
      "One or more cache clusters are still members of this parameter group {id}, so the group cannot be deleted.",
  },
  defaults: () => ({ description: "Managed by Pulumi" }),
  create: ({ inputs, scope }) => {
    if (!FAMILIES.has(inputs.family)) {
      refuse(
        "InvalidParameterValue",
        `CacheParameterGroupFamily ${inputs.family} is not a valid parameter group family.`,
      );
    }
    const name = inputs.name ?? "";
    return { id: name, outputs: { name, arn: arn(scope, "elasticache", `parametergroup:${name}`) } };
  },
});
