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
