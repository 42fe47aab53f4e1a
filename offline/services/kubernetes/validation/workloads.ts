import type { Properties, Value } from "../../../cloud/value";
import { block, blocks, child, dig, items, numeric, shown, text, textMap } from "../fields";
import type { FieldErrors } from "./field-errors";
import { checkLabels } from "./metadata";
import { checkPodSpec } from "./pod";

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/ */
export function checkDeployment(object: Properties, errors: FieldErrors): void {
  const spec = block(object["spec"]);
  checkSelected(spec, errors);
  errors.range("spec.replicas", spec["replicas"], 0);
  errors.range("spec.minReadySeconds", spec["minReadySeconds"], 0);
  const type = dig(spec, "strategy", "type");
  errors.oneOf("spec.strategy.type", type, ["Recreate", "RollingUpdate"]);
  const rolling = dig(spec, "strategy", "rollingUpdate");
  if (type === "Recreate" && rolling !== undefined) {
    errors.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
  }
  for (const field of ["maxSurge", "maxUnavailable"]) {
    checkAmount(`spec.strategy.rollingUpdate.${field}`, dig(rolling, field), errors);
  }
  if (isZero(dig(rolling, "maxSurge")) && isZero(dig(rolling, "maxUnavailable"))) {
    errors.invalid(
      "spec.strategy.rollingUpdate.maxUnavailable",
      dig(rolling, "maxUnavailable"),
      "may not be 0 when `maxSurge` is 0",
    );
  }
  const deadline = numeric(spec["progressDeadlineSeconds"]);
  if (deadline !== undefined && deadline <= (numeric(spec["minReadySeconds"]) ?? 0)) {
    errors.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
  }
}

export function checkReplicaSet(object: Properties, errors: FieldErrors): void {
  checkSelected(block(object["spec"]), errors);
  errors.range("spec.replicas", dig(object, "spec", "replicas"), 0);
}

export function checkDaemonSet(object: Properties, errors: FieldErrors): void {
  checkSelected(block(object["spec"]), errors);
  errors.oneOf("spec.updateStrategy.type", dig(object, "spec", "updateStrategy", "type"), [
    "RollingUpdate",
    "OnDelete",
  ]);
}

export function checkStatefulSet(object: Properties, errors: FieldErrors): void {
  const spec = block(object["spec"]);
  checkSelected(
    spec,
    errors,
    new Set(blocks(spec["volumeClaimTemplates"]).map((claim) => shown(dig(claim, "metadata", "name")))),
  );
  errors.range("spec.replicas", spec["replicas"], 0);
  errors.oneOf("spec.updateStrategy.type", dig(spec, "updateStrategy", "type"), ["RollingUpdate", "OnDelete"]);
  errors.oneOf("spec.podManagementPolicy", spec["podManagementPolicy"], ["OrderedReady", "Parallel"]);
}

export function checkJob(object: Properties, errors: FieldErrors): void {
  checkJobSpec("spec", block(object["spec"]), errors);
}

export function checkCronJob(object: Properties, errors: FieldErrors): void {
  const spec = block(object["spec"]);
  const schedule = text(spec["schedule"]);
  if (schedule === undefined) errors.required("spec.schedule");
  else if (!validSchedule(schedule)) {
    errors.invalid(
      "spec.schedule",
      schedule,
      `expected exactly 5 fields, found ${String(schedule.trim().split(/\s+/).length)}: [${schedule}]`,
    );
  }
  errors.oneOf("spec.concurrencyPolicy", spec["concurrencyPolicy"], ["Allow", "Forbid", "Replace"]);
  checkJobSpec("spec.jobTemplate.spec", block(dig(spec, "jobTemplate", "spec")), errors);
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax */
function validSchedule(schedule: string): boolean {
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)$/.test(schedule)) return true;
  const fields = schedule.trim().split(/\s+/);
  return fields.length === 5 && fields.every((field) => /^[\d*/,?\-a-zA-Z]+$/.test(field));
}

