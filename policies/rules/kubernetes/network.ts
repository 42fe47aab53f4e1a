import { z } from "zod";
import { selectsEverything } from "../../checks/label-selectors";
import { anyIn, metadataOf, namespaceOf } from "../../checks/namespaces";
import { isInternet } from "../../checks/networks";
import { podsOf, WORKLOADS } from "../../checks/pod-templates";
import { selectedBy } from "../../checks/selections";
import { anyOf } from "../../checks/undecided";
import type { Graph } from "../../model/graph";
import { graphRule, resourceRule, type Inputs, type Rule } from "../../model/rule";

const DOCS = "https://kubernetes.io/docs";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const PEERS = [
  "kubernetes:security.istio.io/v1:PeerAuthentication",
  "kubernetes:security.istio.io/v1beta1:PeerAuthentication",
] as const;

const ports = z.array(z.union([z.int().min(1).max(65_535), z.string()]));

export const kubernetesNetworkRules: readonly Rule[] = [
  graphRule({
    id: "k8s-netpol-covers-pods",
    title: "Every pod is under a network policy",
    severity: "high",
    controls: { iso27001: ["A.8.22"] },
    why: "A pod that no policy names takes connections from every pod of the cluster: one break-in reaches them all.",
    remedy: {
      text: "Add a network policy to the namespace whose selector names the pods.",
      example: 'new NetworkPolicy("api", { metadata: { namespace }, spec: { podSelector: { matchLabels }, ingress } })',
    },
    source: `${DOCS}/concepts/services-networking/network-policies/`,
    types: WORKLOADS,
    check: (graph, judge) => {
      judge.each(graph.all(...WORKLOADS), (workload, expect) => {
        expect("", "makes pods that no network policy of their namespace selects", () => {
          return hasPolicy(graph, namespaceOf(workload), podsOf(workload).labels());
        });
      });
    },
  }),
  graphRule({
    id: "k8s-netpol-default-deny",
    title: "Namespaces let nothing in or out that is not named",
    severity: "high",
    controls: { iso27001: ["A.8.22"] },
    why: "Policies only add up: where nothing is denied by default, a pod that nobody thought of talks to everything.",
    remedy: {
      text: "Give the namespace a policy for all pods, for both directions, without a rule.",
      example: 'spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] }',
    },
    source: `${DOCS}/concepts/services-networking/network-policies/`,
    types: [NAMESPACE],
    check: (graph, judge) => {
      judge.each(graph.all(NAMESPACE), (namespace, expect) => {
        for (const direction of ["Ingress", "Egress"] as const) {
          expect("", `has no network policy that denies ${direction.toLowerCase()} by default`, () => {
            const name = metadataOf(namespace).name ?? "";
            return anyIn(graph, [POLICY], name, ({ props: { spec } }) => denies(spec, direction));
          });
        }
      });
    },
  }),
  resourceRule({
    id: "k8s-netpol-no-open",
    title: "Network policies name who connects, but for a few ports",
    severity: "high",
    controls: { iso27001: ["A.8.20"] },
    why: "A rule without peers, or for all addresses, is no rule: whoever is in the cluster, or on the internet, gets through.",
    remedy: {
      text: "Name the peers by labels or by the smallest range; where that cannot be, name one of the ports that the rule lets pass.",
      example: "ingress: [{ from: [{ namespaceSelector, podSelector }], ports: [{ port: 8443 }] }]",
    },
    source: `${DOCS}/concepts/services-networking/network-policies/`,
    settings: z.object({
      // Who calls an admission webhook cannot be named: the API server is no pod, and its addresses differ by cloud.
      ingressPorts: ports
        .default([8443, 9443, 10_250])
        .describe("Ports to which a rule may let everybody connect: of admission webhooks, which TLS guards."),
      // APIs of clouds and of Kubernetes have addresses that change, and a policy knows no names.
      egressPorts: ports
        .default([53, 443, 6443])
        .describe("Ports to which pods may connect wherever they are: of DNS, of APIs of clouds and of Kubernetes."),
    }),
    on: {
      [POLICY]: ({ spec }, expect, { settings }) => {
        for (const [index, rule] of (spec?.ingress ?? []).entries()) {
          expect(`spec.ingress[${String(index)}]`, "lets everybody in", () => {
            return onlyPorts(rule.ports, settings.ingressPorts) || !isOpen(rule.from);
          });
        }
        for (const [index, rule] of (spec?.egress ?? []).entries()) {
          expect(`spec.egress[${String(index)}]`, "lets the pods connect to everything", () => {
            return onlyPorts(rule.ports, settings.egressPorts) || !isOpen(rule.to);
          });
        }
      },
    },
  }),
  resourceRule({
    id: "k8s-service-not-exposed",
    title: "Services are not reachable from outside of the network",
    severity: "high",
    controls: { iso27001: ["A.8.20"] },
    why: "A port of every node, or a public load balancer, goes past the ingress, its certificate and its firewall.",
    remedy: {
      text: "Publish the service by an Ingress; a load balancer gets the annotation that makes it internal, or ranges of callers.",
      example: 'spec: { type: "LoadBalancer", loadBalancerSourceRanges: ["10.32.0.0/12"], … }',
    },
    source: `${DOCS}/concepts/services-networking/service/`,
    on: {
      "kubernetes:core/v1:Service": ({ metadata, spec }, expect) => {
        expect("spec.type", "opens a port on every node", () => spec?.type !== "NodePort");
        expect("spec.type", "makes a load balancer that the internet reaches", () => {
          if (spec?.type !== "LoadBalancer") return true;
          const annotations = () => metadata?.annotations ?? {};
          const isInternal = () => isInternalBalancer(annotations(), spec.loadBalancerClass);
          const isNarrow = () => {
            const listed = annotations()["service.beta.kubernetes.io/load-balancer-source-ranges"];
            return areNarrow(spec.loadBalancerSourceRanges ?? listed?.split(",") ?? []);
          };
          return anyOf([isInternal, isNarrow], (holds) => holds());
        });
        expect(
          "spec.externalIPs",
          "takes addresses of the nodes' network",
          () => (spec?.externalIPs ?? []).length === 0,
        );
      },
    },
  }),
  resourceRule({
    id: "k8s-ingress-tls",
    title: "What the ingress serves is encrypted, for hosts that are named",
    severity: "high",
    controls: { iso27001: ["A.8.24"], hipaa: ["164.312(e)(1)"] },
    why: "In clear, everybody on the way reads log-ins and data. A rule for every host takes the requests of others, and a snippet is code that runs in the proxy with its rights.",
    remedy: {
      text: "Name the hosts, and give each a certificate; have plain requests redirected.",
      example: 'spec: { ingressClassName: "alb", tls: [{ hosts: ["api.example.com"], secretName }], rules }',
    },
    source: `${DOCS}/concepts/services-networking/ingress/`,
    settings: z.object({
      classes: z.array(z.string()).default(["alb"]).describe("Ingress classes whose controllers this platform runs."),
    }),
    on: {
      "kubernetes:networking.k8s.io/v1:Ingress": (ingress, expect, { settings }) => {
        const { metadata, spec } = ingress;
        const annotations = () => metadata?.annotations ?? {};
        const classOf = () => spec?.ingressClassName ?? annotations()["kubernetes.io/ingress.class"] ?? "";
        expect("spec.ingressClassName", "is none that this platform runs", () => settings.classes.includes(classOf()));
        for (const { at, host } of hostsOf(ingress)) {
          expect(
            at,
            "takes the requests of every host",
            () => !["", "*"].includes(host() ?? "") && !isWildcard(host()),
          );
          expect("spec.tls", `has no certificate for what ${at} serves`, () => {
            return anyOf([() => hasCertificate(annotations()), () => coversHost(spec?.tls ?? [], host())], (is) =>
              is(),
            );
          });
        }
        expect("metadata.annotations", "has requests in clear answered too", () => {
          return PLAIN[classOf()]?.(annotations()) !== true;
        });
        expect("metadata.annotations", "puts code of its own into the configuration of the proxy", () => {
          return !Object.keys(annotations()).some((key) => key.endsWith("-snippet"));
        });
      },
    },
  }),
  graphRule({
    id: "k8s-mesh-strict-mtls-coverage",
    title: "Pods of the mesh talk by mutual TLS alone",
    severity: "critical",
    controls: { iso27001: ["A.8.24"], hipaa: ["164.312(e)(1)"] },
    why: "By default a mesh takes requests in clear too: who is in the network reads them, and calls without saying who he is.",
    remedy: {
      text: "Ask for STRICT in the namespace of the mesh, or in each namespace, and take out the exceptions of pods and ports.",
      example:
        'new CustomResource("mtls", { …, metadata: { namespace: "istio-system" }, spec: { mtls: { mode: "STRICT" } } })',
    },
    source: "https://istio.io/latest/docs/reference/config/security/peer_authentication/",
    settings: z.object({
      rootNamespace: z.string().default("istio-system").describe("Namespace whose settings are the whole mesh's."),
    }),
    starred: true,
    types: [...PEERS, NAMESPACE],
    check: (graph, judge, { settings: { rootNamespace } }) => {
      judge.each(graph.all(...PEERS), ({ props: { spec } }, expect) => {
        expect("spec.mtls.mode", "lets in requests in clear", () => !isWeak(spec?.mtls?.mode));
        for (const port of Object.keys(spec?.portLevelMtls ?? {})) {
          expect(`spec.portLevelMtls["${port}"].mode`, `lets in requests in clear on port ${port}`, () => {
            return !isWeak(spec?.portLevelMtls?.[port]?.mode);
          });
        }
      });
      judge.each(graph.all(NAMESPACE), (namespace, expect) => {
        expect("", "is in the mesh, and neither it nor the mesh asks for mutual TLS", () => {
          const { name = "", labels = {} } = metadataOf(namespace);
          return !isInMesh(labels) || anyOf([name, rootNamespace], (one) => isStrict(graph, one));
        });
      });
    },
  }),
];

