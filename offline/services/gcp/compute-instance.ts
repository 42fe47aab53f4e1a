import type { InstanceArgs } from "@pulumi/gcp/compute";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { free, publicAddress } from "./compute-addresses";
import { decimal } from "./compute-network";
import { PROVIDER } from "./errors";
import { rfc1035 } from "./generic";
import { requirePrincipal } from "./iam";
import { link, selfLink } from "./links";
import { findNamed } from "./lookups";
import { isMachineType } from "./machine-types";
import { projectNumber } from "./project";
import { text } from "./text";
import { INSTANCE, NETWORK, SUBNETWORK } from "./types";

type Inputs = Resolved<InstanceArgs>;

// https://docs.cloud.google.com/compute/docs/reference/rest/v1/instances

/** Changes that need the machine to be stopped: https://docs.cloud.google.com/compute/docs/instances/changing-machine-type-of-stopped-instance */
const STOPPED = ["machineType", "minCpuPlatform", "serviceAccount", "shieldedInstanceConfig", "enableDisplay"] as const;

const instance = resourceType<InstanceArgs>({
  token: INSTANCE,
  service: "compute",
  actions: { create: "instances.insert", update: "instances.update", delete: "instances.delete" },
  name: rfc1035(),
  references: [link("networkInterfaces[*].network", NETWORK), link("networkInterfaces[*].subnetwork", SUBNETWORK)],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const interfaces = inputs.networkInterfaces ?? [];
    if (interfaces.length === 0 && !isUnknown("networkInterfaces")) {
      report("networkInterfaces", "at least one network interface is needed");
    }
    for (const [index, each] of interfaces.entries()) {
      const at = `networkInterfaces[${String(index)}]`;
      const given = (["network", "subnetwork", "networkAttachment"] as const).some(
        (key) => each[key] !== undefined || isUnknown(`${at}.${key}`),
      );
      if (!given) report(at, "exactly one of network, subnetwork, or network_attachment must be provided");
    }
    const spot = inputs.scheduling?.provisioningModel === "SPOT" || inputs.scheduling?.preemptible;
    if (spot && inputs.scheduling.automaticRestart === true) {
      report("scheduling.automaticRestart", "must be false for a machine that can be taken back");
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    const zone = scope.zone ?? "";
    requireMachine(context, zone);
    const account = inputs.serviceAccount?.email;
    if (account !== undefined) requirePrincipal(context, `serviceAccount:${account}`);
    const id = `projects/${scope.account}/zones/${zone}/instances/${inputs.name ?? ""}`;
    return { id, outputs: outputsOf(context, id) };
  },
  update: (context) => {
    const { inputs, oldInputs, scope, resource } = context;
    requireMachine(context, scope.zone ?? "");
    const changed = STOPPED.filter((key) => JSON.stringify(inputs[key]) !== JSON.stringify(oldInputs[key]));
    if (changed.length > 0 && inputs.allowStoppingForUpdate !== true && oldInputs.allowStoppingForUpdate !== true) {
      refuse(
        PROVIDER,
        `Changing the ${changed.join(", ")} on a started instance requires stopping it. To acknowledge this, please set allowStoppingForUpdate = true in your config. (${resource.id})`,
      );
    }
    return { machineType: inputs.machineType, labelFingerprint: "42WmSpB8rSM=" };
  },
  delete: ({ resource }) => {
    if (resource.inputs["deletionProtection"] !== true) return;
    refuse(
      "resourceInUseByAnotherResource",
      `Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion.' (${resource.id})`,
    );
  },
});

function requireMachine({ inputs, scope }: CallContext<Inputs>, zone: string): void {
  const machine = inputs.machineType.slice(inputs.machineType.lastIndexOf("/") + 1);
  if (isMachineType(machine, zone)) return;
  refuse(
    "invalid",
    `Invalid value for field 'resource.machineType': 'https://compute.googleapis.com/compute/v1/projects/${scope.account}/zones/${zone}/machineTypes/${machine}'. Machine type with name '${machine}' does not exist in zone '${zone}'.`,
  );
}

function outputsOf(context: CallContext<Inputs>, id: string): Properties {
  const { inputs, scope } = context;
  return {
    selfLink: selfLink(id),
    instanceId: decimal(context),
    currentStatus: "RUNNING",
    cpuPlatform: "Intel Broadwell",
    creationTimestamp: "2026-01-01T00:00:00.000-08:00",
    deletionPolicy: inputs.deletionPolicy ?? "DELETE",
    deletionProtection: inputs.deletionProtection ?? false,
    labelFingerprint: "42WmSpB8rSM=",
    metadataFingerprint: "42WmSpB8rSM=",
    tagsFingerprint: "42WmSpB8rSM=",
    minCpuPlatform: inputs.minCpuPlatform ?? "",
    networkInterfaces: inputs.networkInterfaces.map((each, index) => {
      const home =
        each.subnetwork === undefined ? undefined : findNamed(context, SUBNETWORK, each.subnetwork, scope.region);
      const network = text(home?.outputs["network"]) || (each.network ?? "");
      return {
        ...(each as unknown as Properties),
        name: `nic${String(index)}`,
        network,
        networkIp: each.networkIp ?? free(context, home),
        subnetwork: home === undefined ? "" : selfLink(home.id),
        stackType: each.stackType ?? "IPV4_ONLY",
        ...(each.accessConfigs === undefined
          ? {}
          : {
              accessConfigs: each.accessConfigs.map((config) => ({
                ...(config as unknown as Properties),
                natIp: config.natIp ?? publicAddress(context),
                networkTier: config.networkTier ?? "PREMIUM",
              })),
            }),
      };
    }),
    serviceAccount: inputs.serviceAccount ?? {
      email: `${projectNumber(scope.account)}-compute@developer.gserviceaccount.com`,
      scopes: [],
    },
  };
}

export const instanceTypes: readonly ResourceType[] = [instance];
