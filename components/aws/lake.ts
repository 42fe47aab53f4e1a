import { Workgroup } from "@pulumi/aws/athena/workgroup";
import { CatalogDatabase } from "@pulumi/aws/glue/catalogDatabase";
import { CatalogTable, type CatalogTableArgs } from "@pulumi/aws/glue/catalogTable";
import { CatalogTableOptimizer, type CatalogTableOptimizerArgs } from "@pulumi/aws/glue/catalogTableOptimizer";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import {
  ComponentResource,
  interpolate,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Unwrap,
} from "@pulumi/pulumi";
import type { DataLake as DataLakeContract } from "../contracts/data-lake";
import { tableProblem, type TableSpec } from "../planning/lake";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { icebergTable } from "./lake.plan";
import { ObjectStore } from "./object-store";
import { policyDocument, serviceTrust, type Statement } from "./policy-document";

export interface DataLakeArgs {
  readonly account: Account;
  /** First part of the names of database and workgroup. */
  readonly prefix: string;
  /** Name of the bucket, unique among all accounts. */
  readonly bucketName: Input<string>;
  /** Tables by name: lower-case letters, digits and `_`. */
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** Days that an older state of a table can still be queried and brought back. */
  readonly snapshotRetentionDays: number;
  /** Days until archived events and results of queries move to Infrequent Access; at least 30. Tables never do. */
  readonly infrequentAccessAfterDays: number;
  /** Days until archived events and results of queries are deleted. Tables never are. */
  readonly deleteAfterDays: number;
  /** Days that a replaced or deleted object can still be brought back. */
  readonly keepVersionsDays: number;
  /** A query that reads more than so many GiB is stopped; Athena is billed by what a query reads. */
  readonly queryLimitGiB: number;
  readonly keyArn: Input<string>;
  readonly protection: Protection;
  readonly transform?: (table: CatalogTableArgs, id: string) => CatalogTableArgs;
}

/** What AWS does with a table by itself, each with settings of its own. */
type Upkeep = "compaction" | "retention" | "orphan_file_deletion";

/** Log groups that Glue writes to while it does; their names are Glue's. */
const upkeepLogs = { compaction: "compaction", retention: "retention", orphan_file_deletion: "orphan-file-deletion" };

/**
 * Iceberg tables (format version 2) in an encrypted bucket, with the Glue catalog, which also answers Iceberg's REST protocol:
 * https://docs.aws.amazon.com/glue/latest/dg/connect-glu-iceberg-rest.html
 *
 * The bucket's prefixes: `tables/` the data, `events/` what functions archive of the event stream, `queries/` results of Athena,
 * `machine-learning/` input and output of training.
 *
 * Cost: storage per GB and month, queries per TB read, upkeep per DPU hour.
 */
