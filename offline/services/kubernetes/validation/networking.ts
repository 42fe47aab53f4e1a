import { isIPv4, isIPv6 } from "node:net";
import type { Properties, Value } from "../../../cloud/value";
import { contains, parseCidr } from "../../cidr";
import { annotation, block, blocks, child, dig, element, items, numeric, text } from "../fields";
import type { FieldErrors } from "./field-errors";
import { checkLabelName, checkLabels, checkPortName, checkSubdomain } from "./metadata";
import { checkPort } from "./pod";

const SERVICE_TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

/** Of the API server's flag `--service-node-port-range`: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport */
export const NODE_PORTS = { first: 30000, last: 32767 } as const;

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/ */
export function checkService(object: Properties, errors: FieldErrors): void {
  const spec = block(object["spec"]);
  const type = text(spec["type"]) ?? "ClusterIP";
  const headless = spec["clusterIP"] === "None";
  errors.oneOf("spec.type", spec["type"], SERVICE_TYPES);
  errors.oneOf("spec.sessionAffinity", spec["sessionAffinity"], ["ClientIP", "None"]);
  errors.oneOf("spec.externalTrafficPolicy", spec["externalTrafficPolicy"], ["Cluster", "Local"]);
  errors.oneOf("spec.ipFamilyPolicy", spec["ipFamilyPolicy"], ["SingleStack", "PreferDualStack", "RequireDualStack"]);
  checkLabels("spec.selector", spec["selector"], errors);
  const clusterIp = text(spec["clusterIP"]);
  if (clusterIp !== undefined && !headless && !isIPv4(clusterIp) && !isIPv6(clusterIp)) {
    errors.invalid("spec.clusterIP", clusterIp, "must be a valid IP address");
  }
  if (headless && (type === "LoadBalancer" || type === "NodePort")) {
    errors.invalid("spec.clusterIP", "None", `may not be set to 'None' for ${type} services`);
  }
  if (type === "ExternalName") {
    if (clusterIp !== undefined) errors.forbidden("spec.clusterIP", "may not be set when `type` is 'ExternalName'");
    if (text(spec["externalName"]) === undefined) errors.required("spec.externalName");
  } else if (items(spec["ports"]).length === 0 && !headless) errors.required("spec.ports");
  const external = type === "LoadBalancer" || type === "NodePort";
  if (text(spec["externalTrafficPolicy"]) !== undefined && !external) {
    errors.invalid(
      "spec.externalTrafficPolicy",
      spec["externalTrafficPolicy"],
      "may only be set for externally-accessible services",
    );
  }
  if (items(spec["loadBalancerSourceRanges"]).length > 0 && type !== "LoadBalancer") {
    errors.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'");
  }
  if (text(spec["loadBalancerClass"]) !== undefined && type !== "LoadBalancer") {
    errors.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
  }
  checkServicePorts(spec, type, errors);
}

function checkServicePorts(spec: Properties, type: string, errors: FieldErrors): void {
  const ports = blocks(spec["ports"]);
  const names = new Set<string>();
  const numbers = new Set<string>();
  const nodePorts = new Set<string>();
  ports.forEach((port, index) => {
    const at = element("spec.ports", index);
    const name = text(port["name"]);
    if (name !== undefined) {
      checkLabelName(child(at, "name"), name, errors);
      if (names.has(name)) errors.duplicate(child(at, "name"), name);
      names.add(name);
    } else if (ports.length > 1) errors.required(child(at, "name"));
    if (port["port"] === undefined) errors.required(child(at, "port"));
    errors.range(child(at, "port"), port["port"], 1, 65535);
    errors.oneOf(child(at, "protocol"), port["protocol"], ["TCP", "UDP", "SCTP"]);
    if (port["targetPort"] !== undefined) checkPort(child(at, "targetPort"), port["targetPort"], errors);
    const protocol = text(port["protocol"]) ?? "TCP";
    const number = numeric(port["port"]);
    if (number !== undefined) {
      const key = `${protocol}/${String(number)}`;
      if (numbers.has(key)) errors.duplicate(at, { port: number, protocol });
      numbers.add(key);
    }
    const nodePort = numeric(port["nodePort"]);
    if (nodePort === undefined || nodePort === 0) return;
    if (type === "ClusterIP") errors.forbidden(child(at, "nodePort"), "may not be used when `type` is 'ClusterIP'");
    else if (nodePort < NODE_PORTS.first || nodePort > NODE_PORTS.last) {
      const range = `${String(NODE_PORTS.first)}-${String(NODE_PORTS.last)}`;
      errors.invalid(
        child(at, "nodePort"),
        nodePort,
        `provided port is not in the valid range. The range of valid ports is ${range}`,
      );
    }
    const key = `${protocol}/${String(nodePort)}`;
    if (nodePorts.has(key)) errors.duplicate(child(at, "nodePort"), nodePort);
    nodePorts.add(key);
  });
}