const hasPolicy = selectedBy(POLICY, ({ props: { spec } }) => spec?.podSelector ?? {});

type PolicySpec = NonNullable<Inputs<typeof POLICY>["spec"]>;

/** Whether a policy takes every pod of its namespace and has no rule for a direction. */
function denies(spec: PolicySpec | undefined, direction: "Ingress" | "Egress"): boolean {
  const rules = direction === "Ingress" ? spec?.ingress : spec?.egress;
  if (!selectsEverything(spec?.podSelector ?? {}) || (rules ?? []).length > 0) return false;
  // Without types, a policy is for ingress, and for what it has rules for.
  return (spec?.policyTypes ?? ["Ingress"]).includes(direction);
}

type Peer = NonNullable<NonNullable<NonNullable<PolicySpec["ingress"]>[number]>["from"]>[number];
type Port = NonNullable<NonNullable<NonNullable<PolicySpec["ingress"]>[number]>["ports"]>[number];

/** Whether peers leave nobody out. No peers at all are everybody. */
function isOpen(peers: readonly Peer[] | undefined): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return anyOf(peers, ({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock !== undefined) return isInternet(ipBlock.cidr);
    return (
      namespaceSelector !== undefined && selectsEverything(namespaceSelector) && selectsEverything(podSelector ?? {})
    );
  });
}

