import type { Input } from "@pulumi/pulumi";
import { replicationOf, type TopicSpec } from "../planning/topics";
import { clientOpenings, type BrokerClients } from "./broker-clients.plan";
import { untilReady } from "./certificate-manager.plan";
import type { HelmValues } from "./chart";
import type { Opening } from "./network-policies.plan";
import { spreadOverNodes } from "./scheduling";

/** Namespace of the operator and of what it runs. */
export const eventsNamespace = "kafka";

/** Port for clients in the cluster, and port for those that come by the load balancers. */
export const eventsPorts = { cluster: 9093, network: 9094 } as const;

/** Apache Kafka that the pinned operator runs, by minor: https://github.com/strimzi/strimzi-kafka-operator/blob/main/kafka-versions.yaml */
export const kafkaVersions = { "4.2": "4.2.1", "4.3": "4.3.1" } as const;

export type KafkaMinor = keyof typeof kafkaVersions;

/** Brokers: one in each of three zones, each of them a controller too. */
const brokerCount = 3;

/** What one broker has. A change of processors and memory rolls through the brokers; a volume grows and never shrinks. */
export interface BrokerSize {
  /** Processors. */
  readonly cpus: number;
  /** Memory in GiB, half of it for the heap: the other half caches what was read and written. */
  readonly memoryGiB: number;
  /** Volume in GiB. */
  readonly storageGiB: number;
}

/** One address of the network for each broker, and one in front of them all. */
export interface EventAddresses {
  readonly bootstrap: string;
  readonly brokers: readonly [string, string, string];
}

const cluster = "events";
const pool = "brokers";
const user = "platform";
const certificateSecret = `${cluster}-listeners`;
const kafkaApi = "kafka.strimzi.io/v1";

/** Ports among brokers, operators and the agent beside each broker. https://strimzi.io/docs/operators/latest/deploying.html */
const innerPorts = [9090, 9091, 8443] as const;

/** Port of the brokers' measurements, and of the operator's. */
const metricsPorts = [9404, 8080] as const;

const brokerLabels = { "strimzi.io/cluster": cluster, "strimzi.io/broker-role": "true" } as const;

/** Labels of the pods behind the address of all brokers, and of each by its number. */
export function brokerSelector(broker?: number): Readonly<Record<string, string>> {
  return broker === undefined
    ? brokerLabels
    : { ...brokerLabels, "strimzi.io/pod-name": `${cluster}-${pool}-${String(broker)}` };
}

/** Where clients in the cluster start from. */
export const innerBootstrap = `${cluster}-kafka-bootstrap.${eventsNamespace}.svc:${String(eventsPorts.cluster)}`;

/** Name of the user, and where the operator finds its password. */
export const eventsUser = { name: user, secret: `${user}-password`, key: "password" } as const;

/**
 * Values of the chart. The operator looks after its own namespace alone. Its own network policies would open the listeners to
 * everybody; the namespace has policies already.
 * Source of the names: https://github.com/strimzi/strimzi-kafka-operator/blob/main/packaging/helm-charts/helm3/strimzi-kafka-operator/values.yaml
 */
export function eventsOperatorValues(): HelmValues {
  return {
    replicas: 2,
    watchAnyNamespace: false,
    generateNetworkPolicy: false,
    generatePodDisruptionBudget: true,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    resources: { requests: { cpu: "200m", memory: "384Mi" }, limits: { cpu: "1000m", memory: "384Mi" } },
    // All pods that it makes are as the namespace demands: https://strimzi.io/docs/operators/latest/deploying.html#assembly-security-providers-str
    extraEnvs: [{ name: "STRIMZI_POD_SECURITY_PROVIDER_CLASS", value: "restricted" }],
  };
}

/** What the namespace lets through. */
export function eventsOpenings(clients: BrokerClients): readonly Opening[] {
  const { cluster: inCluster, network } = eventsPorts;
  return [
    {
      id: "kubernetes-api",
      to: "kubernetes-api",
      reason: "Operators watch their resources, brokers read the zone of their node",
    },
    {
      id: "brokers",
      from: "same-namespace",
      ports: [...innerPorts],
      reason: "Brokers replicate, operators look after them",
    },
    { id: "to-brokers", to: "same-namespace", reason: "Brokers replicate, operators look after them" },
    { id: "metrics", from: "monitoring", ports: [...metricsPorts], reason: "Prometheus reads metrics" },
    ...clientOpenings(clients, {
      pods: brokerLabels,
      ports: [inCluster, network],
      networkPort: network,
      carried: "records",
      networkReason: "Linked sites mirror records, by load balancers that keep their addresses",
    }),
  ];
}

/** What a namespace whose workloads use the stream opens. */
export const toEvents: Opening = {
  id: "to-events",
  to: { namespace: eventsNamespace },
  ports: [eventsPorts.cluster, eventsPorts.network],
  reason: "Sends and receives records",
};

/** The certificate of all listeners: for the brokers' names in the cluster, and for their addresses. */
export function eventsCertificate({ bootstrap, brokers }: EventAddresses) {
  const names = ["", `.${eventsNamespace}`, `.${eventsNamespace}.svc`, `.${eventsNamespace}.svc.cluster.local`];
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: certificateSecret, annotations: untilReady },
    spec: {
      secretName: certificateSecret,
      commonName: `${cluster}-kafka-bootstrap`,
      dnsNames: [
        ...names.map((suffix) => `${cluster}-kafka-bootstrap${suffix}`),
        ...names.slice(2).map((suffix) => `*.${cluster}-kafka-brokers${suffix}`),
      ],
      ipAddresses: [bootstrap, ...brokers],
      // Renewed in the last third; the operator rolls the new one out.
      duration: "2160h0m0s",
      renewBefore: "720h0m0s",
      privateKey: { algorithm: "ECDSA", encoding: "PKCS8", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth"],
    },
  };
}

