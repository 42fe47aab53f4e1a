import { kubernetesNetworkRules } from "../../../../policies/rules/kubernetes/network";
import type { Value } from "../../../../offline/cloud/value";
import { Unknown } from "../../../../offline/cloud/value";
import { changed, fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const JOB = "kubernetes:batch/v1:Job";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const PEER = "kubernetes:security.istio.io/v1:PeerAuthentication";
const OLD_PEER = "kubernetes:security.istio.io/v1beta1:PeerAuthentication";
const catalog = "iceberg-catalog-network-policies-iceberg";

describe("rules on networks of Kubernetes", () => {
  provesStack(kubernetesNetworkRules, "k8s-netpol-covers-pods", {
    of: "dr",
    alsoPasses: [
      {
        when: "policies name the pods one by one",
        change: (stack) =>
          policy(withoutPolicies(stack), "by-expression", {
            podSelector: {
              matchExpressions: [
                {
                  key: "app.kubernetes.io/name",
                  operator: "In",
                  values: ["iceberg-catalog", "iceberg-catalog-setup", "iceberg-catalog-bootstrap"],
                },
              ],
            },
          }),
      },
    ],
    fails: [
      {
        when: "no policy of the namespace is left",
        change: withoutPolicies,
        violated: [
          `${DEPLOYMENT} iceberg-catalog-server`,
          `${JOB} iceberg-catalog-bootstrap`,
          `${JOB} iceberg-catalog-setup`,
        ],
      },
      {
        when: "the policy is for other pods, or of another namespace",
        change: (stack) =>
          policy(
            policy(withoutPolicies(stack), "others", {
              podSelector: { matchLabels: { "app.kubernetes.io/name": "iceberg-catalog" } },
            }),
            "elsewhere",
            { podSelector: {} },
            "services",
          ),
        violated: [`${JOB} iceberg-catalog-bootstrap`, `${JOB} iceberg-catalog-setup`],
      },
    ],
    undecided: [
      {
        when: "the namespace of a policy is unknown",
        change: (stack) => policy(withoutPolicies(stack), "somewhere", { podSelector: {} }, Unknown.value),
        of: [
          `${DEPLOYMENT} iceberg-catalog-server`,
          `${JOB} iceberg-catalog-bootstrap`,
          `${JOB} iceberg-catalog-setup`,
        ],
      },
      {
        when: "the labels of the pods are unknown",
        change: (stack) =>
          policy(withoutPolicies(stack), "all", {
            podSelector: { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "Exists" }] },
          }).change(DEPLOYMENT, "iceberg-catalog-server", {
            set: { 'spec.template.metadata.labels["app.kubernetes.io/name"]': Unknown.value },
          }),
        of: [`${DEPLOYMENT} iceberg-catalog-server`],
      },
    ],
  });
  const namespace = `${NAMESPACE} iceberg-catalog-namespace-iceberg`;
  provesStack(kubernetesNetworkRules, "k8s-netpol-default-deny", {
    of: "dr",
    alsoPasses: [
      {
        when: "one policy denies each direction, one of them without saying so",
        change: (stack) =>
          policy(policy(withoutPolicies(stack), "in", { podSelector: {} }), "out", {
            podSelector: { matchLabels: {}, matchExpressions: [] },
            policyTypes: ["Egress"],
            egress: [],
          }),
      },
    ],
    fails: [
      {
        when: "the policy is gone",
        change: (stack) => stack.drop(POLICY, `${catalog}-default-deny`),
        violated: [namespace, namespace],
      },
      {
        when: "it is for ingress alone",
        change: (stack) => stack.change(POLICY, `${catalog}-default-deny`, { remove: ["spec.policyTypes"] }),
        violated: [namespace],
      },
      {
        when: "it is for some of the pods",
        change: (stack) =>
          stack.change(POLICY, `${catalog}-default-deny`, {
            set: { "spec.podSelector": { matchLabels: { tier: "web" } } },
          }),
        violated: [namespace, namespace],
      },
      {
        when: "it has a rule for what it denies",
        change: (stack) => stack.change(POLICY, `${catalog}-default-deny`, { set: { "spec.ingress": [{}] } }),
        violated: [namespace],
      },
    ],
    undecided: [
      {
        when: "what the policy is for is unknown",
        change: (stack) =>
          stack.change(POLICY, `${catalog}-default-deny`, { set: { "spec.podSelector": Unknown.value } }),
        of: [namespace],
      },
    ],
  });
  const into = fixture("dr", POLICY, "events-network-policies-kafka-network");
  const webhook = fixture("dr", POLICY, "platform-network-policies-cert-manager-webhook");
  const api = fixture("dr", POLICY, "platform-network-policies-cert-manager-kubernetes-api");
  provesResource(kubernetesNetworkRules, "k8s-netpol-no-open", {
    passes: [into, webhook, api, fixture("prod-gcp", POLICY, "platform-network-policies-external-secrets-identity")],
    alsoPasses: [
      {
        when: "the pods that may connect are of any namespace, and named",
        set: {
          "spec.ingress[0].from": [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "gateway" } } }],
        },
      },
      {
        when: "everybody may connect to a port that was added",
        set: { "spec.ingress[0].from": [], "spec.ingress[0].ports": [{ port: "https" }] },
        settings: { ingressPorts: ["https"] },
      },
    ],
    fails: [
      { set: { "spec.ingress[0].from": [] }, at: "spec.ingress[0]" },
      { remove: ["spec.ingress[0].from"], at: "spec.ingress[0]" },
      { set: { "spec.ingress[0].from[0].ipBlock.cidr": "0.0.0.0/0" }, at: "spec.ingress[0]" },
      { set: { "spec.ingress[0].from[0].ipBlock.cidr": "::/0" }, at: "spec.ingress[0]" },
      { set: { "spec.ingress[0].from[0]": { namespaceSelector: {} } }, at: "spec.ingress[0]" },
      { set: { "spec.ingress[0].from[0]": { namespaceSelector: {}, podSelector: {} } }, at: "spec.ingress[0]" },
      { of: webhook, set: { "spec.ingress[0].ports": [] }, at: "spec.ingress[0]" },
      { of: webhook, set: { "spec.ingress[0].ports[0].port": 5432 }, at: "spec.ingress[0]" },
      { of: webhook, set: { "spec.ingress[0].ports[0].endPort": 20_000 }, at: "spec.ingress[0]" },
      { of: api, remove: ["spec.egress[0].ports"], at: "spec.egress[0]" },
      { of: api, set: { "spec.egress[0].ports[1].port": 22 }, at: "spec.egress[0]" },
      { of: api, set: { "spec.egress[0].ports[1]": {} }, at: "spec.egress[0]" },
      { of: api, set: { "spec.egress[0]": {} }, at: "spec.egress[0]" },
    ],
    unknown: ["spec.ingress[0]", "spec.ingress[0].from", "spec.ingress[0].ports", "spec.ingress"],
  });
  const annotation = (key: string) => `metadata.annotations["${key}"]`;
  const ranges = annotation("service.beta.kubernetes.io/load-balancer-source-ranges");
  const scheme = annotation("service.beta.kubernetes.io/aws-load-balancer-scheme");
  const balancer = fixture("dr", "kubernetes:core/v1:Service", "queue-network");
  const front = fixture("durga-puja", "kubernetes:core/v1:Service", "frontend-service");
  provesResource(kubernetesNetworkRules, "k8s-service-not-exposed", {
    passes: [
      balancer,
      fixture("prod-gcp", "kubernetes:core/v1:Service", "queue-network"),
      fixture("durga-puja", "kubernetes:core/v1:Service", "backend-service"),
      changed(balancer, { remove: ["metadata.annotations"] }),
      changed(balancer, { remove: ["spec.loadBalancerSourceRanges"] }),
    ],
    alsoPasses: [
      { when: "it has no type", remove: ["spec.type"] },
      { when: "its class is internal by default", of: front, remove: [scheme] },
      { when: "its class is told so", of: front, set: { [scheme]: "internal" } },
      { when: "callers are listed by annotation", of: front, set: { [ranges]: "10.0.0.0/8, 192.0.2.0/24" } },
    ],
    fails: [
      { set: { "spec.type": "NodePort" }, at: "spec.type" },
      { set: { "spec.externalIPs": ["192.0.2.1"] }, at: "spec.externalIPs" },
      { remove: ["metadata.annotations", "spec.loadBalancerSourceRanges"], at: "spec.type" },
      { remove: ["metadata.annotations"], set: { "spec.loadBalancerSourceRanges": [] }, at: "spec.type" },
      {
        remove: ["metadata.annotations"],
        set: { "spec.loadBalancerSourceRanges": ["10.0.0.0/8", "0.0.0.0/0"] },
        at: "spec.type",
      },
      { of: front, set: { [ranges]: "10.0.0.0/8, 0.0.0.0/0" }, at: "spec.type" },
      { of: front, remove: [scheme, "spec.loadBalancerClass"], at: "spec.type" },
      { of: front, when: "it is made for the internet", at: "spec.type" },
    ],
    unknown: ["spec.type", "spec.externalIPs"],
  });
  const ingress = fixture("durga-puja", "kubernetes:networking.k8s.io/v1:Ingress", "ingress-ingress");
  const arn = annotation("alb.ingress.kubernetes.io/certificate-arn");
  const listen = annotation("alb.ingress.kubernetes.io/listen-ports");
  const encrypted = changed(ingress, {
    set: {
      "spec.rules[0].host": "www.example.com",
      "spec.tls": [{ hosts: ["www.example.com"] }],
      [listen]: '[{"HTTPS":443}]',
    },
  });
  provesResource(kubernetesNetworkRules, "k8s-ingress-tls", {
    passes: encrypted,
    alsoPasses: [
      { when: "the certificate is one of the cloud's", set: { [arn]: "arn:aws:acm:…" }, remove: ["spec.tls"] },
      { when: "the certificate is for all hosts of the domain", set: { "spec.tls": [{ hosts: ["*.example.com"] }] } },
      { when: "the certificate is for all that is served", set: { "spec.tls": [{ secretName: "all" }] } },
      {
        when: "plain requests are redirected",
        set: {
          [listen]: '[{"HTTP":80},{"HTTPS":443}]',
          [annotation("alb.ingress.kubernetes.io/ssl-redirect")]: "443",
        },
      },
      {
        when: "the class is one that was added, by its old name",
        set: { [annotation("kubernetes.io/ingress.class")]: "nginx" },
        remove: ["spec.ingressClassName"],
        settings: { classes: ["nginx"] },
      },
      {
        when: "another controller is told not to answer in clear",
        set: { "spec.ingressClassName": "gce", [annotation("kubernetes.io/ingress.allow-http")]: "false" },
        settings: { classes: ["gce"] },
      },
    ],
    fails: [
      { remove: ["spec.ingressClassName"], at: "spec.ingressClassName" },
      { set: { "spec.ingressClassName": "nginx" }, at: "spec.ingressClassName" },
      { remove: ["spec.tls"], at: "spec.tls" },
      { set: { "spec.tls": [] }, at: "spec.tls" },
      { set: { "spec.tls": [{ hosts: ["example.com"] }] }, at: "spec.tls" },
      { set: { "spec.rules[0].host": "a.b.example.com", "spec.tls": [{ hosts: ["*.example.com"] }] }, at: "spec.tls" },
      { set: { "spec.rules[1]": { host: "api.example.com" } }, at: "spec.tls" },
      { set: { "spec.rules[0].host": "*.example.com", [arn]: "arn:aws:acm:…" }, at: "spec.rules[0].host" },
      { set: { "spec.rules[0].host": null }, at: ["spec.rules[0].host", "spec.tls"] },
      {
        set: { "spec.defaultBackend": { service: { name: "web" } } },
        at: ["spec.defaultBackend", "spec.tls"],
      },
      { set: { [listen]: '[{"HTTP":80},{"HTTPS":443}]' }, at: "metadata.annotations" },
      {
        set: { [annotation("nginx.ingress.kubernetes.io/configuration-snippet")]: "deny all;" },
        at: "metadata.annotations",
      },
      {
        set: {
          "spec.ingressClassName": "nginx",
          [annotation("nginx.ingress.kubernetes.io/ssl-redirect")]: "false",
        },
        settings: { classes: ["nginx"] },
        at: "metadata.annotations",
      },
      { set: { "spec.ingressClassName": "gce" }, settings: { classes: ["gce"] }, at: "metadata.annotations" },
    ],
    unknown: ["spec.tls", "spec.ingressClassName", listen],
  });
  const meshed = `${NAMESPACE} platform-namespaces-services`;
  const strict = { mtls: { mode: "STRICT" } };
  provesStack(kubernetesNetworkRules, "k8s-mesh-strict-mtls-coverage", {
    of: "prod",
    with: (stack) => peer(inMesh(stack, { "istio-injection": "enabled" }), "mesh", "istio-system", strict),
    alsoPasses: [
      { when: "there is no mesh", change: (stack) => inMesh(stack.dropAll(PEER), { "istio-injection": "disabled" }) },
      {
        when: "the namespace asks for it itself, by the older version",
        change: (stack) =>
          peer(stack.dropAll(PEER), "own", "services", { ...strict, selector: { matchLabels: {} } }, OLD_PEER),
      },
      {
        when: "the mesh has another namespace",
        change: (stack) => peer(stack.dropAll(PEER), "mesh", "mesh", strict),
        settings: { rootNamespace: "mesh" },
      },
      {
        when: "what inherits says so",
        change: (stack) => peer(stack, "own", "services", { mtls: { mode: "UNSET" }, portLevelMtls: { "8080": {} } }),
      },
    ],
    fails: [
      { when: "nothing asks for it", change: (stack) => stack.dropAll(PEER), violated: [meshed] },
      {
        when: "the namespace is in the mesh by its revision",
        change: (stack) => inMesh(stack.dropAll(PEER), { "istio.io/rev": "canary" }),
        violated: [meshed],
      },
      {
        when: "the namespace is in the mesh of the nodes",
        change: (stack) => inMesh(stack.dropAll(PEER), { "istio.io/dataplane-mode": "ambient" }),
        violated: [meshed],
      },
      {
        when: "only some pods are asked for it",
        change: (stack) =>
          peer(stack.dropAll(PEER), "some", "services", { ...strict, selector: { matchLabels: { app: "api" } } }),
        violated: [meshed],
      },
      {
        when: "another namespace asks for it",
        change: (stack) => peer(stack.dropAll(PEER), "other", "cert-manager", strict),
        violated: [meshed],
      },
      {
        when: "the mesh takes requests in clear too",
        change: (stack) => peer(stack.dropAll(PEER), "mesh", "istio-system", { mtls: { mode: "PERMISSIVE" } }),
        violated: [meshed, `${PEER} mesh spec.mtls.mode`],
      },
      {
        when: "some pods are let off",
        change: (stack) =>
          peer(stack, "some", "services", {
            selector: { matchLabels: { app: "api" } },
            mtls: { mode: "DISABLE" },
          }),
        violated: [`${PEER} some spec.mtls.mode`],
      },
      {
        when: "a port is let off",
        change: (stack) =>
          peer(stack, "port", "services", {
            selector: { matchLabels: { app: "api" } },
            portLevelMtls: { "8080": { mode: "PERMISSIVE" }, "8081": { mode: "STRICT" } },
          }),
        violated: [`${PEER} port spec.portLevelMtls["8080"].mode`],
      },
    ],
    undecided: [
      {
        when: "what the mesh asks for is unknown",
        change: (stack) => peer(stack.dropAll(PEER), "mesh", "istio-system", { mtls: { mode: Unknown.value } }),
        of: [`${PEER} mesh`, meshed],
      },
      {
        when: "it is unknown whether the namespace is in the mesh",
        change: (stack) => inMesh(stack.dropAll(PEER), { "istio-injection": Unknown.value }),
        of: [meshed],
      },
    ],
  });
});

/** A stack without the policies of one namespace. */
function withoutPolicies(stack: StackUnderTest): StackUnderTest {
  const names = stack.resources.filter(({ type, name }) => type === POLICY && name.startsWith(catalog));
  return names.reduce((rest, { name }) => rest.drop(POLICY, name), stack);
}

function policy(
  stack: StackUnderTest,
  name: string,
  spec: Readonly<Record<string, Value>>,
  namespace: Value = "iceberg",
): StackUnderTest {
  return stack.add(POLICY, name, { inputs: { metadata: { name, namespace }, spec } });
}

function inMesh(stack: StackUnderTest, labels: Readonly<Record<string, Value>>): StackUnderTest {
  return stack.change(NAMESPACE, "platform-namespaces-services", { set: { "metadata.labels": labels } });
}

function peer(
  stack: StackUnderTest,
  name: string,
  namespace: string,
  spec: Readonly<Record<string, Value>>,
  type: typeof PEER | typeof OLD_PEER = PEER,
): StackUnderTest {
  const { inputs } = written(type, { kind: "PeerAuthentication", metadata: { name, namespace }, spec });
  return stack.add(type, name, { inputs });
}
