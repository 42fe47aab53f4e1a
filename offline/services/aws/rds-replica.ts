import type { InstanceArgs, InstanceAutomatedBackupsReplicationArgs } from "@pulumi/aws/rds";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved } from "../../cloud/resource-type";
import { arn, parseArn } from "./arn";
import { requireKey } from "./references";
import { text } from "./text";

// Error codes: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html,
// API_StartDBInstanceAutomatedBackupsReplication.html

const RDS_INSTANCE = "aws:rds/instance:Instance";

const NO_BACKUPS =
  "Automated backups are not enabled for this database instance. To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.";

/**
 * The source of a replica, or undefined when the instance is none. Refuses a source that RDS cannot replicate. A source may be
 * deleted while it has replicas: those in its own region become instances of their own
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html).
 */
export function requireReplicaOf(context: CallContext<Resolved<InstanceArgs>>): StoredResource | undefined {
  const { inputs, cloud, scope } = context;
  const wanted = inputs.replicateSourceDb;
  if (wanted === undefined) return undefined;
  const source = wanted.startsWith("arn:")
    ? cloud.findBy(RDS_INSTANCE, "arn", wanted, "anywhere")
    : cloud.findBy(RDS_INSTANCE, "identifier", wanted);
  if (source === undefined) {
    return refuse("DBInstanceNotFound", `The source instance could not be found: ${wanted}`);
  }
  const engine = text(source.outputs["engine"]);
  // https://github.com/terraform-aws-modules/terraform-aws-rds/issues/532
  if (source.inputs["manageMasterUserPassword"] === true) {
    refuse(
      "InvalidParameterValue",
      `Creating read replicas for source instance with engine ${engine} where ManageMasterUserPassword is enabled is not supported.`,
    );
  }
  if (Number(source.outputs["backupRetentionPeriod"]) === 0) refuse("InvalidDBInstanceState", NO_BACKUPS);
  refuseExcess(cloud, source);
  // https://github.com/terraform-aws-modules/terraform-aws-rds/issues/526
  if (inputs.password !== undefined || inputs.passwordWo !== undefined) {
    refuse(
      "InvalidParameterCombination",
      `Cannot change master user password on an RDS ${engine} Read Replica because it uses physical replication and therefore cannot differ from its parent.`,
    );
  }
  const sameRegion = source.scope.region === scope.region;
  // In the same region only a source given by its ARN allows it: https://github.com/hashicorp/terraform-provider-aws/pull/40426
  if (sameRegion && inputs.dbSubnetGroupName !== undefined && !wanted.startsWith("arn:")) {
    refuse(
      "DBSubnetGroupNotAllowedFault",
      "DbSubnetGroupName should not be specified for read replicas that are created in the same region as the master (or name the source by its ARN)",
    );
  }
  const key = text(source.outputs["kmsKeyId"]);
  if (sameRegion && inputs.kmsKeyId !== undefined && inputs.kmsKeyId !== key) {
    refuse(
      "InvalidParameterCombination",
      `A read replica in the region of its source is encrypted with the key of the source: ${key}`,
    );
  }
  if (!sameRegion && source.inputs["storageEncrypted"] === true && inputs.kmsKeyId === undefined) {
    refuse(
      "InvalidParameterCombination",
      "Cannot create a cross region encrypted read replica without a kmsKeyId of its own region",
    );
  }
  return source;
}

/** A source has so many replicas, and a chain of replicas is so long. */
const MOST_REPLICAS = 15;
const LONGEST_CHAIN = 3;

/**
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html,
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Cascading.html
 * The documentation gives both limits and the code of neither: the codes are those of the call that fit best.
 */
function refuseExcess(cloud: CloudView, source: StoredResource): void {
  const replicas = cloud
    .list(RDS_INSTANCE, "anywhere")
    .filter((instance) => sourceOf(cloud, instance)?.outputs["arn"] === source.outputs["arn"]);
  if (replicas.length >= MOST_REPLICAS) {
    refuse(
      "InstanceQuotaExceeded",
      `${text(source.outputs["identifier"])} has ${String(replicas.length)} read replicas, the most that a source can have`,
    );
  }
  let depth = 0;
  for (let each = sourceOf(cloud, source); each !== undefined; each = sourceOf(cloud, each)) depth++;
  if (depth > 0 && text(source.outputs["engineVersionActual"]).startsWith("13.")) {
    refuse("InvalidDBInstanceState", "A read replica of a read replica needs PostgreSQL 14.1 or higher");
  }
  if (depth >= LONGEST_CHAIN) {
    refuse("InvalidDBInstanceState", `A chain has at most ${String(LONGEST_CHAIN)} read replicas`);
  }
}

function sourceOf(cloud: CloudView, instance: StoredResource): StoredResource | undefined {
  const wanted = text(instance.inputs["replicateSourceDb"]);
  if (wanted === "") return undefined;
  return wanted.startsWith("arn:")
    ? cloud.findBy(RDS_INSTANCE, "arn", wanted, "anywhere")
    : cloud.findBy(RDS_INSTANCE, "identifier", wanted, instance.scope);
}

export const automatedBackupsReplication = resourceType<InstanceAutomatedBackupsReplicationArgs>({
  token: "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  service: "RDS",
  actions: {
    create: "StartDBInstanceAutomatedBackupsReplication",
    delete: "StopDBInstanceAutomatedBackupsReplication",
  },
  create: (context) => {
    const { inputs, cloud, scope } = context;
    const sourceArn = inputs.sourceDbInstanceArn;
    const source = cloud.findBy(RDS_INSTANCE, "arn", sourceArn, "anywhere");
    if (source === undefined || parseArn(sourceArn)?.account !== scope.account) {
      return refuse("DBInstanceNotFound", `DBInstance ${sourceArn} not found.`);
    }
    if (source.scope.region === scope.region) {
      refuse(
        "InvalidParameterValue",
        `Automated backups are replicated to another region than that of the source: ${scope.region}`,
      );
    }
    if (Number(source.outputs["backupRetentionPeriod"]) === 0) refuse("InvalidDBInstanceState", NO_BACKUPS);
    if (source.inputs["storageEncrypted"] === true && inputs.kmsKeyId === undefined) {
      refuse(
        "InvalidParameterCombination",
        "An encrypted source needs a kmsKeyId of the region that its backups go to",
      );
    }
    requireKey(context, inputs.kmsKeyId, {
      code: "KMSKeyNotAccessibleFault",
      message:
        "The specified KMS key [{value}] does not exist, is not enabled or you do not have permissions to access it.",
    });
    const days = inputs.retentionPeriod ?? 7;
    if (days < 1 || days > 35) refuse("InvalidParameterValue", `Invalid backup retention period: ${String(days)}`);
    return { id: arn(scope, "rds", `auto-backup:ab-${context.hex(26)}`), outputs: { retentionPeriod: days } };
  },
});
