import type { Opening } from "../components/kubernetes/network-policies.plan";
import { subnetPlan } from "../components/planning/address-plan";
import type { DurgaPujaConfig } from "../config/schema/durga-puja";
import { ports } from "./durga-puja.workloads";

type Some<T> = readonly [T, ...T[]];

const frontend = { "app.kubernetes.io/name": "frontend" };
const backend = { "app.kubernetes.io/name": "backend" };

/** Ports of the stores in the subnets for databases. */
const storePorts = [5432, 6379] as const;

/**
 * What the pods of the system's namespace are let: calls of the load balancers, which have addresses in the public subnets and
 * call pods by those, what the backend keeps its data in, and APIs of AWS.
 */
export function systemOpenings({ network, secrets }: DurgaPujaConfig): readonly Opening[] {
  const { public: balancers, database } = ranges(network);
  const from = { cidrs: some(Object.values(balancers), network.cidr) };
  return [
    {
      id: "visitors",
      pods: frontend,
      from,
      ports: [ports.frontend],
      reason: "Load balancers bring the visitors of the site",
    },
    {
      id: "requests",
      pods: backend,
      from,
      ports: [ports.backend],
      reason: "The load balancer brings requests of /api",
    },
    {
      id: "from-frontend",
      pods: backend,
      from: "same-namespace",
      ports: [ports.backend],
      reason: "The frontend asks the backend by the name of its Service",
    },
    { id: "to-backend", pods: frontend, to: "same-namespace", reason: "Asks the backend by the name of its Service" },
    { id: "metrics", from: "monitoring", ports: [ports.frontend, ports.backend], reason: "Prometheus reads metrics" },
    ...Object.entries(database).map(([zone, cidr]): Opening => ({
      id: `stores-${zone}`,
      pods: backend,
      to: { cidr },
      ports: storePorts,
      reason: "Reads and writes the database and the cache",
    })),
    {
      id: "mongodb",
      pods: backend,
      to: { cidr: "0.0.0.0/0" },
      ports: mongodbPorts(secrets.mongodbUri),
      reason: "Reads and writes MongoDB, of which the connection string alone is known, and no address",
    },
    { id: "storage", pods: backend, to: "https", reason: "Keeps assets in S3" },
    { id: "identity", pods: backend, to: "workload-identity", reason: "Fetches the credentials of its identity" },
  ];
}

/**
 * Ports in a connection string, 27017 where it names none: https://www.mongodb.com/docs/manual/reference/connection-string/
 * One of the form mongodb+srv names none: its hosts are expected at that port too.
 */
export function mongodbPorts(uri: string): Some<number> {
  const authority = uri.replace(/^[a-z+]*:\/\//, "").split(/[/?]/)[0] ?? "";
  const hosts = authority.slice(authority.lastIndexOf("@") + 1).split(",");
  const found = hosts.map((host) => Number(/:(\d+)$/.exec(host)?.[1] ?? 27_017));
  return some(
    [...new Set(found)].sort((one, other) => one - other),
    27_017,
  );
}

/** Ranges of the public subnets and of those for databases, by zone; of an adopted network only its own range is known. */
function ranges({ cidr, zones, subnets, adopt }: DurgaPujaConfig["network"]) {
  if (adopt === undefined) return subnetPlan(cidr, zones, subnets);
  return { public: { any: cidr }, database: { any: cidr } };
}

function some<T>([first, ...rest]: readonly T[], otherwise: T): Some<T> {
  return [first ?? otherwise, ...rest];
}
