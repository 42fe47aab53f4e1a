import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type {
  CallContext,
  CheckContext,
  Created,
  DeleteContext,
  ResourceType,
  UpdateContext,
} from "../../cloud/resource-type";
import { equal, type MutableProperties, type Properties, valuesAt } from "../../cloud/value";
import { issueCertificate, withdrawCertificate } from "./certificates";
import { findCluster, type Cluster } from "./cluster";
import { isAttended, reconcileIngress, reconcileService, removeOutcome, type Outcome } from "./controllers";
import { checkSchema, definedKind, tokensOf } from "./custom-resources";
import { annotation, block, dig, items, nameOf, namespaceOf, text, textMap } from "./fields";
import { checkImmutable } from "./immutable";
import { kindOf, isServed, ownGroup, type Kind } from "./kinds";
import { liveSpec, liveStatus, newMetadata, nextMetadata } from "./live";
import { contentsOf, isInitialNamespace, requireDeletable, requireNamespace } from "./namespaces";
import { operatorProblems } from "./operators";
import { podProblems } from "./pods";
import { alreadyExists, invalid, noMatch, notFound, objectId, worded } from "./status-error";
import { validateObject } from "./validation/validators";
import { claimProblems } from "./volumes";
import { admit } from "./webhooks";

type Context = CallContext<Properties>;

/** The rules of every kind but Helm releases: one function over the table of kinds. */
export function objectType(token: string): ResourceType {
  const kind = kindOf(token);
  return {
    token,
    service: kind.group === "" ? "core" : kind.group,
    actions: { create: "create", update: "patch", delete: "delete" },
    reach: "global",
    check: (context) => {
      check(kind, context);
    },
    create: (context) => (kind.patch ? patchObject(kind, context) : createObject(kind, context)),
    update: (context) => updateObject(kind, context),
    delete: (context) => {
      if (!kind.patch) deleteObject(kind, context);
    },
  };
}

/** What is wrong with an object whatever the cluster: at preview already, before the API server is asked. */
function check(kind: Kind, context: CheckContext<Properties>): void {
  if (kind.patch) return;
  const object = context.inputs as Properties;
  for (const error of validateObject(kind, object, (path) => context.isUnknown(path)).found) {
    if (!isInUnknownElement(object, error.path, context)) context.refuse(error.path, error.text);
  }
}

/** An element of a list that is not known yet stands there as null, and every rule misses something in it. */
function isInUnknownElement(object: Properties, path: string, context: CheckContext<Properties>): boolean {
  for (const found of path.matchAll(/\[\d+\]/g)) {
    const element = path.slice(0, found.index + found[0].length);
    if (valuesAt(object, element)[0]?.value === null && context.isUnknown(element)) return true;
  }
  return false;
}

/** An object under creation: with the name and namespace that it will have. */
function identified(kind: Kind, context: Context): Properties {
  const metadata: MutableProperties = { ...block(context.inputs["metadata"]) };
  const prefix = text(metadata["generateName"]);
  metadata["name"] ??= prefix === undefined ? autoname(context.urn, context.hex(8)) : `${prefix}${context.hex(5)}`;
  if (kind.namespaced === false) delete metadata["namespace"];
  else metadata["namespace"] ??= "default";
  return { ...context.inputs, metadata };
}

/** `<logical name>-<8 digits>`: https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/metadata/naming.go */
export function autoname(urn: string, suffix: string): string {
  return `${urn.split("::").at(-1) ?? ""}-${suffix}`;
}

