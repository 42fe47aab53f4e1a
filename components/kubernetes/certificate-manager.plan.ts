import type { ICertificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import type { IClusterIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer";
import type { HelmValues } from "./chart";
import { spreadOverNodes } from "./scheduling";

// The models are imported as types alone: their validators take 67 ms to load, and tests run them instead.

/** Namespace of cert-manager; the certificates of cluster-wide issuers are looked up there. */
export const certManagerNamespace = "cert-manager";

/**
 * Port of the admission webhook on its pods, which the control plane must reach. The chart's default: private clusters let the
 * control plane reach the kubelet's port of every node, and with it this one.
 */
export const certManagerWebhookPort = 10250;

/** Port of the metrics of all its pods. */
export const certManagerMetricsPort = 9402;

/** The ClusterIssuer of the platform's own authority: certificates between workloads, never for the public. */
export const internalIssuer = "internal";

const selfSignedIssuer = "self-signed";
const authoritySecret = "internal-ca";

/** Makes the provider wait until the controller has done its part: https://github.com/pulumi/pulumi-kubernetes/issues/1260 */
export const untilReady = { "pulumi.com/waitFor": "condition=Ready" } as const;

/**
 * Values of the chart.
 * Source of the names: https://github.com/cert-manager/cert-manager/blob/master/deploy/charts/cert-manager/values.yaml
 */
export function certificateManagerValues(): HelmValues {
  const twice = (component: string) => ({
    replicaCount: 2,
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    topologySpreadConstraints: spreadOverNodes({
      "app.kubernetes.io/instance": "cert-manager",
      "app.kubernetes.io/component": component,
    }),
  });
  return {
    // Kept when the release goes: with the definitions every certificate of the cluster would go.
    crds: { enabled: true, keep: true },
    // Leases in the namespace of its own: its rights end there.
    global: { leaderElection: { namespace: certManagerNamespace } },
    ...twice("controller"),
    resources: { requests: { cpu: "20m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
    // Keys of a deleted Certificate go with it.
    enableCertificateOwnerRef: true,
    webhook: {
      ...twice("webhook"),
      securePort: certManagerWebhookPort,
      // The API server gives up first, and says which webhook did not answer.
      timeoutSeconds: 10,
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "250m", memory: "128Mi" } },
    },
    cainjector: {
      ...twice("cainjector"),
      resources: { requests: { cpu: "20m", memory: "128Mi" }, limits: { cpu: "500m", memory: "384Mi" } },
    },
    // The install is done once the webhook answers, so that the first issuer is not refused.
    startupapicheck: {
      enabled: true,
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
    },
  };
}

const issuer = { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer" } as const;

/** Signs the root of the internal authority, and nothing else. */
export const selfSigned: IClusterIssuer = {
  ...issuer,
  metadata: { name: selfSignedIssuer, annotations: untilReady },
  spec: { selfSigned: {} },
};

/** The root of the internal authority. Its key stays in the namespace of cert-manager. */
export const authority: ICertificate = {
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  metadata: { name: authoritySecret, namespace: certManagerNamespace, annotations: untilReady },
  spec: {
    isCA: true,
    commonName: "Platform internal authority",
    secretName: authoritySecret,
    issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: selfSignedIssuer },
    // Ten years, renewed in the last of them.
    duration: "87600h0m0s",
    renewBefore: "8760h0m0s",
    // A renewed root keeps its key: with a new one, no certificate issued before could be verified any more.
    privateKey: { algorithm: "ECDSA", size: 384, rotationPolicy: "Never" },
    usages: ["cert sign", "crl sign"],
  },
};

/** Issues certificates of the internal authority to every namespace. */
export const internal: IClusterIssuer = {
  ...issuer,
  metadata: { name: internalIssuer, annotations: untilReady },
  spec: { ca: { secretName: authoritySecret } },
};
