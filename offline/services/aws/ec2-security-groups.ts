import type { DefaultSecurityGroupArgs, SecurityGroupArgs } from "@pulumi/aws/ec2";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type Effects, type ResourceType } from "../../cloud/resource-type";
import { isList, isProperties, type Properties } from "../../cloud/value";
import { arn, ec2Id } from "./arn";
import { blockPermission } from "./reachability";
import { securityGroupReference, vpcReference } from "./references";
import { portProblem, refuseTooMany } from "./security-group-limits";
import { SECURITY_GROUP, SECURITY_GROUP_RULE, VPC, VPC_EGRESS_RULE, VPC_INGRESS_RULE } from "./types";
import { text } from "./text";

// Error codes of this file: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// Names and descriptions: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html

const TEXT = /^[a-zA-Z0-9. _:/()#,@[\]+=&;{}!$*-]*$/;
const TEXT_RULE = "up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*";
const DIRECTIONS = ["ingress", "egress"] as const;

const securityGroup = resourceType<SecurityGroupArgs>({
  token: SECURITY_GROUP,
  service: "EC2",
  actions: { create: "CreateSecurityGroup", update: "AuthorizeSecurityGroupIngress", delete: "DeleteSecurityGroup" },
  name: {
    property: "name",
    pattern: /^(?!sg-)[a-zA-Z0-9. _:/()#,@[\]+=&;{}!$*-]+$/,
    rule: `${TEXT_RULE}, not starting with sg-`,
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
    maxLength: 255,
  },
  references: [
    vpcReference(),
    securityGroupReference("ingress[*].securityGroups[*]"),
    securityGroupReference("egress[*].securityGroups[*]"),
  ],
  inUse: { code: "DependencyViolation", message: "resource {id} has a dependent object" },
  defaults: () => ({ description: "Managed by Pulumi" }),
  check: (context) => {
    const { inputs } = context;
    const description = inputs.description;
    if (description !== undefined && (description.length > 255 || !TEXT.test(description))) {
      context.refuse("description", `"${description}" is not a valid description: ${TEXT_RULE}`);
    }
    checkBlocks({ ...inputs }, (property, reason) => {
      context.refuse(property, reason);
    });
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const vpcId = inputs.vpcId;
    if (vpcId === undefined) return refuse("VPCIdNotSpecified", "No default VPC for this user");
    const twin = cloud
      .list(SECURITY_GROUP)
      .find((other) => other.inputs["vpcId"] === vpcId && other.inputs["name"] === inputs.name);
    if (twin !== undefined) {
      refuse("InvalidGroup.Duplicate", `The security group '${inputs.name ?? ""}' already exists for VPC '${vpcId}'`);
    }
    refuseBadBlocks(cloud, vpcId, { ...inputs });
    const id = ec2Id(context, "sg");
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `security-group/${id}`),
        ownerId: scope.account,
        ingress: inputs.ingress ?? [],
        egress: inputs.egress ?? [],
        revokeRulesOnDelete: inputs.revokeRulesOnDelete ?? false,
      },
    };
  },
  update: ({ inputs, cloud }) => {
    if (inputs.vpcId !== undefined) refuseBadBlocks(cloud, inputs.vpcId, { ...inputs });
    return {};
  },
  // The rules of a group go with it; a rule of another group that names it does not.
  delete: ({ resource, cloud, effects }) => {
    if (cloud.findBy(VPC, "defaultSecurityGroupId", resource.id) !== undefined) {
      refuse("CannotDelete", `the specified group: "${resource.id}" name: "default" cannot be deleted by a user`);
    }
    for (const type of [SECURITY_GROUP_RULE, VPC_INGRESS_RULE, VPC_EGRESS_RULE]) {
      for (const rule of cloud.list(type)) if (rule.inputs["securityGroupId"] === resource.id) effects.remove(rule);
    }
  },
});

const defaultSecurityGroup = resourceType<DefaultSecurityGroupArgs>({
  token: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  service: "EC2",
  actions: {
    create: "DescribeSecurityGroups",
    update: "AuthorizeSecurityGroupIngress",
    delete: "DescribeSecurityGroups",
  },
  references: [{ ...vpcReference(), holds: false }],
  check: (context) => {
    const { inputs } = context;
    checkBlocks({ ...inputs }, (property, reason) => {
      context.refuse(property, reason);
    });
  },
  create: ({ inputs, cloud, effects, scope }) => {
    const owner = inputs.vpcId === undefined ? undefined : cloud.find(VPC, inputs.vpcId);
    if (owner === undefined) return refuse("VPCIdNotSpecified", "No default VPC for this user");
    const id = text(owner.outputs["defaultSecurityGroupId"]);
    adopt(cloud, effects, id, { ...inputs });
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `security-group/${id}`),
        name: "default",
        namePrefix: "",
        description: "default VPC security group",
        ownerId: scope.account,
        ingress: inputs.ingress ?? [],
        egress: inputs.egress ?? [],
      },
    };
  },
  update: ({ inputs, cloud, effects, resource }) => {
    adopt(cloud, effects, resource.id, { ...inputs });
    return {};
  },
});

/** The adopted group gets exactly the declared rules: those it was made with go. */
function adopt(cloud: CloudView, effects: Effects, id: string, inputs: Properties): void {
  const group = cloud.find(SECURITY_GROUP, id);
  if (group === undefined) return;
  refuseBadBlocks(cloud, text(group.inputs["vpcId"]), inputs);
  const rules = { ingress: inputs["ingress"] ?? [], egress: inputs["egress"] ?? [] };
  effects.put({ type: SECURITY_GROUP, id, inputs: { ...group.inputs, ...rules }, outputs: group.outputs });
}

function blocksOf(inputs: Properties, direction: string): readonly Properties[] {
  const blocks = inputs[direction];
  return (isList(blocks) ? blocks : []).filter(isProperties);
}

function checkBlocks(inputs: Properties, report: (property: string, reason: string) => void): void {
  for (const direction of DIRECTIONS) {
    blocksOf(inputs, direction).forEach((block, index) => {
      const problem = portProblem(block["protocol"], block["fromPort"], block["toPort"], "inline");
      if (problem !== undefined) report(`${direction}[${String(index)}]`, problem);
    });
  }
}

function refuseBadBlocks(cloud: CloudView, vpcId: string, inputs: Properties): void {
  for (const direction of DIRECTIONS) {
    const permissions = blocksOf(inputs, direction).map((block) => blockPermission(block, "self"));
    for (const group of permissions.flatMap(({ groups }) => groups)) {
      if (group !== "self") refuseForeignGroup(cloud, vpcId, group);
    }
    refuseTooMany(cloud, permissions);
  }
}

const PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection";

/** A rule may name groups of its own VPC and of VPCs that it is peered with. */
export function refuseForeignGroup(cloud: CloudView, vpcId: string, group: string): void {
  const other = cloud.find(SECURITY_GROUP, group)?.inputs["vpcId"];
  if (other === undefined || other === vpcId) return;
  const peered = cloud.list(PEERING).some(({ inputs }) => {
    const pair = [text(inputs["vpcId"]), text(inputs["peerVpcId"])];
    return pair.includes(vpcId) && pair.includes(text(other));
  });
  if (!peered) {
    const message = `You have specified two resources that belong to different networks: ${group} is in ${text(other)}, not in ${vpcId}.`;
    refuse("InvalidGroup.NotFound", message);
  }
}

export const securityGroupTypes: readonly ResourceType[] = [securityGroup, defaultSecurityGroup];
