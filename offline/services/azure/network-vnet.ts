import type { VirtualNetworkArgs, VirtualNetworkPeeringArgs } from "@pulumi/azure-native/network";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { contains, formatAddress, overlaps } from "../cidr";
import { armId, armType, sameId } from "./arm";
import { addressSpace, checkSubnetRange, rangesOf, subnetPrefixes, subnetsOf } from "./network-ranges";
import { inlineSubnet, tenantsOf } from "./network-subnet";
import { armReference, networkName } from "./references";
import { azureType, byId, childrenOf, locationOf, parentOf } from "./service-support";
import { blocks, text } from "./text";
import { NETWORK_GATEWAY, NETWORK_WATCHER, PEERING, RESOURCE_GROUP, VIRTUAL_NETWORK } from "./types";

type Context = CallContext<Resolved<VirtualNetworkArgs>>;

/** Limits: https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-networking-limits */
const SUBNETS = 3000;

function checkSpace(inputs: Properties): void {
  const space = addressSpace(inputs);
  if (space.length === 0)
    refuse("InvalidRequestFormat", "The virtual network has no address space: set addressSpace.addressPrefixes.");
  space.forEach((range, index) => {
    const twin = space.slice(0, index).find((other) => overlaps(other, range));
    if (twin !== undefined) {
      refuse(
        "VnetAddressSpaceOverlaps",
        `The prefixes ${shown(twin)} and ${shown(range)} of the virtual network overlap.`,
      );
    }
  });
}

function shown({ first, prefix }: { readonly first: number; readonly prefix: number }): string {
  return `${formatAddress(first)}/${String(prefix)}`;
}

/** Makes, changes and removes the subnets that the network itself lists; without a list it leaves all as they are. */
function listSubnets(context: Context, id: string): void {
  const { inputs, cloud, effects } = context;
  const listed = blocks((inputs as Properties)["subnets"]);
  if (inputs.subnets === undefined) return;
  if (listed.length > SUBNETS)
    refuse("SubnetLimitReached", `A virtual network has at most ${String(SUBNETS)} subnets.`);
  const network = {
    id,
    type: VIRTUAL_NETWORK,
    scope: context.scope,
    inputs: inputs as Properties,
    outputs: {},
    readyAt: 0,
  };
  listed.forEach((given, index) => {
    checkSubnetRange(text(given["name"]) ?? "", subnetPrefixes(given), network, listed.slice(0, index));
    effects.put(inlineSubnet(inputs, id, given));
  });
  for (const present of subnetsOf(cloud, id)) {
    if (listed.some((given) => sameId(`${id}/subnets/${text(given["name"]) ?? ""}`, present.id))) continue;
    const [tenant] = tenantsOf(cloud, present.id);
    if (tenant !== undefined)
      refuse("InUseSubnetCannotBeDeleted", `Subnet ${present.id} is in use by ${tenant.id} and cannot be deleted.`);
    effects.remove(present);
  }
}

const WATCHERS = "NetworkWatcherRG";

/**
 * The first network of a subscription in a region gets the region a network watcher, which stays.
 * https://learn.microsoft.com/azure/network-watcher/network-watcher-create
 */
function watchRegion(context: Context): void {
  const { cloud, effects, scope } = context;
  const location = locationOf(context);
  const isThere = cloud.list(NETWORK_WATCHER, scope).some(({ outputs }) => outputs["location"] === location);
  if (isThere) return;
  const groupId = `/subscriptions/${scope.account}/resourceGroups/${WATCHERS}`;
  if (byId(cloud, RESOURCE_GROUP, groupId) === undefined) {
    effects.put({
      type: RESOURCE_GROUP,
      scope,
      id: groupId,
      inputs: { resourceGroupName: WATCHERS, location },
      outputs: { name: WATCHERS, location, properties: { provisioningState: "Succeeded" } },
    });
  }
  const name = `NetworkWatcher_${location}`;
  effects.put({
    type: NETWORK_WATCHER,
    scope,
    id: `${groupId}/providers/Microsoft.Network/networkWatchers/${name}`,
    inputs: { resourceGroupName: WATCHERS, networkWatcherName: name, location },
    outputs: { name, location, provisioningState: "Succeeded", runningOperationIds: [] },
  });
}

