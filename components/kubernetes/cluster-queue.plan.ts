import type * as pulumi from "@pulumi/pulumi";
import { clientOpenings, type BrokerClients } from "./broker-clients.plan";
import { untilReady } from "./certificate-manager.plan";
import type { Opening } from "./network-policies.plan";
import { queueApi, queueNamespace, queueOperatorMetricsPort } from "./queue-operator.plan";
import { spreadOverNodes } from "./scheduling";

/** Port of AMQP 0-9-1 over TLS. */
export const queuePort = 5671;

/** RabbitMQ by minor: its image. https://hub.docker.com/_/rabbitmq */
const rabbitmqImages = { "4.3": "rabbitmq:4.3.4-management" } as const;

export type RabbitmqMinor = keyof typeof rabbitmqImages;

/** What one node has. A change of processors and memory rolls through the nodes; a volume grows and never shrinks. */
export interface QueueSize {
  /** Processors. */
  readonly cpus: number;
  /** Memory in GiB; RabbitMQ takes no more messages when 60 % of it are in use. */
  readonly memoryGiB: number;
  /** Volume in GiB. */
  readonly storageGiB: number;
}

const cluster = "queue";

/** Name of the user, and of the Secrets that the brokers mount. */
export const queueUser = "platform";
export const queueLogin = `${cluster}-login`;
const certificateSecret = `${cluster}-certificate`;

/** Labels of the nodes' pods. */
export const queueSelector = { "app.kubernetes.io/name": cluster, "app.kubernetes.io/component": "rabbitmq" } as const;

/** Ports among the nodes (peer discovery, distribution) and of the operator (management over TLS). https://www.rabbitmq.com/docs/networking#ports */
const innerPorts = [4369, 25672, 15671, queuePort] as const;

/** Port of the nodes' measurements over TLS. https://www.rabbitmq.com/docs/prometheus */
const metricsPort = 15691;

/** What the namespace lets through. Nodes talk to one another in clear, and nobody else is let in. */
export function queueOpenings(clients: BrokerClients): readonly Opening[] {
  return [
    {
      id: "kubernetes-api",
      to: "kubernetes-api",
      reason: "The operator watches its resources, nodes find one another",
    },
    {
      id: "nodes",
      from: "same-namespace",
      ports: [...innerPorts],
      reason: "Nodes are a cluster, the operator looks after it",
    },
    { id: "to-nodes", to: "same-namespace", reason: "Nodes are a cluster, the operator looks after it" },
    {
      id: "metrics",
      from: "monitoring",
      ports: [metricsPort, queueOperatorMetricsPort],
      reason: "Prometheus reads metrics",
    },
    ...clientOpenings(clients, {
      pods: queueSelector,
      ports: [queuePort],
      networkPort: queuePort,
      carried: "messages",
      networkReason: "Linked sites send and receive messages, by a load balancer that keeps their addresses",
    }),
  ];
}

/** What a namespace whose workloads use the queue opens. */
export const toQueue: Opening = {
  id: "to-queue",
  to: { namespace: queueNamespace },
  ports: [queuePort],
  reason: "Sends and receives messages",
};

/** The certificate of the nodes: for their Service's names, for their own, and for the address. */
export function queueCertificate(address: string) {
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: certificateSecret, annotations: untilReady },
    spec: {
      secretName: certificateSecret,
      commonName: `${cluster}.${queueNamespace}.svc`,
      dnsNames: [
        ...["", ".svc", ".svc.cluster.local"].map((suffix) => `${cluster}.${queueNamespace}${suffix}`),
        ...["", ".svc", ".svc.cluster.local"].map((suffix) => `*.${cluster}-nodes.${queueNamespace}${suffix}`),
      ],
      ipAddresses: [address],
      // Renewed in the last third; RabbitMQ reads the file of new connections anew.
      duration: "2160h0m0s",
      renewBefore: "720h0m0s",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth"],
    },
  };
}

/**
 * What the brokers read the first user from, as the operator writes it itself where it makes one.
 * https://github.com/rabbitmq/cluster-operator/tree/main/docs/examples/external-admin-secret-credentials
 */
export function queueLoginData(password: pulumi.Output<string>): Readonly<Record<string, pulumi.Input<string>>> {
  return {
    username: queueUser,
    password,
    "default_user.conf": password.apply((given) => `default_user = ${queueUser}\ndefault_pass = ${given}\n`),
    host: `${cluster}.${queueNamespace}.svc`,
    port: String(queuePort),
    provider: "rabbitmq",
    type: "rabbitmq",
  };
}

/** Settings of every node. https://www.rabbitmq.com/docs/configure */
const configuration = [
  // Queues have a copy on every node and lose nothing with one of them.
  "default_queue_type = quorum",
  "cluster_partition_handling = pause_minority",
  "disk_free_limit.absolute = 2GB",
  "ssl_options.versions.1 = tlsv1.3",
  "ssl_options.versions.2 = tlsv1.2",
];

const restrictedContainer = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } as const;

/**
 * What the restricted level of the Pod Security Standards asks of the nodes' pods, with the user and group that the operator gives
 * them: https://github.com/rabbitmq/cluster-operator/issues/1910. An override of a container changes what it names and no more.
 */
const restrictedNode = {
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 999,
    fsGroup: 0,
    seccompProfile: { type: "RuntimeDefault" },
  },
  initContainers: [{ name: "setup-container", securityContext: restrictedContainer }],
  containers: [{ name: "rabbitmq", securityContext: restrictedContainer }],
} as const;

/** The cluster: TLS alone, a user that is given, quorum queues. */
export function rabbitmqCluster(
  version: RabbitmqMinor,
  { cpus, memoryGiB, storageGiB }: QueueSize,
  replicas: 1 | 3,
  storageClass: pulumi.Input<string>,
) {
  const memory = `${String(memoryGiB)}Gi`;
  return {
    apiVersion: `${queueApi.group}/${queueApi.version}`,
    kind: "RabbitmqCluster",
    metadata: { name: cluster, annotations: { "pulumi.com/waitFor": "condition=AllReplicasReady" } },
    spec: {
      replicas,
      image: rabbitmqImages[version],
      service: { type: "ClusterIP" },
      persistence: { storageClassName: storageClass, storage: `${String(storageGiB)}Gi` },
      resources: { requests: { cpu: String(cpus), memory }, limits: { cpu: String(cpus), memory } },
      rabbitmq: { additionalConfig: configuration.map((line) => `${line}\n`).join("") },
      tls: { secretName: certificateSecret, disableNonTLSListeners: true },
      secretBackend: { externalSecret: { name: queueLogin } },
      // Long enough for queues to find other leaders; a node that cannot, must not hold up a drain for a week.
      terminationGracePeriodSeconds: 600,
      delayStartSeconds: 30,
      override: {
        statefulSet: {
          spec: {
            template: {
              spec: {
                ...restrictedNode,
                // Never two on a node or in a zone: what fails there must leave two of three.
                topologySpreadConstraints: spreadOverNodes({ "app.kubernetes.io/name": cluster }).map((constraint) => ({
                  ...constraint,
                  whenUnsatisfiable: "DoNotSchedule",
                })),
              },
            },
          },
        },
      },
    },
  };
}
