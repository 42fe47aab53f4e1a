import assert from "node:assert/strict";
import { Unknown, type Properties } from "../../../../offline/cloud/value";
import { ARN, AWS, kubeconfig, refused, SERVER, urn, World } from "./support";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const object: Properties = { metadata: { name: "settings", namespace: "default" } };
const PREFIX =
  "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: " +
  'Get "https://0a1b.gr7.us-west-2.eks.amazonaws.com/openapi/v2?timeout=32s": ';

describe("the Kubernetes provider", () => {
  it("finds the cluster that answers at the kubeconfig's server", () => {
    const world = new World();
    assert.deepEqual(world.session.scope, { account: ARN, region: "" });
    assert.equal(world.session.config["kubeconfig"], undefined);
    const yaml = `apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "${SERVER}"}}]\ncontexts: [{name: c, context: {cluster: c, namespace: shop}}]\ncurrent-context: c\n`;
    const session = world.pkg.configure({ kubeconfig: yaml }, world.cloud.view(AWS));
    assert.equal(session.scope.account, ARN);
    assert.equal(session.config["namespace"], "shop");
  });

  it("says what is wrong with its configuration", () => {
    const { pkg } = new World();
    const says = (config: Properties) =>
      pkg.checkConfig(config).map(({ property, reason }) => `${property}: ${reason}`);
    assert.deepEqual(says({ kubeconfig: kubeconfig(SERVER) }), []);
    assert.deepEqual(says({}), ["kubeconfig: give a kubeconfig: the one of this machine is not used offline"]);
    assert.deepEqual(says({ kubeconfig: "~/.kube/config" }), [
      "kubeconfig: expected the contents of a kubeconfig file, as JSON or YAML; a path to a file is not read offline",
    ]);
    assert.deepEqual(says({ kubeconfig: kubeconfig(SERVER), context: "other" }), [
      'kubeconfig: context "other" does not exist',
    ]);
    assert.deepEqual(says({ kubeconfig: kubeconfig(SERVER), renderYamlToDirectory: "out" }), [
      "renderYamlToDirectory: rendering to files is not available offline",
    ]);
  });

  it("reaches no cluster that the offline cloud does not have", () => {
    const world = new World();
    const elsewhere = world.connect("https://other.example.com");
    const says =
      'Get "https://other.example.com/openapi/v2?timeout=32s": dial tcp: lookup other.example.com: no such host';
    assert.ok(refused("Unreachable", () => world.create(CONFIG_MAP, object, "x", elsewhere)).endsWith(says));
    assert.throws(
      () => world.plane.read({ type: CONFIG_MAP, id: "default/x", inputs: {}, outputs: {}, session: elsewhere }),
      /no such host/,
    );
  });

  it("reaches no cluster that was deleted, unless it is told to forget what was in it", () => {
    const world = new World();
    world.create(CONFIG_MAP, object);
    const forgetful = world.connect(SERVER, { deleteUnreachable: true });
    world.dropAws("aws:eks/cluster:Cluster", "shop");
    const call = { urn: urn(CONFIG_MAP, "x"), type: CONFIG_MAP, id: "default/settings", inputs: object };
    assert.equal(
      refused("Unreachable", () => {
        world.plane.delete({ ...call, session: world.session });
      }),
      `${PREFIX}dial tcp: lookup 0a1b.gr7.us-west-2.eks.amazonaws.com: no such host`,
    );
    world.plane.delete({ ...call, session: forgetful });
    assert.equal(world.get(CONFIG_MAP, "default/settings"), undefined);
    refused("Unreachable", () => world.create(CONFIG_MAP, object, "x", forgetful));
  });

  it("names an object after its logical name, keeps the name, and marks it as its own", () => {
    const { pkg, session } = new World();
    const call = { urn: urn(CONFIG_MAP, "settings"), type: CONFIG_MAP, inputs: {}, session };
    const first = pkg.prepareInputs(call, () => "abcdef01");
    assert.deepEqual(first, {
      metadata: { name: "settings-abcdef01", namespace: "default", annotations: { "pulumi.com/autonamed": "true" } },
    });
    assert.deepEqual(
      pkg.prepareInputs({ ...call, oldInputs: first }, () => "99999999"),
      first,
    );
    const proposed = pkg.prepareInputs({ ...call, autonaming: { name: "mine", disabled: false } }, () => "");
    assert.equal((proposed["metadata"] as Properties)["name"], "mine");
    const named = { metadata: { name: "given" } };
    assert.deepEqual(
      pkg.prepareInputs({ ...call, inputs: named, oldInputs: first }, () => ""),
      {
        metadata: { name: "given", namespace: "default" },
      },
    );
  });

  it("puts objects into the provider's namespace, unless their kind has none", () => {
    const world = new World();
    const session = world.connect(SERVER, { namespace: "shop" });
    const namespaceOf = (type: string, inputs: Properties) => {
      const prepared = world.pkg.prepareInputs({ urn: urn(type, "x"), type, inputs, session }, () => "00000000");
      return (prepared["metadata"] as Properties | undefined)?.["namespace"] ?? prepared["namespace"];
    };
    assert.equal(namespaceOf(CONFIG_MAP, {}), "shop");
    assert.equal(namespaceOf(CONFIG_MAP, { metadata: { namespace: "other" } }), "other");
    assert.equal(namespaceOf("kubernetes:core/v1:Namespace", { metadata: { name: "x" } }), undefined);
    assert.equal(namespaceOf("kubernetes:example.com/v1:Widget", {}), "shop");
    assert.equal(namespaceOf("kubernetes:helm.sh/v3:Release", {}), "shop");
    assert.equal(namespaceOf(CONFIG_MAP, { metadata: Unknown.value }), undefined);
  });

  it("deletes first what keeps a name given by hand in its namespace", () => {
    const { pkg } = new World();
    const named = (name: string, namespace = "default") => ({ metadata: { name, namespace } });
    const own = { metadata: { name: "a-1", namespace: "default", annotations: { "pulumi.com/autonamed": "true" } } };
    assert.equal(pkg.deletesFirst(CONFIG_MAP, named("a"), named("a")), true);
    assert.equal(pkg.deletesFirst(CONFIG_MAP, named("a"), named("b")), false);
    assert.equal(pkg.deletesFirst(CONFIG_MAP, named("a"), named("a", "shop")), false);
    assert.equal(pkg.deletesFirst(CONFIG_MAP, own, own), false);
  });

  it("hands the instance and both inputs to the replacement table", () => {
    const seen: unknown[] = [];
    const world = new World({
      replacement: (token, session, oldInputs, newInputs) => {
        seen.push(token, session?.config["enableConfigMapMutable"], oldInputs, newInputs);
        return { replaces: ["data"] };
      },
      kubernetes: { enableConfigMapMutable: true },
    });
    const [before, after] = [
      { ...object, data: { a: "1" } },
      { ...object, data: { a: "2" } },
    ];
    const result = world.plane.diff(CONFIG_MAP, before, after, world.session);
    assert.deepEqual(seen, [CONFIG_MAP, true, before, after]);
    assert.deepEqual(result, {
      changes: [{ path: "data.a", kind: "update", replaces: true }],
      deleteBeforeReplace: true,
    });
  });

  it("is replaced by another cluster: by the identifier if there is one, else by the address", () => {
    const { pkg } = new World();
    const token = "pulumi:providers:kubernetes";
    const config = (server: string, clusterIdentifier?: string): Properties => ({
      kubeconfig: kubeconfig(server),
      ...(clusterIdentifier === undefined ? {} : { clusterIdentifier }),
    });
    const by = (before: Properties, after: Properties) => pkg.replacement(token, undefined, before, after)?.replaces;
    assert.deepEqual(by(config("https://a"), config("https://b")), ["kubeconfig", "context", "cluster"]);
    assert.deepEqual(by(config("https://a"), { ...config("https://a"), namespace: "shop" }), []);
    assert.deepEqual(by(config("https://a", "shop"), config("https://b", "shop")), ["clusterIdentifier"]);
  });

  it("names a release with eight digits", () => {
    const { pkg, session } = new World();
    const type = "kubernetes:helm.sh/v3:Release";
    const call = { urn: urn(type, "lbc"), type, inputs: { chart: "c" }, session };
    const named = pkg.prepareInputs(call, () => "abcdef01");
    assert.deepEqual(named, { chart: "c", name: "lbc-abcdef01", namespace: "default" });
    assert.deepEqual(
      pkg.prepareInputs({ ...call, oldInputs: named }, () => "99999999"),
      named,
    );
  });

  it("fills the name in at the check, so that a preview shows it", () => {
    const { plane, session } = new World();
    const { inputs } = plane.check({ urn: urn(CONFIG_MAP, "settings"), type: CONFIG_MAP, inputs: {}, session });
    const { name } = inputs["metadata"] as { name: string };
    assert.match(name, /^settings-[0-9a-f]{8}$/);
    assert.equal(
      plane.create({ urn: urn(CONFIG_MAP, "settings"), type: CONFIG_MAP, inputs, session }).id,
      `default/${name}`,
    );
  });

  it("reads an object by its id, and says what is not available offline", () => {
    const world = new World();
    world.create(CONFIG_MAP, { ...object, data: { a: "1" } });
    const read = world.plane.read({
      type: CONFIG_MAP,
      id: "default/settings",
      inputs: {},
      outputs: {},
      session: world.session,
    });
    assert.deepEqual(read?.inputs["data"], { a: "1" });
    assert.equal(
      world.plane.read({ type: CONFIG_MAP, id: "default/none", inputs: {}, outputs: {}, session: world.session }),
      undefined,
    );
    for (const token of ["kubernetes:yaml:decode", "kubernetes:helm:template"]) {
      assert.match(
        refused("Unimplemented", () => world.plane.invoke(token, {}, world.session)),
        new RegExp(`^${token} is not available offline`),
      );
    }
  });
});
