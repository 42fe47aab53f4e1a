import { parseCidr } from "../cidr";
import type { DataSource } from "./data-sources";
import { fact, idsOf, matching, only, tagsOf, type Filters } from "./data-sources-lookup";
import { SECURITY_GROUP, SUBNET, VPC } from "./types";
import { text } from "./text";

/** An account of this cloud has no default VPC and so no default subnets. */
const notDefault = () => ["false"];

const VPC_FILTERS: Filters = {
  "vpc-id": "id",
  cidr: "cidrBlock",
  "cidr-block": "cidrBlock",
  "owner-id": "ownerId",
  "is-default": notDefault,
};
const VPC_ARGS: Filters = {
  id: "id",
  cidrBlock: "cidrBlock",
  dhcpOptionsId: "dhcpOptionsId",
  default: notDefault,
  state: () => ["available"],
};
const SUBNET_FILTERS: Filters = {
  "subnet-id": "id",
  "vpc-id": "vpcId",
  "availability-zone": "availabilityZone",
  "availability-zone-id": "availabilityZoneId",
  cidr: "cidrBlock",
  "cidr-block": "cidrBlock",
  "map-public-ip-on-launch": "mapPublicIpOnLaunch",
};
const GROUP_FILTERS: Filters = {
  "group-id": "id",
  "group-name": "name",
  "vpc-id": "vpcId",
  description: "description",
};

const getVpc: DataSource = (args, lookup) => {
  const vpc = only(matching(VPC, args, VPC_FILTERS, VPC_ARGS, lookup), "EC2 VPC");
  const { outputs } = vpc;
  const keys = [
    "arn",
    "cidrBlock",
    "dhcpOptionsId",
    "enableDnsHostnames",
    "enableDnsSupport",
    "instanceTenancy",
    "mainRouteTableId",
    "ownerId",
  ];
  return {
    ...Object.fromEntries(keys.map((key) => [key, fact(vpc, key)])),
    enableNetworkAddressUsageMetrics: outputs["enableNetworkAddressUsageMetrics"] ?? false,
    id: vpc.id,
    default: false,
    state: "available",
    region: lookup.scope.region,
    tags: tagsOf(vpc),
    cidrBlockAssociations: [
      { associationId: `vpc-cidr-assoc-${vpc.id.slice(4)}`, cidrBlock: vpc.inputs["cidrBlock"], state: "associated" },
    ],
    ipv6AssociationId: "",
    ipv6CidrBlock: "",
    ipv6CidrBlockAssociations: [],
  };
};

const getVpcs: DataSource = (args, lookup) => idsOf(matching(VPC, args, VPC_FILTERS, {}, lookup), args, lookup);

const SUBNET_ARGS: Filters = {
  id: "id",
  vpcId: "vpcId",
  cidrBlock: "cidrBlock",
  availabilityZone: "availabilityZone",
  availabilityZoneId: "availabilityZoneId",
  defaultForAz: notDefault,
  state: () => ["available"],
};

const getSubnet: DataSource = (args, lookup) => {
  const subnet = only(matching(SUBNET, args, SUBNET_FILTERS, SUBNET_ARGS, lookup), "EC2 Subnet");
  const range = parseCidr(text(subnet.inputs["cidrBlock"]));
  const keys = [
    "arn",
    "availabilityZone",
    "availabilityZoneId",
    "cidrBlock",
    "ownerId",
    "vpcId",
    "privateDnsHostnameTypeOnLaunch",
  ];
  const flags = [
    "assignIpv6AddressOnCreation",
    "enableDns64",
    "ipv6Native",
    "mapCustomerOwnedIpOnLaunch",
    "mapPublicIpOnLaunch",
  ];
  const records = ["enableResourceNameDnsARecordOnLaunch", "enableResourceNameDnsAaaaRecordOnLaunch"];
  return {
    ...Object.fromEntries(keys.map((key) => [key, fact(subnet, key)])),
    ...Object.fromEntries([...flags, ...records].map((key) => [key, fact(subnet, key) === true])),
    ...Object.fromEntries(
      ["customerOwnedIpv4Pool", "outpostArn", "ipv6CidrBlock", "ipv6CidrBlockAssociationId"].map((key) => [key, ""]),
    ),
    // Five addresses of a subnet are the network's own: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    availableIpAddressCount: typeof range === "object" ? range.last - range.first + 1 - 5 : 0,
    defaultForAz: false,
    enableLniAtDeviceIndex: 0,
    id: subnet.id,
    region: lookup.scope.region,
    state: "available",
    tags: tagsOf(subnet),
  };
};

const getSubnets: DataSource = (args, lookup) =>
  idsOf(matching(SUBNET, args, SUBNET_FILTERS, {}, lookup), args, lookup);

const getSecurityGroup: DataSource = (args, lookup) => {
  const named = { id: "id", name: "name", vpcId: "vpcId" };
  const group = only(matching(SECURITY_GROUP, args, GROUP_FILTERS, named, lookup), "EC2 Security Group");
  const keys = ["arn", "description", "name", "vpcId"];
  const facts = Object.fromEntries(keys.map((key) => [key, fact(group, key)]));
  return { ...facts, id: group.id, region: lookup.scope.region, tags: tagsOf(group) };
};

const getSecurityGroups: DataSource = (args, lookup) => {
  const groups = matching(SECURITY_GROUP, args, GROUP_FILTERS, {}, lookup);
  return {
    ...idsOf(groups, args, lookup),
    arns: groups.map(({ outputs }) => text(outputs["arn"])),
    vpcIds: groups.map(({ inputs }) => text(inputs["vpcId"])),
  };
};

export const networkDataSources: Readonly<Record<string, DataSource>> = {
  "aws:ec2/getVpc:getVpc": getVpc,
  "aws:ec2/getVpcs:getVpcs": getVpcs,
  "aws:ec2/getSubnet:getSubnet": getSubnet,
  "aws:ec2/getSubnets:getSubnets": getSubnets,
  "aws:ec2/getSecurityGroup:getSecurityGroup": getSecurityGroup,
  "aws:ec2/getSecurityGroups:getSecurityGroups": getSecurityGroups,
};
