import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { Properties, Value } from "../../cloud/value";
import { admits } from "../aws/reachability";
import type { Cluster } from "./cluster";
import { block, blocks, dig, numeric, shown, text, textMap } from "./fields";
import { DAEMON_SET, DEPLOYMENT, POD, SERVICE, STATEFUL_SET } from "./kinds";
import { objectId } from "./status-error";
import { NODE_PORTS } from "./validation/networking";

export type TargetType = "ip" | "instance";

/** A port on which a load balancer calls its targets. */
export interface TargetPort {
  readonly service: string;
  readonly port: number;
}

/** The ports that a Service's own ports lead to, or why there are none: by pod (`ip`), or by node (`instance`). */
export function targetPorts(
  service: StoredResource | Properties,
  targetType: TargetType,
  cloud: CloudView,
  only?: Value,
): readonly TargetPort[] | string {
  const object = isStored(service) ? service.outputs : service;
  const spec = block(object["spec"]);
  const name = objectId(text(dig(object, "metadata", "namespace")), text(dig(object, "metadata", "name")) ?? "");
  const wanted = blocks(spec["ports"]).filter(
    (port) => only === undefined || port["port"] === only || port["name"] === only,
  );
  if (wanted.length === 0) return `unable to find port ${shown(only)} on service ${name}`;
  if (targetType === "ip") return wanted.map((port) => ({ service: name, port: podPort(port, spec, object, cloud) }));
  if (spec["type"] !== "NodePort" && spec["type"] !== "LoadBalancer") {
    return "TargetGroup port is empty. When using Instance targets, your service must be of type 'NodePort' or 'LoadBalancer'";
  }
  return wanted.map((port) => ({ service: name, port: numeric(port["nodePort"]) ?? NODE_PORTS.first }));
}

function isStored(service: StoredResource | Properties): service is StoredResource {
  return "readyAt" in service;
}

/** The number of a target port; a name is looked up in the pods that the Service selects. */
function podPort(port: Properties, spec: Properties, service: Properties, cloud: CloudView): number {
  const target = port["targetPort"];
  if (typeof target === "number") return target;
  const own = numeric(port["port"]) ?? 0;
  if (typeof target !== "string") return own;
  const selector = textMap(spec["selector"]);
  const namespace = dig(service, "metadata", "namespace");
  for (const token of [DEPLOYMENT, STATEFUL_SET, DAEMON_SET, POD]) {
    for (const workload of cloud.list(token)) {
      if (dig(workload.outputs, "metadata", "namespace") !== namespace) continue;
      const template = token === POD ? workload.inputs : block(dig(workload.inputs, "spec", "template"));
      const labels = textMap(dig(template, "metadata", "labels"));
      if (!Object.entries(selector).every(([key, value]) => labels[key] === value)) continue;
      const ports = blocks(dig(template, "spec", "containers")).flatMap((container) => blocks(container["ports"]));
      const found = numeric(ports.find((each) => each["name"] === target)?.["containerPort"]);
      if (found !== undefined) return found;
    }
  }
  return own;
}

/** The Service that an Ingress names, as the cluster has it. */
export function backendService(namespace: string, name: string, cloud: CloudView): StoredResource | undefined {
  return cloud.find(SERVICE, objectId(namespace, name));
}

/**
 * What keeps the load balancer from its targets: the code is Elastic Load Balancing's own
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes
 */
export function blockedTargets(
  cluster: Cluster,
  groups: readonly string[],
  ports: readonly TargetPort[],
): readonly string[] {
  const problems: string[] = [];
  for (const { service, port } of ports) {
    for (const nodes of cluster.nodes) {
      const answer = admits({
        cloud: cluster.cloud,
        from: { groups },
        to: { groups: nodes.groups },
        protocol: "tcp",
        port,
      });
      if (answer.allowed) continue;
      const problem =
        `targets of service ${service} on port ${String(port)} are unhealthy (Target.Timeout): load balancer ${groups.join(", ")} ` +
        `to node group ${nodes.name} ${nodes.groups.join(", ")}: ${answer.reason}`;
      if (!problems.includes(problem)) problems.push(problem);
    }
  }
  return problems;
}
