import type { AclArgs, ClusterArgs, TopicArgs } from "@pulumi/gcp/managedkafka";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { idOf } from "./ids";
import { link, nameIn, partIn } from "./links";
import { findNamed, requireNamed } from "./lookups";
import { boundedName, patternName } from "./names";
import { isRegion } from "./regions";
import { text } from "./text";
import { KAFKA_CLUSTER, SUBNETWORK } from "./types";

const API = "managedkafka.googleapis.com";
const TOPIC_TOKEN = "gcp:managedkafka/topic:Topic";
const DOCS = "https://docs.cloud.google.com/managed-service-for-apache-kafka/docs";

/** Bytes of a size as the API takes it: a number of bytes, or with one of Kubernetes' suffixes. */
function bytes(size: string): number {
  const found = /^(\d+)(Ki|Mi|Gi|Ti)?$/.exec(size);
  if (found === null) return Number.NaN;
  return Number(found[1]) * 1024 ** ["", "Ki", "Mi", "Gi", "Ti"].indexOf(found[2] ?? "");
}

const GIB = 1024 ** 3;
/** Of a cluster. https://docs.cloud.google.com/managed-service-for-apache-kafka/docs/plan-cluster-size */
const LEAST_CPUS = 3;
/** Brokers take no part in more networks. */
const MOST_NETWORKS = 10;

type Inputs = Resolved<ClusterArgs>;

/**
 * A cluster of Managed Service for Apache Kafka. Clients log in with SASL/OAUTHBEARER or SASL/PLAIN by a Google identity, or with
 * mTLS; there is no SCRAM. https://docs.cloud.google.com/managed-service-for-apache-kafka/docs/authentication-kafka
 */
const cluster = resourceType<ClusterArgs>({
  token: KAFKA_CLUSTER,
  service: "Managed Kafka",
  actions: { create: "CreateCluster", update: "UpdateCluster", delete: "DeleteCluster" },
  name: boundedName("clusterId", 1, 63, `${DOCS}/create-cluster`),
  references: [link("gcpConfig.accessConfig.networkConfigs[*].subnet", SUBNETWORK)],
  check: checkCluster,
  create: (context) => {
    const { inputs, scope } = context;
    checkNetworks(context);
    requireServiceKey(context, inputs.gcpConfig.kmsKey, API, [inputs.location]);
    const id = idOf(KAFKA_CLUSTER, inputs, scope, inputs.clusterId);
    return { id, outputs: { name: id, state: "ACTIVE" } };
  },
  update: (context) => {
    checkNetworks(context);
    return {};
  },
  delete: (context) => {
    for (const each of context.cloud.list(TOPIC_TOKEN)) {
      if (nameIn(text(each.inputs["cluster"])) === nameIn(context.resource.id)) context.effects.remove(each);
    }
  },
});

function checkCluster(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  const { vcpuCount, memoryBytes } = inputs.capacityConfig ?? {};
  const cpus = Number(vcpuCount);
  if (vcpuCount !== undefined && !(cpus >= LEAST_CPUS)) {
    report(
      "capacityConfig.vcpuCount",
      `INVALID_ARGUMENT: a cluster has at least ${String(LEAST_CPUS)} vCPUs, got ${vcpuCount}`,
    );
  }
  const memory = memoryBytes === undefined ? undefined : bytes(memoryBytes);
  if (memory !== undefined && vcpuCount !== undefined && !(memory >= cpus * GIB && memory <= 8 * cpus * GIB)) {
    report(
      "capacityConfig.memoryBytes",
      `INVALID_ARGUMENT: 1 GiB to 8 GiB of memory for each of ${vcpuCount} vCPUs, got ${memoryBytes ?? ""} bytes`,
    );
  }
  const disk = inputs.brokerCapacityConfig?.diskSizeGib;
  if (disk !== undefined && !(Number(disk) >= 100)) {
    report("brokerCapacityConfig.diskSizeGib", `INVALID_ARGUMENT: at least 100 GiB for each broker, got ${disk}`);
  }
  const networks = inputs.gcpConfig?.accessConfig.networkConfigs;
  if (networks !== undefined && (networks.length < 1 || networks.length > MOST_NETWORKS)) {
    report(
      "gcpConfig.accessConfig.networkConfigs",
      `1 to ${String(MOST_NETWORKS)} subnets, got ${String(networks.length)}`,
    );
  }
  if (inputs.location !== undefined && !isRegion(inputs.location)) {
    report("location", `a cluster is in a region, and "${inputs.location}" is none`);
  }
  checkChoices(context, [
    [
      "rebalanceConfig.mode",
      inputs.rebalanceConfig?.mode,
      ["MODE_UNSPECIFIED", "NO_REBALANCE", "AUTO_REBALANCE_ON_SCALE_UP"],
    ],
  ]);
}

