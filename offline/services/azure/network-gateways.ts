import type {
  BastionHostArgs,
  LocalNetworkGatewayArgs,
  VirtualNetworkGatewayArgs,
  VirtualNetworkGatewayConnectionArgs,
} from "@pulumi/azure-native/network";
import { refuse } from "../../cloud/errors";
import type { CallContext, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { formatAddress } from "../cidr";
import { sameId } from "./arm";
import { rangesOf, subnetPrefixes } from "./network-ranges";
import { armReference, inUse, networkName } from "./references";
import { azureType, byId } from "./service-support";
import { block, blocks, idIn, text } from "./text";
import { BASTION, LOCAL_GATEWAY, NETWORK_CONNECTION, NETWORK_GATEWAY, PUBLIC_IP, SUBNET } from "./types";

/** Refuses an address configuration outside the subnet whose name the service asks for. */
function requireSubnet(inputs: Properties, wanted: string, what: string): void {
  for (const configuration of blocks(inputs["ipConfigurations"])) {
    const subnet = idIn(configuration["subnet"]) ?? "";
    if (!sameId(subnet.split("/").at(-1), wanted)) {
      refuse(
        "InvalidSubnetName",
        `${what} ${subnet} is not a valid subnet for this resource: its name must be ${wanted}.`,
      );
    }
  }
}

/** Addresses of gateways and hosts are Standard: https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses */
function requireStandardAddresses({ inputs, cloud }: CallContext<unknown>): void {
  for (const configuration of blocks((inputs as Properties)["ipConfigurations"])) {
    const address = byId(cloud, PUBLIC_IP, idIn(configuration["publicIPAddress"]));
    if (address !== undefined && block(address.inputs["sku"])["name"] !== "Standard") {
      refuse("PublicIpAddressSkuNotSupported", `Public IP address ${address.id} must have the SKU Standard.`);
    }
  }
}

const BASTION_SKUS = ["Basic", "Developer", "Premium", "Standard"];

/** https://learn.microsoft.com/azure/bastion/configuration-settings */
const bastion = azureType<BastionHostArgs>({
  token: BASTION,
  name: networkName("bastionHostName"),
  references: [
    armReference("ipConfigurations[*].subnet.id", SUBNET),
    armReference("ipConfigurations[*].publicIPAddress.id", PUBLIC_IP),
  ],
  check: ({ inputs, refuse: report }) => {
    const sku = inputs.sku?.name ?? "Basic";
    if (!BASTION_SKUS.includes(sku)) report("sku.name", `must be one of ${BASTION_SKUS.join(", ")}, got ${sku}`);
    const isPlain = sku === "Basic" || sku === "Developer";
    for (const property of ["enableTunneling", "enableFileCopy", "enableIpConnect", "enableShareableLink"] as const) {
      if (isPlain && inputs[property] === true) {
        report(property, `BastionHostFeatureNotSupportedForSku: ${property} needs the SKU Standard, not ${sku}`);
      }
    }
    if (inputs.enableSessionRecording === true && sku !== "Premium") {
      report(
        "enableSessionRecording",
        `BastionHostFeatureNotSupportedForSku: enableSessionRecording needs the SKU Premium, not ${sku}`,
      );
    }
    const units = inputs.scaleUnits;
    if (units !== undefined && (units < 2 || units > 50))
      report("scaleUnits", `must be between 2 and 50, got ${String(units)}`);
    else if (units !== undefined && units !== 2 && sku === "Basic")
      report("scaleUnits", "BastionHostInvalidScaleUnits: the SKU Basic has 2 scale units");
  },
  create: (context) => {
    requireSubnet(context.inputs, "AzureBastionSubnet", "Subnet");
    requireStandardAddresses(context);
    return {
      id: "",
      outputs: { dnsName: `bst-${context.hex(8)}.bastion.azure.com`, scaleUnits: context.inputs.scaleUnits ?? 2 },
    };
  },
});

/** https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-skus-legacy and …/gateway-sku-consolidation */
const GONE_SKU = /^VpnGw[1-5]$/;
const VPN_SKUS = ["Basic", ...[1, 2, 3, 4, 5].map((size) => `VpnGw${String(size)}AZ`)];

/**
 * Autonomous systems that Azure keeps: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq#bgp
 */
const KEPT_SYSTEMS = new Set([8074, 8075, 12076, 23456, 65517, 65518, 65519, 65520]);

const gateway = azureType<VirtualNetworkGatewayArgs>({
  token: NETWORK_GATEWAY,
  name: networkName("virtualNetworkGatewayName"),
  references: [
    armReference("ipConfigurations[*].subnet.id", SUBNET),
    armReference("ipConfigurations[*].publicIPAddress.id", PUBLIC_IP),
  ],
  inUse: inUse("VirtualNetworkGatewayCannotBeDeleted", "Virtual network gateway"),
  check: (context) => {
    const { inputs, refuse: report } = context;
    const sku = inputs.sku?.name;
    if (inputs.gatewayType === "Vpn" && sku !== undefined) {
      if (GONE_SKU.test(sku)) {
        report(
          "sku.name",
          `NonAzSkusNotAllowedForVPNGateway: gateways of ${sku} can no longer be made since 1 January 2025: take ${sku}AZ`,
        );
      } else if (!VPN_SKUS.includes(sku)) {
        report("sku.name", `must be one of ${VPN_SKUS.join(", ")}, got ${sku}`);
      }
      if (sku === "Basic" && inputs.enableBgp === true)
        report("enableBgp", "BgpNotSupportedOnBasicSku: the SKU Basic has no BGP");
      if (inputs.vpnGatewayGeneration === "Generation2" && (sku === "Basic" || sku.startsWith("VpnGw1"))) {
        report("vpnGatewayGeneration", `VpnGatewayGenerationInvalid: Generation2 begins with VpnGw2AZ, not ${sku}`);
      }
    }
    const addresses = inputs.ipConfigurations?.length ?? 0;
    if (inputs.activeActive === true && addresses < 2 && !context.isUnknown("ipConfigurations")) {
      report(
        "ipConfigurations",
        `ActiveActiveGatewayMustHaveTwoIpConfigurations: an active-active gateway has two or three address configurations, got ${String(addresses)}`,
      );
    }
    const asn = inputs.bgpSettings?.asn;
    if (asn !== undefined && KEPT_SYSTEMS.has(asn))
      report("bgpSettings.asn", `ReservedAsn: Azure keeps the autonomous system ${String(asn)} for itself`);
  },
  create: (context) => {
    const inputs = context.inputs as Properties;
    requireSubnet(inputs, "GatewaySubnet", "Subnet");
    requireStandardAddresses(context);
    const [first] = blocks(inputs["ipConfigurations"]);
    const subnetId = idIn(first?.["subnet"]);
    const other = context.cloud
      .list(NETWORK_GATEWAY)
      .find(
        (each) =>
          each.inputs["gatewayType"] === inputs["gatewayType"] &&
          blocks(each.inputs["ipConfigurations"]).some((block) => sameId(idIn(block["subnet"]), subnetId)),
      );
    if (other !== undefined) {
      refuse(
        "VirtualNetworkGatewayCountExceeded",
        `Subnet ${subnetId ?? ""} has the gateway ${other.id} already: a virtual network has one of each type.`,
      );
    }
    const [range] = rangesOf(subnetPrefixes(byId(context.cloud, SUBNET, subnetId)?.inputs ?? {}));
    const bgp = block(inputs["bgpSettings"]);
    const peers = blocks(inputs["ipConfigurations"]).map((each, index) => ({
      ipconfigurationId: text(each["name"]) ?? "default",
      defaultBgpIpAddresses: [formatAddress((range?.first ?? 0) + 4 + index)],
      customBgpIpAddresses: [],
      tunnelIpAddresses: [
        text(byId(context.cloud, PUBLIC_IP, idIn(each["publicIPAddress"]))?.outputs["ipAddress"]) ?? "",
      ],
      ...blocks(bgp["bgpPeeringAddresses"])[index],
    }));
    return {
      id: "",
      outputs: {
        bgpSettings: {
          asn: 65515,
          peerWeight: 0,
          ...bgp,
          bgpPeeringAddress: peers.map(({ defaultBgpIpAddresses }) => defaultBgpIpAddresses[0]).join(","),
          bgpPeeringAddresses: peers,
        },
        enableBgp: inputs["enableBgp"] ?? false,
        activeActive: inputs["activeActive"] ?? false,
      },
    };
  },
});

const localGateway = azureType<LocalNetworkGatewayArgs>({
  token: LOCAL_GATEWAY,
  name: networkName("localNetworkGatewayName"),
  inUse: inUse("LocalNetworkGatewayCannotBeDeleted", "Local network gateway"),
  check: (context) => {
    const { inputs } = context;
    const named = [inputs.gatewayIpAddress, inputs.fqdn].filter((each) => each !== undefined).length;
    if (named !== 1 && !context.isUnknown("gatewayIpAddress") && !context.isUnknown("fqdn")) {
      context.refuse(
        "gatewayIpAddress",
        "LocalNetworkGatewayAddressRequired: give gatewayIpAddress or fqdn, one of them",
      );
    }
  },
});

const connection = azureType<VirtualNetworkGatewayConnectionArgs>({
  token: NETWORK_CONNECTION,
  name: networkName("virtualNetworkGatewayConnectionName"),
  references: [
    armReference("virtualNetworkGateway1.id", NETWORK_GATEWAY),
    armReference("virtualNetworkGateway2.id", NETWORK_GATEWAY),
    armReference("localNetworkGateway2.id", LOCAL_GATEWAY),
  ],
  create: ({ inputs, cloud }) => {
    const own = byId(cloud, NETWORK_GATEWAY, inputs.virtualNetworkGateway1.id);
    if (inputs.enableBgp === true && own?.outputs["enableBgp"] !== true) {
      refuse(
        "VirtualNetworkGatewayBgpNotEnabled",
        `Connection ${inputs.virtualNetworkGatewayConnectionName ?? ""} has BGP, and gateway ${own?.id ?? ""} has not: set enableBgp on it.`,
      );
    }
    return {
      id: "",
      outputs: {
        connectionStatus: "Unknown",
        egressBytesTransferred: 0,
        ingressBytesTransferred: 0,
        tunnelConnectionStatus: [],
      },
    };
  },
});

export const networkGatewayTypes: readonly ResourceType[] = [bastion, gateway, localGateway, connection];
