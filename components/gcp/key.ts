import { CryptoKey, type CryptoKeyArgs } from "@pulumi/gcp/kms/cryptoKey";
import { CryptoKeyIAMMember } from "@pulumi/gcp/kms/cryptoKeyIAMMember";
import { ComponentResource, all, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { Project } from "./project";
import { serviceAgent, type AgentService } from "./service-agents";

const secondsPerDay = 86_400;

/**
 * At most what the CIS benchmark for Google Cloud asks (1.10). Earlier versions go on decrypting what they encrypted:
 * https://docs.cloud.google.com/kms/docs/key-rotation
 */
const rotationDays = 90;

export interface KeyArgs {
  readonly project: Project;
  /** A new key of a ring, or one that exists already. */
  readonly source: { readonly ringId: Input<string>; readonly keyName: string } | { readonly adopted: Output<string> };
  /** Services that encrypt and decrypt with it by themselves. */
  readonly users: readonly AgentService[];
  /** A destroyed key makes all it encrypted unreadable: `protect` and the waiting period come from the class. */
  readonly protection: Protection;
  readonly transform?: (key: CryptoKeyArgs) => CryptoKeyArgs;
}

/** A customer-managed AES-256 key that rotates every 90 days, and the services that may use it. An adopted one keeps its settings. */
export class Key extends ComponentResource {
  /** Known once the services may use the key. */
  readonly keyId: Output<string>;

  constructor(name: string, args: KeyArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Key", name, {}, opts);
    const { project, source } = args;
    const key = "adopted" in source ? source.adopted : this.create(name, args, source).id;
    // Rights are added to those that the key has: an adopted one keeps its owner's.
    const rights = [...new Set(args.users)].map(
      (service) =>
        new CryptoKeyIAMMember(
          `${name}-${service}`,
          {
            cryptoKeyId: key,
            role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member: serviceAgent(`${name}-${service}-agent`, service, project, { parent: this }),
          },
          { parent: this },
        ),
    );
    this.keyId = all([key, all(rights.map(({ urn }) => urn))]).apply(([id]) => id);
    this.registerOutputs({ keyId: this.keyId });
  }

  private create(
    name: string,
    { protection, transform }: KeyArgs,
    { ringId, keyName }: { readonly ringId: Input<string>; readonly keyName: string },
  ): CryptoKey {
    const keyArgs: CryptoKeyArgs = {
      keyRing: ringId,
      name: keyName,
      purpose: "ENCRYPT_DECRYPT",
      rotationPeriod: `${String(rotationDays * secondsPerDay)}s`,
      destroyScheduledDuration: `${String(protection.keyDeletionDays * secondsPerDay)}s`,
    };
    return new CryptoKey(`${name}-key`, transform?.(keyArgs) ?? keyArgs, {
      parent: this,
      protect: protection.protect,
    });
  }
}
