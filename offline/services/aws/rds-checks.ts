import type { InstanceArgs } from "@pulumi/aws/rds";
import { refuse } from "../../cloud/errors";
import type { Resolved } from "../../cloud/resource-type";
import { GP3_STEP, IOPS_RATIO, isClass, isPostgresClass, postgresVersion, STORAGE } from "./rds-versions";

// Error codes: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, API_ModifyDBInstance.html

type Inputs = Resolved<InstanceArgs>;

/** The full engine version, or a refusal. https://github.com/tryretool/terraform-retool-modules/issues/70 */
export function versionOf(engine: string, version: string | undefined): string {
  if (engine !== "postgres") return version ?? "";
  const wanted = version ?? "17";
  return (
    postgresVersion(wanted) ?? refuse("InvalidParameterCombination", `Cannot find version ${wanted} for ${engine}`)
  );
}

/** https://github.com/aws-quickstart/quickstart-awx/issues/47 */
export function checkClass(engine: string, version: string, instanceClass: string): void {
  if (!isClass(instanceClass)) refuse("InvalidParameterValue", `Invalid DB Instance class: ${instanceClass}`);
  if (engine !== "postgres" || isPostgresClass(instanceClass)) return;
  refuse(
    "InvalidParameterCombination",
    `RDS does not support creating a DB instance with the following combination: DBInstanceClass=${instanceClass}, Engine=${engine}, EngineVersion=${version}, LicenseModel=postgresql-license. For supported combinations of instance class and database engine version, see the documentation.`,
  );
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html, USER_PIOPS.Autoscaling.html */
export function checkStorage(engine: string, inputs: Inputs): void {
  const type = storageTypeOf(inputs);
  const size = inputs.allocatedStorage ?? 0;
  const [least, most] = STORAGE[type] ?? refuse("InvalidParameterValue", `Invalid storage type: ${type}`);
  const named = `for engine name ${engine} and storage type ${type}`;
  if (size < least || size > most) {
    refuse("InvalidParameterValue", `Invalid storage size ${named}: ${String(size)}`);
  }
  const small = type === "gp3" && size < GP3_STEP;
  if (small && (inputs.iops !== undefined || inputs.storageThroughput !== undefined)) {
    refuse(
      "InvalidParameterCombination",
      `You can't specify IOPS or storage throughput for engine ${engine} and a storage size less than ${String(GP3_STEP)}.`,
    );
  }
  if (type.startsWith("io") && inputs.iops === undefined) {
    refuse("InvalidParameterCombination", `You must specify IOPS for storage type ${type}`);
  }
  const ratio = (inputs.iops ?? size) / size;
  if (ratio < IOPS_RATIO[0] || ratio > IOPS_RATIO[1]) {
    refuse("InvalidParameterCombination", `Invalid iops to storage (GB) ratio ${named}: ${ratio.toFixed(4)}`);
  }
  const max = inputs.maxAllocatedStorage ?? 0;
  if (max === 0) return;
  if (max <= size) refuse("InvalidParameterCombination", "Max storage size must be greater than storage size");
  // Whole numbers: 100 * 1.1 is more than 110.
  if (max * 10 < size * 11 || max > most) {
    refuse("InvalidParameterCombination", `Invalid max storage size ${named}: ${String(max)}`);
  }
}

export function storageTypeOf(inputs: Inputs): string {
  return inputs.storageType ?? (inputs.iops === undefined ? "gp3" : "io1");
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html, MasterUsername and MasterUserPassword */
export function checkCredentials(engine: string, inputs: Inputs): void {
  const user = inputs.username ?? "";
  if (!/^[a-zA-Z][a-zA-Z0-9_]*$/.test(user) || user.length > (engine === "postgres" ? 63 : 128)) {
    refuse(
      "InvalidParameterValue",
      `The parameter MasterUsername is not valid: "${user}" must begin with a letter and contain only letters, digits and _`,
    );
  }
  if (engine === "postgres" && /^(?:admin|rdsadmin|rdsrepladmin|rds_.*|pg_.*)$/i.test(user)) {
    refuse(
      "InvalidParameterValue",
      `MasterUsername ${user} cannot be used as it is a reserved word used by the engine`,
    );
  }
  const name = inputs.dbName;
  if (name !== undefined && !/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/.test(name)) {
    refuse("InvalidParameterValue", "DBName must begin with a letter and contain only alphanumeric characters.");
  }
  const password = inputs.password ?? inputs.passwordWo;
  if (password !== undefined) checkPassword(password);
}

/** `longest` is in characters. */
export function checkPassword(password: string, longest = 128): void {
  const problem = "The parameter MasterUserPassword is not a valid password";
  if (password.length < 8) refuse("InvalidParameterValue", `${problem} because it is shorter than 8 characters.`);
  if (password.length > longest) {
    refuse("InvalidParameterValue", `${problem} because it is longer than ${String(longest)} characters.`);
  }
  if (!/^[!-~]+$/.test(password) || /[/"@]/.test(password)) {
    refuse(
      "InvalidParameterValue",
      `${problem}. Only printable ASCII characters besides '/', '@', '"', ' ' may be used.`,
    );
  }
}

export function checkBackups({ backupRetentionPeriod: days }: Inputs): void {
  if (days !== undefined && (days < 0 || days > 35 || !Number.isInteger(days))) {
    refuse("InvalidParameterValue", `Invalid backup retention period: ${String(days)}. Must be between 0 and 35`);
  }
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html, USER_PerfInsights.html */
export function checkMonitoring(inputs: Inputs): void {
  const interval = inputs.monitoringInterval ?? 0;
  if (![0, 1, 5, 10, 15, 30, 60].includes(interval)) {
    refuse(
      "InvalidParameterValue",
      `Invalid monitoring interval: ${String(interval)}. Valid values are 0, 1, 5, 10, 15, 30, 60`,
    );
  }
  if (interval > 0 && inputs.monitoringRoleArn === undefined) {
    refuse(
      "InvalidParameterCombination",
      "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.",
    );
  }
  const days = inputs.performanceInsightsRetentionPeriod;
  const months = (days ?? 31) / 31;
  if (days !== undefined && days !== 7 && days !== 731 && !(Number.isInteger(months) && months >= 1 && months <= 23)) {
    refuse("InvalidParameterValue", `Invalid Performance Insights retention period: ${String(days)}`);
  }
  if (inputs.databaseInsightsMode === "advanced" && (inputs.performanceInsightsEnabled !== true || (days ?? 7) < 465)) {
    refuse(
      "InvalidParameterCombination",
      "To enable the Advanced mode of Database Insights, enable Performance Insights with a retention period of at least 465 days.",
    );
  }
}

/**
 * The version after an update, or a refusal. https://github.com/ministryofjustice/cloud-platform-environments/pull/8659,
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html
 */
export function upgradedVersion(engine: string, before: string, inputs: Inputs): string {
  const wanted = inputs.engineVersion;
  if (wanted === undefined || wanted === before || before.startsWith(`${wanted}.`)) return before;
  const after = versionOf(engine, wanted);
  if (compare(after, before) < 0) {
    refuse("InvalidParameterCombination", `Cannot upgrade ${engine} from ${before} to ${after}`);
  }
  if (after.split(".")[0] !== before.split(".")[0] && inputs.allowMajorVersionUpgrade !== true) {
    refuse(
      "InvalidParameterCombination",
      "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
    );
  }
  return after;
}

function compare(a: string, b: string): number {
  const [one, other] = [a, b].map((version) => version.split(/[.-]/).map(Number));
  const major = (one?.[0] ?? 0) - (other?.[0] ?? 0);
  return major === 0 ? (one?.[1] ?? 0) - (other?.[1] ?? 0) : major;
}
