import type { ComponentResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { Grantable } from "./grant";

/** A secret in the store: where to find it, never what it is. */
export interface SecretReference {
  /** Name by which the store and an ExternalSecret know it. */
  readonly name: Output<string>;
  /** The cloud's own name of it. */
  readonly resourceId: Output<string>;
  /** Keys of its JSON object. */
  readonly keys: readonly string[];
}

/** The cloud's store of secrets. */
export interface SecretStore extends Grantable {
  readonly kind: "secrets";
  /** First part of the names of the stack's secrets: a workload may be let into all of them by it. */
  readonly prefix: string;
  /**
   * What a `ClusterSecretStore` of External Secrets has under `spec.provider`.
   * https://external-secrets.io/latest/api/clustersecretstore/
   */
  readonly externalSecretsProvider: Input<Readonly<Record<string, unknown>>>;
  /**
   * Keeps a JSON object of secret values.
   *
   * @param name last part of its name, which never changes
   */
  put(name: string, values: Readonly<Record<string, Input<string>>>, opts?: ComponentResourceOptions): SecretReference;
}
