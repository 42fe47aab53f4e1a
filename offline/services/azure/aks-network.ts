import { refuse } from "../../cloud/errors";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { Properties } from "../../cloud/value";
import { contains, overlaps, parseCidr, type Range } from "../cidr";
import { rangesOf, subnetPrefixes, subnetsOf } from "./network-ranges";
import { byId, childrenOf } from "./service-support";
import { block, blocks, idIn, text } from "./text";
import { ROUTE, ROUTE_TABLE, SUBNET } from "./types";

/** https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning and the typings of the network profile */
const DEFAULTS = { serviceCidr: "10.0.0.0/16", dnsServiceIP: "10.0.0.10", podCidr: "10.244.0.0/16" } as const;

/** Each node of an overlay has this range of its own: https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay */
const NODE_PREFIX = 24;

/** The network profile as the service completes it. */
export function networkProfile(inputs: Properties): Properties {
  const given = block(inputs["networkProfile"]);
  const plugin = text(given["networkPlugin"]) ?? "azure";
  const hasPodRange = given["networkPluginMode"] === "overlay" || plugin === "kubenet";
  const service = text(given["serviceCidr"]) ?? DEFAULTS.serviceCidr;
  const podCidr = text(given["podCidr"]) ?? (hasPodRange ? DEFAULTS.podCidr : undefined);
  return {
    networkPlugin: plugin,
    networkPolicy: "none",
    networkDataplane: "azure",
    loadBalancerSku: "standard",
    outboundType: "loadBalancer",
    ipFamilies: ["IPv4"],
    dnsServiceIP: DEFAULTS.dnsServiceIP,
    ...given,
    serviceCidr: service,
    serviceCidrs: [service],
    ...(podCidr === undefined ? {} : { podCidr, podCidrs: [podCidr] }),
  };
}

/** What is wrong with the profile by itself, by property. Sources beside each. */
export function profileProblems(inputs: Properties): readonly { readonly property: string; readonly reason: string }[] {
  const given = block(inputs["networkProfile"]);
  const profile = networkProfile(inputs);
  const problems: { property: string; reason: string }[] = [];
  const report = (property: string, reason: string) =>
    problems.push({ property: `networkProfile.${property}`, reason: `InvalidParameter: ${reason}` });
  const { networkPlugin, networkPluginMode, networkDataplane, networkPolicy } = profile;
  if (networkPluginMode === "overlay" && networkPlugin !== "azure")
    report("networkPluginMode", "overlay needs networkPlugin azure");
  // https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium
  if (networkDataplane === "cilium") {
    if (networkPlugin !== "azure") report("networkDataplane", "cilium needs networkPlugin azure");
    if (networkPolicy !== "cilium" && given["networkPolicy"] !== undefined && networkPolicy !== "none") {
      report("networkPolicy", `the data plane cilium needs networkPolicy cilium, not ${text(networkPolicy) ?? ""}`);
    }
    const hasPodSubnet = blocks(inputs["agentPoolProfiles"]).some((pool) => pool["podSubnetID"] !== undefined);
    if (networkPluginMode !== "overlay" && !hasPodSubnet) {
      report("networkDataplane", "cilium needs networkPluginMode overlay, or a podSubnetID on the pools");
    }
  } else if (networkPolicy === "cilium") report("networkPolicy", "cilium needs networkDataplane cilium");
  if (networkPolicy === "azure" && networkPlugin !== "azure")
    report("networkPolicy", "azure needs networkPlugin azure");
  if (profile["loadBalancerSku"] !== "standard" && profile["loadBalancerSku"] !== "Standard") {
    // https://learn.microsoft.com/azure/load-balancer/load-balancer-basic-upgrade-guidance
    report("loadBalancerSku", "load balancers of the SKU Basic were retired on 30 September 2025: take standard");
  }
  const service = parseCidr(text(profile["serviceCidr"]) ?? "");
  if (typeof service === "string") report("serviceCidr", service);
  else {
    if (service.prefix <= 12) report("serviceCidr", `must be smaller than /12, got /${String(service.prefix)}`);
    problems.push(...dnsProblems(text(profile["dnsServiceIP"]) ?? "", service));
  }
  const podCidr = text(profile["podCidr"]);
  const pods = podCidr === undefined ? undefined : parseCidr(podCidr);
  if (typeof pods === "string") report("podCidr", pods);
  else if (pods !== undefined && typeof service === "object" && overlaps(pods, service)) {
    report("podCidr", `${podCidr ?? ""} overlaps serviceCidr ${text(profile["serviceCidr"]) ?? ""}`);
  }
  return problems;
}

