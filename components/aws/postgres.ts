import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { Instance, type InstanceArgs } from "@pulumi/aws/rds/instance";
import { InstanceAutomatedBackupsReplication } from "@pulumi/aws/rds/instanceAutomatedBackupsReplication";
import { ParameterGroup } from "@pulumi/aws/rds/parameterGroup";
import { SubnetGroup } from "@pulumi/aws/rds/subnetGroup";
import {
  ComponentResource,
  interpolate,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type ProviderResource,
} from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { Network } from "../contracts/network";
import type { PostgresDatabase } from "../contracts/postgres-database";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import type { Zone } from "../planning/address-plan";
import type { LogicalReplication, MinimumTls } from "../planning/logical-replication";
import { databaseInstances, databaseLogGroup, databaseLogs } from "../planning/names";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { ownServiceTrust } from "./policy-document";
import { parameters, readReplicas } from "./postgres.plan";

/** A copy of the automatic backups in another region: what a lost region is restored from. */
export interface BackupCopy {
  /** Provider of the other region. */
  readonly provider: ProviderResource;
  /** Key in the other region; a key never leaves its own. */
  readonly keyArn: Input<string>;
}

export interface PostgresArgs {
  readonly account: Account;
  /** First part of the names of instances and final snapshot. */
  readonly prefix: string;
  readonly databaseName: string;
  readonly masterUser: string;
  /** Major version, such as `15`: AWS chooses and raises the minor. */
  readonly engineVersion: string;
  readonly instanceClass: string;
  /** Storage in GiB; it grows by itself up to `maxGiB`. Type gp3 has 3,000 IOPS and 125 MiB/s below 400 GiB, not to be set. */
  readonly storage: { readonly type: string; readonly sizeGiB: number; readonly maxGiB: number };
  /** `standby`: a synchronous copy in a second zone takes over within 60 seconds. */
  readonly availability: "single-zone" | "standby";
  /** Zone of a readable copy; `undefined` for none. The source and its standby then stay out of that zone. */
  readonly replicaZone: Zone | undefined;
  /**
   * Zones of further readable copies by a key, which becomes part of their names; at most 15 copies of one source. The source may
   * lie in these zones too. Default: none. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
   */
  readonly replicas?: Readonly<Record<string, Zone>>;
  /** Lets subscribers in other clouds follow. Default: none can. */
  readonly logicalReplication?: LogicalReplication;
  /** The oldest version of TLS that is spoken. Default: the one of RDS. */
  readonly minimumTls?: MinimumTls;
  /** Days that automatic backups are kept, 1 to 35. */
  readonly backupRetentionDays: number;
  /** Connections at most. */
  readonly maxConnections: number;
  /** Seconds between measurements of enhanced monitoring: 1, 5, 10, 15, 30 or 60. */
  readonly monitoringIntervalSeconds: number;
  readonly network: Network;
  readonly securityGroupId: Input<string>;
  readonly keyArn: Input<string>;
  /** Key that CloudWatch Logs encrypts with; its policy names the log groups. */
  readonly logsKeyArn: Input<string>;
  readonly backupCopy: BackupCopy | undefined;
  /** Where the master user's credentials are kept. Default: nowhere but in the state. */
  readonly secrets?: SecretStore;
  /** Last part of the secret's name. Default: `postgres`. */
  readonly secretName?: string;
  readonly protection: Protection;
  readonly transform?: (instance: InstanceArgs, role: "source" | "replica") => InstanceArgs;
}

const port = 5432;

/**
 * PostgreSQL on RDS. Its master password is generated, since RDS refuses a replica of a source whose password it keeps itself:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
 *
 * Users and workloads can log in by IAM instead. The security group opens port 5432.
 *
 * Cost: the instance, doubled by a standby, and again by each replica; storage likewise; backups beyond the database's size.
 */
