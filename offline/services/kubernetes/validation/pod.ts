import type { Properties, Value } from "../../../cloud/value";
import { block, blocks, child, dig, element, numeric, shown, text } from "../fields";
import type { FieldErrors } from "./field-errors";
import { checkLabelName, checkLabels, checkPortName } from "./metadata";
import { quantity, QUANTITY_RULE } from "./quantity";

/** Rules of a pod's specification: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export function checkPodSpec(path: string, spec: Properties, errors: FieldErrors, restarts: readonly string[]): void {
  const containers = child(path, "containers");
  if (blocks(spec["containers"]).length === 0) errors.required(containers);
  errors.oneOf(child(path, "restartPolicy"), spec["restartPolicy"], restarts);
  errors.oneOf(child(path, "dnsPolicy"), spec["dnsPolicy"], [
    "ClusterFirst",
    "ClusterFirstWithHostNet",
    "Default",
    "None",
  ]);
  errors.range(child(path, "terminationGracePeriodSeconds"), spec["terminationGracePeriodSeconds"], 0);
  checkLabels(child(path, "nodeSelector"), spec["nodeSelector"], errors);
  const volumes = checkVolumes(child(path, "volumes"), spec, errors);
  const names = new Set<string>();
  for (const list of ["initContainers", "containers"] as const) {
    blocks(spec[list]).forEach((container, index) => {
      const at = element(child(path, list), index);
      const name = text(container["name"]);
      if (name === undefined) errors.required(child(at, "name"));
      else if (names.has(name)) errors.duplicate(child(at, "name"), name);
      else checkLabelName(child(at, "name"), name, errors);
      if (name !== undefined) names.add(name);
      checkContainer(at, container, volumes, errors);
    });
  }
  checkSpread(path, spec, errors);
  checkTolerations(child(path, "tolerations"), spec["tolerations"], errors);
}

function checkContainer(at: string, container: Properties, volumes: ReadonlySet<string>, errors: FieldErrors): void {
  if (text(container["image"]) === undefined) errors.required(child(at, "image"));
  errors.oneOf(child(at, "imagePullPolicy"), container["imagePullPolicy"], ["Always", "IfNotPresent", "Never"]);
  const portNames = new Set<string>();
  blocks(container["ports"]).forEach((port, index) => {
    const where = element(child(at, "ports"), index);
    if (port["containerPort"] === undefined) errors.required(child(where, "containerPort"));
    errors.range(child(where, "containerPort"), port["containerPort"], 1, 65535);
    errors.range(child(where, "hostPort"), port["hostPort"], 1, 65535);
    errors.oneOf(child(where, "protocol"), port["protocol"], ["TCP", "UDP", "SCTP"]);
    const name = text(port["name"]);
    if (name === undefined) return;
    checkPortName(child(where, "name"), name, errors);
    if (portNames.has(name)) errors.duplicate(child(where, "name"), name);
    portNames.add(name);
  });
  blocks(container["env"]).forEach((variable, index) => {
    checkVariable(element(child(at, "env"), index), variable, errors);
  });
  checkMounts(child(at, "volumeMounts"), container["volumeMounts"], volumes, errors);
  checkResources(child(at, "resources"), block(container["resources"]), errors);
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
    if (container[probe] !== undefined)
      checkProbe(child(at, probe), block(container[probe]), probe !== "readinessProbe", errors);
  }
}

const SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

function checkVariable(at: string, variable: Properties, errors: FieldErrors): void {
  const name = text(variable["name"]);
  if (name === undefined) errors.required(child(at, "name"));
  else if (/[=\0]/.test(name))
    errors.invalid(child(at, "name"), name, "a valid environment variable name must not contain '='");
  if (variable["valueFrom"] === undefined) return;
  const source = child(at, "valueFrom");
  const given = SOURCES.filter((each) => block(variable["valueFrom"])[each] !== undefined);
  if (errors.isUnknown(source) && given.length === 0) return;
  if (text(variable["value"]) !== undefined)
    errors.invalid(source, "", "may not be specified when `value` is not empty");
  if (given.length === 0) {
    errors.invalid(
      source,
      "",
      "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
    );
  }
  if (given.length > 1) errors.invalid(source, "", "may not have more than one field specified at a time");
  for (const each of ["configMapKeyRef", "secretKeyRef"]) {
    const reference = dig(variable, "valueFrom", each);
    if (reference === undefined) continue;
    for (const key of ["name", "key"]) {
      if (text(dig(reference, key)) === undefined) errors.required(child(child(source, each), key));
    }
  }
}

function checkVolumes(path: string, spec: Properties, errors: FieldErrors): ReadonlySet<string> {
  const names = new Set<string>();
  blocks(spec["volumes"]).forEach((volume, index) => {
    const at = element(path, index);
    const name = text(volume["name"]);
    if (name === undefined) errors.required(child(at, "name"));
    else if (names.has(name)) errors.duplicate(child(at, "name"), name);
    if (name !== undefined) names.add(name);
    const kinds = Object.keys(volume).filter((key) => key !== "name" && volume[key] !== undefined);
    if (kinds.length === 0) errors.required(at, "must specify a volume type");
    if (kinds.length > 1) errors.forbidden(child(at, kinds[1] ?? ""), "may not specify more than 1 volume type");
  });
  return names;
}

function checkMounts(path: string, mounts: Value | undefined, volumes: ReadonlySet<string>, errors: FieldErrors): void {
  const places = new Set<string>();
  blocks(mounts).forEach((mount, index) => {
    const at = element(path, index);
    const name = text(mount["name"]);
    if (name === undefined) errors.required(child(at, "name"));
    else if (!volumes.has(name)) errors.notFound(child(at, "name"), name);
    const place = text(mount["mountPath"]);
    if (place === undefined) errors.required(child(at, "mountPath"));
    else if (places.has(place)) errors.invalid(child(at, "mountPath"), place, "must be unique");
    if (place !== undefined) places.add(place);
  });
}

/** https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */
function checkResources(path: string, resources: Properties, errors: FieldErrors): void {
  const limits = block(resources["limits"]);
  for (const side of ["limits", "requests"] as const) {
    for (const [resource, value] of Object.entries(block(resources[side]))) {
      if (value === undefined || value === null) continue;
      const at = child(child(path, side), resource);
      const amount = quantity(value);
      if (amount === undefined) errors.invalid(at, value, QUANTITY_RULE);
      else if (amount < 0) errors.invalid(at, value, "must be greater than or equal to 0");
      const limit = quantity(limits[resource]);
      if (side === "requests" && amount !== undefined && limit !== undefined && amount > limit) {
        errors.invalid(
          child(path, side),
          value,
          `must be less than or equal to ${resource} limit of ${shown(limits[resource])}`,
        );
      }
    }
  }
}

const HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc"];

/** Bounds: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/ */
function checkProbe(at: string, probe: Properties, once: boolean, errors: FieldErrors): void {
  const handlers = HANDLERS.filter((handler) => probe[handler] !== undefined);
  if (handlers.length === 0) errors.required(at, "must specify a handler type");
  if (handlers.length > 1) errors.forbidden(child(at, handlers[1] ?? ""), "may not specify more than 1 handler type");
  for (const field of ["initialDelaySeconds"]) errors.range(child(at, field), probe[field], 0);
  for (const field of ["timeoutSeconds", "periodSeconds", "failureThreshold", "successThreshold"]) {
    errors.range(child(at, field), probe[field], 1);
  }
  const successes = numeric(probe["successThreshold"]);
  if (once && successes !== undefined && successes > 1)
    errors.invalid(child(at, "successThreshold"), successes, "must be 1");
  for (const handler of ["httpGet", "tcpSocket", "grpc"]) {
    if (probe[handler] !== undefined) checkPort(child(child(at, handler), "port"), dig(probe, handler, "port"), errors);
  }
}

/** A port as a number or as the name of a container's port. */
export function checkPort(path: string, port: Value | undefined, errors: FieldErrors): void {
  if (port === undefined || port === null) errors.required(path);
  else if (typeof port === "string") checkPortName(path, port, errors);
  else errors.range(path, port, 1, 65535);
}

function checkSpread(path: string, spec: Properties, errors: FieldErrors): void {
  blocks(spec["topologySpreadConstraints"]).forEach((constraint, index) => {
    const at = element(child(path, "topologySpreadConstraints"), index);
    errors.range(child(at, "maxSkew"), constraint["maxSkew"], 1);
    if (text(constraint["topologyKey"]) === undefined) errors.required(child(at, "topologyKey"), "can not be empty");
    errors.oneOf(child(at, "whenUnsatisfiable"), constraint["whenUnsatisfiable"], ["DoNotSchedule", "ScheduleAnyway"]);
  });
}

function checkTolerations(path: string, tolerations: Value | undefined, errors: FieldErrors): void {
  blocks(tolerations).forEach((toleration, index) => {
    const at = element(path, index);
    errors.oneOf(child(at, "operator"), toleration["operator"], ["Equal", "Exists", "Lt", "Gt"]);
    errors.oneOf(child(at, "effect"), toleration["effect"], ["NoSchedule", "PreferNoSchedule", "NoExecute"]);
    if (toleration["operator"] === "Exists" && text(toleration["value"]) !== undefined) {
      errors.invalid(child(at, "operator"), toleration["value"], "value must be empty when `operator` is 'Exists'");
    }
  });
}
