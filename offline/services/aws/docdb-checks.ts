import type { ClusterArgs } from "@pulumi/aws/docdb";
import { refuse } from "../../cloud/errors";
import type { CheckContext, Resolved } from "../../cloud/resource-type";
import { parseArn } from "./arn";
import { documentFamily, documentVersion } from "./docdb-versions";
import { checkPassword } from "./rds-checks";

// What the provider checks before it calls the service:
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/docdb/cluster.go

type Inputs = Resolved<ClusterArgs>;

/** Longest master password, in characters. */
export const LONGEST_PASSWORD = 100;

const LOGS: ReadonlySet<string> = new Set(["audit", "profiler"]);
const NAME = /^[a-z](?:-?[a-z0-9])*$/;
const DAILY_WINDOW = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;

/** What the provider refuses before it calls the service. */
export function check({ inputs, isUnknown, refuse: report }: CheckContext<Inputs>): void {
  const { clusterIdentifier: name, port, kmsKeyId } = inputs;
  if (name !== undefined && (name.length > 63 || !NAME.test(name))) {
    report(
      "clusterIdentifier",
      `"${name}": 1 to 63 lower-case letters, digits and -, a letter first, no two - together`,
    );
  }
  if (
    inputs.manageMasterUserPassword === true &&
    (inputs.masterPassword !== undefined || isUnknown("masterPassword"))
  ) {
    report("masterPassword", `"masterPassword": conflicts with manageMasterUserPassword`);
  }
  if (inputs.engine !== undefined && inputs.engine !== "docdb") {
    report("engine", `expected engine to be one of ["docdb"], got ${inputs.engine}`);
  }
  if (port !== undefined && (port < 1150 || port > 65_535)) {
    report("port", `expected port to be in the range (1150 - 65535), got ${String(port)}`);
  }
  if ((inputs.backupRetentionPeriod ?? 1) > 35) {
    report("backupRetentionPeriod", `expected at most 35, got ${String(inputs.backupRetentionPeriod)}`);
  }
  if (inputs.storageType !== undefined && !["standard", "iopt1"].includes(inputs.storageType)) {
    report("storageType", `expected storageType to be one of ["standard" "iopt1"], got ${inputs.storageType}`);
  }
  if (kmsKeyId !== undefined && parseArn(kmsKeyId) === undefined) {
    report("kmsKeyId", `"kmsKeyId" (${kmsKeyId}) is an invalid ARN: arn: invalid prefix`);
  }
  if (inputs.preferredBackupWindow !== undefined && !DAILY_WINDOW.test(inputs.preferredBackupWindow)) {
    report(
      "preferredBackupWindow",
      `must satisfy the format of "hh24:mi-hh24:mi", got ${inputs.preferredBackupWindow}`,
    );
  }
  const snapshot = inputs.finalSnapshotIdentifier;
  if (snapshot !== undefined && !/^[0-9A-Za-z](?:-?[0-9A-Za-z])*$/.test(snapshot)) {
    report("finalSnapshotIdentifier", `"${snapshot}": letters, digits and -, no two - together and none last`);
  }
  for (const [index, log] of (inputs.enabledCloudwatchLogsExports ?? []).entries()) {
    if (!LOGS.has(log)) {
      report(`enabledCloudwatchLogsExports[${String(index)}]`, `expected one of ["audit" "profiler"], got ${log}`);
    }
  }
  const capacity = inputs.serverlessV2ScalingConfiguration;
  for (const [name, value] of Object.entries(capacity ?? {})) {
    if (typeof value === "number" && (value < 0.5 || value > 256 || (value * 2) % 1 !== 0)) {
      report(`serverlessV2ScalingConfiguration.${name}`, `expected 0.5 to 256 in steps of 0.5, got ${String(value)}`);
    }
  }
}

/** The full engine version, or a refusal. */
export function versionOf(wanted: string | undefined): string {
  return (
    documentVersion(wanted) ?? refuse("InvalidParameterCombination", `Cannot find version ${String(wanted)} for docdb`)
  );
}

/** https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-mvu.html */
export function upgradedVersion(before: string, inputs: Inputs): string {
  const wanted = inputs.engineVersion;
  if (wanted === undefined || wanted === before) return before;
  const after = versionOf(wanted);
  if (after < before) refuse("InvalidParameterCombination", `Cannot upgrade docdb from ${before} to ${after}`);
  if (documentFamily(after) !== documentFamily(before) && inputs.allowMajorVersionUpgrade !== true) {
    refuse(
      "InvalidParameterCombination",
      "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
    );
  }
  return after;
}

/** https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html, MasterUsername, MasterUserPassword */
export function checkCredentials(inputs: Inputs): void {
  const user = inputs.masterUsername ?? "";
  const missing = (parameter: string) =>
    refuse("InvalidParameterValue", `The parameter ${parameter} must be provided and must not be blank.`);
  if (user === "") missing("MasterUsername");
  if (!/^[a-zA-Z][a-zA-Z0-9]{0,62}$/.test(user)) {
    refuse(
      "InvalidParameterValue",
      `The parameter MasterUsername is not valid: "${user}" has 1 to 63 letters and digits`,
    );
  }
  // https://github.com/aws/aws-cdk/pull/13295
  if (user.toLowerCase() === "admin") {
    refuse(
      "InvalidParameterValue",
      `MasterUsername ${user} cannot be used as it is a reserved word used by the engine`,
    );
  }
  const password = inputs.masterPassword ?? inputs.masterPasswordWo;
  if (password !== undefined) checkPassword(password, LONGEST_PASSWORD);
  else if (inputs.manageMasterUserPassword !== true) missing("MasterUserPassword");
}
