import type { CloudView, StoredResource } from "../../cloud/cloud";
import { ServiceError } from "../../cloud/errors";
import type { Effects } from "../../cloud/resource-type";
import type { Properties, Value } from "../../cloud/value";
import type { Cluster } from "./cluster";
import { annotation, block, blocks, dig, items, nameOf, namespaceOf, numeric, text } from "./fields";
import { putFrontEnd, removeFrontEnd } from "./aks-load-balancers";
import { putForwardingRule, removeForwardingRule } from "./gke-load-balancers";
import { givenGroups, makeLoadBalancer, removeLoadBalancer, statusOf, stemOf, type Wish } from "./load-balancers";
import { objectId } from "./status-error";
import { chooseSubnets, type Scheme } from "./subnets";
import { backendService, targetPorts, type TargetPort, type TargetType } from "./targets";
import { isAlbIngress, loadBalancerController, mutatesServices, runningController } from "./webhooks";

/** What a controller made of an object: its status, and what the provider finds when it stops waiting. */
export interface Outcome {
  readonly status: Properties;
  readonly problems: readonly string[];
  readonly finalizers: readonly string[];
}

const NOTHING: Outcome = { status: { loadBalancer: {} }, problems: [], finalizers: [] };

/** Annotations: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/ and …/guide/service/annotations/ */
const ALB = "alb.ingress.kubernetes.io";
const NLB = "service.beta.kubernetes.io/aws-load-balancer";

const INGRESS_FINALIZER = "ingress.k8s.aws/resources";
const SERVICE_FINALIZER = "service.k8s.aws/resources";
/** Of the controller in the control plane, which needs no node: https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/ */
const IN_TREE_FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

const NO_ADDRESS =
  "Ingress .status.loadBalancer field was not updated with a hostname/IP address. \n    for more information about this error, see https://pulumi.io/xdv72s";
const NO_SERVICE_ADDRESS = "Service was not allocated an IP address; does your cloud provider support this?";

interface Around {
  readonly cloud: CloudView;
  readonly cluster: Cluster;
  readonly effects: Effects;
}

/** Carries out what the load balancer controller does with an Ingress. */
export function reconcileIngress(ingress: Properties, around: Around): Outcome {
  const { cloud, cluster, effects } = around;
  if (cluster.service === "gke" && isGceIngress(ingress)) {
    const finalizers = [IN_TREE_FINALIZER];
    return addressed(putForwardingRule(cluster, ownId(ingress), ingress, effects), finalizers, NO_ADDRESS);
  }
  const controller = runningController(cloud, cluster);
  if (!isAlbIngress(ingress, cloud) || controller === undefined) {
    return { ...NOTHING, problems: [NO_ADDRESS, noController(ingress, cloud)] };
  }
  const built = buildIngress(ingress, around, controller);
  const finalizers = [INGRESS_FINALIZER];
  if (typeof built === "string") {
    return { ...NOTHING, finalizers, problems: [NO_ADDRESS, `[FailedBuildModel] Failed build model due to ${built}`] };
  }
  const { hostname, problems } = makeLoadBalancer(cluster, built.wish, effects);
  return { status: statusOf(hostname), finalizers, problems: [...built.problems, ...problems] };
}

function noController(ingress: Properties, cloud: CloudView): string {
  if (loadBalancerController(cloud) !== undefined && isAlbIngress(ingress, cloud)) {
    return "no endpoints: aws-load-balancer-controller is installed, but the cluster has no nodes for it to run on";
  }
  const className =
    text(dig(ingress, "spec", "ingressClassName")) ?? annotation(ingress, "kubernetes.io/ingress.class") ?? "";
  return `no controller acts on ingress class "${className}"`;
}

function buildIngress(
  ingress: Properties,
  around: Around,
  controller: StoredResource,
): { wish: Wish; problems: readonly string[] } | string {
  const { cloud, cluster } = around;
  const option = (name: string) => annotation(ingress, `${ALB}/${name}`);
  const namespace = namespaceOf(ingress) ?? "default";
  const name = nameOf(ingress);
  const scheme: Scheme = option("scheme") === "internet-facing" ? "internet-facing" : "internal";
  const subnets = chooseSubnets(cluster, {
    scheme,
    zones: 2,
    byReachability: reachability(controller),
    ...namedOption(option("subnets")),
  });
  if (typeof subnets === "string") return subnets;
  const groups = groupsOf(option("security-groups"), cluster);
  if (typeof groups === "string") return groups;
  const targets = ingressTargets(ingress, namespace, targetType(option("target-type"), controller), cloud);
  if (typeof targets === "string") return targets;
  const group = option("group.name");
  const manual = groups !== undefined && option("manage-backend-security-group-rules") !== "true";
  const wish: Wish = {
    ownerTag: "ingress.k8s.aws/stack",
    owner: group ?? objectId(namespace, name),
    stem: group === undefined ? stemOf(namespace, name) : `k8s-${group.replace(/[^a-zA-Z0-9]/g, "").slice(0, 17)}`,
    type: "application",
    scheme,
    subnets,
    listeners: option("certificate-arn") === undefined ? [80] : [443],
    groups,
    opensNodes: !manual,
    targets: targets.ports,
  };
  return { wish, problems: targets.problems };
}

