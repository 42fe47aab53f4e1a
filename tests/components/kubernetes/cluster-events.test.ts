import assert from "node:assert/strict";
import { isSecret } from "@pulumi/pulumi";
import type { ClusterEvents } from "../../../components/kubernetes/cluster-events";
import { brokerPool, kafka } from "../../../components/kubernetes/cluster-events.plan";
import { isProperties } from "../../../offline/cloud/value";
import type { Deployed } from "../../stacks/deployed";
import { events, onGke } from "./brokers-ground";

const service = "kubernetes:core/v1:Service";
const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const forwardingRule = "gcp:compute/forwardingRule:ForwardingRule";

describe("ClusterEvents", function () {
  this.timeout(120_000);
  let stack: Deployed;
  const told: {
    bootstrap?: string;
    inner?: string;
    kept?: readonly string[];
    made?: ClusterEvents;
    password?: string;
    authority?: string;
    secrets?: readonly boolean[];
  } = {};

  before(async () => {
    stack = await onGke((floor) => {
      const made = events(floor);
      made.bootstrapServers.apply((servers) => (told.bootstrap = servers));
      made.innerBootstrapServers.apply((servers) => (told.inner = servers));
      told.made = made;
      made.password.apply((password) => (told.password = password));
      made.certificateAuthority.apply((authority) => (told.authority = authority));
      void Promise.all([isSecret(made.password), isSecret(made.certificateAuthority)]).then((secrets) => {
        told.secrets = secrets;
      });
      told.kept = floor.kept["events"] ?? [];
    });
    assert.deepEqual(stack.run.errors, []);
  });

  const spec = (name: string, path = "") => stack.input(name, path === "" ? "spec" : `spec.${path}`);

  it("[PF-DATA-04] is Kafka with three brokers that are the controllers, on fast volumes that outlive it", () => {
    assert.equal(spec("events-kafka", "kafka.version"), "4.2.1");
    assert.equal(spec("events-brokers", "replicas"), 3);
    assert.deepEqual(spec("events-brokers", "roles"), ["controller", "broker"]);
    assert.deepEqual(spec("events-brokers", "storage"), {
      type: "jbod",
      volumes: [
        { id: 0, type: "persistent-claim", class: "fast", size: "200Gi", kraftMetadata: "shared", deleteClaim: false },
      ],
    });
    assert.deepEqual(spec("events-brokers", "resources"), {
      requests: { cpu: "2", memory: "8Gi" },
      limits: { cpu: "2", memory: "8Gi" },
    });
    assert.deepEqual(spec("events-brokers", "jvmOptions"), { "-Xms": "4096m", "-Xmx": "4096m" });
    for (const name of ["events-kafka", "events-brokers", "events-topic-orders"]) {
      assert.equal(stack.named(name).protect, true, name);
    }
  });

  it("[PF-DATA-04] [PF-CLOUD-02] keeps three copies in three zones, of which two must have a record", () => {
    const config = spec("events-kafka", "kafka.config");
    assert.ok(isProperties(config));
    assert.equal(config["min.insync.replicas"], 2);
    assert.equal(config["default.replication.factor"], 3);
    assert.equal(config["auto.create.topics.enable"], false);
    assert.equal(config["unclean.leader.election.enable"], false);
    assert.deepEqual(spec("events-kafka", "kafka.rack"), {
      type: "topology-label",
      topologyKey: "topology.kubernetes.io/zone",
    });
    assert.deepEqual(spec("events-kafka", "kafka.template"), { podDisruptionBudget: { maxUnavailable: 1 } });
    const labelSelector = { matchLabels: { "strimzi.io/cluster": "events", "strimzi.io/pool-name": "brokers" } };
    assert.deepEqual(
      spec("events-brokers", "template.pod.topologySpreadConstraints"),
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector,
      })),
    );
    assert.deepEqual(spec("events-topic-orders"), {
      partitions: 12,
      replicas: 3,
      config: { "cleanup.policy": "delete", "min.insync.replicas": "2", "retention.ms": "604800000" },
    });
  });

  it("[PF-SEC-06] takes TLS with SCRAM on every listener, by a certificate for the names and addresses of the brokers", () => {
    const brokerCertChainAndKey = { secretName: "events-listeners", certificate: "tls.crt", key: "tls.key" };
    const common = { type: "internal", tls: true, authentication: { type: "scram-sha-512" } };
    assert.deepEqual(spec("events-kafka", "kafka.listeners"), [
      { ...common, name: "cluster", port: 9093, configuration: { brokerCertChainAndKey } },
      {
        ...common,
        name: "network",
        port: 9094,
        configuration: {
          brokerCertChainAndKey,
          brokers: [0, 1, 2].map((broker) => ({
            broker,
            advertisedHost: `10.48.127.24${String(broker + 1)}`,
            advertisedPort: 9094,
          })),
        },
      },
    ]);
    assert.deepEqual(spec("events-certificate", "ipAddresses"), [
      "10.48.127.240",
      "10.48.127.241",
      "10.48.127.242",
      "10.48.127.243",
    ]);
    assert.deepEqual(spec("events-certificate", "issuerRef"), {
      group: "cert-manager.io",
      kind: "ClusterIssuer",
      name: "internal",
    });
    const names = spec("events-certificate", "dnsNames") as readonly string[];
    assert.ok(names.includes("events-kafka-bootstrap.kafka.svc"));
    assert.ok(names.includes("*.events-kafka-brokers.kafka.svc"));
  });

  it("[PF-SEC-03] its user has a generated password, which the site's store keeps too, and lists of what it may do", () => {
    assert.equal(told.made?.authentication, "SCRAM-SHA-512");
    assert.equal(told.made.version, "4.2");
    assert.deepEqual(told.kept, ["username", "password"]);
    assert.deepEqual(told.made.credentials.keys, ["username", "password"]);
    assert.deepEqual(spec("events-user", "authentication"), {
      type: "scram-sha-512",
      password: { valueFrom: { secretKeyRef: { name: "platform-password", key: "password" } } },
    });
    assert.deepEqual(spec("events-kafka", "kafka.authorization"), { type: "simple" });
    const acls = spec("events-user", "authorization.acls") as readonly Record<string, unknown>[];
    assert.equal(acls.length, 4);
    const operations = acls.flatMap((acl) => acl["operations"] as readonly string[]);
    assert.ok(!operations.includes("All") && !operations.includes("ClusterAction"));
    assert.equal(stack.named("events-login").inputs["stringData"] !== undefined, true);
  });

  it("[PF-SEC-06] hands its log-in to the cloud's functions, and the root that its certificate is verified by", () => {
    assert.equal(told.made?.username, "platform");
    assert.equal(told.password, stack.output("events-password", "result"));
    assert.deepEqual(told.secrets, [true, false]);
    const secret = stack.named("events-authority");
    assert.equal(secret.id, "kafka/events-listeners");
    const data = secret.outputs["data"] as Readonly<Record<string, string>>;
    assert.equal(told.authority, Buffer.from(data["ca.crt"] ?? "", "base64").toString());
    assert.match(told.authority, /^-----BEGIN CERTIFICATE-----\n/);
    assert.notEqual(data["ca.crt"], data["tls.crt"]);
  });

  it("[PF-CLOUD-02] answers linked sites on addresses of the network that are known beforehand", () => {
    assert.equal(told.bootstrap, "10.48.127.240:9094");
    assert.equal(told.inner, "events-kafka-bootstrap.kafka.svc:9093");
    const services = stack.ofType(service).filter(({ name }) => name.startsWith("events-"));
    assert.deepEqual(
      services.map(({ name, inputs }) => [name, (inputs["spec"] as Record<string, unknown>)["loadBalancerIP"]]),
      [
        ["events-bootstrap", "10.48.127.240"],
        ["events-broker-0", "10.48.127.241"],
        ["events-broker-1", "10.48.127.242"],
        ["events-broker-2", "10.48.127.243"],
      ],
    );
    for (const [index, { name }] of services.entries()) {
      assert.deepEqual(stack.output(name, "status.loadBalancer.ingress"), [{ ip: `10.48.127.24${String(index)}` }]);
      assert.equal(spec(name, "externalTrafficPolicy"), "Local");
      assert.deepEqual(spec(name, "loadBalancerSourceRanges"), ["10.32.0.0/12", "10.64.0.0/16"]);
    }
    assert.deepEqual(spec("events-broker-1", "selector"), {
      "strimzi.io/cluster": "events",
      "strimzi.io/broker-role": "true",
      "strimzi.io/pod-name": "events-brokers-1",
    });
    assert.deepEqual(spec("events-bootstrap", "selector"), {
      "strimzi.io/cluster": "events",
      "strimzi.io/broker-role": "true",
    });
  });

  it("[PF-SEC-03] lets in clients of the named namespaces, linked sites and nobody else", () => {
    const made = stack.ofType(policy).filter(({ name }) => name.startsWith("events-"));
    const ingress = made.flatMap(({ inputs }) => (inputs["spec"] as { ingress?: readonly object[] }).ingress ?? []);
    const namespace = (name: string) => [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } },
    ];
    const tcp = (...ports: readonly number[]) => ports.map((port) => ({ port, protocol: "TCP" }));
    assert.equal(made.length, 9);
    assert.equal(ingress.length, 5);
    for (const rule of [
      { from: [{ podSelector: {} }], ports: tcp(9090, 9091, 8443) },
      { from: namespace("monitoring"), ports: tcp(9404, 8080) },
      { from: namespace("web"), ports: tcp(9093, 9094) },
      { from: namespace("jobs"), ports: tcp(9093, 9094) },
      { from: ["10.32.0.0/12", "10.64.0.0/16"].map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(9094) },
    ]) {
      assert.ok(
        ingress.some((each) => JSON.stringify(each) === JSON.stringify(rule)),
        JSON.stringify(rule),
      );
    }
    const labels = stack.input("events-namespace-kafka", "metadata.labels");
    assert.ok(isProperties(labels));
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
    assert.equal(stack.input("events-operator-release", "values.generateNetworkPolicy"), false);
    assert.deepEqual(stack.input("events-operator-release", "values.extraEnvs"), [
      { name: "STRIMZI_POD_SECURITY_PROVIDER_CLASS", value: "restricted" },
    ]);
  });

  it("comes in an order in which each finds what it needs, and goes in the reverse", () => {
    const waits = (name: string, ...others: readonly string[]) => {
      for (const other of others) assert.ok(stack.waitsFor(name).has(other), `${name} does not wait for ${other}`);
    };
    waits("events-namespace-kafka", "certificates-internal", "storage-fast");
    waits("events-operator-release", "events-network-policies-kafka-default-deny");
    waits("events-brokers", "events-operator-release");
    waits("events-kafka", "events-brokers", "events-certificate");
    waits("events-user", "events-kafka", "events-login");
    waits("events-topic-orders", "events-kafka");
    waits("events-bootstrap", "events-kafka");
  });

  it("leaves no load balancer of the cloud but those of its addresses", () => {
    const rules = stack.run.cloud.all().filter(({ type }) => type === forwardingRule);
    assert.deepEqual(
      rules.map(({ inputs, outputs }) => [inputs["loadBalancingScheme"], outputs["ipAddress"]]).sort(),
      [0, 1, 2, 3].map((index) => ["INTERNAL", `10.48.127.24${String(index)}`]),
    );
  });
});

