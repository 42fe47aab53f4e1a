import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";
import type { IdentityEndpoint } from "../contracts/kubernetes-cluster";
import { networkPolicies, type Opening } from "./network-policies.plan";

export interface NetworkPoliciesArgs {
  /** What each namespace opens, by its name. */
  namespaces: Readonly<Record<string, { readonly resource: pulumi.Resource; readonly openings: readonly Opening[] }>>;
  /** Endpoints of workload identities, as the cluster says. */
  identityEndpoints: readonly IdentityEndpoint[];
}

/**
 * The NetworkPolicies of namespaces: default-deny in both directions, cluster DNS, and what each opens.
 * They bind pods only in a cluster whose network plugin enforces them.
 */
export class NetworkPolicies extends pulumi.ComponentResource {
  readonly #policies = new Map<string, readonly pulumi.Resource[]>();

  constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:NetworkPolicies", name, {}, opts);
    for (const [namespace, { resource, openings }] of Object.entries(args.namespaces)) {
      const policies = networkPolicies(openings, args.identityEndpoints).map(
        ({ name: policy, reason, spec }) =>
          new NetworkPolicy(
            `${name}-${namespace}-${policy}`,
            {
              metadata: { name: policy, namespace, annotations: { "platform/reason": reason } },
              spec: mutable(spec),
            },
            { parent: this, dependsOn: resource },
          ),
      );
      this.#policies.set(namespace, policies);
    }
    this.registerOutputs({});
  }

  /** The policies of one namespace: what its pods come after and go before. */
  of(namespace: string): readonly pulumi.Resource[] {
    return this.#policies.get(namespace) ?? [];
  }
}

type Mutable<T> = T extends readonly (infer E)[]
  ? Mutable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

/** The SDK's inputs are declared writable; nothing writes to them. */
function mutable<T>(value: T): Mutable<T> {
  return value as Mutable<T>;
}
