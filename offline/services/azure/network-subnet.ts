import type { SubnetArgs } from "@pulumi/azure-native/network";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { MutableProperties, Properties } from "../../cloud/value";
import { sameId } from "./arm";
import { checkSubnetRange, subnetPrefixes, subnetsOf } from "./network-ranges";
import { armReference, networkName, requireSameRegion } from "./references";
import { azureType, byId, parentOf } from "./service-support";
import { block, blocks, idIn, text } from "./text";
import {
  AGENT_POOL,
  BASTION,
  LOAD_BALANCER,
  MANAGED_CLUSTER,
  NAT_GATEWAY,
  NETWORK_GATEWAY,
  NETWORK_INTERFACE,
  PRIVATE_ENDPOINT,
  ROUTE_TABLE,
  SECURITY_GROUP,
  SUBNET,
  VIRTUAL_NETWORK,
} from "./types";

type Context = CallContext<Resolved<SubnetArgs>>;

/** Types that live in a subnet and keep its range and its delegation from changing, and where they name it. */
const TENANTS: readonly (readonly [token: string, subnetIds: (inputs: Properties) => readonly unknown[]])[] = [
  [NETWORK_INTERFACE, (inputs) => blocks(inputs["ipConfigurations"]).map((each) => idIn(each["subnet"]))],
  [NETWORK_GATEWAY, (inputs) => blocks(inputs["ipConfigurations"]).map((each) => idIn(each["subnet"]))],
  [BASTION, (inputs) => blocks(inputs["ipConfigurations"]).map((each) => idIn(each["subnet"]))],
  [LOAD_BALANCER, (inputs) => blocks(inputs["frontendIPConfigurations"]).map((each) => idIn(each["subnet"]))],
  [PRIVATE_ENDPOINT, (inputs) => [idIn(inputs["subnet"])]],
  [AGENT_POOL, (inputs) => [inputs["vnetSubnetID"], inputs["podSubnetID"]]],
  [
    MANAGED_CLUSTER,
    (inputs) => blocks(inputs["agentPoolProfiles"]).flatMap((each) => [each["vnetSubnetID"], each["podSubnetID"]]),
  ],
  ["azure-native:dbforpostgresql:Server", (inputs) => [block(inputs["network"])["delegatedSubnetResourceId"]]],
  ["azure-native:web:WebApp", (inputs) => [inputs["virtualNetworkSubnetId"]]],
  ["azure-native:app:ManagedEnvironment", (inputs) => [block(inputs["vnetConfiguration"])["infrastructureSubnetId"]]],
];

/** Who lives in a subnet. */
export function tenantsOf(cloud: Context["cloud"], subnetId: string): readonly StoredResource[] {
  return TENANTS.flatMap(([token, subnetIds]) =>
    cloud.list(token).filter((tenant) => subnetIds(tenant.inputs).some((id) => sameId(id, subnetId))),
  );
}

/** What Azure refuses of a subnet beside its range. */
function checkParts(context: Context, network: StoredResource): void {
  const { inputs, cloud } = context;
  const name = inputs.subnetName ?? "";
  const gateway = byId(cloud, NAT_GATEWAY, inputs.natGateway?.id);
  const table = byId(cloud, ROUTE_TABLE, inputs.routeTable?.id);
  const group = byId(cloud, SECURITY_GROUP, inputs.networkSecurityGroup?.id);
  for (const [what, part] of [
    ["NAT gateway", gateway],
    ["Route table", table],
    ["Network security group", group],
  ] as const) {
    requireSameRegion(network.outputs["location"], part, what);
  }
  // https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub
  if (name === "GatewaySubnet" && inputs.natGateway !== undefined) {
    refuse(
      "NatGatewayCannotBeUsedByGatewaySubnet",
      `NAT gateway ${gateway?.id ?? ""} cannot be on the subnet GatewaySubnet.`,
    );
  }
  if (name === "GatewaySubnet" && inputs.networkSecurityGroup !== undefined) {
    refuse(
      "NetworkSecurityGroupNotSupportedForGatewaySubnet",
      "A network security group on GatewaySubnet stops the gateway.",
    );
  }
  if (name === "AzureBastionSubnet" && (inputs.delegations ?? []).length > 0) {
    refuse("SubnetDelegationsCannotBeAppliedToSpecialSubnet", `Subnet ${name} cannot be delegated.`);
  }
  if (inputs.sharingScope !== undefined && inputs.defaultOutboundAccess !== false) {
    refuse("SharingScopeRequiresPrivateSubnet", "sharingScope can be set only with defaultOutboundAccess: false");
  }
}