export class Postgres extends ComponentResource implements PostgresDatabase {
  readonly host: Output<string>;
  readonly port: Output<number>;
  readonly databaseName: string;
  readonly replicaHosts: readonly Output<string>[];
  /** Keys `username`, `password`, `host`, `port`, `database`; `undefined` where `secrets` is. */
  readonly credentials: SecretReference | undefined;
  /**
   * RDS has an authority of its own, whose certificates are in https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem:
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
   */
  readonly certificateAuthority = undefined;

  constructor(name: string, args: PostgresArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Postgres", name, {}, opts);
    const { protection } = args;
    const parent = { parent: this };
    const password = new RandomPassword(
      `${name}-password`,
      // RDS refuses / " @ and space; without special characters the password fits in a URL as it is.
      { length: 32, special: false },
      parent,
    );
    const monitoring = monitoringRole(name, args, this);
    const parameterGroup = new ParameterGroup(
      `${name}-parameters`,
      {
        family: `postgres${args.engineVersion}`,
        description: `PostgreSQL ${args.engineVersion}`,
        parameters: parameters(args),
      },
      parent,
    );
    const shared = {
      instanceClass: args.instanceClass,
      parameterGroupName: parameterGroup.name,
      vpcSecurityGroupIds: [args.securityGroupId],
      publiclyAccessible: false,
      storageEncrypted: true,
      storageType: args.storage.type,
      maxAllocatedStorage: args.storage.maxGiB,
      iamDatabaseAuthenticationEnabled: true,
      autoMinorVersionUpgrade: true,
      copyTagsToSnapshot: true,
      monitoringInterval: args.monitoringIntervalSeconds,
      monitoringRoleArn: monitoring.arn,
      databaseInsightsMode: "standard",
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: args.keyArn,
      performanceInsightsRetentionPeriod: 7,
      enabledCloudwatchLogsExports: [...databaseLogs],
      deletionProtection: protection.deletionProtection,
    } satisfies Partial<InstanceArgs>;
    const identifier = databaseInstances(args.prefix).source;
    const sourceArgs: InstanceArgs = {
      ...shared,
      identifier,
      engine: "postgres",
      engineVersion: args.engineVersion,
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      dbName: args.databaseName,
      username: args.masterUser,
      password: password.result,
      port,
      // The replica takes its source's key: in one region RDS wants none to be given.
      // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
      kmsKeyId: args.keyArn,
      allocatedStorage: args.storage.sizeGiB,
      dbSubnetGroupName: subnetGroup(name, args, "source", this).name,
      multiAz: args.availability === "standby",
      backupRetentionPeriod: args.backupRetentionDays,
      backupWindow: "03:00-04:00",
      maintenanceWindow: "sun:04:30-sun:05:30",
      ...finalSnapshot(name, args, this),
    };
    const source = new Instance(`${name}-source`, args.transform?.(sourceArgs, "source") ?? sourceArgs, {
      parent: this,
      protect: protection.protect,
      dependsOn: [monitoring.attachment, ...logGroups(`${name}-source`, identifier, args, this)],
    });
    if (args.backupCopy !== undefined) {
      new InstanceAutomatedBackupsReplication(
        `${name}-backup-copy`,
        {
          sourceDbInstanceArn: source.arn,
          kmsKeyId: args.backupCopy.keyArn,
          retentionPeriod: args.backupRetentionDays,
        },
        { parent: this, provider: args.backupCopy.provider },
      );
    }
    const replicas = readReplicas(args);
    const replicaSubnets = replicas.length > 0 ? subnetGroup(name, args, "replica", this).name : undefined;
    this.replicaHosts = replicas.map(({ id, instance, zone }) => {
      const replicaArgs: InstanceArgs = {
        ...shared,
        identifier: instance,
        // By ARN: with the identifier alone RDS refuses a subnet group of the replica's own.
        // https://github.com/hashicorp/terraform-provider-aws/pull/40426
        replicateSourceDb: source.arn,
        availabilityZone: args.account.region + zone,
        ...(replicaSubnets === undefined ? {} : { dbSubnetGroupName: replicaSubnets }),
        maintenanceWindow: "sun:06:00-sun:07:00",
        // RDS takes no final snapshot of a replica.
        skipFinalSnapshot: true,
      };
      return new Instance(`${name}-${id}`, args.transform?.(replicaArgs, "replica") ?? replicaArgs, {
        parent: this,
        protect: protection.protect,
        dependsOn: [...logGroups(`${name}-${id}`, instance, args, this)],
      }).address;
    });
    this.credentials = args.secrets?.put(args.secretName ?? "postgres", {
      username: args.masterUser,
      password: password.result,
      host: source.address,
      port: String(port),
      database: args.databaseName,
    });
    this.host = source.address;
    this.port = source.port;
    this.databaseName = args.databaseName;
    this.registerOutputs({ host: this.host, port: this.port, replicaHosts: this.replicaHosts });
  }
}

