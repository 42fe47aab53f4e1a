import type { input } from "@pulumi/kubernetes/types";
import { createHash } from "node:crypto";
import { workloadProblems, type HttpProbe, type WorkloadSpec } from "./workload.spec";

// The manifests are plain literals checked against the API's own types with `satisfies`, so they can be created by
// Pulumi, written out as YAML or turned into something else, and no second set of types is compiled.

/** Annotation of the pods that holds the digest of their ConfigMap: a changed one replaces the pods. */
export const configChecksumAnnotation = "checksum/config";

/** Annotation of the pods that holds the digest of their Secret. */
export const secretChecksumAnnotation = "checksum/secret";

/** The manifests of one workload, without a namespace. */
export type WorkloadManifests = ReturnType<typeof renderWorkload>;

/**
 * Renders a workload. The Deployment has no `replicas`: the autoscaler owns the number.
 * Throws when the specification has problems, naming all of them.
 */
export function renderWorkload(spec: WorkloadSpec) {
  const problems = workloadProblems(spec);
  if (problems.length > 0) {
    throw new Error(`workload "${spec.name}" cannot be rendered:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  }
  return {
    serviceAccount: renderServiceAccount(spec),
    configMap: renderConfigMap(spec),
    deployment: renderDeployment(spec),
    service: renderService(spec),
    horizontalPodAutoscaler: renderAutoscaler(spec),
    podDisruptionBudget: renderDisruptionBudget(spec),
  };
}

/** The same manifest in a namespace. */
export function inNamespace<M extends { readonly metadata: object }, N>(manifest: M, namespace: N) {
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

/** A digest of names and values that does not depend on their order. */
export function checksum(data: Readonly<Record<string, string>>): string {
  const ordered = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(ordered)).digest("hex");
}

/** The labels by which a Deployment knows its pods. They can never be changed. */
function selectorLabels(spec: Pick<WorkloadSpec, "name">) {
  return { "app.kubernetes.io/name": spec.name };
}

function metadata(spec: WorkloadSpec) {
  return { name: spec.name, labels: { ...selectorLabels(spec), "app.kubernetes.io/part-of": spec.partOf } };
}

function configMapName(spec: WorkloadSpec): string {
  return `${spec.name}-config`;
}

function renderServiceAccount(spec: WorkloadSpec) {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: metadata(spec),
    automountServiceAccountToken: false,
  } satisfies input.core.v1.ServiceAccount;
}

function renderConfigMap(spec: WorkloadSpec) {
  if (spec.environment.config === undefined) return undefined;
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...metadata(spec), name: configMapName(spec) },
    data: { ...spec.environment.config },
  } satisfies input.core.v1.ConfigMap;
}

function renderDeployment(spec: WorkloadSpec) {
  const { config } = spec.environment;
  const annotations: Record<string, string> =
    config === undefined ? {} : { [configChecksumAnnotation]: checksum(config) };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata(spec),
    spec: {
      selector: { matchLabels: selectorLabels(spec) },
      strategy: { type: "RollingUpdate", rollingUpdate: { ...spec.rollout } },
      revisionHistoryLimit: 5,
      template: {
        metadata: { labels: metadata(spec).labels, annotations },
        spec: {
          serviceAccountName: spec.name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(spec),
          terminationGracePeriodSeconds: spec.drain.lingerSeconds + spec.drain.connectionSeconds,
          topologySpreadConstraints: [zoneSpread(spec)],
          affinity: { podAntiAffinity: hostAntiAffinity(spec) },
          containers: [container(spec)],
          volumes: (spec.writablePaths ?? []).map((_path, index) => ({ name: volumeName(index), emptyDir: {} })),
        },
      },
    },
  } satisfies input.apps.v1.Deployment;
}

function container(spec: WorkloadSpec) {
  const { liveness, readiness, startup } = spec.probes;
  return {
    name: spec.name,
    image: spec.image,
    ports: [{ name: "http", containerPort: spec.port, protocol: "TCP" }],
    env: environment(spec),
    resources: { requests: { ...spec.resources.requests }, limits: { ...spec.resources.limits } },
    livenessProbe: probe(liveness, spec.port),
    readinessProbe: probe(readiness, spec.port),
    ...(startup === undefined ? {} : { startupProbe: probe(startup, spec.port) }),
    // A pod leaves its target group some seconds after it was told to end: until then requests still come in. The sleep
    // is the kubelet's own, so the image needs no shell (Kubernetes 1.30 or later):
    // https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-implementations
    ...(spec.drain.lingerSeconds === 0
      ? {}
      : { lifecycle: { preStop: { sleep: { seconds: spec.drain.lingerSeconds } } } }),
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: {
        drop: ["ALL"],
        ...(spec.user.kind === "root" && spec.user.capabilities.length > 0 ? { add: [...spec.user.capabilities] } : {}),
      },
    },
    volumeMounts: (spec.writablePaths ?? []).map((mountPath, index) => ({ name: volumeName(index), mountPath })),
  } satisfies input.core.v1.Container;
}

function volumeName(index: number): string {
  return `writable-${String(index)}`;
}

function environment(spec: WorkloadSpec): input.core.v1.EnvVar[] {
  const { plain = {}, config = {}, secret } = spec.environment;
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...Object.keys(config).map((name) => ({
      name,
      valueFrom: { configMapKeyRef: { name: configMapName(spec), key: name } },
    })),
    ...(secret?.keys ?? []).map((name) => ({ name, valueFrom: { secretKeyRef: { name: secret?.name, key: name } } })),
  ];
}

function probe({ path, periodSeconds, timeoutSeconds = 5, failureThreshold = 3 }: HttpProbe, port: number) {
  return { httpGet: { path, port }, periodSeconds, timeoutSeconds, failureThreshold } satisfies input.core.v1.Probe;
}

function podSecurity(spec: WorkloadSpec) {
  const seccompProfile = { type: "RuntimeDefault" };
  if (spec.user.kind === "root") return { runAsNonRoot: false, runAsUser: 0, seccompProfile };
  // One of the sysctls that both Pod Security Standards allow:
  // https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
  const sysctls = [{ name: "net.ipv4.ip_unprivileged_port_start", value: String(spec.port) }];
  return {
    runAsNonRoot: true,
    runAsUser: spec.user.uid,
    runAsGroup: spec.user.gid,
    // Empty volumes belong to root; the group makes them writable.
    fsGroup: spec.user.gid,
    seccompProfile,
    ...(spec.port < 1024 ? { sysctls } : {}),
  } satisfies input.core.v1.PodSecurityContext;
}

function zoneSpread(spec: WorkloadSpec) {
  return {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: spec.zoneSpread === "required" ? "DoNotSchedule" : "ScheduleAnyway",
    // Counted per revision, else the pods that a rollout is about to remove push the new ones together.
    matchLabelKeys: ["pod-template-hash"],
    // A zone that is down keeps its tainted nodes for a while: counted, it would stop all scheduling in the others.
    nodeTaintsPolicy: "Honor",
    labelSelector: { matchLabels: selectorLabels(spec) },
  } satisfies input.core.v1.TopologySpreadConstraint;
}

function hostAntiAffinity(spec: WorkloadSpec) {
  return {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          topologyKey: "kubernetes.io/hostname",
          labelSelector: { matchLabels: selectorLabels(spec) },
        },
      },
    ],
  } satisfies input.core.v1.PodAntiAffinity;
}

function renderService(spec: WorkloadSpec) {
  const { service } = spec;
  const annotations: Record<string, string> = { ...service.annotations };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata(spec), name: service.name, annotations },
    spec: {
      type: service.type,
      selector: selectorLabels(spec),
      ports: [{ name: "http", port: service.port, targetPort: service.targetPort ?? spec.port, protocol: "TCP" }],
      ...(service.type === "LoadBalancer" && service.loadBalancerClass !== undefined
        ? { loadBalancerClass: service.loadBalancerClass }
        : {}),
    },
  } satisfies input.core.v1.Service;
}

function renderAutoscaler(spec: WorkloadSpec) {
  const { cpuPercent, memoryPercent, scaleUp, scaleDown } = spec.autoscaling;
  const utilization = (name: string, averageUtilization: number) => ({
    type: "Resource",
    resource: { name, target: { type: "Utilization", averageUtilization } },
  });
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: metadata(spec),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: spec.name },
      minReplicas: spec.replicas.min,
      maxReplicas: spec.replicas.max,
      metrics: [utilization("cpu", cpuPercent), utilization("memory", memoryPercent)],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          policies: [{ type: "Pods", value: scaleUp.pods, periodSeconds: scaleUp.seconds }],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          policies: [{ type: "Pods", value: scaleDown.pods, periodSeconds: scaleDown.seconds }],
        },
      },
    },
  } satisfies input.autoscaling.v2.HorizontalPodAutoscaler;
}

function renderDisruptionBudget(spec: WorkloadSpec) {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata(spec),
    spec: {
      // One at a time, whatever the autoscaler's number is: a minimum of available pods equal to it would block drains.
      maxUnavailable: 1,
      // Pods that are not ready may always be evicted, else a crashing workload blocks the drain of its nodes.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: selectorLabels(spec) },
    },
  } satisfies input.policy.v1.PodDisruptionBudget;
}
