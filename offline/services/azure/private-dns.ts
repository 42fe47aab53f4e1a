import type { PrivateRecordSetArgs, PrivateZoneArgs, VirtualNetworkLinkArgs } from "@pulumi/azure-native/privatedns";
import { refuse } from "../../cloud/errors";
import type { ResourceType } from "../../cloud/resource-type";
import { sameId } from "./arm";
import { armReference, networkName } from "./references";
import { azureType, childrenOf, parentOf } from "./service-support";
import { idIn, text } from "./text";
import { PRIVATE_RECORD_SET, PRIVATE_ZONE, VIRTUAL_NETWORK, ZONE_LINK } from "./types";

/** Zones, links and records are in no region: https://learn.microsoft.com/azure/dns/private-dns-overview */
function reportLocation(
  inputs: { readonly location?: string | undefined },
  report: (property: string, reason: string) => void,
): void {
  if (inputs.location !== undefined && inputs.location.toLowerCase() !== "global") {
    report(
      "location",
      `LocationNotAvailableForResourceType: a private DNS zone is in no region: set location to "global", not "${inputs.location}"`,
    );
  }
}

const zone = azureType<PrivateZoneArgs>({
  token: PRIVATE_ZONE,
  name: {
    property: "privateZoneName",
    pattern: /^(?=.{1,253}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z][A-Za-z0-9-]*$/,
    rule: "2 to 34 labels of 1 to 63 letters, digits, underscores and hyphens",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork",
    maxLength: 253,
  },
  check: (context) => {
    reportLocation(context.inputs, context.refuse);
  },
  create: () => ({
    id: "",
    // https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#private-dns-limits
    outputs: {
      maxNumberOfRecordSets: 25000,
      maxNumberOfVirtualNetworkLinks: 1000,
      maxNumberOfVirtualNetworkLinksWithRegistration: 100,
      numberOfRecordSets: 1,
      numberOfVirtualNetworkLinks: 0,
      numberOfVirtualNetworkLinksWithRegistration: 0,
    },
  }),
  delete: ({ resource, cloud }) => {
    const [link] = childrenOf(cloud, ZONE_LINK, resource.id);
    if (link === undefined) return;
    refuse(
      "CannotDeleteResource",
      `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '${link.id}'. Please delete all nested resources before deleting this resource.`,
    );
  },
});

const link = azureType<VirtualNetworkLinkArgs>({
  token: ZONE_LINK,
  name: networkName("virtualNetworkLinkName"),
  references: [
    armReference("virtualNetwork.id", VIRTUAL_NETWORK, {
      missing: { code: "BadRequest", message: "The virtual network {value} does not exist." },
    }),
  ],
  check: (context) => {
    reportLocation(context.inputs, context.refuse);
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const own = parentOf(context, ZONE_LINK, PRIVATE_ZONE);
    const network = inputs.virtualNetwork?.id;
    const twin = cloud
      .list(ZONE_LINK)
      .filter((other) => sameId(idIn(other.inputs["virtualNetwork"]), network))
      .find((other) => sameId(zoneNameOf(other.id), text(own?.inputs["privateZoneName"])));
    // A network asks one zone of a name at most: https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links
    if (twin !== undefined) {
      refuse(
        "BadRequest",
        `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${zoneNameOf(twin.id)}' and '${inputs.privateZoneName}' zones.`,
      );
    }
    return {
      id: "",
      outputs: { virtualNetworkLinkState: "Completed", registrationEnabled: inputs.registrationEnabled ?? false },
    };
  },
});

function zoneNameOf(linkId: string): string {
  return /\/privateDnsZones\/([^/]+)\//i.exec(linkId)?.[1] ?? "";
}

const record = azureType<PrivateRecordSetArgs>({
  token: PRIVATE_RECORD_SET,
  create: ({ inputs }) => ({
    id: "",
    outputs: {
      type: `Microsoft.Network/privateDnsZones/${inputs.recordType}`,
      fqdn: `${inputs.relativeRecordSetName === "@" ? "" : `${inputs.relativeRecordSetName ?? ""}.`}${inputs.privateZoneName}.`,
      isAutoRegistered: false,
    },
  }),
});

export const privateDnsTypes: readonly ResourceType[] = [zone, link, record];
