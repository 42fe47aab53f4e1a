import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";

/** Levels of the Pod Security Standards: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type PodSecurityLevel = "privileged" | "baseline" | "restricted";

export interface NamespaceSpec {
  /** Pods below this level are refused. */
  readonly enforce: PodSecurityLevel;
  /** Pods below this level are admitted with a warning and an audit record. Default: `restricted`. */
  readonly warn?: PodSecurityLevel;
  /** Further labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface NamespacesArgs {
  /** The namespaces by name. `kube-system` and its like exist already and are refused. */
  namespaces: Readonly<Record<string, NamespaceSpec>>;
}

const existing = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

/** The labels by which the API server enforces Pod Security on a namespace. */
function podSecurityLabels({ enforce, warn = "restricted" }: NamespaceSpec): Record<string, string> {
  return {
    "pod-security.kubernetes.io/enforce": enforce,
    "pod-security.kubernetes.io/warn": warn,
    "pod-security.kubernetes.io/audit": warn,
  };
}

/** Namespaces of a cluster with their Pod Security levels. */
export class Namespaces extends pulumi.ComponentResource {
  readonly #made = new Map<string, Namespace>();

  constructor(name: string, args: NamespacesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:Namespaces", name, {}, opts);
    for (const [namespace, spec] of Object.entries(args.namespaces)) {
      if (existing.has(namespace)) {
        throw new Error(`namespace "${namespace}" exists in every cluster: take it out of namespaces`);
      }
      const resource = new Namespace(
        `${name}-${namespace}`,
        { metadata: { name: namespace, labels: { ...spec.labels, ...podSecurityLabels(spec) } } },
        { parent: this, dependsOn: opts?.dependsOn },
      );
      this.#made.set(namespace, resource);
    }
    this.registerOutputs({});
  }

  /** The name of a namespace as an output, so that what uses it is created after and deleted before. */
  named(namespace: string): pulumi.Output<string> {
    return this.resource(namespace).metadata.name;
  }

  /** A namespace, for the `dependsOn` of what is given its name as plain text. */
  resource(namespace: string): Namespace {
    const found = this.#made.get(namespace);
    if (found === undefined) {
      const known = [...this.#made.keys()].join(", ") || "none";
      throw new Error(`no namespace "${namespace}" (there is ${known}): add it to namespaces`);
    }
    return found;
  }
}
