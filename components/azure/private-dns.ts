import { PrivateZone } from "@pulumi/azure-native/privatedns/privateZone";
import { VirtualNetworkLink } from "@pulumi/azure-native/privatedns/virtualNetworkLink";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { Network } from "../contracts/network";
import { privateZoneName, type PrivateZoneId } from "../planning/subnets-azure";
import type { Place } from "./place";

export interface PrivateDnsArgs {
  /** First part of the name of the databases' zone. */
  readonly prefix: string;
  readonly place: Place;
  readonly network: Network;
  /** What names are kept of. */
  readonly zones: readonly PrivateZoneId[];
}

/** A private zone, and what a server needs that is found by it. */
export interface LinkedZone {
  readonly zoneId: Output<string>;
  /** Makes the zone answer in the network: a server in a subnet is made after it. */
  readonly link: Resource;
}

/**
 * Private DNS zones, linked to the network: names of private endpoints lead to their addresses inside.
 *
 * Cost: each zone is billed per month, and its queries.
 */
export class PrivateDns extends ComponentResource {
  readonly #zones: ReadonlyMap<PrivateZoneId, LinkedZone>;

  constructor(name: string, args: PrivateDnsArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:PrivateDns", name, {}, opts);
    const { place } = args;
    const at = { resourceGroupName: place.groupName, tags: { ...place.tags }, location: "global" };
    this.#zones = new Map(
      args.zones.map((id): [PrivateZoneId, LinkedZone] => {
        const zone = new PrivateZone(
          `${name}-${id}`,
          { ...at, privateZoneName: privateZoneName(id, args.prefix) },
          { parent: this },
        );
        const link = new VirtualNetworkLink(
          `${name}-${id}-link`,
          {
            ...at,
            privateZoneName: zone.name,
            virtualNetworkLinkName: "site",
            virtualNetwork: { id: args.network.networkId },
            registrationEnabled: false,
          },
          { parent: this },
        );
        return [id, { zoneId: zone.id, link }];
      }),
    );
    this.registerOutputs({});
  }

  /** @throws Error when the site keeps no names of that kind. */
  zone(id: PrivateZoneId): LinkedZone {
    const found = this.#zones.get(id);
    if (found === undefined) throw new Error(`there is no private zone "${id}": add it to the zones of the site`);
    return found;
  }

  /** Ids of the zones, as a private endpoint takes them. */
  zoneIds(ids: readonly PrivateZoneId[]): readonly Input<string>[] {
    return ids.map((id) => this.zone(id).zoneId);
  }
}
