import type { IClusterSecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore";
import type * as pulumi from "@pulumi/pulumi";
import type { WorkloadIdentity } from "../contracts/workload-identity";
import type { HelmValues } from "./chart";
import { spreadOverNodes } from "./scheduling";

/** The service account of the operator, which a cloud identity is bound to. */
export const externalSecretsServiceAccount = { namespace: "external-secrets", name: "external-secrets" } as const;

/** Port of the admission webhook on its pods, which the control plane must reach. The chart's default. */
export const externalSecretsWebhookPort = 10250;

/** Port of the metrics of all its pods. */
export const externalSecretsMetricsPort = 8080;

/** Name of the ClusterSecretStore that reads the site's secrets. */
const siteSecretStore = "site";

export interface ExternalSecretsValuesArgs {
  /** Identity by which the operator reads the store. */
  readonly identity: Pick<WorkloadIdentity, "annotations" | "podLabels">;
  /** ClusterIssuer that signs the webhook's certificate. */
  readonly issuer: pulumi.Input<string>;
}

/**
 * Values of the chart.
 * Source of the names: https://github.com/external-secrets/external-secrets/blob/main/deploy/charts/external-secrets/values.yaml
 */
export function externalSecretsValues({ identity, issuer }: ExternalSecretsValuesArgs): HelmValues {
  const { name } = externalSecretsServiceAccount;
  const twice = (component: string) => ({
    replicaCount: 2,
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
    topologySpreadConstraints: spreadOverNodes({ "app.kubernetes.io/name": component }),
  });
  return {
    fullnameOverride: name,
    installCRDs: true,
    ...twice(name),
    leaderElect: true,
    serviceAccount: { create: true, name, annotations: { ...identity.annotations } },
    podLabels: { ...identity.podLabels },
    resources: { requests: { cpu: "20m", memory: "96Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
    // Secrets go one way, from the cloud's store into the cluster: the rights to write back are not given.
    processPushSecret: false,
    processClusterPushSecret: false,
    crds: { createPushSecret: false, createClusterPushSecret: false },
    webhook: {
      ...twice(`${name}-webhook`),
      port: externalSecretsWebhookPort,
      failurePolicy: "Fail",
      certManager: {
        enabled: true,
        addInjectorAnnotations: true,
        cert: { create: true, issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: issuer } },
      },
      resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "250m", memory: "128Mi" } },
    },
    // cert-manager issues and renews the webhook's certificate, so that nothing else may change every webhook of the cluster.
    certController: { create: false },
  };
}

/** The ClusterSecretStore of the site's secrets; namespaces that are not listed cannot read by it. */
export function siteStore(provider: Readonly<Record<string, unknown>>, namespaces: readonly string[]) {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ClusterSecretStore",
    metadata: { name: siteSecretStore },
    spec: { provider, conditions: [{ namespaces: [...namespaces] }] },
  } satisfies IClusterSecretStore;
}