describe("ClusterEvents of a class and a role", () => {
  it("[PF-DATA-04] deletes volumes where the class deletes contents, and protects nothing there", async () => {
    const stack = await onGke((floor) => {
      events(floor);
    }, "development");
    assert.deepEqual(stack.run.errors, []);
    assert.equal(stack.input("events-brokers", "spec.storage.volumes.0.deleteClaim"), true);
    assert.equal(stack.named("events-kafka").protect, false);
  }).timeout(60_000);

  it("differs between standby and active in processors, memory and heap alone", () => {
    const standby = brokerPool({ cpus: 1, memoryGiB: 3, storageGiB: 200 }, "fast", false);
    const active = brokerPool({ cpus: 4, memoryGiB: 16, storageGiB: 200 }, "fast", false);
    assert.deepEqual(
      { ...standby, spec: { ...standby.spec, resources: {}, jvmOptions: {} } },
      { ...active, spec: { ...active.spec, resources: {}, jvmOptions: {} } },
    );
    assert.deepEqual(standby.spec.jvmOptions, { "-Xms": "1536m", "-Xmx": "1536m" });
    assert.deepEqual(active.spec.resources.limits, { cpu: "4", memory: "16Gi" });
  });

  it("runs the patch of the operator's release for each minor", () => {
    const addresses = { bootstrap: "10.0.0.9", brokers: ["10.0.0.1", "10.0.0.2", "10.0.0.3"] } as const;
    assert.equal(kafka("4.3", addresses).spec.kafka.version, "4.3.1");
    assert.equal(kafka("4.2", addresses).spec.kafka.version, "4.2.1");
  });
});
