import type { DatabaseInstanceArgs } from "@pulumi/gcp/sql";
import { refuse } from "../../cloud/errors";
import type { CheckContext, Resolved } from "../../cloud/resource-type";
import { checkChoices, checkRanges } from "../input-checks";
import { zonesOf } from "./regions";
import {
  defaultEdition,
  flagProblem,
  isPostgresVersion,
  LOG_DAYS,
  offersPlus,
  tierProblem,
  type Edition,
} from "./sql-versions";

// Limits: typings of @pulumi/gcp 9.37.0; https://docs.cloud.google.com/sql/docs/postgres/instance-settings

export type Inputs = Resolved<DatabaseInstanceArgs>;
export type Settings = NonNullable<Inputs["settings"]>;

/** GB. https://docs.cloud.google.com/sql/docs/quotas */
const LEAST_DISK: Readonly<Record<string, number>> = { PD_SSD: 10, PD_HDD: 10, HYPERDISK_BALANCED: 20 };
const MOST_DISK = 65_536;

/** What the provider says before it calls the API. */
export function checkInputs(context: CheckContext<Inputs>): void {
  const { inputs } = context;
  const { settings } = inputs;
  if (settings === undefined) {
    const given = inputs.clone !== undefined || ["settings", "clone"].some((path) => context.isUnknown(path));
    if (!given) context.refuse("settings", "one of `clone,settings` must be specified");
    return;
  }
  const ip = settings.ipConfiguration;
  checkChoices(context, [
    ["settings.availabilityType", settings.availabilityType, ["REGIONAL", "ZONAL"]],
    ["settings.edition", settings.edition, ["ENTERPRISE", "ENTERPRISE_PLUS"]],
    ["settings.activationPolicy", settings.activationPolicy, ["ALWAYS", "NEVER", "ON_DEMAND"]],
    ["settings.diskType", settings.diskType, Object.keys(LEAST_DISK)],
    ["settings.connectorEnforcement", settings.connectorEnforcement, ["REQUIRED", "NOT_REQUIRED"]],
    ["settings.maintenanceWindow.updateTrack", settings.maintenanceWindow?.updateTrack, ["canary", "stable", "week5"]],
    [
      "settings.ipConfiguration.sslMode",
      ip?.sslMode,
      ["ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"],
    ],
    [
      "settings.ipConfiguration.serverCaMode",
      ip?.serverCaMode,
      ["GOOGLE_MANAGED_INTERNAL_CA", "GOOGLE_MANAGED_CAS_CA", "CUSTOMER_MANAGED_CAS_CA"],
    ],
  ]);
  checkRanges(context, [
    ["settings.maintenanceWindow.day", settings.maintenanceWindow?.day, 1, 7],
    ["settings.maintenanceWindow.hour", settings.maintenanceWindow?.hour, 0, 23],
    ["settings.insightsConfig.queryStringLength", settings.insightsConfig?.queryStringLength, 256, 4_500],
    ["settings.insightsConfig.queryPlansPerMinute", settings.insightsConfig?.queryPlansPerMinute, 0, 20],
    ["settings.finalBackupConfig.retentionDays", settings.finalBackupConfig?.retentionDays, 1, 365],
  ]);
  if (inputs.rootPassword !== undefined && inputs.rootPasswordWo !== undefined) {
    context.refuse("rootPasswordWo", "conflicts with rootPassword");
  }
}

/** What the API says to the settings of an instance. Returns the edition that it will have. */
export function checkSettings(inputs: Inputs, region: string): Edition {
  const { settings, databaseVersion: version } = inputs;
  if (!/^(?:MYSQL|SQLSERVER)_/.test(version) && !isPostgresVersion(version)) {
    invalid(`Invalid request: Invalid value for: Invalid databaseVersion ${version}`);
  }
  const edition = settings?.edition === undefined ? defaultEdition(version) : (settings.edition as Edition);
  if (settings === undefined || !isPostgresVersion(version)) return edition;
  if (edition === "ENTERPRISE_PLUS" && !offersPlus(version)) {
    invalid(`Invalid request: ENTERPRISE_PLUS edition is not supported for ${version}`);
  }
  const tier = tierProblem(settings.tier, edition);
  if (tier !== undefined) invalid(tier);
  for (const { name, value } of settings.databaseFlags ?? []) {
    const problem = flagProblem(name, value, version);
    if (problem !== undefined) invalid(problem);
  }
  checkBackups(inputs, settings, edition);
  checkDisk(settings);
  checkZones(settings, region);
  checkAddresses(settings);
  return edition;
}

