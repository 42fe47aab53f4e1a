import { createHash } from "node:crypto";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { MutableProperties, Properties, Value } from "../../cloud/value";
import { formatAddress, parseCidr } from "../cidr";
import type { Cluster } from "./cluster";
import { block, blocks, dig, items, numeric, shown, text } from "./fields";
import { API_SERVICE, SERVICE, type Kind } from "./kinds";
import { replicasOf } from "./pods";
import { invalid } from "./status-error";
import { NODE_PORTS } from "./validation/networking";

/** Second 0 of the virtual clock. */
const EPOCH = Date.UTC(2026, 0, 1);

/** What the API server itself writes into the metadata of a new object. */
export function newMetadata(object: Properties, cluster: Cluster, uid: string): Properties {
  const given = block(object["metadata"]);
  return {
    ...given,
    uid: `${uid.slice(0, 8)}-${uid.slice(8, 12)}-4${uid.slice(13, 16)}-a${uid.slice(17, 20)}-${uid.slice(20, 32)}`,
    resourceVersion: String(1000 + (parseInt(uid.slice(0, 6), 16) % 1_000_000)),
    creationTimestamp: new Date(EPOCH + cluster.readyAt * 1000).toISOString().replace(".000Z", "Z"),
    generation: 1,
  };
}

/** The metadata of an object that an update changed. */
export function nextMetadata(object: Properties, live: Properties, specChanged: boolean): Properties {
  const old = block(live["metadata"]);
  return {
    ...block(object["metadata"]),
    uid: old["uid"],
    creationTimestamp: old["creationTimestamp"],
    resourceVersion: String(Number(old["resourceVersion"] ?? 1000) + 1),
    generation: (numeric(old["generation"]) ?? 1) + (specChanged ? 1 : 0),
  };
}

/** The specification with what the API server fills in. */
export function liveSpec(
  kind: Kind,
  object: Properties,
  cluster: Cluster,
  cloud: CloudView,
  old?: Properties,
): Properties {
  const spec = block(object["spec"]);
  switch (kind.kind) {
    case "Service":
      return serviceSpec(kind, object, cluster, cloud, old);
    case "Deployment":
    case "StatefulSet":
    case "ReplicaSet":
      return { ...spec, replicas: spec["replicas"] ?? 1 };
    case "Namespace":
      return { ...spec, finalizers: ["kubernetes"] };
    default:
      return spec;
  }
}

function serviceSpec(kind: Kind, object: Properties, cluster: Cluster, cloud: CloudView, old?: Properties): Properties {
  const spec = block(object["spec"]);
  const before = block(old?.["spec"]);
  const type = text(spec["type"]) ?? "ClusterIP";
  const name = text(dig(object, "metadata", "name")) ?? "";
  if (type === "ExternalName") return { ...spec, type, sessionAffinity: spec["sessionAffinity"] ?? "None" };
  const own = text(dig(old, "metadata", "uid"));
  const others = cloud.list(SERVICE).filter((other) => text(dig(other.outputs, "metadata", "uid")) !== own);
  const address =
    text(spec["clusterIP"]) ?? text(before["clusterIP"]) ?? freeAddress(object, cluster, others.map(clusterIp));
  if (spec["clusterIP"] !== undefined && address !== "None" && own === undefined) {
    requireAddress(kind, name, address, cluster, others.map(clusterIp));
  }
  const taken = new Set(
    others.flatMap((other) => blocks(dig(other.outputs, "spec", "ports")).map((port) => port["nodePort"])),
  );
  const ports = blocks(spec["ports"]).map((port, index): Properties => {
    const full: MutableProperties = {
      ...port,
      protocol: port["protocol"] ?? "TCP",
      targetPort: port["targetPort"] ?? port["port"],
    };
    if (type !== "NodePort" && type !== "LoadBalancer") return full;
    const given = numeric(port["nodePort"]);
    if (given !== undefined && taken.has(given)) {
      invalid(kind, name, [
        {
          path: `spec.ports[${String(index)}].nodePort`,
          text: `Invalid value: ${String(given)}: provided port is already allocated`,
        },
      ]);
    }
    const kept = numeric(blocks(before["ports"]).find((each) => each["port"] === port["port"])?.["nodePort"]);
    const nodePort = given ?? kept ?? freePort(`${address}|${shown(port["port"])}`, taken);
    taken.add(nodePort);
    return { ...full, nodePort };
  });
  return {
    ...spec,
    type,
    clusterIP: address,
    clusterIPs: [address],
    ports,
    sessionAffinity: spec["sessionAffinity"] ?? "None",
    internalTrafficPolicy: spec["internalTrafficPolicy"] ?? "Cluster",
    ipFamilies: spec["ipFamilies"] ?? ["IPv4"],
    ipFamilyPolicy: spec["ipFamilyPolicy"] ?? "SingleStack",
  };
}

function clusterIp({ outputs }: { readonly outputs: Properties }): Value | undefined {
  return dig(outputs, "spec", "clusterIP");
}

