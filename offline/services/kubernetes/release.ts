import type { ReleaseArgs } from "@pulumi/kubernetes/helm/v3";
import { createHash } from "node:crypto";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Created, type Resolved } from "../../cloud/resource-type";
import { isProperties, type Properties } from "../../cloud/value";
import { chartOf, definitionsOf, type Chart, type ChartObject, type Rendering } from "./charts";
import { findCluster, type Cluster } from "./cluster";
import { definedKind, tokensOf } from "./custom-resources";
import { annotation, block, dig, nameOf, namespaceOf, text } from "./fields";
import {
  API_SERVICE,
  CUSTOM_RESOURCE_DEFINITION,
  DAEMON_SET,
  DEPLOYMENT,
  INGRESS_CLASS,
  kindOf,
  MUTATING_WEBHOOKS,
  NAMESPACE,
  ownGroup,
  RELEASE,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
  VALIDATING_WEBHOOKS,
  type Kind,
} from "./kinds";
import { namespaceExists } from "./namespaces";
import { chartOutputs } from "./objects";
import { podProblems } from "./pods";
import { objectId } from "./status-error";
import { admit } from "./webhooks";

type Inputs = Resolved<ReleaseArgs>;

const NAME = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

/** What a chart's objects can be; definitions in its `crds/` are nobody's, and left when a release goes. */
const OWNED = [
  SERVICE_ACCOUNT,
  DEPLOYMENT,
  DAEMON_SET,
  SERVICE,
  SECRET,
  INGRESS_CLASS,
  MUTATING_WEBHOOKS,
  VALIDATING_WEBHOOKS,
  API_SERVICE,
  "kubernetes:cert-manager.io/v1:Certificate",
  CUSTOM_RESOURCE_DEFINITION,
] as const;

const OWNER_NAME = "meta.helm.sh/release-name";
const RESOURCE_POLICY = "helm.sh/resource-policy";
const OWNER_NAMESPACE = "meta.helm.sh/release-namespace";

/** A Helm release: https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/helm_release.go */
export const releaseType = resourceType<ReleaseArgs>({
  token: RELEASE,
  service: "helm",
  actions: { create: "install", update: "upgrade", delete: "uninstall" },
  reach: "global",
  name: {
    property: "name",
    pattern: new RegExp(`^${NAME}$`),
    rule: `invalid release name, must match regex ^${NAME}$ and the length must not be longer than 53`,
    source: "https://helm.sh/docs/chart_template_guide/builtin_objects/",
    maxLength: 53,
  },
  check: ({ inputs, refuse: report }) => {
    const repository = inputs.repositoryOpts?.repo;
    const chart = inputs.chart ?? "";
    if (repository !== undefined && !/^(https?|oci):\/\//.test(repository)) {
      report("repositoryOpts.repo", `could not find protocol handler for: ${repository.split("://")[0] ?? ""}`);
    }
    if (repository === undefined && inputs.repositoryOpts === undefined && /^[a-z0-9-]+$/i.test(chart)) {
      report("chart", `failed to download "${chart}": set repositoryOpts.repo, or give a path or an oci:// address`);
    }
    if (inputs.timeout !== undefined && inputs.timeout < 0) report("timeout", "must not be negative");
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const cluster = clusterOf(context);
    const name = inputs.name ?? "";
    const namespace = inputs.namespace ?? "default";
    const id = objectId(namespace, name);
    if (cloud.find(RELEASE, id) !== undefined) refuse("AlreadyExists", "cannot re-use a name that is still in use");
    if (!namespaceExists(namespace, cloud)) {
      if (inputs.createNamespace !== true)
        refuse("NotFound", `create: failed to create: namespaces "${namespace}" not found`);
      putNamespace(namespace, cluster, context);
    }
    const { objects, problems } = install(inputs, name, namespace, cluster, context);
    const failed = problems.length > 0 && inputs.skipAwait !== true;
    return {
      id,
      outputs: outputsOf(inputs, name, namespace, 1, failed ? "failed" : "deployed", objects),
      ...(failed ? { problems: [failure(id), ...problems] } : {}),
    };
  },
  update: (context) => {
    const { inputs, resource } = context;
    const cluster = clusterOf(context);
    const name = text(resource.outputs["name"]) ?? "";
    const namespace = text(resource.outputs["namespace"]) ?? "default";
    const before = ownedBy(name, namespace, context.cloud);
    const { objects, problems } = install(inputs, name, namespace, cluster, context, "upgrade");
    const kept = new Set(
      objects.map(({ kind, object }) => `${kind.token}|${objectId(namespaceOf(object), nameOf(object))}`),
    );
    for (const object of before) if (!kept.has(`${object.type}|${object.id}`)) remove(object, context);
    const failed = problems.length > 0 && inputs.skipAwait !== true;
    if (failed) for (const problem of [failure(resource.id), ...problems]) context.report(problem);
    const revision = dig(resource.outputs, "status", "revision");
    return outputsOf(
      inputs,
      name,
      namespace,
      (typeof revision === "number" ? revision : 1) + 1,
      failed ? "failed" : "deployed",
      objects,
    );
  },
  delete: (context) => {
    const { outputs } = context.resource;
    const name = text(outputs["name"]) ?? "";
    const namespace = text(outputs["namespace"]) ?? "default";
    for (const object of ownedBy(name, namespace, context.cloud)) remove(object, context);
  },
});

