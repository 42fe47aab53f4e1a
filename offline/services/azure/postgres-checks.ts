import type { ServerArgs } from "@pulumi/azure-native/dbforpostgresql";
import { refuse } from "../../cloud/errors";
import type { CallContext, CheckContext, Resolved } from "../../cloud/resource-type";
import { NEW_VERSIONS, premiumSizes, skuProblem } from "./postgres-skus";
import { zonesOf } from "./regions";
import { byId, checkRanges, locationOf, requireKey, userIdentities } from "./service-support";
import { sameId } from "./arm";
import { IDENTITY } from "./types";

type Inputs = Resolved<ServerArgs>;
type Context = CallContext<Inputs>;

/** Names that the server keeps to itself: https://learn.microsoft.com/azure/postgresql/configure-maintain/how-to-create-users */
const RESERVED_LOGIN = /^(?:azure_superuser|azure_pg_admin|admin|administrator|root|guest|public|pg_.*)$/i;

/** What no service needs to be asked for. */
export function check(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  checkRanges(context, [["backup.backupRetentionDays", inputs.backup?.backupRetentionDays, 7, 35]]);
  const sku = inputs.sku;
  const problem = sku === undefined ? undefined : skuProblem(sku);
  if (problem !== undefined) report("sku.name", problem);
  const login = inputs.administratorLogin;
  if (login !== undefined && (RESERVED_LOGIN.test(login) || !/^[a-zA-Z0-9_]{1,63}$/.test(login))) {
    report("administratorLogin", `"${login}" is reserved, or not 1 to 63 letters, digits and _`);
  }
  const password = inputs.administratorLoginPassword;
  if (password !== undefined && !isComplex(password)) {
    report(
      "administratorLoginPassword",
      "must have 8 to 128 characters of three of these kinds: upper case, lower case, digits, others",
    );
  }
  const { activeDirectoryAuth, passwordAuth } = inputs.authConfig ?? {};
  if (passwordAuth === "Disabled" && activeDirectoryAuth !== "Enabled") {
    report("authConfig.passwordAuth", "nobody could log in: enable activeDirectoryAuth or passwordAuth");
  }
  checkStorage(context);
  if (sku?.tier === "Burstable" && isHighlyAvailable(inputs)) {
    // https://learn.microsoft.com/azure/reliability/reliability-postgresql-flexible-server
    report(
      "highAvailability.mode",
      "the tier Burstable has no high availability: take GeneralPurpose or MemoryOptimized",
    );
  }
}

/** https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-storage */
function checkStorage({ inputs, refuse: report }: CheckContext<Inputs>): void {
  const { storage, sku } = inputs;
  const type = storage?.type ?? "Premium_LRS";
  const size = storage?.storageSizeGB;
  if (type === "Premium_LRS") {
    if (size !== undefined && !premiumSizes.includes(size)) {
      report(
        "storage.storageSizeGB",
        `must be one of ${premiumSizes.join(", ")} with Premium_LRS, got ${String(size)}`,
      );
    }
    return;
  }
  if (size !== undefined && (size < 32 || size > 65_536)) {
    report("storage.storageSizeGB", `must be between 32 and 65536 with ${type}, got ${String(size)}`);
  }
  for (const property of ["iops", "throughput"] as const) {
    if (storage?.[property] === undefined) report(`storage.${property}`, `is required with ${type}`);
  }
  // https://github.com/Azure/azure-cli/pull/31948
  if (sku?.tier === "Burstable") report("storage.type", `the tier Burstable takes Premium_LRS alone, got ${type}`);
}

function isComplex(password: string): boolean {
  const kinds = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  return password.length >= 8 && password.length <= 128 && kinds >= 3;
}

export function isHighlyAvailable({ highAvailability }: Pick<Partial<Inputs>, "highAvailability">): boolean {
  return (highAvailability?.mode ?? "Disabled") !== "Disabled";
}

