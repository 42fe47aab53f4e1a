import type { Opening } from "./network-policies.plan";

/** Who may connect to brokers on the cluster, besides their operator. */
export interface BrokerClients {
  /** Namespaces of workloads. */
  readonly namespaces: readonly string[];
  /** Ranges outside of the cluster: of linked sites, and of what else in the network uses them. */
  readonly ranges: readonly string[];
}

/** Where brokers answer their clients. */
export interface BrokerDoors {
  /** Labels of the brokers' pods. */
  readonly pods: Readonly<Record<string, string>>;
  /** Ports for workloads of the cluster. */
  readonly ports: readonly [number, ...number[]];
  /** Port for clients that come by a load balancer. */
  readonly networkPort: number;
  /** What they carry, such as `messages`. */
  readonly carried: string;
  /** One sentence: why linked sites cannot do without. */
  readonly networkReason: string;
}

/** What the brokers' namespace lets through for their clients: one opening for each namespace, and one for all ranges. */
export function clientOpenings({ namespaces, ranges }: BrokerClients, doors: BrokerDoors): readonly Opening[] {
  const { pods, ports, networkPort, carried, networkReason } = doors;
  const [first, ...others] = ranges;
  return [
    ...namespaces.map((namespace): Opening => ({
      id: `clients-${namespace}`,
      from: { namespace },
      ports,
      pods,
      reason: `Workloads of ${namespace} send and receive ${carried}`,
    })),
    ...(first === undefined
      ? []
      : [
          {
            id: "network",
            from: { cidrs: [first, ...others] },
            ports: [networkPort],
            pods,
            reason: networkReason,
          } satisfies Opening,
        ]),
  ];
}
