import assert from "node:assert/strict";
import { isProperties, type Value } from "../../offline/cloud/value";
import { loadConfiguration } from "../../config/load";
import { mongodbPorts, systemOpenings } from "../../stacks/durga-puja.openings";
import { committed, withSettings } from "../config/stack-files";
import { type Deployed, at, deployStack, deployed, only, text } from "./deployed";

const services = {
  frontend: {
    id: "DP-K8S-02",
    image: `difindoxt/durga-puja-frontend@sha256:${"0".repeat(64)}`,
    port: 80,
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { cpu: "500m", memory: "512Mi" },
    liveness: { path: "/", period: 30 },
    readiness: { path: "/", period: 10 },
  },
  backend: {
    id: "DP-K8S-03",
    image: `difindoxt/durga-puja-backend@sha256:${"0".repeat(64)}`,
    port: 5000,
    requests: { cpu: "200m", memory: "256Mi" },
    limits: { cpu: "1000m", memory: "1Gi" },
    liveness: { path: "/health", period: 30 },
    readiness: { path: "/ready", period: 10 },
  },
} as const;

describe("durga-puja: workloads", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("durga-puja");
  });

  const container = (service: string) => stack.input(`${service}-deployment`, "spec.template.spec.containers.0");

  it("[DP-K8S-01] has the namespaces durga-puja, monitoring and argocd", () => {
    assert.deepEqual(
      stack
        .ofType("kubernetes:core/v1:Namespace")
        .map(({ inputs }) => at(inputs, "metadata.name"))
        .sort(),
      ["argocd", "durga-puja", "monitoring"],
    );
  });

  it("[DP-K8S-01] has the load balancer controller, metrics server and cluster autoscaler in kube-system", () => {
    assert.deepEqual(
      stack
        .ofType("kubernetes:helm.sh/v3:Release")
        .map(({ inputs }) => [inputs["chart"], inputs["namespace"], inputs["version"]])
        .sort(),
      [
        ["aws-load-balancer-controller", "kube-system", "3.5.0"],
        ["cluster-autoscaler", "kube-system", "9.59.0"],
        ["metrics-server", "kube-system", "3.13.1"],
      ],
    );
  });

  for (const [service, expected] of Object.entries(services)) {
    it(`[${expected.id}] runs the ${service} with the documented image, port, resources and probes`, () => {
      const pod = container(service);
      assert.equal(at(pod, "image"), expected.image);
      assert.equal(at(pod, "ports.0.containerPort"), expected.port);
      assert.deepEqual(at(pod, "resources"), { requests: expected.requests, limits: expected.limits });
      for (const probe of ["liveness", "readiness"] as const) {
        assert.deepEqual(at(pod, `${probe}Probe.httpGet`), { path: expected[probe].path, port: expected.port });
        assert.equal(at(pod, `${probe}Probe.periodSeconds`), expected[probe].period);
      }
    });

    it(`[DP-K8S-04] rolls the ${service} with one pod more and none less`, () => {
      assert.deepEqual(stack.input(`${service}-deployment`, "spec.strategy"), {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      });
    });

    it(`[DP-K8S-07] scales the ${service} from 3 to 10 pods at 70 % CPU and 80 % memory, a pod up per 60 s and down per 300 s`, () => {
      const spec = stack.input(`${service}-autoscaler`, "spec");
      assert.deepEqual(at(spec, "scaleTargetRef"), { apiVersion: "apps/v1", kind: "Deployment", name: service });
      assert.deepEqual([at(spec, "minReplicas"), at(spec, "maxReplicas")], [3, 10]);
      assert.deepEqual(
        [0, 1].map((index) => [
          at(spec, `metrics.${String(index)}.resource.name`),
          at(spec, `metrics.${String(index)}.resource.target`),
        ]),
        [
          ["cpu", { type: "Utilization", averageUtilization: 70 }],
          ["memory", { type: "Utilization", averageUtilization: 80 }],
        ],
      );
      assert.deepEqual(at(spec, "behavior.scaleUp.policies"), [{ type: "Pods", value: 1, periodSeconds: 60 }]);
      assert.deepEqual(at(spec, "behavior.scaleDown.policies"), [{ type: "Pods", value: 1, periodSeconds: 300 }]);
    });

    it(`[DP-HA-01] spreads the ${service} over the zones, lets one pod go at a time and drains for 300 s`, () => {
      const pod = stack.input(`${service}-deployment`, "spec.template.spec");
      assert.deepEqual(
        only(at(pod, "topologySpreadConstraints.0") as never, "maxSkew", "topologyKey", "whenUnsatisfiable"),
        {
          maxSkew: 1,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "DoNotSchedule",
        },
      );
      assert.equal(at(pod, "terminationGracePeriodSeconds"), 300);
      assert.equal(at(pod, "containers.0.lifecycle.preStop.sleep.seconds"), 30);
      assert.equal(stack.input(`${service}-disruption-budget`, "spec.maxUnavailable"), 1);
    });
  }

  it("[DP-K8S-02] tells the frontend where the backend is", () => {
    assert.deepEqual(at(container("frontend"), "env"), [
      { name: "VITE_API_URL", value: "http://backend-service:5000/api" },
    ]);
  });

  it("[DP-K8S-03] gives the backend NODE_ENV and PORT from a ConfigMap, its three secrets from a Secret", () => {
    const fromConfig = (key: string) => ({
      name: key,
      valueFrom: { configMapKeyRef: { name: "backend-config", key } },
    });
    const fromSecret = (key: string) => ({ name: key, valueFrom: { secretKeyRef: { name: "backend-secret", key } } });
    assert.deepEqual(at(container("backend"), "env"), [
      ...["NODE_ENV", "PORT"].map(fromConfig),
      ...["MONGODB_URI", "REDIS_URL", "JWT_SECRET"].map(fromSecret),
    ]);
    assert.deepEqual(stack.input("backend-config", "data"), { NODE_ENV: "production", PORT: "5000" });
    const secret = stack.named("backend-secret");
    const data: Value | undefined = secret.inputs["stringData"];
    assert.ok(isProperties(data));
    assert.deepEqual(Object.keys(data).sort(), ["JWT_SECRET", "MONGODB_URI", "REDIS_URL"]);
    assert.equal(data["MONGODB_URI"], "mongodb://offline:offline@mongodb.invalid:27017/durga-puja");
    assert.equal(data["JWT_SECRET"], stack.output("jwt-secret", "result"));
    const host = text(stack.output("redis-group", "primaryEndpointAddress"));
    assert.equal(data["REDIS_URL"], `rediss://:${text(stack.output("redis-token", "result"))}@${host}:6379`);
    assert.ok(secret.secretPaths.some((path) => path.startsWith("stringData")));
  });

  it("[DP-K8S-03] runs the backend as a user without rights", () => {
    const pod = stack.input("backend-deployment", "spec.template.spec.securityContext");
    assert.deepEqual(only(pod as never, "runAsNonRoot", "runAsUser", "runAsGroup", "fsGroup"), {
      runAsNonRoot: true,
      runAsUser: 10000,
      runAsGroup: 10000,
      fsGroup: 10000,
    });
  });

  const policy = (id: string) => stack.input(`network-policies-durga-puja-${id}`, "spec");
  const tcp = (...numbers: readonly number[]) => numbers.map((port) => ({ port, protocol: "TCP" }));
  const podsOf = (name: string) => ({ matchLabels: { "app.kubernetes.io/name": name } });

  it("[DP-NET-02] [DP-SEC-01] lets load balancers, the frontend and Prometheus in, and nobody else", () => {
    const balancers = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"].map((cidr) => ({ ipBlock: { cidr } }));
    const ingress = stack
      .ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy")
      .filter(({ inputs }) => at(inputs, "spec.ingress") !== undefined)
      .map(({ name, inputs }) => [name.replace("network-policies-durga-puja-", ""), at(inputs, "spec")]);
    const spec = (podSelector: object, from: readonly object[], ...numbers: readonly number[]) => ({
      podSelector,
      policyTypes: ["Ingress"],
      ingress: [{ from, ports: tcp(...numbers) }],
    });
    const monitoring = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } };
    assert.deepEqual(Object.fromEntries(ingress), {
      visitors: spec(podsOf("frontend"), balancers, 80),
      requests: spec(podsOf("backend"), balancers, 5000),
      "from-frontend": spec(podsOf("backend"), [{ podSelector: {} }], 5000),
      metrics: spec({}, [monitoring], 80, 5000),
    });
    assert.deepEqual(policy("default-deny"), { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    assert.equal(stack.input("cluster-addons-vpc-cni", "configurationValues"), '{"enableNetworkPolicy":"true"}');
  });

  it("[DP-NET-04] [DP-SEC-01] lets the backend out to its stores and to AWS, the frontend to the backend alone", () => {
    const egress = stack
      .ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy")
      .filter(({ inputs }) => at(inputs, "spec.egress") !== undefined)
      .map(({ name }) => name.replace("network-policies-durga-puja-", ""));
    assert.deepEqual(egress.sort(), [
      "allow-dns",
      "identity",
      "mongodb",
      "storage",
      "stores-a",
      "stores-b",
      "stores-c",
      "to-backend",
    ]);
    const spec = (podSelector: object, to: object, ...numbers: readonly number[]) => ({
      podSelector,
      policyTypes: ["Egress"],
      egress: [{ to: [to], ...(numbers.length === 0 ? {} : { ports: tcp(...numbers) }) }],
    });
    const block = (cidr: string) => ({ ipBlock: { cidr } });
    assert.deepEqual(policy("stores-a"), spec(podsOf("backend"), block("10.0.21.0/24"), 5432, 6379));
    assert.deepEqual(policy("stores-b"), spec(podsOf("backend"), block("10.0.22.0/24"), 5432, 6379));
    assert.deepEqual(policy("stores-c"), spec(podsOf("backend"), block("10.0.23.0/24"), 5432, 6379));
    assert.deepEqual(policy("mongodb"), spec(podsOf("backend"), block("0.0.0.0/0"), 27017));
    assert.deepEqual(policy("identity"), spec(podsOf("backend"), block("169.254.170.23/32"), 80));
    assert.deepEqual(policy("to-backend"), spec(podsOf("frontend"), { podSelector: {} }));
    assert.deepEqual(at(policy("storage"), "podSelector"), podsOf("backend"));
    assert.deepEqual(at(policy("storage"), "egress.0.ports"), tcp(443));
  });

  it("[DP-SEC-01] has its policies before its pods, and keeps them until the pods are gone", () => {
    const before = stack.waitsFor("backend-deployment");
    for (const { name } of stack.ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy")) {
      assert.ok(before.has(name), name);
    }
  });

  it("[DP-K8S-03] reads the ports of MongoDB from its connection string", () => {
    const cases: readonly (readonly [string, readonly number[]])[] = [
      ["mongodb://db.example.com/app", [27017]],
      [
        "mongodb://user:p%40ss@one.example.com:27018,two.example.com,three.example.com:27018/app?tls=true",
        [27017, 27018],
      ],
      ["mongodb+srv://user:word@cluster.example.com/app", [27017]],
      ["mongodb://[2001:db8::1]:27020", [27020]],
      ["mongodb://user:1234@host", [27017]],
    ];
    for (const [uri, expected] of cases) assert.deepEqual(mongodbPorts(uri), expected, uri);
  });

  it("[DP-NET-01] knows no more of an adopted network than its range", () => {
    const subnets = (digit: string) =>
      Object.fromEntries(["a", "b", "c"].map((zone) => [zone, `subnet-${digit.repeat(16)}${zone}`]));
    const adopt = {
      vpcId: "vpc-0123456789abcdef0",
      subnetIds: { public: subnets("1"), private: subnets("2"), database: subnets("3") },
    };
    const network = { cidr: "10.8.0.0/16", adopt };
    const config = loadConfiguration(withSettings(committed("durga-puja"), { network }));
    assert.ok(config.blueprint === "durga-puja");
    const openings = systemOpenings(config);
    assert.deepEqual(
      openings.find(({ id }) => id === "visitors"),
      {
        id: "visitors",
        pods: { "app.kubernetes.io/name": "frontend" },
        from: { cidrs: ["10.8.0.0/16"] },
        ports: [80],
        reason: "Load balancers bring the visitors of the site",
      },
    );
    assert.deepEqual(
      openings.filter(({ id }) => id.startsWith("stores-")).map((opening) => "to" in opening && opening.to),
      [{ cidr: "10.8.0.0/16" }],
    );
  });

  it("changes a ConfigMap or Secret in place, under its fixed name", () => {
    // The inputs of a provider are texts.
    assert.deepEqual(only(stack.named("kubernetes").inputs, "enableConfigMapMutable", "enableSecretMutable"), {
      enableConfigMapMutable: "true",
      enableSecretMutable: "true",
    });
  });

  it("[DP-K8S-05] has an internet-facing load balancer for the frontend on 80 and a cluster address for the backend on 5000", () => {
    const frontend = stack.named("frontend-service").inputs;
    assert.equal(at(frontend, "spec.type"), "LoadBalancer");
    assert.deepEqual(at(frontend, "spec.ports"), [{ name: "http", port: 80, targetPort: 80, protocol: "TCP" }]);
    const annotation = (name: string) =>
      (at(frontend, "metadata.annotations") as Record<string, unknown>)[
        `service.beta.kubernetes.io/aws-load-balancer-${name}`
      ];
    assert.equal(annotation("scheme"), "internet-facing");
    assert.equal(annotation("security-groups"), stack.id("security-groups-alb"));
    assert.equal(
      annotation("target-group-attributes"),
      "deregistration_delay.timeout_seconds=300,load_balancing.cross_zone.enabled=true",
    );
    const backend = stack.named("backend-service").inputs;
    assert.equal(at(backend, "metadata.name"), "backend-service");
    assert.equal(at(backend, "spec.type"), "ClusterIP");
    assert.deepEqual(at(backend, "spec.ports"), [{ name: "http", port: 5000, targetPort: 5000, protocol: "TCP" }]);
  });

  it("[DP-K8S-06] has an internet-facing ALB to pod addresses, checked on /health, for / and /api/*", () => {
    const ingress = stack.named("ingress-ingress").inputs;
    assert.equal(at(ingress, "spec.ingressClassName"), "alb");
    const backend = (name: string, number: number) => ({ service: { name, port: { number } } });
    assert.deepEqual(at(ingress, "spec.rules"), [
      {
        http: {
          paths: [
            { path: "/", pathType: "Prefix", backend: backend("frontend-service", 80) },
            { path: "/api", pathType: "Prefix", backend: backend("backend-service", 5000) },
          ],
        },
      },
    ]);
    const annotations = at(ingress, "metadata.annotations") as Record<string, unknown>;
    const annotation = (name: string) => annotations[`alb.ingress.kubernetes.io/${name}`];
    assert.deepEqual(["scheme", "target-type", "healthcheck-path", "security-groups", "listen-ports"].map(annotation), [
      "internet-facing",
      "ip",
      "/health",
      stack.id("security-groups-alb"),
      '[{"HTTP":80}]',
    ]);
  });

  it("[DP-HA-01] balances across zones and drains connections for 300 s", () => {
    const annotations = stack.input("ingress-ingress", "metadata.annotations") as Record<string, unknown>;
    assert.equal(
      annotations["alb.ingress.kubernetes.io/target-group-attributes"],
      "deregistration_delay.timeout_seconds=300,load_balancing.cross_zone.enabled=true",
    );
  });

  it("is made after, and goes before, its namespace, its nodes and the controller of its load balancers", () => {
    for (const name of ["frontend-service", "frontend-deployment", "backend-deployment", "ingress-ingress"]) {
      const before = stack.waitsFor(name);
      for (const first of [
        "namespaces-durga-puja",
        "cluster-primary-group",
        "cluster-dns-coredns",
        "load-balancer-controller-chart-release",
      ]) {
        assert.ok(before.has(first), `${name} does not wait for ${first}`);
      }
    }
    assert.ok(stack.waitsFor("load-balancer-controller-chart-release").has("cluster-primary-group"));
  });

  it("listens for HTTPS when it is given a certificate", async () => {
    const certificateArn = "arn:aws:acm:us-east-1:111122223333:certificate/0d1e2f3a";
    const secured = await deployStack("durga-puja", { certificateArn });
    const annotations = secured.input("ingress-ingress", "metadata.annotations") as Record<string, unknown>;
    assert.equal(annotations["alb.ingress.kubernetes.io/certificate-arn"], certificateArn);
    assert.equal(annotations["alb.ingress.kubernetes.io/ssl-redirect"], "443");
  });
});
