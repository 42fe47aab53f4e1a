import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { overlaps, parseCidr, type Range } from "../cidr";
import { names, selfLink } from "./links";
import { blocks, text } from "./text";
import { CLUSTER, NETWORK, SUBNETWORK } from "./types";

// https://docs.cloud.google.com/kubernetes-engine/docs/concepts/alias-ips

/** Prefix of the range that a node gets for its pods: twice as many addresses as pods. */
function nodePrefix(maxPodsPerNode: number): number {
  return 32 - Math.max(4, Math.ceil(Math.log2(maxPodsPerNode * 2)));
}

/** Nodes that find room in a range of pods. */
export function nodesIn(podRange: string, maxPodsPerNode: number): number {
  const range = parseCidr(podRange, false);
  return typeof range === "string" ? 0 : 2 ** Math.max(0, nodePrefix(maxPodsPerNode) - range.prefix);
}

/** The secondary range of a subnet that is called so. */
export function secondaryRange(subnetwork: StoredResource | undefined, name: string): string | undefined {
  const found = blocks(subnetwork?.inputs["secondaryIpRanges"]).find((each) => each["rangeName"] === name);
  return found === undefined ? undefined : text(found["ipCidrRange"]);
}

/** https://github.com/fabianlee/gcp-gke-clusters-ingress/issues/2 */
export function requireSecondaryRange(kind: "Pod" | "Services", name: string, subnetwork: StoredResource): string {
  const found = secondaryRange(subnetwork, name);
  if (found !== undefined) return found;
  const network = text(subnetwork.outputs["network"]) || selfLink(text(subnetwork.inputs["network"]));
  return refuse(
    "badRequest",
    `${kind} secondary range "${name}" not found in network "${network}", subnetwork "${text(subnetwork.outputs["name"])}".`,
  );
}

/** Fewest nodes that a range of pods must have room for: three bits. https://github.com/rancher/rancher/issues/36254 */
const LEAST_BITS = 3;

/** Refuses a range of pods that holds fewer than eight nodes. */
export function requirePodRange(podRange: string, maxPodsPerNode: number): void {
  const range = parseCidr(podRange, false);
  if (typeof range === "string") refuse("badRequest", range);
  const longest = nodePrefix(maxPodsPerNode) - LEAST_BITS;
  if (typeof range !== "string" && range.prefix > longest) {
    refuse(
      "badRequest",
      `Cluster CIDR range is greater than maximum (${String(range.prefix)} > ${String(longest)}). (${podRange} holds ${String(nodesIn(podRange, maxPodsPerNode))} nodes with ${String(maxPodsPerNode)} pods)`,
    );
  }
}

/** Prefixes of a range for Services: /16 to /28. */
const SERVICES_PREFIX = [16, 28] as const;

export function requireServicesRange(cidr: string): void {
  const range = parseCidr(cidr, false);
  const [least, most] = SERVICES_PREFIX;
  if (typeof range !== "string" && range.prefix >= least && range.prefix <= most) return;
  refuse("badRequest", `Services IPv4 CIDR range ${cidr} must have a prefix of /${String(least)} to /${String(most)}.`);
}

/** Refuses a range of control planes that is no /28 or that overlaps what the network or another cluster has. */
export function requireMasterRange(cloud: CloudView, network: string, cidr: string, self: string): void {
  const range = parseCidr(cidr);
  if (typeof range === "string" || range.prefix !== 28) {
    return refuse("badRequest", `Invalid master CIDR block "${cidr}": the range of the control plane is a /28.`);
  }
  const of = cloud.list(NETWORK, "anywhere").find((each) => names(network, each, { ...each.scope, region: "" }));
  const clash = of === undefined ? undefined : rangesOf(cloud, of, self).find((each) => overlaps(each.range, range));
  if (clash !== undefined) {
    refuse(
      "badRequest",
      `The given master_ipv4_cidr ${cidr} overlaps with an existing network ${clash.cidr} (${clash.of}).`,
    );
  }
}

function rangesOf(
  cloud: CloudView,
  network: StoredResource,
  self: string,
): readonly { cidr: string; of: string; range: Range }[] {
  const inNetwork = ({ inputs, scope }: StoredResource) => names(text(inputs["network"]), network, scope);
  const subnets = cloud.list(SUBNETWORK, "anywhere").filter(inNetwork);
  const clusters = cloud.list(CLUSTER, "anywhere").filter((each) => inNetwork(each) && each.id !== self);
  return [
    ...subnets.flatMap(({ id, inputs }) =>
      [inputs["ipCidrRange"], ...blocks(inputs["secondaryIpRanges"]).map((each) => each["ipCidrRange"])].map(
        (cidr) => ({
          of: id,
          cidr: text(cidr),
        }),
      ),
    ),
    ...clusters.flatMap(({ id, inputs }) =>
      blocks(inputs["privateClusterConfig"]).map((each) => ({ of: id, cidr: text(each["masterIpv4CidrBlock"]) })),
    ),
  ].flatMap(({ cidr, of }) => {
    const range = parseCidr(cidr, false);
    return typeof range === "string" ? [] : [{ cidr, of, range }];
  });
}
