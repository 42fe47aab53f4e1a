import type { NatGatewayArgs, PublicIPAddressArgs, RouteArgs, RouteTableArgs } from "@pulumi/azure-native/network";
import { refuse } from "../../cloud/errors";
import type { CheckContext, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { rangeOf } from "./network-ranges";
import { armReference, inUse, networkName, requireById, requireSameRegion } from "./references";
import { azureType, byId, childrenOf, locationOf, parentOf } from "./service-support";
import { block, blocks, idIn, text, texts } from "./text";
import { NAT_GATEWAY, PUBLIC_IP, PUBLIC_IP_PREFIX, ROUTE, ROUTE_TABLE } from "./types";

/** A next hop's address goes with an appliance, and with nothing else: https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview */
function reportRoute(
  context: Pick<CheckContext<unknown>, "refuse" | "isUnknown">,
  path: string,
  route: Properties,
): void {
  if (route["nextHopType"] === undefined || context.isUnknown(`${path}nextHopIpAddress`)) return;
  const isAppliance = route["nextHopType"] === "VirtualAppliance";
  if (isAppliance === (text(route["nextHopIpAddress"]) !== undefined)) return;
  context.refuse(
    `${path}nextHopIpAddress`,
    `InvalidNextHopIpAddress: nextHopIpAddress is ${isAppliance ? "required" : "allowed only"} with nextHopType VirtualAppliance`,
  );
}

/** Refuses two routes to one prefix. */
function refuseTwin(route: Properties, others: readonly Properties[]): void {
  const prefix = text(route["addressPrefix"]) ?? "";
  if (/^\d/.test(prefix)) rangeOf(prefix);
  const twin = others.find((other) => other["addressPrefix"] === prefix);
  if (twin === undefined) return;
  refuse(
    "RouteConflict",
    `Route ${text(route["routeName"]) ?? text(route["name"]) ?? ""} conflicts with route ${text(twin["routeName"]) ?? text(twin["name"]) ?? ""}. Routes cannot have the same AddressPrefix.`,
  );
}

const table = azureType<RouteTableArgs>({
  token: ROUTE_TABLE,
  name: networkName("routeTableName"),
  inUse: inUse("InUseRouteTableCannotBeDeleted", "Route table"),
  check: (context) => {
    blocks((context.inputs as Properties)["routes"]).forEach((route, index) => {
      reportRoute(context, `routes[${String(index)}].`, route);
    });
  },
  create: ({ inputs }) => {
    const routes = blocks((inputs as Properties)["routes"]);
    routes.forEach((route, index) => {
      refuseTwin(route, routes.slice(0, index));
    });
    return { id: "", outputs: { disableBgpRoutePropagation: inputs.disableBgpRoutePropagation ?? false } };
  },
});

const route = azureType<RouteArgs>({
  token: ROUTE,
  name: networkName("routeName"),
  check: (context) => {
    reportRoute(context, "", context.inputs);
  },
  create: (context) => {
    const owner = parentOf(context, ROUTE, ROUTE_TABLE);
    const present = owner === undefined ? [] : childrenOf(context.cloud, ROUTE, owner.id).map(({ inputs }) => inputs);
    refuseTwin(context.inputs, [...blocks(owner?.inputs["routes"]), ...present]);
    return { id: "", outputs: { hasBgpOverride: false } };
  },
});

/** https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-basic-upgrade-guidance */
const address = azureType<PublicIPAddressArgs>({
  token: PUBLIC_IP,
  name: networkName("publicIpAddressName"),
  inUse: {
    code: "PublicIPAddressCannotBeDeleted",
    message: "Public IP address {id} can not be deleted since it is still allocated to resource {holder}.",
  },
  check: (context) => {
    const { inputs } = context;
    if ((inputs.sku?.name ?? "Basic") === "Basic" && !context.isUnknown("sku")) {
      context.refuse(
        "sku",
        "BasicSkuPublicIpNotSupported: public addresses of the SKU Basic can no longer be made since 30 September 2025: set sku.name to Standard",
      );
    } else if (inputs.publicIPAllocationMethod !== "Static" && !context.isUnknown("publicIPAllocationMethod")) {
      context.refuse(
        "publicIPAllocationMethod",
        "StandardSkuPublicIPAddressesMustBeStatic: a Standard address must have the allocation method Static",
      );
    }
  },
  create: (context) => {
    const label = text(block((context.inputs as Properties)["dnsSettings"])["domainNameLabel"]);
    const digits = parseInt(context.hex(6), 16);
    const dns =
      label === undefined
        ? {}
        : { dnsSettings: { domainNameLabel: label, fqdn: `${label}.${locationOf(context)}.cloudapp.azure.com` } };
    return {
      id: "",
      outputs: {
        // A range that Azure has for addresses in the Americas.
        ipAddress: `20.${String(128 + (digits % 64))}.${String((digits >> 6) % 256)}.${String(((digits >> 14) % 254) + 1)}`,
        idleTimeoutInMinutes: context.inputs.idleTimeoutInMinutes ?? 4,
        publicIPAddressVersion: context.inputs.publicIPAddressVersion ?? "IPv4",
        ...dns,
      },
    };
  },
});

/** https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource */
const natGateway = azureType<NatGatewayArgs>({
  token: NAT_GATEWAY,
  name: networkName("natGatewayName"),
  references: [
    armReference("publicIpAddresses[*].id", PUBLIC_IP),
    armReference("publicIpPrefixes[*].id", PUBLIC_IP_PREFIX),
  ],
  inUse: inUse("InUseNatGatewayCannotBeDeleted", "Nat gateway"),
  check: (context) => {
    const { inputs } = context;
    if (inputs.sku?.name !== "Standard" && !context.isUnknown("sku")) {
      context.refuse("sku", "NatGatewaySkuRequired: a NAT gateway needs sku.name Standard");
    }
    const idle = inputs.idleTimeoutInMinutes;
    if (idle !== undefined && (idle < 4 || idle > 120)) {
      context.refuse("idleTimeoutInMinutes", `must be between 4 and 120 minutes, got ${String(idle)}`);
    }
    // https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones
    if ((inputs.zones ?? []).length > 1) {
      context.refuse(
        "zones",
        "NatGatewayWithMultipleZonesNotSupported: a NAT gateway is in one zone, or in none that is named",
      );
    }
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const addresses = (inputs.publicIpAddresses ?? []).map(({ id }) => requireById(cloud, PUBLIC_IP, id ?? ""));
    for (const each of addresses) {
      requireSameRegion(locationOf(context), each, "Public IP address");
      // An address in a zone serves a gateway in that zone alone; one in all zones serves every gateway.
      const zones = texts(each.inputs["zones"]);
      const own = (inputs.zones ?? [])[0];
      if (zones.length === 1 && own !== zones[0]) {
        refuse(
          "ZonesMismatch",
          `Public IP address ${each.id} is in zone ${zones[0] ?? ""}, and the NAT gateway ${own === undefined ? "in no zone" : `in zone ${own}`}.`,
        );
      }
      const taken = cloud
        .list(NAT_GATEWAY)
        .find((gateway) =>
          blocks(gateway.inputs["publicIpAddresses"]).some((block) => byId(cloud, PUBLIC_IP, idIn(block)) === each),
        );
      if (taken !== undefined) {
        refuse("PublicIPAddressInUse", `Resource ${taken.id} is using public IP address ${each.id}.`);
      }
    }
    return { id: "", outputs: { idleTimeoutInMinutes: inputs.idleTimeoutInMinutes ?? 4, subnets: [] } };
  },
});

export const routeTypes: readonly ResourceType[] = [table, route, address, natGateway];
