import type * as apiextensionsV1 from "@pulumi/kubernetes/apiextensions/v1";
import type * as appsV1 from "@pulumi/kubernetes/apps/v1";
import type * as autoscalingV2 from "@pulumi/kubernetes/autoscaling/v2";
import type * as batchV1 from "@pulumi/kubernetes/batch/v1";
import type * as coreV1 from "@pulumi/kubernetes/core/v1";
import type * as helmV3 from "@pulumi/kubernetes/helm/v3";
import type * as helmV4 from "@pulumi/kubernetes/helm/v4";
import type * as networkingV1 from "@pulumi/kubernetes/networking/v1";
import type * as policyV1 from "@pulumi/kubernetes/policy/v1";
import type * as rbacV1 from "@pulumi/kubernetes/rbac/v1";
import type * as storageV1 from "@pulumi/kubernetes/storage/v1";

/** An object of a kind that no SDK has a class for. */
export interface CustomResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** https://istio.io/latest/docs/reference/config/security/peer_authentication/ */
export interface PeerAuthentication extends CustomResource {
  readonly spec: {
    /** Pods of the namespace. Default: all of them; in the namespace of the mesh itself, all of the mesh. */
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly mtls?: { readonly mode?: string };
    readonly portLevelMtls?: Readonly<Record<string, { readonly mode?: string }>>;
  };
}

/** Arguments of the classes that rules know, by type token. A class that the SDK renames or drops does not compile here. */
export interface KubernetesInputs {
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": apiextensionsV1.CustomResourceDefinitionArgs;
  "kubernetes:apps/v1:DaemonSet": appsV1.DaemonSetArgs;
  "kubernetes:apps/v1:Deployment": appsV1.DeploymentArgs;
  "kubernetes:apps/v1:StatefulSet": appsV1.StatefulSetArgs;
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": autoscalingV2.HorizontalPodAutoscalerArgs;
  "kubernetes:batch/v1:CronJob": batchV1.CronJobArgs;
  "kubernetes:batch/v1:Job": batchV1.JobArgs;
  "kubernetes:cert-manager.io/v1:Certificate": CustomResource;
  "kubernetes:cert-manager.io/v1:ClusterIssuer": CustomResource;
  "kubernetes:core/v1:ConfigMap": coreV1.ConfigMapArgs;
  "kubernetes:core/v1:Namespace": coreV1.NamespaceArgs;
  "kubernetes:core/v1:Pod": coreV1.PodArgs;
  "kubernetes:core/v1:Secret": coreV1.SecretArgs;
  "kubernetes:core/v1:Service": coreV1.ServiceArgs;
  "kubernetes:core/v1:ServiceAccount": coreV1.ServiceAccountArgs;
  "kubernetes:external-secrets.io/v1:ClusterSecretStore": CustomResource;
  "kubernetes:external-secrets.io/v1:ExternalSecret": CustomResource;
  "kubernetes:external-secrets.io/v1:SecretStore": CustomResource;
  "kubernetes:helm.sh/v3:Release": helmV3.ReleaseArgs;
  "kubernetes:helm.sh/v4:Chart": helmV4.ChartArgs;
  "kubernetes:kafka.strimzi.io/v1:Kafka": CustomResource;
  "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2": CustomResource;
  "kubernetes:kafka.strimzi.io/v1:KafkaNodePool": CustomResource;
  "kubernetes:kafka.strimzi.io/v1:KafkaTopic": CustomResource;
  "kubernetes:kafka.strimzi.io/v1:KafkaUser": CustomResource;
  "kubernetes:networking.k8s.io/v1:Ingress": networkingV1.IngressArgs;
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": networkingV1.NetworkPolicyArgs;
  "kubernetes:policy/v1:PodDisruptionBudget": policyV1.PodDisruptionBudgetArgs;
  "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster": CustomResource;
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": rbacV1.ClusterRoleArgs;
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": rbacV1.ClusterRoleBindingArgs;
  "kubernetes:rbac.authorization.k8s.io/v1:Role": rbacV1.RoleArgs;
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": rbacV1.RoleBindingArgs;
  "kubernetes:security.istio.io/v1:PeerAuthentication": PeerAuthentication;
  "kubernetes:security.istio.io/v1beta1:PeerAuthentication": PeerAuthentication;
  "kubernetes:storage.k8s.io/v1:StorageClass": storageV1.StorageClassArgs;
}
