import { Unknown } from "../../../../offline/cloud/value";
import { workloadRules } from "../../../../policies/rules/recovery/workloads";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const JOB = "kubernetes:batch/v1:Job";
const BROKER = "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster";
const SCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const REPLICATION = "aws:ecr/replicationConfiguration:ReplicationConfiguration";
const AKS = "azure-native:containerservice:ManagedCluster";
const IMAGE = "spec.template.spec.containers[0].image";
const digest = `sha256:${"a".repeat(64)}`;
const mirrored = `portfoliodr.azurecr.io/operator@${digest}`;
const operator = `${DEPLOYMENT} queue-operator-deployment`;

/** The site with every image in its own registry, by digest. */
function own(stack: StackUnderTest): StackUnderTest {
  return stack
    .change(DEPLOYMENT, "queue-operator-deployment", { set: { [IMAGE]: mirrored } })
    .change(DEPLOYMENT, "iceberg-catalog-server", { set: { [IMAGE]: mirrored } })
    .change(JOB, "iceberg-catalog-bootstrap", { set: { [IMAGE]: mirrored } })
    .change(JOB, "iceberg-catalog-setup", { set: { [IMAGE]: mirrored } })
    .change(BROKER, "queue-rabbitmq", { set: { "spec.image": mirrored } });
}

describe("rules on workloads of a site", () => {
  provesStack(workloadRules, "dr-images-replicated", {
    of: "dr",
    stack: { stack: "dr", class: "recovery", config: { "platform:region": "eastus" } },
    with: own,
    alsoPasses: [
      {
        when: "a registry outside may be relied on",
        change: (stack) => stack.change(BROKER, "queue-rabbitmq", { set: { "spec.image": "rabbitmq:4" } }),
        settings: { registries: ["docker.io/library/"] },
      },
      {
        when: "the stack is no site",
        change: (stack) => stack.change(BROKER, "queue-rabbitmq", { set: { "spec.image": "rabbitmq:4" } }),
        stack: { class: "production", config: {} },
      },
    ],
    fails: [
      {
        when: "an image is of nobody's cloud",
        change: (stack) => stack.change(DEPLOYMENT, "queue-operator-deployment", { set: { [IMAGE]: "quay.io/a/b:1" } }),
        violated: [`${operator} ${IMAGE}`],
      },
      {
        when: "an image is of another cloud",
        change: (stack) =>
          stack.change(DEPLOYMENT, "queue-operator-deployment", {
            set: { [IMAGE]: "111122223333.dkr.ecr.us-west-2.amazonaws.com/shop:1" },
          }),
        violated: [`${operator} ${IMAGE}`],
      },
      {
        when: "a container that starts the pod has one",
        change: (stack) =>
          stack.change(DEPLOYMENT, "queue-operator-deployment", {
            set: { "spec.template.spec.initContainers": [{ name: "init", image: "busybox" }] },
          }),
        violated: [`${operator} spec.template.spec.initContainers[0].image`],
      },
      {
        when: "the broker names none",
        change: (stack) => stack.change(BROKER, "queue-rabbitmq", { remove: ["spec.image"] }),
        violated: [`${BROKER} queue-rabbitmq spec.image`],
      },
      {
        when: "a registry is copied within its region",
        change: (stack) =>
          stack.add(REPLICATION, "registry", {
            inputs: {
              region: "us-west-2",
              replicationConfiguration: { rules: [{ destinations: [{ region: "us-west-2", registryId: "1" }] }] },
            },
          }),
        violated: [`${REPLICATION} registry replicationConfiguration`],
      },
      {
        when: "a registry is copied nowhere",
        change: (stack) => stack.add(REPLICATION, "registry", { inputs: { region: "us-west-2" } }),
        violated: [`${REPLICATION} registry replicationConfiguration`],
      },
    ],
    undecided: [
      {
        when: "an image is not known",
        change: (stack) => stack.change(DEPLOYMENT, "queue-operator-deployment", { set: { [IMAGE]: Unknown.value } }),
        of: [operator],
      },
    ],
  });

  provesStack(workloadRules, "dr-workload-parity", {
    of: "dr",
    stack: { stack: "dr", class: "recovery" },
    settings: { workloads: { "rabbitmq/rabbitmq-cluster-operator": { digest } } },
    with: (stack) => {
      const made = own(stack);
      return made.change(DEPLOYMENT, "queue-operator-deployment", {
        set: { "metadata.namespace": "rabbitmq", "metadata.name": "rabbitmq-cluster-operator" },
      });
    },
    alsoPasses: [
      {
        when: "an autoscaler keeps the replicas",
        change: (stack) =>
          stack.change(DEPLOYMENT, "queue-operator-deployment", { set: { "spec.replicas": 0 } }).add(SCALER, "scaler", {
            inputs: {
              metadata: { namespace: "rabbitmq", name: "scaler" },
              spec: {
                minReplicas: 2,
                scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "rabbitmq-cluster-operator" },
              },
            },
          }),
      },
      {
        when: "replicas are one where nothing is said",
        change: (stack) => stack.change(DEPLOYMENT, "queue-operator-deployment", { remove: ["spec.replicas"] }),
      },
    ],
    fails: [
      {
        when: "a workload of the others is missing",
        change: (stack) => stack.drop(DEPLOYMENT, "queue-operator-deployment"),
        violated: [`${AKS} cluster-aks`],
      },
      {
        when: "it runs another build",
        change: (stack) => stack,
        settings: { workloads: { "rabbitmq/rabbitmq-cluster-operator": { digest: `sha256:${"b".repeat(64)}` } } },
        violated: [`${operator} spec.template.spec.containers`],
      },
      {
        when: "it is named by a tag",
        change: (stack) =>
          stack.change(DEPLOYMENT, "queue-operator-deployment", { set: { [IMAGE]: "a.azurecr.io/operator:1" } }),
        settings: { workloads: { "rabbitmq/rabbitmq-cluster-operator": {} } },
        violated: [`${operator} ${IMAGE}`],
      },
      {
        when: "it has no replica",
        change: (stack) => stack.change(DEPLOYMENT, "queue-operator-deployment", { set: { "spec.replicas": 0 } }),
        violated: [`${operator} spec.replicas`],
      },
      {
        when: "it has fewer than are asked for",
        change: (stack) => stack,
        settings: { workloads: { "rabbitmq/rabbitmq-cluster-operator": { digest, replicas: 3 } } },
        violated: [`${operator} spec.replicas`],
      },
    ],
    undecided: [
      {
        when: "its replicas are not known",
        change: (stack) =>
          stack.change(DEPLOYMENT, "queue-operator-deployment", { set: { "spec.replicas": Unknown.value } }),
        of: [operator],
      },
    ],
  });
});