/** Words of the service: https://github.com/Azure/bicep/issues/5616 */
export function invalid(parameter: string, reason: string): never {
  return refuse(
    "InvalidParameterValue",
    `Invalid value given for parameter ${parameter}. Specify a valid parameter value. (${reason})`,
  );
}

/** Words of the service: https://github.com/hashicorp/terraform-provider-azurerm/issues/25344 */
export function outOfRange(parameter: string, allowed: readonly string[]): never {
  return refuse(
    "ParameterOutOfRange",
    `The value of the '${parameter}' should be in: [${allowed.join(",")}]. Verify that the specified parameter value is correct.`,
  );
}

/** What a server that is not made from another one must have. */
export function checkNewServer({ inputs }: Context): void {
  if (inputs.sku === undefined) invalid("sku", "a new server needs a machine");
  const version = inputs.version ?? "";
  if (version !== "" && !NEW_VERSIONS.includes(version)) {
    // https://learn.microsoft.com/azure/postgresql/configure-maintain/concepts-version-policy
    outOfRange("Version", NEW_VERSIONS);
  }
  if (inputs.authConfig?.passwordAuth === "Disabled") return;
  if (inputs.administratorLogin === undefined) invalid("administratorLogin", "password authentication needs one");
  if (inputs.administratorLoginPassword === undefined)
    invalid("administratorLoginPassword", "password authentication needs one");
}

/** The zone of a server, unless it is left to Azure: the SDK sends an empty text then. */
export function chosenZone(zone: string | undefined): string | undefined {
  return zone === "" ? undefined : zone;
}

/** Zones of the server and of its standby. */
export function checkZones(context: Context): void {
  const { inputs } = context;
  const location = locationOf(context);
  const zones = zonesOf(location);
  const { mode } = inputs.highAvailability ?? {};
  const standby = chosenZone(inputs.highAvailability?.standbyAvailabilityZone);
  const own = chosenZone(inputs.availabilityZone);
  if (own !== undefined && !zones.includes(own)) invalid("availabilityZone", `${location} has no zone ${own}`);
  if (mode === "ZoneRedundant" && zones.length === 0) {
    invalid("highAvailability", `${location} has no zones: take SameZone`);
  }
  if (standby === undefined) return;
  // Words seen: https://github.com/hashicorp/terraform-provider-azurerm/issues/27612
  if (!zones.includes(standby))
    invalid("StandbyAvailabilityZone,availabilityZone", `${location} has no zone ${standby}`);
  if (mode === "ZoneRedundant" && standby === own) {
    invalid("StandbyAvailabilityZone,availabilityZone", "the standby is in another zone than the server");
  }
  if (mode === "SameZone" && standby !== own) {
    invalid("StandbyAvailabilityZone,availabilityZone", "the standby is in the zone of the server");
  }
}

/** https://learn.microsoft.com/azure/postgresql/security/security-data-encryption */
export function checkEncryption(context: Context): void {
  const { dataEncryption: encryption, identity, backup } = context.inputs;
  if (encryption?.type !== "AzureKeyVault") return;
  const { primaryKeyURI: key, primaryUserAssignedIdentityId: user } = encryption;
  if (key === undefined || user === undefined) {
    return invalid("dataEncryption", "a key of one's own needs primaryKeyURI and primaryUserAssignedIdentityId");
  }
  if (!userIdentities(identity).some((id) => sameId(id, user))) {
    invalid("dataEncryption", `the identity ${user} is not one of the server's`);
  }
  if (byId(context.cloud, IDENTITY, user) === undefined)
    invalid("dataEncryption", `the identity ${user} does not exist`);
  requireKey(context, key, "InvalidParameterValue");
  if (backup?.geoRedundantBackup !== "Enabled") return;
  const { geoBackupKeyURI: copyKey, geoBackupUserAssignedIdentityId: copyUser } = encryption;
  if (copyKey === undefined || copyUser === undefined) {
    return invalid("dataEncryption", "geo-redundant backups need geoBackupKeyURI and geoBackupUserAssignedIdentityId");
  }
  requireKey(context, copyKey, "InvalidParameterValue");
}
