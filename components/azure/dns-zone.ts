import { getZone } from "@pulumi/azure-native/dns/getZone";
import { Zone } from "@pulumi/azure-native/dns/zone";
import { ComponentResource, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { DnsZone as DnsZoneContract } from "../contracts/dns-zone";
import { existing } from "../planning/existing";
import type { Protection } from "../planning/protection";
import type { Place } from "./place";

export interface DnsZoneArgs {
  readonly place: Place;
  /** Name of the zone, without a trailing dot. */
  readonly zoneName: string;
  /** `adopt`: the subscription has the zone already, and nothing of it is changed. */
  readonly mode: "create" | "adopt";
  /** Resource group of the zone to adopt. Default: that of the site. */
  readonly groupName?: string;
  readonly protection: Protection;
}

/**
 * A public zone on Azure DNS. A new one answers only when its name servers stand in the parent zone.
 *
 * Cost: each zone is billed per month, and its queries.
 */
export class DnsZone extends ComponentResource implements DnsZoneContract {
  readonly zoneName: string;
  readonly zoneId: Output<string>;
  readonly nameServers: Output<readonly string[]>;

  constructor(name: string, args: DnsZoneArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:DnsZone", name, {}, opts);
    const { place, zoneName } = args;
    const zone =
      args.mode === "adopt"
        ? output(args.groupName ?? place.groupName).apply((resourceGroupName) =>
            existing(
              getZone({ resourceGroupName, zoneName }, { parent: this }),
              `zone "${zoneName}" of ${resourceGroupName}`,
              "correct dns.name or dns.resourceGroup, or set dns.mode to create",
            ),
          )
        : new Zone(
            `${name}-zone`,
            {
              resourceGroupName: place.groupName,
              zoneName,
              location: "global",
              zoneType: "Public",
              tags: { ...place.tags },
            },
            { parent: this, protect: args.protection.protect },
          );
    this.zoneName = zoneName;
    this.zoneId = zone.id;
    // Azure writes them with a dot at the end.
    this.nameServers = zone.nameServers.apply((servers) => servers.map((server) => server.replace(/\.$/, "")));
    this.registerOutputs({ zoneId: this.zoneId });
  }
}
