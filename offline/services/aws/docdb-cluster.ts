import type { ClusterArgs } from "@pulumi/aws/docdb";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type DeleteContext, type Resolved } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { arn, uuid } from "./arn";
import { check, checkCredentials, LONGEST_PASSWORD, upgradedVersion, versionOf } from "./docdb-checks";
import { DOCDB_PARAMETER_GROUP, DOCDB_SUBNET_GROUP } from "./docdb-groups";
import { documentFamily, isDocumentFamily } from "./docdb-versions";
import { checkPassword } from "./rds-checks";
import { RDS_SUBNET_GROUP, subnetGroupOf } from "./rds-groups";
import { accountPart } from "./rds-instance";
import { requireKey } from "./references";
import { dnsSuffix } from "./regions";
import { text } from "./text";
import { SECURITY_GROUP } from "./types";

// Error codes: https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html, API_ModifyDBCluster.html,
// API_DeleteDBCluster.html

export const DOCDB_CLUSTER = "aws:docdb/cluster:Cluster";
const DOCDB_SNAPSHOT = "aws:docdb/clusterSnapshot:ClusterSnapshot";

type Inputs = Resolved<ClusterArgs>;
type Context = CallContext<Inputs>;

const DEFAULT_PORT = 27_017;

const KEY_ERROR = {
  code: "KMSKeyNotAccessibleFault",
  message:
    "The specified KMS key [{value}] does not exist, is not enabled or you do not have permissions to access it.",
};

export const documentCluster = resourceType<ClusterArgs>({
  token: DOCDB_CLUSTER,
  service: "DocDB",
  actions: { create: "CreateDBCluster", update: "ModifyDBCluster", delete: "DeleteDBCluster" },
  references: [
    {
      path: "dbSubnetGroupName",
      to: [DOCDB_SUBNET_GROUP, RDS_SUBNET_GROUP],
      missing: { code: "DBSubnetGroupNotFoundFault", message: "DB subnet group '{value}' does not exist." },
    },
    { path: "dbClusterParameterGroupName", to: DOCDB_PARAMETER_GROUP },
    {
      path: "vpcSecurityGroupIds[*]",
      to: SECURITY_GROUP,
      missing: { code: "InvalidParameterValue", message: "Invalid security group , groupId= {value}, groupName=." },
    },
  ],
  inUse: {
    code: "InvalidDBClusterStateFault",
    message: "Cluster cannot be deleted, it still contains DB instances in non-deleting state.",
  },
  check,
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const id = inputs.clusterIdentifier ?? `${inputs.clusterIdentifierPrefix ?? "tf-"}${context.hex(26)}`;
    if (cloud.find(DOCDB_CLUSTER, id) !== undefined) {
      refuse("DBClusterAlreadyExistsFault", "DB Cluster already exists");
    }
    const version = versionOf(inputs.engineVersion);
    const source = restoredFrom(context);
    if (source === undefined) checkCredentials(inputs);
    checkSettings(context, version);
    const zones = checkNetwork(context);
    const host = (role: string) =>
      `${id}.${role}-${accountPart(scope)}.${scope.region}.docdb.${dnsSuffix(scope.region)}`;
    return {
      id,
      outputs: {
        arn: arn(scope, "rds", `cluster:${id}`),
        availabilityZones: inputs.availabilityZones ?? zones.slice(0, 3),
        clusterIdentifier: id,
        clusterIdentifierPrefix:
          inputs.clusterIdentifierPrefix ?? (inputs.clusterIdentifier === undefined ? "tf-" : ""),
        clusterMembers: [],
        clusterResourceId: `cluster-${context.hex(26).toUpperCase()}`,
        endpoint: host("cluster"),
        readerEndpoint: host("cluster-ro"),
        port: inputs.port ?? DEFAULT_PORT,
        engine: inputs.engine ?? "docdb",
        kmsKeyId: inputs.kmsKeyId ?? (inputs.storageEncrypted === true ? arn(scope, "kms", "alias/aws/rds") : ""),
        masterUsername: inputs.masterUsername ?? text(source?.["masterUsername"]),
        networkType: inputs.networkType ?? "IPV4",
        preferredBackupWindow: inputs.preferredBackupWindow ?? "07:00-07:30",
        preferredMaintenanceWindow: inputs.preferredMaintenanceWindow ?? "sun:09:00-sun:09:30",
        vpcSecurityGroupIds: inputs.vpcSecurityGroupIds ?? [],
        ...changeable(context, version),
      },
    };
  },
  update: (context) => {
    const { inputs, resource } = context;
    const version = upgradedVersion(text(resource.outputs["engineVersion"]), inputs);
    if (inputs.masterPassword !== undefined) checkPassword(inputs.masterPassword, LONGEST_PASSWORD);
    checkSettings(context, version);
    checkNetwork(context);
    return changeable(context, version);
  },
  delete: (context) => {
    if (context.resource.inputs["deletionProtection"] === true) {
      refuse(
        "InvalidParameterCombination",
        "Cannot delete protected Cluster, please disable deletion protection and try again.",
      );
    }
    takeFinalSnapshot(context);
  },
  // It can be added and changed in place, never taken away.
  replacesWhen: (before, after) =>
    before["serverlessV2ScalingConfiguration"] !== undefined && after["serverlessV2ScalingConfiguration"] === undefined
      ? ["serverlessV2ScalingConfiguration"]
      : [],
});

