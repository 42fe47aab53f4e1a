import { createHash } from "node:crypto";
import type { ClusterArgs } from "@pulumi/gcp/container";
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
import { clusterContents } from "../kubernetes/namespaces";
import { formatAddress, parseCidr } from "../cidr";
import { requireServiceKey } from "./cmek";
import { publicAddress } from "./compute-addresses";
import { requireMasterRange, requirePodRange, requireSecondaryRange, requireServicesRange } from "./container-ranges";
import { CHANNEL_NAMES, isChannel, minorOf, resolveVersion, unsupported, type ChannelName } from "./container-versions";
import { PROVIDER } from "./errors";
import { rfc1035 } from "./generic";
import { link } from "./links";
import { findNamed } from "./lookups";
import { projectNumber } from "./project";
import { zonesOf } from "./regions";
import { locationOf } from "./scope";
import { text } from "./text";
import { CLUSTER, NETWORK, NODE_POOL, SUBNETWORK } from "./types";

type Inputs = Resolved<ClusterArgs>;

// https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters

function checkCluster({ inputs, isUnknown, refuse: report, scope }: CheckContext<Inputs>): void {
  const channel = inputs.releaseChannel?.channel;
  if (channel !== undefined && !isChannel(channel)) {
    report("releaseChannel.channel", `expected channel to be one of ${CHANNEL_NAMES.join(", ")}, got ${channel}`);
  }
  const pods = inputs.defaultMaxPodsPerNode;
  if (pods !== undefined && (pods < 8 || pods > 256)) {
    report("defaultMaxPodsPerNode", `expected defaultMaxPodsPerNode to be in the range (8 - 256), got ${String(pods)}`);
  }
  const { datapathProvider, initialNodeCount, nodeLocations, workloadIdentityConfig } = inputs;
  if (
    datapathProvider !== undefined &&
    !["DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"].includes(datapathProvider)
  ) {
    report(
      "datapathProvider",
      `expected datapathProvider to be LEGACY_DATAPATH or ADVANCED_DATAPATH, got ${datapathProvider}`,
    );
  }
  if (initialNodeCount === 0) report("initialNodeCount", "Cluster.initial_node_count must be greater than zero.");
  const zones = zonesOf(scope.region);
  for (const [index, zone] of (nodeLocations ?? []).entries()) {
    if (zones.length > 0 && !zones.includes(zone)) {
      report(
        `nodeLocations[${String(index)}]`,
        `zone "${zone}" is not in ${scope.region}, which has ${zones.join(", ")}`,
      );
    }
  }
  const pool = workloadIdentityConfig?.workloadPool;
  if (pool !== undefined && !isUnknown("workloadIdentityConfig") && pool !== `${scope.account}.svc.id.goog`) {
    report(
      "workloadIdentityConfig.workloadPool",
      `Workload Identity Pool "${pool}" is invalid: it must be "${scope.account}.svc.id.goog"`,
    );
  }
  const autopilot = inputs.enableAutopilot === true;
  if (autopilot && inputs.removeDefaultNodePool === true)
    report("removeDefaultNodePool", "conflicts with enableAutopilot");
}

function channelOf(inputs: { readonly releaseChannel?: { readonly channel: string } | undefined }): ChannelName {
  const named = inputs.releaseChannel?.channel ?? "REGULAR";
  return isChannel(named) ? named : "REGULAR";
}

/** Refuses what only the cloud can know: ranges, versions, keys. */
function requirePossible(
  context: CallContext<Inputs>,
  id: string,
): { readonly version: string; readonly ranges: Ranges } {
  const { inputs, scope, cloud } = context;
  const noNodes =
    inputs.enableAutopilot !== true && inputs.initialNodeCount === undefined && (inputs.nodePools ?? []).length === 0;
  if (noNodes) refuse("badRequest", "Cluster.initial_node_count must be greater than zero.");
  if (inputs.datapathProvider === "ADVANCED_DATAPATH" && inputs.networkPolicy?.enabled === true) {
    refuse(
      "badRequest",
      "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed (yet).",
    );
  }
  const channel = channelOf(inputs);
  const version = resolveVersion(channel, inputs.minMasterVersion);
  if (version === undefined) return refuse("badRequest", unsupported("Master", inputs.minMasterVersion ?? "", channel));
  const network = inputs.network ?? "default";
  if (findNamed(context, NETWORK, network) === undefined) refuse("badRequest", `network "${network}" does not exist.`);
  const master = inputs.privateClusterConfig?.masterIpv4CidrBlock;
  if (master !== undefined) requireMasterRange(cloud, network, master, id);
  requireServiceKey(context, inputs.databaseEncryption?.keyName, "container.googleapis.com", [scope.region]);
  return { version, ranges: rangesFor(context) };
}

interface Ranges {
  readonly subnetwork: StoredResource | undefined;
  readonly pods: string;
  readonly services: string;
}

