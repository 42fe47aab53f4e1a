/** A Kubernetes kind as a Pulumi token names it. */
export interface Kind {
  readonly token: string;
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  /** Without the suffix `Patch` of the patch types. */
  readonly kind: string;
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  /** Name in URLs and messages: `deployments`. */
  readonly plural: string;
  /** Undefined for a custom resource: its definition says so. */
  readonly namespaced: boolean | undefined;
  /** Whether the resource changes an object that is there already (`DeploymentPatch`). */
  readonly patch: boolean;
}

export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const SERVICE = "kubernetes:core/v1:Service";
export const SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount";
export const SECRET = "kubernetes:core/v1:Secret";
export const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
export const VOLUME_CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
export const POD = "kubernetes:core/v1:Pod";
export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
export const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";
export const DAEMON_SET = "kubernetes:apps/v1:DaemonSet";
export const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
export const INGRESS_CLASS = "kubernetes:networking.k8s.io/v1:IngressClass";
export const PRIORITY_CLASS = "kubernetes:scheduling.k8s.io/v1:PriorityClass";
export const CUSTOM_RESOURCE_DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
export const API_SERVICE = "kubernetes:apiregistration.k8s.io/v1:APIService";
export const MUTATING_WEBHOOKS = "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration";
export const VALIDATING_WEBHOOKS = "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration";
export const RELEASE = "kubernetes:helm.sh/v3:Release";

/**
 * Kinds of the API server itself whose objects belong to no namespace; every other kind of its groups is namespaced:
 * https://kubernetes.io/docs/reference/kubernetes-api/ (path of each kind), `kubectl api-resources --namespaced=false`.
 */
const CLUSTER_SCOPED = new Set([
  "APIService",
  "AuditSink",
  "CSIDriver",
  "CSINode",
  "CertificateSigningRequest",
  "ClusterCIDR",
  "ClusterRole",
  "ClusterRoleBinding",
  "ClusterTrustBundle",
  "CustomResourceDefinition",
  "DeviceClass",
  "DeviceTaintRule",
  "FlowSchema",
  "IPAddress",
  "IngressClass",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PodSecurityPolicy",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "ResourceClass",
  "ResourcePoolStatusRequest",
  "ResourceSlice",
  "RuntimeClass",
  "ServiceCIDR",
  "StorageClass",
  "StorageVersionMigration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
  "VolumeAttributesClass",
]);

/** Kinds of the groups that the API server serves by itself, in the versions that Kubernetes 1.36 still serves. */
export const SERVED: Readonly<Record<string, readonly string[]>> = {
  "admissionregistration.k8s.io/v1": [
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ],
  "apiextensions.k8s.io/v1": ["CustomResourceDefinition"],
  "apiregistration.k8s.io/v1": ["APIService"],
  "apps/v1": ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
  "autoscaling/v1": ["HorizontalPodAutoscaler"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "batch/v1": ["CronJob", "Job"],
  "certificates.k8s.io/v1": ["CertificateSigningRequest"],
  "coordination.k8s.io/v1": ["Lease"],
  "core/v1": [
    "Binding",
    "ConfigMap",
    "Endpoints",
    "Event",
    "LimitRange",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
  ],
  "discovery.k8s.io/v1": ["EndpointSlice"],
  "events.k8s.io/v1": ["Event"],
  "flowcontrol.apiserver.k8s.io/v1": ["FlowSchema", "PriorityLevelConfiguration"],
  "networking.k8s.io/v1": ["IPAddress", "Ingress", "IngressClass", "NetworkPolicy", "ServiceCIDR"],
  "node.k8s.io/v1": ["RuntimeClass"],
  "policy/v1": ["PodDisruptionBudget"],
  "rbac.authorization.k8s.io/v1": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
  "resource.k8s.io/v1": ["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"],
  "scheduling.k8s.io/v1": ["PriorityClass"],
  "storage.k8s.io/v1": [
    "CSIDriver",
    "CSINode",
    "CSIStorageCapacity",
    "StorageClass",
    "VolumeAttachment",
    "VolumeAttributesClass",
  ],
};

const OWN_GROUPS = new Set([
  ...Object.keys(SERVED).map((groupVersion) => groupVersion.split("/")[0]),
  "auditregistration.k8s.io",
  "extensions",
  "settings.k8s.io",
  "storagemigration.k8s.io",
]);

/** Whether the API server brings the group itself, so that no custom resource definition can. */
export function ownGroup(group: string): boolean {
  return group === "" || OWN_GROUPS.has(group);
}

/** `kubernetes:apps/v1:Deployment`, `kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding`. */
export function kindOf(token: string): Kind {
  const [, groupVersion = "", name = ""] = token.split(":");
  const slash = groupVersion.lastIndexOf("/");
  const named = slash < 0 ? "" : groupVersion.slice(0, slash);
  const group = named === "core" ? "" : named;
  const version = groupVersion.slice(slash + 1);
  const patch = ownGroup(group) && name.endsWith("Patch");
  const kind = patch ? name.slice(0, -"Patch".length) : name;
  return {
    token: patch ? token.slice(0, -"Patch".length) : token,
    group,
    version,
    kind,
    apiVersion: group === "" ? version : `${group}/${version}`,
    plural: pluralOf(kind),
    namespaced: ownGroup(group) ? !CLUSTER_SCOPED.has(kind) : undefined,
    patch,
  };
}

/** Whether Kubernetes 1.36 serves the kind: removed versions, such as `policy/v1beta1`, are not. */
export function isServed(kind: Kind): boolean {
  const groupVersion = kind.group === "" ? `core/${kind.version}` : kind.apiVersion;
  return SERVED[groupVersion]?.includes(kind.kind) === true;
}

/** Tokens of all kinds of the API server itself whose objects live in a namespace. */
export const NAMESPACED_TOKENS: readonly string[] = tokensWhere((kind) => !CLUSTER_SCOPED.has(kind));

/** Tokens of all kinds of the API server itself, and of the patches of each. */
export const SERVED_TOKENS: readonly string[] = tokensWhere(() => true).flatMap((token) => [token, `${token}Patch`]);

function tokensWhere(wanted: (kind: string) => boolean): readonly string[] {
  return Object.entries(SERVED).flatMap(([groupVersion, kinds]) =>
    kinds.filter(wanted).map((kind) => `kubernetes:${groupVersion}:${kind}`),
  );
}

/** `deployments.apps`, `services`: how messages name a collection. */
export function collection(kind: Kind): string {
  return kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** `Deployment.apps`, `Service`: how messages name a kind. */
export function qualifiedKind(kind: Kind): string {
  return kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
}

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower === "endpoints") return lower;
  if (lower.endsWith("s")) return `${lower}es`;
  return lower.endsWith("y") && lower !== "gateway" ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}
