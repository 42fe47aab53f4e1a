import assert from "node:assert/strict";
import { gkeIssuer, gkeKubeconfig, workloadPool } from "../../../components/gcp/kubeconfig.plan";
import { throughTunnel } from "../../../components/planning/tunnel";

describe("kubeconfig of GKE", () => {
  it("holds no credential: a plugin makes a token from the caller's own identity", () => {
    const config: unknown = JSON.parse(
      gkeKubeconfig({ clusterName: "test", host: "10.48.0.2", certificateAuthority: "Y2E=" }),
    );
    assert.deepEqual(config, {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "test", cluster: { server: "https://10.48.0.2", "certificate-authority-data": "Y2E=" } }],
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
      contexts: [{ name: "gcp", context: { cluster: "test", user: "gcp" } }],
      "current-context": "gcp",
    });
  });

  it("trusts a name by the certificates that everybody trusts", () => {
    const config = gkeKubeconfig({ clusterName: "test", host: "gke-1.gke.goog", certificateAuthority: undefined });
    assert.doesNotMatch(config, /certificate-authority/);
  });

  it("can be led through a tunnel", () => {
    const config = throughTunnel(
      gkeKubeconfig({ clusterName: "test", host: "10.48.0.2", certificateAuthority: "Y2E=" }),
    );
    const { clusters } = JSON.parse(config) as { clusters: { cluster: Record<string, string> }[] };
    assert.deepEqual(clusters[0]?.cluster, {
      server: "https://127.0.0.1:8443",
      "certificate-authority-data": "Y2E=",
      "tls-server-name": "10.48.0.2",
    });
  });

  it("goes with an issuer and a pool that follow from the names", () => {
    assert.equal(
      gkeIssuer("my-project", "us-central1", "test"),
      "https://container.googleapis.com/v1/projects/my-project/locations/us-central1/clusters/test",
    );
    assert.equal(workloadPool("my-project"), "my-project.svc.id.goog");
  });
});
