import { createHash } from "node:crypto";
import type { InstanceArgs } from "@pulumi/aws/rds";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type DeleteContext,
  type Resolved,
  type Scope,
} from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { arn, uuid } from "./arn";
import { roleOf, trusts } from "./eks-trust";
import * as checks from "./rds-checks";
import { RDS_PARAMETER_GROUP, RDS_SUBNET_GROUP } from "./rds-groups";
import { requireReplicaOf } from "./rds-replica";
import { GP3_STEP, isFamily } from "./rds-versions";
import { requireKey, roleReference } from "./references";
import { dnsSuffix } from "./regions";
import { text } from "./text";
import { SECURITY_GROUP, SUBNET } from "./types";

export const RDS_INSTANCE = "aws:rds/instance:Instance";
const RDS_SNAPSHOT = "aws:rds/snapshot:Snapshot";

type Inputs = Resolved<InstanceArgs>;
type Context = CallContext<Inputs>;

const KEY_ERROR = {
  code: "KMSKeyNotAccessibleFault",
  message:
    "The specified KMS key [{value}] does not exist, is not enabled or you do not have permissions to access it.",
};

const PORTS: Readonly<Record<string, number>> = { postgres: 5432, mysql: 3306, mariadb: 3306 };

export const instance = resourceType<InstanceArgs>({
  token: RDS_INSTANCE,
  service: "RDS",
  actions: { create: "CreateDBInstance", update: "ModifyDBInstance", delete: "DeleteDBInstance" },
  name: {
    property: "identifier",
    pattern: /^[a-z](?:-?[a-z0-9])*$/,
    rule: "1 to 63 lower-case letters, digits and -, a letter first, no two - together and none last",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    maxLength: 63,
    unique: { within: "region", code: "DBInstanceAlreadyExists", message: "DB instance already exists" },
  },
  references: [
    {
      path: "dbSubnetGroupName",
      to: RDS_SUBNET_GROUP,
      missing: { code: "DBSubnetGroupNotFoundFault", message: "DB subnet group '{value}' does not exist." },
    },
    { path: "parameterGroupName", to: RDS_PARAMETER_GROUP },
    {
      path: "vpcSecurityGroupIds[*]",
      to: SECURITY_GROUP,
      missing: { code: "InvalidParameterValue", message: "Invalid security group , groupId= {value}, groupName=." },
    },
    roleReference(
      "monitoringRoleArn",
      "InvalidParameterValue",
      "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
    ),
  ],
  duration: { create: 480, delete: 300, source: "median of 9 public apply logs" },
  check: (context) => {
    const { inputs } = context;
    const has = (property: keyof Inputs) => inputs[property] !== undefined || context.isUnknown(property);
    const copies = (["replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime", "s3Import"] as const).some(has);
    if (has("password") && inputs.manageMasterUserPassword === true) {
      context.refuse("password", `"password": conflicts with manageMasterUserPassword`);
    }
    if (copies) return;
    for (const property of ["allocatedStorage", "engine", "username"] as const) {
      if (!has(property)) context.refuse(property, `"${property}": required field is not set`);
    }
    if (!(["password", "passwordWo", "manageMasterUserPassword"] as const).some(has)) {
      context.refuse("password", `"password": required field is not set`);
    }
  },
  create: (context) => {
    const { inputs } = context;
    const source = requireReplicaOf(context);
    const engine = inputs.engine ?? text(source?.outputs["engine"]);
    const given = source === undefined || inputs.engineVersion !== undefined;
    const version = given
      ? checks.versionOf(engine, inputs.engineVersion)
      : text(source.outputs["engineVersionActual"]);
    const storage = inputs.allocatedStorage ?? Number(source?.outputs["allocatedStorage"] ?? 0);
    const sized = { ...inputs, allocatedStorage: storage };
    checks.checkClass(engine, version, inputs.instanceClass);
    if (storage > 0) checks.checkStorage(engine, sized);
    if (source === undefined && inputs.snapshotIdentifier === undefined && inputs.restoreToPointInTime === undefined) {
      checks.checkCredentials(engine, inputs);
    }
    refuseMissingSnapshot(context);
    checkSettings(context, engine, version);
    const zone = checkNetwork(context, source);
    return {
      id: resourceId(context),
      outputs: {
        ...identity(context, engine, source),
        ...storageOutputs(sized, source),
        engine,
        engineVersion: inputs.engineVersion ?? version,
        engineVersionActual: version,
        availabilityZone: inputs.availabilityZone ?? zone,
        backupRetentionPeriod: inputs.backupRetentionPeriod ?? (source === undefined ? 1 : 0),
        caCertIdentifier: inputs.caCertIdentifier ?? "rds-ca-rsa2048-g1",
        dbName: inputs.dbName ?? text(source?.outputs["dbName"]),
        dbSubnetGroupName: inputs.dbSubnetGroupName ?? text(source?.outputs["dbSubnetGroupName"]),
        kmsKeyId: inputs.kmsKeyId ?? text(source?.outputs["kmsKeyId"]),
        licenseModel: inputs.licenseModel ?? (engine === "postgres" ? "postgresql-license" : "general-public-license"),
        masterUserSecrets: managedSecret(context),
        multiAz: inputs.multiAz ?? false,
        parameterGroupName: inputs.parameterGroupName ?? `default.${familyOf(engine, version)}`,
        replicas: [],
        resourceId: resourceId(context),
        status: "available",
        username: inputs.username ?? text(source?.outputs["username"]),
      },
    };
  },
  update: (context) => {
    const { inputs, resource } = context;
    const engine = text(resource.outputs["engine"]);
    const version = checks.upgradedVersion(engine, text(resource.outputs["engineVersionActual"]), inputs);
    checks.checkClass(engine, version, inputs.instanceClass);
    const before = Number(resource.outputs["allocatedStorage"] ?? 0);
    const storage = inputs.allocatedStorage ?? before;
    if (storage < before) {
      const named = `engine name ${engine} and storage type ${checks.storageTypeOf(inputs)}`;
      refuse("InvalidParameterCombination", `Invalid storage size for ${named}: ${String(storage)}`);
    }
    const sized = { ...inputs, allocatedStorage: storage };
    if (storage > 0) checks.checkStorage(engine, sized);
    if (inputs.replicateSourceDb === undefined && inputs.username !== undefined)
      checks.checkCredentials(engine, inputs);
    checkSettings(context, engine, version);
    const subnetGroup = inputs.dbSubnetGroupName ?? text(resource.outputs["dbSubnetGroupName"]);
    if (subnetGroup !== "") checkSecurityGroups(context, subnetGroup);
    return {
      ...identity(context, engine, undefined, resource),
      ...storageOutputs(sized, resource),
      engineVersion: inputs.engineVersion ?? text(resource.outputs["engineVersion"]),
      engineVersionActual: version,
      masterUserSecrets: managedSecret(context),
      multiAz: inputs.multiAz ?? false,
      // A new major takes the defaults of its own family.
      parameterGroupName: inputs.parameterGroupName ?? `default.${familyOf(engine, version)}`,
    };
  },
  delete: (context) => {
    const { resource } = context;
    if (resource.inputs["deletionProtection"] === true) {
      refuse(
        "InvalidParameterCombination",
        "Cannot delete protected DB Instance, please disable deletion protection and try again.",
      );
    }
    takeFinalSnapshot(context);
  },
});

