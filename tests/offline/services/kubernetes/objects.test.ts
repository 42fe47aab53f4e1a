import assert from "node:assert/strict";
import { deployment, refused, World } from "./support";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SERVICE = "kubernetes:core/v1:Service";
const CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";

const configMap = (namespace: string, data = { a: "1" }) => ({ metadata: { name: "settings", namespace }, data });

describe("Kubernetes objects", () => {
  it("refuses an object whose namespace does not exist, and takes it afterwards", () => {
    const world = new World();
    assert.equal(
      refused("NotFound", () => world.create(CONFIG_MAP, configMap("shop"))),
      'resource shop/settings was not successfully created by the Kubernetes API server: namespaces "shop" not found',
    );
    world.create(NAMESPACE, { metadata: { name: "shop" } });
    assert.equal(world.create(CONFIG_MAP, configMap("shop")).id, "shop/settings");
  });

  it("has the namespaces of every cluster from the start", () => {
    const world = new World();
    for (const name of ["default", "kube-system", "kube-public", "kube-node-lease"]) {
      assert.equal(world.create(CONFIG_MAP, configMap(name)).id, `${name}/settings`);
    }
    assert.match(
      refused("AlreadyExists", () => world.create(NAMESPACE, { metadata: { name: "default" } })),
      /: namespaces "default" already exists$/,
    );
  });

  it("does not take over an object that exists", () => {
    const world = new World();
    world.create(DEPLOYMENT, deployment("web"), "one");
    assert.equal(
      refused("AlreadyExists", () => world.create(DEPLOYMENT, deployment("web"), "two")),
      'resource default/web was not successfully created by the Kubernetes API server: deployments.apps "web" already exists',
    );
  });

  it("removes what is in a namespace along with it, and nothing else", () => {
    const world = new World();
    world.create(NAMESPACE, { metadata: { name: "shop" } });
    world.create(CONFIG_MAP, configMap("shop"));
    world.create(CONFIG_MAP, configMap("default"));
    world.delete(NAMESPACE, "shop");
    assert.deepEqual(
      world.list(CONFIG_MAP).map(({ id }) => id),
      ["default/settings"],
    );
    assert.equal(world.get(NAMESPACE, "shop"), undefined);
  });

  it("fills in what the API server and the controllers write", () => {
    const world = new World();
    const { outputs } = world.create(DEPLOYMENT, deployment("web"));
    const { metadata, status } = outputs as { metadata: Record<string, unknown>; status: Record<string, unknown> };
    assert.match(String(metadata["uid"]), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(metadata["creationTimestamp"], "2026-01-01T00:00:00Z");
    assert.equal(metadata["generation"], 1);
    assert.equal(status["availableReplicas"], 2);
    const namespace = world.create(NAMESPACE, { metadata: { name: "shop" } }).outputs;
    assert.deepEqual(namespace["status"], { phase: "Active" });
  });

  it("counts the generation only when the specification changes", () => {
    const world = new World();
    const before = deployment("web");
    world.create(DEPLOYMENT, before);
    const labelled = { ...before, metadata: { name: "web", namespace: "default", labels: { tier: "front" } } };
    const first = world.update(DEPLOYMENT, "default/web", before, labelled)["metadata"] as Record<string, unknown>;
    assert.equal(first["generation"], 1);
    const scaled = deployment("web", {}, 5);
    const second = world.update(DEPLOYMENT, "default/web", labelled, scaled);
    assert.equal((second["metadata"] as Record<string, unknown>)["generation"], 2);
    assert.equal((second["status"] as Record<string, unknown>)["readyReplicas"], 5);
  });

  it("gives a Service an address of the cluster's range and keeps it", () => {
    const world = new World();
    const service = {
      metadata: { name: "web", namespace: "default" },
      spec: { ports: [{ port: 80 }], selector: { app: "web" } },
    };
    const spec = world.create(SERVICE, service).outputs["spec"] as Record<string, unknown>;
    assert.match(String(spec["clusterIP"]), /^172\.20\.\d+\.\d+$/);
    assert.deepEqual(spec["clusterIPs"], [spec["clusterIP"]]);
    assert.deepEqual(spec["ports"], [{ port: 80, protocol: "TCP", targetPort: 80 }]);
    const changed = { ...service, spec: { ...service.spec, ports: [{ port: 8080 }] } };
    const after = world.update(SERVICE, "default/web", service, changed)["spec"] as Record<string, unknown>;
    assert.equal(after["clusterIP"], spec["clusterIP"]);
    const foreign = {
      metadata: { name: "api", namespace: "default" },
      spec: { clusterIP: "10.1.1.1", ports: [{ port: 80 }] },
    };
    assert.match(
      refused("Invalid", () => world.create(SERVICE, foreign)),
      /spec\.clusterIPs: .*the provided IP \(10\.1\.1\.1\) is not in the valid range\. The range of valid IPs is 172\.20\.0\.0\/16$/,
    );
  });

  it("keeps what a Secret holds in clear as data, and neither in the journal", () => {
    const world = new World();
    const token = "kubernetes:core/v1:Secret";
    const { outputs } = world.plane.create({
      urn: "urn:pulumi:dev::platform::kubernetes:core/v1:Secret::db",
      type: token,
      inputs: { metadata: { name: "db", namespace: "default" }, stringData: { url: "postgres://" } },
      secrets: new Set(["stringData", "data"]),
      session: world.session,
    });
    assert.deepEqual(outputs["data"], { url: "cG9zdGdyZXM6Ly8=" });
    const stored = JSON.stringify(world.get(token, "default/db"));
    assert.ok(!stored.includes("postgres") && !stored.includes("cG9zdGdyZXM6Ly8="), stored);
  });

  it("gives no node port twice", () => {
    const world = new World();
    const service = (name: string) => ({
      metadata: { name, namespace: "default" },
      spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] },
    });
    world.create(SERVICE, service("one"));
    assert.match(
      refused("Invalid", () => world.create(SERVICE, service("two"))),
      /Service "two" is invalid: spec\.ports\[0\]\.nodePort: Invalid value: 30080: provided port is already allocated$/,
    );
  });

  it("refuses changes of immutable fields with the API server's words", () => {
    const world = new World();
    const before = deployment("web");
    world.create(DEPLOYMENT, before);
    const after = deployment("api");
    const renamed = { ...after, metadata: { name: "web", namespace: "default" } };
    assert.equal(
      refused("Invalid", () => world.update(DEPLOYMENT, "default/web", before, renamed)),
      'update of resource "default/web" failed because the Kubernetes API server refused it: ' +
        'Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"api"}}: field is immutable',
    );
    const role = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";
    const binding = (name: string) => ({
      metadata: { name: "admins" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    });
    world.create(role, binding("view"));
    assert.match(
      refused("Invalid", () => world.update(role, "admins", binding("view"), binding("edit"))),
      /roleRef: .*cannot change roleRef$/,
    );
  });

  it("refuses every change of a ConfigMap that declares itself immutable", () => {
    const world = new World();
    const [before, after] = [
      { ...configMap("default"), immutable: true },
      { ...configMap("default", { a: "2" }), immutable: true },
    ];
    world.create(CONFIG_MAP, before);
    assert.match(
      refused("Invalid", () => world.update(CONFIG_MAP, "default/settings", before, after)),
      /ConfigMap "settings" is invalid: data: Forbidden: field is immutable when `immutable` is set$/,
    );
    world.create(CONFIG_MAP, configMap("kube-public"));
    world.update(CONFIG_MAP, "kube-public/settings", configMap("kube-public"), configMap("kube-public", { a: "2" }));
  });

  it("refuses a change of a StatefulSet outside the few fields that may change", () => {
    const world = new World();
    const token = "kubernetes:apps/v1:StatefulSet";
    const set = (serviceName: string, replicas: number) => {
      const base = deployment("db", {}, replicas);
      return { ...base, spec: { ...(base["spec"] as object), serviceName } };
    };
    world.create(token, set("db", 1));
    world.update(token, "default/db", set("db", 1), set("db", 2));
    assert.match(
      refused("Invalid", () => world.update(token, "default/db", set("db", 2), set("other", 2))),
      /spec: Forbidden: updates to statefulset spec for fields other than 'replicas'/,
    );
  });

  it("refuses a custom resource before its definition, and checks it against the definition's schema", () => {
    const world = new World();
    const token = "kubernetes:example.com/v1:Widget";
    const widget = (spec: object) => ({
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "w", namespace: "default" },
      spec: { ...spec },
    });
    assert.equal(
      refused("NoMatch", () => world.create(token, widget({ size: 1 }))),
      "creation of resource default/w with kind example.com/v1/Widget failed because the Kubernetes API server reported that the " +
        'apiVersion for this resource does not exist. Verify that any required CRDs have been created: no matches for kind "Widget" in version "example.com/v1"',
    );
    const schema = {
      type: "object",
      properties: {
        spec: {
          type: "object",
          required: ["size"],
          properties: { size: { type: "integer", minimum: 1 }, colour: { type: "string", enum: ["red", "blue"] } },
        },
      },
    };
    world.create(CRD, {
      metadata: { name: "widgets.example.com" },
      spec: {
        group: "example.com",
        scope: "Namespaced",
        names: { kind: "Widget", plural: "widgets" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    });
    const reasons = refused("Invalid", () => world.create(token, widget({ size: "big", colour: "green", extra: 1 })));
    assert.match(reasons, /spec\.size: Invalid value: "string": spec\.size in body must be of type integer: "string"/);
    assert.match(reasons, /spec\.colour: Unsupported value: "green": supported values: "red", "blue"/);
    assert.match(reasons, /spec\.extra: field not declared in schema/);
    assert.match(
      refused("Invalid", () => world.create(token, widget({ size: 0 }))),
      /should be greater than or equal to 1/,
    );
    assert.match(
      refused("Invalid", () => world.create(token, widget({}))),
      /spec\.size: Required value/,
    );
    assert.equal(world.create(token, widget({ size: 2 })).id, "default/w");
    world.delete(CRD, "widgets.example.com");
    assert.equal(world.get(token, "default/w"), undefined);
  });

  it("knows no version of a kind that Kubernetes no longer serves", () => {
    const world = new World();
    const budget = { metadata: { name: "b", namespace: "default" }, spec: { minAvailable: 1 } };
    assert.match(
      refused("NoMatch", () => world.create("kubernetes:policy/v1beta1:PodDisruptionBudget", budget)),
      /no matches for kind "PodDisruptionBudget" in version "policy\/v1beta1"$/,
    );
  });

  it("keeps the system's namespaces", () => {
    const world = new World();
    const scope = world.session.scope;
    world.cloud.commit({ put: [{ type: NAMESPACE, id: "kube-system", scope, inputs: {}, outputs: {}, readyAt: 0 }] });
    assert.match(
      refused("Forbidden", () => {
        world.delete(NAMESPACE, "kube-system");
      }),
      /namespaces "kube-system" is forbidden: this namespace may not be deleted$/,
    );
  });

  it("patches an object that exists and refuses to patch one that does not", () => {
    const world = new World();
    const patch = { metadata: { name: "settings", namespace: "default", labels: { team: "shop" } }, data: { b: "2" } };
    assert.match(
      refused("NotFound", () => world.create("kubernetes:core/v1:ConfigMapPatch", patch)),
      /: configmaps "settings" not found$/,
    );
    world.create(CONFIG_MAP, configMap("default"));
    world.create("kubernetes:core/v1:ConfigMapPatch", patch);
    assert.deepEqual(world.get(CONFIG_MAP, "default/settings")?.inputs["data"], { a: "1", b: "2" });
  });
});
