import assert from "node:assert/strict";
import { Unknown, type Properties } from "../../../../offline/cloud/value";
import { quantity } from "../../../../offline/services/kubernetes/validation/quantity";
import { deployment, refused, World } from "./support";

const world = new World();
const meta = { name: "thing", namespace: "default" };

const container = (rest: Properties): Properties =>
  deployment("thing", { containers: [{ name: "main", image: "nginx", ...rest }] });
const service = (spec: Properties): Properties => ({ metadata: meta, spec: { ports: [{ port: 80 }], ...spec } });
const ingress = (path: Properties): Properties => ({
  metadata: meta,
  spec: {
    rules: [
      {
        http: {
          paths: [
            { path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } }, ...path },
          ],
        },
      },
    ],
  },
});
const scaler = (spec: Properties): Properties => ({
  metadata: meta,
  spec: { scaleTargetRef: { kind: "Deployment", name: "web" }, minReplicas: 3, maxReplicas: 10, ...spec },
});

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SERVICE = "kubernetes:core/v1:Service";
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const SCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const SECRET = "kubernetes:core/v1:Secret";
const POD = "spec.template.spec.containers[0]";

/** What each rule says of a bad value, word for word, and a value beside it that passes. */
const RULES: readonly { rule: string; token: string; bad: Properties; says: string; good: Properties }[] = [
  {
    rule: "selector and template labels",
    token: DEPLOYMENT,
    bad: {
      ...deployment("thing"),
      spec: { ...(deployment("thing")["spec"] as Properties), selector: { matchLabels: { app: "other" } } },
    },
    says: 'spec.template.metadata.labels: Invalid value: {"app":"thing"}: `selector` does not match template `labels`',
    good: deployment("thing"),
  },
  {
    rule: "image",
    token: DEPLOYMENT,
    bad: deployment("thing", { containers: [{ name: "main" }] }),
    says: `${POD}.image: Required value`,
    good: container({}),
  },
  {
    rule: "container names",
    token: DEPLOYMENT,
    bad: deployment("thing", {
      containers: [
        { name: "a", image: "x" },
        { name: "a", image: "x" },
      ],
    }),
    says: 'spec.template.spec.containers[1].name: Duplicate value: "a"',
    good: deployment("thing", {
      containers: [
        { name: "a", image: "x" },
        { name: "b", image: "x" },
      ],
    }),
  },
  {
    rule: "request within limit",
    token: DEPLOYMENT,
    bad: container({ resources: { requests: { cpu: "600m" }, limits: { cpu: "0.5" } } }),
    says: `${POD}.resources.requests: Invalid value: "600m": must be less than or equal to cpu limit of 0.5`,
    good: container({ resources: { requests: { cpu: "500m" }, limits: { cpu: "0.5" } } }),
  },
  {
    rule: "quantity syntax",
    token: DEPLOYMENT,
    bad: container({ resources: { requests: { memory: "128MB" } } }),
    says: `${POD}.resources.requests.memory: Invalid value: "128MB": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    good: container({ resources: { requests: { memory: "128000m" } } }),
  },
  {
    rule: "negative quantity",
    token: DEPLOYMENT,
    bad: container({ resources: { requests: { cpu: "-1" } } }),
    says: `${POD}.resources.requests.cpu: Invalid value: "-1": must be greater than or equal to 0`,
    good: container({ resources: { requests: { cpu: "0" } } }),
  },
  {
    rule: "container port",
    token: DEPLOYMENT,
    bad: container({ ports: [{ containerPort: 65536 }] }),
    says: `${POD}.ports[0].containerPort: Invalid value: 65536: must be between 1 and 65535, inclusive`,
    good: container({ ports: [{ containerPort: 65535 }] }),
  },
  {
    rule: "probe handler",
    token: DEPLOYMENT,
    bad: container({ livenessProbe: { periodSeconds: 30 } }),
    says: `${POD}.livenessProbe: Required value: must specify a handler type`,
    good: container({ livenessProbe: { periodSeconds: 30, httpGet: { path: "/", port: 80 } } }),
  },
  {
    rule: "probe bounds",
    token: DEPLOYMENT,
    bad: container({ readinessProbe: { periodSeconds: 0, httpGet: { path: "/", port: 80 } } }),
    says: `${POD}.readinessProbe.periodSeconds: Invalid value: 0: must be greater than 0`,
    good: container({ readinessProbe: { periodSeconds: 1, successThreshold: 2, httpGet: { path: "/", port: 80 } } }),
  },
  {
    rule: "liveness success threshold",
    token: DEPLOYMENT,
    bad: container({ livenessProbe: { successThreshold: 2, tcpSocket: { port: "http" } } }),
    says: `${POD}.livenessProbe.successThreshold: Invalid value: 2: must be 1`,
    good: container({ livenessProbe: { successThreshold: 1, tcpSocket: { port: "http" } } }),
  },
  {
    rule: "environment variable with two sources",
    token: DEPLOYMENT,
    bad: container({ env: [{ name: "A", value: "1", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
    says: `${POD}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`,
    good: container({ env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
  },
  {
    rule: "secret reference without key",
    token: DEPLOYMENT,
    bad: container({ env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s" } } }] }),
    says: `${POD}.env[0].valueFrom.secretKeyRef.key: Required value`,
    good: container({ env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] }),
  },
  {
    rule: "mounted volume",
    token: DEPLOYMENT,
    bad: container({ volumeMounts: [{ name: "data", mountPath: "/data" }] }),
    says: `${POD}.volumeMounts[0].name: Not found: "data"`,
    good: deployment("thing", {
      containers: [{ name: "main", image: "x", volumeMounts: [{ name: "data", mountPath: "/data" }] }],
      volumes: [{ name: "data", emptyDir: {} }],
    }),
  },
  {
    rule: "restart policy of a Deployment",
    token: DEPLOYMENT,
    bad: deployment("thing", { restartPolicy: "Never" }),
    says: 'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    good: deployment("thing", { restartPolicy: "Always" }),
  },
  {
    rule: "rolling update",
    token: DEPLOYMENT,
    bad: strategy({ maxSurge: 0, maxUnavailable: 0 }),
    says: "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
    good: strategy({ maxSurge: 1, maxUnavailable: 0 }),
  },
  {
    rule: "label value",
    token: CONFIG_MAP,
    bad: { metadata: { ...meta, labels: { owner: "team shop" } } },
    says:
      'metadata.labels.owner: Invalid value: "team shop": a valid label must be an empty string or consist of alphanumeric characters, ' +
      "'-', '_' or '.', and must start and end with an alphanumeric character",
    good: { metadata: { ...meta, labels: { owner: "team-shop", "app.kubernetes.io/name": "x" } } },
  },
  {
    rule: "label key",
    token: CONFIG_MAP,
    bad: { metadata: { ...meta, labels: { "-team": "x" } } },
    says:
      "metadata.labels: Invalid value: \"-team\": name part must consist of alphanumeric characters, '-', '_' or '.', " +
      "and must start and end with an alphanumeric character",
    good: { metadata: { ...meta, labels: { team: "" } } },
  },
  {
    rule: "object name",
    token: CONFIG_MAP,
    bad: { metadata: { name: "My_Config", namespace: "default" } },
    says:
      "metadata.name: Invalid value: \"My_Config\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
      "and must start and end with an alphanumeric character (regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    good: { metadata: { name: "my.config", namespace: "default" } },
  },
  {
    rule: "Service name",
    token: SERVICE,
    bad: { ...service({}), metadata: { name: "1web", namespace: "default" } },
    says:
      "metadata.name: Invalid value: \"1web\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', " +
      "start with an alphabetic character, and end with an alphanumeric character (regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    good: { ...service({}), metadata: { name: "web1", namespace: "default" } },
  },
  {
    rule: "CronJob name",
    token: "kubernetes:batch/v1:CronJob",
    bad: cronJob("a".repeat(53)),
    says: `metadata.name: Invalid value: "${"a".repeat(53)}": must be no more than 52 characters`,
    good: cronJob("a".repeat(52)),
  },
  {
    rule: "annotations",
    token: CONFIG_MAP,
    bad: { metadata: { ...meta, annotations: { a: "x".repeat(262_144) } } },
    says: "metadata.annotations: Too long: may not be more than 262144 bytes",
    good: { metadata: { ...meta, annotations: { a: "x".repeat(262_143) } } },
  },
  {
    rule: "ConfigMap size",
    token: CONFIG_MAP,
    bad: { metadata: meta, data: { a: "x".repeat(1_048_577) } },
    says: ": Too long: may not be more than 1048576 bytes",
    good: { metadata: meta, data: { a: "x".repeat(1_048_576) } },
  },
  {
    rule: "ConfigMap key",
    token: CONFIG_MAP,
    bad: { metadata: meta, data: { "a/b": "x" } },
    says: "data[\"a/b\"]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    good: { metadata: meta, data: { "a.b": "x" } },
  },
  {
    rule: "Secret encoding",
    token: SECRET,
    bad: { metadata: meta, data: { a: "pass word!" } },
    says: 'data.a: Invalid value: "[secret]": illegal base64 data at input byte 8',
    good: { metadata: meta, data: { a: "cGFzcw==" } },
  },
  {
    rule: "TLS Secret",
    token: SECRET,
    bad: { metadata: meta, type: "kubernetes.io/tls", stringData: { "tls.crt": "x" } },
    says: "data[tls.key]: Required value",
    good: { metadata: meta, type: "kubernetes.io/tls", stringData: { "tls.crt": "x", "tls.key": "y" } },
  },
  {
    rule: "Service type",
    token: SERVICE,
    bad: service({ type: "Loadbalancer" }),
    says: 'spec.type: Unsupported value: "Loadbalancer": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    good: service({ type: "NodePort" }),
  },
  {
    rule: "node port range",
    token: SERVICE,
    bad: service({ type: "NodePort", ports: [{ port: 80, nodePort: 8080 }] }),
    says: "spec.ports[0].nodePort: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767",
    good: service({ type: "NodePort", ports: [{ port: 80, nodePort: 32767 }] }),
  },
  {
    rule: "node port of a ClusterIP Service",
    token: SERVICE,
    bad: service({ ports: [{ port: 80, nodePort: 30080 }] }),
    says: "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    good: service({ ports: [{ port: 80 }] }),
  },
  {
    rule: "names of several ports",
    token: SERVICE,
    bad: service({ ports: [{ port: 80, name: "http" }, { port: 443 }] }),
    says: "spec.ports[1].name: Required value",
    good: service({
      ports: [
        { port: 80, name: "http" },
        { port: 443, name: "https" },
      ],
    }),
  },
  {
    rule: "Ingress path",
    token: INGRESS,
    bad: ingress({ path: "api" }),
    says: 'spec.rules[0].http.paths[0].path: Invalid value: "api": must be an absolute path',
    good: ingress({ path: "/api" }),
  },
  {
    rule: "Ingress path type",
    token: INGRESS,
    bad: ingress({ pathType: "prefix" }),
    says: 'spec.rules[0].http.paths[0].pathType: Unsupported value: "prefix": supported values: "Exact", "ImplementationSpecific", "Prefix"',
    good: ingress({ pathType: "Exact" }),
  },
  {
    rule: "Ingress backend port",
    token: INGRESS,
    bad: ingress({ backend: { service: { name: "web" } } }),
    says: "spec.rules[0].http.paths[0].backend: Required value: port name or number is required",
    good: ingress({ backend: { service: { name: "web", port: { name: "http" } } } }),
  },
  {
    rule: "[DP-K8S-07] autoscaler minimum",
    token: SCALER,
    bad: scaler({ minReplicas: 0 }),
    says: "spec.minReplicas: Invalid value: 0: must be greater than 0",
    good: scaler({ minReplicas: 1 }),
  },
  {
    rule: "[DP-K8S-07] autoscaler maximum",
    token: SCALER,
    bad: scaler({ maxReplicas: 2 }),
    says: "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`",
    good: scaler({ maxReplicas: 3 }),
  },
  {
    rule: "[DP-K8S-07] scaling policy period",
    token: SCALER,
    bad: scaler({ behavior: { scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 1801 }] } } }),
    says: "spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be between 1 and 1800, inclusive",
    good: scaler({ behavior: { scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 1800 }] } } }),
  },
  {
    rule: "stabilization window",
    token: SCALER,
    bad: scaler({ behavior: { scaleDown: { stabilizationWindowSeconds: 3601 } } }),
    says: "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be between 0 and 3600, inclusive",
    good: scaler({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } }),
  },
  {
    rule: "both sides of a disruption budget",
    token: BUDGET,
    bad: { metadata: meta, spec: { minAvailable: 1, maxUnavailable: 1 } },
    says: 'spec: Invalid value: {"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set',
    good: { metadata: meta, spec: { minAvailable: "50%" } },
  },
  {
    rule: "neither side of a disruption budget",
    token: BUDGET,
    bad: { metadata: meta, spec: { selector: { matchLabels: { app: "x" } } } },
    says: "spec: Required value: set one of minAvailable and maxUnavailable: a budget without either allows no eviction",
    good: { metadata: meta, spec: { maxUnavailable: 1 } },
  },
  {
    rule: "StorageClass",
    token: "kubernetes:storage.k8s.io/v1:StorageClass",
    bad: { metadata: { name: "fast" }, provisioner: "ebs.csi.aws.com", volumeBindingMode: "Later" },
    says: 'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"',
    good: { metadata: { name: "fast" }, provisioner: "ebs.csi.aws.com", volumeBindingMode: "WaitForFirstConsumer" },
  },
  {
    rule: "role reference",
    token: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
    bad: { metadata: { name: "b" }, roleRef: { kind: "Role", name: "view", apiGroup: "rbac.authorization.k8s.io" } },
    says: 'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
    good: {
      metadata: { name: "b" },
      roleRef: { kind: "ClusterRole", name: "view", apiGroup: "rbac.authorization.k8s.io" },
    },
  },
  {
    rule: "definition name",
    token: "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
    bad: definition("widget.example.com"),
    says: 'metadata.name: Invalid value: "widget.example.com": must be spec.names.plural+"."+spec.group',
    good: definition("widgets.example.com"),
  },
  {
    rule: "namespace name",
    token: "kubernetes:core/v1:Namespace",
    bad: { metadata: { name: "n".repeat(64) } },
    says: `metadata.name: Invalid value: "${"n".repeat(64)}": must be no more than 63 characters`,
    good: { metadata: { name: "n".repeat(63) } },
  },
  {
    rule: "port name",
    token: DEPLOYMENT,
    bad: container({ ports: [{ name: "sixteen-letters1", containerPort: 80 }] }),
    says: `${POD}.ports[0].name: Invalid value: "sixteen-letters1": must be no more than 15 characters`,
    good: container({ ports: [{ name: "fifteen-letters", containerPort: 80 }] }),
  },
  {
    rule: "external name",
    token: SERVICE,
    bad: { metadata: meta, spec: { type: "ExternalName" } },
    says: "spec.externalName: Required value",
    good: { metadata: meta, spec: { type: "ExternalName", externalName: "db.example.com" } },
  },
  {
    rule: "percentage of a disruption budget",
    token: BUDGET,
    bad: { metadata: meta, spec: { minAvailable: "101%" } },
    says: 'spec.minAvailable: Invalid value: "101%": must not be greater than 100%',
    good: { metadata: meta, spec: { minAvailable: "100%" } },
  },
  {
    rule: "selector expression",
    token: BUDGET,
    bad: {
      metadata: meta,
      spec: { minAvailable: 1, selector: { matchExpressions: [{ key: "a", operator: "NotIn" }] } },
    },
    says: "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    good: {
      metadata: meta,
      spec: { minAvailable: 1, selector: { matchExpressions: [{ key: "a", operator: "Exists" }] } },
    },
  },
  {
    rule: "schedule",
    token: "kubernetes:batch/v1:CronJob",
    bad: cronJob("nightly", "0 3 * *"),
    says: 'spec.schedule: Invalid value: "0 3 * *": expected exactly 5 fields, found 4: [0 3 * *]',
    good: cronJob("nightly", "@daily"),
  },
  {
    rule: "subject of a binding",
    token: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    bad: roleBinding({ kind: "ServiceAccount", name: "web" }),
    says: "subjects[0].namespace: Required value",
    good: roleBinding({ kind: "User", name: "ann" }),
  },
  {
    rule: "role of a namespace",
    token: "kubernetes:rbac.authorization.k8s.io/v1:Role",
    bad: { metadata: meta, rules: [{ verbs: ["get"], nonResourceURLs: ["/healthz"] }] },
    says: 'rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply to non-resource URLs',
    good: { metadata: meta, rules: [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }] },
  },
  {
    rule: "block of a network policy",
    token: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    bad: networkPolicy("10.0.0.0/33"),
    says: 'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    good: networkPolicy("10.0.0.0/32"),
  },
];

