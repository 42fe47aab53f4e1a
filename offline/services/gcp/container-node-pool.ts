import type { NodePoolArgs } from "@pulumi/gcp/container";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { nodesIn, requireSecondaryRange } from "./container-ranges";
import { isChannel, minorOf, resolveVersion, unsupported } from "./container-versions";
import { rfc1035 } from "./generic";
import { requirePrincipal } from "./iam";
import { nameIn, selfLink } from "./links";
import { findNamed } from "./lookups";
import { acceleratorProblem, acceleratorsOf, isArm, isMachineType } from "./machine-types";
import { zonesOf } from "./regions";
import { block, text, texts } from "./text";
import { CLUSTER, NODE_POOL, SUBNETWORK } from "./types";

type Inputs = Resolved<NodePoolArgs>;

// https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools

/** https://docs.cloud.google.com/kubernetes-engine/docs/concepts/node-images */
const IMAGES = ["COS_CONTAINERD", "UBUNTU_CONTAINERD", "WINDOWS_LTSC_CONTAINERD", "WINDOWS_SAC_CONTAINERD"];

const EFFECTS = ["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"];

const DEFAULT_MACHINE = "e2-medium";

function checkPool({ inputs, scope, refuse: report }: CheckContext<Inputs>): void {
  const { autoscaling, nodeConfig, maxPodsPerNode, nodeLocations } = inputs;
  if (autoscaling !== undefined) {
    for (const [low, high] of [
      ["minNodeCount", "maxNodeCount"],
      ["totalMinNodeCount", "totalMaxNodeCount"],
    ] as const) {
      const [least, most] = [autoscaling[low] ?? 0, autoscaling[high]];
      if (most !== undefined && least > most) {
        report(`autoscaling.${high}`, `${low} (${String(least)}) is greater than ${high} (${String(most)})`);
      }
    }
    const both = autoscaling.maxNodeCount !== undefined && autoscaling.totalMaxNodeCount !== undefined;
    if (both) report("autoscaling.totalMaxNodeCount", "conflicts with maxNodeCount: counts are by zone, or in all");
  }
  if (nodeConfig?.spot === true && nodeConfig.preemptible === true)
    report("nodeConfig.preemptible", "conflicts with spot");
  const image = nodeConfig?.imageType;
  if (image !== undefined && !IMAGES.includes(image.toUpperCase())) {
    report("nodeConfig.imageType", `Image type "${image}" is not supported: ${IMAGES.join(", ")}`);
  }
  for (const [index, { effect }] of (nodeConfig?.taints ?? []).entries()) {
    if (!EFFECTS.includes(effect)) {
      report(
        `nodeConfig.taints[${String(index)}].effect`,
        `expected effect to be one of ${EFFECTS.join(", ")}, got ${effect}`,
      );
    }
  }
  if (maxPodsPerNode !== undefined && (maxPodsPerNode < 8 || maxPodsPerNode > 256)) {
    report("maxPodsPerNode", `expected maxPodsPerNode to be in the range (8 - 256), got ${String(maxPodsPerNode)}`);
  }
  const zones = zonesOf(scope.region);
  for (const [index, zone] of (nodeLocations ?? []).entries()) {
    if (zones.length > 0 && !zones.includes(zone)) {
      report(
        `nodeLocations[${String(index)}]`,
        `zone "${zone}" is not in ${scope.region}, which has ${zones.join(", ")}`,
      );
    }
  }
}

/** The cluster of a pool, in the pool's own location. */
function clusterOf(context: CallContext<Inputs>): StoredResource {
  const { inputs, scope } = context;
  const location = scope.zone ?? scope.region;
  const found = findNamed(context, CLUSTER, inputs.cluster, scope.region);
  if (found !== undefined && (inputs.cluster.includes("/") || found.outputs["location"] === location)) return found;
  return refuse(
    "notFound",
    `Not found: projects/${scope.account}/locations/${location}/clusters/${nameIn(inputs.cluster)}.`,
  );
}

/** Zones that a pool has nodes in. */
function zonesFor(inputs: Inputs, cluster: StoredResource): readonly string[] {
  const own = inputs.nodeLocations ?? [];
  if (own.length > 0) return own;
  const location = text(cluster.outputs["location"]);
  const given = texts(cluster.outputs["nodeLocations"]);
  return given.length > 0 ? given : [location];
}

