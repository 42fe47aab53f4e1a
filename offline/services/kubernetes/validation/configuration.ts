import type { Properties, Value } from "../../../cloud/value";
import { block, blocks, child, dig, element, items, numeric, shown, text, textMap } from "../fields";
import type { FieldErrors } from "./field-errors";
import { quantity, QUANTITY_RULE } from "./quantity";
import { checkAmount, checkSelector } from "./workloads";

/** 1 MiB: https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const LARGEST_DATA = 1_048_576;

export function checkConfigMap(object: Properties, errors: FieldErrors): void {
  checkData(object, ["data", "binaryData"], errors);
  for (const key of Object.keys(block(object["binaryData"]))) {
    if (key in block(object["data"])) errors.invalid(child("data", key), key, "duplicate of key present in binaryData");
  }
}

/** Keys that a Secret of a type must have: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types */
const SECRET_KEYS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};

export function checkSecret(object: Properties, errors: FieldErrors): void {
  checkData(object, ["data", "stringData"], errors);
  for (const [key, value] of Object.entries(textMap(object["data"]))) {
    const wrong = value.replace(/\s/g, "").search(/[^A-Za-z0-9+/=]/);
    if (wrong >= 0 || value.replace(/\s/g, "").length % 4 !== 0) {
      const at = wrong >= 0 ? wrong : value.length - (value.length % 4);
      errors.invalid(child("data", key), "[secret]", `illegal base64 data at input byte ${String(at)}`);
    }
  }
  const keys = { ...block(object["data"]), ...block(object["stringData"]) };
  const known = !errors.isUnknown("data") && !errors.isUnknown("stringData");
  for (const key of SECRET_KEYS[text(object["type"]) ?? ""] ?? []) {
    if (known && !(key in keys)) errors.required(`data[${key}]`);
  }
}

function checkData(object: Properties, fields: readonly string[], errors: FieldErrors): void {
  let bytes = 0;
  for (const field of fields) {
    for (const [key, value] of Object.entries(block(object[field]))) {
      if (!/^[-._a-zA-Z0-9]+$/.test(key) || key.length > 253) {
        errors.invalid(
          child(field, key),
          key,
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        );
      }
      const content = typeof value === "string" ? Buffer.byteLength(value) : 0;
      bytes += field === "data" && fields.includes("stringData") ? Math.floor((content * 3) / 4) : content;
    }
  }
  if (bytes > LARGEST_DATA) errors.tooLong("", LARGEST_DATA);
}