function ingressTargets(
  ingress: Properties,
  namespace: string,
  type: TargetType,
  cloud: CloudView,
): { ports: readonly TargetPort[]; problems: readonly string[] } | string {
  const ports: TargetPort[] = [];
  const problems: string[] = [];
  const paths: { where: string; backend: Value | undefined }[] = blocks(dig(ingress, "spec", "rules")).flatMap((rule) =>
    blocks(dig(rule, "http", "paths")).map((path) => ({
      where: `"${text(rule["host"]) ?? ""}${text(path["path"]) ?? ""}"`,
      backend: path["backend"],
    })),
  );
  const fallback = dig(ingress, "spec", "defaultBackend");
  if (fallback !== undefined) paths.push({ where: '"" (default path)', backend: fallback });
  for (const { where, backend } of paths) {
    const name = text(dig(backend, "service", "name"));
    const port = block(dig(backend, "service", "port"));
    // An action or redirect is written as a backend with this port: …/guide/ingress/annotations/#actions
    if (name === undefined || port["name"] === "use-annotation") continue;
    const service = backendService(namespace, name, cloud);
    if (service === undefined) {
      problems.push(
        `No matching service found for ingress rule: ${where} -> "${name}": services "${name}" not found; make the Ingress depend on it`,
      );
      continue;
    }
    const found = targetPorts(service, type, cloud, port["number"] ?? port["name"]);
    if (typeof found === "string") return found;
    ports.push(...found);
  }
  return { ports, problems };
}

/** Carries out what a controller does with a Service of type LoadBalancer: the controller's network one, else the in-tree classic one. */
export function reconcileService(service: Properties, around: Around): Outcome {
  const { cloud, cluster, effects } = around;
  const spec = block(service["spec"]);
  if (spec["type"] !== "LoadBalancer") return NOTHING;
  if (cluster.service !== "eks") {
    const put = cluster.service === "gke" ? putForwardingRule : putFrontEnd;
    return addressed(put(cluster, ownId(service), service, effects), [IN_TREE_FINALIZER], NO_SERVICE_ADDRESS);
  }
  const option = (name: string) => annotation(service, `${NLB}-${name}`);
  const isNetwork = takenOver(service, cloud);
  const controller = runningController(cloud, cluster);
  if (isNetwork && controller === undefined) return { ...NOTHING, problems: [NO_SERVICE_ADDRESS] };
  const finalizers = [isNetwork ? SERVICE_FINALIZER : IN_TREE_FINALIZER];
  const scheme: Scheme = isNetwork
    ? option("scheme") === "internet-facing"
      ? "internet-facing"
      : "internal"
    : option("internal") === "true"
      ? "internal"
      : "internet-facing";
  const byReachability = controller === undefined || !isNetwork || reachability(controller);
  const subnets = chooseSubnets(cluster, { scheme, zones: 1, byReachability, ...namedOption(option("subnets")) });
  const failed = (reason: string): Outcome => ({ ...NOTHING, finalizers, problems: [NO_SERVICE_ADDRESS, reason] });
  if (typeof subnets === "string") {
    return failed(
      isNetwork
        ? `[FailedBuildModel] Failed build model due to ${subnets}`
        : "[SyncLoadBalancerFailed] Error syncing load balancer: failed to ensure load balancer: could not find any suitable subnets for creating the ELB",
    );
  }
  const groups = groupsOf(option("security-groups"), cluster);
  if (typeof groups === "string") return failed(`[FailedBuildModel] Failed build model due to ${groups}`);
  const type = isNetwork && controller !== undefined ? targetType(option("nlb-target-type"), controller) : "instance";
  const targets = targetPorts(service, type, cloud);
  if (typeof targets === "string") return failed(`[FailedBuildModel] Failed build model due to ${targets}`);
  const manual = isNetwork && groups !== undefined && option("manage-backend-security-group-rules") !== "true";
  const namespace = namespaceOf(service) ?? "default";
  const { hostname, problems } = makeLoadBalancer(
    cluster,
    {
      ownerTag: "service.k8s.aws/stack",
      owner: objectId(namespace, nameOf(service)),
      stem: stemOf(namespace, nameOf(service)),
      type: isNetwork ? "network" : "classic",
      scheme,
      subnets,
      listeners: blocks(spec["ports"]).flatMap((port) => numeric(port["port"]) ?? []),
      groups,
      opensNodes: !manual,
      targets,
    },
    effects,
  );
  return { status: statusOf(hostname), problems, finalizers };
}

