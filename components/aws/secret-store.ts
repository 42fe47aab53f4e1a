import { Secret, type SecretArgs } from "@pulumi/aws/secretsmanager/secret";
import { SecretVersion } from "@pulumi/aws/secretsmanager/secretVersion";
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
import type { Account } from "./account";

/** A region that reads copies of the secrets, also while the store's own region is down. */
export interface SecretReplica {
  readonly region: string;
  /** Key in that region, or a replica of the store's multi-region key. */
  readonly keyArn: Input<string>;
}

export interface SecretStoreArgs {
  readonly account: Account;
  /** First part of the names of all secrets: `<prefix>/<name>`. */
  readonly prefix: string;
  readonly keyArn: Input<string>;
  /** Default: none. */
  readonly replicas?: readonly SecretReplica[];
  readonly protection: Protection;
  readonly transform?: (secret: SecretArgs, name: string) => SecretArgs;
}

/**
 * Services that take only secrets whose names begin with a text of theirs.
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html
 */
const servicePrefixes = { kafka: "AmazonMSK_" } as const;

/** A service that reads a secret itself and demands how its name begins. */
export type SecretReader = keyof typeof servicePrefixes;

/**
 * Secrets Manager, encrypted with a key of the stack. A deleted secret can be restored for `secretRecoveryDays` of the class,
 * and as long its name is taken: https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
 *
 * Cost: each secret and each of its replicas is billed per month.
 */
export class SecretStore extends ComponentResource implements SecretStoreContract {
  readonly kind = "secrets";
  /** Patterns: Secrets Manager adds six random characters to the name in an ARN. */
  readonly resourceIds: readonly Output<string>[];
  readonly keyId: Output<string>;
  readonly prefix: string;
  /** Without `auth`: the controller of External Secrets logs in by its own pod identity. */
  readonly externalSecretsProvider: Readonly<Record<string, unknown>>;
  readonly #name: string;
  readonly #args: SecretStoreArgs;

  constructor(name: string, args: SecretStoreArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:SecretStore", name, {}, opts);
    const { account } = args;
    this.#name = name;
    this.#args = args;
    this.prefix = args.prefix;
    this.resourceIds = ["", ...Object.values(servicePrefixes)].map(
      (start) =>
        interpolate`arn:${account.partition}:secretsmanager:${account.region}:${account.id}:secret:${start}${args.prefix}/*`,
    );
    this.keyId = interpolate`${args.keyArn}`;
    this.externalSecretsProvider = { aws: { service: "SecretsManager", region: account.region } };
    this.registerOutputs({ resourceIds: this.resourceIds });
  }

  /**
   * @param name last part of its name, which never changes
   * @param reader the service that reads it by itself; default: none
   */
  put(
    name: string,
    values: Readonly<Record<string, Input<string>>>,
    opts?: ComponentResourceOptions,
    reader?: SecretReader,
  ): SecretReference {
    const { prefix, keyArn, protection, replicas = [], transform } = this.#args;
    const start = reader === undefined ? "" : servicePrefixes[reader];
    const secretArgs: SecretArgs = {
      name: `${start}${prefix}/${name}`,
      kmsKeyId: keyArn,
      recoveryWindowInDays: protection.secretRecoveryDays,
      replicas: replicas.map((replica) => ({ region: replica.region, kmsKeyId: replica.keyArn })),
    };
    const secret = new Secret(
      `${this.#name}-${name}`,
      transform?.(secretArgs, name) ?? secretArgs,
      mergeOptions({ parent: this, protect: protection.protect }, opts),
    );
    const version = new SecretVersion(
      `${this.#name}-${name}-version`,
      { secretId: secret.id, secretString: secretOutput(jsonStringify(values)) },
      mergeOptions({ parent: this }, opts),
    );
    // By the version: whoever is given the reference finds a value.
    return { name: secret.name, resourceId: version.secretArn, keys: Object.keys(values) };
  }
}
