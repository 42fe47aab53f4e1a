import type { AddressArgs, ForwardingRuleArgs, GlobalAddressArgs } from "@pulumi/gcp/compute";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { contains, formatAddress, overlaps, parseCidr, type Range } from "../cidr";
import { decimal, inUse } from "./compute-network";
import { rfc1035 } from "./generic";
import { fullPath, link, names, selfLink } from "./links";
import { findNamed } from "./lookups";
import { blocks, text } from "./text";
import { ADDRESS, FORWARDING_RULE, GLOBAL_ADDRESS, NETWORK, SUBNETWORK } from "./types";

const CREATED = "2026-01-01T00:00:00.000-08:00";

/** https://docs.cloud.google.com/compute/docs/reference/rest/v1/globalAddresses */
const GLOBAL_PURPOSES = ["VPC_PEERING", "PRIVATE_SERVICE_CONNECT"];

/**
 * Least and greatest prefix of a range for private services access: /24 at the smallest.
 * https://docs.cloud.google.com/vpc/docs/configure-private-services-access
 */
const PEERING_PREFIX = [8, 24] as const;

const globalAddress = resourceType<GlobalAddressArgs>({
  token: GLOBAL_ADDRESS,
  service: "compute",
  actions: {
    create: "globalAddresses.insert",
    update: "globalAddresses.setLabels",
    delete: "globalAddresses.delete",
  },
  name: rfc1035(),
  references: [link("network", NETWORK)],
  inUse: inUse("address"),
  check: ({ inputs, isUnknown, refuse: report }) => {
    const { addressType, purpose, prefixLength, network, address } = inputs;
    if (addressType !== undefined && !["EXTERNAL", "INTERNAL"].includes(addressType)) {
      report("addressType", `expected addressType to be one of EXTERNAL, INTERNAL, got ${addressType}`);
    }
    if (purpose !== undefined && !GLOBAL_PURPOSES.includes(purpose)) {
      report("purpose", `expected purpose to be one of ${GLOBAL_PURPOSES.join(", ")}, got ${purpose}`);
    }
    if (purpose !== undefined && addressType !== "INTERNAL" && !isUnknown("addressType")) {
      report("addressType", `an address for ${purpose} must be INTERNAL`);
    }
    if (addressType === "INTERNAL" && network === undefined && !isUnknown("network")) {
      report("network", "an INTERNAL global address needs a network");
    }
    if (purpose === "VPC_PEERING") {
      const [least, most] = PEERING_PREFIX;
      if (prefixLength === undefined && !isUnknown("prefixLength")) {
        report("prefixLength", "Invalid value for field 'resource.prefixLength': a range for VPC_PEERING needs one");
      } else if (prefixLength !== undefined && (prefixLength < least || prefixLength > most)) {
        report(
          "prefixLength",
          `Invalid value for field 'resource.prefixLength': '${String(prefixLength)}'. A range for private services access has ${String(least)} to ${String(most)}.`,
        );
      }
    }
    if (purpose === "PRIVATE_SERVICE_CONNECT" && prefixLength !== undefined) {
      report("prefixLength", "an address for PRIVATE_SERVICE_CONNECT is a single one");
    }
    if (address !== undefined && prefixLength !== undefined) {
      const range = parseCidr(`${address}/${String(prefixLength)}`);
      if (typeof range === "string") report("address", `Invalid value for field 'resource.address': ${range}`);
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    const id = `projects/${scope.account}/global/addresses/${inputs.name ?? ""}`;
    const isRange = inputs.purpose === "VPC_PEERING";
    return {
      id,
      outputs: {
        selfLink: selfLink(id),
        address: isRange ? reserve(context) : (inputs.address ?? publicAddress(context)),
        addressType: inputs.addressType ?? "EXTERNAL",
        ...(inputs.network === undefined
          ? {}
          : { network: selfLink(fullPath(inputs.network, scope.account, "global/networks")) }),
        creationTimestamp: CREATED,
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        labelFingerprint: "42WmSpB8rSM=",
        prefixLength: inputs.prefixLength ?? 0,
      },
    };
  },
});

/** The first address of a free range of the network: the one asked for, else one of 10.0.0.0/8 that nothing overlaps. */
function reserve({ inputs, scope, cloud }: CallContext<Resolved<GlobalAddressArgs>>): string {
  const of = cloud.list(NETWORK, "anywhere").find((each) => names(inputs.network ?? "", each, scope));
  const used = of === undefined ? [] : rangesOf(cloud.list(SUBNETWORK, "anywhere"), cloud.list(GLOBAL_ADDRESS), of);
  const prefix = inputs.prefixLength ?? 24;
  if (inputs.address !== undefined) {
    const wanted = parseCidr(`${inputs.address}/${String(prefix)}`, false);
    const clash = typeof wanted === "string" ? undefined : used.find(({ range }) => overlaps(range, wanted));
    if (clash !== undefined) {
      refuse(
        "invalid",
        `Invalid value for field 'resource.address': '${inputs.address}'. Requested CIDR ${inputs.address}/${String(prefix)} conflicts with '${clash.id}'.`,
      );
    }
    return inputs.address;
  }
  const size = 2 ** (32 - prefix);
  for (let first = 0x0a000000; first + size <= 0x0b000000; first += size) {
    const range: Range = { first, last: first + size - 1, prefix };
    if (!used.some((other) => overlaps(other.range, range))) return formatAddress(first);
  }
  return refuse(
    "invalid",
    `no free range with prefix length ${String(prefix)} is left in network '${inputs.network ?? ""}'`,
  );
}

function rangesOf(subnets: readonly StoredResource[], reserved: readonly StoredResource[], of: StoredResource) {
  const inNetwork = ({ inputs, scope }: StoredResource) => names(text(inputs["network"]), of, scope);
  return [
    ...subnets.filter(inNetwork).flatMap(({ id, inputs }) =>
      [inputs["ipCidrRange"], ...blocks(inputs["secondaryIpRanges"]).map((each) => each["ipCidrRange"])].map(
        (cidr) => ({
          id,
          cidr: text(cidr),
        }),
      ),
    ),
    ...reserved
      .filter((each) => inNetwork(each) && each.inputs["purpose"] === "VPC_PEERING")
      .map(({ id, outputs }) => ({ id, cidr: `${text(outputs["address"])}/${text(outputs["prefixLength"])}` })),
  ].flatMap(({ id, cidr }) => {
    const range = parseCidr(cidr, false);
    return typeof range === "string" ? [] : [{ id, range }];
  });
}

/** An address of 34.64.0.0/10, which Google hands out. */
export function publicAddress(context: Pick<CallContext<unknown>, "hex">): string {
  return formatAddress(0x22400000 + (Number.parseInt(context.hex(6), 16) % 0x400000));
}

/** https://docs.cloud.google.com/compute/docs/reference/rest/v1/addresses */
const PURPOSES = [
  "GCE_ENDPOINT",
  "SHARED_LOADBALANCER_VIP",
  "VPC_PEERING",
  "IPSEC_INTERCONNECT",
  "PRIVATE_SERVICE_CONNECT",
];

const address = resourceType<AddressArgs>({
  token: ADDRESS,
  service: "compute",
  actions: { create: "addresses.insert", update: "addresses.setLabels", delete: "addresses.delete" },
  name: rfc1035(),
  references: [link("network", NETWORK), link("subnetwork", SUBNETWORK)],
  inUse: inUse("address"),
  check: ({ inputs, refuse: report }) => {
    const { addressType, purpose, networkTier, subnetwork } = inputs;
    if (purpose !== undefined && !PURPOSES.includes(purpose)) {
      report("purpose", `expected purpose to be one of ${PURPOSES.join(", ")}, got ${purpose}`);
    }
    if (subnetwork !== undefined && addressType !== "INTERNAL") {
      report("subnetwork", "Subnetwork cannot be specified for external address");
    }
    if (networkTier !== undefined && addressType === "INTERNAL") {
      report("networkTier", "networkTier is for EXTERNAL addresses");
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    const id = `projects/${scope.account}/regions/${scope.region}/addresses/${inputs.name ?? ""}`;
    const isInternal = inputs.addressType === "INTERNAL";
    const home =
      inputs.subnetwork === undefined ? undefined : findNamed(context, SUBNETWORK, inputs.subnetwork, scope.region);
    return {
      id,
      outputs: {
        selfLink: selfLink(id),
        address: inputs.address === undefined ? free(context, home) : inside(inputs.address, home),
        addressId: decimal(context),
        addressType: inputs.addressType ?? "EXTERNAL",
        creationTimestamp: CREATED,
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        labelFingerprint: "42WmSpB8rSM=",
        networkTier: isInternal ? "" : (inputs.networkTier ?? "PREMIUM"),
        prefixLength: inputs.prefixLength ?? 0,
        purpose: inputs.purpose ?? (isInternal ? "GCE_ENDPOINT" : ""),
        subnetwork: home === undefined ? "" : selfLink(home.id),
        users: [],
      },
    };
  },
});

function inside(wanted: string, home: StoredResource | undefined): string {
  const range = parseCidr(text(home?.inputs["ipCidrRange"]), false);
  const single = parseCidr(`${wanted}/32`, false);
  if (typeof range === "string" || typeof single === "string" || contains(range, single)) return wanted;
  return refuse(
    "invalid",
    `Invalid value for field 'resource.address': '${wanted}'. Requested internal IP address is not part of the subnetwork '${home?.id ?? ""}'.`,
  );
}

/** An address of the subnet beyond the ones that Google keeps, or a public one. */
export function free(context: Pick<CallContext<unknown>, "hex">, home: StoredResource | undefined): string {
  const range = parseCidr(text(home?.inputs["ipCidrRange"]), false);
  if (typeof range === "string") return publicAddress(context);
  // The first two and the last two are taken: https://docs.cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet
  const room = range.last - range.first - 3;
  return formatAddress(range.first + 2 + (Number.parseInt(context.hex(6), 16) % room));
}

const forwardingRule = resourceType<ForwardingRuleArgs>({
  token: FORWARDING_RULE,
  service: "compute",
  actions: { create: "forwardingRules.insert", update: "forwardingRules.patch", delete: "forwardingRules.delete" },
  name: rfc1035(),
  references: [
    link("network", NETWORK),
    link("subnetwork", SUBNETWORK),
    { ...link("ipAddress", ADDRESS), missing: { code: "notFound", message: "The resource '{value}' was not found" } },
  ].map((reference) => (reference.path === "ipAddress" ? { ...reference, matches: namesAddress } : reference)),
  create: (context) => {
    const { inputs, scope } = context;
    const id = `projects/${scope.account}/regions/${scope.region}/forwardingRules/${inputs.name ?? ""}`;
    const isService = (inputs.target ?? "").includes("/serviceAttachments/");
    if (isService && inputs.loadBalancingScheme !== undefined && inputs.loadBalancingScheme !== "") {
      refuse(
        "invalid",
        "Invalid value for field 'resource.loadBalancingScheme': a forwarding rule for a service attachment has an empty one.",
      );
    }
    return {
      id,
      outputs: {
        selfLink: selfLink(id),
        ipAddress: addressOf(context),
        ipProtocol: inputs.ipProtocol ?? (isService ? "" : "TCP"),
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        labelFingerprint: "42WmSpB8rSM=",
        ...(isService ? { pscConnectionId: decimal(context), pscConnectionStatus: "ACCEPTED" } : {}),
      },
    };
  },
});

/** An address may be given as a literal, too. */
function namesAddress(value: string, candidate: StoredResource, from: StoredResource["scope"]): boolean {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(value)) return candidate.outputs["address"] === value;
  return names(value, candidate, from);
}

function addressOf(context: CallContext<Resolved<ForwardingRuleArgs>>): string {
  const { inputs, scope, cloud } = context;
  const given = inputs.ipAddress ?? "";
  const reserved = cloud.list(ADDRESS).find((each) => namesAddress(given, each, scope));
  if (reserved !== undefined) return text(reserved.outputs["address"]);
  const home =
    inputs.subnetwork === undefined ? undefined : findNamed(context, SUBNETWORK, inputs.subnetwork, scope.region);
  return given === "" ? free(context, home) : given;
}

export const addressTypes: readonly ResourceType[] = [globalAddress, address, forwardingRule];