/**
 * The subnets an instance may lie in. RDS chooses the zones of a source and its standby itself, so the source's group leaves out
 * `replicaZone`; a group needs two zones, so that of the replicas has all of them and each names its own. The zones of `replicas`
 * stay in the source's group: RDS lets no subnet go that an instance lies in, so that a replica could not be added later.
 */
function subnetGroup(
  name: string,
  args: PostgresArgs,
  role: "source" | "replica",
  parent: ComponentResource,
): SubnetGroup {
  const subnets = args.network.subnetIds.database.filter(
    (_, index) => role === "replica" || args.network.zones[index] !== args.replicaZone,
  );
  return new SubnetGroup(
    `${name}-${role}-subnets`,
    { description: `PostgreSQL ${role}`, subnetIds: subnets },
    { parent },
  );
}

/** Made before the instance: those that RDS would make are neither encrypted by a key of the stack nor ever emptied. */
function logGroups(name: string, instance: string, args: PostgresArgs, parent: ComponentResource): readonly LogGroup[] {
  return databaseLogs.map(
    (log) =>
      new LogGroup(
        `${name}-${log}-log`,
        {
          name: databaseLogGroup(instance, log),
          retentionInDays: args.protection.logRetentionDays,
          kmsKeyId: args.logsKeyArn,
        },
        { parent },
      ),
  );
}

/** The role that enhanced monitoring writes measurements of the operating system with. */
function monitoringRole(name: string, { account, prefix }: PostgresArgs, parent: ComponentResource) {
  const role = new Role(
    `${name}-monitoring-role`,
    {
      description: "Enhanced monitoring of PostgreSQL",
      // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html#USER_Monitoring.OS.confused-deputy
      assumeRolePolicy: ownServiceTrust(account, {
        sid: "AssumeByService",
        service: "monitoring.rds.amazonaws.com",
        source: interpolate`arn:${account.partition}:rds:${account.region}:${account.id}:db:${databaseInstances(prefix).source}*`,
      }),
    },
    { parent },
  );
  const attachment = new RolePolicyAttachment(
    `${name}-monitoring-policy`,
    {
      role: role.name,
      policyArn: interpolate`arn:${account.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
    },
    { parent },
  );
  return { arn: role.arn, attachment };
}

/**
 * The last snapshot outlives the database, so the next database of the stack needs another name for its own. The name is there
 * also while no snapshot is to be taken: switching it on and off is an update of the database alone.
 */
function finalSnapshot(
  name: string,
  args: PostgresArgs,
  parent: ComponentResource,
): Pick<InstanceArgs, "skipFinalSnapshot" | "finalSnapshotIdentifier" | "deleteAutomatedBackups"> {
  const suffix = new RandomId(`${name}-final-snapshot`, { byteLength: 4 }, { parent });
  return {
    skipFinalSnapshot: !args.protection.finalSnapshot,
    finalSnapshotIdentifier: interpolate`${args.prefix}-postgres-final-${suffix.hex}`,
    deleteAutomatedBackups: !args.protection.finalSnapshot,
  };
}