function resourceId(context: Context): string {
  return `db-${context.hex(26).toUpperCase()}`;
}

/** Name, ARN and endpoint, which follow the identifier. */
function identity(context: Context, engine: string, source?: StoredResource, resource?: StoredResource): Properties {
  const { inputs, scope } = context;
  const identifier = inputs.identifier ?? text(resource?.outputs["identifier"]);
  const port = inputs.port ?? Number(source?.outputs["port"] ?? resource?.outputs["port"] ?? PORTS[engine] ?? 1433);
  const address = `${identifier}.${accountPart(scope)}.${scope.region}.rds.${dnsSuffix(scope.region)}`;
  return {
    identifier,
    port,
    address,
    endpoint: `${address}:${String(port)}`,
    arn: arn(scope, "rds", `db:${identifier}`),
  };
}

/** The label that every endpoint of an account in a region has in common. */
export function accountPart({ account, region }: Scope): string {
  return `c${createHash("sha256").update(`${account}|${region}`).digest("hex").slice(0, 11)}`;
}

function storageOutputs(inputs: Inputs, other: StoredResource | undefined): Properties {
  const storageType = inputs.storageType ?? (text(other?.outputs["storageType"]) || checks.storageTypeOf(inputs));
  const large = (inputs.allocatedStorage ?? 0) >= GP3_STEP;
  return {
    allocatedStorage: inputs.allocatedStorage ?? 0,
    storageType,
    iops: inputs.iops ?? (storageType === "gp3" ? (large ? 12000 : 3000) : 0),
    storageThroughput: inputs.storageThroughput ?? (storageType === "gp3" ? (large ? 500 : 125) : 0),
  };
}

function familyOf(engine: string, version: string): string {
  const [major = "", minor = ""] = version.split(".");
  return engine === "postgres" ? `${engine}${major}` : `${engine}${major}.${minor}`;
}

function checkSettings(context: Context, engine: string, version: string): void {
  const { inputs, cloud } = context;
  checks.checkBackups(inputs);
  checks.checkMonitoring(inputs);
  requireKey(context, inputs.kmsKeyId, KEY_ERROR);
  requireKey(context, inputs.performanceInsightsKmsKeyId, KEY_ERROR);
  requireKey(context, inputs.masterUserSecretKmsKeyId, KEY_ERROR);
  const role = inputs.monitoringRoleArn;
  if (role !== undefined && roleOf(cloud, role) !== undefined && !trusts(cloud, role, "monitoring.rds.amazonaws.com")) {
    refuse(
      "InvalidParameterValue",
      "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
    );
  }
  const group = inputs.parameterGroupName;
  if (group === undefined || engine !== "postgres") return;
  const family = group.startsWith("default.")
    ? group.slice("default.".length)
    : text(cloud.find(RDS_PARAMETER_GROUP, group)?.outputs["family"]);
  if (!isFamily(family)) refuse("DBParameterGroupNotFound", `DBParameterGroup not found: ${group}`);
  const fitting = familyOf(engine, version);
  if (family !== fitting) {
    refuse(
      "InvalidParameterCombination",
      `The parameter group ${group} with DBParameterGroupFamily ${family} can't be used for this instance. Please use a parameter group with DBParameterGroupFamily ${fitting}.`,
    );
  }
}

