import type { Properties, Value } from "../../cloud/value";
import { block, dig, items, text } from "./fields";
import {
  API_SERVICE,
  CUSTOM_RESOURCE_DEFINITION,
  DEPLOYMENT,
  INGRESS_CLASS,
  MUTATING_WEBHOOKS,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
  VALIDATING_WEBHOOKS,
} from "./kinds";

/** A release as a chart's templates see it. */
export interface Rendering {
  readonly release: string;
  readonly namespace: string;
  readonly values: Properties;
}

/** An object that a chart makes. */
export interface ChartObject {
  readonly token: string;
  readonly object: Properties;
}

/** What the offline cloud knows of a chart: a row of facts, read from the chart at its source. */
export interface Chart {
  readonly name: string;
  readonly repository: string;
  readonly source: string;
  /** Custom resource definitions in `crds/`: Helm installs them if absent, and neither upgrades nor removes them. */
  readonly crds: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
    readonly plural: string;
    readonly scope: "Namespaced" | "Cluster";
  }[];
  /** Why the templates refuse the values, if they do. */
  readonly refuses?: (rendering: Rendering) => string | undefined;
  readonly objects: (rendering: Rendering) => readonly ChartObject[];
}

export const LOAD_BALANCER_CONTROLLER = "aws-load-balancer-controller";

/** Name of the controller in an IngressClass: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/ */
export const ALB_CONTROLLER = "ingress.k8s.aws/alb";

export const WEBHOOK_SERVICE = "aws-load-balancer-webhook-service";

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
    const webhooks =
      values["enableServiceMutatorWebhook"] === false
        ? []
        : [webhook("mservice.elbv2.k8s.aws", "", "services", ["CREATE"])];
    const ingresses =
      dig(values, "webhookConfig", "disableIngressValidation") === true
        ? []
        : [webhook("vingress.elbv2.k8s.aws", "networking.k8s.io", "ingresses", ["CREATE", "UPDATE"])];
    return [
      ...workload(rendering, LOAD_BALANCER_CONTROLLER),
      {
        token: SERVICE,
        object: named(WEBHOOK_SERVICE, namespace, { spec: { ports: [{ port: 443, targetPort: "webhook-server" }] } }),
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
            webhook("mtargetgroupbinding.elbv2.k8s.aws", "elbv2.k8s.aws", "targetgroupbindings", ["CREATE", "UPDATE"]),
          ],
        }),
      },
      {
        token: VALIDATING_WEBHOOKS,
        object: named("aws-load-balancer-webhook", undefined, {
          webhooks: [
            ...ingresses,
            webhook("vtargetgroupbinding.elbv2.k8s.aws", "elbv2.k8s.aws", "targetgroupbindings", ["CREATE", "UPDATE"]),
            webhook("vingressclassparams.elbv2.k8s.aws", "elbv2.k8s.aws", "ingressclassparams", ["CREATE", "UPDATE"]),
          ],
        }),
      },
    ];
  },
};

function webhook(name: string, group: string, resource: string, operations: readonly string[]): Properties {
  return { name, failurePolicy: "Fail", rules: [{ apiGroups: [group], resources: [resource], operations }] };
}

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

const CHARTS: readonly Chart[] = [loadBalancerController, metricsServer, clusterAutoscaler];

/** The row of a chart, however it is named: by repository, or by the whole address of a registry. */
export function chartOf(name: string): Chart | undefined {
  const short = name.split("/").at(-1) ?? name;
  return CHARTS.find((chart) => chart.name === short);
}

/** The definitions of a chart as objects. They hold no schema: the chart's own is not kept here, so their resources are not checked. */
export function definitionsOf(chart: Chart): readonly ChartObject[] {
  return chart.crds.map(({ group, version, kind, plural, scope }) => ({
    token: CUSTOM_RESOURCE_DEFINITION,
    object: named(`${plural}.${group}`, undefined, {
      spec: { group, scope, names: { kind, plural }, versions: [{ name: version, served: true, storage: true }] },
    }),
  }));
}

/** Deployment and ServiceAccount, as nearly every chart names them; `at` is where the values keep the account. */
function workload(rendering: Rendering, chart: string, at?: string): readonly ChartObject[] {
  const name = fullName(rendering, chart);
  const account = block(dig(at === undefined ? rendering.values : rendering.values[at], "serviceAccount"));
  const create = account["create"] !== false;
  const accountName = text(account["name"]) ?? (create ? name : "default");
  const replicas = rendering.values["replicaCount"] ?? rendering.values["replicas"];
  const template: Value = { spec: { serviceAccountName: accountName, containers: [{ name: chart, image: chart }] } };
  return [
    ...(create
      ? [{ token: SERVICE_ACCOUNT, object: named(accountName, rendering.namespace, {}, block(account["annotations"])) }]
      : []),
    {
      token: DEPLOYMENT,
      object: named(name, rendering.namespace, {
        spec: { replicas: typeof replicas === "number" ? replicas : 1, template },
      }),
    },
  ];
}

/** https://helm.sh/docs/chart_template_guide/named_templates/ : the release's name, with the chart's where it lacks it. */
function fullName({ release, values }: Rendering, chart: string): string {
  const override = text(values["fullnameOverride"]);
  if (override !== undefined) return override;
  const base = text(values["nameOverride"]) ?? chart;
  return (release.includes(base) ? release : `${release}-${base}`).slice(0, 63).replace(/-$/, "");
}

function named(
  name: string,
  namespace: string | undefined,
  rest: Properties,
  annotations: Properties = {},
): Properties {
  return { metadata: { name, ...(namespace === undefined ? {} : { namespace }), annotations }, ...rest };
}
