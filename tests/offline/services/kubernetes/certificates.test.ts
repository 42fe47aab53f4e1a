import assert from "node:assert/strict";
import { isProperties, type Properties } from "../../../../offline/cloud/value";
import { RELEASE, World } from "./support";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const SECRET = "kubernetes:core/v1:Secret";
const ISSUER = "kubernetes:cert-manager.io/v1:ClusterIssuer";
const CERTIFICATE = "kubernetes:cert-manager.io/v1:Certificate";

/** A cluster with cert-manager, which signs by a root of its own. */
function certified(values: Properties = {}): World {
  const world = new World();
  world.create(NAMESPACE, { metadata: { name: "cert-manager" } }, "cert-manager");
  const chart = { name: "cert-manager", namespace: "cert-manager", chart: "cert-manager", version: "1.0.0" };
  const repositoryOpts = { repo: "https://charts.example.com" };
  world.create(RELEASE, { ...chart, repositoryOpts, values: { crds: { enabled: true }, ...values } }, "cert-manager");
  world.create(ISSUER, { metadata: { name: "self-signed" }, spec: { selfSigned: {} } }, "self-signed");
  certificate(world, "root", "self-signed");
  world.create(ISSUER, { metadata: { name: "internal" }, spec: { ca: { secretName: "root" } } }, "internal");
  return world;
}

function certificate(world: World, name: string, issuer: string, group = "cert-manager.io"): string {
  const issuerRef = { group, kind: "ClusterIssuer", name: issuer };
  const metadata = { name, namespace: "default" };
  return world.create(CERTIFICATE, { metadata, spec: { secretName: name, issuerRef } }, name).id;
}

function dataOf(world: World, name: string): Readonly<Record<string, unknown>> {
  const data = world.get(SECRET, `default/${name}`)?.outputs["data"];
  assert.ok(isProperties(data), name);
  return data;
}

describe("certificates of cert-manager", () => {
  it("come with their key and the root that signed them, which is the same for all of an authority", () => {
    const world = certified();
    for (const name of ["one", "other"]) certificate(world, name, "internal");
    const [root, one, other] = ["root", "one", "other"].map((name) => dataOf(world, name));
    assert.ok(root && one && other);
    assert.deepEqual(Object.keys(one), ["ca.crt", "tls.crt", "tls.key"]);
    assert.equal(one["ca.crt"], other["ca.crt"]);
    assert.notEqual(one["tls.crt"], other["tls.crt"]);
    assert.equal(root["ca.crt"], root["tls.crt"]);
    assert.equal(one["ca.crt"], root["tls.crt"]);
    assert.match(
      Buffer.from(String(one["ca.crt"]), "base64").toString(),
      /^-----BEGIN CERTIFICATE-----\n[^]+\n-----END CERTIFICATE-----\n$/,
    );
  });

  it("are not written where their issuer is not there or another's, nor over what somebody else wrote", () => {
    const world = certified();
    certificate(world, "early", "later");
    certificate(world, "foreign", "internal", "issuers.example.com");
    for (const name of ["early", "foreign"]) assert.equal(world.get(SECRET, `default/${name}`), undefined, name);
    world.create(SECRET, { metadata: { name: "taken", namespace: "default" }, data: { mine: "AA==" } }, "taken");
    certificate(world, "taken", "internal");
    assert.deepEqual(dataOf(world, "taken"), { mine: "AA==" });
  });

  it("leave their Secret behind, unless the controller is told to remove it", () => {
    for (const owned of [false, true]) {
      const world = certified({ enableCertificateOwnerRef: owned });
      world.delete(CERTIFICATE, certificate(world, "one", "internal"));
      assert.equal(world.get(SECRET, "default/one") === undefined, owned);
    }
  });
});