/** Ranges that GKE takes when none are given: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#defaults_limits */
const DEFAULT_RANGES = { pods: "10.0.0.0/14", services: "34.118.224.0/20" } as const;

function rangesFor(context: CallContext<Inputs>): Ranges {
  const { inputs, scope } = context;
  const policy = inputs.ipAllocationPolicy;
  const subnetwork =
    inputs.subnetwork === undefined ? undefined : findNamed(context, SUBNETWORK, inputs.subnetwork, scope.region);
  if (subnetwork !== undefined && subnetwork.scope.region !== scope.region) {
    refuse("badRequest", `Subnetwork "${subnetwork.id}" is not in region "${scope.region}".`);
  }
  const network = findNamed(context, NETWORK, inputs.network ?? "default");
  if (
    subnetwork !== undefined &&
    network !== undefined &&
    text(subnetwork.outputs["network"]) !== text(network.outputs["selfLink"])
  ) {
    // https://github.com/hashicorp/terraform-provider-google/issues/7895
    refuse("badRequest", `Subnetwork "${subnetwork.id}" is not valid for Network "${text(network.outputs["name"])}".`);
  }
  const { clusterSecondaryRangeName: pods, servicesSecondaryRangeName: services } = policy ?? {};
  if (pods !== undefined && pods === services) {
    // https://github.com/gruntwork-io/terraform-google-gke/issues/118
    refuse("badRequest", `Pod secondary range name (${pods}) should not be the same as service secondary range name.`);
  }
  if ((pods !== undefined || services !== undefined) && subnetwork === undefined) {
    refuse("badRequest", "Secondary range names need a subnetwork of one's own.");
  }
  const ranges = {
    subnetwork,
    pods:
      pods === undefined || subnetwork === undefined
        ? (policy?.clusterIpv4CidrBlock ?? DEFAULT_RANGES.pods)
        : requireSecondaryRange("Pod", pods, subnetwork),
    services:
      services === undefined || subnetwork === undefined
        ? (policy?.servicesIpv4CidrBlock ?? DEFAULT_RANGES.services)
        : requireSecondaryRange("Services", services, subnetwork),
  };
  if (ranges.pods.includes(".")) requirePodRange(ranges.pods, inputs.defaultMaxPodsPerNode ?? 110);
  if (ranges.services.includes(".")) requireServicesRange(ranges.services);
  return ranges;
}

const cluster = resourceType<ClusterArgs>({
  token: CLUSTER,
  service: "container",
  actions: { create: "clusters.create", update: "clusters.update", delete: "clusters.delete" },
  name: rfc1035(
    "name",
    40,
    "https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters",
  ),
  references: [
    { ...link("network", NETWORK), missing: { code: "badRequest", message: 'network "{value}" does not exist.' } },
    {
      ...link("subnetwork", SUBNETWORK),
      missing: { code: "badRequest", message: 'subnetwork "{value}" does not exist.' },
    },
  ],
  inUse: { code: "failedPrecondition", message: "cluster '{id}' is in use by '{holder}'" },
  check: checkCluster,
  create: (context) => {
    const { inputs, scope } = context;
    const id = `projects/${scope.account}/locations/${locationOf(context.inputs, scope)}/clusters/${inputs.name ?? ""}`;
    const { version, ranges } = requirePossible(context, id);
    return { id, outputs: outputsOf(context, id, version, ranges) };
  },
  update: (context) => {
    const { inputs, resource } = context;
    const now = text(resource.outputs["masterVersion"]);
    const { version, ranges } = requirePossible(context, resource.id);
    const wanted = inputs.minMasterVersion === undefined || minorOf(version) < minorOf(now) ? now : version;
    if (inputs.minMasterVersion !== undefined && minorOf(version) < minorOf(now)) {
      refuse("badRequest", `Master cannot be downgraded from ${now} to ${version}.`);
    }
    // https://docs.cloud.google.com/kubernetes-engine/docs/concepts/cluster-upgrades#skipping-versions
    if (minorOf(wanted) - minorOf(now) > 1) {
      refuse(
        "badRequest",
        `Master cannot be upgraded to "${wanted}": cannot upgrade the master more than a minor version at a time (it runs ${now}).`,
      );
    }
    return outputsOf(context, resource.id, wanted, ranges, resource.outputs);
  },
  delete: ({ resource, cloud, effects }) => {
    if ((resource.inputs["deletionProtection"] ?? true) === true) {
      refuse(
        PROVIDER,
        "Cannot destroy cluster because deletionProtection is set to true. Set it to false to proceed with cluster deletion: update it first, then delete.",
      );
    }
    // The pools that the service made go along with it.
    const own = cloud
      .list(NODE_POOL, "anywhere")
      .filter((each) => each.urn === undefined && each.id.startsWith(`${resource.id}/`));
    for (const gone of [...own, ...clusterContents(resource.id, cloud)]) effects.remove(gone);
  },
});

