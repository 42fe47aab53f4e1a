import assert from "node:assert/strict";
import {
  authority,
  certificateManagerValues,
  certManagerWebhookPort,
  internal,
  selfSigned,
} from "../../../components/kubernetes/certificate-manager.plan";
import { externalSecretsValues, siteStore } from "../../../components/kubernetes/external-secrets.plan";

// The models are ES modules: they are loaded when a test needs them.
const certManager = () =>
  Promise.all([
    import("@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer"),
    import("@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate"),
  ]).then(([{ ClusterIssuer }, { Certificate }]) => ({ ClusterIssuer, Certificate }));
const externalSecrets = () =>
  import("@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore").then(
    ({ ClusterSecretStore }) => ({ ClusterSecretStore }),
  );

describe("custom resources of the platform layer", () => {
  it("[PF-SEC-03] are what cert-manager's own schema accepts", async () => {
    const { ClusterIssuer, Certificate } = await certManager();
    new ClusterIssuer(selfSigned).validate();
    new ClusterIssuer(internal).validate();
    new Certificate(authority).validate();
    assert.throws(() => {
      // @ts-expect-error a CA issuer without its Secret
      new ClusterIssuer({ metadata: { name: "x" }, spec: { ca: {} } }).validate();
    }, /secretName/);
  });

  it("[PF-SEC-03] are what the schema of External Secrets accepts", async () => {
    const { ClusterSecretStore } = await externalSecrets();
    const store = siteStore({ aws: { service: "SecretsManager", region: "us-west-2" } }, ["web", "jobs"]);
    new ClusterSecretStore(store).validate();
    assert.deepEqual(store.spec.conditions, [{ namespaces: ["web", "jobs"] }]);
    assert.throws(() => {
      new ClusterSecretStore(siteStore({ aws: { service: "Vault", region: "us-west-2" } }, [])).validate();
    }, /service must be equal to one of the allowed values/);
  });

  it("sign with a root that keeps its key and lives for ten years", () => {
    assert.deepEqual(authority.spec, {
      isCA: true,
      commonName: "Platform internal authority",
      secretName: "internal-ca",
      issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "self-signed" },
      duration: "87600h0m0s",
      renewBefore: "8760h0m0s",
      privateKey: { algorithm: "ECDSA", size: 384, rotationPolicy: "Never" },
      usages: ["cert sign", "crl sign"],
    });
    assert.equal(authority.metadata?.namespace, "cert-manager");
    assert.deepEqual(internal.spec, { ca: { secretName: "internal-ca" } });
    assert.deepEqual(selfSigned.spec, { selfSigned: {} });
    for (const { metadata } of [selfSigned, authority, internal]) {
      assert.deepEqual(metadata?.annotations, { "pulumi.com/waitFor": "condition=Ready" });
    }
  });
});

describe("certificate manager and external secrets", () => {
  const manager = certificateManagerValues();
  const secrets = externalSecretsValues({ identity: { annotations: {}, podLabels: {} }, issuer: "internal" });
  const part = (values: typeof manager, name: string) => values[name] as typeof manager;

  it("keep two pods of each part, and one through every disruption", () => {
    for (const values of [manager, part(manager, "webhook"), part(manager, "cainjector")]) {
      assert.equal(values["replicaCount"], 2);
      assert.deepEqual(values["podDisruptionBudget"], { enabled: true, maxUnavailable: 1 });
    }
    for (const values of [secrets, part(secrets, "webhook")]) {
      assert.equal(values["replicaCount"], 2);
      assert.deepEqual(values["podDisruptionBudget"], { enabled: true, minAvailable: 1 });
    }
    assert.equal(secrets["leaderElect"], true);
  });

  it("reserve and limit what each part uses", () => {
    const parts = [
      manager,
      ...["webhook", "cainjector", "startupapicheck"].map((name) => part(manager, name)),
      secrets,
      part(secrets, "webhook"),
    ];
    assert.deepEqual(
      parts.map(({ resources }) => resources),
      [
        { requests: { cpu: "20m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
        { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "250m", memory: "128Mi" } },
        { requests: { cpu: "20m", memory: "128Mi" }, limits: { cpu: "500m", memory: "384Mi" } },
        { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
        { requests: { cpu: "20m", memory: "96Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
        { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "250m", memory: "128Mi" } },
      ],
    );
  });

  it("bring their definitions, and the certificates outlive the release", () => {
    assert.deepEqual(manager["crds"], { enabled: true, keep: true });
    assert.equal(secrets["installCRDs"], true);
  });

  it("answer the API server on the kubelet's port, which every control plane reaches", () => {
    assert.equal(part(manager, "webhook")["securePort"], 10250);
    assert.equal(certManagerWebhookPort, 10250);
    assert.equal(part(secrets, "webhook")["port"], 10250);
    assert.equal(part(secrets, "webhook")["failurePolicy"], "Fail");
  });

  it("[PF-SEC-03] give nothing the right to write secrets back or to change every webhook", () => {
    assert.deepEqual(secrets["certController"], { create: false });
    assert.equal(secrets["processPushSecret"], false);
    assert.equal(secrets["processClusterPushSecret"], false);
    assert.deepEqual(secrets["crds"], { createPushSecret: false, createClusterPushSecret: false });
    assert.deepEqual(part(part(secrets, "webhook"), "certManager")["cert"], {
      create: true,
      issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal" },
    });
    assert.deepEqual(manager["global"], { leaderElection: { namespace: "cert-manager" } });
  });
});