/** The brokers' machines and volumes. */
export function brokerPool(
  { cpus, memoryGiB, storageGiB }: BrokerSize,
  storageClass: Input<string>,
  deleteVolumes: boolean,
) {
  const heap = `${String(Math.floor((memoryGiB * 1024) / 2))}m`;
  const memory = `${String(memoryGiB)}Gi`;
  return {
    apiVersion: kafkaApi,
    kind: "KafkaNodePool",
    metadata: { name: pool, labels: { "strimzi.io/cluster": cluster } },
    spec: {
      replicas: brokerCount,
      roles: ["controller", "broker"],
      storage: {
        type: "jbod",
        volumes: [
          {
            id: 0,
            type: "persistent-claim",
            class: storageClass,
            size: `${String(storageGiB)}Gi`,
            kraftMetadata: "shared",
            deleteClaim: deleteVolumes,
          },
        ],
      },
      resources: { requests: { cpu: String(cpus), memory }, limits: { cpu: String(cpus), memory } },
      jvmOptions: { "-Xms": heap, "-Xmx": heap },
      template: {
        pod: {
          // Never two on a node or in a zone: what fails there must leave two of three.
          topologySpreadConstraints: spreadOverNodes({
            "strimzi.io/cluster": cluster,
            "strimzi.io/pool-name": pool,
          }).map((constraint) => ({ ...constraint, whenUnsatisfiable: "DoNotSchedule" })),
          terminationGracePeriodSeconds: 120,
        },
      },
    },
  };
}

/** The cluster: TLS and SCRAM on every listener, access control lists, nothing made by accident. */
export function kafka(version: KafkaMinor, { brokers }: EventAddresses) {
  const { copies, inSync } = replicationOf(brokerCount);
  const listener = (name: keyof typeof eventsPorts, configuration: object = {}) => ({
    name,
    port: eventsPorts[name],
    type: "internal",
    tls: true,
    authentication: { type: "scram-sha-512" },
    configuration: {
      brokerCertChainAndKey: { secretName: certificateSecret, certificate: "tls.crt", key: "tls.key" },
      ...configuration,
    },
  });
  const small = (memory: string) => ({ requests: { cpu: "50m", memory }, limits: { cpu: "500m", memory } });
  return {
    apiVersion: kafkaApi,
    kind: "Kafka",
    metadata: { name: cluster, annotations: untilReady },
    spec: {
      kafka: {
        version: kafkaVersions[version],
        authorization: { type: "simple" },
        listeners: [
          listener("cluster"),
          listener("network", {
            // The Services with these addresses are made beside it, so that they are gone before the cluster's network is.
            brokers: brokers.map((advertisedHost, broker) => ({
              broker,
              advertisedHost,
              advertisedPort: eventsPorts.network,
            })),
          }),
        ],
        config: {
          "auto.create.topics.enable": false,
          "default.replication.factor": copies,
          "min.insync.replicas": inSync,
          "offsets.topic.replication.factor": copies,
          "transaction.state.log.replication.factor": copies,
          "transaction.state.log.min.isr": inSync,
          // A copy that lags may not lead: it would take back what was already acknowledged.
          "unclean.leader.election.enable": false,
          "ssl.enabled.protocols": "TLSv1.3,TLSv1.2",
        },
        rack: { type: "topology-label", topologyKey: "topology.kubernetes.io/zone" },
        metricsConfig: { type: "strimziMetricsReporter" },
        template: { podDisruptionBudget: { maxUnavailable: 1 } },
      },
      entityOperator: { topicOperator: { resources: small("512Mi") }, userOperator: { resources: small("512Mi") } },
    },
  };
}

/** A topic. Its copies and how many of them must have a record are the cluster's. */
export function kafkaTopic(name: string, { partitions, retentionHours }: TopicSpec) {
  const { copies, inSync } = replicationOf(brokerCount);
  return {
    apiVersion: kafkaApi,
    kind: "KafkaTopic",
    metadata: { name, labels: { "strimzi.io/cluster": cluster }, annotations: untilReady },
    spec: {
      partitions,
      replicas: copies,
      config: {
        "cleanup.policy": "delete",
        "min.insync.replicas": String(inSync),
        "retention.ms": String(retentionHours * 3_600_000),
      },
    },
  };
}

/** The user of clients: every topic, group and transaction, and of the cluster what a mirror needs to know. */
export function kafkaUser() {
  const all = (type: string, ...operations: readonly string[]) => ({
    type: "allow",
    resource: { type, name: "*", patternType: "literal" },
    operations,
    host: "*",
  });
  return {
    apiVersion: kafkaApi,
    kind: "KafkaUser",
    metadata: { name: user, labels: { "strimzi.io/cluster": cluster }, annotations: untilReady },
    spec: {
      authentication: {
        type: "scram-sha-512",
        password: { valueFrom: { secretKeyRef: { name: eventsUser.secret, key: eventsUser.key } } },
      },
      authorization: {
        type: "simple",
        acls: [
          all("topic", "Read", "Write", "Create", "Alter", "Describe", "DescribeConfigs", "AlterConfigs"),
          all("group", "Read", "Describe", "Delete"),
          all("transactionalId", "Write", "Describe"),
          {
            type: "allow",
            resource: { type: "cluster" },
            operations: ["Describe", "DescribeConfigs", "IdempotentWrite"],
            host: "*",
          },
        ],
      },
    },
  };
}