interface Installed {
  readonly kind: Kind;
  readonly object: Properties;
}

/** Puts what the chart makes into the cluster. A chart that has no row makes nothing that can be seen. */
function install(
  inputs: Inputs,
  release: string,
  namespace: string,
  cluster: Cluster,
  context: CallContext<Inputs>,
  operation: "install" | "upgrade" = "install",
): { objects: readonly Installed[]; problems: readonly string[] } {
  const chart = chartOf(inputs.chart);
  if (chart === undefined) return { objects: [], problems: [] };
  const values = isProperties(inputs.values) ? inputs.values : {};
  const rendering: Rendering = { release, namespace, values };
  const refused = chart.refuses?.(rendering);
  if (refused !== undefined) refuse("InvalidValues", refused);
  if (inputs.skipCrds !== true && operation === "install") putDefinitions(chart, cluster, context);
  const objects = chart.objects(rendering).map((each) => owned(each, release, namespace));
  for (const { kind, object } of objects) {
    requireDefined(kind, object, context.cloud);
    requireOwn(kind, object, release, context.cloud);
  }
  // The chart's own objects are not held up by the webhooks that it brings itself.
  const another = ownedBy(release, namespace, context.cloud).length === 0;
  for (const { kind, object } of objects) if (another) admit(kind, "CREATE", object, context.cloud, cluster.arn);
  for (const each of objects) put(each, cluster, context);
  return { objects, problems: waiting(objects, cluster, context) };
}

function waiting(objects: readonly Installed[], cluster: Cluster, context: CallContext<Inputs>): readonly string[] {
  const own = new Map(
    objects.map(({ kind, object }) => [`${kind.token}|${objectId(namespaceOf(object), nameOf(object))}`, object]),
  );
  const stored = (type: string, id: string, object: Properties): StoredResource => ({
    type,
    id,
    scope: context.scope,
    inputs: object,
    outputs: object,
    readyAt: cluster.readyAt,
  });
  const cloud: CloudView = {
    ...context.cloud,
    find: (type, id, scope) => {
      const object = own.get(`${type}|${id}`);
      if (object === undefined) return context.cloud.find(type, id, scope);
      return stored(type, id, object);
    },
    list: (type, scope) => [
      ...context.cloud.list(type, scope),
      ...objects
        .filter(({ kind }) => kind.token === type)
        .map(({ object }) => stored(type, objectId(namespaceOf(object), nameOf(object)), object)),
    ],
  };
  return objects.flatMap(({ kind, object }) => podProblems(kind, object, cluster, { cloud, outages: context.outages }));
}

function failure(id: string): string {
  return (
    `Helm release "${id}" was created, but failed to initialize completely. Use Helm CLI to investigate: ` +
    `failed to become available within allocated timeout. Error: Helm Release ${id}: timed out waiting for the condition`
  );
}

