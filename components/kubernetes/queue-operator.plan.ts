import type { input } from "@pulumi/kubernetes/types";
import { spreadOverNodes } from "./scheduling";

/*
 * The cluster operator of RabbitMQ. The project releases manifests and no chart, so they are written here: the rights of its
 * release, held to one namespace, and a definition of the fields that this program writes. From 2.22 on it fills in defaults by
 * an admission webhook of the whole cluster, which a broker that says everything can do without.
 * https://github.com/rabbitmq/cluster-operator/releases/tag/v2.22.0
 */

/** Namespace of the operator and of what it runs. */
export const queueNamespace = "rabbitmq";

/** Name of the operator's objects. */
export const queueOperatorName = "rabbitmq-cluster-operator";

/** The release that is installed: the image of an operator and what it defines go together. */
const queueOperatorImage = "rabbitmqoperator/cluster-operator:2.21.1";

/** Port of the operator's measurements. */
export const queueOperatorMetricsPort = 9782;

/** Group and version of the custom resource. */
export const queueApi = { group: "rabbitmq.com", version: "v1beta1", plural: "rabbitmqclusters" } as const;

const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true } as const;
const text = { type: "string" } as const;
const labels = { "app.kubernetes.io/name": queueOperatorName, "app.kubernetes.io/part-of": "rabbitmq" } as const;

function fields(properties: Readonly<Record<string, object>>) {
  return { ...open, properties };
}

/**
 * The definition of clusters. Fields that are not in it are kept as they are, so that the operator finds what it has written; it has
 * no defaults, so that a cluster says all that the operator needs.
 * https://github.com/rabbitmq/cluster-operator/blob/main/api/v1beta1/rabbitmqcluster_types.go
 */
export const queueDefinition = {
  metadata: { name: `${queueApi.plural}.${queueApi.group}`, labels },
  spec: {
    group: queueApi.group,
    scope: "Namespaced",
    names: {
      kind: "RabbitmqCluster",
      listKind: "RabbitmqClusterList",
      plural: queueApi.plural,
      singular: "rabbitmqcluster",
      shortNames: ["rmq"],
    },
    versions: [
      {
        name: queueApi.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            required: ["spec"],
            properties: {
              apiVersion: text,
              kind: text,
              metadata: { type: "object" },
              spec: {
                ...fields({
                  replicas: { type: "integer", minimum: 0 },
                  image: text,
                  service: fields({ type: { type: "string", enum: ["ClusterIP", "LoadBalancer", "NodePort"] } }),
                  persistence: fields({
                    storageClassName: text,
                    storage: { "x-kubernetes-int-or-string": true },
                  }),
                  resources: open,
                  rabbitmq: fields({
                    additionalConfig: { type: "string", maxLength: 2000 },
                    additionalPlugins: { type: "array", maxItems: 100, items: text },
                  }),
                  tls: fields({ secretName: text, caSecretName: text, disableNonTLSListeners: { type: "boolean" } }),
                  override: open,
                  terminationGracePeriodSeconds: { type: "integer", minimum: 0 },
                  delayStartSeconds: { type: "integer", minimum: 0 },
                  secretBackend: fields({ externalSecret: fields({ name: text }) }),
                }),
                required: [
                  "replicas",
                  "image",
                  "service",
                  "persistence",
                  "resources",
                  "terminationGracePeriodSeconds",
                  "delayStartSeconds",
                ],
              },
              status: open,
            },
          },
        },
      },
    ],
  },
};

const read = ["get", "list", "watch"];
const write = [...read, "create", "update", "patch"];

/** The rights of the release's ClusterRole and of its leader, for one namespace. */
export const queueOperatorRules = [
  {
    apiGroups: [""],
    resources: ["configmaps", "persistentvolumeclaims", "secrets", "serviceaccounts", "services"],
    verbs: write,
  },
  { apiGroups: [""], resources: ["endpoints"], verbs: read },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "get", "patch"] },
  { apiGroups: [""], resources: ["pods"], verbs: [...read, "update", "patch"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] },
  { apiGroups: ["apps"], resources: ["statefulsets"], verbs: [...write, "delete"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: write },
  { apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"], verbs: write },
  { apiGroups: [queueApi.group], resources: [queueApi.plural], verbs: write },
  { apiGroups: [queueApi.group], resources: [`${queueApi.plural}/finalizers`], verbs: ["update"] },
  { apiGroups: [queueApi.group], resources: [`${queueApi.plural}/status`], verbs: ["get", "update", "patch"] },
];

/** Labels that the operator's pods are found by. */
export const queueOperatorSelector = { "app.kubernetes.io/name": queueOperatorName } as const;

/**
 * User and group of the operator. Its image is a program alone, which every user can run; the release's own number, 1000, is one
 * that a node may have given to somebody.
 */
const operatorUser = 10_000;

/** The operator answers for its measurements alone, whether it leads or waits: it runs while that port takes connections. */
const alive = { tcpSocket: { port: "metrics" }, timeoutSeconds: 5 } as const;

/**
 * The operator's pods: they look after their own namespace alone.
 *
 * @param replicas how many there are: one of them leads, the others wait
 */
export function queueOperatorSpec(replicas: 1 | 2) {
  return {
    replicas,
    selector: { matchLabels: { ...queueOperatorSelector } },
    template: {
      metadata: { labels: { ...labels } },
      spec: {
        serviceAccountName: queueOperatorName,
        terminationGracePeriodSeconds: 10,
        topologySpreadConstraints: spreadOverNodes(queueOperatorSelector),
        securityContext: {
          runAsNonRoot: true,
          runAsUser: operatorUser,
          runAsGroup: operatorUser,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "operator",
            image: queueOperatorImage,
            command: ["/manager"],
            env: ["OPERATOR_NAMESPACE", "OPERATOR_SCOPE_NAMESPACE"].map((name) => ({
              name,
              valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } },
            })),
            ports: [{ name: "metrics", containerPort: queueOperatorMetricsPort }],
            readinessProbe: { ...alive, periodSeconds: 10 },
            livenessProbe: { ...alive, initialDelaySeconds: 30, periodSeconds: 30 },
            resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    },
  } satisfies input.apps.v1.DeploymentSpec;
}

/** Labels of all of the operator's objects. */
export const queueOperatorLabels = labels;
