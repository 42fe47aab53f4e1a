/** The security groups of a site. */
export const securityGroups = ["loadBalancer", "worker", "controlPlane", "database", "cache"] as const;

export type SecurityGroupId = (typeof securityGroups)[number];

/** One rule of a security group. `documented` rules are the system's own; `required` ones are what it cannot work without. */
export interface SecurityRule {
  /** Part of the logical name: it never changes. */
  readonly id: string;
  readonly group: SecurityGroupId;
  readonly direction: "ingress" | "egress";
  readonly protocol: "tcp" | "udp" | "all";
  /** First and last port; `undefined` for all protocols and ports. */
  readonly ports: readonly [first: number, last: number] | undefined;
  /** The other end: a group of the site, or everywhere. */
  readonly peer: SecurityGroupId | "anywhere";
  readonly origin: "documented" | "required";
  /** Why the rule exists: it becomes the rule's description, at most 255 characters of `a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`. */
  readonly reason: string;
}

/** Ports that Kubernetes gives to Services of type NodePort and LoadBalancer. */
const nodePorts = [30000, 32767] as const;

const documented: readonly Omit<SecurityRule, "origin">[] = [
  {
    id: "http",
    group: "loadBalancer",
    direction: "ingress",
    protocol: "tcp",
    ports: [80, 80],
    peer: "anywhere",
    reason: "HTTP from the internet",
  },
  {
    id: "https",
    group: "loadBalancer",
    direction: "ingress",
    protocol: "tcp",
    ports: [443, 443],
    peer: "anywhere",
    reason: "HTTPS from the internet",
  },
  {
    id: "node-ports-out",
    group: "loadBalancer",
    direction: "egress",
    protocol: "tcp",
    ports: nodePorts,
    peer: "worker",
    reason: "Load balancer to node ports",
  },
  {
    id: "node-ports-in",
    group: "worker",
    direction: "ingress",
    protocol: "tcp",
    ports: nodePorts,
    peer: "loadBalancer",
    reason: "Node ports from the load balancer",
  },
  {
    id: "self",
    group: "worker",
    direction: "ingress",
    protocol: "all",
    ports: undefined,
    peer: "worker",
    reason: "Nodes and pods among themselves",
  },
  {
    id: "control-plane-https",
    group: "worker",
    direction: "ingress",
    protocol: "tcp",
    ports: [443, 443],
    peer: "controlPlane",
    reason: "Control plane to extension API servers on nodes",
  },
  {
    id: "kubelet-in",
    group: "worker",
    direction: "ingress",
    protocol: "tcp",
    ports: [10250, 10250],
    peer: "controlPlane",
    reason: "Control plane to kubelets: logs, exec and metrics",
  },
  {
    id: "all-out",
    group: "worker",
    direction: "egress",
    protocol: "all",
    ports: undefined,
    peer: "anywhere",
    reason: "Nodes and pods to the internet, cloud services and the data tier",
  },
  {
    id: "postgres",
    group: "database",
    direction: "ingress",
    protocol: "tcp",
    ports: [5432, 5432],
    peer: "worker",
    reason: "PostgreSQL from nodes and pods",
  },
  {
    id: "redis",
    group: "cache",
    direction: "ingress",
    protocol: "tcp",
    ports: [6379, 6379],
    peer: "worker",
    reason: "Redis from nodes and pods",
  },
  {
    id: "api",
    group: "controlPlane",
    direction: "ingress",
    protocol: "tcp",
    ports: [443, 443],
    peer: "worker",
    reason: "Kubernetes API from nodes and pods",
  },
  {
    id: "workers-https",
    group: "controlPlane",
    direction: "egress",
    protocol: "tcp",
    ports: [443, 443],
    peer: "worker",
    reason: "Control plane to extension API servers on nodes",
  },
  {
    id: "kubelet-out",
    group: "controlPlane",
    direction: "egress",
    protocol: "tcp",
    ports: [10250, 10250],
    peer: "worker",
    reason: "Control plane to kubelets: logs, exec and metrics",
  },
];

/** What the rules depend on besides the site itself. */
export interface SecurityNeeds {
  /** Ports of the pods that a load balancer reaches directly, since its target type is `ip`. */
  readonly podPorts: readonly number[];
  /** Ports of the pods that serve admission webhooks: closed to the control plane, all that a webhook watches is refused. */
  readonly webhookPorts: readonly number[];
}

/** The rules of a site: the documented ones and the least it cannot work without. */
export function securityRules({ podPorts, webhookPorts }: SecurityNeeds): readonly SecurityRule[] {
  return [
    ...documented.map((rule) => ({ ...rule, origin: "documented" as const })),
    ...podPorts.flatMap((port) =>
      pair(port, "pods", "loadBalancer", "Load balancer to pods, since its target type is ip"),
    ),
    ...webhookPorts.flatMap((port) => pair(port, "webhook", "controlPlane", "Control plane to admission webhooks")),
  ];
}

/** Both ends of one connection to the nodes. */
function pair(port: number, what: string, from: SecurityGroupId, reason: string): readonly SecurityRule[] {
  const common = { protocol: "tcp", ports: [port, port], origin: "required", reason } as const;
  return [
    { ...common, id: `${what}-${String(port)}-out`, group: from, direction: "egress", peer: "worker" },
    { ...common, id: `${what}-${String(port)}-in`, group: "worker", direction: "ingress", peer: from },
  ];
}
