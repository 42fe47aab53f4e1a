import { PublicIPAddress } from "@pulumi/azure-native/network/publicIPAddress";
import {
  VirtualNetworkGateway,
  type VirtualNetworkGatewayArgs,
} from "@pulumi/azure-native/network/virtualNetworkGateway";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { NetworkGateway } from "../contracts/network";
import { AdoptedNetwork } from "./adopted-network";
import type { AzureNetwork } from "./network";
import { azureZones, type Place } from "./place";

export interface GatewayArgs {
  /** First part of the names. */
  readonly prefix: string;
  readonly place: Place;
  /** Made by this program, with the subnet `gateway`: subnets of an adopted one are its owner's. */
  readonly network: AzureNetwork;
  /** Autonomous system number, private and not 65515 to 65520, which are Azure's own. */
  readonly asn: number;
  readonly transform?: (gateway: VirtualNetworkGatewayArgs) => VirtualNetworkGatewayArgs;
}

/**
 * The VPN gateway of a site: two instances in different zones, both of them active, each with an address, which tell their peers
 * the network's routes by BGP. Tunnels are attached to it later; routes to the other sites come by BGP to every subnet.
 *
 * Made in about 45 minutes. Cost: billed per hour, and per GB that leaves.
 *
 * @throws Error when the network is an adopted one, or the number is one that Azure keeps.
 */
export class Gateway extends ComponentResource implements NetworkGateway {
  readonly gatewayId: Output<string>;
  readonly asn: number;
  /** Addresses that tunnels end at, one for each instance. */
  readonly addresses: readonly Output<string | undefined>[];

  constructor(name: string, args: GatewayArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Gateway", name, {}, opts);
    const { network, place, prefix, asn } = args;
    if (network instanceof AdoptedNetwork) {
      throw new Error(
        "a gateway needs a subnet, which nothing adds to an adopted network: let its owner attach the network, and set gateway to skip",
      );
    }
    if (reservedNumbers.has(asn)) {
      throw new Error(`the number ${String(asn)} is one of Azure's own: give the site another in the address plan`);
    }
    const common = { resourceGroupName: place.groupName, location: place.region, tags: { ...place.tags } };
    const addresses = instances.map(
      (instance) =>
        new PublicIPAddress(
          `${name}-address-${instance}`,
          {
            ...common,
            publicIpAddressName: `${prefix}-gateway-${instance}`,
            sku: { name: "Standard", tier: "Regional" },
            publicIPAllocationMethod: "Static",
            publicIPAddressVersion: "IPv4",
            zones: azureZones(network.zones),
          },
          { parent: this },
        ),
    );
    const gatewayArgs: VirtualNetworkGatewayArgs = {
      ...common,
      virtualNetworkGatewayName: `${prefix}-gateway`,
      gatewayType: "Vpn",
      vpnType: "RouteBased",
      // 1 Gbit/s: https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus
      sku: { name: "VpnGw2AZ", tier: "VpnGw2AZ" },
      vpnGatewayGeneration: "Generation2",
      activeActive: true,
      enableBgp: true,
      bgpSettings: { asn },
      ipConfigurations: addresses.map(({ id }, index) => ({
        name: `instance-${String(index + 1)}`,
        privateIPAllocationMethod: "Dynamic",
        subnet: { id: network.subnetId("gateway") },
        publicIPAddress: { id },
      })),
    };
    const gateway = new VirtualNetworkGateway(`${name}-vpn`, args.transform?.(gatewayArgs) ?? gatewayArgs, {
      parent: this,
    });
    this.gatewayId = gateway.id;
    this.asn = asn;
    this.addresses = addresses.map(({ ipAddress }) => ipAddress);
    this.registerOutputs({ gatewayId: this.gatewayId });
  }
}

const instances = ["1", "2"] as const;

/** https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq#bgp */
const reservedNumbers: ReadonlySet<number> = new Set([8074, 8075, 12_076, 65_515, 65_517, 65_518, 65_519, 65_520]);