/** Whether there are ports, each one of a list. */
function onlyPorts(given: readonly Port[] | undefined, allowed: readonly (string | number)[]): boolean {
  if (given === undefined || given.length === 0) return false;
  return given.every(({ port, endPort }) => port !== undefined && endPort === undefined && allowed.includes(port));
}

/**
 * Annotations by which the load balancer of a Service stays inside of the network.
 * https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer
 */
const INTERNAL: readonly (readonly [annotation: string, value: string])[] = [
  ["service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"],
  ["service.beta.kubernetes.io/aws-load-balancer-internal", "true"],
  ["networking.gke.io/load-balancer-type", "Internal"],
  ["service.beta.kubernetes.io/azure-load-balancer-internal", "true"],
];

/**
 * Classes of load balancers that are internal unless they are told otherwise.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
 */
const INTERNAL_CLASSES = ["service.k8s.aws/nlb", "eks.amazonaws.com/nlb"];

type Annotations = Readonly<Partial<Record<string, string>>>;

function isInternalBalancer(annotations: Annotations, balancerClass: string | undefined): boolean {
  if (INTERNAL.some(([key, value]) => annotations[key] === value)) return true;
  const scheme = annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"];
  return scheme === undefined && INTERNAL_CLASSES.includes(balancerClass ?? "");
}

