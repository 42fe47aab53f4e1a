import type { NetworkArgs, SubnetworkArgs } from "@pulumi/gcp/compute";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { contains, formatAddress, overlaps, parseCidr, type Range } from "../cidr";
import { rfc1035 } from "./generic";
import { fullPath, link, names, selfLink } from "./links";
import { isRegion, regions } from "./regions";
import { blocks, text } from "./text";
import { GLOBAL_ADDRESS, NETWORK, SUBNETWORK } from "./types";

// Sizes and ranges: https://docs.cloud.google.com/vpc/docs/subnets
// Error texts: https://docs.cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors

/** https://docs.cloud.google.com/compute/docs/reference/rest/v1/networks/delete */
const IN_USE = {
  code: "resourceInUseByAnotherResource",
  message: "The {kind} resource '{id}' is already being used by '{holder}'",
};

/** The error of a deletion while another resource uses this one. */
export function inUse(kind: string): { readonly code: string; readonly message: string } {
  return { ...IN_USE, message: IN_USE.message.replace("{kind}", kind) };
}

/** Networks of a project: https://docs.cloud.google.com/vpc/docs/quota */
const NETWORKS = 15;

const network = resourceType<NetworkArgs>({
  token: NETWORK,
  service: "compute",
  actions: { create: "networks.insert", update: "networks.patch", delete: "networks.delete" },
  name: rfc1035(),
  inUse: inUse("network"),
  check: ({ inputs, refuse: report }) => {
    const { mtu, routingMode } = inputs;
    if (mtu !== undefined && (mtu < 1300 || mtu > 8896)) {
      report("mtu", `expected mtu to be in the range (1300 - 8896), got ${String(mtu)}`);
    }
    if (routingMode !== undefined && !["REGIONAL", "GLOBAL"].includes(routingMode)) {
      report("routingMode", `expected routingMode to be one of REGIONAL, GLOBAL, got ${routingMode}`);
    }
  },
  create: (context) => {
    const { inputs, scope, cloud, effects } = context;
    if (cloud.list(NETWORK).length >= NETWORKS) {
      refuse("quotaExceeded", `Quota 'NETWORKS' exceeded.  Limit: ${String(NETWORKS)}.0 globally.`);
    }
    const name = inputs.name ?? "";
    const id = `projects/${scope.account}/global/networks/${name}`;
    const isAuto = inputs.autoCreateSubnetworks ?? true;
    if (isAuto) {
      for (const [index, region] of regions().entries()) {
        effects.put(autoSubnetwork(context, region, `10.${String(128 + index * 2)}.0.0/20`));
      }
    }
    return {
      id,
      outputs: {
        selfLink: selfLink(id),
        autoCreateSubnetworks: isAuto,
        bgpAlwaysCompareMed: inputs.bgpAlwaysCompareMed ?? false,
        bgpBestPathSelectionMode: inputs.bgpBestPathSelectionMode ?? "LEGACY",
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        gatewayIpv4: "",
        internalIpv6Range: "",
        mtu: inputs.mtu ?? 1460,
        networkId: decimal(context),
        numericId: decimal(context),
        networkFirewallPolicyEnforcementOrder: inputs.networkFirewallPolicyEnforcementOrder ?? "AFTER_CLASSIC_FIREWALL",
        routingMode: inputs.routingMode ?? "REGIONAL",
      },
    };
  },
  delete: ({ resource, cloud, effects }) => {
    // The service takes the subnets along that it made itself.
    const own = cloud.list(SUBNETWORK, "anywhere").filter((each) => isOf(each, resource) && each.urn === undefined);
    for (const subnetwork of own) effects.remove(subnetwork);
  },
});

/** https://docs.cloud.google.com/vpc/docs/subnets#ip-ranges: a /20 of 10.128.0.0/9 in each region. */
function autoSubnetwork({ inputs, scope }: CallContext<Resolved<NetworkArgs>>, region: string, ipCidrRange: string) {
  const name = inputs.name ?? "";
  const id = `projects/${scope.account}/regions/${region}/subnetworks/${name}`;
  const made = { name, region, ipCidrRange, network: selfLink(`projects/${scope.account}/global/networks/${name}`) };
  const outputs = {
    ...made,
    project: scope.account,
    selfLink: selfLink(id),
    purpose: "PRIVATE",
    secondaryIpRanges: [],
  };
  return { type: SUBNETWORK, id, scope: { account: scope.account, region }, inputs: made, outputs };
}

/** 19 digits, as Compute Engine numbers its resources. */
export function decimal({ hex }: Pick<CallContext<unknown>, "hex">): string {
  return String(1_000_000_000_000_000_000n + (BigInt(`0x${hex(15)}`) % 8_000_000_000_000_000_000n));
}

