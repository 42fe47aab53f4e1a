import { z } from "zod";
import { metadataOf, namespaceOf, objectIn } from "../../checks/namespaces";
import { once } from "../../checks/once";
import { podsOf, type PodTemplate } from "../../checks/pod-templates";
import { selectedBy, selectedOf } from "../../checks/selections";
import { inTurn, readable } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Inputs, type Rule, type StackFacts } from "../../model/rule";
import { undecided } from "../../model/view";

const DOCS = "https://kubernetes.io/docs";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";
const SCALED = [DEPLOYMENT, STATEFUL_SET] as const;
type Scaled = (typeof SCALED)[number];

const ZONE = "topology.kubernetes.io/zone";

export const availabilityRules: readonly Rule[] = [
  graphRule({
    id: "k8s-pdb-exists",
    title: "Nodes are not drained of all pods of a workload at once",
    severity: "medium",
    controls: { iso27001: ["A.8.14"] },
    why: "An upgrade of the nodes evicts every pod that nothing protects, all of them at the same time.",
    remedy: {
      text: "Add a disruption budget that selects the pods.",
      example: 'new PodDisruptionBudget("api", { spec: { maxUnavailable: 1, selector: { matchLabels } }, metadata })',
    },
    source: `${DOCS}/tasks/run-application/configure-pdb/`,
    types: SCALED,
    check: (graph, judge) => {
      judge.each(graph.all(...SCALED), (workload, expect) => {
        expect("", "has several pods and no disruption budget in its namespace selects them", () => {
          if (replicasOf(graph, workload) < 2) return true;
          return hasBudget(graph, namespaceOf(workload), podsOf(workload).labels());
        });
      });
    },
  }),
  graphRule({
    id: "k8s-pdb-drainable",
    title: "Disruption budgets let nodes be drained",
    severity: "high",
    controls: { iso27001: ["A.8.14"] },
    why: "A budget that allows no disruption stops every upgrade of the nodes until somebody deletes it, and with it the protection.",
    remedy: {
      text: "Allow one pod to be missing; where a number must be there, run one more.",
      example: "spec: { maxUnavailable: 1, selector: { matchLabels } }",
    },
    source: `${DOCS}/tasks/run-application/configure-pdb/`,
    types: [BUDGET],
    check: (graph, judge) => {
      judge.each(graph.all(BUDGET), (budget, expect) => {
        const { spec } = budget.props;
        expect("spec.maxUnavailable", "allows no pod to be missing", () => {
          return spec?.maxUnavailable === undefined || Number.parseFloat(String(spec.maxUnavailable)) > 0;
        });
        expect("spec.minAvailable", "asks for every pod that there is", () => {
          const asked = spec?.minAvailable;
          if (asked === undefined || Number.parseFloat(String(asked)) === 0) return true;
          if (asked === "100%") return false;
          const pods =
            podsUnder(graph, budget) ?? undecided("spec.selector", "selects pods that this stack does not make");
          return podsAsked(asked, pods) < pods;
        });
        expect("spec", "neither asks for pods nor lets any be missing", () => {
          return spec?.minAvailable !== undefined || spec?.maxUnavailable !== undefined;
        });
      });
    },
  }),
  graphRule({
    id: "k8s-replicas-spread",
    title: "Workloads have several pods, in several zones",
    severity: "high",
    controls: { iso27001: ["A.8.14"] },
    why: "With one pod, every update, drained node or crash is an outage; with all pods in a zone, so is the loss of the zone.",
    remedy: {
      text: "Run several pods and spread them over zones.",
      example: `topologySpreadConstraints: [{ topologyKey: "${ZONE}", maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", labelSelector }]`,
    },
    source: `${DOCS}/concepts/scheduling-eviction/topology-spread-constraints/`,
    settings: z.object({
      replicas: z
        .int()
        .min(1)
        .default(2)
        .describe("Pods of a workload, at least; one is enough in development and in a site that stands by."),
      zones: z
        .int()
        .min(1)
        .default(1)
        .describe(
          "Zones that a hard constraint asks for, at least, by minDomains; by default it takes what zones there are.",
        ),
    }),
    types: SCALED,
    check: (graph, judge, { settings, stack }) => {
      const least = mayBeSmall(stack) ? 1 : settings.replicas;
      judge.each(graph.all(...SCALED), (workload, expect) => {
        const replicas = () => replicasOf(graph, workload);
        const pod = podsOf(workload);
        expect("spec.replicas", `is less than ${String(least)}`, () => replicas() >= least);
        expect(`${pod.path}.topologySpreadConstraints`, "does not spread the pods over zones", () => {
          return replicas() < 2 || isSpread(pod);
        });
        expect(`${pod.path}.topologySpreadConstraints`, "lets all pods be in the one zone that has nodes", () => {
          const hard = (pod.spec.topologySpreadConstraints ?? []).filter(
            ({ topologyKey, whenUnsatisfiable }) => topologyKey === ZONE && whenUnsatisfiable === "DoNotSchedule",
          );
          return hard.every(({ minDomains = 1 }) => minDomains >= settings.zones);
        });
      });
    },
  }),
  graphRule({
    id: "k8s-hpa-sane",
    title: "Autoscalers have something to scale, and nobody scales it against them",
    severity: "medium",
    controls: { iso27001: ["A.8.6"] },
    why: "A number of pods in the workload itself is set back at every update, in the middle of the load that the autoscaler has answered.",
    remedy: {
      text: "Point the autoscaler at a workload of the stack, keep two pods at least, and leave replicas out of the workload.",
      example:
        'scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment.metadata.name }, minReplicas: 2',
    },
    source: `${DOCS}/tasks/run-application/horizontal-pod-autoscale/`,
    types: [AUTOSCALER],
    check: (graph, judge, { stack }) => {
      judge.each(graph.all(AUTOSCALER), (autoscaler, expect) => {
        const { spec } = autoscaler.props;
        expect("spec.minReplicas", "is less than two", () => mayBeSmall(stack) || (spec?.minReplicas ?? 1) >= 2);
        expect("spec.scaleTargetRef", "is a workload that has a number of pods of its own", () => {
          const target = targetOf(graph, autoscaler);
          return target.ignoreChanges.includes("spec.replicas") || target.props.spec?.replicas === undefined;
        });
      });
    },
  }),
  resourceRule({
    id: "k8s-job-bounded",
    title: "Jobs end",
    severity: "low",
    controls: {},
    why: "A job that hangs holds its nodes, and its place in the schedule, for ever; one that fails and is tried without end fills the cluster with pods.",
    remedy: {
      text: "Give the job a deadline and a number of tries; a scheduled one also how late it may start.",
      example: "spec: { activeDeadlineSeconds: 1800, backoffLimit: 6, template }",
    },
    source: `${DOCS}/concepts/workloads/controllers/job/`,
    settings: z.object({
      tries: z.int().min(0).default(10).describe("Tries after the first, at most. The cluster's own number is 6."),
    }),
    on: {
      "kubernetes:batch/v1:Job": (job, expect, { settings }) => {
        // A time to live is not asked for: a finished Job of a stack tells it that the work is done.
        expectBounded("spec", () => job.spec, expect, settings.tries);
      },
      "kubernetes:batch/v1:CronJob": ({ spec }, expect, { settings }) => {
        expectBounded("spec.jobTemplate.spec", () => spec?.jobTemplate?.spec, expect, settings.tries);
        expect("spec.startingDeadlineSeconds", "is missing: runs that were missed are all made up for", () => {
          return spec?.startingDeadlineSeconds !== undefined;
        });
        // Finished Jobs are kept in small numbers by default.
        expect("spec.concurrencyPolicy", "lets runs overlap", () => {
          return ["Forbid", "Replace"].includes(spec?.concurrencyPolicy ?? "Allow");
        });
      },
    },
  }),
  resourceRule({
    id: "k8s-helm-pinned",
    title: "It is certain which version of a chart is installed",
    severity: "medium",
    controls: { soc2: ["CC8.1"] },
    why: "Without a version, an update of something else installs whatever was published last.",
    remedy: {
      text: "Name the version of the chart in full.",
      example: 'new helm.v3.Release("cert-manager", { chart: "cert-manager", version: "v1.21.2", … })',
    },
    source: "https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/",
    on: {
      "kubernetes:helm.sh/v3:Release": (release, expect) => {
        expect("version", "is no version in full", () => isPinnedChart(release));
      },
      "kubernetes:helm.sh/v4:Chart": (chart, expect) => {
        expect("version", "is no version in full", () => isPinnedChart(chart));
      },
    },
  }),
];

