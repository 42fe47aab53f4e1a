import { Route } from "@pulumi/aws/ec2/route";
import { RouteTable } from "@pulumi/aws/ec2/routeTable";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { TransitGateway, type TransitGatewayArgs } from "@pulumi/aws/ec2transitgateway/transitGateway";
import { VpcAttachment } from "@pulumi/aws/ec2transitgateway/vpcAttachment";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { NetworkGateway } from "../contracts/network";
import { gatewaySubnet } from "../planning/address-plan";
import type { LinkedSite } from "../planning/security-rules";
import { AdoptedNetwork } from "./adopted-network";
import type { AwsNetwork } from "./network";

export interface GatewayArgs {
  /** First part of the names in the console. */
  readonly prefix: string;
  readonly region: string;
  /** Made by this program: routes and free ranges of an adopted one are its owner's. */
  readonly network: AwsNetwork;
  /** Autonomous system number of the Amazon side, private: 64512 to 65534. A change replaces the gateway. */
  readonly asn: number;
  /** Sites that are reached through the gateway. */
  readonly linked: readonly LinkedSite[];
  readonly transform?: (gateway: TransitGatewayArgs) => TransitGatewayArgs;
}

/**
 * The transit gateway of a site, attached to its network, with routes to the linked sites. Tunnels are attached to it later.
 *
 * Cost: each attachment is billed per hour and per GB.
 *
 * @throws Error when the network is an adopted one.
 */
export class Gateway extends ComponentResource implements NetworkGateway {
  readonly gatewayId: Output<string>;
  readonly asn: number;
  /** The network's attachment. */
  readonly attachmentId: Output<string>;

  constructor(name: string, args: GatewayArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Gateway", name, {}, opts);
    const parent = { parent: this };
    const { network, prefix } = args;
    if (network instanceof AdoptedNetwork) {
      throw new Error(
        "a gateway needs subnets and routes, which nothing adds to an adopted network: let its owner attach the network, and set gateway to skip",
      );
    }
    const gatewayArgs: TransitGatewayArgs = {
      description: `Way to the other sites of ${prefix}`,
      amazonSideAsn: args.asn,
      // One flow uses one tunnel; several tunnels share the flows.
      vpnEcmpSupport: "enable",
      dnsSupport: "enable",
      autoAcceptSharedAttachments: "disable",
      defaultRouteTableAssociation: "enable",
      defaultRouteTablePropagation: "enable",
      tags: { Name: `${prefix}-gateway` },
    };
    const gateway = new TransitGateway(`${name}-transit`, args.transform?.(gatewayArgs) ?? gatewayArgs, parent);
    // Subnets of its own, so that filters and routes of the site's tiers do not hold for what passes through.
    // https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html
    const routes = new RouteTable(
      `${name}-routes`,
      { vpcId: network.networkId, tags: { Name: `${prefix}-gateway` } },
      parent,
    );
    const subnets = network.zones.map((zone) => {
      const subnet = new Subnet(
        `${name}-${zone}`,
        {
          vpcId: network.networkId,
          availabilityZone: args.region + zone,
          cidrBlock: gatewaySubnet(network.cidr, zone),
          mapPublicIpOnLaunch: false,
          tags: { Name: `${prefix}-gateway-${zone}`, tier: "gateway" },
        },
        parent,
      );
      new RouteTableAssociation(
        `${name}-${zone}-association`,
        { subnetId: subnet.id, routeTableId: routes.id },
        parent,
      );
      return subnet;
    });
    const attachment = new VpcAttachment(
      `${name}-attachment`,
      {
        transitGatewayId: gateway.id,
        vpcId: network.networkId,
        subnetIds: subnets.map(({ id }) => id),
        dnsSupport: "enable",
        tags: { Name: `${prefix}-network` },
      },
      parent,
    );
    const tables = [
      ...network.routeTableIds.private.map((id, index) => ({ id, from: `private-${network.zones[index] ?? ""}` })),
      ...network.routeTableIds.database.map((id) => ({ id, from: "database" })),
    ];
    for (const { site, block } of args.linked) {
      for (const { id, from } of tables) {
        new Route(
          `${name}-${from}-to-${site}`,
          { routeTableId: id, destinationCidrBlock: block, transitGatewayId: gateway.id },
          // A route to a gateway is taken only once the network hangs on it.
          { parent: this, dependsOn: [attachment] },
        );
      }
    }
    this.gatewayId = gateway.id;
    this.asn = args.asn;
    this.attachmentId = attachment.id;
    this.registerOutputs({ gatewayId: this.gatewayId, attachmentId: this.attachmentId });
  }
}
