import { NatGateway, type NatGatewayArgs } from "@pulumi/azure-native/network/natGateway";
import { NetworkSecurityGroup } from "@pulumi/azure-native/network/networkSecurityGroup";
import { PublicIPAddress } from "@pulumi/azure-native/network/publicIPAddress";
import { Subnet, type SubnetArgs } from "@pulumi/azure-native/network/subnet";
import { VirtualNetwork, type VirtualNetworkArgs } from "@pulumi/azure-native/network/virtualNetwork";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { Network as NetworkContract, Tier } from "../contracts/network";
import {
  azureSecurityRules,
  orderedRules,
  type AzurePeer,
  type AzureSecurityNeeds,
  type GuardedSubnet,
  type OrderedRule,
} from "../planning/security-rules-azure";
import {
  azureSubnetName,
  azureSubnetPlan,
  azureSubnets,
  optionalAzureSubnets,
  outboundSubnets,
  subnetDelegations,
  type AzureSubnet,
  type OptionalAzureSubnet,
} from "../planning/subnets-azure";
import { azureZones, type Place } from "./place";

export interface NetworkArgs {
  /** First part of the names: `<prefix>-network`. */
  readonly prefix: string;
  readonly place: Place;
  /** IPv4 range of the network, /16. */
  readonly cidr: string;
  /** Range of the pods, which have addresses of their own. */
  readonly podCidr: string;
  /** Letters of the zones, `a` to `c`; the order is that of the subnet lists. */
  readonly zones: readonly string[];
  /** Subnets that only some sites have. */
  readonly optional: readonly OptionalAzureSubnet[];
  readonly security: AzureSecurityNeeds;
  readonly transform?: {
    readonly network?: (network: VirtualNetworkArgs) => VirtualNetworkArgs;
    readonly subnet?: (subnet: SubnetArgs, id: AzureSubnet) => SubnetArgs;
    readonly nat?: (nat: NatGatewayArgs) => NatGatewayArgs;
  };
}

/** What components on Azure know of a network besides the contract, whether it was made here or adopted. */
export interface AzureNetwork extends NetworkContract, Resource {
  /**
   * The id of a subnet.
   *
   * @throws Error when the network is without it.
   */
  subnetId(subnet: AzureSubnet): Output<string>;
}

/** Which subnet stands for a tier: load balancers' inner addresses, nodes, databases. */
export const tierSubnets = { public: "ingress", private: "nodes", database: "database" } as const satisfies Record<
  Tier,
  AzureSubnet
>;

/**
 * A virtual network. Its subnets span the zones, so each tier has one, named once for every zone. No subnet has a way to the
 * internet but those that the NAT gateway serves, and each has a security group that lets in what its table names.
 *
 * A NAT gateway is in one zone, which Azure chooses; connections break with that zone until it is made in another. Its addresses
 * are in all zones. https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones
 *
 * Cost: the NAT gateway is billed per hour and per GB, its addresses per hour.
 */
export class Network extends ComponentResource implements AzureNetwork {
  readonly networkId: Output<string>;
  readonly cidr: string;
  readonly zones: readonly string[];
  readonly subnetIds: Readonly<Record<Tier, readonly Output<string>[]>>;
  /** Name of the network in its resource group. */
  readonly networkName: Output<string>;
  readonly natGatewayId: Output<string>;
  readonly #subnets: Readonly<Partial<Record<AzureSubnet, Subnet>>>;