const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];
const FORBIDDEN_IN_PATH = ["//", "/./", "/../", "%2f", "%2F"];

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/ */
export function checkIngress(object: Properties, errors: FieldErrors): void {
  const spec = block(object["spec"]);
  const rules = blocks(spec["rules"]);
  if (rules.length === 0 && spec["defaultBackend"] === undefined && !errors.isUnknown("spec")) {
    errors.invalid("spec", spec["rules"] ?? null, "either `defaultBackend` or `rules` must be specified");
  }
  if (spec["defaultBackend"] !== undefined) checkBackend("spec.defaultBackend", block(spec["defaultBackend"]), errors);
  const className = text(spec["ingressClassName"]);
  if (className !== undefined) checkSubdomain("spec.ingressClassName", className, errors);
  const annotated = annotation(object, "kubernetes.io/ingress.class");
  if (annotated !== undefined && className !== undefined && annotated !== className) {
    errors.invalid(
      "annotations.kubernetes.io/ingress.class",
      annotated,
      "must match `ingressClassName` when both are specified",
    );
  }
  rules.forEach((rule, index) => {
    const at = element("spec.rules", index);
    const host = text(rule["host"]);
    if (host !== undefined) checkHost(child(at, "host"), host, errors);
    if (rule["http"] === undefined) return;
    const paths = `${at}.http.paths`;
    if (items(dig(rule, "http", "paths")).length === 0) errors.required(paths);
    blocks(dig(rule, "http", "paths")).forEach((path, place) => {
      checkIngressPath(element(paths, place), path, errors);
    });
  });
}

function checkHost(path: string, host: string, errors: FieldErrors): void {
  if (isIPv4(host) || isIPv6(host)) errors.invalid(path, host, "must be a DNS name, not an IP address");
  else checkSubdomain(path, host.replace(/^\*\./, ""), errors);
}

function checkIngressPath(at: string, path: Properties, errors: FieldErrors): void {
  const type = text(path["pathType"]);
  if (type === undefined) errors.required(child(at, "pathType"), "pathType must be specified");
  errors.oneOf(child(at, "pathType"), type, PATH_TYPES);
  const route = text(path["path"]) ?? "";
  const exact = type === "Exact" || type === "Prefix";
  if ((exact || route !== "") && !route.startsWith("/") && !errors.isUnknown(child(at, "path"))) {
    errors.invalid(child(at, "path"), route, "must be an absolute path");
  }
  const bad = exact ? FORBIDDEN_IN_PATH.find((sequence) => route.includes(sequence)) : undefined;
  if (bad !== undefined) errors.invalid(child(at, "path"), route, `must not contain '${bad}'`);
  checkBackend(child(at, "backend"), block(path["backend"]), errors);
}

