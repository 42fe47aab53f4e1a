import { equal, type Properties, valuesAt } from "../../cloud/value";
import { block } from "./fields";
import type { Kind } from "./kinds";
import type { FieldErrors } from "./validation/field-errors";

const IMMUTABLE = "field is immutable";

/**
 * Fields whose change the API server refuses with 422, by group and kind. The provider replaces on some of them by itself and
 * then never asks; the others need `replaceOnChanges`. Read from the validation of each kind:
 * https://github.com/kubernetes/kubernetes/tree/master/pkg/apis
 */
const IMMUTABLE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  "/Node": ["spec.podCIDR", "spec.podCIDRs", "spec.providerID"],
  "/PersistentVolume": ["spec.nodeAffinity", "spec.volumeMode"],
  "/PersistentVolumeClaim": [
    "spec.accessModes",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeName",
    "spec.volumeMode",
    "spec.dataSource",
  ],
  "/ResourceQuota": ["spec.scopes", "spec.scopeSelector"],
  "/Secret": ["type"],
  "/Service": ["spec.clusterIP", "spec.ipFamilies[0]", "spec.loadBalancerClass"],
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": ["spec.policyName"],
  "apiextensions.k8s.io/CustomResourceDefinition": ["spec.group", "spec.names.kind", "spec.names.plural", "spec.scope"],
  "apps/ControllerRevision": ["data"],
  "apps/DaemonSet": ["spec.selector"],
  "apps/Deployment": ["spec.selector"],
  "apps/ReplicaSet": ["spec.selector"],
  "batch/Job": ["spec.completionMode", "spec.podFailurePolicy", "spec.selector", "spec.template"],
  "certificates.k8s.io/CertificateSigningRequest": ["spec"],
  "discovery.k8s.io/EndpointSlice": ["addressType"],
  "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration": ["spec.type"],
  "networking.k8s.io/IPAddress": ["spec.parentRef"],
  "networking.k8s.io/IngressClass": ["spec.controller"],
  "node.k8s.io/RuntimeClass": ["handler"],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "scheduling.k8s.io/PriorityClass": ["value", "preemptionPolicy"],
  "storage.k8s.io/CSIStorageCapacity": ["storageClassName", "nodeTopology"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"],
  "storage.k8s.io/VolumeAttachment": ["spec"],
  "storage.k8s.io/VolumeAttributesClass": ["driverName", "parameters"],
};

/** Of a StatefulSet the list is the other way round: only these fields of its specification may change. */
const STATEFUL_SET_MUTABLE = new Set([
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
]);

/** Refuses what an update may not change. */
export function checkImmutable(kind: Kind, before: Properties, after: Properties, errors: FieldErrors): void {
  for (const path of IMMUTABLE_FIELDS[`${kind.group}/${kind.kind}`] ?? []) {
    const old = valuesAt(before, path)[0]?.value;
    const now = valuesAt(after, path)[0]?.value;
    if (equal(old, now)) continue;
    // What the server filled in itself may be left out again.
    if (kind.kind === "Service" && now === undefined) continue;
    errors.invalid(path, now ?? null, path === "roleRef" ? "cannot change roleRef" : IMMUTABLE);
  }
  if (kind.kind === "StatefulSet") checkStatefulSet(before, after, errors);
  const frozen = (kind.kind === "Secret" || kind.kind === "ConfigMap") && before["immutable"] === true;
  if (frozen) {
    for (const field of ["immutable", "data", "binaryData"]) {
      if (!equal(before[field], after[field])) errors.forbidden(field, "field is immutable when `immutable` is set");
    }
  }
}

function checkStatefulSet(before: Properties, after: Properties, errors: FieldErrors): void {
  const old = valuesAt(before, "spec")[0]?.value;
  const now = valuesAt(after, "spec")[0]?.value;
  const keys = new Set([...Object.keys(block(old)), ...Object.keys(block(now))]);
  const changed = [...keys].some((key) => !STATEFUL_SET_MUTABLE.has(key) && !equal(block(old)[key], block(now)[key]));
  if (changed) {
    const allowed =
      "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'";
    errors.forbidden("spec", `updates to statefulset spec for fields other than ${allowed} are forbidden`);
  }
}
