import type { HaVpnGatewayArgs, RouterArgs, RouterNatArgs } from "@pulumi/gcp/compute";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { formatAddress, parseCidr } from "../cidr";
import { inUse } from "./compute-network";
import { rfc1035 } from "./generic";
import { fullPath, link, nameIn, selfLink } from "./links";
import { findNamed } from "./lookups";
import { blocks, text } from "./text";
import { ADDRESS, HA_VPN_GATEWAY, NETWORK, ROUTER, ROUTER_NAT, SUBNETWORK } from "./types";

/** Numbers that a router may speak BGP with: https://docs.cloud.google.com/network-connectivity/docs/router/how-to/creating-routers */
function isPrivateAsn(asn: number): boolean {
  return (asn >= 64_512 && asn <= 65_534) || (asn >= 4_200_000_000 && asn <= 4_294_967_294) || asn === 16_550;
}

/** https://docs.cloud.google.com/network-connectivity/docs/router/quotas */
const ROUTERS_PER_NETWORK = 5;

const router = resourceType<RouterArgs>({
  token: ROUTER,
  service: "compute",
  actions: { create: "routers.insert", update: "routers.patch", delete: "routers.delete" },
  name: rfc1035(),
  references: [link("network", NETWORK)],
  inUse: inUse("router"),
  check: ({ inputs, refuse: report }) => {
    const { bgp } = inputs;
    if (bgp === undefined) return;
    if (!isPrivateAsn(bgp.asn)) {
      report(
        "bgp.asn",
        `Invalid value for field 'resource.bgp.asn': '${String(bgp.asn)}'. Must be a private ASN (64512 to 65534, 4200000000 to 4294967294) or 16550.`,
      );
    }
    const custom = bgp.advertiseMode === "CUSTOM";
    if (bgp.advertiseMode !== undefined && !["DEFAULT", "CUSTOM"].includes(bgp.advertiseMode)) {
      report("bgp.advertiseMode", `expected advertiseMode to be one of DEFAULT, CUSTOM, got ${bgp.advertiseMode}`);
    }
    const given = [bgp.advertisedGroups, bgp.advertisedIpRanges].some((each) => (each ?? []).length > 0);
    if (given && !custom)
      report("bgp.advertiseMode", "advertisedGroups and advertisedIpRanges need advertiseMode CUSTOM");
    for (const [index, { range }] of (bgp.advertisedIpRanges ?? []).entries()) {
      const problem = range.includes(":") ? undefined : parseCidr(range);
      if (typeof problem === "string") report(`bgp.advertisedIpRanges[${String(index)}].range`, problem);
    }
    const { keepaliveInterval } = bgp;
    if (keepaliveInterval !== undefined && (keepaliveInterval < 20 || keepaliveInterval > 60)) {
      report(
        "bgp.keepaliveInterval",
        `expected keepaliveInterval to be in the range (20 - 60), got ${String(keepaliveInterval)}`,
      );
    }
  },
  create: ({ inputs, scope, cloud }) => {
    const id = `projects/${scope.account}/regions/${scope.region}/routers/${inputs.name ?? ""}`;
    const network = selfLink(fullPath(inputs.network ?? "", scope.account, "global/networks"));
    const others = cloud.list(ROUTER).filter((each) => each.outputs["network"] === network);
    if (others.length >= ROUTERS_PER_NETWORK) {
      refuse("quotaExceeded", `a network has at most ${String(ROUTERS_PER_NETWORK)} routers in a region`);
    }
    return {
      id,
      outputs: {
        selfLink: selfLink(id),
        network,
        creationTimestamp: "2026-01-01T00:00:00.000-08:00",
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        ...(inputs.bgp === undefined
          ? {}
          : { bgp: { advertiseMode: "DEFAULT", keepaliveInterval: 20, identifierRange: "", ...inputs.bgp } }),
      },
    };
  },
});

const SOURCES = ["ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS"];

const routerNat = resourceType<RouterNatArgs>({
  token: ROUTER_NAT,
  service: "compute",
  actions: { create: "routers.patch", update: "routers.patch", delete: "routers.patch" },
  name: rfc1035(),
  references: [link("router", ROUTER), link("natIps[*]", ADDRESS), link("subnetworks[*].name", SUBNETWORK)],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const { sourceSubnetworkIpRangesToNat: source, natIpAllocateOption: option, subnetworks } = inputs;
    if (source !== undefined && !SOURCES.includes(source)) {
      report("sourceSubnetworkIpRangesToNat", `expected one of ${SOURCES.join(", ")}, got ${source}`);
    }
    const listed = isUnknown("subnetworks") || (subnetworks ?? []).length > 0;
    if (source !== undefined && (source === "LIST_OF_SUBNETWORKS") !== listed) {
      report("subnetworks", "subnetworks are listed with LIST_OF_SUBNETWORKS, and only then");
    }
    const natIps = isUnknown("natIps") || (inputs.natIps ?? []).length > 0;
    if (option === "MANUAL_ONLY" && !natIps && inputs.initialNatIps === undefined) {
      report("natIps", "MANUAL_ONLY needs natIps");
    }
    if (option === "AUTO_ONLY" && natIps) report("natIps", "natIps need natIpAllocateOption MANUAL_ONLY");
    const dynamic = inputs.enableDynamicPortAllocation === true;
    if (dynamic && inputs.enableEndpointIndependentMapping === true) {
      report("enableEndpointIndependentMapping", "cannot be on together with enableDynamicPortAllocation");
    }
    for (const property of ["minPortsPerVm", "maxPortsPerVm"] as const) {
      const ports = inputs[property];
      const isPower = ports === undefined || Number.isInteger(Math.log2(ports));
      if (dynamic && !isPower)
        report(property, `must be a power of two with dynamic port allocation, got ${String(ports)}`);
      if (ports !== undefined && (ports < 2 || ports > 65_536)) report(property, `2 to 65536, got ${String(ports)}`);
    }
    if (!dynamic && inputs.maxPortsPerVm !== undefined) report("maxPortsPerVm", "needs enableDynamicPortAllocation");
  },
  create: (context) => {
    const { inputs, scope } = context;
    const owner = requireSameNetwork(context);
    return {
      id: `${scope.account}/${scope.region}/${nameIn(owner?.id ?? inputs.router)}/${inputs.name ?? ""}`,
      outputs: natOutputs(inputs),
    };
  },
  update: (context) => {
    requireSameNetwork(context);
    return natOutputs(context.inputs);
  },
});