function rangeCheck(context: Context, network: StoredResource, id?: string): void {
  const prefixes = subnetPrefixes(context.inputs);
  if (prefixes.length === 0) {
    refuse(
      "InvalidRequestFormat",
      `Subnet ${context.inputs.subnetName ?? ""} has no address prefix: set addressPrefix.`,
    );
  }
  const others = subnetsOf(context.cloud, network.id).filter((other) => !sameId(other.id, id));
  checkSubnetRange(
    context.inputs.subnetName ?? "",
    prefixes,
    network,
    others.map(({ inputs }) => inputs),
  );
}

/**
 * Outputs as the API version 2024-05-01 answers them: machines in the subnet reach the internet by an address that Azure lends
 * them unless `defaultOutboundAccess` says no.
 * https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access
 */
function outputs(inputs: Properties): Properties {
  const delegations = blocks(inputs["delegations"]);
  return {
    defaultOutboundAccess: inputs["defaultOutboundAccess"] ?? true,
    privateEndpointNetworkPolicies: inputs["privateEndpointNetworkPolicies"] ?? "Disabled",
    privateLinkServiceNetworkPolicies: inputs["privateLinkServiceNetworkPolicies"] ?? "Enabled",
    purpose: "",
    ...(delegations.length === 0
      ? {}
      : { delegations: delegations.map((each) => ({ ...each, provisioningState: "Succeeded", actions: [] })) }),
  };
}

/** The inputs and outputs of a subnet that a virtual network names itself. */
export function inlineSubnet(
  network: Properties,
  networkId: string,
  given: Properties,
): Pick<StoredResource, "type" | "id" | "inputs" | "outputs"> {
  const name = text(given["name"]) ?? "";
  const inputs: MutableProperties = {
    ...given,
    subnetName: name,
    virtualNetworkName: network["virtualNetworkName"],
    resourceGroupName: network["resourceGroupName"],
  };
  const id = `${networkId}/subnets/${name}`;
  return { type: SUBNET, id, inputs, outputs: { ...inputs, ...outputs(inputs), name, provisioningState: "Succeeded" } };
}

export const subnet = azureType<SubnetArgs>({
  token: SUBNET,
  name: networkName("subnetName"),
  references: [
    armReference("natGateway.id", NAT_GATEWAY),
    armReference("routeTable.id", ROUTE_TABLE),
    armReference("networkSecurityGroup.id", SECURITY_GROUP),
  ],
  inUse: {
    code: "InUseSubnetCannotBeDeleted",
    message:
      "Subnet {id} is in use by {holder} and cannot be deleted. In order to delete the subnet, delete all the resources within " +
      "the subnet. See aka.ms/deletesubnet.",
  },
  create: (context) => {
    const network = parentOf(context, SUBNET, VIRTUAL_NETWORK);
    if (network !== undefined) {
      rangeCheck(context, network);
      checkParts(context, network);
    }
    return { id: "", outputs: outputs(context.inputs) };
  },
  update: (context) => {
    const { inputs, oldInputs, resource, cloud } = context;
    const network = parentOf(context, SUBNET, VIRTUAL_NETWORK);
    const tenants = tenantsOf(cloud, resource.id);
    const before = subnetPrefixes(resource.inputs);
    const after = subnetPrefixes(inputs);
    if (network !== undefined) {
      rangeCheck(context, network, resource.id);
      checkParts(context, network);
    }
    if (before.join() !== after.join() && tenants[0] !== undefined) {
      refuse(
        "InUsePrefixCannotBeDeleted",
        `IpPrefix ${before.join(", ")} on Subnet ${inputs.subnetName ?? ""} has active allocations of ${tenants[0].id} and cannot be deleted.`,
      );
    }
    const services = (from: Properties) =>
      blocks(from["delegations"])
        .map((each) => text(each["serviceName"]) ?? "")
        .sort()
        .join();
    if (services(oldInputs) !== services(inputs) && tenants[0] !== undefined) {
      refuse(
        "SubnetDelegationsCannotBeChangedWhenSubnetInUse",
        `Delegations of subnet ${resource.id} cannot be changed when it is being used by the resource ${tenants[0].id}.`,
      );
    }
    const was = resource.outputs["defaultOutboundAccess"];
    if (was !== (inputs.defaultOutboundAccess ?? true) && tenants[0] !== undefined) {
      refuse(
        "DefaultOutboundConnectivityCannotBeChanged",
        `defaultOutboundAccess of subnet ${resource.id} cannot be changed while ${tenants[0].id} is in it.`,
      );
    }
    return outputs(inputs);
  },
  delete: ({ resource, cloud }) => {
    const [tenant] = tenantsOf(cloud, resource.id);
    if (tenant !== undefined) {
      refuse(
        "InUseSubnetCannotBeDeleted",
        `Subnet ${resource.id} is in use by ${tenant.id} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
      );
    }
  },
});

export const subnetTypes: readonly ResourceType[] = [subnet];
