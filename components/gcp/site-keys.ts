import { KeyRing as KmsKeyRing } from "@pulumi/gcp/kms/keyRing";
import { ComponentResource, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { keyPurposes, type KeyPurpose, type KeyRing } from "../contracts/key-ring";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import { Key, type KeyArgs } from "./key";
import type { Project } from "./project";
import type { AgentService } from "./service-agents";

/** Services that use the keys of every site. */
const users: Readonly<Record<KeyPurpose, readonly AgentService[]>> = {
  // Disks of nodes and volumes, and buckets.
  data: ["compute", "storage"],
  images: ["artifactregistry"],
  logs: ["storage"],
  // The secrets of Kubernetes and those of the store.
  secrets: ["container", "secretmanager"],
};

export interface SiteKeysArgs {
  readonly project: Project;
  /** Name of the key ring, which its project never gives away again: a site that is made again adopts its keys. */
  readonly prefix: string;
  /** Services that use a key besides those of every site. Default: none. */
  readonly users?: Readonly<Partial<Record<KeyPurpose, readonly AgentService[]>>>;
  /** Ids of keys that exist already, by purpose: `projects/…/cryptoKeys/…`. Default: none. */
  readonly adopted?: Readonly<Partial<Record<KeyPurpose, string>>>;
  readonly protection: Protection;
  readonly transform?: NonNullable<KeyArgs["transform"]>;
}

/**
 * The keys of a site, one per purpose, so that the right to read logs is not the right to read the database.
 *
 * Cloud KMS deletes neither key rings nor keys: a destroyed site leaves their names behind.
 * https://docs.cloud.google.com/kms/docs/destroy-restore
 */
export class SiteKeys extends ComponentResource implements KeyRing {
  /** Known once the services may use the key: what they encrypt with it is made after that. */
  readonly keyIds: Readonly<Record<KeyPurpose, Output<string>>>;

  constructor(name: string, args: SiteKeysArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:SiteKeys", name, {}, opts);
    const { project, prefix, protection, adopted = {} } = args;
    const ringId = keyPurposes.every((purpose) => adopted[purpose] !== undefined)
      ? undefined
      : new KmsKeyRing(
          `${name}-ring`,
          { project: project.id, location: project.region, name: gcpName("resource", prefix) },
          { parent: this, protect: protection.protect },
        ).id;
    const key = (purpose: KeyPurpose): Output<string> =>
      new Key(
        `${name}-${purpose}`,
        {
          project,
          source: source(purpose, adopted[purpose], ringId),
          users: [...users[purpose], ...(args.users?.[purpose] ?? [])],
          protection,
          ...(args.transform === undefined ? {} : { transform: args.transform }),
        },
        { parent: this },
      ).keyId;
    this.keyIds = { data: key("data"), images: key("images"), logs: key("logs"), secrets: key("secrets") };
    this.registerOutputs({ keyIds: this.keyIds });
  }
}

function source(
  purpose: KeyPurpose,
  adopted: string | undefined,
  ringId: Output<string> | undefined,
): KeyArgs["source"] {
  if (adopted !== undefined) return { adopted: output(adopted) };
  if (ringId === undefined) throw new Error(`the ${purpose} key has no key ring`);
  return { ringId, keyName: purpose };
}