function owned({ token, object }: ChartObject, release: string, namespace: string): Installed {
  const kind = kindOf(token);
  const metadata = block(object["metadata"]);
  const annotations = { ...block(metadata["annotations"]), [OWNER_NAME]: release, [OWNER_NAMESPACE]: namespace };
  const labels = { ...block(metadata["labels"]), "app.kubernetes.io/managed-by": "Helm" };
  return {
    kind,
    object: { apiVersion: kind.apiVersion, kind: kind.kind, ...object, metadata: { ...metadata, annotations, labels } },
  };
}

/** Helm looks every kind up before it makes anything. */
function requireDefined(kind: Kind, object: Properties, cloud: CloudView): void {
  if (ownGroup(kind.group)) return;
  try {
    definedKind(kind, cloud);
  } catch {
    refuse(
      "NoMatch",
      `unable to build kubernetes objects from release manifest: resource mapping not found for name: "${nameOf(object)}" namespace: ` +
        `"${namespaceOf(object) ?? ""}" from "": no matches for kind "${kind.kind}" in version "${kind.apiVersion}"\nensure CRDs are installed first`,
    );
  }
}

/** Removes an object of a release, and with a definition what it defines; not what the chart says to keep. */
function remove(object: StoredResource, { cloud, effects }: Pick<CallContext<Inputs>, "cloud" | "effects">): void {
  if (annotation(object.inputs, RESOURCE_POLICY) === "keep") return;
  if (object.type === CUSTOM_RESOURCE_DEFINITION) {
    for (const each of tokensOf(object).flatMap((token) => cloud.list(token))) effects.remove(each);
  }
  effects.remove(object);
}

/** Helm does not take over what it did not make. */
function requireOwn(kind: Kind, object: Properties, release: string, cloud: CloudView): void {
  const existing = cloud.find(kind.token, objectId(namespaceOf(object), nameOf(object)));
  if (existing === undefined || annotation(existing.inputs, OWNER_NAME) === release) return;
  refuse(
    "AlreadyExists",
    `Unable to continue with install: ${kind.kind} "${nameOf(object)}" in namespace "${namespaceOf(object) ?? ""}" exists and cannot be ` +
      'imported into the current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"',
  );
}

function putDefinitions(chart: Chart, cluster: Cluster, context: CallContext<Inputs>): void {
  for (const { token, object } of definitionsOf(chart)) {
    const kind = kindOf(token);
    if (context.cloud.find(token, nameOf(object)) === undefined) put({ kind, object }, cluster, context);
  }
}

function putNamespace(name: string, cluster: Cluster, context: CallContext<Inputs>): void {
  put({ kind: kindOf(NAMESPACE), object: { metadata: { name } } }, cluster, context);
}

function put({ kind, object }: Installed, cluster: Cluster, context: CallContext<Inputs>): void {
  const id = objectId(namespaceOf(object), nameOf(object));
  const seed = createHash("sha256").update([context.urn, kind.token, id].join("|")).digest("hex");
  const outputs = chartOutputs(kind, object, cluster, context.cloud, seed);
  context.effects.put({
    type: kind.token,
    id,
    inputs: { apiVersion: kind.apiVersion, kind: kind.kind, ...object },
    outputs,
  });
}

function ownedBy(release: string, namespace: string, cloud: CloudView): readonly StoredResource[] {
  return OWNED.flatMap((token) => cloud.list(token)).filter(
    ({ inputs }) => annotation(inputs, OWNER_NAME) === release && annotation(inputs, OWNER_NAMESPACE) === namespace,
  );
}

function outputsOf(
  inputs: Inputs,
  name: string,
  namespace: string,
  revision: number,
  status: "deployed" | "failed",
  objects: readonly Installed[],
): Created["outputs"] {
  const resourceNames: Record<string, string[]> = {};
  for (const { kind, object } of objects) {
    const list = (resourceNames[`${kind.kind}.${kind.apiVersion}`] ??= []);
    list.push(objectId(namespaceOf(object), nameOf(object)));
  }
  const version = inputs.version ?? "";
  const chart = inputs.chart.split("/").at(-1) ?? inputs.chart;
  return {
    name,
    namespace,
    version,
    resourceNames,
    status: { name, namespace, revision, status, chart, version },
  };
}

function clusterOf(context: CallContext<Inputs>): Cluster {
  return (
    findCluster(context.scope.account, context.cloud) ??
    refuse("Unreachable", "can't create Helm Release with unreachable cluster: the cluster does not exist")
  );
}
