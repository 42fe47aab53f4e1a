import { Secret, type SecretArgs } from "@pulumi/gcp/secretmanager/secret";
import { SecretVersion } from "@pulumi/gcp/secretmanager/secretVersion";
import {
  ComponentResource,
  interpolate,
  jsonStringify,
  mergeOptions,
  secret as secretOutput,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type { SecretReference, SecretStore as SecretStoreContract } from "../contracts/secret-store";
import type { Protection } from "../planning/protection";
import type { Project } from "./project";

/** A region that keeps a copy of every secret under a key of its own; the API answers with it while the other is down. */
export interface SecretReplica {
  readonly region: string;
  readonly keyId: Input<string>;
}

export interface SecretStoreArgs {
  readonly project: Project;
  /** First part of the names of all secrets: `<prefix>-<name>`. */
  readonly prefix: string;
  readonly keyId: Input<string>;
  /** For ever: a change replaces every secret. Default: none. */
  readonly replicas?: readonly SecretReplica[];
  readonly protection: Protection;
  readonly transform?: (secret: SecretArgs, name: string) => SecretArgs;
}

/**
 * Secret Manager in the site's region, encrypted with a key of the stack. A destroyed version can be brought back for
 * `secretRecoveryDays` of the class; a deleted secret cannot, which deletion protection is for.
 * https://docs.cloud.google.com/secret-manager/docs/delay-destruction-of-secret-versions
 *
 * Cost: each version is billed per month and region, and accesses.
 */
export class SecretStore extends ComponentResource implements SecretStoreContract {
  readonly kind = "secrets";
  /** How the names of its secrets begin, by the project's number, as conditions of IAM compare them. */
  readonly resourceIds: readonly Output<string>[];
  /** None: Secret Manager decrypts by a right of its own. */
  readonly keyId = undefined;
  readonly prefix: string;
  /** Without `auth`: the controller of External Secrets logs in by its own workload identity. */
  readonly externalSecretsProvider: Readonly<Record<string, unknown>>;
  readonly #name: string;
  readonly #args: SecretStoreArgs;

  constructor(name: string, args: SecretStoreArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:SecretStore", name, {}, opts);
    const { project } = args;
    this.#name = name;
    this.#args = args;
    this.prefix = args.prefix;
    this.resourceIds = [interpolate`projects/${project.number}/secrets/${args.prefix}-`];
    this.externalSecretsProvider = { gcpsm: { projectID: project.projectId } };
    this.registerOutputs({ resourceIds: this.resourceIds });
  }

  put(name: string, values: Readonly<Record<string, Input<string>>>, opts?: ComponentResourceOptions): SecretReference {
    const { project, prefix, keyId, protection, replicas = [], transform } = this.#args;
    const { secretRecoveryDays } = protection;
    const secretArgs: SecretArgs = {
      project: project.id,
      secretId: `${prefix}-${name}`,
      replication: {
        userManaged: {
          replicas: [{ region: project.region, keyId }, ...replicas].map((replica) => ({
            location: replica.region,
            customerManagedEncryption: { kmsKeyName: replica.keyId },
          })),
        },
      },
      deletionProtection: protection.deletionProtection,
      ...(secretRecoveryDays === 0 ? {} : { versionDestroyTtl: `${String(secretRecoveryDays * 86_400)}s` }),
    };
    const secret = new Secret(
      `${this.#name}-${name}`,
      transform?.(secretArgs, name) ?? secretArgs,
      mergeOptions({ parent: this, protect: protection.protect }, opts),
    );
    const version = new SecretVersion(
      `${this.#name}-${name}-version`,
      { secret: secret.id, secretData: secretOutput(jsonStringify(values)) },
      mergeOptions({ parent: this }, opts),
    );
    // By the version: whoever is given the reference finds a value.
    return { name: secret.secretId, resourceId: version.secret, keys: Object.keys(values) };
  }
}