function checkBackend(at: string, backend: Properties, errors: FieldErrors): void {
  const service = backend["service"];
  if (service === undefined) {
    if (backend["resource"] === undefined && !errors.isUnknown(at))
      errors.invalid(at, "", "resource or service backend is required");
    return;
  }
  if (backend["resource"] !== undefined) errors.invalid(at, "", "cannot set both resource and service backends");
  if (text(dig(service, "name")) === undefined) errors.required(`${at}.service.name`);
  const port = block(dig(service, "port"));
  const name = text(port["name"]);
  const number = numeric(port["number"]);
  if (name !== undefined && number !== undefined) errors.invalid(at, "", "cannot set both port name & port number");
  else if (name !== undefined) checkPortName(`${at}.service.port.name`, name, errors);
  else if (number !== undefined) errors.range(`${at}.service.port.number`, number, 1, 65535);
  else if (!errors.isUnknown(`${at}.service.port`)) errors.required(at, "port name or number is required");
}

export function checkIngressClass(object: Properties, errors: FieldErrors): void {
  const controller = text(dig(object, "spec", "controller"));
  if (controller === undefined) errors.required("spec.controller");
  else if (!/^[a-z0-9.-]+\/\S+$/.test(controller)) {
    errors.invalid("spec.controller", controller, 'must be a domain-prefixed path (such as "acme.io/foo")');
  }
}

export function checkNetworkPolicy(object: Properties, errors: FieldErrors): void {
  items(dig(object, "spec", "policyTypes")).forEach((type, index) => {
    errors.oneOf(element("spec.policyTypes", index), type, ["Ingress", "Egress"]);
  });
  for (const [direction, side] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    blocks(dig(object, "spec", direction)).forEach((rule, index) => {
      const at = element(`spec.${direction}`, index);
      blocks(rule[side]).forEach((peer, place) => {
        checkPeer(element(child(at, side), place), peer, errors);
      });
      blocks(rule["ports"]).forEach((port, place) => {
        const where = element(child(at, "ports"), place);
        if (port["port"] !== undefined) checkPort(child(where, "port"), port["port"], errors);
        errors.oneOf(child(where, "protocol"), port["protocol"], ["TCP", "UDP", "SCTP"]);
        checkEndPort(where, port, errors);
      });
    });
  }
}

/** https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports */
function checkEndPort(at: string, port: Properties, errors: FieldErrors): void {
  const last = numeric(port["endPort"]);
  if (last === undefined) return;
  const first = numeric(port["port"]);
  if (first === undefined) {
    errors.invalid(child(at, "endPort"), last, "may not be specified when `port` is not specified or not a number");
  } else if (last < first) errors.invalid(child(at, "endPort"), last, "must be greater than or equal to `port`");
  errors.range(child(at, "endPort"), last, 1, 65535);
}

function checkPeer(at: string, peer: Properties, errors: FieldErrors): void {
  const cidr = text(dig(peer, "ipBlock", "cidr"));
  if (peer["ipBlock"] === undefined) {
    if (Object.keys(peer).length === 0 && !errors.isUnknown(at)) errors.required(at, "must specify a peer");
    return;
  }
  if (peer["podSelector"] !== undefined || peer["namespaceSelector"] !== undefined) {
    errors.forbidden(at, "may not specify both ipBlock and another peer");
  }
  const [address = "", prefix = ""] = (cidr ?? "").split("/");
  if (cidr === undefined) errors.required(`${at}.ipBlock.cidr`);
  else if (!(isIPv4(address) && Number(prefix) <= 32) && !(isIPv6(address) && Number(prefix) <= 128)) {
    errors.invalid(`${at}.ipBlock.cidr`, cidr, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
  } else checkExceptions(`${at}.ipBlock`, cidr, items(dig(peer, "ipBlock", "except")), errors);
}

/** Only ranges of IPv4 are compared. https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/networking/validation/validation.go */
function checkExceptions(at: string, cidr: string, except: readonly Value[], errors: FieldErrors): void {
  const whole = parseCidr(cidr, false);
  except.forEach((each, index) => {
    const part = parseCidr(text(each) ?? "", false);
    if (typeof whole !== "object" || typeof part !== "object") return;
    const isSubset = contains(whole, part) && !contains(part, whole);
    if (!isSubset) errors.invalid(element(`${at}.except`, index), each, "must be a strict subset of `cidr`");
  });
}
