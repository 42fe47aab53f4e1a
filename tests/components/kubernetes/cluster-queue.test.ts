import assert from "node:assert/strict";
import { rabbitmqCluster } from "../../../components/kubernetes/cluster-queue.plan";
import { queueDefinition, queueOperatorRules } from "../../../components/kubernetes/queue-operator.plan";
import type { ClusterQueue } from "../../../components/kubernetes/cluster-queue";
import { isProperties } from "../../../offline/cloud/value";
import type { Deployed } from "../../stacks/deployed";
import { onAks, queue } from "./brokers-ground";

const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

describe("ClusterQueue", function () {
  this.timeout(120_000);
  let stack: Deployed;
  const told: { endpoint?: string; inner?: string; kept?: readonly string[]; made?: ClusterQueue; authority?: string } =
    {};

  before(async () => {
    stack = await onAks((floor) => {
      const made = queue(floor);
      made.endpoint.apply((endpoint) => (told.endpoint = endpoint));
      made.innerEndpoint.apply((endpoint) => (told.inner = endpoint));
      told.made = made;
      made.certificateAuthority.apply((authority) => (told.authority = authority));
      told.kept = floor.kept["queue"] ?? [];
    });
    assert.deepEqual(stack.run.errors, []);
  });

  const spec = (name: string, path = "") => stack.input(name, path === "" ? "spec" : `spec.${path}`);

  it("[PF-DATA-04] [PF-CLOUD-02] is RabbitMQ on three nodes in different zones, with quorum queues", () => {
    assert.equal(spec("queue-rabbitmq", "replicas"), 3);
    assert.equal(spec("queue-rabbitmq", "image"), "rabbitmq:4.3.4-management");
    assert.deepEqual(spec("queue-rabbitmq", "persistence"), { storageClassName: "fast", storage: "50Gi" });
    assert.deepEqual(spec("queue-rabbitmq", "resources"), {
      requests: { cpu: "2", memory: "4Gi" },
      limits: { cpu: "2", memory: "4Gi" },
    });
    const config = spec("queue-rabbitmq", "rabbitmq.additionalConfig");
    assert.equal(
      config,
      "default_queue_type = quorum\ncluster_partition_handling = pause_minority\ndisk_free_limit.absolute = 2GB\n" +
        "ssl_options.versions.1 = tlsv1.3\nssl_options.versions.2 = tlsv1.2\n",
    );
    const spread = spec("queue-rabbitmq", "override.statefulSet.spec.template.spec.topologySpreadConstraints");
    assert.deepEqual(
      spread,
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: { "app.kubernetes.io/name": "queue" } },
      })),
    );
    assert.equal(spec("queue-disruption-budget", "maxUnavailable"), 1);
    assert.equal(stack.named("queue-rabbitmq").protect, true);
    assert.equal(stack.named("queue-operator-definition").protect, true);
  });

  it("[PF-SEC-06] takes AMQP over TLS alone, by a certificate for its names and its address", () => {
    assert.deepEqual(spec("queue-rabbitmq", "tls"), {
      secretName: "queue-certificate",
      disableNonTLSListeners: true,
    });
    assert.deepEqual(spec("queue-certificate", "ipAddresses"), ["10.64.143.244"]);
    assert.deepEqual(spec("queue-certificate", "dnsNames"), [
      "queue.rabbitmq",
      "queue.rabbitmq.svc",
      "queue.rabbitmq.svc.cluster.local",
      "*.queue-nodes.rabbitmq",
      "*.queue-nodes.rabbitmq.svc",
      "*.queue-nodes.rabbitmq.svc.cluster.local",
    ]);
    assert.equal(stack.named("queue-authority").id, "rabbitmq/queue-certificate");
    const data = stack.output("queue-authority", "data") as Readonly<Record<string, string>>;
    assert.equal(told.authority, Buffer.from(data["ca.crt"] ?? "", "base64").toString());
    assert.match(told.authority, /^-----BEGIN CERTIFICATE-----\n/);
  });

  it("[PF-SEC-03] its user has a generated password, which the site's store keeps too", () => {
    assert.deepEqual(told.kept, ["username", "password"]);
    assert.deepEqual(told.made?.credentials.keys, ["username", "password"]);
    assert.deepEqual(spec("queue-rabbitmq", "secretBackend"), { externalSecret: { name: "queue-login" } });
    assert.equal(stack.input("queue-password", "length"), 32);
  });

  it("[PF-CLOUD-02] answers on an address of the network that is known beforehand", () => {
    assert.equal(told.endpoint, "amqps://10.64.143.244:5671");
    assert.equal(told.inner, "amqps://queue.rabbitmq.svc:5671");
    assert.deepEqual(stack.output("queue-network", "status.loadBalancer.ingress"), [{ ip: "10.64.143.244" }]);
    assert.deepEqual(spec("queue-network", "ports"), [
      { name: "amqps", port: 5671, targetPort: 5671, protocol: "TCP" },
    ]);
    assert.deepEqual(spec("queue-network", "selector"), {
      "app.kubernetes.io/name": "queue",
      "app.kubernetes.io/component": "rabbitmq",
    });
  });

  it("[PF-SEC-03] lets in clients of the named namespaces, linked sites and nobody else", () => {
    const ingress = stack
      .ofType(policy)
      .filter(({ name }) => name.startsWith("queue-"))
      .flatMap(
        ({ inputs }) => (inputs["spec"] as { ingress?: readonly { ports: { port: number }[] }[] }).ingress ?? [],
      );
    assert.deepEqual(ingress.map(({ ports }) => ports.map(({ port }) => port).join(" ")).sort(), [
      "15691 9782",
      "4369 25672 15671 5671",
      "5671",
      "5671",
      "5671",
    ]);
    const labels = stack.input("queue-namespace-rabbitmq", "metadata.labels");
    assert.ok(isProperties(labels));
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
  });

  it("[PF-SEC-03] runs as the namespace demands: nobody, without rights", () => {
    const none = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    const nodes = spec("queue-rabbitmq", "override.statefulSet.spec.template.spec");
    assert.ok(isProperties(nodes));
    assert.deepEqual(nodes["securityContext"], {
      runAsNonRoot: true,
      runAsUser: 999,
      fsGroup: 0,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(nodes["initContainers"], [{ name: "setup-container", securityContext: none }]);
    assert.deepEqual(nodes["containers"], [{ name: "rabbitmq", securityContext: none }]);
    assert.deepEqual(spec("queue-operator-deployment", "template.spec.securityContext"), {
      runAsNonRoot: true,
      runAsUser: 10000,
      runAsGroup: 10000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(spec("queue-operator-deployment", "template.spec.containers.0.securityContext"), {
      ...none,
      readOnlyRootFilesystem: true,
    });
  });

  it("has two operators in different zones, one of which can go, and which are restarted when they do not answer", () => {
    const matchLabels = { "app.kubernetes.io/name": "rabbitmq-cluster-operator" };
    assert.equal(spec("queue-operator-deployment", "replicas"), 2);
    assert.deepEqual(
      spec("queue-operator-deployment", "template.spec.topologySpreadConstraints"),
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels },
      })),
    );
    assert.deepEqual(stack.input("queue-operator-disruption-budget", "spec"), {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels },
    });
    const operator = spec("queue-operator-deployment", "template.spec.containers.0");
    assert.ok(isProperties(operator));
    assert.deepEqual(operator["ports"], [{ name: "metrics", containerPort: 9782 }]);
    const answers = { tcpSocket: { port: "metrics" }, timeoutSeconds: 5 };
    assert.deepEqual(operator["readinessProbe"], { ...answers, periodSeconds: 10 });
    assert.deepEqual(operator["livenessProbe"], { ...answers, initialDelaySeconds: 30, periodSeconds: 30 });
  });

  it("[PF-SEC-03] its operator has rights in its own namespace alone", () => {
    assert.equal(stack.ofType("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole").length, 0);
    assert.equal(stack.input("queue-operator-role", "metadata.namespace"), "rabbitmq");
    assert.deepEqual(
      queueOperatorRules.filter(({ verbs, resources }) => [...verbs, ...resources].includes("*")),
      [],
    );
    const env = stack.input("queue-operator-deployment", "spec.template.spec.containers.0.env");
    assert.deepEqual(
      (env as readonly { name: string }[]).map(({ name }) => name),
      ["OPERATOR_NAMESPACE", "OPERATOR_SCOPE_NAMESPACE"],
    );
    assert.equal(
      stack.input("queue-operator-deployment", "spec.template.spec.containers.0.image"),
      "rabbitmqoperator/cluster-operator:2.21.1",
    );
  });

  it("comes in an order in which each finds what it needs, and goes in the reverse", () => {
    const waits = (name: string, ...others: readonly string[]) => {
      for (const other of others) assert.ok(stack.waitsFor(name).has(other), `${name} does not wait for ${other}`);
    };
    waits("queue-operator-deployment", "queue-operator-definition", "queue-operator-binding");
    waits("queue-operator-deployment", "queue-network-policies-rabbitmq-default-deny");
    waits("queue-rabbitmq", "queue-operator-deployment", "queue-certificate", "queue-login");
    waits("queue-network", "queue-rabbitmq");
  });
});

