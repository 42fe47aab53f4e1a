import assert from "node:assert/strict";
import { isList } from "../../offline/cloud/value";
import { at, deployed, only, policy, text, type Deployed } from "./deployed";

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const account = "111122223333";

describe("prod: platform layer", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod");
  });

  it("[PF-SEC-03] has these namespaces, each of which takes restricted pods alone", () => {
    const namespaces = stack.ofType("kubernetes:core/v1:Namespace");
    assert.deepEqual(namespaces.map(({ inputs }) => text(at(inputs, "metadata.name"))).sort(), [
      "cert-manager",
      "external-secrets",
      "services",
    ]);
    for (const { urn, inputs } of namespaces) {
      const labels = ["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]);
      assert.deepEqual(at(inputs, "metadata.labels"), Object.fromEntries(labels), urn);
    }
  });

  it("[PF-SEC-03] denies every connection in each of them, in and out, that no other policy names", () => {
    for (const namespace of ["cert-manager", "external-secrets", "services"]) {
      const { inputs } = stack.named(`platform-network-policies-${namespace}-default-deny`, POLICY);
      assert.deepEqual(at(inputs, "metadata.namespace"), namespace);
      assert.deepEqual(inputs["spec"], { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    }
  });

  it("[PF-SEC-03] names these connections: name service, webhooks, metrics, the API and the store of secrets", () => {
    const policies = stack
      .ofType(POLICY)
      .filter(({ name }) => !name.endsWith("default-deny"))
      .map(({ inputs }) => {
        const said = ["ingress", "egress"].flatMap((direction) => {
          const ports = at(inputs, `spec.${direction}.0.ports`);
          if (!isList(ports)) return [];
          return [`${direction} ${[...new Set(ports.map((port) => JSON.stringify(at(port, "port"))))].join(",")}`];
        });
        return `${text(at(inputs, "metadata.namespace"))}: ${text(at(inputs, "metadata.name"))} ${said.join(" ")}`;
      });
    assert.deepEqual(policies.sort(), [
      "cert-manager: allow-dns egress 53",
      "cert-manager: kubernetes-api egress 443,6443",
      "cert-manager: metrics ingress 9402",
      "cert-manager: webhook ingress 10250",
      "external-secrets: allow-dns egress 53",
      "external-secrets: identity egress 80",
      "external-secrets: kubernetes-api egress 443,6443",
      "external-secrets: metrics ingress 8080",
      "external-secrets: secret-store egress 443",
      "external-secrets: webhook ingress 10250",
      "services: allow-dns egress 53",
    ]);
  });

  it("[PF-SEC-03] lets none of them reach the machine's own identity", () => {
    for (const { urn, inputs } of stack.ofType(POLICY)) {
      const to = at(inputs, "spec.egress.0.to");
      for (const target of isList(to) ? to : []) {
        if (at(target, "ipBlock.cidr") !== "0.0.0.0/0") continue;
        assert.deepEqual(at(target, "ipBlock.except"), ["169.254.0.0/16", "168.63.129.16/32"], urn);
      }
    }
    // Pod identity has one address, which answers for the pod's own role.
    assert.deepEqual(at(stack.named("platform-network-policies-external-secrets-identity").inputs, "spec.egress"), [
      { ports: [{ port: 80, protocol: "TCP" }], to: [{ ipBlock: { cidr: "169.254.170.23/32" } }] },
    ]);
  });

  const classes = {
    general: { ids: "[PF-SEC-05]", isDefault: "true", parameters: {}, reclaimPolicy: "Delete" },
    fast: {
      ids: "[PF-CHAIN-01] [PF-SEC-05]",
      isDefault: "false",
      parameters: { iops: "12000", throughput: "500" },
      reclaimPolicy: "Retain",
    },
  } as const;
  for (const [storageClass, { ids, isDefault, parameters, reclaimPolicy }] of Object.entries(classes)) {
    it(`${ids} has the encrypted storage class ${storageClass}, made where the pod runs, which can grow`, () => {
      const { apiVersion, kind, ...inputs } = stack.named(`platform-storage-classes-${storageClass}`).inputs;
      assert.deepEqual([apiVersion, kind], ["storage.k8s.io/v1", "StorageClass"]);
      assert.deepEqual(inputs, {
        metadata: {
          name: storageClass,
          annotations: { "storageclass.kubernetes.io/is-default-class": isDefault },
        },
        provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true", ...parameters },
        reclaimPolicy,
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
      });
    });
  }

  it("[PF-SEC-03] reads the site's secrets from its own store, and no others", () => {
    const { inputs } = stack.named("platform-external-secrets-site");
    assert.deepEqual(at(inputs, "spec.provider"), { aws: { service: "SecretsManager", region: "us-west-2" } });
    assert.deepEqual(policy(stack.input("platform-external-secrets-identity-policy", "policy")).Statement, [
      {
        Sid: "Secrets0Secretsmanager",
        Effect: "Allow",
        Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        Resource: [
          `arn:aws:secretsmanager:us-west-2:${account}:secret:portfolio-prod/*`,
          `arn:aws:secretsmanager:us-west-2:${account}:secret:AmazonMSK_portfolio-prod/*`,
        ],
      },
      {
        Sid: "Secrets0Key",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: stack.output("credentials-key", "arn"),
        Condition: { StringEquals: { "kms:ViaService": "secretsmanager.us-west-2.amazonaws.com" } },
      },
    ]);
  });

  it("[PF-SEC-06] has an authority of its own for certificates inside the cluster", () => {
    assert.deepEqual(stack.input("platform-certificate-manager-self-signed", "spec"), { selfSigned: {} });
    const authority = stack.named("platform-certificate-manager-authority").inputs;
    assert.deepEqual(at(authority, "spec.isCA"), true);
    assert.deepEqual(stack.input("platform-certificate-manager-internal", "spec"), {
      ca: { secretName: at(authority, "spec.secretName") },
    });
  });

  it("[PF-CLOUD-02] installs these charts, in these versions", () => {
    const charts = stack
      .ofType("kubernetes:helm.sh/v3:Release")
      .map(({ inputs }) => only(inputs, "chart", "namespace", "version"))
      .map(({ chart, namespace, version }) => `${text(namespace)}/${text(chart)} ${text(version)}`);
    assert.deepEqual(charts.sort(), [
      "cert-manager/cert-manager v1.21.2",
      "external-secrets/external-secrets 2.9.0",
      "kube-system/aws-load-balancer-controller 3.5.0",
      "kube-system/cluster-autoscaler 9.59.0",
      "kube-system/metrics-server 3.13.1",
      "kube-system/nvidia-device-plugin 0.19.2",
    ]);
  });

  it("makes every custom resource after the chart that brings its kind, and every object after its namespace", () => {
    const after = {
      "platform-certificate-manager-self-signed": "platform-certificate-manager-chart-release",
      "platform-certificate-manager-authority": "platform-certificate-manager-chart-release",
      "platform-certificate-manager-internal": "platform-certificate-manager-authority",
      "platform-external-secrets-site": "platform-external-secrets-chart-release",
      "platform-certificate-manager-chart-release": "platform-namespaces-cert-manager",
      "platform-external-secrets-chart-release": "platform-namespaces-external-secrets",
    };
    for (const [later, earlier] of Object.entries(after)) {
      assert.ok(stack.waitsFor(later).has(earlier), `${later} does not wait for ${earlier}`);
    }
  });
});
