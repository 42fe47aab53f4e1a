import type { CloudView } from "../../cloud/cloud";
import type { CheckCall } from "../../cloud/control-plane";
import { refuse } from "../../cloud/errors";
import { withName } from "../../cloud/naming";
import type { CloudPackage, OutgoingCall, Replacement, Session } from "../../cloud/package";
import type { ResourceType } from "../../cloud/resource-type";
import { isProperties, type MutableProperties, type Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import { requireReachable } from "./api-access";
import { clusterAt, storedCluster } from "./cluster";
import { annotation, block, dig, text } from "./fields";
import { kindOf, RELEASE } from "./kinds";
import { hostOf, targetOf } from "./kubeconfig";
import { autoname, objectType } from "./objects";
import { releaseType } from "./release";

export interface KubernetesPackageOptions {
  /** What each resource type accepts and returns; undefined for a custom resource, whose definition is in the cluster. */
  readonly schema: (token: string) => ResourceSchema | undefined;
  /** Version of the installed SDK. */
  readonly version: string;
  /** What replaces a resource, by the provider's own options and the object. Default: nothing does. */
  readonly replacement?: CloudPackage["replacement"];
}

/** A package that names its objects itself. */
export type KubernetesPackage = CloudPackage & { readonly prepareInputs: typeof prepareInputs };

const PROVIDER = "pulumi:providers:kubernetes";

/** Set by the provider on objects that it named: https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/metadata/annotations.go */
const AUTONAMED = "pulumi.com/autonamed";

/** Kubernetes as `@pulumi/kubernetes` sees it: the API servers of the clusters that other packages of the offline cloud made. */
export function kubernetesPackage(options: KubernetesPackageOptions): KubernetesPackage {
  const { schema, version } = options;
  const types = new Map<string, ResourceType>([[RELEASE, releaseType]]);
  const resourceType = (token: string): ResourceType => {
    const rules = types.get(token) ?? objectType(token);
    types.set(token, rules);
    return rules;
  };
  const replacement: CloudPackage["replacement"] = (token, session, oldInputs, newInputs) =>
    token === PROVIDER
      ? providerReplacement(oldInputs ?? {}, newInputs ?? {})
      : options.replacement?.(token, session, oldInputs, newInputs);
  return {
    name: "kubernetes",
    version,
    checkConfig,
    configure,
    schema,
    resourceType,
    replacement,
    deletesFirst,
    scopeOf: (_token, _inputs, session) => session.scope,
    invoke: (token) =>
      refuse(
        "Unimplemented",
        `${token} is not available offline: it needs the chart or manifests of the real provider`,
      ),
    describeError: (error) => error.message,
    reachable,
    prepareInputs,
  };
}

function checkConfig(config: Properties): readonly { readonly property: string; readonly reason: string }[] {
  const problems: { property: string; reason: string }[] = [];
  const kubeconfig = text(config["kubeconfig"]);
  if (config["renderYamlToDirectory"] !== undefined) {
    problems.push({ property: "renderYamlToDirectory", reason: "rendering to files is not available offline" });
  }
  if (kubeconfig === undefined) {
    problems.push({ property: "kubeconfig", reason: "give a kubeconfig: the one of this machine is not used offline" });
    return problems;
  }
  const target = targetOf(kubeconfig, text(config["context"]), text(config["cluster"]));
  if (typeof target === "string") problems.push({ property: "kubeconfig", reason: target });
  return problems;
}

/** The instance of a configuration. Its account tells the cluster from others, "" when no cluster answers at that address. */
function configure(config: Properties, cloud: CloudView): Session {
  const target = targetOf(text(config["kubeconfig"]) ?? "", text(config["context"]), text(config["cluster"]));
  const { server, endpoint, tunnelled, ...named } =
    typeof target === "string" ? { server: "", endpoint: "", tunnelled: false, namespace: undefined } : target;
  const namespace = text(config["namespace"]) ?? named.namespace ?? "default";
  const account = clusterAt(endpoint, cloud) ?? "";
  const { kubeconfig: _credentials, ...rest } = config;
  return { scope: { account, region: "" }, config: { ...rest, server, tunnelled, namespace } };
}

/**
 * Another cluster replaces the provider and with it every object. With an identifier only that counts, else the address in the
 * kubeconfig: https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go (DiffConfig)
 */
function providerReplacement(before: Properties, after: Properties): Replacement {
  if (before["clusterIdentifier"] !== undefined || after["clusterIdentifier"] !== undefined) {
    return { replaces: ["clusterIdentifier"] };
  }
  const [old, now] = [serverOf(before), serverOf(after)];
  const moved = old !== undefined && now !== undefined && old !== now;
  return { replaces: moved ? ["kubeconfig", "context", "cluster"] : [] };
}

function serverOf(config: Properties): string | undefined {
  const target = targetOf(text(config["kubeconfig"]) ?? "", text(config["context"]), text(config["cluster"]));
  return typeof target === "string" ? undefined : target.server;
}

function reachable({ session, operation, cloud, outages }: OutgoingCall): void {
  // What is not available offline is not asked of a cluster.
  if (operation === "invoke") return;
  const { account } = session.scope;
  const isGone = storedCluster(account, cloud) === undefined;
  // What was in a cluster that is no more leaves the state, on demand, without a call.
  if (isGone && session.config["deleteUnreachable"] === true) return;
  requireReachable({
    arn: account,
    host: hostOf(text(session.config["server"]) ?? ""),
    tunnelled: session.config["tunnelled"] === true,
    place: session.place ?? "network",
    cloud,
    outages,
  });
}

/**
 * An object that keeps its name in its namespace cannot be there twice:
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go
 */
function deletesFirst(token: string, oldInputs: Properties, newInputs: Properties): boolean {
  if (token === RELEASE || isAutonamed(newInputs)) return false;
  const same = (key: string) => dig(oldInputs, "metadata", key) === dig(newInputs, "metadata", key);
  return same("name") && same("namespace");
}

function isAutonamed(object: Properties): boolean {
  return annotation(object, AUTONAMED) === "true" || text(dig(object, "metadata", "name")) === undefined;
}

function prepareInputs(call: CheckCall, suffix: () => string): Properties {
  const { type, inputs, oldInputs, session } = call;
  if (type === RELEASE) {
    const named = withName(releaseType.name, call, suffix);
    return { ...named, namespace: named["namespace"] ?? session.config["namespace"] ?? "default" };
  }
  const { metadata: given } = inputs;
  // Metadata that is not known yet as a whole has its names later.
  if (given !== undefined && given !== null && !isProperties(given)) return inputs;
  const kind = kindOf(type);
  const metadata: MutableProperties = { ...block(given) };
  if (kind.namespaced === false) delete metadata["namespace"];
  else metadata["namespace"] ??= session.config["namespace"] ?? "default";
  if (metadata["name"] === undefined && metadata["generateName"] === undefined && call.autonaming?.disabled !== true) {
    const kept =
      oldInputs !== undefined && isAutonamed(oldInputs) ? text(dig(oldInputs, "metadata", "name")) : undefined;
    metadata["name"] = kept ?? proposed(call) ?? autoname(call.urn, suffix());
    const { annotations } = metadata;
    if (annotations === undefined || isProperties(annotations)) {
      metadata["annotations"] = { ...annotations, [AUTONAMED]: "true" };
    }
  }
  return { ...inputs, metadata };
}

function proposed(call: CheckCall): string | undefined {
  const name = call.autonaming?.name;
  return name === "" ? undefined : name;
}
