import type { meta } from "@pulumi/kubernetes/types/input";
import type { ViewOf } from "../model/view";

/** What names pods, or namespaces, by their labels. */
export type LabelSelector = ViewOf<meta.v1.LabelSelector>;
export type Labels = Readonly<Partial<Record<string, string>>>;

/** Whether a selector names everything: it asks for nothing. */
export function selectsEverything({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}

/** What an expression asks of a label. */
const OPERATORS: Readonly<Record<string, (value: string | undefined, values: readonly string[]) => boolean>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  // Also of what has no such label.
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/**
 * Whether a selector names what has these labels. All that it asks for must hold; an operator that is none, which the API server
 * refuses, holds of nothing. Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  return (
    Object.keys(matchLabels).every((key) => labels[key] === matchLabels[key]) &&
    matchExpressions.every(({ key = "", operator = "", values = [] }) => {
      return OPERATORS[operator]?.(labels[key], values) === true;
    })
  );
}
