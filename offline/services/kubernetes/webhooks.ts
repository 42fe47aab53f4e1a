import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { Properties } from "../../cloud/value";
import { admits } from "../aws/reachability";
import { ALB_CONTROLLER, LOAD_BALANCER_CONTROLLER, WEBHOOK_SERVICE } from "./charts";
import { findCluster, type Cluster } from "./cluster";
import { annotation, blocks, dig, items, numeric, shown, text } from "./fields";
import { INGRESS_CLASS, MUTATING_WEBHOOKS, RELEASE, VALIDATING_WEBHOOKS, type Kind } from "./kinds";
import { internalError } from "./status-error";

/** Default of the chart's value `webhookBindPort`. */
const WEBHOOK_PORT = 9443;

/** The release of the load balancer controller in this cluster, if it is installed. */
export function loadBalancerController(cloud: CloudView): StoredResource | undefined {
  return cloud
    .list(RELEASE)
    .find((release) => text(release.inputs["chart"])?.split("/").at(-1) === LOAD_BALANCER_CONTROLLER);
}

/** The controller that runs: installed, and with nodes to run on. */
export function runningController(cloud: CloudView, cluster: Cluster): StoredResource | undefined {
  return cluster.nodes.length === 0 ? undefined : loadBalancerController(cloud);
}

/**
 * Refuses an object whose admission webhook the control plane cannot call. The webhooks of the load balancer controller fail
 * closed, so every Service and Ingress waits for them: https://github.com/kubernetes-sigs/aws-load-balancer-controller
 */
export function admit(
  kind: Kind,
  operation: "CREATE" | "UPDATE",
  object: Properties,
  cloud: CloudView,
  arn: string,
): void {
  const controller = loadBalancerController(cloud);
  const cluster = findCluster(arn, cloud);
  if (controller === undefined || cluster === undefined) return;
  for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS]) {
    const webhooks = cloud.list(type).flatMap((configuration) => blocks(configuration.inputs["webhooks"]));
    const called = webhooks.find((webhook) => blocks(webhook["rules"]).some((rule) => covers(rule, kind, operation)));
    if (called !== undefined) callWebhook(shown(called["name"]), kind, controller, cluster);
  }
  if (kind.kind === "Ingress" && operation === "CREATE") requireIngressClass(object, cloud);
}

function covers(rule: Properties, kind: Kind, operation: string): boolean {
  return (
    items(rule["apiGroups"]).includes(kind.group) &&
    items(rule["resources"]).includes(kind.plural) &&
    items(rule["operations"]).includes(operation)
  );
}

function callWebhook(name: string, kind: Kind, controller: StoredResource, cluster: Cluster): void {
  const namespace = text(controller.inputs["namespace"]) ?? "default";
  const operation = name.startsWith("m") ? "mutate" : "validate";
  const path = `${operation}-${kind.group === "" ? "" : `${kind.group.split(".")[0] ?? ""}-`}${kind.version}-${kind.kind.toLowerCase()}`;
  const url = `https://${WEBHOOK_SERVICE}.${namespace}.svc:443/${path}?timeout=10s`;
  const failed = (reason: string) =>
    internalError(`failed calling webhook "${name}": failed to call webhook: Post "${url}": ${reason}`);
  if (cluster.nodes.length === 0) failed(`no endpoints available for service "${WEBHOOK_SERVICE}"`);
  const port = numeric(dig(controller.inputs, "values", "webhookBindPort")) ?? WEBHOOK_PORT;
  for (const nodes of cluster.nodes) {
    const { cloud, controlPlaneGroups } = cluster;
    const answer = admits({
      cloud,
      from: { groups: controlPlaneGroups },
      to: { groups: nodes.groups },
      protocol: "tcp",
      port,
    });
    if (!answer.allowed) {
      failed(`context deadline exceeded (control plane to ${nodes.name}, port ${String(port)}: ${answer.reason})`);
    }
  }
}

/** What the controller's own webhook checks of an Ingress. */
function requireIngressClass(object: Properties, cloud: CloudView): void {
  const name = text(dig(object, "spec", "ingressClassName"));
  if (name !== undefined && cloud.find(INGRESS_CLASS, name) === undefined) {
    refuse(
      "Forbidden",
      'admission webhook "vingress.elbv2.k8s.aws" denied the request: invalid ingress class: ' +
        `IngressClass.networking.k8s.io "${name}" not found`,
    );
  }
}

/** Whether the load balancer controller is to act on an Ingress: by its class, or by the older annotation. */
export function isAlbIngress(object: Properties, cloud: CloudView): boolean {
  if (annotation(object, "kubernetes.io/ingress.class") === "alb") return true;
  const name = text(dig(object, "spec", "ingressClassName"));
  const stored = name === undefined ? undefined : cloud.find(INGRESS_CLASS, name);
  return dig(stored?.inputs, "spec", "controller") === ALB_CONTROLLER;
}

/** Whether the controller takes over every new Service of type LoadBalancer. */
export function mutatesServices(cloud: CloudView): boolean {
  return cloud
    .list(MUTATING_WEBHOOKS)
    .flatMap((configuration) => blocks(configuration.inputs["webhooks"]))
    .some((webhook) => blocks(webhook["rules"]).some((rule) => items(rule["resources"]).includes("services")));
}
