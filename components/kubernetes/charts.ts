/** A Kubernetes minor release, written as the clouds write it: `1.36`. */
export type KubernetesMinor = `${number}.${number}`;

/** Kubernetes minors a chart runs on. Without `max` the project names no upper limit. */
export interface KubernetesRange {
  readonly min: KubernetesMinor;
  readonly max?: KubernetesMinor;
}

/** One pinned Helm chart. */
export interface ChartRow {
  /** Name of the chart in its repository. */
  readonly chart: string;
  /** HTTPS address of the Helm repository. */
  readonly repository: string;
  /** Exact version of the chart. */
  readonly version: string;
  /** Version of the application in the chart. */
  readonly appVersion: string;
  /** API groups of the custom resource definitions the chart brings. */
  readonly customResourceGroups: readonly string[];
  /** Kubernetes minors the chart and its application support. */
  readonly kubernetes: KubernetesRange;
  /** Who installs it: Pulumi what the cluster needs before anything else, Argo CD the rest. */
  readonly deliveredBy: "pulumi" | "argocd";
  /** Where the row's facts stand. */
  readonly source: string;
  /** Day on which the source was read, `YYYY-MM-DD`. */
  readonly date: string;
}

export type ChartId =
  | "aws-load-balancer-controller"
  | "cert-manager"
  | "cluster-autoscaler"
  | "external-secrets"
  | "metrics-server"
  | "nvidia-device-plugin"
  | "strimzi-kafka-operator";

/** Every chart the platform installs. A chart that is not in this table cannot be installed. */
export const charts = {
  "aws-load-balancer-controller": {
    chart: "aws-load-balancer-controller",
    repository: "https://aws.github.io/eks-charts",
    version: "3.5.0",
    appVersion: "v3.5.0",
    customResourceGroups: ["elbv2.k8s.aws", "gateway.k8s.aws", "aga.k8s.aws"],
    kubernetes: { min: "1.22" },
    deliveredBy: "pulumi",
    source:
      "https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/helm/aws-load-balancer-controller/README.md",
    date: "2026-08-03",
  },
  "cert-manager": {
    chart: "cert-manager",
    repository: "https://charts.jetstack.io",
    version: "v1.21.2",
    appVersion: "v1.21.2",
    customResourceGroups: ["cert-manager.io", "acme.cert-manager.io"],
    kubernetes: { min: "1.22" },
    deliveredBy: "pulumi",
    source: "https://cert-manager.io/docs/releases/",
    date: "2026-09-10",
  },
  "cluster-autoscaler": {
    chart: "cluster-autoscaler",
    repository: "https://kubernetes.github.io/autoscaler",
    version: "9.59.0",
    appVersion: "1.35.0",
    customResourceGroups: [],
    // The autoscaler follows the minor of its cluster; these are the minors with an image in cluster-autoscaler.ts.
    kubernetes: { min: "1.34", max: "1.36" },
    deliveredBy: "pulumi",
    source: "https://github.com/kubernetes/autoscaler/tree/master/charts/cluster-autoscaler",
    date: "2026-08-22",
  },
  "external-secrets": {
    chart: "external-secrets",
    repository: "https://charts.external-secrets.io",
    version: "2.9.0",
    appVersion: "v2.9.0",
    customResourceGroups: ["external-secrets.io", "generators.external-secrets.io"],
    kubernetes: { min: "1.19" },
    deliveredBy: "pulumi",
    source: "https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets",
    date: "2026-08-08",
  },
  "metrics-server": {
    chart: "metrics-server",
    repository: "https://kubernetes-sigs.github.io/metrics-server/",
    version: "3.13.1",
    appVersion: "0.8.1",
    customResourceGroups: [],
    kubernetes: { min: "1.31" },
    deliveredBy: "pulumi",
    source: "https://github.com/kubernetes-sigs/metrics-server#compatibility-matrix",
    date: "2026-08-04",
  },
  "nvidia-device-plugin": {
    chart: "nvidia-device-plugin",
    repository: "https://nvidia.github.io/k8s-device-plugin",
    version: "0.19.2",
    appVersion: "0.19.2",
    customResourceGroups: [],
    kubernetes: { min: "1.10" },
    deliveredBy: "pulumi",
    source: "https://github.com/NVIDIA/k8s-device-plugin/tree/v0.19.2/deployments/helm/nvidia-device-plugin",
    date: "2026-05-27",
  },
  "strimzi-kafka-operator": {
    chart: "strimzi-kafka-operator",
    repository: "https://strimzi.io/charts/",
    version: "1.2.0",
    appVersion: "1.2.0",
    customResourceGroups: ["kafka.strimzi.io", "core.strimzi.io"],
    kubernetes: { min: "1.30" },
    deliveredBy: "pulumi",
    source: "https://strimzi.io/docs/operators/latest/deploying.html",
    date: "2026-08-22",
  },
} as const satisfies Record<ChartId, ChartRow>;

/** The two numbers of a minor release. Throws when the text is not one (`1.36`, `v1.36`, `1.36.2` are accepted). */
export function parseKubernetesMinor(version: string): readonly [major: number, minor: number] {
  const match = /^v?(\d+)\.(\d+)(?:[.+-].*)?$/.exec(version);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new Error(`"${version}" is not a Kubernetes version: write major.minor, for example "1.36"`);
  }
  return [Number(match[1]), Number(match[2])];
}

/** A version without its patch: `1.36` for `v1.36.2`. */
export function kubernetesMinor(version: string): KubernetesMinor {
  const [major, minor] = parseKubernetesMinor(version).map(String);
  return `${major ?? ""}.${minor ?? ""}` as KubernetesMinor;
}

/** Below zero when `a` is older than `b`, above zero when it is newer. */
export function compareKubernetesMinors(a: string, b: string): number {
  const [majorA, minorA] = parseKubernetesMinor(a);
  const [majorB, minorB] = parseKubernetesMinor(b);
  return majorA - majorB || minorA - minorB;
}

/**
 * The row of a chart, for a cluster of the given version.
 * Throws when the version is outside the row's range.
 */
export function chartFor(id: ChartId, kubernetesVersion: string): ChartRow {
  const row: ChartRow = charts[id];
  const { min, max } = row.kubernetes;
  const tooOld = compareKubernetesMinors(kubernetesVersion, min) < 0;
  const tooNew = max !== undefined && compareKubernetesMinors(kubernetesVersion, max) > 0;
  if (tooOld || tooNew) {
    const range = max === undefined ? `${min} or later` : `${min} to ${max}`;
    throw new Error(
      `chart "${id}" ${row.version} supports Kubernetes ${range}, the cluster runs ${kubernetesVersion}: ` +
        `change the cluster's version or pin another version of the chart in components/kubernetes/charts.ts`,
    );
  }
  return row;
}
