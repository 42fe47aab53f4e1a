import type { CloudView } from "../../cloud/cloud";
import type { Outage } from "../../cloud/faults";
import type { Properties, Value } from "../../cloud/value";
import { hasIssuer } from "./certificates";
import type { Cluster } from "./cluster";
import { annotation, block, blocks, dig, nameOf, namespaceOf, numeric, shown, text } from "./fields";
import { pullProblem } from "./image-registries";
import { CONFIG_MAP, PRIORITY_CLASS, SECRET, SERVICE_ACCOUNT, VOLUME_CLAIM, type Kind } from "./kinds";
import { objectId } from "./status-error";

/** Kinds whose pods the provider waits for: https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/awaiters.go */
const AWAITED = new Set(["DaemonSet", "Deployment", "Job", "Pod", "StatefulSet"]);

/**
 * What the provider reports of a workload whose pods do not come up, one line each, in the words of its awaiters and of the
 * controllers' conditions. Offline it does not wait: what a pod needs must be there first, so the program must say the order.
 */
export function podProblems(
  kind: Kind,
  object: Properties,
  cluster: Cluster,
  { cloud, outages }: { readonly cloud: CloudView; readonly outages: readonly Outage[] },
): readonly string[] {
  if (!AWAITED.has(kind.kind) || annotation(object, "pulumi.com/skipAwait") === "true") return [];
  const replicas = replicasOf(kind, object);
  if (replicas === 0) return [];
  const spec = block(kind.kind === "Pod" ? object["spec"] : dig(object, "spec", "template", "spec"));
  const namespace = namespaceOf(object) ?? "default";
  const causes = refusedPods(spec, namespace, nameOf(object), cloud);
  if (causes.length === 0) {
    causes.push(...pendingPods(kind, spec, namespace, nameOf(object), cluster, cloud));
    causes.push(...missingImages(spec, namespace, nameOf(object), cluster, outages));
  }
  if (causes.length === 0) return [];
  return [...summary(kind, replicas), ...causes];
}

export function replicasOf(kind: Kind, object: Properties): number {
  if (kind.kind === "Job") return numeric(dig(object, "spec", "parallelism")) ?? 1;
  return numeric(dig(object, "spec", "replicas")) ?? 1;
}

function summary(kind: Kind, replicas: number): readonly string[] {
  switch (kind.kind) {
    case "Deployment":
      return [
        `0/${String(replicas)} replicas available: [MinimumReplicasUnavailable] Deployment does not have minimum availability.`,
        "Minimum number of live Pods was not attained",
      ];
    case "StatefulSet":
      return [`0 out of ${String(replicas)} replicas succeeded readiness checks`];
    default:
      return [];
  }
}

/** What keeps the API server from creating the pods at all. */
function refusedPods(spec: Properties, namespace: string, name: string, cloud: CloudView): string[] {
  const refused = (reason: string) => `[FailedCreate] Error creating: pods "${name}-" is forbidden: ${reason}`;
  const account = text(spec["serviceAccountName"]) ?? text(spec["serviceAccount"]) ?? "default";
  const causes: string[] = [];
  if (account !== "default" && cloud.find(SERVICE_ACCOUNT, objectId(namespace, account)) === undefined) {
    causes.push(
      refused(`error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`),
    );
  }
  const priority = text(spec["priorityClassName"]);
  if (priority?.startsWith("system-") === false && cloud.find(PRIORITY_CLASS, priority) === undefined) {
    causes.push(refused(`no PriorityClass with name ${priority} was found`));
  }
  return causes;
}

/** What keeps pods that exist from becoming ready. */
function pendingPods(
  kind: Kind,
  spec: Properties,
  namespace: string,
  name: string,
  cluster: Cluster,
  cloud: CloudView,
): string[] {
  const pod = podNamed(namespace, name);
  const causes: string[] = [];
  if (cluster.nodes.length === 0 && kind.kind !== "DaemonSet") causes.push(`${pod}no nodes available to schedule pods`);
  for (const container of containersOf(spec)) {
    for (const missing of missingVariables(container, namespace, cloud)) {
      causes.push(`${pod}${unready(container)}[CreateContainerConfigError] ${missing}`);
    }
  }
  for (const missing of missingVolumes(spec, namespace, cloud)) causes.push(`${pod}${missing}`);
  return [...new Set(causes)];
}

/** Images of registries that are switched off: no node has them yet. */
function missingImages(
  spec: Properties,
  namespace: string,
  name: string,
  { service }: Cluster,
  outages: readonly Outage[],
): readonly string[] {
  return containersOf(spec).flatMap((container) => {
    const problem = pullProblem(text(container["image"]) ?? "", service, outages);
    return problem === undefined ? [] : [`${podNamed(namespace, name)}${unready(container)}${problem}`];
  });
}

