import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Cluster, type ClusterArgs } from "@pulumi/aws/docdb/cluster";
import { ClusterInstance } from "@pulumi/aws/docdb/clusterInstance";
import { ClusterParameterGroup } from "@pulumi/aws/docdb/clusterParameterGroup";
import { SubnetGroup } from "@pulumi/aws/docdb/subnetGroup";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { DocumentStore } from "../contracts/document-store";
import type { Network } from "../contracts/network";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import type { Zone } from "../planning/address-plan";
import { documentCluster, documentLogGroup, documentLogs } from "../planning/names";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";

export interface DocumentsArgs {
  readonly account: Account;
  /** First part of the names of cluster, instances and final snapshot. */
  readonly prefix: string;
  /** Version of DocumentDB, which is the version of MongoDB that clients may rely on. 5.0 has long-term support. */
  readonly engineVersion: "5.0" | "8.0";
  readonly instanceClass: string;
  /**
   * Zones with an instance. One of them takes writes; each of the others answers reads and can take over, which is usually done
   * within 30 seconds. https://docs.aws.amazon.com/documentdb/latest/developerguide/failover.html
   */
  readonly instanceZones: readonly Zone[];
  readonly masterUser: string;
  /** The oldest version of TLS that is spoken. */
  readonly minimumTls: "1.2" | "1.3";
  /** Days that any second can be restored, 1 to 35. */
  readonly backupRetentionDays: number;
  /** Milliseconds from which an operation is written to the profiler's log: 50 or more. */
  readonly slowOperationMs: number;
  /** Hours that the change stream is kept for readers that are away: 1 to 168. */
  readonly changeStreamHours: number;
  readonly network: Network;
  readonly securityGroupId: Input<string>;
  readonly keyArn: Input<string>;
  /** Key that CloudWatch Logs encrypts with; its policy names the log groups (`documentLogGroups`). */
  readonly logsKeyArn: Input<string>;
  readonly secrets: SecretStore;
  readonly protection: Protection;
  readonly transform?: (cluster: ClusterArgs) => ClusterArgs;
}

/**
 * Documents on Amazon DocumentDB, which speaks MongoDB's protocol; `docs/decisions/documents.md` says what it lacks. Storage is
 * copied six times over three zones whatever the number of instances
 * (https://docs.aws.amazon.com/documentdb/latest/developerguide/how-it-works.html). The security group opens port 27017.
 *
 * Cost: each instance per hour; storage, requests to storage, and backups beyond the cluster's size.
 */
export class Documents extends ComponentResource implements DocumentStore {
  readonly scheme = "mongodb";
  readonly databaseName = undefined;
  readonly host: Output<string>;
  readonly readerHost: Output<string>;
  readonly port = 27017;
  readonly protocol: string;
  /** https://docs.aws.amazon.com/documentdb/latest/developerguide/connect_programmatically.html */
  readonly options = { tls: "true", replicaSet: "rs0", readPreference: "secondaryPreferred", retryWrites: "false" };
  readonly credentials: SecretReference;

  constructor(name: string, args: DocumentsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Documents", name, {}, opts);
    const { protection } = args;
    const parent = { parent: this };
    const identifier = documentCluster(args.prefix);
    // DocumentDB takes 8 to 100 characters without / " @; letters and digits fit in a connection string as they are.
    // https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html
    const password = new RandomPassword(`${name}-password`, { length: 32, special: false }, parent);
    const subnets = new SubnetGroup(
      `${name}-subnets`,
      { description: "Documents", subnetIds: [...args.network.subnetIds.database] },
      parent,
    );
    const parameters = new ClusterParameterGroup(
      `${name}-parameters`,
      {
        family: `docdb${args.engineVersion}`,
        description: `Documents ${args.engineVersion}`,
        parameters: settings(args),
      },
      parent,
    );
    const clusterArgs: ClusterArgs = {
      clusterIdentifier: identifier,
      engine: "docdb",
      engineVersion: `${args.engineVersion}.0`,
      masterUsername: args.masterUser,
      masterPassword: password.result,
      port: this.port,
      dbSubnetGroupName: subnets.name,
      dbClusterParameterGroupName: parameters.name,
      vpcSecurityGroupIds: [args.securityGroupId],
      storageEncrypted: true,
      kmsKeyId: args.keyArn,
      backupRetentionPeriod: args.backupRetentionDays,
      preferredBackupWindow: "02:00-03:00",
      preferredMaintenanceWindow: "sun:04:30-sun:05:30",
      enabledCloudwatchLogsExports: [...documentLogs],
      deletionProtection: protection.deletionProtection,
      skipFinalSnapshot: !protection.finalSnapshot,
      // Named also while none is to be taken, as that of PostgreSQL; the last snapshot outlives the cluster.
      finalSnapshotIdentifier: interpolate`${identifier}-final-${new RandomId(`${name}-final-snapshot`, { byteLength: 4 }, parent).hex}`,
    };
    const cluster = new Cluster(`${name}-cluster`, args.transform?.(clusterArgs) ?? clusterArgs, {
      parent: this,
      protect: protection.protect,
      dependsOn: logGroups(name, args, this),
    });
    for (const zone of args.instanceZones) {
      new ClusterInstance(
        `${name}-instance-${zone}`,
        {
          identifier: `${identifier}-${zone}`,
          clusterIdentifier: cluster.id,
          instanceClass: args.instanceClass,
          availabilityZone: args.account.region + zone,
          copyTagsToSnapshot: true,
          preferredMaintenanceWindow: "sun:06:00-sun:07:00",
        },
        { parent: this, protect: protection.protect },
      );
    }
    this.host = cluster.endpoint;
    this.readerHost = cluster.readerEndpoint;
    this.protocol = args.engineVersion;
    this.credentials = args.secrets.put("documents", {
      username: args.masterUser,
      password: password.result,
      host: cluster.endpoint,
      port: String(this.port),
    });
    this.registerOutputs({ host: this.host, readerHost: this.readerHost });
  }
}

/** https://docs.aws.amazon.com/documentdb/latest/developerguide/cluster_parameter_groups-list_of_parameters.html */
function settings(args: DocumentsArgs) {
  return [
    // Static: a change takes effect at a restart only.
    { name: "tls", value: `tls${args.minimumTls}+`, applyMethod: "pending-reboot" },
    { name: "audit_logs", value: "enabled", applyMethod: "immediate" },
    { name: "profiler", value: "enabled", applyMethod: "immediate" },
    { name: "profiler_threshold_ms", value: String(args.slowOperationMs), applyMethod: "immediate" },
    // In seconds.
    {
      name: "change_stream_log_retention_duration",
      value: String(args.changeStreamHours * 3600),
      applyMethod: "immediate",
    },
  ];
}

/** Made before the cluster: those that DocumentDB would make are neither encrypted by a key of the stack nor ever emptied. */
function logGroups(name: string, args: DocumentsArgs, parent: ComponentResource): LogGroup[] {
  return documentLogs.map(
    (log) =>
      new LogGroup(
        `${name}-${log}-log`,
        {
          name: documentLogGroup(documentCluster(args.prefix), log),
          retentionInDays: args.protection.logRetentionDays,
          kmsKeyId: args.logsKeyArn,
        },
        { parent },
      ),
  );
}
