import type { Replacement } from "../../cloud/package";
import type { Properties } from "../../cloud/value";

/*
 * Fields whose change makes the provider replace an object.
 * Source: the provider's own table (`forceNew`), pulumi-kubernetes 4.32:
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
 * What the table does not list is sent as an update, which the API server may refuse as immutable.
 */

/** Of every kind, custom resources and `…Patch` included. */
const METADATA = ["metadata.name", "metadata.namespace"];
const SELECTOR = ["spec.selector"];
const ROLE_REFERENCE = ["roleRef"];
const JOB = ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"];
const STATEFUL_SET = [
  "spec.podManagementPolicy",
  "spec.revisionHistoryLimit",
  "spec.selector",
  "spec.serviceName",
  "spec.volumeClaimTemplates",
];

const VOLUME_SOURCES = [
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "csi",
  "fc",
  "flexVolume",
  "flocker",
  "gcePersistentDisk",
  "glusterfs",
  "hostPath",
  "iscsi",
  "local",
  "nfs",
  "photonPersistentDisk",
  "portworxVolume",
  "quobyte",
  "rbd",
  "scaleIO",
  "storageos",
  "vsphereVolume",
];

const POD_FIELDS = [
  "affinity",
  "automountServiceAccountToken",
  "dnsConfig",
  "dnsPolicy",
  "enableServiceLinks",
  "hostAliases",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostname",
  "imagePullSecrets",
  "nodeName",
  "nodeSelector",
  "overhead",
  "preemptionPolicy",
  "priority",
  "priorityClassName",
  "readinessGates",
  "restartPolicy",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "serviceAccount",
  "serviceAccountName",
  "shareProcessNamespace",
  "subdomain",
  "terminationGracePeriodSeconds",
  "volumes",
];

const CONTAINER_FIELDS = [
  "args",
  "command",
  "env",
  "image",
  "imagePullPolicy",
  "lifecycle",
  "livenessProbe",
  "ports",
  "readinessProbe",
  "resources",
  "securityContext",
  "stdin",
  "stdinOnce",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "tty",
  "volumeDevices",
  "volumeMounts",
  "workingDir",
];

/** By token; on top of name and namespace. */
export const KUBERNETES_REPLACEMENTS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:apps/v1beta1:StatefulSet": STATEFUL_SET,
  "kubernetes:apps/v1beta2:DaemonSet": SELECTOR,
  "kubernetes:apps/v1beta2:Deployment": SELECTOR,
  "kubernetes:apps/v1beta2:StatefulSet": STATEFUL_SET,
  "kubernetes:apps/v1:DaemonSet": SELECTOR,
  "kubernetes:apps/v1:Deployment": SELECTOR,
  "kubernetes:apps/v1:StatefulSet": STATEFUL_SET,
  "kubernetes:batch/v1:Job": JOB,
  "kubernetes:core/v1:PersistentVolume": VOLUME_SOURCES.map((source) => `spec.${source}`),
  "kubernetes:core/v1:PersistentVolumeClaim": [
    "spec.accessModes",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeName",
  ],
  "kubernetes:core/v1:Pod": [
    ...POD_FIELDS.map((field) => `spec.${field}`),
    ...CONTAINER_FIELDS.flatMap((field) => [`spec.containers[*].${field}`, `spec.initContainers[*].${field}`]),
  ],
  "kubernetes:core/v1:ResourceQuota": ["spec.scopes"],
  "kubernetes:core/v1:Secret": ["type"],
  "kubernetes:core/v1:Service": ["spec.clusterIP"],
  "kubernetes:policy/v1beta1:PodDisruptionBudget": ["spec"],
  "kubernetes:rbac.authorization.k8s.io/v1alpha1:ClusterRoleBinding": ROLE_REFERENCE,
  "kubernetes:rbac.authorization.k8s.io/v1alpha1:RoleBinding": ROLE_REFERENCE,
  "kubernetes:rbac.authorization.k8s.io/v1beta1:ClusterRoleBinding": ROLE_REFERENCE,
  "kubernetes:rbac.authorization.k8s.io/v1beta1:RoleBinding": ROLE_REFERENCE,
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": ROLE_REFERENCE,
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": ROLE_REFERENCE,
  "kubernetes:storage.k8s.io/v1:StorageClass": ["parameters", "provisioner"],
};

/**
 * A release is replaced by its own provider code, not by the table:
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/helm_release.go
 */
const RELEASE = ["name", "namespace"];

/** The provider's options that decide about the contents of secrets and config maps. Default false each. */
export interface Mutability {
  /** `enableSecretMutable` */
  readonly secretMutable?: boolean;
  /** `enableConfigMapMutable` */
  readonly configMapMutable?: boolean;
}

/** The row of a type. `inputs` are the new ones: an object that declares itself immutable is replaced whatever the options say. */
export function kubernetesReplacement(token: string, options: Mutability, inputs: Properties): Replacement {
  if (token === "kubernetes:helm.sh/v3:Release") return { replaces: RELEASE };
  return { replaces: [...METADATA, ...(KUBERNETES_REPLACEMENTS[token] ?? []), ...contents(token, options, inputs)] };
}

function contents(token: string, options: Mutability, inputs: Properties): readonly string[] {
  const fixed = inputs["immutable"] === true;
  switch (token) {
    case "kubernetes:core/v1:Secret":
      return options.secretMutable !== true || fixed ? ["data", "stringData"] : [];
    case "kubernetes:core/v1:ConfigMap":
      return options.configMapMutable !== true || fixed ? ["data", "binaryData"] : [];
    default:
      return [];
  }
}
