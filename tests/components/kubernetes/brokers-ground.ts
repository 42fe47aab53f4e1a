import { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { Cluster as AksCluster } from "../../../components/azure/cluster";
import type { KubernetesCluster } from "../../../components/contracts/kubernetes-cluster";
import type { NodePool } from "../../../components/contracts/node-pool";
import type { SecretStore } from "../../../components/contracts/secret-store";
import { ManagedCluster } from "../../../components/gcp/managed-cluster";
import { NodeAccount } from "../../../components/gcp/node-account";
import { CertificateManager } from "../../../components/kubernetes/certificate-manager";
import { ClusterEvents, type ClusterEventsArgs } from "../../../components/kubernetes/cluster-events";
import { ClusterQueue, type ClusterQueueArgs } from "../../../components/kubernetes/cluster-queue";
import { Namespaces } from "../../../components/kubernetes/namespaces";
import { StorageClasses } from "../../../components/kubernetes/storage-classes";
import { brokerAddresses } from "../../../components/planning/broker-addresses";
import { protectionOf, type StackClass } from "../../../components/planning/protection";
import { azureSubnetPlan } from "../../../components/planning/subnets-azure";
import type { Deployed } from "../../stacks/deployed";
import * as azure from "../azure/ground";
import * as gcp from "../gcp/ground";
import { stubSite } from "./stub-site";

const general: NodePool = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 8,
  memoryGiB: 32,
  diskGiB: 100,
  nodes: { min: 3, max: 9 },
};

/** What a cluster has before its brokers. */
export interface Floor {
  readonly cluster: KubernetesCluster;
  readonly class: StackClass;
  /** Subnet of the private load balancers. */
  readonly subnet: string;
  /** Its provider. */
  readonly on: pulumi.ComponentResourceOptions;
  readonly issuer: pulumi.Output<string>;
  readonly secrets: SecretStore;
  /** Values that were put into the store, by name. */
  readonly kept: Record<string, readonly string[]>;
}

type Make = (floor: Floor) => void;

function floorOf(cluster: KubernetesCluster, stackClass: StackClass, subnet: string): Floor {
  const provider = new Provider("kubernetes", { kubeconfig: cluster.kubeconfig });
  const on = { providers: { kubernetes: provider } };
  const dependsOn = [...cluster.podDependencies];
  const spaces = new Namespaces(
    "spaces",
    { namespaces: { "cert-manager": { enforce: "restricted" } } },
    { ...on, dependsOn },
  );
  const storage = new StorageClasses("storage", { storage: cluster.storage, class: stackClass }, { ...on, dependsOn });
  const manager = new CertificateManager(
    "certificates",
    { kubernetesVersion: cluster.version, namespace: spaces.named("cert-manager") },
    { ...on, dependsOn },
  );
  const kept: Record<string, readonly string[]> = {};
  const { secrets } = stubSite();
  return {
    cluster,
    class: stackClass,
    subnet,
    on: { ...on, dependsOn: [storage, manager] },
    issuer: manager.internalIssuer,
    secrets: {
      ...secrets,
      put: (name, values) => {
        kept[name] = Object.keys(values);
        return secrets.put(name, values);
      },
    },
    kept,
  };
}

/** A GKE cluster with certificates and volumes, and what the test makes on it. */
export function onGke(make: Make, stackClass: StackClass = "production"): Promise<Deployed> {
  return gcp.attempt(
    (ground) => {
      const { project, prefix, network, keys, protection, onGcp } = ground;
      const cluster = new ManagedCluster(
        "cluster",
        {
          project,
          clusterName: "test-gke",
          version: "1.36",
          releaseChannel: "REGULAR",
          access: "network",
          apiRanges: [network.cidr],
          network,
          nodeAccount: new NodeAccount("nodes", { project, prefix }, onGcp),
          secretsKeyId: keys.keyIds.secrets,
          disksKeyId: keys.keyIds.data,
          protection,
          nodePools: { general },
        },
        onGcp,
      );
      make(floorOf(cluster, stackClass, network.subnetRange));
    },
    { class: stackClass },
  );
}

/** An AKS cluster with the same, and the site that it is in. */
export function onAks(
  make: (floor: Floor, site: azure.Ground) => void,
  stackClass: StackClass = "production",
): Promise<Deployed> {
  return azure.attempt(
    (site) => {
      const { prefix, place, network, keys, logs, protection, onAzure } = site;
      const cluster = new AksCluster(
        "cluster",
        {
          prefix,
          place,
          clusterName: "test-aks",
          version: "1.36",
          tier: "Standard",
          access: "network",
          admins: {},
          network,
          podRange: azure.ranges.pods,
          serviceRange: azure.ranges.services,
          keys,
          registryIds: {},
          nodePools: { general },
          logs,
          protection,
        },
        onAzure,
      );
      make(floorOf(cluster, stackClass, azureSubnetPlan(azure.ranges.network).ingress), site);
    },
    { class: stackClass },
  );
}

const clients = { namespaces: ["web", "jobs"], ranges: ["10.32.0.0/12", "10.64.0.0/16"] } as const;

/** The brokers of Kafka, as a test asks for them. */
export function events(floor: Floor, changes: Partial<ClusterEventsArgs> = {}): ClusterEvents {
  return new ClusterEvents(
    "events",
    {
      cluster: floor.cluster,
      issuer: floor.issuer,
      storageClass: "fast",
      version: "4.2",
      size: { cpus: 2, memoryGiB: 8, storageGiB: 200 },
      topics: { orders: { partitions: 12, retentionHours: 168 } },
      addresses: brokerAddresses(floor.subnet).events,
      clients,
      secrets: floor.secrets,
      protection: protectionOf(floor.class),
      ...changes,
    },
    floor.on,
  );
}

/** The nodes of RabbitMQ, as a test asks for them. */
export function queue(floor: Floor, changes: Partial<ClusterQueueArgs> = {}): ClusterQueue {
  return new ClusterQueue(
    "queue",
    {
      cluster: floor.cluster,
      issuer: floor.issuer,
      storageClass: "fast",
      version: "4.3",
      availability: "cluster",
      size: { cpus: 2, memoryGiB: 4, storageGiB: 50 },
      address: brokerAddresses(floor.subnet).queue,
      clients,
      secrets: floor.secrets,
      protection: protectionOf(floor.class),
      ...changes,
    },
    floor.on,
  );
}
