import type {
  DefaultNetworkAclArgs,
  NetworkAclArgs,
  NetworkAclAssociationArgs,
  NetworkAclRuleArgs,
} from "@pulumi/aws/ec2";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { isList, isProperties, type Properties } from "../../cloud/value";
import { arn, ec2Id } from "./arn";
import { subnetReference, vpcReference } from "./references";
import { NETWORK_ACL, NETWORK_ACL_ASSOCIATION, NETWORK_ACL_RULE, SUBNET, VPC } from "./types";
import { text } from "./text";

// Error codes of this file: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// Rule numbers: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html

const LAST_RULE_NUMBER = 32766;
const ACL_MISSING = { code: "InvalidNetworkAclID.NotFound", message: "The networkAcl ID '{value}' does not exist" };

const networkAcl = resourceType<NetworkAclArgs>({
  token: NETWORK_ACL,
  service: "EC2",
  actions: { create: "CreateNetworkAcl", update: "ReplaceNetworkAclEntry", delete: "DeleteNetworkAcl" },
  references: [vpcReference(), { ...subnetReference("subnetIds[*]"), holds: false }],
  inUse: { code: "DependencyViolation", message: "The networkAcl '{id}' has dependencies and cannot be deleted." },
  check: (context) => {
    const { inputs } = context;
    checkBlocks({ ...inputs }, (property, reason) => {
      context.refuse(property, reason);
    });
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    refuseForeignSubnets(cloud, inputs.vpcId, inputs.subnetIds ?? []);
    const id = ec2Id(context, "acl");
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `network-acl/${id}`),
        ownerId: scope.account,
        ingress: inputs.ingress ?? [],
        egress: inputs.egress ?? [],
        subnetIds: inputs.subnetIds ?? [],
      },
    };
  },
  update: ({ inputs, cloud }) => {
    refuseForeignSubnets(cloud, inputs.vpcId, inputs.subnetIds ?? []);
    return {};
  },
});

const defaultNetworkAcl = resourceType<DefaultNetworkAclArgs>({
  token: "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
  service: "EC2",
  actions: { create: "DescribeNetworkAcls", update: "ReplaceNetworkAclEntry", delete: "DescribeNetworkAcls" },
  references: [{ path: "defaultNetworkAclId", to: NETWORK_ACL, missing: ACL_MISSING, holds: false }],
  check: (context) => {
    const { inputs } = context;
    checkBlocks({ ...inputs }, (property, reason) => {
      context.refuse(property, reason);
    });
  },
  create: ({ inputs, cloud, scope }) => {
    const id = inputs.defaultNetworkAclId;
    const owner = cloud.findBy(VPC, "defaultNetworkAclId", id);
    if (owner === undefined)
      refuse("InvalidNetworkAclID.NotFound", `EC2 Default Network ACL (${id}): couldn't find resource`);
    return { id, outputs: { arn: arn(scope, "ec2", `network-acl/${id}`), ownerId: scope.account, vpcId: owner.id } };
  },
});

function checkBlocks(inputs: Properties, report: (property: string, reason: string) => void): void {
  for (const direction of ["ingress", "egress"]) {
    const blocks = inputs[direction];
    const numbers = (isList(blocks) ? blocks : []).map((block) => Number(isProperties(block) ? block["ruleNo"] : NaN));
    numbers.forEach((number, index) => {
      const path = `${direction}[${String(index)}].ruleNo`;
      if (Number.isNaN(number)) return;
      const problem = numberProblem(number);
      if (problem !== undefined) report(path, problem);
      if (numbers.indexOf(number) !== index)
        report(path, `rule number ${String(number)} is used twice in ${direction}`);
    });
  }
}

function numberProblem(number: number): string | undefined {
  if (Number.isInteger(number) && number >= 1 && number <= LAST_RULE_NUMBER) return undefined;
  return `rule number must be 1 to ${String(LAST_RULE_NUMBER)}, got ${String(number)}`;
}

function refuseForeignSubnets(cloud: CloudView, vpcId: string, subnets: readonly string[]): void {
  for (const subnet of subnets) {
    if (cloud.find(SUBNET, subnet)?.inputs["vpcId"] !== vpcId) {
      refuse("InvalidParameterValue", `The networkAcl and subnet ${subnet} belong to different networks`);
    }
  }
}

const networkAclRule = resourceType<NetworkAclRuleArgs>({
  token: NETWORK_ACL_RULE,
  service: "EC2",
  actions: { create: "CreateNetworkAclEntry", delete: "DeleteNetworkAclEntry" },
  references: [{ path: "networkAclId", to: NETWORK_ACL, missing: ACL_MISSING, holds: false }],
  check: (context) => {
    const { inputs } = context;
    const problem = inputs.ruleNumber === undefined ? undefined : numberProblem(inputs.ruleNumber);
    if (problem !== undefined) context.refuse("ruleNumber", problem);
    const action = inputs.ruleAction?.toLowerCase();
    if (action !== undefined && action !== "allow" && action !== "deny") {
      context.refuse("ruleAction", `must be allow or deny, got ${action}`);
    }
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const egress = inputs.egress ?? false;
    const acl = cloud.find(NETWORK_ACL, inputs.networkAclId);
    const inline = acl?.inputs[egress ? "egress" : "ingress"];
    const taken =
      (isList(inline) ? inline : []).some((block) => isProperties(block) && block["ruleNo"] === inputs.ruleNumber) ||
      cloud
        .list(NETWORK_ACL_RULE)
        .some(
          (other) =>
            other.inputs["networkAclId"] === inputs.networkAclId &&
            other.inputs["ruleNumber"] === inputs.ruleNumber &&
            (other.inputs["egress"] ?? false) === egress,
        );
    if (taken) {
      const message = `The network acl entry identified by ${String(inputs.ruleNumber)} already exists.`;
      refuse("NetworkAclEntryAlreadyExists", message);
    }
    return { id: `nacl-${String(parseInt(context.hex(8), 16))}`, outputs: {} };
  },
});

const networkAclAssociation = resourceType<NetworkAclAssociationArgs>({
  token: NETWORK_ACL_ASSOCIATION,
  service: "EC2",
  actions: { create: "ReplaceNetworkAclAssociation", delete: "ReplaceNetworkAclAssociation" },
  references: [
    { path: "networkAclId", to: NETWORK_ACL, missing: ACL_MISSING },
    { ...subnetReference("subnetId"), holds: false },
  ],
  create: (context) => {
    const { inputs, cloud } = context;
    const vpcId = text(cloud.find(NETWORK_ACL, inputs.networkAclId)?.inputs["vpcId"]);
    refuseForeignSubnets(cloud, vpcId, [inputs.subnetId]);
    return { id: ec2Id(context, "aclassoc"), outputs: {} };
  },
});

export const aclTypes: readonly ResourceType[] = [networkAcl, defaultNetworkAcl, networkAclRule, networkAclAssociation];
