import type { CloudView } from "../../cloud/cloud";
import type { Properties, Value } from "../../cloud/value";
import type { Cluster } from "./cluster";
import { annotation, block, blocks, dig, nameOf, namespaceOf, text } from "./fields";
import { DEPLOYMENT, SECRET, type Kind } from "./kinds";
import { missingKey } from "./pods";
import { objectId } from "./status-error";
import { claimProblems } from "./volumes";

/** Name of the Deployment of Strimzi's operator. */
export const CLUSTER_OPERATOR = "strimzi-cluster-operator";

/** Name of the Deployment of RabbitMQ's operator. */
const RABBITMQ_OPERATOR = "rabbitmq-cluster-operator";

const CLUSTER_LABEL = "strimzi.io/cluster";
const strimzi = (kind: string) => `kubernetes:kafka.strimzi.io/v1:${kind}`;

/** What an operator's resource is seen with. */
interface Around {
  readonly object: Properties;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly cloud: CloudView;
}

/** Kinds whose readiness is known here, by `<group>/<kind>`. */
const READINESS: Readonly<Record<string, (around: Around) => readonly string[]>> = {
  "kafka.strimzi.io/Kafka": (around) => [
    ...attended(CLUSTER_OPERATOR, around),
    ...brokerProblems(around),
    ...blocks(dig(around.object, "spec", "kafka", "listeners")).flatMap((listener) =>
      secretProblems(dig(listener, "configuration", "brokerCertChainAndKey", "secretName"), around),
    ),
  ],
  "kafka.strimzi.io/KafkaTopic": (around) => clusterProblems(around),
  "kafka.strimzi.io/KafkaUser": (around) => [
    ...clusterProblems(around),
    ...keyProblems(dig(around.object, "spec", "authentication", "password", "valueFrom", "secretKeyRef"), around),
  ],
  "rabbitmq.com/RabbitmqCluster": (around) => [
    ...attended(RABBITMQ_OPERATOR, around),
    ...volumeProblems(dig(around.object, "spec", "persistence", "storageClassName"), around),
    ...secretProblems(dig(around.object, "spec", "tls", "secretName"), around),
    ...secretProblems(dig(around.object, "spec", "secretBackend", "externalSecret", "name"), around),
  ],
};

/**
 * What keeps a resource of an operator from its condition. The provider waits only where the resource says so:
 * https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/#pulumi-com-waitfor
 */
export function operatorProblems(
  { group, kind }: Kind,
  object: Properties,
  cluster: Cluster,
  cloud: CloudView,
): readonly string[] {
  if (annotation(object, "pulumi.com/waitFor") === undefined) return [];
  const namespace = namespaceOf(object) ?? "default";
  return READINESS[`${group}/${kind}`]?.({ object, namespace, cluster, cloud }) ?? [];
}

function attended(operator: string, { namespace, cluster, cloud }: Around): readonly string[] {
  if (cloud.find(DEPLOYMENT, objectId(namespace, operator)) === undefined) {
    return [`no operator looks after it: deployments.apps "${operator}" not found in namespace "${namespace}"`];
  }
  return cluster.nodes.length === 0 ? ["no nodes available to schedule pods"] : [];
}

/** A cluster has the brokers of the pools that name it. */
function brokerProblems(around: Around): readonly string[] {
  const name = nameOf(around.object);
  const pools = around.cloud
    .list(strimzi("KafkaNodePool"))
    .filter((pool) => namespaceOf(pool.outputs) === around.namespace && clusterOf(pool.outputs) === name);
  if (pools.length === 0) return [`[InvalidResourceException] No KafkaNodePools found for Kafka cluster ${name}`];
  return pools.flatMap((pool) => {
    const storage = block(dig(pool.outputs, "spec", "storage"));
    const volumes = storage["type"] === "jbod" ? blocks(storage["volumes"]) : [storage];
    return volumes
      .filter((volume) => volume["type"] === "persistent-claim")
      .flatMap((volume) => volumeProblems(volume["class"], around));
  });
}

function clusterProblems({ object, namespace, cloud }: Around): readonly string[] {
  const name = clusterOf(object) ?? "";
  const found = cloud.find(strimzi("Kafka"), objectId(namespace, name));
  return found === undefined
    ? [`no operator looks after it: there is no Kafka "${name}" in namespace "${namespace}"`]
    : [];
}

function clusterOf(object: Properties): string | undefined {
  return text(dig(object, "metadata", "labels", CLUSTER_LABEL));
}

function volumeProblems(storageClassName: Value | undefined, { cluster, cloud }: Around): readonly string[] {
  return claimProblems({ spec: storageClassName === undefined ? {} : { storageClassName } }, cluster, cloud);
}

function secretProblems(name: Value | undefined, around: Around): readonly string[] {
  return name === undefined ? [] : keyProblems({ name }, around);
}

function keyProblems(reference: Value | undefined, { namespace, cloud }: Around): readonly string[] {
  const missing = missingKey(SECRET, reference, namespace, cloud);
  return missing === undefined ? [] : [missing];
}
