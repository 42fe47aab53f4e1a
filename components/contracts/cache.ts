import type { Output } from "@pulumi/pulumi";

/** A Redis-compatible cache. Connections must use TLS. */
export interface Cache {
  /** Host of the node that takes writes; it follows a failover. */
  readonly host: Output<string>;
  readonly port: number;
  /** Connection URL with its credential: a secret. */
  readonly url: Output<string>;
}
