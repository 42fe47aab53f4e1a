/** How the API of a cluster on GKE is reached and proved to be itself. */
export interface ClusterEndpoint {
  readonly clusterName: string;
  /** Address or name, without a scheme. */
  readonly host: string;
  /** Certificate authority of an address, in base64; `undefined` for a name, whose certificate the whole internet trusts. */
  readonly certificateAuthority: string | undefined;
}

/**
 * A kubeconfig as `gcloud container clusters get-credentials` writes it: a token is made from the caller's own identity.
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl
 */
export function gkeKubeconfig({ clusterName, host, certificateAuthority }: ClusterEndpoint): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: clusterName,
        cluster: {
          server: `https://${host}`,
          ...(certificateAuthority === undefined ? {} : { "certificate-authority-data": certificateAuthority }),
        },
      },
    ],
    users: [
      {
        name: "gcp",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "gke-gcloud-auth-plugin",
            installHint: "Install it by: gcloud components install gke-gcloud-auth-plugin",
            provideClusterInfo: true,
          },
        },
      },
    ],
    contexts: [{ name: "gcp", context: { cluster: clusterName, user: "gcp" } }],
    "current-context": "gcp",
  });
}

/** Issuer of the service accounts' tokens of a cluster: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/workload-identity */
export function gkeIssuer(project: string, region: string, clusterName: string): string {
  return `https://container.googleapis.com/v1/projects/${project}/locations/${region}/clusters/${clusterName}`;
}

/** The pool of identities of all clusters of a project. */
export function workloadPool(project: string): string {
  return `${project}.svc.id.goog`;
}
