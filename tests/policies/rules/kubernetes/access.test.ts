import { Unknown, type Value } from "../../../../offline/cloud/value";
import type { Resource } from "../../../../policies/model/resource";
import { accessRules } from "../../../../policies/rules/kubernetes/access";
import { changed, fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const ACCOUNT = "kubernetes:core/v1:ServiceAccount";
const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
const CLUSTER_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";
const ENFORCE = 'metadata.labels["pod-security.kubernetes.io/enforce"]';

const POD = "spec.template.spec";
const TOKEN = `${POD}.automountServiceAccountToken`;
const server = `${DEPLOYMENT} iceberg-catalog-server`;
const operator = `${DEPLOYMENT} queue-operator-deployment`;

describe("rules on access to Kubernetes", () => {
  provesStack(accessRules, "k8s-sa-token-off", {
    of: "dr",
    alsoPasses: [
      {
        when: "the account of a pod that says nothing gives no token",
        change: (stack) => stack.change(DEPLOYMENT, "iceberg-catalog-server", { remove: [TOKEN] }),
      },
      {
        when: "a role of the cluster is bound to the account",
        change: (stack) =>
          stack.dropAll(BINDING).add(CLUSTER_BINDING, "all", {
            inputs: {
              metadata: { name: "all" },
              roleRef: { kind: "ClusterRole", name: "watcher" },
              subjects: [{ kind: "ServiceAccount", name: "rabbitmq-cluster-operator", namespace: "rabbitmq" }],
            },
          }),
      },
      {
        when: "the binding names an account of its own namespace",
        change: (stack) => stack.change(BINDING, "queue-operator-binding", { remove: ["subjects[0].namespace"] }),
      },
    ],
    fails: [
      {
        when: "a pod takes a token that has no rights",
        change: (stack) => stack.change(DEPLOYMENT, "iceberg-catalog-server", { set: { [TOKEN]: true } }),
        violated: [`${server} ${TOKEN}`],
      },
      {
        when: "nothing is bound to the account of those that take one",
        change: (stack) => stack.dropAll(BINDING),
        violated: [`${operator} ${TOKEN}`, `${ACCOUNT} queue-operator-account automountServiceAccountToken`],
      },
      {
        when: "the role is bound to an account of another namespace, and to a user of the name",
        change: (stack) =>
          stack.change(BINDING, "queue-operator-binding", {
            set: {
              subjects: [
                { kind: "ServiceAccount", name: "rabbitmq-cluster-operator", namespace: "kafka" },
                { kind: "User", name: "rabbitmq-cluster-operator", namespace: "rabbitmq" },
              ],
            },
          }),
        violated: [`${operator} ${TOKEN}`, `${ACCOUNT} queue-operator-account automountServiceAccountToken`],
      },
      {
        when: "an account gives tokens by default",
        change: (stack) =>
          stack.change(ACCOUNT, "iceberg-catalog-service-account", { remove: ["automountServiceAccountToken"] }),
        violated: [`${ACCOUNT} iceberg-catalog-service-account automountServiceAccountToken`],
      },
      {
        when: "a pod has the account of all",
        change: (stack) =>
          stack.change(DEPLOYMENT, "iceberg-catalog-server", { remove: [`${POD}.serviceAccountName`, TOKEN] }),
        violated: [`${server} ${POD}.serviceAccountName`, `${server} ${TOKEN}`],
      },
      {
        when: "a pod names the account of all, and takes no token",
        change: (stack) =>
          stack.change(DEPLOYMENT, "iceberg-catalog-server", { set: { [`${POD}.serviceAccountName`]: "default" } }),
        violated: [`${server} ${POD}.serviceAccountName`],
      },
    ],
    undecided: [
      {
        when: "the account is another's",
        change: (stack) =>
          stack.change(DEPLOYMENT, "iceberg-catalog-server", {
            set: { [`${POD}.serviceAccountName`]: "elsewhere" },
            remove: [TOKEN],
          }),
        of: [server],
      },
      {
        when: "it is unknown whom a role is bound to",
        change: (stack) =>
          stack
            .change(BINDING, "queue-operator-binding", { set: { subjects: Unknown.value } })
            .change(DEPLOYMENT, "iceberg-catalog-server", { set: { [TOKEN]: true } }),
        of: [server, operator, `${ACCOUNT} queue-operator-account`],
      },
      {
        when: "it is unknown whether a pod takes one",
        change: (stack) => stack.change(DEPLOYMENT, "iceberg-catalog-server", { set: { [TOKEN]: Unknown.value } }),
        of: [server],
      },
    ],
  });
  const account = fixture("dr", ACCOUNT, "iceberg-catalog-service-account");
  const release = fixture("dr", "kubernetes:helm.sh/v3:Release", "events-operator-release");
  const read = written("kubernetes:core/v1:Secret", {});
  const provider = { urn: "", type: "pulumi:providers:kubernetes", name: "kubernetes" };
  provesResource(accessRules, "k8s-no-default-namespace", {
    passes: [
      account,
      release,
      fixture("dr", "kubernetes:kafka.strimzi.io/v1:Kafka"),
      fixture("dr", DEPLOYMENT),
      fixture("dev", "kubernetes:helm.sh/v3:Release", "cluster-autoscaler-chart-release"),
    ],
    alsoPasses: [
      { when: "the object is only read", of: read },
      {
        when: "the provider has a namespace",
        of: { ...account, provider: { ...provider, inputs: { namespace: "iceberg" } } },
        remove: ["metadata.namespace"],
      },
    ],
    fails: [
      { remove: ["metadata.namespace"], at: "metadata.namespace" },
      { set: { "metadata.namespace": "default" }, at: "metadata.namespace" },
      { set: { "metadata.namespace": "kube-system" }, at: "metadata.namespace" },
      {
        of: { ...account, provider: { ...provider, inputs: { namespace: "default" } } },
        when: "the provider's is no better",
        remove: ["metadata.namespace"],
        at: "metadata.namespace",
      },
      { of: release, remove: ["namespace"], at: "namespace" },
      { of: release, set: { namespace: "default" }, at: "namespace" },
    ],
    unknown: ["metadata.namespace", "metadata"],
  });
  provesResource(accessRules, "k8s-pss-labels", {
    passes: [
      fixture("dr", "kubernetes:core/v1:Namespace", "iceberg-catalog-namespace-iceberg"),
      fixture("prod", "kubernetes:core/v1:Namespace"),
    ],
    alsoPasses: [{ when: "less is asked for", set: { [ENFORCE]: "baseline" }, settings: { level: "baseline" } }],
    fails: [
      { set: { [ENFORCE]: "baseline" }, at: ENFORCE },
      { set: { [ENFORCE]: "Restricted" }, at: ENFORCE },
      { remove: [ENFORCE], at: ENFORCE },
      { remove: ["metadata.labels"], at: ENFORCE },
      { set: { [ENFORCE]: "privileged" }, settings: { level: "baseline" }, at: ENFORCE },
    ],
    unknown: [ENFORCE, "metadata.labels"],
  });
  const role = fixture("dr", ROLE, "queue-operator-role");
  const modest = changed(role, { remove: ["rules[4]"] });
  const rule = { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] };
  const clusterRole = written(CLUSTER_ROLE, { rules: [rule, { nonResourceURLs: ["/healthz/*"], verbs: ["get"] }] });
  provesResource(accessRules, "k8s-rbac-no-wildcards", {
    passes: [role, clusterRole],
    fails: [
      { set: { "rules[0].verbs": ["get", "*"] }, at: "rules[0].verbs" },
      { set: { "rules[1].apiGroups": ["*"] }, at: "rules[1].apiGroups" },
      { set: { "rules[2].resources": ["*"] }, at: "rules[2].resources" },
      { set: { "rules[2].resources": ["pods/*"] }, at: "rules[2].resources" },
      { of: clusterRole, set: { "rules[0].verbs": ["*"] }, at: "rules[0].verbs" },
      { of: clusterRole, set: { "rules[1].nonResourceURLs": ["*"] }, at: "rules[1].nonResourceURLs" },
    ],
    unknown: ["rules[0].verbs", "rules"],
  });
  provesResource(accessRules, "k8s-rbac-no-escalation", {
    passes: [modest, clusterRole],
    alsoPasses: [
      {
        when: "a secret is read by its name",
        of: clusterRole,
        set: { "rules[0].resources": ["secrets"], "rules[0].resourceNames": ["login"] },
      },
      {
        when: "webhooks are only looked at",
        set: { "rules[0].resources": ["mutatingwebhookconfigurations"], "rules[0].verbs": ["get", "list"] },
      },
      { when: "secrets of the namespace are read", set: { "rules[0].resources": ["secrets"] } },
    ],
    fails: [
      { of: role, when: "it runs commands in pods, as an operator does", at: "rules[4]" },
      ...["escalate", "bind", "impersonate"].map((verb) => ({ set: { "rules[0].verbs": [verb] }, at: "rules[0]" })),
      ...[
        { resources: ["pods/attach"], verbs: ["create"] },
        { resources: ["nodes/proxy"], verbs: ["get"] },
        { resources: ["serviceaccounts/token"], verbs: ["create"] },
        { resources: ["validatingwebhookconfigurations"], verbs: ["patch"] },
        { resources: ["certificatesigningrequests/approval"], verbs: ["update"] },
        { resources: ["pods", "pods/exec"], verbs: ["create"], resourceNames: [] },
      ].map((given) => ({ set: { "rules[0]": given }, at: "rules[0]" })),
      { of: clusterRole, set: { "rules[0].resources": ["secrets"] }, at: "rules[0]" },
      { of: clusterRole, set: { "rules[0].resources": ["*"], "rules[0].verbs": ["list"] }, at: "rules[0]" },
      {
        of: clusterRole,
        set: { "rules[0].resources": ["*"], "rules[0].verbs": ["*"] },
        // One for each way that there is.
        at: Array.from({ length: 8 }, () => "rules[0]"),
      },
    ],
    unknown: ["rules[0].verbs", "rules"],
  });
  const binding = fixture("dr", BINDING, "queue-operator-binding");
  const everywhere = written(CLUSTER_BINDING, binding.inputs);
  provesResource(accessRules, "k8s-rbac-no-cluster-admin", {
    passes: [binding, everywhere],
    alsoPasses: [
      { when: "an account has the name of a group", set: { "subjects[0].name": "system:masters" } },
      { when: "nobody is bound", set: { subjects: [] } },
    ],
    fails: [binding, everywhere].flatMap((of) => [
      bindingTo(of, "roleRef.name", { "roleRef.name": "cluster-admin" }),
      ...["authenticated", "unauthenticated", "masters", "serviceaccounts"].map((group) =>
        bindingTo(of, "subjects[1].name", { "subjects[1]": { kind: "Group", name: `system:${group}` } }),
      ),
      bindingTo(of, "subjects[0].name", { "subjects[0]": { kind: "User", name: "system:anonymous" } }),
    ]),
    unknown: ["roleRef.name", "subjects[0].kind", "subjects"],
  });
});

function bindingTo(of: Resource, at: string, set: Readonly<Record<string, Value>>) {
  return { of, at, set };
}
