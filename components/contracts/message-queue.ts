import type { Output } from "@pulumi/pulumi";
import type { SecretReference } from "./secret-store";

/** A RabbitMQ broker, reached by AMQP 0-9-1 over TLS. */
export interface MessageQueue {
  /** `amqps://host:5671`, without credentials. */
  readonly endpoint: Output<string>;
  /** Keys `username` and `password`. */
  readonly credentials: SecretReference;
  /**
   * Certificates, in PEM, of the authorities that clients must trust besides those that everybody trusts. `undefined`: the servers'
   * certificates are of a public authority, or of one whose bundle the cloud publishes; the implementation says which.
   */
  readonly certificateAuthority: Output<string> | undefined;
}
