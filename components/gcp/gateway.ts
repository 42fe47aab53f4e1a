import { HaVpnGateway, type HaVpnGatewayArgs } from "@pulumi/gcp/compute/haVpnGateway";
import { Router, type RouterArgs } from "@pulumi/gcp/compute/router";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { NetworkGateway } from "../contracts/network";
import { gcpName } from "../planning/names-gcp";
import type { SiteRanges } from "../planning/site-plan";
import type { GcpNetwork } from "./network";
import type { Project } from "./project";

export interface GatewayArgs {
  readonly project: Project;
  /** First part of the physical names. */
  readonly prefix: string;
  readonly network: GcpNetwork;
  /** `asn` is the router's, private: 64512 to 65534. `privateServices` is announced besides the subnets. */
  readonly ranges: Pick<SiteRanges, "asn" | "privateServices">;
  readonly transform?: {
    readonly gateway?: (gateway: HaVpnGatewayArgs) => HaVpnGatewayArgs;
    readonly router?: (router: RouterArgs) => RouterArgs;
  };
}

/**
 * The end of tunnels to other sites: a gateway with two addresses, and the router that speaks BGP through them. Tunnels are
 * attached to both later; routes to the other sites come by BGP.
 *
 * Cost: nothing by itself; each tunnel is billed per hour and per GB.
 */
export class Gateway extends ComponentResource implements NetworkGateway {
  readonly gatewayId: Output<string>;
  readonly asn: number;
  readonly routerName: Output<string>;
  /** The two public addresses, which the other sites' tunnels lead to. */
  readonly addresses: Output<readonly string[]>;

  constructor(name: string, args: GatewayArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Gateway", name, {}, opts);
    const { project, prefix, network, ranges } = args;
    const place = { project: project.id, region: project.region, network: network.networkId };
    const gatewayArgs: HaVpnGatewayArgs = {
      ...place,
      name: gcpName("resource", prefix, "gateway"),
      stackType: "IPV4_ONLY",
      gatewayIpVersion: "IPV4",
    };
    const gateway = new HaVpnGateway(`${name}-vpn`, args.transform?.gateway?.(gatewayArgs) ?? gatewayArgs, {
      parent: this,
    });
    const routerArgs: RouterArgs = {
      ...place,
      name: gcpName("resource", prefix, "gateway-router"),
      bgp: {
        asn: ranges.asn,
        // Subnets with their secondary ranges are announced by the group; the peered network of private services is in none.
        // https://docs.cloud.google.com/network-connectivity/docs/router/concepts/advertised-routes
        advertiseMode: "CUSTOM",
        advertisedGroups: ["ALL_SUBNETS"],
        advertisedIpRanges: [{ range: ranges.privateServices, description: "Private services access" }],
      },
    };
    const router = new Router(`${name}-router`, args.transform?.router?.(routerArgs) ?? routerArgs, { parent: this });
    this.gatewayId = gateway.id;
    this.asn = ranges.asn;
    this.routerName = router.name;
    this.addresses = gateway.vpnInterfaces.apply((interfaces) => interfaces.map(({ ipAddress }) => ipAddress));
    this.registerOutputs({ gatewayId: this.gatewayId, routerName: this.routerName });
  }
}
