/** Machines that a rule is for: those of one identity, or all of the network. */
export type FirewallTarget = "nodes" | "bastion" | "all";

/** One rule of the firewall of a network on Google Cloud. It remembers connections: answers need no rule of their own. */
export interface FirewallRule {
  /** Last part of its names: it never changes. */
  readonly id: string;
  readonly direction: "ingress" | "egress";
  readonly action: "allow" | "deny";
  /** Lower numbers go first; 65535 is what every network has of itself. */
  readonly priority: number;
  readonly target: FirewallTarget;
  /** Ranges of the other end. */
  readonly ranges: readonly string[];
  /** TCP ports; `undefined` for all protocols and ports. */
  readonly ports: readonly number[] | undefined;
  /** Why the rule exists: it becomes the rule's description. */
  readonly reason: string;
}

/** What the rules depend on. */
export interface FirewallNeeds {
  /** Default: `none`. */
  readonly bastion?: "create" | "none";
  /** Sites that reach what runs on the nodes. Default: none. */
  readonly linked?: readonly { readonly site: string; readonly block: string }[];
  /** TCP ports that those sites reach. Default: none. */
  readonly linkedPorts?: readonly number[];
}

/** From where TCP forwarding of Identity-Aware Proxy connects: https://docs.cloud.google.com/iap/docs/using-tcp-forwarding */
const identityAwareProxy = "35.235.240.0/20";

const anywhere = "0.0.0.0/0";

const allowed = 1000;

/** Before the rules that every network has of itself, and after those that GKE makes for its nodes and load balancers. */
const last = 65_534;

/**
 * The rules of a site. Missing are those that GKE makes and takes away with its clusters and load balancers: nodes and pods among
 * themselves, the control plane to the nodes, health checks.
 * https://docs.cloud.google.com/kubernetes-engine/docs/concepts/firewall-rules
 *
 * Databases in private services access lie in a network of Google's, which no rule of this one reaches.
 */
export function firewallRules({
  bastion = "none",
  linked = [],
  linkedPorts = [],
}: FirewallNeeds): readonly FirewallRule[] {
  return [
    {
      id: "deny-ingress",
      direction: "ingress",
      action: "deny",
      priority: last,
      target: "all",
      ranges: [anywhere],
      ports: undefined,
      reason: "Nothing comes in that no other rule names; what is refused is logged",
    },
    ...(bastion === "create" ? bastionRules : []),
    ...(linkedPorts.length === 0 ? [] : linked).map(({ site, block }): FirewallRule => ({
      id: `from-${site}`,
      direction: "ingress",
      action: "allow",
      priority: allowed,
      target: "nodes",
      ranges: [block],
      ports: linkedPorts,
      reason: `Services on the cluster from ${site}`,
    })),
  ];
}

const bastionRules: readonly FirewallRule[] = [
  {
    id: "iap-ssh",
    direction: "ingress",
    action: "allow",
    priority: allowed,
    target: "bastion",
    ranges: [identityAwareProxy],
    ports: [22],
    reason: "SSH through Identity-Aware Proxy, which asks for an identity first",
  },
  {
    id: "bastion-https",
    direction: "egress",
    action: "allow",
    priority: allowed,
    target: "bastion",
    ranges: [anywhere],
    ports: [443],
    reason: "Bastion to the Kubernetes API, cloud services and packages",
  },
  {
    id: "bastion-deny-egress",
    direction: "egress",
    action: "deny",
    priority: last,
    target: "bastion",
    ranges: [anywhere],
    ports: undefined,
    reason: "The bastion connects to nothing else",
  },
];
