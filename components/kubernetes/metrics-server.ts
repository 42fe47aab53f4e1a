import * as pulumi from "@pulumi/pulumi";
import { Chart, type HelmValues } from "./chart";
import { spreadOverNodes } from "./scheduling";

/** Port of the metrics API on its pods, which the control plane must reach. The chart's default. */
const metricsServerPort = 10250;

export interface MetricsServerArgs {
  /** Version of the cluster, `major.minor`. */
  kubernetesVersion: string;
}

/**
 * Values of the chart.
 * Source of the names: https://github.com/kubernetes-sigs/metrics-server/blob/master/charts/metrics-server/values.yaml
 */
export function metricsServerValues(): HelmValues {
  return {
    fullnameOverride: "metrics-server",
    replicas: 2,
    containerPort: metricsServerPort,
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    // One pod keeps answering the autoscalers during an upgrade.
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    topologySpreadConstraints: spreadOverNodes({ "app.kubernetes.io/name": "metrics-server" }),
    // 100m and 200Mi serve up to 100 nodes: https://github.com/kubernetes-sigs/metrics-server#scaling
    resources: { requests: { cpu: "100m", memory: "200Mi" }, limits: { cpu: "500m", memory: "400Mi" } },
  };
}

/** Metrics Server: the CPU and memory use of pods, which every horizontal autoscaler reads. */
export class MetricsServer extends pulumi.ComponentResource {
  /** The installed chart. */
  readonly chart: Chart;
  /** What comes after all else of it. */
  readonly last: pulumi.Resource;

  constructor(name: string, args: MetricsServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:MetricsServer", name, {}, opts);
    this.chart = new Chart(
      `${name}-chart`,
      {
        chart: "metrics-server",
        kubernetesVersion: args.kubernetesVersion,
        namespace: "kube-system",
        values: metricsServerValues(),
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.last = this.chart.release;
    this.registerOutputs({});
  }
}
