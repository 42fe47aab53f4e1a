import type { Output } from "@pulumi/pulumi";

/** A PostgreSQL server with one database. Connections must use TLS. */
export interface PostgresDatabase {
  readonly host: Output<string>;
  readonly port: Output<number>;
  readonly databaseName: string;
  /** Host of the read replica; `undefined` where none is configured. */
  readonly replicaHost: Output<string> | undefined;
}
