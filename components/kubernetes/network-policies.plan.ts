import type { IdentityEndpoint } from "../contracts/kubernetes-cluster";

/** Ports of an opening, all TCP. */
type Ports = readonly [number, ...number[]];

/** Who may connect to a namespace's pods. */
export type Source =
  /**
   * The Kubernetes API server, for admission webhooks and extension APIs. It calls from interfaces beside the nodes, from a
   * range of its own or through an agent on a node, by cloud: the port is opened to all, TLS and the certificate guard it.
   */
  | "control-plane"
  /** Pods of the namespace `monitoring`. */
  | "monitoring"
  /** Pods of the same namespace. */
  | "same-namespace"
  /** Everyone, for what a load balancer forwards to pods. */
  | "anywhere"
  /** Pods of another namespace. */
  | { readonly namespace: string }
  /** Machines outside of the cluster, by a load balancer that keeps the address of the caller. */
  | { readonly cidrs: readonly [string, ...string[]] };

/** What a namespace's pods may connect to. Cluster DNS is always among it. */
export type Destination =
  /** The Kubernetes API. */
  | "kubernetes-api"
  /** Anything on port 443: APIs of the cloud, by the internet or by an endpoint in the network. */
  | "https"
  /** Where the pods' cloud identity is fetched, as the cluster says. */
  | "workload-identity"
  /** Pods of the same namespace, on every port. */
  | "same-namespace";

/** One thing that a namespace lets through. */
export type Opening = {
  /** Name of the NetworkPolicy in its namespace: it never changes. */
  readonly id: string;
  /** Labels of the pods that it is for. Default: all pods of the namespace. */
  readonly pods?: Readonly<Record<string, string>>;
  /** One sentence: why the pods cannot do without. */
  readonly reason: string;
} & (
  | { readonly from: Source; readonly ports: Ports }
  | { readonly to: Destination }
  | { readonly to: { readonly cidr: string }; readonly ports: Ports }
  | { readonly to: { readonly namespace: string }; readonly ports: Ports }
);

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface PolicyPeer {
  readonly namespaceSelector?: Selector;
  readonly podSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface PolicyPort {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** What a NetworkPolicy has under `spec`. */
export interface PolicySpec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly ("Ingress" | "Egress")[];
  readonly ingress?: readonly { readonly from?: readonly PolicyPeer[]; readonly ports: readonly PolicyPort[] }[];
  readonly egress?: readonly { readonly to: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
}

/** One NetworkPolicy of a namespace. */
export interface PolicyPlan {
  readonly name: string;
  readonly reason: string;
  readonly spec: PolicySpec;
}

/** Policies that every namespace has, whatever it opens. */
const defaultDeny = "default-deny";
const allowDns = "allow-dns";

/**
 * Never opened by a range: the metadata of the machine and everything else that answers on the node alone
 * (https://www.rfc-editor.org/rfc/rfc3927), and the address by which Azure's machines reach their host
 * (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
 */
const closedRanges = ["169.254.0.0/16", "168.63.129.16/32"] as const;

/** Address of NodeLocal DNSCache: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/ */
const nodeLocalDns = "169.254.20.10/32";

/**
 * Ports of the API: 443 is its Service's, which policies that look at packets before the translation see, and that of managed
 * control planes; 6443 is where other API servers listen.
 */
const apiPorts = [443, 6443] as const;

/** Label that the API server puts on every namespace: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name */
const namespaceName = "kubernetes.io/metadata.name";

const monitoringNamespace = "monitoring";

/**
 * The policies of a namespace: nothing in, nothing out but DNS, and then what it opens. IPv6 stays closed.
 * Throws when two openings have one name, or one has a name that every namespace uses already.
 */
export function networkPolicies(
  openings: readonly Opening[],
  identityEndpoints: readonly IdentityEndpoint[],
): readonly PolicyPlan[] {
  const names = [defaultDeny, allowDns];
  for (const { id } of openings) {
    if (names.includes(id)) throw new Error(`two network policies are named "${id}": give one opening another id`);
    names.push(id);
  }
  return [
    {
      name: defaultDeny,
      reason: "Nothing connects that is not named in another policy",
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
    { name: allowDns, reason: "Pods find services by name", spec: dnsSpec },
    ...openings.flatMap((opening) => {
      const spec = specOf(opening, identityEndpoints);
      return spec === undefined ? [] : [{ name: opening.id, reason: opening.reason, spec }];
    }),
  ];
}

const dnsSpec: PolicySpec = {
  podSelector: {},
  policyTypes: ["Egress"],
  egress: [
    {
      to: [
        // CoreDNS carries the label of its predecessor on every cloud.
        ...["kube-dns", "node-local-dns"].map((app) => ({
          namespaceSelector: { matchLabels: { [namespaceName]: "kube-system" } },
          podSelector: { matchLabels: { "k8s-app": app } },
        })),
        { ipBlock: { cidr: nodeLocalDns } },
      ],
      ports: [
        { port: 53, protocol: "UDP" },
        { port: 53, protocol: "TCP" },
      ],
    },
  ],
};

/** `undefined` where there is nothing to open: an identity that needs no endpoint on the node. */
function specOf(opening: Opening, identityEndpoints: readonly IdentityEndpoint[]): PolicySpec | undefined {
  const podSelector = opening.pods === undefined ? {} : { matchLabels: opening.pods };
  if ("from" in opening) {
    const from = sourcePeers(opening.from);
    return {
      podSelector,
      policyTypes: ["Ingress"],
      ingress: [{ ...(from === undefined ? {} : { from }), ports: tcp(opening.ports) }],
    };
  }
  const egress = "ports" in opening ? [rangeRule(opening)] : destinationRules(opening.to, identityEndpoints);
  return egress.length === 0 ? undefined : { podSelector, policyTypes: ["Egress"], egress };
}

function sourcePeers(source: Source): readonly PolicyPeer[] | undefined {
  if (typeof source === "object") {
    return "cidrs" in source ? source.cidrs.map((cidr) => ({ ipBlock: { cidr } })) : [pods(source.namespace)];
  }
  switch (source) {
    case "control-plane":
    case "anywhere":
      return undefined;
    case "monitoring":
      return [pods(monitoringNamespace)];
    case "same-namespace":
      return [{ podSelector: {} }];
  }
}

type EgressRule = NonNullable<PolicySpec["egress"]>[number];

function rangeRule({ to, ports }: Extract<Opening, { to: object }>): EgressRule {
  return { to: ["cidr" in to ? { ipBlock: { cidr: to.cidr } } : pods(to.namespace)], ports: tcp(ports) };
}

function destinationRules(destination: Destination, endpoints: readonly IdentityEndpoint[]): readonly EgressRule[] {
  switch (destination) {
    case "kubernetes-api":
      return [{ to: [everywhere], ports: tcp(apiPorts) }];
    case "https":
      return [{ to: [everywhere], ports: tcp([443]) }];
    case "workload-identity":
      return endpoints.map(({ cidr, port }) => ({ to: [{ ipBlock: { cidr } }], ports: tcp([port]) }));
    case "same-namespace":
      return [{ to: [{ podSelector: {} }] }];
  }
}

const everywhere: PolicyPeer = { ipBlock: { cidr: "0.0.0.0/0", except: closedRanges } };

function pods(namespace: string): PolicyPeer {
  return { namespaceSelector: { matchLabels: { [namespaceName]: namespace } } };
}

function tcp(ports: readonly number[]): readonly PolicyPort[] {
  return ports.map((port) => ({ port, protocol: "TCP" }));
}
