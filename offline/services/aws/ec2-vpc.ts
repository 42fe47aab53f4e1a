import type { SubnetArgs, VpcArgs } from "@pulumi/aws/ec2";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn, ec2Id } from "./arn";
import { contains, overlaps, parseCidr, type Range } from "../cidr";
import { quota } from "./quotas";
import { vpcReference } from "./references";
import { zonesOf } from "./regions";
import { NETWORK_ACL, ROUTE_TABLE, SECURITY_GROUP, SUBNET, VPC } from "./types";
import { text } from "./text";

// Error codes of this file: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// Block sizes: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html

/** A block of /16 to /28 with its network address first, or a refusal with the service's code. */
function blockOf(text: string, code: string): Range {
  const range = parseCidr(text);
  if (typeof range === "string" || range.prefix < 16 || range.prefix > 28) {
    const why = typeof range === "string" ? range : "the block size must be between /16 and /28";
    return refuse(code, `The CIDR '${text}' is invalid: ${why}.`);
  }
  return range;
}

const vpc = resourceType<VpcArgs>({
  token: VPC,
  service: "EC2",
  actions: { create: "CreateVpc", update: "ModifyVpcAttribute", delete: "DeleteVpc" },
  inUse: { code: "DependencyViolation", message: "The vpc '{id}' has dependencies and cannot be deleted." },
  check: (context) => {
    const { inputs } = context;
    const sources = ["cidrBlock", "ipv4IpamPoolId"] as const;
    if (sources.every((source) => inputs[source] === undefined && !context.isUnknown(source))) {
      context.refuse("cidrBlock", "one of `cidrBlock`, `ipv4IpamPoolId` must be specified");
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    if (inputs.cidrBlock !== undefined) blockOf(inputs.cidrBlock, "InvalidVpc.Range");
    if (cloud.list(VPC).length >= quota(cloud, "vpcsPerRegion")) {
      refuse("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
    }
    const id = ec2Id(context, "vpc");
    const defaults = makeDefaults(context, id);
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `vpc/${id}`),
        ...defaults,
        mainRouteTableId: defaults.defaultRouteTableId,
        dhcpOptionsId: ec2Id(context, "dopt", 3),
        enableDnsHostnames: inputs.enableDnsHostnames ?? false,
        enableDnsSupport: inputs.enableDnsSupport ?? true,
        enableNetworkAddressUsageMetrics: inputs.enableNetworkAddressUsageMetrics ?? false,
        instanceTenancy: inputs.instanceTenancy ?? "default",
        ownerId: scope.account,
        ipv6AssociationId: "",
        ipv6CidrBlock: "",
        ipv6CidrBlockNetworkBorderGroup: "",
      },
    };
  },
  delete: ({ resource, cloud, effects }) => {
    const { defaultSecurityGroupId, defaultRouteTableId, defaultNetworkAclId } = resource.outputs;
    const made = [
      cloud.find(SECURITY_GROUP, text(defaultSecurityGroupId)),
      cloud.find(ROUTE_TABLE, text(defaultRouteTableId)),
      cloud.find(NETWORK_ACL, text(defaultNetworkAclId)),
    ];
    for (const each of made) if (each !== undefined) effects.remove(each);
  },
});

/** The group, route table and network ACL that every VPC is made with. https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html */
function makeDefaults(context: CallContext<Resolved<VpcArgs>>, vpcId: string) {
  const { scope, effects, inputs } = context;
  const group = ec2Id(context, "sg");
  const table = ec2Id(context, "rtb", 1);
  const acl = ec2Id(context, "acl", 2);
  const everything = { protocol: "-1", fromPort: 0, toPort: 0 };
  const allow = { ...everything, ruleNo: 100, action: "allow", cidrBlock: "0.0.0.0/0" };
  effects.put({
    type: SECURITY_GROUP,
    id: group,
    inputs: {
      name: "default",
      description: "default VPC security group",
      vpcId,
      ingress: [{ ...everything, self: true }],
      egress: [{ ...everything, cidrBlocks: ["0.0.0.0/0"] }],
    },
    outputs: { arn: arn(scope, "ec2", `security-group/${group}`), name: "default", vpcId, ownerId: scope.account },
  });
  effects.put({
    type: ROUTE_TABLE,
    id: table,
    inputs: { vpcId },
    outputs: { arn: arn(scope, "ec2", `route-table/${table}`), vpcId, ownerId: scope.account, main: true },
  });
  effects.put({
    type: NETWORK_ACL,
    id: acl,
    inputs: { vpcId, ingress: [allow], egress: [allow] },
    outputs: {
      arn: arn(scope, "ec2", `network-acl/${acl}`),
      vpcId,
      ownerId: scope.account,
      cidrBlock: inputs.cidrBlock,
    },
  });
  return { defaultSecurityGroupId: group, defaultRouteTableId: table, defaultNetworkAclId: acl };
}

