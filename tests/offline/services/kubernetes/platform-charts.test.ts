import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { partial, refused, RELEASE, World } from "./support";

const CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const ISSUER = "kubernetes:cert-manager.io/v1:ClusterIssuer";
const CERTIFICATE = "kubernetes:cert-manager.io/v1:Certificate";
const STORE = "kubernetes:external-secrets.io/v1:ClusterSecretStore";
const SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

const withCrds = { crds: { enabled: true } };
const issuedBy = (name: string): Properties => ({
  certController: { create: false },
  webhook: {
    certManager: {
      enabled: true,
      cert: { issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name } },
    },
  },
});

function install(world: World, chart: string, values: Properties = {}): void {
  if (world.get(NAMESPACE, chart) === undefined) world.create(NAMESPACE, { metadata: { name: chart } }, chart);
  world.create(RELEASE, releaseOf(chart, values), chart);
}

const releaseOf = (chart: string, values: Properties): Properties => ({
  name: chart,
  namespace: chart,
  chart,
  version: "1.0.0",
  repositoryOpts: { repo: "https://charts.example.com" },
  values,
});

const issuer = (spec: Properties, name = "self-signed"): Properties => ({ metadata: { name }, spec });
const store = (provider: Properties): Properties => ({ metadata: { name: "site" }, spec: { provider } });
const ids = (world: World, token: string) => world.list(token).map(({ id }) => id);
const from = (group: string, port: number) => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  securityGroups: [group],
});

describe("chart of cert-manager", () => {
  it("defines its custom resources when the values say so, and not before", () => {
    const world = new World();
    refused("NoMatch", () => world.create(ISSUER, issuer({ selfSigned: {} })));
    install(world, "cert-manager");
    assert.deepEqual(ids(world, CRD), []);
    refused("NoMatch", () => world.create(ISSUER, issuer({ selfSigned: {} })));
    world.update(
      RELEASE,
      "cert-manager/cert-manager",
      releaseOf("cert-manager", {}),
      releaseOf("cert-manager", withCrds),
    );
    assert.deepEqual(ids(world, CRD).sort(), [
      "certificaterequests.cert-manager.io",
      "certificates.cert-manager.io",
      "challenges.acme.cert-manager.io",
      "clusterissuers.cert-manager.io",
      "issuers.cert-manager.io",
      "orders.acme.cert-manager.io",
    ]);
    assert.equal(world.create(ISSUER, issuer({ selfSigned: {} })).id, "self-signed");
  });

  it("checks them against their definitions", () => {
    const world = new World();
    install(world, "cert-manager", withCrds);
    assert.match(
      refused("Invalid", () => world.create(ISSUER, issuer({ ca: {} }))),
      /spec\.ca\.secretName: Required value/,
    );
    assert.match(
      refused("Invalid", () => world.create(ISSUER, issuer({ selfsigned: {} }))),
      /spec\.selfsigned: field not declared in schema/,
    );
    const certificate = {
      metadata: { name: "c", namespace: "default" },
      spec: { secretName: "c", privateKey: { algorithm: "DSA" } },
    };
    const message = refused("Invalid", () => world.create(CERTIFICATE, certificate));
    assert.match(message, /spec\.issuerRef: Required value/);
    assert.match(message, /spec\.privateKey\.algorithm: Unsupported value: "DSA": supported values: "RSA"/);
  });

  it("keeps definitions and certificates when the release goes, unless told otherwise", () => {
    for (const [keep, left] of [
      [true, 6],
      [false, 0],
    ] as const) {
      const world = new World();
      install(world, "cert-manager", { crds: { enabled: true, keep } });
      world.create(ISSUER, issuer({ selfSigned: {} }));
      world.delete(RELEASE, "cert-manager/cert-manager");
      assert.equal(ids(world, CRD).length, left);
      assert.deepEqual(ids(world, ISSUER), keep ? ["self-signed"] : []);
      install(world, "cert-manager", { crds: { enabled: true, keep } });
      assert.equal(ids(world, CRD).length, 6);
    }
  });

  it("refuses both ways of asking for the definitions", () => {
    assert.match(
      refused("InvalidValues", () => {
        install(new World(), "cert-manager", { installCRDs: true, ...withCrds });
      }),
      /installCRDs option cannot be enabled at the same time/,
    );
  });

  it("keeps its custom resources out when the control plane cannot reach its webhook", () => {
    const world = new World();
    world.ownNodeGroup([from("sg-cluster", 443)]);
    install(world, "cert-manager", withCrds);
    assert.equal(
      refused("InternalError", () => world.create(ISSUER, issuer({ selfSigned: {} }))),
      "resource self-signed was not successfully created by the Kubernetes API server: Internal error occurred: " +
        'failed calling webhook "webhook.cert-manager.io": failed to call webhook: ' +
        'Post "https://cert-manager-webhook.cert-manager.svc:443/mutate?timeout=10s": context deadline exceeded ' +
        "(control plane to main, port 10250: no ingress rule of sg-nodes allows tcp/10250 from sg-cluster)",
    );
    world.ownNodeGroup([from("sg-cluster", 10250)]);
    assert.equal(world.create(ISSUER, issuer({ selfSigned: {} })).id, "self-signed");
  });

  it("calls its webhook on the port of the values, and leaves other objects alone", () => {
    const world = new World();
    world.ownNodeGroup([from("sg-cluster", 10260)]);
    install(world, "cert-manager", { ...withCrds, webhook: { securePort: 10260 } });
    assert.equal(world.create(ISSUER, issuer({ selfSigned: {} })).id, "self-signed");
    world.ownNodeGroup([]);
    const service = { metadata: { name: "web", namespace: "default" }, spec: { ports: [{ port: 80 }] } };
    assert.equal(world.create("kubernetes:core/v1:Service", service).id, "default/web");
  });
});

