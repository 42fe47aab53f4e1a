import type { Properties } from "../../cloud/value";
import { definition, fullName, named, webhook, workload, type Chart, type ChartObject } from "./chart-objects";
import { certManager } from "./cert-manager-chart";
import { devicePlugin } from "./device-plugin-chart";
import { externalSecrets } from "./external-secrets-chart";
import { dig, items, numeric, text } from "./fields";
import { strimzi } from "./strimzi-chart";
import { API_SERVICE, INGRESS_CLASS, MUTATING_WEBHOOKS, SECRET, SERVICE, VALIDATING_WEBHOOKS } from "./kinds";

export type { Chart, ChartObject, Rendering } from "./chart-objects";

export const LOAD_BALANCER_CONTROLLER = "aws-load-balancer-controller";

/** Name of the controller in an IngressClass: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/ */
export const ALB_CONTROLLER = "ingress.k8s.aws/alb";

const WEBHOOK_SERVICE = "aws-load-balancer-webhook-service";

/** Default of the chart's value `webhookBindPort`. */
const WEBHOOK_PORT = 9443;

const loadBalancerController: Chart = {
  name: LOAD_BALANCER_CONTROLLER,
  repository: "https://aws.github.io/eks-charts",
  source: "https://github.com/kubernetes-sigs/aws-load-balancer-controller/tree/main/helm/aws-load-balancer-controller",
  crds: [
    {
      group: "elbv2.k8s.aws",
      version: "v1beta1",
      kind: "TargetGroupBinding",
      plural: "targetgroupbindings",
      scope: "Namespaced",
    },
    {
      group: "elbv2.k8s.aws",
      version: "v1beta1",
      kind: "IngressClassParams",
      plural: "ingressclassparams",
      scope: "Cluster",
    },
    {
      group: "elbv2.k8s.aws",
      version: "v1beta1",
      kind: "ALBTargetControlConfig",
      plural: "albtargetcontrolconfigs",
      scope: "Namespaced",
    },
    {
      group: "aga.k8s.aws",
      version: "v1beta1",
      kind: "GlobalAccelerator",
      plural: "globalaccelerators",
      scope: "Namespaced",
    },
    {
      group: "gateway.k8s.aws",
      version: "v1beta1",
      kind: "ListenerRuleConfiguration",
      plural: "listenerruleconfigurations",
      scope: "Namespaced",
    },
    {
      group: "gateway.k8s.aws",
      version: "v1beta1",
      kind: "LoadBalancerConfiguration",
      plural: "loadbalancerconfigurations",
      scope: "Namespaced",
    },
    {
      group: "gateway.k8s.aws",
      version: "v1beta1",
      kind: "TargetGroupConfiguration",
      plural: "targetgroupconfigurations",
      scope: "Namespaced",
    },
  ],
  refuses: ({ values }) =>
    text(values["clusterName"]) === undefined
      ? `execution error at (${LOAD_BALANCER_CONTROLLER}/templates/deployment.yaml:62:28): Chart cannot be installed without a valid clusterName!`
      : undefined,
  objects: (rendering) => {
    const { values, namespace } = rendering;
    const ingressClass = text(values["ingressClass"]) ?? "alb";
    const hook = (name: string, group: string, resource: string, operations: readonly string[]): Properties =>
      webhook({ name, groups: [group], resources: [resource], operations, service: WEBHOOK_SERVICE, namespace });
    const webhooks =
      values["enableServiceMutatorWebhook"] === false
        ? []
        : [hook("mservice.elbv2.k8s.aws", "", "services", ["CREATE"])];
    const ingresses =
      dig(values, "webhookConfig", "disableIngressValidation") === true
        ? []
        : [hook("vingress.elbv2.k8s.aws", "networking.k8s.io", "ingresses", ["CREATE", "UPDATE"])];
    return [
      ...workload(rendering, LOAD_BALANCER_CONTROLLER),
      {
        token: SERVICE,
        object: named(WEBHOOK_SERVICE, namespace, {
          spec: { ports: [{ port: 443, targetPort: numeric(values["webhookBindPort"]) ?? WEBHOOK_PORT }] },
        }),
      },
      { token: SECRET, object: named("aws-load-balancer-tls", namespace, { type: "kubernetes.io/tls" }) },
      ...(values["createIngressClassResource"] === false
        ? []
        : [{ token: INGRESS_CLASS, object: named(ingressClass, undefined, { spec: { controller: ALB_CONTROLLER } }) }]),
      {
        token: MUTATING_WEBHOOKS,
        object: named("aws-load-balancer-webhook", undefined, {
          webhooks: [
            ...webhooks,
            hook("mtargetgroupbinding.elbv2.k8s.aws", "elbv2.k8s.aws", "targetgroupbindings", ["CREATE", "UPDATE"]),
          ],
        }),
      },
      {
        token: VALIDATING_WEBHOOKS,
        object: named("aws-load-balancer-webhook", undefined, {
          webhooks: [
            ...ingresses,
            hook("vtargetgroupbinding.elbv2.k8s.aws", "elbv2.k8s.aws", "targetgroupbindings", ["CREATE", "UPDATE"]),
            hook("vingressclassparams.elbv2.k8s.aws", "elbv2.k8s.aws", "ingressclassparams", ["CREATE", "UPDATE"]),
          ],
        }),
      },
    ];
  },
};

const metricsServer: Chart = {
  name: "metrics-server",
  repository: "https://kubernetes-sigs.github.io/metrics-server/",
  source: "https://github.com/kubernetes-sigs/metrics-server/tree/master/charts/metrics-server",
  crds: [],
  objects: (rendering) => [
    ...workload(rendering, "metrics-server"),
    {
      token: SERVICE,
      object: named(fullName(rendering, "metrics-server"), rendering.namespace, {
        spec: { ports: [{ port: 443, targetPort: "https" }] },
      }),
    },
    ...(dig(rendering.values, "apiService", "create") === false
      ? []
      : [
          {
            token: API_SERVICE,
            object: named("v1beta1.metrics.k8s.io", undefined, {
              spec: { group: "metrics.k8s.io", version: "v1beta1" },
            }),
          },
        ]),
  ],
};

const clusterAutoscaler: Chart = {
  name: "cluster-autoscaler",
  repository: "https://kubernetes.github.io/autoscaler",
  source: "https://github.com/kubernetes/autoscaler/tree/master/charts/cluster-autoscaler",
  crds: [],
  // Without either the templates render no Deployment at all, and the release is called deployed all the same.
  objects: (rendering) => {
    const groups = rendering.values["autoscalingGroups"];
    const found = text(dig(rendering.values, "autoDiscovery", "clusterName")) ?? items(groups)[0];
    return found === undefined ? [] : workload(rendering, "cluster-autoscaler", "rbac");
  },
};

const CHARTS: readonly Chart[] = [
  loadBalancerController,
  metricsServer,
  clusterAutoscaler,
  certManager,
  externalSecrets,
  devicePlugin,
  strimzi,
];

/** The row of a chart, however it is named: by repository, or by the whole address of a registry. */
export function chartOf(name: string): Chart | undefined {
  const short = name.split("/").at(-1) ?? name;
  return CHARTS.find((chart) => chart.name === short);
}

/** The definitions in a chart's `crds/` as objects. */
export function definitionsOf(chart: Chart): readonly ChartObject[] {
  return chart.crds.map((each) => definition(each));
}