function natOutputs(inputs: Resolved<RouterNatArgs>) {
  return {
    autoNetworkTier: inputs.autoNetworkTier ?? "PREMIUM",
    deletionPolicy: inputs.deletionPolicy ?? "DELETE",
    drainNatIps: inputs.drainNatIps ?? [],
    enableDynamicPortAllocation: inputs.enableDynamicPortAllocation ?? false,
    enableEndpointIndependentMapping: inputs.enableEndpointIndependentMapping ?? false,
    endpointTypes: inputs.endpointTypes ?? ["ENDPOINT_TYPE_VM"],
    minPortsPerVm: inputs.minPortsPerVm ?? (inputs.enableDynamicPortAllocation === true ? 32 : 64),
    natIps: inputs.natIps ?? [],
  };
}

/** A NAT serves subnets of its router's network and region, and a subnet has one NAT for each of its ranges. */
function requireSameNetwork(context: CallContext<Resolved<RouterNatArgs>>) {
  const { inputs, scope, cloud, urn } = context;
  const owner = findNamed(context, ROUTER, inputs.router, scope.region);
  for (const { name } of inputs.subnetworks ?? []) {
    const subnetwork = findNamed(context, SUBNETWORK, name, scope.region);
    if (subnetwork === undefined) continue;
    if (subnetwork.scope.region !== scope.region || subnetwork.outputs["network"] !== owner?.outputs["network"]) {
      refuse(
        "invalid",
        `Invalid value for field 'resource.nats[0].subnetworks': subnetwork '${subnetwork.id}' is not in the region ${scope.region} and network of router '${owner?.id ?? inputs.router}'.`,
      );
    }
  }
  const all = SOURCES.slice(0, 2);
  for (const other of cloud.list(ROUTER_NAT)) {
    if (other.urn === urn) continue;
    const itsRouter = findNamed(context, ROUTER, text(other.inputs["router"]), scope.region);
    if (itsRouter?.outputs["network"] !== owner?.outputs["network"]) continue;
    const both = [inputs.sourceSubnetworkIpRangesToNat, text(other.inputs["sourceSubnetworkIpRangesToNat"])];
    const mine = (inputs.subnetworks ?? []).map(({ name }) => nameIn(name));
    const shared = blocks(other.inputs["subnetworks"]).find((each) => mine.includes(nameIn(text(each["name"]))));
    if (both.some((each) => all.includes(each)) || shared !== undefined) {
      refuse(
        "invalid",
        `Invalid value for field 'resource.nats[0].sourceSubnetworkIpRangesToNat': the ranges are served by NAT '${text(other.outputs["name"])}' of router '${itsRouter?.id ?? ""}' already.`,
      );
    }
  }
  return owner;
}

const haVpnGateway = resourceType<HaVpnGatewayArgs>({
  token: HA_VPN_GATEWAY,
  service: "compute",
  actions: { create: "vpnGateways.insert", update: "vpnGateways.setLabels", delete: "vpnGateways.delete" },
  name: rfc1035(),
  references: [link("network", NETWORK)],
  inUse: inUse("vpnGateway"),
  create: (context) => {
    const { inputs, scope } = context;
    const id = `projects/${scope.account}/regions/${scope.region}/vpnGateways/${inputs.name ?? ""}`;
    // Google takes the addresses of such gateways from 34.64.0.0/10 and 35.184.0.0/13.
    const addresses = [0, 1].map((index) =>
      formatAddress(0x23b80000 + index * 0x40000 + (Number.parseInt(context.hex(6), 16) % 0x40000)),
    );
    return {
      id,
      outputs: {
        selfLink: selfLink(id),
        network: selfLink(fullPath(inputs.network, scope.account, "global/networks")),
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        gatewayIpVersion: inputs.gatewayIpVersion ?? "IPV4",
        stackType: inputs.stackType ?? "IPV4_ONLY",
        labelFingerprint: "42WmSpB8rSM=",
        vpnInterfaces: addresses.map((ipAddress, index) => ({ interconnectAttachment: "", id: index, ipAddress })),
      },
    };
  },
});

export const routerTypes: readonly ResourceType[] = [router, routerNat, haVpnGateway];
