import type { Output } from "@pulumi/pulumi";

/** A private, versioned bucket of objects. */
export interface ObjectStore {
  readonly bucketName: Output<string>;
  /** Key prefixes with a life cycle of their own. */
  readonly prefixes: readonly string[];
}
