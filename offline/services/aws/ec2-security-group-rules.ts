import type { SecurityGroupRuleArgs } from "@pulumi/aws/ec2";
import type { SecurityGroupIngressRuleArgs } from "@pulumi/aws/vpc";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Reference,
  type ResourceType,
} from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { arn, ec2Id } from "./arn";
import { parseCidr } from "../cidr";
import { refuseForeignGroup } from "./ec2-security-groups";
import { permissionsOf, rulePermission, singlePermission, type Permission } from "./reachability";
import { securityGroupReference } from "./references";
import { portProblem, refuseTooMany } from "./security-group-limits";
import { SECURITY_GROUP, SECURITY_GROUP_RULE, VPC_EGRESS_RULE, VPC_INGRESS_RULE } from "./types";
import { text } from "./text";

// Error codes of this file: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html

/** A rule goes with the group that it belongs to, and keeps the group that it names. */
function groupReferences(peer: string): readonly Reference[] {
  return [{ ...securityGroupReference("securityGroupId"), holds: false }, securityGroupReference(peer)];
}

type Direction = "ingress" | "egress";

function refuseBadRule(
  { cloud }: Pick<CallContext<unknown>, "cloud">,
  group: string,
  direction: Direction,
  permission: Permission,
  existing: readonly Permission[],
): void {
  const vpcId = text(cloud.find(SECURITY_GROUP, group)?.inputs["vpcId"]);
  for (const named of permission.groups) refuseForeignGroup(cloud, vpcId, named);
  for (const peer of peersOf(permission)) {
    const twin = existing.some(
      (other) =>
        other.protocol === permission.protocol &&
        other.fromPort === permission.fromPort &&
        other.toPort === permission.toPort &&
        peersOf(other).includes(peer),
    );
    if (twin) {
      const ports = `from port: ${String(permission.fromPort)}, to port: ${String(permission.toPort)}`;
      const rule = `peer: ${peer}, ${permission.protocol.toUpperCase()}, ${ports}, ALLOW`;
      refuse("InvalidPermission.Duplicate", `the specified rule "${rule}" already exists (${direction} of ${group})`);
    }
  }
  refuseTooMany(cloud, [...existing, permission]);
}

function peersOf({ cidrs, groups, prefixLists }: Permission): readonly string[] {
  return [...cidrs, ...groups, ...prefixLists];
}

const securityGroupRule = resourceType<SecurityGroupRuleArgs>({
  token: SECURITY_GROUP_RULE,
  service: "EC2",
  actions: {
    create: "AuthorizeSecurityGroupIngress",
    update: "UpdateSecurityGroupRuleDescriptions",
    delete: "RevokeSecurityGroupIngress",
  },
  references: groupReferences("sourceSecurityGroupId"),
  check: (context) => {
    const { inputs } = context;
    if (inputs.type !== undefined && inputs.type !== "ingress" && inputs.type !== "egress") {
      context.refuse("type", `must be ingress or egress, got ${inputs.type}`);
    }
    const problem = portProblem(inputs.protocol, inputs.fromPort, inputs.toPort, "inline");
    if (problem !== undefined) context.refuse("fromPort", problem);
    const sources = ["cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "sourceSecurityGroupId", "self"] as const;
    if (!sources.some((source) => inputs[source] !== undefined || context.isUnknown(source))) {
      context.refuse("cidrBlocks", `one of ${sources.join(", ")} must be set to create an AWS Security Group Rule`);
    }
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const direction = inputs.type === "egress" ? "egress" : "ingress";
    const existing = permissionsOf(cloud, inputs.securityGroupId, direction);
    refuseBadRule(context, inputs.securityGroupId, direction, rulePermission({ ...inputs }), existing);
    return {
      id: `sgrule-${String(parseInt(context.hex(8), 16))}`,
      outputs: { securityGroupRuleId: ec2Id(context, "sgr") },
    };
  },
});

const PEERS = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;

/** `aws.vpc.SecurityGroupIngressRule` and `…EgressRule` differ only in their direction. */
function singleRule(direction: Direction): ResourceType {
  const authorize = direction === "ingress" ? "AuthorizeSecurityGroupIngress" : "AuthorizeSecurityGroupEgress";
  const revoke = direction === "ingress" ? "RevokeSecurityGroupIngress" : "RevokeSecurityGroupEgress";
  const token = direction === "ingress" ? VPC_INGRESS_RULE : VPC_EGRESS_RULE;
  return resourceType<SecurityGroupIngressRuleArgs>({
    token,
    service: "EC2",
    actions: { create: authorize, update: "ModifySecurityGroupRules", delete: revoke },
    references: groupReferences("referencedSecurityGroupId"),
    check: checkSingleRule,
    create: (context) => {
      const { inputs, cloud, scope } = context;
      const existing = permissionsOf(cloud, inputs.securityGroupId, direction);
      refuseBadRule(context, inputs.securityGroupId, direction, singlePermission({ ...inputs }), existing);
      const id = ec2Id(context, "sgr");
      return { id, outputs: { arn: arn(scope, "ec2", `security-group-rule/${id}`), securityGroupRuleId: id } };
    },
    update: (context) => {
      const { inputs, oldInputs, cloud } = context;
      const unchanged =
        JSON.stringify(singlePermission({ ...inputs })) === JSON.stringify(singlePermission({ ...oldInputs }));
      const own = JSON.stringify(singlePermission(context.resource.inputs));
      const others = permissionsOf(cloud, inputs.securityGroupId, direction).filter(
        (each) => JSON.stringify(each) !== own,
      );
      if (!unchanged)
        refuseBadRule(context, inputs.securityGroupId, direction, singlePermission({ ...inputs }), others);
      return {};
    },
  });
}

function checkSingleRule(context: CheckContext<Properties>): void {
  const { inputs } = context;
  const given = PEERS.filter((peer) => inputs[peer] !== undefined || context.isUnknown(peer));
  if (given.length !== 1)
    context.refuse(given[1] ?? "cidrIpv4", `exactly one of ${PEERS.join(", ")} must be configured`);
  const problem = portProblem(inputs["ipProtocol"], inputs["fromPort"], inputs["toPort"], "single");
  if (problem !== undefined) context.refuse("fromPort", problem);
  const range = typeof inputs["cidrIpv4"] === "string" ? parseCidr(inputs["cidrIpv4"]) : undefined;
  if (typeof range === "string") context.refuse("cidrIpv4", range);
}

export const securityGroupRuleTypes: readonly ResourceType[] = [
  securityGroupRule,
  singleRule("ingress"),
  singleRule("egress"),
];
