import type { Output } from "@pulumi/pulumi";
import type { Grantable } from "./grant";

/** Apache Iceberg tables over a private bucket, with a catalog that keeps their metadata. */
export interface DataLake extends Grantable {
  readonly kind: "lake";
  readonly bucketName: Output<string>;
  /** Name of the catalog's database (namespace). */
  readonly database: Output<string>;
  /** Address of the Iceberg catalog: its REST endpoint. */
  readonly catalogUri: string;
  /** Physical names by the table's key. */
  readonly tableNames: Readonly<Record<string, Output<string>>>;
}
