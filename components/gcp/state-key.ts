import { KeyRing, type KeyRingArgs } from "@pulumi/gcp/kms/keyRing";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import { Key } from "./key";
import type { Project } from "./project";

export interface StateKeyArgs {
  readonly project: Project;
  /** Physical name of the ring, which its project never gives away again. */
  readonly keyRingName: string;
  /** Physical name of the key: the same holds for it. */
  readonly keyName: string;
  readonly protection: Protection;
  readonly transform?: (ring: KeyRingArgs) => KeyRingArgs;
}

/** The key of a stack's state, in a ring of its own: the engine encrypts secrets with it, and Cloud Storage the state. */
export class StateKey extends ComponentResource {
  /** Known once Cloud Storage may use the key. */
  readonly keyId: Output<string>;

  constructor(name: string, args: StateKeyArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:StateKey", name, {}, opts);
    const { project, protection } = args;
    const ringArgs: KeyRingArgs = { project: project.id, location: project.region, name: args.keyRingName };
    const ring = new KeyRing(`${name}-ring`, args.transform?.(ringArgs) ?? ringArgs, {
      parent: this,
      protect: protection.protect,
    });
    this.keyId = new Key(
      `${name}-state`,
      { project, source: { ringId: ring.id, keyName: args.keyName }, users: ["storage"], protection },
      { parent: this },
    ).keyId;
    this.registerOutputs({ keyId: this.keyId });
  }
}
