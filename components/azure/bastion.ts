import { BastionHost, type BastionHostArgs } from "@pulumi/azure-native/network/bastionHost";
import { PublicIPAddress } from "@pulumi/azure-native/network/publicIPAddress";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { LogWorkspace } from "./log-workspace";
import type { AzureNetwork } from "./network";
import { azureZones, type Place } from "./place";

export interface BastionArgs {
  /** First part of the names. */
  readonly prefix: string;
  readonly place: Place;
  /** With the subnet `bastion`. */
  readonly network: AzureNetwork;
  readonly logs: LogWorkspace;
  readonly transform?: (bastion: BastionHostArgs) => BastionHostArgs;
}

/**
 * Azure Bastion, which opens tunnels into the network for whom Microsoft Entra lets in; sessions are recorded. Its address is
 * Azure's way in for clients: nothing of ours listens there.
 *
 * Cost: billed per hour, for two hosts, and per GB that leaves.
 */
export class Bastion extends ComponentResource {
  readonly bastionId: Output<string>;
  readonly bastionName: Output<string>;
  readonly #place: Place;

  constructor(name: string, args: BastionArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Bastion", name, {}, opts);
    const { place, network, prefix } = args;
    this.#place = place;
    const common = { resourceGroupName: place.groupName, location: place.region, tags: { ...place.tags } };
    const zones = azureZones(network.zones);
    const address = new PublicIPAddress(
      `${name}-address`,
      {
        ...common,
        publicIpAddressName: `${prefix}-bastion`,
        sku: { name: "Standard", tier: "Regional" },
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
        zones,
      },
      { parent: this },
    );
    const bastionArgs: BastionHostArgs = {
      ...common,
      bastionHostName: `${prefix}-bastion`,
      sku: { name: "Standard" },
      scaleUnits: 2,
      zones,
      enableTunneling: true,
      enableFileCopy: false,
      enableIpConnect: false,
      enableShareableLink: false,
      disableCopyPaste: true,
      ipConfigurations: [
        {
          name: "bastion",
          privateIPAllocationMethod: "Dynamic",
          subnet: { id: network.subnetId("bastion") },
          publicIPAddress: { id: address.id },
        },
      ],
    };
    const bastion = new BastionHost(`${name}-host`, args.transform?.(bastionArgs) ?? bastionArgs, { parent: this });
    args.logs.diagnose(`${name}-logs`, bastion.id, { groups: ["allLogs"] }, this);
    this.bastionId = bastion.id;
    this.bastionName = bastion.name;
    this.registerOutputs({ bastionId: this.bastionId });
  }

  /**
   * The command that opens a tunnel to the API of a cluster.
   *
   * @param clusterId id of the cluster in Resource Manager
   * @param port port of the own machine at which the tunnel begins
   */
  tunnelCommand(clusterId: Input<string>, port: number): Output<string> {
    // https://learn.microsoft.com/cli/azure/network/bastion#az-network-bastion-tunnel
    return interpolate`az network bastion tunnel --name ${this.bastionName} --resource-group ${this.#place.groupName} --target-resource-id ${clusterId} --resource-port 443 --port ${String(port)}`;
  }
}