/** The first address is the API server's, the tenth the cluster DNS's. */
function freeAddress(object: Properties, cluster: Cluster, taken: readonly unknown[]): string {
  const range = parseCidr(cluster.serviceCidr, false);
  if (typeof range === "string") return refuse("InternalError", range);
  const size = range.last - range.first;
  const start = number(JSON.stringify(object["metadata"] ?? "")) % size;
  for (let step = 0; step < size; step += 1) {
    const offset = (start + step) % size;
    const address = formatAddress(range.first + offset);
    if (offset > 10 && !taken.includes(address)) return address;
  }
  return refuse("InternalError", `failed to allocate a serviceIP: range is full`);
}

function requireAddress(kind: Kind, name: string, address: string, cluster: Cluster, taken: readonly unknown[]): void {
  const range = parseCidr(cluster.serviceCidr, false);
  const single = parseCidr(`${address}/32`);
  const failed = (reason: string) =>
    invalid(kind, name, [
      { path: "spec.clusterIPs", text: `Invalid value: ["${address}"]: failed to allocate IP ${address}: ${reason}` },
    ]);
  if (
    typeof range === "object" &&
    typeof single === "object" &&
    (single.first < range.first || single.last > range.last)
  ) {
    failed(`the provided IP (${address}) is not in the valid range. The range of valid IPs is ${cluster.serviceCidr}`);
  }
  if (taken.includes(address)) failed("provided IP is already allocated");
}

function freePort(seed: string, taken: ReadonlySet<unknown>): number {
  const size = NODE_PORTS.last - NODE_PORTS.first + 1;
  const start = number(seed);
  for (let step = 0; step < size; step += 1) {
    const port = NODE_PORTS.first + ((start + step) % size);
    if (!taken.has(port)) return port;
  }
  return refuse("InternalError", "failed to allocate a nodePort: range is full");
}

function number(seed: string): number {
  return parseInt(createHash("sha256").update(seed).digest("hex").slice(0, 8), 16);
}

/** The status as its controller writes it once the object is as asked, or is not. */
export function liveStatus(kind: Kind, object: Properties, cloud: CloudView, ready: boolean): Properties | undefined {
  const replicas = replicasOf(kind, object);
  const available = ready ? replicas : 0;
  switch (kind.kind) {
    case "Namespace":
      return { phase: "Active" };
    case "Deployment":
      return {
        observedGeneration: 1,
        replicas,
        updatedReplicas: replicas,
        ...(ready ? { readyReplicas: replicas, availableReplicas: replicas } : { unavailableReplicas: replicas }),
        conditions: [
          ready
            ? condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
            : condition(
                "Available",
                "False",
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
              ),
          condition(
            "Progressing",
            "True",
            ready ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
            "ReplicaSet has been updated.",
          ),
        ],
      };
    case "StatefulSet":
      return {
        observedGeneration: 1,
        replicas,
        readyReplicas: available,
        availableReplicas: available,
        currentReplicas: replicas,
        updatedReplicas: replicas,
      };
    case "DaemonSet":
      return {
        observedGeneration: 1,
        currentNumberScheduled: available,
        desiredNumberScheduled: available,
        numberReady: available,
        numberMisscheduled: 0,
      };
    case "Job":
      return ready
        ? {
            succeeded: numeric(dig(object, "spec", "completions")) ?? 1,
            conditions: [condition("Complete", "True", "CompletionsReached", "")],
          }
        : { active: replicas };
    case "Pod":
      return { phase: ready ? "Running" : "Pending" };
    case "Service":
      return { loadBalancer: {} };
    case "HorizontalPodAutoscaler":
      return autoscalerStatus(object, cloud);
    case "PersistentVolumeClaim":
      return {
        phase: "Bound",
        accessModes: items(dig(object, "spec", "accessModes")),
        capacity: block(dig(object, "spec", "resources", "requests")),
      };
    case "CustomResourceDefinition":
      return {
        acceptedNames: block(dig(object, "spec", "names")),
        conditions: [condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted")],
      };
    default:
      return undefined;
  }
}

/** Without metrics the autoscaler does nothing, and nobody waits for it. */
function autoscalerStatus(object: Properties, cloud: CloudView): Properties {
  const least = numeric(dig(object, "spec", "minReplicas")) ?? 1;
  const active = cloud.find(API_SERVICE, "v1beta1.metrics.k8s.io") !== undefined;
  return {
    currentReplicas: least,
    desiredReplicas: active ? least : 0,
    conditions: [
      condition(
        "AbleToScale",
        "True",
        "SucceededGetScale",
        "the HPA controller was able to get the target's current scale",
      ),
      active
        ? condition(
            "ScalingActive",
            "True",
            "ValidMetricFound",
            "the HPA was able to successfully calculate a replica count",
          )
        : condition(
            "ScalingActive",
            "False",
            "FailedGetResourceMetric",
            "unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)",
          ),
    ],
  };
}

function condition(type: string, status: string, reason: string, message: string): Properties {
  return { type, status, reason, message };
}
