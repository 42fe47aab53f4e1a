import type { Output } from "@pulumi/pulumi";
import type { SecretReference } from "./secret-store";

/** An Apache Kafka cluster. Clients log in with SCRAM-SHA-512 over TLS, which works from every cloud. */
export interface EventStream {
  /** Brokers to start from, `host:port` separated by commas. */
  readonly bootstrapServers: Output<string>;
  readonly authentication: "SCRAM-SHA-512";
  /** Keys `username` and `password`. */
  readonly credentials: SecretReference;
  /** Version of the protocol, major and minor: `3.9`. */
  readonly version: string;
  /**
   * Certificates, in PEM, of the authorities that clients must trust besides those that everybody trusts. `undefined`: the servers'
   * certificates are of a public authority, or of one whose bundle the cloud publishes; the implementation says which.
   */
  readonly certificateAuthority: Output<string> | undefined;
}