describe("ClusterQueue of an availability and a role", () => {
  it("[PF-DATA-04] is one node where that is enough", async () => {
    const stack = await onAks((floor) => {
      queue(floor, { availability: "single-instance" });
    }, "development");
    assert.deepEqual(stack.run.errors, []);
    assert.equal(stack.input("queue-rabbitmq", "spec.replicas"), 1);
    assert.equal(stack.input("queue-operator-deployment", "spec.replicas"), 1);
    assert.equal(stack.named("queue-rabbitmq").protect, false);
  }).timeout(60_000);

  it("differs between standby and active in processors and memory alone", () => {
    const standby = rabbitmqCluster("4.3", { cpus: 1, memoryGiB: 2, storageGiB: 50 }, 3, "fast");
    const active = rabbitmqCluster("4.3", { cpus: 4, memoryGiB: 8, storageGiB: 50 }, 3, "fast");
    assert.deepEqual(
      { ...standby, spec: { ...standby.spec, resources: {} } },
      { ...active, spec: { ...active.spec, resources: {} } },
    );
    assert.deepEqual(standby.spec.resources.requests, { cpu: "1", memory: "2Gi" });
  });

  it("says all that its definition demands, which has no defaults", () => {
    const { spec } = rabbitmqCluster("4.3", { cpus: 1, memoryGiB: 2, storageGiB: 50 }, 3, "fast");
    const required = queueDefinition.spec.versions[0]?.schema.openAPIV3Schema.properties.spec.required ?? [];
    assert.equal(required.length, 7);
    for (const field of required) assert.ok(field in spec, field);
  });

  it("is refused with a field of another type, and without its operator's StorageClass", async () => {
    const refusal = async (changes: Parameters<typeof queue>[1]) =>
      (
        await onAks((floor) => {
          queue(floor, changes);
        })
      ).run.errors.join("\n");
    assert.match(
      await refusal({ transform: (spec) => ({ ...spec, replicas: "three" as unknown as 3 }) }),
      /spec\.replicas in body must be of type integer/,
    );
    assert.match(
      await refusal({ storageClass: "quick" }),
      /'queue' timed out waiting to be Ready[^]*storageclass\.storage\.k8s\.io "quick" not found/,
    );
  }).timeout(60_000);
});