function isOf(subnetwork: StoredResource, of: StoredResource): boolean {
  return names(text(subnetwork.inputs["network"]), of, subnetwork.scope);
}

interface Taken {
  readonly cidr: string;
  readonly range: Range;
  readonly by: string;
}

/** Ranges that a network has handed out, other than those of the subnet `but`. */
function taken(cloud: CloudView, of: StoredResource, but: string): readonly Taken[] {
  const subnets = cloud.list(SUBNETWORK, "anywhere").filter((each) => each.id !== but && isOf(each, of));
  const reserved = cloud
    .list(GLOBAL_ADDRESS, "anywhere")
    .filter(
      ({ inputs, scope }) => inputs["purpose"] === "VPC_PEERING" && names(text(inputs["network"]), of, { ...scope }),
    );
  return [
    ...subnets.flatMap((each) =>
      rangesOf(each.inputs).map((cidr) => ({
        cidr,
        by: `existing subnetwork '${each.id}' in region '${each.scope.region}'`,
      })),
    ),
    ...reserved.map(({ id, outputs }) => ({
      cidr: `${text(outputs["address"])}/${text(outputs["prefixLength"])}`,
      by: `reserved IP range '${id}'`,
    })),
  ].flatMap(({ cidr, by }) => {
    const range = parseCidr(cidr, false);
    return typeof range === "string" ? [] : [{ cidr, range, by }];
  });
}

/** The primary range of a subnet, then its secondary ones. */
function rangesOf(inputs: StoredResource["inputs"]): readonly string[] {
  return [inputs["ipCidrRange"], ...blocks(inputs["secondaryIpRanges"]).map((each) => each["ipCidrRange"])].map(text);
}

/** Purposes with rules of their own: https://docs.cloud.google.com/vpc/docs/subnets#purpose */
const PURPOSES = [
  "PRIVATE",
  "REGIONAL_MANAGED_PROXY",
  "GLOBAL_MANAGED_PROXY",
  "PRIVATE_SERVICE_CONNECT",
  "PEER_MIGRATION",
  "PRIVATE_NAT",
];

/** Longest prefix of a subnet's ranges; proxies want room for 64 addresses. */
const MIN_PREFIX: Readonly<Record<string, number>> = { REGIONAL_MANAGED_PROXY: 26, GLOBAL_MANAGED_PROXY: 26 };

