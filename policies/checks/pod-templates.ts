import type { core } from "@pulumi/kubernetes/types/input";
import type { Node } from "../model/graph";
import type { Expect, Inputs, Subject } from "../model/rule";
import type { ViewOf } from "../model/view";
import type { ResourceType } from "../types";
import type { Labels } from "./label-selectors";
import { anyOf, inTurn } from "./undecided";

/** Kinds that make pods. */
export const WORKLOADS = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:apps/v1:DaemonSet",
  "kubernetes:batch/v1:Job",
  "kubernetes:batch/v1:CronJob",
  "kubernetes:core/v1:Pod",
] as const satisfies readonly ResourceType[];
export type Workload = (typeof WORKLOADS)[number];

/** Workloads whose pods are there for as long as the workload is. */
export const SERVERS = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:apps/v1:DaemonSet",
] as const satisfies readonly Workload[];

/** What a workload makes pods of. */
export interface PodTemplate {
  /** Path of the pod's own spec among the inputs: `spec.template.spec`. */
  readonly path: string;
  readonly spec: ViewOf<core.v1.PodSpec>;
  /** Labels of the pods. */
  readonly labels: () => Labels;
}

export interface PodContainer {
  /** Path among the inputs: `spec.template.spec.containers[0]`. */
  readonly path: string;
  /** What a message calls it: `init container migrate`. */
  readonly label: string;
  readonly list: keyof typeof LISTS;
  readonly container: ViewOf<core.v1.Container>;
}

/** Where the containers of a pod are, and what one of them is called. */
const LISTS = {
  containers: "container",
  initContainers: "init container",
  ephemeralContainers: "ephemeral container",
} as const;

type Template = Pick<ViewOf<core.v1.PodTemplateSpec>, "metadata" | "spec">;

const TEMPLATES: {
  readonly [T in Workload]: { readonly path: string; readonly of: (inputs: Inputs<T>) => Template | undefined };
} = {
  "kubernetes:apps/v1:Deployment": { path: "spec.template.spec", of: ({ spec }) => spec?.template },
  "kubernetes:apps/v1:StatefulSet": { path: "spec.template.spec", of: ({ spec }) => spec?.template },
  "kubernetes:apps/v1:DaemonSet": { path: "spec.template.spec", of: ({ spec }) => spec?.template },
  "kubernetes:batch/v1:Job": { path: "spec.template.spec", of: ({ spec }) => spec?.template },
  "kubernetes:batch/v1:CronJob": {
    path: "spec.jobTemplate.spec.template.spec",
    of: ({ spec }) => spec?.jobTemplate?.spec?.template,
  },
  "kubernetes:core/v1:Pod": { path: "spec", of: (pod) => pod },
};

/** The pods of a workload. */
export function podTemplateOf<T extends Workload>(type: T, inputs: Inputs<T>): PodTemplate {
  const { path, of } = TEMPLATES[type];
  const template = of(inputs);
  return { path, spec: template?.spec ?? {}, labels: () => template?.metadata?.labels ?? {} };
}

/** The pods of a workload in a graph. */
export function podsOf<T extends Workload>({ type, props }: Pick<Node<T>, "type" | "props">): PodTemplate {
  return podTemplateOf(type, props);
}

/**
 * The containers of a pod, those that start it and those that are added to look into it among them. Where one is unknown, or a
 * whole list, the others come first.
 */
export function containersOf({ path, spec }: PodTemplate): Iterable<PodContainer> {
  const lists = Object.keys(LISTS) as (keyof typeof LISTS)[];
  const listed = (list: keyof typeof LISTS): Iterable<PodContainer> => {
    const all: readonly ViewOf<core.v1.Container>[] = spec[list] ?? [];
    const each = [...all.keys()].map((index) => () => [containerOf(`${path}.${list}`, list, index, all)]);
    return inTurn(...each);
  };
  return inTurn(...lists.map((list) => () => listed(list)));
}

function containerOf(
  path: string,
  list: keyof typeof LISTS,
  index: number,
  all: readonly ViewOf<core.v1.Container>[],
): PodContainer {
  const container = all[index] ?? {};
  return {
    path: `${path}[${String(index)}]`,
    label: `${LISTS[list]} ${container.name ?? String(index)}`,
    list,
    container,
  };
}

type SecurityContext = ViewOf<core.v1.SecurityContext>;

/** What a container's security context says, or else its pod's: container over pod. */
type Inherited = "runAsNonRoot" | "runAsUser" | "runAsGroup" | "seccompProfile";

/**
 * Judges a setting of every container that it may have of its own and else has of its pod: once for the pod, on behalf of those
 * that have none of their own, and once for each container that overrides it.
 *
 * @param at path of the setting in a security context
 */
export function expectOfContainers<Key extends Inherited>(
  pod: PodTemplate,
  expect: Expect,
  { key, at = key, says, holds }: InheritedFact<Key>,
): void {
  const own = ({ container }: PodContainer): SecurityContext[Key] => container.securityContext?.[key];
  expect(`${pod.path}.securityContext.${at}`, says, () => {
    const ofPod = (): SecurityContext[Key] => pod.spec.securityContext?.[key];
    const everyContainer = () => [...containersOf(pod)].every((container) => isSet(own(container), holds));
    return anyOf([() => isSet(ofPod(), holds), everyContainer], (isMet) => isMet());
  });
  for (const container of containersOf(pod)) {
    expect(`${container.path}.securityContext.${at}`, `${says}, in ${container.label}`, () => {
      const value = own(container);
      return value === undefined || holds(value);
    });
  }
}

interface InheritedFact<Key extends Inherited> {
  readonly key: Key;
  readonly at?: string;
  readonly says: string;
  readonly holds: (value: NonNullable<SecurityContext[Key]>) => boolean;
}

function isSet<Value>(value: Value | undefined, holds: (value: NonNullable<Value>) => boolean): boolean {
  return value !== undefined && value !== null && holds(value);
}

export type PodCheck<Settings> = (pod: PodTemplate, expect: Expect, subject: Subject<Settings>) => void;
type Checks<T extends Workload, Settings> = {
  readonly [Type in T]: (inputs: Inputs<Type>, expect: Expect, subject: Subject<Settings>) => void;
};

/** One check for the pods of every workload. */
export function onPods<Settings = unknown>(check: PodCheck<Settings>): Checks<Workload, Settings> {
  return onPodsOf(WORKLOADS, check);
}

/** One check for the pods of some workloads. */
export function onPodsOf<T extends Workload, Settings = unknown>(
  types: readonly T[],
  check: PodCheck<Settings>,
): Checks<T, Settings> {
  const checks = types.map((type) => [
    type,
    (inputs: Inputs<T>, expect: Expect, subject: Subject<Settings>) => {
      check(podTemplateOf(type, inputs), expect, subject);
    },
  ]);
  return Object.fromEntries(checks) as Checks<T, Settings>;
}

/** One check for every container of every workload. */
export function onContainers<Settings = unknown>(
  check: (container: PodContainer, pod: PodTemplate, expect: Expect, subject: Subject<Settings>) => void,
): Checks<Workload, Settings> {
  return onPods<Settings>((pod, expect, subject) => {
    for (const container of containersOf(pod)) check(container, pod, expect, subject);
  });
}
