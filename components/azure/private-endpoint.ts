import { PrivateDnsZoneGroup } from "@pulumi/azure-native/network/privateDnsZoneGroup";
import {
  PrivateEndpoint as AzurePrivateEndpoint,
  type PrivateEndpointArgs as AzurePrivateEndpointArgs,
} from "@pulumi/azure-native/network/privateEndpoint";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { PrivateZoneId } from "../planning/subnets-azure";
import type { AzureNetwork } from "./network";
import type { Place } from "./place";
import type { PrivateDns } from "./private-dns";

/** Where private endpoints go. */
export interface EndpointHome {
  readonly network: AzureNetwork;
  readonly dns: PrivateDns;
}

export interface PrivateEndpointArgs extends EndpointHome {
  readonly place: Place;
  /** Physical name. */
  readonly endpointName: Input<string>;
  /** Id of what is reached. */
  readonly serviceId: Input<string>;
  /** Part of the service: https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource */
  readonly groupId: string;
  /** Zones that its names are kept in. */
  readonly zones: readonly PrivateZoneId[];
  readonly transform?: (endpoint: AzurePrivateEndpointArgs) => AzurePrivateEndpointArgs;
}

/** An address in the subnet `endpoints` that leads to a service of Azure, with its names. Cost: billed per hour and per GB. */
export class PrivateEndpoint extends ComponentResource {
  readonly endpointId: Output<string>;

  constructor(name: string, args: PrivateEndpointArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:PrivateEndpoint", name, {}, opts);
    const { place } = args;
    const endpointArgs: AzurePrivateEndpointArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      privateEndpointName: args.endpointName,
      subnet: { id: args.network.subnetId("endpoints") },
      privateLinkServiceConnections: [
        { name: args.groupId, privateLinkServiceId: args.serviceId, groupIds: [args.groupId] },
      ],
    };
    const endpoint = new AzurePrivateEndpoint(
      `${name}-endpoint`,
      args.transform?.(endpointArgs) ?? endpointArgs,
      // Azure puts addresses and names of the service into it.
      { parent: this, ignoreChanges: ["customDnsConfigs"] },
    );
    new PrivateDnsZoneGroup(
      `${name}-names`,
      {
        resourceGroupName: place.groupName,
        privateEndpointName: endpoint.name,
        privateDnsZoneGroupName: "default",
        privateDnsZoneConfigs: args.zones.map((zone) => ({
          name: zone,
          privateDnsZoneId: args.dns.zone(zone).zoneId,
        })),
      },
      { parent: this },
    );
    this.endpointId = endpoint.id;
    this.registerOutputs({ endpointId: this.endpointId });
  }
}