/** Whether one pod of each is enough: nobody is served, or only once the site is switched on. */
function mayBeSmall({ class: stackClass, config }: StackFacts): boolean {
  return stackClass === "development" || (stackClass === "recovery" && config["platform:role"] === "standby");
}

/** A budget without a selector is for no pod. */
const hasBudget = selectedBy(BUDGET, ({ props }) => props.spec?.selector);
const workloadsUnder = selectedOf(SCALED);

/** Autoscalers by what they scale, and why there may be more of them. */
const autoscalers = once((graph) => {
  const named = graph.all(AUTOSCALER).map((one) => () => {
    const { kind = "", name = "" } = one.props.spec?.scaleTargetRef ?? {};
    return [[`${namespaceOf(one)} ${kind} ${name}`, one] as const];
  });
  const { items, open } = readable(() => inTurn(...named));
  return { of: new Map(items), open };
});

/** Pods of a workload, at the least: those of its autoscaler where it has one. */
function replicasOf(graph: Graph, workload: Node<Scaled>): number {
  const { of, open } = autoscalers(graph);
  const kind = workload.type === DEPLOYMENT ? "Deployment" : "StatefulSet";
  const autoscaler = of.get(`${namespaceOf(workload)} ${kind} ${metadataOf(workload).name ?? ""}`);
  if (autoscaler !== undefined) return autoscaler.props.spec?.minReplicas ?? 1;
  if (open !== undefined) throw open;
  return workload.props.spec?.replicas ?? 1;
}

