import { isList, isProperties, type Value } from "../../offline/cloud/value";
import type { Graph } from "../model/graph";
import { undecided } from "../model/view";
import { objectIn } from "./namespaces";
import { anyOf } from "./undecided";

/** A service account of Kubernetes. */
export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Whether a stack makes a service account of Kubernetes: by itself, or by a chart whose values name it. Undecided where it does not:
 * another stack may.
 *
 * @param path of the input that names it
 */
export function makesServiceAccount(graph: Graph, path: string, account: ServiceAccountName): boolean {
  const makers = [
    () => objectIn(graph, "kubernetes:core/v1:ServiceAccount", account) !== undefined,
    () =>
      anyOf(graph.all("kubernetes:helm.sh/v3:Release"), ({ props, inputs }) => {
        return props.namespace === account.namespace && holds(inputs["values"], account.name);
      }),
  ];
  if (anyOf(makers, (makes) => makes())) return true;
  return undecided(
    path,
    `names the service account ${account.namespace}/${account.name}, which no resource of this stack makes`,
  );
}

/** Whether a text is among values, at any depth. */
function holds(value: Value | undefined, text: string): boolean {
  if (isList(value)) return value.some((item) => holds(item, text));
  return isProperties(value) ? Object.values(value).some((item) => holds(item, text)) : value === text;
}
