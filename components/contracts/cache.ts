import type { Output } from "@pulumi/pulumi";

/** A cache: what is in it can be lost. Connections must use TLS. */
export interface Cache {
  readonly engine: "redis" | "memcached";
  /** Host of the node that takes writes, which follows a failover; with memcached the name that finds all nodes. */
  readonly host: Output<string>;
  readonly port: number;
  /** Connection URL, with the credential where the engine has one: a secret. */
  readonly url: Output<string>;
  /**
   * Certificates, in PEM, of the authorities that clients must trust besides those that everybody trusts. `undefined`: the servers'
   * certificates are of a public authority, or of one whose bundle the cloud publishes; the implementation says which.
   */
  readonly certificateAuthority: Output<string> | undefined;
}
