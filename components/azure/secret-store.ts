import { Secret, type SecretArgs } from "@pulumi/azure-native/keyvault/secret";
import {
  ComponentResource,
  jsonStringify,
  mergeOptions,
  secret as secretOutput,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type { SecretReference, SecretStore as SecretStoreContract } from "../contracts/secret-store";
import { vaultSecretName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import type { EndpointHome } from "./private-endpoint";
import { secretAttributes } from "./secret-attributes";
import { Vault } from "./vault";

export interface SecretStoreArgs extends EndpointHome {
  /** First part of the names of all secrets, `<prefix>-<name>`, and of the vault. */
  readonly prefix: string;
  readonly place: Place;
  /** Default: `default`. */
  readonly createMode?: "default" | "recover";
  /** Day by which secrets have new values, `YYYY-MM-DD`: what Key Vault keeps as their expiry. Default: they have no end. */
  readonly renewBy?: string | undefined;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (secret: SecretArgs, name: string) => SecretArgs;
}

/**
 * Secrets in a key vault of their own, which is copied to the paired region by Azure. Key Vault encrypts them with keys of its
 * own: none of ours can be named. https://learn.microsoft.com/azure/key-vault/general/security-features
 *
 * A deleted secret can be restored for `keyDeletionDays` of the class, and as long its name is taken: whoever makes it again has
 * to recover it first.
 */
export class SecretStore extends ComponentResource implements SecretStoreContract {
  readonly kind = "secrets";
  /** The vault: rights on single secrets would be lost with a secret that is made anew. */
  readonly resourceIds: readonly Output<string>[];
  /** None: Key Vault decrypts by itself. */
  readonly keyId = undefined;
  readonly prefix: string;
  /**
   * Without a service account: the controller of External Secrets logs in by its own workload identity.
   * https://external-secrets.io/latest/provider/azure-key-vault
   */
  readonly externalSecretsProvider: Readonly<Record<string, unknown>>;
  readonly #name: string;
  readonly #args: SecretStoreArgs;
  readonly #vault: Vault;

  constructor(name: string, args: SecretStoreArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:SecretStore", name, {}, opts);
    const { place, prefix, protection } = args;
    this.#name = name;
    this.#args = args;
    this.#vault = new Vault(
      `${name}-vault`,
      {
        prefix,
        part: "secrets",
        place,
        sku: "standard",
        ...(args.createMode === undefined ? {} : { createMode: args.createMode }),
        network: args.network,
        dns: args.dns,
        logs: args.logs,
        protection,
      },
      { parent: this },
    );
    this.prefix = prefix;
    this.resourceIds = [this.#vault.vaultId];
    this.externalSecretsProvider = {
      azurekv: {
        authType: "WorkloadIdentity",
        tenantId: place.subscription.tenantId,
        vaultUrl: this.#vault.vaultUri,
      },
    };
    this.registerOutputs({ resourceIds: this.resourceIds });
  }

  /** @param name last part of its name, which never changes */
  put(name: string, values: Readonly<Record<string, Input<string>>>, opts?: ComponentResourceOptions): SecretReference {
    const { place, prefix, protection, renewBy, transform } = this.#args;
    const secretArgs: SecretArgs = {
      resourceGroupName: place.groupName,
      vaultName: this.#vault.vaultName,
      secretName: vaultSecretName(prefix, name),
      tags: { ...place.tags },
      properties: {
        value: secretOutput(jsonStringify(values)),
        contentType: "application/json",
        attributes: secretAttributes(renewBy),
      },
    };
    const secret = new Secret(
      `${this.#name}-${name}`,
      transform?.(secretArgs, name) ?? secretArgs,
      mergeOptions({ parent: this, protect: protection.protect, dependsOn: [this.#vault.endpoint] }, opts),
    );
    return { name: secret.name, resourceId: secret.id, keys: Object.keys(values) };
  }
}
