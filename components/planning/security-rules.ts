/** The security groups that every site on AWS has. */
export const securityGroups = ["loadBalancer", "worker", "controlPlane", "database", "cache"] as const;

/** Those that come with a part of the site that not every stack has. */
export const optionalSecurityGroups = [
  "memcached",
  "documents",
  "events",
  "queue",
  "functions",
  "training",
  "endpoints",
  "runner",
] as const;

export type OptionalSecurityGroupId = (typeof optionalSecurityGroups)[number];

export type SecurityGroupId = (typeof securityGroups)[number] | OptionalSecurityGroupId;

/** One rule of a security group. `documented` rules are the system's own; `required` ones are what it cannot work without. */
export interface SecurityRule {
  /** Part of the logical name: it never changes. */
  readonly id: string;
  readonly group: SecurityGroupId;
  readonly direction: "ingress" | "egress";
  readonly protocol: "tcp" | "udp" | "all";
  /** First and last port; `undefined` for all protocols and ports. */
  readonly ports: readonly [first: number, last: number] | undefined;
  /** The other end: a group of the site, everywhere, or the addresses of another site. */
  readonly peer: SecurityGroupId | "anywhere" | LinkedSite;
  readonly origin: "documented" | "required";
  /** Why the rule exists: it becomes the rule's description, at most 255 characters of `a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`. */
  readonly reason: string;
}