/** Nodes that a pool starts with, in all its zones. */
function nodesAtStart(inputs: Inputs, zones: number): number {
  const { autoscaling } = inputs;
  if (autoscaling?.totalMinNodeCount !== undefined && inputs.initialNodeCount === undefined)
    return autoscaling.totalMinNodeCount;
  return (inputs.nodeCount ?? inputs.initialNodeCount ?? autoscaling?.minNodeCount ?? 1) * zones;
}

function requirePossible(context: CallContext<Inputs>, cluster: StoredResource): string {
  const { inputs } = context;
  const zones = zonesFor(inputs, cluster);
  const machine = inputs.nodeConfig?.machineType ?? DEFAULT_MACHINE;
  const accelerators = inputs.nodeConfig?.guestAccelerators ?? [];
  for (const zone of zones) {
    const brings = acceleratorsOf(machine)?.type;
    if (isMachineType(machine, zone)) continue;
    // https://github.com/GoogleCloudPlatform/kubernetes-engine-samples/issues/1738
    if (brings !== undefined) refuse("badRequest", `Accelerator type "${brings}" does not exist in zone ${zone}.`);
    refuse("badRequest", `Machine type with name "${machine}" does not exist in zone "${zone}".`);
  }
  for (const { type, count } of accelerators) {
    const problem = acceleratorProblem(machine, type, count);
    if (problem !== undefined) refuse("badRequest", problem);
  }
  const pool = text(block(cluster.inputs["workloadIdentityConfig"])["workloadPool"]);
  if (inputs.nodeConfig?.workloadMetadataConfig?.mode === "GKE_METADATA" && pool === "") {
    refuse("badRequest", "Workload Metadata Config mode GKE_METADATA needs Workload Identity on the cluster.");
  }
  const account = inputs.nodeConfig?.serviceAccount;
  if (account !== undefined && account !== "default") requirePrincipal(context, `serviceAccount:${account}`);
  requireRoom(context, cluster, zones.length);
  return versionFor(inputs, cluster);
}

/** Refuses more nodes than the range of pods has room for, those of the cluster's other pools counted in. */
function requireRoom(context: CallContext<Inputs>, cluster: StoredResource, zones: number): void {
  const { inputs, cloud, urn } = context;
  const podRange = inputs.networkConfig?.podRange;
  const subnetwork = findNamed(context, SUBNETWORK, text(cluster.inputs["subnetwork"]), cluster.scope.region);
  const range =
    podRange === undefined || subnetwork === undefined
      ? text(cluster.outputs["clusterIpv4Cidr"])
      : requireSecondaryRange("Pod", podRange, subnetwork);
  const pods = inputs.maxPodsPerNode ?? Number(cluster.outputs["defaultMaxPodsPerNode"] ?? 110);
  const room = nodesIn(range, pods);
  const others = cloud
    .list(NODE_POOL, "anywhere")
    .filter((each) => each.id.startsWith(`${cluster.id}/`) && each.urn !== urn && podRange === undefined)
    .reduce((sum, { inputs: other, outputs }) => {
      const itsZones = texts(outputs["nodeLocations"]).length;
      return sum + nodesAtStart(other as unknown as Inputs, itsZones);
    }, 0);
  const wanted = nodesAtStart(inputs, zones);
  if (room > 0 && wanted + others > room) {
    refuse(
      "IP_SPACE_EXHAUSTED",
      `Instance creation failed: IP space of '${podRange ?? range}' is exhausted. ${String(wanted + others)} nodes with ${String(pods)} pods each are asked for, and ${range} has room for ${String(room)}.`,
    );
  }
}

/** https://docs.cloud.google.com/kubernetes-engine/docs/concepts/cluster-upgrades: never newer than the control plane, at most two minors older. */
function versionFor(inputs: Inputs, cluster: StoredResource): string {
  const master = text(cluster.outputs["masterVersion"]);
  if (inputs.version === undefined) return master;
  const channel = text(block(cluster.outputs["releaseChannel"])["channel"]);
  const known = isChannel(channel) ? channel : "REGULAR";
  const version = resolveVersion(known, inputs.version);
  if (version === undefined) return refuse("badRequest", unsupported("Node", inputs.version, known));
  if (minorOf(version) > minorOf(master)) {
    refuse("badRequest", `Node version "${version}" must not be newer than the master version "${master}".`);
  }
  if (minorOf(master) - minorOf(version) > 2) {
    refuse(
      "badRequest",
      `Node version "${version}" must be at most two minor versions older than the master version "${master}".`,
    );
  }
  return version;
}