function createObject(token: Kind, context: Context): Created {
  const cluster = requireCluster(context);
  const given = token.namespaced === false ? undefined : namespaceOf(context.inputs);
  return worded("create", token, objectId(given, nameOf(context.inputs)), () => {
    if (ownGroup(token.group) && !isServed(token)) noMatch(token);
    const { kind, schema } = definedKind(token, context.cloud);
    const object = identified(kind, context);
    const name = nameOf(object);
    const id = objectId(namespaceOf(object), name);
    requireNamespace(namespaceOf(object), context.cloud);
    const errors = validateObject(kind, object);
    checkSchema(object, schema, errors);
    if (errors.found.length > 0) invalid(kind, name, errors.found);
    const taken =
      context.cloud.find(kind.token, id) !== undefined || (kind.kind === "Namespace" && isInitialNamespace(name));
    if (taken) alreadyExists(kind, name);
    admit(kind, "CREATE", object, context.cloud, cluster.arn);
    const spec = liveSpec(kind, object, cluster, context.cloud);
    const metadata = newMetadata(object, cluster, context.hex(32));
    const { outputs, problems } = settled(kind, withSpec({ ...object, metadata }, spec), cluster, context);
    issueCertificate(kind, outputs, cluster, context);
    return { id, outputs, ...(problems.length === 0 ? {} : { problems: [notReady("create", id, name), ...problems] }) };
  });
}

function updateObject(token: Kind, context: UpdateContext<Properties>): Properties {
  const cluster = requireCluster(context);
  if (token.patch) return patchObject(token, context).outputs;
  return worded("update", token, context.resource.id, () => {
    const { kind, schema } = definedKind(token, context.cloud);
    const live = context.resource.outputs;
    const metadata = { name: nameOf(live), namespace: namespaceOf(live), ...block(context.inputs["metadata"]) };
    const object = { ...context.inputs, metadata };
    const errors = validateObject(kind, object);
    checkSchema(object, schema, errors);
    checkImmutable(kind, context.oldInputs, context.inputs, errors);
    if (errors.found.length > 0) invalid(kind, nameOf(object), errors.found);
    admit(kind, "UPDATE", object, context.cloud, cluster.arn);
    const changed = !equal(context.oldInputs["spec"], context.inputs["spec"]);
    const full = { ...object, metadata: nextMetadata(object, live, changed) };
    const spec = liveSpec(kind, full, cluster, context.cloud, live);
    const { cloud, effects } = context;
    const isLeftAlone = isBalanced(kind, live) && !isAttended(live, { cloud, cluster });
    if (isBalanced(kind, live) && !isLeftAlone) removeOutcome(context.resource, { cloud, cluster, effects });
    const { outputs, problems } = settled(kind, withSpec(full, spec), cluster, context, isLeftAlone ? live : undefined);
    if (problems.length > 0) {
      for (const problem of [notReady("update", context.resource.id, nameOf(full)), ...problems])
        context.report(problem);
    }
    return outputs;
  });
}

/** The API server keeps what was written in clear as data. */
function withData(kind: Kind, object: Properties): Properties {
  if (kind.kind !== "Secret" || kind.group !== "" || object["stringData"] === undefined) return object;
  const encoded = Object.entries(textMap(object["stringData"])).map(
    ([key, value]) => [key, Buffer.from(value).toString("base64")] as const,
  );
  return { ...object, data: { ...block(object["data"]), ...Object.fromEntries(encoded) } };
}

function withSpec(object: Properties, spec: Properties): Properties {
  return object["spec"] === undefined && Object.keys(spec).length === 0 ? object : { ...object, spec };
}

/** The object after its controllers have done their part; `left` is how it was, when nobody is there to do it. */
function settled(
  kind: Kind,
  object: Properties,
  cluster: Cluster,
  context: Context,
  left?: Properties,
): { outputs: Properties; problems: readonly string[] } {
  const { cloud, effects } = context;
  const outcome =
    left === undefined
      ? reconcile(kind, object, { cloud, cluster, effects })
      : { status: block(left["status"]), finalizers: items(dig(left, "metadata", "finalizers")), problems: [] };
  const awaited = annotation(object, "pulumi.com/skipAwait") !== "true";
  const problems = [
    ...podProblems(kind, object, cluster, context),
    ...(kind.kind === "PersistentVolumeClaim" ? claimProblems(object, cluster, cloud) : []),
    ...operatorProblems(kind, object, cluster, cloud),
    ...(awaited ? (outcome?.problems ?? []) : []),
  ];
  const status = outcome?.status ?? liveStatus(kind, object, cloud, problems.length === 0);
  const finalizers = [...new Set([...items(dig(object, "metadata", "finalizers")), ...(outcome?.finalizers ?? [])])];
  const metadata = finalizers.length === 0 ? object["metadata"] : { ...block(object["metadata"]), finalizers };
  return { outputs: { ...withData(kind, object), metadata, ...(status === undefined ? {} : { status }) }, problems };
}

