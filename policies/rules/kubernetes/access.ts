import { z } from "zod";
import { metadataOf, namespaceOf, objectIn } from "../../checks/namespaces";
import { podsOf, WORKLOADS, type PodTemplate } from "../../checks/pod-templates";
import { once } from "../../checks/once";
import { anyOf, inTurn, readable } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Inputs, type Rule, type Subject } from "../../model/rule";
import { undecided } from "../../model/view";
import type { ResourceType } from "../../types";

const DOCS = "https://kubernetes.io/docs";
const RBAC = `${DOCS}/concepts/security/rbac-good-practices/`;
const ACCOUNT = "kubernetes:core/v1:ServiceAccount";
const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
const CLUSTER_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";
const ENFORCE = "pod-security.kubernetes.io/enforce";

/** Types whose objects are in a namespace. */
const NAMESPACED = [
  ...WORKLOADS,
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
  "kubernetes:cert-manager.io/v1:Certificate",
  "kubernetes:core/v1:ConfigMap",
  "kubernetes:core/v1:Secret",
  "kubernetes:core/v1:Service",
  ACCOUNT,
  "kubernetes:external-secrets.io/v1:ExternalSecret",
  "kubernetes:external-secrets.io/v1:SecretStore",
  "kubernetes:kafka.strimzi.io/v1:Kafka",
  "kubernetes:kafka.strimzi.io/v1:KafkaNodePool",
  "kubernetes:kafka.strimzi.io/v1:KafkaTopic",
  "kubernetes:kafka.strimzi.io/v1:KafkaUser",
  "kubernetes:networking.k8s.io/v1:Ingress",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:policy/v1:PodDisruptionBudget",
  "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster",
  ROLE,
  BINDING,
  "kubernetes:security.istio.io/v1:PeerAuthentication",
  "kubernetes:security.istio.io/v1beta1:PeerAuthentication",
] as const satisfies readonly ResourceType[];

/** Levels of the Pod Security Standards, the strictest last. */
const LEVELS = ["privileged", "baseline", "restricted"] as const;

