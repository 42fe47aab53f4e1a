import { isProperties } from "../../../offline/cloud/value";
import { at, text, type Deployed } from "../deployed";
import { because, each, is, list, number, type CloudFacts, type Holds, type StoreFacts } from "./facts";

const itsCluster = because("that of the cluster of brokers");
const inCluster = because("network policies let in whom they name, and load balancers are private");
const noLock = because("the API of Kubernetes takes no lock");
const threeTimes = because("each record is on three brokers, in three zones");

/** A class of volumes that the program makes, by what claims call it. */
const classOf = (stack: Deployed, name: unknown) =>
  stack.ofType("kubernetes:storage.k8s.io/v1:StorageClass").find(({ inputs }) => at(inputs, "metadata.name") === name);

/** Types of Kubernetes that keep data, on volumes of a cloud. */
export function kubernetesStores({ volumes }: CloudFacts): Readonly<Record<string, StoreFacts>> {
  const onVolumes =
    (names: (inputs: Parameters<Holds>[0]["inputs"]) => readonly unknown[]): Holds =>
    ({ inputs }, stack) => {
      const found = names(inputs);
      return found.length > 0 && found.every((name) => volumes(classOf(stack, name)?.inputs["parameters"]));
    };
  return {
    "kubernetes:storage.k8s.io/v1:StorageClass": {
      encrypted: ({ inputs }) => volumes(inputs["parameters"]),
      isPrivate: because("volumes have no address"),
      tls: because("volumes have no address"),
      engine: because("it is a way to make volumes, and holds none"),
      // Volumes of this class outlive their claims.
      cloud: ({ inputs }) => at(inputs, "metadata.name") !== "fast" || inputs["reclaimPolicy"] === "Retain",
      backedUp: because("it is a way to make volumes, and holds none"),
    },
    "kubernetes:kafka.strimzi.io/v1:KafkaNodePool": {
      encrypted: onVolumes((inputs) => list(at(inputs, "spec.storage.volumes")).map((one) => at(one, "class"))),
      isPrivate: inCluster,
      tls: itsCluster,
      engine: "asked",
      cloud: ({ inputs }) => each(at(inputs, "spec.storage.volumes"), (one) => at(one, "deleteClaim") === false),
      backedUp: threeTimes,
    },
    "kubernetes:kafka.strimzi.io/v1:Kafka": {
      encrypted: because("its node pools have the volumes"),
      isPrivate: inCluster,
      tls: ({ inputs }) => {
        const listeners = list(at(inputs, "spec.kafka.listeners"));
        return (
          listeners.length > 0 &&
          listeners.every((one) => at(one, "tls") === true && is(at(one, "authentication.type"))) &&
          at(inputs, "spec.kafka.authorization.type") === "simple"
        );
      },
      engine: "asked",
      cloud: noLock,
      backedUp: ({ inputs }) => {
        // A name with points, which no path of `at` reaches.
        const config = at(inputs, "spec.kafka.config");
        return isProperties(config) && number(config["default.replication.factor"]) >= 3;
      },
    },
    "kubernetes:kafka.strimzi.io/v1:KafkaTopic": {
      encrypted: itsCluster,
      isPrivate: itsCluster,
      tls: itsCluster,
      engine: "asked",
      cloud: noLock,
      backedUp: ({ inputs }) => number(at(inputs, "spec.replicas")) >= 3,
    },
    "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster": {
      encrypted: onVolumes((inputs) => [at(inputs, "spec.persistence.storageClassName")]),
      isPrivate: ({ inputs }) => at(inputs, "spec.service.type") === "ClusterIP",
      tls: ({ inputs }) =>
        at(inputs, "spec.tls.disableNonTLSListeners") === true && text(at(inputs, "spec.tls.secretName")) !== "",
      engine: "asked",
      cloud: noLock,
      backedUp: ({ inputs }) => number(at(inputs, "spec.replicas")) >= 3,
    },
  };
}

/** Types of Kubernetes that keep no data, or whose data etcd keeps, which is encrypted with its cluster. */
export const kubernetesKeepNothing: readonly string[] = [
  "kubernetes:apiextensions.k8s.io/",
  "kubernetes:apps/v1:Deployment",
  "kubernetes:autoscaling/",
  "kubernetes:batch/v1:Job",
  "kubernetes:cert-manager.io/",
  "kubernetes:core/v1:ConfigMap",
  "kubernetes:core/v1:Namespace",
  "kubernetes:core/v1:Secret",
  "kubernetes:core/v1:Service",
  "kubernetes:core/v1:ServiceAccount",
  "kubernetes:external-secrets.io/",
  "kubernetes:helm.sh/",
  "kubernetes:kafka.strimzi.io/v1:KafkaUser",
  "kubernetes:networking.k8s.io/",
  "kubernetes:policy/",
  "kubernetes:rbac.authorization.k8s.io/",
];