/** Each subnet is of the cluster's region, and each network is joined once. */
function checkNetworks(context: Parameters<typeof findNamed>[0] & { readonly inputs: Inputs }): void {
  const { inputs } = context;
  const joined = new Set<string>();
  for (const { subnet } of inputs.gcpConfig.accessConfig.networkConfigs) {
    const found = findNamed(context, SUBNETWORK, subnet, inputs.location);
    if (found === undefined || partIn(subnet, "regions") === undefined) {
      return refuse("invalidArgument", `subnet ${subnet} must be projects/*/regions/${inputs.location}/subnetworks/*`);
    }
    if (found.scope.region !== inputs.location) {
      refuse("invalidArgument", `subnet ${subnet} must be in the region of the cluster, ${inputs.location}`);
    }
    const network = nameIn(text(found.inputs["network"]));
    if (joined.has(network))
      refuse("invalidArgument", `only one subnet per network: ${subnet} is in ${network} as well`);
    joined.add(network);
  }
}

const missingCluster = { code: "notFound", message: "Resource '{value}' was not found" };

const topic = resourceType<TopicArgs>({
  token: TOPIC_TOKEN,
  service: "Managed Kafka",
  actions: { create: "CreateTopic", update: "UpdateTopic", delete: "DeleteTopic" },
  name: patternName(
    "topicId",
    /^(?!\.{1,2}$)[a-zA-Z0-9._-]+$/,
    "1 to 249 letters, digits and ._-, neither . nor ..",
    249,
    `${DOCS}/create-topic`,
  ),
  references: [link("cluster", KAFKA_CLUSTER, { holds: false })],
  check: ({ inputs, refuse: report }) => {
    const { replicationFactor: factor, partitionCount: partitions } = inputs;
    if (factor !== undefined && (factor < 1 || factor > 3)) {
      report("replicationFactor", `INVALID_ARGUMENT: 1 to 3 brokers in three zones, got ${String(factor)}`);
    }
    if (partitions !== undefined && partitions < 1) report("partitionCount", "INVALID_ARGUMENT: at least 1");
  },
  create: (context) => {
    const { inputs, scope } = context;
    const on = requireNamed(context, KAFKA_CLUSTER, inputs.cluster, missingCluster);
    if (on.scope.region !== scope.region)
      refuse("notFound", `Resource '${inputs.cluster}' was not found in ${scope.region}`);
    const id = `${on.id}/topics/${inputs.topicId}`;
    return { id, outputs: { name: id, partitionCount: inputs.partitionCount ?? 1 } };
  },
  update: ({ inputs, oldInputs }) => {
    if ((inputs.partitionCount ?? 1) < (oldInputs.partitionCount ?? 1)) {
      refuse("invalidArgument", "The number of partitions of a topic cannot be decreased");
    }
    return {};
  },
});

const acl = resourceType<AclArgs>({
  token: "gcp:managedkafka/acl:Acl",
  service: "Managed Kafka",
  actions: { create: "CreateAcl", update: "UpdateAcl", delete: "DeleteAcl" },
  references: [link("cluster", KAFKA_CLUSTER, { holds: false })],
  check: ({ inputs, refuse: report }) => {
    // https://docs.cloud.google.com/managed-service-for-apache-kafka/docs/create-acl
    const form =
      /^(?:cluster|all(?:Topics|ConsumerGroups|TransactionalIds)|(?:topic|consumerGroup|transactionalId)(?:Prefixed)?\/.+)$/;
    if (inputs.aclId !== undefined && !form.test(inputs.aclId)) {
      report(
        "aclId",
        `"${inputs.aclId}" names no resource pattern: topic/NAME, consumerGroupPrefixed/PREFIX, allTopics, cluster …`,
      );
    }
    for (const [index, entry] of (inputs.aclEntries ?? []).entries()) {
      if (entry.host !== undefined && entry.host !== "*") report(`aclEntries[${String(index)}].host`, 'must be "*"');
      if (!entry.principal.startsWith("User:")) {
        report(`aclEntries[${String(index)}].principal`, `must begin with User:, got ${entry.principal}`);
      }
    }
  },
  create: (context) => {
    const { inputs } = context;
    const id = `${requireNamed(context, KAFKA_CLUSTER, inputs.cluster, missingCluster).id}/acls/${inputs.aclId}`;
    return { id, outputs: { name: id } };
  },
});

export const managedKafkaTypes: readonly ResourceType[] = [cluster, topic, acl];
