import * as pulumi from "@pulumi/pulumi";
import { Chart, type HelmValues } from "./chart";
import { spreadOverNodes } from "./scheduling";

/** The service account of the load balancer controller, which a cloud identity is bound to. */
export const loadBalancerControllerServiceAccount = {
  namespace: "kube-system",
  name: "aws-load-balancer-controller",
} as const;

/** Name of the IngressClass that the controller's chart creates. */
export const loadBalancerControllerIngressClass = "alb";

/** Port of the admission webhook on the controller's pods, which the control plane must reach. */
export const loadBalancerControllerWebhookPort = 9443;

export interface LoadBalancerControllerArgs {
  /** Name of the cluster: the value of the tag `elbv2.k8s.aws/cluster` on all it creates. */
  clusterName: pulumi.Input<string>;
  /** Region of the cluster. */
  region: pulumi.Input<string>;
  /** VPC of the cluster. */
  vpcId: pulumi.Input<string>;
  /** Version of the cluster, `major.minor`. */
  kubernetesVersion: string;
}

/**
 * Values of the chart.
 * Source of the names: https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/helm/aws-load-balancer-controller/values.yaml
 */
export function loadBalancerControllerValues(args: Omit<LoadBalancerControllerArgs, "kubernetesVersion">): HelmValues {
  const { name } = loadBalancerControllerServiceAccount;
  return {
    fullnameOverride: name,
    clusterName: args.clusterName,
    // Region and VPC are given, so the controller never asks the instance metadata service, which pods cannot reach
    // where the hop limit is 1; and the last fall-back to it is closed.
    region: args.region,
    vpcId: args.vpcId,
    env: { AWS_EC2_METADATA_DISABLED: "true" },
    serviceAccount: { create: true, name },
    replicaCount: 2,
    podDisruptionBudget: { maxUnavailable: 1 },
    topologySpreadConstraints: spreadOverNodes({ "app.kubernetes.io/name": name }),
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
    ingressClass: loadBalancerControllerIngressClass,
    createIngressClassResource: true,
    ingressClassConfig: { default: false },
    defaultTargetType: "ip",
    webhookBindPort: loadBalancerControllerWebhookPort,
    // The webhook makes every new Service of the cluster, of any type, wait for a running controller: installs that run
    // at the same time fail (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4140). Services
    // that want a load balancer name its class instead.
    enableServiceMutatorWebhook: false,
    // Pods of labelled namespaces get a readiness gate from this webhook. Without a controller they start without the
    // gate rather than not at all, so a lost controller does not stop the recovery of the workloads.
    podMutatorWebhookConfig: { failurePolicy: "Ignore" },
    // Every load balancer names its security groups and their rules belong to the program: a group made by the
    // controller would stay unknown to it and keep the VPC from being deleted.
    enableBackendSecurityGroup: false,
    // Shield Advanced is a subscription and WAF Classic has ended: off, and absent from the identity's policy.
    enableShield: false,
    enableWaf: false,
    enableWafv2: true,
  };
}

/**
 * The AWS Load Balancer Controller: application load balancers for Ingresses of class `alb`, network load balancers for
 * Services of class `service.k8s.aws/nlb`.
 *
 * Ingresses and Services that it serves must depend on it: it takes down their load balancers and only then lets go of
 * them, so it has to outlive them. The identity of its service account is made by the cloud and must be passed in
 * `dependsOn`: a pod that starts before keeps running without it.
 */
export class LoadBalancerController extends pulumi.ComponentResource {
  /** The installed chart. */
  readonly chart: Chart;

  constructor(name: string, args: LoadBalancerControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:LoadBalancerController", name, {}, opts);
    this.chart = new Chart(
      `${name}-chart`,
      {
        chart: "aws-load-balancer-controller",
        kubernetesVersion: args.kubernetesVersion,
        namespace: loadBalancerControllerServiceAccount.namespace,
        values: loadBalancerControllerValues(args),
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.registerOutputs({});
  }
}
