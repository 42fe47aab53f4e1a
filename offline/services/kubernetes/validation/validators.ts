import type { Properties } from "../../../cloud/value";
import type { Kind } from "../kinds";
import {
  checkAutoscaler,
  checkBinding,
  checkConfigMap,
  checkDefinition,
  checkDisruptionBudget,
  checkPriorityClass,
  checkQuota,
  checkRole,
  checkSecret,
  checkStorageClass,
  checkVolumeClaim,
} from "./configuration";
import { FieldErrors } from "./field-errors";
import { checkMetadata } from "./metadata";
import { checkIngress, checkIngressClass, checkNetworkPolicy, checkService } from "./networking";
import {
  checkCronJob,
  checkDaemonSet,
  checkDeployment,
  checkJob,
  checkPod,
  checkReplicaSet,
  checkStatefulSet,
} from "./workloads";

type Validator = (object: Properties, errors: FieldErrors) => void;

/** What the API server checks of an object by itself, by group and kind. Other kinds are held to their schema and metadata only. */
const VALIDATORS: Readonly<Record<string, Validator>> = {
  "/ConfigMap": checkConfigMap,
  "/PersistentVolumeClaim": checkVolumeClaim,
  "/Pod": checkPod,
  "/ResourceQuota": checkQuota,
  "/Secret": checkSecret,
  "/Service": checkService,
  "apiextensions.k8s.io/CustomResourceDefinition": checkDefinition,
  "apps/DaemonSet": checkDaemonSet,
  "apps/Deployment": checkDeployment,
  "apps/ReplicaSet": checkReplicaSet,
  "apps/StatefulSet": checkStatefulSet,
  "autoscaling/HorizontalPodAutoscaler": checkAutoscaler,
  "batch/CronJob": checkCronJob,
  "batch/Job": checkJob,
  "networking.k8s.io/Ingress": checkIngress,
  "networking.k8s.io/IngressClass": checkIngressClass,
  "networking.k8s.io/NetworkPolicy": checkNetworkPolicy,
  "policy/PodDisruptionBudget": checkDisruptionBudget,
  "rbac.authorization.k8s.io/ClusterRole": (object, errors) => {
    checkRole(object, errors, false);
  },
  "rbac.authorization.k8s.io/ClusterRoleBinding": (object, errors) => {
    checkBinding(object, errors, false);
  },
  "rbac.authorization.k8s.io/Role": (object, errors) => {
    checkRole(object, errors, true);
  },
  "rbac.authorization.k8s.io/RoleBinding": (object, errors) => {
    checkBinding(object, errors, true);
  },
  "scheduling.k8s.io/PriorityClass": checkPriorityClass,
  "storage.k8s.io/StorageClass": checkStorageClass,
};

/** Everything that is wrong with an object, as far as the object alone tells. */
export function validateObject(kind: Kind, object: Properties, isUnknown?: (path: string) => boolean): FieldErrors {
  const errors = new FieldErrors(isUnknown);
  checkMetadata(object, kind, errors);
  VALIDATORS[`${kind.group}/${kind.kind}`]?.(object, errors);
  return errors;
}
