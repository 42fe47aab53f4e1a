import type { Output } from "@pulumi/pulumi";
import type { Grantable } from "./grant";

/** A private, versioned bucket of objects. */
export interface ObjectStore extends Grantable {
  readonly kind: "objects";
  readonly bucketName: Output<string>;
  /** Key prefixes with a life cycle of their own. */
  readonly prefixes: readonly string[];
}