/** Another site, which is reached through tunnels. */
export interface LinkedSite {
  readonly site: string;
  /** All addresses of the site, in CIDR notation. */
  readonly block: string;
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

type OptionalRule = Omit<SecurityRule, "origin" | "protocol" | "group" | "ports"> & {
  readonly port: number | readonly [first: number, last: number];
};

/** What each optional group opens. A rule whose peer is an optional group that the site lacks is left out. */
const optional: Readonly<Record<OptionalSecurityGroupId, readonly OptionalRule[]>> = {
  memcached: [
    { id: "memcached", direction: "ingress", port: 11211, peer: "worker", reason: "Memcached from nodes and pods" },
  ],
  documents: [
    {
      id: "documents",
      direction: "ingress",
      port: 27017,
      peer: "worker",
      reason: "MongoDB protocol from nodes and pods",
    },
  ],
  // What polls topics for functions works with this group and in the brokers' subnets:
  // https://docs.aws.amazon.com/lambda/latest/dg/services-msk-permissions.html
  events: [
    { id: "scram", direction: "ingress", port: 9096, peer: "worker", reason: "Kafka clients that log in with SCRAM" },
    {
      id: "iam",
      direction: "ingress",
      port: 9098,
      peer: "worker",
      reason: "Kafka administrators that log in with IAM",
    },
    {
      id: "metrics",
      direction: "ingress",
      port: [11001, 11002],
      peer: "worker",
      reason: "Prometheus reads metrics of brokers and their machines",
    },
    {
      id: "poller-in",
      direction: "ingress",
      port: 9096,
      peer: "events",
      reason: "Brokers from what polls for functions",
    },
    {
      id: "poller-out",
      direction: "egress",
      port: 9096,
      peer: "events",
      reason: "What polls for functions to brokers",
    },
    {
      id: "poller-services",
      direction: "egress",
      port: 443,
      peer: "endpoints",
      reason: "What polls for functions to Lambda, STS and Secrets Manager",
    },
  ],
  queue: [
    { id: "amqps", direction: "ingress", port: 5671, peer: "worker", reason: "AMQP over TLS from nodes and pods" },
    { id: "console", direction: "ingress", port: 443, peer: "worker", reason: "Management API of RabbitMQ from pods" },
  ],
  functions: [
    { id: "services", direction: "egress", port: 443, peer: "anywhere", reason: "Functions to cloud services" },
  ],
  training: [
    { id: "services", direction: "egress", port: 443, peer: "anywhere", reason: "Training jobs to cloud services" },
    // Machines of one job talk to each other: https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
    {
      id: "self-in",
      direction: "ingress",
      port: [0, 65_535],
      peer: "training",
      reason: "Machines of one training job",
    },
    {
      id: "self-out",
      direction: "egress",
      port: [0, 65_535],
      peer: "training",
      reason: "Machines of one training job",
    },
  ],
  endpoints: (["worker", "events", "functions", "training", "runner"] as const).map((peer) => ({
    id: `from-${peer}`,
    direction: "ingress",
    port: 443,
    peer,
    reason: `Private addresses of cloud services from group ${peer}`,
  })),
  runner: [
    {
      id: "https",
      direction: "egress",
      port: 443,
      peer: "anywhere",
      reason: "Runners to the Kubernetes API and cloud services",
    },
  ],
};

/** What the rules depend on besides the site itself. */
export interface SecurityNeeds {
  /** Ports of the pods that a load balancer reaches directly, since its target type is `ip`. */
  readonly podPorts: readonly number[];
  /** Ports of the pods that serve admission webhooks: closed to the control plane, all that a webhook watches is refused. */
  readonly webhookPorts: readonly number[];
  /** Groups besides those that every site has. Default: none. */
  readonly groups?: readonly OptionalSecurityGroupId[];
  /** Sites that replicate to and from this one. Default: none. */
  readonly linked?: readonly LinkedSite[];
}

/** The rules of a site: the documented ones and the least it cannot work without. */
export function securityRules({
  podPorts,
  webhookPorts,
  groups = [],
  linked = [],
}: SecurityNeeds): readonly SecurityRule[] {
  const has = (peer: SecurityRule["peer"]) =>
    !optionalSecurityGroups.some((known) => known === peer) || groups.some((group) => group === peer);
  return [
    ...documented.map((rule) => ({ ...rule, origin: "documented" as const })),
    ...podPorts.flatMap((port) =>
      pair(port, "pods", "loadBalancer", "Load balancer to pods, since its target type is ip"),
    ),
    ...webhookPorts.flatMap((port) => pair(port, "webhook", "controlPlane", "Control plane to admission webhooks")),
    ...groups.flatMap((group) => optional[group].filter(({ peer }) => has(peer)).map((rule) => required(group, rule))),
    ...(groups.includes("runner") ? [required("controlPlane", runnerToApi)] : []),
    ...linked.flatMap((peer) => [
      required("database", linkedRule("postgres", 5432, peer, "PostgreSQL from replicas at")),
      // After a failover the copy is written to, and this database follows it until it is taken back.
      required("database", {
        ...linkedRule("follow", 5432, peer, "PostgreSQL to follow at"),
        direction: "egress",
      }),
      ...(groups.includes("events")
        ? [required("events", linkedRule("scram", 9096, peer, "Kafka from mirrors at"))]
        : []),
    ]),
  ];
}

const runnerToApi: OptionalRule = {
  id: "runner",
  direction: "ingress",
  port: 443,
  peer: "runner",
  reason: "Kubernetes API from runners and the bastion",
};

function linkedRule(id: string, port: number, peer: LinkedSite, reason: string): OptionalRule {
  return { id: `${id}-${peer.site}`, direction: "ingress", port, peer, reason: `${reason} ${peer.site}` };
}

function required(group: SecurityGroupId, { port, ...rule }: OptionalRule): SecurityRule {
  const ports = typeof port === "number" ? ([port, port] as const) : port;
  return { ...rule, group, protocol: "tcp", ports, origin: "required" };
}

/** Both ends of one connection to the nodes. */
function pair(port: number, what: string, from: SecurityGroupId, reason: string): readonly SecurityRule[] {
  const common = { protocol: "tcp", ports: [port, port], origin: "required", reason } as const;
  return [
    { ...common, id: `${what}-${String(port)}-out`, group: from, direction: "egress", peer: "worker" },
    { ...common, id: `${what}-${String(port)}-in`, group: "worker", direction: "ingress", peer: from },
  ];
}