const network = azureType<VirtualNetworkArgs>({
  token: VIRTUAL_NETWORK,
  name: networkName("virtualNetworkName", 64, 2),
  inUse: {
    code: "InUseVirtualNetworkCannotBeDeleted",
    message: "Virtual network {id} is in use by {holder} and cannot be deleted.",
  },
  create: (context) => {
    checkSpace(context.inputs);
    listSubnets(context, armId(armType(VIRTUAL_NETWORK, undefined), context.inputs, context.scope.account));
    watchRegion(context);
    return { id: "", outputs: {} };
  },
  update: (context) => {
    const { inputs, cloud, resource } = context;
    checkSpace(inputs);
    const space = addressSpace(inputs);
    // https://learn.microsoft.com/azure/virtual-network/manage-virtual-network#add-or-remove-an-address-range
    for (const present of inputs.subnets === undefined ? subnetsOf(cloud, resource.id) : []) {
      const lost = rangesOf(subnetPrefixes(present.inputs)).find(
        (range) => !space.some((each) => contains(each, range)),
      );
      if (lost !== undefined) {
        refuse(
          "NetcfgSubnetRangeOutsideVnet",
          `Subnet '${text(present.inputs["subnetName"]) ?? ""}' is not valid because its IP address range is outside the IP address range of virtual network '${inputs.virtualNetworkName ?? ""}'.`,
        );
      }
    }
    listSubnets(context, resource.id);
    return {};
  },
  delete: ({ resource, cloud }) => {
    for (const present of subnetsOf(cloud, resource.id)) {
      const [tenant] = tenantsOf(cloud, present.id);
      if (tenant !== undefined) {
        refuse(
          "InUseSubnetCannotBeDeleted",
          `Subnet ${present.id} is in use by ${tenant.id} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
        );
      }
    }
  },
});

/** Codes: https://learn.microsoft.com/azure/virtual-network/virtual-network-troubleshoot-peering-issues */
const peering = azureType<VirtualNetworkPeeringArgs>({
  token: PEERING,
  name: networkName("virtualNetworkPeeringName"),
  references: [armReference("remoteVirtualNetwork.id", VIRTUAL_NETWORK, { holds: false })],
  create: (context) => {
    const { inputs, cloud } = context;
    const own = parentOf(context, PEERING, VIRTUAL_NETWORK);
    const remote = cloud
      .list(VIRTUAL_NETWORK, "anywhere")
      .find((each) => sameId(each.id, inputs.remoteVirtualNetwork?.id));
    if (own !== undefined && remote !== undefined) {
      const mine = addressSpace(own.inputs);
      const theirs = addressSpace(remote.inputs);
      if (mine.some((range) => theirs.some((other) => overlaps(range, other)))) {
        refuse(
          "VnetAddressSpacesOverlap",
          `Cannot create or update peering ${inputs.virtualNetworkPeeringName ?? ""}. Virtual networks ${own.id} and ${remote.id} cannot be peered because their address spaces overlap.`,
        );
      }
    }
    if (inputs.useRemoteGateways === true && remote !== undefined && !hasGateway(cloud, remote.id)) {
      refuse(
        "RemotePeeringIsNotAllowingGatewayTransit",
        `Peering ${inputs.virtualNetworkPeeringName ?? ""} cannot have useRemoteGateways: virtual network ${remote.id} has no gateway.`,
      );
    }
    const back = remote === undefined ? [] : childrenOf(cloud, PEERING, remote.id);
    const connected = back.some((each) =>
      sameId((each.inputs["remoteVirtualNetwork"] as { id?: string } | undefined)?.id, own?.id),
    );
    return {
      id: "",
      outputs: { peeringState: connected ? "Connected" : "Initiated", peeringSyncLevel: "FullyInSync" },
    };
  },
});

function hasGateway(cloud: Context["cloud"], networkId: string): boolean {
  const subnetId = `${networkId}/subnets/GatewaySubnet`;
  return cloud
    .list(NETWORK_GATEWAY, "anywhere")
    .some((gateway) =>
      blocks(gateway.inputs["ipConfigurations"]).some((each) =>
        sameId((each["subnet"] as { id?: string } | undefined)?.id, subnetId),
      ),
    );
}

export const virtualNetworkTypes: readonly ResourceType[] = [network, peering];