const subnetwork = resourceType<SubnetworkArgs>({
  token: SUBNETWORK,
  service: "compute",
  actions: { create: "subnetworks.insert", update: "subnetworks.patch", delete: "subnetworks.delete" },
  name: rfc1035(),
  references: [link("network", NETWORK)],
  inUse: inUse("subnetwork"),
  check: ({ inputs, isUnknown, refuse: report }) => {
    const { purpose, ipCidrRange, role } = inputs;
    if (purpose !== undefined && !PURPOSES.includes(purpose)) {
      report("purpose", `expected purpose to be one of ${PURPOSES.join(", ")}, got ${purpose}`);
    }
    if (role !== undefined && !(purpose ?? "").endsWith("MANAGED_PROXY")) {
      report("role", "role can only be set for a subnetwork whose purpose is a managed proxy");
    }
    if (ipCidrRange === undefined && !isUnknown("ipCidrRange") && inputs.reservedInternalRange === undefined) {
      report("ipCidrRange", "one of `ipCidrRange`, `reservedInternalRange` must be specified");
    }
    const secondary = inputs.secondaryIpRanges ?? [];
    const given = secondary.map(({ rangeName }) => rangeName);
    for (const name of new Set(given.filter((each, index) => given.indexOf(each) !== index))) {
      report("secondaryIpRanges", `two secondary ranges are called "${name}"`);
    }
    for (const [index, { rangeName }] of secondary.entries()) {
      if (/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(rangeName)) continue;
      report(
        `secondaryIpRanges[${String(index)}].rangeName`,
        `Invalid value for field 'resource.secondaryIpRanges[${String(index)}].rangeName': '${rangeName}'. Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'`,
      );
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    const id = `projects/${scope.account}/regions/${scope.region}/subnetworks/${inputs.name ?? ""}`;
    if (!isRegion(scope.region))
      refuse("notFound", `The resource 'projects/${scope.account}/regions/${scope.region}' was not found`);
    requireRoom(context, id);
    return { id, outputs: outputsOf(context, id) };
  },
  update: (context) => {
    requireRoom(context, context.resource.id);
    refuseUsedRanges(context);
    return outputsOf(context, context.resource.id);
  },
  // It may grow in place: https://docs.cloud.google.com/vpc/docs/create-modify-vpc-networks#expand-subnet
  replacesWhen: (before, after) => {
    const [old, now] = [parseCidr(text(before["ipCidrRange"]), false), parseCidr(text(after["ipCidrRange"]), false)];
    if (typeof old === "string" || typeof now === "string" || contains(now, old)) return [];
    return ["ipCidrRange"];
  },
});

/** Refuses ranges that are none, too small, or overlap another of the network. */
function requireRoom({ inputs, scope, cloud }: CallContext<Resolved<SubnetworkArgs>>, id: string): void {
  const of = cloud.list(NETWORK, "anywhere").find((each) => names(inputs.network, each, scope));
  const others: Taken[] = of === undefined ? [] : [...taken(cloud, of, id)];
  const longest = MIN_PREFIX[inputs.purpose ?? ""] ?? 29;
  const own = [
    ["resource.ipCidrRange", inputs.ipCidrRange],
    ...(inputs.secondaryIpRanges ?? []).map(
      ({ ipCidrRange }, index) => [`resource.secondaryIpRanges[${String(index)}].ipCidrRange`, ipCidrRange] as const,
    ),
  ] as const;
  for (const [field, cidr] of own) {
    if (cidr === undefined) continue;
    const invalid = `Invalid value for field '${field}': '${cidr}'.`;
    const range = parseCidr(cidr);
    if (typeof range === "string")
      return refuse("invalid", `${invalid} Must be a valid IPV4 CIDR address range: ${range}.`);
    if (range.prefix < 4 || range.prefix > longest) {
      refuse("invalid", `${invalid} Prefix length must be between 4 and ${String(longest)}, inclusive.`);
    }
    const clash = others.find((other) => overlaps(other.range, range));
    if (clash !== undefined) {
      refuse("invalid", `${invalid} Invalid IPCidrRange: ${cidr} conflicts with ${clash.by} (${clash.cidr}).`);
    }
    others.push({ cidr, range, by: `another range of subnetwork '${id}'` });
  }
}

/** A secondary range that a cluster uses cannot go. */
function refuseUsedRanges({
  resource,
  inputs,
  cloud,
}: CallContext<Resolved<SubnetworkArgs>> & { resource: StoredResource }): void {
  const kept = (inputs.secondaryIpRanges ?? []).map(
    ({ rangeName, ipCidrRange }) => `${rangeName} ${ipCidrRange ?? ""}`,
  );
  for (const range of blocks(resource.inputs["secondaryIpRanges"])) {
    const [name, cidr] = [text(range["rangeName"]), text(range["ipCidrRange"])];
    if (kept.includes(`${name} ${cidr}`)) continue;
    const user = cloud.list("gcp:container/cluster:Cluster", "anywhere").find(({ inputs: cluster, scope }) => {
      const policy = JSON.stringify(cluster["ipAllocationPolicy"] ?? {});
      return names(text(cluster["subnetwork"]), resource, scope) && policy.includes(`"${name}"`);
    });
    if (user === undefined) continue;
    refuse(
      "invalid",
      `Invalid value for field 'resource.secondaryIpRanges': secondary range '${name}' of '${resource.id}' is in use by '${user.id}'.`,
    );
  }
}

function outputsOf(context: CallContext<Resolved<SubnetworkArgs>>, id: string) {
  const { inputs, scope } = context;
  const range = parseCidr(inputs.ipCidrRange ?? "", false);
  const of = fullPath(inputs.network, scope.account, "global/networks");
  return {
    selfLink: selfLink(id),
    network: selfLink(of),
    allowSubnetCidrRoutesOverlap: inputs.allowSubnetCidrRoutesOverlap ?? false,
    creationTimestamp: "2026-01-01T00:00:00.000-08:00",
    deletionPolicy: inputs.deletionPolicy ?? "DELETE",
    gatewayAddress: typeof range === "string" ? "" : formatAddress(range.first + 1),
    externalIpv6Prefix: "",
    internalIpv6Prefix: "",
    ipv6CidrRange: "",
    ipv6GceEndpoint: "",
    privateIpGoogleAccess: inputs.privateIpGoogleAccess ?? false,
    privateIpv6GoogleAccess: inputs.privateIpv6GoogleAccess ?? "DISABLE_GOOGLE_ACCESS",
    purpose: inputs.purpose ?? "PRIVATE",
    secondaryIpRanges: (inputs.secondaryIpRanges ?? []).map((each) => ({ reservedInternalRange: "", ...each })),
    stackType: inputs.stackType ?? "IPV4_ONLY",
    state: "READY",
    subnetworkId: Number.parseInt(context.hex(12), 16),
  };
}

export const networkTypes: readonly ResourceType[] = [network, subnetwork];