function areNarrow(ranges: readonly string[]): boolean {
  return ranges.length > 0 && !ranges.some((range) => isInternet(range.trim()));
}

interface Host {
  readonly at: string;
  readonly host: () => string | undefined;
}

/** What an ingress takes requests for: the host of each rule, and every host for what no rule names. */
function hostsOf({ spec }: Inputs<"kubernetes:networking.k8s.io/v1:Ingress">): readonly Host[] {
  const rules = [...(spec?.rules ?? []).keys()].map((index) => ({
    at: `spec.rules[${String(index)}].host`,
    host: () => spec?.rules?.[index]?.host,
  }));
  const rest = spec?.defaultBackend === undefined ? [] : [{ at: "spec.defaultBackend", host: () => undefined }];
  return [...rules, ...rest];
}

function isWildcard(host = ""): boolean {
  return host.startsWith("*.");
}

/** Whether there is a certificate for a host. An entry without hosts is for all that the controller serves. */
function coversHost(
  tls: readonly { readonly hosts?: readonly (string | undefined)[] }[],
  host: string | undefined,
): boolean {
  return tls.some(({ hosts = [] }) => {
    if (hosts.length === 0) return true;
    if (host === undefined) return false;
    // A wildcard stands for one label.
    const parent = `*${host.slice(Math.max(host.indexOf("."), 0))}`;
    return hosts.some((one) => one === host || one === parent);
  });
}

/** Annotations by which controllers take a certificate that is no Secret of the cluster. */
const CERTIFICATES = [
  "alb.ingress.kubernetes.io/certificate-arn",
  "ingress.gcp.kubernetes.io/pre-shared-cert",
  "networking.gke.io/managed-certificates",
  "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
];

function hasCertificate(annotations: Annotations): boolean {
  return CERTIFICATES.some((key) => (annotations[key] ?? "") !== "");
}

/** Whether requests in clear are answered, by class of the ingress: each controller has its own default. */
const PLAIN: Readonly<Partial<Record<string, (annotations: Annotations) => boolean>>> = {
  // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#listen-ports
  alb: (annotations) =>
    /"HTTP"/.test(annotations["alb.ingress.kubernetes.io/listen-ports"] ?? "") &&
    annotations["alb.ingress.kubernetes.io/ssl-redirect"] === undefined,
  // https://cloud.google.com/kubernetes-engine/docs/how-to/load-balance-ingress
  gce: (annotations) => annotations["kubernetes.io/ingress.allow-http"] !== "false",
  // https://kubernetes.github.io/ingress-nginx/user-guide/tls/
  nginx: (annotations) => annotations["nginx.ingress.kubernetes.io/ssl-redirect"] === "false",
};

/** A mode that lets in what is not encrypted. None, or UNSET, is that of the namespace or of the mesh. */
function isWeak(mode: string | undefined): boolean {
  return mode !== undefined && mode !== "UNSET" && mode !== "STRICT";
}

/** Labels by which the pods of a namespace get a sidecar, or their node's proxy. */
function isInMesh(labels: Readonly<Partial<Record<string, string>>>): boolean {
  return (
    labels["istio-injection"] === "enabled" ||
    (labels["istio.io/rev"] ?? "") !== "" ||
    labels["istio.io/dataplane-mode"] === "ambient"
  );
}

/** Whether a namespace asks all its pods for mutual TLS. */
function isStrict(graph: Graph, namespace: string): boolean {
  return anyIn(graph, PEERS, namespace, ({ props: { spec } }) => {
    const isForAll = selectsEverything(spec?.selector ?? {});
    return isForAll && spec?.mtls?.mode === "STRICT";
  });
}
