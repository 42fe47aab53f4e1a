import { getZoneOutput } from "@pulumi/aws/route53/getZone";
import { Zone } from "@pulumi/aws/route53/zone";
import { ComponentResource, all, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { DnsZone as DnsZoneContract } from "../contracts/dns-zone";
import type { Protection } from "../planning/protection";

export interface DnsZoneArgs {
  /** Name of the zone, without a trailing dot. */
  readonly zoneName: string;
  /** `adopt`: the account has the zone already, and nothing of it is changed. */
  readonly mode: "create" | "adopt";
  /** Of the zone to adopt: needed only where the account has several public zones of the name. */
  readonly zoneId?: string;
  readonly protection: Protection;
}

/**
 * A public zone on Route 53. A new one answers only when its name servers stand in the parent zone.
 *
 * Cost: each zone is billed per month, and its queries.
 *
 * @throws Error when the zone to adopt has another name.
 */
export class DnsZone extends ComponentResource implements DnsZoneContract {
  readonly zoneName: string;
  readonly zoneId: Output<string>;
  readonly nameServers: Output<readonly string[]>;

  constructor(name: string, args: DnsZoneArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:DnsZone", name, {}, opts);
    const zone =
      args.mode === "adopt"
        ? getZoneOutput(
            args.zoneId === undefined ? { name: args.zoneName, privateZone: false } : { zoneId: args.zoneId },
            { parent: this },
          )
        : new Zone(
            `${name}-zone`,
            { name: args.zoneName, comment: "Managed by Pulumi", forceDestroy: args.protection.deleteContents },
            { parent: this, protect: args.protection.protect },
          );
    this.zoneName = args.zoneName;
    this.zoneId = all([zone.zoneId, zone.name]).apply(([zoneId, found]) => {
      if (found === args.zoneName) return zoneId;
      throw new Error(`zone ${zoneId} is of ${found}, not of ${args.zoneName}: correct dns.zoneId or dns.name`);
    });
    this.nameServers = zone.nameServers;
    this.registerOutputs({ zoneId: this.zoneId });
  }
}
