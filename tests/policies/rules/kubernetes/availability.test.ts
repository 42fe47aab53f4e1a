import { Unknown, type Value } from "../../../../offline/cloud/value";
import { availabilityRules } from "../../../../policies/rules/kubernetes/availability";
import { changed, fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";
const POD = "spec.template.spec";
const SPREAD = `${POD}.topologySpreadConstraints`;
const ZONE = "topology.kubernetes.io/zone";

const backend = `${DEPLOYMENT} backend-deployment`;
const budget = `${BUDGET} backend-disruption-budget`;
const autoscaler = `${AUTOSCALER} backend-autoscaler`;

describe("rules on availability in Kubernetes", () => {
  provesStack(availabilityRules, "k8s-pdb-exists", {
    of: "durga-puja",
    alsoPasses: [
      {
        when: "there is one pod and nothing to keep",
        change: (stack) => scaled(stack.drop(BUDGET, "backend-disruption-budget"), { "spec.minReplicas": null }),
      },
      {
        when: "the budget is for all pods of the namespace",
        change: (stack) =>
          stack.change(BUDGET, "backend-disruption-budget", { set: { "spec.selector": { matchLabels: {} } } }),
      },
    ],
    fails: [
      {
        when: "the budget is gone",
        change: (stack) => stack.drop(BUDGET, "backend-disruption-budget"),
        violated: [backend],
      },
      {
        when: "it is for other pods",
        change: (stack) =>
          stack.change(BUDGET, "backend-disruption-budget", {
            set: { "spec.selector.matchLabels": { "app.kubernetes.io/name": "worker" } },
          }),
        violated: [backend],
      },
      {
        when: "it is for none",
        change: (stack) => stack.change(BUDGET, "backend-disruption-budget", { remove: ["spec.selector"] }),
        violated: [backend],
      },
      {
        when: "it is in another namespace",
        change: (stack) =>
          stack.change(BUDGET, "backend-disruption-budget", { set: { "metadata.namespace": "argocd" } }),
        violated: [backend],
      },
      {
        when: "the workload has a number of pods of its own",
        change: (stack) =>
          stack
            .drop(BUDGET, "backend-disruption-budget")
            .drop(AUTOSCALER, "backend-autoscaler")
            .change(DEPLOYMENT, "backend-deployment", { set: { "spec.replicas": 2 } }),
        violated: [backend],
      },
      {
        when: "a stateful workload has none",
        change: (stack) => stack.add(STATEFUL_SET, "store", { inputs: stateful(3) }),
        violated: [`${STATEFUL_SET} store`],
      },
    ],
    undecided: [
      {
        when: "what the budget is for is unknown",
        change: (stack) =>
          stack.change(BUDGET, "backend-disruption-budget", { set: { "spec.selector": Unknown.value } }),
        of: [backend],
      },
      {
        when: "it is unknown how many pods there are",
        change: (stack) => scaled(stack, { "spec.minReplicas": Unknown.value }),
        of: [backend],
      },
    ],
  });
  provesStack(availabilityRules, "k8s-pdb-drainable", {
    of: "durga-puja",
    alsoPasses: [
      { when: "one pod less than there are is kept", change: (stack) => keeping(stack, 2) },
      { when: "a share is kept that leaves one", change: (stack) => keeping(stack, "60%") },
      { when: "none is kept", change: (stack) => keeping(stack, 0) },
      {
        when: "a share may be missing",
        change: (stack) => stack.change(BUDGET, "backend-disruption-budget", { set: { "spec.maxUnavailable": "10%" } }),
      },
    ],
    fails: [
      ...[0, "0", "0%"].map((none) => ({
        when: `${JSON.stringify(none)} may be missing`,
        change: (stack: StackUnderTest) =>
          stack.change(BUDGET, "backend-disruption-budget", { set: { "spec.maxUnavailable": none } }),
        violated: [`${budget} spec.maxUnavailable`],
      })),
      ...[3, "3", "100%", "70%"].map((all) => ({
        when: `${JSON.stringify(all)} of 3 are kept`,
        change: (stack: StackUnderTest) => keeping(stack, all),
        violated: [`${budget} spec.minAvailable`],
      })),
      {
        when: "it keeps nothing and lets nothing be missing",
        change: (stack) => stack.change(BUDGET, "backend-disruption-budget", { remove: ["spec.maxUnavailable"] }),
        violated: [`${budget} spec`],
      },
    ],
    undecided: [
      {
        when: "the pods are not made by the stack",
        change: (stack) =>
          keeping(stack, 1).change(BUDGET, "backend-disruption-budget", {
            set: { "spec.selector.matchLabels": { app: "elsewhere" } },
          }),
        of: [budget],
      },
      {
        when: "it is unknown how many pods there are",
        change: (stack) => scaled(keeping(stack, 2), { "spec.minReplicas": Unknown.value }),
        of: [budget],
      },
      {
        when: "it is unknown how many may be missing",
        change: (stack) =>
          stack.change(BUDGET, "backend-disruption-budget", { set: { "spec.maxUnavailable": Unknown.value } }),
        of: [budget],
      },
    ],
  });
  provesStack(availabilityRules, "k8s-replicas-spread", {
    of: "durga-puja",
    alsoPasses: [
      ...[
        { class: "development" as const },
        { class: "recovery" as const, config: { "platform:role": "standby" } },
      ].map((stack) => ({
        when: `one pod is enough in a stack of class ${stack.class}`,
        change: (of: StackUnderTest) => scaled(of, { "spec.minReplicas": 1 }),
        stack,
      })),
      {
        when: "the pods keep away from each other",
        change: (stack) =>
          stack.change(DEPLOYMENT, "backend-deployment", {
            remove: [SPREAD],
            set: {
              [`${POD}.affinity.podAntiAffinity`]: {
                requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE }],
              },
            },
          }),
      },
      {
        when: "a constraint asks for the zones of the site",
        change: (stack) =>
          ["backend", "frontend"].reduce(
            (all, name) => all.change(DEPLOYMENT, `${name}-deployment`, { set: { [`${SPREAD}[0].minDomains`]: 3 } }),
            stack,
          ),
        settings: { zones: 3 },
      },
    ],
    fails: [
      {
        when: "one pod is enough for the autoscaler",
        change: (stack) => scaled(stack, { "spec.minReplicas": null }),
        violated: [`${backend} spec.replicas`],
      },
      {
        when: "the recovery site has one pod while it is in charge",
        change: (stack) => scaled(stack, { "spec.minReplicas": 1 }),
        stack: { class: "recovery", config: { "platform:role": "active" } },
        violated: [`${backend} spec.replicas`],
      },
      {
        when: "there is no autoscaler, and no number",
        change: (stack) => stack.drop(AUTOSCALER, "backend-autoscaler"),
        violated: [`${backend} spec.replicas`],
      },
      {
        when: "there are no pods",
        change: (stack) =>
          stack
            .drop(AUTOSCALER, "backend-autoscaler")
            .change(DEPLOYMENT, "backend-deployment", { set: { "spec.replicas": 0 } }),
        violated: [`${backend} spec.replicas`],
      },
      {
        when: "more are asked for",
        change: (stack) => scaled(stack, { "spec.minReplicas": 4 }),
        settings: { replicas: 4 },
        violated: [`${DEPLOYMENT} frontend-deployment spec.replicas`],
      },
      {
        when: "the pods are spread over nodes alone",
        change: (stack) =>
          stack.change(DEPLOYMENT, "backend-deployment", {
            set: { [`${SPREAD}[0].topologyKey`]: "kubernetes.io/hostname" },
          }),
        violated: [`${backend} ${SPREAD}`],
      },
      {
        when: "a constraint takes what zones there are",
        change: (stack) => stack.change(DEPLOYMENT, "frontend-deployment", { set: { [`${SPREAD}[0].minDomains`]: 3 } }),
        settings: { zones: 3 },
        violated: [`${backend} ${SPREAD}`],
      },
      {
        when: "a stateful workload is not spread",
        change: (stack) => stack.add(STATEFUL_SET, "store", { inputs: stateful(3) }),
        violated: [`${STATEFUL_SET} store ${SPREAD}`],
      },
    ],
    undecided: [
      {
        when: "it is unknown what the autoscaler scales",
        change: (stack) => scaled(stack, { "spec.scaleTargetRef.name": Unknown.value }),
        of: [backend],
      },
      {
        when: "the constraints are unknown",
        change: (stack) => stack.change(DEPLOYMENT, "backend-deployment", { set: { [SPREAD]: Unknown.value } }),
        of: [backend],
      },
    ],
  });
  provesStack(availabilityRules, "k8s-hpa-sane", {
    of: "durga-puja",
    alsoPasses: [
      {
        when: "one pod is enough in development",
        change: (stack) => scaled(stack, { "spec.minReplicas": 1 }),
        stack: { class: "development" },
      },
      {
        when: "the engine does not look at the number of pods",
        change: (stack) =>
          stack.change(DEPLOYMENT, "backend-deployment", {
            set: { "spec.replicas": 3 },
            ignoreChanges: ["spec.replicas"],
          }),
      },
      {
        when: "it scales a stateful workload",
        change: (stack) =>
          scaled(stack.add(STATEFUL_SET, "store", { inputs: stateful() }), {
            "spec.scaleTargetRef": { kind: "StatefulSet", name: "store" },
          }),
      },
    ],
    fails: [
      {
        when: "it may leave one pod",
        change: (stack) => scaled(stack, { "spec.minReplicas": 1 }),
        violated: [`${autoscaler} spec.minReplicas`],
      },
      {
        when: "it leaves one by default",
        change: (stack) => scaled(stack, { "spec.minReplicas": null }),
        violated: [`${autoscaler} spec.minReplicas`],
      },
      {
        when: "the workload has a number of its own",
        change: (stack) => stack.change(DEPLOYMENT, "backend-deployment", { set: { "spec.replicas": 3 } }),
        violated: [`${autoscaler} spec.scaleTargetRef`],
      },
    ],
    undecided: [
      {
        when: "the workload is another's",
        change: (stack) => scaled(stack, { "spec.scaleTargetRef.name": "elsewhere" }),
        of: [autoscaler],
      },
      {
        when: "it is in another namespace",
        change: (stack) => scaled(stack, { "metadata.namespace": "argocd" }),
        of: [autoscaler],
      },
      {
        when: "it is of a kind that no rule knows",
        change: (stack) => scaled(stack, { "spec.scaleTargetRef.kind": "Rollout" }),
        of: [autoscaler],
      },
      {
        when: "the least number of pods is unknown",
        change: (stack) => scaled(stack, { "spec.minReplicas": Unknown.value }),
        of: [autoscaler],
      },
    ],
  });
  const job = changed(fixture("dr", "kubernetes:batch/v1:Job", "iceberg-catalog-setup"), {
    set: { "spec.activeDeadlineSeconds": 1800 },
  });
  const cronJob = written("kubernetes:batch/v1:CronJob", {
    spec: {
      startingDeadlineSeconds: 300,
      concurrencyPolicy: "Forbid",
      jobTemplate: { spec: job.inputs["spec"] },
    },
  });
  provesResource(availabilityRules, "k8s-job-bounded", {
    passes: [job, cronJob],
    alsoPasses: [
      { when: "the number of tries is the cluster's", remove: ["spec.backoffLimit"] },
      { when: "it is tried once", set: { "spec.backoffLimit": 0 } },
    ],
    fails: [
      { remove: ["spec.activeDeadlineSeconds"], at: "spec.activeDeadlineSeconds" },
      { set: { "spec.activeDeadlineSeconds": 0 }, at: "spec.activeDeadlineSeconds" },
      { set: { "spec.backoffLimit": 11 }, at: "spec.backoffLimit" },
      { remove: ["spec.backoffLimit"], settings: { tries: 3 }, at: "spec.backoffLimit" },
      {
        of: cronJob,
        remove: ["spec.jobTemplate.spec.activeDeadlineSeconds"],
        at: "spec.jobTemplate.spec.activeDeadlineSeconds",
      },
      {
        of: cronJob,
        set: { "spec.jobTemplate.spec.backoffLimit": 100 },
        at: "spec.jobTemplate.spec.backoffLimit",
      },
      { of: cronJob, remove: ["spec.startingDeadlineSeconds"], at: "spec.startingDeadlineSeconds" },
      { of: cronJob, remove: ["spec.concurrencyPolicy"], at: "spec.concurrencyPolicy" },
    ],
    unknown: ["spec.activeDeadlineSeconds", "spec.backoffLimit", "spec"],
  });
  const release = fixture("dr", "kubernetes:helm.sh/v3:Release", "platform-certificate-manager-chart-release");
  const chart = written("kubernetes:helm.sh/v4:Chart", { chart: "redis", version: "21.0.0-rc.1" });
  provesResource(availabilityRules, "k8s-helm-pinned", {
    passes: [release, chart, fixture("prod", "kubernetes:helm.sh/v3:Release")],
    alsoPasses: [
      { when: "the chart is beside the program", set: { chart: "./charts/api" }, remove: ["version"] },
      {
        when: "the address has the version",
        set: { chart: "https://example.com/api-1.0.0.tgz" },
        remove: ["version"],
      },
      {
        when: "the address has a digest",
        set: { chart: `oci://example.com/api@sha256:${"a".repeat(64)}` },
        remove: ["version"],
      },
    ],
    fails: [
      ...["1", "1.2", "^1.2.3", "~1.2.3", ">=1.2.3", "1.x", "*", "", "latest", "1.2.3 || 2.0.0"].map((version) => ({
        set: { version },
        at: "version",
      })),
      { remove: ["version"], at: "version" },
      { set: { chart: "oci://example.com/api" }, remove: ["version"], at: "version" },
      { set: { chart: "http://example.com/api-1.0.0.tgz" }, remove: ["version"], at: "version" },
      { of: chart, remove: ["version"], at: "version" },
    ],
    unknown: ["version"],
  });
});

function scaled(stack: StackUnderTest, set: Readonly<Record<string, Value>>): StackUnderTest {
  return stack.change(AUTOSCALER, "backend-autoscaler", { set });
}

function keeping(stack: StackUnderTest, minAvailable: Value): StackUnderTest {
  return stack.change(BUDGET, "backend-disruption-budget", {
    set: { "spec.minAvailable": minAvailable },
    remove: ["spec.maxUnavailable"],
  });
}

function stateful(replicas?: number) {
  const labels = { app: "store" };
  return {
    metadata: { name: "store", namespace: "durga-puja" },
    spec: { ...(replicas === undefined ? {} : { replicas }), template: { metadata: { labels }, spec: {} } },
  };
}