function checkJobSpec(path: string, spec: Properties, errors: FieldErrors): void {
  for (const field of [
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
  ]) {
    errors.range(child(path, field), spec[field], 0);
  }
  const at = `${path}.template.spec`;
  const pod = block(dig(spec, "template", "spec"));
  if (pod["restartPolicy"] === undefined)
    errors.required(child(at, "restartPolicy"), 'valid values: "OnFailure", "Never"');
  checkPodSpec(at, pod, errors, ["OnFailure", "Never"]);
}

export function checkPod(object: Properties, errors: FieldErrors): void {
  checkPodSpec("spec", block(object["spec"]), errors, ["Always", "OnFailure", "Never"]);
}

/** Selector, template labels and the template itself: what everything that keeps pods running has. */
function checkSelected(spec: Properties, errors: FieldErrors, claims: ReadonlySet<string> = new Set()): void {
  const selector = spec["selector"];
  if (selector === undefined) errors.required("spec.selector");
  else checkSelector("spec.selector", selector, errors);
  const labels = dig(spec, "template", "metadata", "labels");
  checkLabels("spec.template.metadata.labels", labels, errors);
  const known = !errors.isUnknown("spec.selector") && !errors.isUnknown("spec.template.metadata.labels");
  if (known && (isEmpty(selector) || !matches(selector, textMap(labels)))) {
    if (selector !== undefined && isEmpty(selector)) {
      errors.invalid("spec.selector", selector, "empty selector is invalid for deployment");
    } else {
      errors.invalid("spec.template.metadata.labels", labels ?? null, "`selector` does not match template `labels`");
    }
  }
  const pod = block(dig(spec, "template", "spec"));
  const claimed = [...claims].map((name) => ({ name, persistentVolumeClaim: {} }));
  const withClaims = { ...pod, volumes: [...items(pod["volumes"]), ...claimed] };
  checkPodSpec("spec.template.spec", claims.size === 0 ? pod : withClaims, errors, ["Always"]);
}

export function checkSelector(path: string, selector: Value, errors: FieldErrors): void {
  checkLabels(child(path, "matchLabels"), dig(selector, "matchLabels"), errors);
  blocks(dig(selector, "matchExpressions")).forEach((expression, index) => {
    const at = `${path}.matchExpressions[${String(index)}]`;
    const operator = text(expression["operator"]);
    errors.oneOf(child(at, "operator"), operator, ["In", "NotIn", "Exists", "DoesNotExist"]);
    const values = items(expression["values"]);
    if ((operator === "In" || operator === "NotIn") && values.length === 0) {
      errors.required(child(at, "values"), "must be specified when `operator` is 'In' or 'NotIn'");
    }
    if ((operator === "Exists" || operator === "DoesNotExist") && values.length > 0) {
      errors.forbidden(child(at, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
  });
}

function isEmpty(selector: Value | undefined): boolean {
  return (
    Object.keys(block(dig(selector, "matchLabels"))).length === 0 &&
    items(dig(selector, "matchExpressions")).length === 0
  );
}

/** Whether a label selector picks an object with these labels; an empty one picks all. */
export function matches(selector: Value | undefined, labels: Readonly<Record<string, string>>): boolean {
  const exact = Object.entries(textMap(dig(selector, "matchLabels"))).every(([key, value]) => labels[key] === value);
  return (
    exact &&
    blocks(dig(selector, "matchExpressions")).every((expression) => {
      const value = labels[shown(expression["key"])];
      const listed = value !== undefined && items(expression["values"]).includes(value);
      switch (shown(expression["operator"])) {
        case "In":
          return listed;
        case "NotIn":
          return !listed;
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

/** A count of pods, or a percentage of them. */
export function checkAmount(path: string, value: Value | undefined, errors: FieldErrors): void {
  if (typeof value === "string") {
    const percent = /^(\d+)%$/.exec(value);
    if (percent === null)
      errors.invalid(path, value, "a valid percent string must be a numeric string followed by an ending '%'");
    else if (Number(percent[1]) > 100) errors.invalid(path, value, "must not be greater than 100%");
  } else errors.range(path, value, 0);
}

function isZero(value: Value | undefined): boolean {
  return value === 0 || value === "0%";
}
