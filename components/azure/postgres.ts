import { AdministratorsMicrosoftEntra } from "@pulumi/azure-native/dbforpostgresql/administratorsMicrosoftEntra";
import { Configuration } from "@pulumi/azure-native/dbforpostgresql/configuration";
import { Database } from "@pulumi/azure-native/dbforpostgresql/database";
import { Server, type ServerArgs } from "@pulumi/azure-native/dbforpostgresql/server";
import {
  ComponentResource,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { PostgresDatabase } from "../contracts/postgres-database";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import type { Zone } from "../planning/address-plan";
import type { MinimumTls } from "../planning/logical-replication";
import type { Protection } from "../planning/protection";
import { lockAgainstDeletion } from "./deletion-lock";
import { KeyUser } from "./key-user";
import type { LogWorkspace } from "./log-workspace";
import { azureZones, type Place } from "./place";
import {
  backupDays,
  computeTier,
  parameters,
  readReplicas,
  serverName,
  sourcePart,
  type Publication,
} from "./postgres.plan";
import type { EndpointHome } from "./private-endpoint";
import type { SiteKeys } from "./site-keys";

/** Somebody who may do all in the databases, logged in by Microsoft Entra. None of it ever changes but by a new key. */
export interface DatabaseAdmin {
  /** Object id in Microsoft Entra. */
  readonly principalId: Input<string>;
  /** Name in Microsoft Entra, which the database knows the role by: at most 63 characters. */
  readonly principalName: string;
  readonly type: "Group" | "User" | "ServicePrincipal";
}

export interface PostgresArgs extends EndpointHome {
  readonly place: Place;
  /** First part of the names of servers and identity. */
  readonly prefix: string;
  readonly databaseName: string;
  /** Further databases, for what keeps its own tables apart; empty at first. Default: none. */
  readonly otherDatabases?: readonly string[];
  /** Cannot be changed. */
  readonly masterUser: string;
  /** Major version, such as `17`: Azure chooses and raises the minor. */
  readonly engineVersion: string;
  /** Machine of the tier GeneralPurpose or MemoryOptimized, such as `Standard_D2ds_v5`. A change restarts the server. */
  readonly compute: string;
  /** Storage at first, in GiB: one of the sizes of Premium SSD. It grows by itself and never shrinks. */
  readonly storageGiB: number;
  /** `standby`: a synchronous copy in a second zone takes over, usually within 120 seconds. Comes and goes in place. */
  readonly availability: "single-zone" | "standby";
  /** Zone of a readable copy; `undefined` for none. */
  readonly replicaZone: Zone | undefined;
  /** Zones of further readable copies by a key, which becomes part of their names; at most five in all. Default: none. */
  readonly replicas?: Readonly<Record<string, Zone>>;
  /** Lets subscribers in other clouds follow. Default: none can. */
  readonly logicalReplication?: Publication;
  /** The oldest version of TLS that is spoken. */
  readonly minimumTls: MinimumTls;
  /** Days that any second can be restored: fewer than 7 are taken as 7, and at most 35. */
  readonly backupRetentionDays: number;
  /** Connections at most, at every size of the machine. */
  readonly maxConnections: number;
  /** Extensions that `CREATE EXTENSION` may name. Default: none. */
  readonly extensions?: readonly string[];
  /** By a name that never changes. Default: none but the master user. */
  readonly admins?: Readonly<Record<string, DatabaseAdmin>>;
  readonly keys: SiteKeys;
  readonly logs: LogWorkspace;
  /** Where the master user's credentials are kept. Default: nowhere but in the state. */
  readonly secrets?: SecretStore;
  /** Last part of the secret's name. Default: `postgres`. */
  readonly secretName?: string;
  readonly protection: Protection;
  readonly transform?: (server: ServerArgs, role: "source" | "replica") => ServerArgs;
}

const port = 5432;

/**
 * PostgreSQL on Azure Database for PostgreSQL, Flexible Server, in the subnet `database`: from there it can dial out to publishers
 * in other clouds. Users log in by Microsoft Entra, or by a password.
 *
 * The server takes one change at a time, so parts of it are made one after the other. Parameters that are read at a start, those
 * of logical replication among them, wait for a restart, of the replicas first.
 *
 * Nothing here replaces a server: its zone is never named, since a failover changes it, and backups stay in the region, since
 * that is chosen for life. https://learn.microsoft.com/azure/postgresql/backup-restore/concepts-backup-restore
 *
 * Cost: the machine, doubled by a standby, and again by each replica; storage likewise; backups beyond the storage's size.
 */
export class Postgres extends ComponentResource implements PostgresDatabase {
  readonly host: Output<string>;
  readonly port: Output<number>;
  readonly databaseName: string;
  readonly replicaHosts: readonly Output<string>[];
  /** Their servers by the last part of their logical names: `replica-<key>`. */
  readonly replicaIds: Readonly<Record<string, Output<string>>>;
  /** The server that takes writes. */
  readonly serverId: Output<string>;
  /** Keys `username`, `password`, `host`, `port`, `database`; `undefined` where `secrets` is. */
  readonly credentials: SecretReference | undefined;
  /** Public ones, which everybody trusts: https://learn.microsoft.com/azure/postgresql/security/security-tls */
  readonly certificateAuthority = undefined;

  constructor(name: string, args: PostgresArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Postgres", name, {}, opts);
    const { place, prefix, protection } = args;
    const replicas = readReplicas(args);
    const names = args.dns.zone("postgres");
    const password = new RandomPassword(
      `${name}-password`,
      // Azure wants three of four kinds; without special characters the password fits in a URL as it is.
      { length: 32, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
      { parent: this },
    );
    const keyUser = new KeyUser(
      `${name}-key`,
      { identityName: `${prefix}-${sourcePart}`, place, key: args.keys.keys.data },
      { parent: this },
    );
    const physical = (part: string) => place.subscription.id.apply((id) => serverName(prefix, part, id));
    const shared = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      sku: { name: args.compute, tier: computeTier(args.compute) },
      storage: { storageSizeGB: args.storageGiB, type: "Premium_LRS", autoGrow: "Enabled" },
      network: {
        delegatedSubnetResourceId: args.network.subnetId("database"),
        privateDnsZoneArmResourceId: names.zoneId,
      },
      identity: { type: "UserAssigned", userAssignedIdentities: keyUser.identityId.apply((id) => ({ [id]: {} })) },
      // Without a version, so that the server follows the key when it rotates.
      dataEncryption: {
        type: "AzureKeyVault",
        primaryKeyURI: args.keys.keys.data.uri,
        primaryUserAssignedIdentityId: keyUser.identityId,
      },
    } satisfies Partial<ServerArgs>;
    const sourceArgs: ServerArgs = {
      ...shared,
      serverName: physical(sourcePart),
      createMode: "Default",
      version: args.engineVersion,
      administratorLogin: args.masterUser,
      administratorLoginPassword: password.result,
      authConfig: {
        activeDirectoryAuth: "Enabled",
        passwordAuth: "Enabled",
        tenantId: place.subscription.tenantId,
      },
      highAvailability: { mode: args.availability === "standby" ? "ZoneRedundant" : "Disabled" },
      backup: {
        backupRetentionDays: Math.max(backupDays.least, args.backupRetentionDays),
        geoRedundantBackup: "Disabled",
      },
      maintenanceWindow: sundayAt(5),
    };
    const source = new Server(`${name}-source`, args.transform?.(sourceArgs, "source") ?? sourceArgs, {
      parent: this,
      protect: protection.protect,
      ignoreChanges: [...movedByAzure, "highAvailability.standbyAvailabilityZone"],
      dependsOn: [names.link, keyUser.right],
    });

    const chain = new Chain(this, source);
    const database = (suffix: string, databaseName: string) => {
      chain.add(
        (options) =>
          new Database(
            `${name}-${suffix}`,
            {
              resourceGroupName: place.groupName,
              serverName: source.name,
              databaseName,
              charset: "UTF8",
              collation: "en_US.utf8",
            },
            { ...options, protect: protection.protect },
          ),
      );
    };
    database("database", args.databaseName);
    for (const other of args.otherDatabases ?? []) database(`database-${other}`, other);
    for (const [admin, { principalId, principalName, type }] of Object.entries(args.admins ?? {})) {
      chain.add(
        (options) =>
          new AdministratorsMicrosoftEntra(
            `${name}-admin-${admin}`,
            {
              resourceGroupName: place.groupName,
              serverName: source.name,
              objectId: principalId,
              principalName,
              principalType: type,
              tenantId: place.subscription.tenantId,
            },
            options,
          ),
      );
    }
    const settings = parameters({ ...args, extensions: args.extensions ?? [] });
    const configure = (id: string, server: Server, steps: Chain) => {
      for (const setting of settings) {
        steps.add(
          (options) =>
            new Configuration(
              `${name}-${id}-${setting.name.replace(/[._]/g, "-")}`,
              {
                resourceGroupName: place.groupName,
                serverName: server.name,
                configurationName: setting.name,
                value: setting.value,
                source: "user-override",
              },
              options,
            ),
        );
      }
    };
    configure("source", source, chain);
    guard(`${name}-source`, source, args, this);

    // A replica takes the parameters of its source when it is made, so it comes after them.
    const copies = replicas.map(({ id, part, zone }) => {
      const replicaArgs: ServerArgs = {
        ...shared,
        serverName: physical(part),
        createMode: "Replica",
        sourceServerResourceId: source.id,
        availabilityZone: azureZones([zone])[0],
        maintenanceWindow: sundayAt(7),
      };
      const replica = new Server(`${name}-${id}`, args.transform?.(replicaArgs, "replica") ?? replicaArgs, {
        parent: this,
        protect: protection.protect,
        ignoreChanges: [...movedByAzure],
        dependsOn: [chain.last, names.link, keyUser.right],
      });
      const steps = new Chain(this, replica);
      configure(id, replica, steps);
      guard(`${name}-${id}`, replica, args, this);
      // The source makes one replica at a time.
      chain.last = steps.last;
      return { id, replica };
    });
    this.replicaHosts = copies.map(({ replica }) => replica.fullyQualifiedDomainName);
    this.replicaIds = Object.fromEntries(copies.map(({ id, replica }) => [id, replica.id]));

    this.credentials = args.secrets?.put(args.secretName ?? "postgres", {
      username: args.masterUser,
      password: password.result,
      host: source.fullyQualifiedDomainName,
      port: String(port),
      database: args.databaseName,
    });
    this.host = source.fullyQualifiedDomainName;
    this.port = output(port);
    this.databaseName = args.databaseName;
    this.serverId = source.id;
    this.registerOutputs({ host: this.host, port: this.port, replicaHosts: this.replicaHosts });
  }
}

/**
 * A failover moves a server to another zone, which would replace it, since the SDK sends an empty zone where none is given; and
 * storage that has grown does not shrink. So what a refresh brings back of both is left alone.
 */
const movedByAzure = ["availabilityZone", "storage.storageSizeGB"] as const;

/** An hour on Sundays, UTC. */
function sundayAt(startHour: number) {
  return { customWindow: "Enabled", dayOfWeek: 0, startHour, startMinute: 0 };
}

/** Parts of a server, each made after the one before: the server refuses a change while another one runs. */
class Chain {
  last: Resource;

  constructor(
    readonly parent: Resource,
    readonly server: Server,
  ) {
    this.last = server;
  }

  add(make: (options: { parent: Resource; dependsOn: Resource[]; deletedWith: Resource }) => Resource): void {
    this.last = make({ parent: this.parent, dependsOn: [this.last], deletedWith: this.server });
  }
}

/** What is written down of a server, and what keeps it. */
function guard(name: string, server: Server, { logs, protection }: PostgresArgs, parent: Resource): void {
  logs.diagnose(`${name}-logs`, server.id, { categories: ["PostgreSQLLogs"] }, parent);
  lockAgainstDeletion(`${name}-lock`, { scope: server.id, what: "the database", protection }, parent);
}