describe("chart of External Secrets", () => {
  it("needs cert-manager first where cert-manager issues its certificate", () => {
    const world = new World();
    assert.match(
      refused("NoMatch", () => {
        install(world, "external-secrets", issuedBy("internal"));
      }),
      /no matches for kind "Certificate" in version "cert-manager\.io\/v1"\nensure CRDs are installed first$/,
    );
    install(world, "cert-manager", withCrds);
    assert.match(
      partial(() => {
        install(world, "external-secrets", issuedBy("internal"));
      }).join("\n"),
      /MountVolume\.SetUp failed for volume "certs" : secret "external-secrets-webhook" not found/,
    );
    const ready = new World();
    install(ready, "cert-manager", withCrds);
    ready.create(ISSUER, issuer({ ca: { secretName: "ca" } }, "internal"));
    install(ready, "external-secrets", issuedBy("internal"));
    assert.deepEqual(ids(ready, CERTIFICATE), ["external-secrets/external-secrets-webhook"]);
  });

  it("defines and checks the resources that a platform writes", () => {
    const world = new World();
    const aws = { aws: { service: "SecretsManager", region: "us-west-2" } };
    refused("NoMatch", () => world.create(STORE, store(aws)));
    install(world, "external-secrets");
    assert.equal(world.create(STORE, store(aws)).id, "site");
    assert.match(
      refused("Invalid", () => world.create(STORE, store({ aws: { service: "Vault" } }))),
      /spec\.provider\.aws\.region: Required value.*spec\.provider\.aws\.service: Unsupported value: "Vault"/s,
    );
    assert.match(
      refused("Invalid", () => world.create(STORE, store({ ...aws, gcpsm: {} }))),
      /spec\.provider: Invalid value: 2: spec\.provider in body should have at most 1 properties/,
    );
    const secret = {
      metadata: { name: "s", namespace: "default" },
      spec: { secretStoreRef: { name: "site", kind: "Store" } },
    };
    assert.match(
      refused("Invalid", () => world.create(SECRET, secret)),
      /spec\.secretStoreRef\.kind: Unsupported value/,
    );
    refused("NoMatch", () => world.create("kubernetes:external-secrets.io/v1beta1:ExternalSecret", secret));
  });

  it("leaves out the definitions that the values leave out, and takes all of them along when it goes", () => {
    const world = new World();
    install(world, "external-secrets", { crds: { createPushSecret: false } });
    assert.ok(!ids(world, CRD).includes("pushsecrets.external-secrets.io"));
    assert.equal(ids(world, CRD).length, 19);
    world.create(STORE, store({ fake: {} }));
    world.delete(RELEASE, "external-secrets/external-secrets");
    assert.deepEqual(ids(world, CRD), []);
    assert.deepEqual(ids(world, STORE), []);
  });

  it("keeps stores and secrets out when the control plane cannot reach its webhook", () => {
    const world = new World();
    world.ownNodeGroup([]);
    install(world, "external-secrets");
    assert.match(
      refused("InternalError", () => world.create(STORE, store({ fake: {} }))),
      /validate-external-secrets-io-v1-clustersecretstore\?timeout=10s": context deadline exceeded \(control plane to main, port 10250/,
    );
  });

  it("lets ExternalSecrets through when its webhook is told to fail open", () => {
    const world = new World();
    world.ownNodeGroup([]);
    install(world, "external-secrets", { webhook: { failurePolicy: "Ignore" } });
    assert.equal(world.create(SECRET, { metadata: { name: "s", namespace: "default" }, spec: {} }).id, "default/s");
  });
});

