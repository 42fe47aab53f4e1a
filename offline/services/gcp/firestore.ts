import type { BackupScheduleArgs, DatabaseArgs, UserCredsArgs } from "@pulumi/gcp/firestore";
import { refuse } from "../../cloud/errors";
import { resourceType, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { FIRESTORE_FIELD, FIRESTORE_INDEX, firestoreIndexTypes } from "./firestore-indexes";
import { link, nameIn } from "./links";
import { inProject, requireNamed, seconds } from "./lookups";
import { patternName } from "./names";
import { isRegion } from "./regions";
import { FIRESTORE_DATABASE } from "./types";

type Inputs = Resolved<DatabaseArgs>;

/** Beside the regions. https://docs.cloud.google.com/firestore/native/docs/locations */
const MULTI_REGIONS: Readonly<Record<string, string>> = { eur3: "europe", nam5: "us", nam7: "nam7" };
const DAY = 86_400;
/** Days. https://docs.cloud.google.com/firestore/native/docs/backups */
const LONGEST_BACKUP = 98;

const ON = "DATA_ACCESS_MODE_ENABLED";
const ACCESS = [ON, "DATA_ACCESS_MODE_DISABLED"];

/**
 * A database of documents. The Enterprise edition speaks the protocol of MongoDB:
 * https://docs.cloud.google.com/firestore/mongodb-compatibility/docs/overview
 */
const database = resourceType<DatabaseArgs>({
  token: FIRESTORE_DATABASE,
  service: "Firestore",
  actions: { create: "CreateDatabase", update: "UpdateDatabase", delete: "DeleteDatabase" },
  reach: "global",
  name: patternName(
    "name",
    /^(?:\(default\)|(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$)(?=.{4,63}$)[a-z][a-z0-9-]*[a-z0-9])$/,
    "(default), or 4 to 63 lower-case letters, digits and -, a letter first, no - last, and not like a UUID",
    63,
    "https://docs.cloud.google.com/firestore/native/docs/manage-databases",
  ),
  // The provider leaves a database where it is unless told otherwise.
  defaults: () => ({ deletionPolicy: "ABANDON" }),
  check: (context) => {
    const { inputs, refuse: report } = context;
    const place = inputs.locationId;
    if (place !== undefined && !isRegion(place) && MULTI_REGIONS[place] === undefined) {
      report("locationId", `Firestore has no location "${place}"`);
    }
    checkChoices(context, [
      ["type", inputs.type, ["FIRESTORE_NATIVE", "DATASTORE_MODE"]],
      ["databaseEdition", inputs.databaseEdition, ["STANDARD", "ENTERPRISE"]],
      ["concurrencyMode", inputs.concurrencyMode, ["OPTIMISTIC", "PESSIMISTIC", "OPTIMISTIC_WITH_ENTITY_GROUPS"]],
      [
        "pointInTimeRecoveryEnablement",
        inputs.pointInTimeRecoveryEnablement,
        ["POINT_IN_TIME_RECOVERY_ENABLED", "POINT_IN_TIME_RECOVERY_DISABLED"],
      ],
      [
        "deleteProtectionState",
        inputs.deleteProtectionState,
        ["DELETE_PROTECTION_STATE_UNSPECIFIED", "DELETE_PROTECTION_ENABLED", "DELETE_PROTECTION_DISABLED"],
      ],
      ["firestoreDataAccessMode", inputs.firestoreDataAccessMode, ACCESS],
      ["mongodbCompatibleDataAccessMode", inputs.mongodbCompatibleDataAccessMode, ACCESS],
    ]);
    const isEnterprise = inputs.databaseEdition === "ENTERPRISE";
    if (isEnterprise && inputs.type === "DATASTORE_MODE")
      report("type", "must be FIRESTORE_NATIVE for the ENTERPRISE edition");
    if (isEnterprise || context.isUnknown("databaseEdition")) return;
    for (const key of ["firestoreDataAccessMode", "mongodbCompatibleDataAccessMode", "realtimeUpdatesMode"] as const) {
      if (inputs[key] !== undefined) report(key, "can only be specified for databases of the ENTERPRISE edition");
    }
  },
  create: (context) => {
    const { inputs, scope, hex } = context;
    const name = inputs.name ?? "";
    const place = MULTI_REGIONS[inputs.locationId] ?? inputs.locationId;
    requireServiceKey(context, inputs.cmekConfig?.kmsKeyName, "firestore.googleapis.com", [place]);
    const isEnterprise = inputs.databaseEdition === "ENTERPRISE";
    return {
      id: `projects/${scope.account}/databases/${name}`,
      outputs: {
        name,
        uid: uuid(hex(32)),
        databaseEdition: inputs.databaseEdition ?? "STANDARD",
        concurrencyMode: inputs.concurrencyMode ?? (isEnterprise ? "OPTIMISTIC" : "PESSIMISTIC"),
        deleteProtectionState: inputs.deleteProtectionState ?? "DELETE_PROTECTION_STATE_UNSPECIFIED",
        versionRetentionPeriod: retention(inputs),
        keyPrefix: "",
        ...(isEnterprise
          ? {
              mongodbCompatibleDataAccessMode: inputs.mongodbCompatibleDataAccessMode ?? ON,
              firestoreDataAccessMode: inputs.firestoreDataAccessMode ?? "DATA_ACCESS_MODE_DISABLED",
            }
          : {}),
      },
    };
  },
  update: ({ inputs }) => ({ versionRetentionPeriod: retention(inputs) }),
  delete: (context) => {
    const { resource, effects } = context;
    if (resource.inputs["deleteProtectionState"] === "DELETE_PROTECTION_ENABLED") {
      refuse("failedPrecondition", `Database '${nameIn(resource.id)}' cannot be deleted: delete protection is enabled`);
    }
    for (const token of [SCHEDULE, CREDENTIALS, FIRESTORE_INDEX, FIRESTORE_FIELD]) {
      for (const each of inProject(context, token)) {
        if (each.inputs["database"] === nameIn(resource.id)) effects.remove(each);
      }
    }
  },
});

/** A week with point-in-time recovery, else an hour. https://docs.cloud.google.com/firestore/native/docs/pitr */
function retention({ pointInTimeRecoveryEnablement: recovery }: Inputs): string {
  return `${String(recovery === "POINT_IN_TIME_RECOVERY_ENABLED" ? 7 * DAY : 3_600)}s`;
}

function uuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

const SCHEDULE = "gcp:firestore/backupSchedule:BackupSchedule";
const CREDENTIALS = "gcp:firestore/userCreds:UserCreds";
const missing = { code: "notFound", message: "The database {value} does not exist for this project" };

const schedule = resourceType<BackupScheduleArgs>({
  token: SCHEDULE,
  service: "Firestore",
  actions: { create: "CreateBackupSchedule", update: "UpdateBackupSchedule", delete: "DeleteBackupSchedule" },
  reach: "global",
  references: [link("database", FIRESTORE_DATABASE, { holds: false, missing })],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const given = (["dailyRecurrence", "weeklyRecurrence"] as const).filter(
      (key) => inputs[key] !== undefined || isUnknown(key),
    );
    if (given.length !== 1)
      report("dailyRecurrence", "exactly one of `dailyRecurrence,weeklyRecurrence` must be specified");
    const kept = inputs.retention === undefined ? undefined : seconds(inputs.retention);
    if (inputs.retention !== undefined && (kept === undefined || kept > LONGEST_BACKUP * DAY)) {
      report("retention", `a duration of up to ${String(LONGEST_BACKUP)} days in seconds, got ${inputs.retention}`);
    }
  },
  create: (context) => {
    const { inputs, hex } = context;
    const on = requireNamed(context, FIRESTORE_DATABASE, inputs.database ?? "(default)", missing);
    const daily = inputs.dailyRecurrence !== undefined;
    const twin = inProject(context, SCHEDULE).find(
      ({ inputs: other }) => other["database"] === nameIn(on.id) && (other["dailyRecurrence"] !== undefined) === daily,
    );
    // One of each kind: https://docs.cloud.google.com/firestore/native/docs/backups
    if (twin !== undefined) refuse("alreadyExists", `The database has a ${daily ? "daily" : "weekly"} backup schedule`);
    const name = uuid(hex(32));
    return { id: `${on.id}/backupSchedules/${name}`, outputs: { name, database: nameIn(on.id) } };
  },
});

/** A user of the protocol of MongoDB, who logs in by SCRAM; the service makes the password. */
const credentials = resourceType<UserCredsArgs>({
  token: CREDENTIALS,
  service: "Firestore",
  actions: { create: "CreateUserCreds", delete: "DeleteUserCreds" },
  reach: "global",
  name: patternName(
    "name",
    /^(?=.{4,63}$)[a-z][a-z0-9-]*[a-z0-9]$/,
    "4 to 63 lower-case letters, digits and -, a letter first and no - last",
    63,
    "https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.userCreds/create",
  ),
  references: [link("database", FIRESTORE_DATABASE, { holds: false, missing })],
  create: (context) => {
    const { inputs, hex } = context;
    const on = requireNamed(context, FIRESTORE_DATABASE, inputs.database, missing);
    if (on.outputs["databaseEdition"] !== "ENTERPRISE") {
      refuse("failedPrecondition", "User creds are only for databases of the ENTERPRISE edition");
    }
    const name = inputs.name ?? "";
    return { id: `${on.id}/userCreds/${name}`, outputs: { name, state: "ENABLED", securePassword: hex(32) } };
  },
});

export const firestoreTypes: readonly ResourceType[] = [database, schedule, credentials, ...firestoreIndexTypes];
