import type { Output } from "@pulumi/pulumi";
import type { SecretReference } from "./secret-store";

/** A PostgreSQL server with one database. Connections must use TLS. */
export interface PostgresDatabase {
  readonly host: Output<string>;
  readonly port: Output<number>;
  readonly databaseName: string;
  /** Hosts of the read replicas, in the order of the configuration. */
  readonly replicaHosts: readonly Output<string>[];
  /**
   * Certificates, in PEM, of the authorities that clients must trust besides those that everybody trusts. `undefined`: the servers'
   * certificates are of a public authority, or of one whose bundle the cloud publishes; the implementation says which.
   */
  readonly certificateAuthority: Output<string> | undefined;
}

/** A database whose rows are spread over several servers, each whole in itself. */
export interface ShardedPostgres {
  /** At least one. A row belongs to the shard that `shardOf` in `planning/shards` gives for its key. */
  readonly shards: readonly PostgresDatabase[];
  /** User and password of each shard's owner; keys `username`, `password`, `host`, `port`, `database`. */
  readonly credentials: readonly SecretReference[];
}