export const accessRules: readonly Rule[] = [
  graphRule({
    id: "k8s-sa-token-off",
    title: "Pods hold a token of the Kubernetes API only where they have rights in it",
    severity: "medium",
    controls: { cis: ["Kubernetes 1.11 5.1.5", "Kubernetes 1.11 5.1.6"] },
    why: "The token that every pod is given by default tells whoever breaks into it how to talk to the cluster, and takes every right that the account is ever given.",
    remedy: {
      text: "Give the pods a service account of their own and mount no token; bind a role to the account of those that need one.",
      example: "spec: { serviceAccountName: account.metadata.name, automountServiceAccountToken: false, … }",
    },
    source: `${DOCS}/tasks/configure-pod-container/configure-service-account/`,
    types: [...WORKLOADS, ACCOUNT],
    check: (graph, judge) => {
      judge.each(graph.all(...WORKLOADS), (workload, expect) => {
        const pod = podsOf(workload);
        expect(`${pod.path}.serviceAccountName`, "is the account that all pods of the namespace share", () => {
          return accountOf(pod) !== DEFAULT_ACCOUNT;
        });
        expect(
          `${pod.path}.automountServiceAccountToken`,
          "gives every container a token that has no rights here",
          () => {
            const account = { name: accountOf(pod), namespace: namespaceOf(workload) };
            return anyOf([() => !mountsToken(graph, pod, account), () => hasRights(graph, account)], (holds) =>
              holds(),
            );
          },
        );
      });
      judge.each(graph.all(ACCOUNT), (account, expect) => {
        expect("automountServiceAccountToken", "gives pods a token, and the account has no rights here", () => {
          const { name = "" } = metadataOf(account);
          const isOff = () => account.props.automountServiceAccountToken === false;
          return anyOf([isOff, () => hasRights(graph, { name, namespace: namespaceOf(account) })], (holds) => holds());
        });
      });
    },
  }),
  resourceRule({
    id: "k8s-no-default-namespace",
    title: "Objects are in namespaces of their own",
    severity: "low",
    controls: { cis: ["Kubernetes 1.11 5.6.4"] },
    why: "Rights, limits and network policies go by namespace: what is in the default one has none, and kube-system is the cluster's own.",
    remedy: {
      text: "Name a namespace that the stack makes.",
      example: 'metadata: { name: "api", namespace: namespace.metadata.name }',
    },
    source: `${DOCS}/concepts/overview/working-with-objects/namespaces/`,
    on: {
      ...inNamespaces(NAMESPACED, (namespace, expect) => {
        expect("metadata.namespace", "is the default namespace, or the cluster's own", () => {
          return !["default", "kube-system"].includes(namespace() ?? "default");
        });
      }),
      // Add-ons that are parts of a cluster belong to kube-system, where their charts expect to be.
      "kubernetes:helm.sh/v3:Release": ({ namespace }, expect, subject) => {
        expect("namespace", "is the default namespace", () => {
          return (namespace ?? ofProvider(subject) ?? "default") !== "default";
        });
      },
    },
  }),
  resourceRule({
    id: "k8s-pss-labels",
    title: "Namespaces refuse pods that are not restricted",
    severity: "high",
    controls: { iso27001: ["A.8.9"] },
    why: "Whoever may make a pod in a namespace that takes any may make one that is the node.",
    remedy: {
      text: "Label the namespace so that the API server enforces the restricted level.",
      example: `metadata: { labels: { "${ENFORCE}": "restricted" } }`,
    },
    source: `${DOCS}/concepts/security/pod-security-admission/`,
    settings: z.object({
      level: z.enum(LEVELS).default("restricted").describe("Level of the Pod Security Standards, at least."),
    }),
    on: {
      "kubernetes:core/v1:Namespace": ({ metadata }, expect, { settings }) => {
        expect(`metadata.labels["${ENFORCE}"]`, `is not ${settings.level}`, () => {
          const level = LEVELS.findIndex((one) => one === metadata?.labels?.[ENFORCE]);
          return level >= LEVELS.indexOf(settings.level);
        });
      },
    },
  }),
  resourceRule({
    id: "k8s-rbac-no-wildcards",
    title: "Roles name what they allow",
    severity: "critical",
    controls: { cis: ["Kubernetes 1.11 5.1.3"], iso27001: ["A.5.1", "A.5.2"], pciDss: ["7.2.3"] },
    why: "A wildcard allows what is there today and whatever is added to the cluster later.",
    remedy: {
      text: "List the verbs, resources and API groups that are needed.",
      example: 'rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch"] }]',
    },
    source: RBAC,
    on: onRoles((rule, path, expect) => {
      for (const key of ["verbs", "resources", "apiGroups", "nonResourceURLs"] as const) {
        expect(`${path}.${key}`, "has a wildcard", () => {
          return (rule[key] ?? []).every((one) => one !== "*" && (key !== "resources" || !one.includes("*")));
        });
      }
    }),
  }),
  resourceRule({
    id: "k8s-rbac-no-escalation",
    title: "Roles give nobody a way to more rights than they name",
    severity: "critical",
    controls: { cis: ["Kubernetes 1.11 5.1.2"], iso27001: ["A.5.1", "A.5.2"], pciDss: ["1.3.1"] },
    why: "Some rights are all rights: to take somebody's name, to give oneself a role, to run a command in a pod, to read every secret.",
    remedy: {
      text: "Take the right out, or narrow it to objects by name; in a namespace of its own, exempt the controller that cannot do without.",
      example: 'rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames: ["login"], verbs: ["get"] }]',
    },
    source: RBAC,
    on: onRoles((rule, path, expect, isOfCluster) => {
      for (const { says, isOfClusterOnly = false, ...right } of ESCALATIONS) {
        if (isOfClusterOnly && !isOfCluster) continue;
        expect(path, says, () => !allows(rule, right));
      }
    }),
  }),
  resourceRule({
    id: "k8s-rbac-no-cluster-admin",
    title: "Nobody is administrator of the cluster, and no right is everybody's",
    severity: "critical",
    controls: { cis: ["Kubernetes 1.11 5.1.1"], iso27001: ["A.5.1", "A.5.2"], pciDss: ["10.6.3"] },
    why: "Who takes over an account with this role has the cluster and every secret in it; a right of all who are logged in is a right of every pod.",
    remedy: {
      text: "Bind a role that names what is needed, to one account or group.",
      example:
        'new RoleBinding("deployer", { roleRef: { kind: "Role", name: role.metadata.name, … }, subjects: [account] })',
    },
    source: RBAC,
    on: {
      [BINDING]: (binding, expect) => {
        expectModest(binding, expect);
      },
      [CLUSTER_BINDING]: (binding, expect) => {
        expectModest(binding, expect);
      },
    },
  }),
];

const DEFAULT_ACCOUNT = "default";

function accountOf({ spec }: PodTemplate): string {
  return spec.serviceAccountName ?? spec.serviceAccount ?? DEFAULT_ACCOUNT;
}

interface Account {
  readonly name: string;
  readonly namespace: string;
}

/** Whether a pod is given a token: it says so itself, else its account does, else it is. */
function mountsToken(graph: Graph, { path, spec }: PodTemplate, { name, namespace }: Account): boolean {
  const own = spec.automountServiceAccountToken;
  if (own !== undefined) return own;
  const account = objectIn(graph, ACCOUNT, { namespace, name });
  if (account !== undefined) return account.props.automountServiceAccountToken !== false;
  // Every namespace has this one, and it mounts its token.
  if (name === DEFAULT_ACCOUNT) return true;
  return undecided(`${path}.serviceAccountName`, `refers to ${name}, which is not in this stack`);
}

/** Accounts to which a role is bound, and why there may be more of them. */
const bound = once((graph) => {
  const bindings = graph.all(BINDING, CLUSTER_BINDING).map((binding) => () => accountsOf(binding));
  const { items, open } = readable(() => inTurn(...bindings));
  return { accounts: new Set(items.map(keyOf)), open };
});