/** Whether the load balancer controller is responsible for the Service, by class, annotation or its mutating webhook. */
function takenOver(service: Properties, cloud: CloudView): boolean {
  const className = text(dig(service, "spec", "loadBalancerClass"));
  if (className !== undefined) return className === "service.k8s.aws/nlb";
  const type = annotation(service, `${NLB}-type`);
  return type === "external" || type === "nlb-ip" || mutatesServices(cloud);
}

/** The finalizer that the controller responsible for an object's load balancer put on it. */
function finalizerOf(object: Properties): string | undefined {
  return items(dig(object, "metadata", "finalizers"))
    .map(String)
    .find((each) => [INGRESS_FINALIZER, SERVICE_FINALIZER, IN_TREE_FINALIZER].includes(each));
}

/** Whether somebody is there who would change or remove the load balancer of an object. */
export function isAttended(object: Properties, { cloud, cluster }: Pick<Around, "cloud" | "cluster">): boolean {
  return finalizerOf(object) === IN_TREE_FINALIZER || runningController(cloud, cluster) !== undefined;
}

/**
 * Removes the load balancer of an Ingress or Service that is deleted. Without the controller that put its finalizer on the object,
 * the object stays for ever in deletion, and so does the load balancer:
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/
 */
export function removeOutcome(stored: StoredResource, around: Around): void {
  const { cloud, cluster, effects } = around;
  const finalizer = finalizerOf(stored.outputs);
  if (finalizer === undefined) return;
  const name = nameOf(stored.outputs);
  if (!isAttended(stored.outputs, around)) {
    throw new ServiceError(
      "DeletionTimeout",
      `'${name}' timed out waiting to be Ready; finalizers might be preventing deletion (${finalizer}): ` +
        "aws-load-balancer-controller, which removes the load balancer and then the finalizer, is not running",
    );
  }
  if (cluster.service === "gke" && finalizer === IN_TREE_FINALIZER) {
    removeForwardingRule(cluster, ownId(stored.outputs), cloud, effects);
    return;
  }
  if (cluster.service === "aks" && finalizer === IN_TREE_FINALIZER) {
    removeFrontEnd(cluster, ownId(stored.outputs), cloud, effects);
    return;
  }
  const { ownerTag, owner } = ownerOf(stored.outputs, finalizer);
  const sharing = owner !== objectId(namespaceOf(stored.outputs), name) && sharedBy(stored, owner, cloud);
  if (!sharing) removeLoadBalancer(cluster, ownerTag, owner, effects);
}

/** The controller of GKE acts where no class is named, or its own: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/ingress */
function isGceIngress(ingress: Properties): boolean {
  const className =
    text(dig(ingress, "spec", "ingressClassName")) ?? annotation(ingress, "kubernetes.io/ingress.class");
  return className === undefined || className === "gce" || className === "gce-internal";
}

function ownId(object: Properties): string {
  return objectId(namespaceOf(object) ?? "default", nameOf(object));
}

function addressed(
  made: { readonly ip: string } | { readonly problem: string },
  finalizers: readonly string[],
  missing: string,
): Outcome {
  if ("problem" in made) return { ...NOTHING, finalizers, problems: [missing, made.problem] };
  return { status: { loadBalancer: { ingress: [{ ip: made.ip }] } }, problems: [], finalizers };
}

function ownerOf(object: Properties, finalizer: string): { ownerTag: string; owner: string } {
  const own = objectId(namespaceOf(object) ?? "default", nameOf(object));
  if (finalizer !== INGRESS_FINALIZER) return { ownerTag: "service.k8s.aws/stack", owner: own };
  return { ownerTag: "ingress.k8s.aws/stack", owner: annotation(object, `${ALB}/group.name`) ?? own };
}

/** Whether another Ingress of the same group is left. */
function sharedBy(stored: StoredResource, group: string, cloud: CloudView): boolean {
  return cloud
    .list(stored.type)
    .some((other) => other.id !== stored.id && annotation(other.inputs, `${ALB}/group.name`) === group);
}

function groupsOf(list: string | undefined, cluster: Cluster): readonly string[] | undefined | string {
  if (list === undefined) return undefined;
  const { ids, missing } = givenGroups(list, cluster);
  return missing.length === 0
    ? ids
    : `couldn't find all security groups: [${missing.join(" ")}] not found in ${cluster.vpcId}`;
}

function namedOption(list: string | undefined): { named?: readonly string[] } {
  return list === undefined ? {} : { named: list.split(",").map((name) => name.trim()) };
}

function targetType(option: string | undefined, controller: StoredResource): TargetType {
  return (option ?? dig(controller.inputs, "values", "defaultTargetType")) === "ip" ? "ip" : "instance";
}

/** From 2.12.1 on: charts before 1.12 hold an older controller. */
function reachability(controller: StoredResource): boolean {
  const gate = dig(controller.inputs, "values", "controllerConfig", "featureGates", "SubnetDiscoveryByReachability");
  if (gate === false) return false;
  const [major = NaN, minor = NaN] = (text(controller.inputs["version"]) ?? "3.0").split(".").map(Number);
  return Number.isNaN(major) || major > 1 || minor >= 12;
}
