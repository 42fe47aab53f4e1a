import { getSubnet } from "@pulumi/azure-native/network/getSubnet";
import { getVirtualNetwork } from "@pulumi/azure-native/network/getVirtualNetwork";
import { ComponentResource, all, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Tier } from "../contracts/network";
import { existing } from "../planning/existing";
import { subnetDelegations, type AzureSubnet } from "../planning/subnets-azure";
import { tierSubnets, type AzureNetwork } from "./network";

export interface AdoptedNetworkArgs {
  /** Resource group that the network is in. */
  readonly groupName: string;
  readonly networkName: string;
  /** IPv4 range of the network, known before it is looked up, since plans are made of it. */
  readonly cidr: string;
  /** Letters of the zones; the order is that of the subnet lists. */
  readonly zones: readonly string[];
  /** Names of existing subnets; those of the tiers, `ingress`, `nodes` and `database`, must be among them. */
  readonly subnetNames: Readonly<Partial<Record<AzureSubnet, string>>>;
}

/**
 * A virtual network that exists already. Nothing in it is changed: routes, filters and flow logs are its owner's.
 *
 * @throws Error when the network has another range than the arguments say, or a subnet is not given over to its service.
 */
export class AdoptedNetwork extends ComponentResource implements AzureNetwork {
  readonly networkId: Output<string>;
  readonly cidr: string;
  readonly zones: readonly string[];
  readonly subnetIds: Readonly<Record<Tier, readonly Output<string>[]>>;
  readonly #subnets: Readonly<Partial<Record<string, Output<string>>>>;

  constructor(name: string, args: AdoptedNetworkArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:AdoptedNetwork", name, {}, opts);
    const parent = { parent: this };
    const at = { resourceGroupName: args.groupName, virtualNetworkName: args.networkName };
    const found = output(
      existing(
        getVirtualNetwork(at, parent),
        `network "${args.networkName}" of ${args.groupName}`,
        "correct network.adopt.name or network.adopt.resourceGroup",
      ),
    );
    this.networkId = all([found.id, found.addressSpace]).apply(([id, space]) => {
      const ranges = space?.addressPrefixes ?? [];
      if (id !== undefined && ranges.includes(args.cidr)) return id;
      throw new Error(
        `${args.networkName} has the range ${ranges.join(", ")}, not ${args.cidr}: set network.adopt.cidr to the network's range`,
      );
    });
    this.#subnets = Object.fromEntries(
      Object.entries(args.subnetNames).map(([subnet, subnetName]) => {
        const { id, delegations } = output(
          existing(
            getSubnet({ ...at, subnetName }, parent),
            `subnet "${subnetName}" of ${args.networkName}`,
            `name an existing one in network.adopt.subnetNames.${subnet}`,
          ),
        );
        const service = subnetDelegations[subnet as AzureSubnet];
        const checked = all([id, delegations]).apply(([subnetId, given]) => {
          const services = (given ?? []).map(({ serviceName }) => serviceName);
          if (subnetId === undefined) throw new Error(`subnet "${subnetName}" has no id`);
          if (service === undefined || services.includes(service)) return subnetId;
          throw new Error(
            `subnet "${subnetName}" is not delegated to ${service}: let its owner do so, or name another in network.adopt.subnetNames.${subnet}`,
          );
        });
        return [subnet, checked];
      }),
    );
    this.cidr = args.cidr;
    this.zones = args.zones;
    const ids = (tier: Tier) => args.zones.map(() => this.subnetId(tierSubnets[tier]));
    this.subnetIds = { public: ids("public"), private: ids("private"), database: ids("database") };
    this.registerOutputs({ networkId: this.networkId });
  }

  subnetId(subnet: AzureSubnet): Output<string> {
    const found = this.#subnets[subnet];
    if (found !== undefined) return found;
    throw new Error(`the adopted network has no subnet "${subnet}": name it in network.adopt.subnetNames.${subnet}`);
  }
}