function accountsOf(binding: Node<typeof BINDING | typeof CLUSTER_BINDING>): readonly Account[] {
  return (binding.props.subjects ?? []).flatMap(({ kind, name = "", namespace }) => {
    return kind === "ServiceAccount" ? [{ name, namespace: namespace ?? namespaceOf(binding) }] : [];
  });
}

function keyOf({ name, namespace }: Account): string {
  return `${namespace}/${name}`;
}

/** Whether a role is bound to an account: a role of the cluster, or of whatever namespace. */
function hasRights(graph: Graph, account: Account): boolean {
  const { accounts, open } = bound(graph);
  if (accounts.has(keyOf(account))) return true;
  if (open !== undefined) throw open;
  return false;
}

/** One check for the namespace of every type that has one. */
function inNamespaces<T extends ResourceType>(
  types: readonly T[],
  check: (namespace: () => string | undefined, expect: Expect) => void,
): { readonly [Type in T]: (inputs: Inputs<Type>, expect: Expect, subject: Subject) => void } {
  const checks = types.map((type) => [
    type,
    (inputs: { readonly metadata?: { readonly namespace?: string } }, expect: Expect, subject: Subject) => {
      // What the stack only reads has no inputs: its namespace is another's to choose.
      if (inputs.metadata !== undefined) check(() => inputs.metadata?.namespace ?? ofProvider(subject), expect);
    },
  ]);
  return Object.fromEntries(checks) as { readonly [Type in T]: (inputs: Inputs<Type>, expect: Expect) => void };
}

/** The namespace that a provider gives to what has none. */
function ofProvider({ resource: { provider } }: Subject): string | undefined {
  const namespace = provider?.inputs["namespace"];
  return typeof namespace === "string" ? namespace : undefined;
}

type PolicyRule = NonNullable<Inputs<typeof ROLE>["rules"]>[number];

/** One check for every rule of a role. */
function onRoles(check: (rule: PolicyRule, path: string, expect: Expect, isOfCluster: boolean) => void) {
  const each = (rules: readonly PolicyRule[] | undefined, expect: Expect, isOfCluster: boolean) => {
    for (const [index, rule] of (rules ?? []).entries()) check(rule, `rules[${String(index)}]`, expect, isOfCluster);
  };
  return {
    [ROLE]: ({ rules }: Inputs<typeof ROLE>, expect: Expect) => {
      each(rules, expect, false);
    },
    [CLUSTER_ROLE]: ({ rules }: Inputs<typeof CLUSTER_ROLE>, expect: Expect) => {
      each(rules, expect, true);
    },
  };
}

/** A right that is a way to others. */
interface Right {
  readonly verbs: readonly string[];
  readonly resources?: readonly string[];
}

const READ = ["get", "list", "watch"];
const WRITE = ["create", "update", "patch", "delete", "deletecollection"];

/** Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks */
const ESCALATIONS: readonly (Right & { readonly says: string; readonly isOfClusterOnly?: boolean })[] = [
  { says: "lets one give oneself any right", verbs: ["escalate", "bind"] },
  { says: "lets one act in another's name", verbs: ["impersonate"] },
  { says: "reads every secret of the cluster", verbs: READ, resources: ["secrets"], isOfClusterOnly: true },
  {
    says: "runs commands in the pods of others",
    verbs: ["get", "create"],
    resources: ["pods/exec", "pods/attach", "pods/ephemeralcontainers"],
  },
  { says: "reaches the kubelet past every check", verbs: ["get", "create"], resources: ["nodes/proxy"] },
  { says: "makes tokens of other accounts", verbs: ["create"], resources: ["serviceaccounts/token"] },
  {
    says: "changes what every request to the API goes through",
    verbs: WRITE,
    resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
  },
  {
    says: "signs certificates of users",
    verbs: ["approve", "sign", "update", "patch"],
    resources: ["certificatesigningrequests/approval", "signers"],
  },
];

/** Whether a rule gives a right. One on objects that are named gives it on these alone. */
function allows(rule: PolicyRule, { verbs, resources }: Right): boolean {
  if ((rule.resourceNames ?? []).length > 0) return false;
  const has = (given: readonly string[] | undefined, asked: readonly string[]) =>
    (given ?? []).some((one) => one === "*" || asked.includes(one));
  return has(rule.verbs, verbs) && (resources === undefined || has(rule.resources, resources));
}

/** Groups and users that are everybody, or the administrators whom no role binds. */
const EVERYBODY = [
  "system:authenticated",
  "system:unauthenticated",
  "system:anonymous",
  "system:masters",
  "system:serviceaccounts",
];

function expectModest(
  { roleRef, subjects }: Pick<Inputs<typeof BINDING>, "roleRef" | "subjects">,
  expect: Expect,
): void {
  expect("roleRef.name", "is the administrator of the cluster", () => roleRef?.name !== "cluster-admin");
  for (const [index, subject] of (subjects ?? []).entries()) {
    expect(`subjects[${String(index)}].name`, "is everybody, or above every role", () => {
      return subject.kind === "ServiceAccount" || !EVERYBODY.includes(subject.name ?? "");
    });
  }
}
