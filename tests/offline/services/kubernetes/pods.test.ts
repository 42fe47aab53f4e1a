import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { deployment, partial, World } from "./support";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SECRET = "kubernetes:core/v1:Secret";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const TIMED_OUT =
  "resource default/web was successfully created, but the Kubernetes API server reported that it failed to fully initialize " +
  "or become live: 'web' timed out waiting to be Ready";
const SUMMARY = [
  TIMED_OUT,
  "0/2 replicas available: [MinimumReplicasUnavailable] Deployment does not have minimum availability.",
  "Minimum number of live Pods was not attained",
];

function withEnvironment(env: readonly Properties[], rest: Properties = {}): Properties {
  return deployment("web", { containers: [{ name: "main", image: "x", env }], ...rest });
}

const fromSecret = (name: string, key: string, optional?: boolean): Properties => ({
  name: "URL",
  valueFrom: { secretKeyRef: { name, key, ...(optional === undefined ? {} : { optional }) } },
});

describe("workloads that do not come up", () => {
  it("reports a service account that does not exist", () => {
    const world = new World();
    const web = deployment("web", { serviceAccountName: "shop" });
    assert.deepEqual(
      partial(() => world.create(DEPLOYMENT, web)),
      [
        ...SUMMARY,
        '[FailedCreate] Error creating: pods "web-" is forbidden: error looking up service account default/shop: serviceaccount "shop" not found',
      ],
    );
    const status = world.get(DEPLOYMENT, "default/web")?.outputs["status"] as Properties;
    assert.equal(status["unavailableReplicas"], 2);
    assert.equal(status["availableReplicas"], undefined);
    world.create("kubernetes:core/v1:ServiceAccount", { metadata: { name: "shop", namespace: "default" } });
    const fine = { ...web, metadata: { name: "api", namespace: "default" } };
    assert.equal(world.create(DEPLOYMENT, fine, "api").id, "default/api");
  });

  it("reports a Secret or ConfigMap, or a key of it, that does not exist", () => {
    const world = new World();
    const problem = (inputs: Properties) => partial(() => world.create(DEPLOYMENT, inputs)).at(-1);
    const start = "[Pod web]: containers with unready status: [main][CreateContainerConfigError] ";
    assert.equal(problem(withEnvironment([fromSecret("db", "url")])), `${start}secret "db" not found`);
    world.cloud.commit({ remove: [`${world.session.scope.account}||${DEPLOYMENT}|default/web`] });
    world.create(SECRET, { metadata: { name: "db", namespace: "default" }, stringData: { user: "x" } });
    assert.equal(
      problem(withEnvironment([fromSecret("db", "url")])),
      `${start}couldn't find key url in Secret default/db`,
    );
    world.cloud.commit({ remove: [`${world.session.scope.account}||${DEPLOYMENT}|default/web`] });
    const mapped = { name: "PORT", valueFrom: { configMapKeyRef: { name: "settings", key: "port" } } };
    assert.equal(problem(withEnvironment([mapped])), `${start}configmap "settings" not found`);
    world.cloud.commit({ remove: [`${world.session.scope.account}||${DEPLOYMENT}|default/web`] });
    world.create(CONFIG_MAP, { metadata: { name: "settings", namespace: "default" }, data: { port: "1" } });
    world.create(DEPLOYMENT, withEnvironment([mapped, fromSecret("db", "user"), fromSecret("none", "x", true)]));
  });

  it("takes a Secret that is kept as a mark for one with every key", () => {
    const world = new World();
    world.plane.create({
      urn: "urn:pulumi:dev::platform::kubernetes:core/v1:Secret::db",
      type: SECRET,
      inputs: { metadata: { name: "db", namespace: "default" }, stringData: { url: "secret" } },
      secrets: new Set(["stringData"]),
      session: world.session,
    });
    assert.equal(world.create(DEPLOYMENT, withEnvironment([fromSecret("db", "url")])).id, "default/web");
  });

  it("waits for no Secret that a controller is going to write", () => {
    const world = new World();
    world.create("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", {
      metadata: { name: "externalsecrets.external-secrets.io" },
      spec: {
        group: "external-secrets.io",
        scope: "Namespaced",
        names: { kind: "ExternalSecret", plural: "externalsecrets" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    });
    world.create("kubernetes:external-secrets.io/v1:ExternalSecret", {
      metadata: { name: "db", namespace: "default" },
      spec: { target: { name: "db-login" } },
    });
    assert.equal(world.create(DEPLOYMENT, withEnvironment([fromSecret("db-login", "url")])).id, "default/web");
  });

  it("reports an image whose registry is switched off, and pulls it from any other", () => {
    const world = new World();
    world.cloud.commit({ outages: [{ cloud: "aws", region: "us-east-1", planes: ["data"] }] });
    const ecr = (region: string) => `111122223333.dkr.ecr.${region}.amazonaws.com/shop:1`;
    const pods = (image: string) => ({
      initContainers: [{ name: "first", image }],
      containers: [{ name: "main", image: "x" }],
    });
    const web = deployment("web", pods(ecr("us-east-1")));
    const host = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
    assert.deepEqual(
      partial(() => world.create(DEPLOYMENT, web)),
      [
        ...SUMMARY,
        `[Pod web]: containers with unready status: [first][ImagePullBackOff] Back-off pulling image "${ecr("us-east-1")}": ` +
          `failed to do request: Head "https://${host}/v2/": dial tcp: lookup ${host}: i/o timeout; aws us-east-1 (data) is ` +
          "switched off; to switch it on: npx platform offline outage end --cloud aws --region us-east-1",
      ],
    );
    const status = world.get(DEPLOYMENT, "default/web")?.outputs["status"] as Properties;
    assert.equal(status["unavailableReplicas"], 2);
    assert.equal(world.create(DEPLOYMENT, deployment("api", pods(ecr("us-west-2"))), "api").id, "default/api");
    world.cloud.commit({ outages: [{ cloud: "aws", region: "us-east-1", planes: ["control"] }] });
    assert.equal(world.create(DEPLOYMENT, deployment("old", pods(ecr("us-east-1"))), "old").id, "default/old");
  });

  it("reports a volume whose source does not exist", () => {
    const world = new World();
    const web = withEnvironment([], { volumes: [{ name: "tls", secret: { secretName: "cert" } }] });
    assert.equal(
      partial(() => world.create(DEPLOYMENT, web)).at(-1),
      '[Pod web]: MountVolume.SetUp failed for volume "tls" : secret "cert" not found',
    );
  });

  it("leaves pods pending in a cluster without nodes, but for a DaemonSet", () => {
    const world = new World({ empty: true });
    assert.deepEqual(
      partial(() => world.create(DEPLOYMENT, deployment("web"))),
      [...SUMMARY, "[Pod web]: no nodes available to schedule pods"],
    );
    const { spec, metadata } = deployment("agent");
    assert.equal(world.create("kubernetes:apps/v1:DaemonSet", { metadata, spec }).id, "default/agent");
    assert.deepEqual(
      partial(() => world.create("kubernetes:apps/v1:StatefulSet", deployment("db", {}, 3))).slice(1, 2),
      ["0 out of 3 replicas succeeded readiness checks"],
    );
  });

  it("counts Fargate profiles, Auto Mode and tagged autoscaling groups as nodes", () => {
    const rows = [
      { type: "aws:eks/fargateProfile:FargateProfile", id: "f", inputs: { clusterName: "shop" } },
      {
        type: "aws:autoscaling/group:Group",
        id: "g",
        inputs: { tags: [{ key: "kubernetes.io/cluster/shop", value: "owned" }] },
      },
    ];
    for (const row of rows) {
      const world = new World({ empty: true });
      world.aws(row);
      assert.equal(world.create(DEPLOYMENT, deployment("web")).id, "default/web");
    }
    for (const enabled of [true, false]) {
      const world = new World({ empty: true });
      const cluster = world.get("aws:eks/cluster:Cluster", "shop");
      assert.ok(cluster);
      world.aws({ ...cluster, inputs: { computeConfig: { enabled } } });
      const create = () => world.create(DEPLOYMENT, deployment("web"));
      if (enabled) assert.equal(create().id, "default/web");
      else assert.equal(partial(create).at(-1), "[Pod web]: no nodes available to schedule pods");
    }
  });

  it("does not wait where the program says so, nor for no replica", () => {
    const world = new World({ empty: true });
    const skipped = {
      ...deployment("web"),
      metadata: { name: "web", namespace: "default", annotations: { "pulumi.com/skipAwait": "true" } },
    };
    assert.equal(world.create(DEPLOYMENT, skipped).id, "default/web");
    assert.equal(world.create(DEPLOYMENT, deployment("none", {}, 0)).id, "default/none");
  });

  it("makes an update whose pods do not come up, and reports what is wrong", () => {
    const world = new World();
    const before = deployment("web");
    const after = deployment("web", { serviceAccountName: "shop" });
    world.create(DEPLOYMENT, before);
    const reasons = partial(() => world.update(DEPLOYMENT, "default/web", before, after));
    assert.match(reasons.join("\n"), /"default\/web" failed to fully initialize or become live/);
    assert.match(reasons.join("\n"), /serviceaccount "shop" not found/);
    assert.deepEqual(world.get(DEPLOYMENT, "default/web")?.inputs, after);
  });

  it("leaves a claim pending whose class does not exist or that names none", () => {
    const world = new World();
    const token = "kubernetes:core/v1:PersistentVolumeClaim";
    const claim = (name: string, storageClassName?: string): Properties => ({
      metadata: { name, namespace: "default" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
        ...(storageClassName === undefined ? {} : { storageClassName }),
      },
    });
    assert.equal(
      partial(() => world.create(token, claim("a", "gp3"))).at(-1),
      '[ProvisioningFailed] storageclass.storage.k8s.io "gp3" not found',
    );
    assert.equal(
      partial(() => world.create(token, claim("b"))).at(-1),
      "[FailedBinding] no persistent volumes available for this claim and no storage class is set",
    );
    world.create("kubernetes:storage.k8s.io/v1:StorageClass", {
      metadata: { name: "gp3", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "ebs.csi.aws.com",
    });
    for (const fine of [claim("c", "gp3"), claim("d")]) world.create(token, fine);
  });
});