function podNamed(namespace: string, name: string): string {
  return `[Pod ${objectId(namespace === "default" ? undefined : namespace, name)}]: `;
}

function containersOf(spec: Properties): readonly Properties[] {
  return [...blocks(spec["initContainers"]), ...blocks(spec["containers"])];
}

function unready(container: Properties): string {
  return `containers with unready status: [${shown(container["name"])}]`;
}

function missingVariables(container: Properties, namespace: string, cloud: CloudView): readonly string[] {
  const found: (string | undefined)[] = [];
  for (const variable of blocks(container["env"])) {
    found.push(missingKey(SECRET, dig(variable, "valueFrom", "secretKeyRef"), namespace, cloud));
    found.push(missingKey(CONFIG_MAP, dig(variable, "valueFrom", "configMapKeyRef"), namespace, cloud));
  }
  for (const source of blocks(container["envFrom"])) {
    found.push(missingKey(SECRET, source["secretRef"], namespace, cloud));
    found.push(missingKey(CONFIG_MAP, source["configMapRef"], namespace, cloud));
  }
  return found.filter((each) => each !== undefined);
}

/** The kubelet's words for a Secret or ConfigMap, or a key of it, that is not there. */
export function missingKey(
  token: string,
  reference: Value | undefined,
  namespace: string,
  cloud: CloudView,
): string | undefined {
  const name = text(dig(reference, "name"));
  if (name === undefined || dig(reference, "optional") === true) return undefined;
  const stored = cloud.find(token, objectId(namespace, name));
  const kind = token === SECRET ? "Secret" : "ConfigMap";
  if (stored === undefined)
    return isMadeLater(token, namespace, name, cloud) ? undefined : `${kind.toLowerCase()} "${name}" not found`;
  const key = text(dig(reference, "key"));
  if (key === undefined) return undefined;
  const { data, stringData, binaryData } = stored.inputs;
  // What is secret as a whole is kept as a mark: its keys cannot be known.
  if ([data, stringData].some((each) => typeof each === "string")) return undefined;
  const keys = { ...block(data), ...block(stringData), ...block(binaryData) };
  return key in keys ? undefined : `couldn't find key ${key} in ${kind} ${namespace}/${name}`;
}

function missingVolumes(spec: Properties, namespace: string, cloud: CloudView): readonly string[] {
  return blocks(spec["volumes"]).flatMap((volume) => {
    const failed = (reason: string) => `MountVolume.SetUp failed for volume "${shown(volume["name"])}" : ${reason}`;
    const claim = text(dig(volume, "persistentVolumeClaim", "claimName"));
    if (claim !== undefined && cloud.find(VOLUME_CLAIM, objectId(namespace, claim)) === undefined) {
      return [`persistentvolumeclaim "${claim}" not found`];
    }
    const secret = block(volume["secret"]);
    const reference = { name: secret["secretName"], optional: secret["optional"] };
    const missing = [
      missingKey(SECRET, reference, namespace, cloud),
      missingKey(CONFIG_MAP, volume["configMap"], namespace, cloud),
    ];
    return missing.filter((each) => each !== undefined).map(failed);
  });
}

/** Custom resources whose controllers write a Secret, and where they name it; else it has their own name. */
const SECRET_MAKERS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:cert-manager.io/v1:Certificate": ["spec", "secretName"],
  "kubernetes:external-secrets.io/v1:ExternalSecret": ["spec", "target", "name"],
  "kubernetes:external-secrets.io/v1beta1:ExternalSecret": ["spec", "target", "name"],
  "kubernetes:bitnami.com/v1alpha1:SealedSecret": ["spec", "template", "metadata", "name"],
  "kubernetes:secrets.hashicorp.com/v1beta1:VaultStaticSecret": ["spec", "destination", "name"],
};

/** Whether a controller makes it: a Secret asked for by a custom resource, or the certificates that every namespace gets. */
function isMadeLater(token: string, namespace: string, name: string, cloud: CloudView): boolean {
  if (token === CONFIG_MAP) return name === "kube-root-ca.crt";
  return Object.entries(SECRET_MAKERS).some(([maker, path]) =>
    cloud
      .list(maker)
      .some(
        ({ outputs }) =>
          namespaceOf(outputs) === namespace &&
          (text(dig(outputs, ...path)) ?? nameOf(outputs)) === name &&
          hasIssuer(outputs, cloud),
      ),
  );
}
