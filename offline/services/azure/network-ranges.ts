import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { isList, type Properties, type Value } from "../../cloud/value";
import { contains, overlaps, parseCidr, type Range } from "../cidr";
import { childrenOf } from "./service-support";
import { block, text, texts } from "./text";
import { SUBNET } from "./types";

/** IPv4 ranges of a list of prefixes. Refused as the network services do when one is none. */
export function rangesOf(prefixes: readonly string[]): readonly Range[] {
  return prefixes.filter((prefix) => !prefix.includes(":")).map(rangeOf);
}

/** https://learn.microsoft.com/answers/questions/tags/102/azure-virtual-network (InvalidCIDRNotation) */
export function rangeOf(prefix: string): Range {
  const range = parseCidr(prefix);
  if (typeof range === "string") {
    refuse("InvalidCIDRNotation", `The address prefix ${prefix} has an invalid CIDR notation: ${range}.`);
  }
  return range;
}

/** Prefixes of a subnet, whichever of its two properties has them. */
export function subnetPrefixes(subnet: Properties): readonly string[] {
  const several = texts(subnet["addressPrefixes"]);
  const one = text(subnet["addressPrefix"]);
  return several.length > 0 || one === undefined ? several : [one];
}

/** The address space of a virtual network. */
export function addressSpace(network: Properties): readonly Range[] {
  const space: Value | undefined = block(network["addressSpace"])["addressPrefixes"];
  return rangesOf(isList(space) ? texts(space) : []);
}

/** Subnets of a virtual network by their resources, those that the network itself names included. */
export function subnetsOf(cloud: CloudView, networkId: string): readonly StoredResource[] {
  return childrenOf(cloud, SUBNET, networkId);
}

/** Least room of subnets with a meaning of their own, as prefix length. */
const SPECIAL: Readonly<Record<string, { readonly longest: number; readonly source: string }>> = {
  AzureBastionSubnet: {
    longest: 26,
    source: "https://learn.microsoft.com/azure/bastion/configuration-settings#subnet",
  },
  AzureFirewallSubnet: { longest: 26, source: "https://learn.microsoft.com/azure/firewall/firewall-faq" },
  GatewaySubnet: {
    longest: 29,
    source: "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub",
  },
};

/**
 * Refuses a subnet outside its network, one that overlaps another, and one that is too small: five addresses of each are Azure's.
 * https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq
 */
export function checkSubnetRange(
  name: string,
  prefixes: readonly string[],
  network: StoredResource,
  others: readonly Properties[],
): void {
  const own = rangesOf(prefixes);
  const networkName = text(network.inputs["virtualNetworkName"]) ?? "";
  const space = addressSpace(network.inputs);
  for (const range of own) {
    if (range.prefix > 29) {
      refuse(
        "NetcfgInvalidSubnet",
        `Subnet '${name}' is not valid in virtual network '${networkName}': /29 is the smallest.`,
      );
    }
    const special = SPECIAL[name];
    if (special !== undefined && range.prefix > special.longest) {
      refuse(
        "NetcfgInvalidSubnet",
        `Subnet '${name}' is not valid in virtual network '${networkName}': it has /${String(special.longest)} at least (${special.source}).`,
      );
    }
    if (!space.some((each) => contains(each, range))) {
      refuse(
        "NetcfgSubnetRangeOutsideVnet",
        `Subnet '${name}' is not valid because its IP address range is outside the IP address range of virtual network '${networkName}'.`,
      );
    }
    for (const other of others) {
      if (!rangesOf(subnetPrefixes(other)).some((each) => overlaps(each, range))) continue;
      refuse(
        "NetcfgSubnetRangesOverlap",
        `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network ` +
          `'${networkName}': '${text(other["subnetName"]) ?? text(other["name"]) ?? ""}' (${subnetPrefixes(other).join(", ")}).`,
      );
    }
  }
}
