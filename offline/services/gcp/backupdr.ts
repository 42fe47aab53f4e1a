import type { BackupPlanArgs, BackupPlanAssociationArgs, BackupVaultArgs } from "@pulumi/gcp/backupdisasterrecovery";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { checkChoices, checkRanges } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { idOf } from "./ids";
import { link, nameIn } from "./links";
import { findNamed, requireNamed, seconds } from "./lookups";
import { boundedName } from "./names";
import { serviceAgent } from "./project";
import { ENHANCED } from "./sql-checks";
import { block, text } from "./text";
import { BACKUP_VAULT, SQL_INSTANCE } from "./types";

const PLAN = "gcp:backupdisasterrecovery/backupPlan:BackupPlan";
const DOCS = "https://docs.cloud.google.com/backup-disaster-recovery/docs";
const DAY = 86_400;
/** Days that a vault may hold backups against deletion. https://docs.cloud.google.com/backup-disaster-recovery/docs/create-plan/create-backup-vault */
const RETENTION_DAYS = [1, 36_159] as const;

/** What a plan may protect. Typings of `resourceType`. */
const PROTECTED = [
  ...["compute.googleapis.com/Instance", "compute.googleapis.com/Disk", "compute.googleapis.com/RegionDisk"],
  ...["sqladmin.googleapis.com/Instance", "alloydb.googleapis.com/Cluster", "file.googleapis.com/Instance"],
  "storage.googleapis.com/Bucket",
];

