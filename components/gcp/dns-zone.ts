import { getManagedZone } from "@pulumi/gcp/dns/getManagedZone";
import { ManagedZone } from "@pulumi/gcp/dns/managedZone";
import { ComponentResource, all, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { DnsZone as DnsZoneContract } from "../contracts/dns-zone";
import { existing } from "../planning/existing";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import type { Project } from "./project";

interface CommonArgs {
  readonly project: Project;
  /** Name of the zone, without a trailing dot. */
  readonly zoneName: string;
}

export type DnsZoneArgs = CommonArgs &
  (
    | {
        readonly mode: "create";
        /** First part of its name in Cloud DNS. */
        readonly prefix: string;
        readonly protection: Protection;
      }
    /** The project has the zone already, under this name in Cloud DNS, and nothing of it is changed. */
    | { readonly mode: "adopt"; readonly zoneId: string }
  );

/**
 * A public zone on Cloud DNS, signed (DNSSEC). A new one answers only when its name servers stand in the parent zone.
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
    super("platform:gcp:DnsZone", name, {}, opts);
    const { project, zoneName } = args;
    const zone =
      args.mode === "adopt"
        ? project.id.apply((id) =>
            existing(
              getManagedZone({ name: args.zoneId, project: id }, { parent: this }),
              `zone "${args.zoneId}"`,
              "give its name in Cloud DNS as dns.zoneId, or set dns.mode to create",
            ),
          )
        : new ManagedZone(
            `${name}-zone`,
            {
              project: project.id,
              name: gcpName("resource", args.prefix, zoneName.replaceAll(".", "-")),
              dnsName: `${zoneName}.`,
              description: "Managed by Pulumi",
              visibility: "public",
              dnssecConfig: { state: "on", nonExistence: "nsec3" },
              forceDestroy: args.protection.deleteContents,
            },
            { parent: this, protect: args.protection.protect },
          );
    this.zoneName = zoneName;
    this.zoneId = all([zone.name, zone.dnsName]).apply(([zoneId, found]) => {
      if (found === `${zoneName}.`) return zoneId;
      throw new Error(`zone ${zoneId} is of ${found}, not of ${zoneName}.: correct dns.zoneId or dns.name`);
    });
    this.nameServers = zone.nameServers;
    this.registerOutputs({ zoneId: this.zoneId });
  }
}
