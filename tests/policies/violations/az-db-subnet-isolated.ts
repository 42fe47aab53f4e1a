import { NatGateway } from "@pulumi/azure-native/network/natGateway";
import { Subnet } from "@pulumi/azure-native/network/subnet";
import { VirtualNetwork } from "@pulumi/azure-native/network/virtualNetwork";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import type { Providers } from "./providers";

/** A subnet of databases that goes out by a NAT gateway. */
export function plant(on: Providers): void {
  const group = new ResourceGroup("databases", {}, on.azure());
  const resourceGroupName = group.name;
  const nat = new NatGateway("databases", { resourceGroupName, sku: { name: "Standard" } }, on.azure());
  const network = new VirtualNetwork(
    "databases",
    { resourceGroupName, addressSpace: { addressPrefixes: ["10.64.0.0/16"] } },
    on.azure(),
  );
  new Subnet(
    "databases",
    {
      resourceGroupName,
      virtualNetworkName: network.name,
      addressPrefix: "10.64.0.0/24",
      defaultOutboundAccess: false,
      delegations: [{ name: "postgres", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
      natGateway: { id: nat.id },
    },
    on.azure(),
  );
}