function checkSettings(context: Context, version: string): void {
  const { inputs, cloud } = context;
  const days = inputs.backupRetentionPeriod ?? 1;
  if (days < 1 || !Number.isInteger(days)) {
    refuse("InvalidParameterValue", `Invalid backup retention period: ${String(days)}. Must be between 1 and 35`);
  }
  requireKey(context, inputs.kmsKeyId, KEY_ERROR);
  if (inputs.kmsKeyId !== undefined && inputs.storageEncrypted !== true) {
    refuse("InvalidParameterCombination", "A KMS key is given for a cluster whose storage is not encrypted");
  }
  const group = inputs.dbClusterParameterGroupName;
  if (group === undefined) return;
  const family = group.startsWith("default.")
    ? group.slice("default.".length)
    : text(cloud.find(DOCDB_PARAMETER_GROUP, group)?.inputs["family"]);
  if (!isDocumentFamily(family)) {
    refuse("DBClusterParameterGroupNotFound", `DBClusterParameterGroup not found: ${group}`);
  }
  if (family !== documentFamily(version)) {
    refuse(
      "InvalidParameterCombination",
      `The parameter group ${group} with DBParameterGroupFamily ${family} can't be used for this cluster. Please use a parameter group with DBParameterGroupFamily ${documentFamily(version)}.`,
    );
  }
}

/** The zones of the subnet group, whose VPC is that of the security groups. */
function checkNetwork({ inputs, cloud, scope }: Context): readonly string[] {
  const group = subnetGroupOf(cloud, inputs.dbSubnetGroupName ?? "", [DOCDB_SUBNET_GROUP, RDS_SUBNET_GROUP]);
  if (group === undefined) {
    return refuse(
      "InvalidSubnet",
      "No default subnet detected in VPC: this account has no default VPC, name a dbSubnetGroupName",
    );
  }
  for (const id of inputs.vpcSecurityGroupIds ?? []) {
    const other = text(cloud.find(SECURITY_GROUP, id)?.inputs["vpcId"]);
    if (other === group.vpcId) continue;
    refuse(
      "InvalidParameterCombination",
      `The DB instance and EC2 security group are in different VPCs. The DB instance is in ${group.vpcId} and the EC2 security group is in ${other}`,
    );
  }
  const outside = inputs.availabilityZones?.find((zone) => !zone.startsWith(scope.region));
  if (outside !== undefined) {
    refuse("InvalidVPCNetworkStateFault", `The Availability Zone ${outside} is not in ${scope.region}`);
  }
  return group.zones;
}

/** Outputs that an update can change. */
function changeable(context: Context, version: string): Properties {
  const { inputs, scope } = context;
  const name = `rds!cluster-${uuid(context)}-${context.hex(6)}`;
  return {
    backupRetentionPeriod: inputs.backupRetentionPeriod ?? 1,
    dbClusterParameterGroupName: inputs.dbClusterParameterGroupName ?? `default.${documentFamily(version)}`,
    engineVersion: version,
    masterUserSecrets:
      inputs.manageMasterUserPassword === true
        ? [
            {
              secretArn: arn(scope, "secretsmanager", `secret:${name}`),
              secretStatus: "active",
              kmsKeyId: arn(scope, "kms", "alias/aws/secretsmanager"),
            },
          ]
        : [],
  };
}

/** Outputs of the snapshot or the cluster that this one is restored from; undefined for a new one. */
function restoredFrom({ inputs, cloud }: Context): Properties | undefined {
  const { snapshotIdentifier: snapshot, restoreToPointInTime } = inputs;
  if (snapshot !== undefined) {
    const found = cloud
      .list(DOCDB_SNAPSHOT)
      .find(({ id, outputs }) => id === snapshot || outputs["dbClusterSnapshotArn"] === snapshot);
    return found?.outputs ?? refuse("DBClusterSnapshotNotFoundFault", `DBClusterSnapshot not found: ${snapshot}`);
  }
  if (restoreToPointInTime === undefined) return undefined;
  const source = restoreToPointInTime.sourceClusterIdentifier;
  return (
    cloud.find(DOCDB_CLUSTER, source)?.outputs ?? refuse("DBClusterNotFoundFault", `DBCluster ${source} not found.`)
  );
}

/** https://docs.aws.amazon.com/documentdb/latest/developerguide/API_DeleteDBCluster.html */
function takeFinalSnapshot({ resource, cloud, effects, scope }: DeleteContext<Inputs>): void {
  if (resource.inputs["skipFinalSnapshot"] === true) return;
  const identifier = text(resource.inputs["finalSnapshotIdentifier"]);
  if (identifier === "") {
    refuse(
      "InvalidParameterCombination",
      "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
    );
  }
  if (cloud.find(DOCDB_SNAPSHOT, identifier) !== undefined) {
    refuse(
      "DBClusterSnapshotAlreadyExistsFault",
      `Cannot create the cluster snapshot because one with the identifier ${identifier} already exists.`,
    );
  }
  const of = { dbClusterIdentifier: resource.id, dbClusterSnapshotIdentifier: identifier };
  const copied = ["engine", "engineVersion", "kmsKeyId", "masterUsername", "port", "availabilityZones"];
  effects.put({
    type: DOCDB_SNAPSHOT,
    id: identifier,
    inputs: of,
    outputs: {
      ...of,
      ...Object.fromEntries(copied.map((key) => [key, resource.outputs[key]])),
      dbClusterSnapshotArn: arn(scope, "rds", `cluster-snapshot:${identifier}`),
      snapshotType: "manual",
      sourceDbClusterSnapshotArn: "",
      status: "available",
      storageEncrypted: resource.inputs["storageEncrypted"] === true,
    },
  });
}
