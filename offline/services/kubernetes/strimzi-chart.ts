import { named, type Chart, type CustomDefinition } from "./chart-objects";
import { FLAG, fields, listOf, NUMBER, oneOf, OPEN, spec, TEXT } from "./definition-schemas";
import { text } from "./fields";
import { CLUSTER_OPERATOR } from "./operators";
import { DEPLOYMENT, SERVICE_ACCOUNT } from "./kinds";
import type { Properties } from "../../cloud/value";

const GROUP = "kafka.strimzi.io";

/*
 * What the definitions of Strimzi 1.2 say of the resources that a platform writes itself: required fields, names of fields,
 * enumerations. https://strimzi.io/docs/operators/latest/configuring.html
 */

const atLeast = (minimum: number): Properties => ({ type: "integer", minimum });

const LISTENER = fields(
  {
    name: { type: "string", pattern: "^[a-z0-9]{1,25}$" },
    port: atLeast(9092),
    type: oneOf("internal", "route", "loadbalancer", "nodeport", "ingress", "cluster-ip"),
    tls: FLAG,
    authentication: OPEN,
    configuration: OPEN,
    networkPolicyPeers: listOf(OPEN),
  },
  "name",
  "port",
  "type",
  "tls",
);

const KAFKA = spec(
  fields(
    {
      kafka: fields(
        {
          authorization: OPEN,
          brokerRackInitImage: TEXT,
          config: OPEN,
          image: TEXT,
          jmxOptions: OPEN,
          jvmOptions: OPEN,
          listeners: { ...listOf(LISTENER), minItems: 1 },
          livenessProbe: OPEN,
          logging: OPEN,
          metadataVersion: TEXT,
          metricsConfig: fields(
            { type: oneOf("jmxPrometheusExporter", "strimziMetricsReporter"), valueFrom: OPEN, values: OPEN },
            "type",
          ),
          quotas: OPEN,
          rack: fields(
            { type: oneOf("topology-label", "environment-variable"), topologyKey: TEXT, envVarName: TEXT },
            "type",
          ),
          readinessProbe: OPEN,
          template: OPEN,
          tieredStorage: OPEN,
          version: TEXT,
        },
        "listeners",
      ),
      clientsCa: OPEN,
      clusterCa: OPEN,
      cruiseControl: OPEN,
      entityOperator: fields({ topicOperator: OPEN, userOperator: OPEN, template: OPEN }),
      kafkaExporter: OPEN,
      maintenanceTimeWindows: listOf(TEXT),
    },
    "kafka",
  ),
);

const NODE_POOL = spec(
  fields(
    {
      replicas: atLeast(0),
      roles: listOf(oneOf("controller", "broker")),
      storage: fields(
        {
          type: oneOf("ephemeral", "persistent-claim", "jbod"),
          volumes: listOf(OPEN),
          class: TEXT,
          deleteClaim: FLAG,
          id: atLeast(0),
          kraftMetadata: oneOf("shared"),
          selector: OPEN,
          size: TEXT,
          sizeLimit: TEXT,
          volumeAttributesClass: TEXT,
        },
        "type",
      ),
      resources: OPEN,
      jvmOptions: OPEN,
      template: OPEN,
    },
    "replicas",
    "roles",
    "storage",
  ),
);

const TOPIC = spec(
  fields({
    topicName: TEXT,
    partitions: atLeast(1),
    replicas: { type: "integer", minimum: 1, maximum: 32767 },
    config: OPEN,
  }),
);

const ACL = fields(
  {
    resource: fields(
      {
        type: oneOf("topic", "group", "cluster", "transactionalId"),
        name: TEXT,
        patternType: oneOf("literal", "prefix"),
      },
      "type",
    ),
    type: oneOf("allow", "deny"),
    host: TEXT,
    operations: listOf(
      oneOf(
        ...["Read", "Write", "Delete", "Alter", "Describe", "All", "IdempotentWrite", "ClusterAction", "Create"],
        ...["AlterConfigs", "DescribeConfigs"],
      ),
    ),
  },
  "resource",
);

const USER = spec(
  fields({
    authentication: fields({ type: oneOf("tls", "tls-external", "scram-sha-512"), password: OPEN }, "type"),
    authorization: fields({ type: oneOf("simple"), acls: listOf(ACL) }, "type", "acls"),
    quotas: fields({
      consumerByteRate: NUMBER,
      controllerMutationRate: { type: "number" },
      producerByteRate: NUMBER,
      requestPercentage: NUMBER,
    }),
    template: OPEN,
  }),
);

const define = (kind: string, schema?: Properties): CustomDefinition => ({
  group: GROUP,
  version: "v1",
  kind,
  plural: `${kind.toLowerCase()}s`,
  scope: "Namespaced",
  ...(schema === undefined ? {} : { schema }),
});

/** Strimzi: its definitions are in the folder of definitions, so that Helm leaves them with all clusters when the release goes. */
export const strimzi: Chart = {
  name: "strimzi-kafka-operator",
  repository: "https://strimzi.io/charts/",
  source:
    "https://github.com/strimzi/strimzi-kafka-operator/tree/main/packaging/helm-charts/helm3/strimzi-kafka-operator",
  crds: [
    define("Kafka", KAFKA),
    define("KafkaNodePool", NODE_POOL),
    define("KafkaTopic", TOPIC),
    define("KafkaUser", USER),
    ...["KafkaBridge", "KafkaConnect", "KafkaConnector", "KafkaMirrorMaker2", "KafkaRebalance"].map((kind) =>
      define(kind),
    ),
    { group: "core.strimzi.io", version: "v1", kind: "StrimziPodSet", plural: "strimzipodsets", scope: "Namespaced" },
  ],
  objects: ({ namespace, values }) => {
    const account = text(values["serviceAccount"]) ?? CLUSTER_OPERATOR;
    const { replicas = 1 } = values;
    return [
      { token: SERVICE_ACCOUNT, object: named(account, namespace, {}) },
      {
        token: DEPLOYMENT,
        object: named(CLUSTER_OPERATOR, namespace, {
          spec: {
            replicas,
            template: {
              spec: {
                serviceAccountName: account,
                containers: [{ name: CLUSTER_OPERATOR, image: "quay.io/strimzi/operator" }],
              },
            },
          },
        }),
      },
    ];
  },
};
