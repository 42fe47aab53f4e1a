import type { StoredResource } from "../../cloud/cloud";
import { ServiceError } from "../../cloud/errors";
import { isProperties, type Properties } from "../../cloud/value";
import { parseCidr } from "./cidr";
import type { DataSource, Lookup } from "./data-sources";
import { blocks, strings } from "./data-sources-account";
import { SECURITY_GROUP, SUBNET, VPC } from "./types";
import { text } from "./text";

/** What a filter of the EC2 API is called, and the property that it looks at. */
type Filters = Readonly<Record<string, string>>;

const VPC_FILTERS: Filters = { "vpc-id": "id", cidr: "cidrBlock", "cidr-block": "cidrBlock", "owner-id": "ownerId" };
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

/** The resources of a type that match the arguments given by name, the tags and the filters. */
function matching(
  type: string,
  args: Properties,
  known: Filters,
  named: Filters,
  { cloud, scope }: Lookup,
): StoredResource[] {
  const tags = isProperties(args["tags"]) ? args["tags"] : {};
  return cloud
    .list(type, scope)
    .filter(
      (resource) =>
        Object.entries(named).every(
          ([arg, property]) => args[arg] === undefined || fact(resource, property) === args[arg],
        ) &&
        Object.entries(tags).every(([key, value]) => tagsOf(resource)[key] === value) &&
        blocks(args["filters"]).every((filter) => passes(resource, filter, known)),
    );
}

function passes(resource: StoredResource, filter: Properties, known: Filters): boolean {
  const name = text(filter["name"]);
  const values = strings(filter["values"]);
  if (name === "state") return values.includes("available");
  if (name === "tag-key")
    return values.some((value) => Object.keys(tagsOf(resource)).some((key) => wildcard(value, key)));
  const property = known[name];
  if (property === undefined && !name.startsWith("tag:")) {
    throw new ServiceError("InvalidParameterValue", `The filter '${name}' is invalid`);
  }
  const actual = property === undefined ? tagsOf(resource)[name.slice("tag:".length)] : fact(resource, property);
  return actual !== undefined && values.some((value) => wildcard(value, text(actual)));
}

/** `*` stands for any characters and `?` for one: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
function wildcard(pattern: string, text: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "s").test(text);
}

function fact(resource: StoredResource, property: string): Properties[string] {
  return property === "id" ? resource.id : (resource.outputs[property] ?? resource.inputs[property]);
}

function tagsOf(resource: StoredResource): Properties {
  const all = resource.outputs["tagsAll"] ?? resource.inputs["tags"];
  return isProperties(all) ? all : {};
}

function only(resources: readonly StoredResource[], what: string): StoredResource {
  const [first, second] = resources;
  if (first === undefined) throw new ServiceError("NotFound", `no matching ${what} found`);
  if (second !== undefined) {
    const hint = "use additional constraints to reduce matches to a single one";
    throw new ServiceError("InvalidParameter", `multiple ${what}s matched; ${hint}`);
  }
  return first;
}

const getVpc: DataSource = (args, lookup) => {
  const vpc = only(matching(VPC, args, VPC_FILTERS, { id: "id", cidrBlock: "cidrBlock" }, lookup), "EC2 VPC");
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

const getVpcs: DataSource = (args, lookup) => ({
  ...args,
  id: lookup.scope.region,
  region: lookup.scope.region,
  ids: matching(VPC, args, VPC_FILTERS, {}, lookup).map(({ id }) => id),
  tags: args["tags"] ?? {},
});

const SUBNET_ARGS = {
  id: "id",
  vpcId: "vpcId",
  cidrBlock: "cidrBlock",
  availabilityZone: "availabilityZone",
  availabilityZoneId: "availabilityZoneId",
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

const getSubnets: DataSource = (args, lookup) => ({
  ...args,
  id: lookup.scope.region,
  region: lookup.scope.region,
  ids: matching(SUBNET, args, SUBNET_FILTERS, {}, lookup).map(({ id }) => id),
  tags: args["tags"] ?? {},
});

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
    ...args,
    id: lookup.scope.region,
    region: lookup.scope.region,
    ids: groups.map(({ id }) => id),
    arns: groups.map(({ outputs }) => text(outputs["arn"])),
    vpcIds: groups.map(({ inputs }) => text(inputs["vpcId"])),
    tags: args["tags"] ?? {},
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