const nodePool = resourceType<NodePoolArgs>({
  token: NODE_POOL,
  service: "container",
  actions: { create: "nodePools.create", update: "nodePools.update", delete: "nodePools.delete" },
  name: rfc1035(
    "name",
    40,
    "https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools",
  ),
  references: [
    {
      path: "cluster",
      to: CLUSTER,
      matches: (value, candidate, from) =>
        candidate.id === value || (candidate.scope.account === from.account && nameIn(candidate.id) === nameIn(value)),
      missing: { code: "notFound", message: "Not found: cluster {value}." },
    },
  ],
  check: checkPool,
  create: (context) => {
    const { inputs } = context;
    const cluster = clusterOf(context);
    const version = requirePossible(context, cluster);
    return { id: `${cluster.id}/nodePools/${inputs.name ?? ""}`, outputs: outputsOf(context, cluster, version) };
  },
  update: (context) => {
    const cluster = clusterOf(context);
    const version = requirePossible(context, cluster);
    return outputsOf(context, cluster, version);
  },
});

/** Taints that GKE adds: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/gpus, …/how-to/prepare-arm-workloads-for-deployment */
function addedTaints(inputs: Inputs): readonly Properties[] {
  const machine = inputs.nodeConfig?.machineType ?? DEFAULT_MACHINE;
  const gpus = (inputs.nodeConfig?.guestAccelerators ?? []).length > 0 || acceleratorsOf(machine) !== undefined;
  return [
    ...(gpus ? [{ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" }] : []),
    ...(isArm(machine) ? [{ key: "kubernetes.io/arch", value: "arm64", effect: "NO_SCHEDULE" }] : []),
  ];
}

function outputsOf({ inputs, scope, hex }: CallContext<Inputs>, cluster: StoredResource, version: string): Properties {
  const zones = zonesFor(inputs, cluster);
  const machine = inputs.nodeConfig?.machineType ?? DEFAULT_MACHINE;
  const groups = zones.map((zone) =>
    selfLink(
      `projects/${scope.account}/zones/${zone}/instanceGroupManagers/gke-${nameIn(cluster.id)}-${inputs.name ?? ""}-${hex(8)}-grp`,
    ),
  );
  const taints = (inputs.nodeConfig?.taints ?? []) as readonly Properties[];
  const perZone = inputs.nodeCount ?? inputs.initialNodeCount ?? inputs.autoscaling?.minNodeCount ?? 1;
  return {
    location: text(cluster.outputs["location"]),
    version,
    nodeCount: perZone,
    initialNodeCount: inputs.initialNodeCount ?? perZone,
    nodeLocations: zones,
    deletionPolicy: inputs.deletionPolicy ?? "DELETE",
    instanceGroupUrls: groups.map((each) => each.replace("instanceGroupManagers", "instanceGroups")),
    managedInstanceGroupUrls: groups,
    management: {
      autoRepair: inputs.management?.autoRepair ?? true,
      autoUpgrade: inputs.management?.autoUpgrade ?? true,
    },
    maxPodsPerNode: inputs.maxPodsPerNode ?? cluster.outputs["defaultMaxPodsPerNode"] ?? 110,
    namePrefix: inputs.namePrefix ?? "",
    nodeConfig: {
      ...(inputs.nodeConfig as unknown as Properties | undefined),
      machineType: machine,
      imageType: inputs.nodeConfig?.imageType ?? "COS_CONTAINERD",
      diskSizeGb: inputs.nodeConfig?.diskSizeGb ?? 100,
      diskType: inputs.nodeConfig?.diskType ?? "pd-balanced",
      serviceAccount: inputs.nodeConfig?.serviceAccount ?? "default",
      effectiveTaints: [...taints, ...addedTaints(inputs)],
    },
    nodeDrainConfigs: [],
    operation: "",
    upgradeSettings: {
      maxSurge: inputs.upgradeSettings?.maxSurge ?? 1,
      maxUnavailable: inputs.upgradeSettings?.maxUnavailable ?? 0,
      strategy: inputs.upgradeSettings?.strategy ?? "SURGE",
    },
  };
}

export const nodePoolTypes: readonly ResourceType[] = [nodePool];
