import type { Output } from "@pulumi/pulumi";

/** A public DNS zone that the site writes its own names into. */
export interface DnsZone {
  /** Name of the zone, without a trailing dot. */
  readonly zoneName: string;
  /** The cloud's own name of the zone. */
  readonly zoneId: Output<string>;
  /** Servers that the parent zone delegates to. */
  readonly nameServers: Output<readonly string[]>;
}
