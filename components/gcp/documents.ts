import { BackupSchedule } from "@pulumi/gcp/firestore/backupSchedule";
import { Database, type DatabaseArgs } from "@pulumi/gcp/firestore/database";
import { UserCreds } from "@pulumi/gcp/firestore/userCreds";
import { IAMMember } from "@pulumi/gcp/projects/iammember";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { DocumentStore } from "../contracts/document-store";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import type { Project } from "./project";

const secondsPerDay = 86_400;

export interface DocumentsArgs {
  readonly project: Project;
  /** First part of the database's name. */
  readonly prefix: string;
  /** Name of the user: 4 to 63 lower-case letters, digits and hyphens, a letter first. */
  readonly masterUser: string;
  /** Days that daily backups are kept, 1 to 98; any minute of the last 7 days can be restored besides. */
  readonly backupRetentionDays: number;
  /** Key in the site's region, which the service agent of `firestore` may use. For ever: a change replaces the database. */
  readonly keyId: Input<string>;
  readonly secrets: SecretStore;
  readonly protection: Protection;
  readonly transform?: (database: DatabaseArgs) => DatabaseArgs;
}

/**
 * Documents on Firestore, edition Enterprise, which speaks MongoDB's protocol; `docs/decisions/documents.md` says what it lacks. It
 * is spread over the zones of the region by itself.
 *
 * Its address is one of Google's front, for whoever has the password: machines without addresses of their own reach it by Private
 * Google Access. Clients name `databaseName` as their database: it is the only one.
 *
 * Cost: reads, writes and storage, with a free part; copies for point-in-time recovery and backups per GB.
 */
export class Documents extends ComponentResource implements DocumentStore {
  readonly scheme = "mongodb";
  readonly databaseName: Output<string>;
  readonly host: Output<string>;
  readonly readerHost: Output<string>;
  readonly port = 443;
  /** https://cloud.google.com/firestore/mongodb-compatibility/docs/supported-features */
  readonly protocol = "8.0";
  /** https://docs.cloud.google.com/firestore/mongodb-compatibility/docs/connect */
  readonly options = {
    tls: "true",
    loadBalanced: "true",
    authMechanism: "SCRAM-SHA-256",
    retryWrites: "false",
  };
  /** Keys `username`, `password`, `host`, `port`, `database`. */
  readonly credentials: SecretReference;

  constructor(name: string, args: DocumentsArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Documents", name, {}, opts);
    const { project, protection } = args;
    const parent = { parent: this };
    const inProject = { project: project.id };
    const databaseArgs: DatabaseArgs = {
      ...inProject,
      name: gcpName("resource", args.prefix, "documents"),
      locationId: project.region,
      type: "FIRESTORE_NATIVE",
      databaseEdition: "ENTERPRISE",
      mongodbCompatibleDataAccessMode: "DATA_ACCESS_MODE_ENABLED",
      // One way in is enough to guard.
      firestoreDataAccessMode: "DATA_ACCESS_MODE_DISABLED",
      pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_ENABLED",
      cmekConfig: { kmsKeyName: args.keyId },
      deleteProtectionState: protection.deletionProtection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED",
      // The provider would leave it behind otherwise.
      deletionPolicy: "DELETE",
    };
    const database = new Database(`${name}-database`, args.transform?.(databaseArgs) ?? databaseArgs, {
      parent: this,
      protect: protection.protect,
    });
    new BackupSchedule(
      `${name}-daily-backup`,
      {
        ...inProject,
        database: database.name,
        dailyRecurrence: {},
        retention: `${String(args.backupRetentionDays * secondsPerDay)}s`,
      },
      parent,
    );
    const user = new UserCreds(
      `${name}-user`,
      { ...inProject, database: database.name, name: args.masterUser },
      parent,
    );
    // A user may do nothing until IAM lets it.
    const rights = new IAMMember(
      `${name}-user-rights`,
      {
        ...inProject,
        role: "roles/datastore.user",
        member: interpolate`principal://firestore.googleapis.com/projects/${project.number}/name/databases/${database.name}/userCreds/${user.name}`,
        condition: {
          title: "this database alone",
          expression: interpolate`resource.name == "projects/${project.id}/databases/${database.name}"`,
        },
      },
      parent,
    );
    this.host = interpolate`${database.uid}.${database.locationId}.firestore.goog`;
    this.readerHost = this.host;
    this.databaseName = database.name;
    this.credentials = args.secrets.put(
      "documents",
      {
        username: user.name,
        password: user.securePassword,
        host: this.host,
        port: String(this.port),
        database: database.name,
      },
      // Whoever is given the reference can read and write.
      { dependsOn: [rights] },
    );
    this.registerOutputs({ host: this.host, databaseName: this.databaseName });
  }
}
