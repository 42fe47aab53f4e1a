import type { Output } from "@pulumi/pulumi";

/** What a key is for. Each purpose has a key of its own, so that a right to one opens nothing else. */
export const keyPurposes = ["data", "images", "logs", "secrets"] as const;

export type KeyPurpose = (typeof keyPurposes)[number];

/** Symmetric AES-256 keys that rotate every year. */
export interface KeyRing {
  /** The cloud's own names of the keys. */
  readonly keyIds: Readonly<Record<KeyPurpose, Output<string>>>;
}