const subnet = resourceType<SubnetArgs>({
  token: SUBNET,
  service: "EC2",
  actions: { create: "CreateSubnet", update: "ModifySubnetAttribute", delete: "DeleteSubnet" },
  references: [vpcReference()],
  inUse: { code: "DependencyViolation", message: "The subnet '{id}' has dependencies and cannot be deleted." },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    if (inputs.cidrBlock !== undefined) refuseMisplaced(cloud, inputs.vpcId, inputs.cidrBlock);
    if (siblings(cloud, inputs.vpcId).length >= quota(cloud, "subnetsPerVpc")) {
      refuse("SubnetLimitExceeded", `The maximum number of subnets has been reached for '${inputs.vpcId}'.`);
    }
    const zone = zoneOf(inputs, scope.region);
    const id = ec2Id(context, "subnet");
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `subnet/${id}`),
        availabilityZone: zone.name,
        availabilityZoneId: zone.id,
        ownerId: scope.account,
        mapPublicIpOnLaunch: inputs.mapPublicIpOnLaunch ?? false,
        privateDnsHostnameTypeOnLaunch: inputs.privateDnsHostnameTypeOnLaunch ?? "ip-name",
        ipv6CidrBlock: inputs.ipv6CidrBlock ?? "",
        ipv6CidrBlockAssociationId: "",
      },
    };
  },
});

function siblings(cloud: CloudView, vpcId: string) {
  return cloud.list(SUBNET).filter((other) => other.inputs["vpcId"] === vpcId);
}

function refuseMisplaced(cloud: CloudView, vpcId: string, cidr: string): void {
  const range = blockOf(cidr, "InvalidSubnet.Range");
  const blocks = [
    cloud.find(VPC, vpcId)?.inputs["cidrBlock"],
    ...cloud
      .list("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
      .filter((each) => each.inputs["vpcId"] === vpcId)
      .map((each) => each.inputs["cidrBlock"]),
  ].filter((block) => typeof block === "string");
  const inside = blocks.some((block) => {
    const outer = parseCidr(block);
    return typeof outer === "object" && contains(outer, range);
  });
  // A VPC whose block comes from an address pool has none in its inputs: nothing to compare with.
  if (blocks.length > 0 && !inside) {
    refuse("InvalidSubnet.Range", `The CIDR '${cidr}' is invalid: it is not inside ${blocks.join(", ")} of ${vpcId}.`);
  }
  for (const other of siblings(cloud, vpcId)) {
    const taken = parseCidr(text(other.inputs["cidrBlock"]));
    if (typeof taken === "object" && overlaps(taken, range)) {
      const which = `${text(other.inputs["cidrBlock"])} of ${other.id}`;
      refuse("InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with another subnet: ${which}`);
    }
  }
}

function zoneOf(inputs: Resolved<SubnetArgs>, region: string) {
  const zones = zonesOf(region);
  const byName = inputs.availabilityZone;
  const byId = inputs.availabilityZoneId;
  const zone =
    byName !== undefined
      ? zones.find(({ name }) => name === byName)
      : byId !== undefined
        ? zones.find(({ id }) => id === byId)
        : zones[0];
  if (zone !== undefined) return zone;
  const names = zones.map(({ name, id }) => (byName === undefined ? id : name)).join(", ");
  const parameter = byName === undefined ? "availabilityZoneId" : "availabilityZone";
  return refuse(
    "InvalidParameterValue",
    `Value (${byName ?? byId ?? ""}) for parameter ${parameter} is invalid. Subnets can currently only be created in the following availability zones: ${names}.`,
  );
}

export const vpcTypes: readonly ResourceType[] = [vpc, subnet];
