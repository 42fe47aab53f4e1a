import type { Tier } from "../contracts/network";

/**
 * Where the other end of a network ACL rule lies. A tier takes one rule, its subnets one for each zone: an ACL takes 20 in each
 * direction before a quota has to be raised.
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls
 */
export type AclPeer = "anywhere" | "network" | "private-subnets" | "private-tier" | "database-tier" | "linked-sites";

/** Parts of a site that the rules of the database tier know besides PostgreSQL and Redis. */
export type AclNeed = "memcached" | "documents" | "events" | "queue" | "linked-sites";

/** A rule of a network ACL. ACLs keep no state, so the answer of every connection has a rule of its own. */
export interface AclRule {
  /** Part of the logical name: it never changes. */
  readonly id: string;
  /** Order of evaluation; a rule for several subnets takes this number and those after it. */
  readonly number: number;
  readonly direction: "ingress" | "egress";
  readonly protocol: "tcp" | "icmp" | "all";
  readonly ports: readonly [first: number, last: number] | undefined;
  /** Kind of an ICMP message; with protocol `icmp` only. */
  readonly icmp?: { readonly type: number; readonly code: number };
  readonly peer: AclPeer;
  readonly reason: string;
}

/** Ports that clients answer from, load balancers and NAT gateways included: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports */
const ephemeral = [1024, 65535] as const;

/**
 * "Fragmentation needed": tells the sender that a packet is too large for the way ahead. Without it connections that cross a
 * narrower link stall: https://docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html
 */
const packetTooLarge = {
  protocol: "icmp",
  ports: undefined,
  icmp: { type: 3, code: 4 },
  peer: "anywhere",
} as const;

/**
 * The network ACL of each tier. The cloud's DNS resolver, its time service and the instance metadata service are never filtered
 * by an ACL and need no rule: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
 */
export const networkAclRules = {
  public: [
    {
      id: "network-in",
      number: 100,
      direction: "ingress",
      protocol: "all",
      ports: undefined,
      peer: "network",
      reason: "Targets of load balancers answer; private subnets reach the NAT gateways",
    },
    {
      id: "http-in",
      number: 110,
      direction: "ingress",
      protocol: "tcp",
      ports: [80, 80],
      peer: "anywhere",
      reason: "HTTP clients",
    },
    {
      id: "https-in",
      number: 120,
      direction: "ingress",
      protocol: "tcp",
      ports: [443, 443],
      peer: "anywhere",
      reason: "HTTPS clients",
    },
    {
      id: "answers-in",
      number: 130,
      direction: "ingress",
      protocol: "tcp",
      ports: ephemeral,
      peer: "anywhere",
      reason: "Answers to connections through the NAT gateways",
    },
    {
      ...packetTooLarge,
      id: "packet-too-large-in",
      number: 140,
      direction: "ingress",
      reason: "Packet sizes that the way to clients and services allows",
    },
    {
      id: "network-out",
      number: 100,
      direction: "egress",
      protocol: "all",
      ports: undefined,
      peer: "network",
      reason: "Load balancers reach and check their targets; NAT gateways answer",
    },
    {
      id: "http-out",
      number: 110,
      direction: "egress",
      protocol: "tcp",
      ports: [80, 80],
      peer: "anywhere",
      reason: "HTTP through the NAT gateways",
    },
    {
      id: "https-out",
      number: 120,
      direction: "egress",
      protocol: "tcp",
      ports: [443, 443],
      peer: "anywhere",
      reason: "HTTPS through the NAT gateways",
    },
    {
      id: "answers-out",
      number: 130,
      direction: "egress",
      protocol: "tcp",
      ports: ephemeral,
      peer: "anywhere",
      reason: "Answers to clients of the load balancers; services on high ports through the NAT gateways",
    },
    {
      ...packetTooLarge,
      id: "packet-too-large-out",
      number: 140,
      direction: "egress",
      reason: "Packet sizes that the way back into the network allows",
    },
  ],
  private: [
    {
      id: "network-in",
      number: 100,
      direction: "ingress",
      protocol: "all",
      ports: undefined,
      peer: "network",
      reason: "Load balancers and their health checks, nodes, pods and the control plane",
    },
    {
      id: "answers-in",
      number: 110,
      direction: "ingress",
      protocol: "tcp",
      ports: ephemeral,
      peer: "anywhere",
      reason: "Answers to connections through the NAT gateways",
    },
    {
      ...packetTooLarge,
      id: "packet-too-large-in",
      number: 120,
      direction: "ingress",
      reason: "Packet sizes that the way to services allows",
    },
    {
      id: "network-out",
      number: 100,
      direction: "egress",
      protocol: "all",
      ports: undefined,
      peer: "network",
      reason: "Nodes, pods, control plane and data tier; answers to load balancers",
    },
    {
      id: "http-out",
      number: 110,
      direction: "egress",
      protocol: "tcp",
      ports: [80, 80],
      peer: "anywhere",
      reason: "Certificate revocation lists and package mirrors over HTTP",
    },
    {
      id: "https-out",
      number: 120,
      direction: "egress",
      protocol: "tcp",
      ports: [443, 443],
      peer: "anywhere",
      reason: "The cloud's services, registries and other HTTPS services",
    },
    {
      id: "high-ports-out",
      number: 130,
      direction: "egress",
      protocol: "tcp",
      ports: ephemeral,
      peer: "anywhere",
      reason: "Services on high ports, such as MongoDB on 27017",
    },
    {
      ...packetTooLarge,
      id: "packet-too-large-out",
      number: 140,
      direction: "egress",
      reason: "Packet sizes that nodes and pods accept",
    },
  ],
  database: [
    {
      id: "postgres-in",
      number: 100,
      direction: "ingress",
      protocol: "tcp",
      ports: [5432, 5432],
      peer: "private-subnets",
      reason: "PostgreSQL from nodes and pods",
    },
    {
      id: "redis-in",
      number: 120,
      direction: "ingress",
      protocol: "tcp",
      ports: [6379, 6379],
      peer: "private-subnets",
      reason: "Redis from nodes and pods",
    },
    {
      id: "answers-out",
      number: 100,
      direction: "egress",
      protocol: "tcp",
      ports: ephemeral,
      peer: "private-subnets",
      reason: "Answers to nodes and pods",
    },
  ],
} as const satisfies Record<Tier, readonly AclRule[]>;

