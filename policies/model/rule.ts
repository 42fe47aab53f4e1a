import type { z } from "zod";
import type { ResourceInputs, ResourceType } from "../types";
import type { Graph, Node } from "./graph";
import type { Resource } from "./resource";
import type { ViewOf } from "./view";

export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const FRAMEWORKS = {
  soc2: "SOC 2",
  gdpr: "GDPR",
  hipaa: "HIPAA",
  cis: "CIS",
  iso27001: "ISO 27001",
  pciDss: "PCI DSS",
} as const;
export type Framework = keyof typeof FRAMEWORKS;

/** Controls that a rule enforces or helps to show, by framework, in the framework's own numbering. */
export type Controls = Readonly<Partial<Record<Framework, readonly string[]>>>;

/** What is said of a rule: its row in docs/policies.md. */
export interface RuleFacts {
  /** Kebab case, starts with the cloud: `aws-rds-not-public`. For ever: configuration and exemptions name it. */
  readonly id: string;
  /** What holds where the rule is satisfied, as a clause: "Databases are not reachable from the internet". */
  readonly title: string;
  readonly severity: Severity;
  readonly controls: Controls;
  /** What happens to those who violate it, in one or two sentences. */
  readonly why: string;
  readonly remedy: {
    /** What to do, in the imperative. */
    readonly text: string;
    /** TypeScript that satisfies the rule. */
    readonly example: string;
  };
  /** Address of the documentation that the rule rests on. */
  readonly source: string;
  /** Settings of the rule, each with a default. Default: none. */
  readonly settings?: z.ZodObject;
  /** Among the rules that no public pack has. Default: no. */
  readonly starred?: true;
}

/**
 * Judges one fact of a resource by itself, so that what is unknown in it leaves the others decided.
 *
 * @param at path of the input that decides it, as the engine writes paths; "" for the resource as a whole
 * @param says what is wrong where the fact does not hold, as a clause that follows the path: "lets everybody in". It never
 *   holds the value of an input that may be a secret.
 * @param holds whether the fact holds; reading what is unknown leaves it undecided
 */
export type Expect = (at: string, says: string, holds: () => boolean) => void;

/** The stack that is judged. */
export interface StackFacts {
  readonly stack: string;
  readonly project: string;
  /** `platform:class` of the stack; `production`, the strictest, where a program has none. */
  readonly class: StackClass;
  readonly isPreview: boolean;
  /** Configuration of the stack, secret values left out. */
  readonly config: Readonly<Record<string, string>>;
}

export const STACK_CLASSES = ["development", "staging", "production", "recovery"] as const;
export type StackClass = (typeof STACK_CLASSES)[number];

/** The inputs of a resource of type `T`, as a rule reads them. */
export type Inputs<T extends ResourceType> = ViewOf<ResourceInputs[T]>;

export interface Subject<Settings = unknown> {
  readonly resource: Resource;
  readonly stack: StackFacts;
  readonly settings: Settings;
}

type SettingsOf<S> = S extends z.ZodObject ? z.output<S> : Record<string, never>;

/** A rule that one resource's own inputs decide. */
export interface ResourceRule extends RuleFacts {
  readonly kind: "resource";
  readonly checks: ReadonlyMap<string, ResourceCheck>;
  readonly fix: Fix;
}

export type ResourceCheck = (inputs: never, expect: Expect, subject: Subject<never>) => void;

/**
 * What a remediation sets: by type, the value at the path of a fact that did not hold. Only values that change nothing else about
 * a resource, and never one that replaces it. Default: nothing.
 */
export type Fix = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** A rule that several resources decide together. */
export interface GraphRule extends RuleFacts {
  readonly kind: "graph";
  /** Types that it is about: in a stack without one of them it does not apply. */
  readonly types: readonly string[];
  readonly check: (graph: Graph, judge: Judge, subject: Pick<Subject<never>, "stack" | "settings">) => void;
}

export interface Judge {
  /** Judges each resource by itself: what is unknown about one leaves the others decided. */
  each<T extends ResourceType>(nodes: Iterable<Node<T>>, check: (node: Node<T>, expect: Expect) => void): void;
}

/** A rule that the pack asks of itself. */
export interface PackRule extends RuleFacts {
  readonly kind: "pack";
}

export type Rule = ResourceRule | GraphRule | PackRule;

/** A rule on the inputs of one resource: a check for each type that it is about. */
export function resourceRule<const S extends z.ZodObject | undefined = undefined>(
  rule: Omit<RuleFacts, "settings"> & {
    readonly settings?: S;
    readonly on: {
      readonly [T in ResourceType]?: (inputs: Inputs<T>, expect: Expect, subject: Subject<SettingsOf<S>>) => void;
    };
    readonly fix?: { readonly [T in ResourceType]?: Readonly<Record<string, string | number | boolean>> };
  },
): ResourceRule {
  const { on, fix, settings, ...facts } = rule;
  return {
    ...facts,
    ...(settings === undefined ? {} : { settings }),
    kind: "resource",
    checks: new Map(Object.entries(on)),
    fix: fix ?? {},
  };
}

/** A rule on several resources. */
export function graphRule<const S extends z.ZodObject | undefined = undefined>(
  rule: Omit<RuleFacts, "settings"> & {
    readonly settings?: S;
    readonly types: readonly ResourceType[];
    readonly check: (
      graph: Graph,
      judge: Judge,
      subject: { readonly stack: StackFacts; readonly settings: SettingsOf<S> },
    ) => void;
  },
): GraphRule {
  const { settings, ...rest } = rule;
  return { ...rest, ...(settings === undefined ? {} : { settings }), kind: "graph" };
}