/** Bounds: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
export function checkAutoscaler(object: Properties, errors: FieldErrors): void {
  const spec = block(object["spec"]);
  const least = numeric(spec["minReplicas"]);
  const most = numeric(spec["maxReplicas"]);
  errors.range("spec.minReplicas", least, 1);
  if (most === undefined) errors.required("spec.maxReplicas");
  errors.range("spec.maxReplicas", most, 1);
  if (least !== undefined && most !== undefined && most < least) {
    errors.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`");
  }
  for (const field of ["kind", "name"]) {
    if (text(dig(spec, "scaleTargetRef", field)) === undefined) errors.required(`spec.scaleTargetRef.${field}`);
  }
  blocks(spec["metrics"]).forEach((metric, index) => {
    checkMetric(element("spec.metrics", index), metric, errors);
  });
  for (const direction of ["scaleUp", "scaleDown"]) {
    checkScalingRules(`spec.behavior.${direction}`, block(dig(spec, "behavior", direction)), errors);
  }
}

const METRIC_TYPES = ["ContainerResource", "External", "Object", "Pods", "Resource"];

function checkMetric(at: string, metric: Properties, errors: FieldErrors): void {
  const type = text(metric["type"]);
  if (type === undefined) errors.required(child(at, "type"), "must specify a metric source type");
  errors.oneOf(child(at, "type"), type, METRIC_TYPES);
  if (type === undefined || !METRIC_TYPES.includes(type)) return;
  const field = type.charAt(0).toLowerCase() + type.slice(1);
  const source = metric[field];
  if (source === undefined) {
    errors.required(child(at, field), "must populate information for the given metric source");
    return;
  }
  const target = child(child(at, field), "target");
  errors.oneOf(child(target, "type"), dig(source, "target", "type"), ["Utilization", "Value", "AverageValue"]);
  const utilization = dig(source, "target", "averageUtilization");
  errors.range(child(target, "averageUtilization"), utilization, 1);
  if (type === "Resource" && utilization === undefined && dig(source, "target", "averageValue") === undefined) {
    errors.required(child(target, "averageUtilization"), "must set either a target raw value or a target utilization");
  }
}

function checkScalingRules(at: string, rules: Properties, errors: FieldErrors): void {
  errors.range(child(at, "stabilizationWindowSeconds"), rules["stabilizationWindowSeconds"], 0, 3600);
  errors.oneOf(child(at, "selectPolicy"), rules["selectPolicy"], ["Disabled", "Max", "Min"]);
  if (rules["policies"] !== undefined && items(rules["policies"]).length === 0) {
    errors.required(child(at, "policies"), "must specify at least one Policy");
  }
  blocks(rules["policies"]).forEach((policy, index) => {
    const where = element(child(at, "policies"), index);
    errors.oneOf(child(where, "type"), policy["type"], ["Percent", "Pods"]);
    errors.range(child(where, "value"), policy["value"], 1);
    errors.range(child(where, "periodSeconds"), policy["periodSeconds"], 1, 1800);
  });
}

/** https://kubernetes.io/docs/tasks/run-application/configure-pdb/ */
export function checkDisruptionBudget(object: Properties, errors: FieldErrors): void {
  const spec = block(object["spec"]);
  const fields = ["minAvailable", "maxUnavailable"].filter((field) => spec[field] !== undefined);
  const unknown = errors.isUnknown("spec.minAvailable") || errors.isUnknown("spec.maxUnavailable");
  if (fields.length === 2) errors.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set");
  if (fields.length === 0 && !unknown) {
    errors.required("spec", "set one of minAvailable and maxUnavailable: a budget without either allows no eviction");
  }
  for (const field of fields) checkAmount(`spec.${field}`, spec[field], errors);
  if (spec["selector"] !== undefined) checkSelector("spec.selector", spec["selector"], errors);
}

export function checkStorageClass(object: Properties, errors: FieldErrors): void {
  if (text(object["provisioner"]) === undefined) errors.required("provisioner");
  errors.oneOf("reclaimPolicy", object["reclaimPolicy"], ["Delete", "Retain"]);
  errors.oneOf("volumeBindingMode", object["volumeBindingMode"], ["Immediate", "WaitForFirstConsumer"]);
}

const ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

export function checkVolumeClaim(object: Properties, errors: FieldErrors): void {
  const spec = block(object["spec"]);
  if (items(spec["accessModes"]).length === 0)
    errors.required("spec.accessModes", "at least 1 access mode is required");
  items(spec["accessModes"]).forEach((mode, index) => {
    errors.oneOf(element("spec.accessModes", index), mode, ACCESS_MODES);
  });
  errors.oneOf("spec.volumeMode", spec["volumeMode"], ["Filesystem", "Block"]);
  const asked = dig(spec, "resources", "requests", "storage");
  const amount = quantity(asked);
  if (asked === undefined) errors.required("spec.resources[storage]");
  else if (amount === undefined) errors.invalid("spec.resources.requests.storage", asked, QUANTITY_RULE);
  else if (amount <= 0) errors.invalid("spec.resources.requests.storage", asked, "must be greater than zero");
}