function dnsProblems(
  address: string,
  service: Range,
): readonly { readonly property: string; readonly reason: string }[] {
  const own = parseCidr(`${address}/32`);
  const isInside = typeof own === "object" && contains(service, own);
  if (isInside && own.first !== service.first && own.first !== service.first + 1) return [];
  const why = isInside ? "is one of the first addresses, which the service `kubernetes` has" : "is outside";
  return [{ property: "networkProfile.dnsServiceIP", reason: `InvalidParameter: "${address}" ${why} of serviceCidr` }];
}

/** Refuses ranges that the virtual network has, too few addresses, and a way out that is not there. */
export function checkClusterNetwork(cloud: CloudView, inputs: Properties, pools: readonly Properties[]): void {
  const profile = networkProfile(inputs);
  const subnets = pools.map((pool) => requireSubnet(cloud, pool));
  const [first] = subnets;
  if (first !== undefined) {
    const network = networkOf(first);
    const foreign = subnets.find((subnet) => subnet !== undefined && networkOf(subnet) !== network);
    if (foreign !== undefined)
      refuse(
        "InvalidParameter",
        `All pools of a cluster are in one virtual network: ${foreign.id} is not in ${network}.`,
      );
    checkOverlaps(cloud, profile, network);
  }
  const outbound = text(profile["outboundType"]);
  if (outbound === "userAssignedNATGateway" || outbound === "userDefinedRouting") {
    if (first === undefined)
      refuse(
        "InvalidParameter",
        `outboundType ${outbound} needs pools in a virtual network of your own: set vnetSubnetID.`,
      );
    for (const subnet of subnets) if (subnet !== undefined) checkWayOut(cloud, outbound, subnet);
  }
  // https://learn.microsoft.com/azure/aks/nat-gateway
  if (outbound === "managedNATGateway" && first !== undefined) {
    refuse(
      "InvalidParameter",
      "outboundType managedNATGateway is for clusters in a network that AKS makes: take userAssignedNATGateway.",
    );
  }
  checkPodRange(profile, pools);
}

export function requireSubnet(cloud: CloudView, pool: Properties): StoredResource | undefined {
  const id = text(pool["vnetSubnetID"]);
  if (id === undefined) return undefined;
  const subnet = byId(cloud, SUBNET, id);
  // https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/error-code-vnetsubnetidnotfound
  if (subnet === undefined) refuse("ResourceNotFound", `The Resource '${id}' of vnetSubnetID was not found.`);
  const [delegation] = blocks(subnet.inputs["delegations"]);
  if (delegation !== undefined) {
    refuse(
      "InvalidParameter",
      `Subnet ${id} is delegated to ${text(delegation["serviceName"]) ?? ""}: the nodes of a pool need one that is not.`,
    );
  }
  return subnet;
}

function networkOf({ id }: StoredResource): string {
  return id.replace(/\/subnets\/[^/]+$/i, "");
}