function reconcile(
  kind: Kind,
  object: Properties,
  around: Pick<Context, "cloud" | "effects"> & { cluster: Cluster },
): Outcome | undefined {
  if (!isBalanced(kind, object)) return undefined;
  return kind.kind === "Ingress" ? reconcileIngress(object, around) : reconcileService(object, around);
}

/** Whether a controller is to make a load balancer for the object. */
function isBalanced(kind: Kind, object: Properties): boolean {
  if (kind.kind === "Ingress") return true;
  return kind.kind === "Service" && kind.group === "" && dig(object, "spec", "type") === "LoadBalancer";
}

function notReady(operation: "create" | "update", id: string, name: string): string {
  const timedOut = `'${name}' timed out waiting to be Ready`;
  return operation === "create"
    ? `resource ${id} was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${timedOut}`
    : `the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${timedOut}`;
}

/** A patch changes what is there, and leaves the rest: the object must exist, and outlives the patch. */
function patchObject(kind: Kind, context: Context): Created {
  requireCluster(context);
  const namespace = kind.namespaced === false ? undefined : (namespaceOf(context.inputs) ?? "default");
  const name = nameOf(context.inputs);
  const id = objectId(namespace, name);
  const live = context.cloud.find(kind.token, id) ?? worded("create", kind, id, () => notFound(kind, name));
  const inputs = merged(live.inputs, context.inputs);
  context.effects.put({ ...live, inputs, outputs: merged(live.outputs, context.inputs) });
  return { id, outputs: merged(live.outputs, context.inputs) };
}

function merged(base: Properties, change: Properties): Properties {
  const result: MutableProperties = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const isBlock = typeof value === "object" && value !== null && !Array.isArray(value);
    result[key] = isBlock ? merged(block(base[key]), block(value)) : value;
  }
  return result;
}

function deleteObject(token: Kind, context: DeleteContext<Properties>): void {
  const { cloud, effects, resource } = context;
  const cluster = findCluster(context.scope.account, cloud);
  if (cluster === undefined) return;
  worded("delete", token, resource.id, () => {
    if (token.kind === "Namespace" && token.group === "") {
      requireDeletable(resource.id);
      for (const object of contentsOf(resource.id, cloud)) {
        removeOutcome(object, { cloud, cluster, effects });
        effects.remove(object);
      }
    }
    if (token.kind === "CustomResourceDefinition") {
      for (const object of tokensOf(resource).flatMap((each) => cloud.list(each))) effects.remove(object);
    }
    removeOutcome(resource, { cloud, cluster, effects });
    withdrawCertificate(token, resource.outputs, context);
  });
}

/** The cluster of the call; a session whose provider ignores unreachable clusters still makes nothing in one. */
function requireCluster(context: Context): Cluster {
  return (
    findCluster(context.scope.account, context.cloud) ??
    refuse("Unreachable", "configured Kubernetes cluster is unreachable: the cluster does not exist")
  );
}

/** Used by releases, whose objects are made without a resource of their own. */
export function chartOutputs(
  kind: Kind,
  object: Properties,
  cluster: Cluster,
  cloud: CloudView,
  seed: string,
): Properties {
  const live = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    ...object,
    metadata: newMetadata(object, cluster, seed),
  };
  const spec = liveSpec(kind, live, cluster, cloud);
  const status = liveStatus(kind, live, cloud, true);
  return { ...withSpec(live, spec), ...(status === undefined ? {} : { status }) };
}
