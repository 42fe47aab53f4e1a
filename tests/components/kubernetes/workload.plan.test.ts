import assert from "node:assert/strict";
import { checksum, inNamespace, renderWorkload } from "../../../components/kubernetes/workload.plan";
import { workloadProblems, type WorkloadSpec } from "../../../components/kubernetes/workload.spec";
import { backend, frontend } from "./fixture";

function containerOf(spec: WorkloadSpec) {
  const [container, ...others] = renderWorkload(spec).deployment.spec.template.spec.containers;
  assert.ok(container);
  assert.deepEqual(others, []);
  return container;
}

describe("workload plan", () => {
  it("[DP-K8S-02] renders the documented frontend container", () => {
    assert.deepEqual(containerOf(frontend), {
      name: "frontend",
      image: "difindoxt/durga-puja-frontend",
      ports: [{ name: "http", containerPort: 80, protocol: "TCP" }],
      env: [{ name: "VITE_API_URL", value: "http://backend-service:5000/api" }],
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      livenessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 },
      readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
      lifecycle: { preStop: { sleep: { seconds: 15 } } },
      securityContext: {
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: [
        { name: "writable-0", mountPath: "/var/cache/nginx" },
        { name: "writable-1", mountPath: "/var/run" },
        { name: "writable-2", mountPath: "/tmp" },
      ],
    });
  });

  it("[DP-K8S-03] renders the documented backend container", () => {
    assert.deepEqual(containerOf(backend), {
      name: "backend",
      image: "difindoxt/durga-puja-backend",
      ports: [{ name: "http", containerPort: 5000, protocol: "TCP" }],
      env: [
        { name: "NODE_ENV", valueFrom: { configMapKeyRef: { name: "backend-config", key: "NODE_ENV" } } },
        { name: "PORT", valueFrom: { configMapKeyRef: { name: "backend-config", key: "PORT" } } },
        { name: "MONGODB_URI", valueFrom: { secretKeyRef: { name: "backend-secrets", key: "MONGODB_URI" } } },
        { name: "REDIS_URL", valueFrom: { secretKeyRef: { name: "backend-secrets", key: "REDIS_URL" } } },
        { name: "JWT_SECRET", valueFrom: { secretKeyRef: { name: "backend-secrets", key: "JWT_SECRET" } } },
      ],
      resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
      livenessProbe: {
        httpGet: { path: "/health", port: 5000 },
        periodSeconds: 30,
        timeoutSeconds: 5,
        failureThreshold: 3,
      },
      readinessProbe: {
        httpGet: { path: "/ready", port: 5000 },
        periodSeconds: 10,
        timeoutSeconds: 5,
        failureThreshold: 3,
      },
      lifecycle: { preStop: { sleep: { seconds: 15 } } },
      securityContext: {
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: [],
    });
  });

  it("[DP-K8S-03] keeps the backend's configuration in a ConfigMap of its own", () => {
    assert.deepEqual(renderWorkload(backend).configMap, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "backend-config",
        labels: { "app.kubernetes.io/name": "backend", "app.kubernetes.io/part-of": "durga-puja" },
      },
      data: { NODE_ENV: "production", PORT: "5000" },
    });
    assert.equal(renderWorkload(frontend).configMap, undefined);
  });

  it("[DP-K8S-04] adds one pod before it removes one", () => {
    for (const spec of [frontend, backend]) {
      assert.deepEqual(renderWorkload(spec).deployment.spec.strategy, {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      });
    }
  });

  it("[DP-K8S-05] renders the documented services", () => {
    assert.deepEqual(renderWorkload(frontend).service, {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "frontend-service",
        labels: { "app.kubernetes.io/name": "frontend", "app.kubernetes.io/part-of": "durga-puja" },
        annotations: {},
      },
      spec: {
        type: "LoadBalancer",
        selector: { "app.kubernetes.io/name": "frontend" },
        ports: [{ name: "http", port: 80, targetPort: 80, protocol: "TCP" }],
        loadBalancerClass: "service.k8s.aws/nlb",
      },
    });
    assert.deepEqual(renderWorkload(backend).service.spec, {
      type: "ClusterIP",
      selector: { "app.kubernetes.io/name": "backend" },
      ports: [{ name: "http", port: 5000, targetPort: 5000, protocol: "TCP" }],
    });
    assert.equal(renderWorkload(backend).service.metadata.name, "backend-service");
  });

  it("[DP-K8S-07] scales between 3 and 10 pods, one up a minute, one down in five", () => {
    for (const spec of [frontend, backend]) {
      const { horizontalPodAutoscaler, deployment } = renderWorkload(spec);
      assert.deepEqual(horizontalPodAutoscaler.spec, {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: spec.name },
        minReplicas: 3,
        maxReplicas: 10,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
          { type: "Resource", resource: { name: "memory", target: { type: "Utilization", averageUtilization: 80 } } },
        ],
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
          },
          scaleDown: {
            stabilizationWindowSeconds: 300,
            policies: [{ type: "Pods", value: 1, periodSeconds: 300 }],
          },
        },
      });
      assert.equal(deployment.metadata.name, spec.name);
      assert.ok(!("replicas" in deployment.spec), "the autoscaler owns the number of replicas");
    }
  });

  it("[DP-HA-01] spreads pods over zones and leaves connections 300 s to finish", () => {
    for (const spec of [frontend, backend]) {
      const pod = renderWorkload(spec).deployment.spec.template.spec;
      assert.deepEqual(pod.topologySpreadConstraints, [
        {
          maxSkew: 1,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "DoNotSchedule",
          matchLabelKeys: ["pod-template-hash"],
          nodeTaintsPolicy: "Honor",
          labelSelector: { matchLabels: { "app.kubernetes.io/name": spec.name } },
        },
      ]);
      assert.equal(pod.terminationGracePeriodSeconds, 315);
      assert.deepEqual(pod.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution, [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: "kubernetes.io/hostname",
            labelSelector: { matchLabels: { "app.kubernetes.io/name": spec.name } },
          },
        },
      ]);
    }
    const preferred = renderWorkload({ ...frontend, zoneSpread: "preferred" }).deployment.spec.template.spec;
    assert.equal(preferred.topologySpreadConstraints[0]?.whenUnsatisfiable, "ScheduleAnyway");
  });

  it("lets voluntary disruptions take one pod at a time", () => {
    assert.deepEqual(renderWorkload(backend).podDisruptionBudget.spec, {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: { "app.kubernetes.io/name": "backend" } },
    });
  });

  it("gives no pod an API token", () => {
    const { serviceAccount, deployment } = renderWorkload(frontend);
    assert.equal(serviceAccount.metadata.name, "frontend");
    assert.equal(serviceAccount.automountServiceAccountToken, false);
    assert.equal(deployment.spec.template.spec.serviceAccountName, "frontend");
    assert.equal(deployment.spec.template.spec.automountServiceAccountToken, false);
  });

  it("opens a low port to a user who is not root", () => {
    assert.deepEqual(renderWorkload(frontend).deployment.spec.template.spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 101,
      runAsGroup: 101,
      fsGroup: 101,
      seccompProfile: { type: "RuntimeDefault" },
      sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "80" }],
    });
    assert.ok(!("sysctls" in renderWorkload(backend).deployment.spec.template.spec.securityContext));
  });

  it("gives root only the capabilities it names", () => {
    const spec: WorkloadSpec = { ...frontend, user: { kind: "root", capabilities: ["CHOWN", "SETGID", "SETUID"] } };
    assert.deepEqual(containerOf(spec).securityContext.capabilities, {
      drop: ["ALL"],
      add: ["CHOWN", "SETGID", "SETUID"],
    });
    assert.deepEqual(renderWorkload(spec).deployment.spec.template.spec.securityContext, {
      runAsNonRoot: false,
      runAsUser: 0,
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  it("has a start-up probe and no pre-stop sleep only when asked", () => {
    assert.ok(!("startupProbe" in containerOf(frontend)));
    const spec: WorkloadSpec = {
      ...frontend,
      probes: { ...frontend.probes, startup: { path: "/", periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 30 } },
      drain: { lingerSeconds: 0, connectionSeconds: 30 },
    };
    const container = containerOf(spec);
    assert.ok("startupProbe" in container && !("lifecycle" in container));
    assert.deepEqual(container.startupProbe, {
      httpGet: { path: "/", port: 80 },
      periodSeconds: 2,
      timeoutSeconds: 1,
      failureThreshold: 30,
    });
    assert.equal(renderWorkload(spec).deployment.spec.template.spec.terminationGracePeriodSeconds, 30);
  });

  it("replaces the pods when the configuration changes, and only then", () => {
    const annotationsOf = (spec: WorkloadSpec) => renderWorkload(spec).deployment.spec.template.metadata.annotations;
    const changed = { ...backend, environment: { ...backend.environment, config: { NODE_ENV: "test", PORT: "5000" } } };
    const reordered = {
      ...backend,
      environment: { ...backend.environment, config: { PORT: "5000", NODE_ENV: "production" } },
    };
    assert.match(annotationsOf(backend)["checksum/config"] ?? "", /^[0-9a-f]{64}$/);
    assert.notDeepEqual(annotationsOf(backend), annotationsOf(changed));
    assert.deepEqual(annotationsOf(backend), annotationsOf(reordered));
    assert.deepEqual(annotationsOf(frontend), {});
  });

  it("keeps names and values of a digest apart", () => {
    assert.notEqual(checksum({ a: "b,c", d: "" }), checksum({ a: "b", "c,d": "" }));
  });

  it("puts a manifest into a namespace without changing the original", () => {
    const { service } = renderWorkload(backend);
    assert.equal(inNamespace(service, "durga-puja").metadata.namespace, "durga-puja");
    assert.ok(!("namespace" in service.metadata));
  });
});

describe("workload specification", () => {
  it("accepts the documented workloads", () => {
    assert.deepEqual(workloadProblems(frontend), []);
    assert.deepEqual(workloadProblems(backend), []);
  });

  const refused: readonly [what: string, change: Partial<WorkloadSpec>, problem: RegExp][] = [
    ["a name that no label can hold", { name: "Front_End" }, /^name is "Front_End": use lower-case/],
    ["a name too long for its pods", { name: "a".repeat(53) }, /^name is "a+": .* at most 52 characters$/],
    [
      "more replicas at least than at most",
      { replicas: { min: 11, max: 10 } },
      /^replicas.min \(11\) is above replicas.max \(10\)/,
    ],
    ["no replica", { replicas: { min: 0, max: 10 } }, /^replicas.min is 0/],
    ["a port out of range", { port: 65536 }, /^port is 65536/],
    ["a rollout that cannot move", { rollout: { maxSurge: 0, maxUnavailable: 0 } }, /are both 0/],
    [
      "a path without a slash",
      { probes: { ...frontend.probes, readiness: { path: "ready", periodSeconds: 10 } } },
      /^probes.readiness.path is "ready"/,
    ],
    [
      "a scaling period above 1,800 s",
      { autoscaling: { ...frontend.autoscaling, scaleDown: { pods: 1, seconds: 1801 } } },
      /^autoscaling.scaleDown.seconds is 1801: give a whole number from 1 to 1800$/,
    ],
    [
      "a request above its limit",
      { resources: { requests: { cpu: "1", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } } },
      /^resources.requests.cpu \(1\) is above resources.limits.cpu \(500m\)/,
    ],
    [
      "memory in thousandths of a byte",
      { resources: { requests: { cpu: "100m", memory: "128m" }, limits: { cpu: "500m", memory: "512Mi" } } },
      /^resources.requests.memory is "128m"/,
    ],
    [
      "a variable from two sources",
      { environment: { plain: { PORT: "80" }, config: { PORT: "80" } } },
      /^environment.config and environment.plain both set "PORT"/,
    ],
    ["a variable no shell knows", { environment: { plain: { "API-URL": "" } } }, /^environment.plain has "API-URL"/],
    ["root in disguise", { user: { kind: "non-root", uid: 0, gid: 101 } }, /^user.uid is 0/],
    ["a relative folder", { writablePaths: ["tmp"] }, /^writablePaths has "tmp"/],
    ["the root folder", { writablePaths: ["/"] }, /^writablePaths has "\/"/],
    [
      "connections cut off at once",
      { drain: { lingerSeconds: 15, connectionSeconds: 0 } },
      /^drain.connectionSeconds is 0/,
    ],
    ["no image", { image: "" }, /^image is ""/],
  ];
  for (const [what, change, problem] of refused) {
    it(`refuses ${what}`, () => {
      const problems = workloadProblems({ ...frontend, ...change });
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", problem);
    });
  }

  it("reports all problems at once", () => {
    assert.throws(
      () => renderWorkload({ ...frontend, port: 0, replicas: { min: 5, max: 4 }, image: "a b" }),
      /^Error: workload "frontend" cannot be rendered:\n {2}image is .*\n {2}port is 0.*\n {2}replicas.min/,
    );
  });
});