/** The workload that an autoscaler is for. Undecided where it is none of the stack. */
function targetOf(graph: Graph, autoscaler: Node<typeof AUTOSCALER>): Node<Scaled> {
  const at = "spec.scaleTargetRef.name";
  const { kind = "", name = "" } = autoscaler.props.spec?.scaleTargetRef ?? {};
  const type = SCALED.find((one) => one.endsWith(`:${kind}`));
  if (type === undefined) undecided(at, `refers to ${kind} ${name}, which is not in this stack`);
  return (
    objectIn<Scaled>(graph, type, { namespace: namespaceOf(autoscaler), name }) ??
    undecided(at, `refers to ${name}, which is not in this stack`)
  );
}

/** Pods that a budget is for; undefined where none of them is made by the stack. */
function podsUnder(graph: Graph, budget: Node<typeof BUDGET>): number | undefined {
  const { selector } = budget.props.spec ?? {};
  if (selector === undefined) return undefined;
  const workloads = workloadsUnder(graph, namespaceOf(budget), selector);
  if (workloads.length === 0) return undefined;
  return workloads.reduce((sum, workload) => sum + replicasOf(graph, workload), 0);
}

/** Pods that a budget asks for. Of a share, a part of a pod is a whole one: see the source of the rule. */
function podsAsked(minAvailable: string | number, pods: number): number {
  const text = String(minAvailable);
  return text.endsWith("%") ? Math.ceil((Number.parseFloat(text) / 100) * pods) : Number(text);
}

/** Whether pods go to several zones: by a constraint, or because they keep away from each other. */
function isSpread({ spec }: PodTemplate): boolean {
  const { requiredDuringSchedulingIgnoredDuringExecution: required = [], ...rest } =
    spec.affinity?.podAntiAffinity ?? {};
  const preferred = rest.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const keys = [
    ...(spec.topologySpreadConstraints ?? []).map(({ topologyKey }) => topologyKey),
    ...required.map(({ topologyKey }) => topologyKey),
    ...preferred.map(({ podAffinityTerm }) => podAffinityTerm?.topologyKey),
  ];
  return keys.includes(ZONE);
}

type JobSpec = Inputs<"kubernetes:batch/v1:Job">["spec"];

function expectBounded(path: string, spec: () => JobSpec, expect: Expect, tries: number): void {
  expect(`${path}.activeDeadlineSeconds`, "is missing: a run that hangs never ends", () => {
    return (spec()?.activeDeadlineSeconds ?? 0) > 0;
  });
  expect(`${path}.backoffLimit`, `is more than ${String(tries)}`, () => (spec()?.backoffLimit ?? 6) <= tries);
}

interface InstalledChart {
  readonly chart?: string;
  readonly version?: string;
}

/** A version in full: https://semver.org */
const VERSION = /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;

/** Whether it is one certain chart: by its version, as a folder beside the program, or by an address that has the version. */
function isPinnedChart({ chart = "", version }: InstalledChart): boolean {
  if (version !== undefined) return VERSION.test(version);
  return /^\.{0,2}\//.test(chart) || chart.includes("@sha256:") || (/^https:/.test(chart) && chart.endsWith(".tgz"));
}
