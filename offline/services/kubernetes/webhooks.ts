import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { Properties } from "../../cloud/value";
import { admits } from "../aws/reachability";
import { ALB_CONTROLLER, LOAD_BALANCER_CONTROLLER } from "./charts";
import { findCluster, type Cluster } from "./cluster";
import { annotation, block, blocks, dig, items, numeric, shown, text } from "./fields";
import { INGRESS_CLASS, MUTATING_WEBHOOKS, RELEASE, SERVICE, VALIDATING_WEBHOOKS, type Kind } from "./kinds";
import { internalError, objectId } from "./status-error";

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
 * Refuses an object whose admission webhook the control plane cannot call. A webhook that fails closed makes every object that it
 * covers wait for it: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy
 */
export function admit(
  kind: Kind,
  operation: "CREATE" | "UPDATE",
  object: Properties,
  cloud: CloudView,
  arn: string,
): void {
  const cluster = findCluster(arn, cloud);
  if (cluster === undefined) return;
  for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS]) {
    const called = cloud
      .list(type)
      .flatMap((configuration) => blocks(configuration.inputs["webhooks"]))
      .find(
        (webhook) => failsClosed(webhook) && blocks(webhook["rules"]).some((rule) => covers(rule, kind, operation)),
      );
    if (called !== undefined) callWebhook(called, kind, cloud, cluster);
  }
  if (kind.kind === "Ingress" && operation === "CREATE" && loadBalancerController(cloud) !== undefined) {
    requireIngressClass(object, cloud);
  }
}

/** One behind a Service whose failure is the object's; what answers at a URL is outside the cluster. */
function failsClosed(webhook: Properties): boolean {
  return webhook["failurePolicy"] !== "Ignore" && dig(webhook, "clientConfig", "service") !== undefined;
}

function covers(rule: Properties, kind: Kind, operation: string): boolean {
  const resources = items(rule["resources"]);
  return (
    (items(rule["apiGroups"]).includes(kind.group) || items(rule["apiGroups"]).includes("*")) &&
    (resources.includes(kind.plural) || resources.includes("*") || resources.includes("*/*")) &&
    (items(rule["operations"]).includes(operation) || items(rule["operations"]).includes("*"))
  );
}

function callWebhook(webhook: Properties, kind: Kind, cloud: CloudView, cluster: Cluster): void {
  const name = shown(webhook["name"]);
  const service = block(dig(webhook, "clientConfig", "service"));
  const [serviceName, namespace] = [shown(service["name"]), shown(service["namespace"])];
  const path = text(service["path"]) ?? builtPath(name, kind);
  const url = `https://${serviceName}.${namespace}.svc:443${path}?timeout=10s`;
  const failed = (reason: string) =>
    internalError(`failed calling webhook "${name}": failed to call webhook: Post "${url}": ${reason}`);
  const stored = cloud.find(SERVICE, objectId(namespace, serviceName));
  if (stored === undefined) return failed(`service "${serviceName}" not found`);
  if (cluster.nodes.length === 0) failed(`no endpoints available for service "${serviceName}"`);
  const [front] = blocks(dig(stored.inputs, "spec", "ports"));
  const port = numeric(front?.["targetPort"] ?? front?.["port"]);
  // A port by name is one of the pods', which are not known here.
  if (port === undefined) return;
  for (const nodes of cluster.nodes) {
    const answer = admits({
      cloud: cluster.cloud,
      from: { groups: cluster.controlPlaneGroups },
      to: { groups: nodes.groups },
      protocol: "tcp",
      port,
    });
    if (!answer.allowed) {
      failed(`context deadline exceeded (control plane to ${nodes.name}, port ${String(port)}: ${answer.reason})`);
    }
  }
}

/** The path that kubebuilder gives a webhook: https://book.kubebuilder.io/reference/markers/webhook */
function builtPath(name: string, kind: Kind): string {
  const operation = name.startsWith("m") ? "mutate" : "validate";
  const group = kind.group === "" ? "" : `${kind.group.split(".")[0] ?? ""}-`;
  return `/${operation}-${group}${kind.version}-${kind.kind.toLowerCase()}`;
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
