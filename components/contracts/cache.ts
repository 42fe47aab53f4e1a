import type { Output } from "@pulumi/pulumi";

/** A cache: what is in it can be lost. Connections must use TLS. */
export interface Cache {
  readonly engine: "redis" | "memcached";
  /** Host of the node that takes writes, which follows a failover; with memcached the name that finds all nodes. */
  readonly host: Output<string>;
  readonly port: number;
  /** Connection URL, with the credential where the engine has one: a secret. */
  readonly url: Output<string>;
}