const fromPods = (id: string, number: number, port: number, what: string, lastPort = port): AclRule => ({
  id: `${id}-in`,
  number,
  direction: "ingress",
  protocol: "tcp",
  ports: [port, lastPort],
  peer: "private-tier",
  reason: `${what} from nodes and pods`,
});

const optionalDatabaseRules: Readonly<Record<AclNeed, readonly AclRule[]>> = {
  memcached: [fromPods("memcached", 140, 11211, "Memcached")],
  documents: [fromPods("documents", 160, 27017, "MongoDB protocol")],
  events: [
    fromPods("kafka", 180, 9096, "Kafka with SCRAM (9096) and with IAM (9098)", 9098),
    fromPods("kafka-metrics", 210, 11001, "Metrics of brokers", 11002),
    {
      id: "kafka-pollers-in",
      number: 220,
      direction: "ingress",
      protocol: "tcp",
      ports: ephemeral,
      peer: "database-tier",
      reason: "Brokers from what polls for functions in another zone, and their answers",
    },
    {
      id: "services-answers-in",
      number: 240,
      direction: "ingress",
      protocol: "tcp",
      ports: ephemeral,
      peer: "private-tier",
      reason: "Answers of cloud services at their private addresses",
    },
    {
      id: "kafka-pollers-out",
      number: 120,
      direction: "egress",
      protocol: "tcp",
      ports: ephemeral,
      peer: "database-tier",
      reason: "What polls for functions to brokers, and their answers",
    },
    {
      id: "services-out",
      number: 140,
      direction: "egress",
      protocol: "tcp",
      ports: [443, 443],
      peer: "private-tier",
      reason: "What polls for functions to cloud services at their private addresses",
    },
  ],
  queue: [
    fromPods("amqps", 280, 5671, "AMQP over TLS"),
    fromPods("queue-console", 300, 443, "Management API of RabbitMQ"),
  ],
  "linked-sites": [
    {
      id: "linked-postgres-in",
      number: 320,
      direction: "ingress",
      protocol: "tcp",
      ports: [5432, 5432],
      peer: "linked-sites",
      reason: "PostgreSQL from replicas at other sites",
    },
    {
      id: "linked-kafka-in",
      number: 340,
      direction: "ingress",
      protocol: "tcp",
      ports: [9096, 9096],
      peer: "linked-sites",
      reason: "Kafka from mirrors at other sites",
    },
    {
      id: "linked-answers-in",
      number: 360,
      direction: "ingress",
      protocol: "tcp",
      // Databases call from the ports that Linux gives to clients, above those of every store.
      ports: [32768, 65535],
      peer: "linked-sites",
      reason: "Answers of other sites to a database that follows them",
    },
    {
      id: "linked-answers-out",
      number: 160,
      direction: "egress",
      protocol: "tcp",
      ports: ephemeral,
      peer: "linked-sites",
      reason: "Answers to other sites, and connections to those that a database follows",
    },
  ],
};

/** The rules of a tier, with those of the parts that the site has. */
export function aclRulesOf(tier: Tier, needs: readonly AclNeed[]): readonly AclRule[] {
  const optional = tier === "database" ? needs.flatMap((need) => optionalDatabaseRules[need]) : [];
  return [...networkAclRules[tier], ...optional];
}
