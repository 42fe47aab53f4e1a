import type { Output } from "@pulumi/pulumi";
import type { SecretReference } from "./secret-store";

/** A document database that speaks the protocol of MongoDB. Connections must use TLS. */
export interface DocumentStore {
  /** Host of the node that takes writes; it follows a failover. */
  readonly host: Output<string>;
  /** Host that spreads reads over the replicas; equal to `host` where there is none. */
  readonly readerHost: Output<string>;
  readonly port: number;
  /** Version of the protocol that clients may rely on: `5.0`. */
  readonly protocol: string;
  /** Parameters that every connection string needs, such as `retryWrites=false`. */
  readonly options: Readonly<Record<string, string>>;
  /** Keys `username`, `password`, `host`, `port`. */
  readonly credentials: SecretReference;
}
