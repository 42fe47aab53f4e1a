import type { CloudView, StoredResource } from "../../cloud/cloud";
import { namespacedCustomTokens, tokensOf } from "./custom-resources";
import { namespaceOf, text } from "./fields";
import { CUSTOM_RESOURCE_DEFINITION, kindOf, NAMESPACE, NAMESPACED_TOKENS, RELEASE, SERVED_TOKENS } from "./kinds";
import { forbidden, namespaceNotFound } from "./status-error";

/** Namespaces that every cluster has: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces */
const INITIAL = new Set(["default", "kube-node-lease", "kube-public", "kube-system"]);

export function namespaceExists(name: string, cloud: CloudView): boolean {
  return INITIAL.has(name) || cloud.find(NAMESPACE, name) !== undefined;
}

export function isInitialNamespace(name: string): boolean {
  return INITIAL.has(name);
}

export function requireNamespace(name: string | undefined, cloud: CloudView): void {
  if (name !== undefined && !namespaceExists(name, cloud)) namespaceNotFound(name);
}

/** The API server keeps its own namespaces: https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/namespace/lifecycle/admission.go */
export function requireDeletable(name: string): void {
  if (name !== "kube-node-lease" && INITIAL.has(name))
    forbidden(kindOf(NAMESPACE), name, "this namespace may not be deleted");
}

/** Everything that lives in a namespace and goes with it. */
export function contentsOf(namespace: string, cloud: CloudView): readonly StoredResource[] {
  const objects = [...NAMESPACED_TOKENS, ...namespacedCustomTokens(cloud)].flatMap((token) => cloud.list(token));
  return [
    ...objects.filter(
      (object) => namespaceOf(object.outputs) === namespace || namespaceOf(object.inputs) === namespace,
    ),
    ...cloud.list(RELEASE).filter((release) => text(release.outputs["namespace"]) === namespace),
  ];
}

/** Everything in a cluster, whoever made it: what goes with the cluster, and would otherwise be left by Helm and by controllers. */
export function clusterContents(arn: string, cloud: CloudView): readonly StoredResource[] {
  const scope = { account: arn, region: "" };
  const custom = cloud.list(CUSTOM_RESOURCE_DEFINITION, scope).flatMap(tokensOf);
  return [...new Set([...SERVED_TOKENS, ...custom, RELEASE])].flatMap((token) => cloud.list(token, scope));
}