/** Checks that groups and zone lie in one VPC; gives the zone that RDS chooses. */
function checkNetwork(context: Context, source: StoredResource | undefined): string {
  const { inputs, cloud } = context;
  const name = inputs.dbSubnetGroupName ?? text(source?.outputs["dbSubnetGroupName"]);
  const group = cloud.find(RDS_SUBNET_GROUP, name);
  if (group === undefined) {
    if (source !== undefined) return "";
    return refuse(
      "InvalidSubnet",
      "No default subnet detected in VPC: this account has no default VPC, name a dbSubnetGroupName",
    );
  }
  checkSecurityGroups(context, name);
  const zones = cloud
    .list(SUBNET)
    .filter(({ id }) => JSON.stringify(group.inputs["subnetIds"] ?? []).includes(`"${id}"`))
    .map(({ outputs }) => text(outputs["availabilityZone"]));
  if (inputs.availabilityZone !== undefined && inputs.multiAz === true) {
    refuse(
      "InvalidParameterCombination",
      "Requesting a specific availability zone is not valid for Multi-AZ instances.",
    );
  }
  if (inputs.availabilityZone !== undefined && !zones.includes(inputs.availabilityZone)) {
    refuse(
      "InvalidVPCNetworkStateFault",
      `The DB subnet group ${name} has no subnet in ${inputs.availabilityZone}, only in ${zones.join(", ")}`,
    );
  }
  return zones[0] ?? "";
}

function checkSecurityGroups({ inputs, cloud }: Context, subnetGroup: string): void {
  const vpcId = text(cloud.find(RDS_SUBNET_GROUP, subnetGroup)?.outputs["vpcId"]);
  for (const id of inputs.vpcSecurityGroupIds ?? []) {
    const other = text(cloud.find(SECURITY_GROUP, id)?.inputs["vpcId"]);
    if (other === vpcId) continue;
    refuse(
      "InvalidParameterCombination",
      `The DB instance and EC2 security group are in different VPCs. The DB instance is in ${vpcId} and the EC2 security group is in ${other}`,
    );
  }
}

function managedSecret(context: Context): readonly Properties[] {
  const { inputs, scope } = context;
  if (inputs.manageMasterUserPassword !== true) return [];
  const name = `rds!db-${uuid(context)}-${context.hex(6)}`;
  return [
    {
      secretArn: arn(scope, "secretsmanager", `secret:${name}`),
      secretStatus: "active",
      kmsKeyId: inputs.masterUserSecretKmsKeyId ?? arn(scope, "kms", "alias/aws/secretsmanager"),
    },
  ];
}

function refuseMissingSnapshot({ inputs, cloud, scope }: Context): void {
  const wanted = inputs.snapshotIdentifier;
  if (wanted === undefined) return;
  if (wanted.startsWith("arn:") && !wanted.includes(`:${scope.account}:`)) return;
  const found = cloud
    .list(RDS_SNAPSHOT)
    .some(({ id, outputs }) => id === wanted || outputs["dbSnapshotArn"] === wanted);
  if (!found) refuse("DBSnapshotNotFound", `DBSnapshot not found: ${wanted}`);
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html */
function takeFinalSnapshot({ resource, cloud, effects, scope }: DeleteContext<Inputs>): void {
  if (resource.inputs["skipFinalSnapshot"] === true) return;
  const identifier = text(resource.inputs["finalSnapshotIdentifier"]);
  if (identifier === "") {
    refuse(
      "InvalidParameterCombination",
      "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
    );
  }
  if (resource.inputs["replicateSourceDb"] !== undefined) {
    refuse(
      "InvalidParameterCombination",
      "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance",
    );
  }
  if (cloud.find(RDS_SNAPSHOT, identifier) !== undefined) {
    refuse(
      "DBSnapshotAlreadyExists",
      `Cannot create the snapshot because a snapshot with the identifier ${identifier} already exists.`,
    );
  }
  const of = { dbInstanceIdentifier: resource.outputs["identifier"], dbSnapshotIdentifier: identifier };
  const copied = Object.fromEntries(
    ["allocatedStorage", "engine", "kmsKeyId", "port", "storageType"].map((key) => [key, resource.outputs[key]]),
  );
  effects.put({
    type: RDS_SNAPSHOT,
    id: identifier,
    inputs: of,
    outputs: {
      ...of,
      ...copied,
      dbSnapshotArn: arn(scope, "rds", `snapshot:${identifier}`),
      encrypted: resource.inputs["storageEncrypted"] === true,
      engineVersion: resource.outputs["engineVersionActual"],
      snapshotType: "manual",
      status: "available",
    },
  });
}
