import { Database } from "@pulumi/gcp/sql/database";
import { DatabaseInstance, type DatabaseInstanceArgs } from "@pulumi/gcp/sql/databaseInstance";
import { User } from "@pulumi/gcp/sql/user";
import {
  all,
  ComponentResource,
  output,
  unsecret,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { PostgresDatabase } from "../contracts/postgres-database";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import type { Zone } from "../planning/address-plan";
import type { LogicalReplication, MinimumTls } from "../planning/logical-replication";
import { databaseInstances, databaseReplica } from "../planning/names";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import { bundle } from "./certificates.plan";
import type { GcpNetwork } from "./network";
import { backups, flags, type Availability, type ReplicationRole } from "./postgres.plan";
import type { Project } from "./project";

export interface PostgresArgs {
  readonly project: Project;
  /** First part of the names of instances, which end with digits of their own. */
  readonly prefix: string;
  readonly databaseName: string;
  readonly masterUser: string;
  /** Major version, such as `17`: Google chooses and raises the minor. */
  readonly engineVersion: string;
  /**
   * Machine of all instances: `db-custom-<processors>-<MiB>`, or one with a shared core, which its service level agreement leaves
   * out. https://docs.cloud.google.com/sql/docs/postgres/instance-settings
   */
  readonly tier: string;
  /** Storage in GiB, on SSD; it grows by itself up to `maxGiB`, and `sizeGiB` is only what it begins with. */
  readonly storage: { readonly sizeGiB: number; readonly maxGiB: number };
  /** `standby`: a synchronous copy in a second zone takes over within about a minute. */
  readonly availability: Availability;
  /** Zones of readable copies by a key, which becomes part of their names; at most 10. Default: none. */
  readonly replicas?: Readonly<Record<string, Zone>>;
  /** Lets databases of other sites follow, or this one follow them. Default: neither. */
  readonly logicalReplication?: LogicalReplication & { readonly role: ReplicationRole };
  /** The oldest version of TLS that is spoken. Default: the one of Cloud SQL. */
  readonly minimumTls?: MinimumTls;
  /** Daily backups that are kept, 1 to 365; any second of the last 7 days of them can be restored. */
  readonly backupRetentionDays: number;
  /** Region or multi-region of the backups. The key that they are encrypted with stays in the site's own. Default: the site's. */
  readonly backupLocation?: string;
  /**
   * Who keeps the backups. `instance`: Cloud SQL, as the two fields above say. `vault`: a plan of Backup and DR, into which the instance
   * comes after it is made. Then the fields above are only what it begins with: the plan rewrites what the instance says of backups,
   * and Cloud SQL refuses every update that says anything else, so that a stack is refreshed before a change of the instance.
   * https://github.com/terraform-google-modules/terraform-google-sql-db/issues/814,
   * https://github.com/hashicorp/terraform-provider-google/issues/24932. Default: `instance`.
   */
  readonly backups?: "instance" | "vault";
  /** Connections at most. */
  readonly maxConnections: number;
  readonly network: GcpNetwork;
  /** Key in the site's region, which the service agent of `sqladmin` may use. */
  readonly keyId: Input<string>;
  /** Labels of every instance: those that the provider gives to all do not reach databases. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the master user's credentials are kept. Default: nowhere but in the state. */
  readonly secrets?: SecretStore;
  /** Last part of the secret's name. Default: `postgres`. */
  readonly secretName?: string;
  readonly protection: Protection;
  readonly transform?: (instance: DatabaseInstanceArgs, role: "source" | "replica") => DatabaseInstanceArgs;
}

const port = 5432;

/** Days that the last backup outlives its instance. */
const finalBackupDays = 30;

/**
 * PostgreSQL on Cloud SQL, edition Enterprise, with private addresses only. The name of a deleted instance cannot be used again for
 * a week, so each has digits that no other has: https://docs.cloud.google.com/sql/docs/postgres/instance-settings
 *
 * Two switches hold an instance, one of the API and one of the provider. Both follow the class, and both are read from what was
 * stored before: they are taken down by an update, and the instance goes with the next one.
 *
 * Cost: the machine, doubled by a standby, and again by each replica; storage likewise; backups and logs per GB.
 */
export class Postgres extends ComponentResource implements PostgresDatabase {
  readonly host: Output<string>;
  readonly port: Output<number> = output(port);
  readonly databaseName: string;
  readonly replicaHosts: readonly Output<string>[];
  /** Names of the source and its replicas, by which Cloud Monitoring keeps their measurements. */
  readonly instanceNames: readonly Output<string>[];
  /** Keys `username`, `password`, `host`, `port`, `database`; `undefined` where `secrets` is. */
  readonly credentials: SecretReference | undefined;
  /** Those of the source and of its replicas: each instance has an authority of its own. https://docs.cloud.google.com/sql/docs/postgres/authorize-ssl */
  readonly certificateAuthority: Output<string>;

  /** @throws RangeError when a database that follows another is to have a standby. */
  constructor(name: string, args: PostgresArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Postgres", name, {}, opts);
    const { project, prefix, protection, network, availability, logicalReplication } = args;
    const { source: sourceName } = databaseInstances(prefix);
    if (availability === "standby" && logicalReplication?.role === "subscriber") {
      throw new RangeError(
        `availability is "standby" while the replication role of "${name}" is "subscriber", which Cloud SQL rules out: set availability to "single-zone", or the role to "publisher"`,
      );
    }
    const parent = { parent: this };
    const inProject = { project: project.id };
    const sourceArgs: DatabaseInstanceArgs = {
      ...inProject,
      ...sharedArgs(args),
      name: uniqueName(`${name}-source`, sourceName, this),
      encryptionKeyName: args.keyId,
      settings: {
        ...sharedSettings(args),
        availabilityType: availability === "standby" ? "REGIONAL" : "ZONAL",
        diskSize: args.storage.sizeGiB,
        backupConfiguration: backups(args.backupRetentionDays, args.backupLocation ?? project.region),
        retainBackupsOnDelete: protection.finalSnapshot,
        finalBackupConfig: protection.finalSnapshot
          ? { enabled: true, retentionDays: finalBackupDays }
          : { enabled: false },
        // Sundays at 04:00 UTC.
        maintenanceWindow: { day: 7, hour: 4, updateTrack: "stable" },
      },
    };
    const source = new DatabaseInstance(`${name}-source`, args.transform?.(sourceArgs, "source") ?? sourceArgs, {
      parent: this,
      protect: protection.protect,
      dependsOn: [network.privateServices.connection],
      ignoreChanges: [
        // Storage that has grown would otherwise be shrunk, which replaces the instance.
        "settings.diskSize",
        ...(args.backups === "vault" ? ["settings.backupConfiguration"] : []),
      ],
    });
    const replicas = Object.entries(args.replicas ?? {}).map(([key, zone]) => {
      const replica = `${name}-replica-${key}`;
      // Neither key nor size: in one region a replica takes its source's.
      const replicaArgs: DatabaseInstanceArgs = {
        ...inProject,
        ...sharedArgs(args),
        name: uniqueName(replica, databaseReplica(prefix, key), this),
        masterInstanceName: source.name,
        settings: {
          ...sharedSettings(args),
          availabilityType: "ZONAL",
          locationPreference: { zone: `${project.region}-${zone}` },
        },
      };
      return new DatabaseInstance(replica, args.transform?.(replicaArgs, "replica") ?? replicaArgs, {
        parent: this,
        protect: protection.protect,
        dependsOn: [network.privateServices.connection],
      });
    });
    // Both go with their instance: a database would take its rows along, and a user who owns any cannot be dropped.
    const database = new Database(
      `${name}-database`,
      { ...inProject, instance: source.name, name: args.databaseName, deletionPolicy: "ABANDON" },
      parent,
    );
    // Without special characters the password fits in a URL as it is.
    const password = new RandomPassword(`${name}-password`, { length: 32, special: false }, parent);
    const user = new User(
      `${name}-user`,
      {
        ...inProject,
        instance: source.name,
        name: args.masterUser,
        password: password.result,
        deletionPolicy: "ABANDON",
      },
      parent,
    );
    this.credentials = args.secrets?.put(args.secretName ?? "postgres", {
      username: user.name,
      password: password.result,
      host: source.privateIpAddress,
      port: String(port),
      database: database.name,
    });
    this.host = source.privateIpAddress;
    this.databaseName = args.databaseName;
    this.replicaHosts = replicas.map(({ privateIpAddress }) => privateIpAddress);
    // The SDK takes certificates of authorities for secrets.
    this.certificateAuthority = unsecret(
      all([source, ...replicas].map(({ serverCaCerts }) => serverCaCerts)).apply((lists) => bundle(lists.flat())),
    );
    this.instanceNames = [source, ...replicas].map((instance) => instance.name);
    this.registerOutputs({ host: this.host, port: this.port, replicaHosts: this.replicaHosts });
  }
}

function sharedArgs({ project, engineVersion, protection }: PostgresArgs) {
  return {
    region: project.region,
    databaseVersion: `POSTGRES_${engineVersion}`,
    deletionProtection: protection.deletionProtection,
  } satisfies Partial<DatabaseInstanceArgs>;
}

function sharedSettings(args: PostgresArgs) {
  const { network, protection } = args;
  return {
    tier: args.tier,
    // Unsaid it would be Enterprise Plus from version 16 on, of a replica too.
    edition: "ENTERPRISE",
    diskType: "PD_SSD",
    diskAutoresize: true,
    diskAutoresizeLimit: args.storage.maxGiB,
    databaseFlags: flags(args),
    deletionProtectionEnabled: protection.deletionProtection,
    userLabels: { ...args.labels },
    ipConfiguration: {
      ipv4Enabled: false,
      privateNetwork: network.networkId,
      allocatedIpRange: network.privateServices.rangeName,
      sslMode: "ENCRYPTED_ONLY",
    },
    insightsConfig: { queryInsightsEnabled: true, recordApplicationTags: true, recordClientAddress: false },
  } satisfies Partial<DatabaseInstanceArgs["settings"]>;
}

function uniqueName(logicalName: string, name: string, parent: ComponentResource): Output<string> {
  const suffix = new RandomId(`${logicalName}-suffix`, { byteLength: 3 }, { parent });
  return suffix.hex.apply((digits) => gcpName("resource", name, digits));
}
