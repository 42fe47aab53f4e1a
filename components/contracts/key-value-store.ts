import type { Output } from "@pulumi/pulumi";
import type { Grantable } from "./grant";

/** Tables of items that are found by key. Log-in is by cloud identity alone. */
export interface KeyValueStore extends Grantable {
  readonly kind: "key-values";
  /** Physical names by the table's key. */
  readonly tableNames: Readonly<Record<string, Output<string>>>;
}