export class DataLake extends ComponentResource implements DataLakeContract {
  readonly kind = "lake";
  readonly resourceIds: readonly Output<string>[];
  readonly keyId: Output<string>;
  readonly bucketName: Output<string>;
  readonly bucketArn: Output<string>;
  readonly database: Output<string>;
  readonly catalogUri: string;
  readonly tableNames: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: DataLakeArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:DataLake", name, {}, opts);
    const { account, protection } = args;
    const problems = Object.entries(args.tables).flatMap(([table, spec]) => tableProblem(table, spec) ?? []);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    const bucket = new ObjectStore(
      `${name}-objects`,
      {
        bucketName: args.bucketName,
        // A life cycle rule on the tables would delete files that a table still needs.
        prefixes: ["events", "queries"],
        infrequentAccessAfterDays: args.infrequentAccessAfterDays,
        deleteAfterDays: args.deleteAfterDays,
        keepVersionsDays: args.keepVersionsDays,
        keyArn: args.keyArn,
        protection,
      },
      { parent: this },
    );
    this.keyId = output(args.keyArn);
    this.bucketName = bucket.bucketName;
    this.bucketArn = interpolate`arn:${account.partition}:s3:::${bucket.bucketName}`;
    const database = new CatalogDatabase(
      `${name}-database`,
      {
        // Glue takes lower-case letters, digits and the underscore.
        name: `${args.prefix.replaceAll("-", "_")}_lake`,
        description: "Iceberg tables",
        locationUri: interpolate`s3://${bucket.bucketName}/tables`,
      },
      // Without its database a table is lost to the catalog.
      { parent: this, protect: protection.protect },
    );
    const upkeep = upkeepRole(name, this, account, database.name);
    const tableNames: Record<string, Output<string>> = {};
    for (const [id, spec] of Object.entries(args.tables)) {
      const tableArgs: CatalogTableArgs = {
        name: id,
        databaseName: database.name,
        openTableFormatInput: {
          icebergInput: {
            metadataOperation: "CREATE",
            version: "2",
            icebergTableInput: bucket.bucketName.apply((of) => icebergTable(spec, `s3://${of}/tables/${id}`)),
          },
        },
      };
      const table = new CatalogTable(`${name}-table-${id}`, args.transform?.(tableArgs, id) ?? tableArgs, {
        parent: this,
        protect: protection.protect,
        // Iceberg keeps them from here on, and the provider takes them for changes: it would write them back without the address
        // of the table's newest state. https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1919
        ignoreChanges: [
          "description",
          "owner",
          "parameters",
          "partitionKeys",
          "retention",
          "storageDescriptor",
          "tableType",
        ],
      });
      for (const [type, configuration] of Object.entries(upkeepOf(args.snapshotRetentionDays))) {
        new CatalogTableOptimizer(
          `${name}-table-${id}-${upkeepLogs[type as Upkeep]}`,
          {
            catalogId: account.id,
            databaseName: database.name,
            tableName: table.name,
            type,
            configuration: { ...configuration, enabled: true, roleArn: upkeep.arn },
          },
          { parent: this, dependsOn: [upkeep.policy], deletedWith: table },
        );
      }
      tableNames[id] = table.name;
    }
    new Workgroup(
      `${name}-queries`,
      {
        name: `${args.prefix}-lake`,
        description: "Queries of the lake",
        forceDestroy: protection.deleteContents,
        configuration: {
          // A client cannot send its results elsewhere, nor unencrypted.
          enforceWorkgroupConfiguration: true,
          publishCloudwatchMetricsEnabled: true,
          bytesScannedCutoffPerQuery: args.queryLimitGiB * 1024 ** 3,
          resultConfiguration: {
            outputLocation: interpolate`s3://${bucket.bucketName}/queries/`,
            expectedBucketOwner: account.id,
            encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: args.keyArn },
          },
        },
      },
      { parent: this },
    );
    this.database = database.name;
    this.tableNames = tableNames;
    this.catalogUri = `https://glue.${account.region}.amazonaws.com/iceberg`;
    this.resourceIds = [this.bucketArn, ...catalogArns(account, database.name)];
    this.registerOutputs({ bucketName: this.bucketName, database: this.database, tableNames });
  }
}

/** Catalog, database and tables: who may use one of them must be let into all three. */
function catalogArns(account: Account, database: Output<string>): readonly Output<string>[] {
  const base = interpolate`arn:${account.partition}:glue:${account.region}:${account.id}`;
  return [
    interpolate`${base}:catalog`,
    interpolate`${base}:database/${database}`,
    interpolate`${base}:table/${database}/*`,
  ];
}

/** Small files are merged, old states dropped with their files, and files that no state knows deleted after three days. */
function upkeepOf(snapshotRetentionDays: number) {
  return {
    compaction: { compactionConfiguration: { icebergConfiguration: { strategy: "binpack" } } },
    retention: {
      retentionConfiguration: {
        icebergConfiguration: {
          snapshotRetentionPeriodInDays: snapshotRetentionDays,
          numberOfSnapshotsToRetain: 1,
          cleanExpiredFiles: true,
        },
      },
    },
    orphan_file_deletion: {
      orphanFileDeletionConfiguration: { icebergConfiguration: { orphanFileRetentionPeriodInDays: 3 } },
    },
  } satisfies Record<Upkeep, Partial<Unwrap<CatalogTableOptimizerArgs["configuration"]>>>;
}

/** https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html */
function upkeepRole(name: string, lake: DataLake, account: Account, database: Output<string>) {
  const role = new Role(
    `${name}-upkeep-role`,
    { description: "Upkeep of the lake's tables by Glue", assumeRolePolicy: serviceTrust("glue.amazonaws.com") },
    { parent: lake },
  );
  const statements: readonly Statement[] = [
    { Sid: "List", Effect: "Allow", Action: "s3:ListBucket", Resource: lake.bucketArn },
    {
      Sid: "Files",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: interpolate`${lake.bucketArn}/tables/*`,
    },
    { Sid: "Key", Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: lake.keyId },
    {
      Sid: "Catalog",
      Effect: "Allow",
      Action: ["glue:GetTable", "glue:UpdateTable"],
      Resource: catalogArns(account, database),
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: Object.values(upkeepLogs).map(
        (log) =>
          interpolate`arn:${account.partition}:logs:${account.region}:${account.id}:log-group:/aws-glue/iceberg-${log}/logs:*`,
      ),
    },
  ];
  const policy = new RolePolicy(
    `${name}-upkeep-policy`,
    { role: role.name, policy: policyDocument(statements) },
    { parent: lake },
  );
  return { arn: role.arn, policy };
}
