import { KeyRing } from "@pulumi/gcp/kms/keyRing";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import { Key } from "./key";
import type { Project } from "./project";
import type { AgentService } from "./service-agents";

export interface KeyCopyArgs {
  readonly project: Project;
  /** Region of the copies that the key is for. */
  readonly region: string;
  /** First part of the key ring's name. */
  readonly prefix: string;
  /** What the key encrypts: the last part of its names. */
  readonly purpose: string;
  /** Services that use it. */
  readonly users: readonly AgentService[];
  readonly protection: Protection;
}

/** A key of its own for copies in another region, since a key of Cloud KMS works in its own location alone. */
export class KeyCopy extends ComponentResource {
  /** Known once the services may use the key. */
  readonly keyId: Output<string>;

  constructor(name: string, args: KeyCopyArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:KeyCopy", name, {}, opts);
    const { project, region, prefix, purpose, users, protection } = args;
    const ring = new KeyRing(
      `${name}-ring`,
      { project: project.id, location: region, name: gcpName("resource", prefix, "copy", purpose) },
      { parent: this, protect: protection.protect },
    );
    this.keyId = new Key(
      `${name}-copy`,
      { project, source: { ringId: ring.id, keyName: purpose }, users, protection },
      { parent: this },
    ).keyId;
    this.registerOutputs({ keyId: this.keyId });
  }
}