const vault = resourceType<BackupVaultArgs>({
  token: BACKUP_VAULT,
  service: "Backup and DR",
  actions: { create: "CreateBackupVault", update: "UpdateBackupVault", delete: "DeleteBackupVault" },
  name: boundedName("backupVaultId", 1, 63, `${DOCS}/create-plan/create-backup-vault`),
  inUse: { code: "failedPrecondition", message: "Backup vault {id} is referenced by an active backup plan: {holder}" },
  check: (context) => {
    const { inputs, refuse: report } = context;
    checkChoices(context, [
      [
        "accessRestriction",
        inputs.accessRestriction,
        ["WITHIN_PROJECT", "WITHIN_ORGANIZATION", "UNRESTRICTED", "WITHIN_ORG_BUT_UNRESTRICTED_FOR_BA"],
      ],
    ]);
    const kept = inputs.backupMinimumEnforcedRetentionDuration;
    if (kept === undefined) return;
    const [least, most] = RETENTION_DAYS;
    const length = seconds(kept) ?? 0;
    if (length < least * DAY || length > most * DAY) {
      report(
        "backupMinimumEnforcedRetentionDuration",
        `${String(least)} to ${String(most)} days in seconds, got ${kept}`,
      );
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    requireServiceKey(context, inputs.encryptionConfig?.kmsKeyName, "backupdr.googleapis.com", [inputs.location]);
    const id = idOf(BACKUP_VAULT, inputs, scope, inputs.backupVaultId);
    const serviceAccount = serviceAgent(scope.account, "backupdr.googleapis.com");
    return {
      id,
      outputs: { name: id, state: "ACTIVE", deletable: true, backupCount: "0", uid: context.hex(32), serviceAccount },
    };
  },
  update: ({ inputs, oldInputs }) => {
    const [before, now] = [oldInputs, inputs].map(
      ({ backupMinimumEnforcedRetentionDuration: kept }) => seconds(kept) ?? 0,
    );
    // A lock that has begun to act lets the retention grow only.
    if (oldInputs.effectiveTime !== undefined && (now ?? 0) < (before ?? 0)) {
      refuse("failedPrecondition", "The enforced retention of a locked backup vault cannot be reduced");
    }
    return {};
  },
  delete: (context) => {
    const { resource, cloud } = context;
    // Its backups can be deleted by nobody before their time.
    const used = cloud
      .list(ASSOCIATION, "anywhere")
      .find(({ outputs }) => text(outputs["dataSource"]).startsWith(`${resource.id}/`));
    if (used !== undefined)
      refuse("failedPrecondition", `Backup vault ${resource.id} is not empty: it holds backups of ${used.id}`);
  },
});

/**
 * What can be backed up into a vault of another region; a vault of a multi-region takes all of its own.
 * https://docs.cloud.google.com/sql/docs/postgres/backup-recovery/backup-options#eb-cross-region
 */
const ACROSS_REGIONS: readonly string[] = ["sqladmin.googleapis.com/Instance"];

type PlanInputs = Resolved<BackupPlanArgs>;

const plan = resourceType<BackupPlanArgs>({
  token: PLAN,
  service: "Backup and DR",
  actions: { create: "CreateBackupPlan", update: "UpdateBackupPlan", delete: "DeleteBackupPlan" },
  name: boundedName("backupPlanId", 1, 63, `${DOCS}/create-plan/create-backup-plan`),
  references: [link("backupVault", BACKUP_VAULT)],
  inUse: { code: "failedPrecondition", message: "Backup plan {id} is in use: {holder}" },
  check: checkPlan,
  create: (context) => {
    const { inputs, scope } = context;
    const into = requireNamed(context, BACKUP_VAULT, inputs.backupVault, {
      code: "notFound",
      message: "Resource '{value}' was not found",
    });
    const enforced = (seconds(text(into.inputs["backupMinimumEnforcedRetentionDuration"])) ?? 0) / DAY;
    for (const { ruleId, backupRetentionDays: days } of inputs.backupRules ?? []) {
      if (days < enforced) {
        refuse(
          "invalidArgument",
          `Rule ${ruleId} keeps backups ${String(days)} days, less than the ${String(enforced)} days that backup vault ${nameIn(into.id)} enforces`,
        );
      }
    }
    if (
      !ACROSS_REGIONS.includes(inputs.resourceType) &&
      into.scope.region !== "" &&
      into.scope.region !== scope.region
    ) {
      refuse("invalidArgument", `Backup vault ${into.id} is in ${into.scope.region}, and the plan in ${scope.region}`);
    }
    const id = idOf(PLAN, inputs, scope, inputs.backupPlanId);
    return { id, outputs: { name: id, supportedResourceTypes: [inputs.resourceType] } };
  },
});

function checkPlan(context: CheckContext<PlanInputs>): void {
  const { inputs, refuse: report } = context;
  checkChoices(context, [["resourceType", inputs.resourceType, PROTECTED]]);
  for (const [index, rule] of (inputs.backupRules ?? []).entries()) {
    const at = `backupRules[${String(index)}]`;
    const { recurrenceType: type, hourlyFrequency, daysOfWeeks, backupWindow } = rule.standardSchedule;
    checkChoices(context, [
      [`${at}.standardSchedule.recurrenceType`, type, ["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]],
    ]);
    checkRanges(context, [
      [`${at}.backupRetentionDays`, rule.backupRetentionDays, ...RETENTION_DAYS],
      [`${at}.standardSchedule.hourlyFrequency`, hourlyFrequency, 1, 23],
    ]);
    if (type === "HOURLY" && hourlyFrequency === undefined)
      report(`${at}.standardSchedule.hourlyFrequency`, "is required for HOURLY");
    if (type === "WEEKLY" && (daysOfWeeks ?? []).length === 0)
      report(`${at}.standardSchedule.daysOfWeeks`, "is required for WEEKLY");
    if (backupWindow !== undefined && (backupWindow.endHourOfDay ?? 24) - backupWindow.startHourOfDay < 6) {
      report(`${at}.standardSchedule.backupWindow`, "must be at least six hours long");
    }
  }
}

const ASSOCIATION = "gcp:backupdisasterrecovery/backupPlanAssociation:BackupPlanAssociation";

const association = resourceType<BackupPlanAssociationArgs>({
  token: ASSOCIATION,
  service: "Backup and DR",
  actions: {
    create: "CreateBackupPlanAssociation",
    update: "UpdateBackupPlanAssociation",
    delete: "DeleteBackupPlanAssociation",
  },
  name: boundedName("backupPlanAssociationId", 1, 63, `${DOCS}/create-plan/create-backup-plan`),
  references: [link("backupPlan", PLAN)],
  create: (context) => {
    const { inputs, scope } = context;
    const by = requireNamed(context, PLAN, inputs.backupPlan, {
      code: "notFound",
      message: "Resource '{value}' was not found",
    });
    const kind = text(by.inputs["resourceType"]);
    if (kind !== inputs.resourceType && !(kind.endsWith("/Disk") && inputs.resourceType.endsWith("Disk"))) {
      refuse("invalidArgument", `Backup plan ${by.id} is for ${kind}, not for ${inputs.resourceType}`);
    }
    if (by.scope.region !== scope.region) {
      refuse(
        "invalidArgument",
        `Backup plan ${by.id} is in ${by.scope.region}, and the association in ${scope.region}`,
      );
    }
    if (inputs.resourceType.startsWith("sqladmin")) {
      const instance = findNamed(context, SQL_INSTANCE, nameIn(inputs.resource));
      if (instance === undefined) refuse("notFound", `Resource '${inputs.resource}' was not found`);
      context.effects.put(withBackups(instance, taken));
    }
    const id = idOf(ASSOCIATION, inputs, scope, inputs.backupPlanAssociationId);
    return {
      id,
      outputs: { name: id, dataSource: `${text(by.inputs["backupVault"])}/dataSources/${context.hex(32)}` },
    };
  },
  delete: (context) => {
    const { resource, effects } = context;
    const instance = findNamed(context, SQL_INSTANCE, nameIn(text(resource.inputs["resource"])));
    if (instance !== undefined) effects.put(withBackups(instance, { ...taken, backupTier: "STANDARD" }));
  },
});

/**
 * What a plan makes of the instance's own settings, which it replaces:
 * https://github.com/terraform-google-modules/terraform-google-sql-db/issues/814
 */
const taken: Properties = {
  backupTier: ENHANCED,
  enabled: false,
  pointInTimeRecoveryEnabled: false,
  startTime: "",
  location: "",
  transactionLogRetentionDays: 0,
};

function withBackups(instance: StoredResource, backupConfiguration: Properties): StoredResource {
  const changed = (properties: Properties): Properties => ({
    ...properties,
    settings: { ...block(properties["settings"]), backupConfiguration },
  });
  return { ...instance, inputs: changed(instance.inputs), outputs: changed(instance.outputs) };
}

export const backupTypes: readonly ResourceType[] = [vault, plan, association];