  constructor(name: string, args: NetworkArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Network", name, {}, opts);
    const { place, prefix } = args;
    const parent = { parent: this };
    const common = { resourceGroupName: place.groupName, location: place.region, tags: { ...place.tags } };
    const zones = azureZones(args.zones);

    const networkArgs: VirtualNetworkArgs = {
      ...common,
      virtualNetworkName: `${prefix}-network`,
      addressSpace: { addressPrefixes: [args.cidr] },
    };
    const network = new VirtualNetwork(
      `${name}-network`,
      args.transform?.network?.(networkArgs) ?? networkArgs,
      // Subnets are resources of their own; the list that Azure answers with is not the program's.
      { parent: this, ignoreChanges: ["subnets"] },
    );

    const addresses = ["1", "2"].map(
      (number) =>
        new PublicIPAddress(
          `${name}-nat-${number}`,
          {
            ...common,
            publicIpAddressName: `${prefix}-nat-${number}`,
            sku: { name: "Standard", tier: "Regional" },
            publicIPAllocationMethod: "Static",
            publicIPAddressVersion: "IPv4",
            zones,
          },
          parent,
        ),
    );
    const natArgs: NatGatewayArgs = {
      ...common,
      natGatewayName: `${prefix}-nat`,
      sku: { name: "Standard" },
      publicIpAddresses: addresses.map(({ id }) => ({ id })),
      // Minutes; idle connections keep a port, of which each address has 64,512.
      idleTimeoutInMinutes: 4,
    };
    const nat = new NatGateway(`${name}-nat`, args.transform?.nat?.(natArgs) ?? natArgs, parent);

    const ranges = azureSubnetPlan(args.cidr);
    const rules = azureSecurityRules(args.security);
    const prefixOf = (peer: AzurePeer): string => {
      if (typeof peer !== "string") return peer.block;
      if (peer === "anywhere") return "*";
      if (peer === "pods") return args.podCidr;
      return isSubnet(peer) ? ranges[peer] : peer;
    };
    const securityGroup = (subnet: GuardedSubnet) =>
      new NetworkSecurityGroup(
        `${name}-${subnet}-rules`,
        {
          ...common,
          networkSecurityGroupName: `${prefix}-${subnet}`,
          securityRules: orderedRules(rules, subnet).map((rule) =>
            securityRule(rule, ownEnds(rule), prefixOf(rule.peer)),
          ),
        },
        parent,
      );
    const ownEnds = ({ subnet, own }: OrderedRule): readonly string[] => {
      if (own !== undefined) return [prefixOf(own)];
      return subnet === "nodes" ? [ranges.nodes, args.podCidr] : [ranges[subnet]];
    };

    const made: Partial<Record<AzureSubnet, Subnet>> = {};
    let before: Subnet | undefined;
    for (const subnet of azureSubnets) {
      if (isOptional(subnet) && !args.optional.includes(subnet)) continue;
      const delegation = subnetDelegations[subnet];
      const subnetArgs: SubnetArgs = {
        resourceGroupName: place.groupName,
        virtualNetworkName: network.name,
        subnetName: azureSubnetName(subnet),
        addressPrefix: ranges[subnet],
        // This version of the API gives machines a way out by an address of Azure's own unless it is told not to.
        // https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access
        defaultOutboundAccess: false,
        ...(subnet === "gateway" ? {} : { networkSecurityGroup: { id: securityGroup(subnet).id } }),
        ...(outboundSubnets.includes(subnet) ? { natGateway: { id: nat.id } } : {}),
        ...(delegation === undefined ? {} : { delegations: [{ name: subnet, serviceName: delegation }] }),
        // Rules hold for private endpoints only when asked for.
        privateEndpointNetworkPolicies: subnet === "endpoints" ? "NetworkSecurityGroupEnabled" : "Disabled",
        // Front Door reaches a load balancer by a private link, which no rule may filter.
        privateLinkServiceNetworkPolicies: subnet === "ingress" ? "Disabled" : "Enabled",
      };
      before = new Subnet(
        `${name}-${subnet}`,
        args.transform?.subnet?.(subnetArgs, subnet) ?? subnetArgs,
        // One after the other: a network takes one change at a time and refuses others with AnotherOperationInProgress.
        // https://github.com/pulumi/pulumi-azure-native/issues/699
        { parent: this, ...(before === undefined ? {} : { dependsOn: [before] }) },
      );
      made[subnet] = before;
    }

    this.#subnets = made;
    this.networkId = network.id;
    this.networkName = network.name;
    this.natGatewayId = nat.id;
    this.cidr = args.cidr;
    this.zones = args.zones;
    const ids = (tier: Tier) => args.zones.map(() => this.subnetId(tierSubnets[tier]));
    this.subnetIds = { public: ids("public"), private: ids("private"), database: ids("database") };
    this.registerOutputs({ networkId: this.networkId });
  }

  subnetId(subnet: AzureSubnet): Output<string> {
    const found = this.#subnets[subnet];
    if (found !== undefined) return found.id;
    throw new Error(`the network has no subnet "${subnet}": add it to the network's optional subnets`);
  }
}

function isOptional(subnet: AzureSubnet): subnet is OptionalAzureSubnet {
  return (optionalAzureSubnets as readonly AzureSubnet[]).includes(subnet);
}

function isSubnet(peer: string): peer is AzureSubnet {
  return (azureSubnets as readonly string[]).includes(peer);
}

/** A rule with both of its ends. */
function securityRule(rule: OrderedRule, own: readonly string[], peer: string) {
  const inbound = rule.direction === "Inbound";
  const [first] = own;
  const ownEnd = (side: "source" | "destination") =>
    own.length === 1 ? { [`${side}AddressPrefix`]: first } : { [`${side}AddressPrefixes`]: [...own] };
  return {
    name: rule.id,
    description: rule.reason,
    priority: rule.priority,
    direction: rule.direction,
    access: rule.access,
    protocol: rule.protocol,
    sourcePortRange: "*",
    ...(rule.ports.length === 1 ? { destinationPortRange: rule.ports[0] } : { destinationPortRanges: [...rule.ports] }),
    ...(inbound
      ? { sourceAddressPrefix: peer, ...ownEnd("destination") }
      : { destinationAddressPrefix: peer, ...ownEnd("source") }),
  };
}