function roleBinding(subject: Properties): Properties {
  const roleRef = { kind: "ClusterRole", name: "view", apiGroup: "rbac.authorization.k8s.io" };
  return { metadata: meta, roleRef, subjects: [subject] };
}

function networkPolicy(cidr: string): Properties {
  return {
    metadata: meta,
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [{ ipBlock: { cidr } }] }] },
  };
}

function strategy(rollingUpdate: Properties): Properties {
  const base = deployment("thing");
  return { ...base, spec: { ...(base["spec"] as Properties), strategy: { type: "RollingUpdate", rollingUpdate } } };
}

function cronJob(name: string, schedule = "0 3 * * *"): Properties {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "x" }] } };
  return {
    metadata: { name, namespace: "default" },
    spec: { schedule, jobTemplate: { spec: { template } } },
  };
}

function definition(name: string): Properties {
  return {
    metadata: { name },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
    },
  };
}

describe("what the API server checks of an object", () => {
  for (const { rule, token, bad, says, good } of RULES) {
    it(rule.startsWith("[") ? rule : `checks: ${rule}`, () => {
      assert.deepEqual(world.check(token, bad), [says]);
      assert.deepEqual(world.check(token, good), []);
    });
  }

  it("refuses the same at creation, all at once, as one invalid object", () => {
    const bad = container({ image: "", ports: [{ containerPort: 0 }] });
    assert.equal(
      refused("Invalid", () => world.create(DEPLOYMENT, bad)),
      'resource default/thing was not successfully created by the Kubernetes API server: Deployment.apps "thing" is invalid: ' +
        `[${POD}.image: Required value, ${POD}.ports[0].containerPort: Invalid value: 0: must be between 1 and 65535, inclusive]`,
    );
  });

  it("misses nothing in what is not known yet", () => {
    const unknown = deployment("thing", { containers: [Unknown.value] });
    assert.deepEqual(world.check(DEPLOYMENT, unknown), []);
    assert.deepEqual(world.check(DEPLOYMENT, container({ image: Unknown.value })), []);
    assert.deepEqual(world.check(BUDGET, { metadata: meta, spec: { minAvailable: Unknown.value } }), []);
    assert.deepEqual(world.check(INGRESS, ingress({ path: Unknown.value, backend: Unknown.value })), []);
    const labelled = deployment("thing");
    const selector = { ...(labelled["spec"] as Properties), selector: { matchLabels: { app: Unknown.value } } };
    assert.deepEqual(world.check(DEPLOYMENT, { ...labelled, spec: selector }), []);
  });

  it("reads quantities as Kubernetes does", () => {
    const values = {
      "100m": 0.1,
      "1Gi": 1_073_741_824,
      "128M": 128e6,
      "1e3": 1000,
      "128000m": 128,
      "0.5": 0.5,
      ".5": 0.5,
      "-1": -1,
    };
    for (const [written, amount] of Object.entries(values)) assert.equal(quantity(written), amount, written);
    for (const wrong of ["128MB", "1 Gi", "Gi", "1..5", ""]) assert.equal(quantity(wrong), undefined, wrong);
  });
});