export function checkRole(object: Properties, errors: FieldErrors, namespaced: boolean): void {
  blocks(object["rules"]).forEach((rule, index) => {
    const at = element("rules", index);
    if (items(rule["verbs"]).length === 0) errors.required(child(at, "verbs"), "verbs must contain at least one value");
    if (items(rule["nonResourceURLs"]).length > 0) {
      if (namespaced)
        errors.invalid(
          child(at, "nonResourceURLs"),
          rule["nonResourceURLs"],
          "namespaced rules cannot apply to non-resource URLs",
        );
      return;
    }
    for (const field of ["apiGroups", "resources"]) {
      if (items(rule[field]).length === 0)
        errors.required(child(at, field), "resource rules must supply at least one api group and resource");
    }
  });
}

export function checkBinding(object: Properties, errors: FieldErrors, namespaced: boolean): void {
  const reference = block(object["roleRef"]);
  errors.oneOf("roleRef.apiGroup", reference["apiGroup"], ["rbac.authorization.k8s.io"]);
  errors.oneOf("roleRef.kind", reference["kind"], namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]);
  if (text(reference["name"]) === undefined) errors.required("roleRef.name");
  blocks(object["subjects"]).forEach((subject, index) => {
    const at = element("subjects", index);
    errors.oneOf(child(at, "kind"), subject["kind"], ["Group", "ServiceAccount", "User"]);
    if (text(subject["name"]) === undefined) errors.required(child(at, "name"));
    if (subject["kind"] === "ServiceAccount" && text(subject["namespace"]) === undefined)
      errors.required(child(at, "namespace"));
  });
}

/** Values above are kept for the system: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/ */
const HIGHEST_PRIORITY = 1_000_000_000;

export function checkPriorityClass(object: Properties, errors: FieldErrors): void {
  const value = numeric(object["value"]);
  const name = text(dig(object, "metadata", "name")) ?? "";
  if (name.startsWith("system-"))
    errors.forbidden("metadata.name", "priority class names with 'system-' prefix are reserved for system use only");
  if (value !== undefined && value > HIGHEST_PRIORITY) {
    errors.forbidden("value", `maximum allowed value of a user defined priority is ${String(HIGHEST_PRIORITY)}`);
  }
  errors.oneOf("preemptionPolicy", object["preemptionPolicy"], ["Never", "PreemptLowerPriority"]);
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ */
export function checkDefinition(object: Properties, errors: FieldErrors): void {
  const spec = block(object["spec"]);
  const plural = text(dig(spec, "names", "plural"));
  const group = text(spec["group"]);
  const name = text(dig(object, "metadata", "name"));
  for (const [path, value] of [
    ["spec.group", group],
    ["spec.names.plural", plural],
    ["spec.names.kind", text(dig(spec, "names", "kind"))],
  ] as const) {
    if (value === undefined) errors.required(path);
  }
  if (plural !== undefined && group !== undefined && name !== undefined && name !== `${plural}.${group}`) {
    errors.invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group');
  }
  if (spec["scope"] === undefined) errors.required("spec.scope");
  errors.oneOf("spec.scope", spec["scope"], ["Cluster", "Namespaced"]);
  const versions = blocks(spec["versions"]);
  if (versions.length === 0) errors.required("spec.versions");
  else if (versions.filter((version) => version["storage"] === true).length !== 1) {
    errors.invalid(
      "spec.versions",
      versions.map((version) => shown(version["name"])),
      "must have exactly one version marked as storage version",
    );
  }
  versions.forEach((version, index) => {
    const schema: Value | undefined = dig(version, "schema", "openAPIV3Schema");
    if (schema === undefined)
      errors.required(`${element("spec.versions", index)}.schema.openAPIV3Schema`, "schemas are required");
  });
}

export function checkQuota(object: Properties, errors: FieldErrors): void {
  for (const [resource, value] of Object.entries(block(dig(object, "spec", "hard")))) {
    const amount = quantity(value);
    if (amount === undefined) errors.invalid(child("spec.hard", resource), value, QUANTITY_RULE);
    else if (amount < 0) errors.invalid(child("spec.hard", resource), value, "must be greater than or equal to 0");
  }
}
