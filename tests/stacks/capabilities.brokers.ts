import type { Properties } from "../../offline/cloud/value";
import { all, count, has, is } from "./capabilities.proofs";
import { at, text } from "./deployed";

// Kafka and RabbitMQ that run on a site's own cluster.

const pools = "kubernetes:kafka.strimzi.io/v1:KafkaNodePool";
const kafka = "kubernetes:kafka.strimzi.io/v1:Kafka";
const rabbit = "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster";

/** Whether pods are spread over zones, by the constraints at a path. */
const overZones = (path: string) => (inputs: Properties) =>
  at(inputs, `${path}.0.topologyKey`) === "topology.kubernetes.io/zone" &&
  at(inputs, `${path}.0.whenUnsatisfiable`) === "DoNotSchedule";

/** Three brokers, one in each of three zones. */
export const kafkaInEveryZone = count(
  pools,
  1,
  is("spec.replicas", 3),
  overZones("spec.template.pod.topologySpreadConstraints"),
);

/** Two listeners, one for the cluster and one for the network. */
export const kafkaByScramAlone = all(
  count(
    kafka,
    1,
    ...["0", "1"].flatMap((listener) => [
      is(`spec.kafka.listeners.${listener}.tls`, true),
      is(`spec.kafka.listeners.${listener}.authentication.type`, "scram-sha-512"),
    ]),
    is("spec.kafka.listeners.2", undefined),
  ),
  has("kubernetes:kafka.strimzi.io/v1:KafkaUser", is("spec.authentication.type", "scram-sha-512")),
);

export const rabbitOverTlsAlone = count(rabbit, 1, is("spec.tls.disableNonTLSListeners", true));

export const rabbitInSeveralZones = count(
  rabbit,
  1,
  is("spec.replicas", 3),
  overZones("spec.override.statefulSet.spec.template.spec.topologySpreadConstraints"),
  (inputs) => text(at(inputs, "spec.rabbitmq.additionalConfig")).includes("default_queue_type = quorum\n"),
);