/** Backups of an instance in a plan of Backup and DR: https://docs.cloud.google.com/sql/docs/postgres/backup-recovery/backup-options */
export const ENHANCED = "ENHANCED";

/**
 * A standby is only as good as the backups behind it: the API asks for both.
 * https://docs.cloud.google.com/sql/docs/postgres/high-availability, typings of `settings.availabilityType`
 */
function checkBackups(inputs: Inputs, settings: Settings, edition: Edition): void {
  const backup = settings.backupConfiguration;
  const isReplica = inputs.masterInstanceName !== undefined;
  if (isReplica) {
    if (backup?.enabled === true) invalid("Invalid request: Backups cannot be enabled on a read replica of PostgreSQL");
    return;
  }
  // They are a plan's, whatever else is said of them.
  if (backup?.backupTier === ENHANCED) return;
  const [enabled, pointInTime] = [backup?.enabled === true, backup?.pointInTimeRecoveryEnabled === true];
  if (pointInTime && !enabled) {
    invalid("Invalid request: Point-in-time recovery requires backupConfiguration.enabled");
  }
  if (settings.availabilityType === "REGIONAL" && !(enabled && pointInTime)) {
    invalid(
      "Invalid request: availabilityType REGIONAL requires backupConfiguration.enabled and backupConfiguration.pointInTimeRecoveryEnabled",
    );
  }
  const days = backup?.transactionLogRetentionDays;
  const [most] = LOG_DAYS[edition];
  // https://github.com/langfuse/langfuse-terraform-gcp/issues/8
  if (days !== undefined && (days < 1 || days > most)) {
    invalid(`Invalid request: The number of transaction log retention days must be between 1 and ${String(most)}.`);
  }
  const kept = backup?.backupRetentionSettings?.retainedBackups;
  if (kept !== undefined && (kept < 1 || kept > 365)) {
    invalid("Invalid request: The number of retained backups must be between 1 and 365.");
  }
}

function checkDisk({ diskType = "PD_SSD", diskSize, diskAutoresizeLimit: limit = 0 }: Settings): void {
  if (diskSize === undefined) return;
  const least = LEAST_DISK[diskType] ?? 10;
  if (diskSize < least || diskSize > MOST_DISK) {
    invalid(
      `Invalid request: Invalid data disk size (${String(diskSize)} GB) for ${diskType}: ${String(least)} to ${String(MOST_DISK)} GB`,
    );
  }
  if (limit !== 0 && limit < diskSize) {
    invalid("Invalid request: The limit of automatic storage increases is below the size of the data disk");
  }
}

function checkZones({ locationPreference: preference }: Settings, region: string): void {
  for (const zone of [preference?.zone, preference?.secondaryZone]) {
    if (zone !== undefined && !zonesOf(region).includes(zone)) {
      invalid(`Invalid request: Zone ${zone} is not in region ${region}`);
    }
  }
  if (preference?.zone !== undefined && preference.zone === preference.secondaryZone) {
    invalid("Invalid request: The zone of the standby must be another one than the zone of the primary");
  }
}

function checkAddresses({ ipConfiguration: ip }: Settings): void {
  const hasEndpoint = (ip?.pscConfigs ?? []).some(({ pscEnabled }) => pscEnabled === true);
  if (ip?.ipv4Enabled === false && ip.privateNetwork === undefined && !hasEndpoint) {
    invalid("Invalid request: At least one of Public IP or Private IP or PSC connectivity must be enabled.");
  }
  if (ip?.ipv4Enabled === true && hasEndpoint) {
    invalid("Invalid request: PSC connectivity cannot be enabled together with Public IP");
  }
}

function invalid(message: string): never {
  return refuse("invalid", message);
}