function outputsOf(
  context: CallContext<Inputs>,
  id: string,
  version: string,
  ranges: Ranges,
  before: Properties = {},
): Properties {
  const { inputs, scope } = context;
  const digits = createHash("sha256").update(`${id}|${context.urn}`).digest("hex");
  const given = inputs.privateClusterConfig;
  const isPrivate = given?.enablePrivateEndpoint === true;
  const byAddress = inputs.controlPlaneEndpointsConfig?.ipEndpointsConfig?.enabled ?? true;
  const master = parseCidr(given?.masterIpv4CidrBlock ?? "", false);
  const home = parseCidr(text(ranges.subnetwork?.inputs["ipCidrRange"]), false);
  const privateEndpoint =
    typeof master === "object"
      ? formatAddress(master.first + 2)
      : typeof home === "object"
        ? formatAddress(home.first + 2)
        : "";
  const publicEndpoint = text(before["publicAddress"]) || publicAddress({ hex: (count) => digits.slice(0, count) });
  const zones = inputs.nodeLocations ?? (scope.zone === undefined ? zonesOf(scope.region).slice(0, 3) : []);
  const external = inputs.controlPlaneEndpointsConfig?.dnsEndpointConfig?.allowExternalTraffic ?? false;
  return {
    selfLink: `https://container.googleapis.com/v1beta1/${id}`,
    endpoint: byAddress ? (isPrivate ? privateEndpoint : publicEndpoint) : "",
    masterVersion: version,
    nodeVersion: version,
    masterAuth: {
      clientCertificate: "",
      clientCertificateConfig: { issueClientCertificate: false },
      clientKey: "",
      clusterCaCertificate: certificate(digits),
    },
    privateClusterConfig: {
      enablePrivateEndpoint: isPrivate,
      enablePrivateNodes: given?.enablePrivateNodes ?? false,
      masterGlobalAccessConfig: { enabled: given?.masterGlobalAccessConfig?.enabled ?? false },
      masterIpv4CidrBlock: given?.masterIpv4CidrBlock ?? "",
      peeringName: "",
      privateEndpoint,
      privateEndpointSubnetwork: given?.privateEndpointSubnetwork ?? "",
      publicEndpoint: byAddress ? publicEndpoint : "",
    },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: {
        allowExternalTraffic: external,
        enableK8sCertsViaDns: inputs.controlPlaneEndpointsConfig?.dnsEndpointConfig?.enableK8sCertsViaDns ?? false,
        enableK8sTokensViaDns: inputs.controlPlaneEndpointsConfig?.dnsEndpointConfig?.enableK8sTokensViaDns ?? false,
        endpoint: `gke-${digits.slice(0, 28)}-${projectNumber(scope.account)}.${scope.region}.gke.goog`,
      },
      ipEndpointsConfig: { enabled: byAddress },
    },
    clusterIpv4Cidr: ranges.pods,
    servicesIpv4Cidr: ranges.services,
    ipAllocationPolicy: {
      stackType: "IPV4",
      ...inputs.ipAllocationPolicy,
      clusterIpv4CidrBlock: ranges.pods,
      servicesIpv4CidrBlock: ranges.services,
      clusterSecondaryRangeName: inputs.ipAllocationPolicy?.clusterSecondaryRangeName ?? "",
      servicesSecondaryRangeName: inputs.ipAllocationPolicy?.servicesSecondaryRangeName ?? "",
    },
    location: scope.zone ?? scope.region,
    nodeLocations: zones.map(text),
    datapathProvider: inputs.datapathProvider ?? "",
    defaultMaxPodsPerNode: inputs.defaultMaxPodsPerNode ?? 110,
    deletionPolicy: inputs.deletionPolicy ?? "DELETE",
    deletionProtection: inputs.deletionProtection ?? true,
    networkingMode: inputs.networkingMode ?? "VPC_NATIVE",
    releaseChannel: { channel: channelOf(inputs) },
    loggingService: inputs.loggingService ?? "logging.googleapis.com/kubernetes",
    monitoringService: inputs.monitoringService ?? "monitoring.googleapis.com/kubernetes",
    databaseEncryption: inputs.databaseEncryption ?? { keyName: "", state: "DECRYPTED" },
    workloadIdentityConfig: { workloadPool: inputs.workloadIdentityConfig?.workloadPool ?? "" },
    resourceLabels: inputs.resourceLabels ?? {},
    labelFingerprint: digits.slice(0, 8),
    operation: "",
    tpuIpv4CidrBlock: "",
  };
}

/** What stands for the certificate of the cluster's authority, as base64: no key belongs to it. */
function certificate(digits: string): string {
  const body =
    Buffer.from(digits.repeat(12))
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${body.join("\n")}\n-----END CERTIFICATE-----\n`).toString("base64");
}

export const clusterTypes: readonly ResourceType[] = [cluster];
