import { IcebergCatalog } from "@pulumi/gcp/biglake/icebergCatalog";
import { IcebergNamespace } from "@pulumi/gcp/biglake/icebergNamespace";
import { IcebergTable, type IcebergTableArgs } from "@pulumi/gcp/biglake/icebergTable";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { DataLake as DataLakeContract } from "../contracts/data-lake";
import { tableProblem, type TableSpec } from "../planning/lake";
import type { Protection } from "../planning/protection";
import { icebergTable } from "./lake.plan";
import { ObjectStore } from "./object-store";
import type { Project } from "./project";

export interface DataLakeArgs {
  readonly project: Project;
  /** First part of the namespace's name. */
  readonly prefix: string;
  /** Name of the bucket, unique in the world, and of the catalog. */
  readonly bucketName: Input<string>;
  /** Tables by name: lower-case letters, digits and `_`. */
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** Days that an older state of a table can still be queried, until an engine expires it. */
  readonly snapshotRetentionDays: number;
  /** Days until archived events and results of queries move to the class Nearline; at least 30. Tables never do. */
  readonly infrequentAccessAfterDays: number;
  /** Days until archived events and results of queries are deleted. Tables never are. */
  readonly deleteAfterDays: number;
  /** Days that a replaced or deleted object can still be brought back. */
  readonly keepVersionsDays: number;
  /** Key of the bucket, which Cloud Storage may use. */
  readonly keyId: Input<string>;
  readonly protection: Protection;
  readonly transform?: (table: IcebergTableArgs, id: string) => IcebergTableArgs;
}

/** Name of the service's REST endpoint of Iceberg; a client names the bucket as its warehouse: `gs://<bucket>`. */
const catalogUri = "https://biglake.googleapis.com/iceberg/v1/restcatalog";

/**
 * Iceberg tables in an encrypted bucket, with the Iceberg REST catalog of BigLake, which BigQuery and engines of others read.
 * Who uses it needs a right to the catalog and one to the bucket: https://docs.cloud.google.com/biglake/docs/blms-rest-catalog
 *
 * The bucket's prefixes: `tables/` the data, `events/` what functions archive of the event stream, `queries/` results of queries,
 * `machine-learning/` input and output of training.
 *
 * Cost: storage per GB and month, calls of the catalog, what engines and BigQuery read. The catalog merges no small files by
 * itself: the engine that writes a table does.
 *
 * @throws Error when a table's columns and partitions do not fit.
 */
export class DataLake extends ComponentResource implements DataLakeContract {
  readonly kind = "lake";
  /** The bucket and the catalog, in this order. */
  readonly resourceIds: readonly Output<string>[];
  /** None: Cloud Storage decrypts by a right of its own. */
  readonly keyId = undefined;
  readonly bucketName: Output<string>;
  readonly database: Output<string>;
  readonly catalogUri = catalogUri;
  readonly tableNames: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: DataLakeArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:DataLake", name, {}, opts);
    const { project, protection, snapshotRetentionDays } = args;
    const problems = Object.entries(args.tables).flatMap(([table, spec]) => tableProblem(table, spec) ?? []);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    const bucket = new ObjectStore(
      `${name}-objects`,
      {
        project,
        bucketName: args.bucketName,
        // A life cycle rule on the tables would delete files that a table still needs.
        prefixes: ["events", "queries"],
        infrequentAccessAfterDays: args.infrequentAccessAfterDays,
        deleteAfterDays: args.deleteAfterDays,
        keepVersionsDays: args.keepVersionsDays,
        keyId: args.keyId,
        protection,
      },
      { parent: this },
    );
    // Without its catalog, or its namespace, a table is lost.
    const kept = { parent: this, protect: protection.protect };
    const catalog = new IcebergCatalog(
      `${name}-catalog`,
      {
        project: project.id,
        name: bucket.bucketName,
        catalogType: "CATALOG_TYPE_GCS_BUCKET",
        credentialMode: "CREDENTIAL_MODE_END_USER",
      },
      kept,
    );
    const tablesAt = interpolate`gs://${bucket.bucketName}/tables`;
    const namespace = new IcebergNamespace(
      `${name}-namespace`,
      {
        project: project.id,
        catalog: catalog.name,
        // Letters, digits and the underscore, as on the other clouds.
        namespaceId: `${args.prefix.replaceAll("-", "_")}_lake`,
        properties: { location: tablesAt },
      },
      kept,
    );
    const tableNames: Record<string, Output<string>> = {};
    for (const [id, spec] of Object.entries(args.tables)) {
      const { location, ...form } = icebergTable(spec, `tables/${id}`, snapshotRetentionDays);
      const tableArgs: IcebergTableArgs = {
        project: project.id,
        catalog: catalog.name,
        namespace: namespace.namespaceId,
        name: id,
        location: interpolate`gs://${bucket.bucketName}/${location}`,
        ...form,
      };
      tableNames[id] = new IcebergTable(`${name}-table-${id}`, args.transform?.(tableArgs, id) ?? tableArgs, kept).name;
    }
    this.bucketName = bucket.bucketName;
    this.database = namespace.namespaceId;
    this.tableNames = tableNames;
    this.resourceIds = [bucket.bucketName, catalog.id];
    this.registerOutputs({ bucketName: this.bucketName, database: this.database, tableNames });
  }
}
