import type { Tier } from "../contracts/network";

/** Where the other end of a network ACL rule lies. */
export type AclPeer = "anywhere" | "network" | "private-subnets";

/** A rule of a network ACL. ACLs keep no state, so the answer of every connection has a rule of its own. */
export interface AclRule {
  /** Part of the logical name: it never changes. */
  readonly id: string;
  /** Order of evaluation; a rule for several subnets takes this number and those after it. */
  readonly number: number;
  readonly direction: "ingress" | "egress";
  readonly protocol: "tcp" | "udp" | "all";
  readonly ports: readonly [first: number, last: number] | undefined;
  readonly peer: AclPeer;
  readonly reason: string;
}

/** Ports that clients answer from, load balancers and NAT gateways included: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports */
const ephemeral = [1024, 65535] as const;

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
