import type { Output } from "@pulumi/pulumi";
import type { SecretReference } from "./secret-store";

/** How a connection string begins. `mongodb+srv`: clients look the nodes up by an SRV record of the host, and name no port. */
export const documentSchemes = ["mongodb", "mongodb+srv"] as const;

export type DocumentScheme = (typeof documentSchemes)[number];

/** A document database that speaks the protocol of MongoDB. Connections must use TLS. */
export interface DocumentStore {
  readonly scheme: DocumentScheme;
  /** Host of the node that takes writes; it follows a failover. */
  readonly host: Output<string>;
  /** Host that spreads reads over the replicas; equal to `host` where there is none. */
  readonly readerHost: Output<string>;
  readonly port: number;
  /** Version of the protocol that clients may rely on: `5.0`. */
  readonly protocol: string;
  /** The one database that clients must name. `undefined`: they choose their own. */
  readonly databaseName: Output<string> | undefined;
  /** Parameters that every connection string needs, such as `retryWrites=false`. */
  readonly options: Readonly<Record<string, string>>;
  /** Keys `username`, `password`, `host`, `port`. */
  readonly credentials: SecretReference;
}
