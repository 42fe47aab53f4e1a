import type { Output } from "@pulumi/pulumi";

/** Kinds of things that a workload can be let into by its cloud identity. */
export const grantableKinds = ["secrets", "objects", "lake", "key-values", "images"] as const;

export type GrantableKind = (typeof grantableKinds)[number];

/** `write` includes `read`. */
export type Access = "read" | "write";

/** Something that a workload's identity can be let into. */
export interface Grantable {
  readonly kind: GrantableKind;
  /** The cloud's own names of it (ARNs, self links, ARM ids), one for each part. */
  readonly resourceIds: readonly Output<string>[];
  /** Key that it is encrypted with; `undefined` where reading takes no right to the key. */
  readonly keyId: Output<string> | undefined;
}

/** A right of a workload. There is none that a cloud alone knows: an identity asks in these words only. */
export interface Grant {
  readonly to: Grantable;
  readonly access: Access;
}
