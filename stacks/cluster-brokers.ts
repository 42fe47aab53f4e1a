import type { ProviderResource, Resource } from "@pulumi/pulumi";
import type { KubernetesCluster } from "../components/contracts/kubernetes-cluster";
import type { SecretStore } from "../components/contracts/secret-store";
import { ClusterEvents } from "../components/kubernetes/cluster-events";
import { toEvents } from "../components/kubernetes/cluster-events.plan";
import { ClusterQueue } from "../components/kubernetes/cluster-queue";
import { toQueue } from "../components/kubernetes/cluster-queue.plan";
import type { Opening } from "../components/kubernetes/network-policies.plan";
import type { PlatformLayer } from "../components/kubernetes/platform-layer";
import { brokerAddresses } from "../components/planning/broker-addresses";
import type { Protection } from "../components/planning/protection";
import { inRole, type SiteRole } from "../components/planning/role";
import type { ClusterEventSettings } from "../config/schema/cluster-events";
import type { ClusterQueueSettings } from "../config/schema/cluster-queue";

export interface BrokersArgs {
  readonly config: {
    readonly events: ClusterEventSettings;
    readonly queue: ClusterQueueSettings;
    readonly platformLayer: { readonly namespaces: Readonly<Record<string, unknown>> };
  };
  readonly role: SiteRole;
  readonly cluster: KubernetesCluster;
  /** What gives storage classes and the issuer of certificates. */
  readonly layer: PlatformLayer;
  /** Range of the subnet that private load balancers of the cluster lie in; its last addresses are the brokers'. */
  readonly subnet: string;
  /** Ranges outside of the cluster whose clients are let in. */
  readonly clientRanges: readonly string[];
  /** What the brokers come after besides the cluster's nodes. Default: nothing. */
  readonly before?: readonly Resource[];
  readonly secrets: SecretStore;
  readonly protection: Protection;
  /** That of the cloud too: credentials are kept in its store. */
  readonly providers: Readonly<Record<string, ProviderResource>> & {
    readonly kubernetes: ProviderResource;
    readonly random: ProviderResource;
  };
}

/**
 * What workloads may open besides what they need of each other: the brokers that are on the cluster.
 *
 * @param namespaces namespaces of workloads
 * @param others what else is on the cluster for them
 */
export function withBrokers<Space extends object>(
  namespaces: Readonly<Record<string, Space>>,
  { events, queue }: BrokersArgs["config"],
  others: readonly Opening[] = [],
): Readonly<Record<string, Space & { readonly openings: readonly Opening[] }>> {
  const openings = [
    ...(events.mode === "create" ? [toEvents] : []),
    ...(queue.mode === "create" ? [toQueue] : []),
    ...others,
  ];
  return Object.fromEntries(Object.entries(namespaces).map(([name, space]) => [name, { ...space, openings }]));
}

/** The event stream and the queue of a site whose cloud runs neither: on its cluster. */
export function createBrokers(args: BrokersArgs) {
  const { cluster, layer, secrets, protection, providers, config } = args;
  const addresses = brokerAddresses(args.subnet);
  const clients = { namespaces: Object.keys(config.platformLayer.namespaces), ranges: args.clientRanges };
  const { internalIssuer: issuer, storageClasses } = layer;
  const common = { cluster, issuer, storageClass: storageClasses.fast, clients, secrets, protection };
  const opts = { providers, dependsOn: [...cluster.podDependencies, ...(args.before ?? [])] };
  const events = inRole(config.events, args.role);
  const queue = inRole(config.queue, args.role);
  const sizeOf = ({ cpus, memoryGiB, storageGiB }: Record<"cpus" | "memoryGiB" | "storageGiB", number>) => ({
    cpus,
    memoryGiB,
    storageGiB,
  });
  return {
    events:
      events.mode === "create"
        ? new ClusterEvents(
            "events",
            {
              ...common,
              version: events.version,
              size: sizeOf(events),
              topics: events.topics,
              addresses: addresses.events,
            },
            opts,
          )
        : undefined,
    queue:
      queue.mode === "create"
        ? new ClusterQueue(
            "queue",
            {
              ...common,
              version: queue.engineVersion,
              availability: availabilityOf(queue.availability, protection),
              size: sizeOf(queue),
              address: addresses.queue,
            },
            opts,
          )
        : undefined,
  };
}

function availabilityOf(
  availability: ClusterQueueSettings["availability"],
  { multiZone }: Protection,
): "single-instance" | "cluster" {
  if (availability !== "by-class") return availability;
  return multiZone ? "cluster" : "single-instance";
}