describe("chart of the NVIDIA device plugin", () => {
  it("makes one DaemonSet, and none in the namespace default", () => {
    const world = new World();
    install(world, "nvidia-device-plugin");
    assert.deepEqual(ids(world, "kubernetes:apps/v1:DaemonSet"), ["nvidia-device-plugin/nvidia-device-plugin"]);
    assert.match(
      refused("InvalidValues", () =>
        new World().create(RELEASE, { ...releaseOf("nvidia-device-plugin", {}), namespace: "default" }),
      ),
      /Running in the 'default' namespace is not recommended/,
    );
  });
});

describe("network policies and storage classes", () => {
  const egress = (rule: Properties): Properties => ({
    metadata: { name: "p", namespace: "default" },
    spec: { podSelector: {}, policyTypes: ["Egress"], egress: [rule] },
  });

  it("refuses an exception that is not within its range", () => {
    const to = (except: string) => egress({ to: [{ ipBlock: { cidr: "10.0.0.0/16", except: [except] } }] });
    assert.match(
      refused("Invalid", () => new World().create(POLICY, to("10.1.0.0/24"))),
      /spec\.egress\[0\]\.to\[0\]\.ipBlock\.except\[0\]: Invalid value: "10\.1\.0\.0\/24": must be a strict subset of `cidr`/,
    );
    assert.match(
      refused("Invalid", () => new World().create(POLICY, to("10.0.0.0/16"))),
      /must be a strict subset/,
    );
    assert.equal(new World().create(POLICY, to("10.0.1.0/24")).id, "default/p");
  });

  it("refuses a range of ports that ends before it begins, or begins with a name", () => {
    const ports = (port: Properties) => egress({ ports: [port] });
    assert.match(
      refused("Invalid", () => new World().create(POLICY, ports({ port: 8000, endPort: 7000 }))),
      /endPort: Invalid value: 7000: must be greater than or equal to `port`/,
    );
    assert.match(
      refused("Invalid", () => new World().create(POLICY, ports({ port: "http", endPort: 7000 }))),
      /endPort: Invalid value: 7000: may not be specified when `port` is not specified or not a number/,
    );
  });

  it("refuses a change of what a storage class makes volumes of, and lets it grow volumes", () => {
    const world = new World();
    const fast = (rest: Properties): Properties => ({
      metadata: { name: "fast" },
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3" },
      reclaimPolicy: "Retain",
      volumeBindingMode: "WaitForFirstConsumer",
      ...rest,
    });
    world.create(STORAGE_CLASS, fast({}));
    assert.match(
      refused("Invalid", () =>
        world.update(STORAGE_CLASS, "fast", fast({}), fast({ parameters: { type: "io2" }, reclaimPolicy: "Delete" })),
      ),
      /parameters: Invalid value: .*field is immutable.*reclaimPolicy: Invalid value: "Delete": field is immutable/s,
    );
    world.update(STORAGE_CLASS, "fast", fast({}), fast({ allowVolumeExpansion: true }));
  });

  it("takes a second default storage class, as Kubernetes does since 1.26", () => {
    const world = new World();
    const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
    for (const name of ["brought", "general"]) {
      world.create(STORAGE_CLASS, { metadata: { name, annotations }, provisioner: "ebs.csi.aws.com" }, name);
    }
    assert.equal(ids(world, STORAGE_CLASS).length, 2);
  });
});
