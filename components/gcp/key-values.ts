import { BackupSchedule } from "@pulumi/gcp/firestore/backupSchedule";
import { Database, type DatabaseArgs } from "@pulumi/gcp/firestore/database";
import { Field } from "@pulumi/gcp/firestore/field";
import { Index } from "@pulumi/gcp/firestore/index_";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { KeyValueStore } from "../contracts/key-value-store";
import { tableFaults, type TableSpec } from "../planning/key-value-tables";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import { compositeIndexes, firestoreFaults, isFoundBy } from "./key-values.plan";
import type { Project } from "./project";

const secondsPerDay = 86_400;

export interface KeyValuesArgs {
  /** The database lies in its region, for ever. */
  readonly project: Project;
  /** First part of the database's name. */
  readonly prefix: string;
  /** The tables by a key: the collections' names. */
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** Days that a daily backup is kept, 1 to 98. Any minute of the last seven days can be read whatever it is. */
  readonly recoveryDays: number;
  /** Key in the same region, which Firestore may use; another one replaces the database. */
  readonly keyId: Input<string>;
  readonly protection: Protection;
  readonly transform?: (database: DatabaseArgs) => DatabaseArgs;
}

/**
 * Tables on Firestore in native mode: collections of one database, in three zones, which is reached over TLS by cloud identity
 * alone. Private Google Access keeps the way inside the network.
 *
 * An item's hash key and range key are fields of its document. `expiresAt` is a field of the type timestamp here, and what is
 * expired goes within a day: https://docs.cloud.google.com/firestore/native/docs/ttl
 *
 * Cost: each document that is read, written or deleted, and each GiB: with its indexes, with older states, with backups.
 *
 * @throws Error when a table's keys do not fit, or a name is none on Firestore.
 */
export class KeyValues extends ComponentResource implements KeyValueStore {
  readonly kind = "key-values";
  /** The database: rights are for all of it. */
  readonly resourceIds: readonly Output<string>[];
  /** None: Firestore decrypts by a right of its own. */
  readonly keyId = undefined;
  /** Names of the collections, by the table's key. */
  readonly tableNames: Readonly<Record<string, Output<string>>>;
  /** Name of the database, which a client has to give: it would look into `(default)` else. */
  readonly databaseName: Output<string>;

  constructor(name: string, args: KeyValuesArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:KeyValues", name, {}, opts);
    const { project, protection } = args;
    const problems = Object.entries(args.tables).flatMap(([key, spec]) =>
      [...tableFaults(spec), ...firestoreFaults(spec)].map(
        ({ path, message }) => `table "${[key, ...path].join(".")}": ${message}`,
      ),
    );
    if (problems.length > 0) throw new Error(problems.join("\n"));
    const databaseArgs: DatabaseArgs = {
      project: project.id,
      name: gcpName("resource", args.prefix, "key-values"),
      locationId: project.region,
      type: "FIRESTORE_NATIVE",
      databaseEdition: "STANDARD",
      pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_ENABLED",
      cmekConfig: { kmsKeyName: args.keyId },
      deleteProtectionState: protection.deletionProtection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED",
      // Else the provider leaves it behind.
      deletionPolicy: "DELETE",
    };
    const database = new Database(`${name}-database`, args.transform?.(databaseArgs) ?? databaseArgs, {
      parent: this,
      protect: protection.protect,
    });
    const inDatabase = { project: project.id, database: database.name };
    new BackupSchedule(
      `${name}-backups`,
      { ...inDatabase, dailyRecurrence: {}, retention: `${String(args.recoveryDays * secondsPerDay)}s` },
      { parent: this },
    );
    for (const [key, spec] of Object.entries(args.tables)) {
      for (const { id, fields } of compositeIndexes(spec)) {
        new Index(
          `${name}-${key}-${id}`,
          { ...inDatabase, collection: key, queryScope: "COLLECTION", fields: [...fields] },
          { parent: this },
        );
      }
      if (spec.expiresAt === undefined) continue;
      new Field(
        `${name}-${key}-expiry`,
        {
          ...inDatabase,
          collection: key,
          field: spec.expiresAt,
          ttlConfig: {},
          // An index of times that only grow slows writing down: https://docs.cloud.google.com/firestore/native/docs/ttl
          ...(isFoundBy(spec, spec.expiresAt) ? {} : { indexConfig: {} }),
        },
        { parent: this },
      );
    }
    this.resourceIds = [database.id];
    this.tableNames = Object.fromEntries(Object.keys(args.tables).map((key) => [key, database.name.apply(() => key)]));
    this.databaseName = database.name;
    this.registerOutputs({ databaseName: this.databaseName, tableNames: this.tableNames });
  }
}