/** https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/error-code-servicecidroverlapexistingsubnetscidr */
function checkOverlaps(cloud: CloudView, profile: Properties, network: string): void {
  for (const subnet of subnetsOf(cloud, network)) {
    for (const range of rangesOf(subnetPrefixes(subnet.inputs))) {
      const where = `subnet ${subnet.id} (${subnetPrefixes(subnet.inputs).join(", ")})`;
      const service = text(profile["serviceCidr"]) ?? "";
      if (rangesOf([service]).some((each) => overlaps(each, range))) {
        refuse(
          "ServiceCidrOverlapExistingSubnetsCidr",
          `The specified service CIDR ${service} is conflicted with an existing ${where}.`,
        );
      }
      const pods = text(profile["podCidr"]);
      if (pods !== undefined && rangesOf([pods]).some((each) => overlaps(each, range))) {
        refuse("InvalidParameter", `The specified pod CIDR ${pods} is conflicted with an existing ${where}.`);
      }
    }
  }
}

/** https://learn.microsoft.com/azure/aks/nat-gateway and …/egress-outboundtype */
function checkWayOut(cloud: CloudView, outbound: string, subnet: StoredResource): void {
  if (outbound === "userAssignedNATGateway") {
    if (idIn(subnet.inputs["natGateway"]) !== undefined) return;
    refuse(
      "InvalidParameter",
      `outboundType userAssignedNATGateway needs a NAT gateway on subnet ${subnet.id}: set natGateway on it.`,
    );
  }
  const table = byId(cloud, ROUTE_TABLE, idIn(subnet.inputs["routeTable"]));
  const routes = [
    ...blocks(table?.inputs["routes"]),
    ...(table === undefined ? [] : childrenOf(cloud, ROUTE, table.id).map(({ inputs }) => inputs)),
  ];
  if (table === undefined || !routes.some((route) => route["addressPrefix"] === "0.0.0.0/0")) {
    refuse(
      "ExistingRouteTableNotAssociatedWithSubnet",
      `An existing route table with a route to 0.0.0.0/0 has not been associated with subnet ${subnet.id}.`,
    );
  }
}

/** Most nodes that a pool may come to have. */
function mostNodes(pool: Properties): number {
  const count = typeof pool["count"] === "number" ? pool["count"] : 1;
  return typeof pool["maxCount"] === "number" && pool["enableAutoScaling"] === true
    ? Math.max(pool["maxCount"], count)
    : count;
}

function checkPodRange(profile: Properties, pools: readonly Properties[]): void {
  const podCidr = text(profile["podCidr"]);
  if (profile["networkPluginMode"] !== "overlay" || podCidr === undefined) return;
  const [range] = rangesOf([podCidr]);
  const room = range === undefined ? 0 : 2 ** Math.max(0, NODE_PREFIX - range.prefix);
  const wanted = pools.reduce((sum, pool) => sum + mostNodes(pool), 0);
  if (wanted > room) {
    refuse(
      "InvalidParameter",
      `podCidr ${podCidr} has room for ${String(room)} nodes of /${String(NODE_PREFIX)} each, and the pools may have ${String(wanted)}.`,
    );
  }
}

/** https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/error-code-insufficientsubnetsize */
export function checkRoom(profile: Properties, subnet: StoredResource | undefined, pools: readonly Properties[]): void {
  if (subnet === undefined) return;
  const perNode = (pool: Properties) =>
    profile["networkPluginMode"] === "overlay" ||
    profile["networkPlugin"] === "kubenet" ||
    pool["podSubnetID"] !== undefined
      ? 1
      : 1 + (typeof pool["maxPods"] === "number" ? pool["maxPods"] : 30);
  const wanted = pools.reduce((sum, pool) => sum + mostNodes(pool) * perNode(pool), 0);
  const room = rangesOf(subnetPrefixes(subnet.inputs)).reduce(
    (sum, range) => sum + range.last - range.first + 1 - 5,
    0,
  );
  if (wanted > room) {
    refuse(
      "InsufficientSubnetSize",
      `Pre-allocated IPs ${String(wanted)} exceeds IPs available ${String(room)} in Subnet ${subnet.id}.`,
    );
  }
}
